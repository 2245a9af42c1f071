//! The end of a sheet: what its merged ranges show and hide, and which of its rows are data.
//!
//! Merged ranges are told behind the cells, so the rows that may be no data are kept, with what they begin with, until
//! they are known. Each row is first rid of what lies beneath a range; then it is asked whether it says anything itself,
//! and at last it gets what the ranges show.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Code, Flaw};
use crate::place::A1;
use crate::workbook::{Merge, Raw};

use super::body::Shape;
use super::column::{ColumnCells, EMPTY, ReadContent};
use super::merged::{self, Covered, Merges};
use super::rows::Remark;
use super::text;

/// A row that may be no data.
#[derive(Debug)]
pub struct Doubt {
    pub row: u32,
    pub what: What,
}

/// Why it may be none.
#[derive(Debug)]
pub enum What {
    /// There is nothing in the columns of the table but placeholders.
    Blank,
    /// It repeats the header, numbers the columns, or is our own forms' example: told by all its cells.
    Whole,
    /// The first filled cells, left to right: sheet column and what it makes of the row.
    Begins(Vec<(u32, Option<Remark>)>),
}

/// The rows of a sheet, and what its header says of them.
pub struct Settling<'a> {
    pub shape: &'a Shape<'a>,
    pub lines: Vec<u32>,
    pub cells: Vec<ColumnCells>,
    pub doubts: Vec<Doubt>,
}

/// The cell at the top left of a range.
#[derive(Clone, Copy)]
enum Top<'a> {
    /// In a column of the table: its code.
    Cell(usize, u32),
    /// In the header or above it.
    Above(&'a str),
    Blank,
    /// In a column that nobody asked for.
    Elsewhere,
}

/// A range that gives a column its value.
struct Carry {
    at: usize,
    covered: Covered,
}

/// More columns than a sheet has in which rows begin.
const MOST_LEADS: usize = 256;

impl<'a> Settling<'a> {
    /// The sheet rows and cells of the data, and how many rows are none.
    pub fn settle(mut self, merges: &[Merge]) -> (Vec<u32>, Vec<ColumnCells>, u64) {
        let merges = Merges::new(merges);
        let mut bare = BTreeSet::new();
        let mut hiding = BTreeSet::new();
        let carries = self.uncover(&merges, &mut bare, &mut hiding);
        bare.retain(|row| self.is_blank(*row));
        let mut doubts = std::mem::take(&mut self.doubts);
        doubts.sort_by_key(|doubt| doubt.row);
        let own: Vec<usize> =
            doubts.iter().map(|doubt| self.line(doubt.row).map_or(0, |row| self.filled(row))).collect();
        carries.iter().for_each(|carry| self.carry(carry));
        let mut leads = Leads { merges: &merges, known: BTreeMap::new() };
        for (doubt, own) in doubts.iter().zip(own) {
            let Some(row) = self.line(doubt.row) else { continue };
            let is_none = match &doubt.what {
                What::Whole => {
                    hiding.remove(&row);
                    true
                }
                What::Blank => true,
                What::Begins(cells) => self.is_remark(row, leads.first(doubt.row, cells), own),
            };
            if is_none {
                bare.insert(row);
            }
        }
        // What nobody can see is never passed over.
        bare.retain(|row| !hiding.contains(row));
        self.without(&bare)
    }

    /// Takes away what lies beneath a range: what it shows is said once, anything else is a fault where it lies. Rows
    /// that lose a cell go into `bare`, those with a fault into `hiding`.
    fn uncover(&mut self, merges: &Merges, bare: &mut BTreeSet<usize>, hiding: &mut BTreeSet<usize>) -> Vec<Carry> {
        let mut carries = Vec::new();
        for (at, column) in self.shape.found.columns.iter().enumerate() {
            let Some(column) = *column else { continue };
            for covered in merges.over(column) {
                let rows = merged::within(&self.lines, &covered.rows);
                if rows.is_empty() {
                    continue;
                }
                let top = self.top(covered.range);
                for row in rows {
                    let code = self.cells[at].codes[row];
                    if code == EMPTY || !covered.hides(self.lines[row], column) {
                        continue;
                    }
                    if self.is_same(at, code, top) {
                        self.cells[at].codes[row] = EMPTY;
                        bare.insert(row);
                    } else {
                        let fault = self.hidden(at, code, covered.range, top);
                        let shown = self.cells[at].of_code(code).shown.to_owned();
                        self.cells[at].codes[row] = self.cells[at].put(&shown, ReadContent::Bad(Box::new(fault)));
                        hiding.insert(row);
                    }
                }
                if covered.range.1 == column && covered.range.2 > covered.range.0 {
                    carries.push(Carry { at, covered });
                }
            }
        }
        carries
    }

    fn line(&self, row: u32) -> Option<usize> {
        self.lines.binary_search(&row).ok()
    }

