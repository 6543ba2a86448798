//! A term of the program, with parts that can be folded.

use shared::term::Term;
use yew::prelude::*;

use crate::elixir;

/// Parts of one term that are shown; the rest is counted.
const PARTS_SHOWN: usize = 100;

/// What is longer than this in one line can be folded.
const SHORT: usize = 60;

/// Levels that are open at first.
const OPEN_DEPTH: usize = 2;

/// See [`TermView`].
#[derive(Clone, PartialEq, Properties)]
pub struct TermViewProps {
    /// The term.
    pub term: TermProp,
    /// How deep it lies in others.
    #[prop_or_default]
    pub depth: usize,
}

/// Terms compare exactly; that is what telling changes apart needs.
#[derive(Clone)]
pub struct TermProp(pub Term);

impl PartialEq for TermProp {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// The term.
#[component]
pub fn TermView(props: &TermViewProps) -> Html {
    let text = elixir::line(&props.term.0);
    let parts = elixir::parts(&props.term.0).filter(|_| text.chars().count() > SHORT);
    let Some(parts) = parts else { return html! { <code class="term">{ text }</code> } };
    let (open, close) = elixir::brackets(&props.term.0);
    let more = parts.len().saturating_sub(PARTS_SHOWN);
    html! {
        <details class="term" open={props.depth < OPEN_DEPTH}>
            <summary><code>{ text }</code></summary>
            <div class="term-parts">
                <code>{ open }</code>
                for (at, (before, part)) in parts.into_iter().take(PARTS_SHOWN).enumerate() {
                    <div key={at} class="term-part">
                        if !before.is_empty() {
                            <code class="term-key">{ before }</code>
                        }
                        <TermView term={TermProp(part)} depth={props.depth + 1} />
                    </div>
                }
                if more > 0 {
                    <div class="term-part muted">{ format!("… {more} more") }</div>
                }
                <code>{ close }</code>
            </div>
        </details>
    }
}
