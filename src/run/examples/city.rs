//! The small city of a pack's examples: rows as text, put together and handed out as sheets.

use std::collections::BTreeMap;

use crate::pack::Pack;
use crate::pack::functions::fill;
use crate::table::GivenSheet;

/// Cells by column index; a column that is not there is not named.
type ExampleRow = BTreeMap<usize, String>;

/// What sheets are said to stand in, where messages cite their cells.
const BOOK: &str = "例子";

/// Rows of one table.
#[derive(Debug, Clone)]
pub struct ExampleRows {
    table: usize,
    rows: Vec<ExampleRow>,
}

/// The rows of all tables.
#[derive(Debug, Clone, Default)]
pub struct City {
    /// By table; a table without entry has no sheet.
    rows: BTreeMap<usize, Vec<ExampleRow>>,
    /// What columns hold that a row does not name.
    defaults: BTreeMap<usize, ExampleRow>,
}

/// Reads tables as text: `表名：列 | 列`, then a line a row.
pub fn blocks(pack: &Pack, text: &str) -> Result<Vec<ExampleRows>, String> {
    let mut blocks: Vec<ExampleRows> = Vec::new();
    let mut columns: Vec<usize> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some((table, rest)) = heading(pack, line) {
            let schema = &pack.tables[table];
            columns = cells(rest)
                .iter()
                .filter(|name| !name.is_empty())
                .map(|name| {
                    schema.column(name).ok_or_else(|| {
                        let known: Vec<&str> = schema.columns.iter().map(|column| column.name.as_str()).collect();
                        format!("表「{}」没有列「{name}」，可用的列：{}", schema.name, known.join("、"))
                    })
                })
                .collect::<Result<_, _>>()?;
            blocks.push(ExampleRows { table, rows: Vec::new() });
            continue;
        }
        let Some(block) = blocks.last_mut() else {
            return Err(format!("「{line}」之前没有表名和列名，应先写一行 表名：列 | 列"));
        };
        let cells = cells(line);
        if cells.len() > columns.len() {
            return Err(format!("「{line}」有 {} 格，而列只有 {} 个", cells.len(), columns.len()));
        }
        let text = |at: usize| cells.get(at).cloned().unwrap_or_default();
        block.rows.push(columns.iter().enumerate().map(|(at, column)| (*column, text(at))).collect());
    }
    Ok(blocks)
}

/// The table that a line opens, and its columns.
fn heading<'t>(pack: &Pack, line: &'t str) -> Option<(usize, &'t str)> {
    let (name, rest) = line.split_once(['：', ':'])?;
    let table = pack.tables.iter().position(|table| table.name == name.trim())?;
    Some((table, rest))
}

/// The cells between bars.
pub fn cells(line: &str) -> Vec<String> {
    line.split(['|', '｜']).map(|cell| cell.trim().to_owned()).collect()
}

/// `{本年}`, `{本年-1}` … as figures.
pub fn in_year(text: &str, year: i32) -> String {
    fill(text, |name| {
        let apart = name.strip_prefix("本年").map(|apart| if apart.is_empty() { "0" } else { apart })?;
        Some((year + apart.parse::<i32>().ok()?).to_string())
    })
}

impl City {
    /// Takes in what all examples share: rows of the city, or defaults.
    pub fn take(&mut self, blocks: Vec<ExampleRows>, base: bool) {
        for block in blocks {
            if base {
                self.rows.entry(block.table).or_default().extend(block.rows);
            } else {
                let defaults = self.defaults.entry(block.table).or_default();
                block.rows.into_iter().for_each(|row| defaults.extend(row));
            }
        }
    }

    /// Takes rows or tables away: `表 编号 …`, or `表` alone.
    pub fn remove(&mut self, pack: &Pack, text: &str) -> Result<(), String> {
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut words = line.split_whitespace();
            let name = words.next().unwrap_or_default();
            let table = pack.tables.iter().position(|table| table.name == name);
            let Some(rows) = table.and_then(|table| self.rows.get_mut(&table)) else {
                return Err(format!("without：默认的城市中没有表「{name}」"));
            };
            let table = table.unwrap_or_default();
            let ids: Vec<&str> = words.collect();
            if ids.is_empty() {
                self.rows.remove(&table);
                continue;
            }
            for id in ids {
                let before = rows.len();
                rows.retain(|row| subject(pack, table, row) != Some(id));
                if rows.len() == before {
                    return Err(format!("without：默认的城市中，表「{name}」没有「{id}」的行"));
                }
            }
        }
        Ok(())
    }

    /// Adds an example's rows. Where the city has rows about the same subject (and year) they stand in for
    /// those, and take from them what they do not name; rows of events are always added.
    pub fn put(&mut self, pack: &Pack, blocks: Vec<ExampleRows>, year: i32) {
        for ExampleRows { table, rows } in blocks {
            let defaults = self.defaults.get(&table).cloned().unwrap_or_default();
            let of_year = |row: &ExampleRow| pack.tables[table].year.and_then(|column| row.get(&column).cloned());
            let key = |row: &ExampleRow| {
                let whole: ExampleRow = defaults.iter().chain(row).map(|(at, text)| (*at, text.clone())).collect();
                (subject(pack, table, &whole).map(str::to_owned), of_year(&whole).map(|text| in_year(&text, year)))
            };
            let events = pack.tables[table].date.is_some();
            let mut kept = self.rows.remove(&table).unwrap_or_default();
            let known: Vec<_> = kept.iter().map(|row| (key(row), row.clone())).collect();
            let mut put = Vec::new();
            for row in rows {
                let own = key(&row);
                let like = known.iter().find(|(one, _)| !events && own.0.is_some() && *one == own);
                let mut whole = like.map(|(_, row)| row.clone()).unwrap_or_default();
                whole.extend(row);
                put.push((own, whole));
            }
            if !events {
                kept.retain(|row| put.iter().all(|(own, _)| own.0.is_none() || key(row) != *own));
            }
            kept.extend(put.into_iter().map(|(_, row)| row));
            self.rows.insert(table, kept);
        }
    }

    /// One sheet a table, with all its columns.
    pub fn sheets(&self, pack: &Pack, year: i32) -> Vec<GivenSheet> {
        self.rows
            .iter()
            .map(|(table, rows)| {
                let schema = &pack.tables[*table];
                let defaults = self.defaults.get(table);
                let header = schema.columns.iter().map(|column| column.name.clone()).collect();
                let row = |row: &ExampleRow| {
                    let cell = |at: usize| row.get(&at).or_else(|| defaults?.get(&at)).map(String::as_str);
                    (0..schema.columns.len()).map(|at| in_year(cell(at).unwrap_or_default(), year)).collect()
                };
                let rows = std::iter::once(header).chain(rows.iter().map(row)).collect();
                GivenSheet { book: BOOK.to_owned(), sheet: schema.name.clone(), rows }
            })
            .collect()
    }
}

/// Whom a row is about: the first id, or else name, of the subject that it registers or refers to.
fn subject<'r>(pack: &Pack, table: usize, row: &'r ExampleRow) -> Option<&'r str> {
    let filled = |column: usize| row.get(&column).map(String::as_str).filter(|text| !text.is_empty());
    if let Some(subject) = pack.subjects.iter().find(|subject| subject.register == table) {
        return filled(subject.id);
    }
    let references = &pack.tables[table].references;
    let ids = references.iter().map(|reference| reference.id);
    ids.chain(references.iter().map(|reference| reference.label)).find_map(filled)
}
