//! How long a server takes until it answers, and how it shares what it has among sandboxes.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::{Context, Figure, program};
use crate::process::command;
use crate::stamp;
use crate::workspace::Flavour;

/// A server that has not answered after so long never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// A start is measured from the start of the process to the first answer of `/api/health`: cold with an empty data
/// folder, warm with the one that is then there.
pub(crate) fn measure(context: &Context<'_>) -> anyhow::Result<Vec<Figure>> {
    let data = context.workspace.state().join("bench-data");
    let program = context.workspace.server(Flavour::Release);
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        stamp::remove_dir(&data)?;
        cold.push(start_once(&program, &data)?);
        warm.push(start_once(&program, &data)?);
    }
    stamp::remove_dir(&data)?;
    let megabytes = fs::metadata(&program)?.len() as f64 / 1e6;
    let mut figures = vec![
        Figure::absolute("server/cold-start", "ms", median(&mut cold)),
        Figure::absolute("server/warm-start", "ms", median(&mut warm)),
        Figure::absolute("server/binary", "MB", megabytes),
    ];
    figures.extend(program::figures(context, "server")?);
    Ok(figures)
}

fn start_once(program: &Path, data: &Path) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let mut server = command(program, ["--port", "0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("starting {}", program.display()))?;
    let answered = first_answer(&mut server).map(|()| begun.elapsed());
    server.kill()?;
    server.wait()?;
    answered
}

fn first_answer(server: &mut Child) -> anyhow::Result<()> {
    let stdout = server.stdout.take().context("its output is a pipe")?;
    let (link, printed) = mpsc::channel();
    // It ends with the server at the latest.
    thread::spawn(move || {
        let address = BufReader::new(stdout).lines().find_map(|line| {
            let line = line.ok()?;
            line.split_once("http://").map(|(_, rest)| rest.trim_end_matches('/').to_owned())
        });
        link.send(address)
    });
    let address = printed.recv_timeout(PATIENCE).context("the server does not start")?;
    let address = address.context("the server printed no link")?;
    let mut stream = TcpStream::connect(&address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET /api/health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.1 200") { Ok(()) } else { bail!("the server answered {answer}") }
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default().as_secs_f64() * 1e3
}
