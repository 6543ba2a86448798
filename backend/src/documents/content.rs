//! Files as a document, and back.

use shared::api::sandboxes::{Files, check_path};
use shared::document::FILES;
use yrs::updates::decoder::Decode as _;
use yrs::{
    ClientID, Doc, GetString as _, Map as _, OffsetKind, Options, Out, ReadTxn as _, StateVector, TextPrelim,
    Transact as _, Update, WriteTxn as _,
};

/// An empty document as all of ours are made: positions count as in JavaScript.
pub(super) fn new_doc() -> Doc {
    // Some clients only know numbers of 32 bits.
    let client = ClientID::new(u64::from(rand::random::<u32>()));
    let mut options = Options::with_client_id(client);
    options.offset_kind = OffsetKind::Utf16;
    options.cleanup_formatting = false;
    Doc::with_options(options)
}

/// The state of a document of code with these files.
pub(crate) fn state_of(files: &Files) -> Vec<u8> {
    let doc = new_doc();
    let mut txn = doc.transact_mut();
    let map = txn.get_or_insert_map(FILES);
    for (path, text) in files {
        // Editors count a line break as one character.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        map.insert(&mut txn, path.as_str(), TextPrelim::new(text));
    }
    drop(txn);
    doc.transact().encode_state_as_update_v1(&StateVector::default())
}

/// The files in the state of a document of code. What is no file, or has a path that no file may have, is left out.
pub(crate) fn files_of(state: &[u8]) -> Option<Files> {
    let doc = new_doc();
    doc.transact_mut().apply_update(Update::decode_v1(state).ok()?).ok()?;
    let txn = doc.transact();
    let Some(map) = txn.get_map(FILES) else { return Some(Files::new()) };
    let mut files = Files::new();
    for (path, value) in map.iter(&txn) {
        if let Out::YText(text) = value
            && check_path(path).is_ok()
        {
            files.insert(path.to_owned(), text.get_string(&txn));
        }
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_survive_the_way_through_a_document() {
        let files: Files =
            [("lib/a.ex", "IO.puts(\"Grüße 👋\")\n"), ("b.erl", "")].map(|(p, t)| (p.into(), t.into())).into();
        assert_eq!(files_of(&state_of(&files)), Some(files));
        assert_eq!(files_of(&state_of(&Files::new())), Some(Files::new()));
        assert_eq!(files_of(&[9, 9]), None);
        let lines: Files = [("a".to_owned(), "1\r\n2\r3".to_owned())].into();
        assert_eq!(files_of(&state_of(&lines)).unwrap()["a"], "1\n2\n3");
    }
}
