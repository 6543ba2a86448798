//! A look at every update before it comes near the document: whether it can be read at all, whether anything in it is
//! deeper or larger than the document's own code stands, and what it inserts, deletes and refers to.
//!
//! It reserves nothing, follows nothing, and takes time in proportion to the length of the update.

use std::collections::BTreeMap;

use super::wire::{Malformed, Reader};

/// How deep values may lie in one another. The code that reads them recurses.
const VALUE_DEPTH_MAX: usize = 64;

/// Client numbers in one update.
const CLIENTS_MAX: usize = 4_096;

/// What an update would do.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// What it inserts: from which clock up to which, for each client.
    pub(super) inserts: BTreeMap<u64, (u32, u32)>,
    /// Up to which clock it refers to something, for each client.
    pub(super) refers: BTreeMap<u64, u32>,
    /// Whether it deletes anything.
    pub(super) deletes: bool,
    /// How many nested types it brings.
    pub(super) types: usize,
    /// Whether it leaves something out in the middle.
    pub(super) has_gaps: bool,
}

/// Which root types there may be; any, when there is nothing.
pub(super) type Roots = Option<&'static [&'static str]>;

/// Looks at an update of the first encoding.
pub(super) fn scan(update: &[u8], roots: Roots) -> Result<Scan, Malformed> {
    let mut reader = Reader::new(update);
    let mut scan = Scan::default();
    let clients = reader.number()?;
    for _ in 0..clients {
        scan.client(&mut reader, roots)?;
        if scan.inserts.len() > CLIENTS_MAX {
            return Err(Malformed("it has too many clients"));
        }
    }
    let clients = reader.number()?;
    for _ in 0..clients {
        let client = reader.number()?;
        for _ in 0..reader.number()? {
            let (clock, length) = (reader.clock()?, reader.clock()?);
            scan.deletes = true;
            scan.refer(client, end(clock, length)?)?;
        }
    }
    if reader.is_empty() { Ok(scan) } else { Err(Malformed("something follows the update")) }
}

fn end(clock: u32, length: u32) -> Result<u32, Malformed> {
    // Both are below 2^31.
    if length == 0 { Err(Malformed("something has no length")) } else { Ok(clock + length) }
}

impl Scan {
    fn refer(&mut self, client: u64, up_to: u32) -> Result<(), Malformed> {
        let known = self.refers.entry(client).or_default();
        *known = (*known).max(up_to);
        if self.refers.len() > CLIENTS_MAX { Err(Malformed("it refers to too many clients")) } else { Ok(()) }
    }

    fn refer_to_id(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        let (client, clock) = (reader.number()?, reader.clock()?);
        self.refer(client, clock + 1)
    }

    fn client(&mut self, reader: &mut Reader<'_>, roots: Roots) -> Result<(), Malformed> {
        let structs = reader.number()?;
        let client = reader.number()?;
        let begin = reader.clock()?;
        let mut clock = begin;
        for _ in 0..structs {
            let length = self.structure(reader, roots)?;
            clock = end(clock, length)?;
            if clock >= 1 << 31 {
                return Err(Malformed("a clock is too large"));
            }
        }
        if structs > 0 && self.inserts.insert(client, (begin, clock)).is_some() {
            return Err(Malformed("a client occurs twice"));
        }
        Ok(())
    }

    /// Reads one struct and gives its length.
    fn structure(&mut self, reader: &mut Reader<'_>, roots: Roots) -> Result<u32, Malformed> {
        let info = reader.byte()?;
        match info {
            0 => return reader.clock(),
            10 => {
                self.has_gaps = true;
                return reader.clock();
            }
            _ => {}
        }
        let (has_origin, has_right_origin) = (info & 0x80 != 0, info & 0x40 != 0);
        if has_origin {
            self.refer_to_id(reader)?;
        }
        if has_right_origin {
            self.refer_to_id(reader)?;
        }
        if !has_origin && !has_right_origin {
            match reader.number()? {
                1 => {
                    let root = reader.text()?;
                    if roots.is_some_and(|roots| !roots.contains(&root)) {
                        return Err(Malformed("this document has no such root type"));
                    }
                }
                0 => self.refer_to_id(reader)?,
                _ => return Err(Malformed("a parent is neither a name nor an id")),
            }
            if info & 0x20 != 0 {
                reader.text()?;
            }
        }
        self.content(info & 0x1f, reader)
    }

    fn content(&mut self, kind: u8, reader: &mut Reader<'_>) -> Result<u32, Malformed> {
        match kind {
            1 => reader.clock(),
            3 => reader.bytes().map(|_| 1),
            4 => {
                let units = reader.text()?.encode_utf16().count();
                u32::try_from(units).ok().ok_or(Malformed("a text is too long"))
            }
            5 => json(reader.text()?).map(|()| 1),
            6 => {
                reader.text()?;
                json(reader.text()?).map(|()| 1)
            }
            7 => {
                self.types += 1;
                // Arrays, maps and texts; XML and whole documents have no use here.
                if reader.byte()? <= 2 { Ok(1) } else { Err(Malformed("this type is not used here")) }
            }
            8 => {
                let length = reader.clock()?;
                for _ in 0..length {
                    value(reader, 0)?;
                }
                Ok(length)
            }
            _ => Err(Malformed("this content is not used here")),
        }
    }
}

