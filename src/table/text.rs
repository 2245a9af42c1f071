//! How texts are compared: what two clerks write differently and mean alike becomes one key.
//!
//! Full-width digits and brackets, blanks inside names, the three dots of transcribed names. What is
//! shown to people stays as they wrote it; only comparisons use keys.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// The form in which texts are compared: NFKC, no blanks, one kind of dot.
pub fn key(text: &str) -> String {
    folded(text).into_owned()
}

/// The key of a text, which nearly always is the text itself.
pub fn folded(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    // Before, lest they keep a mark from its letter; after, for what only then is a blank.
    let seen = text.chars().filter(|c| !is_blank(*c)).nfkc().filter(|c| !is_blank(*c));
    Cow::Owned(seen.map(|c| if is_dot(c) { '·' } else { c }).collect())
}

/// The marks that forms put beside required columns, and behind a label.
pub const HEADER_MARKS: [char; 4] = ['*', '★', '※', ':'];

/// The key of a header: also without [`HEADER_MARKS`].
pub fn header_key(text: &str) -> String {
    folded(text).trim_matches(HEADER_MARKS).to_owned()
}

/// Whether a text is the header with that key.
pub fn is_header(text: &str, key: &str) -> bool {
    folded(text).trim_matches(HEADER_MARKS) == key
}

/// A text without outer blanks, as findings show it.
pub fn trimmed(text: &str) -> &str {
    // Nearly every text begins and ends with a letter or digit.
    let is_edge = |c: Option<char>| c.is_some_and(is_plain_sign);
    let mut chars = text.chars();
    if is_edge(chars.next()) && chars.next_back().is_none_or(is_plain_sign) {
        return text;
    }
    text.trim_matches(is_blank)
}

/// A text without the characters that nobody sees: a name that turns the direction of writing is printed as it is read.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.contains(is_invisible) {
        Cow::Owned(text.chars().filter(|c| !is_invisible(*c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// A text that a cell can say again: what a workbook would be given in its place (signs for control characters) reads as
/// another text than was answered.
pub fn sayable(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_said = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}') || matches!(c, '\n' | '\t');
    if text.chars().all(is_said) {
        return text;
    }
    let said = |c: char| match c {
        '\r' | '\x0b' | '\x0c' => '\n',
        c if is_said(c) => c,
        c if c.is_control() => ' ',
        _ => char::REPLACEMENT_CHARACTER,
    };
    Cow::Owned(text.replace("\r\n", "\n").chars().map(said).collect())
}

/// A name as people read it: as written, without the blanks that only align it in print.
pub fn without_blanks(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { text.chars().filter(|c| !is_blank(*c)).collect() }
}

/// Nothing to be seen in it.
pub fn is_empty(text: &str) -> bool {
    text.chars().all(is_blank)
}

/// What people put into a cell to say that nothing belongs there (given as a key).
pub fn is_placeholder(key: &str) -> bool {
    key == "/"
        || key == "无"
        || (!key.is_empty() && key.chars().all(|c| matches!(c, '-' | '—' | '–' | '―' | '−' | '─')))
}

/// Blanks of every width, and characters that print nothing (they come along when text is pasted).
pub fn is_blank(c: char) -> bool {
    !is_plain_sign(c) && (is_gap(c) || is_invisible(c))
}

/// What parts words from each other.
pub fn is_gap(c: char) -> bool {
    // U+2800 is braille without a dot.
    (c.is_whitespace() || c.is_control() || c == '\u{2800}') && !is_invisible(c)
}

/// Characters that print nothing and take no room: they count for nothing. Those that Unicode lets programs ignore
/// (marks of direction, of variation, of joining, fillers, tags), annotation marks and the bare byte order mark.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// The dots that are used alike between the parts of a transcribed name.
fn is_dot(c: char) -> bool {
    matches!(c, '\u{b7}' | '\u{2022}' | '\u{2027}' | '\u{2219}' | '\u{22c5}' | '\u{30fb}')
}

/// Texts that are their own key; nearly all are, and they are told at a glance.
fn is_plain(text: &str) -> bool {
    text.chars().all(is_plain_sign)
}

pub fn is_plain_sign(c: char) -> bool {
    c.is_ascii_graphic() || matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// Values in corner brackets one after the other, as messages list them.
pub fn quoted<S: AsRef<str>>(values: &[S]) -> String {
    values.iter().map(|value| format!("「{}」", value.as_ref())).collect()
}

/// The candidate that `given` is probably a slip of: one letter off, or two in a longer word.
/// None where two candidates are equally near.
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = given.chars().count();
    let mut best: Option<(usize, &str)> = None;
    let mut alone = true;
    for candidate in candidates {
        let longer = length.max(candidate.chars().count());
        let allowed = if longer >= 5 { 2 } else { 1 };
        if longer < 2 || length.abs_diff(candidate.chars().count()) > allowed {
            continue;
        }
        let distance = strsim::osa_distance(given, candidate);
        if distance > allowed {
            continue;
        }
        match best {
            Some((least, _)) if distance > least => {}
            Some((least, other)) if distance == least => alone = alone && other == candidate,
            _ => {
                best = Some((distance, candidate));
                alone = true;
            }
        }
    }
    best.filter(|_| alone).map(|(_, candidate)| candidate)
}
