//! Reading the external term format, version 131, from input that nobody vouches for.
//!
//! Every length is checked against what is left of the input, and little is reserved on its word, so memory is bounded
//! by a small multiple of the input. Nesting is bounded by [`MAX_DEPTH`], save where terms are only kept. Compressed terms
//! are refused: they would undo both bounds, and guests have no reason to send them.

use std::sync::Arc;

use num_bigint::{BigInt, Sign};

use super::encode::{VERSION, tag};
use super::{Atom, Bits, ExternalFun, Fun, InternalFun, List, Map, PidTerm, PortTerm, ReferenceTerm, Term, Terms};

/// How deep tuples, lists, maps and functions may be nested where nothing else is said. The tail of a list is not a level.
pub const MAX_DEPTH: u32 = 1_000;

/// How many elements are reserved on the word of a length alone. Nested lengths could otherwise each claim the whole
/// rest of the input.
const RESERVED: usize = 256;

/// Why bytes are not a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The input ends within a term.
    #[error("the input ends within a term")]
    Truncated,
    /// The first byte is not 131.
    #[error("not an encoded term: the version byte is not 131")]
    Version,
    /// A tag that is not one of the external term format, or not supported.
    #[error("unknown tag {0}")]
    Tag(u8),
    /// The term is compressed.
    #[error("compressed terms are not accepted here")]
    Compressed,
    /// A value that no term can have: a float that is not a number, an atom too long, a key twice...
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("nested too deep")]
    TooDeep,
    /// There is more input after the term.
    #[error("{0} bytes after the term")]
    TrailingBytes(usize),
}

impl Term {
    /// The term that `bytes` encode, version byte included, nothing after it.
    ///
    /// # Errors
    /// See [`DecodeError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (term, used) = Self::decode_prefix(bytes)?;
        if used == bytes.len() { Ok(term) } else { Err(DecodeError::TrailingBytes(bytes.len() - used)) }
    }

    /// The term at the beginning of `bytes`, and how many bytes it takes, version byte included.
    ///
    /// # Errors
    /// See [`DecodeError`].
    pub fn decode_prefix(bytes: &[u8]) -> Result<(Self, usize), DecodeError> {
        let mut reader = Reader { rest: bytes, is_any_depth: false };
        if reader.u8()? != VERSION {
            return Err(DecodeError::Version);
        }
        let term = reader.term(0)?;
        Ok((term, bytes.len() - reader.rest.len()))
    }
}

impl Term {
    /// As [`Term::decode`], however deep it is nested: for terms that are kept and compared, which nothing recurses over.
    ///
    /// # Errors
    /// See [`DecodeError`].
    pub fn decode_any_depth(bytes: &[u8]) -> Result<Self, DecodeError> {
        match bytes.split_first() {
            Some((&VERSION, body)) => Self::decode_body_any_depth(body),
            Some(_) => Err(DecodeError::Version),
            None => Err(DecodeError::Truncated),
        }
    }

    /// As [`Term::decode_body`], however deep it is nested.
    ///
    /// # Errors
    /// See [`DecodeError`].
    pub fn decode_body_any_depth(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader { rest: bytes, is_any_depth: true };
        let term = reader.term(0)?;
        if reader.rest.is_empty() { Ok(term) } else { Err(DecodeError::TrailingBytes(reader.rest.len())) }
    }

    /// The term that `bytes` encode without a version byte, as it stands inside another one, nothing after it.
    ///
    /// # Errors
    /// See [`DecodeError`].
    pub fn decode_body(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader { rest: bytes, is_any_depth: false };
        let term = reader.term(0)?;
        if reader.rest.is_empty() { Ok(term) } else { Err(DecodeError::TrailingBytes(reader.rest.len())) }
    }

