//! Texts on their way into workbooks: what cells, sheet names and file names take.

use kaohe::handoff::text::{FileNames, SheetNames, printable, sheet_name};
use kaohe::place::A1;

#[test]
fn cells_take_any_text() {
    let cases = [
        ("=1+1", "=1+1"),
        ("第一行\r\n第二行\r第三行", "第一行\n第二行\n第三行"),
        ("张\u{0}三\u{1B}", "张␀三␛"),
        ("\u{FFFF}", "\u{FFFD}"),
        ("（全角）", "（全角）"),
        ("制\t表", "制\t表"),
    ];
    for (text, expected) in cases {
        assert_eq!(printable(text.into()), expected);
    }
}

#[test]
fn long_text_is_cut_visibly() {
    for sample in ["a", "长", "𠮷"] {
        let text = printable(sample.repeat(40_000).into());
        let units = text.encode_utf16().count();
        assert!(units <= 32_767 && units > 32_767 - 4, "{units}");
        assert!(text.ends_with('…'));
    }
    let fits = "长".repeat(32_767);
    assert_eq!(printable(fits.as_str().into()), fits);
}

#[test]
fn sheet_names_are_taken_by_excel() {
    let cases = [("问题/线索", 1, "问题_线索"), ("'引'", 1, "引"), ("", 1, "工作表"), ("通报名单", 2, "通报名单（2）")];
    for (name, number, expected) in cases {
        assert_eq!(sheet_name(name, number), expected);
    }
    assert_eq!(sheet_name(&"长".repeat(40), 12).chars().count(), 31);
    let mut names = SheetNames::default();
    assert_eq!([names.claim("Sheet1"), names.claim("sheet1")], ["Sheet1", "sheet1（2）"]);
}

#[test]
fn file_names_are_taken_by_windows() {
    let cases = [
        ("T01-盘龙区", "T01-盘龙区.xlsx"),
        ("T01-甲:乙/丙?", "T01-甲_乙_丙_.xlsx"),
        ("con", "con(2).xlsx"),
        ("com1.x", "com1(2).x.xlsx"),
        ("..", "_(2).xlsx"),
        (".", "_(2).xlsx"),
        ("末尾. ", "末尾.xlsx"),
        ("", "_.xlsx"),
        ("~$甲", "_~$甲.xlsx"),
    ];
    for (stem, expected) in cases {
        assert_eq!(FileNames::default().claim(stem), expected);
    }
    let mut names = FileNames::default();
    assert_eq!([names.claim("A"), names.claim("a")], ["A.xlsx", "a(2).xlsx"]);
}

#[test]
fn addresses_read_as_in_a_spreadsheet() {
    let cases = [((0, 0), "A1"), ((11, 25), "Z12"), ((0, 26), "AA1"), ((1_048_575, 16_383), "XFD1048576")];
    for ((row, column), expected) in cases {
        assert_eq!(A1(row, column).to_string(), expected);
    }
}
