//! What stands before a caret, read as the beginning of a name.

use super::{ERLANG, KERNEL};

/// The beginning of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Question {
    /// `Sho`, `Shop.Ca`: the owner, and the part of a name after it.
    Alias { owner: String, part: String },
    /// `Shop.Cart.ad`, `:lists.ma`, `lists:ma`: what a module offers; the module as an atom.
    Offer { module: String, part: String },
    /// `Shop.`: what a module offers, or one below it.
    Either { module: String },
    /// `:lis`, or a word in Erlang that may be a module or a function that needs none.
    Erlang { part: String, is_plain: bool },
    /// `spa`: a function or macro that needs no module.
    Plain { part: String },
}

impl Question {
    /// Reads the end of a line; nothing when it is the beginning of no name.
    pub(super) fn read(path: &str, before: &str) -> Option<Self> {
        match path.rsplit_once('.').map(|(_, extension)| extension) {
            Some("ex" | "exs" | "eex") => Self::elixir(before),
            Some("erl" | "hrl" | "escript") => Self::erlang(before),
            _ => None,
        }
    }

    fn elixir(before: &str) -> Option<Self> {
        let token = end_of(before, |c| c.is_alphanumeric() || "_.:?!@".contains(c));
        // `key: value` ends a word, `::` begins a type.
        let token = token.rsplit_once("::").map_or(token, |(_, after)| after);
        let (owner, part) = token.rsplit_once('.').map_or((None, token), |(owner, part)| (Some(owner), part));
        let is_word = part.chars().all(|c| c.is_alphanumeric() || "_?!".contains(c));
        let begins_low = part.chars().next().is_none_or(|c| c.is_lowercase() || c == '_');
        let part = part.to_owned();
        let Some(owner) = owner else {
            return match part.strip_prefix(':') {
                Some(erlang) if is_lower_word(erlang) => {
                    Some(Self::Erlang { part: erlang.to_owned(), is_plain: false })
                }
                None if !is_word || part.is_empty() || part.starts_with(|c: char| c.is_numeric()) => None,
                None if begins_low => Some(Self::Plain { part }),
                None => Some(Self::Alias { owner: String::new(), part }),
                Some(_) => None,
            };
        };
        if !is_word {
            return None;
        }
        if let Some(erlang) = owner.strip_prefix(':') {
            return is_lower_word(erlang).then(|| Self::Offer { module: erlang.to_owned(), part });
        }
        let is_alias = owner.split('.').all(|part| part.starts_with(|c: char| c.is_uppercase()));
        if !is_alias {
            return None;
        }
        Some(match part.is_empty() {
            true => Self::Either { module: format!("Elixir.{owner}") },
            false if begins_low => Self::Offer { module: format!("Elixir.{owner}"), part },
            false => Self::Alias { owner: owner.to_owned(), part },
        })
    }

    fn erlang(before: &str) -> Option<Self> {
        let token = end_of(before, |c| c.is_alphanumeric() || "_:@".contains(c));
        match token.rsplit_once(':') {
            Some((module, part)) if is_lower_word(module) && !module.is_empty() => {
                Some(Self::Offer { module: module.to_owned(), part: part.to_owned() })
            }
            None if !token.is_empty() && is_lower_word(token) => {
                Some(Self::Erlang { part: token.to_owned(), is_plain: true })
            }
            _ => None,
        }
    }

    /// How the names of modules begin that may be meant, as atoms.
    pub(super) fn modules(&self) -> Option<String> {
        match self {
            Self::Alias { owner, part } if owner.is_empty() => Some(format!("Elixir.{part}")),
            Self::Alias { owner, part } => Some(format!("Elixir.{owner}.{part}")),
            Self::Either { module } => Some(format!("{module}.")),
            Self::Erlang { part, .. } => Some(part.clone()),
            Self::Offer { .. } | Self::Plain { .. } => None,
        }
    }

    /// Whether modules are written as Erlang does.
    pub(super) fn is_erlang_module(&self) -> bool {
        matches!(self, Self::Erlang { .. })
    }

    /// The modules whose functions may be meant.
    pub(super) fn owners(&self) -> Vec<String> {
        match self {
            Self::Offer { module, .. } | Self::Either { module } => vec![module.clone()],
            Self::Plain { .. } => KERNEL.map(str::to_owned).to_vec(),
            Self::Erlang { is_plain: true, .. } => ERLANG.map(str::to_owned).to_vec(),
            Self::Erlang { .. } | Self::Alias { .. } => Vec::new(),
        }
    }

    /// What is replaced by what was meant.
    pub(super) fn part(&self) -> &str {
        match self {
            Self::Alias { part, .. } | Self::Offer { part, .. } | Self::Erlang { part, .. } | Self::Plain { part } => {
                part
            }
            Self::Either { .. } => "",
        }
    }
}

fn end_of(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    let at = text.char_indices().rev().find(|(_, c)| !belongs(*c)).map_or(0, |(at, c)| at + c.len_utf8());
    &text[at..]
}

fn is_lower_word(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_uppercase() || c.is_numeric())
        && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '@')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, before: &str) -> (Option<String>, Vec<String>, String) {
        let question = Question::read(path, before).unwrap_or_else(|| panic!("{before} is the beginning of a name"));
        (question.modules(), question.owners(), question.part().to_owned())
    }

    #[test]
    fn beginnings_of_names_are_told_apart() {
        let kernel: Vec<&str> = KERNEL.to_vec();
        for (before, modules, owners, part) in [
            ("x = Enum.ma", None, vec!["Elixir.Enum"], "ma"),
            ("&Enum.", Some("Elixir.Enum."), vec!["Elixir.Enum"], ""),
            ("foo(Sho", Some("Elixir.Sho"), vec![], "Sho"),
            ("%Shop.Ca", Some("Elixir.Shop.Ca"), vec![], "Ca"),
            ("[:ets.in", None, vec!["ets"], "in"),
            ("[:et", Some("et"), vec![], "et"),
            ("a: spa", None, kernel.clone(), "spa"),
            ("@spec f(x) :: String.t", None, vec!["Elixir.String"], "t"),
        ] {
            let owners: Vec<String> = owners.into_iter().map(str::to_owned).collect();
            assert_eq!(read("a.ex", before), (modules.map(str::to_owned), owners, part.to_owned()), "{before}");
        }
        assert_eq!(read("a.erl", "X = lists:ma"), (None, vec!["lists".to_owned()], "ma".to_owned()));
        assert_eq!(read("a.erl", "spa"), (Some("spa".to_owned()), vec!["erlang".to_owned()], "spa".to_owned()));
    }

    #[test]
    fn what_begins_no_name_is_not_asked() {
        for before in ["", "state.co", "12", "@mod", "a + ", "x.y.", "..", ":Ab"] {
            assert_eq!(Question::read("a.ex", before), None, "{before}");
        }
        assert_eq!(Question::read("a.erl", "Variable"), None);
        assert_eq!(Question::read("README.md", "Enum"), None);
    }
}
