//! Drawing: only what can be seen, and of many moments at one pixel only one. So it takes as long for a million events as for a
//! thousand.

use std::ops::ControlFlow;

use shared::Pid;
use shared::event::EventKind;
use shared::ids::EventSeq;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::Picture;
use super::colours::Colours;
use super::scale::{Scale, round_step, time_text};
use crate::panels::tree::name;
use crate::state::run::{Log, Run};

/// Lanes that can be scrolled to; the others are in the table.
pub(super) const LANES_SHOWN: usize = 10_000;

/// When there are more events in what is seen, arrows between lanes would only be a mesh.
const ARROWS_SHOWN: usize = 400;

const LANE: usize = 20;
const HEAD: usize = 22;
/// Where the names stand, in pixels; the times begin behind it.
const GUTTER: f64 = 120.0;
/// About how far apart the times at the top stand, in pixels.
const GRID: f64 = 120.0;

/// The life of a process; times in nanoseconds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lane {
    pub(super) pid: Pid,
    pub(super) from: u64,
    pub(super) to: Option<u64>,
    pub(super) crashed: bool,
    pub(super) supervisor: bool,
    /// In whose place it was started.
    pub(super) predecessor: Option<Pid>,
}

/// What is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    pub(super) scale: Scale,
    /// How far it is scrolled down, in pixels.
    pub(super) top: usize,
    pub(super) selected: Option<Pid>,
    /// The moment that all panels show.
    pub(super) at: Option<u64>,
}

/// How high the whole is, in pixels.
pub(super) fn height(lanes: usize) -> usize {
    HEAD + lanes * LANE + 4
}

/// The lane at a height of the canvas.
pub(super) fn lane_at(y: usize, top: usize) -> Option<usize> {
    y.checked_sub(HEAD).map(|y| (y + top) / LANE)
}

/// How many pixels the times have.
pub(super) fn span(canvas: &HtmlCanvasElement) -> f64 {
    (f64::from(canvas.client_width()) - GUTTER).max(1.0)
}

/// The share of the times at a place.
pub(super) fn share_at(canvas: &HtmlCanvasElement, x: i32) -> f64 {
    (f64::from(x) - GUTTER) / span(canvas)
}

/// A canvas that is drawn on.
struct Sheet<'a> {
    context: &'a CanvasRenderingContext2d,
    style: &'a Colours,
    picture: &'a Picture,
    view: View,
    width: f64,
    height: f64,
}

pub(super) fn draw(
    canvas: &HtmlCanvasElement,
    context: &CanvasRenderingContext2d,
    style: &Colours,
    picture: &Picture,
    run: &Run,
    view: View,
) {
    let (width, height) = (span(canvas), f64::from(canvas.client_height()));
    let sheet = Sheet { context, style, picture, view, width, height };
    context.clear_rect(0.0, 0.0, width + GUTTER, height);
    context.set_font("11px sans-serif");
    sheet.clipped((0.0, HEAD as f64, width + GUTTER), |sheet| sheet.names(run));
    sheet.clipped((GUTTER, 0.0, width), |sheet| {
        // Only a matrix of nothing could not be moved.
        drop(context.translate(GUTTER, 0.0));
        sheet.grid();
    });
    sheet.clipped((GUTTER, HEAD as f64, width), |sheet| {
        drop(context.translate(GUTTER, 0.0));
        for (lane, y) in sheet.lanes() {
            sheet.lane(lane, y, run.tracks().of(lane.pid));
        }
        sheet.restarts();
        sheet.arrows(run);
        if let Some(at) = view.at {
            context.set_fill_style_str(&style.focus);
            context.fill_rect(sheet.x(at) - 1.0, 0.0, 2.0, height);
        }
    });
}

