//! What a section of a format shows of a number, character by character, and whether that is still this number.

use super::code::{FormatPart, FormatSection, Numerals, SectionKind};
use super::decimal::Decimal;
use super::{Sight, numeral};

/// Words that make another number of the one before them.
const MULTIPLIERS: &str = "十百千万亿拾佰仟萬億‰‱";

/// What is seen of a number.
struct SeenNumber {
    text: String,
    /// The number's own characters, and the words before and behind them, all without blanks.
    own: String,
    before: String,
    behind: String,
    /// There are no words among its own characters.
    whole: bool,
    /// What digits are shown as.
    numerals: Numerals,
    /// A minus is seen before them.
    minus: bool,
    /// The number that the own characters are.
    number: Decimal,
    /// Thousands of it are left out.
    scaled: bool,
}

/// Judges what a section for numbers shows, and tells it. `unsigned`: the section says by itself that its numbers are below
/// nought.
pub(super) fn judge(section: &FormatSection, stored: &Decimal, unsigned: bool) -> (Sight, String) {
    let mut seen = match section.kind {
        SectionKind::Number if fraction_at(section).is_some() => return fraction(section, stored, unsigned),
        SectionKind::Number => number(section, stored),
        SectionKind::General | SectionKind::Text => general(section, stored),
        SectionKind::Words | SectionKind::Date | SectionKind::Span => words(section),
    };
    seen.minus = stored.negative && !unsigned && section.kind != SectionKind::Words;
    let text = seen.text();
    if text.is_empty() {
        return (Sight::Hidden, text);
    }
    // One within quotes is a word, and no factor.
    let percents = section.parts.contains(&FormatPart::Percent);
    if percents && seen.is_a_number() {
        return (Sight::Percent, text);
    }
    let exact = seen.number.clone().signed(stored.negative) == *stored;
    if !seen.is_this_number(stored) || percents || seen.scaled && !exact {
        return (Sight::Replaced, text);
    }
    let dressed = seen.has_words() || section.numerals != Numerals::Western;
    let sight = match (exact, dressed) {
        (_, true) => Sight::Dressed,
        (true, false) => Sight::Stored,
        (false, false) => Sight::Rounded,
    };
    (sight, text)
}

impl SeenNumber {
    fn new(number: Decimal, numerals: Numerals) -> SeenNumber {
        let [text, own, before, behind] = Default::default();
        SeenNumber { text, own, before, behind, whole: true, numerals, minus: false, number, scaled: false }
    }

    fn push(&mut self, text: &str, own: bool) {
        for c in text.chars().map(|c| numeral::digit(c, self.numerals)) {
            self.text.push(c);
            match own {
                _ if c.is_whitespace() => {}
                true => {
                    self.whole &= self.behind.is_empty();
                    self.own.push(c);
                }
                false if self.own.is_empty() => self.before.push(c),
                false => self.behind.push(c),
            }
        }
    }

    /// All of it, without the blanks around it.
    fn text(&self) -> String {
        format!("{}{}", if self.minus { "-" } else { "" }, self.text).trim().to_owned()
    }

    /// Whether one number is seen, whole, and no other digits.
    fn is_a_number(&self) -> bool {
        let is_digits = self.own.contains(char::is_alphanumeric);
        let others = [&self.before, &self.behind].iter().any(|words| words.contains(char::is_numeric));
        is_digits && self.whole && !others && !self.before.ends_with(['.', '．', ',', '，', '/'])
    }

    /// Whether the number's sign is seen, and nothing that makes it another.
    fn is_this_number(&self, stored: &Decimal) -> bool {
        let (before, behind) = (self.before.as_str(), self.behind.as_str());
        let is_minus = |c: char| matches!(c, '-' | '−' | '－' | '–' | '﹣' | '负' | '△' | '▲');
        let in_brackets = before.ends_with(['(', '（']) && behind.starts_with([')', '）']);
        let signs =
            usize::from(self.minus) + usize::from(in_brackets) + before.chars().filter(|&c| is_minus(c)).count();
        self.is_a_number()
            && signs == usize::from(stored.negative)
            && !behind.starts_with(|c| MULTIPLIERS.contains(c))
            && !behind.starts_with(is_minus)
    }

    /// Whether words are seen beside the number and its minus, or noughts that it does not need.
    fn has_words(&self) -> bool {
        let padded = self.own.strip_prefix('0').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        padded || !matches!(self.before.as_str(), "" | "-") || !self.behind.is_empty()
    }
}

