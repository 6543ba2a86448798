//! The dialog in which is chosen how a program is run.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::state::lab::use_sandbox;
use crate::state::topic::use_topic;
use crate::state::ways::{Chosen, Order};
use crate::widgets::dialog::Dialog;

/// A button that opens the dialog. It shows whether something else than the usual is chosen.
#[component]
pub fn WaysButton() -> Html {
    let lab = use_sandbox();
    use_topic(lab.ways.topic());
    let is_open = use_state_eq(|| false);
    let chosen = lab.ways.chosen();
    let label =
        if chosen.is_usual() { "Ways to start".to_owned() } else { format!("Ways to start: {}", said(&chosen)) };
    html! {
        <>
            <button
                type="button"
                class={classes!("button", "quiet", "icon-button", (!chosen.is_usual()).then_some("marked"))}
                aria-label={label.clone()}
                title={label}
                onclick={let it = is_open.setter(); Callback::from(move |_: MouseEvent| it.set(true))}
            >{ "⚙" }</button>
            if *is_open {
                <WaysDialog on_close={let it = is_open.setter(); Callback::from(move |()| it.set(false))} />
            }
        </>
    }
}

/// What is unusual about it.
fn said(chosen: &Chosen) -> String {
    let order = match chosen.order {
        Order::Usual => None,
        Order::Shuffled => Some("shuffled".to_owned()),
        Order::Again(number) => Some(format!("order {number}")),
    };
    let arguments = (!chosen.arguments.trim().is_empty()).then(|| format!("arguments {}", chosen.arguments.trim()));
    let fast = chosen.is_fast.then(|| "time leaps".to_owned());
    let held = chosen.is_held.then(|| "held at its beginning".to_owned());
    let all: Vec<String> = [order, fast, held, arguments].into_iter().flatten().collect();
    all.join(", ")
}

/// See [`WaysDialog`].
#[derive(PartialEq, Properties)]
struct WaysDialogProps {
    on_close: Callback<()>,
}

#[component]
fn WaysDialog(props: &WaysDialogProps) -> Html {
    let lab = use_sandbox();
    use_topic(lab.ways.topic());
    let ways = &lab.ways;
    let chosen = ways.chosen();
    let choose = |order: Order| {
        let ways = ways.clone();
        Callback::from(move |_: Event| ways.change(|it| it.order = order))
    };
    let toggle = |set: fn(&mut Chosen, bool)| {
        let ways = ways.clone();
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                ways.change(|it| set(it, input.checked()));
            }
        })
    };
    let arguments = {
        let ways = ways.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                ways.change(|it| it.arguments = input.value());
            }
        })
    };
    let number = match chosen.order {
        Order::Again(number) => Some(number),
        _ => ways.last(),
    };
    let mut orders = vec![
        (Order::Usual, "As usual".to_owned(), "First come, first served, as with one scheduler of Erlang/OTP."),
        (Order::Shuffled, "Shuffled".to_owned(), "Another order with every run. Faults that depend on it come out."),
    ];
    if let Some(number) = number {
        orders.push((Order::Again(number), format!("Order {number} again"), "As in the last run that was shuffled."));
    }
    html! {
        <Dialog title="Ways to start" class="ways" on_close={props.on_close.clone()}>
            <fieldset class="ways-orders">
                <legend>{ "Order in which processes get their turns" }</legend>
                for (order, label, hint) in orders {
                    <label class="way">
                        <input type="radio" name="order" checked={order == chosen.order} onchange={choose(order)} />
                        <span>{ label }<span class="field-hint">{ hint }</span></span>
                    </label>
                }
            </fieldset>
            <label class="way">
                <input type="checkbox" checked={chosen.is_fast} onchange={toggle(|it, on| it.is_fast = on)} />
                <span>{ "Time leaps" }<span class="field-hint">{ "Nobody waits: when all sleep, it is at once as late as the next timer." }</span></span>
            </label>
            <label class="way">
                <input type="checkbox" checked={chosen.is_held} onchange={toggle(|it, on| it.is_held = on)} />
                <span>{ "Hold it at its beginning" }<span class="field-hint">{ "Go on with Step and Continue." }</span></span>
            </label>
            <label class="field">
                <span class="field-label">{ "Arguments" }</span>
                <input type="text" value={chosen.arguments.clone()} maxlength="1000" autocomplete="off" spellcheck="false" oninput={arguments} />
                <span class="field-hint">{ "With spaces between them; System.argv() gives them." }</span>
            </label>
            <p class="muted">{ "This holds for the next runs from this page." }</p>
        </Dialog>
    }
}
