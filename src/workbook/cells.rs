//! What all formats share on the way to the sink: addresses within bounds, cells in order, texts of a sane length.

use std::sync::Arc;

use super::error::Fault;
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

/// Passes cells on in order of row and column.
pub(super) struct Ordered<'a> {
    sink: &'a mut dyn Sink,
    held: Vec<(u32, u32, Raw)>,
    bounds: Bounds,
    in_order: bool,
    streaming: bool,
    merges: Vec<Merge>,
}

/// Counts what a sheet sends.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    last: Option<(u32, u32)>,
    /// How many cells came, and the bytes of the texts that are not shared.
    count: u64,
    text: usize,
}

impl Bounds {
    /// Whether the cell, which brings so many bytes of text, stands behind the one before; an error where it stands
    /// outside any sheet, or where there are too many of them.
    pub fn next(&mut self, row: u32, column: u32, text: usize) -> Result<bool, Fault> {
        if row >= ROWS || column >= COLUMNS {
            return Err(Fault::damaged(format!(
                "单元格位置超出范围（第 {} 行第 {} 列）",
                u64::from(row) + 1,
                u64::from(column) + 1
            )));
        }
        self.count += 1;
        self.text += text;
        if self.count > MOST_CELLS || self.text > MOST_TEXT {
            return Err(Fault::too_large("单元格或文字过多"));
        }
        let forward = self.last < Some((row, column));
        self.last = Some((row, column));
        Ok(forward)
    }
}

impl<'a> Ordered<'a> {
    pub fn new(sink: &'a mut dyn Sink) -> Ordered<'a> {
        Ordered {
            sink,
            held: Vec::new(),
            bounds: Bounds::default(),
            in_order: true,
            streaming: false,
            merges: Vec::new(),
        }
    }

    pub fn push(&mut self, row: u32, column: u32, value: Raw) -> Result<(), Fault> {
        let text = match &value {
            Raw::Text(text) if Arc::strong_count(text) == 1 => text.len(),
            _ => 0,
        };
        let forward = self.bounds.next(row, column, text)?;
        if self.streaming {
            if !forward {
                return Err(Fault::damaged(format!("单元格 {} 没有按行列顺序存放", A1(row, column))));
            }
            self.sink.cell(row, column, value);
            return Ok(());
        }
        self.in_order &= forward;
        self.held.push((row, column, value));
        if self.held.len() == HELD || self.bounds.text > HELD_TEXT {
            self.release()?;
            self.streaming = true;
        }
        Ok(())
    }

    pub fn merge(&mut self, merge: Merge) -> Result<(), Fault> {
        add_merge(&mut self.merges, merge)
    }

    pub fn finish(mut self) -> Result<Vec<Merge>, Fault> {
        if !self.streaming {
            self.release()?;
        }
        Ok(self.merges)
    }

    fn release(&mut self) -> Result<(), Fault> {
        let mut held = std::mem::take(&mut self.held);
        if !self.in_order {
            held.sort_by_key(|&(row, column, _)| (row, column));
            // The same cell told twice with one content harms nobody; with two it would be a guess.
            held.dedup();
            if let Some(twice) = held.windows(2).find(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1)) {
                return Err(Fault::damaged(format!("单元格 {} 出现两次，内容不同", A1(twice[0].0, twice[0].1))));
            }
        }
        self.bounds.last = held.last().map(|&(row, column, _)| (row, column));
        for (row, column, value) in held {
            self.sink.cell(row, column, value);
        }
        Ok(())
    }
}

/// Notes one more merged range.
pub(super) fn add_merge(merges: &mut Vec<Merge>, merge: Merge) -> Result<(), Fault> {
    if merges.len() == MOST_MERGES {
        return Err(Fault::too_large(format!("合并单元格超过 {MOST_MERGES} 处")));
    }
    let (top, left, bottom, right) = merge;
    if top <= bottom && left <= right && bottom < ROWS && right < COLUMNS {
        merges.push(merge);
        return Ok(());
    }
    Err(Fault::damaged("合并单元格的范围不合规"))
}

/// Lists one more sheet.
pub(super) fn add_sheet(sheets: &mut Vec<SheetName>, sheet: SheetName) -> Result<(), Fault> {
    if sheets.len() == MOST_SHEETS {
        return Err(Fault::too_large(format!("工作表超过 {MOST_SHEETS} 张")));
    }
    if sheet.name.len() > LONGEST_NAME {
        return Err(Fault::damaged("有工作表的名称过长"));
    }
    sheets.push(sheet);
    Ok(())
}

/// Complains where so many formats have been told that there must be more to come.
pub(super) fn check_formats(count: usize) -> Result<(), Fault> {
    if count > MOST_FORMATS { Err(Fault::too_large("单元格格式过多")) } else { Ok(()) }
}

/// Adds to a text that is being put together, up to what a cell can hold.
pub(super) fn append(text: &mut String, more: &str) -> Result<(), Fault> {
    text.push_str(more);
    check_length(text)
}

/// Complains about a text that no cell can hold.
pub(super) fn check_length(text: &str) -> Result<(), Fault> {
    if text.len() > LONGEST_TEXT {
        return Err(Fault::too_large(format!("有单元格的文字超过 {LONGEST_TEXT} 字节")));
    }
    Ok(())
}

/// The texts that cells refer to by number, shared by all cells that do.
#[derive(Debug, Default)]
pub(super) struct Strings {
    all: Vec<Arc<str>>,
    bytes: usize,
}

impl Strings {
    pub fn push(&mut self, text: &str) -> Result<(), Fault> {
        self.bytes += text.len() + 48;
        if self.bytes > MOST_TEXT {
            return Err(Fault::too_large("共享字符串过多"));
        }
        self.all.push(Arc::from(text));
        Ok(())
    }

    /// Text number `index`.
    pub fn text(&self, index: usize) -> Result<&Arc<str>, Fault> {
        self.all.get(index).ok_or_else(|| Fault::damaged(format!("有单元格引用了不存在的文字（第 {index} 条）")))
    }

    /// The cell for text number `index`; none for a blank one.
    pub fn get(&self, index: usize) -> Result<Option<Raw>, Fault> {
        let text = self.text(index)?;
        Ok((!text.is_empty()).then(|| Raw::Text(Arc::clone(text))))
    }
}

/// A text cell; none for a blank one.
pub(super) fn text(text: &str) -> Option<Raw> {
    (!text.is_empty()).then(|| Raw::Text(Arc::from(text)))
}
