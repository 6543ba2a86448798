//! The back half of loading: from a checked [`BeamFile`] to code that runs.
//!
//! # Layout
//! - this file: atoms, literals and funs of the module; making it current
//! - [`emit`]: generic instructions to the machine's own
//! - [`operands`]: words, labels and constants of one instruction

mod bitstring;
pub mod emit;
pub(crate) use bitstring::{KINDS, command};
pub(crate) use emit::FUNC_INFO_WORDS;
mod operands;
mod select;

use std::collections::HashMap;
use std::rc::Rc;

use num_bigint::BigInt;

use crate::code::{FunEntry, Module};
use crate::etf;
use crate::heap::{Heap, MIN_BLOCK_WORDS};
use crate::image::{Image, ImageRef};
use crate::loader::{self, Arg, BeamFile, Limits, LoadError};
use crate::term::{SMALL_MAX, SMALL_MIN, Term};

/// Loads a `.beam` file and makes it the current code of its module; code that was current becomes old. Gives the name.
pub fn load(image: &ImageRef, bytes: &[u8]) -> Result<Term, LoadError> {
    let file = loader::parse(bytes, &Limits::default())?;
    load_file(image, &file)
}

/// As [`load`] for a file that was parsed before.
pub fn load_file(image: &ImageRef, file: &BeamFile) -> Result<Term, LoadError> {
    let layout = loader::validate(file)?;
    let tables = Tables::new(image, file)?;
    let module = Rc::new(emit::emit(image, file, &layout, tables)?);
    let name = module.name;
    image.get_mut().install(module);
    Ok(name)
}

/// Loads a `.beam` file without making it current: only who has the module gets into its code.
pub(crate) fn load_apart(image: &ImageRef, bytes: &[u8]) -> Result<Rc<Module>, LoadError> {
    let file = loader::parse(bytes, &Limits::default())?;
    let layout = loader::validate(&file)?;
    let tables = Tables::new(image, &file)?;
    let module = Rc::new(emit::emit(image, &file, &layout, tables)?);
    let image = image.get_mut();
    image.code.add_range(module.clone());
    // Funs that the code makes may live longer than it is needed, so it stays.
    image.retired.push(module.clone());
    Ok(module)
}

/// What operands of a module refer to.
pub(crate) struct Tables {
    /// Atoms by number in the file.
    pub(crate) atoms: Vec<Term>,
    /// Literals by number in the file.
    pub(crate) literals: Vec<Term>,
    /// Integers outside the small range that stand in the code.
    pub(crate) integers: HashMap<BigInt, Term>,
    /// Memory of the literals.
    pub(crate) heap: Heap,
    /// Names of the atoms.
    pub(crate) names: HashMap<Term, String>,
    /// String table; instructions hold addresses in it.
    pub(crate) strings: Box<[u8]>,
    /// Funs of the image by number in the file.
    pub(crate) funs: Vec<u32>,
}

impl Tables {
    fn new(image: &ImageRef, file: &BeamFile) -> Result<Tables, LoadError> {
        let mut atoms = vec![Term::NIL];
        for name in &file.atoms[1..] {
            atoms.push(
                image
                    .get_mut()
                    .atoms
                    .intern(name)
                    .map_err(|_| LoadError::Chunk { chunk: "AtU8", reason: "too many atoms" })?,
            );
        }
        let mut heap = Heap::new(MIN_BLOCK_WORDS);
        let mut roots = Vec::with_capacity(file.literals.len());
        for bytes in &file.literals {
            let (term, _) = etf::decode(&mut heap, image, bytes, false).map_err(|_| LoadError::Chunk {
                chunk: "LitT",
                reason: "a literal is not in the external term format",
            })?;
            roots.push(term);
        }
        let mut big = Vec::new();
        for arg in file.code.iter().flat_map(|instruction| instruction.args.iter()) {
            collect_integers(arg, &mut big);
        }
        let first_integer = roots.len();
        roots.extend(big.iter().map(|value| heap.bigint(value)));
        // One collection moves everything into a block of the right size.
        heap.min_words = MIN_BLOCK_WORDS;
        heap.collect(0, &mut |visit| roots.iter_mut().for_each(&mut *visit));
        let integers = big.into_iter().zip(roots[first_integer..].iter().copied()).collect();
        roots.truncate(first_integer);
        let name = atoms[1];
        let funs = fun_entries(image.get_mut(), name, file, &atoms);
        let mut names: HashMap<Term, String> =
            atoms[1..].iter().copied().zip(file.atoms[1..].iter().cloned()).collect();
        // Flags of the bit syntax stand in literals, whose atoms need not be in the table of the module's atoms.
        for flag in ["little", "native", "signed"] {
            names.extend(image.get_mut().atoms.intern(flag).map(|atom| (atom, flag.to_owned())));
        }
        Ok(Tables { atoms, literals: roots, integers, heap, names, strings: file.strings.clone().into(), funs })
    }
}

