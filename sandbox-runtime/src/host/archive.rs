//! Snapshots of machines as files.
//!
//! A file is made of blocks of 4096 bytes, so that it can be mapped: a header, the index, the pages. The index has the kernel,
//! what there is of each process besides its pages, and which pages it has; every page is there once, whoever has it. The
//! header holds the hash of the index and the index holds those of the pages, so the hash of the index, the
//! [`SnapshotId`], stands for all of it. Numbers are little-endian.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use imbl::Vector;
use rustix::fs::{MemfdFlags, memfd_create};
use serde::{Deserialize, Serialize};
use shared::Pid;

use super::engine::EngineError;
use super::instance::WasmFactory;
use super::memory::{Image, View};
use super::pages::PAGE;
use super::saved::{Base, Page, Registers, SavedInstance};
use super::template::Template;
use crate::kernel::{Kernel, wasm};
use crate::peers::{CodeChange, SavedGuests};
use crate::snapshot::Snapshot;

const MAGIC: &[u8; 16] = b"orrery snapshot\n";
/// Changes with every change of what an index holds.
const VERSION: u32 = 3;

/// Stands for everything that a snapshot holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SnapshotId(blake3::Hash);

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Why a snapshot cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file cannot be read or written.
    #[error("a file of a snapshot: {0}")]
    Io(#[from] io::Error),
    /// It is something else.
    #[error("the file is no snapshot")]
    Foreign,
    /// It was written by another version of this program.
    #[error("the snapshot is of version {0}, and this program reads version {VERSION}")]
    Version(u32),
    /// It is not as it was written.
    #[error("the snapshot is damaged: {0}")]
    Damaged(&'static str),
    /// Its processes run on something else than those of this machine.
    #[error("the snapshot belongs to another template: {found} instead of {expected}")]
    Template {
        /// What it was taken on.
        found: String,
        /// What there is.
        expected: String,
    },
    /// A module that its processes run on cannot be used here.
    #[error(transparent)]
    Module(#[from] EngineError),
    /// Its content cannot be encoded.
    #[error("the state of the machine: {0}")]
    Encoding(#[from] postcard::Error),
}

#[derive(Serialize, Deserialize)]
struct Index<K> {
    template: [u8; 32],
    turns: u64,
    kernel: K,
    changes: Vector<CodeChange>,
    made: u64,
    /// What processes began on besides the template.
    bases: Vec<BaseEntry>,
    guests: Vec<GuestEntry>,
    page_hashes: Vec<[u8; 32]>,
}

#[derive(Serialize, Deserialize)]
enum BaseEntry {
    /// Another image, as what differs from that of the template.
    Image(Pages),
    /// A module of another kind than the BEAM.
    Wasm(Vec<u8>),
}

/// Pages by their number in a memory of some length, and where they are in the file.
#[derive(Serialize, Deserialize)]
struct Pages {
    length: u64,
    pages: Vec<(u32, u32)>,
}

#[derive(Serialize, Deserialize)]
struct GuestEntry {
    pid: Pid,
    seen: u64,
    /// 0 for the template, then one of the bases.
    base: u32,
    memory: Pages,
    globals: Vec<u128>,
    reductions: u64,
    is_broken: bool,
    fuel_owed: u64,
}

/// The pages of a file while it is being made.
#[derive(Default)]
struct Store {
    numbers: BTreeMap<[u8; 32], u32>,
    pages: Vec<Arc<Page>>,
}

impl Store {
    fn add(&mut self, page: &Arc<Page>) -> u32 {
        *self.numbers.entry(*page.hash().as_bytes()).or_insert_with(|| {
            self.pages.push(page.clone());
            (self.pages.len() - 1) as u32
        })
    }

    fn all(&mut self, length: usize, pages: &[(u32, Arc<Page>)]) -> Pages {
        Pages { length: length as u64, pages: pages.iter().map(|(number, page)| (*number, self.add(page))).collect() }
    }
}

impl Snapshot<WasmFactory> {
    /// Writes the snapshot.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write(&self, out: &mut impl Write) -> Result<SnapshotId, ArchiveError> {
        let template = self.factory.template();
        let mut store = Store::default();
        let mut images = vec![template.image.clone()];
        let mut bases = Vec::new();
        let mut guests = Vec::with_capacity(self.guests.guests.len());
        for (pid, saved, seen) in &self.guests.guests {
            let content = &saved.0;
            let image = content.base.image();
            let known = images.iter().position(|known| Arc::ptr_eq(known, image));
            let base = known.unwrap_or_else(|| {
                bases.push(match &content.base {
                    Base::Foreign(_, module) => BaseEntry::Wasm(module.wasm().to_vec()),
                    Base::Template(_) => {
                        let differences = Page::differences(image.bytes(), &template.image);
                        BaseEntry::Image(store.all(image.length(), &differences))
                    }
                });
                images.push(image.clone());
                images.len() - 1
            });
            guests.push(GuestEntry {
                pid: *pid,
                seen: *seen as u64,
                base: base as u32,
                memory: store.all(content.length, &content.pages),
                globals: content.globals.clone(),
                reductions: content.reductions,
                is_broken: content.is_broken,
                fuel_owed: content.fuel_owed,
            });
        }
        let index = Index {
            template: *template.id().as_bytes(),
            turns: self.turns,
            kernel: &*self.kernel,
            changes: self.guests.changes.clone(),
            made: self.guests.made,
            bases,
            guests,
            page_hashes: store.pages.iter().map(|page| *page.hash().as_bytes()).collect(),
        };
        let index = postcard::to_stdvec(&index)?;
        let id = blake3::hash(&index);
        let mut header = MAGIC.to_vec();
        header.extend_from_slice(&VERSION.to_le_bytes());
        header.extend_from_slice(&(index.len() as u64).to_le_bytes());
        header.extend_from_slice(id.as_bytes());
        for part in [&header, &index] {
            out.write_all(part)?;
            out.write_all(&vec![0; part.len().next_multiple_of(PAGE) - part.len()])?;
        }
        store.pages.iter().try_for_each(|page| out.write_all(page.bytes()))?;
        Ok(SnapshotId(id))
    }

    /// The snapshot as bytes for [`Snapshot::from_bytes`].
    ///
    /// # Errors
    /// When its content cannot be encoded.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = Vec::new();
        self.write(&mut bytes)?;
        Ok(bytes)
    }

    /// As [`Snapshot::open`], with what a file would hold.
    ///
    /// # Errors
    /// As [`Snapshot::open`], and when there is no memory for it.
    pub fn from_bytes(bytes: &[u8], factory: WasmFactory) -> Result<(SnapshotId, Self), ArchiveError> {
        let memory = memfd_create("orrery-snapshot", MemfdFlags::CLOEXEC).map_err(io::Error::from)?;
        let mut file = File::from(memory);
        file.write_all(bytes)?;
        Self::open(&file, factory)
    }

    /// Opens a snapshot. What it says is checked now; its pages are copied when processes need them. The file must not be
    /// written to as long as the snapshot or a machine of it is there.
    ///
    /// # Errors
    /// When it is damaged, of another version, or does not fit the template of the factory.
    pub fn open(file: &File, factory: WasmFactory) -> Result<(SnapshotId, Self), ArchiveError> {
        let length = usize::try_from(file.metadata()?.len()).map_err(|_| ArchiveError::Foreign)?;
        if length < PAGE {
            return Err(ArchiveError::Foreign);
        }
        let view = Arc::new(View::of(file, length)?);
        let (id, index) = index_of(&view)?;
        let index: Index<Kernel> =
            postcard::from_bytes(index).map_err(|_| ArchiveError::Damaged("its index cannot be read"))?;
        let template = factory.template();
        if index.template != *template.id().as_bytes() {
            let found = blake3::Hash::from_bytes(index.template).to_string();
            return Err(ArchiveError::Template { found, expected: template.id().to_string() });
        }
        let pages = pages_of(&view, &index.page_hashes)?;
        let mut bases = vec![Base::Template(template.clone())];
        for entry in index.bases {
            bases.push(match entry {
                BaseEntry::Image(image) => Base::Template(derive(template, &image, &pages)?),
                BaseEntry::Wasm(code) => {
                    wasm::scan(&code).map_err(|_| ArchiveError::Damaged("a module that cannot be"))?;
                    let module = template.engine.foreign().module(&code.into())?;
                    Base::Foreign(template.engine.clone(), module)
                }
            });
        }
        let mut guests = Vec::with_capacity(index.guests.len());
        for guest in index.guests {
            let GuestEntry { pid, seen, base, memory, globals, reductions, is_broken, fuel_owed } = guest;
            let base = bases.get(base as usize).ok_or(ArchiveError::Damaged("a process on no image"))?;
            let (length, own) = own_pages(&memory, &pages)?;
            let registers = Registers { globals, reductions, is_broken, fuel_owed };
            let library = factory.library().cloned();
            let saved = SavedInstance::of_pages(base.clone(), library, length, own, registers, 0);
            guests.push((pid, saved, usize::try_from(seen).unwrap_or(usize::MAX)));
        }
        let guests = Arc::new(SavedGuests { guests, changes: index.changes, made: index.made });
        // Only a replay knows turns to come, and it is not what is kept.
        let interruptions = BTreeMap::new();
        Ok((id, Snapshot { kernel: Arc::new(index.kernel), factory, guests, turns: index.turns, interruptions }))
    }
}

/// The index, when header and hash are right.
fn index_of(view: &View) -> Result<(SnapshotId, &[u8]), ArchiveError> {
    let header = view.strip_prefix(MAGIC).ok_or(ArchiveError::Foreign)?;
    let (version, header) = header.split_first_chunk::<4>().ok_or(ArchiveError::Foreign)?;
    let version = u32::from_le_bytes(*version);
    if version != VERSION {
        return Err(ArchiveError::Version(version));
    }
    let (length, header) = header.split_first_chunk::<8>().ok_or(ArchiveError::Foreign)?;
    let hash = header.first_chunk::<32>().ok_or(ArchiveError::Foreign)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok();
    let end = length.and_then(|length| length.checked_add(PAGE));
    let index = end.and_then(|end| view.get(PAGE..end)).ok_or(ArchiveError::Damaged("it is too short"))?;
    let found = blake3::hash(index);
    if found.as_bytes() != hash {
        return Err(ArchiveError::Damaged("its index is not what was written"));
    }
    Ok((SnapshotId(found), index))
}

fn pages_of(view: &Arc<View>, hashes: &[[u8; 32]]) -> Result<Vec<Arc<Page>>, ArchiveError> {
    let begin = view.len().checked_sub(hashes.len() * PAGE).filter(|begin| begin.is_multiple_of(PAGE));
    let begin = begin.ok_or(ArchiveError::Damaged("it is too short"))?;
    let mut pages = Vec::with_capacity(hashes.len());
    for (i, hash) in hashes.iter().enumerate() {
        let page = Page::in_file(view, begin + i * PAGE, (*hash).into());
        if blake3::hash(page.bytes()) != page.hash() {
            return Err(ArchiveError::Damaged("a page is not what was written"));
        }
        pages.push(page);
    }
    Ok(pages)
}

/// A length of a memory, and its pages by their number.
type OwnPages = (usize, Vec<(u32, Arc<Page>)>);

fn own_pages(memory: &Pages, pages: &[Arc<Page>]) -> Result<OwnPages, ArchiveError> {
    const LARGEST: u64 = 4 << 30;
    let page = |(number, at): &(u32, u32)| {
        let page = pages.get(*at as usize).ok_or(ArchiveError::Damaged("a page is not there"))?;
        Ok((*number, page.clone()))
    };
    let own: Vec<(u32, Arc<Page>)> = memory.pages.iter().map(page).collect::<Result<_, ArchiveError>>()?;
    if memory.length > LARGEST || !own.is_sorted_by(|a, b| a.0 < b.0) {
        return Err(ArchiveError::Damaged("a memory that cannot be"));
    }
    Ok((memory.length as usize, own))
}

/// A template that differs from another one in some pages.
fn derive(template: &Template, image: &Pages, pages: &[Arc<Page>]) -> Result<Template, ArchiveError> {
    let (length, own) = own_pages(image, pages)?;
    let mut bytes = template.image.bytes().to_vec();
    bytes.resize(length, 0);
    for (number, page) in own {
        let at = number as usize * PAGE;
        let there = bytes.get_mut(at..at + PAGE).ok_or(ArchiveError::Damaged("a page outside its image"))?;
        there.copy_from_slice(page.bytes());
    }
    Ok(Template { image: Arc::new(Image::new(&bytes)?), ..template.clone() })
}
