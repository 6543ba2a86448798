//! What a server does under load: people who type together, documents that many have open, programs that many follow.
//!
//! Prints one JSON object a figure. Started by `cargo xtask bench load`, which says in `ORRERY_SERVER` where the program of a server
//! lies that was built for release. Those who type and those who read are in this one process, on the same processors as the server.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures_util::stream::SplitSink;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tests::bench::print;
use tests::client::Person;
use tests::socket::frame;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use yrs::updates::decoder::Decode as _;
use yrs::{Doc, GetString as _, Map as _, Out, ReadTxn as _, Text as _, Transact as _, WriteTxn as _};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a key leaves in a document: `⟨` and microseconds since this began. Nobody has to understand an update to find it.
const MARK: &str = "⟨";
const DIGITS: usize = 12;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let server = Server::start()?;
    start(&server).await?;
    rooms(&server, 500, 3, 350, Duration::from_secs(20), "rooms").await?;
    rooms(&server, 1, 100, 500, Duration::from_secs(10), "room-of-100").await?;
    join(&server).await?;
    follow(&server).await?;
    idle(&server).await
}

/// A server with a data folder of its own.
struct Server {
    process: Child,
    base: String,
    _data: tempfile::TempDir,
}

impl Server {
    fn start() -> anyhow::Result<Self> {
        let program = std::env::var_os("ORRERY_SERVER").context("ORRERY_SERVER is not set; run `cargo xtask bench`")?;
        let data = tempfile::tempdir()?;
        let many = "100000000";
        let mut process = Command::new(program)
            .args([
                "--port",
                "0",
                "--log",
                "error",
                "--requests-per-second",
                many,
                "--sign-ins-per-minute",
                many,
                "--data",
            ])
            .arg(data.path())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut said = BufReader::new(process.stdout.take().context("its output is a pipe")?).lines();
        let line = said.next().context("the server says where it is")??;
        let base = line.split_once(": ").context("a link")?.1.trim_end_matches('/').to_owned();
        Ok(Self { process, base, _data: data })
    }