    /// The first of the terms that stand one after another inside a list, without version bytes, however deep it is nested,
    /// and what is behind it.
    ///
    /// # Errors
    /// See [`DecodeError`].
    pub fn decode_element(bytes: &[u8]) -> Result<(Self, &[u8]), DecodeError> {
        let mut reader = Reader { rest: bytes, is_any_depth: true };
        let term = reader.term(1)?;
        Ok((term, reader.rest))
    }

    /// The elements of the proper list that `bytes` encode, version byte included, nothing after it, however deep
    /// they are nested.
    ///
    /// # Errors
    /// See [`DecodeError`]; another term is malformed.
    pub fn decode_list(bytes: &[u8]) -> Result<Vec<Self>, DecodeError> {
        let mut reader = Reader { rest: bytes, is_any_depth: true };
        // The one way in which lists of arguments are encoded, and without putting the list together.
        if let Some([VERSION, tag::LIST]) = reader.rest.first_chunk() {
            reader.take(2)?;
            let count = reader.count()?;
            let elements = reader.terms(count, 1)?;
            if reader.rest == [tag::NIL] {
                return Ok(elements);
            }
        }
        let list = Self::decode_any_depth(bytes)?;
        list.as_list().map(<[Self]>::to_vec).ok_or(DecodeError::Malformed("list"))
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    /// Whether terms may be nested deeper than [`MAX_DEPTH`].
    is_any_depth: bool,
}

/// What becomes of the terms that are being read.
enum Build {
    Tuple,
    List,
    Map,
    Fun(FunHeader),
}

/// A term of which parts are missing.
struct Open {
    build: Build,
    /// Where its parts begin among those that were read.
    start: usize,
    missing: usize,
}

/// What stands in front of the values that a function closed over.
struct FunHeader {
    /// How much of the input was left in front of it.
    before: usize,
    size: usize,
    fun: InternalFun,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (head, tail) = self.rest.split_at_checked(count).ok_or(DecodeError::Truncated)?;
        self.rest = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        self.take(N)?.try_into().map_err(|_| DecodeError::Truncated)
    }

    fn u8(&mut self) -> Result<u8, DecodeError> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    fn u16(&mut self) -> Result<u16, DecodeError> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    fn u32(&mut self) -> Result<u32, DecodeError> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    /// A count of things that take at least one byte each.
    fn count(&mut self) -> Result<usize, DecodeError> {
        let count = self.u32()? as usize;
        if count > self.rest.len() { Err(DecodeError::Truncated) } else { Ok(count) }
    }

    fn terms(&mut self, count: usize, depth: u32) -> Result<Vec<Term>, DecodeError> {
        if count > self.rest.len() {
            return Err(DecodeError::Truncated);
        }
        let mut terms = Vec::with_capacity(count.min(RESERVED));
        for _ in 0..count {
            terms.push(self.term(depth)?);
        }
        Ok(terms)
    }

    fn term(&mut self, depth: u32) -> Result<Term, DecodeError> {
        if depth > MAX_DEPTH {
            return if self.is_any_depth { self.deep() } else { Err(DecodeError::TooDeep) };
        }
        let tag = self.u8()?;
        match tag {
            tag::SMALL_TUPLE => {
                let arity = usize::from(self.u8()?);
                self.tuple(arity, depth + 1)
            }
            tag::LARGE_TUPLE => {
                let arity = self.count()?;
                Ok(Term::Tuple(self.terms(arity, depth + 1)?.into()))
            }
            tag::LIST => self.list(depth),
            tag::MAP => self.map(depth),
            tag::NEW_FUN => self.fun(depth),
            tag::EXPORT => self.export(),
            tag => self.leaf(tag),
        }
    }

