//! Loading and unloading of code for all processes of the sandbox.

use std::sync::Arc;

use shared::term::Atom;
use shared::{Etf, Pid, Term};

use super::answer::{Answer, Failure, atom};
use super::arguments::{Arguments, truth};
use crate::host::Host;

/// `prepare_loading({Module, HasOnLoad}, Code)`: a reference that any process can finish with. The guest has checked the code.
pub(super) fn prepare_loading(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (what, code) = (arguments.term(0)?, arguments.term(1)?);
    let Some([Term::Atom(module), has_on_load]) = what.as_tuple() else { return Err(Failure::badarg()) };
    let code = code.as_binary().ok_or(Failure::badarg())?;
    Ok(host.kernel_mut().prepare_code(module.clone(), code.into(), truth(has_on_load)?).into())
}

/// `has_prepared_code_on_load(Reference)`: `{Module, HasOnLoad}`
pub(super) fn prepared(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let prepared = host.kernel().code().prepared(arguments.reference(0)?).ok_or(Failure::badarg())?;
    Ok(Term::tuple([prepared.module.clone().into(), Term::bool(prepared.has_on_load)]).into())
}

/// `finish_loading([{Reference, HasCurrent}])`. A module with an `-on_load` function waits for it to return.
pub(super) fn finish_loading(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    for item in arguments.list(0)? {
        let Some([reference, has_current]) = item.as_tuple() else { return Err(Failure::badarg()) };
        let reference = reference.as_local_ref().ok_or(Failure::badarg())?;
        let prepared = host.kernel_mut().take_prepared(reference).ok_or(Failure::badarg())?;
        if prepared.has_on_load {
            let pid = host.self_pid();
            host.kernel_mut().hold_for_on_load(pid, prepared.module, prepared.code)?;
        } else {
            make_current(host, prepared.module, prepared.code, truth(has_current)?)?;
        }
    }
    atom("ok")
}

fn make_current(host: &mut Host, module: Atom, code: Arc<[u8]>, has_current: bool) -> Result<(), Failure> {
    host.load_code(module.clone(), code)?;
    if has_current {
        host.kernel_mut().mark_old(module);
    }
    Ok(())
}

/// `call_on_load_function(Module)`: the code with the function.
pub(super) fn on_load_code(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let code = host.kernel().code().on_load(&arguments.atom(0)?).ok_or(Failure::badarg())?;
    Ok(Term::binary(Arc::clone(code)).into())
}

/// `finish_after_on_load({Module, HasCurrent}, Keep)`
pub(super) fn finish_after_on_load(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (what, keep) = (arguments.term(0)?, truth(&arguments.term(1)?)?);
    let Some([Term::Atom(module), has_current]) = what.as_tuple() else { return Err(Failure::badarg()) };
    let code = host.kernel_mut().take_on_load(module).ok_or(Failure::badarg())?;
    if keep {
        make_current(host, module.clone(), code, truth(has_current)?)?;
    }
    Ok(true.into())
}

/// `check_old_code(Module)`
pub(super) fn check_old_code(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    Ok(host.kernel().code().has_old(&arguments.atom(0)?).into())
}

/// `delete_module(Module)`: the code is nobody's current code any more.
pub(super) fn delete_module(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let module = arguments.atom(0)?;
    Ok(host.delete_code(&module).into())
}

/// Whether a process runs in the old code of a module, or may return there.
pub(super) fn uses_old_code(host: &mut Host, target: Pid, module: &Atom) -> bool {
    let question = Term::tuple([Term::atom("check_process_code"), module.clone().into()]);
    host.ask(target, &question).is_some_and(|answer| answer.is_atom("true"))
}

fn users(host: &mut Host, module: &Atom) -> Vec<Pid> {
    let own = host.self_pid();
    let others: Vec<Pid> = host.processes().into_iter().filter(|pid| *pid != own).collect();
    others.into_iter().filter(|pid| uses_old_code(host, *pid, module)).collect()
}

/// `init:fetch_loaded()`: what was loaded before the code server was there, with the files. That is the whole library: `init` finds
/// all of it loaded already, so it has loaded none itself.
pub(super) fn fetch_loaded(host: &mut Host, _: &Arguments<'_>) -> Answer {
    let modules = host.kernel().files().first_modules().into_iter();
    let loaded = modules.map(|(name, path)| Term::tuple([Term::atom(&name), Term::string(&path)]));
    Ok(Term::list(loaded).into())
}

/// `purge(Module)`: kills the other processes that use the old code, and says whether there were some. The caller is not asked:
/// it sees to itself.
pub(super) fn purge(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let module = arguments.atom(0)?;
    let users = users(host, &module);
    for pid in &users {
        host.exit(*pid, Etf::atom("kill"));
    }
    host.purge_code(&module);
    Ok((!users.is_empty()).into())
}

/// `soft_purge(Module)`: whether no other process uses the old code. Then it goes.
pub(super) fn soft_purge(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let module = arguments.atom(0)?;
    let is_free = users(host, &module).is_empty();
    if is_free {
        host.purge_code(&module);
    }
    Ok(is_free.into())
}
