//! The run's year where none is given: the latest that the assessments themselves name.
//!
//! A single typo (2051) must not become the year of a run, so a year that few rows carry is refused.

use std::collections::BTreeMap;

use crate::pack::Pack;

use super::rowset::TableRows;

/// Why no year can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}；{}", self.reason(), self.remedy())]
pub enum YearError {
    None,
    Doubtful { year: i32, carried: u64, total: u64 },
}

impl YearError {
    pub fn reason(&self) -> String {
        match self {
            Self::None => "各考核表的年度列和标题中都没有写明年度".to_owned(),
            Self::Doubtful { year, carried, total } => {
                format!("各考核表中最晚的年度是「{year}」，但{total}行中只有{carried}行属于该年度，可能是笔误")
            }
        }
    }

    pub fn remedy(&self) -> &'static str {
        match self {
            Self::None => "请用 --year 指明，例如 --year 2015",
            Self::Doubtful { .. } => "请核对，或用 --year 指明年度",
        }
    }
}

/// The latest year of the assessment tables, in their rows or titles, if at least a tenth of the rows carry it.
pub fn latest(pack: &Pack, rows: &[TableRows]) -> Result<i32, YearError> {
    let mut carried: BTreeMap<i32, u64> = BTreeMap::new();
    let mut total = 0;
    for (table, rows) in pack.tables.iter().zip(rows).filter(|(table, _)| table.assessment) {
        let Some(cells) = table.year.map(|column| &rows.cells[column]) else { continue };
        for sheet in &rows.sheets {
            let title = sheet.titles.first;
            title.into_iter().for_each(|year| _ = carried.entry(year).or_default());
            for row in sheet.rows.clone() {
                total += 1;
                if let Some(year) = cells.year(row).or_else(|| title.filter(|_| cells.is_blank(row))) {
                    *carried.entry(year).or_default() += 1;
                }
            }
        }
    }
    let (year, carried) = carried.pop_last().ok_or(YearError::None)?;
    if carried * 10 < total { Err(YearError::Doubtful { year, carried, total }) } else { Ok(year) }
}
