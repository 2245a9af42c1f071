//! What merged ranges show and hide in the rows below a header, and which rows that leaves as data.
//!
//! Each row is first rid of what lies beneath a range; then it is asked whether it says anything itself, and at last it
//! gets what the ranges show.

use std::borrow::Cow;

use crate::finding::{Code, Flaw};
use crate::place::A1;
use crate::workbook::{Merge, Raw};

use super::body::Body;
use super::column::{EMPTY, ReadContent};
use super::merged;
use super::rows::Remark;
use super::text;

/// Why a row may be no data.
#[derive(Debug, PartialEq, Eq)]
pub enum Doubt {
    /// There is nothing in the columns of the table but placeholders.
    Blank,
    /// It repeats the header, numbers the columns, or is our own forms' example: told by all its cells.
    Whole,
    /// By a cell near its begin: the first one that can be seen, by sheet column, and what it makes of the row.
    Begins(Option<(u32, Remark)>),
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

impl Body<'_> {
    /// Takes out of a row what lies beneath ranges, and puts in what they show. Whether it is data.
    pub(super) fn settle(&mut self, row: u32, codes: &mut [u32], doubt: Option<&Doubt>) -> bool {
        let (loses, hides) = self.uncover(row, codes);
        let own = self.filled(codes);
        self.carry(row, codes);
        let is_none = match doubt {
            Some(Doubt::Whole) => return false,
            Some(Doubt::Blank) => true,
            Some(Doubt::Begins(lead)) => self.is_remark(codes, *lead, own),
            None => false,
        };
        // What nobody can see is never passed over.
        hides || !(is_none || loses && own == 0)
    }

    /// Takes away what lies beneath a range: what it shows is said once, anything else is a fault where it lies. Whether
    /// the row loses a cell, and whether it has such a fault.
    fn uncover(&mut self, row: u32, codes: &mut [u32]) -> (bool, bool) {
        let (mut loses, mut hides) = (false, false);
        let mut beneath = Vec::new();
        for (at, column) in self.shape.found.columns.iter().enumerate() {
            let Some((column, range)) = column.and_then(|column| Some((column, self.merges.over(row, column)?))) else {
                continue;
            };
            if (row, column) == (range.0, range.1) {
                self.tops.insert((row, column), codes[at]);
            } else if codes[at] != EMPTY {
                beneath.push((at, range));
            }
        }
        for (at, range) in beneath {
            let (code, top) = (codes[at], self.top(range));
            if self.is_same(at, code, top) {
                codes[at] = EMPTY;
                loses = true;
            } else {
                let fault = ReadContent::Bad(Box::new(self.hidden(at, code, range, top)));
                let cells = &mut self.builders[at].cells;
                let shown = cells.of_code(code).shown.to_owned();
                codes[at] = cells.put(&shown, fault);
                hides = true;
            }
        }
        (loses, hides)
    }

    fn top(&self, (row, column, ..): Merge) -> Top<'_> {
        let Some(at) = self.shape.place(column) else { return Top::Elsewhere };
        match (self.tops.get(&(row, column)), self.shape.above.get(&(row, column))) {
            (Some(&EMPTY), _) | (None, None) => Top::Blank,
            (Some(code), _) => Top::Cell(at, *code),
            (None, Some(text)) => Top::Above(text),
        }
    }

    fn shown<'s>(&'s self, top: Top<'s>) -> &'s str {
        match top {
            Top::Cell(at, code) => self.builders[at].shown(code),
            Top::Above(text) => text,
            Top::Blank | Top::Elsewhere => "",
        }
    }

    /// Whether a cell that lies beneath a range says nothing, or what the range shows.
    fn is_same(&self, at: usize, code: u32, top: Top<'_>) -> bool {
        if matches!(top, Top::Cell(of, shown) if (of, shown) == (at, code)) {
            return true;
        }
        let shown = self.shown(top);
        self.builders[at].is_blank(code)
            || (!shown.is_empty() && text::folded(self.builders[at].shown(code)) == text::folded(shown))
    }

    fn hidden(&self, at: usize, code: u32, range: Merge, top: Top<'_>) -> Flaw {
        let (column, range, corner) = (self.shape.coercions[at].name(), merged::name(range), A1(range.0, range.1));
        let sees = match top {
            Top::Elsewhere => format!("那里显示的是{corner}的内容，不是{column}"),
            _ if self.shown(top).is_empty() => "那里显示为空白".to_owned(),
            _ => format!("那里显示的是「{}」", self.shown(top)),
        };
        let stored = self.builders[at].shown(code);
        let what = if stored.is_empty() { "公式".to_owned() } else { format!("「{stored}」") };
        Flaw::rejected(
            Code::NotAsShown,
            format!("{column}{what}被合并的单元格{range}盖住，{sees}"),
            format!("请取消{range}的合并，逐格核对填写；盖住的内容不需要的，请清除"),
        )
    }

    /// Every row of a range says what it shows, in its first column.
    fn carry(&mut self, row: u32, codes: &mut [u32]) {
        for (at, own) in codes.iter_mut().enumerate() {
            let Some(column) = self.shape.found.columns[at].filter(|_| *own == EMPTY) else { continue };
            let Some(range) = self.merges.over(row, column).filter(|range| range.1 == column) else { continue };
            *own = match self.top(range) {
                Top::Cell(_, code) => code,
                Top::Above(text) => {
                    let text = text.to_owned();
                    let stored = Raw::Text(Cow::Borrowed(&text));
                    let content = self.shape.coercions[at].read(&stored, self.shape.looks).content;
                    let code = self.builders[at].cells.put(&text, content);
                    self.tops.insert((range.0, column), code);
                    code
                }
                Top::Blank | Top::Elsewhere => EMPTY,
            };
        }
    }

    fn is_filled(&self, at: usize, codes: &[u32]) -> bool {
        !self.builders[at].is_blank(codes[at])
    }

    fn filled(&self, codes: &[u32]) -> usize {
        (0..codes.len()).filter(|at| self.is_filled(*at, codes)).count()
    }

    /// Whether a row that begins so is no data: something that is required is blank, and most of it, too.
    fn is_remark(&self, codes: &[u32], lead: Option<(u32, Remark)>, own: usize) -> bool {
        let Some((column, remark)) = lead else { return false };
        // 小计 in a column of the table is nobody's row, whatever the ranges beside it say of the rows above; all else
        // could stand beside somebody.
        let of_group = remark == Remark::Total && self.shape.place(column).is_some();
        let filled = if of_group { own } else { self.filled(codes) };
        let lacks = self.shape.found.required.iter().any(|group| !group.iter().any(|at| self.is_filled(*at, codes)));
        lacks && 2 * filled < self.shape.found.columns.iter().flatten().count()
    }
}
