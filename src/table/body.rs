//! The rows below a header: one code per row and column.
//!
//! Only the cells of recognised columns are kept, and nothing of the others: what nobody asked for is looked at and
//! dropped. The rows of a big sheet may be taken in pieces by several threads, each of which has a body of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::pack::EXAMPLE;
use crate::workbook::{Looks, Merge, Raw};

use super::coerce::Coercion;
use super::column::{Builder, Cells, EMPTY, Read, Stored};
use super::date::TitleYears;
use super::numbering::Numbering;
use super::recognise::{HeadRow, Match, Near, Unrecognised};
use super::rows::{self, Remark};
use super::scan::{Kind, Part, Scanned, Schema};
use super::settle::{Doubt, Settling, What};
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
    /// Those of them that may be no data.
    doubts: Vec<Doubt>,
    rows: u64,
    /// Rows without anything in a column of the table.
    ignored: u64,
    row: Row,
    /// Where each piece ends among the lines.
    pieces: Vec<usize>,
}

/// What the header says about the rows.
#[derive(Clone)]
struct Shape<'s> {
    coercions: &'s [Coercion],
    examples: &'s [Vec<String>],
    looks: &'s Looks,
    found: Match,
    nears: Vec<Near>,
    titles: TitleYears,
    /// Texts that stand first in the rows above the header; repeated on every page by some.
    headings: Vec<String>,
    /// What stands in the columns of the table down to the end of the header, by sheet row and column.
    above: BTreeMap<(u32, u32), String>,
    /// Sheet column → column of the table.
    place: Vec<Option<usize>>,
}

/// The row that is being read.
struct Row {
    at: Option<u32>,
    filled: usize,
    /// Its first filled cells, as many as may lie beneath merged ranges before one that does not.
    leads: Vec<Lead>,
    /// The texts of those that are in no column of the table.
    texts: String,
    numbering: Numbering,
    /// Per column of the table.
    codes: Vec<u32>,
}

/// How many cells of a row are looked at for what it begins with.
const LEADS: usize = 4;

struct Lead {
    column: u32,
    /// Column of the table.
    ours: Option<usize>,
    /// Where its text ends.
    end: usize,
}

/// A cell's content as far as it says what its row is.
#[derive(Clone, Copy)]
enum Said<'a> {
    Text(&'a str),
    Number(f64),
    Other,
}

impl<'s> Body<'s> {
    pub fn new(schema: &'s Schema, looks: &'s Looks, found: Match, nears: Vec<Near>, head: &[HeadRow]) -> Self {
        let mut titles = TitleYears::default();
        let mut headings = Vec::new();
        for row in head.iter().filter(|row| row.row < found.rows.0) {
            // The year of our own forms' example is nobody's.
            let shown = row.cells.iter().filter(|cell| !cell.key.starts_with(EXAMPLE));
            shown.for_each(|cell| titles.read(&cell.shown));
            headings.extend(row.cells.first().map(|cell| cell.key.clone()).filter(|key| key.chars().count() >= 4));
        }
        let width = found.columns.iter().flatten().max().map_or(0, |last| *last as usize + 1);
        let mut place = vec![None; width];
        for (at, column) in found.columns.iter().enumerate() {
            if let Some(column) = column {
                place[*column as usize] = Some(at);
            }
        }
        let (coercions, examples) = (&schema.coercions[found.table], &schema.examples[found.table]);
        let mut above = BTreeMap::new();
        for row in head.iter().filter(|row| row.row <= found.rows.1) {
            let ours = row.cells.iter().filter(|cell| place.get(cell.column as usize).is_some_and(Option::is_some));
            above.extend(ours.map(|cell| ((row.row, cell.column), cell.shown.clone())));
        }
        Self::of(Arc::new(Shape { coercions, examples, looks, found, nears, titles, headings, above, place }))
    }

    fn of(shape: Arc<Shape<'s>>) -> Self {
        let columns = shape.found.columns.len();
        Self {
            shape,
            builders: (0..columns).map(|_| Builder::default()).collect(),
            headers: vec![Vec::new(); columns],
            filled: Vec::new(),
            lines: Vec::new(),
            doubts: Vec::new(),
            rows: 0,
            ignored: 0,
            row: Row {
                at: None,
                filled: 0,
                leads: Vec::with_capacity(LEADS),
                texts: String::new(),
                numbering: Numbering::default(),
                codes: vec![EMPTY; columns],
            },
            pieces: Vec::new(),
        }
    }

    /// The last row of the header.
    pub fn header_end(&self) -> u32 {
        self.shape.found.rows.1
    }

    pub fn cell(&mut self, row: u32, column: u32, raw: Raw) {
        let said = match &raw {
            Raw::Text(text) => Said::Text(text),
            Raw::Number(number, _) => Said::Number(*number),
            _ => Said::Other,
        };
        let Some(at) = self.place(row, column, said) else { return };
        self.put(at, |builder, read| builder.code(raw, read));
    }

