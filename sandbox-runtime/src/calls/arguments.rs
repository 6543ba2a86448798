//! The arguments of a call: a list in the external term format, taken apart without decoding its elements.
//!
//! Messages, arguments of new processes and the like pass through the host as they are, however deep they are nested.

use std::borrow::Cow;
use std::cell::OnceCell;

use shared::event::Destination;
use shared::term::{Atom, LOCAL_NODE};
use shared::{Etf, Pid, Ref, Term};

use super::answer::Failure;

/// The version byte in front of an encoded term.
const VERSION: u8 = 131;

mod tag {
    pub(super) const NIL: u8 = 106;
    pub(super) const STRING: u8 = 107;
    pub(super) const LIST: u8 = 108;
    pub(super) const SMALL_INTEGER: u8 = 97;
}

/// The arguments of one call.
#[derive(Debug)]
pub struct Arguments<'a> {
    /// Name of the function that was called.
    function: &'a str,
    /// All of it.
    list: &'a [u8],
    /// Number of arguments, as the list says.
    count: usize,
    /// Bytes of each argument, without the version byte, once somebody asked for one; `None` where the list is malformed.
    bodies: OnceCell<Option<Vec<Cow<'a, [u8]>>>>,
}

impl<'a> Arguments<'a> {
    /// The arguments of an encoded list, which is only taken apart when one of them is asked for. `None`: it is none.
    pub fn read(function: &'a str, list: &'a [u8]) -> Option<Arguments<'a>> {
        let count = match list {
            [VERSION, tag::NIL] => 0,
            [VERSION, tag::STRING, rest @ ..] => number(rest, 2)?,
            [VERSION, tag::LIST, rest @ ..] => number(rest, 4)?,
            _ => return None,
        };
        Some(Arguments { function, list, count, bodies: OnceCell::new() })
    }
    /// Name of the function that was called.
    pub fn function(&self) -> &'a str {
        self.function
    }
    /// The encoded list of all arguments.
    pub(super) fn list_bytes(&self) -> &'a [u8] {
        self.list
    }
    /// Their number.
    pub fn len(&self) -> usize {
        self.count
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Fails with `badarg` where there is no such argument, or the list is malformed.
    fn body(&self, i: usize) -> Result<&[u8], Failure> {
        let bodies = self.bodies.get_or_init(|| elements(&self.list[1..]));
        bodies.as_ref().and_then(|bodies| bodies.get(i)).map(|body| &**body).ok_or(Failure::badarg())
    }
    /// An argument as it is.
    pub(super) fn etf(&self, i: usize) -> Result<Etf, Failure> {
        let body = self.body(i)?;
        let mut bytes = Vec::with_capacity(1 + body.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(body);
        Ok(Etf::from_trusted(bytes))
    }
    /// An argument, decoded. Fails with `system_limit` where it is nested deeper than the kernel reads.
    pub(super) fn term(&self, i: usize) -> Result<Term, Failure> {
        Term::decode_body(self.body(i)?).map_err(|_| Failure::reason("system_limit"))
    }
    /// An atom.
    pub(super) fn atom(&self, i: usize) -> Result<Atom, Failure> {
        match self.term(i)? {
            Term::Atom(atom) => Ok(atom),
            _ => Err(Failure::badarg()),
        }
    }
    /// A process of this sandbox.
    pub(super) fn pid(&self, i: usize) -> Result<Pid, Failure> {
        self.term(i)?.as_local_pid().ok_or(Failure::badarg())
    }
    /// A process of this sandbox; `None` for one of another incarnation of its node, which is dead.
    pub(super) fn own_pid(&self, i: usize) -> Result<Option<Pid>, Failure> {
        match self.term(i)? {
            Term::Pid(pid) if pid.node == LOCAL_NODE && pid.creation != 0 => Ok(None),
            term => term.as_local_pid().map(Some).ok_or(Failure::badarg()),
        }
    }
    /// A reference of this sandbox.
    pub(super) fn reference(&self, i: usize) -> Result<Ref, Failure> {
        self.term(i)?.as_local_ref().ok_or(Failure::badarg())
    }
    /// Whether an argument is a reference, of this sandbox or not.
    pub(super) fn check_reference(&self, i: usize) -> Result<(), Failure> {
        if matches!(self.term(i)?, Term::Ref(_)) { Ok(()) } else { Err(Failure::badarg()) }
    }
    /// An integer that is not negative and has 64 bits.
    pub(super) fn natural(&self, i: usize) -> Result<u64, Failure> {
        self.term(i)?.as_int().and_then(|n| u64::try_from(n).ok()).ok_or(Failure::badarg())
    }
    /// The elements of a proper list.
    pub(super) fn list(&self, i: usize) -> Result<Vec<Term>, Failure> {
        self.term(i)?.as_list().map(<[Term]>::to_vec).ok_or(Failure::badarg())
    }
    /// The number of elements of a proper list, which are not decoded.
    pub(super) fn list_len(&self, i: usize) -> Result<usize, Failure> {
        elements(self.body(i)?).map(|list| list.len()).ok_or(Failure::badarg())
    }
    /// The text of a list of characters or of a binary in UTF-8.
    pub(super) fn text(&self, i: usize) -> Result<String, Failure> {
        text(&self.term(i)?)
    }
}

/// `true` or `false`.
pub(super) fn truth(term: &Term) -> Result<bool, Failure> {
    match term.as_atom() {
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        _ => Err(Failure::badarg()),
    }
}

/// The text of a list of characters or of a binary in UTF-8.
pub(super) fn text(term: &Term) -> Result<String, Failure> {
    if let Some(bytes) = term.as_binary() {
        return String::from_utf8(bytes.to_vec()).map_err(|_| Failure::badarg());
    }
    let chars = term.as_list().ok_or(Failure::badarg())?;
    let char = |c: &Term| c.as_int().and_then(|c| u32::try_from(c).ok()).and_then(char::from_u32);
    chars.iter().map(|c| char(c).ok_or(Failure::badarg())).collect()
}

/// The process of this sandbox that an encoded term names, if it is one and encoded as the BEAM does it. What most messages are
/// sent to, so it is not decoded as any term.
pub(super) fn encoded_pid(term: &[u8]) -> Option<Pid> {
    /// `NEW_PID_EXT` with the node as `SMALL_ATOM_UTF8_EXT`.
    const LOCAL: &[u8; 17] = b"\x83\x58\x77\x0dnonode@nohost";
    let words = term.strip_prefix(LOCAL)?;
    let [id, serial, creation] = words.as_chunks::<4>().0 else { return None };
    let is_local = words.len() == 12 && *creation == [0; 4];
    is_local.then(|| Pid::from_parts(u32::from_be_bytes(*id), u32::from_be_bytes(*serial)))
}

/// A pid, a name, an alias, or `{Name, Node}` with this node.
pub(super) fn destination(term: &Term) -> Result<Destination, Failure> {
    if let Some(pid) = term.as_local_pid() {
        return Ok(Destination::Pid(pid));
    }
    if let Some(alias) = term.as_local_ref() {
        return Ok(Destination::Alias(alias));
    }
    match (term, term.as_tuple()) {
        (Term::Atom(name), _) => Ok(Destination::Name(name.clone())),
        (_, Some([Term::Atom(name), node])) if node.is_atom(LOCAL_NODE) => Ok(Destination::Name(name.clone())),
        _ => Err(Failure::badarg()),
    }
}

/// The elements of an encoded proper list (without version byte).
fn elements(list: &[u8]) -> Option<Vec<Cow<'_, [u8]>>> {
    let (&tag, rest) = list.split_first()?;
    match tag {
        tag::NIL => Some(Vec::new()),
        tag::STRING => {
            let bytes = rest.get(2..).filter(|bytes| number(rest, 2) == Some(bytes.len()))?;
            Some(bytes.iter().map(|byte| Cow::Owned(vec![tag::SMALL_INTEGER, *byte])).collect())
        }
        tag::LIST => {
            let count = number(rest, 4)?;
            let mut rest = rest.get(4..)?;
            let mut found = Vec::with_capacity(count.min(rest.len()));
            for _ in 0..count {
                let (element, behind) = rest.split_at_checked(skip(rest)?)?;
                found.push(Cow::Borrowed(element));
                rest = behind;
            }
            (*rest == [tag::NIL]).then_some(found)
        }
        _ => None,
    }
}

