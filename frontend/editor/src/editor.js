// All of CodeMirror behind one function: `mount(parent, options)` makes an editor and gives a handle.
//
// The document belongs to the page, which keeps it in Rust: the editor tells every change of its own (`onChange`) and is
// told every change of others (`apply`). Positions count UTF-16 code units, lines end with "\n".
//
// options.text      what it begins with
// options.language  "elixir", "erlang" or "text"
// options.label     its name for assistive technology
// options.readOnly  whether it only shows
// options.onChange  (from[], to[], insert[]) of one edit, in positions before it, in ascending order
// options.onSelect  (anchor, head)
// options.onUndo, options.onRedo, options.onRun, options.onFormat
// options.onBreakpoint  (line): set one there, or take it away
// options.complete  (before) => promise of { replaces, options: [{ label, detail, type, info }] }; `before` is the line before the caret
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, indentLess, indentMore } from "@codemirror/commands";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, Compartment, EditorSelection, EditorState, Prec, Transaction } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";

import { breakpoints, showBreakpoints } from "./breakpoints.js";
import { carets, setCarets } from "./carets.js";
import { load } from "./languages.js";
import { look } from "./look.js";

// Changes that come from the document, and need not go back to it.
const fromDocument = Annotation.define();

export function mount(parent, options) {
  const language = new Compartment();
  const writable = new Compartment();
  const access = (readOnly) => [EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)];
  const run = (action) => () => (action(), true);
  const history = [
    { key: "Mod-z", run: run(options.onUndo), preventDefault: true },
    { key: "Mod-y", mac: "Mod-Shift-z", run: run(options.onRedo), preventDefault: true },
    { key: "Mod-Shift-z", run: run(options.onRedo), preventDefault: true },
    { key: "Mod-Enter", run: run(options.onRun), preventDefault: true },
    { key: "Shift-Alt-f", run: run(options.onFormat), preventDefault: true },
    {
      key: "F9",
      run(view) {
        options.onBreakpoint(view.state.doc.lineAt(view.state.selection.main.head).number);
        return true;
      },
      preventDefault: true,
    },
  ];

  const report = EditorView.updateListener.of((update) => {
    // A mixed update would lose something: the page dispatches changes of the document on their own.
    const own = update.transactions.filter((transaction) => transaction.docChanged && !transaction.annotation(fromDocument));
    for (const transaction of own) {
      const from = [];
      const to = [];
      const insert = [];
      transaction.changes.iterChanges((fromA, toA, _fromB, _toB, text) => {
        from.push(fromA);
        to.push(toA);
        insert.push(text.sliceString(0, text.length, "\n"));
      });
      options.onChange(from, to, insert);
    }
    if (update.selectionSet || update.docChanged || update.focusChanged) {
      const { anchor, head } = update.state.selection.main;
      options.onSelect(anchor, head);
    }
  });

  const suggest = async (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    // What is in quotation marks or a comment begins no name.
    if (!context.explicit && !/[\p{L}\p{N}_.:]$/u.test(before)) return null;
    const { replaces, options: found } = await options.complete(before);
    if (context.aborted || !found.length) return null;
    return { from: context.pos - replaces, options: found, validFor: /^[\p{L}\p{N}_?!]*$/u };
  };

  const extensions = [
    breakpoints(options.onBreakpoint),
    lineNumbers(),
    foldGutter(),
    codeFolding(),
    lintGutter(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightSelectionMatches(),
    search({ top: true }),
    autocompletion({ override: [suggest] }),
    carets,
    EditorState.lineSeparator.of("\n"),
    EditorState.tabSize.of(2),
    Prec.high(keymap.of(history)),
    // Escape and then Tab always leads out, so the keyboard is never trapped.
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...lintKeymap,
      ...foldKeymap,
      ...searchKeymap,
      ...defaultKeymap,
      { key: "Tab", run: (view) => acceptCompletion(view) || indentMore(view), shift: indentLess },
    ]),
    // Whoever only reads can get there with the keyboard, too.
    EditorView.contentAttributes.of({ "aria-label": options.label, tabindex: "0" }),
    // Undo from a menu or a touch keyboard takes the same way as the keys.
    EditorView.domEventHandlers({
      beforeinput(event) {
        const action = { historyUndo: options.onUndo, historyRedo: options.onRedo }[event.inputType];
        if (!action) return false;
        event.preventDefault();
        action();
        return true;
      },
    }),
    report,
    look,
    language.of([]),
    writable.of(access(options.readOnly)),
  ];
  const view = new EditorView({ parent, state: EditorState.create({ doc: options.text, extensions }) });
  let alive = true;
  load(options.language).then((support) => {
    if (alive) view.dispatch({ effects: language.reconfigure(support) });
  });

  const clamp = (position) => Math.min(Math.max(position, 0), view.state.doc.length);
  return {
    // Changes of others, or of undo; positions before all of them, in ascending order.
    apply(from, to, insert, follow) {
      const changes = from.map((at, n) => ({ from: at, to: to[n], insert: insert[n] }));
      const set = view.state.changes(changes);
      const last = from.length - 1;
      const selection = follow && last >= 0 ? EditorSelection.cursor(set.mapPos(to[last], 1)) : undefined;
      view.dispatch({
        changes: set,
        selection,
        scrollIntoView: Boolean(selection),
        annotations: [fromDocument.of(true), Transaction.remote.of(true), Transaction.addToHistory.of(false)],
      });
    },
    // Another text altogether, as when somebody replaced the file.
    reset(text) {
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        annotations: [fromDocument.of(true), Transaction.remote.of(true)],
      });
    },
    setReadOnly(readOnly) {
      view.dispatch({ effects: writable.reconfigure(access(readOnly)) });
    },
    // [{ line, column, severity, message }]: lines and columns begin with 1.
    setDiagnostics(list) {
      const place = ({ line, column, severity, message }) => {
        const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
        const from = Math.min(at.from + Math.max(column - 1, 0), at.to);
        const indent = at.text.length - at.text.trimStart().length;
        return { from: column > 0 ? from : at.from + indent, to: at.to, severity, message };
      };
      view.dispatch(setDiagnostics(view.state, list.map(place)));
    },
    // [{ name, colour, light, anchor, head }]
    setCarets(list) {
      view.dispatch({
        effects: setCarets.of(list.map((one) => ({ ...one, anchor: clamp(one.anchor), head: clamp(one.head) }))),
      });
    },
    // Lines that have breakpoints.
    setBreakpoints(lines) {
      showBreakpoints(view, lines);
    },
    reveal(line, column) {
      const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      const position = Math.min(at.from + Math.max(column - 1, 0), at.to);
      view.dispatch({ selection: { anchor: position }, effects: EditorView.scrollIntoView(position, { y: "center" }) });
      view.focus();
    },
    showPosition(position) {
      view.dispatch({ effects: EditorView.scrollIntoView(clamp(position), { y: "center" }) });
    },
    focus: () => view.focus(),
    destroy() {
      alive = false;
      view.destroy();
    },
  };
}
