//! Lines of HTTP/1: request, status and header lines.

use super::Found;
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// What text becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text {
    Strings,
    Binaries,
}

impl Text {
    fn term(self, vm: &mut Vm, bytes: &[u8]) -> Term {
        match self {
            Text::Binaries => vm.heap.binary(bytes),
            Text::Strings => {
                let chars = bytes.iter().map(|byte| Term::small(i64::from(*byte)));
                vm.heap.list_of(bytes.len(), chars, Term::NIL)
            }
        }
    }
}

/// Methods that are atoms.
const METHODS: &[&str] = atoms::between("OPTIONS", "TRACE");

/// Header fields that are atoms; the place of a name is its number, counted from one.
const FIELDS: &[&str] = atoms::between("Cache-Control", "Proxy-Connection");

/// Names of unknown header fields are capitalised up to this length.
const CAPITALISED: usize = 50;

/// Where the line ends. One of a header goes on in the next line where that begins with a blank.
pub(super) fn find(bytes: &[u8], is_header: bool, limit: usize) -> Found {
    let is_long = |length| limit != 0 && length > limit;
    let mut from = 0;
    while let Some(end) = bytes[from..].iter().position(|byte| *byte == b'\n') {
        let length = from + end + 1;
        if is_long(length) {
            return Found::Invalid;
        }
        // What ends the header has nothing to go on with.
        if !is_header || matches!(&bytes[..length], b"\n" | b"\r\n") {
            return Found::Packet(length);
        }
        match bytes.get(length) {
            None => return Found::More,
            Some(b' ' | b'\t') => from = length,
            Some(_) => return Found::Packet(length),
        }
    }
    if is_long(bytes.len()) { Found::Invalid } else { Found::More }
}