    /// A term with a list of what is open in place of a stack.
    fn deep(&mut self) -> Result<Term, DecodeError> {
        let (mut open, mut parts) = (Vec::new(), Vec::new());
        loop {
            let tag = self.u8()?;
            let mut done = match self.begin(tag)? {
                Some((build, missing)) => {
                    open.push(Open { build, start: parts.len(), missing });
                    None
                }
                None if tag == tag::EXPORT => Some(self.export()?),
                None => Some(self.leaf(tag)?),
            };
            loop {
                if let Some(term) = done.take() {
                    let Some(last) = open.last_mut() else { return Ok(term) };
                    parts.push(term);
                    last.missing -= 1;
                }
                let Some(last) = open.last_mut() else { break };
                // A list in tail position continues this one.
                if last.missing == 1 && matches!(last.build, Build::List) && self.rest.first() == Some(&tag::LIST) {
                    self.take(1)?;
                    last.missing += self.count()?;
                }
                if last.missing > 0 {
                    break;
                }
                let Some(Open { build, start, .. }) = open.pop() else { break };
                done = Some(self.finish(build, parts.split_off(start))?);
            }
        }
    }

    /// What has the tag, and how many parts, if it has parts.
    fn begin(&mut self, tag: u8) -> Result<Option<(Build, usize)>, DecodeError> {
        Ok(Some(match tag {
            tag::SMALL_TUPLE => (Build::Tuple, usize::from(self.u8()?)),
            tag::LARGE_TUPLE => (Build::Tuple, self.count()?),
            tag::LIST => (Build::List, self.count()? + 1),
            tag::MAP => (Build::Map, self.count()?.checked_mul(2).ok_or(DecodeError::Truncated)?),
            tag::NEW_FUN => {
                let (header, count) = self.fun_header()?;
                (Build::Fun(header), count)
            }
            _ => return Ok(None),
        }))
    }

    fn finish(&self, build: Build, mut parts: Vec<Term>) -> Result<Term, DecodeError> {
        match build {
            Build::Tuple => Ok(Term::Tuple(parts.into())),
            Build::List => {
                let end = parts.pop().ok_or(DecodeError::Truncated)?;
                Ok(List::term(parts, end))
            }
            Build::Map => {
                let mut parts = parts.into_iter();
                let pairs = std::iter::from_fn(|| parts.next().zip(parts.next())).collect();
                Map::from_unique(pairs).map(Term::Map).ok_or(DecodeError::Malformed("map"))
            }
            Build::Fun(header) => self.finish_fun(header, parts),
        }
    }

    /// Most tuples have a few elements, which need no vector on their way.
    fn tuple(&mut self, arity: usize, depth: u32) -> Result<Term, DecodeError> {
        const FEW: usize = 4;
        if arity > FEW {
            return Ok(Term::Tuple(self.terms(arity, depth)?.into()));
        }
        let mut few = [const { Term::Nil }; FEW];
        for element in few.iter_mut().take(arity) {
            *element = self.term(depth)?;
        }
        Ok(Term::Tuple(few.into_iter().take(arity).collect()))
    }

    /// Everything that holds no other term, save for the node of an identifier.
    fn leaf(&mut self, tag: u8) -> Result<Term, DecodeError> {
        match tag {
            tag::SMALL_INTEGER => Ok(Term::Int(i64::from(self.u8()?))),
            tag::INTEGER => Ok(Term::Int(i64::from(i32::from_be_bytes(self.array()?)))),
            tag::SMALL_BIG => {
                let len = usize::from(self.u8()?);
                self.big(len)
            }
            tag::LARGE_BIG => {
                let len = self.u32()? as usize;
                self.big(len)
            }
            tag::NEW_FLOAT => Term::float(f64::from_be_bytes(self.array()?)).ok_or(DecodeError::Malformed("float")),
            tag::FLOAT => self.old_float(),
            tag::ATOM | tag::SMALL_ATOM | tag::ATOM_UTF8 | tag::SMALL_ATOM_UTF8 => Ok(Term::Atom(self.atom(tag)?)),
            tag::NIL => Ok(Term::Nil),
            tag::STRING => {
                let len = usize::from(self.u16()?);
                Ok(Term::list(self.take(len)?.iter().map(|&byte| Term::Int(i64::from(byte)))))
            }
            tag::BINARY => {
                let len = self.count()?;
                Ok(Term::binary(self.take(len)?))
            }
            tag::BIT_BINARY => self.bits(),
            tag::NEW_PID | tag::PID => Ok(Term::Pid(self.pid(tag)?)),
            tag::NEW_PORT | tag::PORT | tag::V4_PORT => self.port(tag),
            tag::NEWER_REFERENCE | tag::NEW_REFERENCE | tag::REFERENCE => self.reference(tag),
            tag::COMPRESSED => Err(DecodeError::Compressed),
            other => Err(DecodeError::Tag(other)),
        }
    }

