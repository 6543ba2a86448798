//! The wasmtime engine with the limits of untrusted code, and the compiled BEAM.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::{Config, Engine, ExportType, InstancePre, Linker, Module, Mutability, OptLevel, Trap};

use super::admission::{Admission, Capacity};
use super::allowance::Refused;
use super::foreign::Foreign;
use super::imports;
use super::instance::State;
use super::memory::{Image, ImageMemories};
use super::watch;
use crate::guest::FaultCause;

/// Largest native stack of a guest in bytes. The BEAM keeps its own stack in linear memory and needs little.
const MAX_STACK_BYTES: usize = 512 << 10;

/// A wasmtime engine that runs guests on copy-on-write images.
#[derive(Clone)]
pub struct GuestEngine {
    engine: Engine,
    admission: Admission,
    foreign: Foreign,
    turn_time: Duration,
}

/// Processor time that a turn of the BEAM may take. Thousands of reductions take a millisecond; a native over all memory that a process
/// may have takes seconds.
const TURN_TIME: Duration = Duration::from_secs(20);

/// The BEAM guest: once with its data segments, to make images from, and once without, to run on them.
#[derive(Clone)]
pub struct BeamModule {
    /// `None` where images are there already.
    pub(super) whole: Option<InstancePre<State>>,
    pub(super) bare: InstancePre<State>,
    /// Exported globals that a guest can change: with its memory, its whole state between two turns.
    pub(super) mutable_globals: Arc<[String]>,
    /// Of the wasm module.
    pub(super) hash: blake3::Hash,
}

/// What goes wrong while the engine or a module is made.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// wasmtime refused.
    #[error("the wasm engine: {0}")]
    Wasmtime(String),
    /// The module is no well-formed wasm.
    #[error("the guest is not a wasm module")]
    Malformed,
    /// A guest did not do what the process interface asks for.
    #[error("the guest: {0}")]
    Guest(String),
    /// The operating system gave no memory.
    #[error("memory of a guest: {0}")]
    Memory(#[from] std::io::Error),
    /// A limit was reached.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The guest did what wasm does not allow.
    #[error("{0}")]
    Trap(Trap),
}

impl From<wasmtime::Error> for EngineError {
    fn from(error: wasmtime::Error) -> Self {
        let error = match error.downcast::<Refused>() {
            Ok(refused) => return EngineError::Refused(refused),
            Err(error) => error,
        };
        if let Some(trap) = error.downcast_ref::<Trap>() {
            return EngineError::Trap(*trap);
        }
        EngineError::Wasmtime(error.root_cause().to_string())
    }
}

impl EngineError {
    pub(super) fn refused(cause: FaultCause) -> EngineError {
        EngineError::Refused(Refused(cause))
    }
}

impl GuestEngine {
    /// An engine for this machine, with as many instances as it has room for.
    ///
    /// # Errors
    /// When wasmtime does not support the machine.
    pub fn new() -> Result<GuestEngine, EngineError> {
        let mut config = Config::new();
        config
            .with_host_memory(Arc::new(ImageMemories))
            // Images are ours; those that wasmtime makes of data segments only fit memories that it maps itself.
            .memory_init_cow(false)
            .cranelift_opt_level(OptLevel::Speed)
            .cranelift_nan_canonicalization(true)
            .wasm_relaxed_simd(false)
            .max_wasm_stack(MAX_STACK_BYTES);
        let admission = Admission::new(Capacity::of_this_machine());
        watch::start(TURN_TIME);
        Ok(GuestEngine { engine: Engine::new(&config)?, admission, foreign: Foreign::new()?, turn_time: TURN_TIME })
    }
    /// Compiles the BEAM guest. Takes seconds: keep the result.
    ///
    /// # Errors
    /// When the bytes are no module with the imports and exports of the process interface.
    pub fn compile(&self, wasm: &[u8]) -> Result<BeamModule, EngineError> {
        let whole = Module::new(&self.engine, wasm)?;
        let bare = Module::new(&self.engine, without_data(wasm)?)?;
        self.link(Some(&whole), &bare, blake3::hash(wasm))
    }
    /// The guest of this hash from machine code that this version of the engine made for such a processor. It cannot make images.
    #[expect(unsafe_code, reason = "machine code is trusted; whoever calls this has checked where it comes from")]
    pub(super) fn restore(&self, code: &[u8], hash: blake3::Hash) -> Result<BeamModule, EngineError> {
        // SAFETY: `Template::restore` asks for bytes that only whoever runs us can write, and has checked their hash;
        // wasmtime itself refuses those of other versions and processors.
        let bare = unsafe { Module::deserialize(&self.engine, code)? };
        self.link(None, &bare, hash)
    }
    /// The same engine with a room of its own: what is made with one of the two takes nothing of the other's.
    pub fn with_capacity(&self, capacity: Capacity) -> GuestEngine {
        GuestEngine { admission: Admission::new(capacity), ..self.clone() }
    }
    /// The same engine, on which a turn of the BEAM is ended when it takes more processor time than this.
    pub fn with_turn_time(&self, turn_time: Duration) -> GuestEngine {
        watch::start(turn_time);
        GuestEngine { turn_time, ..self.clone() }
    }
    pub(super) fn turn_time(&self) -> Duration {
        self.turn_time
    }
    /// The room that all instances share.
    pub fn admission(&self) -> &Admission {
        &self.admission
    }
    pub(super) fn foreign(&self) -> &Foreign {
        &self.foreign
    }
    pub(super) fn wasmtime(&self) -> &Engine {
        &self.engine
    }
    fn link(&self, whole: Option<&Module>, bare: &Module, hash: blake3::Hash) -> Result<BeamModule, EngineError> {
        let mut linker = Linker::new(&self.engine);
        imports::register(&mut linker)?;
        let mutable = |export: ExportType<'_>| {
            let is_mutable = export.ty().global().is_some_and(|global| global.mutability() == Mutability::Var);
            is_mutable.then(|| export.name().to_owned())
        };
        let mutable_globals = bare.exports().filter_map(mutable).collect();
        let whole = whole.map(|module| linker.instantiate_pre(module)).transpose()?;
        Ok(BeamModule { whole, bare: linker.instantiate_pre(bare)?, mutable_globals, hash })
    }
}

impl BeamModule {
    /// The image of a guest that was run to a point at which it holds no native stack.
    pub(super) fn image(memory: &[u8]) -> Result<Arc<Image>, EngineError> {
        Ok(Arc::new(Image::new(memory)?))
    }
}

/// A wasm module without its data segments, which are in the image that it runs on.
fn without_data(wasm: &[u8]) -> Result<Vec<u8>, EngineError> {
    const HEADER: usize = 8;
    const DATA: u8 = 11;
    const DATA_COUNT: u8 = 12;
    let mut out = wasm.get(..HEADER).ok_or(EngineError::Malformed)?.to_vec();
    let mut at = HEADER;
    while at < wasm.len() {
        let (size, length) = leb128(&wasm[at + 1..]).ok_or(EngineError::Malformed)?;
        let end = at + 1 + length + size;
        let section = wasm.get(at..end).ok_or(EngineError::Malformed)?;
        if !matches!(section[0], DATA | DATA_COUNT) {
            out.extend_from_slice(section);
        }
        at = end;
    }
    Ok(out)
}

/// An unsigned number in LEB128 and the bytes that it takes.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (i, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Some((value, i + 1));
        }
    }
    None
}
