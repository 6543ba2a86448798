//! An instance whose process has ended, or that had none yet, for the next process.

use super::keep::global_value;
use super::{FULL, Instance, State};
use crate::host::admission::SparePlace;
use crate::host::allowance::Allowance;
use crate::host::engine::EngineError;
use crate::host::pages;
use crate::host::saved::Base;
use crate::host::template::Template;

/// Most bytes of its own with which an instance is kept.
const MOST_KEPT_BYTES: usize = 64 << 10;

impl Instance {
    /// The instance as it was before its process began, for another one of the same machine; `None` when it cannot be had.
    ///
    /// Its state is that of the store, its globals and its memory. What the memory has of its own are whole pages, and all of
    /// these are overwritten: they stay its own, so that the next process need not have them copied again.
    pub(in crate::host) fn made_new(mut self) -> Option<(Instance, SparePlace)> {
        let Some(Base::Template(template)) = &self.base else { return None };
        let is_grown = self.memory.data_size(&self.store) != template.length();
        if self.is_broken || self.has_failed || is_grown {
            return None;
        }
        let place = template.engine.admission().spare()?;
        let memory = self.memory.data_mut(&mut self.store);
        let own = pages::own(memory)?;
        if own.iter().map(|range| range.len()).sum::<usize>() > MOST_KEPT_BYTES {
            return None;
        }
        for range in &own {
            memory[range.clone()].copy_from_slice(&template.image.bytes()[range.clone()]);
        }
        for (global, bits) in self.globals.iter().zip(&self.first_globals) {
            let value = global_value(global.ty(&self.store).content(), *bits);
            global.set(&mut self.store, value).ok()?;
        }
        let mut state = State::new(Allowance::new(None, template.length()));
        state.memory = Some(self.memory);
        *self.store.data_mut() = state;
        (self.reductions, self.inbox.room) = (0, (0, 0));
        // It keeps pages of the process before.
        self.is_looked_at = false;
        Some((self, place))
    }
    /// An instance for a process that is still to come, with pages of its own where one writes to at first, as far as that is known.
    pub(in crate::host) fn prepared(template: &Template) -> Option<(Instance, SparePlace)> {
        let place = template.engine.admission().spare()?;
        let instance = Instance::with_permit(template, None).ok()?;
        Some((instance, place))
    }
    /// Lets the template learn where a process has written to in its first turn, if it wants to.
    pub(super) fn note_first_pages(&mut self) {
        if std::mem::take(&mut self.is_looked_at)
            && let Some(Base::Template(template)) = &self.base
            && let Some(own) = pages::own(self.memory.data(&self.store))
        {
            template.first_pages.learn(&own);
        }
    }
    /// Has the pages for itself to which processes write at first, as far as that is known. A page that is read before it is written to
    /// would be mapped twice, and a large page taken apart for it.
    pub(super) fn own_first_pages(&mut self, template: &Template) {
        let (memory, image) = (self.memory.data_mut(&mut self.store), template.image.bytes());
        template.first_pages.each(|page| {
            if let (Some(byte), Some(same)) = (memory.get_mut(page), image.get(page)) {
                *byte = *same;
            }
        });
    }
    /// Lets a process have it, if there is room for one.
    pub(in crate::host) fn admitted(mut self) -> Result<Instance, EngineError> {
        if let Some(Base::Template(template)) = &self.base {
            let permit = template.engine.admission().admit().ok_or_else(|| EngineError::refused(FULL))?;
            self.store.data_mut().allowance = Allowance::new(Some(permit), template.length());
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection, GlobalSection,
        GlobalType, MemorySection, MemoryType, Module, TypeSection, ValType,
    };
    use wasmtime::Val;

    use super::super::keep::global_bits;
    use super::*;
    use crate::host::engine::GuestEngine;
    use crate::host::memory::LARGE_PAGE;
    use crate::host::pages::PAGE;
    use crate::host::spares::Spares;

    /// A guest that does nothing, with something in its memory and its globals.
    fn idle_guest() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([ValType::I32], [ValType::I32]);
        types.ty().function([ValType::I32, ValType::I64], [ValType::I64]);
        types.ty().function([], [ValType::I32]);
        let (mut functions, mut code, mut exports) = (FunctionSection::new(), CodeSection::new(), ExportSection::new());
        exports.export("memory", ExportKind::Memory, 0).export("__stack_pointer", ExportKind::Global, 0);
        for (number, (name, kind)) in
            [("buffer", 0), ("deliver", 0), ("turn", 1), ("output", 2), ("seal", 2)].into_iter().enumerate()
        {
            functions.function(kind);
            exports.export(name, ExportKind::Func, number as u32);
            let mut body = Function::new([]);
            let mut instructions = body.instructions();
            if name == "turn" {
                instructions.i64_const(0);
            } else {
                instructions.i32_const(0);
            }
            instructions.end();
            code.function(&body);
        }
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 40,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut globals = GlobalSection::new();
        let kind = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(kind, &ConstExpr::i32_const(1024));
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(5), *b"image");
        data.active(0, &ConstExpr::i32_const((LARGE_PAGE + 70_000) as i32), [7; 9_000]);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&memories).section(&globals).section(&exports);
        module.section(&code).section(&data);
        module.finish()
    }

    fn template() -> Template {
        let engine = GuestEngine::new().expect("the engine supports this machine");
        let module = engine.compile(&idle_guest()).expect("it is a guest");
        let (template, failures) = Template::new(&engine, &module, []).expect("it makes an image");
        assert_eq!((failures, template.length()), (Vec::new(), 2 * LARGE_PAGE));
        template
    }

    /// Writes to pages of an instance, as its process would.
    fn scribble(instance: &mut Instance, pages: impl Iterator<Item = usize>) {
        let memory = instance.memory.data_mut(&mut instance.store);
        for page in pages {
            memory[page * PAGE + page % PAGE..][..11].copy_from_slice(b"my password");
        }
    }

    fn memory(instance: &Instance) -> &[u8] {
        instance.memory.data(&instance.store)
    }

    #[test]
    fn the_next_process_finds_nothing_of_the_one_before_it() {
        let template = template();
        let image = template.image.bytes();
        let places: [&[usize]; 3] = [&[0, 1, 2, 511, 512, 529, 530, 1023], &[600, 17, 1], &[]];
        let mut instance = Instance::on(&template).expect("there is room");
        for pages in places {
            assert!(memory(&instance) == image);
            scribble(&mut instance, pages.iter().copied());
            instance.store.data_mut().reply = b"my password".to_vec();
            instance.globals[0].set(&mut instance.store, Val::I32(7)).expect("it is mutable");
            (instance.reductions, instance.inbox.room) = (1_000, (64, 512));
            assert_eq!(memory(&instance) == image, pages.is_empty());
            let (renewed, _place) = instance.made_new().expect("it can be had");
            instance = renewed;
            let again = pages::own(memory(&instance)).expect("the system tells");
            assert!(again.iter().all(|range| memory(&instance)[range.clone()] == image[range.clone()]));
        }
        assert!(memory(&instance) == image);
        assert_eq!(global_bits(&instance.globals[0].get(&mut instance.store)), 1024);
        assert!(instance.store.data().reply.is_empty() && (instance.reductions, instance.inbox.room) == (0, (0, 0)));
    }

    #[test]
    fn what_cannot_be_told_to_be_as_new_is_not_kept() {
        let template = template();
        let made_new = |change: &dyn Fn(&mut Instance)| {
            let mut instance = Instance::on(&template).expect("there is room");
            change(&mut instance);
            instance.made_new().is_some()
        };
        assert!(made_new(&|_| {}));
        assert!(!made_new(&|instance| instance.is_broken = true));
        assert!(!made_new(&|instance| instance.has_failed = true));
        assert!(!made_new(&|instance| assert!(instance.memory.grow(&mut instance.store, 1).is_ok())));
        // Too much to keep, in more places than the system tells of at once.
        assert!(!made_new(&|instance| scribble(instance, (0..1024).step_by(2))));
    }

    #[test]
    fn what_was_made_ahead_is_as_what_is_made_when_it_is_needed() {
        let template = template();
        for pages in std::iter::once(&[3, 4, 5][..]).chain(std::iter::repeat(&[3, 4][..])) {
            if !template.first_pages.wants_more() {
                break;
            }
            let mut instance = Instance::on(&template).expect("there is room");
            scribble(&mut instance, pages.iter().copied());
            instance.note_first_pages();
        }
        let (prepared, _place) = Instance::prepared(&template).expect("there is room");
        assert!(memory(&prepared) == template.image.bytes());
        let written = 3 * PAGE..5 * PAGE;
        assert_eq!(pages::own(memory(&prepared)).expect("the system tells"), [written]);
        assert_eq!(template.engine.admission().in_use().mappings, 0);
        let mut instance = prepared.admitted().expect("there is room");
        assert_eq!(global_bits(&instance.globals[0].get(&mut instance.store)), 1024);
        assert_eq!(template.engine.admission().in_use().mappings, 3);
    }

    #[test]
    fn an_idle_machine_has_a_few_ready_and_no_more() {
        let template = template();
        let spares = Spares::default();
        let count = || std::iter::from_fn(|| spares.take()).count();
        spares.prepare(&template);
        spares.prepare(&template);
        assert_eq!(count(), 2);
        spares.prepare(&template);
        drop(spares.take());
        spares.prepare(&template);
        assert_eq!(count(), 2);
    }

    #[test]
    fn a_spare_takes_no_room_until_it_has_a_process() {
        let template = template();
        let admission = template.engine.admission();
        let instance = Instance::on(&template).expect("there is room");
        assert_eq!(admission.in_use().mappings, 3);
        let (instance, place) = instance.made_new().expect("it can be had");
        assert_eq!(admission.in_use().mappings, 0);
        let instance = instance.admitted().expect("there is room");
        assert_eq!(admission.in_use().mappings, 3);
        drop((instance, place));
        assert_eq!(admission.in_use().mappings, 0);
    }
}
