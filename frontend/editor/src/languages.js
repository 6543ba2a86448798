// Highlighting, loaded for the one language that is shown.
import { StreamLanguage } from "@codemirror/language";

const languages = {
  async elixir() {
    const { elixir } = await import("codemirror-lang-elixir");
    return elixir();
  },
  async erlang() {
    const { erlang } = await import("@codemirror/legacy-modes/mode/erlang");
    return StreamLanguage.define(erlang);
  },
  async text() {
    return [];
  },
};

export function load(name) {
  return languages[name]();
}
