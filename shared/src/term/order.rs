//! Term order and equality (Erlang Reference Manual, "Term Comparisons").
//!
//! number < atom < reference < fun < port < pid < tuple < map < nil < list < bitstring

use std::cmp::Ordering;
use std::sync::Arc;

use super::num::{cmp_big_float, cmp_int_float};
use super::{Fun, InternalFun, List, Map, PidTerm, PortTerm, ReferenceTerm, Term};

/// Which of the two orders: they differ in how an integer compares with a float.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// By value: `1 == 1.0`.
    ByValue,
    /// By type first: every integer before every float, as among map keys.
    ByType,
}

impl Term {
    /// The order of `<`: integers and floats compare by value.
    pub fn cmp_arith(&self, other: &Term) -> Ordering {
        compare(self, other, Numbers::ByValue)
    }

    /// `==`.
    pub fn eq_arith(&self, other: &Term) -> bool {
        self.cmp_arith(other) == Ordering::Equal
    }
}

impl Ord for Term {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(self, other, Numbers::ByType)
    }
}

impl PartialOrd for Term {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Term {}

fn rank(term: &Term) -> u8 {
    match term {
        Term::Int(_) | Term::BigInt(_) | Term::Float(_) => 0,
        Term::Atom(_) => 1,
        Term::Ref(_) => 2,
        Term::Fun(_) => 3,
        Term::Port(_) => 4,
        Term::Pid(_) => 5,
        Term::Tuple(_) => 6,
        Term::Map(_) => 7,
        Term::Nil => 8,
        Term::List(_) => 9,
        Term::Bits(_) => 10,
    }
}

fn compare(a: &Term, b: &Term, numbers: Numbers) -> Ordering {
    match (a, b) {
        (Term::Int(a), Term::Int(b)) => a.cmp(b),
        (Term::Atom(a), Term::Atom(b)) => a.cmp(b),
        // What is shared is equal; this also keeps comparing from walking a term once for each place that shares it.
        (Term::Tuple(a), Term::Tuple(b)) if Arc::ptr_eq(a, b) => Ordering::Equal,
        (Term::Tuple(a), Term::Tuple(b)) => a.len().cmp(&b.len()).then_with(|| compare_each(a, b, numbers)),
        (Term::List(a), Term::List(b)) => compare_lists(a, b, numbers),
        (Term::Bits(a), Term::Bits(b)) => a.cmp(b),
        (Term::Map(a), Term::Map(b)) => compare_maps(a, b, numbers),
        (Term::Pid(a), Term::Pid(b)) => compare_pids(a, b),
        (Term::Ref(a), Term::Ref(b)) => compare_references(a, b),
        (Term::Port(a), Term::Port(b)) => compare_ports(a, b),
        (Term::Fun(a), Term::Fun(b)) => compare_funs(a, b, numbers),
        _ => match (rank(a), rank(b)) {
            (0, 0) => compare_numbers(a, b, numbers),
            (a, b) => a.cmp(&b),
        },
    }
}

fn compare_each(a: &[Term], b: &[Term], numbers: Numbers) -> Ordering {
    a.iter().zip(b).map(|(a, b)| compare(a, b, numbers)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn compare_numbers(a: &Term, b: &Term, numbers: Numbers) -> Ordering {
    let mixed = |by_value: Ordering, by_type| {
        if numbers == Numbers::ByValue { by_value } else { by_type }
    };
    match (a, b) {
        (Term::Int(a), Term::Int(b)) => a.cmp(b),
        (Term::BigInt(a), Term::BigInt(b)) => a.cmp(b),
        (Term::Int(_), Term::BigInt(b)) => 0.cmp(&sign(b)),
        (Term::BigInt(a), Term::Int(_)) => sign(a).cmp(&0),
        (Term::Float(a), Term::Float(b)) => match numbers {
            Numbers::ByValue => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            // Finite values: this only adds that -0.0 comes before 0.0.
            Numbers::ByType => a.total_cmp(b),
        },
        (Term::Int(a), Term::Float(b)) => mixed(cmp_int_float(*a, *b), Ordering::Less),
        (Term::Float(a), Term::Int(b)) => mixed(cmp_int_float(*b, *a).reverse(), Ordering::Greater),
        (Term::BigInt(a), Term::Float(b)) => mixed(cmp_big_float(a, *b), Ordering::Less),
        (Term::Float(a), Term::BigInt(b)) => mixed(cmp_big_float(b, *a).reverse(), Ordering::Greater),
        _ => Ordering::Equal,
    }
}

fn sign(big: &num_bigint::BigInt) -> i32 {
    if big.sign() == num_bigint::Sign::Minus { -1 } else { 1 }
}

fn compare_lists(a: &List, b: &List, numbers: Numbers) -> Ordering {
    let (left, right) = (a.elements(), b.elements());
    compare_each(left, right, numbers).then_with(|| match left.len().cmp(&right.len()) {
        Ordering::Equal => compare(a.end(), b.end(), numbers),
        // The shorter one ends where the other goes on with a list cell.
        Ordering::Less => rank(a.end()).cmp(&LIST_RANK),
        Ordering::Greater => LIST_RANK.cmp(&rank(b.end())),
    })
}

const LIST_RANK: u8 = 9;

fn compare_maps(a: &Map, b: &Map, numbers: Numbers) -> Ordering {
    let keys = |a: &Map, b: &Map| {
        // Keys always compare by type, whichever order the values have.
        let each = a.pairs().iter().zip(b.pairs());
        each.map(|(a, b)| a.0.cmp(&b.0)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    let values = |a: &Map, b: &Map| {
        let each = a.pairs().iter().zip(b.pairs());
        each.map(|(a, b)| compare(&a.1, &b.1, numbers)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    a.len().cmp(&b.len()).then_with(|| keys(a, b)).then_with(|| values(a, b))
}

/// Nodes compare after the numbers; the serial is the more significant number.
fn compare_pids(a: &PidTerm, b: &PidTerm) -> Ordering {
    (a.serial, a.id, &a.node, a.creation).cmp(&(b.serial, b.id, &b.node, b.creation))
}

fn compare_ports(a: &PortTerm, b: &PortTerm) -> Ordering {
    (&a.node, a.creation, a.id).cmp(&(&b.node, b.creation, b.id))
}

/// References compare by node, then as numbers: the last word is the most significant one.
fn compare_references(a: &ReferenceTerm, b: &ReferenceTerm) -> Ordering {
    (&a.node, a.creation).cmp(&(&b.node, b.creation)).then_with(|| {
        let word = |words: &[u32], at: usize| words.get(at).copied().unwrap_or(0);
        let longest = a.words.len().max(b.words.len());
        let each = (0..longest).rev().map(|at| word(&a.words, at).cmp(&word(&b.words, at)));
        // Zero words above the common ones make two references of different length: the longer is greater.
        each.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| a.words.len().cmp(&b.words.len()))
    })
}

fn compare_funs(a: &Fun, b: &Fun, numbers: Numbers) -> Ordering {
    match (a, b) {
        (Fun::External(a), Fun::External(b)) => a.cmp(b),
        (Fun::Internal(a), Fun::Internal(b)) => compare_internal(a, b, numbers),
        // Local functions come before exported ones.
        (Fun::Internal(_), Fun::External(_)) => Ordering::Less,
        (Fun::External(_), Fun::Internal(_)) => Ordering::Greater,
    }
}

fn compare_internal(a: &InternalFun, b: &InternalFun, numbers: Numbers) -> Ordering {
    let identity = |fun: &InternalFun| (fun.old_index, fun.old_uniq, fun.index, fun.uniq, fun.arity, fun.free.len());
    a.module
        .cmp(&b.module)
        .then_with(|| identity(a).cmp(&identity(b)))
        .then_with(|| compare_each(&a.free, &b.free, numbers))
}
