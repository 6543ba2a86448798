//! Packets out of a stream of bytes (OTP: `erlang:decode_packet/3`).
//!
//! This file finds where a packet ends; [`http`] reads lines of HTTP.

mod http;

use super::Native;
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Functions of this file.
pub const NATIVES: &[Native] = &[Native::new("erlang", "decode_packet", 3, decode_packet)];

/// Forms of packets, as sockets know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Raw,
    /// A length in so many bytes stands before the packet and is taken off.
    Length(usize),
    Asn1,
    Cdr,
    SunRpc,
    FastCgi,
    Tpkt,
    Line,
    SslTls,
    /// The first line of a message, or one of its header.
    Http {
        text: http::Text,
        is_header: bool,
    },
}

impl Kind {
    fn read(vm: &Vm, kind: Term) -> Option<Kind> {
        use http::Text::{Binaries, Strings};
        if let Some(size @ (0 | 1 | 2 | 4)) = kind.small_value() {
            return Some(if size == 0 { Kind::Raw } else { Kind::Length(size as usize) });
        }
        if !kind.is_atom() {
            return None;
        }
        Some(match vm.atom_name(kind) {
            "raw" => Kind::Raw,
            "asn1" => Kind::Asn1,
            "cdr" => Kind::Cdr,
            "sunrm" => Kind::SunRpc,
            "fcgi" => Kind::FastCgi,
            "tpkt" => Kind::Tpkt,
            "line" => Kind::Line,
            "ssl_tls" => Kind::SslTls,
            "http" => Kind::Http { text: Strings, is_header: false },
            "httph" => Kind::Http { text: Strings, is_header: true },
            "http_bin" => Kind::Http { text: Binaries, is_header: false },
            "httph_bin" => Kind::Http { text: Binaries, is_header: true },
            _ => return None,
        })
    }
}

/// Options of a call. A limit of 0 is none.
struct Options {
    packet_size: usize,
    line_length: usize,
    delimiter: u8,
}

impl Options {
    fn read(vm: &Vm, list: Term) -> Option<Options> {
        let mut options = Options { packet_size: 0, line_length: 0, delimiter: b'\n' };
        for option in list.proper_list()? {
            let &[key, value] = option.tuple_of::<2>()?;
            let value = value.small_value()?;
            match key.is_atom().then(|| vm.atom_name(key))? {
                "packet_size" => options.packet_size = u32::try_from(value).ok()? as usize,
                "line_length" => options.line_length = u32::try_from(value).ok()? as usize,
                "line_delimiter" => options.delimiter = u8::try_from(value).ok()?,
                _ => return None,
            }
        }
        Some(options)
    }
}

/// What the bytes at hand begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// Bytes of the packet with what stands before it; they need not all be there yet.
    Packet(usize),
    /// It cannot be said yet how long the packet is.
    More,
    Invalid,
}

fn decode_packet(vm: &mut Vm, args: &[Term]) -> Outcome {
    let kind = Kind::read(vm, args[0]).ok_or(Fail::ErrorCause(atoms::BADARG, atoms::BADOPT))?;
    let bits = args[1].bits().filter(|bits| bits.is_binary()).ok_or(Fail::BADARG)?;
    let options = Options::read(vm, args[2]).ok_or(Fail::BADARG)?;
    let bytes = bits.bytes();
    vm.charge(bytes.len() / 1024);
    let length = match find(kind, &bytes, &options) {
        Found::Packet(length) if length <= bytes.len() => length,
        found => {
            let (tag, value) = match found {
                Found::Packet(length) => ("more", Term::small(length as i64)),
                Found::More => ("more", atoms::UNDEFINED),
                Found::Invalid => ("error", vm.atom("invalid")?),
            };
            let tag = vm.atom(tag)?;
            return Ok(vm.heap.tuple(&[tag, value]));
        }
    };
    let packet = match kind {
        Kind::Http { text, is_header } => http::line(vm, &bytes[..length], text, is_header)?,
        Kind::SslTls => tls_record(vm, &bytes[..length])?,
        Kind::Length(size) => vm.heap.sub_bits(args[1], size * 8, (length - size) * 8),
        Kind::FastCgi => vm.heap.sub_bits(args[1], 0, (length - usize::from(bytes[6])) * 8),
        _ => vm.heap.sub_bits(args[1], 0, length * 8),
    };
    let rest = vm.heap.sub_bits(args[1], length * 8, (bytes.len() - length) * 8);
    Ok(vm.heap.tuple(&[atoms::OK, packet, rest]))
}

