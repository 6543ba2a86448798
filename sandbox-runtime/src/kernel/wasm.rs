//! Whether a wasm module may be a process: a look at its bytes before anything compiles them.
//!
//! A module that is accepted is valid, knows only the imports of the process interface (`docs/process-interface.md`), has the
//! exports that it asks for, and is small enough in every respect that compiling it takes a bounded time. Between two turns all
//! that it has is in its memory and its globals: what would hold state elsewhere is refused.

use wasmparser::{
    ElementItems, ElementKind, ExternalKind, FunctionBody, Operator, Parser, Payload, TypeRef, ValType, Validator,
    WasmFeatures,
};

/// The first bytes of every wasm module.
const MAGIC: &[u8] = b"\0asm";

/// Module of all imports.
const IMPORTS: &str = "orrery";

/// Names of the imports, with the types of their parameters and results: `i` for `i32`, `l` for `i64`.
pub const IMPORTED: [(&str, &str, &str); 19] = [
    ("send", "iiii", "l"),
    ("send_to", "lii", "l"),
    ("receive", "", "l"),
    ("news", "", "l"),
    ("must_stop", "", "i"),
    ("call", "iii", "l"),
    ("call_in", "iiii", "l"),
    ("reply", "i", ""),
    ("persistent_changes", "", "l"),
    ("make_ref", "", "l"),
    ("unique_integer", "", "l"),
    ("monotonic_time", "", "l"),
    ("system_time", "", "l"),
    ("random", "ii", ""),
    ("module", "ii", "l"),
    ("load_failed", "iiii", ""),
    ("new_atom", "ii", "i"),
    ("note", "ill", ""),
    ("report", "iiii", ""),
];

/// Functions that a module must export, in the same way.
const EXPORTED: [(&str, &str, &str); 5] =
    [("buffer", "i", "i"), ("output", "", "i"), ("start", "i", "i"), ("deliver", "i", "i"), ("run", "l", "i")];

/// Functions that it may export; others are not looked at.
const OPTIONAL: [(&str, &str, &str); 1] = [("ask", "i", "i")];

/// Largest module in bytes.
const MAX_BYTES: usize = 8 << 20;
/// Largest function in bytes, and most locals, nested blocks and targets of its jumps: a compiler may take more than linear
/// time in them.
const MAX_BODY: usize = 128 << 10;
const MAX_LOCALS: u32 = 2_000;
const MAX_NESTING: usize = 500;
const MAX_TARGETS: u32 = 20_000;
/// Most of everything that is counted.
const MAX_ITEMS: u32 = 20_000;
/// Most elements of a table.
const MAX_TABLE: u64 = 65_536;

/// Why a module may not be a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not valid, or uses what is not allowed here.
    #[error("the module is not valid, or uses a feature of wasm that is not allowed")]
    Invalid,
    /// It is too large as a whole.
    #[error("the module is too large")]
    TooLarge,
    /// There is too much of something in it.
    #[error("the module has too many functions, types, globals or segments")]
    TooMany,
    /// A function is too large for the compiler.
    #[error("a function of the module is too large, has too many locals, blocks or jumps")]
    FunctionTooLarge,
    /// A table is too large.
    #[error("a table of the module is too large")]
    TableTooLarge,
    /// It does not have just one memory of its own.
    #[error("the module has no memory of its own that it exports as `memory`")]
    Memory,
    /// It imports what the process interface does not have, or with another type.
    #[error("the module imports what the process interface does not have")]
    UnknownImport,
    /// It lacks an export of the process interface, or that has another type.
    #[error("the module does not export what the process interface asks for")]
    MissingExport,
    /// It would run when it is instantiated.
    #[error("the module has a start function")]
    StartFunction,
    /// It could change its tables or segments, which are no part of the state of a process.
    #[error("the module changes tables or segments while it runs")]
    HiddenState,
}

impl Refusal {
    /// The cause for `error_info`, which is also how it is told apart.
    pub const fn cause(self) -> &'static str {
        match self {
            Self::Invalid => "invalid_wasm",
            Self::TooLarge => "wasm_too_large",
            Self::TooMany => "wasm_too_many_items",
            Self::FunctionTooLarge => "wasm_function_too_large",
            Self::TableTooLarge => "wasm_table_too_large",
            Self::Memory => "wasm_memory",
            Self::UnknownImport => "wasm_unknown_import",
            Self::MissingExport => "wasm_missing_export",
            Self::StartFunction => "wasm_start_function",
            Self::HiddenState => "wasm_hidden_state",
        }
    }
}

impl From<wasmparser::Error> for Refusal {
    fn from(_: wasmparser::Error) -> Self {
        Self::Invalid
    }
}

/// Whether some code is a wasm module rather than one of the BEAM.
pub fn is_wasm(code: &[u8]) -> bool {
    code.starts_with(MAGIC)
}

/// What may be used: what compilers use by default, without anything that keeps state outside of memory and globals or whose
/// results depend on the machine.
fn features() -> WasmFeatures {
    WasmFeatures::WASM1
        | WasmFeatures::FLOATS
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::SIMD
        | WasmFeatures::EXTENDED_CONST
}

