//! The same city as offices send it: many books in folders, titles, two stacked header rows, totals and notes.
//!
//! The truth stays what it is: cells are dressed in other forms (`dress`), rows come from the same
//! source, and what stands around them is what the contract says is not data. Registers keep their
//! order, since it orders the lists and says where a person is at home.

use std::convert::Infallible;

use super::city::{CityCell, CityRow};
use super::dress::Habit;
use super::grid::{Grid, Put};
use super::random::Random;
use super::weights::Messy;
use super::{CityRows, Meter, OfficeBook, Stretch};
use crate::pack::Table;

/// Rows a sheet: an office's book, small enough to be held in memory while it is written.
const SHEET: u64 = 20_000;
/// Endings of the books. Only .ods is what it says: the others are .xlsx inside, as renamed files are.
const ENDINGS: [&str; 8] = ["xlsx", "xlsx", "xlsx", "xlsx", "ods", "ods", "xls", "et"];
/// Seeds of what is drawn here.
const BOOKS: u64 = 101;
const LOOKS: u64 = 102;
const CELLS: u64 = 103;

/// What an office made of a book.
pub struct OfficeLayout {
    /// One per part of the book.
    sheets: Vec<SheetLook>,
    /// Adds an instruction sheet in front.
    instructions: bool,
    /// Adds a hidden sheet with scraps at the end.
    scraps: bool,
}

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

/// Which parts of which tables stand in which books, and how they look.
pub fn books(source: &CityRows) -> Vec<OfficeBook> {
    let sampler = source.city.sampler;
    let mut random = Random::new(&[source.city.seed, BOOKS]);
    let (units, members) = sampler.registers();
    let mut registers = Vec::new();
    let mut others = Vec::new();
    for table in 0..sampler.pack.tables.len() {
        let rows = source.parts(table, u64::MAX).iter().map(|part| part.rows).sum::<u64>();
        if table == units || table == members {
            registers.extend(source.parts(table, SHEET));
        } else {
            let offices = 1 + random.below(3);
            others.extend(source.parts(table, (rows / offices).clamp(1, SHEET)));
        }
    }
    shuffle(&mut others, &mut random);
    let mut piles = Vec::new();
    // Registers stay in one folder, in their order.
    let register_books = registers.len();
    piles.extend(registers.into_iter().map(|part| vec![part]));
    while let Some(part) = others.pop() {
        let mut pile = vec![part];
        if random.chance(0.35) {
            pile.extend(others.pop());
        }
        piles.push(pile);
    }
    let messy = &sampler.messy;
    let width = piles.len().to_string().len();
    let mut books = Vec::new();
    for (at, parts) in piles.into_iter().enumerate() {
        let register = at < register_books;
        let folder = if register { "" } else { choose(&messy.folders, &mut random).unwrap_or("") };
        let pattern =
            if register { messy.books.first().map(String::as_str) } else { choose(&messy.books, &mut random) };
        let number = format!("{:0width$}", at + 1);
        let name = pattern.unwrap_or("{n}").replace("{n}", &number);
        // Registers keep one ending, since it counts in the order of the files.
        let ending = if register { "xlsx" } else { ENDINGS[random.index(ENDINGS.len())] };
        let path = if folder.is_empty() { format!("{name}.{ending}") } else { format!("{folder}/{name}.{ending}") };
        let sheets = looks(source, &parts, at as u64);
        let instructions = !messy.instructions.is_empty() && random.chance(0.4);
        books.push(OfficeBook {
            path,
            parts,
            layout: Some(OfficeLayout { sheets, instructions, scraps: random.chance(0.3) }),
        });
    }
    books
}

fn looks(source: &CityRows, parts: &[Stretch], book: u64) -> Vec<SheetLook> {
    let mut looks: Vec<SheetLook> = Vec::new();
    for part in parts {
        let mut random = Random::new(&[source.city.seed, LOOKS, book, part.table as u64, part.number as u64]);
        let mut look = look(source, part, &mut random);
        while looks.iter().any(|other| other.name == look.name) {
            look.name.push('2');
        }
        looks.push(look);
    }
    looks
}

