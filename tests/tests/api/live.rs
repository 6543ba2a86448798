//! The second socket of a sandbox, and the same events over SSE.

use reqwest::Method;
use serde_json::json;
use shared::api::live::{LiveEvent, Position, ServerMessage};
use tests::client::Person;
use tests::live::LiveSocket;

use crate::place::Place;

async fn place() -> Place {
    Place::new(json!({"name": "Here"})).await
}

impl Place {
    async fn open(&self, who: &Person, query: &str) -> LiveSocket {
        LiveSocket::open(&self.server, who, &self.sandbox, query).await.unwrap()
    }

    async fn say(&self, text: &str) {
        assert_eq!(self.owner.post(&self.path("/chat"), json!({"text": text})).await.unwrap().status, 201);
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
    let place = place().await;
    place.say("before").await;
    let mut owner = place.open(&place.owner, "").await;
    let first = owner.next().await.unwrap().unwrap();
    let ServerMessage::Snapshot { snapshot, .. } = first else { panic!("{first:?}") };
    assert_eq!(snapshot.sandbox.name, "Here");
    assert_eq!(snapshot.chat[0].text, "before");
    assert_eq!(snapshot.participants[0].user, place.owner.id);

    let viewer = place.member("viewer").await;
    let mut looking = place.open(&viewer, "").await;
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
    let place = place().await;
    let mut first = place.open(&place.owner, "").await;
    let position = begin(&mut first).await;
    place.say("one").await;
    let (seq, _) = first.until(chat).await.unwrap();
    drop(first);
    place.say("two").await;
    place.say("three").await;
    let query = format!("&epoch={}&seq={seq}", position.epoch);
    let mut again = place.open(&place.owner, &query).await;
    assert!(matches!(again.next().await.unwrap(), Ok(ServerMessage::Resumed { .. })));
    assert_eq!(again.until(chat).await.unwrap().1, "two");
    assert_eq!(again.until(chat).await.unwrap().1, "three");
    // What the server does not know any more, or never knew, begins anew.
    for query in ["&epoch=epoch-other&seq=1".to_owned(), format!("&epoch={}&seq=999999", position.epoch)] {
        begin(&mut place.open(&place.owner, &query).await).await;
    }
}

#[tokio::test]
async fn only_what_is_wanted_comes() {
    let place = place().await;
    let mut socket = place.open(&place.owner, "&kinds=chat").await;
    begin(&mut socket).await;
    place.member("viewer").await;
    place.say("wanted").await;
    assert!(chat(socket.next().await.unwrap().unwrap()).is_some());
    socket.send(r#"{"id":1,"command":"filter","kinds":["changed"]}"#).await.unwrap();
    assert_eq!(socket.next().await.unwrap(), Ok(ServerMessage::Reply { id: 1, error: None, value: None }));
    place.say("not wanted").await;
    let path = format!("/api/sandboxes/{}", place.sandbox);
    place.owner.ask(Method::PATCH, &path, Some(json!({"name": "There"}))).await.unwrap();
    let Ok(ServerMessage::Event(event)) = socket.next().await.unwrap() else { panic!("an event") };
    assert_eq!(event.event.kind(), "changed");
}

#[tokio::test]
async fn every_command_gets_a_reply_and_nonsense_ends_the_connection() {
    let place = place().await;
    let mut socket = place.open(&place.owner, "&kinds=chat").await;
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
        let mut socket = place.open(&place.owner, "").await;
        socket.send(nonsense).await.unwrap();
        assert_eq!(socket.closed().await.unwrap(), 4400, "{nonsense}");
    }
    let mut socket = place.open(&place.owner, "").await;
    socket.send(&"x".repeat(100_000)).await.unwrap();
    socket.closed().await.unwrap();
}

#[tokio::test]
async fn it_ends_with_the_right_to_be_there() {
    let place = place().await;
    let viewer = place.member("viewer").await;
    let mut socket = place.open(&viewer, "").await;
    begin(&mut socket).await;
    let path = format!("/api/sandboxes/{}/members/{}", place.sandbox, viewer.id);
    place.owner.ask(Method::DELETE, &path, None).await.unwrap();
    assert_eq!(socket.closed().await.unwrap(), 4403);
    assert!(LiveSocket::open(&place.server, &viewer, &place.sandbox, "").await.is_err());

    let mut signed_out = place.open(&place.owner, "").await;
    begin(&mut signed_out).await;
    let mut deleted = place.open(&place.owner, "").await;
    begin(&mut deleted).await;
    place.owner.ask(Method::DELETE, &format!("/api/sandboxes/{}", place.sandbox), None).await.unwrap();
    assert_eq!(deleted.closed().await.unwrap(), 4403);
    let restarting = Person::guest(&place.server, "Kim").await.unwrap();
    let sandbox = restarting.sandbox(json!({})).await.unwrap();
    let mut socket = LiveSocket::open(&place.server, &restarting, &sandbox, "").await.unwrap();
    begin(&mut socket).await;
    place.server.stop().await.unwrap();
    assert_eq!(socket.closed().await.unwrap(), 1012);
}

#[tokio::test]
async fn the_same_events_come_over_sse() {
    let place = place().await;
    let url = place.server.url(&format!("/api/sandboxes/{}/events", place.sandbox));
    let open = async |last: Option<&str>| {
        let mut request = reqwest::Client::new().get(&url).bearer_auth(&place.owner.token);
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
    place.say("one").await;
    let seen = until(&mut stream, "\"text\":\"one\"").await;
    let id = seen.lines().filter_map(|line| line.strip_prefix("id: ")).next_back().unwrap().to_owned();
    drop(stream);
    place.say("two").await;
    let mut again = open(Some(&id)).await;
    let seen = until(&mut again, "\"text\":\"two\"").await;
    assert!(seen.contains("\"type\":\"resumed\"") && !seen.contains("\"text\":\"one\""), "{seen}");
}
