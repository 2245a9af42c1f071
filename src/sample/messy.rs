//! The same city as offices send it: many books in folders, titles, two stacked header rows, totals and notes.
//!
//! The truth stays what it is: cells are dressed in other forms (`dress`), rows come from the same
//! source, and what stands around them is what the contract says is not data. Registers keep their
//! order, since it orders the lists and says where a person is at home.

use fastrand::Rng;

use super::OfficeBook;
use super::city::{CityRow, SampleCity, Stretch};
use super::draw::{chance, seeded};
use super::dress::Habit;
use super::grid::{Grid, Put};
use super::weights::{Messy, registers};
use crate::pack::Table;
use crate::pack::functions::fill;

/// Rows a sheet: an office's book, small enough to be held in memory while it is written.
const SHEET: u64 = 20_000;
/// Endings of the books. Only .ods is what it says: the others are .xlsx inside, as renamed files are.
const ENDINGS: [&str; 8] = ["xlsx", "xlsx", "xlsx", "xlsx", "ods", "ods", "xls", "et"];
/// Seeds of what is drawn here.
const BOOKS: u64 = 101;
const LOOKS: u64 = 102;
const CELLS: u64 = 103;

/// How a table looks on its sheet.
struct SheetLook {
    name: String,
    titles: Vec<String>,
    columns: Vec<SheetColumn>,
    /// Whether the header has two rows, and the groups over it: name, first and last column.
    stacked: bool,
    groups: Vec<(String, u16, u16)>,
    /// Repeats the header after so many rows.
    repeat: Option<u32>,
    subtotals: bool,
    /// Lines below the table.
    below: Vec<String>,
    total: Option<String>,
    /// Rows that carry a number and nothing else.
    numbered: u32,
    habit: Habit,
}

/// A column of a sheet.
struct SheetColumn {
    header: String,
    of: ColumnContent,
}

enum ColumnContent {
    /// Running numbers.
    Number,
    Column(usize),
    /// A word that nobody asked for.
    Extra(String),
}

/// Which parts of which tables stand in which books.
pub fn books(city: &SampleCity) -> Vec<OfficeBook> {
    let (random, messy) = (&mut seeded(&[city.seed, BOOKS]), &city.sampler.messy);
    let (mut piles, mut others) = (Vec::new(), Vec::new());
    for table in 0..city.pack.tables.len() {
        if registers(city.pack).contains(&table) {
            piles.extend(city.parts(table, SHEET).into_iter().map(|part| vec![part]));
        } else {
            let rows = city.parts(table, u64::MAX).iter().map(|part| part.rows).sum::<u64>();
            others.extend(city.parts(table, (rows / random.u64(1..=3)).clamp(1, SHEET)));
        }
    }
    // Registers stay in one folder, in their order.
    let register_books = piles.len();
    random.shuffle(&mut others);
    while let Some(part) = others.pop() {
        let more = if chance(random, 0.35) { others.pop() } else { None };
        piles.push(std::iter::once(part).chain(more).collect());
    }
    let width = piles.len().to_string().len();
    let book = |(at, parts): (usize, Vec<Stretch>)| {
        let register = at < register_books;
        // They keep one ending, since it counts in the order of the files.
        let (folder, name, ending) = match register {
            true => (None, messy.books.first(), "xlsx"),
            false => {
                (random.choice(&messy.folders), random.choice(&messy.books), ENDINGS[random.usize(..ENDINGS.len())])
            }
        };
        let folder = folder.filter(|folder| !folder.is_empty()).map(|folder| format!("{folder}/")).unwrap_or_default();
        let name = name.map_or("{n}", String::as_str).replace("{n}", &format!("{:0width$}", at + 1));
        OfficeBook { path: format!("{folder}{name}.{ending}"), parts }
    };
    piles.into_iter().enumerate().map(book).collect()
}

/// The sheets of a book.
pub fn grids(city: &SampleCity, book: &OfficeBook) -> Vec<Grid> {
    let (first, messy) = (&book.parts[0], &city.sampler.messy);
    let random = &mut seeded(&[city.seed, LOOKS, first.table as u64, first.number as u64]);
    let mut grids: Vec<Grid> = Vec::new();
    if !messy.instructions.is_empty() && chance(random, 0.4) {
        let mut grid = Grid::new("填表说明", false);
        messy.instructions.iter().for_each(|line| grid.line(line, None));
        grids.push(grid);
    }
    for part in &book.parts {
        let mut look = look(city, part, random);
        while grids.iter().any(|other| other.name == look.name) {
            look.name.push('2');
        }
        grids.push(grid(city, part, &look));
    }
    if chance(random, 0.3) {
        let mut scraps = Grid::new("缓存", true);
        scraps.line("x", None);
        grids.push(scraps);
    }
    grids
}

