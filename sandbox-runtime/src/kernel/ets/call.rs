//! The functions of `ets` by name, as a guest calls them.

use shared::event::EventKind;
use shared::limits::LimitKind;
use shared::match_spec::MatchSpec;
use shared::term::Atom;
use shared::{Etf, Pid, Term};

use super::EtsError;
use super::select::{Collector, Form, Selected};
use super::traverse::{Give, Way};
use crate::kernel::Kernel;

/// What a call gives.
#[derive(Clone, Debug, PartialEq)]
pub struct EtsReply {
    /// The result.
    pub value: Term,
    /// How much work it was, for the caller to be charged: about one for each object that was looked at.
    pub reductions: u64,
}

/// Objects that are looked at for one reduction.
pub(super) const OBJECTS_PER_REDUCTION: u64 = 4;

/// The work of a call that looks at what it is given and what it gives.
fn work(args: &[Term], value: &Term) -> u64 {
    let elements = |term: &Term| term.as_list().map_or(0, |elements| elements.len() as u64);
    1 + (args.iter().map(elements).sum::<u64>() + elements(value)) / OBJECTS_PER_REDUCTION
}

impl From<Selected> for EtsReply {
    fn from(selected: Selected) -> Self {
        Self { value: selected.value, reductions: 1 + selected.visited / OBJECTS_PER_REDUCTION }
    }
}

impl Kernel {
    /// Calls a function of `ets`, `arguments` being the encoded list of its arguments. `None` when there is no such
    /// function here.
    ///
    /// Those that the module `ets` itself is made of are here too: `internal_delete_all/2`,
    /// `internal_select_delete/2`, `match_spec_run_r/3`.
    ///
    /// # Errors
    /// See [`EtsError`].
    pub fn ets_call(
        &mut self,
        pid: Pid,
        function: &str,
        arguments: impl AsRef<[u8]>,
    ) -> Option<Result<EtsReply, EtsError>> {
        let arguments = arguments.as_ref();
        let allowed = self.limits().message_bytes;
        if arguments.len() as u64 > allowed {
            self.limit_reached(Some(pid), LimitKind::MessageBytes, allowed);
            return Some(Err(EtsError::Limit(LimitKind::MessageBytes)));
        }
        let Ok(args) = Term::decode_list(arguments) else {
            return Some(Err(EtsError::Badarg));
        };
        let result = self.ets_frequent(pid, function, &args);
        let result = result.or_else(|| self.ets_write(pid, function, &args));
        let result = result.or_else(|| self.ets_read(pid, function, &args));
        let result = result.map(|result| result.map_err(|error| self.ets_error(function, &args, error)));
        if result.is_some() {
            self.record_with(Some(pid), || EventKind::Ets {
                operation: Atom::new(function),
                arguments: Etf::from_trusted(arguments),
            });
        }
        result
    }

    /// What programs call most, so that finding out what is to be done takes less than doing it.
    fn ets_frequent(&mut self, pid: Pid, function: &str, args: &[Term]) -> Option<Result<EtsReply, EtsError>> {
        let value = match (function, args) {
            ("lookup", [table, key]) => self.ets_lookup(pid, table, key),
            ("insert", [table, objects]) => self.ets_insert(pid, table, objects),
            ("member", [table, key]) => self.ets_member(pid, table, key),
            ("lookup_element", [table, key, position]) => self.ets_lookup_element(pid, table, key, position, None),
            ("update_counter", [table, key, operations]) => self.ets_update_counter(pid, table, key, operations, None),
            ("next", [table, key]) => self.ets_next(pid, table, key, Way::Forward, Give::Key),
            _ => return None,
        };
        Some(value.map(|value| EtsReply { reductions: work(args, &value), value }))
    }

    /// What is wrong with a call: a table that is not there before a specification or an option that is none.
    fn ets_error(&self, function: &str, args: &[Term], error: EtsError) -> EtsError {
        let names_table = function.contains("select") || matches!(function, "match" | "match_object" | "setopts");
        match args {
            [table, _, ..] if names_table && error == EtsError::Badarg => self.ets.id_of(table).err().unwrap_or(error),
            _ => error,
        }
    }

    fn ets_write(&mut self, pid: Pid, function: &str, args: &[Term]) -> Option<Result<EtsReply, EtsError>> {
        let now = self.now();
        let value = match (function, args) {
            ("new", [name, options]) => self.ets_new(pid, name, options),
            ("setopts", [table, options]) => self.ets_setopts(pid, table, options),
            ("delete", [table]) => self.ets_delete_table(pid, table),
            ("rename", [table, name]) => self.ets_rename(pid, table, name),
            ("give_away", [table, receiver, gift]) => self.ets_give_away(pid, table, receiver, gift),
            ("insert_new", [table, objects]) => self.ets_insert_new(pid, table, objects),
            ("delete", [table, key]) => self.ets_delete_key(pid, table, key),
            ("delete_object", [table, object]) => self.ets_delete_object(pid, table, object),
            ("delete_all_objects", [table]) => self.ets_clear(pid, table).map(|_| Term::bool(true)),
            ("internal_delete_all", [table, _]) => self.ets_clear(pid, table),
            ("take", [table, key]) => self.ets_take(pid, table, key),
            ("update_element", [table, key, updates]) => self.ets_update_element(pid, table, key, updates, None),
            ("update_element", [table, key, updates, default]) => {
                self.ets_update_element(pid, table, key, updates, Some(default))
            }
            ("update_counter", [table, key, operations, default]) => {
                self.ets_update_counter(pid, table, key, operations, Some(default))
            }
            ("safe_fixtable", [table, fix]) => self.ets_safe_fixtable(pid, table, fix, now),
            ("select_delete" | "internal_select_delete", [table, spec]) => {
                return Some(self.ets_select_delete(pid, table, spec).map(EtsReply::from));
            }
            ("match_delete", [table, pattern]) => {
                let clause = Term::tuple([pattern.clone(), Term::Nil, Term::list([Term::bool(true)])]);
                let deleted = self.ets_select_delete(pid, table, &Term::list([clause]));
                return Some(deleted.map(|deleted| EtsReply { value: Term::bool(true), ..deleted.into() }));
            }
            ("select_replace", [table, spec]) => {
                return Some(self.ets_select_replace(pid, table, spec).map(EtsReply::from));
            }
            _ => return None,
        };
        Some(value.map(|value| EtsReply { reductions: work(args, &value), value }))
    }

