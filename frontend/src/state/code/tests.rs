//! What two pages do to one document, without a server between them.

use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

/// A document, and a text that follows it as an editor does.
struct Page {
    document: CodeDocument,
    shown: String,
}

fn page(client: u32) -> Page {
    static NOW: AtomicU64 = AtomicU64::new(0);
    // Every edit is a step of its own.
    let clock = Arc::new(|| NOW.fetch_add(10_000, Ordering::Relaxed));
    Page { document: CodeDocument::new(client, clock), shown: String::new() }
}

fn change(from: u32, to: u32, insert: &str) -> Change {
    Change { from, to, insert: insert.to_owned() }
}

/// Does to a text what an editor does with changes.
fn applied(text: &str, changes: &[Change]) -> String {
    let mut units: Vec<u16> = text.encode_utf16().collect();
    for change in changes.iter().rev() {
        units.splice(change.from as usize..change.to as usize, change.insert.encode_utf16());
    }
    String::from_utf16(&units).unwrap()
}

impl Page {
    fn edit(&mut self, changes: &[Change]) {
        self.shown = applied(&self.shown, changes);
        self.document.edit("a.ex", changes);
    }

    /// Gives what has to go to the other.
    fn settle(&mut self) -> Vec<Vec<u8>> {
        let mut updates = Vec::new();
        for happened in self.document.take() {
            match happened {
                Happened::Update(update) => updates.push(update),
                Happened::Text { changes, .. } => self.shown = applied(&self.shown, &changes),
                Happened::Settings => {}
                Happened::Files { .. } => self.shown = self.document.text("a.ex").unwrap_or_default(),
            }
        }
        updates
    }
}

fn exchange(one: &mut Page, other: &mut Page) {
    let (from_one, from_other) = (one.settle(), other.settle());
    from_one.iter().for_each(|update| other.document.apply(update).unwrap());
    from_other.iter().for_each(|update| one.document.apply(update).unwrap());
    assert!(one.settle().is_empty() && other.settle().is_empty(), "what came from the server does not go back");
}

fn pair(text: &str) -> (Page, Page) {
    let (mut one, mut other) = (page(1), page(2));
    one.document.add("a.ex", text).unwrap();
    exchange(&mut one, &mut other);
    assert_eq!(other.shown, text);
    (one, other)
}

#[test]
fn an_edit_of_several_places_arrives_as_it_was_made() {
    let (mut one, mut other) = pair("one 🪐 two three");
    one.edit(&[change(0, 3, "1"), change(4, 6, "*"), change(7, 7, "and "), change(11, 16, "")]);
    assert_eq!(one.document.text("a.ex").unwrap(), one.shown);
    exchange(&mut one, &mut other);
    assert_eq!(other.shown, one.shown);
    assert_eq!(other.shown, "1 * and two ");
}

#[test]
fn edits_of_two_at_once_converge_and_the_editors_show_the_document() {
    let (mut one, mut other) = pair("abc");
    one.edit(&[change(1, 2, "X")]);
    other.edit(&[change(0, 0, "é🪐"), change(3, 3, "!")]);
    exchange(&mut one, &mut other);
    assert_eq!(one.document.text("a.ex"), other.document.text("a.ex"));
    assert_eq!(Some(one.shown), one.document.text("a.ex"));
    assert_eq!(Some(other.shown), other.document.text("a.ex"));
}

#[test]
fn undo_takes_back_only_what_this_page_did() {
    let (mut one, mut other) = pair("");
    one.edit(&[change(0, 0, "mine ")]);
    exchange(&mut one, &mut other);
    other.edit(&[change(5, 5, "theirs ")]);
    exchange(&mut one, &mut other);
    one.edit(&[change(12, 12, "again")]);
    exchange(&mut one, &mut other);
    assert!(one.document.undo("a.ex"));
    assert!(one.document.undo("a.ex"));
    assert!(!one.document.undo("a.ex"));
    exchange(&mut one, &mut other);
    assert_eq!((one.shown.as_str(), other.shown.as_str()), ("theirs ", "theirs "));
    assert!(one.document.redo("a.ex"));
    exchange(&mut one, &mut other);
    assert_eq!(other.shown, "mine theirs ");
}

#[test]
fn whoever_was_away_merges() {
    let (mut one, mut other) = pair("base");
    one.edit(&[change(4, 4, " offline")]);
    other.edit(&[change(0, 0, "online ")]);
    one.settle();
    other.settle();
    let update = one.document.missing(&other.document.state_vector());
    other.document.apply(&update).unwrap();
    let update = other.document.missing(&one.document.state_vector());
    one.document.apply(&update).unwrap();
    one.settle();
    other.settle();
    assert_eq!((one.shown.as_str(), other.shown.as_str()), ("online base offline", "online base offline"));
}

