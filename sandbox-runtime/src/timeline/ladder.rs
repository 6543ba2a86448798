//! Snapshots along a run, so that no moment is far from one.

use shared::recording::Position;
use shared::{EventSeq, VirtualTime};

use super::Target;
use crate::guest::GuestFactory;
use crate::machine::Machine;
use crate::snapshot::Snapshot;

/// A snapshot and its place in a run.
pub(super) struct Rung<F: GuestFactory> {
    pub(super) position: Position,
    pub(super) snapshot: Snapshot<F>,
}

impl<F: GuestFactory + Clone> Clone for Rung<F> {
    fn clone(&self) -> Self {
        Self { position: self.position, snapshot: self.snapshot.clone() }
    }
}

/// What has been done up to some moment, in nanoseconds that it might have taken. An estimate from counters of the machine,
/// so that where snapshots are taken does not depend on how busy the computer is.
fn work<F: GuestFactory>(machine: &Machine<F>) -> u64 {
    const TURN: u64 = 4_000;
    const REDUCTION: u64 = 20;
    machine.turns().saturating_mul(TURN).saturating_add(machine.kernel().total_reductions().saturating_mul(REDUCTION))
}

/// What taking a snapshot might have cost, in the same unit.
fn cost<F: GuestFactory>(snapshot: &Snapshot<F>) -> u64 {
    const SNAPSHOT: u64 = 20_000;
    const GUEST: u64 = 300;
    SNAPSHOT + GUEST * snapshot.guest_count() as u64 + snapshot.own_bytes() / 2
}

impl<F: GuestFactory + Clone> Rung<F> {
    /// `None` when the machine cannot be saved.
    pub(super) fn take(machine: &mut Machine<F>, position: Position) -> Option<Self> {
        Some(Self { position, snapshot: machine.snapshot()? })
    }

    pub(super) fn machine(&self) -> Machine<F> {
        Machine::restore(&self.snapshot)
    }

    fn work(&self) -> u64 {
        work(&Machine::restore(&self.snapshot))
    }

    fn seq(&self) -> EventSeq {
        self.snapshot.kernel().last_seq()
    }

    fn at(&self) -> VirtualTime {
        self.snapshot.kernel().now()
    }
}

/// Snapshots along a run, in order. There is always one, at its beginning.
pub(super) struct Ladder<F: GuestFactory> {
    first: Rung<F>,
    /// With the work that was done until each.
    rungs: Vec<(u64, Rung<F>)>,
    /// One more, where somebody looks around.
    near: Option<Rung<F>>,
    /// And one at the end of the run.
    end: Option<Rung<F>>,
    first_work: u64,
    spacing: u64,
    last_cost: u64,
}

/// Work between two snapshots at first: what a replay has to do at most.
const SPACING: u64 = 50_000_000;
/// How often the cost of a snapshot fits into the work between two.
const COST_SHARE: u64 = 25;
/// When there are more, every other one goes.
const MAX_RUNGS: usize = 256;
/// Bytes of all pages; the same.
const MAX_BYTES: u64 = 256 << 20;

impl<F: GuestFactory + Clone> Ladder<F> {
    pub(super) fn new(first: Rung<F>) -> Self {
        let first_work = first.work();
        Self { first, rungs: Vec::new(), near: None, end: None, first_work, spacing: SPACING, last_cost: 0 }
    }

    /// The beginning.
    pub(super) fn first(&self) -> &Rung<F> {
        &self.first
    }

    /// The last one that is not after a moment.
    pub(super) fn nearest(&self, target: Target) -> &Rung<F> {
        let is_before = |rung: &Rung<F>| match target {
            Target::End => true,
            Target::Position(position) => rung.position <= position,
            Target::Event(seq) => rung.seq() <= seq,
            Target::Time(at) => rung.at() <= at,
        };
        let count = self.rungs.partition_point(|(_, rung)| is_before(rung));
        let rung = count.checked_sub(1).and_then(|last| self.rungs.get(last)).map_or(&self.first, |(_, rung)| rung);
        let others = [&self.near, &self.end].into_iter().flatten().filter(|other| is_before(other));
        others.fold(rung, |best, other| if other.position > best.position { other } else { best })
    }

    /// Takes a snapshot if none is near. A machine that cannot be saved is left out: it could be before.
    pub(super) fn grow(&mut self, machine: &mut Machine<F>, position: Position) {
        let here = work(machine);
        let next = self.rungs.partition_point(|(_, rung)| rung.position <= position);
        let before =
            next.checked_sub(1).and_then(|last| self.rungs.get(last)).map_or(self.first_work, |(work, _)| *work);
        let apart = self.spacing.max(self.last_cost * COST_SHARE);
        let is_near = |other: u64| here.abs_diff(other) < apart;
        if is_near(before) || self.rungs.get(next).is_some_and(|(work, _)| is_near(*work)) {
            return;
        }
        let Some(rung) = Rung::take(machine, position) else { return };
        self.last_cost = cost(&rung.snapshot);
        self.rungs.insert(next, (here, rung));
        self.thin();
    }

    fn thin(&mut self) {
        let bytes: u64 = self.rungs.iter().map(|(_, rung)| rung.snapshot.own_bytes()).sum();
        if self.rungs.len() > MAX_RUNGS || bytes > MAX_BYTES {
            let mut keep = false;
            self.rungs.retain(|_| {
                keep = !keep;
                keep
            });
            self.spacing *= 2;
        }
    }

    /// Keeps one where somebody looks around.
    pub(super) fn stay_near(&mut self, rung: Rung<F>) {
        self.near = Some(rung);
    }

    /// Keeps one where the run ends, so that coming back costs nothing.
    pub(super) fn stay_at_end(&mut self, rung: Rung<F>) {
        self.end = Some(rung);
    }

    /// Those up to a moment.
    pub(super) fn until(&self, position: Position) -> Self {
        let rungs = self.rungs.iter().filter(|(_, rung)| rung.position <= position).cloned().collect();
        let near = self.near.clone().filter(|near| near.position <= position);
        Self { first: self.first.clone(), rungs, near, end: None, ..*self }
    }
}
