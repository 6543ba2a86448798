//! Lengths and checksums that zlib 1.2.13 gives for the same data.

use zlib_rs::{Inflate, InflateFlush};

use super::*;

type Digest = (usize, u32);

/// Level, strategy, and what becomes of noise, text and letters.
const EXPECTED: &[(i32, Strategy, [Digest; 3])] = &[
    (1, Strategy::Default, [(5011, 0x04124128), (53040, 0x33248243), (13326, 0x6a82d4ce)]),
    (1, Strategy::Filtered, [(5011, 0x04124128), (53040, 0x33248243), (13326, 0x6a82d4ce)]),
    (1, Strategy::Huffman, [(5011, 0x04124128), (80044, 0x0f37f005), (11280, 0xf2c3b720)]),
    (1, Strategy::Rle, [(5011, 0x04124128), (66188, 0xf5064074), (11168, 0xca7592c6)]),
    (1, Strategy::Fixed, [(5011, 0x04124128), (69300, 0x6a53ece4), (21331, 0xe8778c46)]),
    (2, Strategy::Default, [(5011, 0x46fac8b8), (46986, 0x88dd10d4), (12765, 0xcb792eb7)]),
    (3, Strategy::Default, [(5011, 0x46fac8b8), (42365, 0xc82421e8), (12333, 0x6ed3ff11)]),
    (4, Strategy::Default, [(5011, 0x46fac8b8), (43548, 0x35b4370f), (12310, 0xb74038e3)]),
    (5, Strategy::Default, [(5011, 0x46fac8b8), (41038, 0x194709e4), (12141, 0x7edc6178)]),
    (6, Strategy::Default, [(5011, 0x4abab12c), (41320, 0x99b09013), (12045, 0xebc75242)]),
    (6, Strategy::Filtered, [(5011, 0x4abab12c), (42891, 0x1b655edd), (11850, 0xd9178dc9)]),
    (6, Strategy::Huffman, [(5011, 0x04124128), (80044, 0x0f37f005), (11280, 0xf2c3b720)]),
    (6, Strategy::Rle, [(5011, 0x04124128), (66188, 0xf5064074), (11168, 0xca7592c6)]),
    (6, Strategy::Fixed, [(5011, 0x04124128), (51630, 0x90509e04), (17105, 0xd02ed2b1)]),
    (7, Strategy::Default, [(5011, 0x07387125), (41225, 0x78637ad5), (12193, 0x68351370)]),
    (8, Strategy::Default, [(5011, 0x07387125), (41285, 0x2f420817), (12324, 0x37874d8f)]),
    (9, Strategy::Default, [(5011, 0x07387125), (41285, 0x2f420817), (12324, 0x37874d8f)]),
];

fn noise(length: usize) -> Vec<u8> {
    let mut state = 12_345_u32;
    let next = |_| {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        (state >> 24) as u8
    };
    (0..length).map(next).collect()
}

fn text(length: usize) -> Vec<u8> {
    let word = |b: u8| [vec![b'a' + b % 26; 1 + b as usize % 5], format!(" {b}").into_bytes()].concat();
    noise(length).into_iter().flat_map(word).collect()
}

fn data() -> [Vec<u8>; 3] {
    [noise(5_000), text(20_000), noise(40_000).into_iter().map(|b| b & 3).collect()]
}

/// Compresses all in one or more calls with so much room each.
fn finish(codec: &mut Deflate, mut input: &[u8], room: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while codec.compress(&mut input, &mut out, room, Flush::Finish) == Status::Ok {}
    out
}

fn digest(bytes: &[u8]) -> Digest {
    (bytes.len(), crc32fast::hash(bytes))
}

#[test]
fn the_bytes_are_those_of_zlib() {
    for (level, strategy, expected) in EXPECTED {
        for (data, expected) in data().iter().zip(expected) {
            for room in [usize::MAX >> 1, 1_000] {
                let mut codec = Deflate::new(*level, 15, 8, *strategy).expect("numbers are right");
                let digest = digest(&finish(&mut codec, data, room));
                assert_eq!(digest, *expected, "level {level}, {strategy:?}, {} bytes", data.len());
            }
        }
    }
}

#[test]
fn flushes_are_written_as_zlib_does() {
    let mut codec = Deflate::new(6, -12, 3, Strategy::Default).expect("numbers are right");
    let (data, mut out) = (text(3_000), Vec::new());
    for flush in [Flush::Sync, Flush::Full, Flush::Partial, Flush::Block, Flush::None] {
        codec.compress(&mut &data[..], &mut out, 1 << 20, Flush::None);
        codec.compress(&mut &[][..], &mut out, 1 << 20, flush);
    }
    out.extend(finish(&mut codec, b"", 1 << 20));
    assert_eq!(digest(&out), (31465, 0xed8e34d4));
}

#[test]
fn stored_data_come_back_whatever_room_there_is() {
    for memory in [1, 8] {
        for room in [7, 100, 1 << 20] {
            let data = text(12_000);
            let mut codec = Deflate::new(0, 15, memory, Strategy::Default).expect("numbers are right");
            let packed = finish(&mut codec, &data, room);
            let mut back = vec![0; data.len()];
            Inflate::new(true, 15).decompress(&packed, &mut back, InflateFlush::Finish).expect("is whole");
            assert!(back == data, "memory {memory}, room {room}");
        }
    }
}
