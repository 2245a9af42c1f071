//! A number format's code, taken apart: up to four sections, each a row of parts that are seen one after the other.

/// A number format.
#[derive(Debug)]
pub(super) struct FormatCode {
    /// One to four.
    sections: Vec<FormatSection>,
    /// Whether a number may be shown as a date.
    has_dates: bool,
    /// Whether a text may be shown as something else.
    pub veils_texts: bool,
}

/// What stands between two semicolons.
#[derive(Debug, Default)]
pub(super) struct FormatSection {
    pub condition: Option<SectionCondition>,
    pub numerals: Numerals,
    /// The language of `[$-804]`, without numerals and calendar.
    pub language: u32,
    pub parts: Vec<FormatPart>,
    pub kind: SectionKind,
}

/// `[>=100]`: whether it holds below its limit, at it and above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SectionCondition {
    below: bool,
    at: bool,
    above: bool,
    limit: f64,
}

/// `[DBNum1]` and its like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Numerals {
    #[default]
    Western,
    /// 一二三
    Chinese,
    /// 壹贰叁
    Financial,
    /// １２３
    Wide,
}

/// What a section shows of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum SectionKind {
    /// Words of its own, or nothing.
    #[default]
    Words,
    General,
    Number,
    Date,
    /// A span of time (`[h]:mm`).
    Span,
    Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FormatPart {
    Word(String),
    /// `_x`: a blank as wide as that character.
    Gap,
    /// `*x`: that character as often as the cell is wide.
    Fill(char),
    /// `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    /// `E+` or `E-`: whether a plus is shown too.
    Exponent(bool),
    Slash,
    General,
    /// `@`
    Text,
    Date(Field),
}

/// A part of a date or time, with as many letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Year(usize),
    /// The year of an era (`e`), or of the Buddhist calendar (`b`).
    EraYear(usize),
    BuddhistYear(usize),
    Era,
    Month(usize),
    /// Day of the month up to two letters, else weekday.
    Day(usize),
    /// `aaa` and `aaaa`
    Weekday(usize),
    Hour(usize),
    Minute(usize),
    Second(usize),
    /// Behind seconds: so many decimals.
    Decimals(usize),
    /// All hours, minutes or seconds of a span.
    Hours(usize),
    Minutes(usize),
    Seconds(usize),
    /// 上午/下午, and AM/PM; whether in Chinese.
    Half(bool),
}

impl FormatCode {
    pub fn new(code: &str) -> FormatCode {
        // One that was left empty says nothing.
        let mut reader = CodeReader { rest: if code.is_empty() { "General" } else { code } };
        let mut sections = Vec::new();
        loop {
            let (section, more) = reader.section();
            sections.push(section);
            if !more || sections.len() == 4 {
                let has_dates = sections.iter().any(|section: &FormatSection| section.kind == SectionKind::Date);
                let mut code = FormatCode { sections, has_dates, veils_texts: false };
                code.veils_texts = code.for_texts().is_some_and(|section| section.parts != [FormatPart::Text]);
                return code;
            }
        }
    }

    /// Whether a number may be shown as a date.
    pub fn has_dates(&self) -> bool {
        self.has_dates
    }

    /// The section for texts; none where they are shown as they are.
    pub fn for_texts(&self) -> Option<&FormatSection> {
        let last = self.sections.last()?;
        let counts = self.sections.len() == 4 || last.kind == SectionKind::Text;
        counts.then_some(last)
    }

    /// The section for a number, and whether the section stands for its sign too (then no minus is shown before it).
    /// None where no section is for it: it is shown as in General.
    pub fn for_number(&self, value: f64) -> Option<(&FormatSection, bool)> {
        let count =
            if self.sections.len() == 4 { 3 } else { self.sections.len() - usize::from(self.for_texts().is_some()) };
        let sections = &self.sections[..count];
        let first = sections.first()?;
        let takes_first = match first.condition {
            Some(condition) => condition.holds(value),
            None => count == 1 || value > 0.0 || value == 0.0 && count == 2,
        };
        if takes_first {
            return Some((first, first.condition.is_some_and(SectionCondition::is_negative)));
        }
        let second = sections.get(1)?;
        let condition = match second.condition {
            None if count == 2 && first.condition.is_some() => None,
            condition => condition.or(SectionCondition::of("<0")),
        };
        if condition.is_none_or(|condition| condition.holds(value)) {
            return Some((second, condition.is_some_and(SectionCondition::is_negative)));
        }
        sections.get(2).map(|third| (third, false))
    }
}

impl SectionCondition {
    /// `>=100`; none where it is no condition.
    pub fn of(written: &str) -> Option<SectionCondition> {
        let (written, signs) = (written.trim(), ['<', '=', '>']);
        let (sign, limit) = written.split_at(written.len() - written.trim_start_matches(signs).len());
        let limit = limit.trim().parse().ok()?;
        let of = |below, at, above| Some(SectionCondition { below, at, above, limit });
        match sign {
            "<" => of(true, false, false),
            "<=" => of(true, true, false),
            "=" => of(false, true, false),
            ">=" => of(false, true, true),
            ">" => of(false, false, true),
            "<>" => of(true, false, true),
            _ => None,
        }
    }

