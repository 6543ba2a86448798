//! Programs that begin, and programs that many follow.

use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use futures_util::SinkExt as _;
use reqwest::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use shared::api::ErrorBody;
use shared::api::run::RunState;
use tests::bench::print;
use tests::client::Person;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::server::Server;
use super::{MESSAGE_TIME, Socket, connect, part};

/// The second socket of a sandbox.
struct Live(Socket);

/// What the figures need of a message. Reading the rest would take the processors from the server.
#[derive(Debug, Deserialize)]
struct Said {
    event: Option<Event>,
    error: Option<ErrorBody>,
}

#[derive(Debug, Deserialize)]
struct Event {
    kind: String,
    /// How a run is.
    status: Option<Status>,
    /// What happened in the machine.
    #[serde(default)]
    events: Vec<IgnoredAny>,
    /// How far that reaches.
    through: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Status {
    state: RunState,
}

impl Live {
    async fn open(server: &Server, who: &Person, sandbox: &str) -> anyhow::Result<Self> {
        let base = server.base.replacen("http", "ws", 1);
        let url = format!("{base}/api/sandboxes/{sandbox}/socket?access_token={}", who.token);
        Ok(Self(connect(&url).await?))
    }

    async fn run(&mut self) -> anyhow::Result<()> {
        Ok(self.0.send(Message::text(json!({"id": 1, "command": "run"}).to_string())).await?)
    }

    /// The next event, or whatever else the server says.
    async fn next(&mut self) -> anyhow::Result<Said> {
        loop {
            if let Message::Text(text) = super::next(&mut self.0).await? {
                let said: Said = serde_json::from_str(&text)?;
                ensure!(said.error.is_none(), "the server refuses: {said:?}");
                return Ok(said);
            }
        }
    }

    /// Waits until the program runs.
    async fn running(&mut self) -> anyhow::Result<()> {
        let running = async {
            loop {
                match self.next().await?.event.and_then(|event| event.status).map(|status| status.state) {
                    Some(RunState::Running) => return Ok(()),
                    Some(RunState::Ended { end, .. }) => bail!("it ended: {end:?}"),
                    Some(_) | None => {}
                }
            }
        };
        // Messages may come all the time, and none of them that it runs.
        timeout(MESSAGE_TIME, running).await?
    }
}

/// From the wish for a sandbox to its program that runs.
pub(super) async fn start(server: &Server) -> anyhow::Result<()> {
    let person = server.guest().await?;
    let mut times = Vec::new();
    // The first one waits for what all start from.
    for round in 0..21 {
        let begun = Instant::now();
        let sandbox = person.sandbox(json!({"template": "counter"})).await?;
        let mut socket = Live::open(server, &person, &sandbox).await?;
        socket.run().await?;
        socket.running().await?;
        if round > 0 {
            times.push(begun.elapsed());
        }
        person.ask(Method::DELETE, &format!("/api/sandboxes/{sandbox}"), None).await?;
    }
    print("create-and-start", "ms", part(&mut times, 0.5), None);
    print("create-and-start-slowest", "ms", part(&mut times, 1.0), None);
    Ok(())
}

/// Sends so many messages a second that more than 50,000 events come of it.
const BUSY: &str = r#"
sink = spawn(fn -> Enum.each(Stream.cycle([0]), fn _ -> receive do _ -> :ok end end) end)
tick = fn tick ->
  for n <- 1..190, do: send(sink, n)
  Process.sleep(10)
  tick.(tick)
end
IO.puts("busy")
tick.(tick)
"#;

/// What somebody who follows a program has seen.
struct Followed {
    /// Events a second, one by one.
    events: f64,
    /// Events a second that happened, as their numbers say.
    happened: f64,
    /// How often a picture came in place of events.
    pictures: u32,
}

/// Five who follow a program in which much happens.
pub(super) async fn follow(server: &Server) -> anyhow::Result<()> {
    const READERS: usize = 5;
    let owner = server.guest().await?;
    let sandbox = owner.sandbox(json!({"files": {"main.exs": BUSY}})).await?;
    let mut sockets = Vec::new();
    for _ in 0..READERS {
        sockets.push(Live::open(server, &owner, &sandbox).await?);
    }
    sockets[0].run().await?;
    let readers: Vec<_> = sockets.into_iter().map(|socket| tokio::spawn(read(socket))).collect();
    let before = server.process.processor_time()?;
    let begun = Instant::now();
    let mut slowest = Followed { events: f64::INFINITY, happened: 0.0, pictures: 0 };
    for reader in readers {
        let followed = reader.await??;
        if followed.events < slowest.events {
            slowest = followed;
        }
    }
    let processors = (server.process.processor_time()? - before) / begun.elapsed().as_secs_f64() * 100.0;
    print("events-to-5-readers", "events/s each", slowest.events, None);
    print("events-that-happened", "events/s", slowest.happened, None);
    print("events-left-out-for-pictures", "times", slowest.pictures.into(), None);
    print("events-processors", "%", processors, None);
    owner.ask(Method::DELETE, &format!("/api/sandboxes/{sandbox}"), None).await?;
    Ok(())
}

async fn read(mut socket: Live) -> anyhow::Result<Followed> {
    /// In which the program loads what it uses, and in which is counted.
    const WARMING_UP: Duration = Duration::from_secs(2);
    const TIME: Duration = Duration::from_secs(10);
    socket.running().await?;
    let begun = Instant::now();
    while begun.elapsed() < WARMING_UP {
        socket.next().await?;
    }
    let (begun, mut events, mut pictures, mut first, mut last) = (Instant::now(), 0, 0, None, 0);
    while begun.elapsed() < TIME {
        let Some(event) = socket.next().await?.event else { continue };
        if let Some(through) = event.through {
            last = through;
            // What came with the first one happened before.
            if first.replace(first.unwrap_or(through)).is_none() {
                continue;
            }
        }
        events += event.events.len();
        pictures += u32::from(event.kind == "picture");
    }
    let (events, happened) = (events as f64, last.saturating_sub(first.unwrap_or(last)) as f64);
    let took = begun.elapsed().as_secs_f64();
    Ok(Followed { events: events / took, happened: happened / took, pictures })
}
