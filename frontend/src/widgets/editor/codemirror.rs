//! The boundary to CodeMirror's script.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::Element;
use yew::Callback;

use super::{Mark, Suggestion, Suggestions};
use crate::state::code::Change;
use crate::state::document::{Caret, View};

#[wasm_bindgen(module = "/js/editor.js")]
extern "C" {
    /// Loads the script, once.
    #[wasm_bindgen(catch)]
    async fn load() -> Result<JsValue, JsValue>;

    type Script;

    /// Makes an editor in `parent`; see `editor/src/editor.js` for the options.
    #[wasm_bindgen(method, catch)]
    fn mount(this: &Script, parent: &Element, options: &Object) -> Result<Handle, JsValue>;

    /// An editor that was made.
    type Handle;

    #[wasm_bindgen(method)]
    fn apply(this: &Handle, from: &Array, to: &Array, insert: &Array, follow: bool);
    #[wasm_bindgen(method)]
    fn reset(this: &Handle, text: &str);
    #[wasm_bindgen(method, js_name = setReadOnly)]
    fn set_read_only(this: &Handle, read_only: bool);
    #[wasm_bindgen(method, js_name = setDiagnostics)]
    fn set_diagnostics(this: &Handle, list: &Array);
    #[wasm_bindgen(method, js_name = setCarets)]
    fn set_carets(this: &Handle, list: &Array);
    #[wasm_bindgen(method, js_name = setBreakpoints)]
    fn set_breakpoints(this: &Handle, lines: &Array);
    #[wasm_bindgen(method)]
    fn reveal(this: &Handle, line: u32, column: u32);
    #[wasm_bindgen(method, js_name = showPosition)]
    fn show_position(this: &Handle, position: u32);
    #[wasm_bindgen(method)]
    fn destroy(this: &Handle);
}

/// What an editor begins with, and what it calls.
pub(super) struct Options {
    pub(super) text: String,
    pub(super) language: &'static str,
    pub(super) label: String,
    pub(super) read_only: bool,
    pub(super) on_change: Box<dyn Fn(Vec<Change>)>,
    pub(super) on_select: Box<dyn Fn(u32, u32)>,
    pub(super) on_undo: Box<dyn Fn()>,
    pub(super) on_redo: Box<dyn Fn()>,
    pub(super) on_run: Box<dyn Fn()>,
    pub(super) on_format: Box<dyn Fn()>,
    pub(super) on_breakpoint: Box<dyn Fn(u32)>,
    /// Asked with the line before the caret; the callback takes what may be meant.
    pub(super) complete: Box<dyn Fn(String, Callback<Suggestions>)>,
}

/// The script, which makes editors.
pub(super) struct Loaded(Script);

/// Loads the script.
///
/// # Errors
///
/// When it cannot be loaded.
pub(super) async fn loaded() -> Result<Loaded, JsValue> {
    Ok(Loaded(load().await?.unchecked_into()))
}

/// An editor, with the closures that it calls, which must live as long.
pub(super) struct Mounted {
    handle: Handle,
    _closures: Closures,
}

/// In the order in which the script is given them: change, selection, undo and redo and run and format, breakpoint, suggestions.
type Closures = (
    Closure<dyn Fn(Array, Array, Array)>,
    Closure<dyn Fn(u32, u32)>,
    [Closure<dyn Fn()>; 4],
    Closure<dyn Fn(u32)>,
    Closure<dyn Fn(String) -> Promise>,
);

impl Drop for Mounted {
    fn drop(&mut self) {
        self.handle.destroy();
    }
}

