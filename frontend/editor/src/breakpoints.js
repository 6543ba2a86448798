// Breakpoints beside the line numbers: a click sets one or takes it away. They move along with the text until the page says
// anew where they are.
import { RangeSet, StateEffect, StateField } from "@codemirror/state";
import { GutterMarker, gutter } from "@codemirror/view";

const setBreakpoints = StateEffect.define();

class Breakpoint extends GutterMarker {
  toDOM() {
    const dot = document.createElement("span");
    dot.className = "cm-breakpoint";
    dot.textContent = "●";
    return dot;
  }
}

const marker = new Breakpoint();
// Keeps the gutter as wide when there is none.
const spacer = new Breakpoint();

const field = StateField.define({
  create: () => RangeSet.empty,
  update(set, transaction) {
    const told = transaction.effects.find((effect) => effect.is(setBreakpoints));
    return told ? RangeSet.of(told.value.map((at) => marker.range(at))) : set.map(transaction.changes);
  },
});

export const breakpoints = (toggle) => [
  field,
  gutter({
    class: "cm-breakpoint-gutter",
    markers: (view) => view.state.field(field),
    initialSpacer: () => spacer,
    domEventHandlers: {
      mousedown(view, line) {
        toggle(view.state.doc.lineAt(line.from).number);
        return true;
      },
    },
  }),
];

// Lines that begin with 1, in ascending order.
export function showBreakpoints(view, lines) {
  const { doc } = view.state;
  const starts = lines.filter((line) => line >= 1 && line <= doc.lines).map((line) => doc.line(line).from);
  view.dispatch({ effects: setBreakpoints.of(starts) });
}
