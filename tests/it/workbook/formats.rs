//! The table of formats: `formats.tsv` says of each code and value what is seen and what that is to be called.
//!
//! What is seen was compared with what SheetJS's SSF 0.11 and LibreOffice 7.4 (in English) show of the same cells. They agree
//! but for what neither knows (Chinese numerals and weekdays, 上午/下午, `G/通用格式`, `!`, the Buddhist year, eras), what fills a cell
//! up, -0 (0 in both), and dates before March 1900 in LibreOffice.

use proptest::prelude::*;

use super::build::{Parts, styles, xlsx};
use super::shown::{looked_at, styled};

const TABLE: &str = include_str!("formats.tsv");

/// One cell a style, with these attributes and values.
fn cells(values: impl Iterator<Item = String>) -> String {
    (1..).zip(values).map(|(at, value)| format!(r#"<row r="{at}"><c r="A{at}" s="{at}"{value}</c></row>"#)).collect()
}

fn number(value: f64) -> String {
    format!("><v>{value:?}</v>")
}

/// What is seen of a number in each of these formats, and what that is called.
fn numbers(cases: &[(&str, f64)]) -> Vec<(String, String)> {
    let codes: Vec<&str> = cases.iter().map(|(code, _)| *code).collect();
    looked_at(&styled(&codes, &cells(cases.iter().map(|(_, value)| number(*value)))).zip())
}

#[test]
fn a_format_shows_a_value_as_the_table_says() {
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with("//"));
    let lines: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
    let cases: Vec<(&str, f64)> = lines.iter().map(|line| (line[0], line[1].parse().unwrap())).collect();
    let found = numbers(&cases);
    assert_eq!(found.len(), lines.len());
    let found = lines.iter().zip(found).map(|(line, (judged, seen))| [line[0], line[1], &judged, &seen].join("\t"));
    let wrong: Vec<String> =
        found.zip(&lines).filter(|(found, line)| *found != line[..4].join("\t")).map(|(found, _)| found).collect();
    assert!(wrong.is_empty(), "found:\n{}", wrong.join("\n"));
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
    let codes: Vec<&str> = dates.into_iter().chain(numbers).collect();
    let cases: Vec<(&str, f64)> = codes.iter().map(|code| (*code, 42_179.0)).collect();
    for (at, (judged, _)) in self::numbers(&cases).iter().enumerate() {
        let is_date = ["Day", "Month", "Less", "Year"].contains(&judged.as_str());
        assert_eq!(is_date, at < dates.len(), "{}", codes[at]);
    }
}

/// A workbook with a cell style for each of these built-in formats.
fn built_in(ids: &[u32], rows: &str) -> Parts {
    let all: String = ids.iter().map(|id| format!(r#"<xf numFmtId="{id}"/>"#)).collect();
    xlsx(rows).with("xl/styles.xml", styles(&format!(r#"<cellXfs><xf numFmtId="0"/>{all}</cellXfs>"#)))
}

#[test]
fn built_in_formats_are_those_of_chinese_programs() {
    let ids: Vec<u32> = (0..=200).collect();
    let seen = looked_at(&built_in(&ids, &cells(ids.iter().map(|_| number(42_179.0)))).zip());
    for (id, (judged, _)) in ids.iter().zip(seen) {
        let is_date = ["Day", "Month", "Less", "Year"].contains(&judged.as_str());
        assert_eq!(is_date, matches!(id, 14..=22 | 27..=36 | 45 | 47 | 50..=58), "{id}");
    }
    let cases = [
        (0, 59.6, "AsStored", ""),
        (1, 59.6, "Rounded", "60"),
        (9, 0.9, "Percent", "90%"),
        (10, 0.9, "Percent", "90.00%"),
        (38, -85.0, "AsStored", ""),
        (41, 0.0, "Replaced", "-"),
        (44, 85.0, "Dressed", "¥85.00"),
        (46, 1.5, "Replaced", "36:00:00"),
        (49, 59.6, "AsStored", ""),
        (14, 42_179.0, "Day", "2015/6/24"),
        (17, 42_179.0, "Month", "Jun-15"),
        (27, 42_179.0, "Month", "2015年6月"),
        (28, 42_179.0, "Day", "6月24日"),
        (31, 42_179.0, "Day", "2015年6月24日"),
        (57, 42_179.0, "Month", "2015年6月"),
    ];
    let ids = cases.map(|(id, ..)| id);
    let seen = looked_at(&built_in(&ids, &cells(cases.iter().map(|case| number(case.1)))).zip());
    for ((id, _, judged, text), seen) in cases.into_iter().zip(seen) {
        assert_eq!(seen, (judged.to_owned(), text.to_owned()), "{id}");
    }
}

#[test]
fn a_section_for_texts_replaces_what_it_does_not_show() {
    let cases = [
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
    ];
    let texts = cases.iter().map(|_| r#" t="str"><v>合格</v>"#.to_owned());
    let seen = looked_at(&styled(&cases.map(|(code, _)| code), &cells(texts)).zip());
    for ((code, expected), (judged, text)) in cases.into_iter().zip(seen) {
        assert_eq!((judged == "Veiled").then_some(text.as_str()), expected, "{code}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_code_is_judged(
        cases in prop::collection::vec((
            "([0#?.,%/@;*_!E+-]|E[+-]|\"[^\"\\pC]?\"|\\\\[^\\pC]|[ydmhsaebg ]|\\[[hms]{1,3}\\]|\\[DBNum[1-3]\\]|\\[[<>=]{1,2}[0-9]\\]|General|AM/PM|年){0,12}",
            prop_oneof![Just(0.0), -1e3..1e3_f64, 4e4..5e4_f64, proptest::num::f64::NORMAL],
        ), 64),
    ) {
        let cases: Vec<(&str, f64)> = cases.iter().map(|(code, value)| (code.as_str(), *value)).collect();
        let seen = numbers(&cases);
        prop_assert_eq!(seen.len(), cases.len());
        for (case, (_, text)) in cases.iter().zip(seen) {
            prop_assert!(text == text.trim(), "{:?}: {:?}", case, text);
        }
    }
}