impl Sheet<'_> {
    /// Draws within a part of the canvas only: left, top and width.
    fn clipped(&self, (left, top, width): (f64, f64, f64), draw: impl FnOnce(&Self)) {
        self.context.save();
        self.context.begin_path();
        self.context.rect(left, top, width, self.height);
        self.context.clip();
        draw(self);
        self.context.restore();
    }

    fn x(&self, nanos: u64) -> f64 {
        self.view.scale.share_of(nanos) * self.width
    }

    fn y(&self, lane: usize) -> f64 {
        HEAD as f64 + (lane * LANE) as f64 - self.view.top as f64
    }

    fn lane_of(&self, pid: Pid) -> Option<usize> {
        self.picture.lanes.binary_search_by_key(&pid, |lane| lane.pid).ok()
    }

    /// The lanes that can be seen, with their heights.
    fn lanes(&self) -> impl Iterator<Item = (&Lane, f64)> {
        let first = self.view.top / LANE;
        let count = self.height as usize / LANE + 2;
        let seen = self.picture.lanes.iter().enumerate().skip(first).take(count);
        seen.map(|(at, lane)| (lane, self.y(at)))
    }

    fn names(&self, run: &Run) {
        for (lane, y) in self.lanes() {
            if self.view.selected == Some(lane.pid) {
                self.context.set_fill_style_str(&self.style.surface);
                self.context.fill_rect(0.0, y, self.width + GUTTER, LANE as f64);
            }
            let Some(process) = run.now().processes.get(&lane.pid) else { continue };
            self.context.set_fill_style_str(&self.style.text);
            // A longer name is squeezed.
            drop(self.context.fill_text_with_max_width(&name(process), 6.0, y + 14.0, GUTTER - 12.0));
        }
    }

    fn grid(&self) {
        let scale = self.view.scale;
        let step = round_step(scale.span as f64 * GRID / self.width).max(1);
        let mut time = scale.from.div_ceil(step) * step;
        while time <= scale.from + scale.span {
            let x = self.x(time);
            self.context.set_fill_style_str(&self.style.line);
            self.context.fill_rect(x, HEAD as f64, 1.0, self.height);
            self.context.set_fill_style_str(&self.style.muted);
            // A text that does not fit is left out by the canvas itself.
            drop(self.context.fill_text(&time_text(time), x + 3.0, 14.0));
            time += step;
        }
    }

    fn lane(&self, lane: &Lane, y: f64, moments: &[u64]) {
        let from = self.x(lane.from).max(-4.0);
        let to = self.x(lane.to.unwrap_or(self.picture.end)).min(self.width + 4.0);
        if to >= 0.0 && from <= self.width {
            self.context.set_fill_style_str(if lane.supervisor { &self.style.accent } else { &self.style.running });
            self.context.set_global_alpha(0.35);
            self.context.fill_rect(from, y + 3.0, (to - from).max(1.0), LANE as f64 - 6.0);
            self.context.set_global_alpha(1.0);
            if lane.crashed {
                self.context.set_fill_style_str(&self.style.crashed);
                self.context.fill_rect(to - 3.0, y + 2.0, 5.0, LANE as f64 - 4.0);
            }
        }
        self.context.set_fill_style_str(&self.style.text);
        for (x, width) in columns(moments, self.view.scale, self.width) {
            self.context.fill_rect(f64::from(x), y + 6.0, f64::from(width), LANE as f64 - 12.0);
        }
    }

    /// Lines from the end of a process to the one that took its place.
    fn restarts(&self) {
        self.context.set_stroke_style_str(&self.style.crashed);
        for (lane, y) in self.lanes() {
            let Some(before) = lane.predecessor.and_then(|pid| self.lane_of(pid)) else { continue };
            let Some(ended) = self.picture.lanes.get(before).and_then(|lane| lane.to) else { continue };
            let half = LANE as f64 / 2.0;
            self.line((self.x(ended), self.y(before) + half), (self.x(lane.from), y + half));
        }
    }

    /// Messages between processes, when there are few enough in what is seen.
    fn arrows(&self, run: &Run) {
        let scale = self.view.scale;
        // Without looking at them, which may have to unpack them.
        if run.events().about(scale.from, scale.from + scale.span) > 4 * ARROWS_SHOWN + 2 * Log::CHUNK {
            return;
        }
        let Some(first) = run.events().by(scale.from).or_else(|| run.events().first()) else { return };
        let mut seen = 0;
        let mut arrows = Vec::new();
        run.events().visit(EventSeq(first.0.saturating_sub(1)), |event| {
            seen += 1;
            if event.at.nanos() > scale.from + scale.span || seen > 4 * ARROWS_SHOWN || arrows.len() > ARROWS_SHOWN {
                return ControlFlow::Break(());
            }
            if let (Some(from), EventKind::Sent { receiver: Some(to), .. }) = (event.pid, &event.kind)
                && let Some(lanes) = self.lane_of(from).zip(self.lane_of(*to)).filter(|(from, to)| from != to)
            {
                arrows.push((event.at.nanos(), lanes));
            }
            ControlFlow::Continue(())
        });
        if seen > 4 * ARROWS_SHOWN || arrows.len() > ARROWS_SHOWN {
            return;
        }
        self.context.set_stroke_style_str(&self.style.muted);
        self.context.set_fill_style_str(&self.style.muted);
        for (at, (from, to)) in arrows {
            let half = LANE as f64 / 2.0;
            let (x, from, to) = (self.x(at), self.y(from) + half, self.y(to) + half);
            self.line((x, from), (x, to));
            // The tip, pointing to where it goes.
            let back = if to > from { to - 5.0 } else { to + 5.0 };
            self.context.begin_path();
            self.context.move_to(x, to);
            self.context.line_to(x - 3.0, back);
            self.context.line_to(x + 3.0, back);
            self.context.fill();
        }
    }

    fn line(&self, (from_x, from_y): (f64, f64), (to_x, to_y): (f64, f64)) {
        self.context.begin_path();
        self.context.move_to(from_x, from_y);
        self.context.line_to(to_x, to_y);
        self.context.stroke();
    }
}

