//! The compile service: files in, modules and diagnostics out.
//!
//! The compilers are those of Erlang and Elixir, and they run in a sandbox: compiling a program also runs it, its macros and
//! module bodies at least. Each time a fork of a booted sandbox is used and thrown away.
//!
//! # Layout
//! - [`plan`]: which files have to be compiled again
//! - [`answer`]: what the sandbox says, read
//! - [`run`]: the sandbox, driven within limits
//! - [`known`]: what came of compilations before
//! - [`blame`]: what was being compiled when a limit was reached

mod answer;
mod blame;
mod known;
mod plan;
mod run;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use shared::api::code::{Diagnostic, Severity};
use shared::limits::Limits;

use crate::boot::BootError;
use crate::boot::program::Program;
use crate::workbench::Workbench;
use known::Known;
use plan::{Plan, Unit};

/// Where the files of a program lie in its sandbox: relative paths begin here.
pub const DIRECTORY: &str = "/home";
/// Where its compiled modules lie, from [`DIRECTORY`] on.
pub const EBIN: &str = "_build/ebin";
/// Where its protocols lie once they are consolidated.
pub const CONSOLIDATED: &str = "_build/consolidated";

/// The files of a program, by their relative paths.
pub type Sources = BTreeMap<String, Arc<[u8]>>;

/// What compiling may use.
#[derive(Clone, Debug)]
pub struct CompileLimits {
    /// Of the sandbox in which it happens.
    pub sandbox: Limits,
    /// Time on the clock.
    pub time: Duration,
}

impl Default for CompileLimits {
    fn default() -> Self {
        let sandbox = Limits {
            processes: 2_000,
            total_bytes: 512 << 20,
            total_reductions: 1_000_000_000,
            file_bytes: 64 << 20,
            ..Limits::default()
        };
        CompileLimits { sandbox, time: Duration::from_secs(20) }
    }
}

/// A compiled module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its name as an atom: `Elixir.Shop.Cart`, `shop`.
    pub name: String,
    /// The file that it is defined in.
    pub file: String,
    /// Its compiled form: a `.beam` file.
    pub code: Arc<[u8]>,
}

/// What came of the files of a program.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    sources: Sources,
    /// What is known of each file that was compiled.
    units: BTreeMap<String, Unit>,
    /// Diagnostics that are about no single file.
    others: Vec<Diagnostic>,
    consolidated: Vec<Module>,
    output: String,
    compiled: Vec<String>,
}

impl Compiled {
    /// All modules of the program, by file and in the order in which they were made; those too that did not have to be compiled
    /// again.
    pub fn modules(&self) -> impl Iterator<Item = &Module> {
        self.units.values().flat_map(|unit| &unit.modules)
    }

    /// Protocols with all their implementations built in, to be loaded in place of those among the modules.
    pub fn consolidated(&self) -> &[Module] {
        &self.consolidated
    }

    /// What the compilers had to say, by file.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.others.iter().chain(self.units.values().flat_map(|unit| &unit.diagnostics))
    }

    /// Whether there are no errors.
    pub fn is_ok(&self) -> bool {
        self.diagnostics().all(|diagnostic| diagnostic.severity != Severity::Error)
    }

    /// What was printed meanwhile, by the compilers and by the code that ran.
    pub fn output(&self) -> &str {
        &self.output
    }

    /// The files that were compiled for this, in the order of their names; the others were as before.
    pub fn compiled(&self) -> &[String] {
        &self.compiled
    }

    /// Files and modules, to be put into a sandbox that is to run the program. Its code path has to begin with [`CONSOLIDATED`]
    /// and [`EBIN`].
    pub fn files(&self) -> Vec<(String, Arc<[u8]>)> {
        let sources = self.sources.iter().map(|(path, text)| (format!("{DIRECTORY}/{path}"), text.clone()));
        let beam = |folder: &str, module: &Module| (beam_path(folder, &module.name), module.code.clone());
        let modules = self.modules().map(|module| beam(EBIN, module));
        let consolidated = self.consolidated.iter().map(|module| beam(CONSOLIDATED, module));
        sources.chain(modules).chain(consolidated).collect()
    }
}

/// Where the file of a module lies.
fn beam_path(folder: &str, module: &str) -> String {
    format!("{DIRECTORY}/{folder}/{module}.beam")
}

/// Compiles programs, and the same only once as long as it remembers. Cheap to clone, and may be used by several threads at once.
#[derive(Clone)]
pub struct Compiler {
    workbench: Workbench,
    known: Known,
}

impl Compiler {
    /// Compiles in forks of this sandbox.
    pub fn new(workbench: Workbench) -> Compiler {
        Compiler { workbench, known: Known::default() }
    }

    /// Compiles what has changed since `previous`, and what depends on that. Whatever goes wrong is a diagnostic.
    ///
    /// # Errors
    /// When no sandbox can be made.
    pub fn compile(
        &self,
        sources: &Sources,
        previous: Option<&Compiled>,
        limits: &CompileLimits,
    ) -> Result<Compiled, BootError> {
        let nothing = Compiled::default();
        let previous = previous.unwrap_or(&nothing);
        let mut plan = Plan::new(sources, &previous.sources, &previous.units);
        loop {
            let compiled = self.carry_out(sources, previous, &plan, limits)?;
            let newly_defined = plan.defined_anew(&compiled.units, &previous.units);
            if !plan.add_users_of(&newly_defined, &previous.units) {
                return Ok(compiled);
            }
        }
    }

    fn carry_out(
        &self,
        sources: &Sources,
        previous: &Compiled,
        plan: &Plan,
        limits: &CompileLimits,
    ) -> Result<Compiled, BootError> {
        let kept = previous.units.iter().filter(|(path, _)| plan.is_kept(path));
        let mut units: BTreeMap<String, Unit> = kept.map(|(path, unit)| (path.clone(), unit.clone())).collect();
        let sources = sources.clone();
        if plan.is_empty() && units.len() == previous.units.len() {
            let consolidated = previous.consolidated.clone();
            return Ok(Compiled { sources, units, consolidated, ..Compiled::default() });
        }
        let beams = units.values().flat_map(|unit| &unit.modules);
        let beams = beams.map(|module| (beam_path(EBIN, &module.name), module.code.clone()));
        let files = sources.iter().map(|(path, text)| (format!("{DIRECTORY}/{path}"), text.clone())).chain(beams);
        let program = Program { files: files.collect(), directory: DIRECTORY.into(), ..Program::default() };
        let done = run::run(&self.workbench, &self.known, &program, plan, limits)?;
        let answer = answer::sort(done.answer, plan, &sources);
        units.extend(answer.units);
        let mut others = answer.others;
        others.extend(done.failure);
        let compiled = plan.files().cloned().collect();
        Ok(Compiled { sources, units, others, consolidated: answer.consolidated, output: done.output, compiled })
    }
}
