//! How wide columns and how high rows have to be so that wrapped Chinese text is seen whole.
//!
//! Whoever opens a list has to see its sentences whole, and not every program fits a row to its text by itself: without
//! heights LibreOffice shows each row one line high, whether the sheet is protected or not (a list of 15 printed pages
//! became one of 2), and none fits merged cells. So widths are shared out over the page by what stands in the columns,
//! and heights follow from counting lines; the scale of a page is chosen by them too.

use unicode_width::UnicodeWidthChar;

use super::breaks::{closes, opens};

/// Type sizes in points: read text, text that is looked up, what is read from a large page.
pub const TEXT: f64 = 10.0;
pub const SMALL: f64 = 8.0;
pub const LARGE: f64 = 11.5;

/// Excel's limit for a row, in points.
const TALLEST: f64 = 409.0;
/// Pixels of a half-width character per point of type size, at 96 dots an inch.
const HALF: f64 = 96.0 / 72.0 / 2.0;
/// Pixels that a cell keeps free at its sides, and those of an indent.
const PADDING: f64 = 7.0;
pub const INDENT: f64 = 10.0;
/// Points that a row is higher than its text.
const AIR: f64 = 6.0;

/// What is kept back of a cell's room, and the half-width characters that its sides leave in LibreOffice.
pub const SLACK: f64 = 0.97;
pub const KEPT: f64 = 1.2;
/// Digits and Latin letters differ in width between the typefaces that ordinary computers put in for 仿宋: they count
/// as five quarters of half a character, nearly the widest of them.
pub const QUARTERS: usize = 4;
pub const LATIN: usize = 5;

/// Half-width characters that a day takes in the widest digits; where it has less, programs show ###.
pub const DAY: f64 = 11.0;

/// Pixels that `half_widths` characters of a size need, sides included.
pub fn pixels(half_widths: f64, size: f64) -> f64 {
    (half_widths * size * HALF / SLACK + PADDING).ceil() + 1.0
}

/// Pixels by which so many half-width characters of a size more make a column wider.
pub fn more(half_widths: usize, size: f64) -> f64 {
    (half_widths as f64 * size * HALF / SLACK).ceil()
}

/// Half-width characters of a size that fit into `pixels`.
pub fn room(pixels: f64, size: f64) -> usize {
    let fit = (pixels - PADDING) * SLACK / (size * HALF);
    if fit < 2.0 { 2 } else { fit as usize }
}

/// Width of the text's widest line, in half-width characters.
pub fn width(text: &str) -> usize {
    widest(text).div_ceil(QUARTERS)
}

/// The same in quarters of these.
pub fn widest(text: &str) -> usize {
    let (mut widest, mut line) = (0, 0);
    for Measured { character, quarters, .. } in measured(text) {
        if character == '\n' {
            widest = widest.max(std::mem::take(&mut line));
        }
        line += quarters;
    }
    widest.max(line)
}

/// A character of a text.
#[derive(Clone, Copy)]
pub struct Measured {
    pub character: char,
    pub quarters: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

/// A text's characters. Nearly all there is is told by its first bytes, since each text of each list comes by here, some
/// of them letter by letter: of Chinese characters, which are all alike, another one stands in.
pub fn measured(text: &str) -> impl Iterator<Item = Measured> {
    Characters { text, end: 0 }
}

struct Characters<'t> {
    text: &'t str,
    end: usize,
}

impl Iterator for Characters<'_> {
    type Item = Measured;

    // A call for each character would cost as much again.
    #[inline(always)]
    fn next(&mut self) -> Option<Measured> {
        let (character, length, quarters) = match *self.text.as_bytes().get(self.end)? {
            first @ b' '..=b'~' => (char::from(first), 1, LATIN),
            // U+5000 to U+9FFF.
            0xE5..=0xE9 => ('一', 3, 2 * QUARTERS),
            _ => {
                let character = self.text[self.end..].chars().next()?;
                (character, character.len_utf8(), quarters(character))
            }
        };
        self.end += length;
        Some(Measured { character, quarters, end: self.end })
    }
}

/// What the text asks for where lines may be wrapped: all of its lines that do not fit into `least` anyway.
pub fn wrapping(text: &str, widest: usize, least: f64) -> usize {
    if !text.contains('\n') {
        return widest;
    }
    let long: usize = text.split('\n').map(width).filter(|width| *width as f64 > least).sum();
    if long > 0 { long } else { widest }
}

/// Width of a character in quarters of half a character.
pub fn quarters(character: char) -> usize {
    match character_width(character) {
        1 => LATIN,
        wide => wide * QUARTERS,
    }
}

/// Half-widths of a character in a Chinese typeface: what Unicode calls ambiguous (…, —, “”, ①) is wide there.
#[inline]
pub fn character_width(character: char) -> usize {
    match character {
        // Nearly all there is, without a look into Unicode's tables.
        ' '..='~' => 1,
        '\u{4E00}'..='\u{9FFF}' | '\u{3001}'..='\u{3015}' | '\u{FF01}'..='\u{FF60}' => 2,
        _ => character.width_cjk().unwrap_or(0),
    }
}