fn find(kind: Kind, bytes: &[u8], options: &Options) -> Found {
    let framed = match kind {
        Kind::Raw if bytes.is_empty() => return Found::More,
        Kind::Raw => return Found::Packet(bytes.len()),
        Kind::Line => return line(bytes, options),
        Kind::Http { is_header, .. } => return http::find(bytes, is_header, options.packet_size),
        Kind::Length(size) => number(bytes, 0, size).map(|length| (size, length)),
        Kind::SunRpc => number(bytes, 0, 4).map(|length| (4, length & 0x7fff_ffff)),
        Kind::Asn1 => return limited(asn1(bytes), options),
        Kind::Cdr if bytes.len() < 12 => None,
        Kind::Cdr if !bytes.starts_with(b"GIOP") => return Found::Invalid,
        Kind::Cdr if bytes[6] & 1 == 1 => {
            Some((12, bytes[8..12].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))))
        }
        Kind::Cdr => number(bytes, 8, 4).map(|length| (12, length)),
        Kind::FastCgi if bytes.len() < 8 => None,
        Kind::FastCgi if bytes[0] != 1 => return Found::Invalid,
        Kind::FastCgi => number(bytes, 4, 2).map(|length| (8, length + usize::from(bytes[6]))),
        Kind::Tpkt if bytes.len() < 4 => None,
        Kind::Tpkt if bytes[0] != 3 => return Found::Invalid,
        Kind::Tpkt => match number(bytes, 2, 2).and_then(|length| length.checked_sub(4)) {
            Some(length) => Some((4, length)),
            None => return Found::Invalid,
        },
        Kind::SslTls if bytes.len() < 5 => None,
        Kind::SslTls if is_old_hello(bytes) => match number(bytes, 0, 2).map(|length| (length & 0x7fff).checked_sub(3))
        {
            Some(None) => return Found::Invalid,
            length => length.flatten().map(|length| (5, length)),
        },
        Kind::SslTls => number(bytes, 3, 2).map(|length| (5, length)),
    };
    limited(framed.map_or(Ok(None), |frame| Ok(Some(frame))), options)
}

/// The packet of a header and a body of these sizes, where the body is not larger than allowed.
fn limited(frame: Result<Option<(usize, usize)>, ()>, options: &Options) -> Found {
    match frame {
        Err(()) => Found::Invalid,
        Ok(None) => Found::More,
        Ok(Some((_, body))) if options.packet_size != 0 && body > options.packet_size => Found::Invalid,
        // OTP counts in an integer with a sign.
        Ok(Some((_, body))) if body > i32::MAX as usize => Found::Invalid,
        Ok(Some((header, body))) => Found::Packet(header + body),
    }
}

/// A number in `size` bytes, the first one most significant.
fn number(bytes: &[u8], at: usize, size: usize) -> Option<usize> {
    Some(bytes.get(at..at + size)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}

fn line(bytes: &[u8], options: &Options) -> Found {
    let end = bytes.iter().position(|byte| *byte == options.delimiter).map(|at| at + 1);
    let length = end.unwrap_or(bytes.len());
    let is_cut = options.line_length != 0 && length >= options.line_length;
    if options.packet_size != 0 && length > options.packet_size {
        return Found::Invalid;
    }
    match end {
        _ if is_cut => Found::Packet(options.line_length),
        Some(length) => Found::Packet(length),
        None => Found::More,
    }
}

/// Bytes of tag and length, and of what follows, of a value in BER. `Err` where the length has too many bytes.
fn asn1(bytes: &[u8]) -> Result<Option<(usize, usize)>, ()> {
    let Some((tag, mut rest)) = bytes.split_first() else { return Ok(None) };
    if bytes.len() < 2 {
        return Ok(None);
    }
    if tag & 0x1f == 0x1f {
        // The tag goes on up to the first byte without the high bit.
        let Some(last) = rest.iter().position(|byte| byte & 0x80 == 0) else { return Ok(None) };
        rest = &rest[last + 1..];
    }
    let Some((first, rest)) = rest.split_first() else { return Ok(None) };
    let header = bytes.len() - rest.len();
    if first & 0x80 == 0 {
        return Ok(Some((header, usize::from(*first))));
    }
    let count = usize::from(first & 0x7f);
    let Some(digits) = rest.get(..count) else { return Ok(None) };
    let zeros = digits.iter().take_while(|byte| **byte == 0).count();
    if count - zeros > 4 {
        return Err(());
    }
    Ok(number(digits, zeros, count - zeros).map(|length| (header + count, length)))
}

/// A greeting of SSL 2, which clients sent to servers of any version.
fn is_old_hello(bytes: &[u8]) -> bool {
    bytes[0] & 0x80 != 0 && bytes[2] == 1
}

fn tls_record(vm: &mut Vm, bytes: &[u8]) -> Outcome {
    const HANDSHAKE: u8 = 22;
    let (kind, major, minor, data) = if is_old_hello(bytes) {
        // As the handshake message that a client of TLS sends: its version is part of it.
        let body = &bytes[3..];
        let length = (body.len() as u32).to_be_bytes();
        let data = [&[1], &length[1..], body].concat();
        (HANDSHAKE, bytes[3], bytes[4], vm.heap.binary(&data))
    } else {
        (bytes[0], bytes[1], bytes[2], vm.heap.binary(&bytes[5..]))
    };
    let [kind, major, minor] = [kind, major, minor].map(|byte| Term::small(i64::from(byte)));
    let version = vm.heap.tuple(&[major, minor]);
    let tag = vm.atom("ssl_tls")?;
    Ok(vm.heap.tuple(&[tag, Term::NIL, kind, version, data]))
}
