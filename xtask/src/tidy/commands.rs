//! Documentation that names a command which does not exist is worse than none.

use super::source::{Source, Sources};
use crate::subcommands;

pub(crate) fn check(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let known = subcommands();
    let texts = sources.which(|source| source.is(&["md"]) || source.path == "Dockerfile" || source.path == ".ci/run");
    Ok(texts.flat_map(|source| unknown(source, &known)).collect())
}

fn unknown(source: &Source, known: &[String]) -> Vec<String> {
    source.lines_where(|line| {
        line.split("cargo xtask ").skip(1).any(|rest| {
            let word: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
            // `cargo xtask …` in running text names no command.
            !word.is_empty() && !word.starts_with('-') && !known.contains(&word)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::source::sources;
    use super::*;

    #[test]
    fn an_unknown_command_is_found() {
        let text = "```sh\ncargo xtask run --release\ncargo xtask fly\n```\n`cargo xtask` alone is fine.";
        assert_eq!(check(&sources(&[("README.md", text)])).unwrap(), ["README.md:3: cargo xtask fly"]);
    }
}
