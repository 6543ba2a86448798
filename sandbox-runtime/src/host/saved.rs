//! A wasm process between two turns: the pages of its memory that are not those that it began with.

use std::hash::{Hash as _, Hasher as _};
use std::sync::{Arc, OnceLock};

use xxhash_rust::xxh3::Xxh3;

use super::engine::GuestEngine;
use super::foreign::ForeignModule;
use super::instance::Library;
use super::memory::{Image, View};
use super::pages::{self, PAGE};
use super::template::Template;
use crate::guest::SavedGuest;

/// A page of a memory.
pub(super) struct Page {
    bytes: PageBytes,
    hash: OnceLock<blake3::Hash>,
}

enum PageBytes {
    Owned(Box<[u8; PAGE]>),
    /// At an offset of a file. Its hash was checked when the file was opened.
    InFile(Arc<View>, usize),
}

static ZEROS: [u8; PAGE] = [0; PAGE];

impl Page {
    fn copy(bytes: &[u8; PAGE]) -> Arc<Page> {
        Arc::new(Page { bytes: PageBytes::Owned(Box::new(*bytes)), hash: OnceLock::new() })
    }
    /// The pages in which an image differs from another one.
    pub(super) fn differences(bytes: &[u8], image: &Image) -> Vec<(u32, Arc<Page>)> {
        let (pages, _) = bytes.as_chunks::<PAGE>();
        let differ = pages.iter().enumerate().filter(|(i, page)| *page != template_page(image, i * PAGE));
        differ.map(|(i, page)| (i as u32, Page::copy(page))).collect()
    }
    /// The page at this offset of a file that has one there.
    pub(super) fn in_file(file: &Arc<View>, at: usize, hash: blake3::Hash) -> Arc<Page> {
        Arc::new(Page { bytes: PageBytes::InFile(file.clone(), at), hash: OnceLock::from(hash) })
    }
    pub(super) fn bytes(&self) -> &[u8; PAGE] {
        match &self.bytes {
            PageBytes::Owned(bytes) => bytes,
            PageBytes::InFile(file, at) => file[*at..].first_chunk().unwrap_or(&ZEROS),
        }
    }
    /// Stands for its content, also on another machine.
    pub(super) fn hash(&self) -> blake3::Hash {
        *self.hash.get_or_init(|| blake3::hash(self.bytes()))
    }
}

/// A wasm process between two turns.
#[derive(Clone)]
pub struct SavedInstance(pub(super) Arc<Content>);

/// What a process began on.
#[derive(Clone)]
pub(super) enum Base {
    /// The BEAM with code loaded.
    Template(Template),
    /// A module of another kind.
    Foreign(GuestEngine, ForeignModule),
}

impl Base {
    /// Its memory at first.
    pub(super) fn image(&self) -> &Arc<Image> {
        match self {
            Base::Template(template) => &template.image,
            Base::Foreign(_, module) => module.first(),
        }
    }
}

/// What a wasm process is besides what it began on.
pub(super) struct Content {
    pub(super) base: Base,
    pub(super) library: Option<Library>,
    /// Bytes of its memory.
    pub(super) length: usize,
    /// Pages that differ from those of the template, by their number, in order. Behind the image, all of the template's are
    /// zero.
    pub(super) pages: Vec<(u32, Arc<Page>)>,
    /// Mutable globals, as their bits.
    pub(super) globals: Vec<u128>,
    /// Reductions that it has used.
    pub(super) reductions: u64,
    /// It has trapped where nobody could be told; its next turn will fail.
    pub(super) is_broken: bool,
    /// Instructions that it is yet to be charged for.
    pub(super) fuel_owed: u64,
    digest: OnceLock<u64>,
    own_bytes: u64,
}

/// What an instance says of itself when it is saved.
pub(super) struct Registers {
    pub(super) globals: Vec<u128>,
    pub(super) reductions: u64,
    pub(super) is_broken: bool,
    pub(super) fuel_owed: u64,
}

impl SavedInstance {
    /// Reads a memory. Pages that are the same in `before` are shared with it.
    pub(super) fn of_memory(
        base: Base,
        library: Option<Library>,
        memory: &[u8],
        registers: Registers,
        before: Option<&SavedInstance>,
    ) -> SavedInstance {
        let mut earlier = before.map_or(&[][..], |before| &before.0.pages);
        let mut own_bytes = 0;
        let mut pages = Vec::new();
        let image = base.image();
        for range in pages::written(memory) {
            let end = range.end.next_multiple_of(PAGE).min(memory.len());
            for at in (range.start / PAGE * PAGE..end).step_by(PAGE) {
                let Some(bytes) = memory[at..].first_chunk::<PAGE>() else { continue };
                if bytes == template_page(image, at) {
                    continue;
                }
                let number = (at / PAGE) as u32;
                earlier = &earlier[earlier.partition_point(|(earlier, _)| *earlier < number)..];
                let page = match earlier.first() {
                    Some((same, page)) if *same == number && page.bytes() == bytes => page.clone(),
                    _ => {
                        own_bytes += PAGE as u64;
                        Page::copy(bytes)
                    }
                };
                pages.push((number, page));
            }
        }
        SavedInstance::of_pages(base, library, memory.len(), pages, registers, own_bytes)
    }

    pub(super) fn of_pages(
        base: Base,
        library: Option<Library>,
        length: usize,
        pages: Vec<(u32, Arc<Page>)>,
        registers: Registers,
        own_bytes: u64,
    ) -> SavedInstance {
        let Registers { globals, reductions, is_broken, fuel_owed } = registers;
        let digest = OnceLock::new();
        SavedInstance(Arc::new(Content {
            base,
            library,
            length,
            pages,
            globals,
            reductions,
            is_broken,
            fuel_owed,
            digest,
            own_bytes,
        }))
    }

    /// Puts the pages into a memory that is as the template's and as long as this one.
    pub(super) fn write(&self, memory: &mut [u8]) {
        for (number, page) in &self.0.pages {
            let at = *number as usize * PAGE;
            if let Some(there) = memory.get_mut(at..at + PAGE) {
                there.copy_from_slice(page.bytes());
            }
        }
    }

    /// Pages that differ from those of the template.
    pub fn page_count(&self) -> usize {
        self.0.pages.len()
    }
}

fn template_page(image: &Image, at: usize) -> &[u8; PAGE] {
    image.bytes().get(at..).and_then(<[u8]>::first_chunk).unwrap_or(&ZEROS)
}

impl SavedGuest for SavedInstance {
    fn digest(&self) -> u64 {
        *self.0.digest.get_or_init(|| {
            let content = &self.0;
            let mut hasher = Xxh3::new();
            (content.length, &content.globals, content.reductions, content.is_broken).hash(&mut hasher);
            content.fuel_owed.hash(&mut hasher);
            for (number, page) in &content.pages {
                hasher.write_u32(*number);
                hasher.write(page.bytes());
            }
            hasher.finish()
        })
    }

    fn own_bytes(&self) -> u64 {
        self.0.own_bytes
    }
}
