//! Which table a sheet is, told by its headers and never by its name.
//!
//! The header is one row or two stacked ones among the first twenty. In stacked headers the word of a
//! group stands over its columns, so a column is called by its lower word, by both together, or by the
//! upper word alone. A header that stands over two columns, or two tables that fit equally well, leave
//! the sheet unrecognised: choosing one would be a guess.

use std::collections::HashMap;

use crate::pack::Pack;
use crate::place::A1;

use super::text;

/// The header, of one or two rows, is looked for in this many rows.
pub const HEADER_ROWS: u32 = 20;

/// A filled cell near the top of a sheet.
#[derive(Debug, Clone)]
pub struct HeadCell {
    pub column: u32,
    /// As [`text::header_key`] gives it.
    pub key: String,
    pub shown: String,
}

/// A row with filled cells, left to right.
#[derive(Debug, Clone)]
pub struct HeadRow {
    pub row: u32,
    pub cells: Vec<HeadCell>,
}

/// What the headers of a sheet say.
#[derive(Debug)]
pub enum Recognition {
    Table(Box<Match>),
    /// No table, or more than one.
    Unrecognised(Box<Unrecognised>),
}

/// A sheet that is a table.
#[derive(Debug, Clone)]
pub struct Match {
    pub table: usize,
    /// First and last row of the header.
    pub rows: (u32, u32),
    /// Sheet column of each of the table's columns.
    pub columns: Vec<Option<u32>>,
    /// Columns of which one must be there, each group for itself.
    pub required: Vec<Vec<usize>>,
    /// The words that stand in the header over each of the table's columns, for repeated headers.
    pub words: Vec<Vec<String>>,
    /// Whether the column is called by a word of the upper (or only) row, which may span others.
    pub spans: Vec<bool>,
    /// A second table whose required columns are there too, and the row of its header.
    pub doubled: Option<(usize, u32)>,
    /// Columns under another name of one that is read: the table's column and the header that is not read.
    pub others: Vec<Other>,
    /// Headers that mean nothing and are nearly the name of a column that is not there: that column, as written, cell.
    pub slips: Vec<(usize, String, String)>,
}

/// A column that is not read because another of its sheet has the better right to the name.
#[derive(Debug, Clone)]
pub struct Other {
    /// The table's column.
    pub at: usize,
    /// What stands over the one that is read, and over the other, each with its cell.
    pub read: (String, String),
    pub passed: (String, String),
}

/// A sheet that is no table, with what is nearest.
#[derive(Debug)]
pub struct Unrecognised {
    /// Tables that fit equally well.
    pub tie: Vec<usize>,
    pub nearest: Option<Near>,
}

/// How near a sheet comes to a table.
#[derive(Debug, Clone)]
pub struct Near {
    pub table: usize,
    pub matched: usize,
    /// Required columns that are not there.
    pub missing: Vec<String>,
    /// Headers that are probably slips: as written, cell, as meant.
    pub slips: Vec<(String, String, String)>,
    /// A header that stands twice: the table's column and both cells.
    pub clash: Option<(String, String, String)>,
}

/// The headers of all tables.
#[derive(Debug)]
pub struct Headers {
    /// Header → table, column, and whether it is only an alias.
    known: HashMap<String, Vec<(usize, usize, bool)>>,
    tables: Vec<Wanted>,
}

#[derive(Debug)]
struct Wanted {
    columns: Vec<String>,
    /// Per column its own names as header keys, aliases included.
    names: Vec<Vec<String>>,
    /// Groups of which one column must be there.
    required: Vec<Vec<usize>>,
}

