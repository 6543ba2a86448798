//! What editors and those who look into a program ask for: the formatter, what may be meant, sessions, states, filters.

use reqwest::Method;
use serde_json::{Value, json};
use shared::api::code::{CompletionKind, Completions, Formatted};
use shared::api::live::{LiveEvent, ServerMessage};
use shared::api::run::ReplyValue;
use shared::event::EventKind;
use shared::limits::LimitKind;
use shared::world::World;
use shared::{Pid, Term};
use tests::client::Person;
use tests::live::LiveSocket;
use tests::server::TestServer;

use crate::place::Place;
use crate::watcher::Watcher;

/// A sandbox with these files, and its owner who looks.
async fn place(files: Value) -> (Place, Watcher) {
    let place = Place::new(json!({"files": files})).await;
    let owner = place.watch(&place.owner).await;
    (place, owner)
}

impl Watcher {
    async fn complete(&mut self, path: &str, before: &str) -> Completions {
        match self.ask("complete", json!({"path": path, "before": before})).await {
            Ok(Some(ReplyValue::Completions(completions))) => completions,
            other => panic!("{before}: {other:?}"),
        }
    }

    /// Runs it until it has written this.
    async fn run_until(&mut self, text: &str) {
        self.run(json!({})).await;
        self.says(text).await;
    }

    fn world(&self) -> &World {
        &self.seen().picture.world
    }

    /// Takes what happens until the picture is as it is wanted.
    async fn until_world(&mut self, wanted: impl Fn(&World) -> bool) {
        self.until(|seen| wanted(&seen.picture.world)).await;
    }
}

const COUNTER: &str = r#"defmodule Counter do
  @moduledoc "Counts."
  use GenServer
  def start_link(n), do: GenServer.start_link(__MODULE__, n, name: :counter)

  @doc "Adds `by` to what there is."
  def add(by), do: GenServer.call(:counter, {:add, by})

  @doc false
  def hidden, do: :no

  def init(n), do: {:ok, %{n: n, log: []}}
  def handle_call({:add, by}, _from, state) do
    {:reply, state.n + by, %{state | n: state.n + by, log: [by | state.log]}}
  end
end
"#;

const MAIN: &str = "{:ok, _} = Counter.start_link(1)\nIO.puts(\"ready\")\nProcess.sleep(:infinity)\n";

#[tokio::test]
async fn a_file_is_formatted_by_the_real_formatter_as_few_changes() {
    let settings = "[line_length: 20]";
    let (place, mut owner) = place(json!({"a.ex": "x", ".formatter.exs": settings})).await;
    let path = place.path("/format");
    let text = "defmodule  A do\ndef f( x ),do: {:ok,\"🦀\" ,x}\nend";
    let formatted = "defmodule A do\n  def f(x),\n    do:\n      {:ok, \"🦀\", x}\nend\n";
    let answer = place.owner.post(&path, json!({"path": "a.ex", "text": text})).await.unwrap();
    let Ok(Formatted::Done { text: new, changes }) = serde_json::from_value(answer.body.clone()) else {
        panic!("{answer:?}")
    };
    assert_eq!(new, formatted);
    let mut units: Vec<u16> = text.encode_utf16().collect();
    for change in changes.iter().rev() {
        units.splice(change.from as usize..change.to as usize, change.insert.encode_utf16());
    }
    assert_eq!(String::from_utf16(&units).unwrap(), formatted);
    assert!(changes.len() > 3, "it is not replaced as a whole: {changes:?}");
    // The same over the socket, and what cannot be read says where.
    let file = json!({"file": {"path": "lib/b.ex", "text": "def f(]\n"}});
    let refused = match owner.ask("format", file).await.unwrap() {
        Some(ReplyValue::Formatted { formatted }) => *formatted,
        other => panic!("{other:?}"),
    };
    let Formatted::Refused { diagnostic } = refused else { panic!("{refused:?}") };
    assert_eq!(diagnostic.file.as_deref(), Some("lib/b.ex"));
    assert_eq!(diagnostic.start.map(|at| (at.line, at.column)), Some((1, Some(7))), "{diagnostic:?}");
    let erlang = place.owner.post(&path, json!({"path": "a.erl", "text": "-module(a)."})).await.unwrap();
    assert_eq!((erlang.status, erlang.code()), (400, "invalid"), "{erlang:?}");
    let long = place.owner.post(&path, json!({"path": "a.ex", "text": "#".repeat((1 << 20) + 1)})).await.unwrap();
    assert_eq!(long.status, 413);
}

