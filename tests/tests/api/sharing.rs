//! Links, members, approval, and who may do what.

use reqwest::Method;
use serde_json::{Value, json};
use shared::access::{Operation, Role, Switches, allowed};
use tests::client::{Answer, Person};
use tests::server::TestServer;

const HOUR_MILLIS: i64 = 60 * 60 * 1000;

struct World {
    server: TestServer,
    owner: Person,
    sandbox: String,
}

async fn world() -> World {
    let server = TestServer::start().await.unwrap();
    let owner = Person::guest(&server, "Owner").await.unwrap();
    let sandbox = owner.sandbox(json!({"files": {"a.ex": "1"}})).await.unwrap();
    World { server, owner, sandbox }
}

impl World {
    fn path(&self, rest: &str) -> String {
        format!("/api/sandboxes/{}{rest}", self.sandbox)
    }

    /// Somebody who is in by name.
    async fn member(&self, role: &str) -> Person {
        let person = Person::guest(&self.server, role).await.unwrap();
        let path = self.path(&format!("/members/{}", person.id));
        let set = self.owner.ask(Method::PUT, &path, Some(json!({"role": role}))).await.unwrap();
        assert_eq!(set.status, 200, "{set:?}");
        person
    }

    async fn sees(&self, who: &Person) -> Answer {
        who.get(&self.path("")).await.unwrap()
    }
}

#[tokio::test]
async fn a_link_gives_what_it_says_until_it_is_revoked_or_ends() {
    let world = world().await;
    let kim = Person::guest(&world.server, "Kim").await.unwrap();
    assert_eq!(world.sees(&kim).await.code(), "not_found");
    let now = world.server.state().clock().now();
    let new = json!({"capability": "edit", "expires_at": now + HOUR_MILLIS});
    let made = world.owner.post(&world.path("/links"), new).await.unwrap();
    let secret = made.text("secret");

    let preview = Person::nobody(&world.server).get(&format!("/api/links/{secret}")).await.unwrap();
    assert_eq!((preview.text("sandbox"), preview.text("capability").as_str()), (world.sandbox.clone(), "edit"));
    assert_eq!(kim.open(&secret).await.unwrap().text("role"), "editor");
    assert_eq!(world.sees(&kim).await.text("role"), "editor");
    // A weaker link does not take away.
    let weaker = world.owner.link(&world.sandbox, "view").await.unwrap();
    assert_eq!(kim.open(&weaker).await.unwrap().text("role"), "editor");

    world.server.state().clock().advance(2 * HOUR_MILLIS);
    assert_eq!(world.sees(&kim).await.code(), "not_found");
    assert_eq!(kim.open(&secret).await.unwrap().code(), "link_gone");
    assert_eq!(kim.open(&weaker).await.unwrap().text("role"), "viewer");
    let links = world.owner.get(&world.path("/links")).await.unwrap().body;
    let id = links[1]["id"].as_str().unwrap();
    let path = world.path(&format!("/links/{id}"));
    assert_eq!(world.owner.ask(Method::DELETE, &path, None).await.unwrap().status, 204);
    assert_eq!(world.owner.ask(Method::DELETE, &path, None).await.unwrap().code(), "not_found");
    assert_eq!(world.sees(&kim).await.code(), "not_found");
    assert_eq!(kim.open(&weaker).await.unwrap().code(), "link_gone");
    assert_eq!(kim.open("orrery_l_wrong").await.unwrap().code(), "not_found");
    assert!(!links.to_string().contains("secret") && !links.to_string().contains("orrery_l_"));
}

