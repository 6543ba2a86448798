//! The HTTP API of a real server once more, with everything stored in a PostgreSQL that is started for it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use super::{Context, Outcome, cargo_test};
use crate::process::{command, run_quiet};
use crate::setup::{self, debian};

/// Who owns the databases, and under Debian also the user that its package makes.
const USER: &str = "postgres";

/// How long it may take to start.
const START: Duration = Duration::from_secs(60);

/// How long it may take to end.
const END: Duration = Duration::from_secs(10);

pub(crate) fn run(context: &Context<'_>) -> anyhow::Result<Outcome> {
    let server = Server::start(&setup::postgres(context.workspace)?)?;
    let database = server.url();
    cargo_test::run_with(&["--workspace", "--test", "api"], &[("ORRERY_TEST_DATABASE", &database)], context)
}

/// A PostgreSQL with a folder of its own, reached over a socket in it; it ends with this.
#[derive(Debug)]
struct Server {
    process: Child,
    folder: TempDir,
}

impl Server {
    fn start(programs: &Path) -> anyhow::Result<Self> {
        // Not in the workspace: the user that runs it may not be let in there.
        let folder = tempfile::tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777))?;
        let data = folder.path().join("data");
        let program = |name: &str| {
            let mut command = debian::unprivileged(USER, &programs.join(name).to_string_lossy());
            command.current_dir(folder.path()).arg("-D").arg(&data).stdin(Stdio::null());
            command
        };
        run_quiet(program("initdb").args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", "-U", USER]))?;
        let log = fs::File::create(folder.path().join("log"))?;
        let mut server = program("postgres");
        // What is in it need not survive.
        server.args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=800"]);
        server.arg("-c").arg(format!("unix_socket_directories={}", folder.path().display()));
        let process = server.stdout(log.try_clone()?).stderr(log).spawn().context("starting PostgreSQL")?;
        let mut server = Self { process, folder };
        server.wait_until_ready(&programs.join("pg_isready"))?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, pg_isready: &Path) -> anyhow::Result<()> {
        let begun = Instant::now();
        let mut asked = Command::new(pg_isready);
        asked.arg("-q").arg("-h").arg(self.folder.path());
        while !asked.status().context("starting pg_isready")?.success() {
            if begun.elapsed() > START || self.process.try_wait()?.is_some() {
                let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                bail!("PostgreSQL does not start:\n{log}");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Where it is; the path is that of a database in which others can be made.
    fn url(&self) -> String {
        format!("postgres:///postgres?host={}&user={USER}", self.folder.path().display())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // At once, but with its own processes and shared memory; it has nothing to lose.
        let told = run_quiet(&mut command("kill", ["-QUIT", &self.process.id().to_string()]));
        let begun = Instant::now();
        while told.is_ok() && begun.elapsed() < END && matches!(self.process.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(20));
        }
        // It may not have listened yet.
        if let Err(error) = self.process.kill().and_then(|()| self.process.wait()) {
            eprintln!("PostgreSQL does not end: {error}");
        }
    }
}
