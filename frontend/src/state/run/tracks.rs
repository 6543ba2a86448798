//! When each process did something that a timeline shows: times only, so that a million of them is little.

use std::collections::BTreeMap;

use shared::Pid;
use shared::event::{Event, EventKind};

/// Moments of all processes that are kept, about.
const MOMENTS_MAX: usize = 2_000_000;

/// When processes sent or wrote something, in nanoseconds.
#[derive(Debug, Default)]
pub struct Tracks {
    of: BTreeMap<Pid, Vec<u64>>,
    count: usize,
}

impl Tracks {
    /// Adds an event, if it is one that is shown.
    pub fn push(&mut self, event: &Event) {
        let (Some(pid), EventKind::Sent { .. } | EventKind::Output { .. }) = (event.pid, &event.kind) else { return };
        self.of.entry(pid).or_default().push(event.at.nanos());
        self.count += 1;
        if self.count > MOMENTS_MAX {
            self.thin();
        }
    }

    /// Forgets what happened before.
    pub fn forget_before(&mut self, nanos: u64) {
        let mut count = 0;
        self.of.retain(|_, moments| {
            moments.drain(..moments.partition_point(|at| *at < nanos));
            count += moments.len();
            !moments.is_empty()
        });
        self.count = count;
    }

    /// Forgets the earlier half.
    fn thin(&mut self) {
        let mut firsts: Vec<u64> =
            self.of.values().filter_map(|moments| moments.get(moments.len() / 2)).copied().collect();
        firsts.sort_unstable();
        if let Some(middle) = firsts.get(firsts.len() / 2) {
            self.forget_before(*middle);
        }
    }

    /// The moments of a process, the earliest first.
    #[must_use]
    pub fn of(&self, pid: Pid) -> &[u64] {
        self.of.get(&pid).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use shared::VirtualTime;
    use shared::event::Device;
    use shared::ids::EventSeq;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn moments_are_kept_by_process_and_within_bounds() {
        let mut tracks = Tracks::default();
        let bytes: Arc<[u8]> = [].into();
        for n in 0..MOMENTS_MAX as u64 + 10 {
            let kind = EventKind::Output { device: Device::Stdout, bytes: bytes.clone() };
            let (seq, pid) = (EventSeq(n), Some(Pid(n % 3)));
            tracks.push(&Event { seq, at: VirtualTime(n), pid, reductions: 0, cause: None, kind });
        }
        assert!(tracks.count <= MOMENTS_MAX && tracks.of(Pid(1)).last() >= Some(&(MOMENTS_MAX as u64)));
        assert!(tracks.of(Pid(1)).is_sorted() && tracks.of(Pid(7)).is_empty());
        tracks.forget_before(u64::MAX);
        assert_eq!((tracks.count, tracks.of.len()), (0, 0));
    }
}
