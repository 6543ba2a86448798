//! The packed Elixir/OTP library: every module that sandboxes may load, in one compressed file.
//!
//! The file is a header in plain JSON (so that versions can be read without decompressing anything), followed by the
//! sections that the header lists, each one zstd frame: the index, the code, and the documentation. Documentation is
//! apart because running a program never needs it.
//!
//! ```text
//! "ORRYLIB1" | header length, u32 little-endian | header | index | code | docs
//! ```
//!
//! This module reads and lays out; it opens no files. It compresses nothing itself: the packer hands in the compressor,
//! so that readers do not carry one.

use std::collections::HashMap;
use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::api::LibraryVersions;

/// First bytes of a bundle; the last one is the version of the format.
pub const MAGIC: &[u8; 8] = b"ORRYLIB1";

/// No section may unpack to more than this many bytes; the whole library is about a fifth of it.
pub const SECTION_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Why a bundle could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The file does not begin as a bundle of this format does.
    #[error("not a library bundle of format {}", String::from_utf8_lossy(MAGIC))]
    Magic,
    /// The file ends before what its header promises.
    #[error("the bundle is cut short in its {section}")]
    Truncated {
        /// The part that is not whole.
        section: &'static str,
    },
    /// Header or index is not the JSON that it should be.
    #[error("the bundle's {section} cannot be read")]
    Json {
        /// The part that cannot be read.
        section: &'static str,
        /// What the JSON reader says.
        #[source]
        source: serde_json::Error,
    },
    /// A section does not decompress to what the header promises.
    #[error("the bundle's {section} does not decompress: {reason}")]
    Decompress {
        /// The part that does not decompress.
        section: &'static str,
        /// What the decompressor says.
        reason: String,
    },
    /// An entry of the index lies outside its section.
    #[error("the bundle's entry {name} lies outside its section")]
    Entry {
        /// Name of the entry.
        name: String,
    },
}

/// The first part of a bundle: what is inside and how long it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Which library this is.
    pub versions: LibraryVersions,
    /// The index: JSON, a list of [`Entry`].
    pub index: Section,
    /// What programs load: modules without debug information, application resources, header files.
    pub code: Section,
    /// The documentation chunks of the modules.
    pub docs: Section,
}

/// Length of a section, packed and unpacked, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// As it stands in the file.
    pub packed: u64,
    /// After decompression.
    pub unpacked: u64,
}

/// What an [`Entry`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A module: a whole `.beam` file, less its debug information and documentation. Named as the module is.
    Module,
    /// An application resource file (`.app`), named as the application is.
    App,
    /// A header file for Erlang's `-include_lib`, named `application/include/file.hrl`.
    Header,
    /// A boot script in its binary form (`.boot`), named as the release is.
    Boot,
    /// Whole chunks of a `.beam` file that are read and not run, named as the module is: documentation (`Docs`, EEP 48), and debug
    /// information (`Dbgi`). In the section for documentation.
    Docs,
}

/// One thing in a bundle and where it lies in its unpacked section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it is, which also says in which section it lies.
    pub kind: Kind,
    /// The application that it belongs to: `stdlib`, `elixir`…
    pub app: String,
    /// Unique within its kind.
    pub name: String,
    /// First byte in the unpacked section.
    pub offset: u64,
    /// Length in bytes.
    pub length: u64,
}

/// One thing to be packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// See [`Entry::kind`].
    pub kind: Kind,
    /// See [`Entry::app`].
    pub app: String,
    /// See [`Entry::name`].
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Lays out a bundle. The items are sorted first, so that the same library gives the same file.
///
/// # Errors
///
/// Only those of `compress`.
pub fn pack<E>(
    mut versions: LibraryVersions,
    mut items: Vec<Item>,
    compress: impl Fn(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<Vec<u8>, E> {
    items.sort_by(|a, b| (a.kind, &a.app, &a.name).cmp(&(b.kind, &b.app, &b.name)));
    let mut entries = Vec::with_capacity(items.len());
    let (mut code, mut docs) = (Vec::new(), Vec::new());
    versions.modules = 0;
    for item in items {
        let section = if item.kind == Kind::Docs { &mut docs } else { &mut code };
        versions.modules += u32::from(item.kind == Kind::Module);
        entries.push(Entry {
            kind: item.kind,
            app: item.app,
            name: item.name,
            offset: section.len() as u64,
            length: item.bytes.len() as u64,
        });
        section.extend_from_slice(&item.bytes);
    }
    let index = serde_json::to_vec(&entries).expect("entries are plain data");
    let sections = [&index, &code, &docs];
    let mut packed = Vec::with_capacity(sections.len());
    for section in sections {
        packed.push(compress(section)?);
    }
    let length = |at: usize| Section { packed: packed[at].len() as u64, unpacked: sections[at].len() as u64 };
    let header = Header { versions, index: length(0), code: length(1), docs: length(2) };
    let header = serde_json::to_vec(&header).expect("the header is plain data");
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&(header.len() as u32).to_le_bytes());
    file.extend_from_slice(&header);
    for section in packed {
        file.extend_from_slice(&section);
    }
    Ok(file)
}

/// A bundle whose header was read. Nothing is decompressed yet.
#[derive(Debug, Clone)]
pub struct Bundle<'a> {
    header: Header,
    index: &'a [u8],
    code: &'a [u8],
    docs: &'a [u8],
}

