// Loads the editor, which is many times larger than the rest of the page, when somebody first needs it.
export function load() {
  return import(new URL("editor/editor.js", document.baseURI).href);
}
