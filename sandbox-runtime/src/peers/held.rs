//! A guest between its turns: itself, or what it was saved as until it is needed again.

use shared::Pid;

use crate::guest::{Guest, GuestFault};

/// A guest and the number of changes of code that it has made.
pub(crate) struct Held<G: Guest> {
    body: Body<G>,
    pub(crate) seen: usize,
}

enum Body<G: Guest> {
    /// It may have changed since it was saved, if it ever was.
    Changed { guest: G, before: Option<G::Saved> },
    /// It is what was saved.
    Same { guest: G, saved: G::Saved },
    /// It is what was saved, and nobody has needed it since.
    Parked(G::Saved),
    /// Only within [`Held::guest`].
    Nothing,
}

impl<G: Guest> Held<G> {
    pub(crate) fn new(guest: G, seen: usize) -> Self {
        Self { body: Body::Changed { guest, before: None }, seen }
    }

    pub(crate) fn of_saved(saved: G::Saved, seen: usize) -> Self {
        Self { body: Body::Parked(saved), seen }
    }

    /// The guest, to be changed.
    ///
    /// # Errors
    /// When it was saved and there is no room for it any more.
    pub(crate) fn guest(&mut self, pid: Pid) -> Result<&mut G, GuestFault> {
        if let Body::Parked(saved) = &self.body {
            let guest = G::restore(saved, pid)?;
            self.body = Body::Changed { guest, before: Some(saved.clone()) };
        } else if let Body::Same { .. } = &self.body
            && let Body::Same { guest, saved } = std::mem::replace(&mut self.body, Body::Nothing)
        {
            self.body = Body::Changed { guest, before: Some(saved) };
        }
        match &mut self.body {
            Body::Changed { guest, .. } => Ok(guest),
            _ => unreachable!("it was made so above"),
        }
    }

    /// What it is now; `None` when it cannot be saved.
    pub(crate) fn save(&mut self) -> Option<G::Saved> {
        if let Body::Changed { guest, before } = &mut self.body {
            let saved = guest.save(before.as_ref())?;
            if let Body::Changed { guest, .. } = std::mem::replace(&mut self.body, Body::Nothing) {
                self.body = Body::Same { guest, saved };
            }
        }
        match &self.body {
            Body::Same { saved, .. } | Body::Parked(saved) => Some(saved.clone()),
            _ => None,
        }
    }
}
