//! Where the lines of a cell end.
//!
//! Excel and WPS begin no line with a closing mark and end none with an opening one. LibreOffice has that rule, but not for
//! cells of a file that another program wrote: it ends a line wherever the next character does not fit. Such lines are
//! torn. Three remedies: columns of few words get a width at which they break between pieces ([`breaks_between_pieces`]);
//! a column may be a little wider than its share ([`torn`]); and sentences, which are read and not looked up, have a line
//! that a program might tear ended by hand ([`set`]), as late as a typesetter would. What stands for a value, as a post
//! or an option, is never changed: people copy it and search for it.

use super::measure::{KEPT, LATIN, Measured, QUARTERS, SLACK, character_width, fits, measured, width};
use super::model::Unbroken;

/// Line breaks that Excel keeps in one cell.
pub const MOST: usize = 250;
/// Bytes of a text whose lines nobody counts.
const LONG: usize = 32_000;

/// Width of the widest piece that should stay on one line.
pub fn piece(text: &str) -> usize {
    pieces(text).map(width).max().unwrap_or(0)
}

/// What is in brackets, and what stands between them and commas.
pub fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut characters = rest.char_indices().peekable();
        let mut end = 0;
        while let Some((_, one)) = characters.next() {
            let next = characters.peek();
            end = next.map_or(rest.len(), |(at, _)| *at);
            if next.is_some_and(|(_, next)| is_between_pieces(one, *next)) {
                break;
            }
        }
        let (piece, after) = rest.split_at(end);
        rest = after;
        (end > 0).then_some(piece)
    })
}

fn is_between_pieces(one: char, next: char) -> bool {
    closes(one) && !matches!(one, '》' | '」') && !closes(next) || matches!(next, '〔' | '（')
}

/// How well a line ends between two characters of a sentence, the better the later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// Within what is quoted.
    Quoted,
    /// Between any two characters.
    Somewhere,
    /// Between a label and its value.
    Label,
    /// Between clauses.
    Clause,
    /// Between sentences.
    Sentence,
}

impl End {
    /// None where it tears the line. What is searched for as it stands (依据已变，请重新审定) is parted from other sentences
    /// alone.
    fn of(one: char, next: char, quoted: bool, unbroken: Unbroken) -> Option<End> {
        let latin = |character| character_width(character) == 1;
        match (one, next) {
            // 12人, 2015年6月 and 2015-A-通报-T-B01 stay whole.
            _ if one == '-' || next == '-' => None,
            _ if closes(next) || next == ' ' || opens(one) || one != ' ' && next.is_ascii_digit() => None,
            ('；' | '。', _) if !quoted => Some(End::Sentence),
            _ if unbroken == Unbroken::Sentences => None,
            _ if one.is_ascii_digit() && !opens(next) || one != ' ' && latin(one) && latin(next) => None,
            _ if quoted => Some(End::Quoted),
            ('，' | '、' | '）' | '〕' | '！' | '？', _) => Some(End::Clause),
            (_, next) if opens(next) => Some(End::Clause),
            ('：', _) => Some(End::Label),
            _ => Some(End::Somewhere),
        }
    }

    /// What it is worth in a line that could be filled so far: between clauses a line ends where that is nearly as late as
    /// anywhere else.
    fn filling(self, filled: usize, full: usize, unbroken: Unbroken) -> End {
        let is_late = filled * 7 >= full * 6;
        if is_late || unbroken == Unbroken::Sentences { self } else { self.min(End::Somewhere) }
    }
}

/// Bytes of a character and its marks, too few for a line.
const LONE: usize = 12;

/// Whether the text breaks between its pieces alone in a column with room for `room` half-width characters.
///
/// Programs break anywhere where another character fits. What holds is asked of the narrowest and of the widest Latin
/// letters and room; a program that lets closing marks begin a line (LibreOffice) has nothing to put there either.
pub fn breaks_between_pieces(text: &str, room: usize) -> bool {
    Typeface::both(room, 0.0).into_iter().all(|typeface| {
        let room = typeface.room;
        text.split('\n').all(|line| {
            let mut left = room;
            pieces(line).all(|piece| {
                let whole: usize = measured(piece).map(|one| typeface.size(one)).sum();
                let first = measured(piece).next().map_or(0, |one| typeface.size(one));
                if left < whole {
                    if left >= first && left < room {
                        return false;
                    }
                    left = room;
                }
                left = left.saturating_sub(whole);
                whole <= room
            })
        })
    })
}

