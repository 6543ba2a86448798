//! The second socket of a sandbox, and the same events over SSE.

use reqwest::Method;
use serde_json::json;
use shared::api::live::{LiveEvent, Position, ServerMessage};
use tests::client::Person;
use tests::live::LiveSocket;
use tests::server::TestServer;

struct World {
    server: TestServer,
    owner: Person,
    sandbox: String,
}

async fn world() -> World {
    let server = TestServer::start().await.unwrap();
    let owner = Person::guest(&server, "Owner").await.unwrap();
    let sandbox = owner.sandbox(json!({"name": "Here"})).await.unwrap();
    World { server, owner, sandbox }
}

impl World {
    async fn open(&self, who: &Person, query: &str) -> LiveSocket {
        LiveSocket::open(&self.server, who, &self.sandbox, query).await.unwrap()
    }

    async fn member(&self, role: &str) -> Person {
        let person = Person::guest(&self.server, role).await.unwrap();
        let path = format!("/api/sandboxes/{}/members/{}", self.sandbox, person.id);
        self.owner.ask(Method::PUT, &path, Some(json!({"role": role}))).await.unwrap();
        person
    }

    async fn say(&self, text: &str) {
        let path = format!("/api/sandboxes/{}/chat", self.sandbox);
        assert_eq!(self.owner.post(&path, json!({"text": text})).await.unwrap().status, 201);
    }
}

fn chat(message: ServerMessage) -> Option<(u64, String)> {
    match message {
        ServerMessage::Event(event) => match event.event {
            LiveEvent::Chat { message } => Some((event.seq, message.text)),
            _ => None,
        },
        _ => None,
    }
}

async fn begin(socket: &mut LiveSocket) -> Position {
    match socket.next().await.unwrap().unwrap() {
        ServerMessage::Snapshot { position, .. } => position,
        other => panic!("it begins with {other:?}"),
    }
}

