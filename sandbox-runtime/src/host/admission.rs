//! Room on the server: memory mappings and memory of all instances of all sandboxes.
//!
//! The operating system refuses mappings at a moment that nobody chooses and then fails whatever asks next. So they are
//! counted here, and an instance too many is refused before it is made. A refusal is not decided by the sandbox, so it is an
//! input of its machine ([`shared::command::Interruption`]).

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Memory mappings of one instance: what its image maps, what it has grown by, and the reservation behind that.
const MAPPINGS_PER_INSTANCE: u64 = 3;
/// Bytes of an instance before it grows: the pages that a process writes to when it starts, and what the engine keeps of it.
const BYTES_PER_INSTANCE: u64 = 32 << 10;
/// Mappings that are left for everything else: threads, libraries, files, the allocator.
const MAPPINGS_FOR_OTHERS: u64 = 4_096;
/// Most instances of all machines that are kept without a process. They are no part of what is counted: there are few enough.
const MAX_SPARES: u64 = 1_024;
/// What Linux allows by default.
const DEFAULT_MAX_MAP_COUNT: u64 = 65_530;

/// How much there is, and how much of it is taken.
#[derive(Clone, Debug)]
pub struct Admission(Arc<Room>);

#[derive(Debug)]
struct Room {
    capacity: Capacity,
    mappings: AtomicU64,
    bytes: AtomicU64,
    spares: AtomicU64,
}

/// What all instances together may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Memory mappings.
    pub mappings: u64,
    /// Bytes of memory.
    pub bytes: u64,
}

impl Capacity {
    /// What this machine allows: `vm.max_map_count` without what is in use and a reserve, and four fifths of the memory
    /// that the process may have.
    pub fn of_this_machine() -> Capacity {
        let number = |text: String| text.trim().parse::<u64>().ok();
        let most = fs::read_to_string("/proc/sys/vm/max_map_count").ok().and_then(number);
        let in_use = fs::read_to_string("/proc/self/maps").map_or(0, |maps| maps.lines().count() as u64);
        let group = fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(number);
        let total = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
            let kilobytes = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
            Some(kilobytes.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()? << 10)
        });
        let taken = MAPPINGS_FOR_OTHERS + MAX_SPARES * MAPPINGS_PER_INSTANCE;
        let bytes = total.unwrap_or(u64::MAX).min(group.unwrap_or(u64::MAX));
        Capacity {
            mappings: most.unwrap_or(DEFAULT_MAX_MAP_COUNT).saturating_sub(in_use + taken),
            bytes: bytes / 5 * 4,
        }
    }

    /// How many instances fit if none of them grows.
    pub fn instances(&self) -> u64 {
        (self.mappings / MAPPINGS_PER_INSTANCE).min(self.bytes / BYTES_PER_INSTANCE)
    }
}

impl Admission {
    /// Room for that much.
    pub fn new(capacity: Capacity) -> Admission {
        let none = || AtomicU64::new(0);
        Admission(Arc::new(Room { capacity, mappings: none(), bytes: none(), spares: none() }))
    }

    /// What there is in all.
    pub fn capacity(&self) -> Capacity {
        self.0.capacity
    }

    /// What is taken of it.
    pub fn in_use(&self) -> Capacity {
        let now = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Capacity { mappings: now(&self.0.mappings), bytes: now(&self.0.bytes) }
    }

    /// Room for one more instance, if there is some.
    pub(super) fn admit(&self) -> Option<Permit> {
        let room = &self.0;
        take(&room.mappings, MAPPINGS_PER_INSTANCE, room.capacity.mappings).then_some(())?;
        let mut permit = Permit { admission: self.clone(), bytes: 0 };
        permit.grow(BYTES_PER_INSTANCE).then_some(permit)
    }
}

impl Admission {
    /// A place for an instance that is kept without a process, if there are not too many.
    pub(super) fn spare(&self) -> Option<SparePlace> {
        take(&self.0.spares, 1, MAX_SPARES).then(|| SparePlace(self.clone()))
    }
}

/// The place of an instance that is kept without a process; dropping it gives it back.
#[derive(Debug)]
pub(super) struct SparePlace(Admission);

impl Drop for SparePlace {
    fn drop(&mut self) {
        self.0.0.spares.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Takes so much of a resource, if there is as much.
fn take(counter: &AtomicU64, more: u64, capacity: u64) -> bool {
    let fits = |used: u64| used.checked_add(more).filter(|sum| *sum <= capacity);
    counter.try_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
}

/// The room that an instance has; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Permit {
    admission: Admission,
    bytes: u64,
}

impl Permit {
    /// Takes more memory, if there is some.
    pub(super) fn grow(&mut self, bytes: u64) -> bool {
        let room = &self.admission.0;
        let admitted = take(&room.bytes, bytes, room.capacity.bytes);
        self.bytes += if admitted { bytes } else { 0 };
        admitted
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let room = &self.admission.0;
        room.mappings.fetch_sub(MAPPINGS_PER_INSTANCE, Ordering::Relaxed);
        room.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_too_many_is_refused_and_makes_room_when_it_goes() {
        let capacity = Capacity { mappings: 2 * MAPPINGS_PER_INSTANCE + 1, bytes: 10 * BYTES_PER_INSTANCE };
        let admission = Admission::new(capacity);
        assert_eq!(capacity.instances(), 2);
        let (first, _second) = (admission.admit(), admission.admit());
        assert!(first.is_some() && admission.admit().is_none());
        drop(first);
        assert_eq!(admission.in_use(), Capacity { mappings: MAPPINGS_PER_INSTANCE, bytes: BYTES_PER_INSTANCE });
        assert!(admission.admit().is_some());
    }

    #[test]
    fn memory_is_counted_for_all_instances_together() {
        let admission = Admission::new(Capacity { mappings: 100, bytes: 4 * BYTES_PER_INSTANCE });
        let mut first = admission.admit().expect("there is room");
        assert!(first.grow(2 * BYTES_PER_INSTANCE));
        let mut second = admission.admit().expect("there is room");
        assert!(!second.grow(1) && admission.admit().is_none());
        drop(first);
        assert!(second.grow(1));
        drop(second);
        assert_eq!(admission.in_use(), Capacity { mappings: 0, bytes: 0 });
    }

    #[test]
    fn this_machine_has_room() {
        let capacity = Capacity::of_this_machine();
        assert!(capacity.mappings > 1_000 && capacity.bytes > 64 << 20, "{capacity:?}");
    }
}
