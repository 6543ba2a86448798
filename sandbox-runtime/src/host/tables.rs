//! ETS for guests.

use shared::{Term, match_spec};

use super::Host;
use crate::kernel::ets::{EtsError, EtsReply, Quick};

/// Why a call of a function of `ets` failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EtsRaise {
    /// There is no such function here: `undef`.
    Undefined,
    /// An error of class `error`, with [`EtsError::reason`] and [`EtsError::cause`].
    Error(EtsError),
}

impl Host {
    /// Calls a function of `ets` by name; `arguments` is the encoded list of its arguments.
    ///
    /// # Errors
    /// See [`EtsRaise`].
    pub fn ets(&mut self, function: &str, arguments: impl AsRef<[u8]>) -> Result<EtsReply, EtsRaise> {
        match self.kernel.ets_call(self.pid, function, arguments.as_ref()) {
            None => Err(EtsRaise::Undefined),
            Some(result) => result.map_err(EtsRaise::Error),
        }
    }

    /// Calls a function of `ets` that goes as usual: whether it did, its encoded value being added to `answer`. If not, nothing was done,
    /// and [`Host::ets`] is to be asked.
    pub fn ets_quick(&mut self, function: Quick, arguments: &[u8], answer: &mut Vec<u8>) -> bool {
        let reductions = self.kernel.ets_quick(self.pid, function, arguments, answer);
        self.charge(reductions.unwrap_or(0));
        reductions.is_some()
    }

    /// `erlang:match_spec_test(Subject, Specification, table)`.
    pub fn match_spec_test(&self, subject: &Term, specification: &Term) -> Term {
        match_spec::test(subject, specification, self.pid)
    }
}
