//! Who has the document open, and where in it they are: the awareness of the Yjs protocols. Who somebody is, the server
//! writes into what they say.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use shared::access::Role;
use yrs::sync::awareness::{AwarenessUpdate, AwarenessUpdateEntry};
use yrs::{ClientID, StickyIndex};

/// Without input for so long somebody is idle, and then away.
pub const IDLE_MILLIS: u64 = 60_000;
/// See [`IDLE_MILLIS`].
pub const AWAY_MILLIS: u64 = 5 * 60_000;

/// Whether somebody is at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// They do something.
    #[default]
    Active,
    /// They have done nothing for a minute.
    Idle,
    /// They have done nothing for long, or look at another page.
    Away,
}

/// A selection in the document; places as Yjs writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Where it was begun.
    pub anchor: StickyIndex,
    /// Where the caret is.
    pub head: StickyIndex,
}

/// Who somebody is, as the server says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `user-…`
    pub id: String,
    /// Their name.
    pub name: String,
    /// What they are in the sandbox.
    pub role: Role,
    /// The colour of their caret.
    pub color: String,
    /// The colour of what they have selected.
    #[serde(rename = "colorLight")]
    pub light: String,
}

/// What one page says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Whereabouts {
    /// Which file it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// Whether somebody is at it.
    pub status: Activity,
    /// Whether they are typing just now.
    pub typing: bool,
}

/// Another page that has the document open.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Person {
    /// Who.
    pub user: Identity,
    /// Where.
    #[serde(flatten)]
    pub at: Whereabouts,
}

/// Everybody.
#[derive(Debug)]
pub struct Presence {
    client: u64,
    clock: u32,
    mine: Whereabouts,
    others: BTreeMap<u64, (u32, Person)>,
}

impl Presence {
    /// Nobody yet but this page.
    #[must_use]
    pub fn new(client: u64) -> Self {
        Self { client, clock: 0, mine: Whereabouts::default(), others: BTreeMap::new() }
    }

    /// What this page says of itself.
    #[must_use]
    pub fn mine(&self) -> &Whereabouts {
        &self.mine
    }

    /// Says something else of itself; gives whether it is news.
    pub fn say(&mut self, mine: Whereabouts) -> bool {
        let news = self.mine != mine;
        self.mine = mine;
        news
    }

    /// What goes to the others, also when nothing is new: silence means that somebody has gone.
    pub fn outgoing(&mut self) -> AwarenessUpdate {
        self.clock += 1;
        let json = serde_json::to_string(&self.mine).unwrap_or_else(|_| "{}".to_owned());
        let entry = AwarenessUpdateEntry { clock: self.clock, json: json.into() };
        AwarenessUpdate { clients: HashMap::from([(ClientID::new(self.client), entry)]) }
    }

    /// Takes what others say; gives whether anything is news.
    pub fn take(&mut self, update: AwarenessUpdate) -> bool {
        let mut news = false;
        for (client, entry) in update.clients {
            let client = client.get();
            if client == self.client {
                // After a lost connection the server may remember a later clock than this page.
                self.clock = self.clock.max(entry.clock);
                continue;
            }
            let known = self.others.get(&client);
            if known.is_some_and(|(clock, _)| *clock > entry.clock) {
                continue;
            }
            match serde_json::from_str::<Person>(&entry.json) {
                Ok(person) => {
                    news |= known.is_none_or(|(_, known)| *known != person);
                    self.others.insert(client, (entry.clock, person));
                }
                // `null` says that they have gone; what cannot be read is as good as nobody.
                Err(_) => news |= self.others.remove(&client).is_some(),
            }
        }
        news
    }

    /// Nobody else can be heard of.
    pub fn forget_others(&mut self) {
        self.others.clear();
    }

    /// The pages of others, each with its number.
    pub fn others(&self) -> impl Iterator<Item = (u64, &Person)> {
        self.others.iter().map(|(client, (_, person))| (*client, person))
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn said(client: u64, clock: u32, json: &str) -> AwarenessUpdate {
        let entry = AwarenessUpdateEntry { clock, json: json.into() };
        AwarenessUpdate { clients: HashMap::from([(ClientID::new(client), entry)]) }
    }

    const KIM: &str = r#"{"user":{"id":"user-a","name":"Kim","role":"editor","color":"x","colorLight":"y"},"file":"a.ex",
        "status":"idle","something":1}"#;

    #[test]
    fn others_come_move_and_go() {
        let mut presence = Presence::new(1);
        assert!(presence.take(said(2, 1, KIM)));
        let (client, kim) = presence.others().next().unwrap();
        assert_eq!((client, kim.user.name.as_str(), kim.at.file.as_deref()), (2, "Kim", Some("a.ex")));
        assert_eq!((kim.at.status, kim.at.typing), (Activity::Idle, false));
        assert!(!presence.take(said(2, 2, KIM)), "the same again is no news");
        assert!(!presence.take(said(2, 1, "null")), "what is older counts no more");
        assert!(presence.take(said(2, 2, "null")));
        assert_eq!(presence.others().count(), 0);
        assert!(presence.take(said(2, 2, KIM)), "whoever comes back with the same clock is seen");
    }

    #[test]
    fn what_this_page_says_is_newer_than_what_the_server_remembers_of_it() {
        let mut presence = Presence::new(1);
        assert!(presence.say(Whereabouts { file: Some("a.ex".to_owned()), ..Whereabouts::default() }));
        presence.take(said(1, 41, KIM));
        let out = presence.outgoing();
        let entry = &out.clients[&ClientID::new(1)];
        assert_eq!((entry.clock, &*entry.json), (42, r#"{"file":"a.ex","status":"active","typing":false}"#));
    }

    #[test]
    fn what_cannot_be_read_is_nobody() {
        let mut presence = Presence::new(1);
        for text in ["", "[]", "{}", r#"{"user":{"id":"a"}}"#] {
            assert!(!presence.take(said(3, 1, text)), "{text}");
        }
    }
}
