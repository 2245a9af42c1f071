//! Days, months and years as offices write them, and the years that stand in titles.
//!
//! Everything is parsed on the way in, so that no later stage ever sees a date as text. What could
//! mean two days (`2012.1` typed as a number, `2015` in a column of dates) is none.

use std::sync::LazyLock;

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime};
use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::seen::number_shown;
use super::text;
use crate::workbook;

/// Years that a workbook of this kind can speak of; anything else is a slip.
const YEARS: std::ops::RangeInclusive<i32> = 1950..=2199;
/// Serial numbers outside these years are rather a typed year or some other number.
const SERIAL_YEARS: std::ops::RangeInclusive<i32> = 1950..=2100;

/// A day written out, with or without a time, or its serial as a text.
pub fn day_from_text(given: &str, nought: NaiveDate) -> Option<NaiveDate> {
    let folded = folded(given);
    let number = text::trimmed(&folded);
    let whole = number.split_once('.').map_or(number, |(whole, _)| whole);
    // Five digits, and perhaps a part of a day: nothing else that is written out looks like that.
    if whole.len() == 5 && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return day_from_number(number.parse().ok()?, nought);
    }
    written(&folded).filter(|(_, is_day)| *is_day).map(|(day, _)| day)
}

/// As [`day_from_text`], with serials from 1900.
pub fn day(given: &str) -> Option<NaiveDate> {
    day_from_text(given, workbook::Looks::default().day_nought())
}

/// A day or a month written out; a month counts as its first day.
pub fn month(given: &str) -> Option<NaiveDate> {
    written(&folded(given)).map(|(day, _)| day)
}

/// A day that a cell holds as such. A year typed into a cell that shows dates is a day of 1905: none.
pub fn day_from_moment(moment: NaiveDateTime) -> Option<NaiveDate> {
    Some(moment.date()).filter(|day| SERIAL_YEARS.contains(&day.year()))
}

/// A number in a column of days: a serial, or the eight digits of a date.
pub fn day_from_number(number: f64, nought: NaiveDate) -> Option<NaiveDate> {
    if number.fract() == 0.0 && (19_500_101.0..=21_991_231.0).contains(&number) {
        let digits = number as u32;
        return day_of(digits / 10_000, digits / 100 % 100, digits % 100);
    }
    if !(1.0..100_000.0).contains(&number) {
        return None;
    }
    nought.checked_add_signed(Duration::days(number.floor() as i64)).filter(|day| SERIAL_YEARS.contains(&day.year()))
}

/// A number in a column of months: as for days, and `201203` or `2012.03`. `2012.1` is none: typed as
/// a number, October loses its nought.
pub fn month_from_number(number: f64, nought: NaiveDate) -> Option<NaiveDate> {
    let typed = number_shown(number);
    match month(&typed) {
        None if (1950.0..2200.0).contains(&number) && number.fract() != 0.0 => None,
        None => day_from_number(number, nought),
        month => month.filter(|_| !typed.ends_with(".1")),
    }
}

/// A year: `2015`, `2015年`, `2015年度`.
pub fn year(given: &str) -> Option<i32> {
    let key = text::key(given);
    let digits = key.strip_suffix("年度").or_else(|| key.strip_suffix('年')).unwrap_or(&key);
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|year| YEARS.contains(year))
}

/// As it is compared, but with its blanks, which are all alike.
fn folded(given: &str) -> String {
    let seen = given.nfkc().filter(|c| !text::is_invisible(*c));
    seen.map(|c| if text::is_blank(c) { ' ' } else { c }).collect()
}

fn day_of(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year as i32, month, day).filter(|day| YEARS.contains(&day.year()))
}

/// A time of day, which must be a possible one, and a zone: it is the day as written.
const CLOCK: &str = "(?:[上下]午 *)?(?:[01]?[0-9]|2[0-3])\
    (?::[0-5]?[0-9](?::[0-5]?[0-9](?:[.,][0-9]*)?)?|[时点](?:[0-5]?[0-9](?:分(?:[0-5]?[0-9]秒?)?)?)?) *\
    (?:[AaPp][Mm]|[Zz]|[-+−](?:0[0-9]|1[0-8])(?::?[0-5][0-9])?)?";
