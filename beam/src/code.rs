//! Loaded code: modules, exports, funs, literals, and how an address leads back to a function and a line.

use std::hash::{BuildHasher as _, Hash};
use std::rc::Rc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::heap::Heap;
use crate::image::Mfa;
use crate::instr::{Operation, head};
use crate::term::Term;

/// Modules that OTP's runtime system contains, in the order in which it names them. It keeps no lines of theirs, so they
/// have no place in stack traces.
pub(crate) const PRE_LOADED: [&str; 22] = [
    "persistent_term",
    "counters",
    "atomics",
    "erts_dirty_process_signal_handler",
    "erts_trace_cleaner",
    "erts_literal_area_collector",
    "erl_tracer",
    "erts_internal",
    "erlang",
    "erl_prim_loader",
    "prim_zip",
    "prim_net",
    "prim_socket",
    "socket_registry",
    "zlib",
    "prim_file",
    "prim_inet",
    "prim_eval",
    "prim_buffer",
    "init",
    "erl_init",
    "erts_code_purger",
];

/// A function that other modules can call.
pub struct Export {
    /// Module, function, arity.
    pub mfa: Mfa,
    /// Where a call continues: the function, or a stub that loads the module or raises `undef`, or a stub that runs a native.
    pub code: *const u64,
    /// The stub, for the time when no code is loaded.
    pub stub: *const u64,
}

/// A fun of a module (an entry of its `FunT` chunk).
pub struct FunEntry {
    /// Module that defines it.
    pub module: Term,
    /// Name of the function that holds its body.
    pub function: Term,
    /// Number of arguments when it is called (captured values not counted).
    pub arity: u32,
    /// Number of captured values.
    pub free: u32,
    /// Index in the module's table.
    pub index: u32,
    /// Hash by the compiler (`old_uniq`).
    pub old_uniq: u32,
    /// MD5 of the module (`uniq`).
    pub uniq: [u8; 16],
    /// Where its body begins, or null where its module is not loaded.
    pub code: *const u64,
}

/// What a fun is found by: module, index, and hash of its module.
pub type FunKey = (Term, u32, [u8; 16]);

impl FunEntry {
    /// What it is found by.
    pub fn key(&self) -> FunKey {
        (self.module, self.index, self.uniq)
    }
}

/// Code and tables of all modules of an image.
#[derive(Default)]
pub struct CodeStore {
    /// Exports by number; instructions refer to them.
    pub exports: Vec<Export>,
    /// Numbers of exports by the hashes of what they are.
    export_index: HashTable<u32>,
    /// Funs by number; fun terms refer to them.
    pub funs: Vec<FunEntry>,
    /// Numbers of funs by the hashes of their keys.
    fun_index: HashTable<u32>,
    /// Code of all versions that may still run, sorted by address.
    ranges: Vec<Rc<Module>>,
    /// Memory of the stubs of exports.
    #[expect(clippy::vec_box, reason = "exports hold addresses of stubs, so they must not move")]
    stubs: Vec<Box<[u64; 2]>>,
    /// What stands in place of the code of exports whose calls are told, by number of the export.
    hooks: FxHashMap<u32, Hook>,
}

/// A stub in place of the code of an export. It stays when it is not needed any more: a process may be in front of it.
struct Hook {
    stub: Box<[u64; 2]>,
    /// The code in whose place it stands, or stood last.
    code: *const u64,
}

/// One version of a module's code.
pub struct Module {
    /// Its name.
    pub name: Term,
    /// MD5 of its essential chunks (`Module:module_info(md5)`).
    pub md5: [u8; 16],
    /// Instructions.
    pub code: Box<[u64]>,
    /// Exported functions: name, arity, word at which it begins.
    pub exports: Vec<(Term, u32, u32)>,
    /// All functions: word of their `FuncInfo`, name, arity. In order of address.
    pub functions: Vec<(u32, Term, u32)>,
    /// Word from which on a line holds, and the item: file and line, none where there is no source for it.
    pub lines: Vec<(u32, u16, u32)>,
    /// Source files that `lines` refers to.
    pub files: Vec<String>,
    /// Constant terms of the code.
    pub literals: Heap,
    /// Bytes that instructions of the bit syntax refer to.
    pub strings: Box<[u8]>,
    /// Numbers of its funs in the store.
    pub funs: Vec<u32>,
    /// `Attr` chunk (external term format).
    pub attributes: Box<[u8]>,
    /// `CInf` chunk (external term format).
    pub compile_info: Box<[u8]>,
    /// Word at which the `-on_load` function begins.
    pub on_load: Option<u32>,
}

/// Where an address lies.
pub struct Place<'a> {
    /// Its function.
    pub mfa: Mfa,
    /// File and line, where known.
    pub line: Option<(&'a str, u32)>,
}

impl Module {
    /// Address of a word of the code.
    pub fn address(&self, word: u32) -> *const u64 {
        &raw const self.code[word as usize]
    }
    fn locate(&self, word: u32) -> Option<Place<'_>> {
        let at = self.functions.partition_point(|(start, ..)| *start <= word).checked_sub(1)?;
        let (start, name, arity) = self.functions[at];
        let line = self.lines.partition_point(|(from, ..)| *from <= word).checked_sub(1).map(|i| self.lines[i]);
        let line = line.filter(|(from, _, line)| *from >= start && *line > 0);
        let line = line.map(|(_, file, line)| (self.files.get(file as usize).map_or("", |f| f.as_str()), line));
        Some(Place { mfa: (self.name, name, arity), line })
    }
}

