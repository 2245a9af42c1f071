//! Days, months and years as offices write them, and the years that stand in titles.
//!
//! Everything is parsed on the way in, so that no later stage ever sees a date as text. What could
//! mean two days (`2012.1` typed as a number, `2015` in a column of dates) is none.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime};
use unicode_normalization::UnicodeNormalization;

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
    match written(given)? {
        WrittenDay::Day(day) => Some(day),
        WrittenDay::Month(_) => None,
    }
}

/// As [`day_from_text`], with serials from 1900.
pub fn day(given: &str) -> Option<NaiveDate> {
    day_from_text(given, workbook::Looks::default().day_nought())
}

/// A day or a month written out; a month counts as its first day.
pub fn month(given: &str) -> Option<NaiveDate> {
    match written(given)? {
        WrittenDay::Day(day) | WrittenDay::Month(day) => Some(day),
    }
}

/// A day that a cell holds as such. A year typed into a cell that shows dates is a day of 1905: none.
pub fn day_from_moment(moment: NaiveDateTime) -> Option<NaiveDate> {
    Some(moment.date()).filter(|day| SERIAL_YEARS.contains(&day.year()))
}

/// A number in a column of days: a serial, or the eight digits of a date.
pub fn day_from_number(number: f64, nought: NaiveDate) -> Option<NaiveDate> {
    if number.fract() == 0.0 && (19_500_101.0..=21_991_231.0).contains(&number) {
        return compact(number as u32);
    }
    if !(1.0..100_000.0).contains(&number) {
        return None;
    }
    nought.checked_add_signed(Duration::days(number.floor() as i64)).filter(|day| SERIAL_YEARS.contains(&day.year()))
}

/// A number in a column of months: as for days, and `201203` or `2012.03`. `2012.1` is none: typed as
/// a number, October loses its nought.
pub fn month_from_number(number: f64, nought: NaiveDate) -> Option<NaiveDate> {
    if number.fract() == 0.0 && (195_001.0..=219_912.0).contains(&number) {
        return first_of((number / 100.0) as i32, (number % 100.0) as u32);
    }
    if (1950.0..2200.0).contains(&number) && number.fract() != 0.0 {
        let month = (number - number.floor()) * 100.0;
        let month = if (month - month.round()).abs() < 1e-6 { month.round() as u32 } else { return None };
        let month = if month % 10 == 0 { month / 10 } else { month };
        return if month == 1 && (number * 10.0 - (number * 10.0).round()).abs() < 1e-6 {
            None
        } else {
            first_of(number.floor() as i32, month)
        };
    }
    day_from_number(number, nought)
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

/// As it is compared, but with its blanks.
fn folded(given: &str) -> String {
    given.nfkc().filter(|c| !text::is_invisible(*c)).collect()
}

enum WrittenDay {
    Day(NaiveDate),
    Month(NaiveDate),
}

fn compact(digits: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt((digits / 10_000) as i32, digits / 100 % 100, digits % 100)
        .filter(|day| YEARS.contains(&day.year()))
}

fn first_of(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, 1).filter(|day| YEARS.contains(&day.year()))
}

fn written(given: &str) -> Option<WrittenDay> {
    let folded = folded(given);
    let mut at = DateReader { left: text::trimmed(&folded) };
    let first = at.digits();
    match first.len() {
        6 if at.left.is_empty() => {
            return first_of(first[..4].parse().ok()?, first[4..].parse().ok()?).map(WrittenDay::Month);
        }
        8 => {
            let day = compact(first.parse().ok()?)?;
            return at.ends_with_time(true).then_some(WrittenDay::Day(day));
        }
        4 => {}
        _ => return None,
    }
    let year: i32 = first.parse().ok()?;
    at.blanks();
    let separator = at.one_of(&['-', '.', '/', '年'])?;
    at.blanks();
    let month = at.short_number()?;
    at.blanks();
    let closed = if separator == '年' { at.one_of(&['月']).is_some() } else { at.one_of(&[separator]).is_some() };
    if at.left.is_empty() && (closed == (separator == '年')) {
        return first_of(year, month).map(WrittenDay::Month);
    }
    if !closed {
        return None;
    }
    at.blanks();
    let number = at.short_number()?;
    let day = NaiveDate::from_ymd_opt(year, month, number).filter(|day| YEARS.contains(&day.year()))?;
    let mut before_time = true;
    if separator == '年' {
        at.blanks();
        at.one_of(&['日', '号'])?;
        before_time = false;
    }
    at.ends_with_time(before_time).then_some(WrittenDay::Day(day))
}

/// Walks along a text.
struct DateReader<'a> {
    left: &'a str,
}

