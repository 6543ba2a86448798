//! The contrast of the colours in the tokens file, as WCAG 2.2 defines it: 4.5 for text (1.4.3), 3 for what is not
//! text but has to be seen (1.4.11), in both themes.

use std::collections::HashMap;

const TOKENS: &str = include_str!("../styles/tokens.css");

const TEXT: f64 = 4.5;
const GRAPHIC: f64 = 3.0;

/// What is seen on what, and how much it has to stand out.
const PAIRS: &[(&str, &str, f64)] = &[
    ("text", "surface-1", TEXT),
    ("text", "surface-2", TEXT),
    ("text", "surface-3", TEXT),
    ("text", "code-selection", TEXT),
    ("text-muted", "surface-1", TEXT),
    ("text-muted", "surface-2", TEXT),
    ("accent", "surface-1", TEXT),
    ("accent", "surface-2", TEXT),
    ("on-accent", "accent", TEXT),
    ("code-keyword", "surface-2", TEXT),
    ("code-atom", "surface-2", TEXT),
    ("code-string", "surface-2", TEXT),
    ("code-number", "surface-2", TEXT),
    ("code-comment", "surface-2", TEXT),
    ("code-function", "surface-2", TEXT),
    ("border", "surface-1", GRAPHIC),
    ("border", "surface-2", GRAPHIC),
    ("focus", "surface-1", GRAPHIC),
    ("focus", "surface-2", GRAPHIC),
    ("state-running", "surface-2", GRAPHIC),
    ("state-waiting", "surface-2", GRAPHIC),
    ("state-crashed", "surface-2", GRAPHIC),
];

#[test]
fn every_pair_stands_out_in_both_themes() {
    let colours = colours();
    let mut weak = Vec::new();
    for (over, under, least) in PAIRS {
        for theme in 0..2 {
            let ratio = contrast(colours[*over][theme], colours[*under][theme]);
            if ratio < *least {
                weak.push(format!("{over} on {under} in {}: {ratio:.2}", ["light", "dark"][theme]));
            }
        }
    }
    assert!(weak.is_empty(), "{}", weak.join("\n"));
}

#[test]
fn black_on_white_has_the_highest_contrast() {
    assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
}

/// Every token of the form `--name: light-dark(#rrggbb, #rrggbb);`.
fn colours() -> HashMap<&'static str, [[u8; 3]; 2]> {
    let token = |line: &'static str| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": light-dark(")?;
        let (light, dark) = value.strip_suffix(");")?.split_once(", ")?;
        Some((name, [channels(light), channels(dark)]))
    };
    TOKENS.lines().filter_map(token).collect()
}

fn channels(hex: &str) -> [u8; 3] {
    let number = u32::from_str_radix(hex.trim_start_matches('#'), 16).expect("six hexadecimal digits");
    let [_, red, green, blue] = number.to_be_bytes();
    [red, green, blue]
}

fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: [u8; 3]) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = colour.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}