impl Headers {
    pub fn new(pack: &Pack) -> Self {
        let mut known: HashMap<String, Vec<(usize, usize, bool)>> = HashMap::new();
        let mut tables = Vec::new();
        for (index, table) in pack.tables.iter().enumerate() {
            let mut required: Vec<Vec<usize>> = Vec::new();
            let mut groups: Vec<(&str, usize)> = Vec::new();
            for (at, column) in table.columns.iter().enumerate() {
                known.entry(text::header_key(&column.name)).or_default().push((index, at, false));
                for alias in &column.aliases {
                    known.entry(text::header_key(alias)).or_default().push((index, at, true));
                }
                if let Some(group) = &column.one_of {
                    match groups.iter().find(|(name, _)| name == group) {
                        Some((_, place)) => required[*place].push(at),
                        None => {
                            groups.push((group, required.len()));
                            required.push(vec![at]);
                        }
                    }
                } else if column.required {
                    required.push(vec![at]);
                }
            }
            for (alias, name) in &pack.aliases {
                if let Some(at) = table.column(name) {
                    known.entry(text::header_key(alias)).or_default().push((index, at, true));
                }
            }
            let names = table.columns.iter().map(|column| {
                let common = pack.aliases.iter().filter(|(_, name)| *name == &column.name).map(|(alias, _)| alias);
                [&column.name].into_iter().chain(&column.aliases).chain(common).map(|n| text::header_key(n)).collect()
            });
            let names = names.collect();
            let columns = table.columns.iter().map(|column| column.name.clone()).collect();
            tables.push(Wanted { columns, names, required });
        }
        Self { known, tables }
    }

