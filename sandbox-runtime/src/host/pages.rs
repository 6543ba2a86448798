//! Which pages of a guest's memory are its own.
//!
//! A page of a private mapping is the mapping's until it is written to; then the system makes a copy, and that is what this
//! finds. Newer systems tell ranges (`PAGEMAP_SCAN`, Linux 6.7), older ones a word for each page; where neither can be had, any
//! page may be one.
#![allow(unsafe_code, reason = "asking the system about a mapping; the block says why it is sound")]

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::sync::OnceLock;

use rustix::ioctl::{Ioctl, IoctlOutput, Opcode, opcode};

/// Bytes of what is compared and kept as a whole.
pub(super) const PAGE: usize = 4096;

/// The file through which the system tells of mappings.
fn pagemap() -> Option<&'static File> {
    static PAGEMAP: OnceLock<Option<File>> = OnceLock::new();
    PAGEMAP.get_or_init(|| File::open("/proc/self/pagemap").ok()).as_ref()
}

/// Ranges of whole pages that are all that was written to since a memory was mapped, in order; `None` where the system cannot tell
/// that at once.
pub(super) fn own(memory: &[u8]) -> Option<Vec<Range<usize>>> {
    scan(pagemap()?, memory)
}

/// Ranges of bytes of a memory outside which nothing was written to since it was mapped, in order.
pub(super) fn written(memory: &[u8]) -> Vec<Range<usize>> {
    let found = pagemap().and_then(|pagemap| scan(pagemap, memory).or_else(|| read(pagemap, memory)));
    let all = 0..memory.len();
    found.unwrap_or_else(|| Vec::from([all]))
}

/// `struct pm_scan_arg` of `linux/fs.h`.
#[repr(C)]
#[derive(Default)]
struct ScanArguments {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    regions: u64,
    regions_max: u64,
    pages_max: u64,
    inverted: u64,
    all_of: u64,
    any_of: u64,
    wanted: u64,
}

/// `struct page_region` of `linux/fs.h`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Region {
    start: u64,
    end: u64,
    categories: u64,
}

const IS_FILE: u64 = 1 << 2;
const IS_PRESENT: u64 = 1 << 3;
const IS_SWAPPED: u64 = 1 << 4;
const IS_ZERO: u64 = 1 << 5;

struct Scan<'a>(&'a mut ScanArguments);

// SAFETY: the number and the type of the argument are those of `PAGEMAP_SCAN`; the system writes to the argument and to the
// regions that it names, which the caller keeps alive.
unsafe impl Ioctl for Scan<'_> {
    type Output = usize;
    const IS_MUTATING: bool = true;
    fn opcode(&self) -> Opcode {
        opcode::read_write::<ScanArguments>(b'f', 16)
    }
    fn as_ptr(&mut self) -> *mut rustix::ffi::c_void {
        std::ptr::from_mut(self.0).cast()
    }
    unsafe fn output_from_ptr(output: IoctlOutput, _: *mut rustix::ffi::c_void) -> rustix::io::Result<usize> {
        Ok(usize::try_from(output).unwrap_or(0))
    }
}

fn scan(pagemap: &File, memory: &[u8]) -> Option<Vec<Range<usize>>> {
    const AT_ONCE: usize = 128;
    let base = memory.as_ptr() as u64;
    let end = base + memory.len() as u64;
    let mut found = Vec::new();
    let mut regions = [Region::default(); AT_ONCE];
    let mut start = base;
    while start < end {
        let mut arguments = ScanArguments {
            size: size_of::<ScanArguments>() as u64,
            start,
            end,
            regions: regions.as_mut_ptr() as u64,
            regions_max: AT_ONCE as u64,
            inverted: IS_FILE | IS_ZERO,
            all_of: IS_FILE | IS_ZERO,
            any_of: IS_PRESENT | IS_SWAPPED,
            wanted: IS_PRESENT,
            ..ScanArguments::default()
        };
        // SAFETY: see `Scan`; `regions` outlives the call.
        let count = unsafe { rustix::ioctl::ioctl(pagemap, Scan(&mut arguments)) }.ok()?;
        let at = |address: u64| usize::try_from(address - base).unwrap_or(memory.len());
        found.extend(regions[..count.min(AT_ONCE)].iter().map(|region| at(region.start)..at(region.end)));
        if arguments.walk_end <= start {
            return None;
        }
        start = arguments.walk_end;
    }
    Some(found)
}

/// By the words of `/proc/self/pagemap` (Linux, `admin-guide/mm/pagemap`).
fn read(pagemap: &File, memory: &[u8]) -> Option<Vec<Range<usize>>> {
    const PRESENT: u64 = 1 << 63;
    const SWAPPED: u64 = 1 << 62;
    const FILE: u64 = 1 << 61;
    let page = rustix::param::page_size();
    let mut words = vec![0; memory.len() / page * 8];
    pagemap.read_exact_at(&mut words, memory.as_ptr() as u64 / page as u64 * 8).ok()?;
    let is_own = |word: &[u8; 8]| {
        let word = u64::from_ne_bytes(*word);
        word & (PRESENT | SWAPPED) != 0 && word & FILE == 0
    };
    let own = words.as_chunks::<8>().0.iter().enumerate().filter(|(_, word)| is_own(word));
    Some(own.map(|(at, _)| at * page..(at + 1) * page).collect())
}

#[cfg(test)]
mod tests {
    use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

    use super::*;

    #[test]
    fn what_was_written_to_is_found_in_every_way() {
        let file = tempfile();
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping at an address of the system's choice, unmapped below.
        let base = unsafe { mmap(std::ptr::null_mut(), 64 * PAGE, access, MapFlags::PRIVATE, &file, 0) }.expect("room");
        // SAFETY: it is as long and nobody else has it.
        let memory = unsafe { std::slice::from_raw_parts_mut(base.cast::<u8>(), 64 * PAGE) };
        memory[3 * PAGE] = 1;
        memory[4 * PAGE + 9] = 1;
        memory[63 * PAGE] = 1;
        let read_only = memory[20 * PAGE];
        assert_eq!(read_only, 0);
        let pagemap = File::open("/proc/self/pagemap").expect("Linux has it");
        let pages = |ranges: Vec<Range<usize>>| -> Vec<usize> {
            ranges.into_iter().flat_map(|range| range.start / PAGE..range.end / PAGE).collect()
        };
        assert_eq!(pages(read(&pagemap, memory).expect("Linux can")), [3, 4, 63]);
        if let Some(found) = scan(&pagemap, memory) {
            assert_eq!(pages(found), [3, 4, 63]);
        }
        assert_eq!(pages(written(memory)), [3, 4, 63]);
        // SAFETY: mapped above, and `memory` is not used any more.
        unsafe { munmap(base, 64 * PAGE) }.expect("it was mapped");
    }

    fn tempfile() -> File {
        let file = File::from(rustix::fs::memfd_create("pages", rustix::fs::MemfdFlags::CLOEXEC).expect("room"));
        file.set_len(64 * PAGE as u64).expect("room");
        file
    }
}
