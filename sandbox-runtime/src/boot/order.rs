//! The order in which the library is loaded into a template.
//!
//! Programs can see it: the atom keys of a small map are in the order in which the atoms were made. OTP loads the modules that
//! the run-time system brings along first, then those that its boot script names, and then what is called, when it is called.

use shared::Term;
use shared::bundle::{Entry, Kind, Library};

use super::arguments::RELEASE;

/// What the run-time system brings along, in its order (OTP 27: `PRELOAD_BEAM`). The order of the boot script is another one.
const PRELOADED: [&str; 22] = [
    "erts_code_purger",
    "erl_init",
    "init",
    "prim_buffer",
    "prim_eval",
    "prim_inet",
    "prim_file",
    "zlib",
    "socket_registry",
    "prim_socket",
    "prim_net",
    "prim_zip",
    "erl_prim_loader",
    "erlang",
    "erts_internal",
    "erl_tracer",
    "erts_literal_area_collector",
    "erts_trace_cleaner",
    "erts_dirty_process_signal_handler",
    "atomics",
    "counters",
    "persistent_term",
];

/// Whether the run-time system brings a module along, so that it has no file.
pub(super) fn is_preloaded(module: &str) -> bool {
    PRELOADED.contains(&module)
}

/// The modules of a library in the order in which they are loaded.
pub(super) fn modules(library: &Library) -> Vec<&Entry> {
    let mut first: Vec<String> = PRELOADED.iter().map(|name| (*name).to_owned()).collect();
    first.extend(library.get(Kind::Boot, RELEASE).and_then(named_by_script).unwrap_or_default());
    let mut modules: Vec<&Entry> = library.entries().iter().filter(|entry| entry.kind == Kind::Module).collect();
    // Stable, so the others keep their order.
    modules.sort_by_key(|entry| first.iter().position(|name| *name == entry.name).unwrap_or(first.len()));
    modules
}

/// What a boot script loads before the code server loads what is called.
fn named_by_script(script: &[u8]) -> Option<Vec<String>> {
    let script = Term::decode(script).ok()?;
    let [_, _, commands] = script.as_tuple()? else { return None };
    let mut names = Vec::new();
    for command in commands.as_list()? {
        let Some([what, of]) = command.as_tuple() else { continue };
        match what.as_atom()? {
            "progress" if of.is_atom("kernel_load_completed") => break,
            "primLoad" => names.extend(of.as_list()?.iter().filter_map(Term::as_atom).map(str::to_owned)),
            _ => {}
        }
    }
    Some(names)
}
