//! The session of a sandbox: the time in which people are in it together. Those who lead begin and end it, and bound it.

use serde::{Deserialize, Serialize};

const MINUTE_MILLIS: i64 = 60_000;

/// Bounds of a session; what is not given is not bounded.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionRules {
    /// How many people may be connected at the same time. Those who lead always may.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<super::described::SessionBound>))]
    pub participants: Option<u32>,
    /// After how many minutes it ends in which nobody was connected.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<super::described::SessionBound>))]
    pub idle_minutes: Option<u32>,
    /// After how many minutes it ends in any case.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<super::described::SessionBound>))]
    pub minutes: Option<u32>,
}

/// How a session came to its end.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEnd {
    /// When.
    pub at: i64,
    /// Who ended it; nobody when its time was over.
    pub by: Option<String>,
}

/// A session. While it is over, only those who lead can be in the sandbox.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// Its bounds.
    pub rules: SessionRules,
    /// When it began.
    pub begun_at: i64,
    /// When somebody was last seen in it, as far as that matters.
    pub seen_at: i64,
    /// How it ended; nothing while it goes on.
    pub ended: Option<SessionEnd>,
}

impl Session {
    /// One that begins now.
    #[must_use]
    pub fn begin(rules: SessionRules, now: i64) -> Self {
        Self { rules, begun_at: now, seen_at: now, ended: None }
    }

    /// When it ends in any case.
    #[must_use]
    pub fn ends_at(&self) -> Option<i64> {
        let after = |minutes: u32| self.begun_at.saturating_add(i64::from(minutes) * MINUTE_MILLIS);
        self.rules.minutes.map(after)
    }

    /// Whether it is over: somebody ended it, or its time is.
    #[must_use]
    pub fn is_over(&self, now: i64) -> bool {
        self.ended.is_some() || self.ends_at().is_some_and(|at| at <= now)
    }

    /// When it ends if nobody comes any more.
    #[must_use]
    pub fn lonely_until(&self) -> Option<i64> {
        let seen = self.seen_at.max(self.begun_at);
        self.rules.idle_minutes.map(|minutes| seen.saturating_add(i64::from(minutes) * MINUTE_MILLIS))
    }

    /// Whether it ends by itself at some time.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        self.ended.is_none() && (self.rules.minutes.is_some() || self.rules.idle_minutes.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_over_when_its_time_is_or_somebody_says_so() {
        let rules = SessionRules { minutes: Some(2), idle_minutes: Some(1), ..SessionRules::default() };
        let session = Session::begin(rules, 5);
        assert_eq!((session.ends_at(), session.lonely_until()), (Some(120_005), Some(60_005)));
        assert!(!session.is_over(120_004) && session.is_over(120_005) && session.is_bounded());
        let ended = Session { ended: Some(SessionEnd { at: 6, by: None }), ..session };
        assert!(ended.is_over(6) && !ended.is_bounded());
        let open = Session::begin(SessionRules::default(), 5);
        assert!(!open.is_over(i64::MAX) && !open.is_bounded());
        let endless = SessionRules { minutes: Some(u32::MAX), idle_minutes: Some(u32::MAX), participants: Some(0) };
        assert!(!Session::begin(endless, i64::MAX - 1).is_over(i64::MAX - 1));
    }
}
