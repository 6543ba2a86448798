//! A process that runs in a wasm instance of the BEAM.

mod inbox;
mod keep;
mod numbers;
mod renew;
mod state;

use std::sync::Arc;
use std::time::Duration;

use inbox::Inbox;
use keep::global_bits;
use shared::etf::Part;
use shared::event::Entry;
use shared::limits::LimitKind;
use shared::{Etf, Pid, Term, VirtualTime};
pub use state::Library;
pub(super) use state::State;
use wasmtime::{Global, Instance as WasmInstance, Memory, Store, TypedFunc, WasmParams, WasmResults};

use super::admission::Permit;
use super::allowance::{Allowance, Refused};
use super::engine::{BeamModule, EngineError, GuestEngine};
use super::foreign::{self, ForeignModule};
use super::memory::{self, LARGE_PAGE};
use super::saved::{Base, SavedInstance};
use super::spares::{Lent, Spares};
use super::template::{LoadFailure, Template};
use super::watch;
use crate::guest::{FaultCause, Guest, GuestFactory, GuestFault};
use crate::host::Host;
use crate::kernel::code::AtomNumbers;
use crate::kernel::{Delivery, TurnReport, TurnResult};

/// There is no room for one more instance.
const FULL: FaultCause = FaultCause::Server(LimitKind::Server);

/// Numbers that the guest's `run` and other exports give.
mod status {
    pub(super) const YIELD: u32 = 0;
    pub(super) const WAITING: u32 = 1;
    pub(super) const WAITING_UNTIL: u32 = 2;
    pub(super) const EXITED: u32 = 3;
    pub(super) const CRASHED: u32 = 4;
}

/// What the guest left for us.
struct Output {
    bytes: Vec<u8>,
    deadline: i64,
    reductions: u64,
    mailbox_messages: u64,
    mailbox_bytes: u64,
    memory: u64,
}

/// How a turn is run.
enum Turns {
    /// Of the BEAM: messages and run in one call, which tells where the output is, and the time that it may take.
    AtOnce(TypedFunc<(u32, i64), u64>, Duration),
    /// Of any guest.
    ByParts { run: TypedFunc<i64, u32>, deliver: TypedFunc<u32, u32>, output: TypedFunc<(), u32> },
}

/// An instance of the BEAM guest.
pub struct Instance {
    store: Store<State>,
    instance: WasmInstance,
    memory: Memory,
    entry: Turns,
    inbox: Inbox,
    /// What it began on, unless that is an empty BEAM.
    base: Option<Base>,
    /// Mutable globals, all of which are exported: the rest of its state.
    globals: Vec<Global>,
    reductions: u64,
    /// It trapped. Where it was then is lost, so it is not called again.
    is_broken: bool,
    /// A turn failed, which is its last one.
    has_failed: bool,
    /// Its globals when it was made.
    first_globals: Vec<u128>,
    /// It has written to nothing yet, and the template is to learn where it writes to in its first turn.
    is_looked_at: bool,
    /// Instructions that a module other than the BEAM took between its turns.
    fuel_owed: u64,
}

