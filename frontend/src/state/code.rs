//! The document of the code: its files, kept in this page as on the server, and the edits of this page on their way out.
//!
//! Whatever changes it, whoever did, comes out of [`CodeDocument::take`] once: updates for the server, changes of texts for
//! the editor, and that the list of files is another one.

mod breakpoints;
mod places;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use shared::api::sandboxes::{PathError, check_path};
use shared::document::{FILES, SETTINGS};
use yrs::sync::Clock;
use yrs::types::{Event, PathSegment};
use yrs::undo::{Options as UndoOptions, UndoManager};
use yrs::updates::decoder::Decode as _;
use yrs::{
    Assoc, ClientID, DeepObservable as _, Doc, GetString as _, IndexedSequence as _, Map as _, MapRef, Observable as _,
    OffsetKind, Options, Out, ReadTxn as _, StateVector, StickyIndex, Text as _, TextPrelim, TextRef, Transact as _,
    Update,
};

/// Whose transactions are edits in the editor of this page.
const EDITOR: &str = "editor";
/// Whose transactions are changes of a text in this page that its editor does not know of yet.
const TOOL: &str = "tool";
/// Whose transactions are changes of the list of files in this page.
const PAGE: &str = "page";
/// Whose transactions came from the server.
const SERVER: &str = "server";

/// Edits that follow each other so closely are undone together.
const UNDO_TOGETHER_MILLIS: u64 = 500;

/// A part of a text that became another; positions in UTF-16 code units, before all changes of the same edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where it begins.
    pub from: u32,
    /// Where it ended.
    pub to: u32,
    /// What is there now.
    pub insert: String,
}

/// What happened to the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// Something was changed here, and has to go to the server.
    Update(Vec<u8>),
    /// The text of a file was changed, and not by its editor.
    Text {
        /// Which file.
        path: String,
        /// How, in ascending order.
        changes: Vec<Change>,
        /// Whether it was this page, by undoing something.
        own: bool,
    },
    /// Files were added, removed or replaced.
    Files {
        /// Which.
        paths: Vec<String>,
    },
    /// Breakpoints are elsewhere.
    Settings,
}

/// Why a file cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Its path is none.
    #[error(transparent)]
    Path(#[from] PathError),
    /// There is one already.
    #[error("There is a file {0:?} already")]
    Exists(String),
    /// There is none.
    #[error("There is no file {0:?} any more")]
    Missing(String),
}

/// An update that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The server sent a change that this page cannot read")]
pub struct Unreadable;

type Inbox = Arc<Mutex<Vec<Happened>>>;

/// The files of a sandbox.
pub struct CodeDocument {
    doc: Doc,
    files: MapRef,
    settings: MapRef,
    inbox: Inbox,
    undo: BTreeMap<String, UndoManager<()>>,
    clock: Arc<dyn Clock>,
}

impl CodeDocument {
    /// An empty one, whose edits go by this number; `clock` gives milliseconds.
    pub fn new(client: u32, clock: Arc<dyn Clock>) -> Self {
        let mut options = Options::with_client_id(ClientID::new(u64::from(client)));
        options.offset_kind = OffsetKind::Utf16;
        options.cleanup_formatting = false;
        let doc = Doc::with_options(options);
        let (files, settings) = (doc.get_or_insert_map(FILES), doc.get_or_insert_map(SETTINGS));
        let inbox = Inbox::default();
        observe(&doc, &files, &settings, &inbox);
        Self { doc, files, settings, inbox, undo: BTreeMap::new(), clock }
    }

    /// The number of this page.
    pub fn client(&self) -> u64 {
        self.doc.client_id().get()
    }

