//! The browser's own text field on a file of the shared document.

use std::rc::Rc;

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::state::code::Change;
use crate::state::document::{Caret, SharedDocument, View};

/// See [`Plain`].
#[derive(Clone, PartialEq, Properties)]
pub(super) struct PlainProps {
    pub(super) document: SharedDocument,
    pub(super) path: AttrValue,
    pub(super) read_only: bool,
}

/// A text field.
#[component]
pub(super) fn Plain(props: &PlainProps) -> Html {
    let place = use_node_ref();
    {
        let (place, document, path) = (place.clone(), props.document.clone(), props.path.clone());
        use_effect_with((), move |()| {
            if let Some(field) = place.cast::<HtmlTextAreaElement>() {
                field.set_value(&document.text(&path).unwrap_or_default());
                document.show(&path, Rc::new(Field(field)));
            }
            move || document.hide(&path)
        });
    }
    let (document, path) = (props.document.clone(), props.path.clone());
    let oninput = Callback::from(move |event: InputEvent| {
        let Some(field) = event.target_dyn_into::<HtmlTextAreaElement>() else { return };
        let before = document.text(&path).unwrap_or_default();
        if let Some(change) = difference(&before, &field.value()) {
            document.edit(&path, &[change]);
        }
    });
    html! {
        <textarea
            ref={place}
            class="editor plain"
            aria-label={props.path.clone()}
            spellcheck="false"
            readonly={props.read_only}
            {oninput}
        />
    }
}

struct Field(HtmlTextAreaElement);

impl View for Field {
    fn apply(&self, changes: &[Change], _follow: bool) {
        let mut units: Vec<u16> = self.0.value().encode_utf16().collect();
        let selection = [self.0.selection_start(), self.0.selection_end()].map(|at| at.ok().flatten().unwrap_or(0));
        let moved = selection.map(|at| moved(at, changes));
        for change in changes.iter().rev() {
            let (from, to) = ((change.from as usize).min(units.len()), (change.to as usize).min(units.len()));
            units.splice(from..to, change.insert.encode_utf16());
        }
        self.0.set_value(&String::from_utf16_lossy(&units));
        // A field that is not shown has no selection.
        drop(self.0.set_selection_range(moved[0], moved[1]));
    }

    fn reset(&self, text: &str) {
        self.0.set_value(text);
    }

    fn set_carets(&self, _carets: &[Caret]) {}

    fn set_breakpoints(&self, _lines: &[u32]) {}

    fn show_position(&self, _position: u32) {}
}

/// Where a place is after changes.
fn moved(at: u32, changes: &[Change]) -> u32 {
    let mut shift = 0_i64;
    for change in changes.iter().take_while(|change| change.from < at) {
        shift += change.insert.encode_utf16().count() as i64 - i64::from(change.to.min(at) - change.from);
    }
    u32::try_from(i64::from(at) + shift).unwrap_or(0)
}

/// What has to be changed, as one piece, to make one text of the other.
fn difference(before: &str, after: &str) -> Option<Change> {
    if before == after {
        return None;
    }
    let (old, new): (Vec<u16>, Vec<u16>) = (before.encode_utf16().collect(), after.encode_utf16().collect());
    let is_low = |unit: u16| (0xdc00..0xe000).contains(&unit);
    let mut start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    // Never in the middle of a character.
    while start > 0 && (old.get(start).is_some_and(|it| is_low(*it)) || new.get(start).is_some_and(|it| is_low(*it))) {
        start -= 1;
    }
    let (rest_old, rest_new) = (&old[start..], &new[start..]);
    let mut end = rest_old.iter().rev().zip(rest_new.iter().rev()).take_while(|(a, b)| a == b).count();
    while end > 0 && is_low(rest_old[rest_old.len() - end]) {
        end -= 1;
    }
    Some(Change {
        from: start as u32,
        to: (old.len() - end) as u32,
        insert: String::from_utf16_lossy(&rest_new[..rest_new.len() - end]),
    })
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn one_change_makes_one_text_of_the_other() {
        for (before, after) in
            [("", "a"), ("abc", "abXc"), ("aaa", "aa"), ("🪐", "🪑"), ("x🪐y", "x🪐🪐y"), ("same", "")]
        {
            let change = difference(before, after).unwrap();
            let mut units: Vec<u16> = before.encode_utf16().collect();
            units.splice(change.from as usize..change.to as usize, change.insert.encode_utf16());
            assert_eq!(String::from_utf16(&units).unwrap(), after, "{before:?}");
        }
        assert_eq!(difference("a", "a"), None);
    }

    #[test]
    fn a_selection_stays_at_its_text() {
        let change = |from, to, insert: &str| Change { from, to, insert: insert.to_owned() };
        assert_eq!(moved(5, &[change(0, 2, "abcd")]), 7);
        assert_eq!(moved(5, &[change(3, 9, "")]), 3);
        assert_eq!(moved(5, &[change(5, 5, "later")]), 5);
    }
}