/// Whether each of a text's lines fits into `room` half-width characters.
pub fn fits(text: &str, room: usize) -> bool {
    let mut line = 0;
    is_short(text, room)
        || measured(text).all(|Measured { character, quarters, .. }| {
            line = if character == '\n' { 0 } else { line + quarters };
            line <= room * QUARTERS
        })
}

/// The same as far as it is seen at once: no character is wider than it has bytes, but for the share that Latin ones are.
pub fn is_short(text: &str, room: usize) -> bool {
    text.len() * LATIN <= room * QUARTERS
}

/// Lines that the text takes in a column with room for `room` half-width characters.
///
/// Chinese text breaks between any two characters, but closing marks do not begin a line and opening ones do not end it; Latin
/// words, numbers and paths break at blanks and hyphens, and inside only where they are longer than a line.
pub fn lines(text: &str, room: usize) -> usize {
    if fits(text, room) {
        return 1 + text.bytes().filter(|byte| *byte == b'\n').count();
    }
    let room = room * QUARTERS;
    let mut count = 1;
    let mut used = 0;
    // The part of the line after the last place where it may break.
    let mut word = 0;
    let (mut last_wide, mut last) = (false, '\n');
    for Measured { character, quarters: width, .. } in measured(text) {
        if character == '\n' {
            count += 1;
            (used, word, last_wide, last) = (0, 0, false, '\n');
            continue;
        }
        let wide = width > LATIN;
        // LibreOffice takes 、 and the number after it for one word with what stands before.
        let parted = wide || last_wide && last != '、';
        if parted && !closes(character) && !opens(last) || character == ' ' {
            word = 0;
        }
        used += width;
        word += width;
        if used > room {
            count += 1;
            used = if word <= room { word } else { width };
            word = used;
        }
        if character == '-' {
            word = 0;
        }
        (last_wide, last) = (wide, character);
    }
    count
}

/// What is known about a column's texts before its width is chosen.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// Pixels below and above which it does not go.
    pub least: f64,
    pub most: f64,
    /// Pixels that its texts would take on one line, the long ones counting most.
    pub usual: f64,
    /// Sentences: the first to grow where the page has room.
    pub elastic: bool,
    /// A header in two lines of half of it: a little wider, it would be broken anywhere.
    pub rigid: bool,
    /// Pixels of a column that is not printed: it has no share of the page.
    pub beside: f64,
}

/// How far sentences grow before all columns do.
const GROWTH: f64 = 1.6;

/// A row is as high as its longest cell: texts count by a high power of their length, and with widths in proportion to
/// this root of the mean, the sum of such powers of the lines is least. (With the plain mean, sentences had three times
/// the lines of all else in their row.)
pub const POWER: i32 = 4;
const SHARE: f64 = POWER as f64 / (POWER + 1) as f64;

/// Shares `page` pixels out: columns get what they wish, or in proportion to the text they carry
/// where that is too much; where it is too little, those with sentences grow to fill the page, and then all alike.
pub fn share(wishes: &[Wish], page: f64) -> Vec<f64> {
    let roots: Vec<f64> = wishes.iter().map(|wish| wish.usual.powf(SHARE)).collect();
    let at = |level: f64| {
        let given = move |(wish, root): (&Wish, &f64)| (level * root).clamp(wish.least, wish.most.max(wish.least));
        wishes.iter().zip(&roots).map(given)
    };
    let (mut low, mut high) = (0.0, 1e4);
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        if at(middle).sum::<f64>() > page { high = middle } else { low = middle }
    }
    let mut widths: Vec<f64> = at(low).collect();
    for (bound, elastic) in [(GROWTH, true), (f64::INFINITY, false)] {
        let grows = |wish: &Wish| wish.elastic || !elastic && !wish.rigid;
        let growing: f64 = widths.iter().zip(wishes).filter(|(_, wish)| grows(wish)).map(|(width, _)| width).sum();
        let missing = page - widths.iter().sum::<f64>();
        if growing > 0.0 && missing > 0.0 {
            let growth = (1.0 + missing / growing).min(bound);
            widths.iter_mut().zip(wishes).filter(|(_, wish)| grows(wish)).for_each(|(width, _)| *width *= growth);
        }
    }
    widths.into_iter().map(f64::floor).collect()
}

/// Height in points of a row whose cells hold these texts in columns of these pixels and sizes.
pub fn height<'t>(cells: impl Iterator<Item = (&'t str, f64, f64)>) -> f64 {
    of_lines(cells.map(|(text, pixels, size)| (lines(text, room(pixels, size)), size)))
}

/// Height in points of a row whose cells have so many lines of these sizes.
pub fn of_lines(cells: impl Iterator<Item = (usize, f64)>) -> f64 {
    let tallest = cells.map(|(lines, size)| line_height(size) * lines as f64).fold(line_height(TEXT), f64::max);
    (tallest + AIR).ceil()
}

/// Height in points of a row with so many lines of read text.
pub fn lines_height(lines: f64) -> f64 {
    line_height(TEXT) * lines + AIR
}

/// Cuts a height down to what Excel takes.
pub fn within_limit(height: f64) -> f64 {
    height.min(TALLEST)
}

fn line_height(size: f64) -> f64 {
    size * 1.4
}