    /// Tells a sheet by the filled cells of its first rows. Also says, for every table, how near the
    /// sheet comes to it.
    pub fn recognise(&self, head: &[HeadRow]) -> (Recognition, Vec<Near>) {
        let candidates: Vec<Candidate<'_>> = self.candidates(head);
        let nears = self.nears(&candidates);
        let nearest = || {
            let mut best: Option<&Near> = None;
            for near in &nears {
                if best.is_none_or(|best| (near.matched, best.missing.len()) > (best.matched, near.missing.len())) {
                    best = Some(near);
                }
            }
            best.cloned()
        };
        let unrecognised =
            |tie: Vec<usize>| Recognition::Unrecognised(Box::new(Unrecognised { tie, nearest: nearest() }));

        // Of a table's headers (they come back on every page) the topmost of those with the most columns.
        let mut winners: Vec<(usize, &Candidate<'_>)> = Vec::new();
        for table in 0..self.tables.len() {
            let best = candidates.iter().filter(|c| c.fits[table].complete).max_by_key(|c| {
                (c.fits[table].matched, std::cmp::Reverse((c.fits[table].rank, c.bottom.is_some(), c.top.row)))
            });
            if let Some(best) = best {
                winners.push((table, best));
            }
        }
        let most = winners.iter().map(|(table, c)| c.fits[*table].matched).max().unwrap_or(0);
        let tied: Vec<usize> =
            winners.iter().filter(|(table, c)| c.fits[*table].matched == most).map(|(table, _)| *table).collect();
        // None at all, or several that fit equally well.
        let [table] = tied[..] else { return (unrecognised(tied), nears) };
        let Some((_, chosen)) = winners.iter().find(|(winner, _)| *winner == table) else {
            return (unrecognised(tied), nears);
        };

        let fit = &chosen.fits[table];
        let columns: Vec<Option<u32>> =
            fit.columns.iter().map(|place| place.as_ref().map(|place| place.column)).collect();
        // Group headings over a header that is complete without them come back with it on every page.
        let above = head.iter().find(|row| row.row + 1 == chosen.top.row && row.cells.len() > 1);
        let words = |column| chosen.words(above, column);
        let words = columns.iter().map(|column| column.map(words).unwrap_or_default()).collect();
        let spans =
            fit.columns.iter().map(|place| place.as_ref().is_some_and(|place| place.from != From::Lower)).collect();
        let doubled = self.doubled(table, chosen, &candidates);
        let rows = (chosen.top.row, chosen.bottom.map_or(chosen.top.row, |bottom| bottom.row));
        let others = chosen.others(table, doubled);
        let slips = self.slips(table, chosen);
        let required = self.tables[table].required.clone();
        let found = Match { table, rows, columns, required, words, spans, doubled, others, slips };
        (Recognition::Table(Box::new(found)), nears)
    }

    /// What is probably a column of the table under a misspelt name, or under one with a remark in brackets behind it.
    /// Of two letters one is too little to go by (年龄 is no 年度).
    fn slips(&self, table: usize, chosen: &Candidate<'_>) -> Vec<(usize, String, String)> {
        let lowest = chosen.bottom.unwrap_or(chosen.top);
        let alike = |key: &str, name: &String| {
            let remark = |rest: &str| rest.starts_with(['(', '[', '【']);
            name.chars().count() >= 3
                && (text::nearest(key, [name.as_str()]).is_some()
                    || key.strip_prefix(name.as_str()).is_some_and(remark))
        };
        let mut slips = Vec::new();
        for cell in lowest.cells.iter().filter(|cell| !self.known.contains_key(&cell.key)) {
            if chosen.fits[table].columns.iter().flatten().any(|place| place.column == cell.column) {
                continue;
            }
            let absent = |at: &usize| chosen.fits[table].columns[*at].is_none();
            let named = |at: &usize| self.tables[table].names[*at].iter().any(|name| alike(&cell.key, name));
            if let Some(at) = (0..self.tables[table].names.len()).filter(absent).find(named) {
                slips.push((at, cell.shown.clone(), A1(lowest.row, cell.column).to_string()));
            }
        }
        slips
    }

    fn candidates<'h>(&self, head: &'h [HeadRow]) -> Vec<Candidate<'h>> {
        let mut candidates = Vec::new();
        for (at, top) in head.iter().enumerate() {
            if top.row >= HEADER_ROWS {
                break;
            }
            candidates.push(self.candidate(top, None));
            if let Some(bottom) =
                head.get(at + 1).filter(|bottom| bottom.row == top.row + 1 && bottom.row < HEADER_ROWS)
            {
                candidates.push(self.candidate(top, Some(bottom)));
            }
        }
        candidates
    }

    fn candidate<'h>(&self, top: &'h HeadRow, bottom: Option<&'h HeadRow>) -> Candidate<'h> {
        let mut fits: Vec<Fit> = self.tables.iter().map(|table| Fit::new(table.columns.len())).collect();
        let mut seen: Vec<Option<(u8, usize, From)>> = vec![None; self.tables.len()];
        for (column, names) in names(top, bottom) {
            seen.fill(None);
            for (name, from) in names {
                let Some(places) = self.known.get(name.as_str()) else { continue };
                for (table, at, alias) in places {
                    let rank = from.rank() + u8::from(*alias);
                    if seen[*table].is_none_or(|(known, ..)| rank < known) {
                        seen[*table] = Some((rank, *at, from));
                    }
                }
            }
            for (table, found) in seen.iter().enumerate() {
                if let Some((rank, at, from)) = found {
                    fits[table].put(*at, column, *rank, *from);
                }
            }
        }
        for (fit, table) in fits.iter_mut().zip(&self.tables) {
            fit.matched = fit.columns.iter().flatten().count();
            fit.rank = fit.columns.iter().flatten().map(|place| u32::from(place.rank)).sum();
            // Under a true header of one row the "second row" is data: no lower word is a header there,
            // or the upper words stand over other text nearly everywhere.
            let stacked = bottom.is_none() || (fit.lower > 0 && fit.overlaid <= fit.lower);
            fit.complete = stacked
                && fit.columns.iter().flatten().all(|place| place.second.is_none())
                && table.required.iter().all(|group| group.iter().any(|at| fit.columns[*at].is_some()));
        }
        Candidate { top, bottom, fits }
    }

    /// A second table in the same header, some of whose required columns the first does not use; or one
    /// with a header of its own above or below.
    fn doubled(&self, table: usize, chosen: &Candidate<'_>, candidates: &[Candidate<'_>]) -> Option<(usize, u32)> {
        let used = &chosen.fits[table].columns;
        // A column under another name of one that the first table uses says nothing of a second table.
        let is_used = |column: u32| used.iter().flatten().any(|place| place.all.contains(&column));
        let last = chosen.bottom.map_or(chosen.top.row, |bottom| bottom.row);
        for (other, fit) in chosen.fits.iter().enumerate() {
            if other == table || !fit.complete {
                continue;
            }
            let own = self.tables[other]
                .required
                .iter()
                .flatten()
                .filter_map(|at| fit.columns[*at].as_ref())
                .any(|place| place.all.iter().any(|column| !is_used(*column)));
            if own {
                return Some((other, chosen.top.row));
            }
        }
        let places = |candidate: &Candidate<'_>| -> Vec<Option<u32>> {
            candidate.fits[table].columns.iter().map(|place| place.as_ref().map(|place| place.column)).collect()
        };
        let own = places(chosen);
        // The header comes back on every page: with its words, or with its columns where they are.
        let comes_back = |one: &Candidate<'_>| {
            let rows = [Some(chosen.top), chosen.bottom];
            let words =
                |row: &HeadRow| row.cells.iter().map(|cell| (cell.column, cell.key.clone())).collect::<Vec<_>>();
            rows.into_iter().flatten().any(|row| words(row) == words(one.top))
                || one.fits[table].complete
                    && places(one).iter().zip(&own).all(|(there, here)| there.is_none() || there == here)
        };
        candidates
            .iter()
            .filter(|one| one.bottom.is_none() && !(chosen.top.row..=last).contains(&one.top.row) && !comes_back(one))
            .find_map(|one| {
                let complete = one.fits.iter().enumerate().filter(|(_, fit)| fit.complete);
                complete
                    .max_by_key(|(other, fit)| (fit.matched, *other != table))
                    .map(|(other, _)| (other, one.top.row))
            })
    }

    /// Per table the candidate that comes nearest, where any header fits.
    fn nears(&self, candidates: &[Candidate<'_>]) -> Vec<Near> {
        let mut nears = Vec::new();
        for (table, wanted) in self.tables.iter().enumerate() {
            let best = candidates.iter().filter(|candidate| candidate.fits[table].matched > 0).max_by_key(|c| {
                (c.fits[table].matched, std::cmp::Reverse((c.fits[table].rank, c.bottom.is_some(), c.top.row)))
            });
            let Some(best) = best else { continue };
            let fit = &best.fits[table];
            let absent: Vec<&Vec<usize>> =
                wanted.required.iter().filter(|group| group.iter().all(|at| fit.columns[*at].is_none())).collect();
            let missing = absent
                .iter()
                .map(|group| group.iter().map(|at| wanted.columns[*at].as_str()).collect::<Vec<_>>().join("或"))
                .collect();
            let lowest = best.bottom.unwrap_or(best.top);
            let mut slips = Vec::new();
            for at in absent.iter().copied().flatten() {
                let free = lowest.cells.iter().filter(|cell| !self.known.contains_key(&cell.key));
                let name = text::header_key(&wanted.columns[*at]);
                if let Some(cell) = free.clone().find(|cell| text::nearest(&cell.key, [name.as_str()]).is_some()) {
                    slips.push((
                        cell.shown.clone(),
                        A1(lowest.row, cell.column).to_string(),
                        wanted.columns[*at].clone(),
                    ));
                }
            }
            let clash = fit.columns.iter().enumerate().find_map(|(at, place)| {
                let place = place.as_ref()?;
                let cell = |column| A1(lowest.row, column).to_string();
                Some((wanted.columns[at].clone(), cell(place.column), cell(place.second?)))
            });
            nears.push(Near { table, matched: fit.matched, missing, slips, clash });
        }
        nears
    }
}

