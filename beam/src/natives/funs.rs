//! Funs and exported functions as values (OTP: `erlang:fun_info/1,2`, `erlang:make_fun/3`, `erlang:function_exported/3`).

use super::Native;
use crate::atoms;
use crate::code::FunEntry;
use crate::fail::{Fail, Outcome};
use crate::image::Mfa;
use crate::term::{Term, kind};
use crate::vm::Vm;

/// Natives about funs.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "make_fun", 3, make_fun),
    Native::new("erlang", "fun_info", 1, fun_info),
    Native::new("erlang", "fun_info", 2, fun_info_item),
    Native::new("erlang", "fun_info_mfa", 1, fun_info_mfa),
    Native::new("erlang", "function_exported", 3, function_exported),
    Native::new("erlang", "is_builtin", 3, is_builtin),
];

/// Natives of ours that are written in Erlang in OTP, so that they are no "builtin" functions.
const ERLANG_IN_OTP: &[(&str, &str, u8)] = &[
    ("erlang", "alias", 0),
    ("erlang", "atom_to_binary", 1),
    ("erlang", "binary_to_atom", 1),
    ("erlang", "binary_to_existing_atom", 1),
    ("erlang", "binary_to_integer", 1),
    ("erlang", "binary_to_integer", 2),
    ("erlang", "check_process_code", 2),
    ("erlang", "check_process_code", 3),
    ("erlang", "disconnect_node", 1),
    ("erlang", "fun_info", 1),
    ("erlang", "garbage_collect", 0),
    ("erlang", "garbage_collect", 1),
    ("erlang", "garbage_collect", 2),
    ("erlang", "group_leader", 2),
    ("erlang", "is_alive", 0),
    ("erlang", "list_to_integer", 1),
    ("erlang", "list_to_integer", 2),
    ("erlang", "memory", 0),
    ("erlang", "memory", 1),
    ("erlang", "process_flag", 3),
    ("erlang", "suspend_process", 1),
    ("erlang", "suspend_process", 2),
    ("erts_code_purger", "purge", 1),
    ("erts_code_purger", "soft_purge", 1),
    ("erts_internal", "check_process_code", 3),
    ("erts_internal", "is_process_alive", 1),
    ("erts_internal", "log_crash", 1),
    ("ets", "all", 0),
    ("init", "fetch_loaded", 0),
    ("persistent_term", "put_new", 2),
    ("string", "list_to_integer", 1),
];

/// Largest arity of a function value.
const MAX_ARITY: i64 = 255;

/// What a fun term stands for.
enum Fun {
    Local(FunEntry, Vec<Term>),
    External(Mfa),
}

fn read(vm: &Vm, fun: Term) -> Result<Fun, Fail> {
    let code = &vm.image.get().code;
    if fun.is_kind(kind::EXPORT) {
        let number = fun.elements()[0].as_small() as usize;
        return Ok(Fun::External(code.exports.get(number).ok_or(Fail::BADARG)?.mfa));
    }
    if !fun.is_kind(kind::FUN) {
        return Err(Fail::BADARG);
    }
    let (number, captured) = fun.elements().split_first().ok_or(Fail::BADARG)?;
    let &FunEntry { module, function, arity, free, index, old_uniq, uniq, code } =
        code.funs.get(number.as_small() as usize).ok_or(Fail::BADARG)?;
    Ok(Fun::Local(FunEntry { module, function, arity, free, index, old_uniq, uniq, code }, captured.to_vec()))
}

fn make_fun(vm: &mut Vm, args: &[Term]) -> Outcome {
    let arity = args[2].small_value().filter(|a| (0..=MAX_ARITY).contains(a)).ok_or(Fail::BADARG)?;
    if !args[0].is_atom() || !args[1].is_atom() {
        return Err(Fail::BADARG);
    }
    let number = vm.image.get_mut().code.export((args[0], args[1], arity as u32));
    Ok(vm.heap.boxed_terms(kind::EXPORT, 0, &[Term::small(i64::from(number))]))
}