fn look(city: &SampleCity, part: &Stretch, random: &mut Rng) -> SheetLook {
    let (table, messy) = (&city.pack.tables[part.table], &city.sampler.messy);
    let mut line = |words: &[String], share: f64| {
        let line = random.choice(words).filter(|_| share >= 1.0 || chance(random, share))?;
        Some(fill(line, |name| {
            Some(match name {
                "city" => city.pack.city.clone(),
                "table" => table.name.clone(),
                "year" => city.year.to_string(),
                "n" => (part.number + 1).to_string(),
                _ => return None,
            })
        }))
    };
    let titles: Vec<String> = match line(&messy.titles, 0.85) {
        Some(title) => std::iter::once(title).chain(line(&messy.submitted, 0.6)).collect(),
        None => Vec::new(),
    };
    let below = line(&messy.notes, 0.6).into_iter().chain(line(&messy.signatures, 0.5)).collect();
    let (name, total) = (line(&messy.sheets, 1.0), line(&messy.totals, 0.6));
    let columns = columns(city, part.table, !titles.is_empty(), random);
    let stacked = chance(random, 0.4);
    let serial = matches!(columns[0].of, ColumnContent::Number);
    // Beside few columns a line below the table is as full as a row of it, and would be one.
    let ours = columns.iter().filter(|column| matches!(column.of, ColumnContent::Column(_))).count();
    SheetLook {
        name: name.unwrap_or_else(|| table.name.clone()),
        titles,
        stacked,
        groups: if stacked && chance(random, 0.6) { groups(&columns, messy, random) } else { Vec::new() },
        repeat: chance(random, 0.3).then(|| random.u32(20..60)),
        subtotals: chance(random, 0.2) && ours > 4,
        below: if ours > 2 { below } else { Vec::new() },
        total: total.filter(|_| ours > 4),
        numbered: if serial && chance(random, 0.4) { random.u32(..6) } else { 0 },
        habit: Habit::new(random, messy.placeholders.clone()),
        columns,
    }
}

/// The table's columns in any order under any of their names, and some that nobody asked for.
fn columns(city: &SampleCity, table: usize, titled: bool, random: &mut Rng) -> Vec<SheetColumn> {
    let (pack, sampler) = (city.pack, &city.sampler);
    let shape = &pack.tables[table];
    let this_year = sampler.rows.iter().filter(|plan| plan.table == table).all(|plan| plan.years == [0]);
    let unit = pack.membership.unit;
    // Units can be known by name alone, except where they are registered.
    let unit_ids: Vec<usize> = shape
        .references
        .iter()
        .flat_map(|reference| {
            let own = (reference.subject == unit).then_some(reference.id);
            own.into_iter().chain(reference.within.filter(|(subject, ..)| *subject == unit).map(|(_, id, _)| id))
        })
        .collect();
    let drop_year = this_year && titled && chance(random, 0.6);
    let drop_units = chance(random, 0.3);
    let mut shown = Vec::new();
    for (at, column) in shape.columns.iter().enumerate() {
        if (drop_year && shape.year == Some(at)) || (drop_units && unit_ids.contains(&at)) {
            continue;
        }
        let mut names = vec![column.name.as_str()];
        names.extend(column.aliases.iter().map(String::as_str));
        names.extend(pack.aliases.iter().filter(|(_, name)| **name == column.name).map(|(alias, _)| alias.as_str()));
        let name = if chance(random, 0.5) { names[random.usize(..names.len())] } else { names[0] };
        shown.push(SheetColumn { header: spread(name, random), of: ColumnContent::Column(at) });
    }
    random.shuffle(&mut shown);
    if chance(random, 0.7) {
        shown.insert(0, SheetColumn { header: "序号".to_owned(), of: ColumnContent::Number });
    }
    for (header, word) in &sampler.messy.extras {
        if chance(random, 0.25) && shape.column(header).is_none() {
            shown.push(SheetColumn { header: header.clone(), of: ColumnContent::Extra(word.clone()) });
        }
    }
    shown
}

/// A short header spread over its cell.
fn spread(name: &str, random: &mut Rng) -> String {
    if name.chars().count() == 2 && chance(random, 0.4) {
        name.chars().map(String::from).collect::<Vec<_>>().join("　")
    } else {
        name.to_owned()
    }
}

/// Groups of two or three neighbouring columns.
fn groups(columns: &[SheetColumn], messy: &Messy, random: &mut Rng) -> Vec<(String, u16, u16)> {
    let mut groups = Vec::new();
    let mut at = 1;
    for name in &messy.groups {
        let wide = random.u16(1..=2);
        at += random.u16(..2);
        if usize::from(at + wide) < columns.len() {
            groups.push((name.clone(), at, at + wide));
            at += wide + 1;
        }
    }
    groups
}

