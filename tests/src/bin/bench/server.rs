//! How a server shares its processors among sandboxes that all compute: one real server, and as many sandboxes on it as people would
//! have in a large class.
//!
//! Prints one JSON object a figure. Started by `cargo xtask bench server`, which sets the environment variables that it reads.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::json;
use shared::api::live::ServerMessage;
use shared::api::run::{RunSnapshot, RunState};
use tests::bench::print;
use tests::client::Person;
use tests::live::LiveSocket;
use tests::server::TestServer;
use tokio::time::timeout;

/// Sandboxes that run side by side.
const SANDBOXES: usize = 200;
/// How often they are looked at, and how far they should have come by then on average: far beyond what they do in one turn.
const TIME: Duration = Duration::from_secs(15);
const REDUCTIONS: f64 = 2e6;
/// After so many looks it is over, however far they are.
const LOOKS: usize = 20;
/// How long one of them may take until it is ready, and all this in all.
const READY: Duration = Duration::from_secs(60);
const ALL: Duration = Duration::from_secs(1_200);
/// Every so many sandboxes one takes long turns.
const HOGS: usize = 20;

/// Counts for ever. Collecting garbage is what tells how far it is.
const COUNTING: &str = "
defmodule Count do
  def down(0), do: :erlang.garbage_collect()
  def down(n), do: down(n - 1)
  def forever, do: (down(10_000); forever())
end
Count.forever()
";

/// As the other, and between two rounds a native takes long, which cannot be interrupted.
const HOGGING: &str = "
defmodule Count do
  def down(0), do: :erlang.garbage_collect()
  def down(n), do: down(n - 1)
  def forever(data), do: (down(10_000); :crypto.hash(:sha256, data); forever(data))
end
Count.forever(:binary.copy(<<0>>, 20_000_000))
";

struct Place {
    owner: Person,
    sandbox: String,
}

#[tokio::main]
pub(crate) async fn run() -> anyhow::Result<()> {
    timeout(ALL, measure()).await.context("the sandboxes take too long")?
}

async fn measure() -> anyhow::Result<()> {
    let server = TestServer::start().await?;
    let mut places = Vec::with_capacity(SANDBOXES);
    for number in 0..SANDBOXES {
        let owner = Person::guest(&server, "Somebody").await?;
        let program = if number % HOGS == 0 { HOGGING } else { COUNTING };
        let sandbox = owner.sandbox(json!({"files": {"main.exs": program}})).await?;
        places.push(Place { owner, sandbox });
    }
    // Compiled before any of them runs.
    for place in &places {
        timeout(READY, place.prepare(&server)).await.context("a program does not come so far that it could run")??;
    }
    for place in &places {
        place.tell(&server, &json!({"id": 1, "command": "continue"}).to_string()).await?;
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    let before = reductions(&server, &places).await?;
    let (mut fair, mut least) = (0.0, 0.0);
    for _ in 0..LOOKS {
        tokio::time::sleep(TIME).await;
        let after = reductions(&server, &places).await?;
        let done = before.iter().zip(&after).enumerate().filter(|(number, _)| number % HOGS != 0);
        let done: Vec<u64> = done.map(|(_, (before, after))| after.saturating_sub(*before)).collect();
        fair = done.iter().sum::<u64>() as f64 / done.len() as f64;
        least = done.iter().min().copied().unwrap_or_default() as f64;
        if fair >= REDUCTIONS {
            break;
        }
    }
    ensure!(least > 0.0, "one of them has not run at all, and on average they did {fair}");
    // Less is better: 2 means that somebody had half of what everybody should have.
    print("fair-by-least-of-200", "x", fair / least, None);
    Ok(())
}

async fn reductions(server: &TestServer, places: &[Place]) -> anyhow::Result<Vec<u64>> {
    let mut all = Vec::with_capacity(places.len());
    for place in places {
        let picture = place.look(server).await?.1.picture;
        all.push(picture.world.processes.values().map(|process| process.reductions).sum());
    }
    Ok(all)
}

impl Place {
    /// The run as it is, and a socket that goes on from there.
    async fn look(&self, server: &TestServer) -> anyhow::Result<(LiveSocket, RunSnapshot)> {
        let mut socket = LiveSocket::open(server, &self.owner, &self.sandbox, "").await?;
        match socket.next().await? {
            Ok(ServerMessage::Snapshot { snapshot, .. }) => Ok((socket, *snapshot.run.context("a run")?)),
            other => bail!("it begins with {other:?}"),
        }
    }

    async fn tell(&self, server: &TestServer, text: &str) -> anyhow::Result<()> {
        let mut socket = LiveSocket::open(server, &self.owner, &self.sandbox, "").await?;
        socket.send(text).await?;
        socket
            .until(|message| match message {
                ServerMessage::Reply { error, .. } => Some(error),
                _ => None,
            })
            .await?
            .map_or(Ok(()), |error| bail!("{error:?}"))
    }

    /// Starts the run, and waits until it could take its first turn.
    async fn prepare(&self, server: &TestServer) -> anyhow::Result<()> {
        self.tell(server, &json!({"id": 1, "command": "run", "options": {"paused": true}}).to_string()).await?;
        loop {
            let (mut socket, seen) = self.look(server).await?;
            match seen.status.state {
                RunState::Paused => return Ok(()),
                RunState::Compiling | RunState::Running => {}
                other => bail!("it does not run: {other:?}"),
            }
            // Something happens next.
            drop(socket.next().await?);
        }
    }
}
