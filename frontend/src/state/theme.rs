//! The colour theme: the system's, or one that was chosen, remembered in this browser.

use wasm_bindgen::JsCast as _;
use yew::prelude::*;

use crate::state::storage;

/// Where the choice is remembered. The script that runs before the first paint reads the same key.
const KEY: &str = "orrery.theme";

/// Which colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Whatever the system says, also when it changes.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// As it is remembered and as the style sheet knows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// As people read it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// Anything that is not a name of ours means that nothing was chosen.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or(Self::System)
    }

    fn remembered() -> Self {
        Self::from_name(storage::get(KEY).as_deref().unwrap_or_default())
    }

    fn apply(self) {
        storage::set(KEY, self.name());
        let root = web_sys::window().and_then(|window| window.document()).and_then(|page| page.document_element());
        if let Some(root) = root.and_then(|root| root.dyn_into::<web_sys::HtmlElement>().ok()) {
            match self {
                Self::System => root.dataset().delete("theme"),
                chosen => drop(root.dataset().set("theme", chosen.name())),
            }
        }
    }
}

/// The theme, and a callback that changes it.
#[hook]
pub fn use_theme() -> (Theme, Callback<Theme>) {
    let theme = use_state_eq(Theme::remembered);
    let choose = {
        let theme = theme.clone();
        use_callback((), move |chosen: Theme, ()| {
            chosen.apply();
            theme.set(chosen);
        })
    };
    (*theme, choose)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_theme_is_read_back_as_it_was_remembered() {
        for theme in Theme::ALL {
            assert_eq!(Theme::from_name(theme.name()), theme);
        }
        assert_eq!(Theme::from_name("solarized"), Theme::System);
    }
}
