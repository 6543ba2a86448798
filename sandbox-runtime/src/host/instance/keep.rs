//! An instance apart from the engine: saved, and going on.

use wasmtime::{Val, ValType};

use super::{Instance, WASM_PAGE};
use crate::host::engine::EngineError;
use crate::host::saved::{Base, Registers, SavedInstance};

impl Instance {
    /// An instance that goes on as the saved one would have.
    pub(super) fn restore(saved: &SavedInstance) -> Result<Instance, EngineError> {
        let content = &saved.0;
        let mut instance = match &content.base {
            Base::Template(template) => Instance::on(template)?,
            Base::Foreign(engine, module) => Instance::foreign(engine, module.clone())?,
        };
        let missing = content.length.saturating_sub(instance.memory.data_size(&instance.store));
        instance.memory.grow(&mut instance.store, (missing / WASM_PAGE) as u64)?;
        saved.write(instance.memory.data_mut(&mut instance.store));
        for (global, bits) in instance.globals.iter().zip(&content.globals) {
            let value = global_value(global.ty(&instance.store).content(), *bits);
            global.set(&mut instance.store, value)?;
        }
        instance.store.data_mut().library = content.library.clone();
        instance.is_looked_at = false;
        instance.reductions = content.reductions;
        instance.is_broken = content.is_broken;
        instance.fuel_owed = content.fuel_owed;
        Ok(instance)
    }
    /// What it is now; `None` for an instance that began on an empty BEAM.
    pub(super) fn save(&mut self, before: Option<&SavedInstance>) -> Option<SavedInstance> {
        let base = self.base.clone()?;
        let globals = self.globals.iter().map(|global| global_bits(&global.get(&mut self.store)));
        let (reductions, is_broken, fuel_owed) = (self.reductions, self.is_broken, self.fuel_owed);
        let registers = Registers { globals: globals.collect(), reductions, is_broken, fuel_owed };
        let library = self.store.data().library.clone();
        Some(SavedInstance::of_memory(base, library, self.memory.data(&self.store), registers, before))
    }
}

/// The value of a global as bits. References are none: no guest with a global for them is accepted.
pub(super) fn global_bits(value: &Val) -> u128 {
    match value {
        Val::I32(value) => u128::from(value.cast_unsigned()),
        Val::I64(value) => u128::from(value.cast_unsigned()),
        Val::F32(bits) => u128::from(*bits),
        Val::F64(bits) => u128::from(*bits),
        Val::V128(value) => value.as_u128(),
        _ => 0,
    }
}

pub(super) fn global_value(kind: &ValType, bits: u128) -> Val {
    match kind {
        ValType::I64 => Val::I64((bits as u64).cast_signed()),
        ValType::F32 => Val::F32(bits as u32),
        ValType::F64 => Val::F64(bits as u64),
        ValType::V128 => Val::V128(bits.into()),
        _ => Val::I32((bits as u32).cast_signed()),
    }
}
