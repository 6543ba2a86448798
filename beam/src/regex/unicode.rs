//! Properties of characters: general categories, scripts, case, and the classes that extended grapheme clusters are made of.
//!
//! The tables are those of `regex-syntax`. The PCRE of OTP 27 knows Unicode 7.0, so what came later counts as unassigned.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::OnceLock;

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

use super::latin1;
use super::set::{Ranges, max_char};

/// Scripts that `\p{...}` knows.
const SCRIPTS: &str = "Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bopomofo Brahmi Braille Buginese \
    Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Common Coptic Cuneiform Cypriot Cyrillic \
    Deseret Devanagari Duployan Egyptian_Hieroglyphs Elbasan Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati \
    Gurmukhi Han Hangul Hanunoo Hebrew Hiragana Imperial_Aramaic Inherited Inscriptional_Pahlavi Inscriptional_Parthian \
    Javanese Kaithi Kannada Katakana Kayah_Li Kharoshthi Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Linear_A Linear_B \
    Lisu Lycian Lydian Mahajani Malayalam Mandaic Manichaean Meetei_Mayek Mende_Kikakui Meroitic_Cursive \
    Meroitic_Hieroglyphs Miao Modi Mongolian Mro Myanmar Nabataean New_Tai_Lue Nko Ogham Ol_Chiki Old_Italic \
    Old_North_Arabian Old_Permic Old_Persian Old_South_Arabian Old_Turkic Oriya Osmanya Pahawh_Hmong Palmyrene \
    Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham Sinhala \
    Sora_Sompeng Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Telugu Thaana Thai \
    Tibetan Tifinagh Tirhuta Ugaritic Vai Warang_Citi Yi";

/// General categories that `\p{...}` knows, `Cn` apart.
const CATEGORIES: &str =
    "Cc Cf Co L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs";

/// Characters whose general category has changed since Unicode 7.0, with the one they had.
const MOVED: &[(u32, u32, &str)] = &[
    (0x10d0, 0x10fa, "Lo"),
    (0x10fd, 0x10ff, "Lo"),
    (0x13a0, 0x13f4, "Lo"),
    (0x166d, 0x166d, "Po"),
    (0x1734, 0x1734, "Mn"),
    (0x1885, 0x1886, "Lo"),
    (0x19b0, 0x19c0, "Mc"),
    (0x19c8, 0x19c9, "Mc"),
    (0x1cf2, 0x1cf3, "Mc"),
    (0xa9bd, 0xa9bd, "Mc"),
];

/// Characters whose script has changed since Unicode 7.0, with the one they had.
const MOVED_SCRIPTS: &[(u32, u32, &str)] = &[
    (0x0589, 0x0589, "Common"),
    (0x061c, 0x061c, "Common"),
    (0x0660, 0x0669, "Common"),
    (0x0953, 0x0954, "Devanagari"),
];

/// Characters of a set that `regex-syntax` names in this syntax.
fn table(syntax: &str) -> Ranges {
    match regex_syntax::parse(syntax).map(|hir| hir.into_kind()) {
        Ok(HirKind::Class(Class::Unicode(class))) => ranges_of(&class),
        // A set of one character is given as a literal.
        Ok(HirKind::Literal(literal)) => {
            let text = String::from_utf8_lossy(&literal.0);
            Ranges(text.chars().map(|c| (c as u32, c as u32)).collect())
        }
        _ => Ranges::default(),
    }
}

fn ranges_of(class: &ClassUnicode) -> Ranges {
    Ranges(class.iter().map(|range| (range.start() as u32, range.end() as u32)).collect())
}

/// Characters that Unicode 7.0 has.
fn assigned() -> &'static Ranges {
    static ASSIGNED: OnceLock<Ranges> = OnceLock::new();
    ASSIGNED.get_or_init(|| {
        let mut none = Ranges::of(&[(0xfdd0, 0xfdef)]);
        (0..=0x10).for_each(|plane| none.add(plane << 16 | 0xfffe, plane << 16 | 0xffff));
        table(r"\p{Age=7.0}").intersection(&none.complement(max_char(true)))
    })
}

fn known(syntax: &str) -> Ranges {
    table(syntax).intersection(assigned())
}