fn collect_integers(arg: &Arg, found: &mut Vec<BigInt>) {
    match arg {
        Arg::Big(value) => found.push((**value).clone()),
        Arg::Int(value) if !(SMALL_MIN..=SMALL_MAX).contains(value) => found.push(BigInt::from(*value)),
        Arg::List(items) => items.iter().for_each(|item| collect_integers(item, found)),
        _ => {}
    }
}

fn fun_entries(image: &mut Image, module: Term, file: &BeamFile, atoms: &[Term]) -> Vec<u32> {
    let code = &mut image.code;
    let mut numbers = Vec::with_capacity(file.funs.len());
    for row in &file.funs {
        let entry = FunEntry {
            module,
            function: atoms[row.function as usize],
            arity: row.arity - row.free.min(row.arity),
            free: row.free,
            index: row.index,
            old_uniq: row.old_uniq,
            uniq: file.md5,
            code: std::ptr::null(),
        };
        let number = match code.fun_number(entry.key()) {
            Some(number) => {
                code.funs[number as usize] = entry;
                number
            }
            None => code.add_fun(entry),
        };
        numbers.push(number);
    }
    numbers
}

/// Functions of a module that every `gen_server` of it makes funs of when it starts, whether they are there or not (OTP:
/// `gen_server:create_callback_cache/1`).
const CALLBACKS: [(&str, u32); 3] = [("handle_call", 3), ("handle_cast", 2), ("handle_info", 2)];

impl Image {
    /// Makes the exports that servers of a module will ask for, so that not every one of them adds to tables that all share.
    fn expect_callbacks(&mut self, module: &Module) {
        let callback = |(name, arity)| Some((self.atoms.existing(name)?, arity));
        let callbacks = CALLBACKS.map(callback);
        let has = |callback: &Option<(Term, u32)>| {
            module.exports.iter().any(|(name, arity, _)| *callback == Some((*name, *arity)))
        };
        if callbacks.iter().any(has) {
            for (name, arity) in callbacks.into_iter().flatten() {
                self.code.export((module.name, name, arity));
            }
        }
    }
    /// Makes code current. Exports of the version before that are no longer there lead to their stubs.
    fn install(&mut self, module: Rc<Module>) {
        if let Some(old) = self.modules.get(&module.name).cloned() {
            for (name, arity, _) in &old.exports {
                let index = self.code.export((old.name, *name, *arity)) as usize;
                self.code.exports[index].code = self.code.exports[index].stub;
            }
            if let Some(older) = self.old_modules.insert(old.name, old) {
                self.retire(older);
            }
        }
        for (name, arity, word) in &module.exports {
            let mfa = (module.name, *name, *arity);
            if self.native(mfa).is_some() {
                continue;
            }
            let index = self.code.export(mfa) as usize;
            self.code.exports[index].code = module.address(*word);
        }
        self.expect_callbacks(&module);
        self.code.add_range(module.clone());
        self.modules.insert(module.name, module);
    }
}
