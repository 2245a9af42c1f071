//! The rows below a header: one code per row and column.
//!
//! Only the cells of recognised columns are kept, and nothing of the others: what nobody asked for is looked at and
//! dropped. The rows of a big sheet may be taken in pieces by several threads, each of which has a body of its own.

use std::sync::Arc;

use rayon::prelude::*;

use crate::workbook::{Looks, Merge, Raw};

use super::coerce::Coercion;
use super::column::{Builder, Cells, EMPTY, Read, Stored};
use super::date::TitleYears;
use super::recognise::{HeadRow, Match, Near, Unrecognised};
use super::rows::{self, Remark};
use super::scan::{Kind, Part, Scanned, Schema};
use super::text;

/// The rows below a header as they come.
pub struct Body<'s> {
    shape: Arc<Shape<'s>>,
    builders: Vec<Builder>,
    /// Per column of the table the codes of contents that are the column's own header.
    headers: Vec<Vec<u32>>,
    /// Sheet columns with anything in them below the header.
    filled: Vec<bool>,
    lines: Vec<u32>,
    /// Rows that begin with a note although they are filled like data.
    remarks: Vec<u32>,
    rows: u64,
    ignored: u64,
    row: Row,
    /// Where each piece ends among the lines.
    pieces: Vec<usize>,
}

/// What the header says about the rows.
#[derive(Clone)]
struct Shape<'s> {
    coercions: &'s [Coercion],
    looks: &'s Looks,
    found: Match,
    nears: Vec<Near>,
    titles: TitleYears,
    /// Texts that stand first in the rows above the header; repeated on every page by some.
    headings: Vec<String>,
    /// Sheet column → column of the table.
    place: Vec<Option<usize>>,
}

/// What a row below the header is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Data,
    Ignored,
    /// Ignored, too, but to be told: it begins with a note and is filled like data.
    FilledNote,
}

/// The row that is being read.
struct Row {
    at: Option<u32>,
    filled: usize,
    /// Its first filled cell, if that is a text; else blank.
    first: String,
    /// Whether that cell stands in a column of the table.
    first_is_ours: bool,
    /// Per column of the table.
    codes: Vec<u32>,
}

impl<'s> Body<'s> {
    pub fn new(schema: &'s Schema, looks: &'s Looks, found: Match, nears: Vec<Near>, head: &[HeadRow]) -> Self {
        let mut titles = TitleYears::default();
        let mut headings = Vec::new();
        for row in head.iter().filter(|row| row.row < found.rows.0) {
            row.cells.iter().for_each(|cell| titles.read(&cell.shown));
            headings.extend(row.cells.first().map(|cell| cell.key.clone()).filter(|key| key.chars().count() >= 4));
        }
        let width = found.columns.iter().flatten().max().map_or(0, |last| *last as usize + 1);
        let mut place = vec![None; width];
        for (at, column) in found.columns.iter().enumerate() {
            if let Some(column) = column {
                place[*column as usize] = Some(at);
            }
        }
        let coercions = &schema.coercions[found.table];
        Self::of(Arc::new(Shape { coercions, looks, found, nears, titles, headings, place }))
    }

    fn of(shape: Arc<Shape<'s>>) -> Self {
        let columns = shape.found.columns.len();
        Self {
            shape,
            builders: (0..columns).map(|_| Builder::default()).collect(),
            headers: vec![Vec::new(); columns],
            filled: Vec::new(),
            lines: Vec::new(),
            remarks: Vec::new(),
            rows: 0,
            ignored: 0,
            row: Row { at: None, filled: 0, first: String::new(), first_is_ours: false, codes: vec![EMPTY; columns] },
            pieces: Vec::new(),
        }
    }

    /// The last row of the header.
    pub fn header_end(&self) -> u32 {
        self.shape.found.rows.1
    }

    pub fn cell(&mut self, row: u32, column: u32, raw: Raw) {
        let text = match &raw {
            Raw::Text(text) => text.as_ref(),
            _ => "",
        };
        let Some(at) = self.place(row, column, text) else { return };
        self.put(at, |builder, read| builder.code(raw, read));
    }

    pub fn shared(&mut self, row: u32, column: u32, number: usize, text: &str) {
        let Some(at) = self.place(row, column, text) else { return };
        self.put(at, |builder, read| builder.numbered(number, text, read));
    }

