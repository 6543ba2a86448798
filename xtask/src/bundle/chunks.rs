//! The chunks of a `.beam` file: an IFF file of type `BEAM`, as `beam_lib` of Erlang's stdlib describes it.

use anyhow::{bail, ensure};

/// Chunks for debuggers and for building, of no use to a running program: abstract code of old compilers, and documentation of
/// old Elixirs.
const DROPPED: [&[u8; 4]; 2] = [b"Abst", b"ExDc"];

/// Documentation (EEP 48), which goes into a section of its own.
const DOCS: &[u8; 4] = b"Docs";

/// Debug information. That of Elixir's modules goes there too: errors show the clauses of a function that did not match. That of
/// Erlang's is of no use to a running program.
const DEBUG_INFO: &[u8; 4] = b"Dbgi";

/// A `.beam` file taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Split {
    /// The file without debug information and documentation.
    pub(crate) code: Vec<u8>,
    /// The chunks that are read and not run, whole: documentation and debug information. Empty when there are none.
    pub(crate) docs: Vec<u8>,
}

/// The language of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Elixir,
    Erlang,
}

/// Takes a `.beam` file apart.
pub(crate) fn split(file: &[u8], language: Language) -> anyhow::Result<Split> {
    if file.starts_with(&[0x1f, 0x8b]) {
        bail!("the module is compressed; take an Elixir/OTP whose modules were compiled without `compressed`");
    }
    ensure!(file.len() >= 12 && &file[..4] == b"FOR1" && &file[8..12] == b"BEAM", "this is no BEAM file");
    let mut code = b"FOR1\0\0\0\0BEAM".to_vec();
    let mut docs = Vec::new();
    let mut rest = &file[12..];
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, size @ ..] = *head;
        let length = u32::from_be_bytes(size) as usize;
        ensure!(length <= after.len(), "the file is cut short");
        let padded = length.next_multiple_of(4).min(after.len());
        let (whole, next) = after.split_at(padded);
        let id = &[a, b, c, d];
        let part = match id {
            DOCS => Some(&mut docs),
            DEBUG_INFO => (language == Language::Elixir).then_some(&mut docs),
            id if DROPPED.contains(&id) => None,
            _ => Some(&mut code),
        };
        if let Some(part) = part {
            part.extend_from_slice(head);
            part.extend_from_slice(whole);
            part.resize(part.len().next_multiple_of(4), 0);
        }
        rest = next;
    }
    let length = u32::try_from(code.len() - 8)?;
    code[4..8].copy_from_slice(&length.to_be_bytes());
    Ok(Split { code, docs })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beam(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut body = b"BEAM".to_vec();
        for (id, content) in chunks {
            body.extend_from_slice(*id);
            body.extend_from_slice(&(content.len() as u32).to_be_bytes());
            body.extend_from_slice(content);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        [b"FOR1", &(body.len() as u32).to_be_bytes()[..], &body].concat()
    }

    #[test]
    fn what_is_not_run_moves() {
        let whole = beam(&[(b"AtU8", b"atoms"), (b"Dbgi", b"debug"), (b"Docs", b"docs!"), (b"Code", b"code")]);
        let code = beam(&[(b"AtU8", b"atoms"), (b"Code", b"code")]);
        let (debug_info, docs) = (*b"Dbgi\0\0\0\x05debug\0\0\0", *b"Docs\0\0\0\x05docs!\0\0\0");
        let expected = Split { code: code.clone(), docs: [debug_info, docs].concat() };
        assert_eq!(split(&whole, Language::Elixir).unwrap(), expected);
        let expected = Split { code, docs: docs.to_vec() };
        assert_eq!(split(&whole, Language::Erlang).unwrap(), expected);
    }

    #[test]
    fn what_is_no_module_is_an_error() {
        for file in [&b""[..], b"FOR1", b"FOR1\0\0\0\0WAVE", &[0x1f, 0x8b, 8], b"FOR1\0\0\0\0BEAMAtU8\xff\xff\xff\xff"]
        {
            assert!(split(file, Language::Erlang).is_err(), "{file:?}");
        }
    }
}
