//! What people see of a cell beside what it stores.
//!
//! A clerk answers for what the sheet shows. How a format shows a number or a date is judged by the workbook's
//! [`Looks`]; here it is put beside what is stored, once for input tables and for answers that come back.

use std::borrow::Cow;

use chrono::NaiveDate;

use crate::pack::compile::digits;
pub use crate::workbook::Sight;
use crate::workbook::{self, DaySeen, Look, Looks, Raw};

use super::{date, text};

/// A cell as it looks.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenCell<'a> {
    pub stored: &'a Raw<'a>,
    /// What is seen, without outer blanks; of what is hidden what is stored.
    pub shown: Cow<'a, str>,
    pub sight: Sight,
}

impl<'a> SeenCell<'a> {
    /// What a cell of a book looks like whose formats are `looks`.
    pub fn of(stored: &'a Raw<'a>, looks: &Looks) -> SeenCell<'a> {
        let seen = |shown: String, sight: Sight| match text::trimmed(&shown) {
            "" => SeenCell { stored, shown: plain(stored), sight: Sight::Hidden },
            trimmed if trimmed.len() < shown.len() => SeenCell { stored, shown: Cow::Owned(trimmed.to_owned()), sight },
            _ => SeenCell { stored, shown: Cow::Owned(shown), sight },
        };
        let as_stored = || SeenCell { stored, shown: plain(stored), sight: Sight::Stored };
        match stored {
            // Nearly every number has no format.
            Raw::Number(_, Look::PLAIN) => as_stored(),
            Raw::Number(number, look) => match looks.number(*look, *number) {
                (Sight::Stored, _) => as_stored(),
                (sight, shown) => seen(shown, sight),
            },
            Raw::DateTime(moment, look) => {
                let (day, shown) = looks.day(*look, *moment);
                seen(shown, Sight::Day(day))
            }
            Raw::Veiled(veiled) => seen(veiled.shown.clone(), Sight::Replaced),
            _ => as_stored(),
        }
    }

    /// The day that the cell says; none for less than a day, and where something else is seen than is stored.
    pub fn day(&self, nought: NaiveDate) -> Option<NaiveDate> {
        let from_number = |number: f64| date::day_from_number(fifteen_digits(number), nought);
        match (self.stored, self.sight) {
            (Raw::DateTime(moment, _), Sight::Day(DaySeen::Day)) => date::day_from_moment(*moment),
            (Raw::Number(number, _), Sight::Stored | Sight::Rounded) => from_number(*number),
            // `0000-00-00` over eight digits.
            (Raw::Number(number, _), Sight::Dressed | Sight::Replaced) => {
                date::day_from_text(&self.shown, nought).filter(|day| from_number(*number) == Some(*day))
            }
            (Raw::Text(_), _) => date::day_from_text(&self.shown, nought),
            _ => None,
        }
    }

    /// What to say of a cell that shows nothing, or something else than it stores.
    pub fn told(&self) -> String {
        let plain = plain(self.stored);
        match self.sight {
            Sight::Hidden => format!("显示为空白，实际存有「{plain}」：被数字格式或工作表的设置隐去了"),
            _ => format!("显示为「{}」，实际存放的却是「{plain}」：由数字格式改换了", self.shown),
        }
    }
}

/// What is stored as text, without outer blanks.
pub fn plain<'a>(raw: &'a Raw<'_>) -> Cow<'a, str> {
    match raw {
        Raw::Text(given) => Cow::Borrowed(text::trimmed(given)),
        Raw::Shared(_, given) => Cow::Borrowed(text::trimmed(given)),
        Raw::Number(number, _) => Cow::Owned(number_shown(*number)),
        Raw::DateTime(moment, _) => {
            let midnight = moment.time() == chrono::NaiveTime::MIN;
            Cow::Owned(moment.format(if midnight { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" }).to_string())
        }
        Raw::Bool(true) => Cow::Borrowed("TRUE"),
        Raw::Bool(false) => Cow::Borrowed("FALSE"),
        Raw::Error(shown) => Cow::Borrowed(shown),
        Raw::NoResult => Cow::Borrowed(""),
        Raw::Veiled(veiled) => plain(&veiled.stored),
    }
}

/// The number that is seen, if one is: 60 in `60`, `60分`, `60%`, `6E+01`, `六〇`, 59.5 in `59 1/2`.
pub fn number_in(shown: &str) -> Option<f64> {
    let Some(start) = shown.find(|c: char| c.is_ascii_digit()) else {
        return workbook::western(shown).filter(|western| western != shown).and_then(|western| number_in(&western));
    };
    let sign = if shown[..start].ends_with('-') { -1.0 } else { 1.0 };
    let mut left = &shown[start..];
    let mut digits = run(&mut left, |c| c.is_ascii_digit() || matches!(c, '.' | ',')).replace(',', "");
    // Thousands apart.
    while let Some(group) = left.strip_prefix(text::is_gap)
        && let mut after = group
        && run(&mut after, |c| c.is_ascii_digit()).len() == 3
        && !after.starts_with('/')
    {
        digits.push_str(&group[..3]);
        left = after;
    }
    let mut whole = digits.trim_end_matches('.').parse::<f64>().ok()?;
    let mut above = left.trim_start_matches(text::is_gap);
    if let Some(mut below) = left.strip_prefix('/') {
        whole /= run(&mut below, |c| c.is_ascii_digit()).parse::<f64>().ok()?;
    } else if let Ok(above_line) = run(&mut above, |c| c.is_ascii_digit()).parse::<f64>()
        && let Some(mut below) = above.strip_prefix('/')
    {
        whole += above_line / run(&mut below, |c| c.is_ascii_digit()).parse::<f64>().ok()?;
    } else if let Some(mut power) = left.strip_prefix('E') {
        let power = run(&mut power, |c| c.is_ascii_digit() || matches!(c, '+' | '-'));
        whole = format!("{whole}e{power}").parse().ok()?;
    }
    Some(fifteen_digits(sign * whole))
}

/// Takes the characters for which `is` holds from the front of a text.
fn run<'a>(left: &mut &'a str, is: impl Fn(char) -> bool) -> &'a str {
    let end = left.find(|c| !is(c)).unwrap_or(left.len());
    let (taken, rest) = left.split_at(end);
    *left = rest;
    taken
}

/// A number at the fifteen digits at which spreadsheet programs compute and show it: 59.999999999999993 is 60.
pub fn fifteen_digits(number: f64) -> f64 {
    digits(number).unwrap_or(number)
}

/// A number as spreadsheets show it: 120 and not 120.0, 0 and not -0, at most fifteen digits.
pub fn number_shown(number: f64) -> String {
    (fifteen_digits(number) + 0.0).to_string()
}
