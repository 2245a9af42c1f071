//! Texts, dates, numbers and merged ranges by themselves: what is compared, read and shown wherever cells are.

use chrono::NaiveDate;
use kaohe::table::date::{TitleYears, day, day_from_number, day_from_text, month, month_from_number, year};
use kaohe::table::merged::{Covered, Merges, name, within};
use kaohe::table::seen::{number_in, number_shown};
use kaohe::table::text::{header_key, is_placeholder, key, nearest};
use kaohe::workbook::Merge;

#[test]
fn what_means_the_same_has_one_key() {
    let cases = [
        ("张　三", "张三"),
        (" 张 三\n", "张三"),
        ("Ｕ００１", "U001"),
        ("开发（度假）园区", "开发(度假)园区"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提・艾力", "买买提·艾力"),
        ("买买提･艾力", "买买提·艾力"),
        ("\u{feff}K1\u{200b}", "K1"),
        ("\u{202d}K\u{2066}1\u{2069}\u{202c}", "K1"),
        ("张\u{fe00}\u{e0100}三\u{2800}", "张三"),
        ("e\u{34f}\u{301}", "é"),
    ];
    for (text, expected) in cases {
        assert_eq!(key(text), expected, "{text:?}");
    }
    assert_ne!(key("k1"), key("K1"), "letters keep their case");
    assert_ne!(key("张三"), key("张叁"));
}

#[test]
fn placeholders_are_only_the_agreed_ones() {
    for text in ["—", "-", "/", "无", "——", "－", "／"] {
        assert!(is_placeholder(&key(text)), "{text}");
    }
    for text in ["", "无此人", "0", "//", "N/A", "否"] {
        assert!(!is_placeholder(&key(text)), "{text}");
    }
}

#[test]
fn headers_lose_the_marks_of_forms() {
    for (text, expected) in [("姓 名*", "姓名"), ("＊单位名称：", "单位名称"), ("得分", "得分")] {
        assert_eq!(header_key(text), expected);
    }
}

#[test]
fn only_a_slip_is_taken_for_one() {
    let grades = ["优秀", "称职", "基本称职", "不称职", "不定等次"];
    assert_eq!(nearest("基本称值", grades), Some("基本称职"));
    assert_eq!(nearest("称只", grades), Some("称职"));
    assert_eq!(nearest("合格", grades), None);
    assert_eq!(nearest("ab", ["ac", "ad"]), None, "two are equally near");
}

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

#[test]
fn numbers_are_shown_as_in_a_spreadsheet() {
    for (number, expected) in [
        (120.0, "120"),
        (83.8, "83.8"),
        (0.1 + 0.2, "0.3"),
        (-4.5, "-4.5"),
        (-0.0, "0"),
        (1e20, "100000000000000000000"),
        (1.0 / 3.0, "0.333333333333333"),
        (59.999_999_999_999_99, "60"),
        (100.000_000_000_000_01, "100"),
        (0.7 * 60.3 + 0.3 * 59.3, "60"),
        (59.999_999_999_999_9, "59.9999999999999"),
    ] {
        assert_eq!(number_shown(number), expected);
    }
}

#[test]
fn the_number_is_found_in_what_is_seen() {
    for (shown, expected) in [
        ("60", Some(60.0)),
        ("60.", Some(60.0)),
        ("60分", Some(60.0)),
        ("得分-1,234.50", Some(-1234.5)),
        ("90.0%", Some(90.0)),
        ("6.0E+01", Some(60.0)),
        ("6E-1", Some(0.6)),
        ("59 3/5", Some(59.6)),
        ("1/2", Some(0.5)),
        ("1 234 567", Some(1_234_567.0)),
        ("60 分", Some(60.0)),
        ("优秀", None),
    ] {
        assert_eq!(number_in(shown), expected, "{shown}");
    }
}

#[test]
fn of_ranges_that_overlap_the_upper_one_counts() {
    let merges = Merges::new(&[(5, 0, 9, 2), (2, 1, 6, 1), (3, 1, 4, 1), (0, 1, 0, 1)]);
    let over = |column| merges.over(column).map(|covered| (covered.range, covered.rows)).collect::<Vec<_>>();
    assert_eq!(over(0), [((5, 0, 9, 2), 5..=9)]);
    assert_eq!(over(1), [((2, 1, 6, 1), 2..=6), ((5, 0, 9, 2), 7..=9)]);
    assert_eq!(over(3), []);
}

#[test]
fn half_a_million_ranges_over_each_other_take_no_time() {
    let ranges: Vec<Merge> = (0..500_000).map(|row| (row, 0, 1_048_575, 16_383)).collect();
    let merges = Merges::new(&ranges);
    assert!((0..20).all(|column| merges.over(column).count() == 1));
}

#[test]
fn what_is_beneath_is_all_but_the_top_left() {
    let covered = Covered { range: (2, 4, 3, 5), rows: 2..=3 };
    assert!(!covered.hides(2, 4) && covered.hides(2, 5) && covered.hides(3, 4) && !covered.hides(4, 4));
    assert_eq!(name(covered.range), "E3:F4");
    assert_eq!(within(&[1, 3, 4, 9], &(3..=8)), 1..3);
}
