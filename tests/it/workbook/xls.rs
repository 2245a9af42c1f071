//! What is read from .xls and .et.

use super::biff::{bof, book, cell, compound, eof, formula, record, wide, xls};
use super::{check, refused, shown};

const TEXT_FOLLOWS: [u8; 8] = [0, 0, 0, 0, 0, 0, 0xFF, 0xFF];
const EMPTY: [u8; 8] = [3, 0, 0, 0, 0, 0, 0xFF, 0xFF];

fn number(row: u16, column: u16, format: u16, value: f64) -> Vec<u8> {
    cell(0x0203, row, column, format, &value.to_le_bytes())
}

fn shared(row: u16, column: u16, index: u32) -> Vec<u8> {
    cell(0x00FD, row, column, 0, &index.to_le_bytes())
}

#[test]
fn cells_are_read_by_record() {
    let many = [&0_u16.to_le_bytes()[..], &[0, 0], &[0, 0], &[6, 0, 0, 0], &[0, 0], &[15, 0, 0, 0], &[1, 0]].concat();
    let sheet = [
        record(0x00BD, &many),
        cell(0x027E, 1, 0, 0, &[6, 0, 0, 0]),
        number(1, 1, 0, 59.9),
        shared(2, 0, 1),
        shared(2, 1, 2),
        cell(0x0204, 2, 2, 0, &wide("李四")),
        cell(0x0205, 3, 0, 0, &[1, 0]),
        cell(0x0205, 3, 1, 0, &[0x17, 1]),
        cell(0x0201, 3, 2, 0, &[]),
        number(4, 0, 1, 42_179.0),
        number(4, 1, 2, 42_179.0),
        number(4, 2, 1, f64::NAN),
        record(0x00E5, &[1, 0, 0, 0, 1, 0, 0, 0, 3, 0]),
    ];
    check(
        &xls(&sheet),
        &[
            "A1 1",
            "B1 0.03",
            "A2 1",
            "B2 59.9",
            "A3 \"张三\"",
            "C3 \"李四\"",
            "A4 true",
            "B4 #REF!",
            "A5 2015-06-24 00:00:00",
            "B5 2015-06-24 00:00:00",
            "C5 #NUM!",
            "合并 A1:D2",
        ],
    );
}

/// What Excel notes about itself when it has calculated a book.
fn by_excel() -> Vec<u8> {
    record(0x01C1, &[0xC1, 1, 0, 0, 0x54, 0x8D, 1, 0])
}

/// A calculated book of one sheet.
fn calculated(sheet: &[Vec<u8>]) -> Vec<u8> {
    compound(&[("Workbook", &book(&[by_excel()], &[("表", 0, &sheet.concat())]))])
}

#[test]
fn formulas_give_their_stored_results() {
    let long: String = "长".repeat(9_000);
    let (head, tail) = (wide(&long)[..8_001].to_vec(), wide(&long)[8_001..].to_vec());
    let sheet = [
        formula(0, 0, 0, 3.5_f64.to_le_bytes()),
        formula(0, 1, 1, 42_179.0_f64.to_le_bytes()),
        formula(0, 2, 0, [1, 0, 1, 0, 0, 0, 0xFF, 0xFF]),
        formula(0, 3, 0, [2, 0, 0x2A, 0, 0, 0, 0xFF, 0xFF]),
        formula(0, 4, 0, 0.0_f64.to_le_bytes()),
        formula(1, 0, 0, TEXT_FOLLOWS),
        record(0x04BC, &[0; 12]),
        record(0x0207, &wide("张三")),
        // Its text does not come.
        formula(2, 0, 0, TEXT_FOLLOWS),
        formula(3, 0, 0, TEXT_FOLLOWS),
        record(0x0207, &head),
        record(0x003C, &[&[1], &tail[..8_000]].concat()),
        record(0x003C, &[&[1], &tail[8_000..]].concat()),
        formula(4, 0, 0, EMPTY),
    ];
    let expected_long = format!("A4 {long:?}");
    let expected =
        ["A1 3.5", "B1 2015-06-24 00:00:00", "C1 true", "D1 #N/A", "E1 0", "A2 \"张三\"", "A3 无结果", &expected_long];
    check(&calculated(&sheet), &expected);
}