#[tokio::test]
async fn whoever_is_put_in_by_name_does_not_depend_on_a_link() {
    let world = world().await;
    let kim = Person::guest(&world.server, "Kim").await.unwrap();
    kim.open(&world.owner.link(&world.sandbox, "view").await.unwrap()).await.unwrap();
    let path = world.path(&format!("/members/{}", kim.id));
    world.owner.ask(Method::PUT, &path, Some(json!({"role": "editor"}))).await.unwrap();
    let links = world.owner.get(&world.path("/links")).await.unwrap().body;
    let link = world.path(&format!("/links/{}", links[0]["id"].as_str().unwrap()));
    assert_eq!(world.owner.ask(Method::DELETE, &link, None).await.unwrap().status, 204);
    assert_eq!(world.sees(&kim).await.text("role"), "editor");
}

#[tokio::test]
async fn whoever_comes_waits_when_joins_are_approved() {
    let world = world().await;
    let switches = json!({"switches": {"approve_joins": true}});
    world.owner.ask(Method::PATCH, &world.path(""), Some(switches)).await.unwrap();
    let kim = Person::guest(&world.server, "Kim").await.unwrap();
    let secret = world.owner.link(&world.sandbox, "edit").await.unwrap();
    assert_eq!(kim.open(&secret).await.unwrap().text("state"), "pending");
    assert_eq!(world.sees(&kim).await.code(), "approval_pending");
    assert_eq!(kim.open(&secret).await.unwrap().text("state"), "pending");
    let approve = world.path(&format!("/members/{}/approve", kim.id));
    assert_eq!(kim.ask(Method::POST, &approve, None).await.unwrap().code(), "approval_pending");
    assert_eq!(world.owner.ask(Method::POST, &approve, None).await.unwrap().text("state"), "active");
    assert_eq!(world.sees(&kim).await.text("role"), "editor");
    assert_eq!(kim.open(&secret).await.unwrap().text("state"), "active");
    assert_eq!(world.owner.ask(Method::POST, &approve, None).await.unwrap().code(), "not_found");
}

#[tokio::test]
async fn whoever_was_sent_away_does_not_come_back_by_a_link() {
    let world = world().await;
    let kim = Person::guest(&world.server, "Kim").await.unwrap();
    let secret = world.owner.link(&world.sandbox, "edit").await.unwrap();
    kim.open(&secret).await.unwrap();
    let path = world.path(&format!("/members/{}", kim.id));
    assert_eq!(world.owner.ask(Method::DELETE, &path, None).await.unwrap().status, 204);
    assert_eq!(world.sees(&kim).await.code(), "not_found");
    assert_eq!(kim.open(&secret).await.unwrap().code(), "forbidden");
    // Whoever left may.
    let eve = Person::guest(&world.server, "Eve").await.unwrap();
    eve.open(&secret).await.unwrap();
    let path = world.path(&format!("/members/{}", eve.id));
    assert_eq!(eve.ask(Method::DELETE, &path, None).await.unwrap().status, 204);
    assert_eq!(world.sees(&eve).await.code(), "not_found");
    assert_eq!(eve.open(&secret).await.unwrap().text("state"), "active");
    let owner = world.path(&format!("/members/{}", world.owner.id));
    assert_eq!(world.owner.ask(Method::DELETE, &owner, None).await.unwrap().code(), "conflict");
}

#[tokio::test]
async fn nobody_gives_or_takes_more_than_they_have() {
    let world = world().await;
    let leader = world.member("instructor").await;
    let other = world.member("instructor").await;
    let editor = world.member("editor").await;
    let set = async |who: &Person, whom: &Person, role: &str| {
        let path = world.path(&format!("/members/{}", whom.id));
        who.ask(Method::PUT, &path, Some(json!({"role": role}))).await.unwrap()
    };
    assert_eq!(set(&world.owner, &editor, "owner").await.code(), "forbidden");
    assert_eq!(set(&leader, &editor, "owner").await.code(), "forbidden");
    assert_eq!(set(&leader, &other, "viewer").await.code(), "forbidden");
    assert_eq!(set(&leader, &world.owner, "viewer").await.code(), "forbidden");
    assert_eq!(set(&leader, &leader, "viewer").await.code(), "forbidden");
    assert_eq!(set(&leader, &editor, "instructor").await.text("role"), "instructor");
    let kick = async |who: &Person, whom: &Person| {
        who.ask(Method::DELETE, &world.path(&format!("/members/{}", whom.id)), None).await.unwrap()
    };
    assert_eq!(kick(&leader, &other).await.code(), "forbidden");
    assert_eq!(kick(&leader, &world.owner).await.code(), "forbidden");
    assert_eq!(kick(&world.owner, &other).await.status, 204);
    let mut nobody = leader.clone();
    nobody.id = "user-nobody".to_owned();
    assert_eq!(set(&world.owner, &nobody, "viewer").await.code(), "not_found");
}

