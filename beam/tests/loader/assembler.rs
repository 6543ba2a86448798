//! Writes small modules by hand: instructions as text, and tables back into the bytes of a `.beam` file.

use beam::loader::{AllocKind, Arg, BeamFile, Instruction, Op, file::FunRow, genop::Kind};

/// A module `m` with the functions `f/1` (entry: label 2), whose body is given, and `g/2` (label 4), which returns.
/// Labels of the body are from 5 to 39. Numbers of tables are as in [`tables`].
pub(crate) fn module(body: &str) -> BeamFile {
    let mut file = tables();
    let text = format!(
        "label 1 / func_info m f 1 / label 2 / {body} / label 3 / line 1 / func_info m g 2 / label 4 / return / int_code_end"
    );
    file.code = text.split('/').map(|line| instruction(&mut file, line.trim())).collect();
    file
}

fn tables() -> BeamFile {
    let mut file = BeamFile {
        atoms: vec![String::new(), "m".into(), "f".into(), "g".into()],
        code: Vec::new(),
        label_count: 40,
        function_count: 2,
        literals: vec![vec![131, 106], vec![131, 108, 0, 0, 0, 1, 119, 6, b'l', b'i', b't', b't', b'l', b'e', 106]],
        imports: Vec::new(),
        exports: vec![(2, 1, 2)],
        locals: vec![(3, 2, 4)],
        funs: vec![FunRow { function: 3, arity: 2, label: 4, index: 0, free: 1, old_uniq: 77 }],
        strings: b"abc".to_vec(),
        lines: beam::loader::file::LineTable {
            items: vec![(0, 0), (0, 10), (1, 300)],
            files: vec![String::new(), "other.hrl".into()],
        },
        attributes: vec![131, 106],
        compile_info: vec![131, 106],
        md5: [0; 16],
    };
    // 0 to 6, in this order.
    for (module, function, arity) in [
        ("lists", "reverse", 1),
        ("erlang", "error", 1),
        ("erlang", "setelement", 3),
        ("erlang", "self", 0),
        ("erlang", "hd", 1),
        ("erlang", "+", 2),
        ("erlang", "map_get", 2),
    ] {
        let row = (atom(&mut file, module), atom(&mut file, function), arity);
        file.imports.push(row);
    }
    file
}

fn atom(file: &mut BeamFile, name: &str) -> u32 {
    let known = file.atoms.iter().skip(1).position(|atom| atom == name);
    known.unwrap_or_else(|| {
        file.atoms.push(name.to_owned());
        file.atoms.len() - 2
    }) as u32
        + 1
}

/// An instruction as text: `move x0 y1`. Operands: `x0`, `y0`, `fr0`, `f5` (a label), `lit0`, `#7` (an integer), `[]`, an
/// atom, `( ... )` for a list, `{words floats funs}` for heap needs; a number is as the opcode takes it.
fn instruction(file: &mut BeamFile, line: &str) -> Instruction {
    let mut words = line.split_whitespace();
    let name = words.next().expect("an instruction has a name");
    let op = *Op::ALL.iter().find(|op| op.name() == name).unwrap_or_else(|| panic!("no opcode {name}"));
    let mut args = Vec::new();
    while let Some(word) = words.next() {
        if word == "(" {
            let items = words.by_ref().take_while(|word| *word != ")");
            args.push(Arg::List(items.map(|word| operand(file, word)).collect()));
        } else {
            args.push(operand(file, word));
        }
    }
    for (kind, arg) in op.kinds().iter().zip(&mut args) {
        if let (Kind::Label | Kind::Fail, Arg::Unsigned(n)) = (kind, &arg) {
            *arg = Arg::Label(*n as u32);
        }
    }
    Instruction { op, args: args.into() }
}

fn operand(file: &mut BeamFile, word: &str) -> Arg {
    let number = |prefix: &str| word.strip_prefix(prefix).and_then(|rest| rest.parse::<u32>().ok());
    if word == "[]" {
        Arg::Nil
    } else if let Ok(n) = word.parse() {
        Arg::Unsigned(n)
    } else if let Some(n) = word.strip_prefix('#') {
        Arg::Int(n.parse().expect("an integer"))
    } else if let Some(needs) = word.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        let kinds = [AllocKind::Words, AllocKind::Floats, AllocKind::Funs];
        Arg::Alloc(kinds.into_iter().zip(needs.split(',').map(|n| n.parse().expect("a number"))).collect())
    } else if let Some(n) = number("fr") {
        Arg::FloatReg(n)
    } else if let Some(n) = number("lit") {
        Arg::Literal(n)
    } else if let Some(n) = number("x") {
        Arg::X(n)
    } else if let Some(n) = number("y") {
        Arg::Y(n)
    } else if let Some(n) = number("f") {
        Arg::Label(n)
    } else {
        Arg::Atom(atom(file, word))
    }
}

