//! The run's year where none is given: the latest that the assessments themselves name.
//!
//! A single typo (2051) must not become the year of a run, so a year that few rows carry is refused.

use std::collections::BTreeMap;

/// How many rows of the assessment tables are of which year, and the years their titles name.
#[derive(Debug, Default)]
pub struct Tally {
    rows: BTreeMap<i32, u64>,
    /// Rows that say no year.
    silent: u64,
    titles: Vec<i32>,
}

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

impl Tally {
    /// A sheet's title names a year.
    pub fn title(&mut self, year: i32) {
        self.titles.push(year);
    }

    /// A row's year, from its column or its title.
    pub fn row(&mut self, year: Option<i32>) {
        match year {
            Some(year) => *self.rows.entry(year).or_default() += 1,
            None => self.silent += 1,
        }
    }

    /// The latest year, if at least a tenth of the rows carry it.
    pub fn latest(&self) -> Result<i32, YearError> {
        let latest = self.rows.keys().copied().chain(self.titles.iter().copied()).max().ok_or(YearError::None)?;
        let carried = self.rows.get(&latest).copied().unwrap_or(0);
        let total = self.silent + self.rows.values().sum::<u64>();
        if carried * 10 < total { Err(YearError::Doubtful { year: latest, carried, total }) } else { Ok(latest) }
    }
}
