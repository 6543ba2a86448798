// Where others are: a caret with a name, and what they have selected. Positions move along with the text until the page
// says anew where they are.
import { RangeSetBuilder, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";

export const setCarets = StateEffect.define();

class Caret extends WidgetType {
  constructor(name, colour) {
    super();
    this.name = name;
    this.colour = colour;
  }

  eq(other) {
    return other.name === this.name && other.colour === this.colour;
  }

  toDOM() {
    const caret = document.createElement("span");
    caret.className = "cm-other-caret";
    caret.style.setProperty("--person", this.colour);
    const label = document.createElement("span");
    label.className = "cm-other-name";
    label.textContent = this.name;
    // Word joiners on both sides keep the caret from wrapping a line.
    caret.append("\u2060", label, "\u2060");
    caret.setAttribute("aria-hidden", "true");
    return caret;
  }

  ignoreEvent() {
    return true;
  }
}

function decorations(list) {
  const ranges = [];
  for (const { name, colour, light, anchor, head } of list) {
    const [from, to] = anchor < head ? [anchor, head] : [head, anchor];
    if (from < to) {
      ranges.push([from, to, Decoration.mark({ class: "cm-other-selection", attributes: { style: `--person: ${light}` } })]);
    }
    ranges.push([head, head, Decoration.widget({ widget: new Caret(name, colour), side: head > anchor ? -1 : 1 })]);
  }
  ranges.sort((a, b) => a[0] - b[0] || a[2].startSide - b[2].startSide);
  const builder = new RangeSetBuilder();
  for (const [from, to, decoration] of ranges) builder.add(from, to, decoration);
  return builder.finish();
}

export const carets = StateField.define({
  create: () => Decoration.none,
  update(value, transaction) {
    const told = transaction.effects.find((effect) => effect.is(setCarets));
    return told ? decorations(told.value) : value.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});
