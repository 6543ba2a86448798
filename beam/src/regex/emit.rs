//! Makes a program of a pattern that has been read.

use super::ast::{Assertion, Ast, Mode, Node, NodeId, Reference, Sequence, Test, UNLIMITED, Verb};
use super::facts::{self, Facts};
use super::latin1;
use super::options::flag;
use super::program::{Inst, Program, Run, Single, Starts, Target, VerbCode};
use super::set::{CharSet, Ranges};
use super::unicode;

mod first;
mod polish;

/// What is left to be done; a vector of it takes the place of recursion.
enum Task<'a> {
    Node(NodeId),
    Sequence(&'a [NodeId]),
    Emit(Inst),
    Label(Target),
    /// Begins and ends an alternation around a `(*THEN)`.
    Enter(Option<u32>),
    Leave,
}

struct Emitter<'a> {
    ast: &'a Ast,
    facts: Vec<Facts>,
    program: Program,
    /// Where each label is.
    labels: Vec<u32>,
    tasks: Vec<Task<'a>>,
    /// Alternations around the current place, innermost last; nothing for a group of one branch.
    alternations: Vec<Option<u32>>,
    alternation_count: u32,
    has_then: bool,
    has_calls: bool,
}

/// Makes the program of a pattern.
pub(super) fn emit(mut ast: Ast) -> Program {
    let options = ast.options;
    let (utf, ucp) = (options.flags & flag::UTF != 0, options.flags & flag::UCP != 0);
    let has_boundary = ast.nodes.iter().any(|node| matches!(node, Node::Assert(Assertion::WordBoundary { .. })));
    let words = match (has_boundary, ucp) {
        (false, _) => Ranges::default(),
        (true, false) => Ranges::of(latin1::WORD),
        (true, true) => unicode::property("Xwd").unwrap_or_default(),
    };
    let program = Program {
        code: Vec::new(),
        sets: std::mem::take(&mut ast.sets),
        literals: Vec::new(),
        references: Vec::new(),
        marks: Vec::new(),
        group_starts: vec![None; ast.groups as usize + 1],
        groups: ast.groups,
        loops: 0,
        options,
        has_cr_or_lf: ast.has_cr_or_lf,
        match_limit: ast.match_limit,
        match_limit_recursion: ast.match_limit_recursion,
        starts: Starts::Anywhere,
        first: None,
        required: None,
        words: CharSet::new(words),
        clusters: ast.nodes.contains(&Node::Cluster).then(unicode::Clusters::new),
    };
    // All calls may be empty here: what they call may come later.
    let mut known = Vec::with_capacity(ast.nodes.len());
    for node in &ast.nodes {
        let facts = facts::of_node(node, &known, utf, |_| None);
        known.push(facts);
    }
    let mut emitter = Emitter {
        facts: known,
        program,
        labels: Vec::new(),
        tasks: Vec::new(),
        alternations: Vec::new(),
        alternation_count: 0,
        has_then: ast.nodes.contains(&Node::Verb(Verb::Then)),
        has_calls: ast.nodes.iter().any(|node| matches!(node, Node::Call(_))),
        ast: &ast,
    };
    emitter.run();
    let Emitter { mut program, labels, has_calls, .. } = emitter;
    polish::place_labels(&mut program, &labels);
    polish::look_ahead(&mut program, has_calls);
    first::find(&ast, &mut program);
    program
}