/// Latin letters and the room of a line, in quarters of half a character.
#[derive(Clone, Copy)]
struct Typeface {
    latin: usize,
    room: usize,
}

impl Typeface {
    /// The widest letters in the least room, and the narrowest in the most: of a column as wide as that room asks for, or up
    /// to so many half-width characters wider.
    fn both(room: usize, wider: f64) -> [Typeface; 2] {
        let most = (((room as f64 + wider) / SLACK + KEPT) * QUARTERS as f64) as usize;
        [Typeface { latin: LATIN, room: room * QUARTERS }, Typeface { latin: QUARTERS, room: most }]
    }

    fn size(self, one: Measured) -> usize {
        if one.quarters == LATIN { self.latin } else { one.quarters }
    }

    /// Where the line that begins at `from` ends, in a program that knows no more than words of Latin letters.
    fn line_end(self, text: &str, from: usize) -> usize {
        let (mut used, mut word, mut at) = (0, from, from);
        for one in measured(&text[from..]) {
            let after = from + one.end;
            let latin = one.quarters == LATIN && one.character != ' ';
            used += self.size(one);
            if used > self.room && one.character != ' ' {
                let end = if latin && word > from { word } else { at };
                return if end > from { end } else { after };
            }
            if !latin || one.character == '-' {
                word = after;
            }
            at = after;
        }
        text.len()
    }
}

/// The lines that programs make of a text, whatever typeface they put in: the first and the last place where each but the
/// last may end.
fn line_ends(text: &str, room: usize) -> impl Iterator<Item = (usize, usize)> {
    // Of the room a part of a character was cut off.
    let [wide, narrow] = Typeface::both(room, 1.0);
    let (mut early, mut late) = (0, 0);
    std::iter::from_fn(move || {
        (early, late) = (wide.line_end(text, early), narrow.line_end(text, late));
        (early < text.len()).then_some((early, late))
    })
}

/// How many lines may be torn in a column with room for `room` half-width characters.
pub fn torn(text: &str, room: usize) -> usize {
    let of = |line: &str| line_ends(line, room).filter(|(first, last)| may_tear(line, *first, *last)).count();
    text.split('\n').map(of).sum()
}

fn may_tear(text: &str, first: usize, last: usize) -> bool {
    let (before, after) = text.split_at(first);
    let Some(mut one) = before.chars().next_back() else { return false };
    let mut within = before.rfind('〔').is_some_and(|open| !before[open..].contains('〕'));
    after.char_indices().take_while(|(at, _)| first + at <= last).any(|(_, next)| {
        let torn = tears(one, next, within);
        (one, within) = (next, is_within(within, next));
        torn
    })
}

/// Whether a line that ends between `first` and `last` may leave nothing but a character and its marks for the last line.
fn may_leave_one(text: &str, first: usize, last: usize) -> bool {
    let mut ends = text[first..].char_indices().map(|(at, _)| first + at).take_while(|at| *at <= last);
    text.len() <= last + LONE && ends.any(|at| is_all_but_over(text, at))
}

/// Whether an end there leaves nothing but a character and its marks for the last line.
fn is_all_but_over(text: &str, at: usize) -> bool {
    let rest = &text[at..];
    rest.len() <= LONE && rest.trim_end_matches(closes).chars().map(character_width).sum::<usize>() <= 2
}

/// Whether a line that ends between two characters is torn: before a closing mark, after an opening one, within a short mark
/// or a number.
fn tears(one: char, next: char, within: bool) -> bool {
    closes(next) || opens(one) || within || one == '-' && next.is_ascii_digit()
}

/// Whether what follows a character stands within a short mark.
fn is_within(before: bool, one: char) -> bool {
    one == '〔' || before && one != '〕'
}

