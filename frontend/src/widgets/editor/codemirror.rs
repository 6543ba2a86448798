//! The boundary to CodeMirror's script.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::Element;

#[wasm_bindgen(module = "/js/editor.js")]
extern "C" {
    /// Loads the script and makes an editor in `parent`; see `editor/src/editor.js` for the options.
    #[wasm_bindgen(catch, js_name = mount)]
    async fn mount_script(parent: &Element, options: &Object) -> Result<JsValue, JsValue>;

    /// An editor that was made.
    type Handle;

    #[wasm_bindgen(method)]
    fn destroy(this: &Handle);
}

/// An editor that is there, or is on its way, or was given up before it came.
#[derive(Clone, Default)]
pub(super) struct Mounted(Rc<RefCell<Progress>>);

#[derive(Default)]
enum Progress {
    #[default]
    OnItsWay,
    /// With the closure that it calls, which must live as long.
    There(Handle, #[expect(dead_code, reason = "held for the script, which calls it")] OnChange),
    GivenUp,
}

type OnChange = Closure<dyn Fn(String)>;

impl Mounted {
    /// Loads the script and makes the editor; `text` is what it begins with and follows every change.
    pub(super) async fn mount(
        &self,
        parent: &Element,
        language: &str,
        label: &str,
        text: Rc<RefCell<String>>,
    ) -> Result<(), JsValue> {
        let options = Object::new();
        let set = |key: &str, value: &JsValue| Reflect::set(&options, &key.into(), value).map(drop);
        set("text", &text.borrow().as_str().into())?;
        set("language", &language.into())?;
        set("label", &label.into())?;
        let on_change: OnChange = Closure::new(move |changed: String| drop(text.replace(changed)));
        set("onChange", on_change.as_ref())?;
        let handle: Handle = mount_script(parent, &options).await?.unchecked_into();
        let mut progress = self.0.borrow_mut();
        match *progress {
            Progress::GivenUp => handle.destroy(),
            _ => *progress = Progress::There(handle, on_change),
        }
        Ok(())
    }

    /// Takes the editor away, or gives it up before it has come.
    pub(super) fn destroy(&self) {
        if let Progress::There(handle, _) = self.0.replace(Progress::GivenUp) {
            handle.destroy();
        }
    }
}