impl<'a> DateReader<'a> {
    fn digits(&mut self) -> &'a str {
        let end = self.left.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, left) = self.left.split_at(end);
        self.left = left;
        digits
    }

    /// One or two digits.
    fn short_number(&mut self) -> Option<u32> {
        let digits = self.digits();
        if digits.is_empty() || digits.len() > 2 { None } else { digits.parse().ok() }
    }

    fn one_of(&mut self, wanted: &[char]) -> Option<char> {
        let next = self.left.chars().next().filter(|c| wanted.contains(c))?;
        self.left = &self.left[next.len_utf8()..];
        Some(next)
    }

    fn blanks(&mut self) -> bool {
        let before = self.left.len();
        self.left = self.left.trim_start_matches(text::is_blank);
        self.left.len() < before
    }

    /// Nothing more, or a time of day (which must be a possible one).
    fn ends_with_time(mut self, needs_gap: bool) -> bool {
        let gap = self.blanks() | self.one_of(&['T', 't']).is_some();
        // A zone without a time; 「2015-06-24-0630」 is a span of days.
        let zone = self.left.to_ascii_uppercase();
        if zone.is_empty() || is_zone(&zone) && (zone == "Z" || zone.starts_with('+') || zone.contains(':')) {
            return true;
        }
        if needs_gap && !gap {
            return false;
        }
        if let Some(left) = ["上午", "下午"].iter().find_map(|half| self.left.strip_prefix(half)) {
            self.left = left;
            self.blanks();
        }
        let Some(hour) = self.short_number() else { return false };
        let Some(mark) = self.one_of(&[':', '时', '点']) else { return false };
        let mut minute = Some(0);
        let mut second = Some(0);
        if mark == ':' || self.left.starts_with(|c: char| c.is_ascii_digit()) {
            minute = self.short_number();
            let more = if mark == ':' { self.one_of(&[':']) } else { self.one_of(&['分']) };
            if more.is_some() && (mark == ':' || self.left.starts_with(|c: char| c.is_ascii_digit())) {
                second = self.short_number();
                if mark == ':' && self.one_of(&['.', ',']).is_some() {
                    self.digits();
                } else if mark != ':' {
                    let _ = self.one_of(&['秒']);
                }
            }
        }
        self.blanks();
        let rest = self.left.to_ascii_uppercase();
        (matches!(rest.as_str(), "" | "AM" | "PM") || is_zone(&rest))
            && hour < 24
            && minute.is_some_and(|minute| minute < 60)
            && second.is_some_and(|second| second < 60)
    }
}

