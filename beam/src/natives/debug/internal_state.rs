//! `erts_debug:get_internal_state/1` and `set_internal_state/2`: what OTP's own test suites look at and turn.
//!
//! Both are undefined until somebody opens them for the whole sandbox.

use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::natives::hosted::{self, hosted_number};
use crate::term::Term;
use crate::vm::Vm;

/// Where natives of OTP interrupt themselves, unless a test says otherwise.
const DEFAULT_LIMIT: i64 = 40_000;

/// What a process has turned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InternalState {
    /// Where there is no sandbox that knows.
    is_open: bool,
    /// After how many steps natives of `binary`, `re` and `unicode` interrupt themselves in OTP. Ours do all their work at a
    /// stretch and charge for it, so these are only kept.
    binary_limit: i64,
    re_limit: i64,
    unicode_limit: i64,
}

impl Default for InternalState {
    fn default() -> Self {
        let (binary_limit, re_limit, unicode_limit) = (DEFAULT_LIMIT, DEFAULT_LIMIT, DEFAULT_LIMIT);
        InternalState { is_open: false, binary_limit, re_limit, unicode_limit }
    }
}

pub(super) fn get(vm: &mut Vm, args: &[Term]) -> Outcome {
    if !is_open(vm) {
        return Err(Fail::Error(atoms::UNDEF));
    }
    if let Some([item, value]) = args[0].tuple() {
        return get_of(vm, *item, *value);
    }
    if !args[0].is_atom() {
        return Err(Fail::BADARG);
    }
    match vm.atom_name(args[0]) {
        "available_internal_state" => Ok(atoms::TRUE),
        "reds_left" => Ok(Term::small(vm.reductions_left.max(0))),
        // OTP counts so only if it is built for that.
        "flxctr_memory_usage" => vm.atom("notsup"),
        _ => Err(Fail::BADARG),
    }
}

/// Items that are of something.
fn get_of(vm: &mut Vm, item: Term, value: Term) -> Outcome {
    match item.is_atom().then(|| vm.atom_name(item)) {
        Some("binary_info") => binary_info(vm, value),
        _ => Err(Fail::BADARG),
    }
}

/// `heap_binary` or `{refc_binary, Bytes, {binary, Allocated}, Flags}`. OTP's flags say how it may be written to.
fn binary_info(vm: &mut Vm, value: Term) -> Outcome {
    let Some((storage, _, bits)) = value.is_boxed().then(|| value.place()).flatten() else { return Err(Fail::BADARG) };
    let Some(binary) = storage.off_bin() else { return vm.atom("heap_binary") };
    // SAFETY: the reference that the value holds keeps the off-heap binary alive.
    let allocated = unsafe { (*binary).capacity() };
    let [refc_binary, binary] = [vm.atom("refc_binary")?, vm.atom("binary")?];
    let allocated = vm.heap.tuple(&[binary, Term::small(allocated as i64)]);
    Ok(vm.heap.tuple(&[refc_binary, Term::small(bits.div_ceil(8) as i64), allocated, Term::small(0)]))
}

fn is_open(vm: &mut Vm) -> bool {
    let opened = hosted::call(vm, hosted_number!("erts_debug", "open_internal_state", 1), &[atoms::UNDEFINED]);
    opened.map_or(vm.internal_state.is_open, |opened| opened == atoms::TRUE)
}

/// Opens or closes, and gives what held before.
fn open(vm: &mut Vm, value: Term) -> Term {
    let before = std::mem::replace(&mut vm.internal_state.is_open, value == atoms::TRUE);
    let opened = hosted::call(vm, hosted_number!("erts_debug", "open_internal_state", 1), &[value]);
    opened.unwrap_or(super::super::boolean(before))
}

pub(super) fn set(vm: &mut Vm, args: &[Term]) -> Outcome {
    let &[key, value] = args else { return Err(Fail::BADARG) };
    let key = if key.is_atom() { vm.atom_name(key).to_owned() } else { String::new() };
    if key == "available_internal_state" && matches!(value, atoms::TRUE | atoms::FALSE) {
        return Ok(open(vm, value));
    }
    if !is_open(vm) {
        return Err(Fail::Error(atoms::UNDEF));
    }
    match key.as_str() {
        // Fewer than there are: a turn is never made longer from within.
        "reds_left" => {
            let reductions = value.small_value().filter(|n| *n >= 0).ok_or(Fail::BADARG)?;
            vm.reductions_left = vm.reductions_left.min(reductions.max(1));
            Ok(atoms::TRUE)
        }
        "binary_loop_limit" => limit(vm, value, |state| &mut state.binary_limit),
        "re_loop_limit" => limit(vm, value, |state| &mut state.re_limit),
        "unicode_loop_limit" => limit(vm, value, |state| &mut state.unicode_limit),
        "force_gc" if value == vm.pid => {
            vm.heap.request_collection();
            Ok(atoms::TRUE)
        }
        // Tables do not interrupt themselves; nor does OTP unless it is built for that.
        "ets_force_trap" => vm.atom("notsup"),
        // Nothing is shared between threads that could be split, and messages are copied before they are read.
        "ets_force_split" | "ets_debug_random_split_join" if value.tuple_of::<2>().is_some() => Ok(atoms::OK),
        "mbuf" => Ok(value),
        "binary" => {
            let bytes = value.small_value().and_then(|n| usize::try_from(n).ok()).ok_or(Fail::BADARG)?;
            vm.heap.check_bytes(bytes)?;
            Ok(vm.heap.binary_from_vec(vec![0; bytes], bytes * 8))
        }
        // Nothing of the machine goes on in the background that could be waited for.
        "wait" if value.is_atom() => Ok(atoms::OK),
        _ => Err(Fail::BADARG),
    }
}

/// Keeps a limit and gives the one before.
fn limit(vm: &mut Vm, value: Term, field: impl Fn(&mut InternalState) -> &mut i64) -> Outcome {
    let limit = match value.small_value() {
        Some(limit) if limit > 0 => limit,
        None if value.is_atom() && vm.atom_name(value) == "default" => DEFAULT_LIMIT,
        _ => return Err(Fail::BADARG),
    };
    Ok(Term::small(std::mem::replace(field(&mut vm.internal_state), limit)))
}

#[cfg(test)]
mod tests {
    use crate::natives::table::check;

    #[test]
    fn the_state_is_open_once_it_was_opened() {
        check(
            "\
erts_debug:get_internal_state(reds_left) => error: undef
erts_debug:set_internal_state(re_loop_limit,10) => error: undef
erts_debug:set_internal_state(available_internal_state,true) => false
erts_debug:set_internal_state(re_loop_limit,10) => 40000
erts_debug:set_internal_state(re_loop_limit,default) => 10
erts_debug:set_internal_state(re_loop_limit,foo) => error: badarg
erts_debug:get_internal_state(available_internal_state) => true
erts_debug:get_internal_state(foo) => error: badarg
erts_debug:get_internal_state({foo,1}) => error: badarg
erts_debug:get_internal_state({binary_info,<<1,2,3>>}) => heap_binary
erts_debug:get_internal_state({binary_info,a}) => error: badarg
erts_debug:set_internal_state(available_internal_state,false) => true
erts_debug:get_internal_state(reds_left) => error: undef
",
        );
    }
}