impl<'a> Emitter<'a> {
    fn run(&mut self) {
        let ast = self.ast;
        self.program.group_starts[0] = Some(0);
        self.tasks.push(Task::Emit(Inst::Match));
        self.branches(&ast.branches, None);
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Node(id) => self.node(id),
                Task::Sequence(sequence) => self.sequence(sequence),
                Task::Emit(inst) => self.emit(inst),
                Task::Label(label) => self.labels[label as usize] = self.program.code.len() as u32,
                Task::Enter(alternation) => self.alternations.push(alternation),
                Task::Leave => drop(self.alternations.pop()),
            }
        }
    }

    fn label(&mut self) -> Target {
        self.labels.push(0);
        self.labels.len() as Target - 1
    }

    /// Nodes one after the other; characters that follow each other become one literal.
    fn sequence(&mut self, sequence: &'a [NodeId]) {
        let ast = self.ast;
        let is_char = |id: &NodeId| matches!(ast.nodes[*id as usize], Node::Char(_));
        let mut tasks = Vec::new();
        for part in sequence.chunk_by(|a, b| is_char(a) && is_char(b)) {
            if part.len() == 1 {
                tasks.push(Task::Node(part[0]));
                continue;
            }
            let start = self.program.literals.len() as u32;
            for id in part {
                if let Node::Char(c) = ast.nodes[*id as usize] {
                    self.literal(c);
                }
            }
            tasks.push(Task::Emit(Inst::Literal(start, self.program.literals.len() as u32 - start)));
        }
        self.then(tasks);
    }

    fn emit(&mut self, inst: Inst) {
        if let Inst::Open(group) = inst {
            self.program.group_starts[group as usize].get_or_insert(self.program.code.len() as u32);
        }
        self.program.code.push(inst);
    }

    /// Does these tasks, first one first.
    fn then(&mut self, tasks: impl IntoIterator<Item = Task<'a>, IntoIter: DoubleEndedIterator>) {
        self.tasks.extend(tasks.into_iter().rev());
    }

    /// Tries branches one after the other; before each goes back by a distance, for a look-behind.
    fn branches(&mut self, branches: &'a [Sequence], distances: Option<&'a [u32]>) {
        let end = self.label();
        let alternation = (self.has_then && branches.len() > 1).then(|| {
            self.alternation_count += 1;
            self.alternation_count - 1
        });
        let mut tasks = vec![Task::Enter(alternation)];
        for (i, branch) in branches.iter().enumerate() {
            let next = (i + 1 < branches.len()).then(|| self.label());
            match (alternation, next) {
                (Some(id), next) => tasks.push(Task::Emit(Inst::Alternative(next, id))),
                (None, Some(next)) => tasks.push(Task::Emit(Inst::Split(next))),
                (None, None) => {}
            }
            if let Some(distance) = distances.and_then(|distances| distances.get(i)) {
                tasks.push(Task::Emit(Inst::StepBack(*distance)));
            }
            tasks.push(Task::Sequence(branch));
            if let Some(next) = next {
                tasks.push(Task::Emit(Inst::Jump(end)));
                tasks.push(Task::Label(next));
            }
        }
        tasks.push(Task::Label(end));
        tasks.push(Task::Leave);
        self.then(tasks);
    }

    fn literal(&mut self, c: u32) -> (u32, u32) {
        let start = self.program.literals.len();
        let mut buffer = [0; 4];
        if self.program.options.flags & flag::UTF != 0
            && let Some(c) = char::from_u32(c)
        {
            self.program.literals.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
        } else {
            self.program.literals.push(c as u8);
        }
        (start as u32, (self.program.literals.len() - start) as u32)
    }

    fn reference(&mut self, reference: &Reference) -> u32 {
        let groups: Box<[u32]> = self.ast.resolve(reference).into();
        let known = self.program.references.iter().position(|known| *known == groups);
        known.unwrap_or_else(|| {
            self.program.references.push(groups);
            self.program.references.len() - 1
        }) as u32
    }

    fn mark(&mut self, name: &[u8]) -> u32 {
        let known = self.program.marks.iter().position(|known| **known == *name);
        known.unwrap_or_else(|| {
            self.program.marks.push(name.into());
            self.program.marks.len() - 1
        }) as u32
    }

    /// A node that matches one character.
    fn single(&mut self, node: &Node) -> Option<Single> {
        Some(match node {
            Node::Char(c) => match self.literal(*c) {
                (start, 1) => Single::Byte(self.program.literals[start as usize]),
                (start, length) => Single::Char(start, length as u8),
            },
            Node::Set(set) | Node::Word { set, .. } => Single::Set(*set),
            Node::Any { newlines } => Single::Any { newlines: *newlines },
            Node::Byte => Single::Raw,
            _ => return None,
        })
    }

    fn node(&mut self, id: NodeId) {
        let ast = self.ast;
        let node = &ast.nodes[id as usize];
        match node {
            Node::Char(c) => self.char(*c),
            Node::Set(_) | Node::Word { .. } | Node::Any { .. } | Node::Byte => {
                if let Some(single) = self.single(node) {
                    self.emit(Inst::One(single));
                }
            }
            Node::Newline => self.emit(Inst::Newline),
            Node::Cluster => self.emit(Inst::Cluster),
            Node::Assert(assertion) => self.emit(Inst::Assert(*assertion)),
            Node::Keep => self.emit(Inst::Keep),
            Node::Back { reference, fold } => {
                let index = self.reference(reference);
                self.emit(Inst::Back(index, *fold));
            }
            Node::Group { capture, atomic, branches } => self.group(*capture, *atomic, branches),
            Node::Look { negative, behind, branches } => {
                let resume = self.label();
                self.emit(Inst::LookStart { negative: *negative, resume });
                self.then([Task::Emit(Inst::LookEnd { negative: *negative }), Task::Label(resume)]);
                self.branches(branches, behind.as_deref());
            }
            Node::Conditional { test, branches } => self.conditional(test, branches),
            Node::Repeat { node, min, max, mode } => self.repeat(*node, *min, *max, *mode),
            Node::Call(reference) => {
                if let Some(group) = ast.resolve(reference).first() {
                    self.emit(Inst::Call(*group));
                }
            }
            Node::Mark(name) => {
                let index = self.mark(name);
                self.emit(Inst::Mark(index));
            }
            Node::Verb(verb) => {
                let code = match verb {
                    Verb::Commit => VerbCode::Commit,
                    Verb::Prune => VerbCode::Prune,
                    Verb::Skip => VerbCode::Skip,
                    Verb::SkipTo(name) => VerbCode::SkipTo(self.mark(name)),
                    Verb::Then => VerbCode::Then(self.alternations.iter().rev().find_map(|id| *id)),
                };
                self.emit(Inst::Verb(code));
            }
            Node::Accept(groups) => {
                groups.iter().for_each(|group| self.emit(Inst::CloseOnly(*group)));
                self.emit(Inst::Accept);
            }
            Node::Fail => self.emit(Inst::Fail),
        }
    }

    fn char(&mut self, c: u32) {
        let (start, length) = self.literal(c);
        if length == 1 {
            self.emit(Inst::Byte(self.program.literals[start as usize]));
        } else {
            self.emit(Inst::Literal(start, length));
        }
    }

    fn group(&mut self, capture: Option<u32>, atomic: bool, branches: &'a [Sequence]) {
        let mut after = Vec::new();
        if let Some(group) = capture {
            self.emit(Inst::Open(group));
            after.push(Task::Emit(Inst::Close(group)));
        } else if !atomic {
            self.emit(Inst::Tick);
        }
        if atomic {
            self.emit(Inst::AtomicStart);
            after.push(Task::Emit(Inst::AtomicEnd));
        }
        self.then(after);
        self.branches(branches, None);
    }

    fn conditional(&mut self, test: &'a Test, branches: &'a [Sequence]) {
        let (yes, no) = (&branches[0], branches.get(1));
        let (otherwise, end) = (self.label(), self.label());
        let no = no.map_or(&[][..], |no| no);
        let choice = |yes| {
            [
                Task::Sequence(yes),
                Task::Emit(Inst::Jump(end)),
                Task::Label(otherwise),
                Task::Sequence(no),
                Task::Label(end),
            ]
        };
        match test {
            Test::Define => self.emit(Inst::Jump(otherwise)),
            Test::Set(reference) => {
                let index = self.reference(reference);
                self.emit(Inst::TestSet(index, otherwise));
            }
            Test::Recursion(reference) => {
                let index = reference.as_ref().map(|reference| self.reference(reference));
                self.emit(Inst::TestRecursion(index, otherwise));
            }
            Test::Assertion => return self.assertion_as_condition(yes, no, otherwise, end),
        }
        self.then(choice(yes));
    }

    /// `(?(?=...)yes|no)`: the first node of the first branch is the assertion.
    fn assertion_as_condition(&mut self, branch: &'a [NodeId], no: &'a [NodeId], otherwise: Target, end: Target) {
        let ast = self.ast;
        let (condition, yes) = match branch.split_first() {
            Some((first, yes)) => (Some(&ast.nodes[*first as usize]), yes),
            None => (None, branch),
        };
        let after = [
            Task::Sequence(yes),
            Task::Emit(Inst::Jump(end)),
            Task::Label(otherwise),
            Task::Sequence(no),
            Task::Label(end),
        ];
        let Some(Node::Look { negative, behind, branches }) = condition else {
            // `(?!)` never holds.
            self.emit(Inst::Jump(otherwise));
            return self.then(after);
        };
        let negative = *negative;
        let holds = self.label();
        let failed = if negative { holds } else { otherwise };
        self.emit(Inst::ConditionStart { negative, otherwise: failed });
        self.then(
            [Task::Emit(Inst::ConditionEnd { negative, otherwise }), Task::Label(holds)].into_iter().chain(after),
        );
        self.branches(branches, behind.as_deref());
    }

    fn repeat(&mut self, id: NodeId, min: u32, max: u32, mode: Mode) {
        let ast = self.ast;
        let node = &ast.nodes[id as usize];
        if max == 0 {
            // It may still hold a group that is called from elsewhere.
            if !self.has_calls || !matches!(node, Node::Group { .. } | Node::Look { .. } | Node::Conditional { .. }) {
                return;
            }
            let end = self.label();
            self.emit(Inst::Jump(end));
            return self.then([Task::Node(id), Task::Label(end)]);
        }
        if let Node::Word { required, .. } = node
            && (min > 1 || (min == 1 && max == UNLIMITED))
        {
            let single = Single::Set(*required);
            self.emit(Inst::Run(Run { single, min, max: min, mode: Mode::Possessive, next: None }));
            if max > min {
                let max = if max == UNLIMITED { max } else { max - min };
                self.repeat(id, 0, max, mode);
            }
            return;
        }
        if let Some(single) = self.single(node) {
            return self.emit(Inst::Run(Run { single, min, max, mode, next: None }));
        }
        if mode == Mode::Possessive {
            self.emit(Inst::AtomicStart);
            self.then([Task::Emit(Inst::AtomicEnd)]);
        }
        let is_lazy = mode == Mode::Lazy;
        let (head, exit) = (self.label(), self.label());
        let leave = if is_lazy { Inst::SplitJump(exit) } else { Inst::Split(exit) };
        if (min, max) == (0, 1) {
            return self.then([Task::Emit(leave), Task::Node(id), Task::Label(exit)]);
        }
        let moves_on = !self.facts[id as usize].may_be_empty;
        if max == UNLIMITED && moves_on && min == 0 {
            let again = Inst::Jump(head);
            return self.then([
                Task::Label(head),
                Task::Emit(leave),
                Task::Node(id),
                Task::Emit(again),
                Task::Label(exit),
                Task::Emit(Inst::Tick),
            ]);
        }
        if max == UNLIMITED && moves_on && min == 1 {
            let again = if is_lazy { Inst::Split(head) } else { Inst::SplitJump(head) };
            let tasks = [Task::Label(head), Task::Node(id), Task::Emit(again), Task::Emit(Inst::Tick)];
            return self.then(tasks);
        }
        let register = self.program.loops;
        self.program.loops += 1;
        self.then([
            Task::Emit(Inst::LoopStart(register)),
            Task::Label(head),
            Task::Emit(Inst::Loop { register, min, max, is_lazy, exit }),
            Task::Node(id),
            Task::Emit(Inst::LoopBack { register, head, min, is_unlimited: max == UNLIMITED }),
            Task::Label(exit),
            Task::Emit(Inst::Tick),
        ]);
    }
}
