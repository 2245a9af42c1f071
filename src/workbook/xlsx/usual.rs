//! What nearly every program writes nearly always where most of a workbook stands: cells, the step from a row to the
//! next, shared texts.
//!
//! It is looked at once, where it lies, and compared with what is expected: the row's own number, the next quote. What
//! is written otherwise is none of this module's business: whoever reads the part takes it token by token, and asks here
//! first. Each piece is whole, so the reader of XML does not miss it. Without it reading takes six times as long
//! (`cargo bench -- cells`), and it is most of a big run.

use super::super::Raw;
use super::cell::CellType;
use super::{COLUMNS, OpcBook, ROWS, number};

/// A text longer than this is looked at with more care.
const SHORT: usize = 4096;

/// The number of a row, also as it is written, to be found again in the places of its cells.
#[derive(Debug, Default)]
pub(super) struct UsualRow {
    pub number: u32,
    digits: [u8; 8],
    /// Nought: not known, and no cell is a usual one.
    length: usize,
}

impl UsualRow {
    pub fn new(number: u32, written: &[u8]) -> UsualRow {
        let mut digits = [0; 8];
        match digits.get_mut(..written.len()) {
            Some(place) if written.iter().all(u8::is_ascii_digit) => {
                place.copy_from_slice(written);
                UsualRow { number, digits, length: written.len() }
            }
            _ => UsualRow::default(),
        }
    }

    /// Goes on to the row that begins here behind the end of this one, if its tag is a usual one; its length in bytes.
    pub fn step(&mut self, bytes: &[u8]) -> Option<usize> {
        if self.length == 0 {
            return None;
        }
        let (start, inner) = after_blanks(bytes, b"</row>")?;
        let (blanks, tag) = after_blanks(inner, b"<row r=\"")?;
        let tag = &tag[..memchr::memchr(b'>', tag)?];
        let is_usual = |byte: &u8| byte.is_ascii_alphanumeric() || b" =\":._-".contains(byte);
        let quotes = tag.iter().filter(|byte| **byte == b'"').count();
        if !tag.iter().all(is_usual) || quotes.is_multiple_of(2) {
            return None;
        }
        let written = &tag[..memchr::memchr(b'"', tag)?];
        let row = u32::try_from(number(written)?).ok()?.checked_sub(1).filter(|row| *row < ROWS)?;
        *self = UsualRow::new(row, written);
        Some(start + blanks + tag.len() + 1)
    }

    /// The cell that stands here, if it is a usual one: its column, what it holds, and its length in bytes.
    pub fn cell<'a>(&self, book: &'a OpcBook, bytes: &'a [u8]) -> Option<(u32, Option<Raw<'a>>, usize)> {
        let start = blanks(bytes);
        let bytes = &bytes[start..];
        let CellHead { column, style, kind, closed, length: head } = self.head(bytes)?;
        if closed {
            return Some((column, None, start + head));
        }
        let formula = formula(&bytes[head..])?;
        let inner = &bytes[head + formula..];
        let (text, length) = match kind {
            CellType::Inline => text(inner, b"<is><t>", b"</t></is></c>"),
            _ => text(inner, b"<v>", b"</v></c>"),
        }?;
        let look = book.looks.of_style(style);
        let content = match kind {
            _ if formula > 0 && book.computes_anew => Raw::NoResult,
            CellType::Number => book.looks.raw(numeral(text)?, look),
            CellType::Inline | CellType::Text => Raw::Text(std::str::from_utf8(text).ok()?.into()),
            CellType::Shared => {
                let index = number(text)?;
                Raw::Shared(index, book.strings.text(index).ok()?)
            }
            CellType::Bool | CellType::Error | CellType::Date => return None,
        };
        Some((column, Some(book.looks.veil(content, look)), start + head + formula + length))
    }

    /// `<c r="B5" s="1" t="s">`, format and type only where they are needed.
    fn head(&self, bytes: &[u8]) -> Option<CellHead> {
        if self.length == 0 || !bytes.starts_with(b"<c r=\"") {
            return None;
        }
        let mut at = 6;
        let mut column = 0;
        while let Some(letter @ b'A'..=b'Z') = bytes.get(at)
            && at < 9
        {
            column = column * 26 + u32::from(letter - b'A') + 1;
            at += 1;
        }
        if column == 0 || column > COLUMNS || !bytes[at..].starts_with(&self.digits[..self.length]) {
            return None;
        }
        at += self.length;
        let mut style = 0;
        if bytes[at..].starts_with(b"\" s=\"") {
            at += 5;
            let start = at;
            while let Some(digit @ b'0'..=b'9') = bytes.get(at)
                && at - start < 6
            {
                style = style * 10 + usize::from(digit - b'0');
                at += 1;
            }
            if at == start {
                return None;
            }
        }
        const TAGS: [(CellType, bool, &[u8]); 6] = [
            (CellType::Shared, false, b"\" t=\"s\">"),
            (CellType::Number, false, b"\">"),
            (CellType::Inline, false, b"\" t=\"inlineStr\">"),
            (CellType::Text, false, b"\" t=\"str\">"),
            (CellType::Number, false, b"\" t=\"n\">"),
            (CellType::Number, true, b"\"/>"),
        ];
        let (kind, closed, tag) = TAGS.iter().find(|(.., tag)| bytes[at..].starts_with(tag))?;
        Some(CellHead { column: column - 1, style, kind: *kind, closed: *closed, length: at + tag.len() })
    }
}

