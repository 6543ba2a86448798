//! The shared document of a sandbox: joins the files, the people, the editor that is shown, and the socket to the server.

mod outstanding;
mod saving;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use gloo_timers::callback::{Interval, Timeout};
use saving::Saving;
use shared::document::DocumentName;
use yrs::Update;
use yrs::sync::{Message, SyncMessage};
use yrs::updates::decoder::Decode as _;
use yrs::updates::encoder::Encode as _;

use crate::net::request::socket_url;
use crate::net::socket::{Socket, SocketEvent};
use crate::state::code::{Change, CodeDocument, FileError, Happened};
use crate::state::presence::{Activity, Cursor, Identity, Person, Presence, Whereabouts};
use crate::state::topic::Topic;

/// How often a page says that it is still there; those who are silent for 30 s are taken for gone.
const RENEW_MILLIS: u32 = 15_000;
/// Places are told at most so often.
const TELL_MILLIS: u32 = 50;
/// The server says something at least every 20 s.
const SILENCE_MILLIS: u32 = 45_000;
/// For so long after a key somebody is typing.
const TYPING_MILLIS: u32 = 1_500;

/// How this page stands with the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// It has not been there yet.
    Connecting,
    /// Both know the same.
    Together,
    /// It is lost and tried again. Edits are kept.
    Lost,
    /// It is closed for good.
    Closed(String),
}

/// Somebody's place in the file that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caret {
    /// Who.
    pub user: Identity,
    /// Where the selection was begun, in UTF-16 code units.
    pub anchor: u32,
    /// Where the caret is.
    pub head: u32,
}

/// An editor that shows a file.
pub trait View {
    /// Others changed the text; with `follow` it was undone or redone here.
    fn apply(&self, changes: &[Change], follow: bool);
    /// The text is another one altogether.
    fn reset(&self, text: &str);
    /// Others are elsewhere.
    fn set_carets(&self, carets: &[Caret]);
    /// The lines that have breakpoints, the first line being 1.
    fn set_breakpoints(&self, lines: &[u32]);
    /// Somebody who is followed is here.
    fn show_position(&self, position: u32);
}

/// See the module.
#[derive(Clone)]
pub struct SharedDocument(Rc<Inner>);

struct Inner {
    sandbox: String,
    code: RefCell<CodeDocument>,
    presence: RefCell<Presence>,
    connection: RefCell<Connection>,
    denied: Cell<bool>,
    refused: RefCell<Option<String>>,
    saving: Saving,
    view: RefCell<Option<(String, Rc<dyn View>)>>,
    following: Cell<Option<u64>>,
    /// The lines of the file that is shown which have breakpoints, as they were said last.
    breakpoints: RefCell<Vec<u32>>,
    socket: RefCell<Option<Socket>>,
    renew: RefCell<Option<Interval>>,
    tell: RefCell<Option<Timeout>>,
    typing: RefCell<Option<Timeout>>,
    files: Topic,
    people: Topic,
    link: Topic,
    /// Somebody who is followed went to another file.
    led: RefCell<yew::Callback<String>>,
}

impl PartialEq for SharedDocument {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl SharedDocument {
    /// Opens the code of a sandbox.
    #[must_use]
    pub fn open(sandbox: &str) -> Self {
        // Some clients only know numbers of 32 bits. Zero is nobody.
        let client = (js_sys::Math::random() * f64::from(u32::MAX)) as u32 | 1;
        let code = CodeDocument::new(client, Arc::new(|| js_sys::Date::now() as u64));
        let presence = Presence::new(code.client());
        let inner = Rc::new(Inner {
            sandbox: sandbox.to_owned(),
            code: RefCell::new(code),
            presence: RefCell::new(presence),
            connection: RefCell::new(Connection::Connecting),
            denied: Cell::new(false),
            refused: RefCell::default(),
            saving: Saving::default(),
            view: RefCell::default(),
            following: Cell::default(),
            breakpoints: RefCell::default(),
            socket: RefCell::default(),
            renew: RefCell::default(),
            tell: RefCell::default(),
            typing: RefCell::default(),
            files: Topic::default(),
            people: Topic::default(),
            link: Topic::default(),
            led: RefCell::default(),
        });
        inner.take_up_what_was_left();
        inner.connect();
        Self(inner)
    }

    /// Changes when files come and go.
    #[must_use]
    pub fn files_topic(&self) -> &Topic {
        &self.0.files
    }

    /// Changes when somebody comes, goes or moves.
    #[must_use]
    pub fn people_topic(&self) -> &Topic {
        &self.0.people
    }

