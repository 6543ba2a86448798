// How the editor looks: only with the page's tokens, so that it follows the theme by itself.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const theme = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--surface-2)", fontSize: "var(--text-base)", blockSize: "100%" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.5" },
  ".cm-gutters": { color: "var(--text-muted)", backgroundColor: "var(--surface-1)", borderColor: "var(--border)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  ".cm-activeLineGutter": { color: "var(--text)", backgroundColor: "var(--surface-3)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--code-selection)",
  },
  ".cm-selectionMatch, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--surface-3)" },
  ".cm-tooltip": { color: "var(--text)", backgroundColor: "var(--surface-1)", borderColor: "var(--border)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { color: "var(--on-accent)", backgroundColor: "var(--accent)" },
  ".cm-breakpoint-gutter": { cursor: "pointer", minInlineSize: "1.25em", textAlign: "center" },
  ".cm-breakpoint": { color: "var(--state-crashed)", fontSize: "0.75em" },
  ".cm-completionDetail": { color: "var(--text-muted)", fontStyle: "normal" },
  "[aria-selected] > .cm-completionDetail": { color: "inherit" },
  ".cm-completionInfo": { maxInlineSize: "24rem" },
  ".cm-foldPlaceholder": { color: "var(--text-muted)", backgroundColor: "var(--surface-3)", borderColor: "var(--border)" },
  ".cm-other-caret": { position: "relative", borderInlineStart: "2px solid var(--person)", marginInline: "-1px" },
  ".cm-other-name": {
    position: "absolute",
    insetBlockEnd: "100%",
    insetInlineStart: "-2px",
    padding: "0 4px",
    borderRadius: "3px",
    color: "var(--on-person)",
    backgroundColor: "var(--person)",
    fontFamily: "var(--font-sans)",
    fontSize: "11px",
    lineHeight: "16px",
    whiteSpace: "nowrap",
    pointerEvents: "none",
    zIndex: "2",
  },
  ".cm-other-selection": { backgroundColor: "var(--person)" },
  ".cm-panels": { color: "var(--text)", backgroundColor: "var(--surface-1)", borderColor: "var(--border)" },
});

const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.definitionKeyword, tags.controlKeyword, tags.operatorKeyword], color: "var(--code-keyword)" },
  { tag: [tags.atom, tags.bool, tags.null, tags.namespace, tags.className], color: "var(--code-atom)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp, tags.character], color: "var(--code-string)" },
  { tag: tags.number, color: "var(--code-number)" },
  { tag: [tags.comment, tags.docComment], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.meta, tags.macroName], color: "var(--code-function)" },
]);

export const look = [theme, syntaxHighlighting(highlighting)];
