//! Which table a sheet is, told by its headers and never by its name.
//!
//! The header is one row or a few stacked ones among the first twenty. What stands over a header cell belongs to its
//! name: a column is the table's where the words one below the other are its name, or where the lower ones are and
//! those above are neutral. A header that stands over two columns, or two tables that fit equally well, leave the sheet
//! unrecognised: choosing one would be a guess. What another header further down, or beside it, begins is no part of the
//! first block.
//!
//! A reading: 被反映人 is 姓名, and before any other alias; but where the very word 姓名 stands in the same header under
//! somebody else (举报人), the sheet gives that name to another, and no alias beside it is beyond doubt. Then nobody is
//! read, both columns are told, and each row is rejected for what it lacks: better than to list whoever reports.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::once::grouped;
use crate::pack::{ColumnKind, InputColumn, Pack};
use crate::place::A1;

use super::head::{self, HeadCell, HeadRow};
use super::text;

mod beside;

/// What the headers of a sheet say.
#[derive(Debug, Clone)]
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
    /// The rows of the header, each with its cells by sheet column.
    pub lines: Vec<Vec<(u32, String)>>,
    /// A second table whose required columns are there too, and the row of its header.
    pub doubled: Option<(usize, u32)>,
    /// Headers that are not read and look as if they were.
    pub unread: Vec<Unread>,
    /// Headers with the name of the year in them that are not read.
    pub years: Vec<Spot>,
    /// Where blocks beside the first begin in its header, with their last columns.
    pub beside: Vec<(Spot, u32)>,
}

impl Match {
    /// Whether the rows below are read alike.
    pub fn reads_like(&self, other: &Self) -> bool {
        let read = |of: &Self| (of.table, of.rows, of.columns.clone(), of.lines.clone(), of.beside.clone());
        read(self) == read(other)
    }
}

/// A header cell and what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    pub row: u32,
    pub column: u32,
    pub shown: String,
}

/// A header that is not read and could be taken for one of a column of the table.
#[derive(Debug, Clone)]
pub struct Unread {
    /// The table's column.
    pub at: usize,
    pub spot: Spot,
    pub why: WhyUnread,
}

#[derive(Debug, Clone)]
pub enum WhyUnread {
    /// The words above it make it another's.
    Grouped,
    /// The words in brackets behind it, or below it, do.
    Remarked,
    /// It means nothing, and is nearly the name of a column that is not there.
    Misspelt,
    /// Another of its sheet has the better right to the name: the header that is read.
    Second(Spot),
}

/// A sheet that is no table, with what is nearest.
#[derive(Debug, Clone)]
pub struct Unrecognised {
    /// Tables that fit equally well.
    pub tie: Vec<usize>,
    pub nearest: Option<NearTable>,
}

/// How near a sheet comes to a table.
#[derive(Debug, Clone)]
pub struct NearTable {
    pub table: usize,
    pub matched: usize,
    /// Columns whose names stand in its header, also those that words over them make another's.
    pub named: usize,
    /// Required columns that are not there.
    pub missing: Vec<String>,
    /// Headers that are probably slips of a missing column's name, or bear it and are another's.
    pub unread: Vec<Unread>,
    /// A header that stands twice: the table's column and both cells.
    pub clash: Option<(String, String, String)>,
}

/// The headers of all tables.
#[derive(Debug)]
pub struct Headers {
    /// Header → where it is a name.
    known: HashMap<String, Vec<HeaderName>>,
    /// The letters and signs that names begin with, in order.
    firsts: Vec<char>,
    tables: Vec<Wanted>,
    /// Words over headers that are neutral everywhere.
    groups: HashSet<String>,
}

/// What a header may name.
#[derive(Debug, Clone, Copy)]
struct HeaderName {
    table: usize,
    at: usize,
    /// Its own name, an alias of the table, an alias everywhere: the lower, the better the right to it. Where a column
    /// says whom a row is about, an alias of the table comes first: beside 被反映人, 姓名 is somebody else's.
    rank: u8,
}

/// The rank of its own name, where a column says whom a row is about.
const OWN_NAME: u8 = 1;

