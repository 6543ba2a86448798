//! What a server does under load: people who type together, documents that many have open, programs that many follow.
//!
//! Prints one JSON object a figure. Started by `cargo xtask bench load`, which says in `ORRERY_SERVER` where the program of a server
//! lies that was built for release. Those who type and those who read are in this one process, on the same processors as the server.
//! Arguments are names of figures; without any, all are measured.
//!
//! - `server`, `hocuspocus`: the servers that are measured.
//! - `rooms`: people who type.
//! - `documents`: documents that are long, or many.
//! - `programs`: programs that begin, and that many follow.

mod documents;
mod hocuspocus;
mod programs;
mod rooms;
mod server;

use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures_util::{Stream, StreamExt as _};
use tests::bench::print;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use self::rooms::Load;
use self::server::Server;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long to wait for one message, and for one figure.
const MESSAGE_TIME: Duration = Duration::from_secs(60);
const FIGURE_TIME: Duration = Duration::from_secs(600);

#[tokio::main]
pub(crate) async fn run(wanted: &[String]) -> anyhow::Result<()> {
    let server = Server::start()?;
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| name.starts_with(wanted.as_str()));
    for load in [rooms::MANY_ROOMS, rooms::ONE_ROOM] {
        if is_wanted(load.name) {
            within(load.name, type_together(&server, &load)).await?;
        }
    }
    if is_wanted("create-and-start") {
        within("create-and-start", programs::start(&server)).await?;
    }
    if is_wanted("join") {
        within("join", documents::join(&server)).await?;
    }
    if is_wanted("events") {
        within("events", programs::follow(&server)).await?;
    }
    if is_wanted("idle") {
        within("idle", documents::idle(&server)).await?;
    }
    Ok(())
}

/// A figure that ends, one way or the other.
async fn within(name: &str, figure: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    timeout(FIGURE_TIME, figure).await.context("it took too long").flatten().with_context(|| name.to_owned())
}

/// People who type in rooms, beside the same on Hocuspocus.
async fn type_together(server: &Server, load: &Load) -> anyhow::Result<()> {
    let ours = load.measure(&server.process, server.seats(load).await?).await?;
    let other = hocuspocus::Server::start()?;
    let theirs = load.measure(&other.process, other.seats(load).await?).await.context("Hocuspocus")?;
    for (what, unit, ours, theirs) in [
        ("p50", "ms", ours.p50, theirs.p50),
        ("p99", "ms", ours.p99, theirs.p99),
        ("processors", "%", ours.processors, theirs.processors),
    ] {
        print(&format!("{}-{what}", load.name), unit, ours, Some(theirs));
    }
    Ok(())
}

/// A socket that sends small messages at once, as browsers do.
async fn connect(url: &str) -> anyhow::Result<Socket> {
    let connecting = connect_async_with_config(url, None, true);
    Ok(timeout(MESSAGE_TIME, connecting).await.context("a connection takes too long")??.0)
}

/// The next message of a stream that goes on.
async fn next(
    stream: &mut (impl Stream<Item = Result<Message, tungstenite::Error>> + Unpin),
) -> anyhow::Result<Message> {
    let message = timeout(MESSAGE_TIME, stream.next()).await.context("no message came for a minute")?;
    let message = message.context("the connection ended")??;
    ensure!(!message.is_close(), "the server closed it: {message}");
    Ok(message)
}

/// Waits for a binary message that begins like this.
async fn until(
    stream: &mut (impl Stream<Item = Result<Message, tungstenite::Error>> + Unpin),
    begins: impl Fn(&[u8]) -> bool,
) -> anyhow::Result<Vec<u8>> {
    loop {
        if let Message::Binary(bytes) = next(stream).await?
            && begins(&bytes)
        {
            return Ok(bytes.to_vec());
        }
    }
}

/// The time within which this part of them was, in milliseconds.
fn part(times: &mut [Duration], part: f64) -> f64 {
    times.sort();
    let at = ((times.len() as f64 * part).ceil() as usize).clamp(1, times.len()) - 1;
    times[at].as_secs_f64() * 1e3
}
