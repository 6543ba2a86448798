//! What differs between two terms, part by part.

use shared::term::{List, Map, Term};

use crate::elixir;

/// Differences that are told apart; when there are more, the rest counts as one.
const MOST: usize = 60;

/// Deepest level that is looked into.
const DEPTH_MAX: usize = 12;

/// A part that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where it is, as one would reach it: `.jobs[2]`, `{1}`; nothing for the whole term.
    pub place: String,
    /// What was there.
    pub before: Option<Term>,
    /// What is there.
    pub after: Option<Term>,
}

/// The differences, in the order of the parts.
#[must_use]
pub fn differences(before: &Term, after: &Term) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(&mut found, String::new(), before, after, 0);
    found
}

fn compare(found: &mut Vec<Difference>, place: String, before: &Term, after: &Term, depth: usize) {
    if before == after {
        return;
    }
    if depth < DEPTH_MAX && found.len() < MOST {
        match (before, after) {
            (Term::Map(before), Term::Map(after)) if same_struct(before, after) => {
                return maps(found, &place, before, after, depth);
            }
            (Term::Tuple(before), Term::Tuple(after)) if before.len() == after.len() => {
                for (at, (before, after)) in before.iter().zip(after.iter()).enumerate() {
                    compare(found, format!("{place}{{{at}}}"), before, after, depth + 1);
                }
                return;
            }
            (Term::List(before), Term::List(after)) if before.is_proper() && after.is_proper() => {
                return lists(found, &place, before, after, depth);
            }
            _ => {}
        }
    }
    found.push(Difference { place, before: Some(before.clone()), after: Some(after.clone()) });
}

fn same_struct(before: &Map, after: &Map) -> bool {
    let name = Term::atom("__struct__");
    before.get(&name) == after.get(&name)
}

fn maps(found: &mut Vec<Difference>, place: &str, before: &Map, after: &Map, depth: usize) {
    for (key, old) in before.pairs() {
        let place = format!("{place}{}", key_text(key));
        match after.get(key) {
            Some(new) => compare(found, place, old, new, depth + 1),
            None => found.push(Difference { place, before: Some(old.clone()), after: None }),
        }
    }
    for (key, new) in after.pairs().iter().filter(|(key, _)| before.get(key).is_none()) {
        found.push(Difference { place: format!("{place}{}", key_text(key)), before: None, after: Some(new.clone()) });
    }
}

/// What is the same at both ends is left out; in between, elements are compared one by one.
fn lists(found: &mut Vec<Difference>, place: &str, before: &List, after: &List, depth: usize) {
    let (old, new) = (before.elements(), after.elements());
    let same = |(one, other): &(&Term, &Term)| one == other;
    let front = old.iter().zip(new).take_while(same).count();
    let rest = old.len().min(new.len()) - front;
    let back = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(same).count();
    let (old, new) = (&old[front..old.len() - back], &new[front..new.len() - back]);
    for at in 0..old.len().max(new.len()) {
        let place = format!("{place}[{}]", front + at);
        match (old.get(at), new.get(at)) {
            (Some(old), Some(new)) => compare(found, place, old, new, depth + 1),
            (old, new) => found.push(Difference { place, before: old.cloned(), after: new.cloned() }),
        }
        if found.len() > MOST {
            return;
        }
    }
}

fn key_text(key: &Term) -> String {
    let text = elixir::line(key);
    match text.strip_prefix(':') {
        Some(name) if !name.starts_with('"') => format!(".{name}"),
        _ => format!("[{text}]"),
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn told(before: &Term, after: &Term) -> Vec<String> {
        let text = |term: &Option<Term>| term.as_ref().map_or_else(|| "-".to_owned(), elixir::line);
        let said = |one: Difference| format!("{}: {} → {}", one.place, text(&one.before), text(&one.after));
        differences(before, after).into_iter().map(said).collect()
    }

    fn numbers(numbers: &[i64]) -> Term {
        Term::list(numbers.iter().map(|number| Term::Int(*number)))
    }

    fn map(pairs: &[(&str, Term)]) -> Term {
        Term::map(pairs.iter().map(|(key, value)| (Term::atom(key), value.clone())))
    }

    #[test]
    fn only_what_differs_is_told_and_where_it_is() {
        let before = map(&[("count", Term::Int(3)), ("jobs", numbers(&[1000, 2000])), ("old", Term::Nil)]);
        let after = map(&[("count", Term::Int(4)), ("jobs", numbers(&[1000, 1500, 2000])), ("new", Term::atom("x"))]);
        assert_eq!(told(&before, &after), [".count: 3 → 4", ".jobs[1]: - → 1500", ".old: [] → -", ".new: - → :x"]);
        assert!(told(&before, &before).is_empty());
        let pair = |n: i64| Term::tuple([Term::atom("ok"), Term::Int(n)]);
        assert_eq!(told(&pair(1), &pair(2)), ["{1}: 1 → 2"]);
        assert_eq!(told(&pair(1), &Term::Nil), [": {:ok, 1} → []"]);
        assert_eq!(told(&numbers(&[5000, 6000]), &numbers(&[6000])), ["[0]: 5000 → -"]);
        let of = |key: Term, n: i64| Term::map([(key, Term::Int(n))]);
        assert_eq!(told(&of(Term::binary(*b"a b"), 1), &of(Term::binary(*b"a b"), 2)), ["[\"a b\"]: 1 → 2"]);
    }

    #[test]
    fn there_is_an_end_to_it() {
        let all: Vec<i64> = (0..10_000).collect();
        let shifted: Vec<i64> = (0..10_000).map(|n| -n - 1).collect();
        assert!(differences(&numbers(&all), &numbers(&shifted)).len() <= MOST + 1);
        let deep = |n| (0..1_000).fold(Term::Int(n), |inner, _| Term::tuple([inner]));
        assert_eq!(differences(&deep(1), &deep(2)).len(), 1);
    }
}