    /// Changes with the connection, and with whether all is saved.
    #[must_use]
    pub fn connection_topic(&self) -> &Topic {
        &self.0.link
    }

    /// How this page stands with the server.
    #[must_use]
    pub fn connection(&self) -> Connection {
        self.0.connection.borrow().clone()
    }

    /// Whether the server has taken everything that was written here.
    #[must_use]
    pub fn is_saved(&self) -> bool {
        self.0.is_saved()
    }

    /// Acts when the server has what was written here up to now, so that it works with that; at once where it has, or while it
    /// cannot be reached.
    pub fn once_saved(&self, act: impl FnOnce() + 'static) {
        self.0.once_saved(Box::new(act));
    }

    /// Whether the server refused what was written here.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.0.denied.get()
    }

    /// What the server said when it did not let this page in, or sent it out; empty when it said nothing. Nothing while the
    /// page is in, or has not tried yet.
    #[must_use]
    pub fn refused(&self) -> Option<String> {
        self.0.refused.borrow().clone()
    }

    /// Tries to connect at once.
    pub fn retry(&self) {
        if let Some(socket) = &*self.0.socket.borrow() {
            socket.retry_now();
        }
    }

    /// The paths of all files.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        self.0.code.borrow().paths()
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<String> {
        self.0.code.borrow().text(path)
    }

    /// Makes a file.
    ///
    /// # Errors
    ///
    /// See [`CodeDocument::add`].
    pub fn add(&self, path: &str, text: &str) -> Result<(), FileError> {
        self.0.change(|code| code.add(path, text))
    }

    /// Takes a file away; gives its text.
    ///
    /// # Errors
    ///
    /// See [`CodeDocument::remove`].
    pub fn remove(&self, path: &str) -> Result<String, FileError> {
        self.0.change(|code| code.remove(path))
    }

    /// Gives a file another path.
    ///
    /// # Errors
    ///
    /// See [`CodeDocument::rename`].
    pub fn rename(&self, from: &str, to: &str) -> Result<(), FileError> {
        self.0.change(|code| code.rename(from, to))
    }

    /// Puts a file one place up or down in the list.
    pub fn move_file(&self, path: &str, is_up: bool) {
        self.0.change(|code| code.move_file(path, is_up));
    }

    /// Takes over an edit of the editor.
    pub fn edit(&self, path: &str, changes: &[Change]) {
        self.0.following.set(None);
        self.0.change(|code| code.edit(path, changes));
        self.0.is_typing();
    }

    /// Changes a text for a tool; the editor that shows it is told.
    pub fn rewrite(&self, path: &str, changes: &[Change]) {
        self.0.change(|code| code.rewrite(path, changes));
    }

    /// Takes back the last edit of this page.
    pub fn undo(&self, path: &str) -> bool {
        self.0.change(|code| code.undo(path))
    }

    /// Does it again.
    pub fn redo(&self, path: &str) -> bool {
        self.0.change(|code| code.redo(path))
    }

    /// An editor shows a file, until [`SharedDocument::hide`].
    pub fn show(&self, path: &str, view: Rc<dyn View>) {
        self.0.view.replace(Some((path.to_owned(), view)));
        self.0.say(|mine| Whereabouts { file: Some(path.to_owned()), cursor: None, ..mine });
        self.0.draw_carets();
        self.0.draw_breakpoints();
    }

    /// The lines of a file that have breakpoints.
    #[must_use]
    pub fn breakpoints(&self, path: &str) -> Vec<u32> {
        self.0.code.borrow().breakpoints(path).into_iter().collect()
    }

    /// Sets a breakpoint at a line, or takes it away.
    pub fn toggle_breakpoint(&self, path: &str, line: u32) {
        self.0.change(|code| code.toggle_breakpoint(path, line));
    }

    /// The editor shows it no more.
    pub fn hide(&self, path: &str) {
        let shown = self.0.view.borrow().as_ref().is_some_and(|(shown, _)| shown == path);
        if shown {
            self.0.view.take();
        }
    }

    /// The selection in the file that is shown.
    pub fn select(&self, path: &str, anchor: u32, head: u32) {
        let code = self.0.code.borrow();
        let cursor = code.anchor(path, anchor).zip(code.anchor(path, head));
        drop(code);
        let cursor = cursor.map(|(anchor, head)| Cursor { anchor, head });
        self.0.say(|mine| Whereabouts { file: Some(path.to_owned()), cursor, ..mine });
    }

    /// Whether somebody is at this page.
    pub fn set_activity(&self, status: Activity) {
        self.0.say(|mine| Whereabouts { status, ..mine });
    }