fn look(source: &CityRows, part: &Stretch, random: &mut Random) -> SheetLook {
    let sampler = source.city.sampler;
    let (table, messy) = (&sampler.pack.tables[part.table], &sampler.messy);
    let number = part.number + 1;
    let fill = |text: &str| {
        text.replace("{city}", &sampler.pack.city)
            .replace("{table}", &table.name)
            .replace("{year}", &source.city.year.to_string())
            .replace("{n}", &number.to_string())
    };
    let mut titles: Vec<String> = Vec::new();
    if random.chance(0.85) {
        titles.extend(choose(&messy.titles, random).map(fill));
        if random.chance(0.6) {
            titles.extend(choose(&messy.submitted, random).map(fill));
        }
    }
    let columns = columns(source, part.table, !titles.is_empty(), random);
    let stacked = random.chance(0.4);
    let groups = if stacked && random.chance(0.6) { groups(&columns, messy, random) } else { Vec::new() };
    let mut below = Vec::new();
    if random.chance(0.6) {
        below.extend(choose(&messy.notes, random).map(fill));
    }
    if random.chance(0.5) {
        below.extend(choose(&messy.signatures, random).map(fill));
    }
    let name = choose(&messy.sheets, random).map_or_else(|| table.name.clone(), fill);
    let serial = matches!(columns[0].of, ColumnContent::Number);
    // Beside few columns a line below the table is as full as a row of it, and would be one.
    let ours = columns.iter().filter(|column| matches!(column.of, ColumnContent::Column(_))).count();
    let (has_notes, has_totals) = (ours > 2, ours > 4);
    below.retain(|_: &String| has_notes);
    SheetLook {
        name,
        titles,
        stacked,
        groups,
        repeat: random.chance(0.3).then(|| 20 + random.below(40) as u32),
        subtotals: random.chance(0.2) && has_totals,
        below,
        total: if random.chance(0.6) && has_totals { choose(&messy.totals, random).map(str::to_owned) } else { None },
        numbered: if serial && random.chance(0.4) { random.below(6) as u32 } else { 0 },
        habit: Habit::new(random, messy.placeholders.clone()),
        columns,
    }
}

/// The table's columns in any order under any of their names, and some that nobody asked for.
fn columns(source: &CityRows, table: usize, titled: bool, random: &mut Random) -> Vec<SheetColumn> {
    let sampler = source.city.sampler;
    let pack = sampler.pack;
    let shape = &pack.tables[table];
    let this_year = sampler.blocks.iter().filter(|block| block.table == table).all(|block| block.years == [0]);
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
    let drop_year = this_year && titled && random.chance(0.6);
    let drop_units = random.chance(0.3);
    let mut shown = Vec::new();
    for (at, column) in shape.columns.iter().enumerate() {
        if (drop_year && shape.year == Some(at)) || (drop_units && unit_ids.contains(&at)) {
            continue;
        }
        let mut names = vec![column.name.as_str()];
        names.extend(column.aliases.iter().map(String::as_str));
        names.extend(pack.aliases.iter().filter(|(_, name)| **name == column.name).map(|(alias, _)| alias.as_str()));
        let name = if random.chance(0.5) { names[random.index(names.len())] } else { names[0] };
        shown.push(SheetColumn { header: spread(name, random), of: ColumnContent::Column(at) });
    }
    shuffle(&mut shown, random);
    if random.chance(0.7) {
        shown.insert(0, SheetColumn { header: "序号".to_owned(), of: ColumnContent::Number });
    }
    for (header, word) in &sampler.messy.extras {
        if random.chance(0.25) && shape.column(header).is_none() {
            shown.push(SheetColumn { header: header.clone(), of: ColumnContent::Extra(word.clone()) });
        }
    }
    shown
}

/// A short header spread over its cell.
fn spread(name: &str, random: &mut Random) -> String {
    if name.chars().count() == 2 && random.chance(0.4) {
        name.chars().map(String::from).collect::<Vec<_>>().join("　")
    } else {
        name.to_owned()
    }
}

/// Groups of two or three neighbouring columns.
fn groups(columns: &[SheetColumn], messy: &Messy, random: &mut Random) -> Vec<(String, u16, u16)> {
    let mut groups = Vec::new();
    let mut at = 1;
    for name in &messy.groups {
        let wide = 1 + random.below(2) as u16;
        at += random.below(2) as u16;
        if usize::from(at + wide) < columns.len() {
            groups.push((name.clone(), at, at + wide));
            at += wide + 1;
        }
    }
    groups
}

/// The sheets of a book.
pub fn grids(source: &CityRows, book: &OfficeBook, layout: &OfficeLayout, meter: &Meter) -> Vec<Grid> {
    let mut grids = Vec::new();
    if layout.instructions {
        let mut grid = Grid::new("填表说明", false);
        source.city.sampler.messy.instructions.iter().for_each(|line| grid.line(line, None));
        grids.push(grid);
    }
    grids.extend(book.parts.iter().zip(&layout.sheets).map(|(part, look)| grid(source, part, look, meter)));
    if layout.scraps {
        let mut grid = Grid::new("缓存", true);
        grid.line("x", None);
        grids.push(grid);
    }
    grids
}