    fn holds(self, value: f64) -> bool {
        (self.below && value < self.limit) || (self.at && value == self.limit) || (self.above && value > self.limit)
    }

    /// Whether only numbers below nought fulfil it.
    fn is_negative(self) -> bool {
        !self.above && (self.limit < 0.0 || self.limit == 0.0 && !self.at)
    }
}

struct CodeReader<'a> {
    rest: &'a str,
}

impl CodeReader<'_> {
    /// The next section, and whether another one follows.
    fn section(&mut self) -> (FormatSection, bool) {
        let mut section = FormatSection::default();
        loop {
            if let Some((token, part)) = WORDS.iter().find(|(token, _)| starts(self.rest, token)) {
                self.rest = &self.rest[token.len()..];
                section.parts.push(part.clone());
                continue;
            }
            let Some(c) = self.next() else {
                section.settle();
                return (section, false);
            };
            match c {
                ';' => {
                    section.settle();
                    return (section, true);
                }
                '"' => {
                    let (word, rest) = self.rest.split_once('"').unwrap_or((self.rest, ""));
                    section.parts.push(FormatPart::Word(word.to_owned()));
                    self.rest = rest;
                }
                '\\' | '!' => section.parts.push(FormatPart::Word(self.next().unwrap_or(c).into())),
                '_' => {
                    self.next();
                    section.parts.push(FormatPart::Gap);
                }
                '*' => section.parts.extend(self.next().map(FormatPart::Fill)),
                '[' => {
                    let (inside, rest) = self.rest.split_once(']').unwrap_or((self.rest, ""));
                    section.bracket(inside);
                    self.rest = rest;
                }
                '0' | '#' | '?' => section.parts.push(FormatPart::Digit(c)),
                '.' => section.parts.push(FormatPart::Point),
                ',' => section.parts.push(FormatPart::Comma),
                '%' => section.parts.push(FormatPart::Percent),
                '/' => section.parts.push(FormatPart::Slash),
                '@' => section.parts.push(FormatPart::Text),
                'E' | 'e' if section.has_digit() && self.rest.starts_with(['+', '-']) => {
                    section.parts.push(FormatPart::Exponent(self.next() == Some('+')));
                }
                _ => {
                    let count = 1 + self.again(c);
                    section
                        .parts
                        .push(field(c, count).unwrap_or_else(|| FormatPart::Word(c.to_string().repeat(count))));
                }
            }
        }
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// Passes the same letter, large or small, and counts how often it comes.
    fn again(&mut self, letter: char) -> usize {
        let same = |&c: &char| c.eq_ignore_ascii_case(&letter);
        let mut count = 0;
        while self.rest.chars().next().filter(same).is_some() {
            self.next();
            count += 1;
        }
        count
    }
}

/// Words that mean something.
const WORDS: [(&str, FormatPart); 6] = [
    ("General", FormatPart::General),
    ("G/通用格式", FormatPart::General),
    ("G/標準", FormatPart::General),
    ("AM/PM", FormatPart::Date(Field::Half(false))),
    ("A/P", FormatPart::Date(Field::Half(false))),
    ("上午/下午", FormatPart::Date(Field::Half(true))),
];

fn starts(text: &str, token: &str) -> bool {
    text.get(..token.len()).is_some_and(|head| head.eq_ignore_ascii_case(token))
}

/// A letter of a date, so many times.
fn field(letter: char, count: usize) -> Option<FormatPart> {
    Some(FormatPart::Date(match letter.to_ascii_lowercase() {
        'y' => Field::Year(count),
        'e' => Field::EraYear(count),
        'b' => Field::BuddhistYear(count),
        'g' => Field::Era,
        'm' => Field::Month(count),
        'd' => Field::Day(count),
        'a' if count >= 2 => Field::Weekday(count),
        'h' => Field::Hour(count),
        's' => Field::Second(count),
        _ => return None,
    }))
}

