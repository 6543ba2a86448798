//! The ETS tables of the program, and what is in them.

use shared::Ref;
use shared::access::Operation;
use shared::api::live::LiveCommand;
use shared::api::run::{ReplyValue, TableInfo};
use shared::{Etf, Term};
use yew::prelude::*;

use crate::elixir;
use crate::panels::tree::system;
use crate::state::lab::{use_may, use_sandbox};
use crate::state::live::Answer;
use crate::state::topic::use_topic;
use crate::widgets::term::{TermProp, TermView};

/// Objects that are asked for.
const OBJECTS: u32 = 200;

/// What is in a table.
#[derive(Clone, PartialEq)]
struct Content {
    table: Ref,
    rows: Vec<Etf>,
    size: u64,
}

/// The tables, and the content of one of them.
#[component]
pub fn TablesPanel() -> Html {
    let lab = use_sandbox();
    use_topic(&lab.live.topics().world);
    use_topic(&lab.live.topics().run);
    let may_look = use_may(Operation::Debug);
    let tables = use_state_eq(|| None::<Result<Vec<TableInfo>, String>>);
    let open = use_state_eq(|| None::<Ref>);
    let content = use_state_eq(|| None::<Content>);
    let (is_alive, calls) = lab.live.with_run(|run| {
        let is_alive = run.status().is_some_and(|status| status.state.is_alive());
        (is_alive, run.now().totals.ets)
    });
    {
        let (lab, tables) = (lab.clone(), tables.setter());
        // Asked again whenever the program has done something to a table.
        use_effect_with((is_alive && may_look, calls), move |(asks, _)| {
            if *asks {
                let answer = Callback::from(move |answer: Answer| match answer {
                    Ok(Some(ReplyValue::Tables { tables: list })) => tables.set(Some(Ok(list))),
                    Ok(_) => {}
                    Err(error) => tables.set(Some(Err(error.message))),
                });
                lab.live.tell(LiveCommand::Tables, answer);
            } else {
                tables.set(None);
            }
        });
    }
    {
        let (lab, content) = (lab.clone(), content.setter());
        use_effect_with((*open, is_alive, calls), move |(open, is_alive, _)| {
            let Some(table) = open.filter(|_| *is_alive) else { return };
            let answer = Callback::from(move |answer: Answer| {
                if let Ok(Some(ReplyValue::Rows { rows, size })) = answer {
                    content.set(Some(Content { table, rows, size }));
                }
            });
            lab.live.tell(LiveCommand::Rows { table, from: 0, count: OBJECTS }, answer);
        });
    }
    let list = match &*tables {
        None => return html! { <p class="empty padded">{ "The ETS tables of a running program stand here." }</p> },
        Some(Err(error)) => return html! { <p class="padded" role="alert">{ error }</p> },
        Some(Ok(list)) => list,
    };
    let ours: Vec<TableInfo> = lab.live.with_run(|run| {
        let system = system(run.now());
        list.iter().filter(|table| !system.contains(&table.owner)).cloned().collect()
    });
    if ours.is_empty() {
        return html! { <p class="empty padded">{ "The program has no ETS tables." }</p> };
    }
    html! {
        <div class="tables">
            <ul class="plain-list">
                for table in ours {
                    <li key={table.id.0} class="list-row">
                        <button
                            type="button"
                            class="place-link"
                            aria-pressed={if *open == Some(table.id) { "true" } else { "false" }}
                            onclick={
                                let (open, id) = (open.setter(), table.id);
                                Callback::from(move |_: MouseEvent| open.set(Some(id)))
                            }
                        >{ elixir::module(table.name.as_str()) }</button>
                        <span class="muted grow">{ format!("{}, {}, {} objects, {} bytes", table.kind, table.protection, table.size, table.bytes) }</span>
                        <code class="muted">{ elixir::pid_text(table.owner) }</code>
                    </li>
                }
            </ul>
            if let Some(content) = content.as_ref().filter(|content| Some(content.table) == *open) {
                <div class="objects">
                    for (at, row) in content.rows.iter().enumerate() {
                        <div key={at}><TermView term={TermProp(row.decode().unwrap_or(Term::Nil))} depth=1 /></div>
                    }
                    if content.size > content.rows.len() as u64 {
                        <p class="muted">{ format!("… {} more", content.size - content.rows.len() as u64) }</p>
                    }
                </div>
            }
        </div>
    }
}
