//! People who type in rooms, and how long it takes until the others have their keys.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tests::socket::frame;
use tokio_tungstenite::tungstenite::Message;
use yrs::updates::decoder::Decode as _;
use yrs::{Doc, Map as _, Out, Text as _, Transact as _, WriteTxn as _};

use super::server::Process;
use super::{Socket, part};

/// Where in a document people type.
pub(crate) const FILES: &str = "files";
pub(crate) const FILE: &str = "main.exs";

/// What a key leaves in a document: `⟨` and microseconds since this began. Nobody has to understand an update to find it.
const MARK: &str = "⟨";
const DIGITS: usize = 12;

/// How long to wait for the last keys.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who types how much.
pub(crate) struct Load {
    pub(crate) name: &'static str,
    pub(crate) rooms: usize,
    /// In each of them.
    pub(crate) people: usize,
    /// A second, of all together.
    keys: u32,
    time: Duration,
}

/// A server of a school.
pub(crate) const MANY_ROOMS: Load =
    Load { name: "rooms", rooms: 500, people: 3, keys: 350, time: Duration::from_secs(20) };

/// A lecture.
pub(crate) const ONE_ROOM: Load =
    Load { name: "room-of-100", rooms: 1, people: 100, keys: 500, time: Duration::from_secs(10) };

/// Somebody in a room: their own document, and the way to the server.
pub(crate) struct Seat {
    doc: Doc,
    sink: SplitSink<Socket, Message>,
    stream: Option<SplitStream<Socket>>,
    /// What every message begins with.
    prefix: Vec<u8>,
}

/// What those who listen have seen.
#[derive(Default)]
struct Seen {
    /// How late keys came.
    late: Vec<Duration>,
    /// Connections that ended.
    ended: usize,
}

/// What was measured.
pub(crate) struct Measured {
    /// Milliseconds from a key to somebody's socket.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// What the server had of one processor, in percent.
    pub(crate) processors: f64,
}

impl Seat {
    pub(crate) fn new(socket: Socket, state: &[u8], prefix: Vec<u8>) -> anyhow::Result<Self> {
        let doc = Doc::new();
        doc.transact_mut().apply_update(yrs::Update::decode_v1(state)?)?;
        let (sink, stream) = socket.split();
        Ok(Self { doc, sink, stream: Some(stream), prefix })
    }

    async fn type_mark(&mut self, begun: Instant) -> anyhow::Result<()> {
        let update = {
            let mut txn = self.doc.transact_mut();
            let Some(Out::YText(file)) = txn.get_or_insert_map(FILES).get(&txn, FILE) else {
                bail!("the file is there")
            };
            let at = file.len(&txn);
            file.insert(&mut txn, at, &format!("{MARK}{:0DIGITS$}", begun.elapsed().as_micros()));
            txn.encode_update_v1()
        };
        let message = [&self.prefix[..], &frame(&[0, 2], &update)].concat();
        Ok(self.sink.send(Message::binary(message)).await?)
    }
}

impl Load {
    /// Has people type for a while, at a server that is this process.
    pub(crate) async fn measure(&self, server: &Process, mut seats: Vec<Seat>) -> anyhow::Result<Measured> {
        let begun = Instant::now();
        let seen: Arc<Mutex<Seen>> = Arc::default();
        for stream in seats.iter_mut().filter_map(|seat| seat.stream.take()) {
            tokio::spawn(listen(stream, begun, seen.clone()));
        }
        let before = server.processor_time()?;
        let count = (f64::from(self.keys) * self.time.as_secs_f64()) as usize;
        let first = tokio::time::Instant::now();
        // Those who come next to each other are in different rooms.
        let stride = if self.rooms > 1 { self.people * 7 + 1 } else { 1 };
        let mut who = 0;
        for key in 0..count {
            tokio::time::sleep_until(first + self.time.mul_f64(key as f64 / count as f64)).await;
            seats[who].type_mark(begun).await?;
            who = (who + stride) % seats.len();
        }
        // All in the room have it, who typed it among them.
        let expected = count * self.people;
        let came = || seen.lock().expect("nobody panics with it").late.len();
        let patience = Instant::now();
        while came() < expected && patience.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let processors = (server.processor_time()? - before) / self.time.as_secs_f64() * 100.0;
        let Seen { mut late, ended } = std::mem::take(&mut *seen.lock().expect("nobody panics with it"));
        ensure!(ended == 0, "{ended} connections ended");
        ensure!(late.len() >= expected, "only {} of {expected} keys came", late.len());
        Ok(Measured { p50: part(&mut late, 0.5), p99: part(&mut late, 0.99), processors })
    }
}

/// Notes how late each key comes.
async fn listen(mut stream: SplitStream<Socket>, begun: Instant, seen: Arc<Mutex<Seen>>) {
    while let Some(Ok(message)) = stream.next().await {
        let Message::Binary(bytes) = message else { continue };
        // One frame may carry the keys of several.
        for at in marks(&bytes) {
            let late = begun.elapsed().saturating_sub(at);
            seen.lock().expect("nobody panics with it").late.push(late);
        }
    }
    seen.lock().expect("nobody panics with it").ended += 1;
}

/// When the keys in a frame were pressed.
fn marks(bytes: &[u8]) -> Vec<Duration> {
    let mut found = Vec::new();
    let mark = MARK.as_bytes();
    let mut at = 0;
    while let Some(next) = bytes[at..].windows(mark.len()).position(|window| window == mark) {
        at += next + mark.len();
        let digits = bytes.get(at..at + DIGITS).and_then(|digits| std::str::from_utf8(digits).ok());
        found.extend(digits.and_then(|digits| digits.parse().ok()).map(Duration::from_micros));
    }
    found
}