/// `Z`, `+08:00`, `+0800`, `+08`: a time with its zone is the day as written.
fn is_zone(text: &str) -> bool {
    if text == "Z" {
        return true;
    }
    let Some(offset) = text.strip_prefix(['+', '-', '−']) else { return false };
    let digits: String = match offset.split_once(':') {
        Some((hours, minutes)) if hours.len() == 2 && minutes.len() == 2 => format!("{hours}{minutes}"),
        Some(_) => return false,
        None => offset.to_owned(),
    };
    matches!(digits.len(), 2 | 4)
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits[..2] <= *"18"
        && digits[2..] < *"60"
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
    use super::*;

    fn from_1900() -> NaiveDate {
        NaiveDate::from_ymd_opt(1899, 12, 30).unwrap()
    }

    fn from_1904() -> NaiveDate {
        NaiveDate::from_ymd_opt(1904, 1, 1).unwrap()
    }

    fn ymd(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, month, day)
    }

    #[test]
    fn days_in_every_form_with_or_without_a_time() {
        let forms = [
            "2015-06-24",
            "2015-6-24",
            "2015.6.24",
            "2015/6/24",
            "2015年6月24日",
            "2015年06月24日",
            "20150624",
            "２０１５－０６－２４",
            "2015 年 6 月 24 日",
            "42179",
            "\u{200e}2015\u{200e}-\u{200e}06\u{200e}-\u{200e}24",
        ];
        for form in forms {
            assert_eq!(day(form), ymd(2015, 6, 24), "{form}");
        }
        for time in [
            " 10:30",
            " 上午10:30",
            " 10:30:59 AM",
            " 10:30:59",
            "T10:30:59",
            " 10:30:59.123",
            "\u{3000}9:05",
            "T10:30:00Z",
            "t10:30:00z",
            "T10:30:00+08:00",
            "T10:30:00.123456+0800",
            "T10:30:00,5 -03:30",
            " 23:59:59 +08",
            "T10:30Z",
            "Z",
            "+08:00",
            " +0800",
            "-03:30",
        ] {
            for form in ["2015-06-24", "2015.6.24", "2015/6/24", "20150624"] {
                assert_eq!(day(&format!("{form}{time}")), ymd(2015, 6, 24), "{form}{time}");
            }
        }
        for form in ["42179.5", "42179.0"] {
            assert_eq!(day_from_text(form, from_1900()), ymd(2015, 6, 24), "{form}");
        }
        assert_eq!(day_from_text("40717", from_1904()), ymd(2015, 6, 24));
        for form in ["2015年6月24日10:30", "2015年6月24日 10时30分", "2015年6月24日10时", "2015年6月24日 上午"]
        {
            assert_eq!(day(form), if form.ends_with('午') { None } else { ymd(2015, 6, 24) }, "{form}");
        }
    }

    #[test]
    fn what_is_no_day() {
        let forms = [
            "",
            "2015-13-40",
            "2015-02-29",
            "2015年2月30日",
            "2015-6",
            "2015年6月",
            "201506",
            "2015",
            "24/6/2015",
            "15-06-24",
            "6月24日",
            "2015-06.24",
            "2015-06-24 25:00",
            "2015-06-2410:30",
            "1915-06-24",
            "2015-06-24至2015-06-30",
            "2015-06-24T10:30:00+8",
            "2015-06-24T10:30:00+99:00",
            "2015-06-24T10:30:00+08:00Z",
            "2015-06-24-0630",
            "2015-06-12-14",
            "2015-06-24+8",
            "不详",
            "0215-06-24",
            "2015年6月24",
            "99999",
        ];
        for form in forms {
            assert_eq!(day(form), None, "{form}");
        }
    }

    #[test]
    fn numbers_are_serials_or_eight_digits() {
        assert_eq!(day_from_number(42179.0, from_1900()), ymd(2015, 6, 24));
        assert_eq!(day_from_number(42179.75, from_1900()), ymd(2015, 6, 24));
        assert_eq!(day_from_number(40717.0, from_1904()), ymd(2015, 6, 24));
        assert_eq!(day_from_number(20_150_624.0, from_1900()), ymd(2015, 6, 24));
        for number in [2015.0, 20_151_340.0, -1.0, 0.5, 201_506.0, 1e12, f64::NAN] {
            assert_eq!(day_from_number(number, from_1900()), None, "{number}");
        }
    }

    #[test]
    fn months_may_lack_the_day() {
        for form in ["2012.03", "2012-3", "2012/03", "2012年3月", "201203"] {
            assert_eq!(month(form), ymd(2012, 3, 1), "{form}");
        }
        assert_eq!(month("2012年3月15日"), ymd(2012, 3, 15));
        for form in ["2012.13", "2012", "2012年", "2012年3", "2012-3-", "三月"] {
            assert_eq!(month(form), None, "{form}");
        }
        assert_eq!(month_from_number(2012.03, from_1900()), ymd(2012, 3, 1));
        assert_eq!(month_from_number(2012.12, from_1900()), ymd(2012, 12, 1));
        assert_eq!(month_from_number(2012.11, from_1900()), ymd(2012, 11, 1));
        assert_eq!(month_from_number(2012.2, from_1900()), ymd(2012, 2, 1));
        assert_eq!(month_from_number(201_203.0, from_1900()), ymd(2012, 3, 1));
        assert_eq!(month_from_number(40969.0, from_1900()), ymd(2012, 3, 1));
        assert_eq!(month_from_number(2012.01, from_1900()), ymd(2012, 1, 1));
        for number in [2012.1, 2012.0, 2012.13, 2012.345] {
            assert_eq!(month_from_number(number, from_1900()), None, "{number}");
        }
    }

    #[test]
    fn years_with_or_without_their_word() {
        for form in ["2015", "2015年", "2015年度", "２０１５ 年"] {
            assert_eq!(year(form), Some(2015), "{form}");
        }
        for form in ["15", "20155", "2015.5", "2015-06-24", "2015年6月", "贰零壹伍", "0015"] {
            assert_eq!(year(form), None, "{form}");
        }
    }

    #[test]
    fn a_title_year_is_not_part_of_a_single_date() {
        let cases: [(&[&str], Option<i32>, &[i32]); 23] = [
            (&["昆明市2015年度考核"], Some(2015), &[2015]),
            (&["昆明市2015年年度目标考核汇总表（1）"], Some(2015), &[2015]),
            (&["２０１５ 年"], Some(2015), &[2015]),
            (&["2015年1-6月"], Some(2015), &[2015]),
            (&["2015年1—6月"], Some(2015), &[2015]),
            (&["2015年1月至6月"], Some(2015), &[2015]),
            (&["2015年1月1日至6月30日"], Some(2015), &[2015]),
            (&["2015年上半年"], Some(2015), &[2015]),
            (&["2015年第1季度"], Some(2015), &[2015]),
            (&["2015年6月30日"], None, &[2015]),
            (&["填报时间：2016年1月"], None, &[2016]),
            (&["填报日期：2016年1月5日", "2015年度"], Some(2015), &[2016, 2015]),
            (&["二〇一五年度考核"], Some(2015), &[2015]),
            (&["二〇一五年六月三十日"], None, &[2015]),
            (&["12015年", "编号20152015"], None, &[]),
            (&["2014年", "2015年"], Some(2014), &[2014, 2015]),
            (&["附件1　2014年度领导班子考核等次"], Some(2014), &[2014]),
            (&["附件1\n2014年度考核"], Some(2014), &[2014]),
            (&["填报日期：2015-01-10  2014年度考核结果"], Some(2014), &[2015, 2014]),
            (&["2014.12.31 考核表", "文号：〔2013〕12号", "2012学年"], None, &[2014, 2013, 2012]),
            (&["电话：08712014000 20141231"], None, &[]),
            (&["2 0 1 5 年 度 考 核"], Some(2015), &[2015]),
            (&["（１）２０１５　年度考核"], Some(2015), &[2015]),
        ];
        for (titles, first, all) in cases {
            let mut years = TitleYears::default();
            for title in titles {
                years.read(title);
            }
            assert_eq!((years.first, years.all.as_slice()), (first, all), "{titles:?}");
        }
    }
}
