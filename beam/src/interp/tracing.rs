//! Calls of which somebody is told (`erlang:trace/3` with `call`).
//!
//! The host says which functions are watched; the process tells it of each call of one of them, and of its end where the host asks for
//! that. Calls by full name are found by stubs in place of the code of exports. Calls of any kind are found by giving the dispatch loop
//! one reduction at a time, for it stops in front of a function when they are used up.

use super::hot::{self, Left};
use super::{Next, calls, step, turn};
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::heap::RESERVED_WORDS;
use crate::image::Mfa;
use crate::instr::{Code, Operation, head};
use crate::load::FUNC_INFO_WORDS;
use crate::natives::hosted::{self, hosted_number};
use crate::term::{Term, tag};
use crate::vm::Vm;

/// The functions whose calls a process tells of.
#[derive(Default)]
pub(crate) struct Watch(Vec<Watched>);

/// A pattern of functions; nothing stands for any.
struct Watched {
    module: Option<Term>,
    function: Option<Term>,
    arity: Option<u32>,
    what: Told,
}

/// Which calls of a function are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Those by its full name.
    Global,
    /// All.
    Local,
    /// All, and nothing but that they happen.
    Counted,
}

impl Watched {
    fn names(&self, (module, function, arity): Mfa) -> bool {
        self.module.is_none_or(|m| m == module)
            && self.function.is_none_or(|f| f == function)
            && self.arity.is_none_or(|a| a == arity)
    }
}

/// How a function was called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Global,
    Local,
    Native,
}

/// What a call returns to whose end is told. On the stack behind it stands the call, and then where it returns to.
static ENDED: [u64; 3] = [0, 1, head(Operation::TraceReturn, 1, 0, 0, 0)];

fn ended() -> *const u64 {
    ENDED[2..].as_ptr()
}

/// Whether a word of the stack is the return to [`ENDED`].
pub(super) fn is_end(word: Term) -> bool {
    word.tag() == tag::RETURN && word.ptr().cast_const() == ended()
}

impl Vm {
    /// Replaces the functions whose calls are told by those of a list of `{Module, Function, Arity, IsLocal}`, with `count` in the
    /// last place where they are only counted.
    pub(crate) fn set_watch(&mut self, list: Term) {
        let any = self.image.get().atoms.existing("_");
        let atom = |t: Term| Some(t).filter(|t| Some(*t) != any);
        let watched: Vec<Watched> = list
            .list()
            .filter_map(|item| item.tuple_of::<4>().copied())
            .map(|[module, function, arity, what]| Watched {
                module: atom(module),
                function: atom(function),
                arity: arity.small_value().and_then(|arity| u32::try_from(arity).ok()),
                what: match what {
                    atoms::TRUE => Told::Local,
                    atoms::FALSE => Told::Global,
                    _ => Told::Counted,
                },
            })
            .collect();
        if watched.is_empty() && self.watch.is_none() {
            return;
        }
        self.watch = Some(Box::new(Watch(watched)));
        self.image.get_mut().code.unhook();
        self.renew_watch();
    }
    /// Code has come that may be watched; or, where processes share an image, another one may have changed what is watched there.
    pub(crate) fn renew_watch(&mut self) {
        let Some(Watch(watched)) = self.watch.as_deref() else { return };
        if watched.iter().any(|w| w.what == Told::Global) {
            self.image.get_mut().code.hook(|mfa| watched.iter().any(|w| w.what == Told::Global && w.names(mfa)));
        }
    }
    /// Whether calls of any kind may have to be told.
    pub(super) fn watches_all_calls(&self) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.0.iter().any(|w| w.what != Told::Global))
    }
    fn is_watched(&self, mfa: Mfa, how: How) -> bool {
        let fits = |told: Told| match how {
            How::Native => told != Told::Counted,
            How::Local => told == Told::Local,
            How::Global => told == Told::Global,
        };
        self.watch.as_ref().is_some_and(|watch| watch.0.iter().any(|w| fits(w.what) && w.names(mfa)))
    }
    fn is_counted(&self, mfa: Mfa, how: How) -> bool {
        let is_asked = |w: &Watched| w.what == Told::Counted && w.names(mfa);
        how != How::Global && self.watch.as_ref().is_some_and(|watch| watch.0.iter().any(is_asked))
    }
}

/// A stub in place of the code of an export: tells of the call and goes on there.
pub(super) fn export_called(vm: &mut Vm, code: Code) -> Result<Next, Fail> {
    let number = code.bc();
    let store = &vm.image.get().code;
    let (mfa, target) = (store.exports[number as usize].mfa, store.hooked(number));
    if vm.is_watched(mfa, How::Global) {
        tell_entered(vm, mfa, How::Global)?;
    }
    Ok(Next::Go(target))
}

