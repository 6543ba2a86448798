//! Drawing: only what can be seen, and of many events at one pixel only one.

use shared::Pid;
use shared::ids::EventSeq;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::Picture;
use super::scale::{Scale, round_step, time_text};

/// Lanes that are drawn; the others are in the table.
pub(super) const LANES_SHOWN: usize = 400;

const LANE: usize = 20;
const HEAD: usize = 22;
/// Where the names stand, in pixels; the times begin behind it.
const GUTTER: f64 = 120.0;
/// About how far apart the times at the top stand, in pixels.
const GRID: f64 = 120.0;

/// A process.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lane {
    pub(super) pid: Pid,
    pub(super) name: String,
    pub(super) bar: Bar,
    pub(super) ticks: Vec<Tick>,
}

/// Its life; times in nanoseconds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bar {
    pub(super) from: u64,
    pub(super) to: Option<u64>,
    pub(super) crashed: bool,
    pub(super) supervisor: bool,
}

/// Something that it did.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) at: u64,
    pub(super) seq: EventSeq,
    pub(super) crash: bool,
}

/// How high the whole is, in pixels.
pub(super) fn height(lanes: usize) -> usize {
    HEAD + lanes * LANE + 4
}

/// The lane at a height.
pub(super) fn lane_at(y: usize) -> Option<usize> {
    y.checked_sub(HEAD).map(|y| y / LANE)
}

/// How many pixels the times have.
pub(super) fn span(canvas: &HtmlCanvasElement) -> f64 {
    (f64::from(canvas.client_width()) - GUTTER).max(1.0)
}

/// The share of the times at a place.
pub(super) fn share_at(canvas: &HtmlCanvasElement, x: i32) -> f64 {
    (f64::from(x) - GUTTER) / span(canvas)
}

pub(super) fn draw(
    canvas: &HtmlCanvasElement,
    context: &CanvasRenderingContext2d,
    picture: &Picture,
    scale: Scale,
    selected: Option<Pid>,
    at: Option<u64>,
) {
    let style = Colours::of(canvas);
    let (width, height) = (span(canvas), f64::from(canvas.client_height()));
    context.clear_rect(0.0, 0.0, width + GUTTER, height);
    context.set_font("11px sans-serif");
    for (at, lane) in picture.lanes.iter().enumerate() {
        let y = (HEAD + at * LANE) as f64;
        if selected == Some(lane.pid) {
            context.set_fill_style_str(&style.surface);
            context.fill_rect(0.0, y, width + GUTTER, LANE as f64);
        }
        context.set_fill_style_str(&style.text);
        // A longer name is squeezed.
        drop(context.fill_text_with_max_width(&lane.name, 6.0, y + 14.0, GUTTER - 12.0));
    }
    context.save();
    context.begin_path();
    context.rect(GUTTER, 0.0, width, height);
    context.clip();
    // From here on nothing can be drawn over the names. Only a matrix of nothing could not be moved.
    drop(context.translate(GUTTER, 0.0));
    grid(context, &style, scale, width, height);
    for (at, lane) in picture.lanes.iter().enumerate() {
        let y = (HEAD + at * LANE) as f64;
        draw_lane(context, &style, lane, y, scale, width, picture.end);
    }
    if let Some(at) = at {
        let x = scale.share_of(at) * width;
        context.set_fill_style_str(&style.focus);
        context.fill_rect(x - 1.0, 0.0, 2.0, height);
    }
    context.restore();
}

fn grid(context: &CanvasRenderingContext2d, style: &Colours, scale: Scale, width: f64, height: f64) {
    let step = round_step(scale.span as f64 * GRID / width.max(1.0)).max(1);
    let mut time = scale.from.div_ceil(step) * step;
    while time <= scale.from + scale.span {
        let x = scale.share_of(time) * width;
        context.set_fill_style_str(&style.line);
        context.fill_rect(x, HEAD as f64, 1.0, height);
        context.set_fill_style_str(&style.muted);
        // A text that does not fit is left out by the canvas itself.
        drop(context.fill_text(&time_text(time), x + 3.0, 14.0));
        time += step;
    }
}

fn draw_lane(
    context: &CanvasRenderingContext2d,
    style: &Colours,
    lane: &Lane,
    y: f64,
    scale: Scale,
    width: f64,
    end: u64,
) {
    let from = (scale.share_of(lane.bar.from) * width).max(-4.0);
    let to = (scale.share_of(lane.bar.to.unwrap_or(end)) * width).min(width + 4.0);
    if to >= 0.0 && from <= width {
        context.set_fill_style_str(if lane.bar.supervisor { &style.accent } else { &style.running });
        context.set_global_alpha(0.35);
        context.fill_rect(from, y + 3.0, (to - from).max(1.0), LANE as f64 - 6.0);
        context.set_global_alpha(1.0);
        if lane.bar.crashed {
            context.set_fill_style_str(&style.crashed);
            context.fill_rect(to - 3.0, y + 2.0, 5.0, LANE as f64 - 4.0);
        }
    }
    let first = lane.ticks.partition_point(|tick| tick.at < scale.from);
    let mut last = f64::MIN;
    for tick in lane.ticks[first..].iter().take_while(|tick| tick.at <= scale.from + scale.span) {
        let x = (scale.share_of(tick.at) * width).floor();
        if x > last && !tick.crash {
            context.set_fill_style_str(&style.text);
            context.fill_rect(x, y + 6.0, 1.0, LANE as f64 - 12.0);
            last = x;
        }
    }
}

/// The colours of the theme, as they are now.
struct Colours {
    text: String,
    muted: String,
    line: String,
    surface: String,
    accent: String,
    running: String,
    crashed: String,
    focus: String,
}

impl Colours {
    /// What the page's style says. A token is a colour for either theme, which only an element resolves: the canvas is
    /// asked with each of them as its own colour.
    fn of(canvas: &HtmlCanvasElement) -> Self {
        let window = web_sys::window();
        let token = |name: &str| {
            let resolved = || -> Option<String> {
                canvas.style().set_property("color", &format!("var({name})")).ok()?;
                let style = window.as_ref()?.get_computed_style(canvas).ok()??;
                style.get_property_value("color").ok()
            };
            resolved().unwrap_or_default()
        };
        Self {
            text: token("--text"),
            muted: token("--text-muted"),
            line: token("--line"),
            surface: token("--surface-3"),
            accent: token("--accent"),
            running: token("--state-running"),
            crashed: token("--state-crashed"),
            focus: token("--focus"),
        }
    }
}
