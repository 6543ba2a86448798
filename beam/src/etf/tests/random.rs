//! Random terms from a seed.

use num_bigint::{BigInt, Sign};

use crate::heap::Heap;
use crate::image::ImageRef;
use crate::map;
use crate::term::{Term, kind};

/// Random numbers and terms: the same for the same seed (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        random.next();
        random
    }
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit.max(1)
    }

    /// A term that is nested at most `depth` levels.
    pub(crate) fn term(&mut self, heap: &mut Heap, image: &ImageRef, depth: usize) -> Term {
        if depth == 0 {
            return self.leaf(heap, image);
        }
        let count = self.below(6);
        let terms = |random: &mut Random, heap: &mut Heap, count: u64| -> Vec<Term> {
            (0..count).map(|_| random.term(heap, image, depth - 1)).collect()
        };
        match self.below(9) {
            0 => {
                let elements = terms(self, heap, count);
                heap.tuple(&elements)
            }
            1 => {
                let elements = terms(self, heap, count);
                heap.list(&elements)
            }
            2 => {
                let elements = terms(self, heap, count + 1);
                heap.list_with_tail(&elements[1..], elements[0])
            }
            3 | 4 => {
                let large = depth == 2 && self.below(4) == 0;
                let size = if large { 20 + 60 * self.below(3) } else { count };
                let mut pairs = Vec::new();
                for _ in 0..size {
                    pairs.push((self.term(heap, image, depth - 1), self.leaf(heap, image)));
                }
                map::from_pairs(heap, image.get(), &mut pairs)
            }
            5 => {
                let bytes: Vec<Term> = (0..count * 5).map(|_| Term::small(self.below(256) as i64)).collect();
                heap.list(&bytes)
            }
            _ => self.leaf(heap, image),
        }
    }

    fn leaf(&mut self, heap: &mut Heap, image: &ImageRef) -> Term {
        let field = |v: u64| Term::small(v as i64);
        match self.below(12) {
            0 => Term::small(self.below(600) as i64 - 300),
            1 => heap.int(self.next() as i64 >> self.below(64)),
            2 => {
                let digits = (0..1 + self.below(9)).map(|_| self.next() as u32).collect();
                let sign = if self.below(2) == 0 { Sign::Plus } else { Sign::Minus };
                heap.bigint(&BigInt::new(sign, digits))
            }
            3 => {
                let value = f64::from_bits(self.next());
                heap.float(if value.is_finite() { value } else { -0.0 })
            }
            4 => heap.float(self.below(2000) as f64 / 8.0 - 100.0),
            5 => {
                let names = ["a", "b", "ok", "é", "Ж", "hello world", "", "Elixir.Foo"];
                let name = names[self.below(names.len() as u64) as usize];
                image.get_mut().atoms.intern(name).unwrap()
            }
            6 | 7 => {
                let bytes: Vec<u8> = (0..self.below(150)).map(|_| self.next() as u8).collect();
                let len = bytes.len() * 8;
                let whole = heap.binary(&bytes);
                let offset = self.below(len.min(20) as u64 + 1) as usize;
                heap.sub_bits(whole, offset, self.below((len - offset) as u64 + 1) as usize)
            }
            8 => Term::NIL,
            9 => Term::pid(self.below(1 << 30)),
            10 => heap.reference([self.below(1 << 18) as u32, self.next() as u32, self.next() as u32]),
            _ => {
                let node = image.get_mut().atoms.intern(["x@y", "nonode@nohost"][self.below(2) as usize]).unwrap();
                let (kind, fields): (u64, Vec<Term>) = match self.below(3) {
                    0 => (kind::EXTERNAL_PID, vec![node, field(self.below(1 << 32)), field(self.below(4)), field(7)]),
                    1 => (kind::PORT, vec![node, field(self.below(1 << 40)), field(self.below(2))]),
                    _ => (kind::EXTERNAL_REF, vec![node, field(7), field(self.below(1 << 32)), field(1), field(2)]),
                };
                heap.boxed_terms(kind, 0, &fields)
            }
        }
    }
}
