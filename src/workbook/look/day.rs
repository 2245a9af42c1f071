//! What a section of a format shows of a date, a time of day or a span of time.

use std::fmt::Write as _;

use chrono::{Datelike, Month, NaiveDateTime, Timelike};

use super::code::{Field, FormatPart, FormatSection, Numerals};
use super::{DaySeen, numeral};

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const CHINESE_WEEKDAYS: [&str; 7] = ["日", "一", "二", "三", "四", "五", "六"];

/// The language of Taiwan, whose eras count from 1912.
const TAIWAN: u32 = 0x0404;

/// A day and a time, which need not be one of the calendar (29 February 1900), and the days since the first one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub year: i32,
    pub month: u32,
    pub day: u32,
    /// From Sunday.
    pub weekday: u32,
    /// Since the start of the day.
    pub millis: i64,
    /// Whole days since the first one, for spans.
    pub days: i64,
}

impl Moment {
    pub fn new(at: NaiveDateTime) -> Moment {
        Moment {
            year: at.year(),
            month: at.month(),
            day: at.day(),
            weekday: at.weekday().num_days_from_sunday(),
            millis: i64::from(at.num_seconds_from_midnight()) * 1000 + i64::from(at.nanosecond() / 1_000_000),
            days: 0,
        }
    }

    /// The time of day in a number, on no day yet.
    pub fn of_time(value: f64) -> Moment {
        let millis = ((value - value.floor()) * 86_400_000.0).round() as i64;
        Moment { year: 0, month: 0, day: 0, weekday: (value as i64).rem_euclid(7) as u32, millis, days: 0 }
    }
}

/// How much of a date a section shows.
pub(super) fn seen(section: &FormatSection) -> DaySeen {
    let (mut year, mut month, mut other) = (false, false, false);
    for part in &section.parts {
        match part {
            FormatPart::Date(Field::Day(_) | Field::Weekday(_)) => return DaySeen::Day,
            FormatPart::Date(Field::Year(_) | Field::EraYear(_) | Field::BuddhistYear(_)) => year = true,
            FormatPart::Date(Field::Month(_)) => month = true,
            FormatPart::Date(Field::Era) => {}
            FormatPart::Date(_) => other = true,
            _ => {}
        }
    }
    match (year, month) {
        (true, true) => DaySeen::Month,
        (true, false) if !other => DaySeen::Year,
        _ => DaySeen::Less,
    }
}

/// What is seen, without the blanks around it.
pub(super) fn text(section: &FormatSection, moment: Moment) -> String {
    let mut out = String::new();
    let halved = section.parts.iter().any(|part| matches!(part, FormatPart::Date(Field::Half(_))));
    let decimals = section
        .parts
        .iter()
        .find_map(|part| if let FormatPart::Date(Field::Decimals(count)) = part { Some(*count) } else { None });
    for part in &section.parts {
        match part {
            FormatPart::Word(word) => out.push_str(word),
            FormatPart::Gap => out.push(' '),
            FormatPart::Slash => out.push('/'),
            FormatPart::Date(field) => {
                let start = out.len();
                show(&mut out, *field, section, moment, halved, decimals);
                let digits = out.split_off(start);
                let alone =
                    matches!(field, Field::Year(_) | Field::EraYear(_) | Field::BuddhistYear(_) | Field::Decimals(_));
                let is_number = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
                if is_number && !alone && section.numerals != Numerals::Western {
                    out.push_str(&numeral::spelled(digits.trim_start_matches('0'), section.numerals));
                } else {
                    out.extend(digits.chars().map(|c| numeral::digit(c, section.numerals)));
                }
            }
            _ => {}
        }
    }
    out.trim().to_owned()
}

fn show(
    out: &mut String,
    field: Field,
    section: &FormatSection,
    moment: Moment,
    halved: bool,
    decimals: Option<usize>,
) {
    let seconds_of_day = if decimals.is_some() { moment.millis / 1000 } else { (moment.millis + 500) / 1000 };
    let (hour, minute, second) = (seconds_of_day / 3600, seconds_of_day / 60 % 60, seconds_of_day % 60);
    let padded = |out: &mut String, value: i64, count: usize| {
        let _ = write!(out, "{value:0count$}");
    };
    let year = |out: &mut String, year: i32, count: usize| {
        if count <= 2 { padded(out, i64::from(year.rem_euclid(100)), 2) } else { padded(out, i64::from(year), 4) }
    };
    let weekday = moment.weekday as usize % 7;
    let name = u8::try_from(moment.month).ok().and_then(|month| Month::try_from(month).ok());
    let name = name.map_or("", |month| month.name());
    match field {
        Field::Year(count) => year(out, moment.year, count),
        Field::BuddhistYear(count) => year(out, moment.year + 543, count),
        Field::EraYear(_) if section.language == TAIWAN => padded(out, i64::from(moment.year - 1911), 1),
        Field::EraYear(_) => padded(out, i64::from(moment.year), 1),
        Field::Era => {}
        Field::Month(count @ 1..=2) => padded(out, i64::from(moment.month), count),
        Field::Month(3) => out.push_str(&name[..3.min(name.len())]),
        Field::Month(5) => out.push_str(&name[..1.min(name.len())]),
        Field::Month(_) => out.push_str(name),
        Field::Day(count @ 1..=2) => padded(out, i64::from(moment.day), count),
        Field::Day(3) => out.push_str(&WEEKDAYS[weekday][..3]),
        Field::Day(_) => out.push_str(WEEKDAYS[weekday]),
        Field::Weekday(count) => {
            out.push_str(if count > 3 { "星期" } else { "" });
            out.push_str(CHINESE_WEEKDAYS[weekday]);
        }
        Field::Hour(count) => {
            padded(out, if halved { (hour + 11) % 12 + 1 } else { hour % 24 }, count.min(2));
        }
        Field::Minute(count) => padded(out, minute, count.min(2)),
        Field::Second(count) => padded(out, second, count.min(2)),
        Field::Decimals(count) => {
            let millis = format!("{:03}", moment.millis % 1000);
            let _ = write!(out, ".{}", &format!("{millis}000000")[..count.min(6)]);
        }
        Field::Hours(count) => padded(out, moment.days * 24 + hour, count),
        Field::Minutes(count) => padded(out, (moment.days * 24 + hour) * 60 + minute, count),
        Field::Seconds(count) => padded(out, moment.days * 86_400 + seconds_of_day, count),
        Field::Half(true) => out.push_str(if hour % 24 < 12 { "上午" } else { "下午" }),
        Field::Half(false) => out.push_str(if hour % 24 < 12 { "AM" } else { "PM" }),
    }
}
