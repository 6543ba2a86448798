//! The bytes of a `.beam` file, in all encodings.

use std::io::Write;

use beam::loader::{Arg, BeamFile, Container, Limits, LoadError, parse, validate};

use crate::assembler::{chunk, encode, module, word};

fn parsed(bytes: &[u8]) -> Result<BeamFile, LoadError> {
    parse(bytes, &Limits::default())
}

/// The file with a chunk replaced, or without it.
fn with_chunk(bytes: &[u8], id: &[u8; 4], content: Option<&[u8]>) -> Vec<u8> {
    let file = Container::open(bytes, &Limits::default()).expect("it is a file");
    let mut chunks = Vec::new();
    for (name, old) in file.iter().filter(|(name, _)| *name != id) {
        chunk(&mut chunks, name, &[old]);
    }
    if let Some(content) = content {
        chunk(&mut chunks, id, &[content]);
    }
    [b"FOR1", &word(chunks.len() + 4)[..], b"BEAM", &chunks].concat()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn a_file_is_read_as_it_was_written() {
    let mut file =
        module("move #0 x0 / move #2047 x0 / move #2048 x0 / move #-1 x0 / move #-129 x0 / move x2000 y16 / return");
    for n in [i64::MAX, i64::MIN, 1 << 20, -(1 << 20), 255, -128, 65535] {
        file.code[3].args[0] = Arg::Int(n);
        assert_eq!(parsed(&encode(&file)).map(|read| read.code), Ok(file.code.clone()), "{n}");
    }
    for bits in [64u32, 65, 71, 72, 80, 500, 20_000] {
        let big: num_bigint::BigInt = num_bigint::BigInt::from(1) << bits;
        for big in [big.clone(), -big] {
            file.code[3].args[0] = Arg::Big(Box::new(big));
            assert_eq!(parsed(&encode(&file)).map(|read| read.code), Ok(file.code.clone()), "{bits}");
        }
    }
    for n in [0, 15, 16, 2047, 2048, 32768, 1 << 31, 1 << 40, u64::MAX >> 1, u64::MAX] {
        file.code[3].args[0] = Arg::Unsigned(n);
        assert_eq!(parsed(&encode(&file)).map(|read| read.code), Ok(file.code.clone()), "{n}");
    }
    let read = parsed(&encode(&file)).expect("it parses");
    assert_eq!(read.atoms, file.atoms);
    assert_eq!((read.label_count, read.function_count), (40, 2));
    assert_eq!((&read.imports, &read.exports, &read.locals), (&file.imports, &file.exports, &file.locals));
    assert_eq!((&read.funs, &read.strings, &read.lines), (&file.funs, &file.strings, &file.lines));
    assert_eq!(
        (&read.literals, &read.attributes, &read.compile_info),
        (&file.literals, &vec![131, 106], &vec![131, 106])
    );
}

#[test]
fn atoms_in_all_encodings() {
    let bytes = encode(&module("return"));
    let read = |id: &[u8; 4], content: &[u8]| {
        let bytes = with_chunk(&with_chunk(&bytes, b"AtU8", None), id, Some(content));
        parsed(&bytes).map(|file| file.atoms[1..].to_vec())
    };
    assert_eq!(read(b"Atom", b"\0\0\0\x02\x01m\x02\xe9\xff"), Ok(vec!["m".into(), "éÿ".into()]));
    assert_eq!(read(b"AtU8", "\0\0\0\x02\x01m\x02é".as_bytes()), Ok(vec!["m".into(), "é".into()]));
    // OTP 28: the number is negative, lengths are operands.
    assert_eq!(read(b"AtU8", b"\xff\xff\xff\xfe\x10m\x20ab"), Ok(vec!["m".into(), "ab".into()]));
    let long = "ö".repeat(255);
    let wide = [b"\xff\xff\xff\xfe\x10m\x28\xfe", long.as_bytes()].concat();
    assert_eq!(long.len(), 0x1fe);
    assert_eq!(read(b"AtU8", &wide), Ok(vec!["m".into(), long]));
    for (id, wrong) in [
        (b"AtU8", &b"\0\0\0\0"[..]),
        (b"AtU8", b"\0\0\0\x02\x01m\x02a"),
        (b"AtU8", b"\0\0\0\x01\x01\xff"),
        (b"AtU8", b"\x7f\xff\xff\xff\x01m"),
        (b"AtU8", b"\x80\0\0\0\x10m"),
        (b"AtU8", b"\xff\xff\xff\xff\x11m"),
        (b"Atom", b"\xff\xff\xff\xff\x01m"),
        (b"AtU8", b"\0\0"),
    ] {
        assert!(matches!(read(id, wrong), Err(LoadError::Chunk { .. })), "{wrong:?}");
    }
    let too_long = [b"\xff\xff\xff\xff\x29\x00".as_slice(), &[b'a'; 256]].concat();
    assert!(read(b"AtU8", &too_long).is_err());
    assert_eq!(parsed(&with_chunk(&bytes, b"AtU8", None)).err(), Some(LoadError::MissingChunk("AtU8")));
}

#[test]
fn literals_compressed_and_not() {
    let file = module("return");
    let bytes = encode(&file);
    let table = [&word(1)[..], &word(3), b"\x83\x61\x07"].concat();
    let read = |content: &[u8]| parsed(&with_chunk(&bytes, b"LitT", Some(content))).map(|file| file.literals);
    let expected = Ok(vec![vec![131, 97, 7]]);
    assert_eq!(read(&[&word(0)[..], &table].concat()), expected);
    assert_eq!(read(&[&word(table.len())[..], &zlib(&table)].concat()), expected);
    assert_eq!(
        read(&[&word(table.len() - 1)[..], &zlib(&table)].concat()),
        Err(LoadError::TooLarge { what: "the literal table", limit: table.len() - 1 })
    );
    assert!(read(&[&word(table.len())[..], b"not zlib"].concat()).is_err());
    assert!(read(&[&word(0)[..], &word(1 << 30)].concat()).is_err());
    assert_eq!(parsed(&with_chunk(&bytes, b"LitT", None)).map(|file| file.literals), Ok(vec![]));
}

#[test]
fn compressed_files() {
    let bytes = encode(&module("return"));
    let plain = parsed(&bytes).expect("it parses");
    let inflated = parsed(&gzip(&bytes)).expect("it parses");
    assert_eq!(inflated.code, plain.code);
    assert_eq!(inflated.md5, plain.md5);
    assert!(parsed(&gzip(&bytes)[..60]).is_err());
}

#[test]
fn sizes_are_limited() {
    let bytes = encode(&module("return"));
    let bomb = gzip(&vec![0; 10 << 20]);
    let small = Limits { file: 100_000, code: 100_000, literals: 100_000 };
    let too_large = |what, limit| Some(LoadError::TooLarge { what, limit });
    assert!(bomb.len() < small.file);
    assert_eq!(parse(&bomb, &small).err(), too_large("the file", 100_000));
    assert_eq!(parse(&bytes, &Limits { file: 20, ..small }).err(), too_large("the file", 20));
    assert_eq!(parse(&bytes, &Limits { code: 30, ..small }).err(), too_large("the code", 30));
    let table = [&word(10 << 20)[..], &zlib(&vec![0; 10 << 20])].concat();
    let bytes = with_chunk(&bytes, b"LitT", Some(&table));
    assert_eq!(parse(&bytes, &small).err(), too_large("the literal table", 100_000));
}

#[test]
fn opcodes_that_are_not_supported() {
    let bytes = encode(&module("return"));
    let with_code = |opcode: u8| {
        let code = [[16, 0, 200, 10, 1].map(u32::to_be_bytes).concat(), vec![opcode, 3]].concat();
        parsed(&with_chunk(&bytes, b"Code", Some(&code))).err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert_eq!(with_code(185), "opcode 185 is not supported: it needs the runtime system of Erlang/OTP 29");
    assert_eq!(with_code(255), "opcode 255 is not supported: it needs the runtime system of Erlang/OTP 30 or later");
    assert_eq!(
        with_code(27),
        "opcode 27 (m_plus) is from a compiler older than Erlang/OTP 24: please compile the module again"
    );
    assert_eq!(with_code(61), "chunk Code: it ends too early");
}

#[test]
fn damaged_containers() {
    let bytes = encode(&module("return"));
    for (at, value) in [(0, 0), (8, 0), (4, 0xff), (7, 0xff), (16, 0xff), (19, 0xff)] {
        let mut damaged = bytes.clone();
        damaged[at] ^= value.max(1);
        assert!(parsed(&damaged).is_err(), "byte {at}");
    }
    for len in 0..bytes.len() {
        assert!(parsed(&bytes[..len]).is_err(), "cut at {len}");
    }
    assert!(parsed(b"FOR1\xff\xff\xff\xffBEAM").is_err());
}

#[test]
fn missing_tables_are_empty() {
    let mut bytes = encode(&module("return"));
    for id in [b"StrT", b"LocT", b"FunT", b"LitT", b"Line", b"Attr", b"CInf"] {
        bytes = with_chunk(&bytes, id, None);
        let file = parsed(&bytes).expect("it parses");
        validate(&file).expect("it is valid");
    }
    assert_eq!(parsed(&with_chunk(&bytes, b"Code", None)).err(), Some(LoadError::MissingChunk("Code")));
}

#[test]
fn a_registers_type_is_dropped() {
    let bytes = encode(&module("return"));
    let code = |operand: &[u8]| {
        let head = [16, 0, 184, 10, 1].map(u32::to_be_bytes).concat();
        let bytes = with_chunk(&bytes, b"Code", Some(&[&head, &[64][..], operand, &[0x13, 3]].concat()));
        parsed(&bytes).map(|file| file.code[0].args[0].clone())
    };
    assert_eq!(code(&[0x57, 0x43, 0x70]), Ok(Arg::X(4)));
    assert_eq!(code(&[0x57, 0x24, 0x70]), Ok(Arg::Y(2)));
    assert!(code(&[0x57, 0x21, 0x70]).is_err(), "a typed integer");
    assert!(code(&[0x57, 0x57, 0x43, 0x70, 0x70]).is_err(), "a typed typed register");
    assert!(code(&[0x07]).is_err(), "a float, as before OTP R16");
    assert!(code(&[0x67]).is_err(), "an unknown tag");
    assert!(code(&[0x17, 0x10, 0x17, 0x00]).is_err(), "a list in a list");
    assert!(code(&[0x17, 0xf8, 0x50, 1, 2, 3, 4, 5, 6]).is_err(), "a list longer than the file");
    assert!(code(&[0xf9, 0xf8, 0x00]).is_err(), "a length of a length of a length");
}