#[test]
fn files_are_made_renamed_and_removed() {
    let mut page = page(1);
    page.document.add("main.exs", "1").unwrap();
    page.document.add("lib/b.ex", "2\r\n").unwrap();
    page.document.add("lib/a.ex", "").unwrap();
    assert_eq!(page.document.paths(), ["main.exs", "lib/a.ex", "lib/b.ex"]);
    assert_eq!(page.document.text("lib/b.ex").unwrap(), "2\n");
    assert_eq!(page.document.add("main.exs", ""), Err(FileError::Exists("main.exs".to_owned())));
    assert!(matches!(page.document.add("../x", ""), Err(FileError::Path(_))));
    page.document.rename("main.exs", "script.exs").unwrap();
    assert_eq!(page.document.text("script.exs").unwrap(), "1");
    assert_eq!(page.document.remove("lib/a.ex").unwrap(), "");
    assert_eq!(page.document.remove("lib/a.ex"), Err(FileError::Missing("lib/a.ex".to_owned())));
    assert_eq!(page.document.paths(), ["script.exs", "lib/b.ex"]);
}

#[test]
fn files_stand_where_somebody_put_them() {
    let (mut one, mut other) = pair("");
    one.document.add("main.exs", "").unwrap();
    one.document.add("README.md", "").unwrap();
    assert_eq!(one.document.paths(), ["a.ex", "main.exs", "README.md"]);
    assert!(one.document.move_file("README.md", true));
    assert!(one.document.move_file("README.md", true));
    assert!(!one.document.move_file("README.md", true), "it is the first");
    assert!(!one.document.move_file("gone.ex", false));
    exchange(&mut one, &mut other);
    assert_eq!(other.document.paths(), ["README.md", "a.ex", "main.exs"]);
    // What has another name stays; what is new comes last.
    other.document.rename("a.ex", "z.ex").unwrap();
    other.document.add("b.ex", "").unwrap();
    exchange(&mut one, &mut other);
    assert_eq!(one.document.paths(), ["README.md", "z.ex", "main.exs", "b.ex"]);
    assert!(one.document.move_file("README.md", false));
    assert_eq!(one.document.paths(), ["z.ex", "README.md", "main.exs", "b.ex"]);
}

#[test]
fn a_place_moves_with_the_text_around_it() {
    let (mut one, mut other) = pair("abc");
    let middle = one.document.anchor("a.ex", 1).unwrap();
    let end = one.document.anchor("a.ex", 3).unwrap();
    other.edit(&[change(0, 0, "12")]);
    exchange(&mut one, &mut other);
    assert_eq!(one.document.position(&middle), Some(3));
    assert_eq!(other.document.position(&middle), Some(3));
    assert_eq!(other.document.position(&end), Some(5));
    one.document.add("empty", "").unwrap();
    let empty = one.document.anchor("empty", 0).unwrap();
    assert_eq!(one.document.position(&empty), Some(0));
}

#[test]
fn what_is_no_update_is_refused() {
    assert_eq!(page(1).document.apply(&[9, 9, 9]), Err(Unreadable));
}

#[test]
fn what_a_tool_changes_is_shown_and_undone_by_itself() {
    let (mut one, mut other) = pair("def  f( x )\n");
    one.edit(&[change(0, 0, "# mine\n")]);
    one.document.rewrite("a.ex", &[change(10, 12, " "), change(14, 15, ""), change(16, 17, "")]);
    exchange(&mut one, &mut other);
    assert_eq!(one.shown, "# mine\ndef f(x)\n");
    other.edit(&[change(0, 0, "# theirs\n")]);
    exchange(&mut one, &mut other);
    assert!(one.document.undo("a.ex"));
    exchange(&mut one, &mut other);
    assert_eq!(one.shown, "# theirs\n# mine\ndef  f( x )\n");
    assert_eq!(other.shown, one.shown);
    assert!(one.document.undo("a.ex"));
    exchange(&mut one, &mut other);
    assert_eq!(one.shown, "# theirs\ndef  f( x )\n");
}

#[test]
fn breakpoints_are_those_of_everybody_and_move_with_their_lines() {
    let (mut one, mut other) = pair("a\n🪐b\nc\n");
    one.document.toggle_breakpoint("a.ex", 2);
    one.document.toggle_breakpoint("a.ex", 3);
    other.document.toggle_breakpoint("a.ex", 1);
    exchange(&mut one, &mut other);
    let lines = |page: &Page| page.document.breakpoints("a.ex").into_iter().collect::<Vec<_>>();
    assert_eq!((lines(&one), lines(&other)), (vec![1, 2, 3], vec![1, 2, 3]));
    other.edit(&[change(2, 2, "new\n")]);
    other.document.toggle_breakpoint("a.ex", 1);
    exchange(&mut one, &mut other);
    assert_eq!(lines(&one), [3, 4]);
    assert!(one.document.breakpoints("b.ex").is_empty());
    one.document.toggle_breakpoint("b.ex", 1);
    one.document.remove("a.ex").unwrap();
    assert!(lines(&one).is_empty());
}
