//! Floats in text: sign, digits, point, digits, exponent. The point may be a comma, as C's `strtod` in OTP allows.

/// The float that some text is; nothing if it is none or too large. A zero byte ends the text.
pub(super) fn whole(text: &[u8]) -> Option<f64> {
    let end = text.iter().position(|c| *c == 0).unwrap_or(text.len());
    let (value, used) = start(&text[..end])?;
    (used == end).then_some(value)
}

/// The float that some text begins with, and its length.
pub(super) fn start(text: &[u8]) -> Option<(f64, usize)> {
    let digits = |from: usize| text[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let whole = digits(sign);
    let point = sign + whole;
    if whole == 0 || !matches!(text.get(point), Some(b'.' | b',')) {
        return None;
    }
    let fraction = digits(point + 1);
    if fraction == 0 {
        return None;
    }
    let mut end = point + 1 + fraction;
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let exponent = if end + 1 + sign <= text.len() { digits(end + 1 + sign) } else { 0 };
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    let number = std::str::from_utf8(&text[..end]).ok()?.replacen(',', ".", 1);
    let value: f64 = number.parse().ok()?;
    value.is_finite().then_some((value, end))
}