#[test]
fn results_that_no_spreadsheet_program_has_calculated_are_none() {
    let sheet = [
        number(0, 0, 0, 60.0),
        formula(0, 1, 0, 0.0_f64.to_le_bytes()),
        formula(0, 2, 0, EMPTY),
        formula(0, 3, 0, 86.0_f64.to_le_bytes()),
        formula(0, 4, 0, [1, 0, 1, 0, 0, 0, 0xFF, 0xFF]),
        formula(0, 5, 0, [2, 0, 0x2A, 0, 0, 0, 0xFF, 0xFF]),
        formula(0, 6, 0, TEXT_FOLLOWS),
        record(0x0207, &wide("张三")),
        number(0, 7, 0, 61.0),
    ];
    let none = ["A1 60", "B1 无结果", "C1 无结果", "D1 无结果", "E1 无结果", "F1 无结果", "G1 无结果", "H1 61"];
    let seen = ["A1 60", "B1 0", "D1 86", "E1 true", "F1 #N/A", "G1 \"张三\"", "H1 61"];
    let told = |front: &[Vec<u8>], before: &[Vec<u8>], sheet: &[Vec<u8>]| {
        let stream = book(front, &[("表", 0, &[before.concat(), sheet.concat()].concat())]);
        shown(&compound(&[("Workbook", &stream)])).unwrap()[1..].to_vec()
    };
    assert_eq!(told(&[], &[], &sheet), none);
    // POI asks so for all to be calculated when the book is opened.
    assert_eq!(told(&[record(0x01C1, &[0xC1, 1, 0, 0, 0, 0, 0, 0])], &[], &sheet), none);
    assert_eq!(told(&[by_excel()], &[], &sheet), seen);
    assert_eq!(told(&[record(0x005C, b"\x04\0\0Calc    ")], &[], &sheet), seen);
    // Excel 97 notes something beside a formula, and only there.
    let mut noted = sheet.clone();
    noted[3][4 + 16..4 + 20].copy_from_slice(&[1, 0, 9, 0xFF]);
    assert_eq!(told(&[], &[], &noted), seen);
    // Gnumeric, and a library that says as much but asks for the formulas to be calculated.
    let excel_9 = [record(0x01C0, &[])];
    assert_eq!(told(&excel_9, &[], &sheet), seen);
    let mut asked = sheet.clone();
    asked[1][4 + 14] |= 2;
    assert_eq!(told(&excel_9, &[], &asked), none);
    // Excel 5 for the Macintosh.
    let stream = book(&[], &[("表", 0, &sheet.concat())]);
    let properties = b"\x1E\0\0\0\x1A\0\0\0Microsoft Macintosh Excel\0";
    let named = compound(&[("Workbook", &stream), ("\u{5}SummaryInformation", properties)]);
    assert_eq!(shown(&named).unwrap()[1..], seen);
    // Saved with formulas that wait to be calculated.
    assert_eq!(told(&[by_excel()], &[record(0x005E, &[0, 0])], &sheet), none);
}

#[test]
fn zeros_that_the_sheet_does_not_show_are_veiled() {
    let many = [&2_u16.to_le_bytes()[..], &[0, 0], &[0, 0], &[2, 0, 0, 0], &[0, 0], &[6, 0, 0, 0], &[1, 0]].concat();
    let cells = [
        number(0, 0, 0, 0.0),
        number(0, 1, 0, -0.0),
        number(0, 2, 0, 0.4),
        cell(0x027E, 1, 0, 0, &[2, 0, 0, 0]),
        formula(1, 1, 0, 0.0_f64.to_le_bytes()),
        cell(0x0205, 1, 2, 0, &[0, 0]),
        cell(0x0204, 1, 3, 0, &wide("0")),
        record(0x00BD, &many),
    ];
    // What the sheet's window shows is told behind the cells; an embedded chart's is none of them.
    let window = |flags: u16| record(0x023E, &[&flags.to_le_bytes()[..], &[0; 16]].concat());
    let chart = [bof(0x0600, 0x0020), window(0), eof()].concat();
    let with = |flags: u16| calculated(&[&cells[..], &[chart.clone(), window(flags)]].concat());
    let stored = ["A1 0", "B1 -0", "C1 0.4", "A2 0", "B2 0", "C2 false", "D2 \"0\"", "A3 0", "B3 1"];
    check(&with(0x06B6), &stored);
    let veiled = stored.map(|line| match line.split_once(' ') {
        Some((at, zero @ ("0" | "-0"))) => format!("{at} Number({zero}.0, Look(0)) shows \"\""),
        _ => line.to_owned(),
    });
    check(&with(0x06A6), &veiled.each_ref().map(String::as_str));
}

#[test]
fn the_1904_system_counts_from_there() {
    let stream = book(&[record(0x0022, &[1, 0])], &[("表", 0, &number(0, 0, 1, 40_717.0))]);
    check(&compound(&[("Workbook", &stream)]), &["A1 2015-06-24 00:00:00"]);
}

#[test]
fn far_away_cells_cost_nothing() {
    check(&xls(&[number(0, 0, 0, 1.0), number(65_535, 255, 0, 2.0)]), &["A1 1", "IV65536 2"]);
    refused(&xls(&[number(0, 65_535, 0, 1.0)]), "超出范围");
}

#[test]
fn charts_inside_and_sheets_of_other_kinds_are_passed_by() {
    let chart = [bof(0x0600, 0x0020), number(0, 0, 0, 99.0), eof()].concat();
    let sheet = [chart, number(0, 0, 0, 1.0), record(0x00E5, &[1, 0, 0, 0, 0, 0, 0, 0, 1, 0])].concat();
    let stream = book(&[], &[("图", 2, &[]), ("表", 0, &sheet), ("宏", 1, &[])]);
    assert_eq!(shown(&compound(&[("Workbook", &stream)])).unwrap(), ["[表]", "A1 1", "合并 A1:B1"]);
}

