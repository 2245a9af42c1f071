//! One sheet, from its stream of cells to columns of codes.
//!
//! The first rows are kept until the header is found; from then on only the cells of recognised
//! columns are, and nothing of the others: what nobody asked for is looked at and dropped.

use std::sync::Arc;

use crate::pack::Pack;
use crate::workbook::{Merge, Raw, Sink};

use super::coerce::Coercion;
use super::column::{Builder, Cells, EMPTY, shown};
use super::date::TitleYears;
use super::recognise::{HEADER_ROWS, HeadCell, HeadRow, Headers, Match, Near, Recognition, Unrecognised};
use super::{recognise, rows, text};

/// What the pack says about reading, prepared once.
#[derive(Debug)]
pub struct Schema {
    pub headers: Headers,
    /// Per table and column.
    pub coercions: Vec<Vec<Coercion>>,
}

impl Schema {
    pub fn new(pack: &Pack) -> Self {
        Self {
            headers: Headers::new(pack),
            coercions: (0..pack.tables.len()).map(|table| Coercion::of_table(pack, table)).collect(),
        }
    }
}

/// What a sheet holds.
#[derive(Debug)]
pub struct Scanned {
    pub kind: Kind,
    /// Non-blank rows below the header (of the whole sheet where there is none).
    pub rows: u64,
    /// Those that are no data.
    pub ignored: u64,
    /// How near the sheet comes to each table.
    pub nears: Vec<Near>,
}

#[derive(Debug)]
pub enum Kind {
    Table(Box<Part>),
    Unrecognised(Box<Unrecognised>),
    Prose,
}

/// The data rows of a sheet that is a table.
#[derive(Debug)]
pub struct Part {
    pub table: usize,
    /// Sheet column of each of the table's columns.
    pub columns: Vec<Option<u32>>,
    pub doubled: Option<(usize, u32)>,
    pub others: Vec<recognise::Other>,
    pub slips: Vec<(usize, String, String)>,
    pub titles: TitleYears,
    /// Sheet row of each data row.
    pub lines: Vec<u32>,
    /// Per column of the table.
    pub cells: Vec<Cells>,
}

/// Takes the cells of one sheet.
pub struct Scan<'s> {
    schema: &'s Schema,
    from_1904: bool,
    stage: Stage<'s>,
}

enum Stage<'s> {
    Head(Vec<(u32, Vec<(u32, Raw)>)>),
    Rows(Box<Reading<'s>>),
    Other(Other),
}

impl Sink for Scan<'_> {
    fn cell(&mut self, row: u32, column: u32, value: Raw) {
        if matches!(&value, Raw::Text(given) if text::is_empty(given)) {
            return;
        }
        if row >= HEADER_ROWS && matches!(self.stage, Stage::Head(_)) {
            self.decide();
        }
        match &mut self.stage {
            Stage::Head(head) => match head.last_mut().filter(|(last, _)| *last == row) {
                Some((_, cells)) => cells.push((column, value)),
                None => head.push((row, vec![(column, value)])),
            },
            Stage::Rows(reading) => reading.cell(row, column, value),
            Stage::Other(other) => other.cell(row),
        }
    }

    fn shared(&mut self, row: u32, column: u32, number: usize, text: &Arc<str>) {
        match &mut self.stage {
            Stage::Rows(reading) if !text::is_empty(text) => reading.shared(row, column, number, text),
            _ => self.cell(row, column, Raw::Text(Arc::clone(text))),
        }
    }

    fn text(&mut self, row: u32, column: u32, text: &str) {
        match &mut self.stage {
            Stage::Rows(reading) if !text::is_empty(text) => reading.text(row, column, text),
            _ => self.cell(row, column, Raw::Text(Arc::from(text))),
        }
    }

    fn restart(&mut self) {
        self.stage = Stage::Head(Vec::new());
    }
}

impl<'s> Scan<'s> {
    pub fn new(schema: &'s Schema, from_1904: bool) -> Self {
        Self { schema, from_1904, stage: Stage::Head(Vec::new()) }
    }

    /// The sheet is at its end; `merges` are its merged ranges.
    pub fn finish(mut self, merges: &[Merge]) -> Scanned {
        self.decide();
        match self.stage {
            Stage::Rows(reading) => reading.finish(merges),
            Stage::Other(other) => other.finish(),
            Stage::Head(_) => Scanned { kind: Kind::Prose, rows: 0, ignored: 0, nears: Vec::new() },
        }
    }