/// A set with the characters that have come to another one since put back.
fn put_back(set: Ranges, moved: &[(u32, u32, &str)], is_in: impl Fn(&str) -> bool) -> Ranges {
    let others = Ranges(moved.iter().map(|(first, last, _)| (*first, *last)).collect()).complement(max_char(true));
    let back = moved.iter().filter(|(.., was)| is_in(was)).map(|(first, last, _)| (*first, *last));
    either(&[set.normal().intersection(&others), Ranges(back.collect())])
}

fn category(name: &str) -> Ranges {
    put_back(known(&format!(r"\p{{gc={name}}}")), MOVED, |was| was.starts_with(name))
}

fn script(name: &str) -> Ranges {
    if name == "Common" {
        // Also all that is not assigned.
        let others: Vec<Ranges> = SCRIPTS.split(' ').filter(|other| *other != name).map(script).collect();
        return either(&others).complement(max_char(true));
    }
    put_back(known(&format!(r"\p{{sc={name}}}")), MOVED_SCRIPTS, |was| was == name)
}

fn either(parts: &[Ranges]) -> Ranges {
    let mut all = Ranges::default();
    parts.iter().for_each(|part| all.extend(part));
    all.normal()
}

thread_local! {
    /// Properties that have been asked for: making one takes longer than compiling most patterns.
    static PROPERTIES: RefCell<HashMap<String, Ranges>> = RefCell::default();
}

/// Characters of a property as `\p{name}` names it, or nothing where there is none of this name.
pub(super) fn property(name: &str) -> Option<Ranges> {
    if let Some(known) = PROPERTIES.with_borrow(|known| known.get(name).cloned()) {
        return Some(known);
    }
    let ranges = make_property(name)?.normal();
    PROPERTIES.with_borrow_mut(|known| known.insert(name.into(), ranges.clone()));
    Some(ranges)
}

fn make_property(name: &str) -> Option<Ranges> {
    let surrogates = Ranges::of(&[(0xd800, 0xdfff)]);
    let is_category = CATEGORIES.split(' ').any(|known| known == name);
    Some(match name {
        "Any" => Ranges::of(&[(0, max_char(true))]),
        "Cs" => surrogates,
        "Cn" => either(&[assigned().clone(), surrogates]).complement(max_char(true)),
        "C" => either(&["Cc", "Cf", "Co", "Cs", "Cn"].map(|part| property(part).unwrap_or_default())),
        "L&" => either(&["Lu", "Ll", "Lt"].map(category)),
        "Xan" => either(&["L", "N"].map(category)),
        "Xwd" => either(&[category("L"), category("N"), Ranges::of(&[(0x5f, 0x5f)])]),
        "Xsp" | "Xps" => space(),
        "Xuc" => Ranges::of(&[(0x24, 0x24), (0x40, 0x40), (0x60, 0x60), (0xa0, 0xd7ff), (0xe000, max_char(true))]),
        _ if is_category => category(name),
        _ if SCRIPTS.split(' ').any(|known| known == name) => script(name),
        _ => return None,
    })
}

fn space() -> Ranges {
    let spaces = [latin1::SPACE, latin1::HORIZONTAL, latin1::VERTICAL].map(Ranges::of);
    either(&[known(r"\p{Z}"), either(&spaces)])
}

/// A POSIX class by its name, by Unicode properties (option `ucp`). Nothing for one that stays as it is.
pub(super) fn posix(name: &str) -> Option<Ranges> {
    let visible = || {
        let hidden = ["Z", "Cc", "Co", "Cs", "Cn"].map(|part| property(part).unwrap_or_default());
        let formatting = Ranges::of(&[(0x061c, 0x061c), (0x180e, 0x180e), (0x2066, 0x2069)]);
        either(&[either(&hidden), formatting]).complement(max_char(true))
    };
    Some(match name {
        "alpha" => property("L")?,
        "lower" => property("Ll")?,
        "upper" => property("Lu")?,
        "alnum" => property("Xan")?,
        "blank" => Ranges::of(latin1::HORIZONTAL),
        "digit" => property("Nd")?,
        "space" => space(),
        "word" => property("Xwd")?,
        "graph" => visible(),
        "print" => either(&[visible(), property("Zs")?, Ranges::of(&[(0x180e, 0x180e)])]),
        "punct" => {
            let ascii_symbols = property("S")?.intersection(&Ranges::of(&[(0, 0x7f)]));
            either(&[property("P")?, ascii_symbols])
        }
        _ => return None,
    })
}

