//! The X registers and the floating-point registers.
//!
//! In a wasm guest, which holds one process, they lie at a fixed address: the interpreter then needs no register of the
//! machine below it to find them. Elsewhere each process has its own.

use std::ops::{Deref, DerefMut};

use crate::term::Term;

/// Number of X registers, and of floating-point registers.
pub const REGISTERS: usize = 1024;

/// The X registers of a process.
pub struct Registers {
    #[cfg(not(target_arch = "wasm32"))]
    x: Box<[Term; REGISTERS]>,
    #[cfg(not(target_arch = "wasm32"))]
    f: Box<[f64; REGISTERS]>,
}

#[cfg(not(target_arch = "wasm32"))]
impl Registers {
    /// Registers of a new process.
    pub fn new() -> Registers {
        Registers { x: Box::new([Term(0); REGISTERS]), f: Box::new([0.0; REGISTERS]) }
    }
    /// Address of the first floating-point register.
    pub fn floats(&mut self) -> *mut f64 {
        self.f.as_mut_ptr()
    }
}

impl Registers {
    /// Sets a floating-point register.
    pub fn set_float(&mut self, index: usize, value: f64) {
        assert!(index < REGISTERS);
        // SAFETY: there are so many of them.
        unsafe { *self.floats().add(index) = value }
    }
}

#[cfg(target_arch = "wasm32")]
impl Registers {
    /// Registers of the process of this guest.
    pub fn new() -> Registers {
        Registers {}
    }
    /// Address of the first floating-point register.
    pub fn floats(&mut self) -> *mut f64 {
        crate::home::floats().cast()
    }
}

impl Default for Registers {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for Registers {
    type Target = [Term; REGISTERS];

    fn deref(&self) -> &Self::Target {
        #[cfg(not(target_arch = "wasm32"))]
        return &self.x;
        // SAFETY: a guest has one process, and the borrow of it guards the registers.
        #[cfg(target_arch = "wasm32")]
        unsafe {
            &*crate::home::x()
        }
    }
}

impl DerefMut for Registers {
    fn deref_mut(&mut self) -> &mut Self::Target {
        #[cfg(not(target_arch = "wasm32"))]
        return &mut self.x;
        // SAFETY: as in `deref`.
        #[cfg(target_arch = "wasm32")]
        unsafe {
            &mut *crate::home::x()
        }
    }
}
