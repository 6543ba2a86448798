//! Matching and selecting: the functions that only look.
//!
//! A continuation is a term `{Table, Direction, Limit, Form, Specification, Key, Skip}` that says where to go on: after
//! `Skip` objects of `Key`. It keeps nothing alive and can be thrown away.

use std::ops::Bound;

use shared::limits::LimitKind;
use shared::match_spec::{Fuel, MatchSpec, Pattern};
use shared::{Pid, Term};

use super::key::Key;
use super::table::{Object, Slot, Table};
use super::traverse::{Way, end_of_table};
use super::{Access, EtsError, TableKind};
use crate::kernel::Kernel;

/// Which function asks: the pattern of the other two stands for a specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Select,
    Match,
    MatchObject,
}

impl Form {
    const fn name(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Match => "match",
            Self::MatchObject => "match_object",
        }
    }

    fn from_name(name: &Term) -> Option<Self> {
        [Self::Select, Self::Match, Self::MatchObject].into_iter().find(|form| name.is_atom(form.name()))
    }

    pub(super) fn compile(self, spec: &Term) -> Result<MatchSpec, EtsError> {
        let compiled = match self {
            Self::Select => MatchSpec::compile(spec),
            Self::Match => MatchSpec::of_pattern(spec, "$$"),
            Self::MatchObject => MatchSpec::of_pattern(spec, "$_"),
        };
        compiled.map_err(|_| EtsError::Badarg)
    }
}

/// Results, and how many objects were looked at for them.
pub(super) struct Selected {
    pub(super) value: Term,
    pub(super) visited: u64,
}

impl Selected {
    pub(super) fn new(value: Term, visited: u64) -> Self {
        Self { value, visited }
    }
}

struct Query<'a> {
    table: &'a Term,
    spec: &'a Term,
    form: Form,
    way: Way,
    limit: Option<usize>,
}

impl Table {
    /// The keys that a specification can match, when it names them all; in the order of the table.
    fn named_keys(&self, spec: &MatchSpec) -> Option<Vec<Key>> {
        let mut keys = Vec::new();
        for clause in spec.clauses() {
            match &clause.head {
                Pattern::Const(Term::Tuple(object)) => keys.extend(self.key_of(object).map(|key| self.key(key))),
                Pattern::Tuple(parts) => match parts.get(self.keypos - 1) {
                    Some(Pattern::Const(key)) => keys.push(self.key(key)),
                    Some(_) => return None,
                    None => {}
                },
                Pattern::Const(_) | Pattern::List(..) | Pattern::Map(_) => {}
                Pattern::Anything | Pattern::Variable(_) => return None,
            }
        }
        keys.sort();
        keys.dedup();
        Some(keys)
    }

    /// The slots that a specification may match, from a place on.
    pub(super) fn candidates<'a>(
        &'a self,
        spec: &MatchSpec,
        way: Way,
        from: Option<&Key>,
    ) -> Box<dyn Iterator<Item = (Key, &'a Slot)> + 'a> {
        if let Some(keys) = self.named_keys(spec) {
            let from = from.cloned();
            let ahead = move |key: &Key| match (&from, way) {
                (None, _) => true,
                (Some(from), Way::Forward) => key >= from,
                (Some(from), Way::Backward) => key <= from,
            };
            let slots = keys.into_iter().filter(ahead).filter_map(|key| self.slots.get(&key).map(|slot| (key, slot)));
            let slots: Vec<_> = slots.collect();
            return match way {
                Way::Forward => Box::new(slots.into_iter()),
                Way::Backward => Box::new(slots.into_iter().rev()),
            };
        }
        let cloned = |(key, slot): (&Key, &'a Slot)| (key.clone(), slot);
        match (way, from) {
            (Way::Forward, None) => Box::new(self.slots.iter().map(cloned)),
            (Way::Forward, Some(from)) => {
                let range = (Bound::Included(from.clone()), Bound::Unbounded);
                Box::new(self.slots.range(range).map(cloned))
            }
            (Way::Backward, None) => Box::new(self.slots.iter().rev().map(cloned)),
            (Way::Backward, Some(from)) => Box::new(self.slots.range(..=from.clone()).rev().map(cloned)),
        }
    }

    /// All objects that a specification may match.
    pub(super) fn candidate_objects<'a>(&'a self, spec: &MatchSpec) -> impl Iterator<Item = &'a Object> {
        self.candidates(spec, Way::Forward, None).flat_map(|(_, slot)| slot.objects())
    }
}

impl Kernel {
    /// `ets:select/2`, `ets:match/2`, `ets:match_object/2` and `ets:select_reverse/2`.
    pub(super) fn ets_select(
        &self,
        pid: Pid,
        table: &Term,
        spec: &Term,
        form: Form,
        way: Way,
    ) -> Result<Selected, EtsError> {
        self.query(pid, &Query { table, spec, form, way, limit: None }, None)
    }

