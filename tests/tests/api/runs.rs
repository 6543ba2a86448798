//! Programs that run in a sandbox, followed and steered over its second socket.

mod upgrade;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use shared::Etf;
use shared::api::code::Severity;
use shared::api::run::{ReplyValue, RunEnd, RunState};
use shared::limits::{LimitKind, Limits};
use shared::term::Atom;
use tests::client::Person;
use tests::server::TestServer;

use crate::place::Place;
use crate::watcher::{Watcher, watch};

async fn place(files: Value) -> Place {
    Place::new(json!({"files": files})).await
}

const COUNTER: &str = r#"
defmodule Counter do
  use GenServer
  def start_link(first), do: GenServer.start_link(__MODULE__, first, name: __MODULE__)
  def init(first), do: {:ok, first}
  def handle_call(:next, _from, n), do: {:reply, n, n + 1}
end
"#;

/// Stays until it is told to go.
const SERVING: &str = r#"
{:ok, _} = Supervisor.start_link([{Counter, 7}], strategy: :one_for_one, name: Crew)
table = :ets.new(:notes, [:named_table, :ordered_set])
for n <- 1..5, do: :ets.insert(table, {n, "note #{n}"})
IO.puts("serving")
Process.sleep(:infinity)
"#;

pub(crate) fn serving() -> Value {
    json!({"lib/counter.ex": COUNTER, "main.exs": SERVING})
}

#[tokio::test]
async fn everybody_sees_what_a_program_does() {
    let place = place(json!({"lib/greet.ex": "defmodule Greet do\n  def hello(name), do: \"Hello, #{name}\"\nend\n",
        "main.exs": "IO.puts(Greet.hello(hd(System.argv())))\nspawn(fn -> :ok end)\n"}))
    .await;
    let viewer = place.member("viewer").await;
    let mut looking = place.watch(&viewer).await;
    assert_eq!(looking.seen, None);
    assert_eq!(looking.ask("run", json!({})).await, Err("forbidden".to_owned()));
    let mut owner = place.watch(&place.owner).await;
    let status = owner.run(json!({"arguments": ["Ada"]})).await;
    assert_eq!((status.by.as_str(), &status.state), (place.owner.id.as_str(), &RunState::Compiling));
    assert_eq!(owner.end().await, RunEnd::Exited { status: 0 });
    assert_eq!(looking.end().await, RunEnd::Exited { status: 0 });
    assert_eq!(looking.output(), "Hello, Ada\n");
    assert_eq!(looking.seen().picture, owner.seen().picture);
    // Whoever comes later sees the same.
    let late = place.watch(&viewer).await;
    assert_eq!(late.seen().picture, owner.seen().picture);
    let Ok(Some(ReplyValue::Picture(picture))) = looking.ask("picture", json!({})).await else { panic!("a picture") };
    assert_eq!(*picture, owner.seen().picture);
    assert_eq!(owner.ask("stop", json!({})).await, Err("conflict".to_owned()));
}

#[tokio::test]
async fn several_who_press_run_at_once_get_one_run() {
    let place = place(serving()).await;
    let mut people = Vec::new();
    for _ in 0..4 {
        let editor = place.member("editor").await;
        people.push(place.watch(&editor).await);
    }
    for person in &mut people {
        person.send("run", json!({})).await;
    }
    let mut runs = Vec::new();
    for person in &mut people {
        loop {
            if let Some((_, answer)) = person.step().await {
                let Ok(Some(ReplyValue::Run { status })) = answer else { panic!("{answer:?}") };
                runs.push(status.run);
                break;
            }
        }
        person.says("serving").await;
    }
    runs.dedup();
    assert_eq!(runs.len(), 1);
    // One more while it runs: the old one ends before the new one begins, for everybody.
    let first = runs.remove(0);
    let status = people[0].run(json!({})).await;
    assert_ne!(status.run, first);
    for person in &mut people {
        person.until(|seen| seen.status.run == status.run).await;
        person.says("serving").await;
    }
}

