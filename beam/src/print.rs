//! Terms as text: what `pid_to_list/1` and its kind give, what `erlang:display/1` prints, and, without running any code of
//! a process, what `io_lib:format/2` and Elixir's `inspect/2` would give.
//!
//! All of it accepts unset registers and whatever else a program never sees.

use crate::image::Image;
use crate::term::Term;

mod display;
mod elixir;
mod erlang;
mod float;
mod identity;
mod quote;
#[cfg(test)]
mod tests;

pub use display::display;
pub use elixir::elixir;
pub use erlang::{erlang, write};
pub use float::short as float_short;
pub use identity::{fun, pid, port, reference};

/// How much to print, and how.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Columns of a line; 0: everything on one line.
    pub width: usize,
    /// Elements of a compound term that Elixir's form shows (`inspect`'s `:limit`). The Erlang form shows all.
    pub items: usize,
    /// Bytes of a string or binary that Elixir's form shows (`inspect`'s `:printable_limit`).
    pub printable: usize,
    /// Parts of the whole term after which the rest is `...`, so that a huge term is still printed fast.
    pub parts: usize,
    /// Characters beyond Latin-1 are printed as they are (`~tp` with the printable range `unicode`) and not escaped (`~p`).
    /// Elixir's form always has them.
    pub unicode: bool,
    /// Tells the fields of a struct in the order of their definition, by its module; none for a module that defines no
    /// struct. Without it, fields are in the order of their names.
    pub fields: Option<StructFields>,
}

/// See [`Limits::fields`].
pub type StructFields = fn(&Image, Term) -> Option<Vec<Term>>;

impl Default for Limits {
    /// What `~tp` and `inspect/1` have, for terms of up to 100 000 parts.
    fn default() -> Self {
        Limits { width: 80, items: 50, printable: 4096, parts: 100_000, unicode: true, fields: None }
    }
}

/// Something that no program can hold, such as an unset register.
fn unknown(t: Term) -> String {
    if t == Term::NONE { "#None<>".into() } else { format!("#Unknown<{:x}>", t.0) }
}

/// Name of an atom.
fn name(image: &Image, atom: Term) -> &str {
    image.atoms.name(atom)
}
