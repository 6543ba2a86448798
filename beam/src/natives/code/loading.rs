//! Loading in steps: a file is prepared, then one or several are made current together.

use std::rc::Rc;

use crate::atoms;
use crate::code::Module;
use crate::fail::{Fail, Outcome};
use crate::image::Image;
use crate::loader::{self, Limits, Op};
use crate::natives::boolean;
use crate::natives::hosted::{self, hosted_number};
use crate::term::Term;
use crate::vm::Vm;

pub(super) fn prepare_loading(vm: &mut Vm, args: &[Term]) -> Outcome {
    let bytes = args[1].bits().filter(|bits| bits.is_binary()).ok_or(Fail::BADARG)?.bytes();
    if !args[0].is_atom() {
        return Err(Fail::BADARG);
    }
    vm.charge(bytes.len() / 256);
    let file = match loader::parse(&bytes, &Limits::default()) {
        Ok(file) if file.atoms[1] == vm.atom_name(args[0]) => file,
        _ => return refused(vm, "badfile"),
    };
    let has_on_load = file.code.iter().any(|instruction| instruction.op == Op::OnLoad);
    let what = vm.heap.tuple(&[args[0], boolean(has_on_load)]);
    hosted::call(vm, hosted_number!("erts_internal", "prepare_loading", 2), &[what, args[1]])
}

fn refused(vm: &mut Vm, reason: &str) -> Outcome {
    let reason = vm.atom(reason)?;
    Ok(vm.heap.tuple(&[atoms::ERROR, reason]))
}

/// Module of a prepared file, and whether it has an `-on_load` function.
fn prepared(vm: &mut Vm, reference: Term) -> Result<(Term, bool), Fail> {
    let prepared = hosted::call(vm, hosted_number!("erlang", "has_prepared_code_on_load", 1), &[reference])?;
    let [module, has_on_load] = *prepared.tuple_of::<2>().ok_or(Fail::BADARG)?;
    Ok((module, has_on_load == atoms::TRUE))
}

pub(super) fn has_prepared_code_on_load(vm: &mut Vm, args: &[Term]) -> Outcome {
    Ok(boolean(prepared(vm, args[0])?.1))
}

/// Makes prepared files current, all or none. Gives `ok` or what stands in the way: `{not_purged, Modules}`,
/// `{on_load, Modules}`, `{duplicated, Modules}`. One module with an `-on_load` function is loaded, and `{on_load, [Module]}`
/// says that the function is to be called.
pub(super) fn finish_loading(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut files = Vec::new();
    for reference in args[0].proper_list().ok_or(Fail::BADARG)? {
        files.push(prepared(vm, reference)?);
    }
    let modules: Vec<Term> = files.iter().map(|(module, _)| *module).collect();
    let old = &vm.image.get().old_modules;
    let not_purged: Vec<Term> = modules.iter().filter(|m| old.contains_key(*m)).copied().collect();
    let on_load: Vec<Term> = files.iter().filter(|(_, has_on_load)| *has_on_load).map(|(module, _)| *module).collect();
    let is_on_load_due = !on_load.is_empty();
    let repeated = modules.iter().enumerate().filter(|(i, m)| modules[..*i].contains(m));
    let repeated: Vec<Term> = repeated.map(|(_, m)| *m).collect();
    for (reason, modules, is_reason) in [
        ("duplicated", repeated, true),
        ("not_purged", not_purged, true),
        ("on_load", on_load.clone(), files.len() > 1),
    ] {
        if is_reason && !modules.is_empty() {
            let reason = vm.atom(reason)?;
            let modules = vm.heap.list(&modules);
            return Ok(vm.heap.tuple(&[reason, modules]));
        }
    }
    hosted::call(vm, hosted_number!("erlang", "finish_loading", 1), args)?;
    for module in modules {
        // The file was parsed when it was prepared; what still fails is a limit of the machine.
        if !vm.load_from_host(module) {
            return Err(Fail::SYSTEM_LIMIT);
        }
    }
    if is_on_load_due {
        let reason = vm.atom("on_load")?;
        let modules = vm.heap.list(&on_load);
        return Ok(vm.heap.tuple(&[reason, modules]));
    }
    Ok(atoms::OK)
}

/// Name of the `-on_load` function of a module.
fn on_load_function(module: &Module) -> Result<Term, Fail> {
    let word = module.on_load.ok_or(Fail::BADARG)?;
    let function = module.functions.iter().rev().find(|(start, ..)| *start < word);
    function.map(|(_, name, _)| *name).ok_or(Fail::BADARG)
}

pub(super) fn call_on_load_function(vm: &mut Vm, args: &[Term]) -> Outcome {
    if !vm.image.get().modules.contains_key(&args[0]) {
        // Another process has loaded it.
        vm.load_from_host(args[0]);
    }
    let module = vm.image.get().modules.get(&args[0]).cloned().ok_or(Fail::BADARG)?;
    let function = on_load_function(&module)?;
    // It need not be exported, so a call from outside gets its address lent until it has been called.
    let image = vm.image.get_mut();
    let index = image.code.export((args[0], function, 0)) as usize;
    image.code.exports[index].code = module.address(module.on_load.ok_or(Fail::BADARG)?);
    Err(Fail::Call { module: args[0], function, args: Term::NIL })
}

