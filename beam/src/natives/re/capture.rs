//! What a match gives: option `capture`.

use super::iodata;
use crate::atoms;
use crate::fail::Outcome;
use crate::regex::Regex;
use crate::regex::cache::{Capture, CaptureKind};
use crate::term::Term;
use crate::vm::Vm;

impl Capture {
    /// Reads the option; nothing where it makes no sense. Names are looked up now, also those that there are not.
    pub(super) fn parse(vm: &Vm, option: Option<(Term, Term)>, regex: &Regex) -> Option<Capture> {
        let Some((values, kind)) = option else { return Some(Capture::all(CaptureKind::Index)) };
        let kind = match kind {
            atoms::INDEX => CaptureKind::Index,
            atoms::LIST => CaptureKind::List,
            atoms::BINARY => CaptureKind::Binary,
            _ => return None,
        };
        let nothing = Capture { kind: CaptureKind::Nothing, first: 0, values: None };
        Some(match values {
            atoms::ALL => Capture::all(kind),
            atoms::NONE => nothing,
            values if values.is_nil() => nothing,
            atoms::ALL_BUT_FIRST => Capture { kind, first: 1, values: None },
            atoms::FIRST => Capture { kind, first: 0, values: Some(vec![vec![0]]) },
            atoms::ALL_NAMES => {
                let mut names: Vec<(&[u8], Vec<u32>)> = Vec::new();
                for (name, number) in regex.names() {
                    match names.last_mut() {
                        Some((last, numbers)) if allows_duplicates(regex) && *last == &**name => numbers.push(*number),
                        _ => names.push((name, vec![*number])),
                    }
                }
                if names.is_empty() {
                    return Some(nothing);
                }
                Capture { kind, first: 0, values: Some(names.into_iter().map(|(_, numbers)| numbers).collect()) }
            }
            values => {
                let items = values.is_cons().then(|| values.proper_list())??;
                let values: Option<Vec<Vec<u32>>> = items.into_iter().map(|item| value(vm, item, regex)).collect();
                Capture { kind, first: 0, values: Some(values?) }
            }
        })
    }

    fn all(kind: CaptureKind) -> Capture {
        Capture { kind, first: 0, values: None }
    }

    /// The value of `re:run/3` for a match.
    pub(super) fn result(
        &self,
        vm: &mut Vm,
        subject: Term,
        bytes: &[u8],
        groups: &[Option<(usize, usize)>],
    ) -> Outcome {
        if self.kind == CaptureKind::Nothing {
            return Ok(atoms::MATCH);
        }
        let mut parts = Vec::new();
        match &self.values {
            None => parts.extend_from_slice(groups.get(self.first..).unwrap_or(&[])),
            Some(values) => {
                let group = |number: &u32| groups.get(*number as usize).copied().flatten();
                parts.extend(values.iter().map(|numbers| numbers.iter().find_map(group)));
            }
        }
        let size: usize = parts.iter().flatten().map(|(start, end)| end.saturating_sub(*start)).sum();
        vm.heap.check(parts.len() * 8 + if self.kind == CaptureKind::List { 2 * size } else { size / 8 })?;
        let items: Vec<Term> = parts.iter().map(|part| self.part(vm, subject, bytes, *part)).collect();
        let items = vm.heap.list(&items);
        Ok(vm.heap.tuple(&[atoms::MATCH, items]))
    }

    fn part(&self, vm: &mut Vm, subject: Term, bytes: &[u8], part: Option<(usize, usize)>) -> Term {
        if self.kind == CaptureKind::Index {
            let (start, length) = match part {
                // `\K` in a look-ahead can move the start behind the end.
                Some((start, end)) => (start as i64, end as i64 - start as i64),
                None => (-1, 0),
            };
            return vm.heap.tuple(&[Term::small(start), Term::small(length)]);
        }
        let (start, end) = part.unwrap_or((0, 0));
        let end = end.max(start);
        if self.kind == CaptureKind::List {
            let items: Vec<Term> = bytes[start..end].iter().map(|byte| Term::small(i64::from(*byte))).collect();
            return vm.heap.list(&items);
        }
        if subject.is_bits() {
            return vm.heap.sub_bits(subject, 8 * start, 8 * (end - start));
        }
        vm.heap.binary(&bytes[start..end])
    }
}

fn allows_duplicates(regex: &Regex) -> bool {
    regex.allows_duplicate_names()
}

/// Groups of one value of the list: a number, or a name; the first of them that is set counts.
fn value(vm: &Vm, item: Term, regex: &Regex) -> Option<Vec<u32>> {
    if let Some(number) = item.small_value() {
        return i32::try_from(number).ok().and_then(|number| u32::try_from(number).ok()).map(|number| vec![number]);
    }
    let name = if item.is_atom() {
        vm.atom_name(item).as_bytes().into()
    } else if item.is_bits() || item.is_list() {
        iodata::bytes(item)?
    } else {
        return None;
    };
    // A name ends at its first zero byte.
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
    let numbers = regex.names().iter().filter(|(known, _)| **known == name[..end]).map(|(_, number)| *number);
    let numbers: Vec<u32> = if allows_duplicates(regex) { numbers.collect() } else { numbers.take(1).collect() };
    Some(numbers)
}
