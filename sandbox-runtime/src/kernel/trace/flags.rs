//! Flags of `erlang:trace/3`.

use serde::{Deserialize, Serialize};

/// A set of flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Flags(u32);

/// The flags by name, in the order in which `erlang:trace_info/2` lists them.
const NAMES: [(&str, Flags); 21] = [
    ("running_procs", RUNNING_PROCS),
    ("running_ports", RUNNING_PORTS),
    ("ports", PORTS),
    ("scheduler_id", SCHEDULER_ID),
    ("silent", SILENT),
    ("return_to", RETURN_TO),
    ("arity", ARITY),
    ("garbage_collection", GARBAGE_COLLECTION),
    ("exiting", EXITING),
    ("running", RUNNING),
    ("set_on_first_link", ON_FIRST_LINK),
    ("set_on_link", ON_LINK),
    ("set_on_first_spawn", ON_FIRST_SPAWN),
    ("procs", PROCS),
    ("call", CALL),
    ("set_on_spawn", ON_SPAWN),
    ("receive", RECEIVE),
    ("send", SEND),
    ("monotonic_timestamp", MONOTONIC),
    ("strict_monotonic_timestamp", STRICT_MONOTONIC),
    ("timestamp", TIMESTAMP),
];

/// `running_procs`
pub const RUNNING_PROCS: Flags = Flags(1);
/// `running_ports`
pub const RUNNING_PORTS: Flags = Flags(1 << 1);
/// `ports`
pub const PORTS: Flags = Flags(1 << 2);
/// `scheduler_id`
pub const SCHEDULER_ID: Flags = Flags(1 << 3);
/// `silent`
pub const SILENT: Flags = Flags(1 << 4);
/// `return_to`
pub const RETURN_TO: Flags = Flags(1 << 5);
/// `arity`
pub const ARITY: Flags = Flags(1 << 6);
/// `garbage_collection`
pub const GARBAGE_COLLECTION: Flags = Flags(1 << 7);
/// `exiting`
pub const EXITING: Flags = Flags(1 << 8);
/// `running`
pub const RUNNING: Flags = Flags(1 << 9);
/// `set_on_first_link`
pub const ON_FIRST_LINK: Flags = Flags(1 << 10);
/// `set_on_link`
pub const ON_LINK: Flags = Flags(1 << 11);
/// `set_on_first_spawn`
pub const ON_FIRST_SPAWN: Flags = Flags(1 << 12);
/// `procs`
pub const PROCS: Flags = Flags(1 << 13);
/// `call`
pub const CALL: Flags = Flags(1 << 14);
/// `set_on_spawn`
pub const ON_SPAWN: Flags = Flags(1 << 15);
/// `receive`
pub const RECEIVE: Flags = Flags(1 << 16);
/// `send`
pub const SEND: Flags = Flags(1 << 17);
/// `monotonic_timestamp`
pub const MONOTONIC: Flags = Flags(1 << 18);
/// `strict_monotonic_timestamp`
pub const STRICT_MONOTONIC: Flags = Flags(1 << 19);
/// `timestamp`
pub const TIMESTAMP: Flags = Flags(1 << 20);

/// `all`: every flag.
const ALL: Flags = Flags((1 << 21) - 1);

impl Flags {
    /// The flags that a name stands for.
    pub fn named(name: &str) -> Option<Flags> {
        match name {
            "all" => Some(ALL),
            _ => NAMES.iter().find(|(known, _)| *known == name).map(|(_, flags)| *flags),
        }
    }

    /// The names of the flags that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.into_iter().filter(move |(_, flag)| self.has_any(*flag)).map(|(name, _)| name)
    }

    /// Both sets.
    pub const fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    /// Those that are not in the other set.
    pub const fn without(self, other: Flags) -> Flags {
        Flags(self.0 & !other.0)
    }

    /// Whether one of the other set is in this one.
    pub const fn has_any(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether it has none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
