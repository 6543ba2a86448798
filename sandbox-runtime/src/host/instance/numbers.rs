//! Numbers of atoms: they are the same in all guests of a machine.

use shared::term::Atom;

use super::{Instance, State};
use crate::kernel::code::AtomNumbers;

impl State {
    /// The number of an atom that the guest has made; 0 where it must not be, and all bits where nobody counts.
    pub(in crate::host) fn number_atom(&mut self, atom: Atom) -> u32 {
        match (&mut self.host, &mut self.numbers) {
            (Some(host), _) => host.add_atom(atom).unwrap_or(0),
            (None, Some(numbers)) => numbers.number(atom),
            (None, None) => u32::MAX,
        }
    }
}

impl Instance {
    /// Gives new atoms numbers while there is no machine that does.
    pub(in crate::host) fn lend_numbers(&mut self, numbers: AtomNumbers) {
        self.store.data_mut().numbers = Some(numbers);
    }
    /// The numbers that were lent, and those given meanwhile.
    pub(in crate::host) fn take_numbers(&mut self) -> Option<AtomNumbers> {
        self.store.data_mut().numbers.take()
    }
}
