//! Receive markers: a `receive` that only takes messages with a reference begins where the mailbox ended when the reference
//! was made (OTP: Efficiency Guide, Processes, "Receiving messages").

use super::Step;
use crate::instr::Code;
use crate::term::Term;
use crate::vm::Vm;

/// a: destination of the marker.
pub(super) fn reserve(vm: &mut Vm, code: Code) -> Step {
    let marker = vm.mailbox.reserve_marker();
    vm.set(code.a(), Term::small(i64::from(marker)));
    Ok(code.next())
}

/// a: marker, b: reference.
pub(super) fn bind(vm: &mut Vm, code: Code) -> Step {
    let (marker, reference) = (vm.source(code, code.a()), vm.source(code, code.b()));
    if let (Some(marker), Some(reference)) = (marker.small_value(), reference.local_ref()) {
        vm.mailbox.bind_marker(marker as u32, reference);
    }
    Ok(code.next())
}

/// a: reference. The next `receive` begins at its marker.
pub(super) fn use_marker(vm: &mut Vm, code: Code) -> Step {
    if let Some(reference) = vm.source(code, code.a()).local_ref() {
        vm.mailbox.use_marker(reference);
    }
    Ok(code.next())
}

/// a: reference or marker.
pub(super) fn clear(vm: &mut Vm, code: Code) -> Step {
    let which = vm.source(code, code.a());
    let number = which.small_value().map(|number| number as u32);
    vm.mailbox.clear_marker(number, which.local_ref());
    Ok(code.next())
}
