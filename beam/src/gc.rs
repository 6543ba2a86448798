//! Copying garbage collection of one process (Cheney's algorithm), with growth and shrinking of the block.
//!
//! Precise roots: the live X registers, the stack, the process' own fields and its decoded messages. Return addresses and
//! catches on the stack carry tags of their own and are skipped. Literals lie outside the from-space and are left alone.

use crate::copy;
use crate::heap::{Block, Fragment, Heap, RESERVED_WORDS};
use crate::term::{Term, header_kind, header_size, kind, tag};

/// Calls a visitor for every root outside the stack.
pub type Roots<'a> = &'a mut dyn FnMut(&mut dyn FnMut(&mut Term));

/// From-space: the old block and the fragments.
struct FromSpace {
    block: Block,
    fragments: Vec<Fragment>,
}

impl FromSpace {
    fn contains(&self, p: *const u64) -> bool {
        self.block.contains(p) || self.fragments.iter().any(|f| f.block.contains(p))
    }
}

impl Heap {
    /// Collects, so that at least `need` words are free afterwards. Gives false where the hard limit does not allow it;
    /// the heap is valid all the same.
    pub fn collect(&mut self, need: usize, roots: Roots<'_>) -> bool {
        // All that is there may survive. Twice what survived last time keeps the cost of a collection proportional to
        // what was allocated since.
        let bound = self.heap_words() + self.fragment_words + self.stack_words() + need + RESERVED_WORDS;
        self.copy_into(next_size(bound.max(self.live_words * 2).max(self.min_words)), roots);
        let live = self.heap_words() + self.stack_words();
        let wanted = next_size((live * 2 + need + RESERVED_WORDS).max(self.min_words));
        if wanted * 4 <= self.block.words {
            self.copy_into(wanted, roots);
        }
        self.live_words = live;
        self.is_requested = false;
        self.collections += 1;
        self.max_words == 0 || self.used_words() + need <= self.max_words
    }

    /// Visits every term that the heap, the fragments and the stack hold. Used by inspection and by tests.
    pub(crate) fn stack_terms(&self) -> &[Term] {
        // SAFETY: the stack is initialised from `stack` to the end of the block.
        unsafe { std::slice::from_raw_parts(self.stack.cast(), self.stack_words()) }
    }

    fn copy_into(&mut self, words: usize, roots: Roots<'_>) {
        let stack_words = self.stack_words();
        let old_stack = self.stack;
        let block = std::mem::replace(&mut self.block, Block::new(words));
        let from = FromSpace { block, fragments: std::mem::take(&mut self.fragments) };
        // SAFETY: the new block is at least as large as the stack, and `from` keeps the old one.
        unsafe {
            self.stack = self.block.end().sub(stack_words);
            std::ptr::copy_nonoverlapping(old_stack, self.stack, stack_words);
        }
        let mut top = self.block.start;
        for i in 0..stack_words {
            // SAFETY: within the stack copied above; each word is a term, a return address or a catch.
            move_term(unsafe { &mut *self.stack.add(i).cast() }, &from, &mut top);
        }
        roots(&mut |root| move_term(root, &from, &mut top));
        scan(self.block.start, &from, &mut top);
        self.top = top;
        self.fragment_words = 0;
        self.sweep();
        self.note_lost(&from);
    }

    /// Keeps the references in `weak` that were moved, and notes the others.
    fn note_lost(&mut self, from: &FromSpace) {
        let lost = &mut self.lost;
        self.weak.retain_mut(|reference| {
            if !from.contains(reference.ptr()) {
                return true;
            }
            // SAFETY: it points into from-space, which is still there: at its new address if it was moved, else at its header.
            let moved = Term(unsafe { *reference.ptr() });
            if moved.is_boxed() {
                *reference = moved;
                return true;
            }
            lost.extend(reference.local_ref());
            false
        });
    }

    /// Relinks the `BINREF`s that were moved and frees the off-heap binaries of the others.
    fn sweep(&mut self) {
        let old_list = std::mem::replace(&mut self.binrefs, Term::NIL);
        let mut list = old_list;
        self.off_heap_live = 0;
        // SAFETY: old BINREFs lie in from-space, which the caller still holds; a moved one has its new address as header,
        // and its two words are as they were.
        unsafe {
            while !list.is_nil() {
                let moved = Term(*list.ptr());
                if moved.is_boxed() {
                    *moved.ptr().add(2) = self.binrefs.0;
                    self.binrefs = moved;
                    self.off_heap_live += moved.off_bin().map_or(0, |bin| (*bin).capacity());
                }
                list = Term(*list.ptr().add(2));
            }
            Heap::release_binrefs(old_list, |t| Term(*t.ptr()).is_boxed());
        }
        self.off_heap_bytes = 0;
    }
}

/// Cheney's scan pointer: moves what the moved objects point at.
fn scan(start: *mut u64, from: &FromSpace, top: &mut *mut u64) {
    let mut at = start;
    // SAFETY: `at` walks the objects between the block's start and `top`, each written completely by `move_term`.
    unsafe {
        while at < *top {
            let word = *at;
            if word & tag::MASK != tag::HEADER {
                move_term(&mut *at.cast(), from, top);
                at = at.add(1);
                continue;
            }
            let size = header_size(word);
            if header_kind(word) < kind::RAW {
                for i in 1..=size {
                    move_term(&mut *at.add(i).cast(), from, top);
                }
            }
            at = at.add(1 + size);
        }
    }
}

/// Moves what a slot points at into to-space, once, and lets the slot point there.
#[inline]
fn move_term(slot: &mut Term, from: &FromSpace, top: &mut *mut u64) {
    let term = *slot;
    if term.is_immediate() || !from.contains(term.ptr()) {
        return;
    }
    let p = term.ptr();
    // SAFETY: `p` lies in from-space and points at a cons or a header; to-space has room for all of from-space.
    unsafe {
        if term.is_cons() {
            if *p == Term::MOVED.0 {
                *slot = Term(*p.add(1));
                return;
            }
            let new = *top;
            *new = *p;
            *new.add(1) = *p.add(1);
            *top = new.add(2);
            *slot = Term::cons_ptr(new);
            *p = Term::MOVED.0;
            *p.add(1) = slot.0;
            return;
        }
        let head = *p;
        if head & tag::MASK != tag::HEADER {
            *slot = Term(head);
            return;
        }
        let new = *top;
        let size = 1 + header_size(head);
        copy::words(p, new, size);
        *top = new.add(size);
        *slot = Term::boxed_ptr(new);
        *p = slot.0;
    }
}

/// Block sizes grow by half: few sizes, and little waste.
fn next_size(words: usize) -> usize {
    let mut size = crate::heap::MIN_BLOCK_WORDS;
    while size < words {
        size += size / 2;
    }
    size
}