    /// The same with a limit: `{Results, Continuation}`.
    pub(super) fn ets_select_limited(
        &self,
        pid: Pid,
        table: &Term,
        spec: &Term,
        limit: &Term,
        form: Form,
        way: Way,
    ) -> Result<Selected, EtsError> {
        let limit = limit.as_int().and_then(|limit| usize::try_from(limit).ok()).filter(|&limit| limit > 0);
        let limit = Some(limit.ok_or(EtsError::Badarg)?);
        self.query(pid, &Query { table, spec, form, way, limit }, None)
    }

    /// Goes on where a limited query stopped.
    pub(super) fn ets_select_on(&self, pid: Pid, continuation: &Term) -> Result<Selected, EtsError> {
        if continuation.is_atom("$end_of_table") {
            return Ok(Selected::new(end_of_table(), 0));
        }
        let Some([table, way, Term::Int(limit @ 1..), form, spec, key, Term::Int(left @ 0..)]) =
            continuation.as_tuple()
        else {
            return Err(EtsError::Badarg);
        };
        let way = if way.is_atom("backward") { Way::Backward } else { Way::Forward };
        let form = Form::from_name(form).ok_or(EtsError::Badarg)?;
        let limit = Some(usize::try_from(*limit).map_err(|_| EtsError::Badarg)?);
        let left = usize::try_from(*left).map_err(|_| EtsError::Badarg)?;
        self.query(pid, &Query { table, spec, form, way, limit }, Some((key, left)))
    }

    /// `from` is a key, and how many of its objects, the oldest ones, are still to be looked at.
    ///
    /// In tables without order OTP goes from slot to slot and puts what it finds before what it has found, the newest of the
    /// objects with one key first. So what comes last is listed first, and a limit leaves the oldest objects for later: Elixir
    /// counts on that for the attributes of modules.
    fn query(&self, pid: Pid, query: &Query<'_>, from: Option<(&Term, usize)>) -> Result<Selected, EtsError> {
        let spec = query.form.compile(query.spec)?;
        let table = self.ets.open(pid, query.table, Access::Read)?;
        let is_ordered = table.kind == TableKind::OrderedSet;
        let way = if is_ordered { query.way } else { Way::Forward };
        let start = from.map(|(key, left)| (table.key(key), left));
        let mut collector = Collector::new(self.limits.process_bytes);
        let mut visited = 0;
        for (key, slot) in table.candidates(&spec, way, start.as_ref().map(|(key, _)| key)) {
            let mut objects = slot.objects();
            if let Some((start, left)) = &start
                && *start == key
            {
                objects = objects.get(..*left).unwrap_or(objects);
            }
            let limit = query.limit.unwrap_or(usize::MAX);
            while let Some((object, older)) = objects.split_last()
                && collector.results.len() < limit
            {
                objects = older;
                visited += 1;
                collector.run(&spec, &Term::Tuple(object.clone()), pid)?;
            }
            if !objects.is_empty() {
                let place = (slot.key(table.keypos).unwrap_or(key.term()), objects.len());
                let continuation = continuation(query, table, way, place);
                return Ok(Selected::new(Term::tuple([collector.list(is_ordered), continuation]), visited));
            }
        }
        let is_empty = collector.results.is_empty();
        let results = collector.list(is_ordered);
        let value = match query.limit {
            None => results,
            Some(_) if is_empty => end_of_table(),
            Some(_) => Term::tuple([results, end_of_table()]),
        };
        Ok(Selected::new(value, visited))
    }
}

/// A call that is too much work fails as a whole.
pub(super) fn check_fuel(fuel: &Fuel) -> Result<(), EtsError> {
    if fuel.is_exhausted() { Err(EtsError::Limit(LimitKind::TotalReductions)) } else { Ok(()) }
}

/// Runs specifications for results, of which there may be no more bytes than a process may hold.
pub(super) struct Collector {
    fuel: Fuel,
    bytes_left: u64,
    pub(super) results: Vec<Term>,
}

impl Collector {
    pub(super) fn new(bytes: u64) -> Self {
        Self { fuel: Fuel::default(), bytes_left: bytes, results: Vec::new() }
    }

    pub(super) fn run(&mut self, spec: &MatchSpec, subject: &Term, pid: Pid) -> Result<(), EtsError> {
        let result = spec.run(subject, pid, &self.fuel);
        check_fuel(&self.fuel)?;
        let Some(result) = result else { return Ok(()) };
        let bytes = result.heap_bytes_within(self.bytes_left);
        let left = bytes.and_then(|bytes| self.bytes_left.checked_sub(bytes + size_of::<Term>() as u64));
        self.bytes_left = left.ok_or(EtsError::Limit(LimitKind::ProcessBytes))?;
        self.results.push(result);
        Ok(())
    }

    /// The results as they were found, or the other way round where the table has no order.
    fn list(mut self, is_ordered: bool) -> Term {
        if !is_ordered {
            self.results.reverse();
        }
        Term::list(self.results)
    }
}

fn continuation(query: &Query<'_>, table: &Table, way: Way, (key, left): (&Term, usize)) -> Term {
    Term::tuple([
        table.handle(),
        Term::atom(if way == Way::Backward { "backward" } else { "forward" }),
        Term::from(query.limit.unwrap_or(1) as u64),
        Term::atom(query.form.name()),
        query.spec.clone(),
        key.clone(),
        Term::from(left as u64),
    ])
}
