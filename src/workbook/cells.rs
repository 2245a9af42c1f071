//! What all formats share on the way to the sink: addresses within bounds, cells in order, texts of a sane length.

use std::ops::Range;

use super::error::Refusal;
use super::{Merge, Raw, SheetName, Sink};
use crate::place::A1;

pub(super) const ROWS: u32 = 1_048_576;
pub(super) const COLUMNS: u32 = 16_384;

/// Cells are held back up to this number, to be sorted if need be; nobody writes a bigger sheet out of order.
const HELD: usize = 1 << 17;
/// Texts that stand in the cells themselves are held back up to so many bytes.
const HELD_TEXT: usize = 64 << 20;
/// A sheet filled to its last row in sixteen columns: whoever takes the cells has to keep them.
const MOST_CELLS: u64 = 16 << 20;
/// Excel allows 32,767 characters in a cell, four bytes each at most.
const LONGEST_TEXT: usize = 32_767 * 4;
const MOST_MERGES: usize = 1 << 20;
/// More sheets than anybody keeps in a workbook.
const MOST_SHEETS: usize = 4096;
/// Excel allows 31 characters in a sheet's name, other programs more.
const LONGEST_NAME: usize = 1024;
/// More cell formats than any program allows.
const MOST_FORMATS: usize = 1 << 18;
/// What all shared strings of a book may take in memory, and all other texts of a sheet.
const MOST_TEXT: usize = 512 << 20;

/// Passes cells on in order of row and column: at once, while each stands behind the one before. Where one does not, the
/// sheet is begun again, and its cells are held back to be sorted.
pub(super) struct Ordered<'a, S> {
    sink: &'a mut S,
    held: Option<Vec<(u32, u32, Raw<'static>)>>,
    last: Option<(u32, u32)>,
    /// Some cell did not stand behind the one before.
    disordered: bool,
    /// How many cells came, and the bytes of the texts that are not shared.
    count: u64,
    text: usize,
    merges: Vec<Merge>,
    /// The sheet does not show zeros.
    pub hides_zeros: bool,
}

impl<'a, S: Sink> Ordered<'a, S> {
    pub fn new(sink: &'a mut S) -> Ordered<'a, S> {
        Ordered {
            sink,
            held: None,
            last: None,
            disordered: false,
            count: 0,
            text: 0,
            merges: Vec::new(),
            hides_zeros: false,
        }
    }

    /// Whether the cells do not come in order: then the sheet has to be taken [`Ordered::again`].
    pub fn is_disordered(&self) -> bool {
        self.disordered
    }

    /// For the sheet from its start once more.
    pub fn again(self) -> Ordered<'a, S> {
        self.sink.restart();
        Ordered { held: Some(Vec::new()), ..Ordered::new(self.sink) }
    }

    /// Takes the next cell, if there is anything in it.
    pub fn put(&mut self, (row, column): (u32, u32), content: Option<Raw<'_>>) -> Result<(), Refusal> {
        let Some(content) = content else { return Ok(()) };
        match &content {
            Raw::Shared(_, "") => return Ok(()),
            Raw::Text(text) if text.is_empty() => return Ok(()),
            Raw::Text(text) => {
                check_length(text)?;
                self.text += text.len();
            }
            // Held back, each cell keeps a text of its own.
            Raw::Shared(_, text) if self.held.is_some() => self.text += text.len(),
            _ => {}
        }
        if row >= ROWS || column >= COLUMNS {
            let (row, column) = (u64::from(row) + 1, u64::from(column) + 1);
            return Err(Refusal::damaged(format!("单元格位置超出范围（第 {row} 行第 {column} 列）")));
        }
        self.count += 1;
        if self.count > MOST_CELLS || self.text > MOST_TEXT {
            return Err(Refusal::too_large("单元格或文字过多"));
        }
        let forward = self.last < Some((row, column));
        self.last = Some((row, column));
        self.disordered |= !forward;
        let Some(held) = &mut self.held else {
            if !forward {
                return Err(Refusal::damaged(format!("单元格 {} 没有按行列顺序存放", A1(row, column))));
            }
            self.send(row, column, content);
            return Ok(());
        };
        held.push((row, column, content.into_owned()));
        if held.len() == HELD || self.text > HELD_TEXT {
            self.release()?;
        }
        Ok(())
    }

    /// The merged ranges, when all cells have come.
    pub fn finish(mut self) -> Result<Vec<Merge>, Refusal> {
        self.release()?;
        Ok(self.merges)
    }

    /// Passes on the cells that are held back, and from now on each at once.
    fn release(&mut self) -> Result<(), Refusal> {
        let Some(mut held) = self.held.take() else { return Ok(()) };
        held.sort_by_key(|&(row, column, _)| (row, column));
        // The same cell told twice with one content harms nobody; with two it would be a guess.
        held.dedup();
        if let Some(twice) = held.windows(2).find(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1)) {
            return Err(Refusal::damaged(format!("单元格 {} 出现两次，内容不同", A1(twice[0].0, twice[0].1))));
        }
        self.last = held.last().map(|&(row, column, _)| (row, column));
        held.into_iter().for_each(|(row, column, value)| self.send(row, column, value));
        Ok(())
    }

    fn send(&mut self, row: u32, column: u32, value: Raw<'_>) {
        match value {
            zero @ Raw::Number(0.0, _) if self.hides_zeros => self.sink.cell(row, column, zero.seen_as("")),
            value => self.sink.cell(row, column, value),
        }
    }

    /// Notes one more merged range.
    pub fn merge(&mut self, (row, column, other_row, other_column): Merge) -> Result<(), Refusal> {
        if self.merges.len() == MOST_MERGES {
            return Err(Refusal::too_large(format!("合并单元格超过 {MOST_MERGES} 处")));
        }
        let (bottom, right) = (row.max(other_row), column.max(other_column));
        if bottom >= ROWS || right >= COLUMNS {
            return Err(Refusal::damaged("合并单元格的范围不合规"));
        }
        self.merges.push((row.min(other_row), column.min(other_column), bottom, right));
        Ok(())
    }
}

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

    pub fn get(&self, at: usize) -> &str {
        &self.bytes[self.range(at)]
    }

    /// Whether text number `at` is this one; asked far more often than what it is.
    pub fn is(&self, at: usize, text: &str) -> bool {
        self.bytes.as_bytes()[self.range(at)] == *text.as_bytes()
    }

    fn range(&self, at: usize) -> Range<usize> {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        start..self.ends[at]
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len()).map(|at| self.get(at))
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
pub(super) struct Strings(TextStore);

impl Strings {
    pub fn push(&mut self, text: &str) -> Result<(), Refusal> {
        self.0.push(text);
        if self.0.bytes.len() + 48 * self.0.ends.len() > MOST_TEXT {
            return Err(Refusal::too_large("共享字符串过多"));
        }
        Ok(())
    }

    /// Text number `index`.
    pub fn text(&self, index: usize) -> Result<&str, Refusal> {
        let found = (index < self.0.ends.len()).then(|| self.0.get(index));
        found.ok_or_else(|| Refusal::damaged(format!("有单元格引用了不存在的文字（第 {index} 条）")))
    }

    /// The content of a cell that refers to text number `index`.
    pub fn content(&self, index: usize) -> Result<Raw<'_>, Refusal> {
        Ok(Raw::Shared(index, self.text(index)?))
    }
}
