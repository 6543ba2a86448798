//! A WebSocket that comes back by itself when it was lost.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_events::EventListener;
use gloo_timers::callback::{Interval, Timeout};
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast as _;
use web_sys::{BinaryType, CloseEvent, Event, MessageEvent, WebSocket};

/// How long to wait before it is tried again: at first, and at most. Each time twice as long as before.
const RETRY_MILLIS: (u32, u32) = (250, 4_000);

/// How often it is looked whether the other side still says anything.
const LOOK_MILLIS: u32 = 5_000;

/// What happens to a socket.
#[derive(Debug, Clone, PartialEq)]
pub enum SocketEvent {
    /// It is open.
    Opened,
    /// A binary frame came.
    Binary(Vec<u8>),
    /// A text frame came.
    Text(String),
    /// It is lost, and will be tried again.
    Lost {
        /// What the server said, for people; empty when it said nothing.
        reason: String,
    },
    /// It is closed for good.
    Closed {
        /// As the server gave it.
        code: u16,
        /// For people.
        reason: String,
    },
}

type OnEvent = Box<dyn Fn(SocketEvent)>;
type Url = Box<dyn Fn() -> String>;

/// A connection for as long as it is kept.
pub struct Socket(Rc<Inner>);

struct Inner {
    url: Url,
    on_event: OnEvent,
    /// Without a frame for so long the other side is gone.
    silence_millis: f64,
    heard_at: Cell<f64>,
    tries: Cell<u32>,
    is_open: Cell<bool>,
    current: RefCell<Option<Attempt>>,
    retry: RefCell<Option<Timeout>>,
    around: RefCell<Vec<EventListener>>,
    watch: RefCell<Option<Interval>>,
}

/// One try, with what listens to it.
struct Attempt {
    socket: WebSocket,
    _listeners: Vec<EventListener>,
}

impl Drop for Attempt {
    fn drop(&mut self) {
        // It fails only for codes and reasons that are none, and there are none here.
        drop(self.socket.close());
    }
}

impl Socket {
    /// Connects, and connects again whenever the connection is lost. `url` is asked before each try.
    pub fn connect(
        silence_millis: u32,
        url: impl Fn() -> String + 'static,
        on_event: impl Fn(SocketEvent) + 'static,
    ) -> Self {
        let inner = Rc::new(Inner {
            url: Box::new(url),
            on_event: Box::new(on_event),
            silence_millis: f64::from(silence_millis),
            heard_at: Cell::new(0.0),
            tries: Cell::new(0),
            is_open: Cell::new(false),
            current: RefCell::default(),
            retry: RefCell::default(),
            around: RefCell::default(),
            watch: RefCell::default(),
        });
        inner.watch_network();
        inner.open();
        Self(inner)
    }

    /// Sends a binary frame; gives whether there was a connection to send it on.
    pub fn send_binary(&self, bytes: &[u8]) -> bool {
        self.0.with_open(|socket| socket.send_with_u8_array(bytes).is_ok())
    }

    /// Sends a text frame; gives whether there was a connection to send it on.
    pub fn send_text(&self, text: &str) -> bool {
        self.0.with_open(|socket| socket.send_with_str(text).is_ok())
    }

    /// Tries again at once.
    pub fn retry_now(&self) {
        if !self.0.is_open.get() {
            self.0.tries.set(0);
            self.0.open();
        }
    }
}

impl Inner {
    fn with_open(&self, send: impl Fn(&WebSocket) -> bool) -> bool {
        self.is_open.get() && self.current.borrow().as_ref().is_some_and(|attempt| send(&attempt.socket))
    }

    fn open(self: &Rc<Self>) {
        self.retry.take();
        let Ok(socket) = WebSocket::new(&(self.url)()) else { return self.lost(String::new()) };
        socket.set_binary_type(BinaryType::Arraybuffer);
        let listen = |name: &'static str, act: fn(&Rc<Self>, &Event)| {
            let weak = Rc::downgrade(self);
            EventListener::new(&socket, name, move |event| with(&weak, |inner| act(inner, event)))
        };
        let listeners = vec![
            listen("open", |inner, _| {
                inner.tries.set(0);
                inner.is_open.set(true);
                inner.heard_at.set(js_sys::Date::now());
                (inner.on_event)(SocketEvent::Opened);
            }),
            listen("message", |inner, event| {
                inner.heard_at.set(js_sys::Date::now());
                if let Some(event) = event.dyn_ref::<MessageEvent>().and_then(read) {
                    (inner.on_event)(event);
                }
            }),
            listen("close", |inner, event| {
                let Some(event) = event.dyn_ref::<CloseEvent>() else { return };
                inner.closed(event.code(), event.reason());
            }),
        ];
        let before = self.current.replace(Some(Attempt { socket, _listeners: listeners }));
        drop(before);
    }

    fn closed(self: &Rc<Self>, code: u16, reason: String) {
        // After one of these it makes no sense to come back.
        if (4400..4500).contains(&code) {
            self.is_open.set(false);
            self.current.take();
            self.around.take();
            self.watch.take();
            (self.on_event)(SocketEvent::Closed { code, reason });
        } else {
            self.lost(reason);
        }
    }

    fn lost(self: &Rc<Self>, reason: String) {
        self.is_open.set(false);
        self.current.take();
        let tries = self.tries.get();
        self.tries.set(tries + 1);
        let (first, most) = RETRY_MILLIS;
        let wait = first.saturating_mul(1 << tries.min(10)).min(most);
        // So that those who were thrown out together do not come back together.
        let wait = wait / 2 + (f64::from(wait) / 2.0 * js_sys::Math::random()) as u32;
        let weak = Rc::downgrade(self);
        *self.retry.borrow_mut() = Some(Timeout::new(wait, move || with(&weak, Self::open)));
        (self.on_event)(SocketEvent::Lost { reason });
    }

    /// The browser knows before a socket does that the network is gone, and that it is back.
    fn watch_network(self: &Rc<Self>) {
        let Some(window) = web_sys::window() else { return };
        let weak = Rc::downgrade(self);
        let offline = EventListener::new(&window, "offline", move |_| with(&weak, |inner| inner.lost(String::new())));
        let weak = Rc::downgrade(self);
        let online = EventListener::new(&window, "online", move |_| {
            with(&weak, |inner| {
                inner.tries.set(0);
                inner.open();
            });
        });
        *self.around.borrow_mut() = vec![offline, online];
        let weak = Rc::downgrade(self);
        let look = move || {
            with(&weak, |inner| {
                let silent = js_sys::Date::now() - inner.heard_at.get() > inner.silence_millis;
                if inner.is_open.get() && silent {
                    inner.lost(String::new());
                }
            });
        };
        *self.watch.borrow_mut() = Some(Interval::new(LOOK_MILLIS, look));
    }
}

fn with(weak: &Weak<Inner>, act: impl Fn(&Rc<Inner>)) {
    if let Some(inner) = weak.upgrade() {
        act(&inner);
    }
}

fn read(event: &MessageEvent) -> Option<SocketEvent> {
    let data = event.data();
    if let Some(text) = data.as_string() {
        return Some(SocketEvent::Text(text));
    }
    let buffer = data.dyn_into::<ArrayBuffer>().ok()?;
    Some(SocketEvent::Binary(Uint8Array::new(&buffer).to_vec()))
}