/// Items of `fun_info/1`, in its order.
const LOCAL_ITEMS: [&str; 10] =
    ["pid", "module", "new_index", "new_uniq", "index", "uniq", "name", "arity", "env", "type"];
const EXTERNAL_ITEMS: [&str; 5] = ["module", "name", "arity", "env", "type"];

fn fun_info(vm: &mut Vm, args: &[Term]) -> Outcome {
    let names: &[&str] = match read(vm, args[0])? {
        Fun::Local(..) => &LOCAL_ITEMS,
        Fun::External(_) => &EXTERNAL_ITEMS,
    };
    let mut items = Vec::with_capacity(names.len());
    for name in names {
        let name = vm.atom(name)?;
        items.push(fun_info_item(vm, &[args[0], name])?);
    }
    Ok(vm.heap.list(&items))
}

/// Loads the module of a fun that came from another process, so that it is known which function stands for it.
fn load_module_of(vm: &mut Vm, fun: Term) -> Result<(), Fail> {
    if let Fun::Local(FunEntry { module, code, .. }, _) = read(vm, fun)?
        && code.is_null()
        && !vm.image.get().modules.contains_key(&module)
    {
        vm.load_from_host(module);
    }
    Ok(())
}

fn fun_info_item(vm: &mut Vm, args: &[Term]) -> Outcome {
    let item = args[1];
    load_module_of(vm, args[0])?;
    let value = match (vm.atom_name(item), read(vm, args[0])?) {
        ("module", Fun::Local(entry, _)) => entry.module,
        ("module", Fun::External((module, ..))) => module,
        ("name", Fun::Local(entry, _)) => entry.function,
        ("name", Fun::External((_, function, _))) => function,
        ("arity", Fun::Local(entry, _)) => Term::small(i64::from(entry.arity)),
        ("arity", Fun::External((.., arity))) => Term::small(i64::from(arity)),
        ("env", Fun::Local(_, captured)) => vm.heap.list(&captured),
        ("env", Fun::External(_)) => Term::NIL,
        ("index" | "new_index", Fun::Local(entry, _)) => Term::small(i64::from(entry.index)),
        ("uniq", Fun::Local(entry, _)) => Term::small(i64::from(entry.old_uniq)),
        ("new_uniq", Fun::Local(entry, _)) => vm.heap.binary(&entry.uniq),
        // OTP 27 no longer knows who made a fun and names the init process.
        ("pid", Fun::Local(..)) => Term::pid(0),
        // In OTP the module counts, and the literal that all funs of the entry share unless they came from outside.
        ("refc", Fun::Local(..)) => Term::small(2),
        ("type", Fun::Local(..)) => atoms::LOCAL,
        ("type", Fun::External(_)) => atoms::EXTERNAL,
        ("index" | "new_index" | "uniq" | "new_uniq" | "pid" | "refc", Fun::External(_)) => atoms::UNDEFINED,
        _ => return Err(Fail::BADARG),
    };
    Ok(vm.heap.tuple(&[item, value]))
}

fn fun_info_mfa(vm: &mut Vm, args: &[Term]) -> Outcome {
    load_module_of(vm, args[0])?;
    let (module, function, arity) = match read(vm, args[0])? {
        Fun::Local(entry, _) => (entry.module, entry.function, entry.arity),
        Fun::External(mfa) => mfa,
    };
    Ok(vm.heap.tuple(&[module, function, Term::small(i64::from(arity))]))
}

/// Whether a call of a function would find code: that of a loaded module, or a native.
pub(super) fn is_exported(vm: &Vm, mfa: Mfa) -> bool {
    let image = vm.image.get();
    let code = &image.code;
    let is_loaded = code.export_number(mfa).is_some_and(|number| {
        let export = &code.exports[number as usize];
        export.code != export.stub
    });
    is_loaded || image.native(mfa).is_some()
}

