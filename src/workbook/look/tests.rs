//! The table of formats: `formats.tsv` says of each code and value what is seen and what that is to be called.
//!
//! What is seen was compared with what SheetJS's SSF 0.11 and LibreOffice 7.4 (in English) show of the same cells. They agree
//! but for what neither knows (Chinese numerals and weekdays, 上午/下午, `G/通用格式`, `!`, the Buddhist year, eras), what fills a cell
//! up, -0 (0 in both), and dates before March 1900 in LibreOffice.

use proptest::prelude::*;

use super::*;

const TABLE: &str = include_str!("formats.tsv");

fn looked(code: &str) -> (Looks, Look) {
    let mut looks = Looks::default();
    let look = looks.look(code).unwrap();
    (looks, look)
}

#[test]
fn a_format_shows_a_value_as_the_table_says() {
    let mut wrong = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with("//")) {
        let cells: Vec<&str> = line.split('\t').collect();
        let (looks, look) = looked(cells[0]);
        let value: f64 = cells[1].parse().unwrap();
        let (judged, seen) = match looks.raw(value, look) {
            Raw::DateTime(at, look) => {
                let (seen, text) = looks.day(look, at);
                (format!("{seen:?}"), text)
            }
            _ => match looks.number(look, value) {
                Shown::AsStored => ("AsStored".to_owned(), String::new()),
                Shown::Hidden => ("Hidden".to_owned(), String::new()),
                Shown::Rounded(text) => ("Rounded".to_owned(), text),
                Shown::Percent(text) => ("Percent".to_owned(), text),
                Shown::Dressed(text) => ("Dressed".to_owned(), text),
                Shown::Replaced(text) => ("Replaced".to_owned(), text),
            },
        };
        let found = format!("{}\t{}\t{judged}\t{seen}", cells[0], cells[1]);
        if found != cells[..4.min(cells.len())].join("\t") {
            wrong.push(found);
        }
    }
    assert!(wrong.is_empty(), "found:\n{}", wrong.join("\n"));
}

fn is_date(code: &str) -> bool {
    let (looks, look) = looked(code);
    matches!(looks.raw(42_179.0, look), Raw::DateTime(..))
}

#[test]
fn a_format_code_is_a_date_or_not() {
    let dates = [
        "yyyy-mm-dd",
        "yyyy\"年\"m\"月\"d\"日\"",
        "[$-804]yyyy\"年\"m\"月\"d\"日\";@",
        "m/d/yy h:mm",
        "[DBNum1][$-804]yyyy\"年\"m\"月\"",
        "h:mm AM/PM",
        "aaaa",
        "[$-404]e\"年\"m\"月\"d\"日\"",
        "e",
        "YYYY/MM/DD",
        "*-yyyy",
        "上午/下午h\"时\"mm\"分\"",
        "mmm-yy",
        "[$-411]ge.m.d",
    ];
    let numbers = [
        "General",
        "0",
        "0.00",
        "#,##0",
        "0%",
        "0.00E+00",
        "##0.0E+0",
        "@",
        "[h]:mm:ss",
        "[mm]:ss",
        "[Red]0.00",
        "0\"天\"",
        "0\\d",
        "\"day\"0",
        "#,##0*y",
        "0_d",
        "[>=100]0;yyyy",
        "G/通用格式",
        "#,##0.00\" AMD\"",
        "General\"日\"",
    ];
    for code in dates {
        assert!(is_date(code), "{code}");
    }
    for code in numbers {
        assert!(!is_date(code), "{code}");
    }
}

#[test]
fn built_in_formats_are_those_of_chinese_programs() {
    let mut looks = Looks::default();
    for id in 0..=200 {
        let look = looks.built_in(id).unwrap();
        let is_date = matches!(looks.raw(42_179.0, look), Raw::DateTime(..));
        assert_eq!(is_date, matches!(id, 14..=22 | 27..=36 | 45 | 47 | 50..=58), "{id}");
    }
    for (id, value, expected) in [
        (0, 59.6, Shown::AsStored),
        (1, 59.6, Shown::Rounded("60".to_owned())),
        (9, 0.9, Shown::Percent("90%".to_owned())),
        (10, 0.9, Shown::Percent("90.00%".to_owned())),
        (38, -85.0, Shown::AsStored),
        (41, 0.0, Shown::Replaced("-".to_owned())),
        (44, 85.0, Shown::Dressed("¥85.00".to_owned())),
        (46, 1.5, Shown::Replaced("36:00:00".to_owned())),
        (49, 59.6, Shown::AsStored),
    ] {
        let look = looks.built_in(id).unwrap();
        assert_eq!(looks.number(look, value), expected, "{id}");
    }
    let day = chrono::NaiveDate::from_ymd_opt(2015, 6, 24).and_then(|day| day.and_hms_opt(0, 0, 0)).unwrap();
    for (id, expected) in [
        (14, DaySeen::Day),
        (17, DaySeen::Month),
        (27, DaySeen::Month),
        (28, DaySeen::Day),
        (31, DaySeen::Day),
        (57, DaySeen::Month),
    ] {
        let look = looks.built_in(id).unwrap();
        assert_eq!(looks.day(look, day).0, expected, "{id}");
    }
}

#[test]
fn a_section_for_texts_replaces_what_it_does_not_show() {
    for (code, expected) in [
        ("General", None),
        ("0.00", None),
        ("@", None),
        (";;", None),
        ("0;-0;0;@", None),
        ("_ * #,##0_ ;_ * -#,##0_ ;_ * \"-\"_ ;_ @_ ", None),
        ("@*.", None),
        ("0;0;0;General", None),
        (";;;", Some("")),
        ("0;0;0;", Some("")),
        (";;;\"不\"@", Some("不合格")),
        ("\"不\"@", Some("不合格")),
        ("@\"（试）\"", Some("合格（试）")),
        (";;;\"优秀\"", Some("优秀")),
        ("@@", Some("合格合格")),
        (";;;**", Some("*")),
        ("[Red]0;[Blue]0;0;[Red]\\不@", Some("不合格")),
    ] {
        let (looks, look) = looked(code);
        assert_eq!(looks.text(look, "合格").as_deref(), expected, "{code}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4096, ..ProptestConfig::default() })]

    #[test]
    fn any_code_is_judged(
        code in "([0#?.,%/@;*_!E+-]|E[+-]|\"[^\"]?\"|\\\\.|[ydmhsaebg ]|\\[[hms]{1,3}\\]|\\[DBNum[1-3]\\]|\\[[<>=]{1,2}[0-9]\\]|General|AM/PM|年){0,12}",
        value in prop_oneof![Just(0.0), -1e3..1e3_f64, 4e4..5e4_f64, proptest::num::f64::NORMAL],
    ) {
        let (looks, look) = looked(&code);
        match looks.raw(value, look) {
            Raw::DateTime(at, look) => {
                looks.day(look, at);
            }
            _ => match looks.number(look, value) {
                Shown::AsStored | Shown::Hidden => {}
                Shown::Rounded(seen) | Shown::Percent(seen) | Shown::Dressed(seen) | Shown::Replaced(seen) => {
                    prop_assert!(seen == seen.trim(), "{code} {value}: {seen:?}");
                }
            },
        }
        looks.text(look, "称职");
    }
}
