//! Number formats as OpenDocument describes them, piece by piece, put together as the codes that Excel writes.
//!
//! So one place judges all formats. What no code can say (the week of the year) is told by a word that stands for no day.

use std::fmt::Write;

use super::super::error::Refusal;
use super::super::xml::{Tag, Token, Xml};

/// No format has more digits than this.
const MOST_DIGITS: u32 = 30;
/// No honest format's code is longer than this.
const LONGEST: usize = 4096;

/// What a data style shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StyleKind {
    Number,
    Percent,
    Date,
    Time,
    Bool,
    Text,
}

/// A data style: one section of a format, and which others take its place for some numbers.
#[derive(Debug, Clone)]
pub(super) struct DataStyle {
    pub kind: StyleKind,
    pub section: String,
    /// A condition as codes write it (`>=0`), and the style that is taken where it holds.
    pub maps: Vec<(String, String)>,
}

impl StyleKind {
    /// The kind of data style that a tag begins.
    pub fn of(name: &str) -> Option<StyleKind> {
        Some(match name {
            "number:number-style" | "number:currency-style" => StyleKind::Number,
            "number:percentage-style" => StyleKind::Percent,
            "number:date-style" => StyleKind::Date,
            "number:time-style" => StyleKind::Time,
            "number:boolean-style" => StyleKind::Bool,
            "number:text-style" => StyleKind::Text,
            _ => return None,
        })
    }
}

/// Reads a data style of that kind to its end.
pub(super) fn read(xml: &mut Xml<'_>, start: Start) -> Result<DataStyle, Refusal> {
    let mut style = DataStyle { kind: start.kind, section: start.numerals.to_owned(), maps: Vec::new() };
    // The first unit of time of a span counts on beyond its day.
    let mut spans = start.spans;
    while let Some(tag) = xml.child()? {
        let text = match tag.name {
            "style:map" => {
                let condition = tag.text("style:condition")?;
                let condition = condition.trim().strip_prefix("value()").unwrap_or_default().replace("!=", "<>");
                style.maps.push((condition, tag.text("style:apply-style-name")?.into_owned()));
                None
            }
            "number:number" => {
                let number = Number::new(tag)?;
                style.section += &number.code(embedded(xml)?);
                continue;
            }
            "number:text" => Some(Inside::Literal),
            "number:currency-symbol" => Some(Inside::Currency),
            "number:fill-character" => Some(Inside::Filling),
            _ => {
                piece(tag, &mut style.section, &mut spans)?;
                None
            }
        };
        match text {
            Some(kind) => kind.add(&read_text(xml)?, style.kind, &mut style.section),
            None => xml.skip()?,
        }
        if style.section.len() > LONGEST {
            return Err(Refusal::too_large("有数字格式过长"));
        }
    }
    if style.kind == StyleKind::Percent && !style.section.contains('%') {
        style.section.push('%');
    }
    Ok(style)
}

/// What the tag of a data style says.
pub(super) struct Start {
    kind: StyleKind,
    /// The numerals that digits are shown as.
    numerals: &'static str,
    /// Hours beyond a day are shown as such.
    spans: bool,
}

impl Start {
    pub fn new(kind: StyleKind, tag: Tag<'_>) -> Result<Start, Refusal> {
        let numerals = match &*tag.text("number:transliteration-format")? {
            "一" | "〇" => "[DBNum1]",
            "壹" | "零" => "[DBNum2]",
            "１" | "０" => "[DBNum3]",
            _ => "",
        };
        let spans = tag.attribute("number:truncate-on-overflow")? == Some("false");
        Ok(Start { kind, numerals, spans })
    }
}

