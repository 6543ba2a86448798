//! What happens in a sandbox beside its documents: who is there, what is said, how it is set. Follows the second socket.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::{Rc, Weak};

use gloo_render::{AnimationFrame, request_animation_frame};
use gloo_timers::callback::{Interval, Timeout};
use shared::api::ErrorBody;
use shared::api::live::{ClientMessage, LiveCommand, LiveEvent, LiveSnapshot, Participant, Position, ServerMessage};
use shared::api::run::ReplyValue;
use shared::api::sandboxes::Sandbox;
use shared::api::sharing::ChatMessage;
use yew::Callback;
use yew::platform::spawn_local;

use crate::net::message;
use crate::net::request::socket_url;
use crate::net::sandboxes;
use crate::net::socket::{Socket, SocketEvent};
use crate::state::run::{Gap, Run, Upgrade};
use crate::state::topic::Topic;
use crate::state::watch::Watch;

/// How often the server is asked whether it is there, so that silence means that it is not.
const PING_MILLIS: u32 = 15_000;
const SILENCE_MILLIS: u32 = 40_000;

/// Messages of the chat that are kept.
const CHAT_MAX: usize = 500;

/// Drawing what happens in the machine may take one part in so many of the time: the rest is for those who type.
const DRAWING_SHARE: f64 = 12.0;

/// However long drawing takes, it is drawn so often.
const DRAWN_MILLIS_MAX: f64 = 1_000.0;

/// What came of a command: what was asked for, when something was.
pub type Answer = Result<Option<ReplyValue>, ErrorBody>;

/// See the module.
#[derive(Clone)]
pub struct LiveSandbox(Rc<Inner>);

struct Inner {
    sandbox: String,
    position: RefCell<Option<Position>>,
    about: RefCell<Option<Sandbox>>,
    participants: RefCell<BTreeMap<String, Participant>>,
    chat: RefCell<VecDeque<ChatMessage>>,
    run: RefCell<Run>,
    /// Something has happened in the machine, and views are told with the next frame, or with one that comes later.
    frame: RefCell<Option<AnimationFrame>>,
    later: RefCell<Option<Timeout>>,
    /// When views were last told, and for how many milliseconds from then they rest.
    told: Cell<Option<(Watch, f64)>>,
    /// Looks how long drawing took, when it is done.
    drawn: RefCell<Option<Timeout>>,
    /// The picture was asked for, because something is missing.
    has_asked: Cell<bool>,
    next: Cell<u64>,
    waiting: RefCell<BTreeMap<u64, Callback<Answer>>>,
    socket: RefCell<Option<Socket>>,
    ping: RefCell<Option<Interval>>,
    topics: Topics,
}

/// What views look at.
#[derive(Clone, Default)]
pub struct Topics {
    /// Name, role, switches, limits.
    pub about: Topic,
    /// Who is connected.
    pub participants: Topic,
    /// Members and links.
    pub members: Topic,
    /// What is said.
    pub chat: Topic,
    /// How the run is, and what the compilers said.
    pub run: Topic,
    /// What happens in the machine; at most once a frame, and less often when it takes long to draw.
    pub world: Topic,
}

impl PartialEq for LiveSandbox {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl LiveSandbox {
    /// Begins to follow a sandbox.
    #[must_use]
    pub fn open(sandbox: &str) -> Self {
        let inner = Rc::new(Inner {
            sandbox: sandbox.to_owned(),
            position: RefCell::default(),
            about: RefCell::default(),
            participants: RefCell::default(),
            chat: RefCell::default(),
            run: RefCell::default(),
            frame: RefCell::default(),
            later: RefCell::default(),
            told: Cell::default(),
            drawn: RefCell::default(),
            has_asked: Cell::default(),
            next: Cell::new(1),
            waiting: RefCell::default(),
            socket: RefCell::default(),
            ping: RefCell::default(),
            topics: Topics::default(),
        });
        inner.connect();
        Self(inner)
    }

    /// What views look at.
    #[must_use]
    pub fn topics(&self) -> &Topics {
        &self.0.topics
    }

    /// The sandbox, once it is known.
    #[must_use]
    pub fn about(&self) -> Option<Sandbox> {
        self.0.about.borrow().clone()
    }

    /// Who is connected.
    #[must_use]
    pub fn participants(&self) -> Vec<Participant> {
        self.0.participants.borrow().values().cloned().collect()
    }

