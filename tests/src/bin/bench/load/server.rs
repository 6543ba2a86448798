//! The server that is measured.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::SinkExt as _;
use serde_json::json;
use tests::client::Person;
use tests::socket::frame;
use tokio_tungstenite::tungstenite::Message;

use super::rooms::{Load, Seat};
use super::{Socket, connect, until};

/// How long a server may take until it says where it is.
const START_TIME: Duration = Duration::from_secs(60);

/// A server that ends with this.
pub(crate) struct Process(Child);

impl Process {
    /// Starts one that says in its first line where it is, behind a colon and a blank.
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<(Self, String)> {
        let mut process = Self(command.stdout(Stdio::piped()).spawn()?);
        let mut said = BufReader::new(process.0.stdout.take().context("its output is a pipe")?).lines();
        let (line, first) = mpsc::channel();
        // It ends with the server at the latest.
        thread::spawn(move || line.send(said.next()));
        let line = first.recv_timeout(START_TIME).context("the server does not start")?;
        let line = line.context("the server says where it is")??;
        let base = line.split_once(": ").context("a link")?.1.trim_end_matches('/').to_owned();
        Ok((process, base))
    }

    /// What it has in memory, in kB.
    pub(crate) fn resident(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the system tells it")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// What it has had of the processors, in seconds.
    pub(crate) fn processor_time(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        let fields: Vec<&str> = stat.rsplit_once(')').context("a name")?.1.split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
        Ok(ticks / 100.0)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().and_then(|()| self.0.wait()).ok();
    }
}

/// Ours, with a data folder of its own.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) base: String,
    _data: tempfile::TempDir,
}

impl Server {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let program = std::env::var_os("ORRERY_SERVER").context("ORRERY_SERVER is not set; run `cargo xtask bench`")?;
        let data = tempfile::tempdir()?;
        let many = "100000000";
        let mut command = Command::new(program);
        command.args(["--port", "0", "--log", "error", "--requests-per-second", many, "--sign-ins-per-minute", many]);
        let (process, base) = Process::start(command.arg("--data").arg(data.path()))?;
        Ok(Self { process, base, _data: data })
    }

    pub(crate) async fn guest(&self) -> anyhow::Result<Person> {
        Person::guest_at(&self.base, "Guest").await
    }

    /// Opens the code of a sandbox, and takes what is there already.
    pub(crate) async fn code(&self, who: &Person, sandbox: &str) -> anyhow::Result<Socket> {
        let mut socket = connect(&self.code_url(who, sandbox)).await?;
        socket.send(Message::binary(frame(&[0, 0], &[0]))).await?;
        until(&mut socket, |bytes| bytes.starts_with(&[0, 1])).await?;
        Ok(socket)
    }

    /// Where the code of a sandbox is.
    pub(crate) fn code_url(&self, who: &Person, sandbox: &str) -> String {
        let base = self.base.replacen("http", "ws", 1);
        format!("{base}/api/sandboxes/{sandbox}/docs/code?access_token={}", who.token)
    }

    /// The code of a sandbox as one update.
    pub(crate) async fn state(&self, who: &Person, sandbox: &str) -> anyhow::Result<Vec<u8>> {
        let url = format!("{}/api/sandboxes/{sandbox}/docs/code/state", self.base);
        let answer = reqwest::Client::new().get(url).bearer_auth(&who.token).send().await?;
        Ok(answer.error_for_status()?.bytes().await?.to_vec())
    }

    /// People who may type in rooms.
    pub(crate) async fn seats(&self, load: &Load) -> anyhow::Result<Vec<Seat>> {
        let mut places = Vec::new();
        for _ in 0..load.rooms {
            let owner = self.guest().await?;
            let sandbox = owner.sandbox(json!({"files": {"main.exs": "# begin\n"}})).await?;
            let state = self.state(&owner, &sandbox).await?;
            let link = owner.link(&sandbox, "edit").await?;
            for number in 0..load.people {
                let person = if number == 0 { owner.clone() } else { self.guest().await? };
                if number > 0 {
                    person.open(&link).await?;
                }
                places.push((person, sandbox.clone(), state.clone()));
            }
        }
        // Whoever says nothing for a minute is gone, so nobody comes before all can.
        let mut seats = Vec::with_capacity(places.len());
        for (person, sandbox, state) in &places {
            seats.push(Seat::new(self.code(person, sandbox).await?, state, Vec::new())?);
        }
        Ok(seats)
    }
}