#[derive(Debug)]
struct Wanted {
    name: String,
    columns: Vec<String>,
    /// Per column its own names as header keys, aliases included.
    names: Vec<Vec<String>>,
    /// Columns that only a word of their own name leaves what they are: they say whom a row is about, or a figure.
    strict: Vec<bool>,
    /// Columns that say whom a row is about.
    about: Vec<bool>,
    /// Groups of which one column must be there.
    required: Vec<Vec<usize>>,
    /// The name of the column with the year.
    year: Option<String>,
}

/// Whether a text may have a key that begins with one of those signs. Nearly every text begins with another one.
pub fn begins_with(firsts: &[char], text: &str) -> bool {
    text.chars().next().is_none_or(|c| !text::is_plain_sign(c) || firsts.binary_search(&c).is_ok())
}

fn in_order(signs: impl Iterator<Item = char>) -> Vec<char> {
    signs.collect::<BTreeSet<char>>().into_iter().collect()
}

impl Headers {
    pub fn new(pack: &Pack) -> Self {
        let mut known: HashMap<String, Vec<HeaderName>> = HashMap::new();
        let mut tables = Vec::new();
        for (index, table) in pack.tables.iter().enumerate() {
            let mut names: Vec<Vec<String>> = Vec::new();
            let mut about: Vec<usize> = Vec::new();
            for reference in &table.references {
                about.extend([reference.id, reference.label]);
                about.extend(reference.within.iter().flat_map(|(_, id, label)| [*id, *label]));
            }
            for (at, column) in table.columns.iter().enumerate() {
                let common = pack.aliases.iter().filter(|(_, name)| *name == &column.name).map(|(alias, _)| (alias, 2));
                let (name, alias) = if about.contains(&at) { (OWN_NAME, 0) } else { (0, 1) };
                let own = [(&column.name, name)].into_iter().chain(column.aliases.iter().map(|other| (other, alias)));
                let mut keys = Vec::new();
                for (name, rank) in own.chain(common) {
                    let key = text::header_key(name);
                    known.entry(key.clone()).or_default().push(HeaderName { table: index, at, rank });
                    keys.push(key);
                }
                names.push(keys);
            }
            // One that is required by itself is a group of its own.
            let group = |(at, column): (usize, &'_ InputColumn)| match &column.one_of {
                Some(group) => Some((Ok(group.clone()), at)),
                None => column.required.then_some((Err(at), at)),
            };
            let required = grouped(table.columns.iter().enumerate().filter_map(group));
            let strict = |(at, column): (usize, &InputColumn)| {
                about.contains(&at) || matches!(column.kind, ColumnKind::Number { .. })
            };
            tables.push(Wanted {
                name: text::header_key(&table.name),
                columns: table.columns.iter().map(|column| column.name.clone()).collect(),
                names,
                strict: table.columns.iter().enumerate().map(strict).collect(),
                about: (0..table.columns.len()).map(|at| about.contains(&at)).collect(),
                required: required.into_iter().map(|(_, group)| group).collect(),
                year: table.year.map(|at| text::header_key(&table.columns[at].name)),
            });
        }
        // In a text, a mark may stand before the name.
        let marks = text::HEADER_MARKS.into_iter().filter(|c| text::is_plain_sign(*c));
        let firsts = in_order(known.keys().filter_map(|key| key.chars().next()).chain(marks));
        Self { known, firsts, tables, groups: pack.groups.iter().map(|group| text::header_key(group)).collect() }
    }

    /// Whether a text is the name of some table's column.
    pub fn is_name(&self, text: &str) -> bool {
        if !begins_with(&self.firsts, text) {
            return false;
        }
        let key = text::header_key(text);
        self.known.contains_key(&key) || self.known.contains_key(head::without_units(&key).as_ref())
    }