/// The function that begins at an address; nothing for stubs.
fn function_at(vm: &Vm, pc: *const u64) -> Option<Mfa> {
    let module = vm.image.get().code.module_at(pc)?;
    let word = (pc as usize - module.code.as_ptr() as usize) / 8;
    let info = (word as u32).checked_sub(FUNC_INFO_WORDS)?;
    let at = module.functions.binary_search_by_key(&info, |(start, ..)| *start).ok()?;
    let (_, function, arity) = module.functions[at];
    Some((module.name, function, arity))
}

/// In front of a function: tells of the call if it is watched.
fn entered(vm: &mut Vm, pc: *const u64) -> Result<(), Fail> {
    match function_at(vm, pc) {
        Some(mfa) if vm.is_watched(mfa, How::Local) || vm.is_counted(mfa, How::Local) => {
            tell_entered(vm, mfa, How::Local)
        }
        _ => Ok(()),
    }
}

/// Tells of a call whose arguments are in the X registers and whose caller's address is on the stack. If its end is to be told, it
/// returns to where that is done.
fn tell_entered(vm: &mut Vm, mfa: Mfa, how: How) -> Result<(), Fail> {
    let arity = mfa.2 as usize;
    let end = tell_called(vm, mfa, how)?;
    // The time of a loop of calls in the last place ends once, when it is left: the stack must not grow in it.
    let is_loop = end.endings.is_nil() && is_counted_end(vm);
    if end.is_nothing() || is_loop {
        return Ok(());
    }
    vm.x[arity] = end.of_call(vm, mfa);
    let room = (vm.heap.stack as usize - vm.heap.top as usize) / 8;
    if room < RESERVED_WORDS + 2 && !vm.collect(2, arity + 1) {
        return Err(Fail::OutOfMemory);
    }
    // SAFETY: there is room for two words below the stack.
    unsafe {
        vm.heap.stack = vm.heap.stack.sub(2);
        *vm.heap.stack = ended() as usize as u64 | tag::RETURN;
        *vm.heap.stack.add(1) = vm.x[arity].0;
    }
    Ok(())
}

/// Whether the call that the function in front of us returns from is one whose time is counted.
fn is_counted_end(vm: &Vm) -> bool {
    match *vm.heap.stack_terms() {
        [end, call, ..] if is_end(end) => call.tuple_of::<3>().is_some_and(|[_, _, counts]| !counts.is_nil()),
        _ => false,
    }
}

/// What is to be told of the end of a call.
#[derive(Clone, Copy)]
struct End {
    /// The sessions that are told, with what they are told.
    endings: Term,
    /// The sessions that count it, with the function that goes on then.
    counts: Term,
}

impl End {
    fn is_nothing(self) -> bool {
        self.endings.is_nil() && self.counts.is_nil()
    }
    /// `{{Module, Function, Arity}, Endings, Counts}`
    fn of_call(self, vm: &mut Vm, (module, function, arity): Mfa) -> Term {
        let mfa = vm.heap.tuple(&[module, function, Term::small(i64::from(arity))]);
        vm.heap.tuple(&[mfa, self.endings, self.counts])
    }
}

/// Tells of a call whose arguments are in the X registers.
fn tell_called(vm: &mut Vm, mfa: Mfa, how: How) -> Result<End, Fail> {
    let (module, function, arity) = mfa;
    let mut end = End { endings: Term::NIL, counts: Term::NIL };
    if vm.is_counted(mfa, how) {
        let [reductions, words] = progress(vm);
        let arguments = [module, function, Term::small(i64::from(arity)), reductions, words];
        end.counts = hosted::call(vm, hosted_number!("orrery_trace", "count", 5), &arguments)?;
    }
    if vm.is_watched(mfa, how) {
        let arguments: Vec<Term> = vm.x[..arity as usize].to_vec();
        let arguments = vm.heap.list(&arguments);
        let caller = returns_to(vm, 0);
        let how = vm.atom(match how {
            How::Global => "global",
            How::Local => "local",
            How::Native => "native",
        })?;
        let arguments = [module, function, arguments, how, caller];
        end.endings = hosted::call(vm, hosted_number!("orrery_trace", "call", 5), &arguments)?;
    }
    Ok(end)
}

/// How many reductions the process has used, and how many words of memory.
fn progress(vm: &Vm) -> [Term; 2] {
    [vm.reductions_so_far(), vm.words_so_far()].map(|number| Term::small(number as i64))
}

/// The function that the return address at a place of the stack, or the next one behind it, leads into.
fn returns_to(vm: &mut Vm, from: usize) -> Term {
    let stack = &vm.heap.stack_terms()[from..];
    let addresses = stack.iter().filter(|word| word.tag() == tag::RETURN).map(|word| word.ptr().cast_const());
    // SAFETY: a return address lies behind the call that it belongs to.
    let place = addresses.filter_map(|address| vm.image.get().code.locate(unsafe { address.sub(1) })).next();
    match place.map(|place| place.mfa) {
        Some((module, function, arity)) => vm.heap.tuple(&[module, function, Term::small(i64::from(arity))]),
        None => atoms::UNDEFINED,
    }
}