impl CodeStore {
    /// Number of an export.
    pub fn export_number(&self, mfa: Mfa) -> Option<u32> {
        self.export_index.find(hash(mfa), |number| self.exports[*number as usize].mfa == mfa).copied()
    }
    /// Number of a fun: of the first one with this key.
    pub fn fun_number(&self, key: FunKey) -> Option<u32> {
        self.fun_index.find(hash(key), |number| self.funs[*number as usize].key() == key).copied()
    }
    /// Adds a fun: its number.
    pub fn add_fun(&mut self, entry: FunEntry) -> u32 {
        let (number, key) = (self.funs.len() as u32, entry.key());
        self.funs.push(entry);
        let funs = &self.funs;
        let key_of = |number: &u32| funs[*number as usize].key();
        self.fun_index
            .entry(hash(key), |number| key_of(number) == key, |number| hash(key_of(number)))
            .or_insert(number);
        number
    }
    /// Number of an export, made if it is new. Without code a call of it runs its stub.
    pub fn export(&mut self, mfa: Mfa) -> u32 {
        if let Some(index) = self.export_number(mfa) {
            return index;
        }
        let index = self.exports.len() as u32;
        self.add_export(mfa, head(Operation::Undefined, 1, 0, index as u16, (index >> 16) as u16));
        index
    }
    /// Makes room for more exports, funs and modules.
    pub(crate) fn reserve(&mut self, exports: usize, funs: usize, modules: usize) {
        let table = &self.exports;
        self.export_index.reserve(exports, |number| hash(table[*number as usize].mfa));
        self.exports.reserve(exports);
        let table = &self.funs;
        self.fun_index.reserve(funs, |number| hash(table[*number as usize].key()));
        self.funs.reserve(funs);
        self.stubs.reserve(exports);
        self.ranges.reserve(modules);
    }
    /// Makes an export that calls a native.
    pub fn export_native(&mut self, mfa: Mfa, native: u32) {
        self.add_export(mfa, head(Operation::NativeStub, 1, 0, native as u16, (native >> 16) as u16));
    }
    fn add_export(&mut self, mfa: Mfa, instruction: u64) {
        let stub = Box::new([u64::from(mfa.2), instruction]);
        let address = &raw const stub[1];
        let number = self.exports.len() as u32;
        self.exports.push(Export { mfa, code: address, stub: address });
        let exports = &self.exports;
        let mfa_of = |number: &u32| exports[*number as usize].mfa;
        match self.export_index.entry(hash(mfa), |number| mfa_of(number) == mfa, |number| hash(mfa_of(number))) {
            Entry::Occupied(mut entry) => *entry.get_mut() = number,
            Entry::Vacant(entry) => {
                entry.insert(number);
            }
        }
        self.stubs.push(stub);
    }
    /// Puts stubs in place of the code of exports: a call of one runs [`Operation::TraceExport`], which goes on at
    /// [`CodeStore::hooked`].
    pub(crate) fn hook(&mut self, is_wanted: impl Fn(Mfa) -> bool) {
        for (number, export) in (0_u32..).zip(&mut self.exports) {
            if export.code == export.stub || !is_wanted(export.mfa) {
                continue;
            }
            let instruction = head(Operation::TraceExport, 1, 0, number as u16, (number >> 16) as u16);
            let new = || Hook { stub: Box::new([u64::from(export.mfa.2), instruction]), code: export.code };
            let hook = self.hooks.entry(number).or_insert_with(new);
            let address = &raw const hook.stub[1];
            if export.code != address {
                hook.code = export.code;
                export.code = address;
            }
        }
    }
    /// Puts the code of exports back in place.
    pub(crate) fn unhook(&mut self) {
        for (number, hook) in &self.hooks {
            let export = &mut self.exports[*number as usize];
            if export.code == &raw const hook.stub[1] {
                export.code = hook.code;
            }
        }
    }
    /// The code of an export, whether or not a stub stands in its place.
    pub(crate) fn hooked(&self, number: u32) -> *const u64 {
        let code = self.exports[number as usize].code;
        let hook = self.hooks.get(&number).filter(|hook| code == &raw const hook.stub[1]);
        hook.map_or(code, |hook| hook.code)
    }
    /// Adds the code of a module, so that addresses in it can be found.
    pub fn add_range(&mut self, module: Rc<Module>) {
        let at = self.ranges.partition_point(|m| m.code.as_ptr() < module.code.as_ptr());
        self.ranges.insert(at, module);
    }
    /// Forgets the code of a module. Nothing may refer to it any more.
    pub fn remove_range(&mut self, module: &Rc<Module>) {
        self.ranges.retain(|m| !Rc::ptr_eq(m, module));
    }
    /// The module version whose code holds an address.
    pub fn module_at(&self, pc: *const u64) -> Option<&Rc<Module>> {
        let at = self.ranges.partition_point(|m| m.code.as_ptr() <= pc).checked_sub(1)?;
        let module = &self.ranges[at];
        module.code.as_ptr_range().contains(&pc).then_some(module)
    }
    /// Function and line of an address.
    pub fn locate(&self, pc: *const u64) -> Option<Place<'_>> {
        let module = self.module_at(pc)?;
        module.locate(((pc as usize - module.code.as_ptr() as usize) / 8) as u32)
    }
}

fn hash(key: impl Hash) -> u64 {
    FxBuildHasher.hash_one(key)
}
