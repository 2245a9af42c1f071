//! A sheet as its file holds it: whole, and compact, to be looked at in whatever order and as often as need be.
//!
//! A cell takes eighteen bytes and a text that comes again soon none: a big city has millions of both. Whoever reads a format
//! puts in the cells as they come; they need not come in order.

use super::cells::{COLUMNS, Distinct, MOST_TEXT, NO_STRINGS, ROWS, Strings, TextStore, check_length};
use super::error::Refusal;
use super::{Look, Merge, Raw};
use crate::place::A1;

/// A sheet filled to its last row in sixteen columns.
const MOST_CELLS: usize = 16 << 20;
const MOST_MERGES: usize = 1 << 20;

/// The filled cells of a sheet, row by row and from left to right, and its merged ranges.
#[derive(Debug)]
pub struct SheetContent<'b> {
    shared: &'b TextStore,
    /// The rows with anything in them, and where the cells of each begin.
    rows: Vec<(u32, usize)>,
    columns: Vec<u16>,
    cells: Vec<HeldCell>,
    texts: Distinct,
    others: Vec<Raw<'static>>,
    merges: Vec<Merge>,
    is_sorted: bool,
    /// The bytes of all texts that are not shared, however often one came.
    text: usize,
    /// The sheet does not show zeros.
    pub(super) hides_zeros: bool,
}

/// A filled cell of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetCell<'s> {
    pub column: u32,
    /// The number of the text that it holds: the same text mostly has the same one.
    pub text: Option<u32>,
    pub content: Raw<'s>,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy)]
enum HeldCell {
    /// A text that the book's cells share; the numbers behind these are the sheet's own.
    Text(u32),
    Number(f64, Look),
    /// What is rarer than that.
    Other(u32),
}

impl<'b> SheetContent<'b> {
    /// For the cells of a book that share those texts.
    pub(super) fn new(Strings(shared): &'b Strings) -> SheetContent<'b> {
        SheetContent {
            shared,
            rows: Vec::new(),
            columns: Vec::new(),
            cells: Vec::new(),
            texts: Distinct::default(),
            others: Vec::new(),
            merges: Vec::new(),
            is_sorted: true,
            text: 0,
            hides_zeros: false,
        }
    }

    /// A sheet that holds nothing but texts, and stands in no file.
    pub fn of_texts(rows: &[Vec<String>]) -> SheetContent<'static> {
        let mut sheet = SheetContent::new(&NO_STRINGS);
        for (row, cells) in (0..).zip(rows) {
            for (column, text) in (0..).zip(cells).filter(|(_, text)| !text.is_empty()) {
                sheet.hold(row, column, Raw::Text(text.as_str().into()));
            }
        }
        sheet
    }

    /// Takes one more cell, if there is anything in it.
    pub(super) fn put(&mut self, (row, column): (u32, u32), content: Option<Raw<'_>>) -> Result<(), Refusal> {
        let Some(content) = content.filter(|content| content.text() != Some("")) else { return Ok(()) };
        if let Raw::Text(text) = &content {
            check_length(text)?;
            self.text += text.len();
        }
        if row >= ROWS || column >= COLUMNS {
            let (row, column) = (u64::from(row) + 1, u64::from(column) + 1);
            return Err(Refusal::damaged(format!("单元格位置超出范围（第 {row} 行第 {column} 列）")));
        }
        if self.cells.len() == MOST_CELLS || self.text > MOST_TEXT {
            return Err(Refusal::too_large("单元格或文字过多"));
        }
        self.hold(row, column as u16, content);
        Ok(())
    }

    fn hold(&mut self, row: u32, column: u16, content: Raw<'_>) {
        let held = match content {
            Raw::Shared(number, _) => HeldCell::Text(number as u32),
            Raw::Text(text) => HeldCell::Text(self.shared.len() as u32 + self.texts.number(&text)),
            Raw::Number(number, look) if number != 0.0 || !self.hides_zeros => HeldCell::Number(number, look),
            other => {
                let is_zero = matches!(other, Raw::Number(..));
                self.others.push(if is_zero { other.seen_as("") } else { other.into_owned() });
                HeldCell::Other(self.others.len() as u32 - 1)
            }
        };
        self.append(row, column, held);
    }

    fn append(&mut self, row: u32, column: u16, held: HeldCell) {
        match self.rows.last() {
            Some((last, _)) if *last == row => self.is_sorted &= self.columns.last() < Some(&column),
            last => {
                self.is_sorted &= last.is_none_or(|(last, _)| *last < row);
                self.rows.push((row, self.cells.len()));
            }
        }
        self.columns.push(column);
        self.cells.push(held);
    }

    /// Notes one more merged range.
    pub(super) fn merge(&mut self, (row, column, other_row, other_column): Merge) -> Result<(), Refusal> {
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

    /// The sheet, when all cells have come: in order, whatever order they came in.
    pub(super) fn finish(mut self) -> Result<SheetContent<'b>, Refusal> {
        if self.is_sorted {
            return Ok(self);
        }
        let rows = (0..self.rows.len()).flat_map(|at| self.range(at).map(move |cell| (at, cell)));
        let mut cells: Vec<(u32, u16, HeldCell)> =
            rows.map(|(at, cell)| (self.rows[at].0, self.columns[cell], self.cells[cell])).collect();
        cells.sort_by_key(|(row, column, _)| (*row, *column));
        let is_same_place = |one: &(u32, u16, _), other: &(u32, u16, _)| (one.0, one.1) == (other.0, other.1);
        // The same cell told twice with one content harms nobody; with two it would be a guess.
        cells.dedup_by(|one, other| {
            is_same_place(one, other) && self.content(one.2).into_owned() == self.content(other.2).into_owned()
        });
        if let Some(twice) = cells.windows(2).find(|pair| is_same_place(&pair[0], &pair[1])) {
            let place = A1(twice[0].0, u32::from(twice[0].1));
            return Err(Refusal::damaged(format!("单元格 {place} 出现两次，内容不同")));
        }
        (self.rows, self.columns, self.cells) = Default::default();
        cells.into_iter().for_each(|(row, column, held)| self.append(row, column, held));
        Ok(self)
    }

    fn range(&self, row: usize) -> std::ops::Range<usize> {
        self.rows[row].1..self.rows.get(row + 1).map_or(self.cells.len(), |(_, next)| *next)
    }

    fn content(&self, held: HeldCell) -> Raw<'_> {
        match held {
            HeldCell::Text(number) => {
                let number = number as usize;
                let own = number.checked_sub(self.shared.len()).map(|number| self.texts.texts.get(number));
                Raw::Text(own.unwrap_or_else(|| self.shared.get(number)).into())
            }
            HeldCell::Number(number, look) => Raw::Number(number, look),
            HeldCell::Other(at) => self.others[at as usize].clone(),
        }
    }

    /// The rows with anything in them, and the filled cells of each by column; hidden rows like others.
    pub fn rows(&self) -> impl Iterator<Item = (u32, impl Iterator<Item = SheetCell<'_>>)> {
        let cell = |at: usize| {
            let (column, held) = (u32::from(self.columns[at]), self.cells[at]);
            let text = if let HeldCell::Text(number) = held { Some(number) } else { None };
            SheetCell { column, text, content: self.content(held) }
        };
        self.rows.iter().enumerate().map(move |(at, (row, _))| (*row, self.range(at).map(cell)))
    }

    /// All filled cells, by row and column.
    pub fn cells(&self) -> impl Iterator<Item = (u32, u32, Raw<'_>)> {
        self.rows().flat_map(|(row, cells)| cells.map(move |cell| (row, cell.column, cell.content)))
    }

    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }
}