    /// The signs that names and `others` (as keys) begin with, for [`begins_with`].
    pub fn firsts<'k>(&self, others: impl Iterator<Item = &'k str>) -> Vec<char> {
        in_order(self.firsts.iter().copied().chain(others.filter_map(|other| other.chars().next())))
    }

    /// Whether a text is a word that stands over names and changes none of them.
    pub fn is_group(&self, text: &str) -> bool {
        self.groups.contains(head::bare_group(&text::header_key(text)))
    }

    /// Tells a sheet by the filled cells of its first rows. Also says, for every table, how near the
    /// sheet comes to it.
    pub fn recognise(&self, head: &[HeadRow]) -> (Recognition, Vec<NearTable>) {
        let candidates: Vec<Candidate<'_>> =
            (0..head.len()).map(|lowest| self.candidate(head, head::upper(head, lowest), lowest)).collect();
        let goes_on: Vec<bool> = (0..candidates.len())
            .map(|at| {
                let next = candidates.get(at + 1).filter(|_| candidates[at].is_complete());
                next.is_some_and(|next| self.continues(head, &candidates[at], next))
            })
            .collect();
        let whole = || candidates.iter().zip(&goes_on).filter(|(_, goes_on)| !**goes_on).map(|(one, _)| one);
        let nears = self.nears(whole);
        let unrecognised = |tie: Vec<usize>| {
            // Of two that fit as well, the one whose columns stand there under other words.
            let nearness =
                |near: &NearTable| (near.matched, near.named, std::cmp::Reverse(near.missing.len()), near.unread.len());
            let mut best: Option<&NearTable> = None;
            for near in &nears {
                if best.is_none_or(|best| nearness(near) > nearness(best)) {
                    best = Some(near);
                }
            }
            Recognition::Unrecognised(Box::new(Unrecognised { tie, nearest: best.cloned() }))
        };
        // The topmost header counts: what one further down begins is another block.
        let Some(chosen) = whole().find(|one| one.is_complete()) else { return (unrecognised(Vec::new()), nears) };
        let complete = || chosen.fits.iter().enumerate().filter(|(_, fit)| fit.complete);
        let most = complete().map(|(_, fit)| fit.matched).max().unwrap_or(0);
        let tied: Vec<usize> = complete().filter(|(_, fit)| fit.matched == most).map(|(table, _)| table).collect();
        // Several that fit equally well.
        let [table] = tied[..] else { return (unrecognised(tied), nears) };
        (Recognition::Table(Box::new(self.found(head, chosen, table))), nears)
    }

    fn found(&self, head: &[HeadRow], chosen: &Candidate<'_>, table: usize) -> Match {
        let fit = &chosen.fits[table];
        let columns: Vec<Option<u32>> =
            fit.columns.iter().map(|place| place.as_ref().map(|place| place.first().1)).collect();
        let cells = |row: &HeadRow| row.cells.iter().map(|cell| (cell.column, cell.key.clone())).collect();
        let doubled = self.doubled(table, chosen);
        Match {
            table,
            rows: (head[chosen.top].row, head[chosen.lowest].row),
            lines: head[chosen.top..=chosen.lowest].iter().map(cells).collect(),
            required: self.tables[table].required.clone(),
            doubled,
            unread: [self.unasked(table, chosen, &columns), self.slips(table, chosen), chosen.others(table, doubled)]
                .concat(),
            years: self.years(table, chosen, &columns),
            beside: chosen.beside.clone(),
            columns,
        }
    }

    /// What is probably a column of the table under a misspelt name.
    /// Of two letters one is too little to go by (年龄 is no 年度).
    fn slips(&self, table: usize, chosen: &Candidate<'_>) -> Vec<Unread> {
        let alike =
            |key: &str, name: &String| name.chars().count() >= 3 && text::nearest(key, [name.as_str()]).is_some();
        let wanted = &self.tables[table];
        let mut slips = Vec::new();
        for column in self.free(table, chosen) {
            let absent = |at: &usize| chosen.fits[table].columns[*at].is_none();
            let named = |at: &usize| wanted.names[*at].iter().any(|name| alike(&column.cell.key, name));
            if let Some(at) = (0..wanted.names.len()).filter(absent).find(named) {
                slips.push(column.unread(at, WhyUnread::Misspelt));
            }
        }
        slips
    }

    /// Columns whose header is no name at all, and nobody else's.
    fn free<'c>(&self, table: usize, chosen: &'c Candidate<'_>) -> impl Iterator<Item = &'c HeaderColumn<'c>> {
        chosen.columns.iter().filter(move |column| {
            column.names.is_empty() && (0..column.groups.len()).all(|at| self.is_harmless(table, column, at))
        })
    }

    /// A word above that belongs to nobody else, whatever the column is.
    fn is_harmless(&self, table: usize, column: &HeaderColumn<'_>, at: usize) -> bool {
        let word = head::bare_group(&column.groups[at].key);
        self.groups.contains(word) || self.tables[table].name.contains(word)
    }

    /// Columns with a name of the table that are not its.
    fn unasked(&self, table: usize, chosen: &Candidate<'_>, columns: &[Option<u32>]) -> Vec<Unread> {
        let places = &chosen.fits[table].columns;
        let is_read =
            |column: u32| columns.contains(&Some(column)) || places.iter().flatten().any(|place| place.holds(column));
        let named = |key: &str| self.known.get(key)?.iter().filter(|name| name.table == table).min_by_key(|n| n.rank);
        let mut unasked = Vec::new();
        for column in chosen.columns.iter().filter(|column| !is_read(column.cell.column)) {
            let key = column.cell.key.as_str();
            let whole = head::without_units(key);
            // What stands over this column alone, and bears the name itself.
            let above = column.groups.last().filter(|_| column.is_narrow).and_then(|group| named(&group.key));
            let (name, why) = match named(&whole) {
                Some(name) => (Some(name), WhyUnread::Grouped),
                None => (named(head::without_remarks(key)).or(above), WhyUnread::Remarked),
            };
            unasked.extend(name.map(|name| column.unread(name.at, why)));
        }
        unasked
    }

    /// Headers with the name of the year in them that are not read.
    fn years(&self, table: usize, chosen: &Candidate<'_>, columns: &[Option<u32>]) -> Vec<Spot> {
        let Some(year) = &self.tables[table].year else { return Vec::new() };
        let like = chosen
            .columns
            .iter()
            .filter(|column| !columns.contains(&Some(column.cell.column)) && column.cell.key.contains(year.as_str()));
        like.map(HeaderColumn::spot).collect()
    }

    /// The header whose lowest row is `lowest`, with what stands over it from `top` on.
    fn candidate<'h>(&'h self, head: &'h [HeadRow], top: usize, lowest: usize) -> Candidate<'h> {
        let mut lowest_cells: BTreeMap<u32, (usize, &HeadCell)> = BTreeMap::new();
        for (at, row) in head.iter().enumerate().take(lowest + 1).skip(top) {
            for cell in &row.cells {
                lowest_cells.insert(cell.column, (at, cell));
            }
        }
        let column = |(at, cell): (usize, &'h HeadCell)| {
            let groups: Vec<&HeadCell> = head[top..at].iter().filter_map(|row| row.over(cell.column)).collect();
            let is_narrow = groups.last().is_some_and(|group| {
                let beside = |column: u32| head[at - 1].over(column) == Some(*group);
                group.column == cell.column && !beside(cell.column + 1)
            });
            let is_header = |group: &&HeadCell| {
                group.right == group.column && lowest_cells.get(&group.column).is_some_and(|(_, own)| own == group)
            };
            let headers = groups.iter().map(is_header).collect();
            HeaderColumn { names: self.names_of(&groups, cell), cell, groups, headers, is_narrow }
        };
        let columns: Vec<HeaderColumn<'_>> = lowest_cells.values().copied().map(column).collect();
        self.first_block(head, Candidate { top, lowest, columns, fits: Vec::new(), beside: Vec::new() })
    }

    /// The known names that the words over a column make, the longest first: the first word and what is known.
    fn names_of(&self, groups: &[&HeadCell], cell: &HeadCell) -> Vec<(usize, &[HeaderName])> {
        let words: Vec<_> = groups.iter().map(|group| head::without_units(&group.key)).collect();
        let only_unit = !words.is_empty() && head::is_only_unit(&cell.key);
        let own = if only_unit { "".into() } else { head::without_units(&cell.key) };
        let mut names = Vec::new();
        for first in 0..=words.len() {
            if only_unit && first == words.len() {
                break;
            }
            let mut joined: String = words[first..].concat();
            // A header that holds its own name in whole, brackets and all, needs no unit taken off.
            let whole = (first == words.len()).then(|| self.known.get(&cell.key)).flatten();
            joined.push_str(&own);
            if let Some(known) = whole.or_else(|| self.known.get(&joined)) {
                names.push((first, known.as_slice()));
            }
        }
        names
    }

    fn fit(&self, table: usize, columns: &[HeaderColumn<'_>]) -> Fit {
        let wanted = &self.tables[table];
        let mut fit = Fit { columns: vec![None; wanted.columns.len()], matched: 0, rank: 0, complete: false };
        for column in columns {
            if let Some(name) = self.place(table, column) {
                fit.put(name.at, column.cell.column, name.rank);
            }
        }
        // Where the very name of whom a row is about stands under somebody else (姓名 under 举报人), another name beside it
        // (被反映人) is no longer beyond doubt: the sheet calls two people by names of one column.
        for (at, place) in fit.columns.iter_mut().enumerate().filter(|(at, _)| wanted.about[*at]) {
            let own = &wanted.names[at][0];
            let is_anothers = |column: &HeaderColumn<'_>| {
                head::without_units(&column.cell.key) == own.as_str() && self.place(table, column).is_none()
            };
            if place.as_ref().is_some_and(|place| place.first().0 != OWN_NAME) && columns.iter().any(is_anothers) {
                *place = None;
            }
        }
        fit.matched = fit.columns.iter().flatten().count();
        fit.rank = fit.columns.iter().flatten().map(|place| u32::from(place.first().0)).sum();
        fit.complete = fit.columns.iter().flatten().all(|place| place.second().is_none())
            && wanted.required.iter().all(|group| group.iter().any(|at| fit.columns[*at].is_some()));
        fit
    }

    /// Which column of the table a column of the sheet is.
    fn place(&self, table: usize, column: &HeaderColumn<'_>) -> Option<HeaderName> {
        for (first, known) in &column.names {
            match known.iter().filter(|name| name.table == table).min_by_key(|name| name.rank) {
                Some(name) => {
                    let neutral = |(group, is_header): (&&HeadCell, &bool)| {
                        (self.is_neutral(table, name.at, &group.key)
                            || *is_header && self.stands_beside(table, name.at, &group.key))
                            && !self.is_of_another(table, name.at, &group.key)
                    };
                    let groups = column.groups[..*first].iter().zip(&column.headers);
                    return groups.into_iter().all(neutral).then_some(*name);
                }
                // The words together are another table's column.
                None if *first < column.groups.len() => return None,
                None => {}
            }
        }
        None
    }

    /// Whether a word over a column leaves it what it is.
    fn is_neutral(&self, table: usize, at: usize, group: &str) -> bool {
        let bare = head::bare_group(group);
        let word = head::without_units(bare);
        let wanted = &self.tables[table];
        if self.groups.contains(word.as_ref()) {
            return true;
        }
        if word.chars().count() < 2 {
            return false;
        }
        // Of an alias only its beginning: 反映人 is the last word of 被反映人, and its contrary.
        let of = |column: usize| {
            let (own, aliases) = wanted.names[column].split_first()?;
            Some(own.contains(word.as_ref()) || aliases.iter().any(|alias| alias.starts_with(word.as_ref())))
        };
        let of = |column: usize| of(column) == Some(true);
        wanted.name.contains(word.as_ref())
            || of(at)
            // 线索来源 over 单位名称 is the unit that a lead comes from, 工作落实评价 over 得分 another score.
            || !wanted.strict[at] && (0..wanted.columns.len()).any(of)
    }

    /// Whether a word is the header of a column of its own, to the left of one whose header begins a row lower: of whom
    /// a row is about, another name for that; of a figure, any column's name.
    fn stands_beside(&self, table: usize, at: usize, group: &str) -> bool {
        let wanted = &self.tables[table];
        let whole = head::without_units(group);
        let of = |name: &HeaderName| name.table == table && (wanted.about[name.at] || !wanted.about[at]);
        self.known.get(whole.as_ref()).is_some_and(|known| known.iter().any(of))
    }

    /// Whether the word before a name of the column makes a name that only other tables have: 班子 over 考核等次 is
    /// 班子等次, and not a person's.
    fn is_of_another(&self, table: usize, at: usize, group: &str) -> bool {
        let word = head::bare_group(group);
        self.tables[table].names[at].iter().any(|name| {
            let known = self.known.get(&format!("{word}{name}"));
            known.is_some_and(|known| known.iter().all(|name| name.table != table))
        })
    }

    /// Whether the header goes on in the next row.
    fn continues(&self, head: &[HeadRow], header: &Candidate<'_>, next: &Candidate<'_>) -> bool {
        let (last, row) = (&head[header.lowest], &head[next.lowest]);
        let read: Vec<&HeadCell> = header
            .columns
            .iter()
            .filter(|column| header.fits.iter().any(|fit| fit.complete && fit.reads(column.cell.column)))
            .map(|column| column.cell)
            .collect();
        if next.top > header.lowest {
            return false;
        }
        // Under a true header of one row the next is data: it stands below other headers than those merged down.
        let merged = read.iter().filter(|cell| cell.row < row.row && cell.bottom >= row.row).count();
        let own: Vec<&HeaderColumn<'_>> = next.columns.iter().filter(|column| column.cell.row == row.row).collect();
        let known = own.iter().filter(|column| !column.names.is_empty()).count();
        let under = |column: &&&HeaderColumn<'_>| {
            column.names.is_empty() && read.iter().any(|cell| cell.column == column.cell.column)
        };
        let under = own.iter().filter(under).count();
        if merged > 0 && under <= merged.max(known) {
            return true;
        }
        if row.row != last.row + 1 || self.candidate(head, next.lowest, next.lowest).is_complete() {
            return false;
        }
        if known > 0 && under <= known {
            return true;
        }
        if own.iter().all(|column| head::is_only_unit(&column.cell.key) || head::is_only_remark(&column.cell.key)) {
            return true;
        }
        // Words side by side under one that nothing else stands beside: 考核等次 over 2014年 and 2015年.
        own.iter().all(|column| {
            let Some(over) = last.over(column.cell.column) else { return false };
            own.iter().filter(|other| last.over(other.cell.column) == Some(over)).count() > 1
        })
    }

    /// A second table in the same header, some of whose required columns the first does not use.
    fn doubled(&self, table: usize, chosen: &Candidate<'_>) -> Option<(usize, u32)> {
        let used = &chosen.fits[table].columns;
        // A column under another name of one that the first table uses says nothing of a second table.
        let is_used = |column: u32| used.iter().flatten().any(|place| place.holds(column));
        let row = chosen.columns.iter().map(|column| column.cell.row).min()?;
        for (other, fit) in chosen.fits.iter().enumerate() {
            if other == table || !fit.complete {
                continue;
            }
            let own = self.tables[other]
                .required
                .iter()
                .flatten()
                .filter_map(|at| fit.columns[*at].as_ref())
                .any(|place| place.0.iter().any(|(_, column)| !is_used(*column)));
            if own {
                return Some((other, row));
            }
        }
        None
    }

    /// Per table the candidate that comes nearest, where any header fits.
    fn nears<'c, 'h: 'c, I: Iterator<Item = &'c Candidate<'h>>>(&self, candidates: impl Fn() -> I) -> Vec<NearTable> {
        let mut nears = Vec::new();
        for (table, wanted) in self.tables.iter().enumerate() {
            let best =
                candidates().map(|candidate| (candidate.named(table), candidate)).filter(|(named, _)| *named > 0);
            let best = best.max_by_key(|(named, one)| {
                (one.fits[table].matched, *named, std::cmp::Reverse((one.fits[table].rank, one.lowest)))
            });
            let Some((named, best)) = best else { continue };
            let fit = &best.fits[table];
            let absent: Vec<&Vec<usize>> =
                wanted.required.iter().filter(|group| group.iter().all(|at| fit.columns[*at].is_none())).collect();
            let missing = absent
                .iter()
                .map(|group| group.iter().map(|at| wanted.columns[*at].as_str()).collect::<Vec<_>>().join("或"))
                .collect();
            let mut unread = Vec::new();
            for at in absent.iter().copied().flatten() {
                let name = &wanted.names[*at][0];
                let alike = |column: &&HeaderColumn<'_>| text::nearest(&column.cell.key, [name.as_str()]).is_some();
                let slip = self.free(table, best).find(alike);
                unread.extend(slip.map(|column| column.unread(*at, WhyUnread::Misspelt)));
            }
            let is_absent = |unasked: &Unread| absent.iter().any(|group| group.contains(&unasked.at));
            unread.extend(self.unasked(table, best, &[]).into_iter().filter(is_absent));
            let clash = fit.columns.iter().enumerate().find_map(|(at, place)| {
                let place = place.as_ref()?;
                Some((wanted.columns[at].clone(), best.address(place.first().1), best.address(place.second()?)))
            });
            nears.push(NearTable { table, matched: fit.matched, named, missing, unread, clash });
        }
        nears
    }
}