/// The digits of `section` filled with the number's.
fn number(section: &FormatSection, stored: &Decimal) -> SeenNumber {
    let layout = DigitLayout::new(section);
    let percents = section.parts.iter().filter(|part| **part == FormatPart::Percent).count() as i32;
    let scaled = stored.clone().shifted(2 * percents - 3 * layout.scale);
    let (shown, exponent) = match layout.exponent {
        None => (scaled.rounded(layout.decimals), 0),
        Some(_) => mantissa(&scaled, &layout),
    };
    let mut seen = SeenNumber::new(shown.clone().shifted(exponent - 2 * percents), section.numerals);
    seen.scaled = layout.scale > 0;
    let whole = shown.whole();
    let fraction = shown.fraction();
    let (mut at_whole, mut at_fraction, mut behind_point) = (layout.whole, 0, false);
    let power = exponent.abs().to_string();
    let mut at_power = layout.exponent.unwrap_or_default();
    let mut in_power = false;
    for part in &section.parts {
        match part {
            FormatPart::Digit(slot) if in_power => {
                seen.push(&digits_at(&power, at_power, layout.exponent.unwrap_or_default(), *slot), true);
                at_power -= 1;
            }
            FormatPart::Digit(slot) if behind_point => {
                let digit = fraction.get(at_fraction..=at_fraction).map_or_else(|| nought(*slot), str::to_owned);
                seen.push(&digit, true);
                at_fraction += 1;
            }
            FormatPart::Digit(slot) => {
                let digits = digits_at(&whole, at_whole, layout.whole, *slot);
                for (place, digit) in digits.chars().enumerate() {
                    // How many digits stand from this one to the point.
                    let from_point = at_whole + digits.chars().count() - 1 - place;
                    seen.push(digit.encode_utf8(&mut [0; 4]), true);
                    if layout.thousands && digit.is_ascii_digit() && from_point > 1 && from_point % 3 == 1 {
                        seen.push(",", true);
                    }
                }
                at_whole -= 1;
            }
            FormatPart::Point => {
                behind_point = true;
                // Digits that nobody asked for stand there all the same.
                if layout.whole == 0 {
                    seen.push(&whole, true);
                }
                seen.push(".", true);
            }
            FormatPart::Exponent(plus) => {
                in_power = true;
                seen.push("E", true);
                let sign = if *plus { "+" } else { "" };
                seen.push(if exponent < 0 { "-" } else { sign }, true);
            }
            FormatPart::Comma => {}
            FormatPart::Percent => seen.push("%", false),
            other => other.show(&mut seen),
        }
    }
    seen
}

impl FormatPart {
    /// A part that shows the same whatever the number.
    fn show(&self, seen: &mut SeenNumber) {
        match self {
            FormatPart::Word(word) => seen.push(word, false),
            FormatPart::Gap => seen.push(" ", false),
            // What fills the cell up is no word, unless it could be taken for a digit, a letter or a sign.
            FormatPart::Fill(c) if c.is_alphanumeric() || *c == '-' => seen.push(c.encode_utf8(&mut [0; 4]), false),
            FormatPart::Slash => seen.push("/", false),
            _ => {}
        }
    }
}

/// How the digits of a section are laid out.
struct DigitLayout {
    /// Places for digits before the point and behind it.
    whole: usize,
    decimals: i32,
    thousands: bool,
    /// How often the number is divided by a thousand.
    scale: i32,
    /// Places for digits of the exponent.
    exponent: Option<usize>,
}

impl DigitLayout {
    fn new(section: &FormatSection) -> DigitLayout {
        let mut layout = DigitLayout { whole: 0, decimals: 0, thousands: false, scale: 0, exponent: None };
        let mut behind_point = false;
        // Commas since the last digit: between two they part thousands, behind the last they divide.
        let mut commas = 0;
        for part in &section.parts {
            match part {
                FormatPart::Digit(_) => {
                    match &mut layout.exponent {
                        Some(places) => *places += 1,
                        None if behind_point => layout.decimals += 1,
                        None => {
                            layout.thousands |= commas > 0 && layout.whole > 0;
                            layout.whole += 1;
                        }
                    }
                    commas = 0;
                }
                FormatPart::Comma if layout.whole > 0 || behind_point => commas += 1,
                FormatPart::Point => {
                    layout.scale += commas;
                    (behind_point, commas) = (true, 0);
                }
                FormatPart::Exponent(_) => {
                    layout.exponent.get_or_insert(0);
                }
                _ => {}
            }
        }
        layout.scale += commas;
        layout
    }
}

/// The number before the exponent, and the exponent: a multiple of as many as there are places before the point.
fn mantissa(number: &Decimal, layout: &DigitLayout) -> (Decimal, i32) {
    if number.is_zero() {
        return (number.clone(), 0);
    }
    let step = i32::try_from(layout.whole).unwrap_or(1).max(1);
    let lead = i32::from(layout.whole > 0);
    let exponent = |number: &Decimal| (number.whole_digits() - lead).div_euclid(step) * step;
    let first = exponent(number);
    let shown = number.clone().shifted(-first).rounded(layout.decimals);
    // 9.99 may have become 10.
    let more = exponent(&shown);
    (shown.shifted(-more), first + more)
}

/// What stands at the place `at`, counted from the point, of `places`: the first one takes all digits that have no place.
fn digits_at(digits: &str, at: usize, places: usize, slot: char) -> String {
    let length = digits.len();
    if at == places && length > places {
        return digits[..=length - places].to_owned();
    }
    match length.checked_sub(at) {
        Some(place) => digits[place..=place].to_owned(),
        None => nought(slot),
    }
}

