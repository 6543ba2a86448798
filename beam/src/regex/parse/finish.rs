//! The end of a pattern: what shows only once all of it has been read.

use std::cell::Cell;

use super::*;
use crate::regex::facts::CallLengths;

impl Parser<'_> {
    /// Reports what shows at the end only, and makes the tree.
    pub(super) fn finish(mut self) -> Result<Ast> {
        let offset = self.at.min(self.pattern.len());
        let whole = self.open.first().map_or(0, |open| size::of_branches(&open.branches, &self.sizes));
        if whole > size::LARGEST {
            return Err(CompileError { kind: ErrorKind::TooLarge, offset });
        }
        for (what, offset) in &self.later {
            let kind = match what {
                Later::Error(kind) => *kind,
                Later::Group(Reference::Number(number)) if *number <= self.most_groups => continue,
                Later::Group(Reference::Name(name)) if self.names.iter().any(|(known, _)| known == name) => continue,
                Later::Group(_) => ErrorKind::UnknownReference,
            };
            return Err(CompileError { kind, offset: *offset });
        }
        if self.top_reference > self.most_groups {
            return Err(CompileError { kind: ErrorKind::UnknownReference, offset });
        }
        self.measure_lookbehinds().map_err(|kind| CompileError { kind, offset })?;
        let branches = self.open.pop().map(|open| open.branches).unwrap_or_default();
        Ok(Ast {
            nodes: self.nodes,
            sets: self.sets,
            branches,
            names: self.names,
            groups: self.most_groups,
            options: self.options,
            has_cr_or_lf: self.has_cr_or_lf,
            match_limit: self.match_limit,
            match_limit_recursion: self.match_limit_recursion,
        })
    }

    /// Finds the lengths of the look-behind assertions that call groups.
    fn measure_lookbehinds(&mut self) -> std::result::Result<(), ErrorKind> {
        for id in std::mem::take(&mut self.unchecked) {
            let Node::Look { branches, .. } = &self.nodes[id as usize] else { continue };
            let lengths =
                CallLengths { nodes: &self.nodes, group: &|call| self.called_group(call), budget: Cell::new(10_000) };
            let mut found = Vec::new();
            for branch in branches {
                match lengths.of(branch, 0) {
                    Length::Fixed(n) => found.push(n),
                    _ => return Err(ErrorKind::LookbehindNotFixed),
                }
            }
            if let Node::Look { behind, .. } = &mut self.nodes[id as usize] {
                *behind = Some(found);
            }
        }
        Ok(())
    }
}
