//! Processes of other wasm modules than the BEAM (see `docs/process-interface.md`).
//!
//! Nothing is known of them, so they run on an engine of their own that counts every instruction: a turn has an end whatever
//! the module does, and what it costs is counted here rather than told by it. Modules were scanned when they were loaded
//! ([`crate::kernel::wasm`]); here they are compiled once each, in a thread whose result is awaited for a bounded time.

mod globals;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use wasmtime::{Config, Engine, InstancePre, Linker, Module, OptLevel, Store};

use super::allowance::Allowance;
use super::engine::EngineError;
use super::imports;
use super::instance::State;
use super::memory::{Image, ImageMemories};
use super::pages;
use crate::guest::FaultCause;
use shared::limits::LimitKind;

/// Instructions of wasm that count as one reduction.
pub(super) const FUEL_PER_REDUCTION: u64 = 50;
/// Reductions, beyond what it was given, after which a turn is taken for one without end.
pub(super) const OVERTIME_REDUCTIONS: u64 = 200_000;
/// Largest native stack of such a guest in bytes.
const MAX_STACK_BYTES: usize = 256 << 10;
/// How long the compiler may take for a module that was scanned.
const COMPILE_TIME: Duration = Duration::from_secs(10);
/// Modules that are compiled at the same time, those included that took too long and cannot be stopped.
const MAX_COMPILING: usize = 4;
/// Compiled modules that are kept.
const MAX_KEPT: usize = 64;

/// Compiles such modules, and keeps what it compiled.
#[derive(Clone)]
pub(super) struct Foreign(Arc<Shared>);

struct Shared {
    engine: Engine,
    linker: Linker<State>,
    /// By content. `None`: the compiler took too long or failed.
    compiled: Mutex<HashMap<[u8; 32], Option<ForeignModule>>>,
    compiling: AtomicUsize,
}

/// A module that is ready to be a process.
#[derive(Clone)]
pub(super) struct ForeignModule(Arc<Compiled>);

struct Compiled {
    wasm: Arc<[u8]>,
    pre: InstancePre<State>,
    /// Names under which it exports its mutable globals, all of them.
    mutable_globals: Vec<String>,
    /// The memory of a process that has not begun.
    first: Arc<Image>,
}

impl ForeignModule {
    /// The module as it was loaded.
    pub(super) fn wasm(&self) -> &Arc<[u8]> {
        &self.0.wasm
    }
    pub(super) fn pre(&self) -> &InstancePre<State> {
        &self.0.pre
    }
    pub(super) fn mutable_globals(&self) -> &[String] {
        &self.0.mutable_globals
    }
    pub(super) fn first(&self) -> &Arc<Image> {
        &self.0.first
    }
}

impl Foreign {
    pub(super) fn new() -> Result<Foreign, EngineError> {
        let mut config = Config::new();
        config
            .with_host_memory(Arc::new(ImageMemories))
            .memory_init_cow(false)
            .consume_fuel(true)
            // What is compiled is small and may be hostile: an optimiser has more ways to take long.
            .cranelift_opt_level(OptLevel::None)
            .cranelift_nan_canonicalization(true)
            .wasm_relaxed_simd(false)
            .max_wasm_stack(MAX_STACK_BYTES);
        let engine = Engine::new(&config)?;
        let mut linker = Linker::new(&engine);
        imports::register(&mut linker)?;
        let (compiled, compiling) = (Mutex::default(), AtomicUsize::new(0));
        Ok(Foreign(Arc::new(Shared { engine, linker, compiled, compiling })))
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// The module, compiled.
    ///
    /// # Errors
    /// When the compiler fails or takes too long, which is the server's affair.
    pub(super) fn module(&self, wasm: &Arc<[u8]>) -> Result<ForeignModule, EngineError> {
        let key = *blake3::hash(wasm).as_bytes();
        let known = self.0.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let compiled = match known {
            Some(known) => known,
            None => {
                let compiled = self.compile(wasm.clone());
                let mut kept = self.0.compiled.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() >= MAX_KEPT {
                    kept.clear();
                }
                kept.entry(key).or_insert(compiled).clone()
            }
        };
        compiled.ok_or_else(|| EngineError::refused(FaultCause::Server(LimitKind::TurnTime)))
    }

    fn compile(&self, wasm: Arc<[u8]>) -> Option<ForeignModule> {
        let shared = self.0.clone();
        if shared.compiling.fetch_add(1, Ordering::Relaxed) >= MAX_COMPILING {
            shared.compiling.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let (sender, receiver) = mpsc::sync_channel(1);
        // Its end is awaited for a while; after that it goes on alone, and is counted until it ends.
        let spawned = std::thread::Builder::new().name("wasm compiler".into()).spawn(move || {
            let compiled = shared.compile(wasm);
            shared.compiling.fetch_sub(1, Ordering::Relaxed);
            // Nobody waits any more when it took too long.
            sender.send(compiled).ok();
        });
        if spawned.is_err() {
            self.0.compiling.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        receiver.recv_timeout(COMPILE_TIME).ok().flatten()
    }
}

impl Shared {
    fn compile(&self, wasm: Arc<[u8]>) -> Option<ForeignModule> {
        let module = Module::new(&self.engine, globals::exported(&wasm)?).ok()?;
        let pre = self.linker.instantiate_pre(&module).ok()?;
        let names = module.exports().map(|export| export.name().to_owned());
        let mutable_globals = names.filter(|name| name.starts_with(globals::PREFIX)).collect();
        let mut store = Store::new(&self.engine, State::new(Allowance::new(None, 0)));
        // Segments are copied by instructions too.
        store.set_fuel(OVERTIME_REDUCTIONS * FUEL_PER_REDUCTION).ok()?;
        let instance = pre.instantiate(&mut store).ok()?;
        let memory = instance.get_memory(&mut store, "memory")?.data(&store);
        let pieces: Vec<_> = pages::written(memory).into_iter().map(|range| (range.start, &memory[range])).collect();
        let first = Arc::new(Image::of_pieces(memory.len().max(pages::PAGE), &pieces).ok()?);
        Some(ForeignModule(Arc::new(Compiled { wasm, pre, mutable_globals, first })))
    }
}