    fn top(&self, (row, column, ..): Merge) -> Top<'a> {
        let Some(at) = self.shape.found.columns.iter().position(|own| *own == Some(column)) else {
            return Top::Elsewhere;
        };
        match (self.line(row), self.shape.above.get(&(row, column))) {
            (Some(line), _) if self.cells[at].codes[line] != EMPTY => Top::Cell(at, self.cells[at].codes[line]),
            (None, Some(text)) => Top::Above(text),
            _ => Top::Blank,
        }
    }

    fn shown<'s>(&'s self, top: Top<'s>) -> &'s str {
        match top {
            Top::Cell(at, code) => self.cells[at].of_code(code).shown,
            Top::Above(text) => text,
            Top::Blank | Top::Elsewhere => "",
        }
    }

    /// Whether a cell that lies beneath a range says nothing, or what the range shows.
    fn is_same(&self, at: usize, code: u32, top: Top<'_>) -> bool {
        if matches!(top, Top::Cell(of, shown) if (of, shown) == (at, code)) {
            return true;
        }
        let entry = self.cells[at].of_code(code);
        let shown = self.shown(top);
        matches!(entry.content, ReadContent::Blank)
            || (!shown.is_empty() && text::folded(entry.shown) == text::folded(shown))
    }

    fn hidden(&self, at: usize, code: u32, range: Merge, top: Top<'_>) -> Flaw {
        let (column, range, corner) = (self.shape.coercions[at].name(), merged::name(range), A1(range.0, range.1));
        let sees = match top {
            Top::Elsewhere => format!("那里显示的是{corner}的内容，不是{column}"),
            _ if self.shown(top).is_empty() => "那里显示为空白".to_owned(),
            _ => format!("那里显示的是「{}」", self.shown(top)),
        };
        let stored = self.cells[at].of_code(code).shown;
        let what = if stored.is_empty() { "公式".to_owned() } else { format!("「{stored}」") };
        Flaw::rejected(
            Code::NotAsShown,
            format!("{column}{what}被合并的单元格{range}盖住，{sees}"),
            format!("请取消{range}的合并，逐格核对填写；盖住的内容不需要的，请清除"),
        )
    }

    /// Every row of a range says what it shows.
    fn carry(&mut self, Carry { at, covered }: &Carry) {
        let rows = merged::within(&self.lines, &covered.rows);
        let code = match self.top(covered.range) {
            Top::Cell(_, code) => code,
            Top::Above(text) => {
                let Shape { coercions, looks, .. } = self.shape;
                let content = coercions[*at].read(&Raw::Text(Cow::Borrowed(text)), looks).content;
                self.cells[*at].put(text, content)
            }
            Top::Blank | Top::Elsewhere => return,
        };
        for row in rows {
            let cell = &mut self.cells[*at].codes[row];
            if *cell == EMPTY {
                *cell = code;
            }
        }
    }

    fn is_filled(&self, at: usize, row: usize) -> bool {
        !self.cells[at].is_blank(row)
    }

    fn filled(&self, row: usize) -> usize {
        (0..self.cells.len()).filter(|at| self.is_filled(*at, row)).count()
    }

    fn is_blank(&self, row: usize) -> bool {
        self.filled(row) == 0
    }

    /// Whether a row that begins so is no data: something that is required is blank, and most of it, too.
    fn is_remark(&self, row: usize, lead: Option<(u32, Remark)>, own: usize) -> bool {
        let Some((column, remark)) = lead else { return false };
        // 小计 in a column of the table is nobody's row, whatever the ranges beside it say of the rows above; all else
        // could stand beside somebody.
        let of_group = remark == Remark::Total && self.shape.found.columns.contains(&Some(column));
        let filled = if of_group { own } else { self.filled(row) };
        let lacks = self.shape.found.required.iter().any(|group| !group.iter().any(|at| self.is_filled(*at, row)));
        lacks && 2 * filled < self.shape.found.columns.iter().flatten().count()
    }

    /// All rows but those.
    fn without(mut self, none: &BTreeSet<usize>) -> (Vec<u32>, Vec<ColumnCells>, u64) {
        if !none.is_empty() {
            let mut keep = vec![true; self.lines.len()];
            none.iter().for_each(|row| keep[*row] = false);
            let kept = |row: &mut std::slice::Iter<'_, bool>| row.next().copied().unwrap_or(true);
            let mut row = keep.iter();
            self.lines.retain(|_| kept(&mut row));
            for cells in &mut self.cells {
                let mut row = keep.iter();
                cells.codes.retain(|_| kept(&mut row));
            }
        }
        (self.lines, self.cells, none.len() as u64)
    }
}

/// With which cell that can be seen a row begins.
struct Leads<'a> {
    merges: &'a Merges,
    known: BTreeMap<u32, Vec<Covered>>,
}

impl Leads<'_> {
    fn first(&mut self, row: u32, cells: &[(u32, Option<Remark>)]) -> Option<(u32, Remark)> {
        let (column, remark) = cells.iter().find(|(column, _)| !self.is_beneath(row, *column))?;
        Some((*column, (*remark)?))
    }

    fn is_beneath(&mut self, row: u32, column: u32) -> bool {
        // Only a file made to be slow has rows that begin in so many columns.
        if self.merges.all().is_empty() || (self.known.len() >= MOST_LEADS && !self.known.contains_key(&column)) {
            return false;
        }
        let over = self.known.entry(column).or_insert_with(|| self.merges.over(column).collect());
        let at = over.partition_point(|covered| *covered.rows.end() < row);
        over.get(at).is_some_and(|covered| covered.hides(row, column))
    }
}