fn read_mfa(args: &[Term]) -> Result<Option<Mfa>, Fail> {
    let arity = args[2].small_value().ok_or(Fail::BADARG)?;
    if !args[0].is_atom() || !args[1].is_atom() {
        return Err(Fail::BADARG);
    }
    Ok(u32::try_from(arity).ok().map(|arity| (args[0], args[1], arity)))
}

fn function_exported(vm: &mut Vm, args: &[Term]) -> Outcome {
    let Some(mfa) = read_mfa(args)? else { return Ok(atoms::FALSE) };
    if !vm.image.get().modules.contains_key(&mfa.0) {
        // A module of the sandbox that this process has not called yet is loaded all the same.
        vm.load_from_host(mfa.0);
    }
    Ok(super::boolean(is_exported(vm, mfa)))
}

fn is_builtin(vm: &mut Vm, args: &[Term]) -> Outcome {
    let Some(mfa) = read_mfa(args)? else { return Ok(atoms::FALSE) };
    let (module, function) = (vm.atom_name(mfa.0), vm.atom_name(mfa.1));
    let is_apply = module == "erlang" && function == "apply" && matches!(mfa.2, 2 | 3);
    let is_native = vm.image.get().native(mfa).is_some() && is_native_in_otp(module, function, mfa.2);
    Ok(super::boolean(is_apply || is_native))
}

/// Whether a native of ours is one in OTP too.
pub(super) fn is_native_in_otp(module: &str, function: &str, arity: u32) -> bool {
    !ERLANG_IN_OTP.iter().any(|(m, f, a)| *m == module && *f == function && u32::from(*a) == arity)
}

#[cfg(test)]
mod tests {
    use crate::natives::table::check;

    #[test]
    fn funs_and_exported_functions_are_described_as_in_otp() {
        check(
            "\
erlang:fun_info('$export') => [{module,lists},{name,reverse},{arity,1},{env,[]},{type,external}]
erlang:fun_info('$export',index) => {index,undefined}
erlang:fun_info('$export',pid) => {pid,undefined}
erlang:fun_info('$export',foo) => error: badarg
erlang:fun_info('$fun',type) => {type,local}
erlang:fun_info('$fun',module) => {module,lists}
erlang:fun_info('$fun',env) => {env,[[]]}
erlang:fun_info('$fun',new_uniq) => {new_uniq,<<0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0>>}
erlang:fun_info(foo) => error: badarg
erlang:fun_info(foo,module) => error: badarg
erlang:fun_info_mfa('$export') => {lists,reverse,1}
erlang:fun_info_mfa(foo) => error: badarg
erlang:make_fun(a,b,-1) => error: badarg
erlang:make_fun(a,b,256) => error: badarg
erlang:make_fun(a,1,1) => error: badarg
erlang:make_fun(1,b,1) => error: badarg
erlang:make_fun(a,b,foo) => error: badarg
erlang:function_exported(erlang,self,0) => true
erlang:function_exported(erlang,'+',2) => true
erlang:function_exported(foo,bar,1) => false
erlang:function_exported(foo,1,1) => error: badarg
erlang:function_exported(lists,map,-1) => false
erlang:function_exported(lists,map,foo) => error: badarg
erlang:function_exported(lists,map,1180591620717411303424) => error: badarg
erlang:is_builtin(erlang,self,0) => true
erlang:is_builtin(erlang,apply,2) => true
erlang:is_builtin(erlang,apply,3) => true
erlang:is_builtin(erlang,apply,4) => false
erlang:is_builtin(erlang,spawn,3) => true
erlang:is_builtin(erlang,spawn,1) => false
erlang:is_builtin(erlang,garbage_collect,0) => false
erlang:is_builtin(foo,1,1) => error: badarg
erlang:is_builtin(lists,reverse,foo) => error: badarg
",
        );
    }
}
