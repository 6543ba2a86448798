//! Somebody who looks at a sandbox over its second socket, and remembers what a page would.

use serde_json::{Value, json};
use shared::api::live::{LiveEvent, ServerMessage};
use shared::api::run::{EventBatch, Picture, ReplyValue, RunEnd, RunSnapshot, RunState, RunStatus};
use shared::term::Atom;
use shared::world::World;
use shared::{EventSeq, Pid};
use tests::client::Person;
use tests::live::LiveSocket;
use tests::server::TestServer;

use crate::place::Place;

impl Place {
    pub(crate) async fn watch(&self, who: &Person) -> Watcher {
        watch(&self.server, who, &self.sandbox).await
    }
}

pub(crate) async fn watch(server: &TestServer, who: &Person, sandbox: &str) -> Watcher {
    let mut socket = LiveSocket::open(server, who, sandbox, "").await.unwrap();
    let snapshot = match socket.next().await.unwrap().unwrap() {
        ServerMessage::Snapshot { snapshot, .. } => snapshot.run,
        other => panic!("it begins with {other:?}"),
    };
    Watcher { socket, last: 0, seen: snapshot.map(|run| *run), batches: Vec::new(), why: String::new() }
}

pub(crate) struct Watcher {
    pub(crate) socket: LiveSocket,
    last: u64,
    pub(crate) seen: Option<RunSnapshot>,
    /// What came of events, since somebody cleared it.
    pub(crate) batches: Vec<EventBatch>,
    /// Why a command was refused last.
    pub(crate) why: String,
}

impl Watcher {
    /// Takes the next message; gives a reply with its number.
    pub(crate) async fn step(&mut self) -> Option<(u64, Result<Option<ReplyValue>, String>)> {
        match self.socket.next().await.unwrap().expect("it goes on") {
            ServerMessage::Reply { id, error, value } => {
                let done = match error {
                    None => Ok(value.map(|value| *value)),
                    Some(error) => {
                        self.why = error.message;
                        Err(error.code)
                    }
                };
                return Some((id, done));
            }
            ServerMessage::Snapshot { snapshot, .. } => self.seen = snapshot.run.map(|run| *run),
            ServerMessage::Event(event) => self.add(event.event),
            ServerMessage::Resumed { .. } => {}
        }
        None
    }

    fn add(&mut self, event: LiveEvent) {
        match event {
            LiveEvent::Run { status } => match &mut self.seen {
                Some(seen) if seen.status.run == status.run => seen.status = *status,
                _ => {
                    let picture = Picture { run: status.run.clone(), through: EventSeq(0), world: World::default() };
                    self.seen = Some(RunSnapshot { status: *status, picture, diagnostics: Vec::new() });
                }
            },
            LiveEvent::Events(batch) => {
                let seen = self.seen.as_mut().expect("a run comes before its events");
                assert_eq!(seen.status.run, batch.run);
                if batch.through > seen.picture.through {
                    assert_eq!(seen.picture.through, batch.after, "there is no gap");
                    batch.events.iter().for_each(|event| seen.picture.world.apply(event));
                    seen.picture.through = batch.through;
                }
                self.batches.push(batch);
            }
            LiveEvent::Picture(picture) => {
                let seen = self.seen.as_mut().expect("a run comes before its pictures");
                if picture.through > seen.picture.through {
                    seen.picture = *picture;
                }
            }
            LiveEvent::Diagnostics { diagnostics, .. } => {
                self.seen.as_mut().expect("a run comes before its diagnostics").diagnostics = diagnostics;
            }
            _ => {}
        }
    }

    pub(crate) async fn send(&mut self, command: &str, mut rest: Value) -> u64 {
        self.last += 1;
        rest["id"] = self.last.into();
        rest["command"] = command.into();
        self.socket.send(&rest.to_string()).await.unwrap();
        self.last
    }

    /// Gives a command and waits for its reply.
    pub(crate) async fn ask(&mut self, command: &str, rest: Value) -> Result<Option<ReplyValue>, String> {
        let id = self.send(command, rest).await;
        loop {
            if let Some((replied, answer)) = self.step().await
                && replied == id
            {
                return answer;
            }
        }
    }

    pub(crate) async fn run(&mut self, options: Value) -> RunStatus {
        let reply = self.ask("run", json!({"options": options})).await.unwrap().unwrap();
        let ReplyValue::Run { status } = reply else { panic!("a run") };
        self.until(|seen| seen.status.run == status.run).await;
        *status
    }

    pub(crate) async fn until(&mut self, wanted: impl Fn(&RunSnapshot) -> bool) {
        while !self.seen.as_ref().is_some_and(&wanted) {
            assert!(self.step().await.is_none(), "nobody asked");
        }
    }

    pub(crate) async fn end(&mut self) -> RunEnd {
        self.until(|seen| !seen.status.state.is_alive()).await;
        match &self.seen().status.state {
            RunState::Ended { end, .. } => end.clone(),
            other => panic!("it has ended: {other:?}"),
        }
    }

    pub(crate) async fn says(&mut self, text: &str) {
        while !self.output().contains(text) {
            if let Some(seen) = &self.seen {
                let state = &seen.status.state;
                assert!(state.is_alive(), "it ended with {state:?} and {:?}", self.output());
            }
            self.step().await;
        }
    }

    /// The value of an expression, as it is inspected.
    pub(crate) async fn value(&mut self, code: &str) -> String {
        match self.ask("evaluate", json!({"code": code})).await {
            Ok(Some(ReplyValue::Evaluated { text, failed: false })) => text,
            other => panic!("{code}: {other:?}"),
        }
    }

    pub(crate) fn seen(&self) -> &RunSnapshot {
        self.seen.as_ref().expect("something ran")
    }

    pub(crate) fn output(&self) -> String {
        self.seen.as_ref().map_or_else(String::new, |seen| seen.picture.world.output.text())
    }

    pub(crate) fn named(&self, name: &str) -> Pid {
        self.seen().picture.world.names[&Atom::new(name)]
    }
}
