//! Term order and equality (Erlang Reference Manual, "Term Comparisons").
//!
//! number < atom < reference < fun < port < pid < tuple < map < nil < list < bitstring

use std::cmp::Ordering;
use std::slice::Iter;

use smallvec::SmallVec;

use super::num::{cmp_big_float, cmp_int_float};
use super::{Fun, InternalFun, List, PidTerm, PortTerm, ReferenceTerm, Term};

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

/// Parts of two terms that are still to be compared, in this order.
enum Rest<'a> {
    Terms(Iter<'a, Term>, Iter<'a, Term>, Numbers),
    /// What two lists have after as many elements as the shorter one has.
    Ends(&'a List, &'a List, Numbers),
    Keys(Iter<'a, (Term, Term)>, Iter<'a, (Term, Term)>),
    Values(Iter<'a, (Term, Term)>, Iter<'a, (Term, Term)>, Numbers),
}

type Open<'a> = SmallVec<[Rest<'a>; 8]>;

fn compare(a: &Term, b: &Term, numbers: Numbers) -> Ordering {
    let mut open = Open::new();
    let mut order = begin(a, b, numbers, &mut open);
    while order.is_eq() {
        let Some(rest) = open.last_mut() else { return order };
        let next = match rest {
            Rest::Terms(a, b, numbers) => a.next().zip(b.next()).map(|(a, b)| (a, b, *numbers)),
            // Keys always compare by type, whichever order the values have.
            Rest::Keys(a, b) => a.next().zip(b.next()).map(|(a, b)| (&a.0, &b.0, Numbers::ByType)),
            Rest::Values(a, b, numbers) => a.next().zip(b.next()).map(|(a, b)| (&a.1, &b.1, *numbers)),
            Rest::Ends(a, b, numbers) => {
                let (a, b, numbers) = (*a, *b, *numbers);
                open.pop();
                order = compare_ends(a, b, numbers, &mut open);
                continue;
            }
        };
        match next {
            Some((a, b, numbers)) => order = begin(a, b, numbers, &mut open),
            None => {
                open.pop();
            }
        }
    }
    order
}

/// How two terms compare as far as that can be told without their parts, which are left for later.
fn begin<'a>(a: &'a Term, b: &'a Term, numbers: Numbers, open: &mut Open<'a>) -> Ordering {
    match (a, b) {
        (Term::Int(a), Term::Int(b)) => a.cmp(b),
        (Term::Atom(a), Term::Atom(b)) => a.cmp(b),
        // What is shared is equal; this also keeps comparing from walking a term once for each place that shares it.
        (Term::Tuple(a), Term::Tuple(b)) if a.is_same(b) => Ordering::Equal,
        (Term::Tuple(a), Term::Tuple(b)) => {
            open.push(Rest::Terms(a.iter(), b.iter(), numbers));
            a.len().cmp(&b.len())
        }
        (Term::List(a), Term::List(b)) => {
            open.push(Rest::Ends(a, b, numbers));
            open.push(Rest::Terms(a.elements().iter(), b.elements().iter(), numbers));
            Ordering::Equal
        }
        (Term::Bits(a), Term::Bits(b)) => a.cmp(b),
        (Term::Map(a), Term::Map(b)) => {
            open.push(Rest::Values(a.pairs().iter(), b.pairs().iter(), numbers));
            open.push(Rest::Keys(a.pairs().iter(), b.pairs().iter()));
            a.len().cmp(&b.len())
        }
        (Term::Pid(a), Term::Pid(b)) => compare_pids(a, b),
        (Term::Ref(a), Term::Ref(b)) => compare_references(a, b),
        (Term::Port(a), Term::Port(b)) => compare_ports(a, b),
        (Term::Fun(a), Term::Fun(b)) => compare_funs(a, b, numbers, open),
        _ => match (rank(a), rank(b)) {
            (0, 0) => compare_numbers(a, b, numbers),
            (a, b) => a.cmp(&b),
        },
    }
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

fn compare_ends<'a>(a: &'a List, b: &'a List, numbers: Numbers, open: &mut Open<'a>) -> Ordering {
    match a.len().cmp(&b.len()) {
        Ordering::Equal => begin(a.end(), b.end(), numbers, open),
        // The shorter one ends where the other goes on with a list cell.
        Ordering::Less => rank(a.end()).cmp(&LIST_RANK),
        Ordering::Greater => LIST_RANK.cmp(&rank(b.end())),
    }
}

const LIST_RANK: u8 = 9;

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

fn compare_funs<'a>(a: &'a Fun, b: &'a Fun, numbers: Numbers, open: &mut Open<'a>) -> Ordering {
    match (a, b) {
        (Fun::External(a), Fun::External(b)) => a.cmp(b),
        (Fun::Internal(a), Fun::Internal(b)) => {
            open.push(Rest::Terms(a.free.iter(), b.free.iter(), numbers));
            compare_internal(a, b)
        }
        // Local functions come before exported ones.
        (Fun::Internal(_), Fun::External(_)) => Ordering::Less,
        (Fun::External(_), Fun::Internal(_)) => Ordering::Greater,
    }
}

/// Without what they closed over.
fn compare_internal(a: &InternalFun, b: &InternalFun) -> Ordering {
    let identity = |fun: &InternalFun| (fun.old_index, fun.old_uniq, fun.index, fun.uniq, fun.arity, fun.free.len());
    a.module.cmp(&b.module).then_with(|| identity(a).cmp(&identity(b)))
}
