//! What a server does under load: people who type together, documents that many have open, programs that many follow.
//!
//! Prints one JSON object a figure. Started by `cargo xtask bench load`, which says in `ORRERY_SERVER` where the program of a server
//! lies that was built for release. Those who type and those who read are in this one process, on the same processors as the server.

mod hocuspocus;
mod rooms;
mod server;

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
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

use self::rooms::Load;
use self::server::Server;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

#[tokio::main]
pub(crate) async fn run() -> anyhow::Result<()> {
    let server = Server::start()?;
    start(&server).await?;
    for load in [rooms::MANY_ROOMS, rooms::ONE_ROOM] {
        type_together(&server, &load).await?;
    }
    join(&server).await?;
    follow(&server).await?;
    idle(&server).await
}

/// People who type in rooms, beside the same on Hocuspocus.
async fn type_together(server: &Server, load: &Load) -> anyhow::Result<()> {
    let ours = load.measure(&server.process, server.seats(load).await?).await?;
    let other = hocuspocus::Server::start()?;
    let theirs = load.measure(&other.process, other.seats(load).await?).await?;
    for (what, unit, ours, theirs) in [
        ("p50", "ms", ours.p50, theirs.p50),
        ("p99", "ms", ours.p99, theirs.p99),
        ("processors", "%", ours.processors, theirs.processors),
    ] {
        print(&format!("{}-{what}", load.name), unit, ours, Some(theirs));
    }
    Ok(())
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

/// Opening a document that has been written in for long.
async fn join(server: &Server) -> anyhow::Result<()> {
    const OPERATIONS: u32 = 260_000;
    const AT_ONCE: u32 = 1_000;
    let owner = server.guest().await?;
    let sandbox = owner.sandbox(json!({"files": {"main.exs": "# begin\n"}})).await?;
    let doc = Doc::new();
    doc.transact_mut().apply_update(yrs::Update::decode_v1(&server.state(&owner, &sandbox).await?)?)?;
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
    let before = server.process.resident()?;
    let mut open = Vec::new();
    for (owner, sandbox) in &places {
        open.push(server.code(owner, sandbox).await?);
    }
    print("idle-document", "kB", (server.process.resident()? - before) / DOCUMENTS as f64, None);
    let used = server.process.processor_time()?;
    tokio::time::sleep(TIME).await;
    let used = (server.process.processor_time()? - used) / TIME.as_secs_f64();
    print("idle-2000-documents-processors", "%", used * 100.0, None);
    drop(open);
    Ok(())
}