/// One or two rows that may be the header, and how every table fits them.
struct Candidate<'h> {
    top: &'h HeadRow,
    bottom: Option<&'h HeadRow>,
    fits: Vec<Fit>,
}

impl Candidate<'_> {
    /// The columns under another name of one that is read, other than those of a second table.
    fn others(&self, table: usize, doubled: Option<(usize, u32)>) -> Vec<Other> {
        let named = |column: u32| {
            let rows = [self.bottom, Some(self.top)].into_iter().flatten();
            let cell = rows
                .flat_map(|row| row.cells.iter().map(move |cell| (row.row, cell)))
                .find(|(_, cell)| cell.column == column);
            cell.map(|(row, cell)| (cell.shown.clone(), A1(row, column).to_string())).unwrap_or_default()
        };
        let of_second = |column: u32| {
            let places = doubled.map(|(other, _)| &self.fits[other].columns);
            places.is_some_and(|places| places.iter().flatten().any(|place| place.column == column))
        };
        let mut others = Vec::new();
        for (at, place) in self.fits[table].columns.iter().enumerate() {
            let Some(place) = place else { continue };
            for column in place.own.iter().filter(|column| **column != place.column && !of_second(**column)) {
                others.push(Other { at, read: named(place.column), passed: named(*column) });
            }
        }
        others
    }

    /// The words over a column, in the header and in the row above it.
    fn words(&self, above: Option<&HeadRow>, column: u32) -> Vec<String> {
        let mut words = Vec::new();
        for row in [above, Some(self.top), self.bottom].into_iter().flatten() {
            words.extend(row.cells.iter().filter(|cell| cell.column == column).map(|cell| cell.key.clone()));
        }
        words
    }
}