/// The columns of pixels in which something happened: where some begin that lie side by side, and how many those are.
fn columns(moments: &[u64], scale: Scale, width: f64) -> Vec<(u32, u32)> {
    // In whole numbers, so that a moment is at the end of one column or at the beginning of the next, and not both.
    let (width, span) = ((width as u128).max(1), u128::from(scale.span.max(1)));
    let mut columns: Vec<(u32, u32)> = Vec::new();
    let mut rest = &moments[moments.partition_point(|at| *at < scale.from)..];
    while let Some(at) = rest.first().filter(|at| **at <= scale.from + scale.span) {
        let column = u128::from(*at - scale.from) * width / span;
        match columns.last_mut().filter(|(x, count)| u128::from(x + *count) == column) {
            Some((_, count)) => *count += 1,
            None => columns.push((column as u32, 1)),
        }
        // All others of this column.
        let next = scale.from.saturating_add(((column + 1) * span).div_ceil(width) as u64);
        rest = &rest[near(rest, next)..];
    }
    columns
}

/// Where those begin that are not before this moment, looked for from the beginning on in steps that double: it is near.
fn near(moments: &[u64], next: u64) -> usize {
    let mut step = 1;
    while moments.get(step).is_some_and(|at| *at < next) {
        step *= 2;
    }
    let from = step / 2;
    let to = moments.len().min(step + 1);
    from + moments[from..to].partition_point(|at| *at < next)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn of_many_moments_at_one_pixel_one_is_drawn() {
        let scale = Scale { from: 1_000, span: 1_000 };
        let many: Vec<u64> = (0..1_000_000).map(|n| n / 100).collect();
        let drawn = columns(&many, scale, 100.0);
        assert_eq!(drawn, [(0, 101)]);
        assert_eq!(columns(&[5, 1_500, 1_501, 1_509, 1_510, 1_530, 9_999], scale, 100.0), [(50, 2), (53, 1)]);
        assert_eq!(columns(&[1_999, 2_000, 2_000], Scale { from: 1_999, span: 1 }, 1_000.0), [(0, 1), (1_000, 1)]);
    }

    #[test]
    fn what_is_near_is_found() {
        let moments: Vec<u64> = (0..100).map(|n| n / 2).collect();
        for next in 1..60 {
            assert_eq!(near(&moments, next), moments.partition_point(|at| *at < next));
        }
        assert_eq!(near(&[7], 8), 1);
    }
}