impl Instance {
    /// An instance with nothing loaded.
    pub(super) fn whole(engine: &GuestEngine, module: &BeamModule) -> Result<Instance, EngineError> {
        let mut store = new_store(engine, Allowance::new(None, 0));
        let no_data = || EngineError::Guest("its data were left out, so it cannot make images".into());
        let instance = module.whole.as_ref().ok_or_else(no_data)?.instantiate(&mut store)?;
        Instance::new(store, instance, &module.mutable_globals, None)
    }
    /// An instance on the image of a template.
    pub(super) fn on(template: &Template) -> Result<Instance, EngineError> {
        let permit = template.engine.admission().admit().ok_or_else(|| EngineError::refused(FULL))?;
        Instance::with_permit(template, Some(permit))
    }
    fn with_permit(template: &Template, permit: Option<Permit>) -> Result<Instance, EngineError> {
        let mut store = new_store(&template.engine, Allowance::new(permit, template.length()));
        let instance = memory::on_image(&template.image, || template.module.bare.instantiate(&mut store))?;
        let base = Some(Base::Template(template.clone()));
        let mut instance = Instance::new(store, instance, &template.module.mutable_globals, base)?;
        instance.is_looked_at = template.first_pages.wants_more();
        instance.own_first_pages(template);
        Ok(instance)
    }
    pub(super) fn new(
        mut store: Store<State>,
        instance: WasmInstance,
        mutable_globals: &[String],
        base: Option<Base>,
    ) -> Result<Instance, EngineError> {
        let memory = instance.get_memory(&mut store, "memory");
        let memory = memory.ok_or_else(|| EngineError::Guest("it exports no memory".into()))?;
        let entry = if store.data().is_foreign {
            Turns::ByParts {
                run: instance.get_typed_func(&mut store, "run")?,
                deliver: instance.get_typed_func(&mut store, "deliver")?,
                output: instance.get_typed_func(&mut store, "output")?,
            }
        } else {
            let time = match &base {
                Some(Base::Template(template)) => template.engine.turn_time(),
                _ => Duration::MAX,
            };
            Turns::AtOnce(instance.get_typed_func(&mut store, "turn")?, time)
        };
        let inbox = Inbox::new(instance.get_typed_func(&mut store, "buffer")?);
        store.data_mut().memory = Some(memory);
        let globals: Vec<_> = mutable_globals.iter().filter_map(|name| instance.get_global(&mut store, name)).collect();
        let first_globals = globals.iter().map(|global| global_bits(&global.get(&mut store))).collect();
        Ok(Instance {
            store,
            instance,
            memory,
            entry,
            inbox,
            base,
            globals,
            reductions: 0,
            is_broken: false,
            has_failed: false,
            first_globals,
            is_looked_at: false,
            fuel_owed: 0,
        })
    }
    /// An instance of a module other than the BEAM.
    fn foreign(engine: &GuestEngine, module: ForeignModule) -> Result<Instance, EngineError> {
        let permit = engine.admission().admit().ok_or_else(|| EngineError::refused(FULL))?;
        let mut state = State::new(Allowance::new(Some(permit), 0));
        state.is_foreign = true;
        let mut store = with_limiter(Store::new(engine.foreign().engine(), state));
        store.set_fuel(foreign::OVERTIME_REDUCTIONS * foreign::FUEL_PER_REDUCTION)?;
        let instance = module.pre().instantiate(&mut store)?;
        let base = Base::Foreign(engine.clone(), module.clone());
        Instance::new(store, instance, module.mutable_globals(), Some(base))
    }
    fn is_foreign(&self) -> bool {
        self.store.data().is_foreign
    }
    /// Runs something with so many reductions at most, where instructions are counted: what came of it, and how many it took.
    fn metered<T>(
        &mut self,
        reductions: u64,
        body: impl FnOnce(&mut Instance) -> Result<T, EngineError>,
    ) -> Result<(T, u64), EngineError> {
        if !self.is_foreign() {
            return Ok((body(self)?, 0));
        }
        let fuel = reductions.saturating_add(foreign::OVERTIME_REDUCTIONS).saturating_mul(foreign::FUEL_PER_REDUCTION);
        self.store.set_fuel(fuel)?;
        let outcome = body(self)?;
        Ok((outcome, fuel.saturating_sub(self.store.get_fuel()?)))
    }
    /// Lets the guest load modules on demand from a function.
    pub fn set_library(&mut self, library: Library) {
        self.store.data_mut().library = Some(library);
    }
    pub(super) fn unseal(&mut self) -> Result<(), EngineError> {
        self.call::<(), ()>("unseal", ())
    }
    /// Loads `.beam` files: those that could not be loaded.
    pub(super) fn load<'a>(&mut self, files: impl IntoIterator<Item = &'a [u8]>) -> Vec<LoadFailure> {
        let mut failures = Vec::new();
        for (index, file) in files.into_iter().enumerate() {
            if let Err(EngineError::Guest(reason)) = self.request("load", file) {
                failures.push(LoadFailure { index, reason });
            }
        }
        failures
    }
    /// Ends the loading of code: what processes start on.
    pub(super) fn into_template(mut self, engine: &GuestEngine, module: &BeamModule) -> Result<Template, EngineError> {
        self.call::<(), u32>("seal", ())?;
        // An image ends where a large page does, so that all of it can be mapped as such.
        let missing =
            self.memory.data_size(&self.store).next_multiple_of(LARGE_PAGE) - self.memory.data_size(&self.store);
        self.memory.grow(&mut self.store, (missing / WASM_PAGE) as u64)?;
        let image = BeamModule::image(self.memory.data(&self.store))?;
        Ok(Template { engine: engine.clone(), module: module.clone(), image, first_pages: Arc::default() })
    }
    fn call<P: WasmParams, R: WasmResults>(&mut self, name: &str, parameters: P) -> Result<R, EngineError> {
        let function = self.instance.get_typed_func::<P, R>(&mut self.store, name)?;
        Ok(function.call(&mut self.store, parameters)?)
    }
    /// Hands bytes to an export that takes their number and gives a status.
    pub(super) fn request(&mut self, export: &str, bytes: &[u8]) -> Result<(), EngineError> {
        let export = self.instance.get_typed_func(&mut self.store, export)?;
        self.hand_over(&export, bytes)
    }
    fn hand_over(&mut self, export: &TypedFunc<u32, u32>, bytes: &[u8]) -> Result<(), EngineError> {
        let result = self.metered(0, |instance| instance.unmetered_request(export, bytes));
        self.is_broken |= result.as_ref().is_err_and(|error| !matches!(error, EngineError::Guest(_)));
        let ((), fuel) = result?;
        self.fuel_owed = self.fuel_owed.saturating_add(fuel);
        Ok(())
    }
    fn unmetered_request(&mut self, export: &TypedFunc<u32, u32>, bytes: &[u8]) -> Result<(), EngineError> {
        self.check()?;
        let length = self.inbox.put(&mut self.store, self.memory, bytes)?;
        match export.call(&mut self.store, length)? {
            0 => Ok(()),
            _ => {
                let text = self.read_output()?.bytes;
                Err(EngineError::Guest(String::from_utf8_lossy(&text).into_owned()))
            }
        }
    }
    fn check(&self) -> Result<(), EngineError> {
        if self.is_broken { Err(EngineError::Guest("it has trapped before".into())) } else { Ok(()) }
    }
    fn read_output(&mut self) -> Result<Output, EngineError> {
        let at = match &self.entry {
            Turns::ByParts { output, .. } => output.call(&mut self.store, ())?,
            // Seldom needed: a turn tells it by itself.
            Turns::AtOnce(..) => self.call::<(), u32>("output", ())?,
        };
        self.output_at(at as usize, true)
    }
    /// The output block at an address, with the bytes that it tells of.
    fn output_at(&self, at: usize, with_bytes: bool) -> Result<Output, EngineError> {
        const FIELDS: usize = 48;
        let data = self.memory.data(&self.store);
        let outside = || EngineError::Guest("its output lies outside its memory".into());
        let fields = data.get(at..at + FIELDS).ok_or_else(outside)?;
        let word = |i: usize| u64::from_le_bytes(fields[8 * i..8 * i + 8].try_into().unwrap_or_default());
        let (address, length) = (word(0) as u32 as usize, (word(0) >> 32) as usize);
        let bytes = data.get(address..).and_then(|data| data.get(..length)).ok_or_else(outside)?;
        Ok(Output {
            bytes: if with_bytes { bytes.to_vec() } else { Vec::new() },
            deadline: word(1) as i64,
            reductions: word(2),
            mailbox_messages: word(3),
            mailbox_bytes: word(4),
            memory: word(5),
        })
    }
    /// Prepares a call. `request` is `{Pid, Module, Function, Arguments, Flags}`, encoded.
    ///
    /// # Errors
    /// When the guest traps or refuses.
    pub fn prepare(&mut self, request: &[u8]) -> Result<(), EngineError> {
        self.request("start", request)
    }
    /// Calls the guest for a turn: its status, what it left, and the instructions that it took where they are counted.
    fn call_turn(&mut self, messages: &[Delivery], reductions: u32) -> Result<(u32, Output, u64), EngineError> {
        let (turn, time) = match &self.entry {
            Turns::AtOnce(turn, time) => (turn, *time),
            Turns::ByParts { run, deliver, .. } => {
                let (run, deliver) = (run.clone(), deliver.clone());
                return self.call_parts(&run, &deliver, messages, reductions);
            }
        };
        let length = self.inbox.put_messages(&mut self.store, self.memory, messages)?;
        let (base, size) = (self.memory.data_ptr(&self.store), self.memory.data_size(&self.store));
        let call = || turn.call(&mut self.store, (length, i64::from(reductions)));
        let ended = |watch::Ended| EngineError::refused(FaultCause::Server(LimitKind::TurnTime));
        let answer = watch::watched(base, size, time, call).map_err(ended)??;
        let status = answer as u32;
        let has_bytes = matches!(status, status::EXITED | status::CRASHED);
        Ok((status, self.output_at((answer >> 32) as usize, has_bytes)?, 0))
    }
    fn call_parts(
        &mut self,
        run: &TypedFunc<i64, u32>,
        deliver: &TypedFunc<u32, u32>,
        messages: &[Delivery],
        reductions: u32,
    ) -> Result<(u32, Output, u64), EngineError> {
        for delivery in messages {
            self.hand_over(deliver, delivery.message.bytes())?;
        }
        let ((status, output), fuel) = self.metered(reductions.into(), |instance| {
            let status = run.call(&mut instance.store, i64::from(reductions))?;
            Ok((status, instance.read_output()?))
        })?;
        Ok((status, output, fuel))
    }
    /// Puts messages into the mailbox, runs a turn and tells how it ended.
    ///
    /// # Errors
    /// When the guest traps.
    pub fn turn(&mut self, messages: &[Delivery], reductions: u32) -> Result<TurnReport, EngineError> {
        let report = self.try_turn(messages, reductions);
        self.has_failed |= report.is_err();
        self.note_first_pages();
        report
    }
    fn try_turn(&mut self, messages: &[Delivery], reductions: u32) -> Result<TurnReport, EngineError> {
        self.check()?;
        let (status, mut output, fuel) = self.call_turn(messages, reductions)?;
        if self.is_foreign() {
            // What it says of itself may be anything.
            let fuel = fuel.saturating_add(std::mem::take(&mut self.fuel_owed));
            output.reductions = self.reductions.saturating_add(fuel / foreign::FUEL_PER_REDUCTION);
            if matches!(status, status::EXITED | status::CRASHED) && Term::decode(&output.bytes).is_err() {
                return Err(EngineError::Guest("its exit reason is no term".into()));
            }
        }
        let used = output.reductions.saturating_sub(self.reductions);
        self.reductions = output.reductions;
        let result = match status {
            status::YIELD => TurnResult::Yield,
            status::WAITING => TurnResult::Waiting { until: None },
            status::WAITING_UNTIL => TurnResult::Waiting { until: Some(VirtualTime(output.deadline.max(0) as u64)) },
            status::EXITED | status::CRASHED => TurnResult::Exited { reason: Etf::from_trusted(output.bytes) },
            other => return Err(EngineError::Guest(format!("it ended a turn with status {other}"))),
        };
        let grown = self.store.data().allowance.own(self.memory.data_size(&self.store));
        Ok(TurnReport {
            result,
            reductions: u32::try_from(used).unwrap_or(u32::MAX),
            mailbox_messages: output.mailbox_messages,
            mailbox_bytes: output.mailbox_bytes,
            memory: output.memory.max(grown),
        })
    }
}

