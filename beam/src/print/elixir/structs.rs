//! Structs.

use std::cmp::Ordering;

use crate::etf::map_iter;
use crate::term::Term;

use super::algebra::{Break, Doc};
use super::escape::escape_with;
use super::{Options, Printer, atom};

/// The fields of a struct.
struct Struct {
    /// Name, key and value of each.
    fields: Vec<(String, Term, Term)>,
}

impl Struct {
    /// Value of a field.
    fn get(&self, name: &str) -> Option<Term> {
        self.fields.iter().find(|(field, ..)| field == name).map(|(_, _, value)| *value)
    }
    fn int(&self, name: &str) -> Option<i64> {
        self.get(name)?.small_value()
    }
}

impl Printer<'_> {
    /// A map with a module as its `__struct__`; none if it must be printed as any other map.
    pub(super) fn structure(&mut self, t: Term, options: Options) -> Option<Doc> {
        let all = self.fields(t)?;
        let module = all.get("__struct__").filter(|m| m.is_atom())?;
        let alias = atom::literal(crate::print::name(self.image, module));
        let known = match alias.as_str() {
            "Range" => self.range(&all, options),
            "MapSet" => self.map_set(&all, options),
            "Regex" => self.regex(&all, options),
            "Date" => self.plain(date(&all).map(|d| format!("~D[{d}]"))),
            "Time" => self.plain(time(&all).map(|t| format!("~T[{t}]"))),
            "NaiveDateTime" => self.plain(naive(&all).map(|n| format!("~N[{n}]"))),
            "DateTime" => self.plain(self.date_time(&all)),
            "Date.Range" => self.date_range(&all),
            "Version.Requirement" => self.requirement(&all),
            "Stream" => self.stream(&all, options),
            _ => None,
        };
        if known.is_some() {
            return known;
        }
        let shown = self.shown_fields(&alias, module, &all)?;
        let items = self.items(shown.into_iter(), options, |printer, (key, value), o| printer.keyword(key, value, o));
        Some(self.docs.container(&format!("%{alias}{{"), items, "}", Break::Strict))
    }

    /// The fields of a map whose keys are all atoms.
    fn fields(&self, t: Term) -> Option<Struct> {
        if !t.is_map() {
            return None;
        }
        let named = |(key, value): (Term, Term)| {
            key.is_atom().then(|| (crate::print::name(self.image, key).to_owned(), key, value))
        };
        Some(Struct { fields: map_iter(t).map(named).collect::<Option<_>>()? })
    }

    fn plain(&mut self, text: Option<String>) -> Option<Doc> {
        text.map(|text| self.text(text))
    }

    /// Fields in the order of their definition, where that is known.
    fn shown_fields(&self, alias: &str, module: Term, all: &Struct) -> Option<Vec<(Term, Term)>> {
        let own: &[&str] = match alias {
            "URI" => &["scheme", "authority", "userinfo", "host", "port", "path", "query", "fragment"],
            "Version" => &["major", "minor", "patch", "pre", "build"],
            _ => &[],
        };
        if !own.is_empty() {
            // Defaults that are left out.
            let hidden = |name: &str, value: Term| match name {
                "authority" | "build" => value == crate::atoms::NIL,
                "pre" => value.is_nil(),
                _ => false,
            };
            let find = |name: &&str| all.fields.iter().find(|(field, ..)| field == name);
            let shown = own.iter().filter_map(find).filter(|(name, _, value)| !hidden(name, *value));
            return Some(shown.map(|(_, key, value)| (*key, *value)).collect());
        }
        let special = |name: &str| matches!(name, "__struct__" | "__exception__");
        let mut fields: Vec<&(String, Term, Term)> = all.fields.iter().filter(|(name, ..)| !special(name)).collect();
        match self.limits.fields {
            None => fields.sort_by(|(a, ..), (b, ..)| a.cmp(b)),
            Some(definition) => {
                let order = definition(self.image, module)?;
                let place = |key: Term| order.iter().position(|k| *k == key);
                let known = order.iter().filter(|k| !special(crate::print::name(self.image, **k))).count();
                if known != fields.len() || fields.iter().any(|(_, key, _)| place(*key).is_none()) {
                    return None;
                }
                fields.sort_by_key(|(_, key, _)| place(*key));
            }
        }
        Some(fields.into_iter().map(|(_, key, value)| (*key, *value)).collect())
    }

    fn range(&mut self, all: &Struct, options: Options) -> Option<Doc> {
        let (first, last) = (all.get("first")?, all.get("last")?);
        let ascends = crate::compare::cmp(first, last, self.image) != Ordering::Greater;
        let step = all.get("step").unwrap_or(Term::small(if ascends { 1 } else { -1 }));
        let mut parts = vec![self.term(first, options), self.text(".."), self.term(last, options)];
        if !(step == Term::small(1) && ascends) {
            parts.extend([self.text("//"), self.term(step, options)]);
        }
        Some(self.docs.sequence(parts))
    }

    fn map_set(&mut self, all: &Struct, options: Options) -> Option<Doc> {
        let map = all.get("map").filter(|m| m.is_map())?;
        let mut keys: Vec<Term> = map_iter(map).map(|(key, _)| key).collect();
        if map.is_kind(crate::term::kind::HAMT_ROOT) {
            keys.reverse();
        }
        let options = Options { charlists: false, ..options };
        let list = self.key_list(&keys, options);
        let parts = vec![self.text("MapSet.new("), list, self.text(")")];
        Some(self.docs.sequence(parts))
    }

    fn key_list(&mut self, keys: &[Term], options: Options) -> Doc {
        let pairs: Option<Vec<[Term; 2]>> = keys.iter().map(|k| k.tuple_of::<2>().copied()).collect();
        match pairs {
            Some(pairs) if !keys.is_empty() && self.is_keyword(pairs.iter().map(|[key, _]| Some(*key))) => {
                let items =
                    self.items(pairs.into_iter(), options, |printer, [key, value], o| printer.keyword(key, value, o));
                self.docs.container("[", items, "]", Break::Strict)
            }
            _ => {
                let items = self.items(keys.iter().copied(), options, |printer, t, o| printer.term(t, o));
                self.docs.container("[", items, "]", Break::Maybe)
            }
        }
    }

    fn regex(&mut self, all: &Struct, options: Options) -> Option<Doc> {
        let (source, list) = (all.get("source")?, all.get("opts")?);
        let bytes = source.bits().filter(|b| b.is_binary())?.bytes();
        let Some(modifiers) = self.modifiers(&list.proper_list()?) else {
            let parts = vec![
                self.text("Regex.compile!("),
                self.term(source, options),
                self.text(", "),
                self.term(list, options),
                self.text(")"),
            ];
            return Some(self.docs.sequence(parts));
        };
        let (text, _) = escape_with(&without_escapes(&bytes), '/', usize::MAX, |c| match c {
            '\u{7}' => Some("\\a"),
            '\u{c}' => Some("\\f"),
            '\n' => Some("\\n"),
            '\r' => Some("\\r"),
            '\t' => Some("\\t"),
            '\u{b}' => Some("\\v"),
            _ => None,
        });
        Some(self.text(format!("~r/{text}/{modifiers}")))
    }

    /// The letters behind a regular expression for its options.
    fn modifiers(&self, options: &[Term]) -> Option<String> {
        let name = |t: Term| crate::print::name(self.image, t);
        let mut letters = Vec::new();
        let mut rest = options;
        while let [first, tail @ ..] = rest {
            rest = tail;
            letters.push(match (name(*first), tail) {
                ("dotall", [newline, after @ ..]) if self.is_newline_anycrlf(*newline) => {
                    rest = after;
                    's'
                }
                ("unicode", [ucp, after @ ..]) if name(*ucp) == "ucp" => {
                    rest = after;
                    'u'
                }
                ("caseless", _) => 'i',
                ("extended", _) => 'x',
                ("firstline", _) => 'f',
                ("ungreedy", _) => 'U',
                ("multiline", _) => 'm',
                _ => return None,
            });
        }
        Some(letters.into_iter().rev().collect())
    }
    fn is_newline_anycrlf(&self, t: Term) -> bool {
        let name = |t: Term| crate::print::name(self.image, t);
        t.tuple_of::<2>().is_some_and(|[key, value]| name(*key) == "newline" && name(*value) == "anycrlf")
    }

    fn date_time(&self, all: &Struct) -> Option<String> {
        let text = |name: &str| {
            let bytes = all.get(name)?.bits()?.bytes().into_owned();
            String::from_utf8(bytes).ok()
        };
        let (zone, abbreviation) = (text("time_zone")?, text("zone_abbr")?);
        let (utc, standard) = (all.int("utc_offset")?, all.int("std_offset")?);
        let naive = naive(all)?;
        if (utc, standard, zone.as_str()) == (0, 0, "Etc/UTC") {
            return Some(format!("~U[{naive}Z]"));
        }
        let total = utc + standard;
        let (sign, seconds) = (if total < 0 { '-' } else { '+' }, total.abs());
        let (hours, minutes) = (seconds / 3600, seconds % 3600 / 60);
        let zone = if zone == "Etc/UTC" { String::new() } else { format!(" {abbreviation} {zone}") };
        Some(format!("#DateTime<{naive}{sign}{hours:02}:{minutes:02}{zone}>"))
    }

    fn date_range(&mut self, all: &Struct) -> Option<Doc> {
        let [first, last] = ["first", "last"].map(|name| {
            let inner = self.fields(all.get(name)?)?;
            let module = inner.get("__struct__").filter(|m| m.is_atom())?;
            if crate::print::name(self.image, module) == "Elixir.Date" { date(&inner) } else { None }
        });
        let (first, last) = (first?, last?);
        let step = match all.int("step") {
            Some(1) => String::new(),
            Some(step) => format!(", {step}"),
            None => return None,
        };
        Some(self.text(format!("Date.range(~D[{first}], ~D[{last}]{step})")))
    }

    fn requirement(&mut self, all: &Struct) -> Option<Doc> {
        let source = String::from_utf8(all.get("source")?.bits()?.bytes().into_owned()).ok()?;
        Some(self.text(format!("Version.parse_requirement!(\"{source}\")")))
    }

    fn stream(&mut self, all: &Struct, options: Options) -> Option<Doc> {
        let (source, funs) = (all.get("enum")?, all.get("funs")?.proper_list()?);
        let inner = |printer: &mut Self, options: Options| {
            let key = printer.text("enum: ");
            let value = printer.term(source, Options { items: options.items.saturating_sub(1), ..options });
            let first = printer.docs.sequence(vec![key, value]);
            let funs: Vec<Term> = funs.iter().rev().copied().collect();
            let within = Options { items: options.items.saturating_sub(2), ..options };
            let items = printer.items(funs.into_iter(), within, |printer, t, o| printer.term(t, o));
            let key = printer.text("funs: ");
            let value = printer.docs.container("[", items, "]", Break::Maybe);
            let second = printer.docs.sequence(vec![key, value]);
            printer.docs.container("[", vec![first, second], "]", Break::Strict)
        };
        let list = inner(self, options);
        let parts = vec![self.text("#Stream<"), list, self.text(">")];
        Some(self.docs.sequence(parts))
    }
}

