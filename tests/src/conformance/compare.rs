//! Which results differ.

use super::Case;

/// Describes every case whose results differ, and those that one side does not have.
pub fn differences(expected: &[Case], actual: &[Case]) -> Vec<String> {
    let mut differences = Vec::new();
    let mut rest = actual.iter().peekable();
    for case in expected {
        match rest.next_if(|a| a.name == case.name && a.module == case.module) {
            Some(actual) if actual.result == case.result => {}
            Some(actual) => differences.push(difference(case, &actual.result)),
            None => differences.push(difference(case, "** not run")),
        }
    }
    differences
        .extend(rest.map(|extra| difference(&Case { result: "** not there".into(), ..extra.clone() }, &extra.result)));
    differences
}

/// Lines that are the same at the start and the end are shown once.
fn difference(expected: &Case, actual: &str) -> String {
    let mut text = format!("{}: {}\n", expected.module, expected.name);
    let (left, right): (Vec<&str>, Vec<&str>) = (expected.result.lines().collect(), actual.lines().collect());
    let shorter = left.len().min(right.len());
    let head = (0..shorter).take_while(|i| left[*i] == right[*i]).count();
    let tail = (0..shorter - head).take_while(|i| left[left.len() - 1 - i] == right[right.len() - 1 - i]).count();
    let mut lines =
        |sign: &str, lines: &[&str]| lines.iter().for_each(|line| text.push_str(&format!("  {sign} {line}\n")));
    lines(" ", &left[..head]);
    lines("-", &left[head..left.len() - tail]);
    lines("+", &right[head..right.len() - tail]);
    lines(" ", &left[left.len() - tail..]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(name: &str, result: &str) -> Case {
        Case { module: "m".into(), name: name.into(), result: result.into() }
    }

    #[test]
    fn what_differs_is_shown_once() {
        let expected = [case("a", "1"), case("b", "1\n2\n3"), case("c", "4")];
        assert_eq!(differences(&expected, &expected), Vec::<String>::new());
        let actual = [case("a", "1"), case("b", "1\n5\n3")];
        let found = differences(&expected, &actual);
        assert_eq!(found, ["m: b\n    1\n  - 2\n  + 5\n    3\n", "m: c\n  - 4\n  + ** not run\n"]);
    }
}