/// A piece of a format that says all in its tag.
fn piece(tag: Tag<'_>, code: &mut String, spans: &mut bool) -> Result<(), Refusal> {
    let long = tag.attribute("number:style")? == Some("long");
    let pick = |short: &'static str, other: &'static str| if long { other } else { short };
    let calendar = tag.text("number:calendar")?;
    let textual = tag.attribute("number:textual")? == Some("true");
    match tag.name {
        "number:scientific-number" => {
            let number = Number::new(tag)?;
            let exponent = tag.number("number:min-exponent-digits")?.unwrap_or(2).clamp(1, MOST_DIGITS);
            let _ = write!(code, "{}E+{}", number.code(Vec::new()), "0".repeat(exponent as usize));
        }
        "number:fraction" => fraction(tag, code)?,
        "number:boolean" => code.push_str("General"),
        "number:text-content" => code.push('@'),
        "number:day" => code.push_str(pick("d", "dd")),
        "number:month" if textual => code.push_str(pick("mmm", "mmmm")),
        "number:month" => code.push_str(pick("m", "mm")),
        "number:year" if !calendar.is_empty() && calendar != "gregorian" => code.push('e'),
        "number:year" => code.push_str(pick("yy", "yyyy")),
        "number:era" => code.push_str(pick("g", "ggg")),
        "number:day-of-week" => code.push_str(pick("aaa", "aaaa")),
        "number:week-of-year" => code.push_str("\"周\""),
        "number:quarter" => code.push_str("\"季\""),
        "number:hours" => code.push_str(unit(spans, pick("h", "hh"), pick("[h]", "[hh]"))),
        "number:minutes" => code.push_str(unit(spans, pick("m", "mm"), pick("[m]", "[mm]"))),
        "number:seconds" => {
            code.push_str(unit(spans, pick("s", "ss"), pick("[s]", "[ss]")));
            let decimals = tag.number("number:decimal-places")?.unwrap_or(0).min(MOST_DIGITS);
            if decimals > 0 {
                let _ = write!(code, ".{}", "0".repeat(decimals as usize));
            }
        }
        "number:am-pm" => code.push_str("AM/PM"),
        _ => {}
    }
    Ok(())
}

/// A unit of time; the first one of a span counts on.
fn unit(spans: &mut bool, plain: &'static str, span: &'static str) -> &'static str {
    if std::mem::take(spans) { span } else { plain }
}

fn fraction(tag: Tag<'_>, code: &mut String) -> Result<(), Refusal> {
    let digits = |count: Option<u32>| "?".repeat(count.unwrap_or(1).clamp(1, MOST_DIGITS) as usize);
    let denominator = match tag.number("number:denominator-value")? {
        Some(value) => value.to_string(),
        None => digits(tag.number("number:min-denominator-digits")?),
    };
    if let Some(whole) = tag.number("number:min-integer-digits")? {
        let _ = write!(code, "#{} ", "0".repeat(whole.min(MOST_DIGITS) as usize));
    }
    let _ = write!(code, "{}/{denominator}", digits(tag.number("number:min-numerator-digits")?));
    Ok(())
}

/// Texts between the digits of a number: before which digit from the right.
fn embedded(xml: &mut Xml<'_>) -> Result<Vec<(u32, String)>, Refusal> {
    let mut texts = Vec::new();
    while let Some(tag) = xml.child()? {
        if tag.name == "number:embedded-text" {
            let at = tag.number("number:position")?.unwrap_or(0);
            texts.push((at, read_text(xml)?));
        } else {
            xml.skip()?;
        }
    }
    Ok(texts)
}

/// The digits of a number.
struct Number {
    whole: u32,
    /// How many decimals at least and at most; none where all that there are are shown.
    decimals: Option<(u32, u32)>,
    grouping: bool,
    /// How often a thousand is taken for one.
    thousands: usize,
}

impl Number {
    fn new(tag: Tag<'_>) -> Result<Number, Refusal> {
        let most = tag.number("number:decimal-places")?.map(|count| count.min(MOST_DIGITS));
        let optional = tag.attribute("number:decimal-replacement")? == Some("");
        let least = tag.number("number:min-decimal-places")?;
        let least = if optional { Some(least.unwrap_or(0)) } else { least };
        let factor: f64 = tag.text("number:display-factor")?.trim().parse().unwrap_or(1.0);
        let thousands = (1..=5).rev().find(|&times| factor >= 1000_f64.powi(times) * 0.999);
        Ok(Number {
            whole: tag.number("number:min-integer-digits")?.unwrap_or(0).min(MOST_DIGITS),
            decimals: most.map(|most| (least.unwrap_or(most).min(most), most)),
            grouping: tag.attribute("number:grouping")? == Some("true"),
            thousands: thousands.map_or(0, |times| times as usize),
        })
    }

