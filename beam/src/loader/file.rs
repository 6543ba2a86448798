//! The tables of a `.beam` file.

use md5::{Digest, Md5};

use super::Limits;
use super::compact::{self, Arg};
use super::container::{Container, check_size, inflate};
use super::error::LoadError;
use super::genop::{Known, Op};
use super::reader::Reader;

/// One generic instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// What to do.
    pub op: Op,
    /// Operands; as many as the opcode has.
    pub args: Box<[Arg]>,
}

/// A fun (`FunT` chunk).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunRow {
    /// Atom index of the function that holds its body.
    pub function: u32,
    /// Arity of that function: the fun's own arity and the captured values.
    pub arity: u32,
    /// Label of that function.
    pub label: u32,
    /// Index of the fun as funs print it.
    pub index: u32,
    /// Number of captured values.
    pub free: u32,
    /// Hash by the compiler.
    pub old_uniq: u32,
}

/// Source lines (`Line` chunk).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineTable {
    /// File index and line, by the operand of `line`. Item 0 is "no location": line 0.
    pub items: Vec<(u32, u32)>,
    /// Names of files. File 0 is the module's own source, `Module.erl`.
    pub files: Vec<String>,
}

/// What a `.beam` file holds. Indexes into its tables are as in the file: atoms count from 1, all else from 0.
#[derive(Clone, Debug)]
pub struct BeamFile {
    /// Atoms; index 1 is the module's name, index 0 is not in use (an empty string).
    pub atoms: Vec<String>,
    /// The code, up to `int_code_end` and including it.
    pub code: Vec<Instruction>,
    /// Labels are below this.
    pub label_count: u32,
    /// Number of functions that the `Code` chunk names.
    pub function_count: u32,
    /// Literals in the external term format.
    pub literals: Vec<Vec<u8>>,
    /// Module and function (atom indexes) and arity of functions that the code refers to.
    pub imports: Vec<(u32, u32, u32)>,
    /// Function (atom index), arity, label.
    pub exports: Vec<(u32, u32, u32)>,
    /// As `exports`, of the other functions. Empty where the file does not have them.
    pub locals: Vec<(u32, u32, u32)>,
    /// Funs.
    pub funs: Vec<FunRow>,
    /// Bytes that binary construction and matching refer to.
    pub strings: Vec<u8>,
    /// Source lines.
    pub lines: LineTable,
    /// Module attributes in the external term format; empty where there are none.
    pub attributes: Vec<u8>,
    /// Compiler's options and version in the external term format; empty where there are none.
    pub compile_info: Vec<u8>,
    /// MD5 of the module as `Module:module_info(md5)` gives it (stdlib, `beam_lib:md5/1`).
    pub md5: [u8; 16],
}

/// Chunks that the module's MD5 covers, in this order (stdlib, `beam_lib`).
const MD5_CHUNKS: [&[u8; 4]; 9] = [b"Atom", b"AtU8", b"Code", b"StrT", b"ImpT", b"ExpT", b"FunT", b"LitT", b"Meta"];
/// Longest atom in characters (Efficiency Guide, System Limits).
const MAX_ATOM_CHARS: usize = 255;
/// Lines and files of the `Line` chunk that OTP represents are below these.
const MAX_LINE: u32 = (1 << 24) - 1;
const MAX_FILE: u32 = 255;
/// Size of a row of the `FunT` chunk.
const FUN_ROW: usize = 24;

/// Parses a `.beam` file. The result is not validated yet: see [`validate`](fn@super::validate).
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<BeamFile, LoadError> {
    parse_container(&Container::open(bytes, limits)?, limits)
}

