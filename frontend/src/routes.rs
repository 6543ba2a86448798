//! Which page an address shows.

use yew_router::Routable;

/// Every page with an address of its own.
#[derive(Debug, Clone, PartialEq, Eq, Routable)]
pub enum Route {
    /// Coming in, one's sandboxes, templates.
    #[at("/")]
    Start,
    /// A sandbox.
    #[at("/sandboxes/:id")]
    Lab {
        /// `sandbox-…`
        id: String,
    },
    /// Coming in by a link.
    #[at("/s/:link")]
    Join {
        /// The secret of the link.
        link: String,
    },
    /// The same, as links were written before.
    #[at("/join/:link")]
    JoinLong {
        /// The secret of the link.
        link: String,
    },
    /// A sandbox in a frame of another page.
    #[at("/embed/:link")]
    Embed {
        /// The secret of the link.
        link: String,
    },
    /// An address that nothing has.
    #[not_found]
    #[at("/404")]
    NotFound,
}

/// The secret in a link that somebody gives, or the secret alone.
#[must_use]
pub fn secret_of_link(text: &str) -> Option<String> {
    let text = text.trim();
    let last = text.split(['?', '#']).next()?.trim_end_matches('/').rsplit('/').next()?;
    let fits = !last.is_empty() && last.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    fits.then(|| last.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_has_a_page() {
        assert_eq!(Route::recognize("/"), Some(Route::Start));
        assert_eq!(Route::recognize("/sandboxes/sandbox-a"), Some(Route::Lab { id: "sandbox-a".to_owned() }));
        assert_eq!(Route::recognize("/s/x"), Some(Route::Join { link: "x".to_owned() }));
        assert_eq!(Route::recognize("/embed/x"), Some(Route::Embed { link: "x".to_owned() }));
        assert_eq!(Route::recognize("/nowhere"), Some(Route::NotFound));
    }

    #[test]
    fn a_secret_is_found_in_what_people_paste() {
        for text in ["https://example.org/s/abc_1", " abc_1 ", "/join/abc_1/", "http://x/embed/abc_1?theme=dark"] {
            assert_eq!(secret_of_link(text).as_deref(), Some("abc_1"), "{text}");
        }
        for text in ["", "  ", "https://example.org/s/", "not a link!"] {
            assert_ne!(secret_of_link(text).as_deref(), Some("abc_1"), "{text}");
        }
    }
}