#[tokio::test]
async fn a_machine_outlives_those_who_look_and_ends_when_it_is_told() {
    let place = place(serving()).await;
    let mut owner = place.watch(&place.owner).await;
    let status = owner.run(json!({})).await;
    owner.says("serving").await;
    drop(owner);
    let mut again = place.watch(&place.owner).await;
    assert_eq!((&again.seen().status.run, &again.seen().status.state), (&status.run, &RunState::Running));
    assert!(again.output().contains("serving"));
    assert_eq!(again.ask("stop", json!({})).await, Ok(None));
    assert_eq!(again.end().await, RunEnd::Stopped { by: Some(place.owner.id.clone()) });
    let Ok(Some(ReplyValue::Run { status: second })) = again.ask("restart", json!({})).await else { panic!("a run") };
    again.until(|seen| seen.status.run == second.run).await;
    again.says("serving").await;
    let path = format!("/api/sandboxes/{}", place.sandbox);
    place.owner.ask(reqwest::Method::DELETE, &path, None).await.unwrap();
    assert_eq!(again.socket.closed().await.unwrap(), 4403);
}

#[tokio::test]
async fn one_can_look_into_what_runs_and_interfere() {
    let place = place(serving()).await;
    let mut owner = place.watch(&place.owner).await;
    owner.run(json!({})).await;
    owner.says("serving").await;
    let counter = owner.named("Elixir.Counter");
    let asked =
        owner.ask("inspect", json!({"pid": counter, "items": ["registered_name", "message_queue_len", "x"]})).await;
    let Ok(Some(ReplyValue::Process { items })) = asked else { panic!("{asked:?}") };
    assert_eq!(items["registered_name"], Etf::atom("Elixir.Counter"));
    assert_eq!(items.len(), 2);
    let Ok(Some(ReplyValue::Tables { tables })) = owner.ask("tables", json!({})).await else { panic!("tables") };
    let notes = tables.iter().find(|table| table.name == *"notes").unwrap();
    assert_eq!((notes.kind.as_str(), notes.size), ("ordered_set", 5));
    let asked = owner.ask("rows", json!({"table": notes.id, "from": 1, "count": 2})).await;
    let Ok(Some(ReplyValue::Rows { rows, size: 5 })) = asked else { panic!("{asked:?}") };
    assert_eq!(rows.iter().map(ToString::to_string).collect::<Vec<_>>(), ["{2,<<\"note 2\">>}", "{3,<<\"note 3\">>}"]);

    let evaluated = |text: &str, failed| Ok(Some(ReplyValue::Evaluated { text: text.to_owned(), failed }));
    assert_eq!(owner.ask("evaluate", json!({"code": "GenServer.call(Counter, :next)"})).await, evaluated("7", false));
    assert_eq!(owner.ask("evaluate", json!({"code": "GenServer.call(Counter, :next)"})).await, evaluated("8", false));
    let failed = owner.ask("evaluate", json!({"code": "1 / 0"})).await.unwrap().unwrap();
    let ReplyValue::Evaluated { text, failed: true } = failed else { panic!("{failed:?}") };
    assert!(text.starts_with("** (ArithmeticError)"), "{text}");
    assert!(owner.seen().status.state.is_alive());

    // A worker that is killed is started again, and everybody sees it.
    let kill = json!({"input": {"command": "exit", "pid": counter, "reason": Etf::atom("kill")}});
    assert_eq!(owner.ask("tell", kill).await, Ok(None));
    owner
        .until(|seen| seen.picture.world.names.get(&Atom::new("Elixir.Counter")).is_some_and(|pid| *pid != counter))
        .await;
    let successor = owner.named("Elixir.Counter");
    assert_eq!(owner.seen().picture.world.processes[&successor].predecessor, Some(counter));
    // Suspended, it does not answer; resumed, it does.
    assert_eq!(owner.ask("tell", json!({"input": {"command": "suspend", "pid": successor}})).await, Ok(None));
    let asked = json!({"code": "try do GenServer.call(Counter, :next, 50) catch :exit, _ -> :nobody end"});
    assert_eq!(owner.ask("evaluate", asked.clone()).await, evaluated(":nobody", false));
    assert_eq!(owner.ask("tell", json!({"input": {"command": "resume", "pid": successor}})).await, Ok(None));
    assert_eq!(owner.ask("evaluate", asked).await, evaluated("8", false));
    for input in [json!({"command": "halt", "reason": Etf::atom("x")}), json!({"command": "advance_time", "wall": 1})] {
        assert_eq!(owner.ask("tell", json!({"input": input})).await, Err("invalid".to_owned()));
    }
    assert_eq!(owner.ask("inspect", json!({"pid": 999_999, "items": []})).await, Err("not_found".to_owned()));
}