    fn list(&mut self, depth: u32) -> Result<Term, DecodeError> {
        let mut elements = Vec::new();
        // A list in tail position continues this one; taking it here keeps the depth of a chain of cells at one.
        loop {
            let count = self.count()?;
            // With room for the end.
            elements.reserve(count.min(RESERVED) + 1);
            for _ in 0..count {
                elements.push(self.term(depth + 1)?);
            }
            if self.rest.first() != Some(&tag::LIST) {
                break;
            }
            self.take(1)?;
        }
        let end = self.term(depth + 1)?;
        Ok(List::term(elements, end))
    }

    fn map(&mut self, depth: u32) -> Result<Term, DecodeError> {
        let count = self.count()?;
        if count > self.rest.len() / 2 {
            return Err(DecodeError::Truncated);
        }
        let mut pairs = Vec::with_capacity(count.min(RESERVED));
        for _ in 0..count {
            let key = self.term(depth + 1)?;
            pairs.push((key, self.term(depth + 1)?));
        }
        Map::from_unique(pairs).map(Term::Map).ok_or(DecodeError::Malformed("map"))
    }

    fn big(&mut self, len: usize) -> Result<Term, DecodeError> {
        let sign = match self.u8()? {
            0 => Sign::Plus,
            _ => Sign::Minus,
        };
        Ok(Term::integer(BigInt::from_bytes_le(sign, self.take(len)?)))
    }

