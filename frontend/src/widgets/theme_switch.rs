//! Choosing the colour theme.

use yew::prelude::*;

use crate::state::theme::{Theme, use_theme};

/// Three radio buttons that look like one switch.
#[component]
pub fn ThemeSwitch() -> Html {
    let (theme, choose) = use_theme();
    html! {
        <fieldset class="theme-switch">
            <legend class="visually-hidden">{ "Colour theme" }</legend>
            for one in Theme::ALL {
                <label>
                    <input
                        type="radio"
                        name="theme"
                        value={one.name()}
                        checked={one == theme}
                        onchange={choose.reform(move |_| one)}
                    />
                    <span>{ one.label() }</span>
                </label>
            }
        </fieldset>
    }
}
