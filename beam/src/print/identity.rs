//! Pids, ports, references and funs, as `pid_to_list/1` and its kind print them.

use crate::compare::{field, ref_words};
use crate::image::Image;
use crate::term::{Term, kind};

use super::quote;

/// Number by which a node's identifiers are printed: 0 for this node, else that of its name's atom, as in OTP.
fn node(atom: Term, creation: Term) -> u32 {
    if atom == crate::atoms::NONODE && creation == Term::small(0) { 0 } else { atom.atom_index() }
}

/// A pid, as `pid_to_list/1`.
pub fn pid(t: Term) -> String {
    if t.is_local_pid() {
        let n = t.pid_number();
        return format!("<0.{}.{}>", n & 0xfff_ffff, n >> 28);
    }
    match t.elements() {
        [name, id, serial, creation] if t.is_kind(kind::EXTERNAL_PID) => {
            format!("<{}.{}.{}>", node(*name, *creation), field(*id), field(*serial))
        }
        _ => super::unknown(t),
    }
}

/// A port, as `port_to_list/1`.
pub fn port(t: Term) -> String {
    match t.elements() {
        [name, id, creation] if t.is_kind(kind::PORT) => {
            format!("#Port<{}.{}>", node(*name, *creation), field(*id))
        }
        _ => super::unknown(t),
    }
}

/// A reference, as `ref_to_list/1`: the most significant word first.
pub fn reference(t: Term) -> String {
    let (words, count) = ref_words(t);
    let node_fields = if t.is_kind(kind::EXTERNAL_REF) { t.elements() } else { &[] };
    let mut text = match node_fields {
        [name, creation, ..] => format!("#Ref<{}", node(*name, *creation)),
        _ => "#Ref<0".into(),
    };
    for word in words[..count].iter().rev() {
        text += &format!(".{word}");
    }
    text + ">"
}

/// A fun, as `fun_to_list/1`.
pub fn fun(t: Term, image: &Image) -> String {
    let number = t.elements().first().map_or(0, |n| n.as_small() as usize);
    let name = |atom| super::name(image, atom);
    if t.is_kind(kind::EXPORT) {
        return image.code.exports.get(number).map_or_else(
            || super::unknown(t),
            |e| {
                let (module, function, arity) = e.mfa;
                format!("fun {}:{}/{arity}", quote::display_atom(name(module)), quote::display_atom(name(function)))
            },
        );
    }
    image
        .code
        .funs
        .get(number)
        .map_or_else(|| super::unknown(t), |e| format!("#Fun<{}.{}.{}>", name(e.module), e.index, e.old_uniq as i32))
}