    /// The pages of others, by their numbers.
    #[must_use]
    pub fn others(&self) -> Vec<(u64, Person)> {
        self.0.presence.borrow().others().map(|(client, person)| (client, person.clone())).collect()
    }

    /// Goes where somebody goes, until something is edited here; nobody with `None`.
    pub fn follow(&self, client: Option<u64>) {
        self.0.following.set(client);
        self.0.people.notify();
        self.0.go_along();
    }

    /// Who is followed.
    #[must_use]
    pub fn following(&self) -> Option<u64> {
        self.0.following.get()
    }

    /// Called with a path when somebody who is followed shows another file.
    pub fn on_led(&self, callback: yew::Callback<String>) {
        self.0.led.replace(callback);
    }
}

impl Inner {
    fn connect(self: &Rc<Self>) {
        let path = format!("/api/sandboxes/{}/docs/{}", self.sandbox, DocumentName::Code.name());
        let weak = Rc::downgrade(self);
        let on_event = move |event| with(&weak, |inner| inner.on_socket(event));
        let socket = Socket::connect(SILENCE_MILLIS, move || socket_url(&path), on_event);
        self.socket.replace(Some(socket));
        let weak = Rc::downgrade(self);
        let renew = Interval::new(RENEW_MILLIS, move || with(&weak, |inner| inner.tell_where()));
        self.renew.replace(Some(renew));
    }

    fn on_socket(self: &Rc<Self>, event: SocketEvent) {
        match event {
            SocketEvent::Opened => {
                let state_vector = self.code.borrow().state_vector();
                self.send(&Message::Sync(SyncMessage::SyncStep1(state_vector)));
                self.tell_where();
            }
            SocketEvent::Binary(frame) => self.on_frame(&frame),
            SocketEvent::Text(_) => {}
            SocketEvent::Lost { reason } => {
                self.presence.borrow_mut().forget_others();
                // Who has never been there is still on the way.
                if *self.connection.borrow() == Connection::Together {
                    self.set_connection(Connection::Lost);
                }
                self.leave_what_is_not_saved();
                self.people_moved();
                self.set_refused(Some(reason));
            }
            SocketEvent::Closed { reason, .. } => {
                self.leave_what_is_not_saved();
                self.set_refused(Some(reason.clone()));
                self.set_connection(Connection::Closed(reason));
            }
        }
    }

    fn set_refused(&self, refused: Option<String>) {
        if self.refused.replace(refused.clone()) != refused {
            self.link.notify();
        }
    }

    fn on_frame(self: &Rc<Self>, frame: &[u8]) {
        // What this page does not understand is for others.
        let Ok(message) = Message::decode_v1(frame) else { return };
        match message {
            Message::Sync(SyncMessage::SyncStep1(has)) => {
                let missing = self.code.borrow().missing(&has);
                self.is_known(&has);
                self.send(&Message::Sync(SyncMessage::SyncStep2(missing)));
            }
            Message::Sync(SyncMessage::SyncStep2(update)) => {
                self.take_update(&update);
                self.set_refused(None);
                self.set_connection(Connection::Together);
            }
            Message::Sync(SyncMessage::Update(update)) => self.take_update(&update),
            Message::Awareness(update) => {
                let news = self.presence.borrow_mut().take(update);
                if news {
                    self.people_moved();
                }
            }
            Message::Auth(Some(_)) => {
                self.denied.set(true);
                self.let_go();
                self.link.notify();
            }
            Message::AwarenessQuery => self.tell_where(),
            Message::Auth(None) | Message::Custom(..) => {}
        }
    }

    fn take_update(self: &Rc<Self>, update: &[u8]) {
        if let Ok(decoded) = Update::decode_v1(update) {
            self.has_come_back(&decoded);
        }
        let applied = self.code.borrow_mut().apply(update);
        if applied.is_err() {
            return self.set_connection(Connection::Closed(crate::state::code::Unreadable.to_string()));
        }
        self.settle();
        self.draw_carets();
    }

    fn change<T>(self: &Rc<Self>, act: impl FnOnce(&mut CodeDocument) -> T) -> T {
        let result = act(&mut self.code.borrow_mut());
        self.settle();
        result
    }

