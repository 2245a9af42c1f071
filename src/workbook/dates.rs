//! Dates as workbooks store them: serial numbers, and ISO texts.

use std::sync::LazyLock;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use regex::Regex;

/// The last day that spreadsheet programs know, 9999-12-31, in the 1900 system.
const LAST_SERIAL: f64 = 2_958_465.0;

/// Days between the epochs of the two systems.
pub(super) const TO_1904: f64 = 1462.0;

/// The date and time that `serial` stands for; `shift`: so many days later than the 1900 system's counts the book's own.
///
/// In the 1900 system day 60 is 29 February 1900, which never was: before it serials count from 31 December 1899, after it
/// from the 30th. That day, a time without a date, a negative serial and one after 9999 are no dates: `None`.
pub(super) fn from_serial(serial: f64, shift: f64) -> Option<NaiveDateTime> {
    let serial = serial + shift;
    if !(1.0..LAST_SERIAL + 1.0).contains(&serial) || serial.floor() == 60.0 {
        return None;
    }
    let serial = if serial < 60.0 { serial + 1.0 } else { serial };
    // Excel rounds to the millisecond; a float holds a day's time with a few microseconds' error.
    let millis = (serial * 86_400_000.0).round() as i64;
    nought().and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::try_milliseconds(millis)?)
}

/// Day nought of the 1900 system, as it counts from March 1900 on.
pub(super) fn nought() -> NaiveDate {
    NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default()
}

/// The serial of a moment, which [`from_serial`] turns back into it.
pub(super) fn to_serial(at: NaiveDateTime, shift: f64) -> f64 {
    let days = (at - nought().and_time(NaiveTime::MIN)).num_milliseconds() as f64 / 86_400_000.0;
    // Before 29 February 1900, which never was, serials count from a day later.
    let days = if days < 61.0 { days - 1.0 } else { days };
    days - shift
}

/// A day, and perhaps a time and a zone; a zone without a time has its colon.
static ISO: LazyLock<Option<Regex>> = LazyLock::new(|| {
    const DAY: &str = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}";
    const HOURS: &str = "[-+](?:0[0-9]|1[0-8])";
    const MINUTES: &str = "[0-5][0-9]";
    let form = format!("^({DAY})(?:[T ]([0-9:. ]+)(?:Z|{HOURS}(?::?{MINUTES})?)?|Z|{HOURS}:{MINUTES})?$");
    Regex::new(&form).ok()
});

/// `2015-06-24`, `2015-06-24T08:00:00`, with or without fractions of a second and a zone (`Z`, `+08:00`, `+0800`): with a
/// zone, too, it is the day as written.
pub(super) fn from_iso(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim().to_ascii_uppercase();
    let found = ISO.as_ref()?.captures(&text)?;
    let time = found.get(2).map_or("0:00".to_owned(), |time| time.as_str().replace(' ', ""));
    let time = ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|format| NaiveTime::parse_from_str(&time, format).ok())?;
    Some(found[1].parse::<NaiveDate>().ok()?.and_time(time))
}

/// `PT08H30M00S` as a part of a day.
pub(super) fn from_duration(text: &str) -> Option<f64> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let mut rest = text.strip_prefix("PT")?;
    let mut seconds = 0.0;
    for (unit, length) in [('H', 3600.0), ('M', 60.0), ('S', 1.0)] {
        if let Some((number, after)) = rest.split_once(unit) {
            let number: f64 = number.replace(',', ".").parse().ok().filter(|n: &f64| n.is_finite())?;
            seconds += number * length;
            rest = after;
        }
    }
    let days = seconds / 86_400.0;
    rest.is_empty().then_some(if negative { -days } else { days })
}