    /// The paths of all files, in their order.
    pub fn paths(&self) -> Vec<String> {
        let txn = self.doc.transact();
        let files = self.files.iter(&txn).filter(|(_, value)| matches!(value, Out::YText(_)));
        let mut paths: Vec<String> =
            files.map(|(path, _)| path.to_owned()).filter(|path| check_path(path).is_ok()).collect();
        paths.sort_by(|one, other| self.compare_places(&txn, one, other));
        paths
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<String> {
        let txn = self.doc.transact();
        let Some(Out::YText(text)) = self.files.get(&txn, path) else { return None };
        Some(text.get_string(&txn))
    }

    fn text_ref(&self, path: &str) -> Option<TextRef> {
        match self.files.get(&self.doc.transact(), path) {
            Some(Out::YText(text)) => Some(text),
            _ => None,
        }
    }

    /// Takes over an edit of the editor, as one step.
    pub fn edit(&mut self, path: &str, changes: &[Change]) {
        self.change(path, changes, EDITOR);
    }

    /// Changes a text for a tool (the formatter), as one step that can be undone by itself. The editor is told of it.
    pub fn rewrite(&mut self, path: &str, changes: &[Change]) {
        let Some(text) = self.text_ref(path).filter(|_| !changes.is_empty()) else { return };
        self.undo_of(path, &text).reset();
        self.change(path, changes, TOOL);
        self.undo_of(path, &text).reset();
    }

    fn change(&mut self, path: &str, changes: &[Change], origin: &'static str) {
        let Some(text) = self.text_ref(path) else { return };
        self.undo_of(path, &text);
        let mut txn = self.doc.transact_mut_with(origin);
        // Positions are those before the edit: what was changed to the left moves them.
        let mut moved = 0_i64;
        for change in changes {
            let length = text.len(&txn);
            let at = u32::try_from(i64::from(change.from) + moved).unwrap_or(0).min(length);
            let removed = change.to.saturating_sub(change.from).min(length - at);
            if removed > 0 {
                text.remove_range(&mut txn, at, removed);
            }
            text.insert(&mut txn, at, &change.insert);
            moved += change.insert.encode_utf16().count() as i64 - i64::from(removed);
        }
    }

    /// Takes back the last edit of this page in a file; gives whether there was one.
    pub fn undo(&mut self, path: &str) -> bool {
        self.undo.get_mut(path).is_some_and(UndoManager::undo_blocking)
    }

    /// Does again what was taken back last; gives whether there was something.
    pub fn redo(&mut self, path: &str) -> bool {
        self.undo.get_mut(path).is_some_and(UndoManager::redo_blocking)
    }

    fn undo_of(&mut self, path: &str, text: &TextRef) -> &mut UndoManager<()> {
        let (doc, clock) = (&self.doc, &self.clock);
        self.undo.entry(path.to_owned()).or_insert_with(|| {
            let mut undo = UndoManager::with_options(UndoOptions {
                capture_timeout_millis: UNDO_TOGETHER_MILLIS,
                tracked_origins: [EDITOR.into(), TOOL.into()].into(),
                capture_transaction: None,
                timestamp: Arc::clone(clock),
                init_undo_stack: Vec::new(),
                init_redo_stack: Vec::new(),
            });
            undo.expand_scope(doc, text);
            undo
        })
    }

    /// Makes a file.
    ///
    /// # Errors
    ///
    /// When the path is none, or there is one.
    pub fn add(&mut self, path: &str, text: &str) -> Result<(), FileError> {
        check_path(path)?;
        if self.text_ref(path).is_some() {
            return Err(FileError::Exists(path.to_owned()));
        }
        // Editors count a line break as one character.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        self.files.insert(&mut self.doc.transact_mut_with(PAGE), path, TextPrelim::new(text));
        Ok(())
    }

    /// Takes a file away; gives the text that it had, so that it can be brought back.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn remove(&mut self, path: &str) -> Result<String, FileError> {
        let text = self.text(path).ok_or_else(|| FileError::Missing(path.to_owned()))?;
        self.undo.remove(path);
        self.files.remove(&mut self.doc.transact_mut_with(PAGE), path);
        Ok(text)
    }

