//! Colours stand in the tokens file only, so that both themes and the contrast test know all of them.

use super::source::Sources;

const TOKENS: &str = "frontend/styles/tokens.css";

/// Functions that make a colour from numbers.
const FUNCTIONS: [&str; 8] = ["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "oklab(", "oklch("];

pub(crate) fn check(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let page = sources.which(|source| {
        source.path.starts_with("frontend/") && source.path != TOKENS && source.is(&["css", "rs", "html", "js", "svg"])
    });
    Ok(page.flat_map(|source| source.lines_where(has_colour)).collect())
}

fn has_colour(line: &str) -> bool {
    let named = FUNCTIONS.iter().any(|function| {
        line.match_indices(function).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_ascii_alphanumeric()))
    });
    named || line.match_indices('#').any(|(at, _)| is_hex_colour(&line[at + 1..]))
}

/// Three, four, six or eight hexadecimal digits and then no more of a word: `#fff`, but neither `#faced-door` nor the
/// `#[cfg]` of Rust.
fn is_hex_colour(after: &str) -> bool {
    let digits = after.bytes().take_while(u8::is_ascii_hexdigit).count();
    let ends = after[digits..].chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '_');
    [3, 4, 6, 8].contains(&digits) && ends
}

#[cfg(test)]
mod tests {
    use super::super::source::sources;
    use super::*;

    #[test]
    fn colours_are_found_and_identifiers_are_not() {
        for colour in ["color: #fff;", "stroke=\"#12ab34\"", "background: rgb(0 0 0)", "fill: oklch(0.5 0 0)"] {
            assert_eq!(check(&sources(&[("frontend/a.css", colour)])).unwrap().len(), 1, "{colour}");
        }
        for fine in ["#[cfg(test)]", "href=\"#main\"", "#faced-door {}", "color: var(--text)", "collab(x)"] {
            assert!(check(&sources(&[("frontend/a.css", fine)])).unwrap().is_empty(), "{fine}");
        }
        assert!(check(&sources(&[(TOKENS, "--x: #fff;"), ("backend/a.rs", "#fff")])).unwrap().is_empty());
    }
}
