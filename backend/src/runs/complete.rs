//! What may be meant by the beginning of a name: modules of the sandbox and of the library, and what they offer.
//!
//! The code of a machine is looked at, never run: what it offers is said by a fork of a booted sandbox that is given that code.
//! So nobody's program sees that somebody writes.

mod question;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use sandbox_runtime::tools::{Described, Offered, ToolError, Tools};
use shared::api::code::{Completion, CompletionKind, Completions};
use shared::term::Atom;
use tokio::sync::oneshot;

use self::question::Question;
use super::order::Order;
use super::{Runs, engine};
use crate::error::ApiError;
use crate::state::AppState;

/// Items of one answer.
const ITEMS_MAX: usize = 200;

/// Longest beginning of a line that is looked at; of a longer one its end.
const BEFORE_CHARS_MAX: usize = 500;

/// Modules of sandboxes whose offers are remembered.
const REMEMBERED: usize = 500;

/// Modules whose functions are called without their names.
const KERNEL: [&str; 2] = ["Elixir.Kernel", "Elixir.Kernel.SpecialForms"];
/// The same in Erlang.
const ERLANG: [&str; 1] = ["erlang"];

/// Modules of a sandbox with their code.
type Codes = BTreeMap<String, Arc<[u8]>>;

/// What modules offer, as far as it was asked.
pub(super) struct Offers {
    tools: Tools,
    /// The names of the modules of the library.
    library: OnceLock<BTreeSet<String>>,
    described: Mutex<HashMap<String, Arc<Described>>>,
    /// Modules of sandboxes, the last one first.
    others: Mutex<VecDeque<Other>>,
}

/// A module of a sandbox.
struct Other {
    name: String,
    code: Arc<[u8]>,
    described: Arc<Described>,
}

impl Offers {
    pub(super) fn new(tools: Tools) -> Self {
        Self { tools, library: OnceLock::new(), described: Mutex::default(), others: Mutex::default() }
    }

    pub(super) fn tools(&self) -> &Tools {
        &self.tools
    }

    /// The names of all modules of the library.
    fn library(&self) -> Result<&BTreeSet<String>, ToolError> {
        if let Some(known) = self.library.get() {
            return Ok(known);
        }
        let names = self.tools.modules()?.into_iter().collect();
        Ok(self.library.get_or_init(|| names))
    }

    /// What a module offers.
    fn of(&self, name: &str, codes: &Codes) -> Result<Option<Arc<Described>>, ToolError> {
        match codes.get(name) {
            Some(code) => self.of_code(name, code).map(Some),
            None if self.library()?.contains(name) => self.of_library(name).map(Some),
            None => Ok(None),
        }
    }

    fn of_library(&self, name: &str) -> Result<Arc<Described>, ToolError> {
        let known = self.described.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let described = Arc::new(only(self.tools.describe(&[name], &[])?)?);
        self.described.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), described.clone());
        Ok(described)
    }

    fn of_code(&self, name: &str, code: &Arc<[u8]>) -> Result<Arc<Described>, ToolError> {
        let others = || self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |other: &&Other| other.name == name && other.code == *code;
        let known = others().iter().find(is_it).map(|other| other.described.clone());
        if let Some(known) = known {
            return Ok(known);
        }
        let described = Arc::new(only(self.tools.describe(&[], &[(Atom::new(name), code.clone())])?)?);
        let mut others = others();
        others.push_front(Other { name: name.to_owned(), code: code.clone(), described: described.clone() });
        others.truncate(REMEMBERED);
        Ok(described)
    }

    /// Answers a question about a sandbox with these modules.
    fn answer(&self, question: &Question, codes: &Codes) -> Result<Completions, ToolError> {
        let mut items = Vec::new();
        if let Some(prefix) = question.modules() {
            let known = self.library()?.iter().chain(codes.keys()).map(String::as_str);
            items.extend(segments(known, &prefix, question.is_erlang_module()));
        }
        for owner in question.owners() {
            if let Some(described) = self.of(&owner, codes)? {
                items.extend(described.offers.iter().filter(|one| one.name.starts_with(question.part())).map(offered));
            }
        }
        items.sort_by(|a, b| (&a.label, &a.detail).cmp(&(&b.label, &b.detail)));
        items.dedup();
        let is_cut = items.len() > ITEMS_MAX;
        items.truncate(ITEMS_MAX);
        Ok(Completions { replaces: question.part().encode_utf16().count() as u32, items, is_cut })
    }
}

fn only(described: Vec<Described>) -> Result<Described, ToolError> {
    described.into_iter().next().ok_or_else(|| ToolError::Failed("nothing was said of the module".to_owned()))
}