/// What a place shows that has no digit.
fn nought(slot: char) -> String {
    match slot {
        '0' => "0",
        '?' => " ",
        _ => "",
    }
    .to_owned()
}

/// What a section for texts shows of one, without the blanks around it.
pub(super) fn text(section: &FormatSection, text: &str) -> String {
    let has_text = section.parts.iter().any(|part| matches!(part, FormatPart::Text | FormatPart::General));
    if !has_text {
        return words(section).text();
    }
    let mut seen = SeenNumber::new(Decimal::new(0.0), Numerals::Western);
    for part in &section.parts {
        match part {
            FormatPart::Text | FormatPart::General => seen.push(text, true),
            other => other.show(&mut seen),
        }
    }
    seen.text()
}

fn general(section: &FormatSection, stored: &Decimal) -> SeenNumber {
    let mut seen = SeenNumber::new(stored.clone(), Numerals::Western);
    for part in &section.parts {
        match part {
            FormatPart::General | FormatPart::Text => {
                seen.push(&numeral::spelled(&stored.general(), section.numerals), true)
            }
            FormatPart::Percent => seen.push("%", false),
            other => other.show(&mut seen),
        }
    }
    seen
}

fn words(section: &FormatSection) -> SeenNumber {
    let mut seen = SeenNumber::new(Decimal::new(0.0), Numerals::Western);
    for part in &section.parts {
        match part {
            // Nothing else is there to be seen.
            FormatPart::Fill(c) => seen.push(c.encode_utf8(&mut [0; 4]), false),
            other => other.show(&mut seen),
        }
    }
    seen
}

/// Where the stroke of a fraction stands.
fn fraction_at(section: &FormatSection) -> Option<usize> {
    let at = section.parts.iter().position(|part| *part == FormatPart::Slash)?;
    let is_below = |part: &FormatPart| match part {
        FormatPart::Digit(_) => true,
        FormatPart::Word(word) => word.bytes().all(|c| c.is_ascii_digit()) && !word.is_empty(),
        _ => false,
    };
    let above = at.checked_sub(1).and_then(|at| section.parts.get(at));
    let is_fraction = matches!(above, Some(FormatPart::Digit(_))) && section.parts.get(at + 1).is_some_and(is_below);
    is_fraction.then_some(at)
}

/// A number shown as a fraction: the nearest one of so many digits, as decimals are rounded.
fn fraction(section: &FormatSection, stored: &Decimal, unsigned: bool) -> (Sight, String) {
    let at = fraction_at(section).unwrap_or_default();
    let below = &section.parts[at + 1..];
    let places = below.iter().take_while(|part| matches!(part, FormatPart::Digit(_))).count() as u32;
    let fixed: String = below
        .iter()
        .map_while(|part| match part {
            FormatPart::Word(word) if word.bytes().all(|c| c.is_ascii_digit()) => Some(word.as_str()),
            FormatPart::Digit('0') => Some("0"),
            _ => None,
        })
        .collect();
    let above = section.parts[..at].iter().rev().take_while(|part| matches!(part, FormatPart::Digit(_))).count();
    let mixed = section.parts[..at - above].iter().any(|part| matches!(part, FormatPart::Digit(_)));
    let value = stored.value().abs();
    let whole = if mixed { value.trunc() } else { 0.0 };
    let rest = value - whole;
    let denominators = match fixed.parse::<u32>() {
        Ok(fixed) if places == 0 && fixed > 0 => fixed..=fixed,
        _ => 1..=10_u32.pow(places.clamp(1, 4)) - 1,
    };
    let mut best = (0.0, 1, f64::INFINITY);
    for denominator in denominators {
        let numerator = (rest * f64::from(denominator)).round();
        let off = (rest - numerator / f64::from(denominator)).abs();
        if off < best.2 - 1e-12 {
            best = (numerator, denominator, off);
        }
    }
    let (numerator, denominator, _) = best;
    let sign = if stored.negative && !unsigned { "-" } else { "" };
    let shown = match (mixed, numerator == 0.0) {
        (true, true) => format!("{sign}{whole}"),
        (true, false) if numerator == f64::from(denominator) => format!("{sign}{}", whole + 1.0),
        (true, false) if whole == 0.0 => format!("{sign}{numerator}/{denominator}"),
        (true, false) => format!("{sign}{whole} {numerator}/{denominator}"),
        (false, _) => format!("{sign}{numerator}/{denominator}"),
    };
    let exact = Decimal::new(whole + numerator / f64::from(denominator)).signed(stored.negative) == *stored;
    let plain = section.parts.iter().all(|part| !matches!(part, FormatPart::Word(word) if !word.trim().is_empty()));
    let sight = match (!stored.negative || !unsigned) && (plain || places == 0) {
        true if exact && numerator == 0.0 && mixed => Sight::Stored,
        true => Sight::Dressed,
        false => Sight::Replaced,
    };
    (sight, shown)
}
