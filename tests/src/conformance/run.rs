//! Runs cases in `beam`, each in a process of its own, on one image.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;

use beam::image::ImageRef;
use beam::interp::turn::Turn;
use beam::load;
use beam::print;
use beam::term::Term;
use beam::vm::Vm;

use super::Case;
use super::host::{CaseHost, World};
use super::reference::{RUNNER, Reference, files, name, parse};

/// Reductions of a turn.
const TURN: i64 = 4000;
/// Turns after which a case counts as endless.
const MAX_TURNS: u64 = 20_000;
/// Words that a case may copy by collecting at every allocation, and how often it may collect; after that it goes on without.
const MAX_STRESS_WORDS: u64 = 5_000_000;
const MAX_STRESS_COLLECTIONS: u64 = 20_000;

/// Applications whose modules are all loaded before the first case, as they are in a template.
pub const PRELOADED: &[&str] = &["stdlib", "kernel", "compiler", "elixir", "eex", "ex_unit", "logger"];

/// Whether a folder is the `ebin` of an application, with a version or without.
fn is_application(folder: &Path, name: &str) -> bool {
    let parent = folder.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    parent.split_once('-').map_or(&*parent, |(name, _)| name) == name
}

/// An image and the files that it loads modules from.
pub struct Runner {
    image: ImageRef,
    world: Rc<World>,
    /// Whether to collect garbage at every allocation.
    pub stress: bool,
}

impl Runner {
    /// A runner for compiled programs.
    pub fn new(reference: &Reference) -> Runner {
        let mut world = World::default();
        for folder in reference.library.iter().chain([&reference.build]) {
            for file in files(folder, "beam") {
                world.modules.entry(name(&file)).or_insert(file);
            }
        }
        let runner = Runner { image: ImageRef::new(), world: Rc::new(world), stress: false };
        let persistent = std::fs::read(reference.build.join("results.persistent")).unwrap_or_default();
        runner.world.set_persistent(&runner.image, &persistent);
        runner.image.get_mut().release = reference.release.clone();
        for folder in
            reference.library.iter().filter(|folder| PRELOADED.iter().any(|name| is_application(folder, name)))
        {
            for file in files(folder, "beam") {
                runner.load(&file);
            }
        }
        files(&reference.build, "beam").iter().for_each(|file| runner.load(file));
        runner
    }

    /// Loads a file into the image.
    pub fn load(&self, file: &Path) {
        let loaded = std::fs::read(file).map_err(|error| error.to_string());
        let loaded = loaded.and_then(|bytes| load::load(&self.image, &bytes).map_err(|error| error.to_string()));
        if let Err(error) = loaded {
            self.world.load_errors.borrow_mut().push(format!("{}: {error}", file.display()));
        }
    }

    /// Runs all cases of a module.
    pub fn cases(&self, module: &str) -> Vec<Case> {
        let count = self.call("count", &[self.atom(module)]);
        let Ok(count) = count.parse::<i64>() else {
            return vec![Case { module: module.into(), name: "cases/0".into(), result: count }];
        };
        (1..=count).map(|i| self.case(module, i)).collect()
    }

    /// Modules that could not be loaded, and why.
    pub fn load_errors(&self) -> Vec<String> {
        self.world.load_errors.borrow().clone()
    }

    fn case(&self, module: &str, number: i64) -> Case {
        let arguments = [self.atom(module), Term::small(number)];
        let result = catch_unwind(AssertUnwindSafe(|| self.call("one", &arguments)));
        let result = result.unwrap_or_else(|_| "** panic".into());
        if result.contains('\u{1f}') {
            return parse(&result);
        }
        let name = self.call("name", &arguments);
        Case { module: module.into(), name, result }
    }

    fn atom(&self, name: &str) -> Term {
        self.image.get_mut().atoms.intern(name).expect("a short name")
    }

    /// Calls a function of the runner's module and gives the text that it returns.
    fn call(&self, function: &str, arguments: &[Term]) -> String {
        let mut vm =
            Vm::new(self.image.clone(), Box::new(CaseHost::new(self.world.clone(), self.image.clone())), Term::pid(1));
        vm.heap.stress = self.stress;
        let arguments = vm.heap.list(arguments);
        vm.start(self.atom(RUNNER), self.atom(function), arguments).expect("a list of arguments");
        let mut copied = 0;
        let mut collections = vm.heap.collections;
        for _ in 0..MAX_TURNS {
            let turn = vm.run(TURN);
            copied += (vm.heap.collections - collections) * (vm.heap.heap_words() + vm.heap.stack_words()) as u64;
            collections = vm.heap.collections;
            vm.heap.stress &= copied < MAX_STRESS_WORDS && collections < MAX_STRESS_COLLECTIONS;
            match turn {
                Turn::Yield => {}
                Turn::Waiting(Some(until)) => self.world.now.set(self.world.now.get().max(until)),
                Turn::Waiting(None) => return "** waits for ever".into(),
                Turn::Exited(exit) if exit.is_crash || exit.reason != beam::atoms::NORMAL => {
                    return format!("** {}", print::erlang(exit.reason, self.image.get(), &print::Limits::default()));
                }
                Turn::Exited(_) => {
                    let Some(text) = vm.x[0].bits() else { return "** no text".into() };
                    return String::from_utf8_lossy(&text.bytes()).into_owned();
                }
            }
        }
        "** does not end".into()
    }
}
