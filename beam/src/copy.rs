//! Copies of a few words or bytes.
//!
//! Where their number is not known while this is compiled, a copy becomes one instruction of wasm, and engines perform that by
//! calling a function outside of the module: for a little it takes many times longer than loading and storing it.
//!
//! So numbers that are usual have code of their own here. Those between two of them are two copies that overlap.

use std::ptr::copy_nonoverlapping;

/// Copies `count` words.
///
/// # Safety
/// There are so many words at both places, and the two do not overlap.
#[inline(always)]
pub(crate) unsafe fn words(from: *const u64, to: *mut u64, count: usize) {
    // SAFETY: no more than `count` words are read and written, at the same places of both.
    unsafe {
        match count {
            0 => {}
            1 => *to = *from,
            2 => copy_nonoverlapping(from, to, 2),
            3 => copy_nonoverlapping(from, to, 3),
            4 => copy_nonoverlapping(from, to, 4),
            5..=8 => {
                copy_nonoverlapping(from, to, 4);
                copy_nonoverlapping(from.add(count - 4), to.add(count - 4), 4);
            }
            _ => copy_nonoverlapping(from, to, count),
        }
    }
}

/// Copies `count` bytes.
///
/// # Safety
/// There are so many bytes at both places, and the two do not overlap.
#[inline(always)]
pub(crate) unsafe fn bytes(from: *const u8, to: *mut u8, count: usize) {
    // SAFETY: no more than `count` bytes are read and written, at the same places of both.
    unsafe {
        let ends = |size: usize| (from.add(count - size), to.add(count - size));
        match count {
            0 => {}
            1..4 => {
                let (last, to_last) = ends(1);
                let (middle, to_middle) = (from.add(count / 2), to.add(count / 2));
                *to = *from;
                *to_middle = *middle;
                *to_last = *last;
            }
            4..8 => {
                let (last, to_last) = ends(4);
                copy_nonoverlapping(from, to, 4);
                copy_nonoverlapping(last, to_last, 4);
            }
            8..=16 => {
                let (last, to_last) = ends(8);
                copy_nonoverlapping(from, to, 8);
                copy_nonoverlapping(last, to_last, 8);
            }
            17..=32 => {
                let (last, to_last) = ends(16);
                copy_nonoverlapping(from, to, 16);
                copy_nonoverlapping(last, to_last, 16);
            }
            _ => copy_nonoverlapping(from, to, count),
        }
    }
}

/// Whether two texts are the same bytes. Most are short, and comparing those takes no call.
#[inline]
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    let count = a.len();
    if count != b.len() {
        return false;
    }
    let word =
        |bytes: &[u8], at: usize| bytes.get(at..).and_then(|rest| rest.first_chunk().copied().map(u64::from_ne_bytes));
    match count {
        0..8 => a.iter().zip(b).all(|(a, b)| a == b),
        8..=16 => word(a, 0) == word(b, 0) && word(a, count - 8) == word(b, count - 8),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts_are_the_same_where_all_their_bytes_are() {
        for count in 0..40_usize {
            let text: Vec<u8> = (0..count).map(|at| (at as u8).wrapping_mul(7)).collect();
            assert!(super::same(&text, &text.clone()) && !super::same(&text, &[&text[..], b"!"].concat()));
            for at in 0..count {
                let mut other = text.clone();
                other[at] ^= 1;
                assert!(!super::same(&text, &other), "{count} bytes of which {at} differs");
            }
        }
    }

    #[test]
    fn as_many_are_copied_as_were_asked_for() {
        for count in 0..80 {
            let from: Vec<u64> = (1..=count as u64).map(|n| n * 0x0101_0101_0101_0101).collect();
            let mut to = vec![0; count + 2];
            // SAFETY: there are as many words behind both places.
            unsafe { super::words(from.as_ptr(), to.as_mut_ptr().add(1), count) };
            assert_eq!((to[0], &to[1..=count], to[count + 1]), (0, &from[..], 0));

            let from: Vec<u8> = (1..=count as u8).collect();
            let mut to = vec![0; count + 2];
            // SAFETY: there are as many bytes behind both places.
            unsafe { super::bytes(from.as_ptr(), to.as_mut_ptr().add(1), count) };
            assert_eq!((to[0], &to[1..=count], to[count + 1]), (0, &from[..], 0));
        }
    }
}
