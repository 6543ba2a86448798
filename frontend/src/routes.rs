//! Which page an address shows.

use yew_router::Routable;

/// Every page with an address of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Routable)]
pub enum Route {
    /// What Orrery is, and how this server is.
    #[at("/")]
    Start,
    /// The editor.
    #[at("/lab")]
    Lab,
    /// An address that nothing has.
    #[not_found]
    #[at("/404")]
    NotFound,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_has_a_page() {
        assert_eq!(Route::recognize("/"), Some(Route::Start));
        assert_eq!(Route::recognize("/lab"), Some(Route::Lab));
        assert_eq!(Route::recognize("/nowhere"), Some(Route::NotFound));
    }
}