    /// Looks for the header in the rows kept so far, and reads those below it.
    fn decide(&mut self) {
        let Stage::Head(kept) = &mut self.stage else { return };
        let kept = std::mem::take(kept);
        let head: Vec<HeadRow> = kept
            .iter()
            .map(|(row, cells)| {
                let cell = |(column, raw): &(u32, Raw)| {
                    let shown = shown(raw);
                    HeadCell { column: *column, key: text::header_key(&shown), shown: shown.as_ref().to_owned() }
                };
                HeadRow { row: *row, cells: cells.iter().map(cell).collect() }
            })
            .collect();
        let (recognition, nears) = self.schema.headers.recognise(&head);
        self.stage = match recognition {
            Recognition::Table(found) => {
                let mut reading = Box::new(Reading::new(self.schema, self.from_1904, *found, nears, &head));
                for (row, cells) in kept {
                    if row > reading.found.rows.1 {
                        for (column, raw) in cells {
                            reading.cell(row, column, raw);
                        }
                    }
                }
                Stage::Rows(reading)
            }
            Recognition::Unrecognised(unrecognised) => {
                let mut other = Other { unrecognised, nears, row: None, in_row: 0, rows: 0, most: 0 };
                for (row, cells) in &kept {
                    cells.iter().for_each(|_| other.cell(*row));
                }
                Stage::Other(other)
            }
        };
    }
}

/// A sheet that is no table: only its size matters.
struct Other {
    unrecognised: Box<Unrecognised>,
    nears: Vec<Near>,
    row: Option<u32>,
    in_row: u64,
    rows: u64,
    /// Filled cells of the fullest row.
    most: u64,
}

impl Other {
    fn cell(&mut self, row: u32) {
        if self.row != Some(row) {
            self.row = Some(row);
            self.rows += 1;
            self.in_row = 0;
        }
        self.in_row += 1;
        self.most = self.most.max(self.in_row);
    }

    fn finish(self) -> Scanned {
        let headers = self.nears.iter().map(|near| near.matched).max().unwrap_or(0);
        let kind = if self.most < 3 && headers < 2 { Kind::Prose } else { Kind::Unrecognised(self.unrecognised) };
        Scanned { kind, rows: self.rows, ignored: self.rows, nears: self.nears }
    }
}

/// The rows below a header.
struct Reading<'s> {
    coercions: &'s [Coercion],
    from_1904: bool,
    found: Match,
    nears: Vec<Near>,
    titles: TitleYears,
    /// Texts that stand first in the rows above the header; repeated on every page by some.
    headings: Vec<String>,
    /// Sheet column → column of the table.
    place: Vec<Option<usize>>,
    builders: Vec<Builder>,
    /// Per column and code: whether the content is the column's own header.
    is_header: Vec<Vec<bool>>,
    /// Sheet columns with anything in them below the header.
    filled: Vec<bool>,
    lines: Vec<u32>,
    rows: u64,
    ignored: u64,
    row: Row,
}

/// The row that is being read.
#[derive(Default)]
struct Row {
    at: Option<u32>,
    filled: usize,
    /// Its first filled cell, if that is a text; else blank.
    first: String,
    /// Column of the table and code, of the recognised cells.
    codes: Vec<(usize, u32)>,
}

impl<'s> Reading<'s> {
    fn new(schema: &'s Schema, from_1904: bool, found: Match, nears: Vec<Near>, head: &[HeadRow]) -> Self {
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
        let columns = found.columns.len();
        Self {
            coercions: &schema.coercions[found.table],
            from_1904,
            found,
            nears,
            titles,
            headings,
            place,
            builders: (0..columns).map(|_| Builder::default()).collect(),
            is_header: vec![vec![false]; columns],
            filled: Vec::new(),
            lines: Vec::new(),
            rows: 0,
            ignored: 0,
            row: Row::default(),
        }
    }

    fn cell(&mut self, row: u32, column: u32, raw: Raw) {
        let text = match &raw {
            Raw::Text(text) => text.as_ref(),
            _ => "",
        };
        let Some(at) = self.place(row, column, text) else { return };
        let coercion = &self.coercions[at];
        let code = self.builders[at].code(raw, |raw| coercion.read(raw, self.from_1904));
        self.put(at, code);
    }

