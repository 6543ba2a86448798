//! How a program is run from this page: in which order its processes get their turns, how its time goes, with which
//! arguments. It is nobody else's, and forgotten with the page.

use std::cell::RefCell;
use std::rc::Rc;

use shared::api::run::{RunOptions, RunTarget};
use shared::schedule::{Schedule, TimeMode};

use crate::state::topic::Topic;

/// The order in which processes get their turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// First come, first served, as in Erlang/OTP with one scheduler.
    #[default]
    Usual,
    /// Another one with every run.
    Shuffled,
    /// As in a run before.
    Again(u32),
}

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chosen {
    /// Who is next.
    pub order: Order,
    /// Whether time leaps to the next timer when nobody has anything to do; otherwise it follows the clock.
    pub is_fast: bool,
    /// Whether it is held before its first turn.
    pub is_held: bool,
    /// What the program gets as its arguments, with spaces between them.
    pub arguments: String,
}

impl Chosen {
    /// Whether it is the usual way.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// What to ask the server for. `fresh` is taken where an order is to be found.
    #[must_use]
    pub fn options(&self, target: RunTarget, fresh: u32) -> RunOptions {
        let seed = match self.order {
            Order::Usual => None,
            Order::Shuffled => Some(u64::from(fresh)),
            Order::Again(seed) => Some(u64::from(seed)),
        };
        RunOptions {
            target,
            arguments: self.arguments.split_whitespace().map(str::to_owned).collect(),
            seed,
            schedule: seed.map_or(Schedule::Default, |seed| Schedule::Random { seed }),
            time: if self.is_fast { TimeMode::default() } else { TimeMode::Live },
            paused: self.is_held,
            ..RunOptions::default()
        }
    }
}

#[derive(Default)]
struct Inner {
    chosen: RefCell<Chosen>,
    /// The order of the last run that was shuffled.
    last: RefCell<Option<u32>>,
    topic: Topic,
}

/// See the module.
#[derive(Clone, Default)]
pub struct Ways(Rc<Inner>);

impl PartialEq for Ways {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Ways {
    /// Changes with what was chosen.
    #[must_use]
    pub fn topic(&self) -> &Topic {
        &self.0.topic
    }

    /// What was chosen.
    #[must_use]
    pub fn chosen(&self) -> Chosen {
        self.0.chosen.borrow().clone()
    }

    /// The order of the last run that was shuffled here.
    #[must_use]
    pub fn last(&self) -> Option<u32> {
        *self.0.last.borrow()
    }

    /// Chooses.
    pub fn change(&self, change: impl FnOnce(&mut Chosen)) {
        change(&mut self.0.chosen.borrow_mut());
        self.0.topic.notify();
    }

    /// What to ask the server for at the next run.
    #[must_use]
    pub fn next(&self, target: RunTarget) -> RunOptions {
        let fresh = (js_sys::Math::random() * f64::from(ORDERS)) as u32;
        let chosen = self.chosen();
        let last = match chosen.order {
            Order::Usual => None,
            Order::Shuffled => Some(fresh),
            Order::Again(seed) => Some(seed),
        };
        if last.is_some() && self.0.last.replace(last) != last {
            self.0.topic.notify();
        }
        chosen.options(target, fresh)
    }
}

/// So many orders are chosen from: their numbers can be said aloud.
const ORDERS: u32 = 1_000_000;

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_usual_way_is_the_servers() {
        assert_eq!(Chosen::default().options(RunTarget::Main {}, 7), RunOptions::default());
    }

    #[test]
    fn an_order_is_repeated_with_its_number() {
        let shuffled = Chosen { order: Order::Shuffled, ..Chosen::default() };
        let again = Chosen { order: Order::Again(7), ..Chosen::default() };
        assert_eq!(shuffled.options(RunTarget::Main {}, 7), again.options(RunTarget::Main {}, 8));
        assert_eq!(again.options(RunTarget::Main {}, 8).schedule, Schedule::Random { seed: 7 });
    }

    #[test]
    fn arguments_are_words() {
        let chosen = Chosen { arguments: " 10  fast ".to_owned(), ..Chosen::default() };
        assert_eq!(chosen.options(RunTarget::Main {}, 0).arguments, ["10", "fast"]);
    }
}
