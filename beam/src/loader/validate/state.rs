//! What is known at one place of the code.

use super::registers::Registers;
use super::{Checked, ensure};
use crate::loader::compact::Arg;

/// Why a function is refused that reads an X register before it is set.
pub(super) const UNSET_X: &str = "an X register is read before it is set";
/// The same for the registers that an instruction says hold terms.
pub(super) const UNSET_LIVE_X: &str = "an X register is live before it is set";

/// The stack frame of the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// There is none.
    None,
    /// This many Y registers.
    Size(u32),
    /// It, or the catches in it, depend on the path. Registers may be read; what else can follow is an exception.
    Mixed,
}

/// Kind of a catch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Catch {
    /// `catch`
    Catch,
    /// `try`
    Try,
}

/// Heap space that was reserved and is not yet used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Heap {
    pub(super) words: u64,
    pub(super) floats: u64,
    pub(super) funs: u64,
}

/// What holds before an instruction, on every path that leads to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// X registers that hold a term.
    pub(super) x: Registers,
    /// Y registers that hold a term.
    pub(super) y: Registers,
    /// The stack frame.
    pub(super) frame: Frame,
    /// Y registers that hold a catch. The innermost has the lowest number.
    catches: Registers,
    /// Those of them that hold a `try`.
    tries: Registers,
    /// Reserved heap space.
    pub(super) heap: Heap,
    /// Whether a binary is under construction (the instructions of OTP before 25).
    pub(super) building: bool,
    /// Whether this place is only reached by exceptions.
    pub(super) handler: bool,
}

impl State {
    /// At the entry of a function.
    pub(super) fn entry(arity: u32) -> State {
        State {
            x: Registers::below(arity),
            y: Registers::default(),
            frame: Frame::None,
            catches: Registers::default(),
            tries: Registers::default(),
            heap: Heap::default(),
            building: false,
            handler: false,
        }
    }

    /// Whether every slot of the frame holds a term or a catch, so that the stack can be walked.
    pub(super) fn is_frame_set(&self) -> bool {
        match self.frame {
            Frame::Size(size) => self.y.has_below(size) || self.y.covers(&self.catches, size),
            Frame::None | Frame::Mixed => true,
        }
    }

    pub(super) fn is_catch(&self, y: u32) -> bool {
        self.catches.contains(y)
    }

    /// Keeps what holds in both states. Tells whether that is less than before; fails where the two cannot meet.
    pub(super) fn merge(&mut self, other: &State) -> Checked<bool> {
        let summary = |state: &State| (state.frame, state.heap, state.building, state.handler);
        let before = summary(self);
        if self.frame != other.frame || self.catches != other.catches || self.tries != other.tries {
            ensure(self.is_frame_set() && other.is_frame_set(), "paths with different stack frames meet")?;
            self.frame = Frame::Mixed;
            self.catches.clear();
            self.tries.clear();
        }
        let fewer_x = self.x.intersect(&other.x);
        let fewer_y = self.y.intersect(&other.y);
        self.heap.words = self.heap.words.min(other.heap.words);
        self.heap.floats = self.heap.floats.min(other.heap.floats);
        self.heap.funs = self.heap.funs.min(other.heap.funs);
        self.building &= other.building;
        self.handler &= other.handler;
        Ok(fewer_x || fewer_y || before != summary(self))
    }

    pub(super) fn read(&self, arg: &Arg) -> Checked {
        match arg {
            Arg::X(x) => ensure(self.x.contains(*x), UNSET_X),
            Arg::Y(y) => ensure(self.y.contains(*y), "a Y register is read before it is set"),
            _ => Ok(()),
        }
    }

    pub(super) fn write(&mut self, arg: &Arg) -> Checked {
        match (arg, self.frame) {
            (Arg::X(x), _) => self.x.insert(*x),
            (Arg::Y(y), Frame::Size(size)) if *y < size => {
                ensure(!self.is_catch(*y), "it overwrites a catch")?;
                self.y.insert(*y);
            }
            (Arg::Y(_), _) => return Err("a Y register lies outside the stack frame"),
            _ => {}
        }
        Ok(())
    }

