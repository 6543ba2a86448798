//! Functions and stack traces as Elixir writes them (`Exception.format_stacktrace/1`), with places in one's own files as links.

use shared::Term;
use yew::prelude::*;

use crate::elixir;
use crate::state::lab::Lab;

/// An entry of a stack trace.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    function: String,
    /// File and line, where they are known.
    place: Option<(String, u32)>,
}

/// `{Module, Function, Arity}` in one word.
fn function(parts: &[Term]) -> Option<String> {
    let [module, name, arity] = parts else { return None };
    let arity = match arity.as_list() {
        Some(arguments) => arguments.len(),
        None => usize::try_from(arity.as_int()?).ok()?,
    };
    Some(format!("{}.{}/{arity}", elixir::module(module.as_atom()?), name.as_atom()?))
}

/// The entries of a stack trace, the innermost first; nothing when this is none.
fn calls(term: &Term) -> Option<Vec<Call>> {
    let call = |entry: &Term| {
        let [parts @ .., location] = entry.as_tuple()? else { return None };
        let of = |key: &str| {
            let pairs = location.as_list()?.iter().filter_map(Term::as_tuple);
            pairs.into_iter().find_map(|pair| pair.first()?.is_atom(key).then(|| pair.get(1))?)
        };
        let place = || Some((text(of("file")?)?, u32::try_from(of("line")?.as_int()?).ok()?));
        Some(Call { function: function(parts)?, place: place() })
    };
    term.as_list()?.iter().map(call).collect()
}

fn text(charlist: &Term) -> Option<String> {
    let char_of = |term: &Term| char::from_u32(u32::try_from(term.as_int()?).ok()?);
    charlist.as_list()?.iter().map(char_of).collect()
}

/// The function that a process is in; nothing when this names none.
pub(super) fn function_view(term: &Term) -> Option<Html> {
    let function = function(term.as_tuple()?)?;
    Some(html! { <code>{ function }</code> })
}

/// A stack trace as a list; nothing when this is none.
pub(super) fn stack_view(lab: &Lab, term: &Term) -> Option<Html> {
    let calls = calls(term)?;
    let files = lab.document.paths();
    let place = |(file, line): &(String, u32)| {
        let text = format!("{file}:{line}");
        if !files.contains(file) {
            return html! { <span class="muted">{ text }</span> };
        }
        let (selected, file, line) = (lab.selected.clone(), file.clone(), *line);
        let onclick = Callback::from(move |_: MouseEvent| selected.go_to(&file, line, 0));
        html! { <button type="button" class="place-link" {onclick}>{ text }</button> }
    };
    Some(html! {
        <ol class="calls">
            for (at, call) in calls.iter().enumerate() {
                <li key={at}><code>{ &call.function }</code>{ " " }{ for call.place.as_ref().map(place) }</li>
            }
        </ol>
    })
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn stack_traces_are_read_as_elixir_writes_them() {
        let number = |n: u64| Term::from(n);
        let charlist = Term::list("lib/a.ex".chars().map(|it| number(u64::from(it))));
        let pair = |key: &str, value: Term| Term::tuple([Term::atom(key), value]);
        let entry = |arity: Term, location: Term| {
            Term::tuple([Term::atom("Elixir.Worker"), Term::atom("work"), arity, location])
        };
        let location = Term::list([pair("file", charlist), pair("line", number(12))]);
        let trace = Term::list([
            entry(number(2), location),
            entry(Term::list([number(1), number(2), number(3)]), Term::list([])),
        ]);
        let found = calls(&trace).unwrap();
        assert_eq!(found[0], Call { function: "Worker.work/2".to_owned(), place: Some(("lib/a.ex".to_owned(), 12)) });
        assert_eq!(found[1], Call { function: "Worker.work/3".to_owned(), place: None });
        assert_eq!(calls(&Term::list([number(1)])), None);
        let gen_server = [Term::atom("gen_server"), Term::atom("loop"), number(7)];
        assert_eq!(function(&gen_server).as_deref(), Some(":gen_server.loop/7"));
    }
}