#[test]
fn a_sheet_whose_place_is_told_wrong_is_found() {
    let mut stream = book(&[], &[("甲", 0, &number(0, 0, 0, 1.0)), ("乙", 0, &number(0, 0, 0, 2.0))]);
    let told = stream.windows(4).position(|w| w == [0x85, 0, 10, 0]).unwrap() + 4;
    stream[told] += 8;
    assert_eq!(shown(&compound(&[("Workbook", &stream)])).unwrap(), ["[甲]", "A1 1", "[乙]", "A1 2"]);
}

#[test]
fn an_embedded_workbook_is_not_the_workbook() {
    let other = book(&[], &[("嵌入", 0, &number(0, 0, 0, 99.0))]);
    let own = book(&[], &[("表", 0, &number(0, 0, 0, 1.0))]);
    let lines = shown(&compound(&[("MBD0001/Workbook", &other), ("Workbook", &own)])).unwrap();
    assert_eq!(lines, ["[表]", "A1 1"]);
}

/// A book of BIFF5, whose texts are bytes of a code page.
fn biff5(page: u16, name: &[u8], sheet: &[u8]) -> Vec<u8> {
    let mut bound = vec![0, 0, 0, 0, 0, 0, u8::try_from(name.len()).unwrap()];
    bound.extend(name);
    let front = [bof(0x0500, 0x0005), record(0x0042, &page.to_le_bytes())].concat();
    let start = front.len() + bound.len() + 4 + 4;
    bound[..4].copy_from_slice(&u32::try_from(start).unwrap().to_le_bytes());
    let stream = [&front[..], &record(0x0085, &bound), &eof(), &bof(0x0500, 0x0010), sheet, &eof()].concat();
    compound(&[("Book", &stream)])
}

#[test]
fn texts_of_excel_5_are_read_by_their_code_page() {
    let label = |bytes: &[u8]| {
        let count = u16::try_from(bytes.len()).unwrap().to_le_bytes();
        cell(0x0204, 0, 0, 0, &[&count, bytes].concat())
    };
    let lines = shown(&biff5(936, b"\xB1\xED", &label(b"\xD5\xC5\xC8\xFD"))).unwrap();
    assert_eq!(lines, ["[表]", "A1 \"张三\""]);
    let lines = shown(&biff5(950, b"\xAA\xED", &label(b"\xB1\x69\xA4\x54"))).unwrap();
    assert_eq!(lines, ["[表]", "A1 \"張三\""]);
    refused(&biff5(1, b"\xB1\xED", &[]), "代码页");
}

#[test]
fn a_bare_sheet_as_web_sites_export_it_is_read() {
    let text = [&4_u16.to_le_bytes()[..], b"\xD5\xC5\xC8\xFD"].concat();
    let stream =
        [record(0x0809, &[0, 0, 0x10, 0, 0, 0, 0, 0]), cell(0x0204, 0, 0, 0, &text), number(0, 1, 0, 60.0), eof()];
    assert_eq!(shown(&stream.concat()).unwrap(), ["[Sheet1]", "A1 \"张三\"", "B1 60"]);
}

#[test]
fn encrypted_and_broken_books_are_refused() {
    // 0: the old XOR kind, 1: RC4.
    for kind in [0, 1] {
        let stream = book(&[record(0x002F, &[kind, 0, 1, 2, 3, 4])], &[("表", 0, &[])]);
        refused(&compound(&[("Workbook", &stream)]), "已加密");
        refused(&compound(&[("Workbook", &stream)]), "撤销工作簿保护");
    }
    let sealed = compound(&[("EncryptionInfo", b"x"), ("EncryptedPackage", b"x")]);
    refused(&sealed, "已加密");
    refused(&sealed, "打开时不要求输入密码的，是用了“保护工作簿”，只须撤销工作簿保护后保存");
    refused(&compound(&[("WordDocument", b"x")]), "Word 文档");
    refused(&compound(&[]), "不含工作簿");
    refused(&xls(&[shared(0, 0, 9)]), "不存在的文字");
    refused(&xls(&[record(0x0203, &[0; 6])]), "不完整");
    let whole = xls(&[number(0, 0, 0, 1.0)]);
    for length in [8, 511, 600, whole.len() - 1024] {
        refused(&whole[..length], "损坏");
    }
    // A chain of sectors that bites its own tail.
    let mut looped = whole;
    let directory = u32::from_le_bytes(looped[48..52].try_into().unwrap());
    let link = 512 + 4 * directory as usize;
    looped[link..link + 4].copy_from_slice(&directory.to_le_bytes());
    refused(&looped, "损坏");
}

#[test]
fn cells_that_differ_at_one_place_are_refused() {
    check(&xls(&[number(0, 0, 0, 1.0), number(0, 0, 0, 1.0)]), &["A1 1"]);
    refused(&xls(&[number(0, 0, 0, 1.0), number(0, 0, 0, 2.0)]), "单元格 A1 出现两次");
}