#[tokio::test]
async fn what_may_be_meant_is_known_of_the_library_and_of_the_program() {
    let (_place, mut owner) = place(json!({"lib/counter.ex": COUNTER, "main.exs": MAIN})).await;
    // Nothing runs yet.
    let found = owner.complete("main.exs", "x = Enum.map_").await;
    let labels: Vec<&str> = found.items.iter().map(|item| item.label.as_str()).collect();
    assert!(labels.contains(&"map_reduce") && !labels.contains(&"map"), "{labels:?}");
    assert_eq!(found.replaces, 4);
    let reduce = found.items.iter().find(|item| item.label == "map_reduce").unwrap();
    assert_eq!(reduce.detail, "(enumerable, acc, fun)");
    assert!(reduce.about.as_ref().is_some_and(|about| about.starts_with("Invokes the given function")), "{reduce:?}");
    let modules = owner.complete("main.exs", "GenS").await;
    assert_eq!(modules.items.iter().map(|item| item.label.as_str()).collect::<Vec<_>>(), ["GenServer"]);
    assert_eq!(modules.items[0].kind, CompletionKind::Module);
    let plain = owner.complete("main.exs", "defmodu").await;
    assert_eq!((plain.items[0].label.as_str(), plain.items[0].kind), ("defmodule", CompletionKind::Macro));
    assert!(owner.complete("a.erl", "lists:keyf").await.items.iter().any(|item| item.label == "keyfind"));
    assert!(owner.complete("main.exs", ":ets.ins").await.items.iter().any(|item| item.label == "insert"));
    assert_eq!(owner.complete("main.exs", "Counter.").await, Completions::default());
    // What runs is known, and its processes do not notice.
    owner.run_until("ready").await;
    let spawned = owner.world().totals.spawned;
    let found = owner.complete("main.exs", "Counter.").await;
    let labels: Vec<&str> = found.items.iter().map(|item| item.label.as_str()).collect();
    assert_eq!(labels, ["add", "child_spec", "init", "start_link"]);
    assert_eq!(found.items[0].about.as_deref(), Some("Adds `by` to what there is."));
    assert_eq!(found.items[0].detail, "(by)");
    owner.ask("picture", json!({})).await.unwrap();
    assert_eq!(owner.world().totals.spawned, spawned);
}