/// The next parts of the names of modules that begin so.
fn segments<'a>(names: impl Iterator<Item = &'a str>, prefix: &str, is_erlang: bool) -> Vec<Completion> {
    let begun = prefix.rfind('.').filter(|_| !is_erlang).map_or(0, |at| at + 1);
    let mut segments = BTreeSet::new();
    for name in names.filter(|name| name.starts_with(prefix) && name.starts_with("Elixir.") != is_erlang) {
        let rest = &name[begun..];
        let segment = if is_erlang { rest } else { rest.split('.').next().unwrap_or(rest) };
        // What is not written as a name of a module is made by protocols and compilers.
        let is_plain = segment.chars().all(|c| c.is_alphanumeric() || c == '_');
        if is_plain && segment.chars().next().is_some_and(|c| c.is_uppercase() != is_erlang) {
            segments.insert(segment);
        }
    }
    let item = |label: &str| Completion {
        label: label.to_owned(),
        kind: CompletionKind::Module,
        detail: String::new(),
        about: None,
    };
    segments.into_iter().map(item).collect()
}

fn offered(one: &Offered) -> Completion {
    let arguments = one.signature.as_ref().and_then(|signature| signature.strip_prefix(one.name.as_str()));
    let arguments = arguments.filter(|arguments| arguments.starts_with('('));
    Completion {
        label: one.name.clone(),
        kind: if one.is_macro { CompletionKind::Macro } else { CompletionKind::Function },
        detail: arguments.map_or_else(|| format!("/{}", one.arity), str::to_owned),
        about: one.about.clone(),
    }
}

impl Runs {
    /// What may be meant in a file of a sandbox.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub(crate) async fn complete(
        &self,
        app: &AppState,
        sandbox: &str,
        path: &str,
        before: &str,
    ) -> Result<Completions, ApiError> {
        let skip = before.chars().count().saturating_sub(BEFORE_CHARS_MAX);
        let before: String = before.chars().skip(skip).collect();
        let Some(question) = Question::read(path, &before) else { return Ok(Completions::default()) };
        let codes = self.codes(app, sandbox).await?;
        let kit = engine::kit().await.map_err(|_| ApiError::Unavailable)?;
        let _permit = kit.asking.acquire().await.map_err(|_| ApiError::Unavailable)?;
        let kit = kit.clone();
        let answer = tokio::task::spawn_blocking(move || kit.offers.answer(&question, &codes)).await;
        answer.map_err(|_| ApiError::Internal)?.map_err(|error| {
            tracing::warn!(error = format!("{error:#}"), "nothing can be said of what modules offer");
            ApiError::Unavailable
        })
    }

    /// The modules of a sandbox: those of the machine that runs, otherwise those that were compiled last.
    async fn codes(&self, app: &AppState, sandbox: &str) -> Result<Codes, ApiError> {
        let Some(run) = self.last(app, sandbox).await? else { return Ok(Codes::new()) };
        let (to, modules) = oneshot::channel();
        if run.has_machine() && run.ask(Order::Modules { to }).await.is_ok() {
            let modules = modules.await.unwrap_or_default();
            return Ok(modules.into_iter().map(|(name, code)| (name.as_str().to_owned(), code)).collect());
        }
        let compiled = run.compiled();
        let modules = compiled.iter().flat_map(|compiled| compiled.modules());
        Ok(modules.map(|module| (module.name.clone(), module.code.clone())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_completed_part_by_part() {
        let names =
            ["Elixir.Shop", "Elixir.Shop.Cart", "Elixir.Shop.Cart.Item", "Elixir.Short", "shop", "lists", "elixir_x"];
        let labels = |prefix: &str, is_erlang| {
            segments(names.into_iter(), prefix, is_erlang).into_iter().map(|item| item.label).collect::<Vec<_>>()
        };
        assert_eq!(labels("Elixir.Sho", false), ["Shop", "Short"]);
        assert_eq!(labels("Elixir.Shop.", false), ["Cart"]);
        assert_eq!(labels("sho", true), ["shop"]);
        assert_eq!(labels("", true), ["elixir_x", "lists", "shop"]);
    }

    #[test]
    fn arguments_are_shown_where_they_are_known() {
        let plain = Offered { name: "map".into(), arity: 2, is_macro: false, signature: None, about: None };
        assert_eq!(offered(&plain).detail, "/2");
        let known = Offered { signature: Some("map(list, fun)".into()), is_macro: true, ..plain };
        assert_eq!((offered(&known).detail.as_str(), offered(&known).kind), ("(list, fun)", CompletionKind::Macro));
    }
}
