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

#[test]
fn formulas_give_their_stored_results() {
    let mut by_excel = formula(4, 0, 0, EMPTY);
    by_excel[4 + 16..4 + 20].copy_from_slice(&[1, 0, 9, 0xFF]);
    let long: String = "长".repeat(9_000);
    let (head, tail) = (wide(&long)[..8_001].to_vec(), wide(&long)[8_001..].to_vec());
    let sheet = [
        formula(0, 0, 0, 3.5_f64.to_le_bytes()),
        formula(0, 1, 1, 42_179.0_f64.to_le_bytes()),
        formula(0, 2, 0, [1, 0, 1, 0, 0, 0, 0xFF, 0xFF]),
        formula(0, 3, 0, [2, 0, 0x2A, 0, 0, 0, 0xFF, 0xFF]),
        formula(1, 0, 0, TEXT_FOLLOWS),
        record(0x04BC, &[0; 12]),
        record(0x0207, &wide("张三")),
        // Its text does not come.
        formula(2, 0, 0, TEXT_FOLLOWS),
        formula(3, 0, 0, TEXT_FOLLOWS),
        record(0x0207, &head),
        record(0x003C, &[&[1], &tail[..8_000]].concat()),
        record(0x003C, &[&[1], &tail[8_000..]].concat()),
        // An empty text as Excel leaves it, and as a library that calculates nothing does.
        by_excel,
        formula(5, 0, 0, EMPTY),
    ];
    let expected_long = format!("A4 {long:?}");
    let expected = [
        "A1 3.5",
        "B1 2015-06-24 00:00:00",
        "C1 true",
        "D1 #N/A",
        "A2 \"张三\"",
        "A3 无结果",
        &expected_long,
        "A6 无结果",
    ];
    check(&xls(&sheet), &expected);

    let calculated = book(&[record(0x01C1, &[0; 8])], &[("表", 0, &formula(0, 0, 0, EMPTY))]);
    check(&compound(&[("Workbook", &calculated)]), &[]);
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
    refused(&compound(&[("EncryptedPackage", b"x"), ("EncryptionInfo", b"x")]), "已加密");
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