fn grid(source: &CityRows, part: &Stretch, look: &SheetLook, meter: &Meter) -> Grid {
    let city = source.city;
    let table = &city.sampler.pack.tables[part.table];
    let last = look.columns.len() as u16 - 1;
    let mut grid = Grid::new(&look.name, false);
    for (at, text) in look.titles.iter().enumerate() {
        if at == 0 && last > 0 {
            grid.merges.push((0, 0, 0, last));
            grid.push(vec![(0, Put::Title(text.clone()))]);
        } else {
            grid.line(text, None);
        }
    }
    header(&mut grid, look);
    let mut random = Random::new(&[city.seed, CELLS, part.table as u64, part.number as u64]);
    let (mut number, mut since) = (0u32, 0u32);
    let Ok(()) = source.rows::<Infallible>(part, |row, unit| {
        meter.row();
        number += 1;
        since += 1;
        let cells = dressed(source, table, look, &row, unit, number, &mut random);
        // Somebody copied a line twice; saying the same again is no fault where rows have a key.
        let times = if table.key.is_some() && random.chance(0.004) { 2 } else { 1 };
        for cells in std::iter::repeat_n(cells, times) {
            if random.chance(0.005) {
                grid.hidden_rows.push(grid.end());
            }
            grid.push(cells);
        }
        if random.chance(0.01) {
            if random.chance(0.5) {
                grid.line("　", None);
            } else {
                grid.push(Vec::new());
            }
        }
        if look.subtotals && random.chance(0.04) {
            grid.line("小计", Some((last, since)));
        }
        if look.repeat.is_some_and(|after| since >= after) {
            header(&mut grid, look);
            since = 0;
        }
        Ok(())
    });
    for _ in 0..look.numbered {
        number += 1;
        grid.push(vec![(0, Put::Number(f64::from(number)))]);
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
    grid.push(upper);
    if look.stacked {
        grid.push(lower);
    }
}

/// The row's cells in the office's forms, by the columns of the sheet.
fn dressed(
    source: &CityRows,
    table: &Table,
    look: &SheetLook,
    row: &CityRow,
    unit: u32,
    number: u32,
    random: &mut Random,
) -> Vec<(u16, Put)> {
    let city = source.city;
    let pack = city.sampler.pack;
    let (units, members) = (pack.membership.unit, pack.membership.member);
    let registered = |kind: usize| std::ptr::eq(&pack.tables[pack.subjects[kind].register], table);
    let mut row = row.clone();
    let shows =
        |column: usize| look.columns.iter().any(|shown| matches!(shown.of, ColumnContent::Column(at) if at == column));
    for reference in &table.references {
        let pairs = [Some((reference.subject, reference.id, reference.label)), reference.within];
        for (subject, id, label) in pairs.into_iter().flatten() {
            if row[label] == CityCell::Blank || subject != units || registered(units) {
                continue;
            }
            if random.chance(look.habit.short_names) {
                let unit_row = city.unit_row(unit);
                let short = pack.subjects[units].other_labels.map(|at| unit_row[at].clone());
                row[label] = short.filter(|short| *short != CityCell::Blank).unwrap_or(row[label].clone());
            }
            if random.chance(look.habit.no_unit_ids) && shows(label) {
                row[id] = CityCell::Blank;
            }
        }
        // A person without an id needs the unit beside the name, and nobody of that name in it.
        let by_name = reference.subject == members && !registered(members);
        let unit_shown = reference.within.is_some_and(|(_, id, label)| {
            (shows(label) && row[label] != CityCell::Blank) || (shows(id) && row[id] != CityCell::Blank)
        });
        if by_name && unit_shown && row[reference.label] != CityCell::Blank && random.chance(look.habit.no_member_ids) {
            let name = row[reference.label].text();
            if city.is_unique(name, unit) {
                row[reference.id] = CityCell::Blank;
            }
        }
    }
    let cell = |shown: &SheetColumn| match &shown.of {
        ColumnContent::Number => Some(Put::Number(f64::from(number))),
        ColumnContent::Extra(word) => random.chance(0.3).then(|| Put::Text(word.clone())),
        ColumnContent::Column(at) => look.habit.dress(&row[*at], &table.columns[*at], random),
    };
    let cells = look.columns.iter().map(cell);
    (0u16..).zip(cells).filter_map(|(at, cell)| Some((at, cell?))).collect()
}

fn choose<'w>(words: &'w [String], random: &mut Random) -> Option<&'w str> {
    if words.is_empty() { None } else { Some(&words[random.index(words.len())]) }
}

fn shuffle<T>(items: &mut [T], random: &mut Random) {
    for at in (1..items.len()).rev() {
        items.swap(at, random.index(at + 1));
    }
}
