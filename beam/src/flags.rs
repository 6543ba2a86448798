//! What a process may set about itself with `process_flag/2`, as far as the machine need not know of it.

use crate::heap::MIN_BLOCK_WORDS;

/// Default of the flag `min_bin_vheap_size` in words.
const MIN_BINARY_WORDS: u64 = 46_422;
/// Largest value of the flag `fullsweep_after`, and its default.
pub const MAX_FULLSWEEP_AFTER: i64 = 65_535;

/// Default of the system's flag `backtrace_depth`.
const BACKTRACE_DEPTH: usize = 8;
/// Its largest value.
pub const MAX_BACKTRACE_DEPTH: usize = 64;

/// Flags of one process (OTP: `erlang:process_flag/2`).
#[derive(Clone, Copy, Debug)]
pub struct Flags {
    /// Smallest heap in words.
    pub min_heap_size: u64,
    /// Smallest virtual heap of binaries in words. Only reported.
    pub min_bin_vheap_size: u64,
    /// Limit that the program set on its own heap.
    pub max_heap_size: MaxHeapSize,
    /// Limit in words that the machine set, kept while the program's own limit is lower; `None` until that is set.
    pub machine_limit_words: Option<usize>,
    /// Collections between full ones. Only reported: every collection is a full one.
    pub fullsweep_after: i64,
    /// Most items of a stack trace (OTP: `erlang:system_flag(backtrace_depth, Depth)`).
    pub backtrace_depth: usize,
    /// Number of calls to remember. Only reported.
    pub save_calls: i64,
    /// Whether the process asks not to be looked into.
    pub is_sensitive: bool,
    /// Whether signals to other nodes may be sent later. There are none.
    pub is_async_dist: bool,
    /// Whether messages are asked to be kept outside the heap. Only reported: they are, until they are looked at.
    pub is_off_heap: bool,
    /// Scheduler that the process is bound to; 0: none.
    pub scheduler: i64,
    /// How often the process asked to be told about nodes. There are none.
    pub node_monitors: i64,
}

impl Default for Flags {
    fn default() -> Self {
        Flags {
            min_heap_size: MIN_BLOCK_WORDS as u64,
            min_bin_vheap_size: MIN_BINARY_WORDS,
            max_heap_size: MaxHeapSize::default(),
            machine_limit_words: None,
            fullsweep_after: MAX_FULLSWEEP_AFTER,
            backtrace_depth: BACKTRACE_DEPTH,
            save_calls: 0,
            is_sensitive: false,
            is_async_dist: false,
            is_off_heap: false,
            scheduler: 0,
            node_monitors: 0,
        }
    }
}

/// The flag `max_heap_size` (OTP: `erlang:max_heap_size()`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxHeapSize {
    /// Words; 0: no limit.
    pub size: u64,
    /// Whether a process over the limit is killed.
    pub kill: bool,
    /// Whether the logger is told.
    pub error_logger: bool,
    /// Whether binaries outside the heap count.
    pub include_shared_binaries: bool,
}

impl Default for MaxHeapSize {
    fn default() -> Self {
        MaxHeapSize { size: 0, kill: true, error_logger: true, include_shared_binaries: false }
    }
}

/// Sizes that OTP's heaps have, in words, smallest first: a Fibonacci-like series, then steps of a fifth.
pub fn heap_sizes() -> impl Iterator<Item = u64> {
    const LAST_FIBONACCI: u64 = 1_000_000;
    const LARGEST: u64 = 1 << 50;
    std::iter::successors(Some((12_u64, 38_u64)), |&(a, b)| {
        let next = a + b + 1;
        Some((b, if next <= LAST_FIBONACCI { next } else { b + b / 5 }))
    })
    .map(|(size, _)| size)
    .take_while(|size| *size <= LARGEST)
}

/// The smallest of [`heap_sizes`] that has room for some words.
pub fn next_heap_size(words: u64) -> u64 {
    heap_sizes().find(|size| *size >= words).unwrap_or(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heap_sizes_are_those_of_otp() {
        let sizes: Vec<u64> = heap_sizes().take(27).collect();
        assert_eq!(
            sizes,
            [
                12, 38, 51, 90, 142, 233, 376, 610, 987, 1598, 2586, 4185, 6772, 10958, 17731, 28690, 46422, 75113,
                121536, 196650, 318187, 514838, 833026, 999631, 1199557, 1439468, 1727361
            ]
        );
        assert_eq!(next_heap_size(300), 376);
        assert_eq!(next_heap_size(100_000), 121_536);
    }
}
