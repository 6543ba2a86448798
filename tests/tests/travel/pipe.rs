//! A machine in another OS process does what the same machine does here.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command as Program, Stdio};

use sandbox_runtime::kernel::Config;
use sandbox_runtime::runner;
use sandbox_runtime::timeline::{Origin, Timeline};
use shared::command::Command;
use shared::frame::{Answer, Request, Stop};
use shared::{Etf, EventSeq, Pid};
use tests::travel::machine;

struct Remote(Child);

impl Remote {
    fn start(program: &str) -> Remote {
        let mut command = Program::new(env!("CARGO_BIN_EXE_machine-runner"));
        command.arg(program).stdin(Stdio::piped()).stdout(Stdio::piped());
        Remote(command.spawn().expect("the runner can be started"))
    }

    fn say(&mut self, line: &str) -> Answer {
        let input = self.0.stdin.as_mut().expect("a pipe");
        writeln!(input, "{line}").expect("it listens");
        let mut answer = String::new();
        // One answer for one line, so nothing is left in the buffer.
        BufReader::new(self.0.stdout.as_mut().expect("a pipe")).read_line(&mut answer).expect("it answers");
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    fn ask(&mut self, request: &Request) -> Answer {
        self.say(&serde_json::to_string(request).expect("json"))
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        assert!(self.0.wait().expect("it was started").success());
    }
}

#[test]
fn a_machine_is_driven_over_a_pipe() {
    let mut remote = Remote::start("counters");
    let mut here = Timeline::record(machine(Config::default(), "counters"), Origin::default()).expect("wasm guests");
    let kill = Command::Exit { pid: Pid(4), reason: Etf::atom("kill") };
    let requests = [
        Request::Run { turns: 50, until: None },
        Request::Inspect { pid: Pid(1), item: "message_queue_len".into() },
        Request::Inspect { pid: Pid(2), item: "dictionary".into() },
        Request::Run { turns: 300, until: None },
        Request::StateHash,
        Request::Seek { event: Some(EventSeq(200)) },
        Request::Run { turns: 1, until: None },
        Request::StateHash,
        Request::Fork { changes: vec![kill.clone()] },
        Request::Run { turns: 100_000, until: None },
        Request::Command { command: Box::new(kill) },
        Request::Recording,
        Request::StateHash,
    ];
    let mut kinds = Vec::new();
    for request in requests {
        let answer = remote.ask(&request);
        assert_eq!(answer, runner::answer(&mut here, request.clone()), "{request:?}");
        kinds.push(match &answer {
            Answer::Failed { reason } => reason.clone(),
            Answer::Ran { stopped: Stop::Turns, events } => format!("{} events", events.len().min(1)),
            Answer::Ran { stopped, .. } => format!("{stopped:?}"),
            Answer::Inspected { value } => format!("{}", value.is_some()),
            _ => String::new(),
        });
    }
    let expected = ["1 events", "true", "true", "1 events", "", "", "the machine is in the past"];
    assert!(kinds.iter().zip(expected).all(|(kind, expected)| kind.starts_with(expected)), "{kinds:?}");
    assert!(kinds[9].starts_with("Idle") || kinds[9].starts_with("Halted"), "{kinds:?}");
    assert!(matches!(remote.say("nonsense"), Answer::Failed { reason } if reason.contains("no request")));
    assert!(matches!(remote.say(r#"{"request":"run","turns":1,"x":2}"#), Answer::Failed { .. }));
    assert!(matches!(remote.ask(&Request::StateHash), Answer::StateHash { .. }));
}