#[tokio::test]
async fn what_was_done_is_written_down() {
    let world = world().await;
    let editor = world.member("editor").await;
    world.owner.link(&world.sandbox, "view").await.unwrap();
    let log = world.owner.get(&world.path("/audit?limit=2")).await.unwrap().body;
    let actions = |log: &Value| -> Vec<String> {
        log["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(actions(&log), ["link.create", "member.set"]);
    assert_eq!(log["items"][0]["actor"], world.owner.id);
    let next = log["next"].as_str().unwrap();
    let rest = world.owner.get(&world.path(&format!("/audit?limit=2&after={next}"))).await.unwrap().body;
    assert_eq!((actions(&rest), rest["next"].clone()), (vec!["sandbox.create".to_owned()], Value::Null));
    assert_eq!(editor.get(&world.path("/audit")).await.unwrap().code(), "forbidden");
}

#[tokio::test]
async fn people_talk_in_the_chat() {
    let world = world().await;
    let viewer = world.member("viewer").await;
    let say = async |who: &Person, text: &str| who.post(&world.path("/chat"), json!({"text": text})).await.unwrap();
    assert_eq!(say(&viewer, " hello ").await.text("text"), "hello");
    assert_eq!(say(&world.owner, "<b>hi</b>").await.body["seq"], 2);
    assert_eq!(say(&viewer, " ").await.code(), "invalid");
    assert_eq!(say(&viewer, &"x".repeat(4_001)).await.code(), "invalid");
    let said = world.owner.get(&world.path("/chat?limit=1")).await.unwrap().body;
    assert_eq!((said["items"][0]["text"].as_str(), said["next"].as_str()), (Some("<b>hi</b>"), Some("2")));
    let before = world.owner.get(&world.path("/chat?after=2")).await.unwrap().body;
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
    let world = world().await;
    let off = json!({"switches": {"edit_code": false, "change_state": false, "debug": false}});
    world.owner.ask(Method::PATCH, &world.path(""), Some(off)).await.unwrap();
    let switches = Switches { edit_code: false, change_state: false, debug: false, approve_joins: false };
    for role in Role::ALL {
        let person = if role == Role::Owner { world.owner.clone() } else { world.member(role.name()).await };
        for (operation, method, path, body) in requests() {
            let answer = person.ask(method.clone(), &world.path(path), body).await.unwrap();
            let refused = answer.code() == "forbidden";
            let case = format!("{role:?} {method} {path}: {answer:?}");
            assert_eq!(refused, !allowed(role, operation, &switches), "{case}");
            assert!(answer.status < 500, "{case}");
        }
    }
    let stranger = Person::guest(&world.server, "Stranger").await.unwrap();
    let nobody = Person::nobody(&world.server);
    for (_, method, path, body) in requests() {
        let path = world.path(path);
        assert_eq!(stranger.ask(method.clone(), &path, body.clone()).await.unwrap().code(), "not_found", "{path}");
        assert_eq!(nobody.ask(method, &path, body).await.unwrap().code(), "unauthenticated", "{path}");
    }
    for role in ["viewer", "editor", "instructor"] {
        let person = world.member(role).await;
        assert_eq!(person.ask(Method::DELETE, &world.path(""), None).await.unwrap().code(), "forbidden");
    }
    assert_eq!(world.owner.ask(Method::DELETE, &world.path(""), None).await.unwrap().status, 204);
}