    /// What was said last, the oldest first.
    #[must_use]
    pub fn chat(&self) -> Vec<ChatMessage> {
        self.0.chat.borrow().iter().cloned().collect()
    }

    /// Looks at the run.
    pub fn with_run<T>(&self, look: impl FnOnce(&Run) -> T) -> T {
        look(&self.0.run.borrow())
    }

    /// Looks at the run, at some moment of it.
    pub fn with_run_mut<T>(&self, look: impl FnOnce(&mut Run) -> T) -> T {
        look(&mut self.0.run.borrow_mut())
    }

    /// An upgrade of the run began, or has come to something.
    pub fn set_upgrade(&self, upgrade: Upgrade) {
        self.0.run.borrow_mut().set_upgrade(upgrade);
        self.0.topics.run.notify();
    }

    /// Gives a command; the callback is told what came of it, or never when the connection is lost meanwhile.
    pub fn tell(&self, command: LiveCommand, answer: Callback<Answer>) {
        self.0.tell(command, answer);
    }
}

impl Inner {
    fn connect(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let url = move || weak.upgrade().map(|inner| inner.url()).unwrap_or_default();
        let weak = Rc::downgrade(self);
        let on_event = move |event| with(&weak, |inner| inner.on_socket(event));
        self.socket.replace(Some(Socket::connect(SILENCE_MILLIS, url, on_event)));
        let weak = Rc::downgrade(self);
        let ping = move || with(&weak, |inner| inner.tell(LiveCommand::Ping, Callback::noop()));
        self.ping.replace(Some(Interval::new(PING_MILLIS, ping)));
    }

    fn url(&self) -> String {
        let path = format!("/api/sandboxes/{}/socket", self.sandbox);
        match &*self.position.borrow() {
            Some(at) => socket_url(&format!("{path}?epoch={}&seq={}", at.epoch, at.seq)),
            None => socket_url(&path),
        }
    }

    fn on_socket(self: &Rc<Self>, event: SocketEvent) {
        match event {
            SocketEvent::Text(text) => {
                // What this page does not understand is for newer ones.
                if let Ok(message) = message::read(&text) {
                    self.take(message);
                }
            }
            SocketEvent::Lost { .. } | SocketEvent::Closed { .. } => {
                self.waiting.borrow_mut().clear();
                self.has_asked.set(false);
            }
            SocketEvent::Opened | SocketEvent::Binary(_) => {}
        }
    }

    fn tell(&self, command: LiveCommand, answer: Callback<Answer>) {
        let id = self.next.get();
        self.next.set(id + 1);
        let message = ClientMessage { id, command };
        let Ok(text) = serde_json::to_string(&message) else { return };
        let sent = self.socket.borrow().as_ref().is_some_and(|socket| socket.send_text(&text));
        if sent {
            self.waiting.borrow_mut().insert(id, answer);
        } else {
            answer.emit(Err(ErrorBody {
                code: "unreachable".to_owned(),
                message: "The server cannot be reached: try again when the connection is back".to_owned(),
                request_id: String::new(),
            }));
        }
    }

    fn take(self: &Rc<Self>, message: ServerMessage) {
        match message {
            ServerMessage::Snapshot { position, snapshot } => {
                self.position.replace(Some(position));
                self.begin(*snapshot);
            }
            ServerMessage::Resumed { position } => {
                self.position.replace(Some(position));
            }
            ServerMessage::Event(numbered) => {
                if let Some(position) = &mut *self.position.borrow_mut() {
                    position.seq = numbered.seq;
                }
                self.happened(numbered.event);
            }
            ServerMessage::Reply { id, error, value } => {
                let answer = self.waiting.borrow_mut().remove(&id);
                if let Some(answer) = answer {
                    answer.emit(error.map_or(Ok(value.map(|value| *value)), Err));
                }
            }
        }
    }

    fn begin(self: &Rc<Self>, snapshot: LiveSnapshot) {
        let participants = snapshot.participants.into_iter().map(|one| (one.user.clone(), one)).collect();
        self.participants.replace(participants);
        self.chat.replace(snapshot.chat.into());
        self.about.replace(Some(snapshot.sandbox));
        self.run.borrow_mut().begin(snapshot.run.map(|run| *run));
        self.has_asked.set(false);
        self.topics.run.notify();
        self.world_changed();
        self.topics.about.notify();
        self.topics.participants.notify();
        self.topics.members.notify();
        self.topics.chat.notify();
    }