/// A column of the sheet as its header calls it.
struct HeaderColumn<'h> {
    /// The lowest cell of the header.
    cell: &'h HeadCell,
    /// What stands above it, from the top.
    groups: Vec<&'h HeadCell>,
    /// Which of these are the lowest header of their own column, to the left.
    headers: Vec<bool>,
    /// The word directly above stands over this column alone.
    is_narrow: bool,
    /// Known names that the words make, the longest first: which is the first word.
    names: Vec<(usize, &'h [HeaderName])>,
}

impl HeaderColumn<'_> {
    fn address(&self) -> String {
        A1(self.cell.row, self.cell.column).to_string()
    }

    fn spot(&self) -> Spot {
        Spot { row: self.cell.row, column: self.cell.column, shown: self.cell.shown.clone() }
    }

    fn unread(&self, at: usize, why: WhyUnread) -> Unread {
        Unread { at, spot: self.spot(), why }
    }
}

/// A row that may be the lowest of the header, with those above it, and how every table fits them.
struct Candidate<'h> {
    /// Among the rows at the head of the sheet.
    top: usize,
    lowest: usize,
    columns: Vec<HeaderColumn<'h>>,
    fits: Vec<Fit>,
    /// Where blocks beside the first begin, with their last columns.
    beside: Vec<(Spot, u32)>,
}

