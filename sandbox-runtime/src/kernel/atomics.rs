//! `atomics` and `counters`: arrays of 64-bit integers that all processes change.
//!
//! In Erlang/OTP an array ends when nobody refers to it. The kernel does not see into guests, so here arrays end when
//! the sandbox does; their number of elements is limited instead.

use std::sync::Arc;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use shared::limits::LimitKind;
use shared::{Pid, Ref};

use super::{Kernel, Raise};

/// The arrays by reference.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct AtomicArrays {
    arrays: OrdMap<Ref, Arc<AtomicArray>>,
    elements: u64,
}

/// One array. Values are 64 bits; `signed` says how they are read.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct AtomicArray {
    /// Whether values are signed.
    pub signed: bool,
    values: Vec<u64>,
}

impl AtomicArray {
    /// The number of elements.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Never true: an array has at least one element.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// What is done to an element, in two's complement with wrap-around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtomicOp {
    /// `get/2`
    Get,
    /// `put/3`
    Put(u64),
    /// `add/3` and `sub/3`
    Add(u64),
    /// `exchange/3`
    Exchange(u64),
    /// `compare_exchange/4`
    CompareExchange {
        /// What must stand there.
        expected: u64,
        /// What is put there then.
        desired: u64,
    },
}

/// An element before and after an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtomicResult {
    /// The value before.
    pub old: u64,
    /// The value after.
    pub new: u64,
}

const BYTES_PER_ELEMENT: u64 = 8;

impl Kernel {
    /// `atomics:new/2`, and `counters:new/2` with signed values: all elements are 0.
    ///
    /// # Errors
    /// `badarg` for no elements; `system_limit` when arrays would hold more than ETS may.
    pub fn atomics_new(&mut self, pid: Pid, arity: u64, signed: bool) -> Result<Ref, Raise> {
        if arity == 0 {
            return Err(Raise::Badarg);
        }
        let allowed = self.limits.ets_bytes;
        let total = self.atomics.elements.saturating_add(arity);
        if total.saturating_mul(BYTES_PER_ELEMENT) > allowed {
            return Err(self.limit_reached(Some(pid), LimitKind::EtsBytes, allowed));
        }
        let reference = self.make_ref();
        let values = vec![0; usize::try_from(arity).map_err(|_| Raise::Badarg)?];
        self.atomics.elements = total;
        self.atomics.arrays.insert(reference, Arc::new(AtomicArray { signed, values }));
        Ok(reference)
    }

    /// `atomics:info/1`.
    pub fn atomics_info(&self, reference: Ref) -> Option<&AtomicArray> {
        self.atomics.arrays.get(&reference).map(|array| &**array)
    }

    /// Does something to the element at `index`, which counts from 1.
    ///
    /// # Errors
    /// `badarg` when there is no such array or element.
    pub fn atomics_apply(&mut self, reference: Ref, index: u64, op: AtomicOp) -> Result<AtomicResult, Raise> {
        let at = usize::try_from(index).ok().and_then(|index| index.checked_sub(1)).ok_or(Raise::Badarg)?;
        let array = self.atomics.arrays.get(&reference).ok_or(Raise::Badarg)?;
        let old = *array.values.get(at).ok_or(Raise::Badarg)?;
        let new = match op {
            AtomicOp::Get => old,
            AtomicOp::Put(value) | AtomicOp::Exchange(value) => value,
            AtomicOp::Add(value) => old.wrapping_add(value),
            AtomicOp::CompareExchange { expected, desired } if old == expected => desired,
            AtomicOp::CompareExchange { .. } => old,
        };
        if new != old
            && let Some(place) = self.atomics.arrays.get_mut(&reference).map(Arc::make_mut)
            && let Some(value) = place.values.get_mut(at)
        {
            *value = new;
        }
        Ok(AtomicResult { old, new })
    }
}