/// Bytes of a page of a linear memory.
const WASM_PAGE: usize = 64 << 10;

/// A process of a machine that runs in a wasm instance.
pub struct WasmGuest {
    instance: Lent,
    pid: Pid,
    /// What the process begins with. It is handed over when the machine is there, which numbers the atoms in it.
    begins_with: Option<Etf>,
    /// The calls that it has to tell of from now on, handed over at the same time.
    watch: Option<Term>,
}

/// Starts every process on one template.
pub struct WasmFactory {
    template: Template,
    library: Option<Library>,
    spares: Arc<Spares>,
}

impl Clone for WasmFactory {
    /// A factory for another machine: it has none of this one's instances.
    fn clone(&self) -> Self {
        WasmFactory::new(self.template.clone(), self.library.clone())
    }
}

impl WasmFactory {
    /// Guests on this template. `library` gives modules that the template does not hold, when they are called.
    pub fn new(template: Template, library: Option<Library>) -> WasmFactory {
        WasmFactory { template, library, spares: Arc::default() }
    }
    /// What processes start on.
    pub fn template(&self) -> &Template {
        &self.template
    }
    pub(super) fn library(&self) -> Option<&Library> {
        self.library.as_ref()
    }
}

impl GuestFactory for WasmFactory {
    type Guest = WasmGuest;