/// The packet that a line stands for; what is no HTTP becomes an `http_error`.
pub(super) fn line(vm: &mut Vm, bytes: &[u8], text: Text, is_header: bool) -> Outcome {
    let content = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    let packet = if is_header {
        header(vm, content, text)?
    } else if content.starts_with(b"HTTP/") {
        status(vm, content, text)?
    } else {
        request(vm, content, text)?
    };
    match packet {
        Some(packet) => Ok(packet),
        None => {
            let (tag, line) = (vm.atom("http_error")?, text.term(vm, bytes));
            Ok(vm.heap.tuple(&[tag, line]))
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Control characters, blanks and separators (RFC 2616, section 2.2), which no token has.
fn is_separator(byte: u8) -> bool {
    byte <= b' ' || byte == 127 || b"()<>@,;:\\\"/[]?={}".contains(&byte)
}

fn without_blanks(bytes: &[u8]) -> &[u8] {
    let blanks = bytes.iter().take_while(|byte| is_blank(**byte)).count();
    &bytes[blanks..]
}

/// Bytes up to the first that is not wanted, and the others.
fn split(bytes: &[u8], is_wanted: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    bytes.split_at(bytes.iter().take_while(|byte| is_wanted(**byte)).count())
}

/// A decimal number and what follows it.
fn digits(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (digits, rest) = split(bytes, |byte| byte.is_ascii_digit());
    let value = digits.iter().fold(0_i32, |sum, digit| sum.wrapping_mul(10).wrapping_add(i32::from(digit - b'0')));
    (!digits.is_empty()).then_some((i64::from(value), rest))
}

/// `HTTP/1.1` and what follows it.
fn version(bytes: &[u8]) -> Option<([Term; 2], &[u8])> {
    let (major, rest) = digits(bytes.strip_prefix(b"HTTP/")?)?;
    let (minor, rest) = digits(rest.strip_prefix(b".")?)?;
    Some(([Term::small(major), Term::small(minor)], rest))
}

fn status(vm: &mut Vm, line: &[u8], text: Text) -> Result<Option<Term>, Fail> {
    let Some((version, rest)) = version(line) else { return Ok(None) };
    let Some((status, rest)) = digits(without_blanks(rest)).filter(|_| rest.first().is_some_and(|b| is_blank(*b)))
    else {
        return Ok(None);
    };
    let phrase = text.term(vm, without_blanks(rest));
    let (tag, version) = (vm.atom("http_response")?, vm.heap.tuple(&version));
    Ok(Some(vm.heap.tuple(&[tag, version, Term::small(status), phrase])))
}

fn request(vm: &mut Vm, line: &[u8], text: Text) -> Result<Option<Term>, Fail> {
    let (method, rest) = split(line, |byte| !is_separator(byte));
    if method.is_empty() || !rest.first().is_some_and(|byte| is_blank(*byte)) {
        return Ok(None);
    }
    let (uri, rest) = split(without_blanks(rest), |byte| !is_blank(byte));
    if uri.is_empty() {
        return Ok(None);
    }
    let rest = without_blanks(rest);
    // A request of HTTP/0.9 has no version.
    let nine = [0, 9].map(Term::small);
    let Some((version, _)) = (if rest.is_empty() { Some((nine, rest)) } else { version(rest) }) else {
        return Ok(None);
    };
    let known = METHODS.iter().find(|known| known.as_bytes() == method);
    let method = match known {
        Some(known) => vm.atom(known)?,
        None => text.term(vm, method),
    };
    let uri = uri_term(vm, uri, text)?;
    let (tag, version) = (vm.atom("http_request")?, vm.heap.tuple(&version));
    Ok(Some(vm.heap.tuple(&[tag, method, uri, version])))
}

fn uri_term(vm: &mut Vm, uri: &[u8], text: Text) -> Outcome {
    if uri == b"*" {
        return vm.atom("*");
    }
    if uri.starts_with(b"/") {
        let (tag, path) = (vm.atom("abs_path")?, text.term(vm, uri));
        return Ok(vm.heap.tuple(&[tag, path]));
    }
    for (prefix, scheme) in [("http://", "http"), ("https://", "https")] {
        let Some((start, rest)) = uri.split_at_checked(prefix.len()) else { continue };
        if start.eq_ignore_ascii_case(prefix.as_bytes()) {
            return absolute(vm, scheme, rest, text);
        }
    }
    let (scheme, rest) = split(uri, |byte| byte != b':');
    if rest.is_empty() {
        return Ok(text.term(vm, uri));
    }
    let (tag, scheme, rest) = (vm.atom("scheme")?, text.term(vm, scheme), text.term(vm, &rest[1..]));
    Ok(vm.heap.tuple(&[tag, scheme, rest]))
}

fn absolute(vm: &mut Vm, scheme: &str, rest: &[u8], text: Text) -> Outcome {
    let (authority, path) = split(rest, |byte| byte != b'/');
    // An address of IPv6 has colons of its own.
    let bracket = authority.iter().position(|byte| *byte == b']').filter(|_| authority.starts_with(b"["));
    let (host, after) = match bracket {
        Some(at) => authority.split_at(at + 1),
        None => split(authority, |byte| byte != b':'),
    };
    let port = after.strip_prefix(b":").and_then(digits).filter(|(_, rest)| rest.is_empty());
    let port = port.map_or(atoms::UNDEFINED, |(port, _)| Term::small(port));
    let (tag, scheme) = (vm.atom("absoluteURI")?, vm.atom(scheme)?);
    let (host, path) = (text.term(vm, host), text.term(vm, if path.is_empty() { b"/" } else { path }));
    Ok(vm.heap.tuple(&[tag, scheme, host, port, path]))
}

fn header(vm: &mut Vm, line: &[u8], text: Text) -> Result<Option<Term>, Fail> {
    if line.is_empty() {
        return vm.atom("http_eoh").map(Some);
    }
    let (name, rest) = split(line, |byte| !is_separator(byte));
    // Nothing may stand between them, but there need be no name (RFC 7230, section 3.2.4, demands the first).
    let Some(value) = rest.strip_prefix(b":") else { return Ok(None) };
    let unmodified = text.term(vm, name);
    let capitalised = capitalised(name);
    let known = FIELDS.iter().position(|field| field.as_bytes() == capitalised);
    let (number, field) = match known {
        Some(at) => (at as i64 + 1, vm.atom(FIELDS[at])?),
        None if name.len() > CAPITALISED => (0, text.term(vm, name)),
        None => (0, text.term(vm, &capitalised)),
    };
    let value = text.term(vm, without_blanks(value));
    let tag = vm.atom("http_header")?;
    Ok(Some(vm.heap.tuple(&[tag, Term::small(number), field, unmodified, value])))
}

/// Each word of a name with a capital letter, and small ones behind it.
fn capitalised(name: &[u8]) -> Vec<u8> {
    let mut is_start = true;
    let letter = |byte: &u8| {
        let letter = if is_start { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() };
        // A second hyphen counts as the letter after the first one.
        is_start = *byte == b'-' && !is_start;
        letter
    };
    name.iter().map(letter).collect()
}
