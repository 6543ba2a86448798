//! What may be meant by what is written: the server knows what modules offer, this page the words of its files.

use std::collections::{BTreeMap, BTreeSet};

use shared::api::code::{Completion, CompletionKind, Completions};
use shared::api::live::LiveCommand;
use shared::api::run::ReplyValue;
use yew::Callback;

use crate::state::lab::Lab;
use crate::state::live::Answer;
use crate::widgets::editor::{Suggestion, Suggestions};

/// Words of the files that are suggested at most.
const WORDS_MAX: usize = 40;

/// Asks what may be meant in the file that is shown by the line before the caret.
pub(super) fn ask(lab: &Lab, before: &str, answer: Callback<Suggestions>) {
    let Some(path) = lab.shown_file() else { return answer.emit(Suggestions::default()) };
    let text = lab.document.text(&path).unwrap_or_default();
    let word = word_of(before);
    let is_qualified = before[..before.len() - word.len()].ends_with(['.', ':']);
    let words = if is_qualified { Vec::new() } else { words(lab, word) };
    let replaces = word.encode_utf16().count() as u32;
    let take = Callback::from(move |reply: Answer| {
        let known = match reply {
            Ok(Some(ReplyValue::Completions(known))) => known,
            // Nobody answers, or nobody may ask: then there are only words.
            _ => Completions::default(),
        };
        let mut items: Vec<Suggestion> = known.items.iter().map(suggestion).collect();
        // Words take the place of the whole word; if what the server means does not, they do not go together.
        if items.is_empty() || known.replaces == replaces {
            let labels: BTreeSet<&str> = known.items.iter().map(|item| item.label.as_str()).collect();
            items.extend(words.iter().filter(|word| !labels.contains(word.label.as_str())).cloned());
        }
        let replaces = if known.items.is_empty() { replaces } else { known.replaces };
        answer.emit(Suggestions { replaces, items });
    });
    let before = whole(before, &aliases(&text));
    lab.live.tell(LiveCommand::Complete { path, before }, take);
}

fn suggestion(one: &Completion) -> Suggestion {
    let kind = match one.kind {
        CompletionKind::Function => "function",
        CompletionKind::Macro => "keyword",
        CompletionKind::Module => "namespace",
    };
    Suggestion { label: one.label.clone(), kind, detail: one.detail.clone(), about: one.about.clone() }
}

/// The word before the caret.
fn word_of(before: &str) -> &str {
    let begin = before.char_indices().rev().find(|(_, c)| !c.is_alphanumeric() && !matches!(c, '_' | '?' | '!'));
    &before[begin.map_or(0, |(at, c)| at + c.len_utf8())..]
}

/// Words of the files that begin so.
fn words(lab: &Lab, prefix: &str) -> Vec<Suggestion> {
    if prefix.chars().count() < 2 {
        return Vec::new();
    }
    let mut words = BTreeSet::new();
    for path in lab.document.paths() {
        let text = lab.document.text(&path).unwrap_or_default();
        let all = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '?' | '!'));
        words.extend(all.filter(|word| word.starts_with(prefix) && *word != prefix).map(str::to_owned));
    }
    let word = |label: String| Suggestion { label, kind: "text", detail: String::new(), about: None };
    words.into_iter().take(WORDS_MAX).map(word).collect()
}

/// What short names of modules stand for in a file: `alias Shop.Cart`, `alias Shop.{Cart, Till}`, `alias Shop.Cart, as: C`.
fn aliases(text: &str) -> BTreeMap<String, String> {
    let mut aliases = BTreeMap::new();
    let mut add = |short: Option<&str>, whole: String| {
        let last = whole.rsplit('.').next().unwrap_or_default();
        let short = short.unwrap_or(last).trim().to_owned();
        if short.starts_with(char::is_uppercase) && whole.starts_with(char::is_uppercase) {
            aliases.insert(short, whole);
        }
    };
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("alias ")) {
        if let Some((owner, several)) = line.split_once(".{") {
            let several = several.split('}').next().unwrap_or_default();
            several.split(',').for_each(|one| add(None, format!("{}.{}", owner.trim(), one.trim())));
        } else {
            let (whole, as_what) = line.split_once(',').unwrap_or((line, ""));
            let short = as_what.trim().strip_prefix("as:");
            add(short, whole.trim().to_owned());
        }
    }
    aliases
}

/// The same line with whole names.
fn whole(before: &str, aliases: &BTreeMap<String, String>) -> String {
    let begin = before.char_indices().rev().find(|(_, c)| !c.is_alphanumeric() && !matches!(c, '_' | '.' | '?' | '!'));
    let at = begin.map_or(0, |(at, c)| at + c.len_utf8());
    let (start, token) = before.split_at(at);
    match token.split_once('.').and_then(|(first, rest)| Some((aliases.get(first)?, rest))) {
        Some((whole, rest)) => format!("{start}{whole}.{rest}"),
        None => before.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn short_names_of_modules_are_understood() {
        let text =
            "alias Shop.Cart\n  alias Shop.{Till, Till.Drawer}\nalias A.B, as: C\nalias __MODULE__\n# alias No.Such\n";
        let aliases = aliases(text);
        for (before, expected) in [
            ("x = Cart.ad", "x = Shop.Cart.ad"),
            ("Drawer.", "Shop.Till.Drawer."),
            ("%C.D", "%A.B.D"),
            ("Cart", "Cart"),
            ("Such.x", "Such.x"),
            ("", ""),
        ] {
            assert_eq!(whole(before, &aliases), expected);
        }
    }

    #[test]
    fn the_word_before_the_caret_is_found() {
        assert_eq!(["a + gruß", "Enum.ma", "", "f(", "ok?"].map(word_of), ["gruß", "ma", "", "", "ok?"]);
    }
}