impl FormatSection {
    fn has_digit(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, FormatPart::Digit(_)))
    }

    /// What stands in square brackets; colours show nothing.
    fn bracket(&mut self, inside: &str) {
        if let Some(currency) = inside.strip_prefix('$') {
            let (word, language) = currency.split_once('-').unwrap_or((currency, ""));
            if !word.is_empty() {
                self.parts.push(FormatPart::Word(word.to_owned()));
            }
            let language = language.split(',').next().unwrap_or_default();
            self.language = u32::from_str_radix(language, 16).unwrap_or_default() & 0xFFFF;
            return;
        }
        let lower = inside.to_ascii_lowercase();
        match lower.as_str() {
            "dbnum1" => self.numerals = Numerals::Chinese,
            "dbnum2" => self.numerals = Numerals::Financial,
            "dbnum3" => self.numerals = Numerals::Wide,
            _ => {}
        }
        let count = lower.len();
        if let Some(letter @ ('h' | 'm' | 's')) = lower.chars().next()
            && lower.chars().all(|c| c == letter)
        {
            self.parts.push(FormatPart::Date(match letter {
                'h' => Field::Hours(count),
                'm' => Field::Minutes(count),
                _ => Field::Seconds(count),
            }));
        } else if let Some(condition) = SectionCondition::of(inside) {
            self.condition = Some(condition);
        }
    }

    /// What the section is, and what its letters mean there.
    fn settle(&mut self) {
        let first_date = self.parts.iter().position(|part| matches!(part, FormatPart::Date(_)));
        let first_digit = self.parts.iter().position(|part| matches!(part, FormatPart::Digit(_) | FormatPart::General));
        let is_date = first_date.is_some_and(|date| first_digit.is_none_or(|digit| date < digit));
        if !is_date {
            // Letters beside digits are no date's.
            for part in &mut self.parts {
                if let FormatPart::Date(field) = part {
                    *part = FormatPart::Word(field.letters());
                }
            }
        }
        let has = |wanted: &FormatPart| self.parts.contains(wanted);
        self.kind = if is_date {
            match first_date.map(|at| &self.parts[at]) {
                Some(FormatPart::Date(Field::Hours(_) | Field::Minutes(_) | Field::Seconds(_))) => SectionKind::Span,
                _ => SectionKind::Date,
            }
        } else if has(&FormatPart::General) {
            SectionKind::General
        } else if self.has_digit() {
            SectionKind::Number
        } else if has(&FormatPart::Text) {
            SectionKind::Text
        } else {
            SectionKind::Words
        };
        match self.kind {
            SectionKind::Date | SectionKind::Span => self.settle_date(),
            SectionKind::Number => {}
            SectionKind::General | SectionKind::Text | SectionKind::Words => self.spell_signs(),
        }
    }

    /// Signs that mean something among digits are words elsewhere.
    fn spell_signs(&mut self) {
        for part in &mut self.parts {
            let word = match part {
                FormatPart::Point => ".",
                FormatPart::Comma => ",",
                FormatPart::Slash => "/",
                FormatPart::Percent if self.kind != SectionKind::General => "%",
                FormatPart::Digit(digit) => &digit.to_string(),
                _ => continue,
            };
            *part = FormatPart::Word(word.to_owned());
        }
    }

    /// `m` beside hours or seconds is minutes; a point and noughts behind seconds are their decimals.
    fn settle_date(&mut self) {
        let mut parts: Vec<FormatPart> = Vec::new();
        let mut before = None;
        let mut from = std::mem::take(&mut self.parts).into_iter().peekable();
        while let Some(part) = from.next() {
            let seconds = matches!(before, Some(Field::Second(_) | Field::Seconds(_)));
            match part {
                FormatPart::Date(Field::Month(count @ 1..=2))
                    if matches!(before, Some(Field::Hour(_) | Field::Hours(_))) =>
                {
                    parts.push(FormatPart::Date(Field::Minute(count)));
                    before = Some(Field::Minute(count));
                }
                FormatPart::Date(field) => {
                    if matches!(field, Field::Second(_))
                        && let Some(last) = parts.iter_mut().rev().find(|part| matches!(part, FormatPart::Date(_)))
                        && let FormatPart::Date(Field::Month(count @ 1..=2)) = *last
                    {
                        *last = FormatPart::Date(Field::Minute(count));
                    }
                    if !matches!(field, Field::Half(_)) {
                        before = Some(field);
                    }
                    parts.push(FormatPart::Date(field));
                }
                FormatPart::Point if seconds && from.peek() == Some(&FormatPart::Digit('0')) => {
                    let mut count = 0;
                    while from.next_if_eq(&FormatPart::Digit('0')).is_some() {
                        count += 1;
                    }
                    parts.push(FormatPart::Date(Field::Decimals(count)));
                }
                other => parts.push(other),
            }
        }
        self.parts = parts;
        self.spell_signs();
    }
}

impl Field {
    /// The letters that it is written with.
    fn letters(self) -> String {
        let (letter, count) = match self {
            Field::Year(count) => ("y", count),
            Field::EraYear(count) => ("e", count),
            Field::BuddhistYear(count) => ("b", count),
            Field::Era => ("g", 1),
            Field::Month(count) | Field::Minute(count) | Field::Minutes(count) => ("m", count),
            Field::Day(count) => ("d", count),
            Field::Weekday(count) => ("a", count),
            Field::Hour(count) | Field::Hours(count) => ("h", count),
            Field::Second(count) | Field::Seconds(count) => ("s", count),
            Field::Decimals(count) => ("0", count),
            Field::Half(chinese) => (if chinese { "上午/下午" } else { "AM/PM" }, 1),
        };
        letter.repeat(count)
    }
}