/// Looks at a module.
///
/// # Errors
/// See [`Refusal`].
pub fn scan(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::TooLarge);
    }
    let mut functions: Vec<u32> = Vec::new();
    let mut types: Vec<(String, String)> = Vec::new();
    let mut exports: Vec<(String, u32)> = Vec::new();
    let (mut memories, mut exports_memory) = (0, false);
    // Counted before anything of it is validated.
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::TypeSection(section) => {
                count(section.count())?;
                for group in section {
                    for (_, ty) in group?.into_types_and_offsets() {
                        types.push(match &ty.composite_type.inner {
                            wasmparser::CompositeInnerType::Func(ty) => (letters(ty.params()), letters(ty.results())),
                            _ => return Err(Refusal::Invalid),
                        });
                    }
                }
                count(u32::try_from(types.len()).unwrap_or(u32::MAX))?;
            }
            Payload::ImportSection(section) => {
                count(section.count())?;
                for import in section.into_imports() {
                    let import = import?;
                    let TypeRef::Func(ty) = import.ty else { return Err(Refusal::UnknownImport) };
                    let known = IMPORTED.iter().any(|known| known.0 == import.name && is_type(&types, ty, known));
                    if import.module != IMPORTS || !known {
                        return Err(Refusal::UnknownImport);
                    }
                    functions.push(ty);
                }
            }
            Payload::FunctionSection(section) => {
                count(section.count())?;
                for ty in section {
                    functions.push(ty?);
                }
            }
            Payload::TableSection(section) => {
                count(section.count())?;
                for table in section {
                    let limits = table?.ty;
                    if limits.initial > MAX_TABLE {
                        return Err(Refusal::TableTooLarge);
                    }
                }
            }
            Payload::MemorySection(section) => memories += section.count(),
            Payload::GlobalSection(section) => count(section.count())?,
            Payload::ExportSection(section) => {
                count(section.count())?;
                for export in section {
                    let export = export?;
                    match export.kind {
                        ExternalKind::Memory => exports_memory |= export.name == "memory",
                        ExternalKind::Func => exports.push((export.name.to_owned(), export.index)),
                        _ => {}
                    }
                }
            }
            Payload::StartSection { .. } => return Err(Refusal::StartFunction),
            Payload::ElementSection(section) => {
                count(section.count())?;
                for element in section {
                    let element = element?;
                    let items = match &element.items {
                        ElementItems::Functions(items) => items.count(),
                        ElementItems::Expressions(_, items) => items.count(),
                    };
                    count(items)?;
                    if matches!(element.kind, ElementKind::Passive) {
                        return Err(Refusal::HiddenState);
                    }
                }
            }
            Payload::DataSection(section) => {
                count(section.count())?;
                for data in section {
                    if matches!(data?.kind, wasmparser::DataKind::Passive) {
                        return Err(Refusal::HiddenState);
                    }
                }
            }
            Payload::CodeSectionEntry(body) => look_at(&body)?,
            _ => {}
        }
    }
    if memories != 1 || !exports_memory {
        return Err(Refusal::Memory);
    }
    let export = |known: &(&str, &str, &str)| {
        let index = exports.iter().find(|(name, _)| name == known.0)?.1;
        let ty = functions.get(usize::try_from(index).ok()?)?;
        Some(is_type(&types, *ty, known))
    };
    if !EXPORTED.iter().all(|known| export(known) == Some(true))
        || !OPTIONAL.iter().all(|known| export(known) != Some(false))
    {
        return Err(Refusal::MissingExport);
    }
    Validator::new_with_features(features()).validate_all(bytes)?;
    Ok(())
}

fn count(items: u32) -> Result<(), Refusal> {
    if items > MAX_ITEMS { Err(Refusal::TooMany) } else { Ok(()) }
}

fn letters(types: &[ValType]) -> String {
    let letter = |ty: &ValType| match ty {
        ValType::I32 => 'i',
        ValType::I64 => 'l',
        _ => 'x',
    };
    types.iter().map(letter).collect()
}

fn is_type(types: &[(String, String)], index: u32, known: &(&str, &str, &str)) -> bool {
    let found = usize::try_from(index).ok().and_then(|index| types.get(index));
    found.is_some_and(|(parameters, results)| parameters == known.1 && results == known.2)
}

/// Refuses a function that would take the compiler long, or that keeps state outside of memory and globals.
fn look_at(body: &FunctionBody<'_>) -> Result<(), Refusal> {
    if body.range().len() > MAX_BODY {
        return Err(Refusal::FunctionTooLarge);
    }
    let mut locals = 0_u32;
    for declaration in body.get_locals_reader()? {
        locals = locals.saturating_add(declaration?.0);
    }
    if locals > MAX_LOCALS {
        return Err(Refusal::FunctionTooLarge);
    }
    let (mut depth, mut targets) = (0_usize, 0_u32);
    for operator in body.get_operators_reader()? {
        match operator? {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => depth += 1,
            Operator::End => depth = depth.saturating_sub(1),
            Operator::BrTable { targets: table } => targets = targets.saturating_add(table.len()),
            Operator::TableSet { .. }
            | Operator::TableGrow { .. }
            | Operator::TableFill { .. }
            | Operator::TableCopy { .. }
            | Operator::TableInit { .. }
            | Operator::ElemDrop { .. }
            | Operator::DataDrop { .. }
            | Operator::MemoryInit { .. } => return Err(Refusal::HiddenState),
            _ => {}
        }
        if depth > MAX_NESTING || targets > MAX_TARGETS {
            return Err(Refusal::FunctionTooLarge);
        }
    }
    Ok(())
}
