//! Nodes and ports: there is one node, it is not alive, and no port can be opened on it. The one port that it has is that of
//! its console, which is the io server's: others can look at it only.

use super::Native;
use super::hosted::{self, hosted_number};
use crate::atoms;
use crate::compare::eq_exact;
use crate::fail::{Fail, Outcome};
use crate::map;
use crate::term::{Term, kind};
use crate::vm::Vm;

/// Natives about nodes and ports.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "node", 0, node),
    Native::new("erlang", "node", 1, node_of),
    Native::new("erlang", "nodes", 0, no_list),
    Native::new("erlang", "nodes", 1, nodes),
    Native::new("erlang", "nodes", 2, nodes_with_info),
    Native::new("erlang", "is_alive", 0, no),
    Native::new("erlang", "monitor_node", 2, monitor_node),
    Native::new("erlang", "monitor_node", 3, monitor_node),
    Native::new("erlang", "setnode", 2, badarg),
    Native::new("erlang", "disconnect_node", 1, disconnect_node),
    Native::new("erlang", "ports", 0, ports),
    Native::new("erlang", "port_get_data", 1, badarg),
    Native::new("erlang", "port_set_data", 2, badarg),
    Native::new("erlang", "dist_ctrl_get_data", 1, badarg),
    Native::new("erlang", "dist_ctrl_get_data_notification", 1, badarg),
    Native::new("erlang", "dist_ctrl_get_opt", 2, badarg),
    Native::new("erlang", "dist_ctrl_input_handler", 2, badarg),
    Native::new("erlang", "dist_ctrl_put_data", 2, badarg),
    Native::new("erlang", "dist_ctrl_set_opt", 3, badarg),
    Native::new("erlang", "dist_get_stat", 1, badarg),
    Native::new("erts_internal", "port_call", 3, badarg_value),
    Native::new("erts_internal", "port_close", 1, badarg_value),
    Native::new("erts_internal", "port_command", 3, badarg_value),
    Native::new("erts_internal", "port_connect", 2, badarg_value),
    Native::new("erts_internal", "port_control", 3, badarg_value),
    Native::new("erts_internal", "port_info", 1, port_info),
    Native::new("erts_internal", "port_info", 2, port_info),
    Native::new("erts_internal", "get_creation", 0, undefined),
    Native::new("erts_internal", "abort_pending_connection", 2, badarg),
    Native::new("erts_internal", "create_dist_channel", 3, badarg_value),
    Native::new("net_kernel", "dflag_unicode_io", 1, dflag_unicode_io),
];

fn node(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(atoms::NONODE)
}

fn node_of(_: &mut Vm, args: &[Term]) -> Outcome {
    let t = args[0];
    if t.is_local_pid() || t.local_ref().is_some() {
        return Ok(atoms::NONODE);
    }
    if t.is_pid() || t.is_ref() || t.is_kind(kind::PORT) { Ok(t.elements()[0]) } else { Err(Fail::BADARG) }
}

fn no(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(atoms::FALSE)
}

fn no_list(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(Term::NIL)
}

fn undefined(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(atoms::UNDEFINED)
}

fn badarg(_: &mut Vm, _: &[Term]) -> Outcome {
    Err(Fail::BADARG)
}

/// The answer of port functions whose callers in module `erlang` raise the error themselves.
fn badarg_value(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(atoms::BADARG)
}

/// Whether this node is among the nodes of some kinds.
fn includes_this(vm: &Vm, kinds: Term) -> Result<bool, Fail> {
    let kinds = if kinds.is_atom() { vec![kinds] } else { kinds.proper_list().ok_or(Fail::BADARG)? };
    let mut is_included = false;
    for kind in kinds {
        match vm.atom_name(kind) {
            "this" | "known" => is_included = true,
            "visible" | "hidden" | "connected" => {}
            _ => return Err(Fail::BADARG),
        }
    }
    Ok(is_included)
}

fn nodes(vm: &mut Vm, args: &[Term]) -> Outcome {
    Ok(if includes_this(vm, args[0])? { vm.heap.list(&[atoms::NONODE]) } else { Term::NIL })
}

fn nodes_with_info(vm: &mut Vm, args: &[Term]) -> Outcome {
    let is_included = includes_this(vm, args[0])?;
    if !args[1].is_map() {
        return Err(Fail::BADARG);
    }
    let this = vm.atom("this")?;
    let mut info = Vec::new();
    for (key, value) in map::iter(args[1]) {
        let shown = match vm.atom_name(key) {
            "connection_id" => atoms::UNDEFINED,
            "node_type" => this,
            _ => return Err(Fail::BADARG),
        };
        match value {
            atoms::TRUE => info.push((key, shown)),
            atoms::FALSE => {}
            _ => return Err(Fail::BADARG),
        }
    }
    if !is_included {
        return Ok(Term::NIL);
    }
    let info = map::from_pairs(&mut vm.heap, vm.image.get(), &mut info);
    let entry = vm.heap.tuple(&[atoms::NONODE, info]);
    Ok(vm.heap.list(&[entry]))
}

