// Loads the editor, which is many times larger than the rest of the page, when somebody first needs it.
export async function mount(parent, options) {
  const editor = await import(new URL("editor/editor.js", document.baseURI).href);
  return editor.mount(parent, options);
}
