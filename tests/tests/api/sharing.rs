//! Links, members, approval, and who may do what.

use reqwest::Method;
use serde_json::{Value, json};
use shared::access::{Operation, Role, Switches, allowed};
use shared::document::close;
use tests::client::{Answer, Person};
use tests::live::LiveSocket;
use tests::socket::DocSocket;

use crate::place::Place;

const HOUR_MILLIS: i64 = 60 * 60 * 1000;

async fn place() -> Place {
    Place::new(json!({"files": {"a.ex": "1"}})).await
}

impl Place {
    async fn sees(&self, who: &Person) -> Answer {
        who.get(&self.path("")).await.unwrap()
    }
}

#[tokio::test]
async fn a_link_gives_what_it_says_until_it_is_revoked_or_ends() {
    let place = place().await;
    let kim = Person::guest(&place.server, "Kim").await.unwrap();
    assert_eq!(place.sees(&kim).await.code(), "not_found");
    let now = place.server.state().clock().now();
    let new = json!({"capability": "edit", "expires_at": now + HOUR_MILLIS});
    let made = place.owner.post(&place.path("/links"), new).await.unwrap();
    let secret = made.text("secret");

    let preview = Person::nobody(&place.server).get(&format!("/api/links/{secret}")).await.unwrap();
    assert_eq!((preview.text("sandbox"), preview.text("capability").as_str()), (place.sandbox.clone(), "edit"));
    assert_eq!(kim.open(&secret).await.unwrap().text("role"), "editor");
    assert_eq!(place.sees(&kim).await.text("role"), "editor");
    // A weaker link does not take away.
    let weaker = place.owner.link(&place.sandbox, "view").await.unwrap();
    assert_eq!(kim.open(&weaker).await.unwrap().text("role"), "editor");

    place.server.state().clock().advance(2 * HOUR_MILLIS);
    assert_eq!(place.sees(&kim).await.code(), "not_found");
    assert_eq!(kim.open(&secret).await.unwrap().code(), "link_gone");
    assert_eq!(kim.open(&weaker).await.unwrap().text("role"), "viewer");
    let links = place.owner.get(&place.path("/links")).await.unwrap().body;
    let id = links[1]["id"].as_str().unwrap();
    let path = place.path(&format!("/links/{id}"));
    assert_eq!(place.owner.ask(Method::DELETE, &path, None).await.unwrap().status, 204);
    assert_eq!(place.owner.ask(Method::DELETE, &path, None).await.unwrap().code(), "not_found");
    assert_eq!(place.sees(&kim).await.code(), "not_found");
    assert_eq!(kim.open(&weaker).await.unwrap().code(), "link_gone");
    assert_eq!(kim.open("orrery_l_wrong").await.unwrap().code(), "not_found");
    assert!(!links.to_string().contains("secret") && !links.to_string().contains("orrery_l_"));
}

#[tokio::test]
async fn whoever_is_put_in_by_name_does_not_depend_on_a_link() {
    let place = place().await;
    let kim = Person::guest(&place.server, "Kim").await.unwrap();
    kim.open(&place.owner.link(&place.sandbox, "view").await.unwrap()).await.unwrap();
    let path = place.path(&format!("/members/{}", kim.id));
    place.owner.ask(Method::PUT, &path, Some(json!({"role": "editor"}))).await.unwrap();
    let links = place.owner.get(&place.path("/links")).await.unwrap().body;
    let link = place.path(&format!("/links/{}", links[0]["id"].as_str().unwrap()));
    assert_eq!(place.owner.ask(Method::DELETE, &link, None).await.unwrap().status, 204);
    assert_eq!(place.sees(&kim).await.text("role"), "editor");
}

#[tokio::test]
async fn whoever_comes_waits_when_joins_are_approved() {
    let place = place().await;
    let switches = json!({"switches": {"approve_joins": true}});
    place.owner.ask(Method::PATCH, &place.path(""), Some(switches)).await.unwrap();
    let kim = Person::guest(&place.server, "Kim").await.unwrap();
    let secret = place.owner.link(&place.sandbox, "edit").await.unwrap();
    assert_eq!(kim.open(&secret).await.unwrap().text("state"), "pending");
    assert_eq!(place.sees(&kim).await.code(), "approval_pending");
    assert_eq!(kim.open(&secret).await.unwrap().text("state"), "pending");
    let approve = place.path(&format!("/members/{}/approve", kim.id));
    assert_eq!(kim.ask(Method::POST, &approve, None).await.unwrap().code(), "approval_pending");
    assert_eq!(place.owner.ask(Method::POST, &approve, None).await.unwrap().text("state"), "active");
    assert_eq!(place.sees(&kim).await.text("role"), "editor");
    assert_eq!(kim.open(&secret).await.unwrap().text("state"), "active");
    assert_eq!(place.owner.ask(Method::POST, &approve, None).await.unwrap().code(), "not_found");
}

