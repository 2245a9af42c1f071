//! What all formats share: how many sheets, formats and texts there may be, and texts kept by number.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::error::Refusal;
use super::recent::Recent;
use super::{Raw, SheetName};

pub(super) const ROWS: u32 = 1_048_576;
pub(super) const COLUMNS: u32 = 16_384;

/// Excel allows 32,767 characters in a cell, four bytes each at most.
const LONGEST_TEXT: usize = 32_767 * 4;
/// More sheets than anybody keeps in a workbook.
const MOST_SHEETS: usize = 4096;
/// Excel allows 31 characters in a sheet's name, other programs more.
const LONGEST_NAME: usize = 1024;
/// More cell formats than any program allows.
const MOST_FORMATS: usize = 1 << 18;
/// What all shared strings of a book may take in memory, and all other texts of a sheet.
pub(super) const MOST_TEXT: usize = 512 << 20;

/// Lists one more sheet.
pub(super) fn add_sheet(sheets: &mut Vec<SheetName>, sheet: SheetName) -> Result<(), Refusal> {
    if sheets.len() == MOST_SHEETS {
        return Err(Refusal::too_large(format!("工作表超过 {MOST_SHEETS} 张")));
    }
    if sheet.name.len() > LONGEST_NAME {
        return Err(Refusal::damaged("有工作表的名称过长"));
    }
    sheets.push(sheet);
    Ok(())
}

/// Complains where so many formats have been told that there must be more to come.
pub(super) fn check_formats(count: usize) -> Result<(), Refusal> {
    if count > MOST_FORMATS { Err(Refusal::too_large("单元格格式过多")) } else { Ok(()) }
}

/// Adds to a text that is being put together, up to what a cell can hold.
pub(super) fn append(text: &mut String, more: &str) -> Result<(), Refusal> {
    text.push_str(more);
    check_length(text)
}

/// Complains about a text that no cell can hold.
pub(super) fn check_length(text: &str) -> Result<(), Refusal> {
    if text.len() > LONGEST_TEXT {
        return Err(Refusal::too_large(format!("有单元格的文字超过 {LONGEST_TEXT} 字节")));
    }
    Ok(())
}

/// Many texts in one piece of memory, by number: of its own each would take thrice the room.
#[derive(Debug, Clone, Default)]
pub struct TextStore {
    bytes: String,
    /// Where each text ends and the next begins.
    ends: Vec<usize>,
}

impl TextStore {
    pub fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[at]]
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// The texts of another from number `from` on follow.
    pub fn append(&mut self, other: &TextStore, from: usize) {
        let start = from.checked_sub(1).map_or(0, |before| other.ends[before]);
        let (have, more) = (self.bytes.len(), &other.bytes[start..]);
        self.bytes.reserve_exact(more.len());
        self.bytes.push_str(more);
        self.ends.reserve_exact(other.ends.len() - from);
        self.ends.extend(other.ends[from..].iter().map(|end| end - start + have));
    }

    pub fn shrink_to_fit(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

/// The texts that cells refer to by number, shared by all cells that do.
#[derive(Debug, Default)]
pub(super) struct Strings(pub TextStore);

/// The texts of a book that shares none.
pub(super) static NO_STRINGS: Strings = Strings(TextStore { bytes: String::new(), ends: Vec::new() });

impl Strings {
    pub fn push(&mut self, text: &str) -> Result<(), Refusal> {
        self.0.push(text);
        if self.0.bytes.len() + 48 * self.0.ends.len() > MOST_TEXT {
            return Err(Refusal::too_large("共享字符串过多"));
        }
        Ok(())
    }

    /// The content of a cell that refers to text number `index`.
    pub fn content(&self, index: usize) -> Result<Raw<'_>, Refusal> {
        let found = (index < self.0.len()).then(|| Raw::Shared(index, self.0.get(index)));
        found.ok_or_else(|| Refusal::damaged(format!("有单元格引用了不存在的文字（第 {index} 条）")))
    }
}

/// Texts that come again and again, most of them kept once.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    pub texts: TextStore,
    recent: Recent,
    hasher: FixedState,
}

impl Distinct {
    /// The number of a text: the next one, unless it came lately.
    pub fn number(&mut self, text: &str) -> u32 {
        let Distinct { texts, recent, hasher } = self;
        let hash = hasher.hash_one(text) as u32;
        let known = recent.find(hash, |behind| texts.get(behind as usize - 1) == text);
        let behind = known.unwrap_or_else(|| {
            texts.push(text);
            recent.insert(hash, texts.len() as u32);
            texts.len() as u32
        });
        behind - 1
    }
}
