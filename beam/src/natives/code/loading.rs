//! Loading in steps: a file is prepared, then one or several are made current together.

use std::rc::Rc;

use super::info;
use crate::atoms;
use crate::code::Module;
use crate::fail::{Fail, Outcome};
use crate::image::Image;
use crate::load;
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
    // What is wrong with it is found now, so that making it current cannot fail.
    let file = match loader::parse(&bytes, &Limits::default()) {
        Ok(file) if file.atoms[1] == vm.atom_name(args[0]) && loader::validate(&file).is_ok() => file,
        _ => return refused(vm, "badfile"),
    };
    for chunk in [&file.attributes, &file.compile_info] {
        if !info::chunk_term(vm, chunk).is_ok_and(Term::is_list) {
            return refused(vm, "badfile");
        }
    }
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
/// `{on_load, Modules}`, `{duplicated, Modules}`. One module with an `-on_load` function waits until it is called, and
/// `{on_load, [Module]}` says that it is to be called.
pub(super) fn finish_loading(vm: &mut Vm, args: &[Term]) -> Outcome {
    let references = args[0].proper_list().ok_or(Fail::BADARG)?;
    let mut files = Vec::new();
    for reference in &references {
        files.push(prepared(vm, *reference)?);
    }
    let modules: Vec<Term> = files.iter().map(|(module, _)| *module).collect();
    let on_load: Vec<Term> = files.iter().filter(|(_, has_on_load)| *has_on_load).map(|(module, _)| *module).collect();
    let repeated = modules.iter().enumerate().filter(|(i, m)| modules[..*i].contains(m));
    let repeated: Vec<Term> = repeated.map(|(_, m)| *m).collect();
    let mut not_purged = Vec::new();
    for module in &modules {
        // Code that was deleted is old, and stays so beside what is loaded now.
        if has_old_code(vm, *module) && info::has_current_code(vm, *module) {
            not_purged.push(*module);
        }
    }
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
    let mut items = Vec::new();
    for (reference, module) in references.iter().zip(&modules) {
        let has_current = boolean(vm.image.get().modules.contains_key(module));
        items.push(vm.heap.tuple(&[*reference, has_current]));
    }
    let items = vm.heap.list(&items);
    hosted::call(vm, hosted_number!("erlang", "finish_loading", 1), &[items])?;
    if !on_load.is_empty() {
        let reason = vm.atom("on_load")?;
        let modules = vm.heap.list(&on_load);
        return Ok(vm.heap.tuple(&[reason, modules]));
    }
    for module in modules {
        // The file was parsed when it was prepared; what still fails is a limit of the machine.
        if !vm.load_from_host(module) {
            return Err(Fail::SYSTEM_LIMIT);
        }
    }
    Ok(atoms::OK)
}

/// Whether a module has old code, in this process or in another one.
fn has_old_code(vm: &mut Vm, module: Term) -> bool {
    // A host without processes does not know the call.
    vm.image.get().old_modules.contains_key(&module)
        || hosted::call(vm, hosted_number!("erlang", "check_old_code", 1), &[module]) == Ok(atoms::TRUE)
}

pub(super) fn check_old_code(vm: &mut Vm, args: &[Term]) -> Outcome {
    if !args[0].is_atom() {
        return Err(Fail::BADARG);
    }
    Ok(boolean(has_old_code(vm, args[0])))
}

/// The code is nobody's current code yet: calls of the module from outside find what was there before.
pub(super) fn call_on_load_function(vm: &mut Vm, args: &[Term]) -> Outcome {
    let module = waiting_module(vm, args[0])?;
    Err(Fail::Enter(module.address(module.on_load.ok_or(Fail::BADARG)?)))
}

/// Loads code that waits for its `-on_load` function, if a module has such: the function may start processes with funs of it.
pub(crate) fn load_waiting(vm: &mut Vm, module: Term) {
    waiting_module(vm, module).ok();
}

fn waiting_module(vm: &mut Vm, module: Term) -> Result<Rc<Module>, Fail> {
    let code = hosted::call(vm, hosted_number!("erlang", "call_on_load_function", 1), &[module])?;
    let bytes = code.bits().ok_or(Fail::BADARG)?.bytes();
    vm.charge(bytes.len() / 64);
    let atoms = vm.atoms().len();
    let module = load::load_apart(&vm.image, &bytes).map_err(|_| Fail::BADARG)?;
    if vm.tell_new_atoms(atoms) { Ok(module) } else { Err(Fail::SYSTEM_LIMIT) }
}

pub(super) fn finish_after_on_load(vm: &mut Vm, args: &[Term]) -> Outcome {
    if !args[0].is_atom() || !matches!(args[1], atoms::TRUE | atoms::FALSE) {
        return Err(Fail::BADARG);
    }
    let has_current = boolean(vm.image.get().modules.contains_key(&args[0]));
    let what = vm.heap.tuple(&[args[0], has_current]);
    hosted::call(vm, hosted_number!("erlang", "finish_after_on_load", 2), &[what, args[1]])?;
    if args[1] == atoms::TRUE && !vm.load_from_host(args[0]) {
        return Err(Fail::SYSTEM_LIMIT);
    }
    Ok(atoms::TRUE)
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
    if has_old_code(vm, args[0]) {
        return Err(Fail::BADARG);
    }
    if !info::has_current_code(vm, args[0]) {
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
    if !has_old_code(vm, args[0]) {
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
    if !has_old_code(vm, args[0]) {
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
