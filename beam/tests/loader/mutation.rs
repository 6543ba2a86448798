//! Damaged modules: whatever the bytes are, loading ends with a value or an error, soon and within bounds.

use beam::loader::{Arg, BeamFile, Limits, Op, parse, validate};

use crate::assembler::{encode, module};
use crate::counting::peak;
use crate::support::library_module;

/// Bytes of memory for each byte of a file; see [`Limits::code`].
const PER_BYTE: usize = 100;
/// Memory that even an empty file may take.
const BASE: usize = 64 << 10;

/// Marsaglia's xorshift64*.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 16) as usize % n.max(1)
    }
    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

fn load(bytes: &[u8]) -> bool {
    let limits = Limits { file: 1 << 20, code: 1 << 20, literals: 1 << 20 };
    let (result, memory) = peak(|| parse(bytes, &limits).and_then(|file| validate(&file).map(drop)));
    let allowed = BASE + PER_BYTE * bytes.len() + 2 * limits.literals;
    assert!(memory <= allowed, "{} bytes of file took {memory} bytes of memory", bytes.len());
    result.is_ok()
}

fn damage(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = random.below(bytes.len());
    match random.below(8) {
        0 => bytes[at] = random.next() as u8,
        1 => bytes[at] ^= 1 << random.below(8),
        2 => bytes[at] = random.pick(&[0, 0x08, 0x17, 0x18, 0x37, 0x47, 0x57, 0x7f, 0x80, 0xf8, 0xff]),
        3 => {
            let value: u32 = random.pick(&[0, 1, 2, 0xff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff_fffe]);
            let at = at & !3;
            let end = (at + 4).min(bytes.len());
            bytes[at..end].copy_from_slice(&value.to_be_bytes()[..end - at]);
        }
        4 => bytes.truncate(at),
        5 => {
            let end = (at + 1 + random.below(40)).min(bytes.len());
            bytes.drain(at..end);
        }
        6 => {
            let end = (at + 1 + random.below(40)).min(bytes.len());
            let copy = bytes[at..end].to_vec();
            let to = random.below(bytes.len());
            bytes.splice(to..to, copy);
        }
        _ => {
            let (from, to) = (random.below(bytes.len()), random.below(bytes.len()));
            bytes.swap(from, to);
        }
    }
}

/// Changes an instruction, so that the file is still well-formed and the checks of the code get to see it.
fn change(random: &mut Random, file: &mut BeamFile) {
    let count = file.code.len() - 1;
    let (at, other) = (random.below(count), random.below(count));
    let number = random.pick(&[0, 1, 2, 3, 16, 255, 1023, 1024, 1 << 24, u64::MAX]);
    let label = random.below(file.label_count as usize + 1) as u32;
    let new = match random.below(9) {
        0 => Arg::X(number as u32),
        1 => Arg::Y(number as u32),
        2 => Arg::Unsigned(number),
        3 => Arg::Label(label),
        4 => Arg::Literal(number as u32),
        5 => Arg::Atom(number.clamp(1, u64::from(u32::MAX)) as u32),
        6 => Arg::X(random.below(4) as u32),
        7 => Arg::Y(random.below(4) as u32),
        _ => Arg::List(vec![Arg::X(0), Arg::Label(label)]),
    };
    match random.below(6) {
        0 => file.code.swap(at, other),
        1 => drop(file.code.remove(at)),
        2 => {
            let copy = file.code[at].clone();
            file.code.insert(other, copy);
        }
        3 => {
            let arity = file.code[at].op.arity();
            let same: Vec<Op> = Op::ALL.iter().copied().filter(|op| op.arity() == arity).collect();
            file.code[at].op = random.pick(&same);
        }
        _ => {
            let args = &mut file.code[at].args;
            let which = random.below(args.len());
            if let Some(arg) = args.get_mut(which) {
                match arg {
                    Arg::List(list) if !list.is_empty() => {
                        let which = random.below(list.len());
                        list[which] = if matches!(new, Arg::List(_)) { Arg::Nil } else { new };
                    }
                    arg => *arg = new,
                }
            }
        }
    }
}

/// Damages a module in many ways. Gives the number of damaged modules that are still valid.
fn damage_many(bytes: &[u8], rounds: usize, seed: u64) -> usize {
    let mut random = Random(seed);
    let limits = Limits::default();
    let original = parse(bytes, &limits).expect("the module parses");
    validate(&original).expect("the module is valid");
    let mut valid = 0;
    for round in 0..rounds {
        let mut damaged = if round % 2 == 0 {
            bytes.to_vec()
        } else {
            let mut file = original.clone();
            (0..=random.below(3)).for_each(|_| change(&mut random, &mut file));
            encode(&file)
        };
        if round % 4 != 1 {
            (0..=random.below(4)).for_each(|_| {
                if !damaged.is_empty() {
                    damage(&mut random, &mut damaged)
                }
            });
        }
        valid += usize::from(load(&damaged));
    }
    valid
}

#[test]
fn damaged_modules_are_refused_or_valid() {
    let body = "allocate 1 1 / move x0 y0 / try y0 f5 / call_ext 1 0 / try_end y0 / deallocate 1 / return / label 5 / \
                try_case y0 / select_val x0 f6 ( a f7 lit1 f8 #5 f6 ) / label 6 / bs_start_match3 f8 x0 1 x1 / \
                bs_match f8 x1 ( ensure_at_least 16 8 integer 2 lit1 8 1 x2 skip 8 ) / label 7 / \
                bs_create_bin f0 0 1 8 x0 ( integer 1 8 [] x0 #1 string 2 8 [] 0 #3 ) / label 8 / deallocate 1 / return";
    let body = body.replace("move x0 y0 / try", "try");
    let valid = damage_many(&encode(&module(&body)), 20_000, 1);
    assert!((1..10_000).contains(&valid), "{valid} of 20000");
}

#[test]
fn damaged_library_modules_are_refused_or_valid() {
    for (seed, name) in ["queue", "proplists", "gen_fsm", "erl_posix_msg", "math"].into_iter().enumerate() {
        damage_many(&library_module(name), 400, 2 + seed as u64);
    }
}
