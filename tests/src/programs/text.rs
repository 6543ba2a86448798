//! What may differ between two runs of one program: names of processes and references, times, and how long things took.

/// Lines around the first difference.
const AROUND: usize = 6;

/// How two outputs differ, or nothing.
pub(super) fn difference(expected: &[u8], found: &[u8]) -> Option<String> {
    let (expected, found) = (settled(expected), settled(found));
    if expected == found {
        return None;
    }
    let (expected, found): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let same = expected.iter().zip(&found).take_while(|(expected, found)| expected == found).count();
    let from = same.saturating_sub(2);
    let shown = |mark: char, lines: &[&str]| -> String {
        let lines = lines.iter().skip(from).take(AROUND);
        lines.map(|line| format!("{mark} {}\n", line.chars().take(300).collect::<String>())).collect()
    };
    Some(format!("  line {}\n{}{}", same + 1, shown('-', &expected), shown('+', &found)))
}

/// The text with a common name for everything that may differ.
fn settled(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.lines().map(|line| settled_line(line) + "\n").collect()
}

fn settled_line(line: &str) -> String {
    if line.starts_with("Finished in ") {
        return "Finished in some time".to_owned();
    }
    let mut settled = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let after_digit = settled.ends_with(|c: char| c.is_ascii_digit());
        if let Some((length, name)) = volatile(rest).filter(|_| !after_digit) {
            settled.push_str(name);
            rest = &rest[length..];
        } else {
            settled.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    settled
}

/// Patterns in which `0` stands for digits, and what replaces them.
const VOLATILE: [(&str, &str); 7] = [
    ("#PID<0.0.0>", "#PID<…>"),
    ("<0.0.0>", "<…>"),
    ("#Reference<0.0.0.0>", "#Reference<…>"),
    ("#Function<0.0 ", "#Function<… "),
    ("#Function<0.0/", "#Function<…/"),
    // A time at which something was logged.
    ("0:0:0.0 [", "… ["),
    ("(0.0ms)", "(…ms)"),
];

/// What the text begins with, if that may differ: its length and what replaces it.
fn volatile(text: &str) -> Option<(usize, &'static str)> {
    VOLATILE.iter().find_map(|(pattern, name)| Some((matched(text, pattern)?, *name)))
}

fn matched(text: &str, pattern: &str) -> Option<usize> {
    let mut rest = text;
    for wanted in pattern.chars() {
        if wanted == '0' {
            let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            if after.len() == rest.len() {
                return None;
            }
            rest = after;
        } else {
            rest = rest.strip_prefix(wanted)?;
        }
    }
    Some(text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn names_and_times_may_differ_and_nothing_else_may() {
        let same = |a: &str, b: &str| difference(a.as_bytes(), b.as_bytes()).is_none();
        assert!(same("pid #PID<0.12.0> at\n12:01:02.003 [error] x", "pid #PID<0.7.0> at\n09:11:12.103 [error] x"));
        assert!(same("#Reference<0.1.2.3> <0.1.2>", "#Reference<0.4.5.6> <0.3.4>"));
        assert!(same("Finished in 0.2 seconds (0.1s async, 0.1s sync)", "Finished in 1.2 seconds"));
        assert!(!same("~T[12:00:00.5]", "~T[12:00:00.6]"));
        assert!(!same("a", "b"));
        assert!(!same("a", "a\nb"));
        assert!(!same("1.2.3", "1.2.4"));
    }
}
