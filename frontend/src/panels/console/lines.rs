//! The lines of the output, and the places in files that they name.

/// Something that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// What.
    pub(super) text: String,
    /// `stdout`, `stderr` or `evaluated`.
    pub(super) kind: &'static str,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
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

/// Pieces as lines. Another kind begins another line.
pub(super) fn lines_of(pieces: &[Piece]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut is_open = false;
    for piece in pieces {
        let text = plain(&piece.text);
        for (at, part) in text.split('\n').enumerate() {
            let goes_on = at == 0 && is_open && lines.last().is_some_and(|last| last.kind == piece.kind);
            match lines.last_mut().filter(|_| goes_on) {
                Some(last) => last.text.push_str(part),
                None => lines.push(Line { text: part.to_owned(), kind: piece.kind }),
            }
        }
        // After a line break the last line is the empty beginning of the next one.
        is_open = !text.ends_with('\n');
        if !is_open && lines.last().is_some_and(|last| last.text.is_empty()) {
            lines.pop();
        }
    }
    lines
}

/// A text without the escape sequences of terminals (ECMA-48): colours say nothing that the words do not.
fn plain(text: &str) -> String {
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

    fn piece(text: &str, kind: &'static str) -> Piece {
        Piece { text: text.to_owned(), kind }
    }

    #[test]
    fn pieces_become_lines_where_they_break() {
        let lines = lines_of(&[
            piece("a\nb", "stdout"),
            piece("c\n", "stdout"),
            piece("d", "stderr"),
            piece("\n\ne", "stdout"),
        ]);
        let texts: Vec<_> = lines.iter().map(|line| (line.text.as_str(), line.kind)).collect();
        assert_eq!(
            texts,
            [("a", "stdout"), ("bc", "stdout"), ("d", "stderr"), ("", "stdout"), ("", "stdout"), ("e", "stdout")]
        );
        assert!(lines_of(&[]).is_empty());
    }

    #[test]
    fn colours_of_terminals_are_left_out() {
        assert_eq!(lines_of(&[piece("\u{1b}[31mred\u{1b}[0m\u{7}\n", "stdout")])[0].text, "red");
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
