// All of CodeMirror behind one function: `mount(parent, options)` makes an editor and gives a handle with `destroy`.
//
// options.text      what it begins with
// options.language  "elixir" or "erlang"
// options.label     its name for assistive technology
// options.onChange  called with the whole text after every change
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";

import { load } from "./languages.js";
import { look } from "./look.js";

export async function mount(parent, { text, language, label, onChange }) {
  const extensions = [
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightSelectionMatches(),
    // Escape and then Tab always leads out, so the keyboard is never trapped.
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, indentWithTab]),
    EditorView.contentAttributes.of({ "aria-label": label }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
    look,
    await load(language),
  ];
  const view = new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) });
  return { destroy: () => view.destroy() };
}