#[derive(Debug, Clone)]
struct Place {
    column: u32,
    rank: u8,
    from: From,
    /// Another sheet column with the same right to the name.
    second: Option<u32>,
    /// All sheet columns that bear a name of the column.
    all: Vec<u32>,
    /// Those of them that bear it themselves, and not as one of a group.
    own: Vec<u32>,
}

#[derive(Debug, Clone)]
struct Fit {
    columns: Vec<Option<Place>>,
    matched: usize,
    rank: u32,
    lower: usize,
    overlaid: usize,
    complete: bool,
}

impl Fit {
    fn new(columns: usize) -> Self {
        Self { columns: vec![None; columns], matched: 0, rank: 0, lower: 0, overlaid: 0, complete: false }
    }

    fn put(&mut self, at: usize, column: u32, rank: u8, from: From) {
        self.lower += usize::from(from == From::Lower);
        self.overlaid += usize::from(from == From::UpperOverOther);
        match &mut self.columns[at] {
            Some(place) if place.rank <= rank => {
                if place.rank == rank {
                    place.second = place.second.or(Some(column));
                }
                place.all.push(column);
                place.own.extend((from != From::UpperOverOther).then_some(column));
            }
            place => {
                let (mut all, mut own) = place.take().map(|place| (place.all, place.own)).unwrap_or_default();
                all.push(column);
                own.extend((from != From::UpperOverOther).then_some(column));
                *place = Some(Place { column, rank, from, second: None, all, own });
            }
        }
    }
}

/// Where the name of a column comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    /// The only word, or the upper one with nothing below.
    Upper,
    /// The lower word, alone or after the group's.
    Lower,
    /// The upper word over a lower one that means nothing to us.
    UpperOverOther,
}

impl From {
    /// Lower ranks are the better right to a name; an alias adds one.
    fn rank(self) -> u8 {
        match self {
            From::Upper | From::Lower => 0,
            From::UpperOverOther => 2,
        }
    }
}

/// The possible names of every column under one or two header rows, best first.
fn names(top: &HeadRow, bottom: Option<&HeadRow>) -> Vec<(u32, Vec<(String, From)>)> {
    let Some(bottom) = bottom else {
        return top.cells.iter().map(|cell| (cell.column, vec![(cell.key.clone(), From::Upper)])).collect();
    };
    let mut columns: Vec<u32> = top.cells.iter().chain(&bottom.cells).map(|cell| cell.column).collect();
    columns.sort_unstable();
    columns.dedup();
    let (mut above, mut below) = (top.cells.iter().peekable(), bottom.cells.iter().peekable());
    let mut group: Option<&HeadCell> = None;
    let mut all = Vec::with_capacity(columns.len());
    for column in columns {
        let own = above.next_if(|cell| cell.column == column);
        let lower = below.next_if(|cell| cell.column == column);
        group = own.or(group);
        let names = match (lower, group) {
            (Some(lower), Some(group)) => vec![
                (format!("{}{}", group.key, lower.key), From::Lower),
                (lower.key.clone(), From::Lower),
                (group.key.clone(), From::UpperOverOther),
            ],
            (Some(lower), None) => vec![(lower.key.clone(), From::Lower)],
            (None, Some(_)) if own.is_some() => own.map(|own| vec![(own.key.clone(), From::Upper)]).unwrap_or_default(),
            (None, _) => Vec::new(),
        };
        all.push((column, names));
    }
    all
}
