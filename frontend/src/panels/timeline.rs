//! The lives of processes over time, on a canvas: who was there from when to when, and when they sent and crashed. The list
//! of events is its twin for those who cannot see it.

mod colours;
mod draw;
mod scale;

use std::rc::Rc;

use gloo_render::{AnimationFrame, request_animation_frame};
use shared::ids::EventSeq;
use shared::world::Process;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};
use yew::prelude::*;

use crate::panels::tree::system;
use crate::state::lab::{Lab, use_sandbox};
use crate::state::run::Run;
use crate::state::topic::use_topic;
use colours::Colours;
use draw::{Lane, View, draw};
use scale::Scale;

/// What is drawn, as far as it does not depend on what part of it is seen.
#[derive(Debug, Default, PartialEq)]
struct Picture {
    lanes: Vec<Lane>,
    /// The time of the latest event, in nanoseconds.
    end: u64,
}

/// The canvas.
#[component]
pub fn TimelinePanel() -> Html {
    let lab = use_sandbox();
    let version = use_topic(&lab.live.topics().world);
    let moved = use_topic(lab.selected.topic());
    let (place, scroller) = (use_node_ref(), use_node_ref());
    let top = use_state_eq(|| 0_usize);
    let colours = use_mut_ref(|| None::<Colours>);
    // Nothing: all of it, also when there is more.
    let scale = use_state_eq(|| None::<Scale>);
    let frame = use_mut_ref(|| None::<AnimationFrame>);
    let grip = use_mut_ref(|| None::<(i32, Scale)>);
    let picture: Rc<Picture> = {
        let lab = lab.clone();
        use_memo(version, move |_| lab.live.with_run(picture))
    };
    let selection = lab.selected.get();
    let seen = (*scale).unwrap_or_else(|| Scale::all(picture.end));
    let at_nanos = selection.at.and_then(|at| lab.live.with_run(|run| run.event(at).map(|event| event.at.nanos())));
    {
        let (lab, place, scroller, picture) = (lab.clone(), place.clone(), scroller.clone(), picture.clone());
        let view = View { scale: seen, top: *top, selected: selection.pid, at: at_nanos };
        use_effect_with((version, moved, view), move |(_, _, view)| {
            let view = *view;
            let drawing = request_animation_frame(move |_| {
                let Some(canvas) = place.cast::<HtmlCanvasElement>() else { return };
                let Some(scroller) = scroller.cast::<Element>() else { return };
                if let Some(context) = fit(&canvas, &scroller) {
                    let style = Colours::now(&mut colours.borrow_mut(), &canvas);
                    lab.live.with_run(|run| draw(&canvas, &context, &style, &picture, run, view));
                }
            });
            // Once a frame: what was to be drawn in this one before is not drawn any more.
            frame.replace(Some(drawing));
        });
    }
    let onwheel = {
        let (scale, end) = (scale.setter(), picture.end);
        Callback::from(move |event: WheelEvent| {
            event.prevent_default();
            let Some(canvas) = event.target_dyn_into::<HtmlCanvasElement>() else { return };
            let share = draw::share_at(&canvas, event.offset_x());
            let changed = if event.ctrl_key() || event.delta_x() == 0.0 && !event.shift_key() {
                seen.zoomed((event.delta_y() / 300.0).exp(), share)
            } else {
                seen.panned((event.delta_x() + event.delta_y()) / 600.0)
            };
            scale.set(Some(changed.within(end)));
        })
    };
    let onpointerdown = {
        let grip = grip.clone();
        Callback::from(move |event: PointerEvent| {
            grip.replace(Some((event.client_x(), seen)));
            if let Some(canvas) = event.target_dyn_into::<HtmlCanvasElement>() {
                // The pointer may have gone already.
                drop(canvas.set_pointer_capture(event.pointer_id()));
            }
        })
    };
    let onpointermove = {
        let (grip, scale, end) = (grip.clone(), scale.setter(), picture.end);
        Callback::from(move |event: PointerEvent| {
            let (Some((from, begun)), Some(canvas)) = (*grip.borrow(), event.target_dyn_into::<HtmlCanvasElement>())
            else {
                return;
            };
            let share = f64::from(from - event.client_x()) / draw::span(&canvas);
            if (from - event.client_x()).abs() > 3 {
                scale.set(Some(begun.panned(share).within(end)));
            }
        })
    };
    let onpointerup = {
        let (grip, lab, picture, top) = (grip.clone(), lab.clone(), picture.clone(), *top);
        Callback::from(move |event: PointerEvent| {
            let Some((from, _)) = grip.take() else { return };
            let Some(canvas) =
                event.target_dyn_into::<HtmlCanvasElement>().filter(|_| (from - event.client_x()).abs() <= 3)
            else {
                return;
            };
            let share = draw::share_at(&canvas, event.offset_x());
            let lane = draw::lane_at(usize::try_from(event.offset_y()).unwrap_or(0), top);
            choose(&lab, &picture, seen.nanos_at(share), lane);
        })
    };
    let onkeydown = {
        let (scale, end) = (scale.setter(), picture.end);
        let lab = lab.clone();
        Callback::from(move |event: KeyboardEvent| {
            let changed = match event.key().as_str() {
                "w" | "+" | "=" => Some(seen.zoomed(0.8, 0.5)),
                "s" | "-" => Some(seen.zoomed(1.25, 0.5)),
                "a" | "ArrowLeft" => Some(seen.panned(-0.1)),
                "d" | "ArrowRight" => Some(seen.panned(0.1)),
                "f" | "0" => None,
                "," | "." => {
                    event.prevent_default();
                    return step(&lab, event.key() == ".");
                }
                _ => return,
            };
            event.prevent_default();
            scale.set(changed.map(|changed| changed.within(end)));
        })
    };
    if picture.lanes.is_empty() {
        return html! { <p class="empty padded">{ "The lives of the program's processes stand here once it runs." }</p> };
    }
    let zoom = |factor: f64| {
        let (scale, end) = (scale.setter(), picture.end);
        Callback::from(move |_: MouseEvent| scale.set(Some(seen.zoomed(factor, 0.5).within(end))))
    };
    let all = scale.setter();
    let onscroll = {
        let top = top.setter();
        Callback::from(move |event: Event| {
            let scrolled = event.target_dyn_into::<Element>().map_or(0, |scroller| scroller.scroll_top());
            top.set(usize::try_from(scrolled).unwrap_or(0));
        })
    };
    html! {
        <div class="timeline">
            <div class="panel-tools">
                <button type="button" class="button quiet icon-button" aria-label="Closer" title="Closer (W)" onclick={zoom(0.6)}>{ "+" }</button>
                <button type="button" class="button quiet icon-button" aria-label="Further away" title="Further away (S)" onclick={zoom(1.6)}>{ "−" }</button>
                <button type="button" class="button quiet" title="All of it (F)" onclick={Callback::from(move |_: MouseEvent| all.set(None))}>{ "All" }</button>
                <span class="muted">{ format!("{} to {}", scale::time_text(seen.from), scale::time_text(seen.from + seen.span)) }</span>
            </div>
            <div ref={scroller} class="timeline-scroll" {onscroll}>
                <div style={format!("block-size: {}px", draw::height(picture.lanes.len()))}>
                <canvas
                    ref={place}
                    tabindex="0"
                    role="img"
                    aria-label={format!("Lives of {} processes over {}; the list of events says the same in words", picture.lanes.len(), scale::time_text(picture.end))}
                    {onwheel}
                    {onpointerdown}
                    {onpointermove}
                    {onpointerup}
                    {onkeydown}
                ></canvas>
                </div>
            </div>
        </div>
    }
}

