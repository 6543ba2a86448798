//! Exports every global of a module that can change, so that whoever keeps the state of a process sees it.

use std::borrow::Cow;

use wasm_encoder::{ExportKind, ExportSection, RawSection};
use wasmparser::{ExternalKind, Parser, Payload};

/// Names of the exports that are added: this and the number of the global.
pub(crate) const PREFIX: &str = "orrery:global:";

/// The module with these exports. `None`: it cannot be read, or has such an export already.
pub(super) fn exported(wasm: &[u8]) -> Option<Cow<'_, [u8]>> {
    let mut mutable = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        // None are imported: the scan knows no such import.
        if let Payload::GlobalSection(section) = payload.ok()? {
            for (index, global) in (0_u32..).zip(section) {
                if global.ok()?.ty.mutable {
                    mutable.push(index);
                }
            }
        }
    }
    if mutable.is_empty() {
        return Some(Cow::Borrowed(wasm));
    }
    let mut out = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.ok()?;
        if let Payload::ExportSection(section) = &payload {
            let mut exports = ExportSection::new();
            for export in section.clone() {
                let export = export.ok()?;
                if export.name.starts_with(PREFIX) {
                    return None;
                }
                let kind = match export.kind {
                    ExternalKind::Func => ExportKind::Func,
                    ExternalKind::Table => ExportKind::Table,
                    ExternalKind::Memory => ExportKind::Memory,
                    ExternalKind::Global => ExportKind::Global,
                    _ => return None,
                };
                exports.export(export.name, kind, export.index);
            }
            for index in &mutable {
                exports.export(&format!("{PREFIX}{index}"), ExportKind::Global, *index);
            }
            out.section(&exports);
        } else if let Some((id, range)) = payload.as_section() {
            out.section(&RawSection { id, data: wasm.get(range)? });
        }
    }
    Some(Cow::Owned(out.finish()))
}
