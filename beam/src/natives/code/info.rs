//! What is loaded, and what a `.beam` file holds.

use crate::atoms;
use crate::code::{Module, PRE_LOADED};
use crate::fail::{Fail, Outcome};
use crate::loader::{Container, Limits, file};
use crate::natives::{boolean, hosted};
use crate::term::{Term, tag};
use crate::vm::Vm;
use std::rc::Rc;

pub(super) fn pre_loaded(vm: &mut Vm, _: &[Term]) -> Outcome {
    let mut names = Vec::with_capacity(PRE_LOADED.len());
    for name in PRE_LOADED {
        names.push(vm.atom(name)?);
    }
    Ok(vm.heap.list(&names))
}

/// Names of the modules with current code, in the order in which their names came into use.
pub(super) fn loaded(vm: &mut Vm, _: &[Term]) -> Outcome {
    let mut names: Vec<Term> = vm.image.get().modules.keys().copied().collect();
    names.sort();
    Ok(vm.heap.list(&names))
}

pub(super) fn module_loaded(vm: &mut Vm, args: &[Term]) -> Outcome {
    if !args[0].is_atom() {
        return Err(Fail::BADARG);
    }
    Ok(boolean(has_current_code(vm, args[0])))
}

/// Whether a module is loaded; one of the sandbox that this process has not called yet is loaded all the same.
pub(super) fn has_current_code(vm: &mut Vm, module: Term) -> bool {
    vm.image.get().modules.contains_key(&module) || vm.load_from_host(module)
}

/// Items of `Module:module_info/0`, in its order.
const SUMMARY: [Term; 5] = [atoms::MODULE, atoms::EXPORTS, atoms::ATTRIBUTES, atoms::COMPILE, atoms::MD5];

pub(super) fn get_module_info(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut items = Vec::with_capacity(SUMMARY.len());
    for item in SUMMARY {
        let value = get_module_info_item(vm, &[args[0], item])?;
        items.push(vm.heap.tuple(&[item, value]));
    }
    Ok(vm.heap.list(&items))
}

pub(super) fn get_module_info_item(vm: &mut Vm, args: &[Term]) -> Outcome {
    if args[0].is_atom() && !vm.image.get().modules.contains_key(&args[0]) {
        vm.load_from_host(args[0]);
    }
    let module: Rc<Module> = vm.image.get().modules.get(&args[0]).cloned().ok_or(Fail::BADARG)?;
    match args[1] {
        atoms::MODULE => Ok(module.name),
        atoms::EXPORTS => {
            let is_exported = |name, arity| module.exports.iter().any(|(n, a, _)| (*n, *a) == (name, arity));
            let functions = module.functions.iter().filter(|(_, name, arity)| is_exported(*name, *arity));
            Ok(function_list(vm, functions.map(|(_, name, arity)| (*name, *arity))))
        }
        atoms::FUNCTIONS => Ok(function_list(vm, module.functions.iter().map(|(_, name, arity)| (*name, *arity)))),
        atoms::ATTRIBUTES => chunk_term(vm, &module.attributes),
        atoms::COMPILE => chunk_term(vm, &module.compile_info),
        atoms::MD5 => Ok(vm.heap.binary(&module.md5)),
        atoms::NATIVE => Ok(atoms::FALSE),
        atoms::NIFS | atoms::NATIVE_ADDRESSES => Ok(Term::NIL),
        _ => Err(Fail::BADARG),
    }
}

fn function_list(vm: &mut Vm, functions: impl Iterator<Item = (Term, u32)>) -> Term {
    let items: Vec<Term> =
        functions.map(|(name, arity)| vm.heap.tuple(&[name, Term::small(i64::from(arity))])).collect();
    vm.charge(items.len() / 16);
    vm.heap.list(&items)
}

/// The term that a chunk holds.
pub(super) fn chunk_term(vm: &mut Vm, chunk: &[u8]) -> Outcome {
    if chunk.is_empty() { Ok(Term::NIL) } else { hosted::decode(vm, chunk) }
}

pub(super) fn beamfile_chunk(vm: &mut Vm, args: &[Term]) -> Outcome {
    let bytes = args[0].bits().filter(|bits| bits.is_binary()).ok_or(Fail::BADARG)?.bytes();
    let mut name = [0; 4];
    let letters = args[1].proper_list().filter(|list| list.len() == name.len()).ok_or(Fail::BADARG)?;
    for (letter, term) in name.iter_mut().zip(letters) {
        *letter = term.small_value().and_then(|c| u8::try_from(c).ok()).ok_or(Fail::BADARG)?;
    }
    vm.charge(bytes.len() / 4096);
    let Ok(file) = Container::open(&bytes, &Limits::default()) else { return Ok(atoms::UNDEFINED) };
    Ok(file.chunk(&name).map_or(atoms::UNDEFINED, |chunk| vm.heap.binary(chunk)))
}

pub(super) fn beamfile_module_md5(vm: &mut Vm, args: &[Term]) -> Outcome {
    let bytes = args[0].bits().filter(|bits| bits.is_binary()).ok_or(Fail::BADARG)?.bytes();
    vm.charge(bytes.len() / 1024);
    match file::parse(&bytes, &Limits::default()) {
        Ok(file) => Ok(vm.heap.binary(&file.md5)),
        Err(_) => Ok(atoms::UNDEFINED),
    }
}

/// Whether the process is in the old code of a module, or a return address on its stack leads there.
pub(super) fn uses_old_code(vm: &Vm, module: Term) -> bool {
    let image = vm.image.get();
    let Some(old) = image.old_modules.get(&module) else { return false };
    let range = old.code.as_ptr_range();
    let is_return = |word: &Term| word.tag() == tag::RETURN && range.contains(&word.ptr().cast_const());
    range.contains(&vm.pc) || vm.heap.stack_terms().iter().any(is_return)
}