#[tokio::test]
async fn a_session_keeps_its_bindings_and_is_ones_own() {
    let (place, mut owner) = place(json!({"lib/counter.ex": COUNTER, "main.exs": MAIN})).await;
    assert!(owner.ask("session", json!({"text": "1"})).await.is_err(), "nothing runs");
    owner.run_until("ready").await;
    let said = |world: &World, pid: Pid| -> String {
        let pieces = world.sessions.get(&pid).map(|session| session.pieces.iter().cloned().collect::<Vec<_>>());
        pieces.unwrap_or_default().iter().map(|piece| String::from_utf8_lossy(&piece.bytes).into_owned()).collect()
    };
    let open = async |owner: &mut Watcher, text: &str| match owner.ask("session", json!({"text": text})).await {
        Ok(Some(ReplyValue::Session { pid })) => pid,
        other => panic!("{other:?}"),
    };
    let mine = open(&mut owner, "x = Counter.add(41)").await;
    owner.until_world(|world| said(world, mine).contains("42")).await;
    assert_eq!(open(&mut owner, "{:twice, x * 2}").await, mine);
    owner.until_world(|world| said(world, mine).contains("{:twice, 84}")).await;
    assert!(said(owner.world(), mine).contains("x = Counter.add(41)\n"), "what was typed is seen, too");
    assert!(!owner.world().output.text().contains("84"));
    // Somebody else has a session of their own.
    let other = place.member("editor").await;
    let mut socket = LiveSocket::open(&place.server, &other, &place.sandbox, "&kinds=run").await.unwrap();
    socket.send(r#"{"id":1,"command":"session","text":null}"#).await.unwrap();
    let theirs = socket.until(|message| match message {
        ServerMessage::Reply { value, .. } => Some(value.map(|value| *value)),
        _ => None,
    });
    let Some(ReplyValue::Session { pid: theirs }) = theirs.await.unwrap() else { panic!("a session") };
    assert_ne!(theirs, mine);
    // One that computes for ever can be ended, and the next one begins anew.
    open(&mut owner, "Stream.repeatedly(fn -> 1 end) |> Stream.run()").await;
    owner.ask("end_session", json!({})).await.unwrap();
    owner.until_world(|world| world.sessions[&mine].is_over).await;
    let next = open(&mut owner, "is_list(binding()) and binding() == []").await;
    owner.until_world(|world| said(world, next).contains("true")).await;
    assert_ne!(next, mine);
}

#[tokio::test]
async fn the_states_of_a_process_are_remembered_while_somebody_looks() {
    let (_place, mut owner) = place(json!({"lib/counter.ex": COUNTER, "main.exs": MAIN})).await;
    owner.run_until("ready").await;
    let counter = owner.named("counter");
    let states = async |owner: &mut Watcher| match owner.ask("states", json!({"pid": counter})).await {
        Ok(Some(ReplyValue::States { states })) => states,
        other => panic!("{other:?}"),
    };
    let first = states(&mut owner).await;
    assert_eq!(first.len(), 1);
    for n in [10, 20] {
        owner.ask("evaluate", json!({"code": format!("Counter.add({n})")})).await.unwrap();
    }
    let all = states(&mut owner).await;
    let n = |term: &Term| match term {
        Term::Map(map) => map.get(&Term::atom("n")).and_then(Term::as_int),
        _ => None,
    };
    let decoded: Vec<_> = all.iter().map(|it| n(&it.state.as_ref().unwrap().decode().unwrap())).collect();
    assert_eq!(decoded, [Some(1), Some(11), Some(31)]);
    assert!(all.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    let Some(ReplyValue::Usage(usage)) = owner.ask("usage", json!({})).await.unwrap() else {
        panic!("how much it uses")
    };
    let used = |limit: LimitKind| usage.used.iter().find(|used| used.limit == limit).unwrap();
    assert!(used(LimitKind::Processes).now > 20 && used(LimitKind::Processes).most == Some(10_000));
    assert!(used(LimitKind::TotalBytes).now > 0 && used(LimitKind::TotalReductions).most.is_none());
    assert!(!usage.largest.is_empty() && usage.largest.is_sorted_by(|a, b| a.amount >= b.amount));
}

#[tokio::test]
async fn only_events_that_match_a_pattern_are_sent() {
    let main = "{:ok, _} = Counter.start_link(1)\nfor n <- 1..50, do: Counter.add(n)\nIO.puts(\"done\")\nProcess.sleep(:infinity)\n";
    let (place, mut owner) = place(json!({"lib/counter.ex": COUNTER, "main.exs": main})).await;
    // In the address: encoded as a browser does.
    let pattern = "%25%7Bevent:%20:sent,%20message:%20%7B_,%20_,%20%7B:add,%20n%7D%7D%7D%20when%20n%20%3E%2045";
    let query = format!("&kinds=events&pattern={pattern}");
    let mut filtered = LiveSocket::open(&place.server, &place.owner, &place.sandbox, &query).await.unwrap();
    owner.run_until("done").await;
    let mut seen = Vec::new();
    while seen.len() < 5 {
        let ServerMessage::Event(event) = filtered.next().await.unwrap().expect("it goes on") else { continue };
        let LiveEvent::Events(batch) = event.event else { panic!("only events are wanted") };
        for event in batch.events {
            let EventKind::Sent { message, .. } = event.kind else { panic!("only messages are wanted: {event:?}") };
            let message = message.decode().unwrap();
            let request = message.as_tuple().unwrap()[2].as_tuple().unwrap();
            seen.push(request[1].as_int().unwrap());
        }
    }
    assert_eq!(seen, [46, 47, 48, 49, 50]);
    // The filter of a connection can be another one, and what cannot be read says where.
    let bad = json!({"kinds": null, "events": {"pattern": "%{event: }"}});
    assert_eq!(owner.ask("filter", bad).await, Err("invalid".to_owned()));
    assert_eq!(owner.why, "the pattern, column 10: a pattern is expected here");
    owner.ask("filter", json!({"kinds": null, "events": {"kinds": ["exited"]}})).await.unwrap();
    owner.batches.clear();
    owner.ask("evaluate", json!({"code": "send(self(), :hi)"})).await.unwrap();
    owner.until_world(|world| world.totals.exited > 0).await;
    let kinds = owner.batches.iter().flat_map(|batch| &batch.events).map(|event| event.kind.name());
    assert!(kinds.into_iter().all(|kind| kind == "exited"));
    for query in ["pattern=%25%7B", "events=launched", "pids=x", "pattern=x%20when"] {
        let path = place.path(&format!("/events?{query}"));
        let answer = place.owner.ask(Method::GET, &path, None).await.unwrap();
        assert_eq!((answer.status, answer.code()), (400, "invalid"), "{query}: {answer:?}");
    }
}

#[tokio::test]
async fn graders_get_only_the_events_that_match() {
    let server = TestServer::start().await.unwrap();
    let owner = Person::guest(&server, "Owner").await.unwrap();
    let main = "me = self()\nfor n <- 1..9, do: send(me, {:n, n})\n";
    let run =
        json!({"files": {"main.exs": main}, "filter": {"pattern": "%{event: :sent, message: {:n, n}} when n > 7"}});
    let answer = owner.post("/api/runs", run).await.unwrap();
    assert_eq!(answer.body["events"].as_array().map(Vec::len), Some(2), "{answer:?}");
    let bad = json!({"files": {"main.exs": main}, "filter": {"pattern": "%{"}});
    let answer = owner.post("/api/runs", bad).await.unwrap();
    assert_eq!(answer.body["end"]["how"], "not_compiled", "{answer:?}");
    assert!(answer.body["diagnostics"][0]["message"].as_str().unwrap().contains("pattern"), "{answer:?}");
}