/// As [`parse`], for a file whose chunks are known.
pub fn parse_container(file: &Container<'_>, limits: &Limits) -> Result<BeamFile, LoadError> {
    let atoms = match (file.chunk(b"AtU8"), file.chunk(b"Atom")) {
        (Some(chunk), _) => atoms(Reader::new("AtU8", chunk), true)?,
        (None, Some(chunk)) => atoms(Reader::new("Atom", chunk), false)?,
        (None, None) => return Err(LoadError::MissingChunk("AtU8")),
    };
    let code = file.chunk(b"Code").ok_or(LoadError::MissingChunk("Code"))?;
    check_size("the code", code.len(), limits.code)?;
    let code = Code::read(Reader::new("Code", code))?;
    Ok(BeamFile {
        atoms,
        code: code.instructions,
        label_count: code.labels,
        function_count: code.functions,
        literals: file.chunk(b"LitT").map(|chunk| literals(chunk, limits)).transpose()?.unwrap_or_default(),
        imports: rows(file, b"ImpT", "ImpT")?,
        exports: rows(file, b"ExpT", "ExpT")?,
        locals: rows(file, b"LocT", "LocT")?,
        funs: file.chunk(b"FunT").map(funs).transpose()?.unwrap_or_default(),
        strings: file.chunk(b"StrT").unwrap_or_default().to_vec(),
        lines: file.chunk(b"Line").map(lines).transpose()?.unwrap_or_default(),
        attributes: file.chunk(b"Attr").unwrap_or_default().to_vec(),
        compile_info: file.chunk(b"CInf").unwrap_or_default().to_vec(),
        md5: md5(file),
    })
}

fn atoms(mut reader: Reader<'_>, utf8: bool) -> Result<Vec<String>, LoadError> {
    let count = reader.u32()? as i32;
    // From OTP 28 on the number is negative, and lengths may take more than one byte.
    let wide = utf8 && count < 0;
    let count = reader.check_count(if wide { count.unsigned_abs() } else { count as u32 } as usize, 1)?;
    let mut atoms = Vec::with_capacity(count + 1);
    atoms.push(String::new());
    for _ in 0..count {
        let len = if wide { compact::unsigned(&mut reader)? } else { u64::from(reader.byte()?) };
        let name = reader.take(usize::try_from(len).unwrap_or(usize::MAX))?;
        let name = match utf8 {
            true => str::from_utf8(name).map_err(|_| reader.error("an atom is not UTF-8"))?.to_owned(),
            false => name.iter().map(|b| char::from(*b)).collect(),
        };
        if name.len() > MAX_ATOM_CHARS && name.chars().count() > MAX_ATOM_CHARS {
            return Err(reader.error("an atom is too long"));
        }
        atoms.push(name);
    }
    if atoms.len() < 2 {
        return Err(reader.error("the name of the module is missing"));
    }
    Ok(atoms)
}

struct Code {
    instructions: Vec<Instruction>,
    labels: u32,
    functions: u32,
}

impl Code {
    fn read(mut reader: Reader<'_>) -> Result<Code, LoadError> {
        let head = reader.u32()? as usize;
        let mut head = Reader::new("Code", reader.take(head)?);
        if head.u32()? != 0 {
            return Err(head.error("it is of an unknown instruction set"));
        }
        // The highest opcode in use: each opcode is looked at below.
        head.u32()?;
        let labels = head.u32()?;
        let functions = head.u32()?;
        // Tables with an entry for each label are made later. Label numbers of real code are dense.
        if labels as usize > reader.left() + 1000 {
            return Err(head.error("it has fewer labels than it says"));
        }
        // Real instructions have four bytes on average; more space is reserved when it is needed.
        let mut instructions = Vec::with_capacity(reader.left() / 4);
        loop {
            let number = reader.byte()?;
            let op = match Op::lookup(number) {
                Known::Op(op) => op,
                Known::Obsolete(name) => return Err(LoadError::ObsoleteOpcode { opcode: number, name }),
                Known::Later(release) => return Err(LoadError::UnknownOpcode { opcode: number, release }),
            };
            let arity = reader.check_count(op.arity(), 1)?;
            let mut args = Vec::with_capacity(arity);
            for _ in 0..arity {
                args.push(compact::arg(&mut reader)?);
            }
            instructions.push(Instruction { op, args: args.into() });
            if op == Op::IntCodeEnd {
                return Ok(Code { instructions, labels, functions });
            }
        }
    }
}

