//! How often somebody may ask: a bucket for each person, and one for each address.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Rates;
use crate::error::ApiError;
use crate::state::AppState;

/// How much more than a second's worth somebody may ask at once.
const BURST_SECONDS: u32 = 5;

/// Buckets of people and addresses that have been quiet are thrown away in this interval.
pub(crate) const CLEANING: Duration = Duration::from_secs(60);

/// All buckets.
#[derive(Debug)]
pub(crate) struct RateLimits {
    requests_by_address: DefaultKeyedRateLimiter<IpAddr>,
    requests_by_user: DefaultKeyedRateLimiter<String>,
    sign_ins_by_address: DefaultKeyedRateLimiter<IpAddr>,
}

impl RateLimits {
    pub(crate) fn new(rates: &Rates) -> Self {
        let per_second = |n: NonZeroU32| Quota::per_second(n).allow_burst(n.saturating_mul(burst_factor()));
        Self {
            // Many people may share an address, a school for instance.
            requests_by_address: RateLimiter::keyed(per_second(
                rates.requests_per_second.saturating_mul(address_factor()),
            )),
            requests_by_user: RateLimiter::keyed(per_second(rates.requests_per_second)),
            sign_ins_by_address: RateLimiter::keyed(Quota::per_minute(rates.sign_ins_per_minute)),
        }
    }

    pub(crate) fn check_user(&self, user: &str) -> Result<(), ApiError> {
        self.requests_by_user.check_key(&user.to_owned()).map_err(|until| refused(&until))
    }

    /// Signing in, signing up and coming as a guest are dear, and guessed at.
    pub(crate) fn check_sign_in(&self, address: IpAddr) -> Result<(), ApiError> {
        self.sign_ins_by_address.check_key(&network(address)).map_err(|until| refused(&until))
    }

    fn check_address(&self, address: IpAddr) -> Result<(), ApiError> {
        self.requests_by_address.check_key(&network(address)).map_err(|until| refused(&until))
    }

    /// Throws buckets away that are full again.
    pub(crate) fn clean(&self) {
        self.requests_by_address.retain_recent();
        self.requests_by_user.retain_recent();
        self.sign_ins_by_address.retain_recent();
    }
}

const fn burst_factor() -> NonZeroU32 {
    NonZeroU32::new(BURST_SECONDS).expect("it is not 0")
}

const fn address_factor() -> NonZeroU32 {
    NonZeroU32::new(10).expect("it is not 0")
}

/// Whoever has an IPv6 address has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address => address,
    }
}

fn refused(until: &governor::NotUntil<<DefaultClock as governor::clock::Clock>::Instant>) -> ApiError {
    let wait = until.wait_time_from(DefaultClock::default().now());
    metrics::counter!("orrery_requests_refused_total").increment(1);
    ApiError::TooManyRequests { retry_after_secs: wait.as_secs() + 1 }
}

/// Counts every request of the API against the address that it comes from.
pub(crate) async fn limit_address(
    State(state): State<AppState>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    match state.rates().check_address(address.ip()) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_share_a_bucket() {
        let one = |text: &str| network(text.parse().unwrap());
        assert_eq!(one("2001:db8::1"), one("2001:db8::ffff:2"));
        assert_ne!(one("2001:db8:0:1::1"), one("2001:db8::1"));
        assert_eq!(one("::ffff:10.0.0.1"), one("10.0.0.1"));
        assert_ne!(one("10.0.0.2"), one("10.0.0.1"));
    }

    #[test]
    fn whoever_asks_too_often_waits_and_others_do_not() {
        let one = NonZeroU32::MIN;
        let rates = RateLimits::new(&Rates { requests_per_second: one, sign_ins_per_minute: one });
        let here = "10.0.0.1".parse().unwrap();
        assert!(rates.check_sign_in(here).is_ok());
        assert!(matches!(
            rates.check_sign_in(here),
            Err(ApiError::TooManyRequests { retry_after_secs }) if (1..=61).contains(&retry_after_secs)
        ));
        assert!(rates.check_sign_in("10.0.0.2".parse().unwrap()).is_ok());
        assert_eq!((0..100).filter(|_| rates.check_user("user-a").is_ok()).count(), BURST_SECONDS as usize);
        assert!(rates.check_user("user-b").is_ok());
    }
}
