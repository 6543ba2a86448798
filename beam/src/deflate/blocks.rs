//! Blocks: symbols are gathered, and written with the codes that make them shortest.

use super::Strategy;
use super::huffman::Codes;
use super::stream::Io;

/// The symbol that ends a block.
const END_OF_BLOCK: usize = 256;
const LITERAL_SYMBOLS: usize = 286;
const DISTANCE_SYMBOLS: usize = 30;
/// Symbols of the lengths of codes: 0 to 15 are lengths, the others repeat.
const LENGTH_SYMBOLS: usize = 19;
const REPEAT_LAST: usize = 16;
const REPEAT_ZERO: usize = 17;
const REPEAT_ZERO_OFTEN: usize = 18;
/// Extra bits of the repeating symbols.
const REPEAT_BITS: [u32; LENGTH_SYMBOLS] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7];
/// The order in which the lengths of the codes of lengths are written.
const LENGTH_ORDER: [usize; LENGTH_SYMBOLS] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/// Kinds of blocks, with the bit of the last one still to be added.
const STORED: u32 = 0;
const FIXED: u32 = 1 << 1;
const DYNAMIC: u32 = 2 << 1;

/// Symbol, number of extra bits and their value for the length of a match, less 3.
fn length_symbol(length: usize) -> (usize, u32, usize) {
    match length {
        255 => (285, 0, 0),
        0..8 => (257 + length, 0, 0),
        _ => {
            let bits = length.ilog2() - 2;
            (257 + ((bits as usize + 1) << 2) + ((length >> bits) & 3), bits, length & ((1 << bits) - 1))
        }
    }
}

/// Symbol, number of extra bits and their value for a distance, less 1.
fn distance_symbol(distance: usize) -> (usize, u32, usize) {
    if distance < 4 {
        return (distance, 0, 0);
    }
    let bits = distance.ilog2() - 1;
    (((bits as usize + 1) << 1) + ((distance >> bits) & 1), bits, distance & ((1 << bits) - 1))
}

pub(super) struct Blocks {
    /// Distance and length of a match, less 3; or 0 and a literal.
    symbols: Vec<(u16, u8)>,
    /// Most symbols of a block.
    most: usize,
    literals: [u16; LITERAL_SYMBOLS],
    distances: [u16; DISTANCE_SYMBOLS],
    fixed_literals: Codes,
    fixed_distances: Codes,
    bits: u64,
    bit_count: u32,
    /// What is not in the output yet.
    pending: Vec<u8>,
    pending_start: usize,
    room: usize,
}

impl Blocks {
    pub(super) fn new(room: usize) -> Blocks {
        let lengths = [vec![8u8; 144], vec![9; 112], vec![7; 24], vec![8; 8]].concat();
        let mut blocks = Blocks {
            symbols: Vec::new(),
            most: room - 1,
            literals: [0; LITERAL_SYMBOLS],
            distances: [0; DISTANCE_SYMBOLS],
            fixed_literals: Codes::from_lengths(lengths, 287),
            fixed_distances: Codes::from_lengths(vec![5; DISTANCE_SYMBOLS], DISTANCE_SYMBOLS - 1),
            bits: 0,
            bit_count: 0,
            pending: Vec::new(),
            pending_start: 0,
            room: 4 * room,
        };
        blocks.begin();
        blocks
    }

    pub(super) fn reset(&mut self) {
        self.pending.clear();
        (self.pending_start, self.bits, self.bit_count) = (0, 0, 0);
        self.begin();
    }

    fn begin(&mut self) {
        self.symbols.clear();
        (self.literals, self.distances) = ([0; LITERAL_SYMBOLS], [0; DISTANCE_SYMBOLS]);
        self.literals[END_OF_BLOCK] = 1;
    }

    pub(super) fn has_symbols(&self) -> bool {
        !self.symbols.is_empty()
    }

    /// Adds a literal. True: the block is full.
    pub(super) fn literal(&mut self, byte: u8) -> bool {
        self.literals[usize::from(byte)] += 1;
        self.symbols.push((0, byte));
        self.symbols.len() == self.most
    }