    fn ets_read(&self, pid: Pid, function: &str, args: &[Term]) -> Option<Result<EtsReply, EtsError>> {
        if let Some(selected) = self.ets_matching(pid, function, args) {
            return Some(selected.map(EtsReply::from));
        }
        let first = |table: &Term, way, give| self.ets_first(pid, table, way, give);
        let next = |table: &Term, key: &Term, way, give| self.ets_next(pid, table, key, way, give);
        let value = match (function, args) {
            ("lookup_element", [table, key, position, default]) => {
                self.ets_lookup_element(pid, table, key, position, Some(default))
            }
            ("first", [table]) => first(table, Way::Forward, Give::Key),
            ("last", [table]) => first(table, Way::Backward, Give::Key),
            ("first_lookup", [table]) => first(table, Way::Forward, Give::KeyAndObjects),
            ("last_lookup", [table]) => first(table, Way::Backward, Give::KeyAndObjects),
            ("prev", [table, key]) => next(table, key, Way::Backward, Give::Key),
            ("next_lookup", [table, key]) => next(table, key, Way::Forward, Give::KeyAndObjects),
            ("prev_lookup", [table, key]) => next(table, key, Way::Backward, Give::KeyAndObjects),
            ("slot", [table, position]) => self.ets_slot(pid, table, position),
            ("info", [table]) => self.ets_info(table),
            ("info", [table, item]) => self.ets_info_item(table, item),
            ("whereis", [name]) => self.ets_whereis(name),
            ("all", []) => Ok(self.ets_all(pid)),
            _ => return None,
        };
        Some(value.map(|value| EtsReply { reductions: work(args, &value), value }))
    }

    fn ets_matching(&self, pid: Pid, function: &str, args: &[Term]) -> Option<Result<Selected, EtsError>> {
        let all = |table, spec, form, way| Some(self.ets_select(pid, table, spec, form, way));
        let some = |table, spec, limit, form, way| Some(self.ets_select_limited(pid, table, spec, limit, form, way));
        let collector = || Collector::new(self.limits().process_bytes);
        match (function, args) {
            ("select", [table, spec]) => all(table, spec, Form::Select, Way::Forward),
            ("select_reverse", [table, spec]) => all(table, spec, Form::Select, Way::Backward),
            ("match", [table, pattern]) => all(table, pattern, Form::Match, Way::Forward),
            ("match_object", [table, pattern]) => all(table, pattern, Form::MatchObject, Way::Forward),
            ("tab2list", [table]) => all(table, &Term::atom("_"), Form::MatchObject, Way::Forward),
            ("select", [table, spec, limit]) => some(table, spec, limit, Form::Select, Way::Forward),
            ("select_reverse", [table, spec, limit]) => some(table, spec, limit, Form::Select, Way::Backward),
            ("match", [table, pattern, limit]) => some(table, pattern, limit, Form::Match, Way::Forward),
            ("match_object", [table, pattern, limit]) => some(table, pattern, limit, Form::MatchObject, Way::Forward),
            ("select" | "select_reverse" | "match" | "match_object", [continuation]) => {
                Some(self.ets_select_on(pid, continuation))
            }
            ("select_count", [table, spec]) => Some(self.ets_select_count(pid, table, spec)),
            ("match_spec_run", [list, spec]) => Some(run_on_list(collector(), pid, list, spec, None)),
            ("match_spec_run_r", [list, spec, done]) => Some(run_on_list(collector(), pid, list, spec, Some(done))),
            _ => None,
        }
    }
}

/// Runs a specification on each element. With `done` the results stand in front of that, the last one first.
fn run_on_list(
    collector: Collector,
    pid: Pid,
    list: &Term,
    spec: &Term,
    done: Option<&Term>,
) -> Result<Selected, EtsError> {
    let mut collector = collector;
    let elements = list.as_list().ok_or(EtsError::Badarg)?;
    let spec = MatchSpec::compile(spec).map_err(|_| EtsError::Badarg)?;
    elements.iter().try_for_each(|element| collector.run(&spec, element, pid))?;
    let mut results = collector.results;
    let value = match done {
        None => Term::list(results),
        Some(done) => {
            results.reverse();
            shared::term::List::term(results, done.clone())
        }
    };
    Ok(Selected { value, visited: elements.len() as u64 })
}
