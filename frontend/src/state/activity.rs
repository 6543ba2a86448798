//! Whether somebody is at the page: told from their hands and from whether it is visible.

use std::cell::Cell;
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use web_sys::VisibilityState;
use yew::prelude::*;

use crate::state::document::SharedDocument;
use crate::state::presence::{AWAY_MILLIS, Activity, IDLE_MILLIS};

/// How often it is looked.
const LOOK_MILLIS: u32 = 5_000;

/// Tells the others whether somebody is at this page.
#[hook]
pub fn use_activity(document: &SharedDocument) {
    use_effect_with(document.clone(), |document| {
        let touched = Rc::new(Cell::new(js_sys::Date::now()));
        let window = web_sys::window();
        let tell = {
            let (touched, document) = (touched.clone(), document.clone());
            move || document.set_activity(activity(js_sys::Date::now() - touched.get(), is_visible()))
        };
        let mut listeners = Vec::new();
        for name in ["keydown", "pointerdown", "pointermove", "wheel"] {
            let (touched, tell) = (touched.clone(), tell.clone());
            let listener = window.as_ref().map(|window| {
                EventListener::new(window, name, move |_| {
                    let was_quiet = js_sys::Date::now() - touched.get() > IDLE_MILLIS as f64;
                    touched.set(js_sys::Date::now());
                    if was_quiet {
                        tell();
                    }
                })
            });
            listeners.extend(listener);
        }
        if let Some(page) = window.and_then(|window| window.document()) {
            let tell = tell.clone();
            listeners.push(EventListener::new(&page, "visibilitychange", move |_| tell()));
        }
        let look = Interval::new(LOOK_MILLIS, tell);
        move || drop((listeners, look))
    });
}

fn is_visible() -> bool {
    let page = web_sys::window().and_then(|window| window.document());
    page.is_none_or(|page| page.visibility_state() == VisibilityState::Visible)
}

fn activity(quiet_millis: f64, is_visible: bool) -> Activity {
    match quiet_millis.max(0.0) as u64 {
        AWAY_MILLIS.. => Activity::Away,
        _ if !is_visible => Activity::Away,
        IDLE_MILLIS.. => Activity::Idle,
        _ => Activity::Active,
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn somebody_grows_idle_and_then_away() {
        assert_eq!(activity(0.0, true), Activity::Active);
        assert_eq!(activity(61_000.0, true), Activity::Idle);
        assert_eq!(activity(301_000.0, true), Activity::Away);
        assert_eq!(activity(0.0, false), Activity::Away);
    }
}
