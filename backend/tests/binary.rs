//! The binary as people start it: its link, its signals, and what it says when it cannot start.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is how it fails")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Server {
    child: Child,
    address: String,
}

fn orrery() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orrery"));
    for name in ["ORRERY_CONFIG", "ORRERY_HOST", "ORRERY_PORT", "ORRERY_DATA", "ORRERY_LOG"] {
        command.env_remove(name);
    }
    command
}

fn start(data: &Path) -> Server {
    let mut command = orrery();
    command.args(["--port", "0", "--data"]).arg(data).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let (_, link) = line.split_once("http://").expect("the first line has the link");
    Server { child, address: link.trim_end().trim_end_matches('/').to_owned() }
}

impl Server {
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn stop(mut self, signal: &str) -> bool {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap().success()
    }
}

#[test]
fn it_prints_a_link_that_works_and_stops_when_told_to() {
    let data = tempfile::tempdir().unwrap();
    for signal in ["-TERM", "-INT"] {
        let server = start(data.path());
        assert!(server.get("/api/health").starts_with("HTTP/1.1 200 OK"));
        assert!(server.stop(signal), "{signal}");
    }
    assert!(data.path().join("orrery.sqlite").exists());
}

/// Which migration its database has reached.
fn schema(server: &Server) -> u32 {
    let health = server.get("/api/health");
    let (_, number) = health.split_once("\"schema\":").unwrap();
    number.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
}

#[test]
fn it_starts_again_after_being_killed() {
    let data = tempfile::tempdir().unwrap();
    let killed = start(data.path());
    let before = schema(&killed);
    assert!(!killed.stop("-KILL"));
    let server = start(data.path());
    assert_eq!(schema(&server), before);
    assert!(server.stop("-TERM"));
}

#[test]
fn it_says_what_is_wrong_and_what_to_do() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("file");
    std::fs::write(&file, "prot = 1").unwrap();
    let running = start(data.path());
    let port = running.address.rsplit(':').next().unwrap();
    let other = tempfile::tempdir().unwrap();
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let cases = [
        (vec!["--config".into(), path(&file)], "unknown field `prot`"),
        (vec!["--port".into(), "0".into(), "--data".into(), path(data.path())], "another server is using"),
        (vec!["--port".into(), port.to_owned(), "--data".into(), path(other.path())], "choose another with --port"),
        (vec!["--port".into(), "0".into(), "--data".into(), path(&file)], "cannot be used"),
        (vec!["--log".into(), "a=b=c".into(), "--data".into(), path(other.path())], "log filter"),
    ];
    for (arguments, complaint) in cases {
        let output = orrery().args(&arguments).output().unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(complaint), "{arguments:?} says {said}");
    }
    assert!(running.stop("-TERM"));
}