/// As large as what is seen of it, with as many pixels as the screen has there.
fn fit(canvas: &HtmlCanvasElement, scroller: &Element) -> Option<CanvasRenderingContext2d> {
    use wasm_bindgen::JsCast as _;
    let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
    let height = scroller.client_height();
    canvas.style().set_property("block-size", &format!("{height}px")).ok()?;
    let pixels = |length: i32| (f64::from(length) * ratio) as u32;
    let (width, height) = (pixels(canvas.client_width()), pixels(height));
    // Setting them makes a new sheet, also when they are the same.
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0).ok()?;
    Some(context)
}

fn picture(run: &Run) -> Picture {
    let world = run.now();
    let system = system(world);
    let ours = world.processes.values().filter(|process| !system.contains(&process.pid));
    let lane = |process: &Process| Lane {
        pid: process.pid,
        from: process.born.nanos(),
        to: process.exit().map(|exit| exit.at.nanos()),
        crashed: process.exit().is_some_and(|exit| exit.is_crash()),
        supervisor: process.role.is_supervisor(),
        predecessor: process.predecessor,
    };
    Picture { lanes: ours.map(lane).take(draw::LANES_SHOWN).collect(), end: world.at.nanos().max(1) }
}

/// Chooses the process of a lane, and the moment.
fn choose(lab: &Lab, picture: &Picture, nanos: u64, lane: Option<usize>) {
    let pid = lane.and_then(|at| picture.lanes.get(at)).map(|lane| lane.pid);
    let seq = lab.live.with_run(|run| run.events().by(nanos));
    lab.selected.change(|it| {
        it.pid = pid.or(it.pid);
        (it.event, it.at) = (seq, seq);
    });
}

/// Goes to the next event, or to the one before.
fn step(lab: &Lab, forward: bool) {
    let now = lab.selected.get().at;
    let to: Option<EventSeq> = lab.live.with_run(|run| match (now, forward) {
        (Some(now), true) => run.events().after(now),
        (Some(now), false) => run.events().before(now),
        (None, true) => None,
        (None, false) => run.events().before(EventSeq(u64::MAX)),
    });
    if to.is_some() {
        lab.selected.change(|it| (it.event, it.at) = (to, to));
    }
}