/// Adds to a set of characters those that differ from one of it in case only.
pub(super) fn fold(ranges: &mut Ranges) {
    // These have come to be variants of each other since Unicode 7.0.
    const LATER: &[(u32, u32)] =
        &[(0x390, 0x390), (0x3b0, 0x3b0), (0x1fd3, 0x1fd3), (0x1fe3, 0x1fe3), (0xfb05, 0xfb06)];
    let cased = assigned().intersection(&Ranges::of(LATER).complement(max_char(true)));
    let set = ranges.clone().normal().intersection(&cased);
    let scalars = set.0.iter().filter_map(|(first, last)| {
        Some(ClassUnicodeRange::new(
            char::from_u32(*first).or(char::from_u32(0xe000))?,
            char::from_u32(*last).or(char::from_u32(0xd7ff))?,
        ))
    });
    let mut class = ClassUnicode::new(scalars.filter(|range| range.start() <= range.end()));
    if class.try_case_fold_simple().is_ok() {
        ranges.extend(&ranges_of(&class).intersection(&cased));
    }
}

/// The characters that differ from one in case only, itself included.
pub(super) fn case_variants(c: u32) -> Vec<u32> {
    let mut ranges = Ranges::of(&[(c, c)]);
    fold(&mut ranges);
    ranges.normal().0.into_iter().flat_map(|(first, last)| first..=last).collect()
}

/// What a character is within an extended grapheme cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cluster {
    Other,
    Cr,
    Lf,
    Control,
    Extend,
    SpacingMark,
    RegionalIndicator,
    L,
    V,
    T,
    Lv,
    Lvt,
}

/// The classes of all characters.
pub(super) struct Clusters(Vec<(u32, u32, Cluster)>);

impl Clusters {
    pub(super) fn new() -> Clusters {
        let classes = [
            ("CR", Cluster::Cr),
            ("LF", Cluster::Lf),
            ("Extend", Cluster::Extend),
            ("ZWJ", Cluster::Extend),
            ("SpacingMark", Cluster::SpacingMark),
            ("Regional_Indicator", Cluster::RegionalIndicator),
            ("L", Cluster::L),
            ("V", Cluster::V),
            ("T", Cluster::T),
            ("LV", Cluster::Lv),
            ("LVT", Cluster::Lvt),
        ];
        // What has changed since Unicode 7.0. Formatting characters in front of others were control characters.
        let spacing = Ranges::of(&[(0x19b5, 0x19b7), (0x19ba, 0x19ba), (0x1cf2, 0x1cf3)]);
        let tags = Ranges::of(&[(0xe0020, 0xe007f)]);
        let formatting = known(r"\p{gcb=Prepend}").intersection(&category("Cf"));
        let control = either(&[table(r"\p{gcb=Control}"), tags, formatting]);
        let moved = either(&[spacing.clone(), control.clone(), Ranges::of(&[(0x1885, 0x1886)])]);
        let others = moved.complement(max_char(true));
        let mut all = Vec::new();
        let mut add = |ranges: Ranges, class| all.extend(ranges.0.iter().map(|(first, last)| (*first, *last, class)));
        for (name, class) in classes {
            add(known(&format!(r"\p{{gcb={name}}}")).intersection(&others), class);
        }
        add(spacing, Cluster::SpacingMark);
        add(control, Cluster::Control);
        all.sort_unstable_by_key(|(first, ..)| *first);
        Clusters(all)
    }
    fn of(&self, c: u32) -> Cluster {
        let after = self.0.partition_point(|(first, ..)| *first <= c);
        match self.0[..after].last() {
            Some((_, last, class)) if c <= *last => *class,
            _ => Cluster::Other,
        }
    }
    /// Whether a cluster goes on from one character to the next.
    pub(super) fn joins(&self, a: u32, b: u32) -> bool {
        use Cluster::*;
        match (self.of(a), self.of(b)) {
            (Cr, Lf) => true,
            (Cr | Lf | Control, _) => false,
            (RegionalIndicator, RegionalIndicator) => true,
            (RegionalIndicator, _) => false,
            (_, Extend | SpacingMark) => true,
            (L, L | V | Lv | Lvt) => true,
            (V | Lv, V | T) => true,
            (T | Lvt, T) => true,
            _ => false,
        }
    }
}