    fn instantiate(&mut self, pid: Pid) -> Result<WasmGuest, GuestFault> {
        let instance = self.spares.take().map_or_else(|| Instance::on(&self.template), Instance::admitted);
        let mut instance = Lent::new(instance.map_err(|error| fault(&error))?, Some(&self.spares));
        if let Some(library) = &self.library {
            instance.set_library(library.clone());
        }
        Ok(WasmGuest { instance, pid, begins_with: None, watch: None })
    }

    fn prepare(&mut self) {
        self.spares.prepare(&self.template);
    }

    fn instantiate_wasm(&mut self, pid: Pid, wasm: &Arc<[u8]>) -> Result<WasmGuest, GuestFault> {
        let engine = &self.template.engine;
        let module = engine.foreign().module(wasm).map_err(|error| fault(&error))?;
        let instance = Instance::foreign(engine, module).map_err(|error| fault(&error))?;
        Ok(WasmGuest { instance: Lent::new(instance, None), pid, begins_with: None, watch: None })
    }

    fn with_code(&self, code: &[Arc<[u8]>], numbers: &mut AtomNumbers) -> Option<WasmFactory> {
        let (template, failures) = self.template.extend(code.iter().map(|file| &file[..]), numbers).ok()?;
        failures.is_empty().then(|| WasmFactory::new(template, self.library.clone()))
    }
}