    pub fn shared(&mut self, row: u32, column: u32, number: usize, text: &str) {
        let Some(at) = self.place(row, column, Said::Text(text)) else { return };
        self.put(at, |builder, read| builder.numbered(number, text, read));
    }

    pub fn text(&mut self, row: u32, column: u32, text: &str) {
        let Some(at) = self.place(row, column, Said::Text(text)) else { return };
        self.put(at, |builder, read| builder.text(text, read));
    }

    /// Notes that a cell is filled; the column of the table that it belongs to.
    fn place(&mut self, row: u32, column: u32, said: Said<'_>) -> Option<usize> {
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
        let row = &mut self.row;
        row.filled += 1;
        match said {
            Said::Text(text) => row.numbering.text(text),
            Said::Number(number) => row.numbering.number(number),
            Said::Other => row.numbering.other(),
        }
        if row.leads.len() < LEADS {
            if let (Said::Text(text), None) = (said, ours) {
                row.texts.push_str(text);
            }
            row.leads.push(Lead { column, ours, end: row.texts.len() });
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
        let Some(row) = self.row.at.take() else { return };
        self.rows += 1;
        if self.row.codes.iter().all(|code| *code == EMPTY) {
            self.ignored += 1;
        } else {
            if let Some(what) = self.doubt() {
                self.doubts.push(Doubt { row, what });
            }
            self.lines.push(row);
            for (builder, code) in self.builders.iter_mut().zip(&self.row.codes) {
                builder.push(*code);
            }
            self.row.codes.fill(EMPTY);
        }
        self.row.filled = 0;
        self.row.leads.clear();
        self.row.texts.clear();
        self.row.numbering = Numbering::default();
    }

    /// Why the row that ends here may be no data.
    fn doubt(&self) -> Option<What> {
        let codes = || self.row.codes.iter().enumerate();
        if codes().all(|(at, code)| self.builders[at].is_blank(*code)) {
            return Some(What::Blank);
        }
        let columns = self.shape.found.columns.iter().flatten().count();
        if self.row.numbering.holds(columns)
            || codes().all(|(at, code)| *code == EMPTY || self.headers[at].contains(code))
        {
            return Some(What::Whole);
        }
        let first = self.begins(0);
        if first == Some(Remark::Note) && self.is_example() {
            return Some(What::Whole);
        }
        let filled = codes().filter(|(at, code)| !self.builders[*at].is_blank(**code)).count();
        if first.is_none() && 2 * filled >= columns {
            return None;
        }
        let leads: Vec<(u32, Option<Remark>)> =
            self.row.leads.iter().enumerate().map(|(at, lead)| (lead.column, self.begins(at))).collect();
        leads.iter().any(|(_, remark)| remark.is_some()).then_some(What::Begins(leads))
    }

    /// The example row of an older form, as it was handed out: its first column says so, and no other says anything else.
    fn is_example(&self) -> bool {
        let columns = self.shape.found.columns.iter().zip(&self.row.codes).zip(&self.builders);
        self.shape.found.columns.first().is_some_and(Option::is_some)
            && columns.zip(self.shape.examples).all(|(((column, code), builder), examples)| {
                let shown = text::folded(builder.shown(*code));
                column.is_none() || examples.iter().any(|example| *example == shown)
            })
    }

    /// What the row is if it begins with that one of its first filled cells.
    fn begins(&self, lead: usize) -> Option<Remark> {
        let start = lead.checked_sub(1).map_or(0, |before| self.row.leads[before].end);
        let Lead { ours, end, .. } = self.row.leads.get(lead)?;
        let text = match ours {
            Some(at) => self.builders[*at].shown(self.row.codes[*at]),
            None => &self.row.texts[start..*end],
        };
        let title = || self.row.filled == 1 && self.shape.headings.contains(&text::header_key(text));
        rows::remark(text).or_else(|| title().then_some(Remark::Title))
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
            self.doubts.append(&mut other.doubts);
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
        let settling = Settling {
            columns: &shape.found.columns,
            required: &shape.found.required,
            above: &shape.above,
            name: &|at| shape.coercions[at].name(),
            read: &|at, shown| shape.coercions[at].read(Stored::Text(shown), shape.looks).content,
            lines: self.lines,
            cells: self.builders.into_iter().map(Builder::finish).collect(),
            doubts: self.doubts,
        };
        let (lines, cells, none) = settling.settle(merges);
        let part = Part {
            table: shape.found.table,
            columns: shape.found.columns,
            doubled: shape.found.doubled,
            others: shape.found.others,
            slips: shape.found.slips,
            titles: shape.titles,
            lines,
            cells,
        };
        let ignored = self.ignored + none;
        Scanned { kind: Kind::Table(Box::new(part)), rows: self.rows, ignored, nears: shape.nears }
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