impl Loaded {
    /// Makes an editor.
    ///
    /// # Errors
    ///
    /// When the script fails.
    pub(super) fn mount(&self, parent: &Element, options: Options) -> Result<Mounted, JsValue> {
        let object = Object::new();
        let set = |key: &str, value: &JsValue| Reflect::set(&object, &key.into(), value).map(drop);
        set("text", &options.text.into())?;
        set("language", &options.language.into())?;
        set("label", &options.label.into())?;
        set("readOnly", &options.read_only.into())?;
        let on_change = options.on_change;
        let change: Closure<dyn Fn(Array, Array, Array)> =
            Closure::new(move |from: Array, to: Array, insert: Array| on_change(changes(&from, &to, &insert)));
        let select: Closure<dyn Fn(u32, u32)> = Closure::new(options.on_select);
        let actions = [options.on_undo, options.on_redo, options.on_run, options.on_format];
        let actions = actions.map(Closure::<dyn Fn()>::wrap);
        let breakpoint = Closure::wrap(options.on_breakpoint);
        let complete = options.complete;
        let suggest: Closure<dyn Fn(String) -> Promise> = Closure::new(move |before: String| {
            let mut before = Some(before);
            Promise::new(&mut |resolve, _| {
                let answer = Callback::from(move |found: Suggestions| {
                    // Resolving cannot fail.
                    drop(resolve.call1(&JsValue::NULL, &suggestions(&found)));
                });
                complete(before.take().unwrap_or_default(), answer);
            })
        });
        set("onChange", change.as_ref())?;
        set("onSelect", select.as_ref())?;
        for (name, action) in ["onUndo", "onRedo", "onRun", "onFormat"].into_iter().zip(&actions) {
            set(name, action.as_ref())?;
        }
        set("onBreakpoint", breakpoint.as_ref())?;
        set("complete", suggest.as_ref().unchecked_ref::<Function>())?;
        let handle = self.0.mount(parent, &object)?;
        Ok(Mounted { handle, _closures: (change, select, actions, breakpoint, suggest) })
    }
}

impl Mounted {
    pub(super) fn set_read_only(&self, read_only: bool) {
        self.handle.set_read_only(read_only);
    }

    pub(super) fn set_marks(&self, marks: &[Mark]) {
        let list = marks.iter().map(|mark| {
            object(&[
                ("line", mark.line.into()),
                ("column", mark.column.into()),
                ("severity", mark.severity.into()),
                ("message", mark.message.as_str().into()),
            ])
        });
        self.handle.set_diagnostics(&list.collect());
    }

    pub(super) fn reveal(&self, line: u32, column: u32) {
        self.handle.reveal(line, column);
    }
}

impl View for Mounted {
    fn apply(&self, changes: &[Change], follow: bool) {
        let column = |value: fn(&Change) -> JsValue| changes.iter().map(value).collect::<Array>();
        let from = column(|change| change.from.into());
        let to = column(|change| change.to.into());
        let insert = column(|change| change.insert.as_str().into());
        self.handle.apply(&from, &to, &insert, follow);
    }

    fn reset(&self, text: &str) {
        self.handle.reset(text);
    }

    fn set_carets(&self, carets: &[Caret]) {
        let list = carets.iter().map(|caret| {
            object(&[
                ("name", caret.user.name.as_str().into()),
                ("colour", caret.user.color.as_str().into()),
                ("light", caret.user.light.as_str().into()),
                ("anchor", caret.anchor.into()),
                ("head", caret.head.into()),
            ])
        });
        self.handle.set_carets(&list.collect());
    }

    fn set_breakpoints(&self, lines: &[u32]) {
        self.handle.set_breakpoints(&lines.iter().map(|line| JsValue::from(*line)).collect());
    }

    fn show_position(&self, position: u32) {
        self.handle.show_position(position);
    }
}

fn changes(from: &Array, to: &Array, insert: &Array) -> Vec<Change> {
    let number = |list: &Array, at| list.get(at).as_f64().unwrap_or_default() as u32;
    let change = |at| Change {
        from: number(from, at),
        to: number(to, at),
        insert: insert.get(at).as_string().unwrap_or_default(),
    };
    (0..from.length()).map(change).collect()
}

fn suggestions(found: &Suggestions) -> JsValue {
    let options: Array = found.items.iter().map(suggestion).collect();
    object(&[("replaces", found.replaces.into()), ("options", options.into())])
}

fn suggestion(one: &Suggestion) -> JsValue {
    let mut pairs =
        vec![("label", one.label.as_str().into()), ("type", one.kind.into()), ("detail", one.detail.as_str().into())];
    if let Some(about) = &one.about {
        pairs.push(("info", about.as_str().into()));
    }
    object(&pairs)
}

fn object(pairs: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in pairs {
        // Setting a property of a plain object cannot fail.
        drop(Reflect::set(&object, &(*key).into(), value));
    }
    object.into()
}