/// The exit reason of a process whose guest failed as a whole.
fn fault(error: &EngineError) -> GuestFault {
    if let EngineError::Refused(Refused(cause)) = error {
        return GuestFault::limit(*cause);
    }
    let text = Term::binary(error.to_string().as_bytes());
    GuestFault::new(Etf::of(&Term::tuple([Term::atom("guest_fault"), text])))
}

fn new_store(engine: &GuestEngine, allowance: Allowance) -> Store<State> {
    with_limiter(Store::new(engine.wasmtime(), State::new(allowance)))
}

fn with_limiter(mut store: Store<State>) -> Store<State> {
    store.limiter(|state| &mut state.allowance);
    store
}

impl Guest for WasmGuest {
    type Saved = SavedInstance;

    fn save(&mut self, before: Option<&SavedInstance>) -> Option<SavedInstance> {
        self.instance.save(before)
    }

    fn restore(saved: &SavedInstance, pid: Pid) -> Result<WasmGuest, GuestFault> {
        let instance = Instance::restore(saved).map_err(|error| fault(&error))?;
        Ok(WasmGuest { instance: Lent::new(instance, None), pid, begins_with: None, watch: None })
    }

    fn load_code(&mut self, _module: &str, code: &[u8]) -> Result<(), GuestFault> {
        // What is no BEAM has the code that it began with.
        if self.instance.is_foreign() {
            return Ok(());
        }
        self.instance.request("load", code).map_err(|error| fault(&error))
    }

    fn start(&mut self, entry: &Entry) -> Result<(), GuestFault> {
        let none = Etf::of(&Term::Nil);
        let request = Etf::tuple(&[
            Part::Term(Term::from(self.pid)),
            Part::Term(Term::Atom(entry.module.clone())),
            Part::Term(Term::Atom(entry.function.clone())),
            Part::Etf(&entry.args),
            Part::Etf(entry.flags.as_ref().unwrap_or(&none)),
        ]);
        self.begins_with = Some(request);
        Ok(())
    }

    fn deliver(&mut self, message: &Etf) -> Result<(), GuestFault> {
        self.instance.request("deliver", message.bytes()).map_err(|error| fault(&error))
    }

    fn run(&mut self, host: Host, reductions: u32) -> (Host, Result<TurnReport, GuestFault>) {
        self.turn(&[], host, reductions)
    }

    fn turn(&mut self, messages: &[Delivery], host: Host, reductions: u32) -> (Host, Result<TurnReport, GuestFault>) {
        let state = self.instance.store.data_mut();
        state.allowance.set(host.memory_allowance());
        state.host = Some(host);
        // A turn that fails has used what it was given, as far as anybody can tell.
        let failed = |error| GuestFault { reductions, ..fault(&error) };
        let prepared = self.begins_with.take().map_or(Ok(()), |request| self.instance.prepare(request.bytes()));
        if let Some(watch) = self.watch.take() {
            self.ask(&Term::tuple([Term::atom("watch"), watch]));
        }
        let mut report = prepared.and_then(|()| self.instance.turn(messages, reductions)).map_err(failed);
        // What was fetched from the machine belongs into the mailbox, in front of what comes next.
        while let Some(message) = self.instance.store.data_mut().polled.pop_front() {
            match (self.deliver(&message), &mut report) {
                (Ok(()), Ok(report)) => {
                    report.mailbox_messages += 1;
                    report.mailbox_bytes += message.len() as u64;
                }
                (Ok(()), Err(_)) => {}
                (Err(error), _) => report = report.and(Err(error)),
            }
        }
        // An answer that was announced and not fetched is not there any more in the next turn.
        self.instance.store.data_mut().forget_reply();
        let host =
            self.instance.store.data_mut().host.take().expect("put there above, and only this function takes it");
        (host, report)
    }

    fn inspect(&mut self, item: &str) -> Option<Etf> {
        self.ask(&Term::atom(item))
    }

    fn watch(&mut self, watch: &Term) {
        self.watch = Some(watch.clone());
    }

    fn ask(&mut self, question: &Term) -> Option<Etf> {
        // A guest that traps here fails at its next turn, where that can be told.
        self.instance.request("ask", &question.encode()).ok()?;
        let answer = self.instance.metered(0, Instance::read_output);
        self.instance.has_failed |= answer.is_err();
        let (answer, fuel) = answer.ok()?;
        self.instance.fuel_owed = self.instance.fuel_owed.saturating_add(fuel);
        if self.instance.is_foreign() { Etf::checked(answer.bytes).ok() } else { Some(Etf::from_trusted(answer.bytes)) }
    }
}
