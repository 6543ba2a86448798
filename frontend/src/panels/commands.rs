//! Everything that can be done, by name (the palette) and by key (the sheet behind `?`).

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::elixir;
use crate::panels::code::use_format;
use crate::panels::run_controls::{Target, use_run};
use crate::panels::upgrade::use_upgrade;
use crate::state::lab::use_sandbox;
use crate::state::storage;
use crate::state::theme::{Theme, use_theme};
use crate::state::ways::Order;
use crate::widgets::dialog::Dialog;

/// Where it is remembered who switched off keys without Ctrl (WCAG 2.1.4).
const KEY: &str = "orrery.no-single-keys";

/// Commands that the palette shows at once.
const SHOWN: usize = 14;

/// The keys, as the sheet lists them.
const KEYS: [(&str, &str); 21] = [
    ("Ctrl+Enter", "Run"),
    ("Ctrl+Shift+Enter", "Upgrade: bring changed modules into the program that runs"),
    ("Ctrl+K", "Commands, files, processes"),
    ("?", "This sheet"),
    ("Ctrl+F", "Search in the editor"),
    ("Ctrl+Space", "Suggestions in the editor"),
    ("Shift+Alt+F", "Format the file"),
    ("F9", "Breakpoint at this line (programs do not stop there yet)"),
    ("↑ ↓ in IEx and input", "What you typed before"),
    ("Ctrl+Z, Ctrl+Y", "Undo and redo what you wrote"),
    ("Escape, then Tab", "Leave the editor"),
    ("Alt+↑, Alt+↓ on a file", "Put it further up or down in the list"),
    ("↑ ↓", "Move in trees and tables"),
    ("← →", "Close and open a branch; move a divider or a tab"),
    (", .", "Event before and event after, in the timeline and in the list of events"),
    ("W S", "Timeline: closer and further away"),
    ("A D", "Timeline: back and on"),
    ("F", "Timeline: all of it"),
    ("Ctrl+wheel", "Timeline: closer and further away"),
    ("Enter on a divider", "Close or open a pane"),
    ("Escape", "Close a dialog"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Palette,
    Sheet,
}

/// What a command does.
#[derive(Debug, Clone, PartialEq)]
enum Act {
    Run(Target),
    Shuffle,
    Upgrade,
    Side(&'static str),
    Bottom(&'static str),
    File(String),
    Process(shared::Pid),
    Format,
    Now,
    Theme(Theme),
    Sheet,
}

/// Listens for the keys, and shows palette and sheet.
#[component]
pub fn Commands() -> Html {
    let open = use_state_eq(|| Open::Nothing);
    let run = use_run();
    let upgrade = use_upgrade();
    {
        let (open, run, upgrade) = (open.setter(), run.clone(), upgrade.clone());
        use_effect_with((), move |()| {
            let listener = web_sys::window().map(|window| {
                let options = EventListenerOptions::enable_prevent_default();
                EventListener::new_with_options(&window, "keydown", options, move |event| {
                    let Some(event) = event.dyn_ref::<web_sys::KeyboardEvent>() else { return };
                    let with_ctrl = event.ctrl_key() || event.meta_key();
                    match event.key().as_str() {
                        "k" if with_ctrl => open.set(Open::Palette),
                        "Enter" if with_ctrl && event.shift_key() => upgrade.emit(()),
                        "Enter" if with_ctrl && !event.default_prevented() => run.emit(Target::Main),
                        "?" if !with_ctrl && !is_typing(event) && storage::get(KEY).is_none() => open.set(Open::Sheet),
                        _ => return,
                    }
                    event.prevent_default();
                })
            });
            move || drop(listener)
        });
    }
    let close = {
        let open = open.setter();
        Callback::from(move |()| open.set(Open::Nothing))
    };
    let show = |what: Open| {
        let open = open.setter();
        Callback::from(move |_: MouseEvent| open.set(what))
    };
    html! {
        <>
            <button type="button" class="button quiet" title="Commands (Ctrl+K)" onclick={show(Open::Palette)}>{ "Commands" }</button>
            <button type="button" class="button quiet icon-button" aria-label="Keys" title="Keys (?)" onclick={show(Open::Sheet)}>{ "?" }</button>
            if *open == Open::Palette {
                <Palette on_close={close.clone()} {run} {upgrade} on_sheet={let open = open.setter(); Callback::from(move |()| open.set(Open::Sheet))} />
            }
            if *open == Open::Sheet {
                <Sheet on_close={close} />
            }
        </>
    }
}

/// Whether a key goes into a text.
fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target
        .is_some_and(|it| it.is_content_editable() || matches!(it.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

/// See [`Sheet`].
#[derive(PartialEq, Properties)]
struct SheetProps {
    on_close: Callback<()>,
}

/// All keys.
#[component]
fn Sheet(props: &SheetProps) -> Html {
    let single = use_state_eq(|| storage::get(KEY).is_none());
    let toggle = {
        let single = single.clone();
        Callback::from(move |_: Event| {
            if *single {
                storage::set(KEY, "yes")
            } else {
                storage::remove(KEY)
            }
            single.set(!*single);
        })
    };
    html! {
        <Dialog title="Keys" on_close={props.on_close.clone()}>
            <dl class="keys">
                for (keys, what) in KEYS {
                    <dt key={keys}><kbd>{ keys }</kbd></dt><dd>{ what }</dd>
                }
            </dl>
            <label><input type="checkbox" checked={*single} onchange={toggle} />{ " The key ? alone opens this sheet" }</label>
        </Dialog>
    }
}

/// See [`Palette`].
#[derive(PartialEq, Properties)]
struct PaletteProps {
    on_close: Callback<()>,
    run: Callback<Target>,
    upgrade: Callback<()>,
    on_sheet: Callback<()>,
}

/// A field that finds commands, files and processes (ARIA Authoring Practices, "Combobox").
#[component]
fn Palette(props: &PaletteProps) -> Html {
    let lab = use_sandbox();
    let text = use_state_eq(String::new);
    let at = use_state_eq(|| 0_usize);
    let field = use_node_ref();
    {
        let field = field.clone();
        use_effect_with((), move |()| {
            if let Some(field) = field.cast::<HtmlElement>() {
                // It was just put there, so it can have the focus.
                drop(field.focus());
            }
        });
    }
    let found = matching(&all(&lab), &text);
    let chosen = (*at).min(found.len().saturating_sub(1));
    let format = use_format();
    let (_, choose_theme) = use_theme();
    let act = {
        let (lab, run, close, sheet) = (lab.clone(), props.run.clone(), props.on_close.clone(), props.on_sheet.clone());
        let upgrade = props.upgrade.clone();
        Callback::from(move |act: Act| {
            close.emit(());
            match act {
                Act::Run(target) => run.emit(target),
                Act::Shuffle => {
                    lab.ways.change(|ways| ways.order = Order::Shuffled);
                    run.emit(Target::Main);
                }
                Act::Upgrade => upgrade.emit(()),
                Act::Side(panel) => lab.selected.change(|it| it.side = Some(panel.to_owned())),
                Act::Bottom(panel) => lab.selected.change(|it| it.bottom = Some(panel.to_owned())),
                Act::File(path) => lab.selected.change(|it| (it.file, it.line) = (Some(path), None)),
                Act::Process(pid) => {
                    lab.selected.change(|it| (it.pid, it.side) = (Some(pid), Some("inspect".to_owned())))
                }
                Act::Format => format.emit(()),
                Act::Now => lab.selected.change(|it| it.at = None),
                Act::Theme(theme) => choose_theme.emit(theme),
                Act::Sheet => sheet.emit(()),
            }
        })
    };
    let onkeydown = {
        let (at, found, act) = (at.clone(), found.clone(), act.clone());
        Callback::from(move |event: KeyboardEvent| {
            match event.key().as_str() {
                "ArrowDown" => at.set((chosen + 1).min(found.len().saturating_sub(1))),
                "ArrowUp" => at.set(chosen.saturating_sub(1)),
                "Enter" => {
                    if let Some((_, what)) = found.get(chosen) {
                        act.emit(what.clone());
                    }
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    let oninput = {
        let (text, at) = (text.setter(), at.setter());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                text.set(input.value());
                at.set(0);
            }
        })
    };
    html! {
        <Dialog title="Commands" class="palette" on_close={props.on_close.clone()}>
            <input
                ref={field}
                type="text"
                role="combobox"
                aria-label="Command, file or process"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-activedescendant={format!("palette-{chosen}")}
                autocomplete="off"
                spellcheck="false"
                {oninput}
                {onkeydown}
            />
            <ul id="palette-list" role="listbox" aria-label="What fits" class="plain-list">
                for (n, (label, what)) in found.into_iter().enumerate() {
                    <li
                        key={n}
                        id={format!("palette-{n}")}
                        role="option"
                        class={classes!("palette-row", (n == chosen).then_some("selected"))}
                        aria-selected={if n == chosen { "true" } else { "false" }}
                        onclick={let act = act.clone(); Callback::from(move |_: MouseEvent| act.emit(what.clone()))}
                    >{ label }</li>
                }
            </ul>
        </Dialog>
    }
}

fn all(lab: &crate::state::lab::Lab) -> Vec<(String, Act)> {
    let named = [
        ("Run the program", Act::Run(Target::Main)),
        ("Run the program, its processes in a shuffled order", Act::Shuffle),
        ("Run this file", Act::Run(Target::File)),
        ("Run the tests", Act::Run(Target::Tests)),
        ("Start IEx", Act::Run(Target::Shell)),
        ("Upgrade the program that runs", Act::Upgrade),
        ("Show the supervision tree", Act::Side("tree")),
        ("Show the processes", Act::Side("processes")),
        ("Look into the chosen process", Act::Side("inspect")),
        ("Show who is here, and the chat", Act::Side("together")),
        ("Format this file", Act::Format),
        ("Show the console", Act::Bottom("console")),
        ("Talk to the program in IEx", Act::Bottom("session")),
        ("Show the problems", Act::Bottom("problems")),
        ("Show the events", Act::Bottom("events")),
        ("Show the messages", Act::Bottom("messages")),
        ("Show the timeline", Act::Bottom("timeline")),
        ("Show the ETS tables", Act::Bottom("tables")),
        ("Show memory, processes and limits", Act::Bottom("resources")),
        ("Go back to now", Act::Now),
        ("Keys", Act::Sheet),
    ];
    let mut all: Vec<(String, Act)> = named.into_iter().map(|(label, act)| (label.to_owned(), act)).collect();
    all.extend(Theme::ALL.map(|theme| (format!("Colour theme: {}", theme.label()), Act::Theme(theme))));
    all.extend(lab.document.paths().into_iter().map(|path| (format!("Open {path}"), Act::File(path))));
    lab.live.with_run(|run| {
        let named = run.now().names.iter();
        all.extend(named.map(|(name, pid)| (format!("Process {}", elixir::module(name.as_str())), Act::Process(*pid))));
    });
    all
}

/// Those that have all words of the text.
fn matching(all: &[(String, Act)], text: &str) -> Vec<(String, Act)> {
    let text = text.to_lowercase();
    let fits = |label: &str| text.split_whitespace().all(|word| label.to_lowercase().contains(word));
    all.iter().filter(|(label, _)| fits(label)).take(SHOWN).cloned().collect()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_command_is_found_by_any_of_its_words() {
        let all = [("Run the program".to_owned(), Act::Now), ("Show the events".to_owned(), Act::Sheet)];
        assert_eq!(matching(&all, "prog RUN").len(), 1);
        assert_eq!(matching(&all, "the").len(), 2);
        assert!(matching(&all, "zebra").is_empty());
    }
}
