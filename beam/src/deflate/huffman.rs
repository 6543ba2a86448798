//! Codes from frequencies, with zlib's choice among those that are equally good.

/// A code of each symbol, with its bits in the order in which they are written.
#[derive(Clone)]
pub(super) struct Codes {
    pub(super) codes: Vec<u16>,
    pub(super) lengths: Vec<u8>,
    /// The last symbol that has a code.
    pub(super) last: usize,
}

/// Most bits of a code.
const MAX_BITS: usize = 15;

impl Codes {
    /// The codes that belong to these lengths.
    pub(super) fn from_lengths(lengths: Vec<u8>, last: usize) -> Codes {
        let mut next = [0u16; MAX_BITS + 2];
        for length in lengths.iter().filter(|l| **l > 0) {
            next[usize::from(*length) + 1] += 1;
        }
        for bits in 1..next.len() {
            next[bits] = (next[bits] + next[bits - 1]) << 1;
        }
        let codes = lengths.iter().map(|length| match length {
            0 => 0,
            bits => {
                let code = &mut next[usize::from(*bits)];
                *code += 1;
                (*code - 1).reverse_bits() >> (16 - bits)
            }
        });
        Codes { codes: codes.collect(), lengths, last }
    }

    /// The best codes of up to `max_bits` bits for symbols that occur so often. At least two symbols get one.
    pub(super) fn best(frequencies: &[u16], max_bits: usize) -> Codes {
        let mut tree = Tree::new(frequencies);
        let last = tree.leaves();
        tree.join();
        Codes::from_lengths(tree.lengths(max_bits), last)
    }

    /// Bits of all symbols that occur so often, without extra bits.
    pub(super) fn cost(&self, frequencies: &[u16]) -> usize {
        frequencies.iter().zip(&self.lengths).map(|(f, l)| usize::from(*f) * usize::from(*l)).sum()
    }
}

/// A tree of Huffman's under construction. Nodes below `symbols` are leaves.
struct Tree {
    symbols: usize,
    frequency: Vec<u16>,
    depth: Vec<u8>,
    parent: Vec<u16>,
    /// A heap with the rarest node at place 1; place 0 is not used.
    heap: Vec<u16>,
    /// Nodes in the order in which they left the heap: the rarest first.
    order: Vec<u16>,
}

impl Tree {
    fn new(frequencies: &[u16]) -> Tree {
        let symbols = frequencies.len();
        let mut frequency = frequencies.to_vec();
        frequency.resize(2 * symbols, 0);
        let (depth, parent) = (vec![0; 2 * symbols], vec![0; 2 * symbols]);
        Tree { symbols, frequency, depth, parent, heap: vec![0], order: Vec::new() }
    }

    /// Puts the symbols that occur into the heap and gives the last one. Where there are less than two, the first ones join them.
    fn leaves(&mut self) -> usize {
        let mut last = None;
        for symbol in 0..self.symbols {
            if self.frequency[symbol] > 0 {
                self.heap.push(symbol as u16);
                last = Some(symbol);
            }
        }
        while self.heap.len() < 3 {
            let symbol = match last {
                None => 0,
                Some(last) if last < 2 => last + 1,
                Some(_) => 0,
            };
            if last.is_none_or(|last| last < 2) {
                last = Some(symbol);
            }
            self.frequency[symbol] = 1;
            self.heap.push(symbol as u16);
        }
        last.unwrap_or_default()
    }

    /// Whether the first node leaves the heap before the second. Of equally frequent ones the flatter goes first.
    fn is_before(&self, first: u16, second: u16) -> bool {
        let key = |node: u16| (self.frequency[usize::from(node)], self.depth[usize::from(node)]);
        key(first) <= key(second)
    }

    fn sift_down(&mut self, mut place: usize) {
        let node = self.heap[place];
        loop {
            let mut child = 2 * place;
            if child >= self.heap.len() {
                break;
            }
            if child + 1 < self.heap.len() && self.is_before(self.heap[child + 1], self.heap[child]) {
                child += 1;
            }
            if self.is_before(node, self.heap[child]) {
                break;
            }
            self.heap[place] = self.heap[child];
            place = child;
        }
        self.heap[place] = node;
    }

    /// Joins the two rarest nodes until one is left.
    fn join(&mut self) {
        for place in (1..=(self.heap.len() - 1) / 2).rev() {
            self.sift_down(place);
        }
        let mut node = self.symbols;
        loop {
            let first = self.heap[1];
            self.heap[1] = self.heap[self.heap.len() - 1];
            self.heap.truncate(self.heap.len() - 1);
            self.sift_down(1);
            let second = self.heap[1];
            self.order.extend([first, second]);
            let (a, b) = (usize::from(first), usize::from(second));
            self.frequency[node] = self.frequency[a].wrapping_add(self.frequency[b]);
            self.depth[node] = self.depth[a].max(self.depth[b]) + 1;
            (self.parent[a], self.parent[b]) = (node as u16, node as u16);
            self.heap[1] = node as u16;
            node += 1;
            self.sift_down(1);
            if self.heap.len() <= 2 {
                break;
            }
        }
    }

    /// The lengths of the leaves. What is deeper than `max_bits` is brought up, and others go down for it.
    fn lengths(&self, max_bits: usize) -> Vec<u8> {
        let mut lengths = vec![0u8; 2 * self.symbols];
        let mut count = [0usize; MAX_BITS + 1];
        let mut overflow = 0usize;
        for node in self.order.iter().rev() {
            let node = usize::from(*node);
            let mut bits = usize::from(lengths[usize::from(self.parent[node])]) + 1;
            if bits > max_bits {
                bits = max_bits;
                overflow += 1;
            }
            lengths[node] = bits as u8;
            if node < self.symbols {
                count[bits] += 1;
            }
        }
        if overflow > 0 {
            while overflow > 0 {
                let bits = (1..max_bits).rev().find(|bits| count[*bits] > 0).unwrap_or(1);
                count[bits] -= 1;
                count[bits + 1] += 2;
                count[max_bits] -= 1;
                overflow = overflow.saturating_sub(2);
            }
            let mut leaves = self.order.iter().map(|node| usize::from(*node)).filter(|node| *node < self.symbols);
            for bits in (1..=max_bits).rev() {
                for leaf in leaves.by_ref().take(count[bits]) {
                    lengths[leaf] = bits as u8;
                }
            }
        }
        lengths.truncate(self.symbols);
        lengths
    }
}
