//! Match specifications against what Erlang/OTP gives.

use shared::{Pid, Term, match_spec};

use crate::parse;

/// Each line is `Subject ; Specification => Result` as OTP 25 answers it; an error stands with its text.
#[test]
fn specifications_give_what_otp_gives() {
    let mut failed = Vec::new();
    for line in include_str!("otp/match_spec.txt").lines() {
        let (subject, rest) = parse::prefix(line);
        let (spec, rest) = parse::prefix(rest.trim_start().strip_prefix(';').expect("two terms"));
        let expected = rest.trim_start().strip_prefix("=>").expect("an arrow");
        let result = match match_spec::test(&subject, &spec, Pid(0)).as_tuple().expect("a tuple") {
            [_, result, _, _] => result.clone(),
            [tag, errors] => {
                let first = errors.as_list().expect("a list")[0].as_tuple().expect("a tuple")[1].clone();
                let text = first.as_list().expect("a string").iter();
                let text: Vec<u8> = text.map(|c| c.as_int().expect("a character") as u8).collect();
                Term::tuple([tag.clone(), Term::binary(text)])
            }
            other => panic!("{other:?}"),
        };
        if result != parse::term(expected) {
            failed.push(format!("{line}\n   but here {result}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn functions_that_came_later_are_there() {
    let results = [
        ("[{'_',[],[{max,1,2.0}]}]", "2.0"),
        ("[{'_',[],[{min,1,1.0}]}]", "1"),
        ("[{'_',[],[{ceil,1.5}]}]", "2"),
        ("[{'_',[],[{floor,-1.5}]}]", "-2"),
        ("[{'_',[],[{tuple_size,'$_'}]}]", "1"),
        ("[{'_',[],[{is_boolean,true}]}]", "true"),
    ];
    for (spec, expected) in results {
        let spec = match_spec::MatchSpec::compile(&parse::term(spec)).expect("a specification");
        assert_eq!(spec.run(&parse::term("{x}"), Pid(0), &match_spec::Fuel::default()), Some(parse::term(expected)));
    }
}
