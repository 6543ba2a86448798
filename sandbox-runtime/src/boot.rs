//! Booting: from the BEAM and the packed library to a sandbox in which Erlang/OTP and Elixir start as they do anywhere else.
//!
//! What runs is the real `init` with the real boot script of OTP, so the code server, the application controller and the
//! rest are those of the library. Ours are only the io servers (`sandbox-runtime/library`).
//!
//! # Layout
//! - [`tree`]: the library as files
//! - [`arguments`]: what `init` is given
//! - [`program`]: what a sandbox is to run

pub mod arguments;
mod order;
pub mod program;
pub mod tree;

use std::sync::Arc;

use shared::bundle::{Bundle, BundleError};
use shared::command::Command;
use shared::event::Entry;
use shared::{Etf, Term};

use crate::host::engine::{EngineError, GuestEngine};
use crate::host::instance::WasmFactory;
use crate::host::template::Template;
use crate::kernel::fs::FileError;
use crate::kernel::fs::base::BaseFiles;
use crate::kernel::{Config, Raise};
use crate::machine::Machine;
use crate::timeline::Timeline;
use crate::timeline::parked::ParkError;
use program::Program;
use tree::LibraryTree;

/// The BEAM with the whole library loaded: what all sandboxes of a server start from.
#[derive(Clone)]
pub struct Runtime {
    template: Template,
    tree: Arc<LibraryTree>,
    /// See [`Runtime::key`].
    key: String,
}

/// Changes when the same guest and library would make another runtime.
const RECIPE: &[u8] = b"1";

/// Why there is no runtime, or no sandbox.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The wasm side.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The packed library.
    #[error("the library: {0}")]
    Library(#[from] BundleError),
    /// A module of the library cannot be loaded.
    #[error("the library's module {module} cannot be loaded: {reason}")]
    Module {
        /// Its name.
        module: String,
        /// Why.
        reason: String,
    },
    /// A file of the program does not fit into the sandbox.
    #[error("{path} cannot be put into the sandbox: {}", .error.name())]
    File {
        /// Which.
        path: String,
        /// Why.
        error: FileError,
    },
    /// The library did not start as far as it has to before a program can.
    #[error("the sandbox does not boot")]
    Unfinished,
    /// The limits are too small to start anything.
    #[error("the sandbox does not start: {}", .0.reason())]
    Start(Raise),
}

impl From<Raise> for BootError {
    fn from(raise: Raise) -> Self {
        BootError::Start(raise)
    }
}

impl Runtime {
    /// Compiles the guest and loads the library into it. Takes seconds.
    ///
    /// # Errors
    /// When one of the two is not what it should be.
    pub fn new(guest: &[u8], bundle: &[u8]) -> Result<Runtime, BootError> {
        let engine = GuestEngine::new()?;
        let module = engine.compile(guest)?;
        let key = Runtime::key(guest, bundle);
        let versions = Bundle::parse(bundle)?.header().versions.clone();
        let tree = LibraryTree::new(bundle)?;
        let library = tree.library();
        let modules = order::modules(library);
        let release = versions.otp.split('.').next().unwrap_or_default();
        let files = modules.iter().map(|entry| library.content(entry));
        let (template, failures) = Template::of_release(&engine, &module, (release, &versions.erts), files)?;
        if let Some(failure) = failures.into_iter().next() {
            let module = modules.get(failure.index).map_or_else(String::new, |entry| entry.name.clone());
            return Err(BootError::Module { module, reason: failure.reason });
        }
        Ok(Runtime { template, tree: Arc::new(tree), key })
    }

    /// The same from what [`Runtime::prepared`] gave for this guest and this library; `None` when it was made by another version,
    /// for another processor, or is damaged.
    ///
    /// # Errors
    /// As [`Runtime::new`].
    pub fn restore(guest: &[u8], bundle: &[u8], prepared: &[u8]) -> Result<Option<Runtime>, BootError> {
        let key = Runtime::key(guest, bundle);
        let Some(prepared) = prepared.strip_prefix(key.as_bytes()) else { return Ok(None) };
        let Some(template) = Template::restore(&GuestEngine::new()?, prepared)? else { return Ok(None) };
        Ok(Some(Runtime { template, tree: Arc::new(LibraryTree::new(bundle)?), key }))
    }

    /// The runtime as bytes for [`Runtime::restore`].
    ///
    /// # Errors
    /// When they cannot be had.
    pub fn prepared(&self) -> Result<Vec<u8>, BootError> {
        let mut bytes = self.key.as_bytes().to_vec();
        bytes.extend(self.template.to_bytes()?);
        Ok(bytes)
    }

    /// Names what a runtime of this guest and this library is made from.
    pub fn key(guest: &[u8], bundle: &[u8]) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(RECIPE).update(blake3::hash(guest).as_bytes()).update(blake3::hash(bundle).as_bytes());
        hasher.finalize().to_hex().to_string()
    }

    /// The [`key`](Runtime::key) that it was made with.
    pub fn id(&self) -> &str {
        &self.key
    }

    /// A sandbox that will boot and run the program once it is given turns.
    ///
    /// # Errors
    /// When the files of the program do not fit, or not even one process does.
    pub fn sandbox(&self, config: Config, program: &Program) -> Result<Machine<WasmFactory>, BootError> {
        self.booting(config, program, arguments::of_init(self.tree.layout(), program))
    }

    /// A sandbox that will boot and wait to be told its program, in the surroundings of [`Program::default`].
    pub(crate) fn waiting(&self, config: Config) -> Result<Machine<WasmFactory>, BootError> {
        self.booting(config, &Program::default(), arguments::of_waiting(self.tree.layout()))
    }

    fn booting(
        &self,
        config: Config,
        program: &Program,
        arguments: Vec<String>,
    ) -> Result<Machine<WasmFactory>, BootError> {
        let mut machine = Machine::new(config, self.factory());
        program.place(machine.kernel_mut(), self.tree.clone())?;
        let arguments = Term::list(arguments.iter().map(|argument| Term::binary(argument.as_bytes())));
        let entry = Entry::new("init", "boot", Etf::of(&Term::list([arguments])));
        machine.command(Command::Spawn { entry, group_leader: None, name: None })?;
        Ok(machine)
    }

    /// A timeline of such a sandbox that was put away ([`Timeline::park`]).
    ///
    /// # Errors
    /// As [`Timeline::unpark`].
    pub fn unpark(&self, bytes: &[u8]) -> Result<Timeline<WasmFactory>, ParkError> {
        let files: Arc<dyn BaseFiles> = self.tree.clone();
        Timeline::unpark(bytes, WasmFactory::new(self.template.clone(), None), Some(&files))
    }

    /// Names the image that processes start from, for recordings.
    pub fn image_id(&self) -> String {
        self.template.id().to_string()
    }

    /// The library as the sandboxes see it.
    pub fn tree(&self) -> &LibraryTree {
        &self.tree
    }

    pub(crate) fn factory(&self) -> WasmFactory {
        WasmFactory::new(self.template.clone(), None)
    }

    pub(crate) fn shared_tree(&self) -> Arc<LibraryTree> {
        self.tree.clone()
    }

    /// Size of the image that processes start from, in bytes.
    pub fn image_bytes(&self) -> usize {
        self.template.length()
    }
}