#[tokio::test]
async fn one_can_type_to_a_program_and_hold_it() {
    let place = place(json!({"main.exs": r#"
name = IO.gets("Who? ")
IO.puts("Hello, #{String.trim(name)}")
:eof = IO.read(:line)
IO.puts("nothing more")
"#}))
    .await;
    let mut owner = place.watch(&place.owner).await;
    owner.run(json!({"paused": true})).await;
    owner.until(|seen| seen.status.state == RunState::Paused).await;
    assert_eq!(owner.output(), "");
    assert_eq!(owner.ask("step", json!({"turns": 0})).await, Err("invalid".to_owned()));
    assert_eq!(owner.ask("step", json!({"turns": 10})).await, Ok(None));
    owner.until(|seen| seen.picture.through.0 > 0).await;
    assert_eq!(owner.ask("continue", json!({})).await, Ok(None));
    assert_eq!(owner.ask("step", json!({"turns": 10})).await, Err("conflict".to_owned()));
    owner.until(|seen| seen.status.wants_input).await;
    assert_eq!(owner.output(), "Who? ");
    assert_eq!(owner.ask("input", json!({"text": "Joe\n"})).await, Ok(None));
    owner.says("Hello, Joe").await;
    assert_eq!(owner.ask("input", json!({"text": null})).await, Ok(None));
    assert_eq!(owner.end().await, RunEnd::Exited { status: 0 });
    assert!(owner.output().ends_with("nothing more\n"));
}

#[tokio::test]
async fn files_are_run_for_graders_in_one_call() {
    let server = TestServer::start().await.unwrap();
    let person = Person::guest(&server, "Grader").await.unwrap();
    let answer = person.post("/api/tokens", json!({"name": "grades", "scopes": ["run"]})).await.unwrap();
    let grader = person.with_token(&answer.text("secret"));
    let run = async |new: Value| grader.post("/api/runs", new).await.unwrap();
    let files = json!({"lib/counter.ex": COUNTER, "main.exs": r##"
{:ok, counter} = Counter.start_link(41)
GenServer.call(counter, :next)
Process.sleep(60_000)
IO.puts(:stderr, "warned")
IO.puts("#{IO.gets("") |> String.trim()} #{GenServer.call(counter, :next)}")
System.halt(7)
"##});
    let new = json!({"files": files, "input": "Answer\n", "events": ["spawned", "exited"]});
    let answer = run(new.clone()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["end"], json!({"how": "exited", "status": 7}));
    assert_eq!((answer.text("stdout").as_str(), answer.text("stderr").as_str()), ("Answer 42\n", "warned\n"));
    // A minute passed in the program, and not outside.
    assert!(answer.body["virtual_time"].as_u64().unwrap() >= 60_000_000_000);
    let events = answer.body["events"].as_array().unwrap();
    let kinds: Vec<&str> = events.iter().map(|event| event["kind"]["event"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"spawned") && kinds.contains(&"exited") && !kinds.contains(&"sent"));

    // With a seed everything is the same again.
    let mut seeded = new.clone();
    seeded["options"] = json!({"seed": 5, "time": {"fast": {"nanos_per_reduction": 20}}});
    let (first, second) = (run(seeded.clone()).await.body, run(seeded).await.body);
    for part in ["end", "stdout", "stderr", "events", "reductions", "virtual_time", "seed"] {
        assert_eq!(first[part], second[part], "{part}");
    }
    let endless = json!({"main.exs": "IO.puts(1)\nloop = fn loop -> loop.(loop) end\nloop.(loop)"});
    let endless = run(json!({"files": endless, "timeout_millis": 3000})).await;
    assert_eq!(endless.body["end"], json!({"how": "limit", "limit": "wall_clock"}));
    // Also where it sleeps, and time passes as outside.
    let asleep = json!({"main.exs": "Process.sleep(:infinity)"});
    let asleep = run(json!({"files": asleep, "options": {"time": "live"}, "timeout_millis": 1000})).await;
    assert_eq!(asleep.body["end"], json!({"how": "limit", "limit": "wall_clock"}), "{asleep:?}");
    let mistakes = [
        json!({"files": {"../main.exs": ""}}),
        json!({"files": {}, "options": {"target": {"what": "tests"}}}),
        json!({"files": {"main.exs": ""}, "timeout_millis": 3_600_000}),
        json!({"files": {"main.exs": ""}, "limits": {"processes": 100_000_000}}),
        json!({"files": {"main.exs": ""}, "unknown": 1}),
    ];
    for mistake in mistakes {
        let answer = run(mistake.clone()).await;
        assert!((400..500).contains(&answer.status), "{mistake}: {answer:?}");
    }
    let answer = person.post("/api/tokens", json!({"name": "reads", "scopes": ["read"]})).await.unwrap();
    let reader = person.with_token(&answer.text("secret"));
    assert_eq!(reader.post("/api/runs", new).await.unwrap().code(), "forbidden");
    // Nobody is there to type more, or to talk to what only waits.
    let shell = json!({"options": {"target": {"what": "shell"}}, "input": "x = 20\nx + 22\n"});
    let answer = run(shell).await;
    assert_eq!(answer.body["end"], json!({"how": "exited", "status": 0}), "{answer:?}");
    assert!(answer.text("stdout").contains("42"), "{answer:?}");
    let answer = run(json!({"files": {"lib/a.ex": "defmodule A do\nend"}})).await;
    assert_eq!(answer.body["end"], json!({"how": "exited", "status": 0}), "{answer:?}");
}

#[tokio::test]
async fn limits_hold_and_what_cannot_run_says_why() {
    let place = place(json!({"main.exs": "IO.puts(\"round\")\nloop = fn loop -> loop.(loop) end\nloop.(loop)",
        "broken.exs": "1 +", "halt.exs": "System.halt(3)", "flood.exs": r#"
me = self()
for n <- 1..60_000, do: send(me, n)
IO.puts("flooded")
Process.sleep(:infinity)
"#}))
    .await;
    let mut owner = place.watch(&place.owner).await;
    let path = format!("/api/sandboxes/{}", place.sandbox);
    let mut limits = serde_json::to_value(Limits::default()).unwrap();
    limits["total_reductions"] = 100_000_000.into();
    place.owner.ask(reqwest::Method::PATCH, &path, Some(json!({"limits": limits}))).await.unwrap();
    owner.run(json!({})).await;
    assert_eq!(owner.end().await, RunEnd::Limit { limit: LimitKind::TotalReductions });
    assert_eq!(owner.output(), "round\n");
    assert!(owner.seen().picture.world.limits.contains_key(&LimitKind::TotalReductions));
    place.owner.ask(reqwest::Method::PATCH, &path, Some(json!({"limits": Limits::default()}))).await.unwrap();
    owner.run(json!({"target": {"what": "file", "path": "halt.exs"}})).await;
    assert_eq!(owner.end().await, RunEnd::Exited { status: 3 });
    owner.run(json!({"target": {"what": "file", "path": "none.exs"}})).await;
    assert!(matches!(owner.end().await, RunEnd::Failed { .. }));
    owner.run(json!({"target": {"what": "tests"}})).await;
    assert!(matches!(owner.end().await, RunEnd::Failed { .. }));

    // More events than anybody can be sent: readers see pictures, and all of them the same.
    let viewer = place.member("viewer").await;
    let mut looking = place.watch(&viewer).await;
    owner.run(json!({"target": {"what": "file", "path": "flood.exs"}})).await;
    looking.until(|seen| seen.picture.world.totals.sent >= 60_000).await;
    looking.says("flooded").await;
    assert_eq!(owner.ask("pause", json!({})).await, Ok(None));
    owner.until(|seen| seen.status.state == RunState::Paused).await;
    looking.until(|seen| seen.status.state == RunState::Paused).await;
    let Ok(Some(ReplyValue::Picture(picture))) = owner.ask("picture", json!({})).await else { panic!("a picture") };
    assert_eq!(*picture, owner.seen().picture);
    assert_eq!(*picture, looking.seen().picture);
}

/// How the run is, without looking at the sandbox.
impl Place {
    /// Where parked machines lie.
    pub(crate) fn machines(&self) -> PathBuf {
        self.server.data().join("machines")
    }

    /// An hour passes in which nobody looks.
    async fn idle(&self) {
        self.server.state().clock().advance(60 * 60 * 1000);
        self.server.state().look_after().await;
    }

    /// Waits until what nobody looks at is parked.
    pub(crate) async fn park(&self) {
        while state(&self.owner, &self.sandbox).await != RunState::Parked {
            self.idle().await;
        }
    }
}

async fn state(owner: &Person, sandbox: &str) -> RunState {
    let answer = owner.get(&format!("/api/sandboxes/{sandbox}/run")).await.unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_value(answer.body["state"].clone()).unwrap()
}

/// What the program that serves gives, one after another, from 7 on.
pub(crate) const NEXT: &str = "GenServer.call(Counter, :next)";

#[tokio::test]
async fn what_nobody_looks_at_is_parked_and_comes_back_where_it_was() {
    let place = place(serving()).await;
    let mut owner = place.watch(&place.owner).await;
    let status = owner.run(json!({})).await;
    owner.says("serving").await;
    assert_eq!(owner.value(NEXT).await, "7");
    // As long as somebody looks, it stays.
    place.server.state().clock().advance(60 * 60 * 1000);
    place.server.state().look_after().await;
    assert_eq!(state(&place.owner, &place.sandbox).await, RunState::Running);
    let before = owner.seen().picture.world.output.clone();
    drop(owner);
    place.park().await;
    let mut again = place.watch(&place.owner).await;
    assert_eq!((&again.seen().status.run, &again.seen().picture.world.output), (&status.run, &before));
    again.until(|seen| seen.status.state == RunState::Running).await;
    assert_eq!(again.value(NEXT).await, "8");
    again.ask("stop", json!({})).await.unwrap();
    again.end().await;
}

#[tokio::test]
async fn what_cannot_be_written_goes_on() {
    let place = place(serving()).await;
    let mut owner = place.watch(&place.owner).await;
    owner.run(json!({})).await;
    owner.says("serving").await;
    assert_eq!(owner.value(NEXT).await, "7");
    drop(owner);
    let machines = place.machines();
    fs::remove_dir(&machines).unwrap();
    fs::write(&machines, "in the way").unwrap();
    while !metrics(&place.server).await.contains("orrery_machines_not_parked_total") {
        place.idle().await;
    }
    let mut again = place.watch(&place.owner).await;
    assert_eq!(again.seen().status.state, RunState::Running);
    assert_eq!(again.value(NEXT).await, "8");
    // What is in the way goes, and it is parked as ever.
    drop(again);
    fs::remove_file(&machines).unwrap();
    fs::create_dir(&machines).unwrap();
    place.park().await;
    let mut again = place.watch(&place.owner).await;
    assert_eq!(again.value(NEXT).await, "9");
}

async fn metrics(server: &TestServer) -> String {
    reqwest::get(server.url("/metrics")).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_program_goes_with_its_owner() {
    let place = place(serving()).await;
    let kept = place.member("editor").await;
    let mut owner = place.watch(&place.owner).await;
    owner.run(json!({})).await;
    owner.says("serving").await;
    drop(owner);
    place.park().await;
    assert_eq!(fs::read_dir(place.machines()).unwrap().count(), 1);
    // It comes back for somebody who is there when it goes.
    let mut looking = place.watch(&kept).await;
    looking.until(|seen| seen.status.state == RunState::Running).await;
    assert_eq!(place.owner.ask(reqwest::Method::DELETE, "/api/account", None).await.unwrap().status, 204);
    assert_eq!(looking.socket.closed().await.unwrap(), 4403);
    assert_eq!(fs::read_dir(place.machines()).unwrap().count(), 0);
}

#[tokio::test]
async fn after_a_crash_a_program_goes_on_from_where_it_was_written_down() {
    let place = place(serving()).await;
    let mut owner = place.watch(&place.owner).await;
    owner.run(json!({})).await;
    owner.says("serving").await;
    assert_eq!(owner.value(NEXT).await, "7");
    place.idle().await;
    // Where nothing has happened since, nothing is written.
    let written = names(&place.machines());
    place.idle().await;
    assert_eq!(names(&place.machines()), written);
    assert_eq!(owner.value(NEXT).await, "8");
    place.idle().await;
    assert_ne!(names(&place.machines()), written);
    let before = owner.seen().picture.world.output.clone();
    assert_eq!(owner.value(NEXT).await, "9");
    assert_eq!(owner.seen().status.state, RunState::Running);
    // What the disk holds now is what a crash would leave, and a database has lost its server then.
    let crashed = tempfile::tempdir().unwrap();
    copy(place.server.data(), crashed.path());
    place.server.disconnect().await.unwrap();
    let server = TestServer::start_on(crashed, place.server.database()).await.unwrap();
    let person = Person::nobody(&server).with_token(&place.owner.token);
    let mut again = watch(&server, &person, &place.sandbox).await;
    again.until(|seen| seen.status.state == RunState::Running).await;
    assert_eq!(again.seen().picture.world.output, before);
    assert_eq!(again.value(NEXT).await, "9");
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn machines_that_a_crash_left_are_removed() {
    let place = place(serving()).await;
    let mut owner = place.watch(&place.owner).await;
    owner.run(json!({})).await;
    owner.says("serving").await;
    drop(owner);
    place.park().await;
    let machines = place.machines();
    fs::write(machines.join("run-lost-1"), "whole").unwrap();
    fs::write(machines.join("run-lost-2#1"), "half").unwrap();
    let server = place.server.restart().await.unwrap();
    assert_eq!(fs::read_dir(&machines).unwrap().count(), 1);
    let person = Person::nobody(&server).with_token(&place.owner.token);
    assert_eq!(watch(&server, &person, &place.sandbox).await.value(NEXT).await, "7");
}

#[tokio::test]
async fn a_restart_of_the_server_brings_every_run_back() {
    let place = place(serving()).await;
    let ended = place.owner.sandbox(json!({"files": {"main.exs": "IO.puts(\"done\")"}})).await.unwrap();
    let mut short = watch(&place.server, &place.owner, &ended).await;
    short.run(json!({})).await;
    let end = short.end().await;
    let mut owner = place.watch(&place.owner).await;
    owner.run(json!({})).await;
    owner.says("serving").await;
    for n in 7..10 {
        assert_eq!(owner.value(NEXT).await, n.to_string());
    }
    owner.ask("pause", json!({})).await.unwrap();
    owner.until(|seen| seen.status.state == RunState::Paused).await;
    let before = owner.seen().clone();

    let server = place.server.restart().await.unwrap();
    let person = Person::nobody(&server).with_token(&place.owner.token);
    assert_eq!(state(&person, &place.sandbox).await, RunState::Parked);
    let mut owner = watch(&server, &person, &place.sandbox).await;
    owner.until(|seen| seen.status.state == RunState::Paused).await;
    assert_eq!(owner.seen().picture, before.picture);
    owner.ask("continue", json!({})).await.unwrap();
    assert_eq!(owner.value(NEXT).await, "10");
    let mut short = watch(&server, &person, &ended).await;
    assert_eq!((short.end().await, short.output()), (end, "done\n".to_owned()));
    // Once more, and then by the API alone.
    let server = server.restart().await.unwrap();
    let person = Person::nobody(&server).with_token(&place.owner.token);
    let path = format!("/api/sandboxes/{}/run", place.sandbox);
    assert_eq!(person.ask(reqwest::Method::DELETE, &path, None).await.unwrap().status, 204);
    let mut owner = watch(&server, &person, &place.sandbox).await;
    assert!(matches!(owner.end().await, RunEnd::Stopped { .. }));
    assert_eq!(person.post(&path, json!({})).await.unwrap().status, 202);
    owner.until(|seen| seen.status.state == RunState::Running).await;
    owner.says("serving").await;
}

#[tokio::test]
async fn what_the_compilers_say_reaches_everybody() {
    let place =
        place(json!({"lib/a.ex": "defmodule A do\n  def f(x), do: 1\nend\n", "main.exs": "IO.puts(A.f(2))"})).await;
    let viewer = place.member("viewer").await;
    let mut looking = place.watch(&viewer).await;
    let mut owner = place.watch(&place.owner).await;
    owner.run(json!({})).await;
    assert_eq!(looking.end().await, RunEnd::Exited { status: 0 });
    assert_eq!(looking.output(), "1\n");
    let diagnostics = &looking.seen().diagnostics;
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    assert_eq!((diagnostics[0].severity, diagnostics[0].file.as_deref()), (Severity::Warning, Some("lib/a.ex")));
    assert_eq!(diagnostics[0].start.unwrap().line, 2);

    let files = json!({"lib/a.ex": "defmodule A do\n  def f(x), do: y\nend\n", "main.exs": "IO.puts(A.f(2))"});
    let broken = place.owner.sandbox(json!({"files": files})).await.unwrap();
    let mut owner = watch(&place.server, &place.owner, &broken).await;
    owner.run(json!({})).await;
    assert_eq!(owner.end().await, RunEnd::NotCompiled);
    let errors = owner.seen().diagnostics.iter().filter(|it| it.severity == Severity::Error);
    assert!(errors.map(|it| it.start.unwrap().line).eq([2]), "{:?}", owner.seen().diagnostics);
    let late = watch(&place.server, &place.owner, &broken).await;
    assert_eq!(late.seen(), owner.seen());
}