impl<'a> Bundle<'a> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// When `file` is no bundle, or is cut short.
    pub fn parse(file: &'a [u8]) -> Result<Self, BundleError> {
        let rest = file.strip_prefix(MAGIC).ok_or(BundleError::Magic)?;
        let (length, rest) = rest.split_first_chunk::<4>().ok_or(BundleError::Truncated { section: "header" })?;
        let (header, rest) = take(rest, u64::from(u32::from_le_bytes(*length)), "header")?;
        let header: Header =
            serde_json::from_slice(header).map_err(|source| BundleError::Json { section: "header", source })?;
        let (index, rest) = take(rest, header.index.packed, "index")?;
        let (code, rest) = take(rest, header.code.packed, "code")?;
        let (docs, _) = take(rest, header.docs.packed, "documentation")?;
        Ok(Self { header, index, code, docs })
    }

    /// The header, with the versions of the library.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Decompresses index and code: all that is needed to run programs.
    ///
    /// # Errors
    ///
    /// When a section does not decompress to what the header promises, or an entry lies outside its section.
    pub fn library(&self) -> Result<Library, BundleError> {
        self.unpack(self.code, self.header.code, "code", |kind| kind != Kind::Docs)
    }

    /// Decompresses index and documentation.
    ///
    /// # Errors
    ///
    /// As for [`Bundle::library`].
    pub fn documentation(&self) -> Result<Library, BundleError> {
        self.unpack(self.docs, self.header.docs, "documentation", |kind| kind == Kind::Docs)
    }

    /// Decompresses the index alone: everything in the bundle, documentation too.
    ///
    /// # Errors
    ///
    /// When the index does not decompress, or is not the JSON that it should be.
    pub fn entries(&self) -> Result<Vec<Entry>, BundleError> {
        let index = decompress(self.index, self.header.index, "index")?;
        serde_json::from_slice(&index).map_err(|source| BundleError::Json { section: "index", source })
    }

    fn unpack(
        &self,
        packed: &[u8],
        section: Section,
        name: &'static str,
        belongs: impl Fn(Kind) -> bool,
    ) -> Result<Library, BundleError> {
        let bytes = decompress(packed, section, name)?;
        let entries: Vec<Entry> = self.entries()?.into_iter().filter(|entry| belongs(entry.kind)).collect();
        let mut at = HashMap::with_capacity(entries.len());
        for (position, entry) in entries.iter().enumerate() {
            let end = entry.offset.checked_add(entry.length);
            if end.is_none_or(|end| end > bytes.len() as u64) {
                return Err(BundleError::Entry { name: entry.name.clone() });
            }
            at.insert((entry.kind, entry.name.clone()), position);
        }
        Ok(Library { entries, at, bytes })
    }
}

/// One unpacked section of a bundle.
#[derive(Debug, Clone)]
pub struct Library {
    entries: Vec<Entry>,
    /// Position in `entries` of what has this kind and name.
    at: HashMap<(Kind, String), usize>,
    bytes: Vec<u8>,
}

impl Library {
    /// Everything in the section, sorted by kind, application and name.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The content of `entry`, which must be one of [`Library::entries`]; empty for another that lies outside.
    #[must_use]
    pub fn content(&self, entry: &Entry) -> &[u8] {
        let start = usize::try_from(entry.offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(entry.length).unwrap_or(usize::MAX));
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The content of what has this kind and name.
    #[must_use]
    pub fn get(&self, kind: Kind, name: &str) -> Option<&[u8]> {
        let position = *self.at.get(&(kind, name.to_owned()))?;
        self.entries.get(position).map(|entry| self.content(entry))
    }

    /// The `.beam` file of a module: `lists`, `Elixir.Enum`.
    #[must_use]
    pub fn module(&self, name: &str) -> Option<&[u8]> {
        self.get(Kind::Module, name)
    }
}

fn take<'a>(bytes: &'a [u8], length: u64, section: &'static str) -> Result<(&'a [u8], &'a [u8]), BundleError> {
    usize::try_from(length)
        .ok()
        .and_then(|length| bytes.split_at_checked(length))
        .ok_or(BundleError::Truncated { section })
}