fn grid(city: &SampleCity, part: &Stretch, look: &SheetLook) -> Grid {
    let table = &city.pack.tables[part.table];
    let last = look.columns.len() as u16 - 1;
    let mut grid = Grid::new(&look.name, false);
    for (at, text) in look.titles.iter().enumerate() {
        if at == 0 && last > 0 {
            grid.merges.push((0, 0, 0, last));
            grid.push(std::iter::once(Some(Put::Title(text.clone()))));
        } else {
            grid.line(text, None);
        }
    }
    header(&mut grid, look);
    let random = &mut seeded(&[city.seed, CELLS, part.table as u64, part.number as u64]);
    let (mut number, mut since) = (0u32, 0u32);
    for (row, unit) in city.rows(part) {
        grid.drawn += 1;
        number += 1;
        since += 1;
        let cells = dressed(city, table, look, row, unit, number, random);
        // Somebody copied a line twice; saying the same again is no fault where rows have a key.
        let times = if table.key.is_some() && chance(random, 0.004) { 2 } else { 1 };
        for cells in std::iter::repeat_n(cells, times) {
            if chance(random, 0.005) {
                grid.hidden_rows.push(grid.end());
            }
            grid.rows.push(cells);
        }
        if chance(random, 0.01) {
            let blank = if chance(random, 0.5) { Some(Put::Text("　".to_owned())) } else { None };
            grid.push(std::iter::once(blank));
        }
        if look.subtotals && chance(random, 0.04) {
            grid.line("小计", Some((last, since)));
        }
        if look.repeat.is_some_and(|after| since >= after) {
            header(&mut grid, look);
            since = 0;
        }
    }
    for _ in 0..look.numbered {
        number += 1;
        grid.push(std::iter::once(Some(Put::Number(f64::from(number)))));
    }
    if let Some(total) = &look.total {
        grid.line(total, Some((last, number)));
    }
    look.below.iter().for_each(|text| grid.line(text, None));
    grid
}

/// Appends the header, in one row or two.
fn header(grid: &mut Grid, look: &SheetLook) {
    let line = grid.end();
    let (mut upper, mut lower) = (Vec::new(), Vec::new());
    for (at, shown) in (0u16..).zip(&look.columns) {
        if let Some((name, first, last)) = look.groups.iter().find(|(_, first, last)| (*first..=*last).contains(&at)) {
            if at == *first {
                upper.push((at, Put::Header(name.clone())));
                grid.merges.push((line, *first, line, *last));
            }
            lower.push((at, Put::Header(shown.header.clone())));
        } else {
            upper.push((at, Put::Header(shown.header.clone())));
            if look.stacked {
                grid.merges.push((line, at, line + 1, at));
            }
        }
    }
    grid.rows.push(upper);
    if look.stacked {
        grid.rows.push(lower);
    }
}

/// The row's cells in the office's forms, by the columns of the sheet.
fn dressed(
    city: &SampleCity,
    table: &Table,
    look: &SheetLook,
    mut row: CityRow,
    unit: u32,
    number: u32,
    random: &mut Rng,
) -> Vec<(u16, Put)> {
    let pack = city.pack;
    let (units, members) = (pack.membership.unit, pack.membership.member);
    let registered = |kind: usize| std::ptr::eq(&pack.tables[pack.subjects[kind].register], table);
    let shows =
        |column: usize| look.columns.iter().any(|shown| matches!(shown.of, ColumnContent::Column(at) if at == column));
    for reference in &table.references {
        let pairs = [Some((reference.subject, reference.id, reference.label)), reference.within];
        for (subject, id, label) in pairs.into_iter().flatten() {
            if row[label].is_empty() || subject != units || registered(units) {
                continue;
            }
            if chance(random, look.habit.short_names) {
                let unit_row = city.unit_row(unit);
                let short = pack.subjects[units].other_labels.map(|at| unit_row[at].clone());
                row[label] = short.filter(|short| !short.is_empty()).unwrap_or(row[label].clone());
            }
            if chance(random, look.habit.no_unit_ids) && shows(label) {
                row[id].clear();
            }
        }
        // A person without an id needs the unit beside the name, and nobody of that name in it.
        let by_name = reference.subject == members && !registered(members);
        let unit_shown = reference.within.is_some_and(|(_, id, label)| {
            (shows(label) && !row[label].is_empty()) || (shows(id) && !row[id].is_empty())
        });
        let name = &row[reference.label];
        if by_name
            && unit_shown
            && !name.is_empty()
            && chance(random, look.habit.no_member_ids)
            && city.is_unique(name, unit)
        {
            row[reference.id].clear();
        }
    }
    let cell = |shown: &SheetColumn| match &shown.of {
        ColumnContent::Number => Some(Put::Number(f64::from(number))),
        ColumnContent::Extra(word) => chance(random, 0.3).then(|| Put::Text(word.clone())),
        ColumnContent::Column(at) => look.habit.dress(&row[*at], &table.columns[*at], random),
    };
    let cells = look.columns.iter().map(cell);
    (0u16..).zip(cells).filter_map(|(at, cell)| Some((at, cell?))).collect()
}
