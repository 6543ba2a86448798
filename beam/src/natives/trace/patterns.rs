//! Patterns for calls: which functions they name, and what holds for one of them.

use super::{LEGACY, renew_own_watch};
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::image::Mfa;
use crate::natives::hosted::{self, hosted_number};
use crate::term::Term;
use crate::vm::Vm;

/// What a pattern names; nothing stands for any.
struct Selector {
    module: Option<Term>,
    function: Option<Term>,
    arity: Option<u32>,
}

impl Selector {
    /// Reads `{Module, Function, Arity}`. Behind `'_'` there is nothing but `'_'`.
    fn read(vm: &Vm, term: Term) -> Result<Selector, Fail> {
        let [module, function, arity] = *term.tuple_of::<3>().ok_or(Fail::BADARG)?;
        let is_any = |t: Term| t.is_atom() && vm.atom_name(t) == "_";
        let (all_modules, all_functions, all_arities) = (is_any(module), is_any(function), is_any(arity));
        let number = arity.small_value().and_then(|a| u32::try_from(a).ok()).filter(|a| *a <= 255);
        let is_valid = module.is_atom() && function.is_atom() && (all_arities || number.is_some());
        if !is_valid || all_modules && !all_functions || all_functions && !all_arities {
            return Err(Fail::BADARG);
        }
        let some = |t: Term, is_any: bool| Some(t).filter(|_| !is_any);
        Ok(Selector { module: some(module, all_modules), function: some(function, all_functions), arity: number })
    }
    fn names(&self, (module, function, arity): Mfa) -> bool {
        self.module.is_none_or(|m| m == module)
            && self.function.is_none_or(|f| f == function)
            && self.arity.is_none_or(|a| a == arity)
    }
    /// How many functions it names: those that can be called by their full names, or all of them.
    fn count(&self, vm: &mut Vm, is_local: bool) -> usize {
        if let Some(module) = self.module
            && !vm.image.get().modules.contains_key(&module)
        {
            vm.load_from_host(module);
        }
        let image = vm.image.get();
        // A function that several parts of the machine refer to stands there more than once.
        let is_found = |at: usize, mfa: Mfa| image.code.export_number(mfa).is_some_and(|found| found as usize == at);
        let exports = image.code.exports.iter().enumerate();
        let exported = exports
            .filter(|(at, export)| self.names(export.mfa) && is_found(*at, export.mfa))
            .map(|(_, export)| export);
        if !is_local {
            return exported.filter(|e| e.code != e.stub || image.native(e.mfa).is_some()).count();
        }
        let modules = image.modules.values().filter(|module| self.module.is_none_or(|m| m == module.name));
        let named = modules.flat_map(|module| module.functions.iter().map(|(_, f, arity)| (module.name, *f, *arity)));
        let own = named.filter(|mfa| self.names(*mfa)).count();
        let has_body = |mfa: Mfa| {
            image.modules.get(&mfa.0).is_some_and(|m| m.functions.iter().any(|f| (f.1, f.2) == (mfa.1, mfa.2)))
        };
        own + exported.filter(|export| image.native(export.mfa).is_some() && !has_body(export.mfa)).count()
    }
}

pub(super) fn set(vm: &mut Vm, args: &[Term]) -> Outcome {
    let legacy = vm.atom(LEGACY)?;
    set_in_session(vm, &[legacy, args[0], args[1], args[2]])
}

/// Gives how many functions the pattern names.
pub(super) fn set_in_session(vm: &mut Vm, args: &[Term]) -> Outcome {
    let [session, what, spec, flags] = [args[0], args[1], args[2], args[3]];
    let flag_list = flags.proper_list().ok_or(Fail::BADARG)?;
    match vm.atom_name(what) {
        "on_load" => return Ok(Term::small(0)),
        "send" | "receive" => {
            hosted::call(vm, hosted_number!("erts_internal", "trace_pattern", 4), &[session, what, spec, flags])?;
            return Ok(Term::small(1));
        }
        _ => {}
    }
    let selector = Selector::read(vm, what)?;
    let is_local = flag_list.iter().any(|flag| flag.is_atom() && vm.atom_name(*flag) != "global");
    let count = selector.count(vm, is_local);
    // Also where there is no such function: what is wrong with the rest is told.
    hosted::call(vm, hosted_number!("erts_internal", "trace_pattern", 4), &[session, what, spec, flags])?;
    renew_own_watch(vm)?;
    Ok(Term::small(count as i64))
}

/// Whether there is a function, exported or not.
pub(super) fn is_function(vm: &mut Vm, mfa: Mfa) -> bool {
    let (module, function, arity) = mfa;
    let selector = Selector { module: Some(module), function: Some(function), arity: Some(arity) };
    selector.count(vm, true) > 0
}

/// The sessions in which calls of a function are told. That it is told in others than the one that always is, is not asked for here.
pub(super) fn sessions_of(vm: &mut Vm, function: Term) -> Outcome {
    let legacy = vm.atom(LEGACY)?;
    let setting = hosted::call(vm, hosted_number!("orrery_trace", "pattern", 2), &[legacy, function])?;
    if setting == atoms::FALSE {
        return Ok(Term::NIL);
    }
    let default = vm.atom("default")?;
    let session = vm.heap.tuple(&[legacy, default]);
    Ok(vm.heap.list(&[session]))
}

/// What an item of `erlang:trace_info/2` is for a function.
pub(super) fn info(vm: &mut Vm, session: Term, function: Term, item: Term) -> Outcome {
    let setting = hosted::call(vm, hosted_number!("orrery_trace", "pattern", 2), &[session, function])?;
    let counts = hosted::call(vm, hosted_number!("orrery_trace", "counts", 2), &[session, function])?;
    let &[calls, time, memory] = counts.tuple_of::<3>().ok_or(Fail::BADARG)?;
    let is_counted = [calls, time, memory].iter().any(|count| *count != atoms::FALSE);
    let (traced, spec) = match setting.tuple_of::<2>() {
        Some(&[is_local, spec]) => (vm.atom(if is_local == atoms::TRUE { "local" } else { "global" })?, spec),
        None if is_counted => (atoms::FALSE, atoms::FALSE),
        // As in OTP, whatever the item is.
        None => return Ok(atoms::FALSE),
    };
    match vm.atom_name(item) {
        "traced" => Ok(traced),
        "match_spec" => Ok(spec),
        // As in OTP, where a function that is traced in another way has no tracer of its own.
        "meta" => Ok(Term::NIL),
        "call_count" => Ok(calls),
        "call_time" => Ok(time),
        "call_memory" => Ok(memory),
        "all" => {
            let values = [
                ("traced", traced),
                ("match_spec", spec),
                ("meta", atoms::FALSE),
                ("meta_match_spec", atoms::FALSE),
                ("call_memory", memory),
                ("call_time", time),
                ("call_count", calls),
            ];
            let mut items = Vec::new();
            for (name, value) in values {
                let key = vm.atom(name)?;
                items.push(vm.heap.tuple(&[key, value]));
            }
            Ok(vm.heap.list(&items))
        }
        name if super::is_call_item(name) => Ok(atoms::FALSE),
        _ => Err(Fail::BADARG),
    }
}
