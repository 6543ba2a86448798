//! A file that has grown beyond 600 lines holds more than one concept. A table may be as long as it has rows; it says
//! that it is one in its first lines.

use super::source::Sources;

const LINES_MAX: usize = 600;

/// How a table declares itself, in a comment, and in how many lines from the top.
const MARK: &str = "Table:";
const MARK_WITHIN: usize = 5;

pub(crate) fn check(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let code = sources.which(|source| source.is(&["rs", "js", "mjs", "css"]));
    let too_long = code.filter_map(|source| {
        let lines = source.text.lines().count();
        let table =
            source.text.lines().take(MARK_WITHIN).any(|line| line.starts_with(['/', '*']) && line.contains(MARK));
        (lines > LINES_MAX && !table).then(|| format!("{}: {lines} lines", source.path))
    });
    Ok(too_long.collect())
}

#[cfg(test)]
mod tests {
    use super::super::source::sources;
    use super::*;

    #[test]
    fn long_files_are_found_unless_they_are_tables() {
        let long = "x\n".repeat(LINES_MAX + 1);
        let table = format!("//! Table: one row an operation.\n{long}");
        let late = format!("{long}//! Table: too late.\n");
        let files = [("a.rs", long.as_str()), ("b.rs", &table), ("c.rs", &late), ("d.md", &long), ("e.rs", "x\n")];
        assert_eq!(check(&sources(&files)).unwrap(), ["a.rs: 601 lines", "c.rs: 602 lines"]);
    }
}