    /// The X registers below a number must hold terms.
    pub(super) fn live(&self, count: u32) -> Checked {
        ensure(self.x.has_below(count), UNSET_LIVE_X)
    }

    /// An exception may happen: the stack is searched for a catch.
    pub(super) fn raises(&self) -> Checked {
        ensure(self.is_frame_set(), "a Y register is not yet set")
    }

    /// Garbage collection may happen: X registers from `live` on are lost.
    pub(super) fn collect(&mut self, live: u32) -> Checked {
        self.live(live)?;
        self.raises()?;
        self.x.truncate(live);
        self.heap = Heap::default();
        self.building = false;
        Ok(())
    }

    /// The caller goes on with a value in X0.
    pub(super) fn after_call(&mut self) {
        self.x = Registers::below(1);
        self.heap = Heap::default();
        self.building = false;
    }

    pub(super) fn use_words(&mut self, words: u64) -> Checked {
        self.heap.words = self.heap.words.checked_sub(words).ok_or("no heap space was reserved for it")?;
        Ok(())
    }

    pub(super) fn use_float(&mut self) -> Checked {
        self.heap.floats = self.heap.floats.checked_sub(1).ok_or("no heap space was reserved for it")?;
        Ok(())
    }

    pub(super) fn use_fun(&mut self) -> Checked {
        self.heap.funs = self.heap.funs.checked_sub(1).ok_or("no heap space was reserved for it")?;
        Ok(())
    }

    pub(super) fn allocate(&mut self, size: u32, live: u32, zero: bool) -> Checked {
        ensure(self.frame == Frame::None, "there is a stack frame already")?;
        self.collect(live)?;
        self.frame = Frame::Size(size);
        self.y = Registers::below(if zero { size } else { 0 });
        Ok(())
    }

    pub(super) fn deallocate(&mut self, size: u32) -> Checked {
        ensure(self.frame == Frame::Size(size), "the stack frame has another size")?;
        ensure(self.catches.is_empty(), "it leaves a catch")?;
        self.frame = Frame::None;
        self.y.clear();
        Ok(())
    }

    pub(super) fn trim(&mut self, count: u32, rest: u32) -> Checked {
        ensure(self.frame == Frame::Size(count + rest), "the stack frame has another size")?;
        // A handler finds the frame as it was when the catch began.
        ensure(self.catches.is_empty(), "it moves a catch")?;
        self.frame = Frame::Size(rest);
        self.y.shift(count);
        Ok(())
    }

    pub(super) fn catch(&mut self, y: u32, catch: Catch) -> Checked {
        ensure(matches!(self.frame, Frame::Size(size) if y < size), "a Y register lies outside the stack frame")?;
        // The search for a catch goes upwards from Y0 and has to find the innermost first.
        ensure(self.catches.first().is_none_or(|outer| y < outer), "catches are not nested")?;
        self.catches.insert(y);
        if catch == Catch::Try {
            self.tries.insert(y);
        }
        self.y.remove(y);
        Ok(())
    }

    /// The state in which an exception reaches the handler of the innermost catch. Since the catch began, the frame has not
    /// changed and no Y register has become unset, so this covers every instruction that the catch protects.
    pub(super) fn caught(&self) -> State {
        let mut state = self.clone();
        state.x = Registers::below(3);
        state.heap = Heap::default();
        state.building = false;
        state.handler = true;
        state
    }

    pub(super) fn end_catch(&mut self, y: u32, catch: Catch) -> Checked {
        let innermost = self.catches.first() == Some(y) && self.tries.contains(y) == (catch == Catch::Try);
        ensure(innermost, "it does not end the innermost catch")?;
        self.catches.remove(y);
        self.tries.remove(y);
        self.y.insert(y);
        Ok(())
    }
}