    fn shared(&mut self, row: u32, column: u32, number: usize, text: &Arc<str>) {
        let Some(at) = self.place(row, column, text) else { return };
        let coercion = &self.coercions[at];
        let code = self.builders[at].numbered(number, text, |raw| coercion.read(raw, self.from_1904));
        self.put(at, code);
    }

    fn text(&mut self, row: u32, column: u32, text: &str) {
        let Some(at) = self.place(row, column, text) else { return };
        let coercion = &self.coercions[at];
        let code = self.builders[at].text(text, |raw| coercion.read(raw, self.from_1904));
        self.put(at, code);
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
        self.row.filled += 1;
        if self.row.filled == 1 {
            self.row.first.push_str(text);
        }
        self.place.get(index).copied().flatten()
    }

    fn put(&mut self, at: usize, code: u32) {
        let builder = &self.builders[at];
        if code as usize == self.is_header[at].len() {
            let key = text::header_key(builder.shown(code));
            self.is_header[at].push(self.found.words[at].contains(&key));
        }
        if code != EMPTY {
            self.row.codes.push((at, code));
        }
    }

    fn end_row(&mut self) {
        let Some(at) = self.row.at.take() else { return };
        self.rows += 1;
        self.row.codes.sort_unstable_by_key(|(column, _)| *column);
        if self.is_data() {
            self.lines.push(at);
            let mut codes = self.row.codes.iter().peekable();
            for (column, builder) in self.builders.iter_mut().enumerate() {
                builder.push(codes.next_if(|(at, _)| *at == column).map_or(EMPTY, |(_, code)| *code));
            }
        } else {
            self.ignored += 1;
        }
        self.row.filled = 0;
        self.row.first.clear();
        self.row.codes.clear();
    }

    fn is_data(&self) -> bool {
        if self.row.codes.iter().all(|(at, code)| self.builders[*at].is_blank(*code)) {
            return false;
        }
        if self.row.codes.iter().all(|(at, code)| self.is_header[*at][*code as usize]) {
            return false;
        }
        let first = &self.row.first;
        let repeats_heading = || self.row.filled == 1 && self.headings.contains(&text::header_key(first));
        first.is_ascii() || !(rows::is_remark(first) || repeats_heading())
    }

    fn finish(mut self, merges: &[Merge]) -> Scanned {
        self.end_row();
        if let Some(near) = self.spread_header(merges) {
            let unrecognised = Box::new(Unrecognised { tie: Vec::new(), nearest: Some(near) });
            return Scanned {
                kind: Kind::Unrecognised(unrecognised),
                rows: self.rows,
                ignored: self.rows,
                nears: self.nears,
            };
        }
        let mut cells: Vec<Cells> = self.builders.into_iter().map(Builder::finish).collect();
        fill_merged(&mut cells, &self.found.columns, &self.lines, merges);
        let part = Part {
            table: self.found.table,
            columns: self.found.columns,
            doubled: self.found.doubled,
            others: self.found.others,
            slips: self.found.slips,
            titles: self.titles,
            lines: self.lines,
            cells,
        };
        Scanned { kind: Kind::Table(Box::new(part)), rows: self.rows, ignored: self.ignored, nears: self.nears }
    }

    /// A header that is merged over several filled columns names none of them.
    fn spread_header(&self, merges: &[Merge]) -> Option<Near> {
        let (top, bottom) = self.found.rows;
        for (at, column) in self.found.columns.iter().enumerate() {
            let Some(column) = column.filter(|_| self.found.spans[at]) else { continue };
            for (first, left, last, right) in merges {
                let is_header = *left == column && *first <= bottom && *last >= top && right > left;
                if !is_header {
                    continue;
                }
                let other = (left + 1..=*right).find(|next| {
                    self.filled.get(*next as usize).is_some_and(|filled| *filled)
                        && self.place.get(*next as usize).copied().flatten().is_none()
                });
                if let Some(other) = other {
                    let near = self.nears.iter().find(|near| near.table == self.found.table)?.clone();
                    let cell = |column| crate::place::A1(bottom, column).to_string();
                    return Some(Near {
                        clash: Some((self.coercions[at].name().to_owned(), cell(column), cell(other))),
                        ..near
                    });
                }
            }
        }
        None
    }
}

/// A cell merged over several rows stands in each of them.
fn fill_merged(cells: &mut [Cells], columns: &[Option<u32>], lines: &[u32], merges: &[Merge]) {
    for (first, left, last, _) in merges.iter().filter(|(first, _, last, _)| last > first) {
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