    /// Adds a match. True: the block is full.
    pub(super) fn matched(&mut self, distance: usize, length: usize) -> bool {
        self.literals[length_symbol(length - 3).0] += 1;
        self.distances[distance_symbol(distance - 1).0] += 1;
        self.symbols.push((distance as u16, (length - 3) as u8));
        self.symbols.len() == self.most
    }

    fn put_bits(&mut self, value: usize, count: u32) {
        self.bits |= (value as u64) << self.bit_count;
        self.bit_count += count;
        if self.bit_count >= 32 {
            self.pending.extend_from_slice(&(self.bits as u32).to_le_bytes());
            self.bits >>= 32;
            self.bit_count -= 32;
        }
    }

    /// Writes the whole bytes among the bits.
    fn flush_bytes(&mut self) {
        while self.bit_count >= 8 {
            self.pending.push(self.bits as u8);
            self.bits >>= 8;
            self.bit_count -= 8;
        }
    }

    /// Ends the byte.
    fn end_byte(&mut self) {
        self.bit_count = self.bit_count.next_multiple_of(8);
        self.flush_bytes();
    }

    /// Bytes in front of stored data.
    pub(super) fn stored_header(&self) -> usize {
        // Three bits, the rest of the byte, and the length twice.
        (self.bit_count as usize % 8 + 3).div_ceil(8) + 4
    }

    /// Most bytes that can be pending.
    pub(super) fn room(&self) -> usize {
        self.room
    }

    /// Puts whole bytes behind what is pending.
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    pub(super) fn has_pending(&self) -> bool {
        self.pending.len() > self.pending_start
    }

    /// Moves what is pending to the output as far as there is room.
    pub(super) fn drain(&mut self, io: &mut Io<'_>) {
        self.flush_bytes();
        let waiting = &self.pending[self.pending_start..];
        let moved = waiting.len().min(io.room());
        io.out.extend_from_slice(&waiting[..moved]);
        self.pending_start += moved;
        if !self.has_pending() {
            self.pending.clear();
            self.pending_start = 0;
        }
    }

    /// Writes an empty block of ten bits, so that what is before it can be decompressed.
    pub(super) fn align(&mut self) {
        self.put_bits(FIXED as usize, 3);
        self.put_bits(0, 7);
        self.flush_bytes();
    }

    /// Writes a stored block.
    pub(super) fn stored(&mut self, data: &[u8], last: bool) {
        self.stored_start(data.len(), last);
        self.put(data);
    }

    /// Writes what stands in front of so many stored bytes.
    pub(super) fn stored_start(&mut self, length: usize, last: bool) {
        self.put_bits(STORED as usize + usize::from(last), 3);
        self.end_byte();
        let length = length as u16;
        self.put(&length.to_le_bytes());
        self.put(&(!length).to_le_bytes());
    }

    fn put_symbols(&mut self, literals: &Codes, distances: &Codes) {
        for (distance, byte) in std::mem::take(&mut self.symbols) {
            let byte = usize::from(byte);
            if distance == 0 {
                self.put_bits(literals.codes[byte].into(), literals.lengths[byte].into());
                continue;
            }
            let (symbol, bits, extra) = length_symbol(byte);
            self.put_bits(literals.codes[symbol].into(), literals.lengths[symbol].into());
            self.put_bits(extra, bits);
            let (symbol, bits, extra) = distance_symbol(usize::from(distance) - 1);
            self.put_bits(distances.codes[symbol].into(), distances.lengths[symbol].into());
            self.put_bits(extra, bits);
        }
        self.put_bits(literals.codes[END_OF_BLOCK].into(), literals.lengths[END_OF_BLOCK].into());
    }

    /// Extra bits of all matches.
    fn extra_bits(&self) -> usize {
        let matches = self.symbols.iter().filter(|(distance, _)| *distance > 0);
        let bits = |(distance, length): &(u16, u8)| {
            length_symbol((*length).into()).1 + distance_symbol(usize::from(*distance) - 1).1
        };
        matches.map(|m| bits(m) as usize).sum()
    }