    /// Passes on what happened to the document. Nothing of it is borrowed meanwhile: editors call back.
    fn settle(self: &Rc<Self>) {
        let happened = self.code.borrow_mut().take();
        let has_changed = !happened.is_empty();
        for one in happened {
            match one {
                Happened::Update(update) => {
                    self.has_changed(&update);
                    let sent = self.send(&Message::Sync(SyncMessage::Update(update)));
                    if !sent {
                        self.leave_what_is_not_saved();
                    }
                    self.link.notify();
                }
                Happened::Text { path, changes, own } => {
                    if let Some(view) = self.view_of(&path) {
                        view.apply(&changes, own);
                    }
                }
                Happened::Files { paths } => {
                    for path in paths {
                        let text = self.code.borrow().text(&path);
                        if let Some((view, text)) = self.view_of(&path).zip(text) {
                            view.reset(&text);
                        }
                    }
                    self.files.notify();
                }
                Happened::Settings => {
                    self.draw_breakpoints();
                    self.files.notify();
                }
            }
        }
        if has_changed {
            self.follow_breakpoints();
        }
    }

    fn draw_breakpoints(&self) {
        let Some((path, view)) = self.view.borrow().clone() else { return };
        let lines: Vec<u32> = self.code.borrow().breakpoints(&path).into_iter().collect();
        view.set_breakpoints(&lines);
        self.breakpoints.replace(lines);
    }

    /// The text has changed: breakpoints may be at other lines. The editor has moved them along.
    fn follow_breakpoints(&self) {
        if self.breakpoints.borrow().is_empty() {
            return;
        }
        let Some((path, _)) = self.view.borrow().clone() else { return };
        let lines: Vec<u32> = self.code.borrow().breakpoints(&path).into_iter().collect();
        if *self.breakpoints.borrow() != lines {
            self.breakpoints.replace(lines);
            self.files.notify();
        }
    }

    fn view_of(&self, path: &str) -> Option<Rc<dyn View>> {
        self.view.borrow().as_ref().filter(|(shown, _)| shown == path).map(|(_, view)| Rc::clone(view))
    }

    fn send(&self, message: &Message) -> bool {
        // One message a frame: some clients and servers read no more.
        self.socket.borrow().as_ref().is_some_and(|socket| socket.send_binary(&message.encode_v1()))
    }

    fn set_connection(&self, connection: Connection) {
        if *self.connection.borrow() != connection {
            self.connection.replace(connection);
            self.let_go();
            self.link.notify();
            self.files.notify();
        }
    }

    fn say(self: &Rc<Self>, change: impl FnOnce(Whereabouts) -> Whereabouts) {
        let mine = self.presence.borrow().mine().clone();
        let news = self.presence.borrow_mut().say(change(mine));
        if news && self.tell.borrow().is_none() {
            let weak = Rc::downgrade(self);
            let tell = Timeout::new(TELL_MILLIS, move || {
                with(&weak, |inner| {
                    inner.tell.take();
                    inner.tell_where();
                });
            });
            self.tell.replace(Some(tell));
        }
    }

    fn is_typing(self: &Rc<Self>) {
        self.say(|mine| Whereabouts { typing: true, ..mine });
        let weak = Rc::downgrade(self);
        let over = Timeout::new(TYPING_MILLIS, move || {
            with(&weak, |inner| inner.say(|mine| Whereabouts { typing: false, ..mine }));
        });
        self.typing.replace(Some(over));
    }

    fn tell_where(&self) {
        let update = self.presence.borrow_mut().outgoing();
        self.send(&Message::Awareness(update));
    }

    fn people_moved(&self) {
        self.people.notify();
        self.draw_carets();
        self.go_along();
    }

    fn draw_carets(&self) {
        let Some((path, view)) = self.view.borrow().clone() else { return };
        let carets: Vec<Caret> = {
            let (code, presence) = (self.code.borrow(), self.presence.borrow());
            let here = presence.others().filter(|(_, person)| person.at.file.as_deref() == Some(path.as_str()));
            here.filter_map(|(_, person)| {
                let cursor = person.at.cursor.as_ref()?;
                let (anchor, head) = (code.position(&cursor.anchor)?, code.position(&cursor.head)?);
                Some(Caret { user: person.user.clone(), anchor, head })
            })
            .collect()
        };
        view.set_carets(&carets);
    }

    fn go_along(&self) {
        let Some(client) = self.following.get() else { return };
        let leader = self.presence.borrow().others().find(|(it, _)| *it == client).map(|(_, it)| it.at.clone());
        let Some(at) = leader else { return };
        let Some(file) = at.file else { return };
        let shown = self.view_of(&file);
        let position = at.cursor.and_then(|cursor| self.code.borrow().position(&cursor.head));
        match (shown, position) {
            (Some(view), Some(position)) => view.show_position(position),
            (Some(_), None) => {}
            (None, _) => {
                let led = self.led.borrow().clone();
                led.emit(file);
            }
        }
    }
}

fn with(weak: &Weak<Inner>, act: impl FnOnce(&Rc<Inner>)) {
    if let Some(inner) = weak.upgrade() {
        act(&inner);
    }
}
