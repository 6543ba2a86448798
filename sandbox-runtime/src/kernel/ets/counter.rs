//! `ets:update_counter/3,4`.

use num_bigint::BigInt;
use shared::{Pid, Term};

use super::objects::object_or_default;
use super::{Access, EtsError};
use crate::kernel::Kernel;

struct Operation {
    position: usize,
    increment: BigInt,
    /// Beyond the first the counter becomes the second.
    limit: Option<(BigInt, BigInt)>,
}

fn big(term: &Term) -> Option<BigInt> {
    match term {
        Term::Int(int) => Some(BigInt::from(*int)),
        Term::BigInt(big) => Some((**big).clone()),
        _ => None,
    }
}

impl Operation {
    fn parse(term: &Term) -> Result<Self, EtsError> {
        let parse = |position: &Term, increment: &Term, limit: Option<(&Term, &Term)>| {
            let position = usize::try_from(position.as_int()?).ok().filter(|&position| position > 0)?;
            let limit = match limit {
                Some((threshold, value)) => Some((big(threshold)?, big(value)?)),
                None => None,
            };
            Some(Self { position, increment: big(increment)?, limit })
        };
        let parsed = match term.as_tuple() {
            Some([position, increment]) => parse(position, increment, None),
            Some([position, increment, threshold, value]) => parse(position, increment, Some((threshold, value))),
            _ => None,
        };
        parsed.ok_or(EtsError::Badarg)
    }

    fn apply(&self, counter: &Term) -> Result<Term, EtsError> {
        let value = big(counter).ok_or(EtsError::Badarg)? + &self.increment;
        let zero = BigInt::ZERO;
        let beyond = |threshold: &BigInt| {
            if self.increment < zero { value < *threshold } else { value > *threshold }
        };
        match &self.limit {
            Some((threshold, reset)) if beyond(threshold) => Ok(Term::integer(reset.clone())),
            _ => Ok(Term::integer(value)),
        }
    }
}

impl Kernel {
    /// All operations act, or none when one of them fails.
    pub(super) fn ets_update_counter(
        &mut self,
        pid: Pid,
        table: &Term,
        key: &Term,
        operations: &Term,
        default: Option<&Term>,
    ) -> Result<Term, EtsError> {
        let opened = self.ets.open(pid, table, Access::Write)?;
        if opened.kind.is_bag() {
            return Err(EtsError::TableType);
        }
        let keypos = opened.keypos;
        let parsed = match operations {
            Term::Int(_) | Term::BigInt(_) => {
                let increment = big(operations).ok_or(EtsError::Badarg)?;
                vec![Operation { position: keypos + 1, increment, limit: None }]
            }
            Term::Tuple(_) => vec![Operation::parse(operations)?],
            list => {
                list.as_list().ok_or(EtsError::Badarg)?.iter().map(Operation::parse).collect::<Result<Vec<_>, _>>()?
            }
        };
        let object = object_or_default(opened, key, default)?;
        let mut elements = object.ok_or(EtsError::BadKey)?.to_vec();
        let mut results = Vec::with_capacity(parsed.len());
        for operation in &parsed {
            if operation.position == keypos {
                return Err(EtsError::KeyPosition);
            }
            let place = elements.get_mut(operation.position - 1).ok_or(EtsError::Position)?;
            *place = operation.apply(place)?;
            results.push(place.clone());
        }
        let object = elements.into();
        self.check_objects(pid, std::slice::from_ref(&object))?;
        self.ets.change(pid, table, |table| {
            table.put(object);
            Ok(())
        })?;
        match operations.as_list() {
            Some(_) => Ok(Term::list(results)),
            None => results.pop().ok_or(EtsError::Badarg),
        }
    }
}