    /// Ends the block: its symbols stand for `length` bytes, which are `data` if the window still has them.
    pub(super) fn write(&mut self, data: Option<&[u8]>, length: usize, strategy: Strategy, last: bool) {
        let literals = Codes::best(&self.literals, 15);
        let distances = Codes::best(&self.distances, 15);
        let lengths = Lengths::new(&literals, &distances);
        let extra = self.extra_bits();
        let cost = |l: &Codes, d: &Codes| l.cost(&self.literals) + d.cost(&self.distances) + extra;
        let in_bytes = |bits: usize| (bits + 3).div_ceil(8);
        let dynamic = in_bytes(cost(&literals, &distances) + lengths.cost());
        let fixed = in_bytes(cost(&self.fixed_literals, &self.fixed_distances));
        let is_fixed = strategy == Strategy::Fixed || fixed <= dynamic;
        let best = if is_fixed { fixed } else { dynamic };
        match data.filter(|_| length + 4 <= best) {
            Some(data) => self.stored(data, last),
            None if is_fixed => {
                self.put_bits(FIXED as usize + usize::from(last), 3);
                let (literals, distances) = (self.fixed_literals.clone(), self.fixed_distances.clone());
                self.put_symbols(&literals, &distances);
            }
            None => {
                self.put_bits(DYNAMIC as usize + usize::from(last), 3);
                self.put_bits(literals.last + 1 - 257, 5);
                self.put_bits(distances.last, 5);
                lengths.put(self);
                self.put_symbols(&literals, &distances);
            }
        }
        self.begin();
        if last {
            self.end_byte();
        }
    }
}

/// The lengths of the codes of a block, as they are written in front of it.
struct Lengths {
    /// Symbols with their extra value.
    symbols: Vec<(usize, usize)>,
    frequencies: [u16; LENGTH_SYMBOLS],
    codes: Codes,
    /// How many of `LENGTH_ORDER` are needed.
    count: usize,
}

impl Lengths {
    fn new(literals: &Codes, distances: &Codes) -> Lengths {
        let mut symbols = Vec::new();
        for codes in [literals, distances] {
            gather(&codes.lengths[..=codes.last], &mut symbols);
        }
        let mut frequencies = [0; LENGTH_SYMBOLS];
        for (symbol, _) in &symbols {
            frequencies[*symbol] += 1;
        }
        let codes = Codes::best(&frequencies, 7);
        let is_used = |place: &usize| codes.lengths[LENGTH_ORDER[*place]] > 0;
        let count = 1 + (3..LENGTH_SYMBOLS).rev().find(is_used).unwrap_or(2);
        Lengths { symbols, frequencies, codes, count }
    }

    fn cost(&self) -> usize {
        let extra = self.frequencies.iter().zip(REPEAT_BITS).map(|(f, bits)| usize::from(*f) * bits as usize);
        self.codes.cost(&self.frequencies) + extra.sum::<usize>() + 3 * self.count + 5 + 5 + 4
    }

    fn put(&self, blocks: &mut Blocks) {
        blocks.put_bits(self.count - 4, 4);
        for symbol in &LENGTH_ORDER[..self.count] {
            blocks.put_bits(self.codes.lengths[*symbol].into(), 3);
        }
        for (symbol, extra) in &self.symbols {
            blocks.put_bits(self.codes.codes[*symbol].into(), self.codes.lengths[*symbol].into());
            blocks.put_bits(*extra, REPEAT_BITS[*symbol]);
        }
    }
}

/// Takes runs of lengths together.
fn gather(lengths: &[u8], symbols: &mut Vec<(usize, usize)>) {
    let mut before = None;
    for run in lengths.chunk_by(|a, b| a == b) {
        let (length, mut left) = (usize::from(run[0]), run.len());
        // How many one symbol can stand for depends on what came before, and a run is cut as soon as one is full.
        while left > 0 {
            let most = match (length, before) {
                (0, _) => 138,
                (_, Some(before)) if before == length => 6,
                _ => 7,
            };
            let least = if most == 7 { 4 } else { 3 };
            let count = left.min(most);
            left -= count;
            match (length, count) {
                (_, count) if count < least => symbols.extend(std::iter::repeat_n((length, 0), count)),
                (0, 3..=10) => symbols.push((REPEAT_ZERO, count - 3)),
                (0, _) => symbols.push((REPEAT_ZERO_OFTEN, count - 11)),
                (_, count) if most == 6 => symbols.push((REPEAT_LAST, count - 3)),
                (_, count) => symbols.extend([(length, 0), (REPEAT_LAST, count - 4)]),
            }
            before = Some(length);
        }
    }
}