    fn happened(self: &Rc<Self>, event: LiveEvent) {
        match event {
            LiveEvent::Joined { participant } => {
                self.participants.borrow_mut().insert(participant.user.clone(), participant);
                self.topics.participants.notify();
            }
            LiveEvent::Left { user } => {
                self.participants.borrow_mut().remove(&user);
                self.topics.participants.notify();
            }
            LiveEvent::Chat { message } => {
                let mut chat = self.chat.borrow_mut();
                // The seam between snapshot and stream need not be exact.
                if chat.back().is_none_or(|last| last.seq < message.seq) {
                    chat.push_back(message);
                    while chat.len() > CHAT_MAX {
                        chat.pop_front();
                    }
                }
                drop(chat);
                self.topics.chat.notify();
            }
            LiveEvent::Run { status } => {
                self.run.borrow_mut().set_status(*status);
                self.topics.run.notify();
                self.world_changed();
            }
            LiveEvent::Diagnostics { run, diagnostics } => {
                self.run.borrow_mut().set_diagnostics(&run, diagnostics);
                self.topics.run.notify();
            }
            LiveEvent::Events(batch) => {
                let added = self.run.borrow_mut().add(batch);
                match added {
                    Ok(()) => self.world_changed(),
                    Err(Gap) => self.ask_for_the_picture(),
                }
            }
            LiveEvent::Picture(picture) => {
                self.run.borrow_mut().show(*picture);
                self.world_changed();
            }
            LiveEvent::Changed { .. } => self.look_again(),
            LiveEvent::MembersChanged => {
                self.topics.members.notify();
                self.look_again();
            }
        }
    }

    fn world_changed(self: &Rc<Self>) {
        if self.frame.borrow().is_some() || self.later.borrow().is_some() {
            return;
        }
        let rest = self.told.get().map_or(0.0, |(told, rest)| rest - told.millis());
        if rest < 1.0 {
            return self.draw();
        }
        let weak = Rc::downgrade(self);
        let later = move || {
            with(&weak, |inner| {
                inner.later.take();
                inner.draw();
            });
        };
        self.later.replace(Some(Timeout::new(rest as u32, later)));
    }

    /// Tells the views with the next frame.
    fn draw(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let frame = request_animation_frame(move |_| {
            with(&weak, |inner| {
                inner.frame.take();
                let watch = Watch::start();
                inner.told.set(Some((watch, 0.0)));
                inner.topics.world.notify();
                inner.rest_after_drawing(watch);
            });
        });
        self.frame.replace(Some(frame));
    }

    /// A task that is begun within a frame runs when that frame is drawn: styles, layout and all.
    fn rest_after_drawing(self: &Rc<Self>, watch: Watch) {
        let weak = Rc::downgrade(self);
        let drawn = move || {
            with(&weak, |inner| {
                inner.drawn.take();
                let rest = (watch.millis() * DRAWING_SHARE).min(DRAWN_MILLIS_MAX);
                inner.told.set(Some((watch, rest)));
            });
        };
        self.drawn.replace(Some(Timeout::new(0, drawn)));
    }

    fn ask_for_the_picture(self: &Rc<Self>) {
        if self.has_asked.replace(true) {
            return;
        }
        let weak = Rc::downgrade(self);
        let answer = Callback::from(move |answer: Answer| {
            with(&weak, |inner| {
                inner.has_asked.set(false);
                if let Ok(Some(ReplyValue::Picture(picture))) = answer {
                    inner.run.borrow_mut().show(*picture);
                    inner.world_changed();
                }
            });
        });
        self.tell(LiveCommand::Picture, answer);
    }

    /// Name, role and switches are not in the events: the server says them to each as they are for them.
    fn look_again(self: &Rc<Self>) {
        let inner = Rc::clone(self);
        spawn_local(async move {
            // Whoever was sent away learns it from the sockets.
            if let Ok(about) = sandboxes::get(&inner.sandbox).await {
                inner.about.replace(Some(about));
                inner.topics.about.notify();
            }
        });
    }
}

fn with(weak: &Weak<Inner>, act: impl FnOnce(&Rc<Inner>)) {
    if let Some(inner) = weak.upgrade() {
        act(&inner);
    }
}
