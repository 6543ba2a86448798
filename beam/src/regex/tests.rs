use std::rc::Rc;

use super::*;

/// Bytes with `%XX` for those that are not printable.
fn bytes(text: &str) -> Vec<u8> {
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or("").as_bytes().to_vec();
    for part in parts {
        out.push(u8::from_str_radix(&part[..2], 16).unwrap_or(0));
        out.extend_from_slice(&part.as_bytes()[2..]);
    }
    out
}

fn newline(digit: u8) -> Newline {
    [Newline::Cr, Newline::Crlf, Newline::Lf, Newline::Any, Newline::AnyCrlf][usize::from(digit - b'0')]
}

/// Options of compilation by letters.
fn compile_options(letters: &str) -> CompileOptions {
    let mut options = CompileOptions::default();
    let mut letters = letters.bytes();
    while let Some(letter) = letters.next() {
        options.flags |= match letter {
            b'i' => flag::CASELESS,
            b'm' => flag::MULTILINE,
            b's' => flag::DOTALL,
            b'x' => flag::EXTENDED,
            b'A' => flag::ANCHORED,
            b'D' => flag::DOLLAR_ENDONLY,
            b'f' => flag::FIRSTLINE,
            b'U' => flag::UNGREEDY,
            b'C' => flag::NO_AUTO_CAPTURE,
            b'J' => flag::DUPNAMES,
            b'u' => flag::UTF,
            b'p' => flag::UCP,
            b'b' => flag::BSR_ANYCRLF,
            b'O' => flag::NO_START_OPTIMIZE,
            b'n' => {
                options.newline = newline(letters.next().unwrap_or(b'2'));
                0
            }
            _ => 0,
        };
    }
    options
}

/// Options of a match by letters, some with a number.
fn match_options(letters: &str) -> MatchOptions {
    let mut options = MatchOptions::default();
    let mut rest = letters.as_bytes();
    while let [letter, tail @ ..] = rest {
        let digits = tail.iter().take_while(|c| c.is_ascii_digit()).count();
        let number = tail[..digits].iter().fold(0, |n, c| n * 10 + usize::from(c - b'0'));
        rest = &tail[digits..];
        match letter {
            b'A' => options.anchored = true,
            b'b' => options.notbol = true,
            b'e' => options.noteol = true,
            b'E' => options.notempty = true,
            b'S' => options.notempty_atstart = true,
            b'B' => options.bsr_anycrlf = Some(false),
            b'c' => options.bsr_anycrlf = Some(true),
            b'o' => options.offset = number,
            b'l' => options.match_limit = number as u32,
            b'r' => options.match_limit_recursion = number as u32,
            b'n' => options.newline = Some(newline(b'0' + number as u8)),
            _ => {}
        }
    }
    options
}

/// The outcome as a line: what is wrong with the pattern, or the number of groups, their names and the match.
fn outcome(pattern: &[u8], compile: CompileOptions, subject: &[u8], options: MatchOptions, budget: u64) -> String {
    let regex = match Regex::new(pattern, compile) {
        Ok(regex) => Rc::new(regex),
        Err(error) => return format!("error {} {}", error.offset, error.kind.text()),
    };
    let mut names: Vec<String> = regex.names().iter().map(|(name, _)| name.escape_ascii().to_string()).collect();
    if regex.allows_duplicate_names() {
        names.dedup();
    }
    let head = format!("{} {}", regex.group_count(), names.join(","));
    if regex.is_utf() && !std::str::from_utf8(subject).is_ok_and(|text| text.is_char_boundary(options.offset)) {
        return head + " exc badarg";
    }
    let mut matching = Matching::new(regex, options, 1 << 20);
    let result = loop {
        match matching.resume(subject, budget) {
            (MatchResult::Unfinished, _) => {}
            (result, _) => break result,
        }
    };
    let result = match result {
        MatchResult::Match(groups) => {
            let part = |group: &Option<(usize, usize)>| match group {
                Some((start, end)) => format!("{start},{}", *end as i64 - *start as i64),
                None => "-1,0".to_string(),
            };
            groups.iter().map(part).collect::<Vec<_>>().join(" ")
        }
        MatchResult::NoMatch => "nomatch".to_string(),
        MatchResult::MatchLimit => "match_limit".to_string(),
        MatchResult::RecursionLimit => "match_limit_recursion".to_string(),
        other => format!("{other:?}"),
    };
    format!("{head} {result}")
}