fn literals(chunk: &[u8], limits: &Limits) -> Result<Vec<Vec<u8>>, LoadError> {
    let mut outer = Reader::new("LitT", chunk);
    let size = outer.u32()? as usize;
    let rest = outer.take(outer.left())?;
    let inflated;
    // From OTP 28 on the table is not compressed, and its size is given as 0.
    let table = if size == 0 {
        rest
    } else {
        check_size("the literal table", size, limits.literals)?;
        inflated = inflate(flate2::read::ZlibDecoder::new(rest), size, "the literal table")?;
        &inflated
    };
    let mut reader = Reader::new("LitT", table);
    let count = reader.count(4)?;
    let mut literals = Vec::with_capacity(count);
    for _ in 0..count {
        let len = reader.u32()? as usize;
        literals.push(reader.take(len)?.to_vec());
    }
    Ok(literals)
}

fn rows(file: &Container<'_>, id: &[u8; 4], name: &'static str) -> Result<Vec<(u32, u32, u32)>, LoadError> {
    let Some(chunk) = file.chunk(id) else { return Ok(Vec::new()) };
    let mut reader = Reader::new(name, chunk);
    let count = reader.count(12)?;
    (0..count).map(|_| Ok((reader.u32()?, reader.u32()?, reader.u32()?))).collect()
}

fn funs(chunk: &[u8]) -> Result<Vec<FunRow>, LoadError> {
    let mut reader = Reader::new("FunT", chunk);
    let count = reader.count(FUN_ROW)?;
    let row = |_| {
        Ok(FunRow {
            function: reader.u32()?,
            arity: reader.u32()?,
            label: reader.u32()?,
            index: reader.u32()?,
            free: reader.u32()?,
            old_uniq: reader.u32()?,
        })
    };
    (0..count).map(row).collect()
}

fn lines(chunk: &[u8]) -> Result<LineTable, LoadError> {
    let mut reader = Reader::new("Line", chunk);
    let version = reader.u32()?;
    reader.u32()?; // Flags: tools use them.
    reader.u32()?; // Number of `line` instructions.
    let count = reader.u32()? as usize;
    let files = reader.u32()? as usize;
    if version != 0 {
        return Ok(LineTable::default()); // As OTP does: code runs without lines as well.
    }
    let count = reader.check_count(count, 1)?;
    let mut items = Vec::with_capacity(count + 1);
    items.push((0, 0));
    let mut file = 0;
    while items.len() <= count {
        match compact::arg(&mut reader)? {
            Arg::Atom(index) => file = index,
            Arg::Nil => file = 0,
            Arg::Int(line) => {
                let line = u32::try_from(line).map_err(|_| reader.error("a line is out of range"))?;
                // OTP keeps a file and a line in one word and knows no place where they do not fit.
                let is_known = line < MAX_LINE && file < MAX_FILE;
                items.push(if is_known { (file, line) } else { (0, 0) });
            }
            _ => return Err(reader.error("an item is neither a file nor a line")),
        }
        if file as usize > files {
            return Err(reader.error("a file is out of range"));
        }
    }
    let file_count = reader.check_count(files, 2)?;
    let mut files = Vec::with_capacity(file_count + 1);
    files.push(String::new());
    for _ in 0..file_count {
        let len = usize::from(reader.u16()?);
        let name = reader.take(len)?;
        files.push(match str::from_utf8(name) {
            Ok(name) => name.to_owned(),
            Err(_) => name.iter().map(|b| char::from(*b)).collect(),
        });
    }
    Ok(LineTable { items, files })
}

fn md5(file: &Container<'_>) -> [u8; 16] {
    let mut hash = Md5::new();
    for id in MD5_CHUNKS {
        match file.chunk(id) {
            // The compiler's hashes of funs depend on its version, so they count as 0.
            Some(chunk) if id == b"FunT" => {
                let (count, rows) = chunk.split_at(chunk.len().min(4));
                hash.update(count);
                for row in rows.chunks(FUN_ROW) {
                    let (head, uniq) = row.split_at(row.len().min(FUN_ROW - 4));
                    hash.update(head);
                    hash.update(&[0; 4][..uniq.len()]);
                }
            }
            Some(chunk) => hash.update(chunk),
            None => {}
        }
    }
    hash.finalize().into()
}