#[tokio::test]
async fn whoever_was_sent_away_does_not_come_back_by_a_link() {
    let place = place().await;
    let kim = Person::guest(&place.server, "Kim").await.unwrap();
    let secret = place.owner.link(&place.sandbox, "edit").await.unwrap();
    kim.open(&secret).await.unwrap();
    let path = place.path(&format!("/members/{}", kim.id));
    assert_eq!(place.owner.ask(Method::DELETE, &path, None).await.unwrap().status, 204);
    assert_eq!(place.sees(&kim).await.code(), "not_found");
    assert_eq!(kim.open(&secret).await.unwrap().code(), "forbidden");
    // Whoever left may.
    let eve = Person::guest(&place.server, "Eve").await.unwrap();
    eve.open(&secret).await.unwrap();
    let path = place.path(&format!("/members/{}", eve.id));
    assert_eq!(eve.ask(Method::DELETE, &path, None).await.unwrap().status, 204);
    assert_eq!(place.sees(&eve).await.code(), "not_found");
    assert_eq!(eve.open(&secret).await.unwrap().text("state"), "active");
    let owner = place.path(&format!("/members/{}", place.owner.id));
    assert_eq!(place.owner.ask(Method::DELETE, &owner, None).await.unwrap().code(), "conflict");
}

#[tokio::test]
async fn nobody_gives_or_takes_more_than_they_have() {
    let place = place().await;
    let leader = place.member("instructor").await;
    let other = place.member("instructor").await;
    let editor = place.member("editor").await;
    let set = async |who: &Person, whom: &Person, role: &str| {
        let path = place.path(&format!("/members/{}", whom.id));
        who.ask(Method::PUT, &path, Some(json!({"role": role}))).await.unwrap()
    };
    assert_eq!(set(&place.owner, &editor, "owner").await.code(), "forbidden");
    assert_eq!(set(&leader, &editor, "owner").await.code(), "forbidden");
    assert_eq!(set(&leader, &other, "viewer").await.code(), "forbidden");
    assert_eq!(set(&leader, &place.owner, "viewer").await.code(), "forbidden");
    assert_eq!(set(&leader, &leader, "viewer").await.code(), "forbidden");
    assert_eq!(set(&leader, &editor, "instructor").await.text("role"), "instructor");
    let kick = async |who: &Person, whom: &Person| {
        who.ask(Method::DELETE, &place.path(&format!("/members/{}", whom.id)), None).await.unwrap()
    };
    assert_eq!(kick(&leader, &other).await.code(), "forbidden");
    assert_eq!(kick(&leader, &place.owner).await.code(), "forbidden");
    assert_eq!(kick(&place.owner, &other).await.status, 204);
    let mut nobody = leader.clone();
    nobody.id = "user-nobody".to_owned();
    assert_eq!(set(&place.owner, &nobody, "viewer").await.code(), "not_found");
}