#[tokio::test]
async fn it_begins_with_how_things_are_and_goes_on_with_what_happens() {
    let world = world().await;
    world.say("before").await;
    let mut owner = world.open(&world.owner, "").await;
    let first = owner.next().await.unwrap().unwrap();
    let ServerMessage::Snapshot { snapshot, .. } = first else { panic!("{first:?}") };
    assert_eq!(snapshot.sandbox.name, "Here");
    assert_eq!(snapshot.chat[0].text, "before");
    assert_eq!(snapshot.participants[0].user, world.owner.id);

    let viewer = world.member("viewer").await;
    let mut looking = world.open(&viewer, "").await;
    begin(&mut looking).await;
    let joined = owner.until(|message| match message {
        ServerMessage::Event(event) => match event.event {
            LiveEvent::Joined { participant } if participant.user == viewer.id => Some(participant),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(joined.await.unwrap().name, "viewer");
    looking.send(r#"{"id":4,"command":"say","text":"hello"}"#).await.unwrap();
    assert_eq!(owner.until(chat).await.unwrap().1, "hello");
    drop(looking);
    let left = owner.until(|message| match message {
        ServerMessage::Event(event) => match event.event {
            LiveEvent::Left { user } => Some(user),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(left.await.unwrap(), viewer.id);
}

#[tokio::test]
async fn whoever_was_away_goes_on_where_they_were() {
    let world = world().await;
    let mut first = world.open(&world.owner, "").await;
    let position = begin(&mut first).await;
    world.say("one").await;
    let (seq, _) = first.until(chat).await.unwrap();
    drop(first);
    world.say("two").await;
    world.say("three").await;
    let query = format!("&epoch={}&seq={seq}", position.epoch);
    let mut again = world.open(&world.owner, &query).await;
    assert!(matches!(again.next().await.unwrap(), Ok(ServerMessage::Resumed { .. })));
    assert_eq!(again.until(chat).await.unwrap().1, "two");
    assert_eq!(again.until(chat).await.unwrap().1, "three");
    // What the server does not know any more, or never knew, begins anew.
    for query in ["&epoch=epoch-other&seq=1".to_owned(), format!("&epoch={}&seq=999999", position.epoch)] {
        begin(&mut world.open(&world.owner, &query).await).await;
    }
}

#[tokio::test]
async fn only_what_is_wanted_comes() {
    let world = world().await;
    let mut socket = world.open(&world.owner, "&kinds=chat").await;
    begin(&mut socket).await;
    world.member("viewer").await;
    world.say("wanted").await;
    assert!(chat(socket.next().await.unwrap().unwrap()).is_some());
    socket.send(r#"{"id":1,"command":"filter","kinds":["changed"]}"#).await.unwrap();
    assert_eq!(socket.next().await.unwrap(), Ok(ServerMessage::Reply { id: 1, error: None, value: None }));
    world.say("not wanted").await;
    let path = format!("/api/sandboxes/{}", world.sandbox);
    world.owner.ask(Method::PATCH, &path, Some(json!({"name": "There"}))).await.unwrap();
    let Ok(ServerMessage::Event(event)) = socket.next().await.unwrap() else { panic!("an event") };
    assert_eq!(event.event.kind(), "changed");
}

#[tokio::test]
async fn every_command_gets_a_reply_and_nonsense_ends_the_connection() {
    let world = world().await;
    let mut socket = world.open(&world.owner, "&kinds=chat").await;
    begin(&mut socket).await;
    socket.send(r#"{"id":1,"command":"ping"}"#).await.unwrap();
    assert_eq!(socket.next().await.unwrap(), Ok(ServerMessage::Reply { id: 1, error: None, value: None }));
    socket.send(r#"{"id":2,"command":"say","text":" "}"#).await.unwrap();
    let Ok(ServerMessage::Reply { id: 2, error: Some(error), .. }) = socket.next().await.unwrap() else {
        panic!("an error")
    };
    assert_eq!(error.code, "invalid");
    assert!(error.request_id.ends_with(" 2"));
    for nonsense in ["", "{", "[]", r#"{"id":1}"#, r#"{"id":-1,"command":"ping"}"#, r#"{"id":1,"command":"rule"}"#] {
        let mut socket = world.open(&world.owner, "").await;
        socket.send(nonsense).await.unwrap();
        assert_eq!(socket.closed().await.unwrap(), 4400, "{nonsense}");
    }
    let mut socket = world.open(&world.owner, "").await;
    socket.send(&"x".repeat(100_000)).await.unwrap();
    socket.closed().await.unwrap();
}

#[tokio::test]
async fn it_ends_with_the_right_to_be_there() {
    let world = world().await;
    let viewer = world.member("viewer").await;
    let mut socket = world.open(&viewer, "").await;
    begin(&mut socket).await;
    let path = format!("/api/sandboxes/{}/members/{}", world.sandbox, viewer.id);
    world.owner.ask(Method::DELETE, &path, None).await.unwrap();
    assert_eq!(socket.closed().await.unwrap(), 4403);
    assert!(LiveSocket::open(&world.server, &viewer, &world.sandbox, "").await.is_err());

    let mut signed_out = world.open(&world.owner, "").await;
    begin(&mut signed_out).await;
    let mut deleted = world.open(&world.owner, "").await;
    begin(&mut deleted).await;
    world.owner.ask(Method::DELETE, &format!("/api/sandboxes/{}", world.sandbox), None).await.unwrap();
    assert_eq!(deleted.closed().await.unwrap(), 4403);
    let restarting = Person::guest(&world.server, "Kim").await.unwrap();
    let sandbox = restarting.sandbox(json!({})).await.unwrap();
    let mut socket = LiveSocket::open(&world.server, &restarting, &sandbox, "").await.unwrap();
    begin(&mut socket).await;
    world.server.stop().await.unwrap();
    assert_eq!(socket.closed().await.unwrap(), 1012);
}

#[tokio::test]
async fn the_same_events_come_over_sse() {
    let world = world().await;
    let url = world.server.url(&format!("/api/sandboxes/{}/events", world.sandbox));
    let open = async |last: Option<&str>| {
        let mut request = reqwest::Client::new().get(&url).bearer_auth(&world.owner.token);
        request = request.header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        request.send().await.unwrap()
    };
    let until = async |response: &mut reqwest::Response, text: &str| {
        let mut seen = String::new();
        while !seen.contains(text) || !seen.ends_with("\n\n") {
            let chunk = response.chunk().await.unwrap().expect("it goes on");
            seen.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        seen
    };
    let mut stream = open(None).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    until(&mut stream, "\"type\":\"snapshot\"").await;
    world.say("one").await;
    let seen = until(&mut stream, "\"text\":\"one\"").await;
    let id = seen.lines().filter_map(|line| line.strip_prefix("id: ")).next_back().unwrap().to_owned();
    drop(stream);
    world.say("two").await;
    let mut again = open(Some(&id)).await;
    let seen = until(&mut again, "\"text\":\"two\"").await;
    assert!(seen.contains("\"type\":\"resumed\"") && !seen.contains("\"text\":\"one\""), "{seen}");
}
