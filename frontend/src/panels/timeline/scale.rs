//! Which part of the time is seen. Times are whole nanoseconds.

/// A part of the time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub(super) from: u64,
    pub(super) span: u64,
}

/// The shortest time that can fill the width: a microsecond.
const LEAST: u64 = 1_000;

impl Scale {
    /// All of it, with a little room behind.
    pub(super) fn all(end: u64) -> Self {
        Self { from: 0, span: (end + end / 20).max(LEAST) }
    }

    /// The time at this share of the width.
    pub(super) fn nanos_at(self, share: f64) -> u64 {
        self.from + (self.span as f64 * share.clamp(0.0, 1.0)) as u64
    }

    /// Where a time lies, as a share of the width; outside of 0 to 1 it is not seen.
    pub(super) fn share_of(self, nanos: u64) -> f64 {
        (nanos as f64 - self.from as f64) / self.span as f64
    }

    /// So many times as much time, the moment at this share staying where it is.
    pub(super) fn zoomed(self, factor: f64, share: f64) -> Self {
        let span = ((self.span as f64 * factor) as u64).max(LEAST);
        let fixed = self.nanos_at(share);
        Self { from: fixed.saturating_sub((span as f64 * share) as u64), span }
    }

    /// Moved by a share of the width.
    pub(super) fn panned(self, share: f64) -> Self {
        let by = (self.span as f64 * share) as i64;
        Self { from: self.from.saturating_add_signed(by), ..self }
    }

    /// Not further out than there is something to see.
    pub(super) fn within(self, end: u64) -> Self {
        let most = Self::all(end).span;
        let span = self.span.min(most);
        Self { from: self.from.min(most - span), span }
    }
}

/// A time as people read it.
pub(super) fn time_text(nanos: u64) -> String {
    match nanos {
        0..1_000_000 => format!("{:.1} µs", nanos as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} ms", nanos as f64 / 1e6),
        _ => format!("{:.2} s", nanos as f64 / 1e9),
    }
}

/// Steps of about this length that people count in: 1, 2 or 5 of something.
pub(super) fn round_step(about: f64) -> u64 {
    let ten = 10_f64.powf(about.max(1.0).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|it| it * ten).find(|step| *step >= about);
    step.unwrap_or(10.0 * ten) as u64
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_moment_under_the_pointer_stays_there() {
        let scale = Scale { from: 1_000_000, span: 4_000_000 };
        let closer = scale.zoomed(0.5, 0.25);
        assert_eq!((closer.nanos_at(0.25), closer.span), (scale.nanos_at(0.25), 2_000_000));
        assert!((closer.share_of(closer.nanos_at(0.75)) - 0.75).abs() < 1e-6);
    }

    #[test]
    fn one_cannot_get_lost() {
        let far = Scale { from: 1 << 50, span: 1 << 52 }.within(1_000_000);
        assert_eq!(far, Scale::all(1_000_000));
        let near = Scale::all(1_000_000).zoomed(1e-9, 0.5);
        assert_eq!(near.span, LEAST);
        assert_eq!(Scale { from: 10, span: 100 }.panned(-5.0).from, 0);
    }

    #[test]
    fn steps_are_round() {
        assert_eq!([3.0, 10.0, 11.0, 49.0, 700.0].map(round_step), [5, 10, 20, 50, 1_000]);
    }
}