    fn old_float(&mut self) -> Result<Term, DecodeError> {
        let text = self.take(31)?;
        let text = text.split(|&byte| byte == 0).next().unwrap_or_default();
        let value = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse::<f64>().ok());
        value.and_then(Term::float).ok_or(DecodeError::Malformed("float"))
    }

    fn atom_term(&mut self) -> Result<Atom, DecodeError> {
        let tag = self.u8()?;
        self.atom(tag)
    }

    fn atom(&mut self, tag: u8) -> Result<Atom, DecodeError> {
        let len = match tag {
            tag::SMALL_ATOM | tag::SMALL_ATOM_UTF8 => usize::from(self.u8()?),
            tag::ATOM | tag::ATOM_UTF8 => usize::from(self.u16()?),
            _ => return Err(DecodeError::Malformed("atom")),
        };
        let bytes = self.take(len)?;
        if matches!(tag, tag::SMALL_ATOM | tag::ATOM) {
            if len > Atom::MAX_CHARS {
                return Err(DecodeError::Malformed("atom"));
            }
            return Ok(Atom::new(&bytes.iter().map(|&byte| char::from(byte)).collect::<String>()));
        }
        let text = std::str::from_utf8(bytes).ok();
        let text = text.filter(|text| len <= Atom::MAX_CHARS || text.chars().count() <= Atom::MAX_CHARS);
        if text == Some(super::LOCAL_NODE) {
            return Ok(Atom::local_node());
        }
        text.map(Atom::new).ok_or(DecodeError::Malformed("atom"))
    }

    fn bits(&mut self) -> Result<Term, DecodeError> {
        let len = self.u32()? as usize;
        let used = usize::from(self.u8()?);
        let bytes = self.take(len)?;
        let bit_len = match (len, used) {
            (0, 0) => Some(0),
            (1.., 1..=8) => Some((len - 1) * 8 + used),
            _ => None,
        };
        let bits = bit_len.and_then(|bit_len| Bits::from_bits(bytes, bit_len));
        bits.map(Term::Bits).ok_or(DecodeError::Malformed("bitstring"))
    }

    fn creation(&mut self, narrow: bool) -> Result<u32, DecodeError> {
        if narrow { Ok(u32::from(self.u8()?)) } else { self.u32() }
    }

    fn pid(&mut self, tag: u8) -> Result<PidTerm, DecodeError> {
        let node = self.atom_term()?;
        let (id, serial) = (self.u32()?, self.u32()?);
        let creation = self.creation(tag == tag::PID)?;
        Ok(PidTerm { node, id, serial, creation })
    }

    fn port(&mut self, tag: u8) -> Result<Term, DecodeError> {
        let node = self.atom_term()?;
        let id = if tag == tag::V4_PORT { u64::from_be_bytes(self.array()?) } else { u64::from(self.u32()?) };
        let creation = self.creation(tag == tag::PORT)?;
        Ok(Term::Port(PortTerm { node, id, creation }))
    }

    fn reference(&mut self, tag: u8) -> Result<Term, DecodeError> {
        let count = if tag == tag::REFERENCE { 1 } else { usize::from(self.u16()?) };
        if !(1..=5).contains(&count) {
            return Err(DecodeError::Malformed("reference"));
        }
        let node = self.atom_term()?;
        let mut creation = 0;
        // In the oldest form the creation stands after the word.
        if tag != tag::REFERENCE {
            creation = self.creation(tag == tag::NEW_REFERENCE)?;
        }
        let mut words = [0; 5];
        for word in &mut words[..count] {
            *word = self.u32()?;
        }
        let words = Arc::from(&words[..count]);
        if tag == tag::REFERENCE {
            creation = self.creation(true)?;
        }
        Ok(Term::Ref(ReferenceTerm { node, creation, words }))
    }

    fn export(&mut self) -> Result<Term, DecodeError> {
        let (module, function) = (self.atom_term()?, self.atom_term()?);
        match self.array()? {
            [tag::SMALL_INTEGER, arity] => {
                Ok(Term::Fun(Fun::External(Arc::new(ExternalFun { module, function, arity }))))
            }
            _ => Err(DecodeError::Malformed("function")),
        }
    }

    fn small_int(&mut self) -> Result<i64, DecodeError> {
        let tag = self.u8()?;
        self.leaf(tag)?.as_int().ok_or(DecodeError::Malformed("function"))
    }

    fn fun(&mut self, depth: u32) -> Result<Term, DecodeError> {
        let (header, count) = self.fun_header()?;
        let free = self.terms(count, depth + 1)?;
        self.finish_fun(header, free)
    }

    /// A function up to the values that it closed over, and how many these are.
    fn fun_header(&mut self) -> Result<(FunHeader, usize), DecodeError> {
        let before = self.rest.len();
        let size = self.u32()? as usize;
        let arity = self.u8()?;
        let uniq = self.array()?;
        let index = self.u32()?;
        let free_count = self.count()?;
        let module = self.atom_term()?;
        let (old_index, old_uniq) = (self.small_int()?, self.small_int()?);
        let creator = match self.u8()? {
            tag @ (tag::NEW_PID | tag::PID) => self.pid(tag)?,
            _ => return Err(DecodeError::Malformed("function")),
        };
        let free = Terms::default();
        let fun = InternalFun { arity, uniq, index, module, old_index, old_uniq, creator, free };
        Ok((FunHeader { before, size, fun }, free_count))
    }

    fn finish_fun(&self, header: FunHeader, free: Vec<Term>) -> Result<Term, DecodeError> {
        if header.before - self.rest.len() != header.size {
            return Err(DecodeError::Malformed("function"));
        }
        let fun = InternalFun { free: free.into(), ..header.fun };
        Ok(Term::Fun(Fun::Internal(Arc::new(fun))))
    }
}