    pub fn text(&mut self, row: u32, column: u32, text: &str) {
        let Some(at) = self.place(row, column, text) else { return };
        self.put(at, |builder, read| builder.text(text, read));
    }

    /// Notes that a cell is filled; the column of the table that it belongs to.
    fn place(&mut self, row: u32, column: u32, text: &str) -> Option<usize> {
        if self.row.at != Some(row) {
            self.end_row();
            self.row.at = Some(row);
        }
        let index = column as usize;
        if self.filled.len() <= index {
            self.filled.resize(index + 1, false);
        }
        self.filled[index] = true;
        let ours = self.shape.place.get(index).copied().flatten();
        self.row.filled += 1;
        if self.row.filled == 1 {
            self.row.first.push_str(text);
            self.row.first_is_ours = ours.is_some();
        }
        ours
    }

    fn put(&mut self, at: usize, code: impl FnOnce(&mut Builder, &dyn for<'r> Fn(Stored<'r>) -> Read<'r>) -> u32) {
        let (shape, builder) = (&self.shape, &mut self.builders[at]);
        let known = builder.len();
        let code = code(builder, &|stored| shape.coercions[at].read(stored, shape.looks));
        if builder.len() > known && text::is_header(builder.shown(code), &shape.found.words[at]) {
            self.headers[at].push(code);
        }
        self.row.codes[at] = code;
    }

    fn end_row(&mut self) {
        let Some(at) = self.row.at.take() else { return };
        self.rows += 1;
        let line = self.line();
        if line == Line::Data {
            self.lines.push(at);
            for (builder, code) in self.builders.iter_mut().zip(&self.row.codes) {
                builder.push(*code);
            }
        } else {
            self.ignored += 1;
        }
        if line == Line::FilledNote {
            self.remarks.push(at);
        }
        self.row.filled = 0;
        self.row.first.clear();
        self.row.codes.fill(EMPTY);
    }

    /// What the row that ends here is.
    fn line(&self) -> Line {
        let codes = || self.row.codes.iter().enumerate();
        if codes().all(|(at, code)| self.builders[at].is_blank(*code)) {
            return Line::Ignored;
        }
        if codes().all(|(at, code)| *code == EMPTY || self.headers[at].contains(code)) {
            return Line::Ignored;
        }
        let first = &self.row.first;
        if first.is_ascii() {
            return Line::Data;
        }
        match rows::remark(first) {
            // In a column that nobody asked for, 「电话：…」 may be anything.
            Some(Remark::Signature) if self.is_filled_like_data() => Line::Data,
            Some(Remark::Note) if self.is_filled_like_data() => Line::FilledNote,
            Some(_) => Line::Ignored,
            None if self.row.filled == 1 && self.shape.headings.contains(&text::header_key(first)) => Line::Ignored,
            None => Line::Data,
        }
    }

    /// The remark stands in a column that nobody asked for, and something in every required one that is not another.
    fn is_filled_like_data(&self) -> bool {
        if self.row.first_is_ours {
            return false;
        }
        let filled = |at: &usize| {
            let (builder, code) = (&self.builders[*at], self.row.codes[*at]);
            !builder.is_blank(code) && rows::remark(builder.shown(code)).is_none()
        };
        self.shape.found.required.iter().all(|group| group.iter().any(filled))
    }

    /// A body that takes other rows below the same header.
    pub fn fork(&self) -> Self {
        Self::of(Arc::clone(&self.shape))
    }

    /// The end of a piece.
    pub fn cut(&mut self) {
        self.end_row();
        self.pieces.push(self.lines.len());
    }