/// A zone without a time; 「2015-06-24-0630」 is a span of days.
const ZONE: &str = r" *[Tt]?(?:[Zz]|\+(?:0[0-9]|1[0-8])(?::?[0-5][0-9])?|[-−](?:0[0-9]|1[0-8]):[0-5][0-9])?";

/// Days and months as they are written: year, month, and the day where there is one.
static FORMS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let apart = format!("(?:{ZONE}|(?: +[Tt]?|[Tt]){CLOCK})");
    let parted = |sign: &str| format!("^([0-9]{{4}}) *{sign} *([0-9]{{1,2}})(?: *{sign} *([0-9]{{1,2}}){apart})?$");
    let forms = [
        parted("-"),
        parted(r"\."),
        parted("/"),
        format!("^([0-9]{{4}}) *年 *([0-9]{{1,2}}) *月(?: *([0-9]{{1,2}}) *[日号](?:{ZONE}| *[Tt]?{CLOCK}))?$"),
        format!("^([0-9]{{4}})([0-9]{{2}})(?:([0-9]{{2}}){apart})?$"),
    ];
    forms.iter().filter_map(|form| Regex::new(form).ok()).collect()
});

/// The day that is written out, or the first of the month; whether it is a day.
fn written(folded: &str) -> Option<(NaiveDate, bool)> {
    let found = FORMS.iter().find_map(|form| form.captures(text::trimmed(folded)))?;
    let number = |at: usize| found.get(at)?.as_str().parse::<u32>().ok();
    let is_day = found.get(3).is_some();
    let day = if is_day { number(3)? } else { 1 };
    Some((day_of(number(1)?, number(2)?, day)?, is_day))
}

/// The years that stand above a header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TitleYears {
    /// The first that is not part of a single date.
    pub first: Option<i32>,
    /// All of them, in reading order.
    pub all: Vec<i32>,
}

impl TitleYears {
    /// Takes in the text of one more cell.
    pub fn read(&mut self, title: &str) {
        let (mut chars, mut apart) = (Vec::new(), Vec::new());
        let mut blank = true;
        for character in title.nfkc().filter(|c| !text::is_invisible(*c)) {
            if text::is_blank(character) {
                blank = true;
            } else {
                chars.push(character);
                apart.push(std::mem::take(&mut blank));
            }
        }
        for end in 4..=chars.len() {
            let (start, named) = (end - 4, chars.get(end) == Some(&'年'));
            let Some(year) = four_digits(&chars[start..end]).filter(|year| YEARS.contains(year)) else { continue };
            // `附件1 2015年`: what a blank parts is another number.
            if start > 0 && chars[start - 1].is_ascii_digit() && !apart[start] {
                continue;
            }
            // 2014.12.31, 〔2014〕: a year as well, but none that rows could be of.
            let goes_on = chars.get(end).is_some_and(char::is_ascii_digit) && !apart[end];
            if !named && (goes_on || !chars[start].is_ascii_digit()) {
                continue;
            }
            self.all.push(year);
            if named && self.first.is_none() && !is_single_date(&chars[end + 1..]) {
                self.first = Some(year);
            }
        }
    }
}

/// `2015` or `二〇一五`.
fn four_digits(chars: &[char]) -> Option<i32> {
    chars.iter().try_fold(0, |year, c| {
        let digit = match c {
            '0'..='9' => *c as i32 - '0' as i32,
            '〇' | '○' | '零' => 0,
            _ => "一二三四五六七八九".chars().position(|known| known == *c)? as i32 + 1,
        };
        Some(year * 10 + digit)
    })
}

/// Whether what follows `YYYY年` makes it a date: a month or a day, but not from one to another.
fn is_single_date(after: &[char]) -> bool {
    let number = |from: usize| {
        after[from.min(after.len())..]
            .iter()
            .take_while(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(**c))
            .count()
    };
    let is_connector = |at: usize| after.get(at).is_some_and(|c| "-—–―~〜至到".contains(*c));
    let month = number(0);
    if month == 0 || is_connector(month) || after.get(month) != Some(&'月') {
        return false;
    }
    let mut end = month + 1;
    let day = number(end);
    if day > 0 {
        end += day;
        if matches!(after.get(end), Some('日' | '号')) {
            end += 1;
        }
    }
    !is_connector(end)
}

#[cfg(test)]
mod tests {
    /// One that did not compile would be left out in silence.
    #[test]
    fn every_form_of_a_day_is_tried() {
        assert_eq!(super::FORMS.len(), 5);
    }
}
