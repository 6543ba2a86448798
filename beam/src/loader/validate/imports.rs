//! What the compilers know about some functions of `erlang`, and so leave out of the code.

use crate::loader::file::BeamFile;

/// Something special about an imported function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Nothing.
    None,
    /// It always raises an exception, so a call needs no stack frame, and nothing has to follow it.
    NeverReturns,
    /// `setelement/3`: its value is a new tuple, which `set_tuple_element` may change.
    MakesTuple,
}

/// The fact about each import.
pub fn facts(file: &BeamFile) -> Vec<Fact> {
    let name = |index: u32| file.atoms.get(index as usize).map_or("", String::as_str);
    file.imports
        .iter()
        .map(|(module, function, arity)| match name(*module) {
            "erlang" => fact(name(*function), *arity),
            _ => Fact::None,
        })
        .collect()
}

fn fact(function: &str, arity: u32) -> Fact {
    match (function, arity) {
        ("error", 1..=3) | ("exit" | "throw", 1) => Fact::NeverReturns,
        ("setelement", 3) => Fact::MakesTuple,
        _ => Fact::None,
    }
}