/// The text with line breaks where a program might tear a line; none where nothing has to be broken.
///
/// The typeface that a program puts in decides how much fits on a line, so a line ends somewhere between two places. Where
/// one of the places between them would tear it, it is ended by hand, so late that it still fits in every typeface: between
/// clauses if it is then nearly full, else at the last place that parts no number, no Latin word and nothing quoted.
/// Sentences that are searched for are ended between each other alone.
pub fn set(text: &str, room: usize, unbroken: Unbroken) -> Option<String> {
    if !matches!(unbroken, Unbroken::Clauses | Unbroken::Sentences) {
        return None;
    }
    // What is too long for any page may be as long as a cell can be.
    if text.len() > LONG || fits(text, room) {
        return None;
    }
    let mut left = MOST.saturating_sub(text.matches('\n').count());
    let mut set = String::new();
    for (at, mut line) in text.split('\n').enumerate() {
        if at > 0 {
            set.push('\n');
        }
        while left > 0
            && let Some(end) = end_by_hand(line, room, unbroken)
        {
            let (ended, rest) = line.split_at(end);
            set.push_str(ended);
            set.push('\n');
            line = rest;
            left -= 1;
        }
        set.push_str(line);
    }
    (set.len() > text.len()).then_some(set)
}

/// Where the first line that is to be ended by hand ends; the line before it, where it has no place for that.
fn end_by_hand(text: &str, room: usize, unbroken: Unbroken) -> Option<usize> {
    // The last place where each line may begin and the first where it may end.
    let mut lines: Vec<(usize, usize)> = Vec::new();
    let mut begin = 0;
    line_ends(text, room).find_map(|(first, last)| {
        lines.push((begin, first));
        begin = last;
        let ended = |(begin, end): &(usize, usize)| best_end(text, *begin, *end, unbroken);
        let lone = unbroken == Unbroken::Clauses && may_leave_one(text, first, last);
        (may_tear(text, first, last) || lone).then(|| lines.iter().rev().find_map(ended)).flatten()
    })
}

/// The best end of a line from `begin` on that is not after `to`, of equally good ones the last.
fn best_end(text: &str, begin: usize, to: usize, unbroken: Unbroken) -> Option<usize> {
    // Where letters differ much, narrow ones may begin a line behind the place where wide ones end it.
    let full = text.get(begin..to)?.chars().map(character_width).sum();
    let mut best: Option<(End, usize)> = None;
    let (mut depth, mut within, mut filled) = (0usize, false, 0);
    // What follows a hyphen belongs to a number of a line (2015-A-通报-T-B01) or a day.
    let mut hyphened = false;
    let mut characters = text.char_indices().peekable();
    while let Some((at, one)) = characters.next() {
        let Some((end, next)) = characters.peek().copied().filter(|(end, _)| *end <= to) else { break };
        hyphened = one == '-' || hyphened && one != ' ' && !closes(one) && !opens(one);
        match one {
            '「' | '『' | '《' | '〔' => depth += 1,
            '」' | '』' | '》' | '〕' => depth = depth.saturating_sub(1),
            _ => {}
        }
        within = is_within(within, one);
        if at < begin {
            continue;
        }
        filled += character_width(one);
        // No line is very short.
        if filled * 5 < full * 2 {
            continue;
        }
        let found = End::of(one, next, depth > 0, unbroken).map(|found| found.filling(filled, full, unbroken));
        if let Some(found) = found.filter(|_| !hyphened && !tears(one, next, within) && !is_all_but_over(text, end))
            && best.is_none_or(|(known, _)| known <= found)
        {
            best = Some((found, end));
        }
    }
    best.map(|(_, end)| end)
}

/// Marks that do not end a line.
pub fn opens(character: char) -> bool {
    matches!(character, '（' | '〔' | '「' | '『' | '《' | '“' | '‘')
}

/// Marks that do not begin a line.
pub fn closes(character: char) -> bool {
    matches!(
        character,
        '，' | '。' | '；' | '：' | '、' | '！' | '？' | '）' | '〕' | '」' | '』' | '》' | '”' | '’' | '…'
    )
}
