//! How long ago something was, as people say it.

/// `at` in milliseconds since 1970, seen from now.
#[must_use]
pub fn ago(at: i64) -> String {
    said(js_sys::Date::now() as i64 - at)
}

fn said(millis: i64) -> String {
    let (minute, hour, day) = (60_000, 3_600_000, 86_400_000);
    let count = |unit: i64, name: &str| {
        let count = millis / unit;
        format!("{count} {name}{} ago", if count == 1 { "" } else { "s" })
    };
    match millis {
        day_or_more if day_or_more >= day => count(day, "day"),
        hour_or_more if hour_or_more >= hour => count(hour, "hour"),
        minute_or_more if minute_or_more >= minute => count(minute, "minute"),
        _ => "just now".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn times_are_rounded_down_to_the_largest_unit() {
        for (millis, text) in [
            (-5, "just now"),
            (59_999, "just now"),
            (60_000, "1 minute ago"),
            (7_200_000, "2 hours ago"),
            (90_000_000, "1 day ago"),
        ] {
            assert_eq!(said(millis), text);
        }
    }
}