fn monitor_node(vm: &mut Vm, args: &[Term]) -> Outcome {
    let options = args.get(2).copied().unwrap_or(Term::NIL).proper_list().ok_or(Fail::BADARG)?;
    let are_known = options.iter().all(|o| vm.atom_name(*o) == "allow_passive_connect");
    let is_flag = matches!(args[1], atoms::TRUE | atoms::FALSE);
    if !args[0].is_atom() || !is_flag || !are_known {
        return Err(Fail::BADARG);
    }
    if args[0] == atoms::NONODE { Ok(atoms::TRUE) } else { Err(Fail::Error(vm.atom("notalive")?)) }
}

fn disconnect_node(vm: &mut Vm, args: &[Term]) -> Outcome {
    if args[0].is_atom() { vm.atom("ignored") } else { Err(Fail::BADARG) }
}

/// The port of the console.
fn console(vm: &mut Vm) -> Term {
    vm.heap.boxed_terms(kind::PORT, 0, &[atoms::NONODE, Term::small(0), Term::small(0)])
}

fn ports(vm: &mut Vm, _: &[Term]) -> Outcome {
    let console = console(vm);
    Ok(vm.heap.list(&[console]))
}

/// Items of `port_info/1`, in its order.
const PORT_ITEMS: [&str; 7] = ["name", "links", "id", "connected", "input", "output", "os_pid"];

fn port_info(vm: &mut Vm, args: &[Term]) -> Outcome {
    let console = console(vm);
    if !eq_exact(args[0], console) {
        let may_be_port = args[0].is_atom() || args[0].is_kind(kind::PORT);
        return Ok(if may_be_port { atoms::UNDEFINED } else { atoms::BADARG });
    }
    if let Some(item) = args.get(1) {
        let name = vm.atom_name(*item).to_owned();
        return port_item(vm, *item, &name);
    }
    let mut items = Vec::with_capacity(PORT_ITEMS.len());
    for name in PORT_ITEMS {
        let item = vm.atom(name)?;
        items.push(port_item(vm, item, name)?);
    }
    Ok(vm.heap.list(&items))
}

/// `{Item, Value}` of the console's port.
fn port_item(vm: &mut Vm, item: Term, name: &str) -> Outcome {
    let value = match name {
        "name" => vm.heap.string("0/1"),
        "links" => {
            let owner = console_owner(vm)?;
            vm.heap.list(&[owner])
        }
        "connected" => console_owner(vm)?,
        // What goes through the console is counted for the whole system (`erlang:statistics(io)`).
        "id" | "input" | "output" | "queue_size" | "memory" => Term::small(0),
        "os_pid" => atoms::UNDEFINED,
        "registered_name" => return Ok(Term::NIL),
        "monitors" | "monitored_by" => Term::NIL,
        "parallelism" | "locking" => atoms::FALSE,
        _ => return Ok(atoms::BADARG),
    };
    Ok(vm.heap.tuple(&[item, value]))
}

/// The io server, or the first process where there is none.
fn console_owner(vm: &mut Vm) -> Outcome {
    let user = vm.atom("user")?;
    let owner = hosted::call(vm, hosted_number!("erlang", "whereis", 1), &[user]);
    Ok(owner.ok().filter(|owner| owner.is_pid()).unwrap_or(Term::pid(0)))
}

fn dflag_unicode_io(_: &mut Vm, args: &[Term]) -> Outcome {
    if args[0].is_pid() { Ok(atoms::TRUE) } else { Err(Fail::BADARG) }
}

#[cfg(test)]
mod tests {
    use crate::natives::table::check;

    #[test]
    fn the_only_node_is_not_alive() {
        check(
            "\
erlang:node() => nonode@nohost
erlang:node('$pid') => nonode@nohost
erlang:node('$ref') => nonode@nohost
erlang:node(foo) => error: badarg
erlang:node(1) => error: badarg
erlang:is_alive() => false
erlang:nodes() => []
erlang:nodes(visible) => []
erlang:nodes(known) => [nonode@nohost]
erlang:nodes([this,connected]) => [nonode@nohost]
erlang:nodes([]) => []
erlang:nodes(foo) => error: badarg
erlang:nodes([this|x]) => error: badarg
erlang:nodes(visible,'$map') => []
erlang:nodes(visible,[]) => error: badarg
erlang:nodes(foo,'$map') => error: badarg
erlang:monitor_node(nonode@nohost,true) => true
erlang:monitor_node(foo@bar,true) => error: notalive
erlang:monitor_node(1,true) => error: badarg
erlang:monitor_node(nonode@nohost,foo) => error: badarg
erlang:monitor_node(nonode@nohost,true,[allow_passive_connect]) => true
erlang:monitor_node(nonode@nohost,true,[foo]) => error: badarg
erlang:setnode(foo,1) => error: badarg
erts_internal:port_info(foo) => undefined
net_kernel:dflag_unicode_io('$pid') => true
",
        );
    }
}