    /// What it has in memory, in kB.
    fn resident(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the system tells it")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// What it has had of the processors, in seconds.
    fn processor_time(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        let fields: Vec<&str> = stat.rsplit_once(')').context("a name")?.1.split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
        Ok(ticks / 100.0)
    }

    async fn guest(&self) -> anyhow::Result<Person> {
        Person::guest_at(&self.base, "Guest").await
    }

    /// Opens the code of a sandbox, and takes what is there already.
    async fn code(&self, who: &Person, sandbox: &str) -> anyhow::Result<Socket> {
        let base = self.base.replacen("http", "ws", 1);
        let url = format!("{base}/api/sandboxes/{sandbox}/docs/code?access_token={}", who.token);
        let mut socket = tokio_tungstenite::connect_async(url).await?.0;
        socket.send(Message::binary(frame(&[0, 0], &[0]))).await?;
        while !matches!(socket.next().await.context("it stays open")??, Message::Binary(bytes) if bytes.starts_with(&[0, 1]))
        {
        }
        Ok(socket)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().and_then(|()| self.process.wait()).ok();
    }
}

/// From the wish for a sandbox to its program that runs.
async fn start(server: &Server) -> anyhow::Result<()> {
    let person = server.guest().await?;
    let mut times = Vec::new();
    // The first one waits for what all start from.
    for round in 0..21 {
        let begun = Instant::now();
        let sandbox = person.sandbox(json!({"template": "counter"})).await?;
        let mut socket = live(server, &person, &sandbox).await?;
        socket.send(Message::text(json!({"id": 1, "command": "run", "options": {}}).to_string())).await?;
        while !next(&mut socket).await?.to_string().contains("\"state\":\"running\"") {}
        if round > 0 {
            times.push(begun.elapsed());
        }
        person.ask(reqwest::Method::DELETE, &format!("/api/sandboxes/{sandbox}"), None).await?;
    }
    print("create-and-start", "ms", part(&mut times, 0.5), None);
    print("create-and-start-slowest", "ms", part(&mut times, 1.0), None);
    Ok(())
}

async fn live(server: &Server, who: &Person, sandbox: &str) -> anyhow::Result<Socket> {
    let base = server.base.replacen("http", "ws", 1);
    let url = format!("{base}/api/sandboxes/{sandbox}/socket?access_token={}", who.token);
    Ok(tokio_tungstenite::connect_async(url).await?.0)
}

async fn next(socket: &mut Socket) -> anyhow::Result<Value> {
    loop {
        if let Message::Text(text) = socket.next().await.context("it goes on")?? {
            return Ok(serde_json::from_str(&text)?);
        }
    }
}

/// The time within which this part of them was, in milliseconds.
fn part(times: &mut [Duration], part: f64) -> f64 {
    times.sort();
    let at = ((times.len() as f64 * part).ceil() as usize).clamp(1, times.len()) - 1;
    times[at].as_secs_f64() * 1e3
}

/// Somebody who types: their own document, and the way to the server.
struct Typist {
    doc: Doc,
    sink: SplitSink<Socket, Message>,
}

impl Typist {
    async fn type_mark(&mut self, begun: Instant) -> anyhow::Result<()> {
        let update = {
            let mut txn = self.doc.transact_mut();
            let files = txn.get_or_insert_map("files");
            let Some(Out::YText(file)) = files.get(&txn, "main.exs") else { anyhow::bail!("the file is there") };
            let at = file.len(&txn);
            file.insert(&mut txn, at, &format!("{MARK}{:0DIGITS$}", begun.elapsed().as_micros()));
            txn.encode_update_v1()
        };
        Ok(self.sink.send(Message::binary(frame(&[0, 2], &update))).await?)
    }
}

/// People who type in rooms, so many keys a second together, and the time until each of the others has a key.
async fn rooms(
    server: &Server,
    rooms: usize,
    people: usize,
    keys: u32,
    time: Duration,
    name: &str,
) -> anyhow::Result<()> {
    let begun = Instant::now();
    let seen: Arc<Mutex<Vec<Duration>>> = Arc::default();
    let mut typists = Vec::new();
    for _ in 0..rooms {
        let owner = server.guest().await?;
        let sandbox = owner.sandbox(json!({"files": {"main.exs": "# begin\n"}})).await?;
        let state = state(server, &owner, &sandbox).await?;
        let link = owner.link(&sandbox, "edit").await?;
        for number in 0..people {
            let person = if number == 0 { owner.clone() } else { server.guest().await? };
            if number > 0 {
                person.open(&link).await?;
            }
            let socket = server.code(&person, &sandbox).await?;
            let doc = Doc::new();
            doc.transact_mut().apply_update(yrs::Update::decode_v1(&state)?)?;
            let (sink, mut stream) = socket.split();
            let seen = seen.clone();
            tokio::spawn(async move {
                while let Some(Ok(message)) = stream.next().await {
                    let Message::Binary(bytes) = message else { continue };
                    // One frame may carry the keys of several.
                    for at in marks(&bytes) {
                        let late = begun.elapsed().saturating_sub(at);
                        seen.lock().expect("nobody panics with it").push(late);
                    }
                }
            });
            typists.push(Typist { doc, sink });
        }
    }
    let before = server.processor_time()?;
    let count = (keys as f64 * time.as_secs_f64()) as usize;
    let first = tokio::time::Instant::now();
    // Those who come next to each other are in different rooms.
    let stride = if rooms > 1 { people * 7 + 1 } else { 1 };
    let mut who = 0;
    for key in 0..count {
        tokio::time::sleep_until(first + time.mul_f64(key as f64 / count as f64)).await;
        typists[who].type_mark(begun).await?;
        who = (who + stride) % typists.len();
    }
    let expected = count * people;
    let patience = Instant::now();
    while seen.lock().expect("nobody panics with it").len() < expected && patience.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut seen = std::mem::take(&mut *seen.lock().expect("nobody panics with it"));
    ensure!(seen.len() >= expected, "{name}: only {} of {expected} keys came", seen.len());
    print(&format!("{name}-p50"), "ms", part(&mut seen, 0.5), None);
    print(&format!("{name}-p99"), "ms", part(&mut seen, 0.99), None);
    let used = (server.processor_time()? - before) / time.as_secs_f64();
    print(&format!("{name}-processors"), "%", used * 100.0, None);
    Ok(())
}

async fn state(server: &Server, who: &Person, sandbox: &str) -> anyhow::Result<Vec<u8>> {
    let url = format!("{}/api/sandboxes/{sandbox}/docs/code/state", server.base);
    let answer = reqwest::Client::new().get(url).bearer_auth(&who.token).send().await?;
    Ok(answer.error_for_status()?.bytes().await?.to_vec())
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

/// Opening a document that has been written in for long.
async fn join(server: &Server) -> anyhow::Result<()> {
    const OPERATIONS: u32 = 260_000;
    const AT_ONCE: u32 = 1_000;
    let owner = server.guest().await?;
    let sandbox = owner.sandbox(json!({"files": {"main.exs": "# begin\n"}})).await?;
    let doc = Doc::new();
    doc.transact_mut().apply_update(yrs::Update::decode_v1(&state(server, &owner, &sandbox).await?)?)?;
    let (mut sink, mut stream) = server.code(&owner, &sandbox).await?.split();
    let mut random = 1_u64;
    for _ in 0..OPERATIONS / AT_ONCE {
        let update = {
            let mut txn = doc.transact_mut();
            let Some(Out::YText(file)) = txn.get_or_insert_map("files").get(&txn, "main.exs") else {
                anyhow::bail!("a file")
            };
            for _ in 0..AT_ONCE {
                // As people type: now here, now there.
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = (random >> 33) as u32 % (file.len(&txn) + 1);
                file.insert(&mut txn, at, "x");
            }
            txn.encode_update_v1()
        };
        sink.send(Message::binary(frame(&[0, 2], &update))).await?;
        // Its own update comes back when it is on the disk.
        while !matches!(stream.next().await.context("it stays open")??, Message::Binary(bytes) if bytes.starts_with(&[0, 2]))
        {
        }
    }
    let (mut received, mut applied) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let begun = Instant::now();
        let base = server.base.replacen("http", "ws", 1);
        let url = format!("{base}/api/sandboxes/{sandbox}/docs/code?access_token={}", owner.token);
        let mut socket = tokio_tungstenite::connect_async(url).await?.0;
        socket.send(Message::binary(frame(&[0, 0], &[0]))).await?;
        let update = loop {
            match socket.next().await.context("it stays open")?? {
                Message::Binary(bytes) if bytes.starts_with(&[0, 1]) => break bytes,
                _ => {}
            }
        };
        received.push(begun.elapsed());
        let copy = Doc::new();
        let length = update[2..].iter().position(|byte| byte & 0x80 == 0).context("a length")? + 1;
        copy.transact_mut().apply_update(yrs::Update::decode_v1(&update[2 + length..])?)?;
        applied.push(begun.elapsed());
        let txn = copy.transact();
        let text = match txn.get_map("files").and_then(|files| files.get(&txn, "main.exs")) {
            Some(Out::YText(file)) => file.get_string(&txn),
            _ => String::new(),
        };
        ensure!(text.matches('x').count() == OPERATIONS as usize, "everything is there");
    }
    print("join-260000-received", "ms", part(&mut received, 1.0), None);
    print("join-260000-applied", "ms", part(&mut applied, 1.0), None);
    Ok(())
}

/// Sends about as many messages a second that about 50,000 events come of it.
const BUSY: &str = r#"
sink = spawn(fn -> Enum.each(Stream.cycle([0]), fn _ -> receive do _ -> :ok end end) end)
tick = fn tick ->
  for n <- 1..170, do: send(sink, n)
  Process.sleep(10)
  tick.(tick)
end
IO.puts("busy")
tick.(tick)
"#;

/// Five who follow a program in which much happens.
async fn follow(server: &Server) -> anyhow::Result<()> {
    const READERS: usize = 5;
    const TIME: Duration = Duration::from_secs(5);
    let owner = server.guest().await?;
    let sandbox = owner.sandbox(json!({"files": {"main.exs": BUSY}})).await?;
    let mut sockets = Vec::new();
    for _ in 0..READERS {
        sockets.push(live(server, &owner, &sandbox).await?);
    }
    sockets[0].send(Message::text(json!({"id": 1, "command": "run", "options": {}}).to_string())).await?;
    let mut readers = Vec::new();
    for mut socket in sockets {
        readers.push(tokio::spawn(async move {
            while !next(&mut socket).await?.to_string().contains("\"state\":\"running\"") {}
            let (begun, mut events, mut pictures) = (Instant::now(), 0, 0);
            while begun.elapsed() < TIME {
                let message = next(&mut socket).await?;
                events += message["event"]["events"].as_array().map_or(0, Vec::len);
                pictures += usize::from(message["event"]["kind"] == "picture");
            }
            anyhow::Ok((events as f64 / begun.elapsed().as_secs_f64(), pictures))
        }));
    }
    let (mut slowest, mut left_out) = (f64::INFINITY, 0);
    for reader in readers {
        let (rate, pictures) = reader.await??;
        slowest = slowest.min(rate);
        left_out += pictures;
    }
    print("events-to-5-readers", "events/s each", slowest, None);
    print("events-left-out-for-pictures", "times", left_out as f64, None);
    owner.ask(reqwest::Method::DELETE, &format!("/api/sandboxes/{sandbox}"), None).await?;
    Ok(())
}

/// Documents that somebody has open and nobody writes in.
async fn idle(server: &Server) -> anyhow::Result<()> {
    const DOCUMENTS: usize = 2_000;
    const EACH: usize = 50;
    const TIME: Duration = Duration::from_secs(5);
    let mut places = Vec::new();
    for _ in 0..DOCUMENTS / EACH {
        let owner = server.guest().await?;
        for _ in 0..EACH {
            places.push((owner.clone(), owner.sandbox(json!({"template": "counter"})).await?));
        }
    }
    let before = server.resident()?;
    let mut open = Vec::new();
    for (owner, sandbox) in &places {
        open.push(server.code(owner, sandbox).await?);
    }
    print("idle-document", "kB", (server.resident()? - before) / DOCUMENTS as f64, None);
    let used = server.processor_time()?;
    tokio::time::sleep(TIME).await;
    let used = (server.processor_time()? - used) / TIME.as_secs_f64();
    print("idle-2000-documents-processors", "%", used * 100.0, None);
    drop(open);
    Ok(())
}
