//! Images with loaded code, from which processes start.

use std::sync::Arc;

use super::engine::{BeamModule, EngineError, GuestEngine};
use super::first_pages::FirstPages;
use super::instance::Instance;
use super::memory::Image;
use crate::kernel::code::AtomNumbers;

/// The BEAM with code loaded: what a spawn maps copy-on-write.
#[derive(Clone)]
pub struct Template {
    pub(super) engine: GuestEngine,
    pub(super) module: BeamModule,
    pub(super) image: Arc<Image>,
    /// Where processes write to in their first turns.
    pub(super) first_pages: Arc<FirstPages>,
}

/// What came of a module that was to be part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadFailure {
    /// Number of the file in the order in which they were given.
    pub index: usize,
    /// Why it was not loaded.
    pub reason: String,
}

impl Template {
    /// Loads `.beam` files into an empty BEAM. Those that cannot be loaded are told and left out.
    ///
    /// # Errors
    /// When the guest traps or has no room.
    pub fn new<'a>(
        engine: &GuestEngine,
        module: &BeamModule,
        files: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<(Template, Vec<LoadFailure>), EngineError> {
        let mut instance = Instance::whole(engine, module)?;
        let failures = instance.load(files);
        Ok((instance.into_template(engine, module)?, failures))
    }
    /// As [`Template::new`], for a library of a release: that of Erlang/OTP (`27`) and the version of its runtime system.
    ///
    /// # Errors
    /// As [`Template::new`].
    pub fn of_release<'a>(
        engine: &GuestEngine,
        module: &BeamModule,
        (otp, erts): (&str, &str),
        files: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<(Template, Vec<LoadFailure>), EngineError> {
        let mut instance = Instance::whole(engine, module)?;
        instance.request("release", format!("{otp} {erts}").as_bytes())?;
        let failures = instance.load(files);
        Ok((instance.into_template(engine, module)?, failures))
    }
    /// As [`Template::new`], on top of the code of this template. Atoms that are in none of the templates below get numbers.
    ///
    /// # Errors
    /// As [`Template::new`].
    pub fn extend<'a>(
        &self,
        files: impl IntoIterator<Item = &'a [u8]>,
        numbers: &mut AtomNumbers,
    ) -> Result<(Template, Vec<LoadFailure>), EngineError> {
        let mut instance = Instance::on(self)?;
        instance.unseal()?;
        instance.lend_numbers(numbers.clone());
        let failures = instance.load(files);
        if let Some(given) = instance.take_numbers() {
            *numbers = given;
        }
        let template = instance.into_template(&self.engine, &self.module)?;
        // A process keeps its own at the same place, whatever code is loaded.
        Ok((Template { first_pages: self.first_pages.clone(), ..template }, failures))
    }
    /// Stands for the guest and all that is loaded: what runs on two templates with the same one does the same.
    pub fn id(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.module.hash.as_bytes()).update(self.image.hash().as_bytes());
        hasher.finalize()
    }
    /// Size of the image in bytes.
    pub fn length(&self) -> usize {
        self.image.length()
    }
}
