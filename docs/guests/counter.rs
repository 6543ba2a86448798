//! A counter as a process of a sandbox, in Rust and without a BEAM: `GenServer.call(pid, {:add, 2})` and the like work with it.
//!
//! `rustc --edition 2024 --target wasm32-unknown-unknown --crate-type cdylib -O -C panic=abort counter.rs`

use std::collections::VecDeque;
use std::sync::Mutex;

#[link(wasm_import_module = "orrery")]
unsafe extern "C" {
    safe fn send(to: *const u8, to_length: usize, message: *const u8, length: usize) -> i64;
}

/// What the host reads after each call; see `docs/process-interface.md`.
#[repr(C)]
#[derive(Default)]
struct Output {
    address: u32,
    length: u32,
    deadline: i64,
    reductions: u64,
    mailbox_messages: u64,
    mailbox_bytes: u64,
    memory: u64,
}

#[derive(Default)]
struct Counter {
    count: i64,
    /// Bytes from the host.
    input: Vec<u8>,
    /// Bytes for the host.
    bytes: Vec<u8>,
    output: Output,
    mailbox: VecDeque<Vec<u8>>,
    reductions: u64,
}

static COUNTER: Mutex<Option<Counter>> = Mutex::new(None);

fn with<T>(body: impl FnOnce(&mut Counter) -> T) -> T {
    let mut counter = COUNTER.lock().expect("one thread, which never stops in here");
    body(counter.get_or_insert_with(Counter::default))
}

#[unsafe(no_mangle)]
extern "C" fn buffer(length: usize) -> *mut u8 {
    with(|counter| {
        counter.input.resize(length, 0);
        counter.input.as_mut_ptr()
    })
}

#[unsafe(no_mangle)]
extern "C" fn output() -> *const Output {
    with(|counter| {
        counter.output = Output {
            address: counter.bytes.as_ptr() as u32,
            length: counter.bytes.len() as u32,
            reductions: counter.reductions,
            mailbox_messages: counter.mailbox.len() as u64,
            mailbox_bytes: counter.mailbox.iter().map(|message| message.len() as u64).sum(),
            ..Output::default()
        };
        &raw const counter.output
    })
}

/// `spawn(counter, start, [First])`: the buffer holds `{Pid, counter, start, [First], Flags}`.
#[unsafe(no_mangle)]
extern "C" fn start(length: usize) -> u32 {
    with(|counter| {
        let request = elements(&counter.input[1..length]);
        let first = request.get(3).and_then(|arguments| match arguments {
            // A list of small numbers is encoded as a string.
            [107, 0, 1, byte] => Some(i64::from(*byte)),
            [108, 0, 0, 0, 1, first @ ..] => integer(first),
            _ => None,
        });
        counter.count = first.unwrap_or(0);
        0
    })
}

#[unsafe(no_mangle)]
extern "C" fn deliver(length: usize) -> u32 {
    with(|counter| {
        let message = counter.input[1..length].to_vec();
        counter.mailbox.push_back(message);
        0
    })
}

#[unsafe(no_mangle)]
extern "C" fn run(reductions: i64) -> u32 {
    const YIELD: u32 = 0;
    const WAITING: u32 = 1;
    const EXITED: u32 = 3;
    with(|counter| {
        for _ in 0..reductions.max(1) {
            let Some(message) = counter.mailbox.pop_front() else { return WAITING };
            counter.reductions += 1;
            if !counter.handle(&message) {
                counter.bytes = b"\x83\x77\x06normal".to_vec();
                return EXITED;
            }
        }
        YIELD
    })
}

impl Counter {
    /// Handles `{'$gen_call', From, Request}` and `{'$gen_cast', Request}`. False: it is to stop.
    fn handle(&mut self, message: &[u8]) -> bool {
        match &elements(message)[..] {
            [tag, from, request] if is_atom(tag, "$gen_call") => {
                let goes_on = self.request(request);
                reply(from, self.count);
                goes_on
            }
            [tag, request] if is_atom(tag, "$gen_cast") => self.request(request),
            _ => true,
        }
    }

    /// `get`, `{add, N}`, `stop`, or `crash`.
    fn request(&mut self, request: &[u8]) -> bool {
        if is_atom(request, "crash") {
            panic!("told to");
        }
        if let [tag, number] = &elements(request)[..]
            && is_atom(tag, "add")
        {
            self.count += integer(number).unwrap_or(0);
        }
        !is_atom(request, "stop")
    }
}

/// Answers a call (OTP: `gen:reply/2`): `From` is `{Pid, Tag}`, and the tag may name an alias to send to.
fn reply(from: &[u8], count: i64) {
    let from = elements(from);
    let [pid, tag] = from[..] else { return };
    // `[alias | Reference]`
    let alias = tag.strip_prefix(&[108, 0, 0, 0, 1]).filter(|list| is_atom(&list[..end(list)], "alias"));
    let to = alias.map_or(pid, |list| &list[end(list)..]);
    let mut answer = vec![131, 104, 2];
    answer.extend_from_slice(tag);
    answer.extend_from_slice(&[110, 8, u8::from(count < 0)]);
    answer.extend_from_slice(&count.unsigned_abs().to_le_bytes());
    let to = [&[131], to].concat();
    send(to.as_ptr(), to.len(), answer.as_ptr(), answer.len());
}

// Reading the external term format.

/// The elements of a tuple, each still encoded; none of what is no tuple.
fn elements(term: &[u8]) -> Vec<&[u8]> {
    let [104, arity, rest @ ..] = term else { return Vec::new() };
    let mut rest = rest;
    (0..*arity)
        .map(|_| {
            let (element, behind) = rest.split_at(end(rest));
            rest = behind;
            element
        })
        .collect()
}

fn is_atom(term: &[u8], name: &str) -> bool {
    matches!(term, [119, _, text @ ..] if text == name.as_bytes())
}

fn integer(term: &[u8]) -> Option<i64> {
    match *term {
        [97, byte, ..] => Some(byte.into()),
        [98, a, b, c, d, ..] => Some(i32::from_be_bytes([a, b, c, d]).into()),
        _ => None,
    }
}

/// How many bytes the first term takes.
fn end(term: &[u8]) -> usize {
    let short = |at: usize| usize::from(u16::from_be_bytes([term[at], term[at + 1]]));
    let long = |at: usize| u32::from_be_bytes([term[at], term[at + 1], term[at + 2], term[at + 3]]) as usize;
    // Behind so many terms that follow each other.
    let behind = |from: usize, count: usize| (0..count).fold(from, |at, _| at + end(&term[at..]));
    match term[0] {
        97 => 2,
        98 => 5,
        70 => 9,
        106 => 1,
        107 => 3 + short(1),
        109 => 5 + long(1),
        110 => 3 + usize::from(term[1]),
        111 => 6 + long(1),
        119 => 2 + usize::from(term[1]),
        118 => 3 + short(1),
        104 => behind(2, usize::from(term[1])),
        105 => behind(5, long(1)),
        108 => behind(5, long(1) + 1),
        116 => behind(5, 2 * long(1)),
        // Pids and references begin with the name of their node.
        88 => behind(1, 1) + 12,
        90 => behind(3, 1) + 4 + 4 * short(1),
        tag => panic!("a term with tag {tag}"),
    }
}