#[tokio::test]
async fn what_was_done_is_written_down() {
    let place = place().await;
    let editor = place.member("editor").await;
    place.owner.link(&place.sandbox, "view").await.unwrap();
    let log = place.owner.get(&place.path("/audit?limit=2")).await.unwrap().body;
    let actions = |log: &Value| -> Vec<String> {
        log["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(actions(&log), ["link.create", "member.set"]);
    assert_eq!(log["items"][0]["actor"], place.owner.id);
    let next = log["next"].as_str().unwrap();
    let rest = place.owner.get(&place.path(&format!("/audit?limit=2&after={next}"))).await.unwrap().body;
    assert_eq!((actions(&rest), rest["next"].clone()), (vec!["sandbox.create".to_owned()], Value::Null));
    assert_eq!(editor.get(&place.path("/audit")).await.unwrap().code(), "forbidden");
}

#[tokio::test]
async fn people_talk_in_the_chat() {
    let place = place().await;
    let viewer = place.member("viewer").await;
    let say = async |who: &Person, text: &str| who.post(&place.path("/chat"), json!({"text": text})).await.unwrap();
    assert_eq!(say(&viewer, " hello ").await.text("text"), "hello");
    assert_eq!(say(&place.owner, "<b>hi</b>").await.body["seq"], 2);
    assert_eq!(say(&viewer, " ").await.code(), "invalid");
    assert_eq!(say(&viewer, &"x".repeat(4_001)).await.code(), "invalid");
    let said = place.owner.get(&place.path("/chat?limit=1")).await.unwrap().body;
    assert_eq!((said["items"][0]["text"].as_str(), said["next"].as_str()), (Some("<b>hi</b>"), Some("2")));
    let before = place.owner.get(&place.path("/chat?after=2")).await.unwrap().body;
    assert_eq!((before["items"][0]["name"].as_str(), before["next"].clone()), (Some("viewer"), Value::Null));
}

/// Something that the API offers, and the operation that it is.
type Request = (Operation, Method, &'static str, Option<Value>);

/// Every request on a sandbox that changes nothing for the next one, as far as possible.
fn requests() -> Vec<Request> {
    use Operation::{Approve, Audit, Chat, Clone, Configure, Kick, Share, View};
    vec![
        (View, Method::GET, "", None),
        (View, Method::GET, "/files", None),
        (View, Method::GET, "/members", None),
        (View, Method::GET, "/chat", None),
        (View, Method::GET, "/docs/code/state", None),
        (Chat, Method::POST, "/chat", Some(json!({"text": "hello"}))),
        (Clone, Method::POST, "/clone", Some(json!({}))),
        (Share, Method::GET, "/links", None),
        (Share, Method::POST, "/links", Some(json!({"capability": "view"}))),
        (Share, Method::DELETE, "/links/link-none", None),
        (Share, Method::PUT, "/members/user-none", Some(json!({"role": "viewer"}))),
        (Approve, Method::POST, "/members/user-none/approve", None),
        (Kick, Method::DELETE, "/members/user-none", None),
        (Configure, Method::PATCH, "", Some(json!({"name": "Renamed"}))),
        (Audit, Method::GET, "/audit", None),
    ]
}

#[tokio::test]
async fn every_role_can_do_what_it_may_and_nothing_else() {
    let place = place().await;
    let off = json!({"switches": {"edit_code": false, "change_state": false, "debug": false}});
    place.owner.ask(Method::PATCH, &place.path(""), Some(off)).await.unwrap();
    let switches = Switches { edit_code: false, change_state: false, debug: false, approve_joins: false };
    for role in Role::ALL {
        let person = if role == Role::Owner { place.owner.clone() } else { place.member(role.name()).await };
        for (operation, method, path, body) in requests() {
            let answer = person.ask(method.clone(), &place.path(path), body).await.unwrap();
            let refused = answer.code() == "forbidden";
            let case = format!("{role:?} {method} {path}: {answer:?}");
            assert_eq!(refused, !allowed(role, operation, &switches), "{case}");
            assert!(answer.status < 500, "{case}");
        }
    }
    let stranger = Person::guest(&place.server, "Stranger").await.unwrap();
    let nobody = Person::nobody(&place.server);
    for (_, method, path, body) in requests() {
        let path = place.path(path);
        assert_eq!(stranger.ask(method.clone(), &path, body.clone()).await.unwrap().code(), "not_found", "{path}");
        assert_eq!(nobody.ask(method, &path, body).await.unwrap().code(), "unauthenticated", "{path}");
    }
    for role in ["viewer", "editor", "instructor"] {
        let person = place.member(role).await;
        assert_eq!(person.ask(Method::DELETE, &place.path(""), None).await.unwrap().code(), "forbidden");
    }
    assert_eq!(place.owner.ask(Method::DELETE, &place.path(""), None).await.unwrap().status, 204);
}

#[tokio::test]
async fn a_session_ends_for_all_but_those_who_lead_until_another_begins() {
    let place = place().await;
    let (kim, leads) = (place.member("editor").await, place.member("instructor").await);
    let session = place.path("/session");
    assert_eq!(kim.ask(Method::DELETE, &session, None).await.unwrap().code(), "forbidden");
    let mut live = LiveSocket::open(&place.server, &kim, &place.sandbox, "").await.unwrap();
    let mut edits = DocSocket::synced(&place.server, &kim, &place.sandbox, "code").await.unwrap();
    let ended = leads.ask(Method::DELETE, &session, None).await.unwrap();
    assert_eq!(ended.body["ended"]["by"].as_str(), Some(leads.id.as_str()), "{ended:?}");
    assert_eq!(live.closed().await.unwrap(), close::FORBIDDEN);
    assert_eq!(edits.closed().await.unwrap(), close::FORBIDDEN);
    assert_eq!(place.sees(&kim).await.code(), "session_ended");
    assert_eq!(kim.post(&place.path("/chat"), json!({"text": "?"})).await.unwrap().code(), "session_ended");
    assert!(LiveSocket::open(&place.server, &kim, &place.sandbox, "").await.is_err());
    // It is still among one's own, and says why.
    assert_ne!(kim.get("/api/sandboxes").await.unwrap().body["items"][0]["session"]["ended"], Value::Null);
    assert_eq!(place.sees(&leads).await.status, 200);
    assert_eq!(place.sees(&place.owner).await.status, 200);
    assert_eq!(leads.ask(Method::DELETE, &session, None).await.unwrap().code(), "conflict");
    let eve = place.member("viewer").await;
    let leave = place.path(&format!("/members/{}", eve.id));
    assert_eq!(eve.ask(Method::DELETE, &leave, None).await.unwrap().status, 204);
    assert_eq!(leads.post(&session, json!({"minutes": 45})).await.unwrap().status, 200);
    assert_eq!(place.sees(&kim).await.status, 200);
    for nonsense in [json!({"minutes": 0}), json!({"minutes": -1}), json!({"hours": 1}), json!(null)] {
        assert_eq!(leads.post(&session, nonsense.clone()).await.unwrap().code(), "invalid", "{nonsense}");
    }
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_over() {
    let place = place().await;
    let kim = place.member("viewer").await;
    // The first session is there from the beginning; its time begins when it is bounded.
    let bounds = Some(json!({"minutes": 60, "idle_minutes": 60}));
    assert_eq!(place.owner.ask(Method::PATCH, &place.path("/session"), bounds).await.unwrap().status, 200);
    place.server.state().look_after().await;
    assert_eq!(place.sees(&kim).await.status, 200);
    let begun = place.owner.post(&place.path("/session"), json!({"minutes": 60})).await.unwrap();
    assert_eq!(begun.status, 200, "{begun:?}");
    let mut live = LiveSocket::open(&place.server, &kim, &place.sandbox, "").await.unwrap();
    place.server.state().clock().advance(HOUR_MILLIS - 60_000);
    place.server.state().look_after().await;
    assert_eq!(place.sees(&kim).await.status, 200);
    place.server.state().clock().advance(60_000);
    // At once for what is asked, and with the next look for those who only listen.
    assert_eq!(place.sees(&kim).await.code(), "session_ended");
    place.server.state().look_after().await;
    assert_eq!(live.closed().await.unwrap(), close::FORBIDDEN);
    let session = place.owner.get(&place.path("/session")).await.unwrap();
    assert_eq!(session.body["ended"]["by"], Value::Null);
    // Bounded otherwise, it goes on; begun anew, it does.
    place.owner.post(&place.path("/session"), json!({})).await.unwrap();
    assert_eq!(place.sees(&kim).await.status, 200);
    let actions: Vec<String> = place.owner.get(&place.path("/audit")).await.unwrap().body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(actions[..4], ["session.begin", "session.end", "session.begin", "session.bound"]);
}

#[tokio::test]
async fn a_session_ends_when_nobody_has_been_there_for_long() {
    let place = place().await;
    let kim = place.member("editor").await;
    place.owner.post(&place.path("/session"), json!({"idle_minutes": 60})).await.unwrap();
    let live = LiveSocket::open(&place.server, &kim, &place.sandbox, "").await.unwrap();
    let clock = place.server.state().clock();
    for _ in 0..3 {
        clock.advance(HOUR_MILLIS);
        place.server.state().look_after().await;
    }
    assert_eq!(place.sees(&kim).await.status, 200);
    drop(live);
    while place.sees(&kim).await.status == 200 {
        // The server learns that they went when it does.
        clock.advance(HOUR_MILLIS);
        place.server.state().look_after().await;
    }
    assert_eq!(place.sees(&kim).await.code(), "session_ended");
}

#[tokio::test]
async fn no_more_are_in_a_session_than_may_be() {
    let place = place().await;
    let (kim, eve) = (place.member("editor").await, place.member("viewer").await);
    let bounded =
        place.owner.ask(Method::PATCH, &place.path("/session"), Some(json!({"participants": 1}))).await.unwrap();
    assert_eq!(bounded.status, 200, "{bounded:?}");
    let open = async |who: &Person| LiveSocket::open(&place.server, who, &place.sandbox, "").await.unwrap();
    let mut first = open(&kim).await;
    first.next().await.unwrap().unwrap();
    // Another tab, and a standard client beside it, are the same person.
    let mut second = open(&kim).await;
    second.next().await.unwrap().unwrap();
    DocSocket::synced(&place.server, &kim, &place.sandbox, "code").await.unwrap();
    assert_eq!(open(&eve).await.closed().await.unwrap(), close::TRY_LATER);
    let events = eve.get(&place.path("/events")).await.unwrap();
    assert_eq!((events.status, events.code()), (409, "session_full"));
    let mut leads = open(&place.owner).await;
    leads.next().await.unwrap().unwrap();
}