impl Candidate<'_> {
    fn is_complete(&self) -> bool {
        self.fits.iter().any(|fit| fit.complete)
    }

    /// How many of the table's columns are named, rightly or not.
    fn named(&self, table: usize) -> usize {
        let name_of = |column: &HeaderColumn<'_>| {
            column.names.iter().flat_map(|(_, names)| *names).find(|name| name.table == table).map(|name| name.at)
        };
        self.columns.iter().filter_map(name_of).collect::<BTreeSet<usize>>().len()
    }

    fn of(&self, column: u32) -> Option<&HeaderColumn<'_>> {
        self.columns.iter().find(|one| one.cell.column == column)
    }

    fn address(&self, column: u32) -> String {
        self.of(column).map(HeaderColumn::address).unwrap_or_default()
    }

    /// The columns under another name of one that is read, other than those of a second table.
    fn others(&self, table: usize, doubled: Option<(usize, u32)>) -> Vec<Unread> {
        let of_second = |column: u32| doubled.is_some_and(|(other, _)| self.fits[other].reads(column));
        let mut others = Vec::new();
        for (at, place) in self.fits[table].columns.iter().enumerate() {
            let Some(place) = place else { continue };
            for (_, column) in place.0.iter().skip(1).filter(|(_, column)| !of_second(*column)) {
                if let (Some(read), Some(passed)) = (self.of(place.first().1), self.of(*column)) {
                    others.push(passed.unread(at, WhyUnread::Second(read.spot())));
                }
            }
        }
        others
    }
}

/// All sheet columns that bear a name of the column, by rank; the first is the one that is meant.
#[derive(Debug, Clone, Default)]
struct HeaderPlace(Vec<(u8, u32)>);

impl HeaderPlace {
    fn first(&self) -> (u8, u32) {
        self.0.first().copied().unwrap_or_default()
    }

    /// Another sheet column with the same right to the name.
    fn second(&self) -> Option<u32> {
        self.0.get(1).filter(|(rank, _)| *rank == self.first().0).map(|(_, column)| *column)
    }

    fn holds(&self, column: u32) -> bool {
        self.0.iter().any(|(_, one)| *one == column)
    }
}

#[derive(Debug, Clone)]
struct Fit {
    columns: Vec<Option<HeaderPlace>>,
    matched: usize,
    rank: u32,
    complete: bool,
}

impl Fit {
    fn put(&mut self, at: usize, column: u32, rank: u8) {
        let all = &mut self.columns[at].get_or_insert_default().0;
        all.insert(all.partition_point(|(other, _)| *other <= rank), (rank, column));
    }

    fn reads(&self, column: u32) -> bool {
        self.columns.iter().flatten().any(|place| place.first().1 == column)
    }
}