/// Decompresses one section and never takes more memory than the header promises, which itself is bounded.
fn decompress(packed: &[u8], section: Section, name: &'static str) -> Result<Vec<u8>, BundleError> {
    let failed = |reason: String| BundleError::Decompress { section: name, reason };
    if section.unpacked > SECTION_BYTES_MAX {
        return Err(failed(format!("it would take {} bytes", section.unpacked)));
    }
    let decoder = ruzstd::decoding::StreamingDecoder::new(packed).map_err(|error| failed(error.to_string()))?;
    let mut bytes = Vec::with_capacity(usize::try_from(section.unpacked).unwrap_or_default());
    let mut bounded = decoder.take(section.unpacked + 1);
    bounded.read_to_end(&mut bytes).map_err(|error| failed(error.to_string()))?;
    if bytes.len() as u64 == section.unpacked {
        Ok(bytes)
    } else {
        Err(failed(format!("{} bytes instead of {}", bytes.len(), section.unpacked)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions() -> LibraryVersions {
        LibraryVersions { elixir: "1.18.3".into(), otp: "27.3".into(), erts: "15.2".into(), modules: 0 }
    }

    fn item(kind: Kind, name: &str, bytes: &[u8]) -> Item {
        Item { kind, app: "stdlib".into(), name: name.into(), bytes: bytes.to_vec() }
    }

    fn packed() -> Vec<u8> {
        let items = vec![
            item(Kind::Module, "lists", b"code of lists"),
            item(Kind::Docs, "lists", b"what lists is for"),
            item(Kind::App, "stdlib", b"{application,stdlib,[]}."),
            item(Kind::Module, "gen", b""),
        ];
        let compress = |bytes: &[u8]| -> Result<Vec<u8>, ()> {
            Ok(ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest))
        };
        pack(versions(), items, compress).unwrap()
    }

    #[test]
    fn what_was_packed_comes_back() {
        let file = packed();
        let bundle = Bundle::parse(&file).unwrap();
        assert_eq!(bundle.header().versions, LibraryVersions { modules: 2, ..versions() });
        let library = bundle.library().unwrap();
        assert_eq!(library.module("lists"), Some(&b"code of lists"[..]));
        assert_eq!(library.module("gen"), Some(&b""[..]));
        assert_eq!(library.module("stdlib"), None);
        assert_eq!(library.get(Kind::App, "stdlib"), Some(&b"{application,stdlib,[]}."[..]));
        let names: Vec<_> = library.entries().iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["gen", "lists", "stdlib"]);
        let documentation = bundle.documentation().unwrap();
        assert_eq!(documentation.get(Kind::Docs, "lists"), Some(&b"what lists is for"[..]));
    }

    #[test]
    fn the_same_items_in_another_order_give_the_same_file() {
        let identity = |bytes: &[u8]| -> Result<Vec<u8>, ()> { Ok(bytes.to_vec()) };
        let items = vec![item(Kind::Module, "a", b"1"), item(Kind::Module, "b", b"2")];
        let reversed = items.iter().rev().cloned().collect();
        assert_eq!(pack(versions(), items, identity), pack(versions(), reversed, identity));
    }

    #[test]
    fn every_cut_is_an_error_and_never_a_panic() {
        let file = packed();
        for length in 0..file.len() {
            assert!(Bundle::parse(&file[..length]).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn a_changed_byte_is_never_a_panic() {
        let file = packed();
        for position in 0..file.len() {
            let mut changed = file.clone();
            changed[position] ^= 0x55;
            if let Ok(bundle) = Bundle::parse(&changed) {
                drop((bundle.library(), bundle.documentation()));
            }
        }
    }

    #[test]
    fn a_section_that_claims_too_much_is_refused_before_it_is_read() {
        let section = Section { packed: 0, unpacked: SECTION_BYTES_MAX + 1 };
        assert!(matches!(decompress(&[], section, "code"), Err(BundleError::Decompress { .. })));
    }
}