struct CellHead {
    column: u32,
    style: usize,
    kind: CellType,
    /// The tag closes itself.
    closed: bool,
    length: usize,
}

/// The length of the formula that stands here, which may be none; none if it is an unusual one.
fn formula(bytes: &[u8]) -> Option<usize> {
    let Some(inner) = bytes.strip_prefix(b"<f>") else { return Some(0) };
    let length = memchr::memchr2(b'<', b'&', inner).filter(|at| inner[*at..].starts_with(b"</f>"))?;
    std::str::from_utf8(&inner[..length]).ok()?;
    Some(length + 7)
}

/// The shared text that stands here, if it is a usual one; and its length in bytes.
pub(super) fn shared(bytes: &[u8]) -> Option<(&str, usize)> {
    let (start, item) = after_blanks(bytes, b"<si>")?;
    let (text, length) = text(item, b"<t>", b"</t></si>")?;
    Some((std::str::from_utf8(text).ok()?, start + length))
}

/// What stands behind `what`, which may have blanks before it; and the length of both.
fn after_blanks<'a>(bytes: &'a [u8], what: &[u8]) -> Option<(usize, &'a [u8])> {
    let blanks = blanks(bytes);
    Some((blanks + what.len(), bytes[blanks..].strip_prefix(what)?))
}

/// How many blanks stand here.
fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// What stands between `before` and `behind` if it is a text that means what it says; and the length of all three.
fn text<'a, const B: usize, const E: usize>(
    bytes: &'a [u8],
    before: &[u8; B],
    behind: &[u8; E],
) -> Option<(&'a [u8], usize)> {
    let inner = bytes.strip_prefix(before)?;
    let mut length = 0;
    loop {
        match inner.get(length)? {
            b'<' => break,
            // Entities, line ends and escaped units.
            b'&' | b'\r' | b'_' => return None,
            _ if length == SHORT => return None,
            _ => length += 1,
        }
    }
    if !inner[length..].starts_with(behind) {
        return None;
    }
    let inner = &inner[..length];
    let is_edge = |byte: Option<&u8>| byte.is_some_and(|byte| !byte.is_ascii_whitespace());
    if !is_edge(inner.first()) || !is_edge(inner.last()) {
        return None;
    }
    Some((inner, B + length + E))
}

/// A number as it is stored.
fn numeral(digits: &[u8]) -> Option<f64> {
    // Whole numbers of so many digits are exact.
    if digits.len() <= 15 && digits.iter().all(u8::is_ascii_digit) {
        return Some(digits.iter().fold(0u64, |value, digit| value * 10 + u64::from(digit - b'0')) as f64);
    }
    std::str::from_utf8(digits).ok()?.parse().ok().filter(|value: &f64| value.is_finite())
}
