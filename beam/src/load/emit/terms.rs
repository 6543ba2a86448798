//! Instructions that move, build and take apart terms.

use super::Emitter;
use crate::compare;
use crate::instr::Operation;
use crate::load::operands::{Half, constant, invalid, label, list, number, target};
use crate::loader::{Arg, LoadError};
use crate::term::Term;

impl Emitter<'_> {
    pub(super) fn move_to(&mut self, from: &Arg, to: &Arg) -> Result<(), LoadError> {
        match (from, to) {
            (Arg::X(a), Arg::X(b)) => self.plain(Operation::MoveXX, 8 * *a as usize, 8 * *b as usize, 0),
            (Arg::X(a), Arg::Y(b)) => self.plain(Operation::MoveXY, 8 * *a as usize, 8 * *b as usize, 0),
            (Arg::Y(a), Arg::X(b)) => self.plain(Operation::MoveYX, 8 * *a as usize, 8 * *b as usize, 0),
            (Arg::Y(a), Arg::Y(b)) => self.plain(Operation::MoveYY, 8 * *a as usize, 8 * *b as usize, 0),
            (_, Arg::X(b)) => self.move_constant(Operation::MoveCX, from, *b)?,
            (_, Arg::Y(b)) => self.move_constant(Operation::MoveCY, from, *b)?,
            _ => return Err(invalid("an operand is no register")),
        }
        Ok(())
    }

    pub(super) fn move_constant(&mut self, operation: Operation, from: &Arg, to: u32) -> Result<(), LoadError> {
        self.words.begin(operation, 2);
        self.words.b(8 * to as u16);
        let value = constant(self.tables, from)?;
        self.words.or(1, value.0);
        self.words.finish();
        Ok(())
    }

    pub(super) fn put_list(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        if let (Arg::X(a), Arg::X(b), Arg::X(c)) = (&args[0], &args[1], &args[2]) {
            self.plain(Operation::PutListX, 8 * *a as usize, 8 * *b as usize, 8 * *c as usize);
            return Ok(());
        }
        self.words.begin(Operation::PutList, 1);
        let (head, tail) = (self.words.source(self.tables, &args[0])?, self.words.source(self.tables, &args[1])?);
        self.words.a(head);
        self.words.b(tail);
        self.words.c(target(&args[2])?);
        self.words.finish();
        Ok(())
    }

    pub(super) fn put_tuple(&mut self, to: &Arg, elements: &[Arg]) -> Result<(), LoadError> {
        if let 2 | 3 = elements.len() {
            self.words.begin(if elements.len() == 2 { Operation::PutTuple2 } else { Operation::PutTuple3 }, 2);
            self.words.a(target(to)?);
            self.pack(1, elements)?;
            self.words.finish();
            return Ok(());
        }
        self.words.begin(Operation::PutTuple, 2 + elements.len().div_ceil(4));
        self.words.a(target(to)?);
        self.words.bc(elements.len() as u32);
        self.pack(2, elements)?;
        let length = self.words.length();
        self.words.or(1, length as u64);
        Ok(())
    }

    /// Source operands, four to a word.
    pub(super) fn pack(&mut self, from: usize, args: &[Arg]) -> Result<(), LoadError> {
        for (i, arg) in args.iter().enumerate() {
            let operand = self.words.source(self.tables, arg)?;
            self.words.packed(from, i, operand);
        }
        Ok(())
    }

    pub(super) fn get_tuple_element(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        let index = number(&args[1])?;
        if index > 0xffff {
            return Err(invalid("an element of a tuple of more than 65,535"));
        }
        if let (Arg::X(tuple), Arg::X(to)) = (&args[0], &args[2]) {
            self.plain(Operation::GetTupleElementX, 8 * *tuple as usize, index, 8 * *to as usize);
            return Ok(());
        }
        self.words.begin(Operation::GetTupleElement, 1);
        let tuple = self.words.source(self.tables, &args[0])?;
        self.words.a(tuple);
        self.words.b(index as u16);
        self.words.c(target(&args[2])?);
        self.words.finish();
        Ok(())
    }

    /// a: destination, b: record; word 1: size (low) and length (high); then pairs of an index and an operand.
    pub(super) fn update_record(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        let updates = list(&args[4]);
        self.words.begin(Operation::UpdateRecord, 3 + updates.len().div_ceil(4));
        let record = self.words.source(self.tables, &args[2])?;
        self.words.a(target(&args[3])?);
        self.words.b(record);
        self.words.or(1, number(&args[1])? as u64);
        self.words.or(2, updates.len() as u64 / 2);
        for (i, pair) in updates.chunks_exact(2).enumerate() {
            let index = u16::try_from(number(&pair[0])?).map_err(|_| invalid("a record is too large"))?;
            self.words.packed(3, 2 * i, index);
            let value = self.words.source(self.tables, &pair[1])?;
            self.words.packed(3, 2 * i + 1, value);
        }
        self.long();
        Ok(())
    }

    /// The length of a long instruction goes into the upper half of word 1.
    pub(super) fn long(&mut self) {
        let length = self.words.length() as u64;
        self.words.or(1, length << 32);
    }

    /// a: source, b: destination; word 1: failure distance (low), length (high); word 2: live, number of pairs (high).
    pub(super) fn put_map(&mut self, operation: Operation, args: &[Arg]) -> Result<(), LoadError> {
        let pairs = list(&args[4]);
        let sorted = if let Operation::PutMapExact = operation { self.sorted_pairs(pairs) } else { None };
        let pairs = sorted.as_deref().unwrap_or(pairs);
        self.words.begin(operation, 3 + pairs.len().div_ceil(4));
        let source = self.words.source(self.tables, &args[1])?;
        self.words.a(source);
        self.words.b(target(&args[2])?);
        self.words.label(1, Half::Low, label(&args[0]));
        self.words.or(2, number(&args[3])? as u64 | (pairs.len() as u64 / 2) << 32);
        self.pack(3, pairs)?;
        self.long();
        Ok(())
    }

    /// Keys and values in the order of the keys, where all keys are constants, as OTP's loader has them: of several keys that
    /// a map lacks the first one is told.
    pub(super) fn sorted_pairs(&self, pairs: &[Arg]) -> Option<Vec<Arg>> {
        let keys = pairs.chunks_exact(2).map(|pair| constant(self.tables, &pair[0]).ok().map(|key| (key, pair)));
        let mut keys = keys.collect::<Option<Vec<_>>>()?;
        keys.sort_by(|(a, _), (b, _)| compare::cmp_key(*a, *b, self.image.get()));
        Some(keys.iter().flat_map(|(_, pair)| pair.iter().cloned()).collect())
    }

    /// a: source; word 1: failure distance (low), length (high); word 2: number of operands.
    pub(super) fn map_fields(&mut self, operation: Operation, args: &[Arg]) -> Result<(), LoadError> {
        let fields = list(&args[2]);
        self.words.begin(operation, 3 + fields.len().div_ceil(4));
        let source = self.words.source(self.tables, &args[1])?;
        self.words.a(source);
        self.words.label(1, Half::Low, label(&args[0]));
        self.words.or(2, fields.len() as u64);
        self.pack(3, fields)?;
        self.long();
        Ok(())
    }

    /// One instruction a key, where all keys are immediates.
    pub(super) fn get_map_elements(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        let source = &args[1];
        let pairs: Vec<&[Arg]> = list(&args[2]).chunks_exact(2).collect();
        let is_immediate = |arg: &Arg| {
            !matches!(arg, Arg::X(_) | Arg::Y(_)) && constant(self.tables, arg).is_ok_and(Term::is_immediate)
        };
        if !matches!(source, Arg::X(_) | Arg::Y(_)) || !pairs.iter().all(|pair| is_immediate(&pair[0])) {
            return self.map_fields(Operation::GetMapElements, args);
        }
        // What takes the place of the map itself comes last.
        let (last, first): (Vec<&[Arg]>, Vec<&[Arg]>) = pairs.into_iter().partition(|pair| pair[1] == *source);
        for pair in first.into_iter().chain(last) {
            self.words.begin(Operation::GetMapElement, 3);
            let map = self.words.source(self.tables, source)?;
            self.words.a(map);
            self.words.b(target(&pair[1])?);
            self.words.label(1, Half::Low, label(&args[0]));
            self.words.or(2, constant(self.tables, &pair[0])?.0);
            self.words.finish();
        }
        Ok(())
    }
}
