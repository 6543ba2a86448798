//! Natives for the code server: what is loaded, and loading in steps (OTP: `erlang` and `erts_internal` functions that
//! module `code_server` uses).
//!
//! New code is passed to the host, which keeps the code of the sandbox and hands it on to the other processes; the
//! process that loads it has it at once.

pub mod info;
pub mod loading;

use super::Native;
use crate::vm::Vm;

/// Natives about code.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "module_loaded", 1, info::module_loaded),
    Native::new("erlang", "loaded", 0, info::loaded),
    Native::new("erlang", "pre_loaded", 0, info::pre_loaded),
    Native::new("erlang", "get_module_info", 1, info::get_module_info),
    Native::new("erlang", "get_module_info", 2, info::get_module_info_item),
    Native::new("erts_internal", "beamfile_chunk", 2, info::beamfile_chunk),
    Native::new("erts_internal", "beamfile_module_md5", 1, info::beamfile_module_md5),
    Native::new("erlang", "check_old_code", 1, loading::check_old_code),
    Native::new("erts_internal", "prepare_loading", 2, loading::prepare_loading),
    Native::new("erlang", "has_prepared_code_on_load", 1, loading::has_prepared_code_on_load),
    Native::new("erlang", "finish_loading", 1, loading::finish_loading),
    Native::new("erlang", "call_on_load_function", 1, loading::call_on_load_function),
    Native::new("erlang", "finish_after_on_load", 2, loading::finish_after_on_load),
    Native::new("erts_code_purger", "finish_after_on_load", 2, loading::purger_finish_after_on_load),
    Native::new("erlang", "delete_module", 1, loading::delete_module),
    Native::new("erts_code_purger", "purge", 1, loading::purge),
    Native::new("erts_code_purger", "soft_purge", 1, loading::soft_purge),
    Native::new("erts_internal", "purge_module", 2, loading::purge_module),
    Native::new("erlang", "load_nif", 2, loading::load_nif),
];

impl Vm {
    /// Whether the process would notice if the old code of a module went away: its stack or a fun leads there.
    pub fn uses_old_code(&self, module: crate::term::Term) -> bool {
        info::uses_old_code(self, module)
    }
}
