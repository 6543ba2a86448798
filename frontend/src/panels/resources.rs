//! How much of its limits the program uses, and which processes use most.

use gloo_timers::callback::Interval;
use shared::api::live::LiveCommand;
use shared::api::run::{Large, ReplyValue, Usage, Used};
use shared::limits::LimitKind;
use yew::prelude::*;

use crate::elixir;
use crate::state::lab::{Lab, use_sandbox};
use crate::state::live::Answer;
use crate::state::topic::use_topic;

/// How often it is asked.
const ASK_MILLIS: u32 = 1_000;

/// Above this share of a limit something should be done.
const MUCH: f64 = 0.8;

/// Meters, one for each limit.
#[component]
pub fn ResourcesPanel() -> Html {
    let lab = use_sandbox();
    use_topic(&lab.live.topics().run);
    let usage = use_state_eq(|| None::<Usage>);
    let (run, is_alive) = lab.live.with_run(|run| {
        let status = run.status();
        (status.map(|status| status.run.clone()), status.is_some_and(|status| status.state.is_alive()))
    });
    {
        let (lab, usage) = (lab.clone(), usage.setter());
        use_effect_with((run, is_alive), move |(_, is_alive)| {
            let again = is_alive.then(|| {
                ask(&lab, &usage);
                Interval::new(ASK_MILLIS, move || ask(&lab, &usage))
            });
            move || drop(again)
        });
    }
    let reached = lab.live.with_run(|run| run.now().limits.clone());
    let Some(usage) = &*usage else {
        return html! { <p class="empty padded">{ "How much memory, how many processes, messages and atoms a running program has, and how much it may have, stands here." }</p> };
    };
    html! {
        <div class="resources">
            if !is_alive {
                <p class="muted padded">{ "As it was when the program ended." }</p>
            }
            <table class="meters">
                <caption class="visually-hidden">{ "What the program uses of what it may use" }</caption>
                <thead><tr><th scope="col">{ "What" }</th><th scope="col">{ "Used" }</th><th scope="col">{ "Limit" }</th><th scope="col">{ "Share" }</th></tr></thead>
                <tbody>
                    for used in usage.used.iter() {
                        { meter(used, reached.get(&used.limit).copied().unwrap_or(0)) }
                    }
                </tbody>
            </table>
            { large(&lab, "Most memory", &usage.largest, true) }
            { large(&lab, "Longest mailboxes", &usage.longest, false) }
        </div>
    }
}

fn ask(lab: &Lab, to: &UseStateSetter<Option<Usage>>) {
    let to = to.clone();
    let answer = Callback::from(move |answer: Answer| {
        // One that has just ended keeps what was seen last.
        if let Ok(Some(ReplyValue::Usage(usage))) = answer {
            to.set(Some(usage));
        }
    });
    lab.live.tell(LiveCommand::Usage, answer);
}

fn meter(used: &Used, reached: u64) -> Html {
    let share = used.most.filter(|most| *most > 0).map(|most| (used.now as f64 / most as f64).min(1.0));
    let is_much = reached > 0 || share.is_some_and(|share| share >= MUCH);
    let in_bytes = is_in_bytes(used.limit);
    let percent = share.map_or_else(|| "no limit".to_owned(), percent_text);
    html! {
        <tr key={used.limit.atom()} class={is_much.then_some("much")}>
            <th scope="row">{ label(used.limit) }</th>
            <td>{ amount(used.now, in_bytes) }</td>
            <td>{ used.most.map_or_else(|| "none".to_owned(), |most| amount(most, in_bytes)) }</td>
            <td>
                if let Some(share) = share {
                    <span class="meter" role="meter" aria-label={label(used.limit)} aria-valuemin="0" aria-valuemax="100" aria-valuenow={format!("{:.0}", share * 100.0)}>
                        <span class="meter-fill" style={format!("inline-size: {:.1}%", share * 100.0)}></span>
                    </span>
                }
                <span class="meter-text">{ percent }</span>
                if reached > 0 {
                    <strong class="meter-reached">{ format!("reached {reached} times") }</strong>
                }
            </td>
        </tr>
    }
}

fn large(lab: &Lab, title: &str, processes: &[Large], in_bytes: bool) -> Html {
    if processes.is_empty() {
        return Html::default();
    }
    let row = |large: &Large| {
        let (selected, pid) = (lab.selected.clone(), large.pid);
        let name = lab.live.with_run(|run| {
            let name = run.now().processes.get(&pid).and_then(|process| process.name.clone());
            elixir::process_name(name.as_ref(), pid)
        });
        let onclick = Callback::from(move |_: MouseEvent| {
            selected.change(|it| (it.pid, it.side) = (Some(pid), Some("inspect".to_owned())));
        });
        let what = if in_bytes { amount(large.amount, true) } else { format!("{} messages", large.amount) };
        html! { <li key={pid.0}><button type="button" class="place-link" {onclick}>{ name }</button>{ format!(" {what}") }</li> }
    };
    html! {
        <section class="large">
            <h3>{ title }</h3>
            <ul class="plain-list">{ for processes.iter().map(row) }</ul>
        </section>
    }
}

fn label(limit: LimitKind) -> &'static str {
    match limit {
        LimitKind::TotalBytes => "Memory",
        LimitKind::ProcessBytes => "Memory of the largest process",
        LimitKind::Processes => "Processes",
        LimitKind::MailboxMessages => "Messages in the longest mailbox",
        LimitKind::MailboxBytes => "Bytes in the largest mailbox",
        LimitKind::TotalReductions => "Reductions",
        LimitKind::Atoms => "Atoms made",
        LimitKind::EtsTables => "ETS tables",
        LimitKind::EtsBytes => "Memory of ETS tables",
        LimitKind::Timers => "Timers",
        LimitKind::Links => "Links and monitors",
        LimitKind::CodeBytes => "Loaded code",
        LimitKind::FileBytes => "Files",
        other => other.atom(),
    }
}

fn is_in_bytes(limit: LimitKind) -> bool {
    matches!(
        limit,
        LimitKind::TotalBytes
            | LimitKind::ProcessBytes
            | LimitKind::MailboxBytes
            | LimitKind::EtsBytes
            | LimitKind::CodeBytes
            | LimitKind::FileBytes
    )
}

/// A number as people read it.
fn amount(number: u64, in_bytes: bool) -> String {
    if in_bytes {
        return match number {
            0..1_024 => format!("{number} B"),
            1_024..1_048_576 => format!("{:.1} KiB", number as f64 / 1_024.0),
            _ => format!("{:.1} MiB", number as f64 / 1_048_576.0),
        };
    }
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn percent_text(share: f64) -> String {
    if share > 0.0 && share < 0.01 { "< 1 %".to_owned() } else { format!("{:.0} %", share * 100.0) }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(|n| amount(n, false)), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([10, 2_048, 3 << 20].map(|n| amount(n, true)), ["10 B", "2.0 KiB", "3.0 MiB"]);
        assert_eq!([0.0, 0.001, 0.5].map(percent_text), ["0 %", "< 1 %", "50 %"]);
    }
}
