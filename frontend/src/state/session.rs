//! Who is signed in on this page.

use shared::api::people::{CameBack, NewAccount, SignedIn, User};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::net::{NetError, people, request};
use crate::state::{provider, storage};

/// That there is a session whose cookie this page cannot see. Without it the server need not be asked.
const KEY: &str = "orrery.session";

/// Who somebody is.
#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    /// The server is being asked.
    Asking,
    /// Nobody is signed in.
    Nobody,
    /// Somebody is.
    User(User),
}

/// How somebody wants to come in.
#[derive(Debug, Clone)]
pub enum Entry {
    /// With a name only.
    Guest {
        /// To be called by.
        name: String,
    },
    /// With an account.
    SignIn {
        /// Of the account.
        login: String,
        /// Of the account.
        password: String,
    },
    /// With a new account.
    Register(NewAccount),
}

/// Who is signed in, and how that changes.
#[derive(Clone, PartialEq)]
pub struct Session {
    /// Who it is.
    pub who: Who,
    /// How they came back from the provider with which they sign in, when the page has begun with that.
    pub came_back: Option<CameBack>,
    set: UseStateSetter<Who>,
}

impl Session {
    /// The one who is signed in.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        match &self.who {
            Who::User(user) => Some(user),
            _ => None,
        }
    }

    /// Comes in; the page then shows who it is.
    ///
    /// # Errors
    ///
    /// When the server does not let them in.
    pub async fn enter(&self, entry: Entry) -> Result<User, NetError> {
        let signed_in = match entry {
            Entry::Guest { name } => people::come_as_guest(name).await?,
            Entry::SignIn { login, password } => people::sign_in(login, password).await?,
            Entry::Register(new) => people::register(new).await?,
        };
        Ok(self.entered(signed_in))
    }

    fn entered(&self, signed_in: SignedIn) -> User {
        if is_framed() {
            // The cookie may be blocked here; the token is not.
            request::use_token(Some(signed_in.token));
        } else {
            storage::set(KEY, "yes");
        }
        self.set.set(Who::User(signed_in.user.clone()));
        signed_in.user
    }

    /// Goes out.
    ///
    /// # Errors
    ///
    /// When the server cannot be reached.
    pub async fn leave(&self) -> Result<(), NetError> {
        people::sign_out().await?;
        storage::remove(KEY);
        request::use_token(None);
        self.set.set(Who::Nobody);
        Ok(())
    }
}

/// Whether this page is shown in a frame.
#[must_use]
pub fn is_framed() -> bool {
    let Some(window) = web_sys::window() else { return false };
    // Where even asking is forbidden, it is a frame.
    !matches!(window.parent(), Ok(Some(parent)) if parent == window)
}

/// The session, for the frame around all pages; others take it from the context.
#[hook]
pub fn use_new_session() -> Session {
    let came_back = *use_memo((), |()| {
        let how = provider::take_came_back();
        if how == Some(CameBack::SignedIn) {
            storage::set(KEY, "yes");
        }
        how
    });
    let who = use_state_eq(|| if storage::get(KEY).is_some() { Who::Asking } else { Who::Nobody });
    let set = who.setter();
    use_effect_with((), move |()| {
        if storage::get(KEY).is_some() {
            spawn_local(async move {
                match people::who().await {
                    Ok(Some(user)) => set.set(Who::User(user)),
                    Ok(None) => {
                        storage::remove(KEY);
                        set.set(Who::Nobody);
                    }
                    // Whoever cannot be asked now may be asked again by loading the page again.
                    Err(_) => set.set(Who::Nobody),
                }
            });
        }
    });
    Session { who: (*who).clone(), came_back, set: who.setter() }
}

/// The session.
///
/// # Panics
///
/// Outside of [`crate::app::App`].
#[hook]
pub fn use_session() -> Session {
    use_context().expect("the frame around all pages provides it")
}
