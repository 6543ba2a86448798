//! Reading what the server says. Nearly all of it are batches of events, thousands a second, and pictures: those are read in one
//! pass, where reading any message first collects all of it, only to see of which kind it is.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use shared::api::live::{LiveEvent, NumberedEvent, ServerMessage};
use shared::api::run::EventBatch;

/// Reads a message; the same as its `Deserialize`, and quicker for batches of events and pictures.
///
/// # Errors
///
/// When it is none.
pub fn read(text: &str) -> serde_json::Result<ServerMessage> {
    match serde_json::from_str(text) {
        Ok(Large(event)) => Ok(ServerMessage::Event(event)),
        // Another message, or fields in another order than ours.
        Err(_) => serde_json::from_str(text),
    }
}

/// A message that is a batch of events or a picture, and says so first.
struct Large(NumberedEvent);

impl<'de> Deserialize<'de> for Large {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Outer).map(Self)
    }
}

/// Takes the first field, which has to have this name; gives what it says.
fn kind<'de, A: MapAccess<'de>>(map: &mut A, key: &str) -> Result<&'de str, A::Error> {
    if map.next_key::<&str>()? == Some(key) { map.next_value() } else { Err(other()) }
}

fn other<E: Error>() -> E {
    E::custom("this is something else")
}

struct Outer;

impl<'de> Visitor<'de> for Outer {
    type Value = NumberedEvent;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event with its place")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NumberedEvent, A::Error> {
        if kind(&mut map, "type")? != "event" {
            return Err(other());
        }
        let (mut seq, mut at, mut event) = (None, None, None);
        while let Some(key) = map.next_key::<&str>()? {
            match key {
                "seq" => seq = Some(map.next_value()?),
                "at" => at = Some(map.next_value()?),
                "event" => event = Some(map.next_value_seed(Inner)?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let missing = A::Error::missing_field;
        Ok(NumberedEvent {
            seq: seq.ok_or_else(|| missing("seq"))?,
            at: at.ok_or_else(|| missing("at"))?,
            event: event.ok_or_else(|| missing("event"))?,
        })
    }
}

struct Inner;

impl<'de> DeserializeSeed<'de> for Inner {
    type Value = LiveEvent;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<LiveEvent, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Inner {
    type Value = LiveEvent;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a batch of events or a picture")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LiveEvent, A::Error> {
        match kind(&mut map, "kind")? {
            LiveEvent::EVENTS => EventBatch::deserialize(MapAccessDeserializer::new(map)).map(LiveEvent::Events),
            "picture" => Box::deserialize(MapAccessDeserializer::new(map)).map(LiveEvent::Picture),
            _ => Err(other()),
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::api::live::Position;
    use shared::api::run::Picture;
    use shared::event::{Destination, Device, Event, EventKind};
    use shared::ids::{EventSeq, Pid};
    use shared::term::Atom;
    use shared::time::VirtualTime;
    use shared::world::World;
    use shared::{Etf, Term};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn event(seq: u64, kind: EventKind) -> Event {
        Event {
            seq: EventSeq(seq),
            at: VirtualTime(seq),
            pid: Some(Pid(1)),
            reductions: 2,
            cause: Some(EventSeq(1)),
            kind,
        }
    }

    fn numbered(event: LiveEvent) -> ServerMessage {
        ServerMessage::Event(NumberedEvent { seq: 7, at: -3, event })
    }

    fn batch() -> ServerMessage {
        let message = Etf::of(&Term::binary("a \"quoted\" text\n🪐".as_bytes()));
        let sent = EventKind::Sent { to: Destination::Pid(Pid(2)), receiver: None, message };
        let written = EventKind::Output { device: Device::Stdout, bytes: (*b"\xff\"\\").into() };
        let events = vec![event(5, sent), event(6, written)];
        let (run, after, through, at) = ("run-a".to_owned(), EventSeq(4), EventSeq(6), VirtualTime(6));
        numbered(LiveEvent::Events(EventBatch { run, after, through, at, events }))
    }

    #[test]
    fn messages_are_read_as_they_were_written() {
        let chat = numbered(LiveEvent::Left { user: "a \"name\"".to_owned() });
        let resumed = ServerMessage::Resumed { position: Position { epoch: "e".to_owned(), seq: 1 } };
        let reply = ServerMessage::Reply { id: 1, error: None, value: None };
        let mut world = World::default();
        world.apply(&event(5, EventKind::Registered { name: Atom::new("a"), target: Pid(3) }));
        let picture = Picture { run: "run-a".to_owned(), through: EventSeq(9), world };
        let picture = numbered(LiveEvent::Picture(Box::new(picture)));
        for message in [batch(), picture, chat, resumed, reply] {
            let text = serde_json::to_string(&message).unwrap();
            assert_eq!(read(&text).unwrap(), message, "{text}");
        }
    }

    #[test]
    fn the_short_way_is_taken_and_the_order_of_fields_does_not_matter() {
        let text = serde_json::to_string(&batch()).unwrap();
        assert!(serde_json::from_str::<Large>(&text).is_ok());
        // An object of `serde_json` has its fields in the order of the alphabet.
        let other = serde_json::from_str::<serde_json::Value>(&text).unwrap().to_string();
        assert!(serde_json::from_str::<Large>(&other).is_err());
        assert_eq!(read(&other).unwrap(), batch());
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        let text = serde_json::to_string(&batch()).unwrap();
        for wrong in
            ["", "[]", "{\"type\":\"event\"}", &text[..text.len() - 1], &text.replace("\"through\"", "\"though\"")]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
