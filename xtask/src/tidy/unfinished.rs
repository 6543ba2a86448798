//! Macros that say "later" or "only for me, now".

use super::source::Sources;

/// Their names; written without what makes them macros, so that this file does not break its own rule.
const MACROS: [&str; 3] = ["todo", "unimplemented", "dbg"];

pub(crate) fn check(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let calls = MACROS.map(|name| format!("{name}!"));
    let is_call = |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        calls.iter().any(|call| {
            code.match_indices(call.as_str())
                .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
    };
    Ok(sources.which(|source| source.is(&["rs"])).flat_map(|source| source.lines_where(is_call)).collect())
}

#[cfg(test)]
mod tests {
    use super::super::source::sources;
    use super::*;

    #[test]
    fn calls_are_found_and_words_are_not() {
        for name in MACROS {
            let call = format!("fn f() {{ {name}!(1) }}");
            assert_eq!(check(&sources(&[("a/src/a.rs", call.as_str())])).unwrap().len(), 1, "{name}");
        }
        let fine = "// a todo! in a comment\nmy@!();\nlet todo = 1;".replace("@", "todo");
        assert!(check(&sources(&[("a/src/a.rs", fine.as_str())])).unwrap().is_empty());
    }
}