/// The bytes of a file with these tables.
pub(crate) fn encode(file: &BeamFile) -> Vec<u8> {
    let mut chunks = Vec::new();
    let mut atoms = Vec::new();
    for name in &file.atoms[1..] {
        atoms.push(name.len() as u8);
        atoms.extend(name.bytes());
    }
    chunk(&mut chunks, b"AtU8", &[&word(file.atoms.len() - 1), &atoms]);
    let mut code = [16, 0, 184, file.label_count, file.function_count].map(u32::to_be_bytes).concat();
    for instruction in &file.code {
        code.push(instruction.op.number());
        instruction.args.iter().for_each(|arg| encode_arg(&mut code, arg));
    }
    chunk(&mut chunks, b"Code", &[&code]);
    chunk(&mut chunks, b"StrT", &[&file.strings]);
    for (id, table) in [(b"ImpT", &file.imports), (b"ExpT", &file.exports), (b"LocT", &file.locals)] {
        let rows: Vec<u8> = table.iter().flat_map(|(a, b, c)| [a, b, c].map(|n| n.to_be_bytes()).concat()).collect();
        chunk(&mut chunks, id, &[&word(table.len()), &rows]);
    }
    let fun = |f: &FunRow| [f.function, f.arity, f.label, f.index, f.free, f.old_uniq].map(u32::to_be_bytes).concat();
    let funs: Vec<u8> = file.funs.iter().flat_map(fun).collect();
    chunk(&mut chunks, b"FunT", &[&word(file.funs.len()), &funs]);
    let literals: Vec<u8> = file.literals.iter().flat_map(|bytes| [&word(bytes.len())[..], bytes].concat()).collect();
    chunk(&mut chunks, b"LitT", &[&word(0), &word(file.literals.len()), &literals]);
    chunk(&mut chunks, b"Line", &[&encode_lines(file)]);
    chunk(&mut chunks, b"Attr", &[&file.attributes]);
    chunk(&mut chunks, b"CInf", &[&file.compile_info]);
    [b"FOR1", &word(chunks.len() + 4)[..], b"BEAM", &chunks].concat()
}

fn encode_lines(file: &BeamFile) -> Vec<u8> {
    let lines = &file.lines;
    let count = lines.items.len() - 1;
    let mut out = [0, 0, 0, count as u32, lines.files.len() as u32 - 1].map(u32::to_be_bytes).concat();
    let mut current = 0;
    for (index, line) in &lines.items[1..] {
        if *index != current {
            encode_number(&mut out, 2, u64::from(*index));
            current = *index;
        }
        encode_number(&mut out, 1, u64::from(*line));
    }
    for name in &lines.files[1..] {
        out.extend((name.len() as u16).to_be_bytes());
        out.extend(name.bytes());
    }
    out
}

/// Appends a chunk: its name, size, content, and zeros up to a whole number of words.
pub(crate) fn chunk(out: &mut Vec<u8>, id: &[u8; 4], parts: &[&[u8]]) {
    let content = parts.concat();
    out.extend(id);
    out.extend(word(content.len()));
    out.extend(&content);
    out.resize(out.len().next_multiple_of(4), 0);
}

pub(crate) fn word(n: usize) -> [u8; 4] {
    (n as u32).to_be_bytes()
}

fn encode_arg(out: &mut Vec<u8>, arg: &Arg) {
    match arg {
        Arg::Nil => encode_number(out, 2, 0),
        Arg::Int(n) if (0..0x800).contains(n) => encode_number(out, 1, *n as u64),
        Arg::Int(n) => encode_bytes(out, 1, &num_bigint::BigInt::from(*n).to_signed_bytes_be()),
        Arg::Big(n) => encode_bytes(out, 1, &n.to_signed_bytes_be()),
        Arg::Atom(n) => encode_number(out, 2, u64::from(*n)),
        Arg::X(n) => encode_number(out, 3, u64::from(*n)),
        Arg::Y(n) => encode_number(out, 4, u64::from(*n)),
        Arg::Label(n) => encode_number(out, 5, u64::from(*n)),
        Arg::Char(n) => encode_number(out, 6, u64::from(*n)),
        Arg::Unsigned(n) => encode_number(out, 0, *n),
        Arg::List(list) => {
            out.push(0x17);
            encode_number(out, 0, list.len() as u64);
            list.iter().for_each(|arg| encode_arg(out, arg));
        }
        Arg::FloatReg(n) => {
            out.push(0x27);
            encode_number(out, 0, u64::from(*n));
        }
        Arg::Alloc(needs) => {
            out.push(0x37);
            encode_number(out, 0, needs.len() as u64);
            for (kind, n) in needs {
                encode_number(out, 0, *kind as u64);
                encode_number(out, 0, *n);
            }
        }
        Arg::Literal(n) => {
            out.push(0x47);
            encode_number(out, 0, u64::from(*n));
        }
    }
}

fn encode_number(out: &mut Vec<u8>, tag: u8, n: u64) {
    match n {
        0..16 => out.push((n as u8) << 4 | tag),
        16..0x800 => out.extend([(n >> 3) as u8 & 0xe0 | 0x08 | tag, n as u8]),
        _ => encode_bytes(out, tag, &num_bigint::BigInt::from(n).to_signed_bytes_be()),
    }
}

fn encode_bytes(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    match bytes.len() {
        0 => out.extend([0x18 | tag, 0, 0]),
        1 => out.extend([0x18 | tag, if bytes[0] < 0x80 { 0 } else { 0xff }, bytes[0]]),
        len @ 2..=8 => {
            out.push((len as u8 - 2) << 5 | 0x18 | tag);
            out.extend(bytes);
        }
        len => {
            out.push(0xf8 | tag);
            encode_number(out, 0, len as u64 - 9);
            out.extend(bytes);
        }
    }
}
