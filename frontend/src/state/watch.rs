//! How long something has taken, by the clock of the browser.

/// A watch that was started.
#[derive(Debug, Clone, Copy)]
pub struct Watch(f64);

impl Watch {
    /// Starts one.
    #[must_use]
    pub fn start() -> Self {
        Self(now())
    }

    /// Milliseconds since then.
    #[must_use]
    pub fn millis(self) -> f64 {
        now() - self.0
    }
}

fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or_else(js_sys::Date::now, |clock| clock.now())
}