    fn code(&self, embedded: Vec<(u32, String)>) -> String {
        let plain = self.whole <= 1 && !self.grouping && self.thousands == 0 && embedded.is_empty();
        if self.decimals.is_none() && plain {
            return "General".to_owned();
        }
        let mut code = String::new();
        let shown = if self.grouping { self.whole.max(4) } else { self.whole.max(1) };
        for digit in (1..=shown.max(embedded.iter().map(|(at, _)| *at).max().unwrap_or(0).min(MOST_DIGITS))).rev() {
            for (_, text) in embedded.iter().filter(|(at, _)| *at == digit) {
                literal(text, "", &mut code);
            }
            code.push(if digit <= self.whole { '0' } else { '#' });
            if self.grouping && digit == 4 {
                code.push(',');
            }
        }
        let (least, most) = self.decimals.unwrap_or_default();
        if most > 0 {
            code.push('.');
            code.push_str(&"0".repeat(least as usize));
            code.push_str(&"#".repeat((most - least) as usize));
        }
        code.push_str(&",".repeat(self.thousands));
        code
    }
}

/// A piece whose text stands inside its tag.
#[derive(Clone, Copy)]
enum Inside {
    Literal,
    Currency,
    Filling,
}

impl Inside {
    fn add(self, text: &str, kind: StyleKind, code: &mut String) {
        match (self, kind) {
            (Inside::Currency, _) if !text.contains([']', '-']) && !text.is_empty() => {
                let _ = write!(code, "[${text}]");
            }
            (Inside::Filling, _) => {
                if let Some(filling) = text.chars().next() {
                    let _ = write!(code, "*{filling}");
                }
            }
            (_, StyleKind::Percent) => {
                for (at, between) in text.split('%').enumerate() {
                    if at > 0 {
                        code.push('%');
                    }
                    literal(between, " -+()", code);
                }
            }
            (_, StyleKind::Date | StyleKind::Time) => literal(text, " -/:", code),
            _ => literal(text, " -+()", code),
        }
    }
}

/// A text that stands for itself; these characters do so without quotes.
fn literal(text: &str, bare: &str, code: &mut String) {
    if text.chars().all(|c| bare.contains(c)) {
        code.push_str(text);
        return;
    }
    for (at, part) in text.split('"').enumerate() {
        if at > 0 {
            code.push_str("\\\"");
        }
        if !part.is_empty() {
            let _ = write!(code, "\"{part}\"");
        }
    }
}

/// The text up to the end of the tag.
fn read_text(xml: &mut Xml<'_>) -> Result<String, Refusal> {
    let mut text = String::new();
    loop {
        match xml.next()? {
            Token::Start(_) => xml.skip()?,
            Token::Text(piece) => text.push_str(&piece),
            Token::End(_) => return Ok(text),
            Token::Eof => return Err(xml.unfinished()),
        }
        if text.len() > LONGEST {
            return Err(Refusal::too_large("有数字格式过长"));
        }
    }
}

/// The code of a data style whose places for some numbers are taken by those sections.
pub(super) fn compose(main: &DataStyle, maps: &[(&str, &str)]) -> String {
    let own = main.section.as_str();
    let conditions: Vec<&str> = maps.iter().map(|(condition, _)| *condition).collect();
    let sections: Vec<&str> = maps.iter().map(|(_, section)| *section).collect();
    let joined = |all: &[&str]| all.join(";");
    let told = || {
        let taken = maps.iter().take(2).map(|(condition, section)| format!("[{condition}]{section}"));
        taken.chain(std::iter::once(own.to_owned())).collect::<Vec<_>>().join(";")
    };
    match (main.kind, &conditions[..], &sections[..]) {
        // A code of nothing at all would mean General.
        (StyleKind::Text, [], _) if own.is_empty() => ";;;".to_owned(),
        (_, [], _) if own.is_empty() => ";".to_owned(),
        (StyleKind::Bool, [], _) => "\"TRUE\";\"TRUE\";\"FALSE\"".to_owned(),
        (_, [], _) => own.to_owned(),
        (StyleKind::Text, _, [first]) if own.contains('@') => joined(&[first, own]),
        (StyleKind::Text, _, [first]) => format!("{first};-{first};{first};{own}"),
        (StyleKind::Text, [">=0" | ">0", _], [first, second]) if own.contains('@') => joined(&[first, second, own]),
        (StyleKind::Text, [">=0" | ">0", _], [first, second]) => joined(&[first, second, first, own]),
        (StyleKind::Text, [_, _], [first, second]) => {
            format!("[{}]{first};[{}]{second};General;{own}", conditions[0], conditions[1])
        }
        (StyleKind::Text, _, [first, second, third, ..]) => joined(&[first, second, third, own]),
        (_, [">=0"], [first]) => joined(&[first, own]),
        (_, [">0", "<0"], [first, second]) => joined(&[first, second, own]),
        (_, [">0", "<0", "=0"], [first, second, third]) => joined(&[first, second, third]),
        _ => told(),
    }
}
