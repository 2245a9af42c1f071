//! 台账: the archive's tables as one workbook, for the office's own keeping.

use std::path::Path;

use chrono::NaiveDate;

use crate::ledger::LedgerSheet;
use crate::pack::printed;

use super::model::{Block, Column, LineStyle, Paper, Sheet, Value, Workbook};
use super::{measure, write};

/// Columns above which a sheet is printed on the large page.
const WIDE: usize = 12;
/// Half-width characters of the longest text of a column of words and days.
const SHORT: usize = 14;

/// Writes the tables as sheets of one workbook, replacing an earlier one of that name.
pub fn save(tables: &[LedgerSheet], as_of: Option<NaiveDate>, file: &Path) -> Result<(), write::Error> {
    write::page(Workbook::new(as_of.unwrap_or_default(), tables.iter().map(sheet).collect()), file)
}

fn sheet(table: &LedgerSheet) -> Sheet<'_> {
    let texts = |at: usize| table.rows.iter().filter_map(move |row| row.get(at)).map(String::as_str);
    let wide = table.columns.len() > WIDE;
    let columns = (0..).zip(&table.columns).map(|(at, name)| match column(name, texts(at)) {
        // Two lines of small type are higher than one of text.
        line if name == printed::LINE && !wide => line.whole(),
        other => other,
    });
    let rows = table.rows.iter().map(|row| row.iter().map(|text| Value::date(text)).collect()).collect();
    let head = [(table.title.clone(), LineStyle::Title), (format!("共 {} 行", table.rows.len()), LineStyle::Note)];
    let paper = if wide { Paper::Large } else { Paper::Lying };
    Sheet::new(&table.name, paper, head, vec![Block::new(columns.collect(), rows, "没有记录。")]).in_view(1)
}

/// As in the lists: words that are looked up stand small or centred, sentences get the room.
fn column<'t>(name: &str, mut texts: impl Iterator<Item = &'t str>) -> Column {
    match name {
        // Capitals are wider than other Latin letters.
        printed::CHECK => Column::centred(name, 22.0, 22.0).small().whole(),
        printed::LINE | printed::SOURCES => Column::text(name, 14.0, 40.0).small(),
        printed::ID => Column::centred(name, 6.0, 12.0).whole(),
        printed::OPINION | printed::AUTHORITY => Column::centred(name, 6.0, 12.0),
        printed::BASIS => Column::text(name, 16.0, 34.0).in_pieces(),
        printed::FACTS => Column::text(name, 22.0, 60.0).in_clauses(),
        "内容" | "审定" => Column::text(name, 12.0, 60.0).in_clauses(),
        _ if texts.all(|text| measure::width(text) <= SHORT) => Column::centred(name, 6.0, SHORT as f64),
        _ => Column::text(name, 6.0, 40.0),
    }
}