/// A number of some bytes, the most significant first.
fn number(bytes: &[u8], len: usize) -> Option<usize> {
    bytes.get(..len).map(|bytes| bytes.iter().fold(0, |n, byte| n << 8 | usize::from(*byte)))
}

/// Length of the first term of some bytes (OTP: ERTS User's Guide, External Term Format). Terms within terms are counted, not
/// entered, so their depth does not matter.
fn skip(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut left) = (0_usize, 1_usize);
    while left > 0 {
        let (&tag, rest) = bytes.get(at..)?.split_first()?;
        let (size, parts) = extent(tag, rest)?;
        at = at.checked_add(1 + size)?;
        left = (left - 1).checked_add(parts)?;
        // Every term takes a byte at least, so more terms than bytes are a lie.
        if at > bytes.len() || left > bytes.len() - at {
            return None;
        }
    }
    Some(at)
}

/// Bytes of a term behind its tag, without the terms that it consists of, and the number of these.
fn extent(tag: u8, rest: &[u8]) -> Option<(usize, usize)> {
    // Pids and the like hold an atom and then a number of bytes.
    let node = |before: usize, behind: usize| {
        let (&tag, rest) = rest.get(before..)?.split_first()?;
        Some((before + 1 + extent(tag, rest)?.0 + behind, 0))
    };
    match tag {
        97 => Some((1, 0)),
        98 => Some((4, 0)),
        99 => Some((31, 0)),
        70 => Some((8, 0)),
        100 | 118 | 107 => Some((2 + number(rest, 2)?, 0)),
        115 | 119 => Some((1 + number(rest, 1)?, 0)),
        101 | 102 => node(0, 5),
        103 => node(0, 9),
        88 | 120 => node(0, 12),
        89 => node(0, 8),
        114 => node(2, 1 + 4 * number(rest, 2)?),
        90 => node(2, 4 + 4 * number(rest, 2)?),
        104 => Some((1, number(rest, 1)?)),
        105 => Some((4, number(rest, 4)?)),
        106 => Some((0, 0)),
        108 => Some((4, number(rest, 4)? + 1)),
        109 => Some((4 + number(rest, 4)?, 0)),
        77 => Some((5 + number(rest, 4)?, 0)),
        110 => Some((2 + number(rest, 1)?, 0)),
        111 => Some((5 + number(rest, 4)?, 0)),
        112 => Some((number(rest, 4)?, 0)),
        113 => Some((0, 3)),
        116 => Some((4, 2 * number(rest, 4)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(terms: &[Term]) {
        let encoded = Term::list(terms.iter().cloned()).encode();
        let arguments = Arguments::read("f", &encoded).expect("an encoded list");
        assert_eq!(arguments.len(), terms.len());
        for (i, term) in terms.iter().enumerate() {
            assert_eq!(&arguments.term(i).expect("an encoded term"), term);
        }
        for cut in 0..encoded.len() {
            let cut_off = Arguments::read("f", &encoded[..cut]);
            assert!(cut_off.is_none_or(|arguments| arguments.etf(0).is_err()), "cut off at {cut}");
        }
    }

    #[test]
    fn an_encoded_pid_of_the_sandbox_is_known() {
        for pid in [Pid(0), Pid(7), Pid(1 << 40)] {
            assert_eq!(encoded_pid(&Term::pid(pid).encode()), Some(pid));
        }
        for other in [Term::Nil, Term::atom("x"), Term::reference(Ref(1)), Term::list([Term::pid(Pid(1))])] {
            assert_eq!(encoded_pid(&other.encode()), None);
        }
        let encoded = Term::pid(Pid(7)).encode();
        assert_eq!(encoded_pid(&encoded[..encoded.len() - 1]), None);
    }

    #[test]
    fn arguments_of_every_kind_are_told_apart() {
        check(&[]);
        check(&[Term::Int(1), Term::Int(255)]);
        check(&[
            Term::Int(-1),
            Term::Int(1 << 62),
            Term::integer(num_bigint::BigInt::from(1) << 3000),
            Term::float(1.5).expect("a finite number"),
            Term::atom("ok"),
            Term::pid(Pid(7)),
            Term::reference(Ref(1 << 40)),
            Term::binary(&b"bytes"[..]),
            Term::string("text"),
            Term::tuple([Term::Nil, Term::tuple([Term::atom("x"), Term::string("\u{400}")])]),
            Term::map([(Term::atom("k"), Term::list([Term::Nil])), (Term::Int(1), Term::Int(2))]),
        ]);
    }

    #[test]
    fn depth_does_not_matter_and_lies_about_sizes_do_not_hurt() {
        let mut deep = vec![VERSION, 108, 0, 0, 0, 1];
        deep.extend([104, 1].repeat(100_000));
        deep.extend([tag::NIL, tag::NIL]);
        let arguments = Arguments::read("f", &deep).expect("one argument");
        assert_eq!(arguments.etf(0).expect("it is there").len(), 200_002);
        assert_eq!(arguments.term(0), Err(Failure::reason("system_limit")));
        for lie in [&[VERSION, 108, 255, 255, 255, 255, 106][..], &[VERSION, 108, 0, 0, 0, 1, 105, 255, 255, 255, 255]]
        {
            assert!(Arguments::read("f", lie).is_some_and(|arguments| arguments.etf(0).is_err()));
        }
    }
}
