//! Working days: Monday to Friday, as corrected by the workbook of holidays and days worked instead.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::intake::rows::{self, FilledRow};
use crate::pack::printed::{DAY, KIND_OF_DAY as KIND, OFF, ON};
use crate::place::A1;
use crate::table::text;

/// How far down the header is looked for.
const HEADER_ROWS: u32 = 20;

/// Which days are worked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    /// Days that differ from the week, and whether they are worked; none: nobody has said.
    corrected: Option<BTreeMap<NaiveDate, bool>>,
}

impl Calendar {
    /// Reads the workbook of holidays.
    ///
    /// # Errors
    /// Every cell that is no day or neither of the two words, or that contradicts another; a workbook without the columns.
    pub fn read(path: &Path) -> Result<Calendar, String> {
        let (name, sheets) = rows::filled(path)?;
        let mut corrected = BTreeMap::new();
        let mut faults = Vec::new();
        let mut found = false;
        for rows::FilledSheet { name: sheet, rows, hidden, .. } in &sheets {
            let at = |row: u32, column: u32| format!("{name}!{sheet}!{}", A1(row, column));
            let Some((header, day, kind)) = header(rows) else { continue };
            found = true;
            // Nobody answers for what nobody sees, and terms without these days would be others.
            if *hidden {
                faults
                    .push(format!("{}：这张工作表是隐藏的，没有采用。请取消隐藏并核对，不需要的删去", at(header, day)));
                continue;
            }
            for FilledRow { row, cells } in rows.iter().filter(|one| one.row > header) {
                let cell = |column: u32| cells.iter().find(|(at, _)| *at == column).map(|(_, cell)| cell);
                let (given, word) = (cell(day), cell(kind));
                if given.is_none() && word.is_none() {
                    continue;
                }
                // What a format hides or replaces is no value that anybody has seen.
                let date = given.filter(|cell| cell.broken.is_none()).and_then(|cell| cell.day);
                let word = word.filter(|cell| cell.broken.is_none()).map(|cell| text::key(&cell.shown));
                let word = word.unwrap_or_default();
                let worked = [(OFF, false), (ON, true)].into_iter().find(|(known, _)| *known == word);
                let shown = given.map(|cell| cell.shown.as_str()).unwrap_or_default();
                if date.is_none() {
                    faults.push(format!(
                        "{}：「{DAY}」应当是一天，现为「{shown}」。请改成日期，例如 2016-02-08",
                        at(*row, day)
                    ));
                }
                if worked.is_none() {
                    faults.push(format!("{}：「{KIND}」只能是「{OFF}」或「{ON}」，现为「{word}」", at(*row, kind)));
                }
                let (Some(date), Some((_, worked))) = (date, worked) else { continue };
                if corrected.insert(date, worked).is_some_and(|known| known != worked) {
                    faults.push(format!("{}：{date} 既写「{OFF}」又写「{ON}」。请只留一行", at(*row, day)));
                }
            }
        }
        if !found {
            faults.push(format!(
                "{name}：没有一张工作表同时带有「{DAY}」「{KIND}」两列的标题行。请用 kaohe template 生成的节假日表"
            ));
        }
        if faults.is_empty() { Ok(Calendar { corrected: Some(corrected) }) } else { Err(faults.join("\n")) }
    }

    /// What nobody has said of the days of some years; none where each has a day that differs from the week.
    pub fn untold(&self, years: impl IntoIterator<Item = i32>) -> Option<String> {
        let Some(corrected) = &self.corrected else {
            return Some("没有提供节假日表，工作日按周一至周五计".to_owned());
        };
        let is_told = |year: &i32| corrected.keys().any(|day| day.year() == *year);
        let untold: BTreeSet<i32> = years.into_iter().filter(|year| !is_told(year)).collect();
        let untold: Vec<String> = untold.iter().map(|year| format!("{year}年")).collect();
        let years = untold.join("、");
        (!untold.is_empty()).then(|| format!("节假日表中没有{years}的日子，该年的工作日按周一至周五计"))
    }

    fn is_worked(&self, day: NaiveDate) -> bool {
        let corrected = self.corrected.as_ref().and_then(|days| days.get(&day)).copied();
        corrected.unwrap_or(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
    }

    /// The last of so many working days after a day. None: beyond the calendar's end.
    pub fn after(&self, from: NaiveDate, days: u32) -> Option<NaiveDate> {
        let (mut day, mut left) = (from, days);
        while left > 0 {
            day = day.checked_add_days(Days::new(1))?;
            left -= u32::from(self.is_worked(day));
        }
        Some(day)
    }

    /// Whether a day is at most so many working days away, itself included.
    pub fn is_within(&self, from: NaiveDate, to: NaiveDate, days: u32) -> bool {
        self.after(from, days + 1).is_none_or(|beyond| to < beyond)
    }
}

/// Row of the header, columns of day and kind.
fn header(rows: &[FilledRow]) -> Option<(u32, u32, u32)> {
    rows.iter().take_while(|one| one.row < HEADER_ROWS).find_map(|one| {
        let column = |name: &str| {
            one.cells.iter().find(|(_, cell)| text::header_key(&cell.shown) == name).map(|(column, _)| *column)
        };
        Some((one.row, column(DAY)?, column(KIND)?))
    })
}