fn tell_ended(vm: &mut Vm, call: Term, what: Term, is_return: bool, to: Term) -> Result<(), Fail> {
    let Some(&[mfa, endings, counts]) = call.tuple_of::<3>() else { return Ok(()) };
    if !counts.is_nil() {
        let [reductions, words] = progress(vm);
        hosted::call(vm, hosted_number!("orrery_trace", "count_ended", 3), &[counts, reductions, words])?;
    }
    if !endings.is_nil() {
        let is_return = if is_return { atoms::TRUE } else { atoms::FALSE };
        hosted::call(vm, hosted_number!("orrery_trace", "ended", 5), &[mfa, endings, what, is_return, to])?;
    }
    Ok(())
}

/// A call whose end is told has returned; its value is in the first X register.
pub(super) fn returned(vm: &mut Vm) -> Result<Next, Fail> {
    // SAFETY: `tell_entered` has put two words behind the address that led here.
    let (call, back) = unsafe {
        let call = Term(*vm.heap.stack);
        let back = (*vm.heap.stack.add(1) & !tag::MASK) as usize as *const u64;
        (call, back)
    };
    let to = returns_to(vm, 1);
    let value = vm.x[0];
    tell_ended(vm, call, value, true, to)?;
    // SAFETY: as above.
    vm.heap.stack = unsafe { vm.heap.stack.add(2) };
    Ok(Next::Returned(back))
}

/// An exception drops this many words of the stack: tells of the calls among them whose end is told.
pub(super) fn left_by_exception(vm: &mut Vm, words: usize, class: Term, reason: Term) {
    if vm.watch.is_none() {
        return;
    }
    let stack = &vm.heap.stack_terms()[..words];
    let is_end = |word: &Term| is_end(*word);
    let calls: Vec<Term> = stack.windows(2).filter(|pair| is_end(&pair[0])).map(|pair| pair[1]).collect();
    for call in calls {
        let what = vm.heap.tuple(&[class, reason]);
        // What cannot be told is not told: the exception goes on.
        tell_ended(vm, call, what, false, atoms::UNDEFINED).ok();
    }
}

/// Calls a native with the arguments in the X registers, and tells of it if it is watched.
pub(super) fn native(vm: &mut Vm, number: u32) -> Outcome {
    let image = vm.image.get();
    let native = image.natives[number as usize];
    let names = image.atoms.existing(native.module).zip(image.atoms.existing(native.function));
    let mfa = names.map(|(module, function)| (module, function, u32::from(native.arity)));
    let is_told = |mfa: &Mfa| vm.is_watched(*mfa, How::Native) || vm.is_counted(*mfa, How::Native);
    let Some(mfa) = mfa.filter(is_told) else { return calls::native(vm, number) };
    let end = tell_called(vm, mfa, How::Native)?;
    let outcome = calls::native(vm, number);
    if !end.is_nothing() {
        let call = end.of_call(vm, mfa);
        let to = returns_to(vm, 0);
        match outcome {
            Ok(value) => tell_ended(vm, call, value, true, to)?,
            Err(Fail::Error(reason) | Fail::ErrorCause(reason, _)) => {
                let what = vm.heap.tuple(&[atoms::ERROR, reason]);
                tell_ended(vm, call, what, false, to)?;
            }
            Err(_) => {}
        }
    }
    outcome
}

/// As [`super::run`], with every function that is called looked at.
pub(super) fn run(vm: &mut Vm) -> turn::Turn {
    loop {
        let left = vm.reductions_left;
        vm.reductions_left = 1;
        let stopped = hot::run::<false>(vm);
        vm.reductions_left += left - 1;
        let result = match stopped {
            Left::Function => entered(vm, vm.pc).map(|()| Some(Next::Enter(vm.pc))),
            Left::Receive if vm.reductions_left <= 0 => return turn::yielded_live(vm, vm.pc, 0),
            Left::Receive => Ok(None),
            Left::Instruction => {
                let code = Code(vm.pc);
                let is_stub = matches!(code.operation(), Operation::Undefined | Operation::TraceExport);
                match step(vm, code) {
                    Ok(Next::Enter(to)) => entered(vm, to).map(|()| Some(Next::Enter(to))),
                    Ok(Next::Go(to)) if is_stub => entered(vm, to).map(|()| Some(Next::Go(to))),
                    other => other.map(Some),
                }
            }
        };
        match result {
            Ok(None) => {}
            Ok(Some(next)) => {
                // The loop has taken the reduction for a function that it has entered itself.
                let is_counted = stopped == Left::Function;
                vm.reductions_left += i64::from(is_counted);
                if let Some(turn) = super::go_on(vm, next) {
                    return turn;
                }
            }
            Err(fail) => match super::exception::raise(vm, fail, vm.pc) {
                Some(handler) => vm.pc = handler,
                None => return turn::exited(vm),
            },
        }
    }
}
