//! The rows below a header: one code per row and column.
//!
//! Only the cells of recognised columns are kept, and nothing of the others: what nobody asked for is looked at and
//! dropped.

use std::collections::{BTreeMap, HashSet};

use crate::workbook::{Looks, Merge, Raw};

use super::again::{self, Again, Ends, HeaderLines, Outside, Same};
use super::coerce::Coercion;
use super::column::{ColumnBuilder, ColumnCells, EMPTY};
use super::date::TitleYears;
use super::head::{self, HeadRow};
use super::numbering::Numbering;
use super::recognise::{self, Headers, Match, NearTable, Spot, Unrecognised};
use super::rows::{self, Remark};
use super::scan::{Scanned, ScannedKind, Schema, TablePart};
use super::settle::{Doubt, Settling, What};
use super::text;

/// The rows below a header as they come.
pub struct Body<'s> {
    shape: Shape<'s>,
    builders: Vec<ColumnBuilder>,
    /// Per column of the table the codes of contents that are the column's own header.
    headers: Vec<Vec<u32>>,
    /// And of those that are the name of some table's column.
    names: Vec<Vec<u32>>,
    /// And of those that ask for whoever reports.
    asking: Vec<Vec<u32>>,
    /// Sheet columns with anything in them below the header.
    filled: Vec<bool>,
    lines: Vec<u32>,
    /// Those of them that may be no data.
    doubts: Vec<Doubt>,
    /// Headers of other blocks, and lines that name a year.
    again: Vec<Again>,
    /// Rows ignored because they have cells in columns only that nobody asked for: first and last of these.
    elsewhere: Vec<(u32, (u32, u32))>,
    rows: u64,
    /// Rows without anything in a column of the table.
    ignored: u64,
    row: RowSoFar,
}

/// What the header says about the rows.
#[derive(Clone)]
pub struct Shape<'s> {
    pub coercions: &'s [Coercion],
    examples: &'s [String],
    pub looks: &'s Looks,
    names: &'s Headers,
    pub found: Match,
    lines: HeaderLines,
    /// The signs that its words begin with, those of names, and of those that ask for whoever reports.
    firsts: Vec<char>,
    /// Titles in the rows above the header; repeated on every page by some.
    headings: Vec<String>,
    /// What stands in the columns of the table down to the end of the header, by sheet row and column.
    pub above: BTreeMap<(u32, u32), String>,
    /// Sheet column → column of the table.
    place: Vec<Option<usize>>,
    /// The table's column with the year.
    year: Option<usize>,
}