fn value(reader: &mut Reader<'_>, depth: usize) -> Result<(), Malformed> {
    if depth > VALUE_DEPTH_MAX {
        return Err(Malformed("values lie too deep in one another"));
    }
    match reader.byte()? {
        127 | 126 | 121 | 120 => Ok(()),
        125 => {
            // A signed number: as many bytes as have the highest bit, and one more.
            for _ in 0..10 {
                if reader.byte()? < 0x80 {
                    return Ok(());
                }
            }
            Err(Malformed("a number is too long"))
        }
        124 => reader.take(4).map(drop),
        123 | 122 => reader.take(8).map(drop),
        119 => reader.text().map(drop),
        118 => {
            for _ in 0..reader.number()? {
                reader.text()?;
                value(reader, depth + 1)?;
            }
            Ok(())
        }
        117 => {
            for _ in 0..reader.number()? {
                value(reader, depth + 1)?;
            }
            Ok(())
        }
        116 => reader.bytes().map(drop),
        _ => Err(Malformed("there is no such kind of value")),
    }
}

/// Bounds the depth from above: brackets inside strings count too.
fn json(text: &str) -> Result<(), Malformed> {
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > VALUE_DEPTH_MAX {
            return Err(Malformed("values lie too deep in one another"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use yrs::updates::decoder::Decode as _;
    use yrs::{
        Any, Array as _, Doc, Map as _, ReadTxn as _, StateVector, Text as _, Transact as _, Update, WriteTxn as _,
    };

    use super::*;

    fn sample() -> Vec<u8> {
        let doc = Doc::with_client_id(7);
        {
            let mut txn = doc.transact_mut();
            let files = txn.get_or_insert_map("files");
            let text = files.insert(&mut txn, "a.ex", yrs::TextPrelim::new("hello 👋 world"));
            text.insert(&mut txn, 3, "middle");
            text.remove_range(&mut txn, 0, 2);
            let list = files.insert(&mut txn, "l", yrs::ArrayPrelim::default());
            list.push_back(&mut txn, Any::from(vec![Any::from(1.5), Any::Null, Any::from("x"), Any::from(true)]));
            files.insert(&mut txn, "n", 12_345_678);
        }
        doc.transact().encode_state_as_update_v1(&StateVector::default())
    }

    #[test]
    fn a_real_update_is_read_to_its_end() {
        let scan = scan(&sample(), Some(&["files"])).unwrap();
        let inserted = scan.inserts[&7];
        let doc = Doc::with_client_id(1);
        doc.transact_mut().apply_update(Update::decode_v1(&sample()).unwrap()).unwrap();
        assert_eq!(inserted, (0, doc.transact().state_vector().get(&yrs::ClientID::new(7))));
        assert!(scan.deletes && !scan.has_gaps && scan.types == 2);
    }

    #[test]
    fn other_root_types_are_refused() {
        assert!(scan(&sample(), Some(&["comments"])).is_err());
        assert!(scan(&sample(), None).is_ok());
    }

    #[test]
    fn whatever_passes_is_decoded_without_a_panic() {
        let sample = sample();
        let mut passed = 0;
        for at in 0..sample.len() {
            for byte in [0, 1, 7, 10, 0x7f, 0x80, 0xff, sample[at] ^ 1, sample[at] ^ 0x40] {
                let mut mutated = sample.clone();
                mutated[at] = byte;
                for mutated in [&mutated[..], &mutated[..at]] {
                    if scan(mutated, None).is_ok() {
                        passed += 1;
                        let doc = Doc::with_client_id(1);
                        if let Ok(update) = Update::decode_v1(mutated) {
                            drop(doc.transact_mut().apply_update(update));
                        }
                    }
                }
            }
        }
        assert!(passed > 100, "{passed}");
    }

    #[test]
    fn known_attacks_are_refused() {
        let deep = |kind: u8, depth: usize| {
            let mut update = vec![1, 1, 7, 0, 8, 1, 1, b'x', 1];
            for _ in 0..depth {
                update.extend([kind, 1]);
                if kind == 118 {
                    update.push(0);
                }
            }
            update.extend([126, 0]);
            update
        };
        assert!(scan(&deep(117, 10), None).is_ok());
        let attacks: [(&str, Vec<u8>); 9] = [
            ("arrays in arrays", deep(117, 5_000)),
            ("maps in maps", deep(118, 5_000)),
            ("a text that is not UTF-8", vec![1, 1, 7, 0, 4, 1, 1, b'x', 1, 0xf0, 0]),
            ("a huge count of clients", vec![0xff, 0xff, 0xff, 0x7f]),
            ("a huge count of values", vec![1, 1, 7, 0, 8, 1, 1, b'x', 0xff, 0xff, 0xff, 0xff, 7]),
            ("clocks that overflow", vec![1, 2, 7, 0, 0, 0xff, 0xff, 0xff, 0xff, 7, 0, 1, 0]),
            ("a deletion that overflows", vec![0, 1, 7, 1, 0xff, 0xff, 0xff, 0xff, 0xf, 1]),
            ("a document in the document", vec![1, 1, 7, 0, 9, 1, 1, b'x', 0, 0, 0]),
            ("a struct without length", vec![1, 1, 7, 0, 0, 0, 0]),
        ];
        for (what, update) in attacks {
            assert!(scan(&update, None).is_err(), "{what}");
        }
    }
}
