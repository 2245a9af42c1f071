//! Text on its way into workbooks: what cells, sheet names and file names cannot hold.

use std::borrow::Cow;
use std::collections::HashSet;

/// Excel's limit for the text of a cell, in UTF-16 units.
const CELL: usize = 32_767;
/// Excel's limit for sheet names, in UTF-16 units.
const SHEET_NAME: usize = 31;
/// Room for a file name's stem in bytes: Linux takes 255 for the whole name.
const FILE_STEM: usize = 200;

/// The text as it can stand in a cell: line breaks are `\n`, characters that XML cannot hold are
/// replaced by visible ones, and text beyond Excel's limit ends in `…`.
pub fn printable(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.len() <= CELL && plain(text.as_bytes()) {
        return text;
    }
    let mut clean = String::with_capacity(text.len());
    let mut units = 0;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let shown = match character {
            '\r' if characters.peek() == Some(&'\n') => continue,
            '\r' => '\n',
            '\n' | '\t' => character,
            '\0'..='\x1F' => char::from_u32(0x2400 + character as u32).unwrap_or('\u{FFFD}'),
            '\u{FFFE}' | '\u{FFFF}' => '\u{FFFD}',
            other => other,
        };
        units += shown.len_utf16();
        clean.push(shown);
        if units > CELL {
            // Two characters fewer leave room for the sign even where the last one takes two units.
            clean.pop();
            clean.pop();
            clean.push('…');
            break;
        }
    }
    Cow::Owned(clean)
}

/// Whether nothing in the text can need to be replaced. Nearly every text passes, so it is looked through without a
/// way out in between, many bytes at a time.
fn plain(text: &[u8]) -> bool {
    let printed = text.iter().fold(true, |plain, byte| plain & (*byte >= b' ' || *byte == b'\n'));
    // What begins with these bytes: U+FFC0 to U+FFFF, with the two that are no characters at the end.
    let pairs = text.iter().zip(text.get(1..).unwrap_or_default());
    let last = pairs.fold(false, |last, (one, next)| last | ((*one == 0xEF) & (*next == 0xBF)));
    printed && !last
}

/// A name that Excel takes for a sheet; `number` above 1 is added in brackets.
pub fn sheet_name(name: &str, number: usize) -> String {
    let tail = if number > 1 { format!("（{number}）") } else { String::new() };
    let mut units = tail.encode_utf16().count();
    let mut clean = String::new();
    for character in name.trim_matches('\'').chars() {
        let character = match character {
            '[' | ']' | ':' | '*' | '?' | '/' | '\\' => '_',
            other if other.is_control() => '_',
            other => other,
        };
        units += character.len_utf16();
        if units > SHEET_NAME {
            break;
        }
        clean.push(character);
    }
    if clean.trim().is_empty() {
        clean = "工作表".to_owned();
    }
    clean + &tail
}

/// Gives out sheet names within one workbook; Excel compares them without regard to case.
#[derive(Debug, Default)]
pub struct SheetNames(HashSet<String>);

impl SheetNames {
    pub fn claim(&mut self, name: &str) -> String {
        let mut number = 1;
        loop {
            let claimed = sheet_name(name, number);
            if self.0.insert(claimed.to_lowercase()) {
                return claimed;
            }
            number += 1;
        }
    }
}

/// Gives out file names within one folder, without regard to case as on Windows.
#[derive(Debug, Default)]
pub struct FileNames(HashSet<String>);

impl FileNames {
    /// `stem` with what Windows forbids replaced, made unique, and `.xlsx`.
    pub fn claim(&mut self, stem: &str) -> String {
        self.with_ending(stem, ".xlsx")
    }

    /// The same for a folder.
    pub fn claim_folder(&mut self, name: &str) -> String {
        self.with_ending(name, "")
    }

    fn with_ending(&mut self, stem: &str, ending: &str) -> String {
        let stem = file_stem(stem);
        let mut name = format!("{stem}{ending}");
        let mut number = 2;
        while !self.0.insert(name.to_lowercase()) {
            name = format!("{stem}({number}){ending}");
            number += 1;
        }
        name
    }
}

/// A file name without ending that Windows, Linux and macOS take.
fn file_stem(stem: &str) -> String {
    let mut clean = String::new();
    for character in stem.chars() {
        let character = match character {
            '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' => '_',
            other if other.is_control() => '_',
            other => other,
        };
        if clean.len() + character.len_utf8() > FILE_STEM {
            break;
        }
        clean.push(character);
    }
    let dots = matches!(clean.as_str(), "." | "..");
    // Windows drops blanks and dots at the end, and a leading blank is easily overlooked.
    let mut clean = clean.trim().trim_end_matches(['.', ' ']).to_owned();
    let first = clean.split('.').next().unwrap_or_default();
    let (end, device) = (first.len(), first.trim().to_ascii_uppercase());
    let numbered = |name: &str| {
        device.strip_prefix(name).is_some_and(|rest| {
            let mut rest = rest.chars();
            matches!((rest.next(), rest.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
        })
    };
    let reserved = matches!(device.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$");
    // Whatever its ending is, a device's name is its own up to the first dot.
    if reserved || numbered("COM") || numbered("LPT") {
        clean.insert_str(end, "(2)");
    }
    // `~$` marks a workbook as open, and a leading dot hides a file.
    if clean.is_empty() || clean.starts_with(['.', '~']) {
        clean.insert(0, '_');
    }
    if dots {
        clean.push_str("(2)");
    }
    clean
}