    /// Gives a file another path.
    ///
    /// # Errors
    ///
    /// When there is none, the new path is none, or there is a file already.
    pub fn rename(&mut self, from: &str, to: &str) -> Result<(), FileError> {
        let text = self.text(from).ok_or_else(|| FileError::Missing(from.to_owned()))?;
        check_path(to)?;
        if self.text_ref(to).is_some() {
            return Err(FileError::Exists(to.to_owned()));
        }
        self.undo.remove(from);
        let mut txn = self.doc.transact_mut_with(PAGE);
        self.files.insert(&mut txn, to, TextPrelim::new(text));
        self.files.remove(&mut txn, from);
        drop(txn);
        self.keep_place(from, to);
        Ok(())
    }

    /// What this page knows.
    pub fn state_vector(&self) -> StateVector {
        self.doc.transact().state_vector()
    }

    /// What somebody lacks who knows this much.
    pub fn missing(&self, has: &StateVector) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(has)
    }

    /// Takes what came from the server.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn apply(&mut self, update: &[u8]) -> Result<(), Unreadable> {
        let update = Update::decode_v1(update).map_err(|_| Unreadable)?;
        self.doc.transact_mut_with(SERVER).apply_update(update).map_err(|_| Unreadable)
    }

    /// A place in a file that stays where it is when others write before it.
    pub fn anchor(&self, path: &str, position: u32) -> Option<StickyIndex> {
        let text = self.text_ref(path)?;
        let txn = self.doc.transact();
        let at = position.min(text.len(&txn));
        // At the end there is nothing that could come after.
        text.sticky_index(&txn, at, Assoc::After).or_else(|| Some(StickyIndex::from_type(&txn, &text, Assoc::After)))
    }

    /// Where a place is now.
    pub fn position(&self, anchor: &StickyIndex) -> Option<u32> {
        let txn = self.doc.transact();
        let offset = anchor.get_offset(&txn)?;
        Some(offset.index)
    }

    /// All that happened since the last time.
    pub fn take(&mut self) -> Vec<Happened> {
        std::mem::take(&mut *self.inbox.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn observe(doc: &Doc, files: &MapRef, settings: &MapRef, inbox: &Inbox) {
    let put = |inbox: &Inbox, happened| inbox.lock().unwrap_or_else(PoisonError::into_inner).push(happened);
    let updates = Arc::clone(inbox);
    doc.observe_update_v1("outgoing", move |txn, event| {
        if txn.origin() != Some(&SERVER.into()) {
            put(&updates, Happened::Update(event.update.clone()));
        }
    })
    .expect("nobody else has the document yet");
    let others = Arc::clone(inbox);
    settings.observe("settings", move |_, _| put(&others, Happened::Settings));
    let changes = Arc::clone(inbox);
    files.observe_deep("files", move |txn, events| {
        for event in events.iter() {
            match event {
                Event::Text(event) if txn.origin() != Some(&EDITOR.into()) => {
                    let Some(PathSegment::Key(path)) = event.path().pop_front() else { continue };
                    let text = changes_of(event.delta(txn));
                    let own = ![Some(&SERVER.into()), Some(&TOOL.into())].contains(&txn.origin());
                    put(&changes, Happened::Text { path: path.to_string(), changes: text, own });
                }
                Event::Map(event) => {
                    let paths = event.keys(txn).keys().map(|path| path.to_string()).collect();
                    put(&changes, Happened::Files { paths });
                }
                _ => {}
            }
        }
    });
}

/// The same changes by position.
fn changes_of(deltas: &[yrs::types::Delta]) -> Vec<Change> {
    use yrs::types::Delta;
    let mut changes: Vec<Change> = Vec::new();
    let mut at = 0;
    for delta in deltas {
        match delta {
            Delta::Retain(length, _) => at += length,
            Delta::Deleted(length) => {
                match changes.last_mut().filter(|last| last.to == at) {
                    Some(last) => last.to += length,
                    None => changes.push(Change { from: at, to: at + length, insert: String::new() }),
                }
                at += length;
            }
            Delta::Inserted(value, _) => {
                let Out::Any(yrs::Any::String(text)) = value else { continue };
                match changes.last_mut().filter(|last| last.to == at) {
                    Some(last) => last.insert.push_str(text),
                    None => changes.push(Change { from: at, to: at, insert: text.to_string() }),
                }
            }
        }
    }
    changes
}

#[cfg(test)]
mod tests;