/// The row that is being read.
struct RowSoFar {
    at: Option<u32>,
    filled: usize,
    /// All of them hold text.
    is_text: bool,
    /// Its first filled cells, as many as may lie beneath merged ranges before one that does not.
    leads: Vec<Lead>,
    /// The texts of those that are in no column of the table.
    texts: String,
    numbering: Numbering,
    /// Per column of the table.
    codes: Vec<u32>,
    outside: Outside,
    /// Lines of the header that it may be.
    same: Same,
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

impl<'s> Body<'s> {
    pub fn new(schema: &'s Schema, looks: &'s Looks, found: Match, head: &[HeadRow]) -> Self {
        let mut headings = Vec::new();
        for row in head.iter().filter(|row| row.row < found.rows.0) {
            headings.extend(row.cells.first().map(|cell| cell.key.clone()).filter(|key| rows::is_title(key)));
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
        let (names, lines) = (&schema.headers, HeaderLines::new(&found.lines));
        let year = schema.years[found.table];
        let words = found.lines.iter().flatten().map(|(_, key)| key.as_str());
        let firsts = names.firsts(words.chain(head::REPORTING));
        Self::of(Shape { coercions, examples, looks, names, found, lines, firsts, headings, above, place, year })
    }

    fn of(shape: Shape<'s>) -> Self {
        let columns = shape.found.columns.len();
        let same = shape.lines.any();
        let beside = |(spot, last): &(Spot, u32)| {
            let beside = Some((spot.column, *last));
            Again { spot: spot.clone(), beside, holds_data: true, year: None }
        };
        let again = shape.found.beside.iter().map(beside).collect();
        Self {
            shape,
            builders: (0..columns).map(|_| ColumnBuilder::default()).collect(),
            headers: vec![Vec::new(); columns],
            names: vec![Vec::new(); columns],
            asking: vec![Vec::new(); columns],
            filled: Vec::new(),
            lines: Vec::new(),
            doubts: Vec::new(),
            again,
            elsewhere: Vec::new(),
            rows: 0,
            ignored: 0,
            row: RowSoFar {
                at: None,
                filled: 0,
                is_text: true,
                leads: Vec::with_capacity(LEADS),
                texts: String::new(),
                numbering: Numbering::default(),
                codes: vec![EMPTY; columns],
                outside: Outside::default(),
                same,
            },
        }
    }

    /// The last row of the header.
    pub fn header_end(&self) -> u32 {
        self.shape.found.rows.1
    }

    pub fn cell(&mut self, row: u32, column: u32, raw: &Raw<'_>) {
        let Some(at) = self.place(row, column, raw) else { return };
        let (shape, builder) = (&self.shape, &mut self.builders[at]);
        let known = builder.len();
        let code = builder.code(raw, |raw| shape.coercions[at].read(raw, shape.looks));
        if builder.len() > known && recognise::begins_with(&shape.firsts, builder.shown(code)) {
            let shown = builder.shown(code);
            if shape.is_over(at, shown) {
                self.headers[at].push(code);
            }
            if shape.names.is_name(shown) {
                self.names[at].push(code);
            }
            if head::asks_who_reports(shown) {
                self.asking[at].push(code);
            }
        }
        self.row.codes[at] = code;
    }

    /// Notes that a cell is filled; the column of the table that it belongs to.
    fn place(&mut self, row: u32, column: u32, raw: &Raw<'_>) -> Option<usize> {
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
        let text = raw.text();
        row.is_text &= text.is_some();
        match (text, raw) {
            (Some(text), _) => row.numbering.text(text),
            (None, Raw::Number(number, _)) => row.numbering.number(*number),
            _ => row.numbering.other(),
        }
        if !row.same.is_none() {
            self.shape.lines.narrow(&mut row.same, column, text);
        }
        if ours.is_none() {
            row.outside.cell(column, text.unwrap_or_default(), self.shape.names);
        }
        if row.leads.len() < LEADS {
            if let (Some(text), None) = (text, ours) {
                row.texts.push_str(text);
            }
            row.leads.push(Lead { column, ours, end: row.texts.len() });
        }
        ours
    }

    fn end_row(&mut self) {
        let Some(row) = self.row.at.take() else { return };
        self.rows += 1;
        let is_repeated = self.is_repeated();
        let is_other_header = !is_repeated && self.begins_block(row);
        self.again.extend(self.names_year(row));
        if is_other_header {
            self.row.codes.fill(EMPTY);
        } else if self.row.codes.iter().all(|code| *code == EMPTY) {
            self.ignored += 1;
            let extent = self.row.outside.extent().filter(|_| !is_repeated && self.begins(0).is_none());
            self.elsewhere.extend(extent.map(|extent| (row, extent)));
        } else {
            if let Some(what) = if is_repeated { Some(What::Whole) } else { self.doubt() } {
                self.doubts.push(Doubt { row, what });
            }
            self.lines.push(row);
            for (builder, code) in self.builders.iter_mut().zip(&self.row.codes) {
                builder.push(*code);
            }
            self.row.codes.fill(EMPTY);
        }
        self.row.filled = 0;
        self.row.is_text = true;
        self.row.leads.clear();
        self.row.texts.clear();
        self.row.numbering = Numbering::default();
        self.row.outside.clear();
        self.row.same = self.shape.lines.any();
    }

    /// Whether the row that ends here is a line of the header, word for word.
    fn is_repeated(&self) -> bool {
        let holds = |column: u32| match self.shape.place.get(column as usize).copied().flatten() {
            Some(at) => self.row.codes[at] != EMPTY,
            None => true,
        };
        !self.row.same.is_none() && self.shape.lines.is_one(self.row.same, holds)
    }

    /// Notes the header of another block in the row that ends here; whether the row is nothing else.
    fn begins_block(&mut self, row: u32) -> bool {
        let among =
            |lists: &[Vec<u32>]| self.row.codes.iter().zip(lists).filter(|(code, of)| of.contains(code)).count();
        let (names, asks) = (among(&self.names), among(&self.asking) > 0);
        let Some(first) = self.row.leads.first() else { return false };
        let text = match first.ours {
            Some(at) => self.builders[at].shown(self.row.codes[at]),
            None => &self.row.texts[..first.end],
        };
        let text = if names > 0 && self.shape.names.is_name(text) { text } else { "" };
        let is_blank = || self.row.codes.iter().zip(&self.builders).all(|(code, builder)| builder.is_blank(*code));
        let only_words = || {
            let codes = || self.row.codes.iter().zip(&self.builders).filter(|(code, _)| **code != EMPTY);
            let names_of = self.shape.names;
            let is_word = |text: &str| names_of.is_group(text) || names_of.is_name(text) || head::is_form_word(text);
            asks || self.row.is_text
                && codes().nth(1).is_some()
                && !codes().any(|(code, builder)| builder.is_measured(*code))
                && (names > 0
                    || codes().all(|(code, builder)| is_word(builder.shown(*code)))
                    || codes().next().is_some_and(|(code, builder)| names_of.is_group(builder.shown(*code))))
        };
        let first = (first.column, text);
        let Some(again) = self.row.outside.header(row, first, names, only_words, is_blank) else { return false };
        let alone = !again.holds_data;
        self.again.push(again);
        alone
    }

    /// The year that the row that ends here names, if it says nothing else and no column of the table says the years.
    fn names_year(&self, row: u32) -> Option<Again> {
        let (1, true, [lead]) = (self.row.filled, self.row.is_text, &self.row.leads[..]) else { return None };
        let text = self.said(0, lead);
        let is_told = self.shape.year.is_none_or(|at| self.shape.found.columns[at].is_some());
        if is_told || !text.contains('年') || rows::remark(text).is_some() {
            return None;
        }
        let mut years = TitleYears::default();
        years.read(text);
        let spot = Spot { row, column: lead.column, shown: format!("{}年", years.first?) };
        Some(Again { spot, beside: None, holds_data: true, year: years.first })
    }

    /// What one of the first filled cells of the row says, as a text.
    fn said(&self, start: usize, lead: &Lead) -> &str {
        match lead.ours {
            Some(at) => self.builders[at].shown(self.row.codes[at]),
            None => &self.row.texts[start..lead.end],
        }
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
        let filled = self.row.codes.iter().filter(|code| **code != EMPTY).count();
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
            && columns.zip(self.shape.examples).all(|(((column, code), builder), example)| {
                let shown = text::folded(builder.shown(*code));
                column.is_none() || *example == shown
            })
    }

    /// What the row is if it begins with that one of its first filled cells.
    fn begins(&self, lead: usize) -> Option<Remark> {
        let start = lead.checked_sub(1).map_or(0, |before| self.row.leads[before].end);
        let text = self.said(start, self.row.leads.get(lead)?);
        let title = || self.row.filled == 1 && self.shape.headings.contains(&text::header_key(text));
        rows::remark(text).or_else(|| title().then_some(Remark::Title))
    }

    /// Whether the rows were read by that header.
    pub fn was_read_by(&self, found: &Match) -> bool {
        self.shape.found.reads_like(found)
    }

    /// The sheet is at its end; `merges` are its merged ranges, `found` is what its header is in their light.
    pub fn finish(mut self, found: Match, nears: Vec<NearTable>, titles: TitleYears, merges: &[Merge]) -> Scanned {
        self.end_row();
        if let Some(near) = self.spread_header(&nears, merges) {
            let unrecognised = Box::new(Unrecognised { tie: Vec::new(), nearest: Some(near) });
            return Scanned {
                kind: ScannedKind::Unrecognised(unrecognised),
                rows: self.rows,
                ignored: self.rows,
                nears,
            };
        }
        let is_doubt = |row: u32| self.doubts.binary_search_by_key(&row, |doubt| doubt.row).is_ok();
        let last = self.lines.iter().rev().find(|row| !is_doubt(**row)).copied().unwrap_or(0);
        self.again.retain(|again| again.year.is_none_or(|year| Some(year) != titles.first && again.spot.row < last));
        let under = self.end_block();
        let shape = self.shape;
        let mut cells: Vec<ColumnCells> = self.builders.into_iter().map(ColumnBuilder::finish).collect();
        cells.iter_mut().for_each(|cells| cells.codes.truncate(self.lines.len()));
        let settling = Settling { shape: &shape, lines: self.lines, cells, doubts: self.doubts };
        let (lines, cells, none) = settling.settle(merges);
        let part = TablePart { found, titles, again: self.again, under, lines, cells };
        Scanned { kind: ScannedKind::Table(Box::new(part)), rows: self.rows, ignored: self.ignored + none, nears }
    }

    /// Takes out the rows under other headers, and says which they are, with these headers.
    fn end_block(&mut self) -> Vec<u32> {
        self.again.sort_by_key(|again| again.spot.row);
        let ends = Ends::new(&self.again);
        let mut under: Vec<u32> =
            self.again.iter().filter(|again| !again.holds_data).map(|again| again.spot.row).collect();
        self.again = again::stacked(std::mem::take(&mut self.again));
        if let Some(end) = ends.end {
            // Notes, totals and repeated headers are no data there either.
            let told = |doubt: &&Doubt| doubt.row > end && !matches!(doubt.what, What::Blank);
            let none: HashSet<u32> = self.doubts.iter().filter(told).map(|doubt| doubt.row).collect();
            let last = self.lines.partition_point(|line| *line < end);
            let (no_data, data): (Vec<u32>, Vec<u32>) = self.lines.drain(last..).partition(|row| none.contains(row));
            under.extend(data);
            self.ignored += no_data.len() as u64;
            self.doubts.retain(|doubt| doubt.row < end);
        }
        let before = under.len();
        under.extend(self.elsewhere.iter().filter(|(row, extent)| ends.take(*row, *extent)).map(|(row, _)| *row));
        self.ignored -= (under.len() - before) as u64;
        under.sort_unstable();
        under
    }

    /// A header that is merged over several filled columns names none of them.
    fn spread_header(&self, nears: &[NearTable], merges: &[Merge]) -> Option<NearTable> {
        let (top, bottom) = self.shape.found.rows;
        for (at, column) in self.shape.found.columns.iter().enumerate() {
            let Some(column) = *column else { continue };
            for (first, left, last, right) in merges {
                let is_header = *left == column && *first <= bottom && *last >= top && right > left;
                if !is_header {
                    continue;
                }
                let other = (left + 1..=*right).find(|next| {
                    self.filled.get(*next as usize).is_some_and(|filled| *filled) && !self.shape.is_headed(*next)
                });
                if let Some(other) = other {
                    let near = nears.iter().find(|near| near.table == self.shape.found.table)?.clone();
                    let cell = |column| crate::place::A1(bottom, column).to_string();
                    return Some(NearTable {
                        clash: Some((self.shape.coercions[at].name().to_owned(), cell(column), cell(other))),
                        ..near
                    });
                }
            }
        }
        None
    }
}

impl Shape<'_> {
    /// Whether a text stands over a column of the table in its header.
    fn is_over(&self, at: usize, text: &str) -> bool {
        let Some(column) = self.found.columns[at] else { return false };
        let mut words = self.found.lines.iter().flatten().filter(|(over, _)| *over == column);
        words.any(|(_, key)| text::is_header(text, key))
    }

    /// Whether a sheet column has a header of its own.
    fn is_headed(&self, column: u32) -> bool {
        self.found.lines.iter().flatten().any(|(over, _)| *over == column)
    }
}