/// Patterns, options, subjects and what the `re` of OTP 27 makes of them.
#[test]
fn patterns_mean_what_they_mean_in_otp() {
    let table = include_str!("tests/cases.txt");
    let mut count = 0;
    for line in table.lines() {
        let fields: Vec<&str> = line.split('\t').map(|field| if field == "-" { "" } else { field }).collect();
        let [pattern, compile, subject, options, expected] = fields[..] else { panic!("{line}") };
        let (pattern, subject) = (bytes(pattern), bytes(subject));
        // A small budget puts the match aside again and again, which must not change it.
        for budget in [u64::MAX, 3] {
            let got = outcome(&pattern, compile_options(compile), &subject, match_options(options), budget);
            assert_eq!(got, expected, "{line}");
        }
        count += 1;
    }
    assert!(count > 600);
}

fn run(pattern: &str, flags: u32, subject: &[u8], options: MatchOptions, frames: usize) -> MatchResult {
    let options_of_pattern = CompileOptions { flags, ..CompileOptions::default() };
    let regex = Regex::new(pattern.as_bytes(), options_of_pattern).map(Rc::new);
    let regex = regex.unwrap_or_else(|error| panic!("{pattern}: {}", error.kind.text()));
    Matching::new(regex, options, frames).resume(subject, u64::MAX).0
}

#[test]
fn nesting_and_recursion_take_no_native_stack() {
    let deep = format!("{}a{}", "(?:".repeat(1300), ")".repeat(1300));
    assert!(matches!(run(&deep, 0, b"a", MatchOptions::default(), 1 << 20), MatchResult::Match(_)));
    let deep = format!("{}a{}", "(".repeat(2000), ")".repeat(2000));
    let error = Regex::new(deep.as_bytes(), CompileOptions::default()).map(|_| ()).map_err(|error| error.kind);
    assert_eq!(error, Err(ErrorKind::TooComplicated));
    let subject = [vec![b'a'; 100_000], vec![b'b'; 100_000]].concat();
    let result = run("^(a(?1)?b)$", 0, &subject, MatchOptions::default(), 1 << 24);
    assert_eq!(result, MatchResult::Match(vec![Some((0, 200_000)); 2]));
}

#[test]
fn limits_end_a_match() {
    let subject = vec![b'a'; 100_000];
    let loops = "(?:a|b)*c?$";
    assert!(matches!(run(loops, 0, &subject, MatchOptions::default(), 1 << 20), MatchResult::Match(_)));
    assert_eq!(run(loops, 0, &subject, MatchOptions::default(), 1000), MatchResult::OutOfMemory);
    let shallow = MatchOptions { match_limit_recursion: 100, ..MatchOptions::default() };
    assert_eq!(run(loops, 0, &subject, shallow, 1 << 20), MatchResult::RecursionLimit);
    let few = MatchOptions { match_limit: 1000, ..MatchOptions::default() };
    assert_eq!(run("(a+)*[bc]", 0, &subject[..40], few, 1 << 20), MatchResult::MatchLimit);
}

#[test]
fn invalid_utf8_is_survived() {
    let subject: Vec<u8> = (0..2000u32).map(|i| (i * 193 % 251) as u8 | if i % 3 == 0 { 0xc0 } else { 0 }).collect();
    for pattern in ["\\w+\\W", "(.)(?i)\\1", "\\X+", "[^é]{2,5}?é", "(?<=..)\\p{L}*", "\\R|.$", "(?:(.)\\b)*?x"] {
        for offset in [0, 1, 7, 1999, 2000] {
            let options = MatchOptions { offset, ..MatchOptions::default() };
            run(pattern, flag::UTF | flag::UCP, &subject, options, 1 << 20);
        }
    }
}
