//! The lines of the output, and the places in files that they name.

use std::collections::VecDeque;
use std::rc::Rc;

/// Something that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The event that wrote it.
    pub(super) seq: u64,
    /// What.
    pub(super) text: String,
    /// `stdout` or `stderr`.
    pub(super) kind: &'static str,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The event that began it, and which of the lines it is that this one began.
    pub(super) key: (u64, usize),
    /// Without the line break, and without the escape sequences of terminals.
    pub(super) text: String,
    /// Of the piece that began it.
    pub(super) kind: &'static str,
}

/// A place in a file that a line names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// Where in the line it stands, in bytes.
    pub(super) from: usize,
    /// See `from`.
    pub(super) to: usize,
    /// The file.
    pub(super) file: String,
    /// The line of the file.
    pub(super) line: u32,
}

/// What was written as lines; more can be added, and the earliest can go.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) lines: VecDeque<Rc<Line>>,
    /// Whether the last line may go on.
    is_open: bool,
}

impl Lines {
    /// Adds a piece. Another kind begins another line.
    pub(super) fn push(&mut self, piece: &Piece) {
        let text = plain(&piece.text);
        let mut begun = 0;
        // After a line break there is the empty beginning of a line that may never come.
        let whole = text.strip_suffix('\n').unwrap_or(&text);
        for (at, part) in whole.split('\n').enumerate() {
            let goes_on = at == 0 && self.is_open && self.lines.back().is_some_and(|last| last.kind == piece.kind);
            match self.lines.back_mut().filter(|_| goes_on) {
                Some(last) => Rc::make_mut(last).text.push_str(part),
                None => {
                    let key = (piece.seq, begun);
                    begun += 1;
                    self.lines.push_back(Rc::new(Line { key, text: part.to_owned(), kind: piece.kind }));
                }
            }
        }
        self.is_open = !text.ends_with('\n');
    }

    /// Forgets the lines that events before this one began.
    pub(super) fn forget_before(&mut self, seq: u64) {
        while self.lines.front().is_some_and(|line| line.key.0 < seq) {
            self.lines.pop_front();
        }
    }
}

/// A text without the escape sequences of terminals (ECMA-48): colours say nothing that the words do not.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' if chars.peek() == Some(&'[') => {
                chars.next();
                while chars.next().is_some_and(|c| !('@'..='~').contains(&c)) {}
            }
            '\r' => {}
            c if c.is_control() && c != '\n' && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}

/// Places of the form `lib/a.ex:12`, of files that there are.
pub(super) fn links(text: &str, files: &[String]) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for file in files {
        for (from, _) in text.match_indices(file.as_str()) {
            let after = &text[from + file.len()..];
            let Some(digits) = after.strip_prefix(':') else { continue };
            let count = digits.bytes().take_while(u8::is_ascii_digit).count();
            let Ok(line) = digits[..count].parse() else { continue };
            let begins = text[..from].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && !"/_-.".contains(c));
            if begins {
                links.push(Link { from, to: from + file.len() + 1 + count, file: file.clone(), line });
            }
        }
    }
    links.sort_by_key(|link| link.from);
    links.dedup_by(|next, before| next.from < before.to);
    links
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn lines_of(pieces: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
        let mut lines = Lines::default();
        for (seq, (text, kind)) in (1..).zip(pieces) {
            lines.push(&Piece { seq, text: (*text).to_owned(), kind });
        }
        let keys: std::collections::BTreeSet<_> = lines.lines.iter().map(|line| line.key).collect();
        assert_eq!(keys.len(), lines.lines.len());
        lines.lines.iter().map(|line| (line.text.clone(), line.kind)).collect()
    }

    #[test]
    fn pieces_become_lines_where_they_break() {
        let pieces = [("a\nb", "stdout"), ("c\n", "stdout"), ("d", "stderr"), ("\n\ne", "stdout"), ("", "stdout")];
        let expected =
            [("a", "stdout"), ("bc", "stdout"), ("d", "stderr"), ("", "stdout"), ("", "stdout"), ("e", "stdout")];
        assert_eq!(lines_of(&pieces), expected.map(|(text, kind)| (text.to_owned(), kind)));
        assert!(lines_of(&[]).is_empty());
    }

    #[test]
    fn the_earliest_lines_can_go() {
        let mut lines = Lines::default();
        let mut push = |seq, text: &str| lines.push(&Piece { seq, text: text.to_owned(), kind: "stdout" });
        push(3, "a\nb");
        push(5, "c\nd\n");
        lines.forget_before(5);
        assert_eq!(lines.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["d"]);
    }

    #[test]
    fn colours_of_terminals_are_left_out() {
        assert_eq!(lines_of(&[("\u{1b}[31mred\u{1b}[0m\u{7}\n", "stdout")])[0].0, "red");
    }

    #[test]
    fn places_in_files_are_found() {
        let files = ["main.exs".to_owned(), "lib/a.ex".to_owned(), "a.ex".to_owned()];
        let text = "    (app 0.1) lib/a.ex:12: A.f/1, main.exs:3 and other.exs:4, main.exs: none";
        let found: Vec<_> =
            links(text, &files).into_iter().map(|it| (text[it.from..it.to].to_owned(), it.line)).collect();
        assert_eq!(found, [("lib/a.ex:12".to_owned(), 12), ("main.exs:3".to_owned(), 3)]);
    }
}