    /// The rows of others follow, piece by piece: whose, and which of its pieces.
    pub fn join(&mut self, mut others: Vec<Self>, order: &[(usize, usize)]) {
        self.end_row();
        let pieces: Vec<(usize, std::ops::Range<usize>)> = order
            .iter()
            .map(|(of, piece)| {
                let ends = &others[*of].pieces;
                (*of, piece.checked_sub(1).map_or(0, |before| ends[before])..ends[*piece])
            })
            .collect();
        self.lines.reserve_exact(pieces.iter().map(|(_, lines)| lines.len()).sum());
        pieces.iter().for_each(|(of, lines)| self.lines.extend(&others[*of].lines[lines.clone()]));
        let mut columns: Vec<Vec<Cells>> = self.builders.iter().map(|_| Vec::new()).collect();
        for other in &mut others {
            self.rows += other.rows;
            self.ignored += other.ignored;
            self.remarks.append(&mut other.remarks);
            if self.filled.len() < other.filled.len() {
                self.filled.resize(other.filled.len(), false);
            }
            self.filled.iter_mut().zip(&other.filled).for_each(|(filled, other)| *filled |= other);
            for (column, builder) in columns.iter_mut().zip(std::mem::take(&mut other.builders)) {
                column.push(builder.into_cells());
            }
        }
        self.builders.par_iter_mut().zip(columns).with_max_len(1).for_each(|(builder, cells)| {
            builder.join(cells, &pieces);
        });
    }

    /// The sheet is at its end; `merges` are its merged ranges.
    pub fn finish(mut self, merges: &[Merge]) -> Scanned {
        self.end_row();
        if let Some(near) = self.spread_header(merges) {
            let unrecognised = Box::new(Unrecognised { tie: Vec::new(), nearest: Some(near) });
            return Scanned {
                kind: Kind::Unrecognised(unrecognised),
                rows: self.rows,
                ignored: self.rows,
                nears: Arc::unwrap_or_clone(self.shape).nears,
            };
        }
        let shape = Arc::unwrap_or_clone(self.shape);
        let mut cells: Vec<Cells> = self.builders.into_iter().map(Builder::finish).collect();
        fill_merged(&mut cells, &shape.found.columns, &self.lines, merges);
        let part = Part {
            table: shape.found.table,
            columns: shape.found.columns,
            doubled: shape.found.doubled,
            others: shape.found.others,
            slips: shape.found.slips,
            titles: shape.titles,
            remarks: self.remarks,
            lines: self.lines,
            cells,
        };
        Scanned { kind: Kind::Table(Box::new(part)), rows: self.rows, ignored: self.ignored, nears: shape.nears }
    }

    /// A header that is merged over several filled columns names none of them.
    fn spread_header(&self, merges: &[Merge]) -> Option<Near> {
        let (top, bottom) = self.shape.found.rows;
        for (at, column) in self.shape.found.columns.iter().enumerate() {
            let Some(column) = column.filter(|_| self.shape.found.spans[at]) else { continue };
            for (first, left, last, right) in merges {
                let is_header = *left == column && *first <= bottom && *last >= top && right > left;
                if !is_header {
                    continue;
                }
                let other = (left + 1..=*right).find(|next| {
                    self.filled.get(*next as usize).is_some_and(|filled| *filled)
                        && self.shape.place.get(*next as usize).copied().flatten().is_none()
                });
                if let Some(other) = other {
                    let near = self.shape.nears.iter().find(|near| near.table == self.shape.found.table)?.clone();
                    let cell = |column| crate::place::A1(bottom, column).to_string();
                    return Some(Near {
                        clash: Some((self.shape.coercions[at].name().to_owned(), cell(column), cell(other))),
                        ..near
                    });
                }
            }
        }
        None
    }
}

/// A cell merged over several rows stands in each of them.
///
/// Merged ranges do not overlap. In a file that says otherwise the upper one counts, lest thousands of them be gone
/// through row by row.
fn fill_merged(cells: &mut [Cells], columns: &[Option<u32>], lines: &[u32], merges: &[Merge]) {
    let mut tall: Vec<&Merge> = merges.iter().filter(|(first, _, last, _)| last > first).collect();
    tall.sort_unstable_by_key(|(first, left, ..)| (*left, *first));
    let mut above: Option<(u32, u32)> = None;
    for (first, left, last, _) in tall {
        if above.is_some_and(|(column, end)| column == *left && *first <= end) {
            continue;
        }
        above = Some((*left, *last));
        let Some(at) = columns.iter().position(|column| *column == Some(*left)) else { continue };
        let Ok(start) = lines.binary_search(first) else { continue };
        let code = cells[at].codes[start];
        for (index, _) in lines.iter().enumerate().skip(start + 1).take_while(|(_, line)| *line <= last) {
            if cells[at].codes[index] == EMPTY {
                cells[at].codes[index] = code;
            }
        }
    }
}