/// The source of a regular expression without the backslashes that its delimiter and `#{` need.
fn without_escapes(source: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = source;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match tail {
            [b'\\', after @ ..] if *first == b'\\' => {
                out.extend(b"\\\\");
                rest = after;
            }
            [b'/', ..] if *first == b'\\' => {}
            [b'#', b'{', ..] if *first == b'\\' => {}
            _ => out.push(*first),
        }
    }
    out
}

/// Whether the calendar is that of ISO 8601, the only one known here.
fn is_iso(all: &Struct) -> bool {
    all.get("calendar").is_some_and(|c| c.is_atom())
}

/// A date; none outside of the years that are written with four digits.
fn date(all: &Struct) -> Option<String> {
    let (year, month, day) = (all.int("year")?, all.int("month")?, all.int("day")?);
    if !is_iso(all) || !(-9999..=9999).contains(&year) {
        return None;
    }
    let sign = if year < 0 { "-" } else { "" };
    Some(format!("{sign}{:04}-{month:02}-{day:02}", year.abs()))
}

fn time(all: &Struct) -> Option<String> {
    let (hour, minute, second) = (all.int("hour")?, all.int("minute")?, all.int("second")?);
    let [value, precision] = all.get("microsecond")?.tuple_of::<2>()?;
    let (value, precision) = (value.small_value()?, usize::try_from(precision.small_value()?).ok()?);
    if !is_iso(all) {
        return None;
    }
    let digits = format!("{value:06}");
    let fraction = if precision == 0 { String::new() } else { format!(".{}", digits.get(..precision)?) };
    Some(format!("{hour:02}:{minute:02}:{second:02}{fraction}"))
}

fn naive(all: &Struct) -> Option<String> {
    Some(format!("{} {}", date(all)?, time(all)?))
}