/// The code is current already; it only goes away again where its `-on_load` function failed.
pub(super) fn finish_after_on_load(vm: &mut Vm, args: &[Term]) -> Outcome {
    let module = vm.image.get().modules.get(&args[0]).cloned().ok_or(Fail::BADARG)?;
    let function = on_load_function(&module)?;
    if !module.exports.iter().any(|(name, arity, _)| (*name, *arity) == (function, 0)) {
        let image = vm.image.get_mut();
        let index = image.code.export((args[0], function, 0)) as usize;
        image.code.exports[index].code = image.code.exports[index].stub;
    }
    match args[1] {
        atoms::TRUE => Ok(atoms::TRUE),
        atoms::FALSE => {
            let deleted = delete_module(vm, &args[..1])?;
            vm.image.get_mut().purge_module(args[0]);
            Ok(deleted)
        }
        _ => Err(Fail::BADARG),
    }
}

/// As [`finish_after_on_load`], for OTP's purger.
pub(super) fn purger_finish_after_on_load(vm: &mut Vm, args: &[Term]) -> Outcome {
    finish_after_on_load(vm, args)?;
    Ok(atoms::OK)
}

pub(super) fn delete_module(vm: &mut Vm, args: &[Term]) -> Outcome {
    if !args[0].is_atom() {
        return Err(Fail::BADARG);
    }
    if vm.image.get().old_modules.contains_key(&args[0]) {
        return Err(Fail::BADARG);
    }
    if !vm.image.get().modules.contains_key(&args[0]) {
        return Ok(atoms::UNDEFINED);
    }
    hosted::call(vm, hosted_number!("erlang", "delete_module", 1), args)?;
    vm.image.get_mut().delete_module(args[0]);
    Ok(atoms::TRUE)
}

pub(super) fn purge(vm: &mut Vm, args: &[Term]) -> Outcome {
    if !args[0].is_atom() {
        return Err(Fail::BADARG);
    }
    let has_old = vm.image.get().old_modules.contains_key(&args[0]);
    if !has_old {
        return Ok(vm.heap.tuple(&[atoms::FALSE, atoms::FALSE]));
    }
    let killed = hosted::call(vm, hosted_number!("erts_code_purger", "purge", 1), args)?;
    if vm.uses_old_code(args[0]) {
        // The caller would return into what is to go away.
        hosted::call(vm, hosted_number!("erlang", "exit", 2), &[vm.pid, atoms::KILL])?;
        vm.end_turn();
        return Ok(atoms::TRUE);
    }
    vm.image.get_mut().purge_module(args[0]);
    Ok(vm.heap.tuple(&[atoms::TRUE, killed]))
}

pub(super) fn soft_purge(vm: &mut Vm, args: &[Term]) -> Outcome {
    if !args[0].is_atom() {
        return Err(Fail::BADARG);
    }
    if !vm.image.get().old_modules.contains_key(&args[0]) {
        return Ok(atoms::TRUE);
    }
    if vm.uses_old_code(args[0]) {
        return Ok(atoms::FALSE);
    }
    let value = hosted::call(vm, hosted_number!("erts_code_purger", "soft_purge", 1), args)?;
    if value == atoms::TRUE {
        vm.image.get_mut().purge_module(args[0]);
    }
    Ok(value)
}

/// Only OTP's purger process may call it, and there is none here.
pub(super) fn purge_module(_: &mut Vm, _: &[Term]) -> Outcome {
    Err(Fail::Error(atoms::NOTSUP))
}

/// Native libraries: those of the runtime system itself are there already, others cannot be loaded.
pub(super) fn load_nif(vm: &mut Vm, args: &[Term]) -> Outcome {
    let path: Option<String> = args[0].proper_list().and_then(|chars| {
        chars.iter().map(|c| c.small_value().and_then(|c| u32::try_from(c).ok()).and_then(char::from_u32)).collect()
    });
    let path = path.ok_or(Fail::BADARG)?;
    if vm.image.get().natives.iter().any(|native| Some(native.module) == path.rsplit('/').next()) {
        return Ok(atoms::OK);
    }
    let text =
        format!("Failed to load NIF library: '{path}.so: cannot open shared object file: No such file or directory'");
    let (reason, text) = (vm.atom("load_failed")?, vm.heap.string(&text));
    let failure = vm.heap.tuple(&[reason, text]);
    Ok(vm.heap.tuple(&[atoms::ERROR, failure]))
}

impl Image {
    /// Makes the current code of a module old: calls of its functions find nothing (OTP: `erlang:delete_module/1`).
    pub fn delete_module(&mut self, name: Term) {
        let Some(module) = self.modules.remove(&name) else { return };
        for (function, arity, _) in &module.exports {
            let index = self.code.export((name, *function, *arity)) as usize;
            self.code.exports[index].code = self.code.exports[index].stub;
        }
        self.old_modules.insert(name, module);
    }
    /// Forgets the old code of a module: funs of it can no longer be called, and no stack trace leads into it.
    pub fn purge_module(&mut self, name: Term) {
        if let Some(old) = self.old_modules.remove(&name) {
            self.retire(old);
        }
    }
    /// Takes code out of use. Its memory stays: terms of processes may lie in its literals, and a process that shares the image
    /// may still run in it.
    pub(crate) fn retire(&mut self, module: Rc<Module>) {
        self.code.remove_range(&module);
        let range = module.code.as_ptr_range();
        for fun in &module.funs {
            let entry = &mut self.code.funs[*fun as usize];
            if range.contains(&entry.code) {
                entry.code = std::ptr::null();
            }
        }
        self.retired.push(module);
    }
}
