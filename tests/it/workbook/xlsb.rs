//! What is read from .xlsb.

use super::biff::{brt, brt_cell, brt_row, long, xlsb};
use super::{check, refused};

#[test]
fn cells_are_read_by_record() {
    let cells = [
        brt_row(0),
        brt_cell(2, 0, 0, &[6, 0, 0, 0]),
        brt_cell(5, 1, 0, &59.9_f64.to_le_bytes()),
        brt_cell(7, 2, 0, &1_u32.to_le_bytes()),
        brt_cell(7, 3, 0, &2_u32.to_le_bytes()),
        brt_row(1),
        brt_cell(6, 0, 0, &long("李四")),
        brt_cell(62, 1, 0, &[&[0][..], &long("王五")].concat()),
        brt_cell(4, 2, 0, &[1]),
        brt_cell(3, 3, 0, &[0x17]),
        brt_cell(1, 4, 0, &[]),
        brt_row(2),
        brt_cell(5, 0, 1, &42_179.0_f64.to_le_bytes()),
        brt_cell(5, 1, 2, &42_179.0_f64.to_le_bytes()),
        brt_row(1_048_575),
        brt_cell(5, 16_383, 0, &2.0_f64.to_le_bytes()),
    ];
    let merge: Vec<u8> = [0_u32, 1, 0, 2].iter().flat_map(|n| n.to_le_bytes()).collect();
    let after = [brt(0xB1, &1_u32.to_le_bytes()), brt(0xB0, &merge), brt(0xB2, &[])];
    check(
        &xlsb(&cells, &after).zip(),
        &[
            "A1 1",
            "B1 59.9",
            "C1 \"张三\"",
            "A2 \"李四\"",
            "B2 \"王五\"",
            "C2 true",
            "D2 #REF!",
            "A3 2015-06-24 00:00:00",
            "B3 2015-06-24 00:00:00",
            "XFD1048576 2",
            "合并 A1:C2",
        ],
    );
}

#[test]
fn formulas_give_their_stored_results() {
    let formula = [0; 10];
    let cells = [
        brt_row(0),
        brt_cell(8, 0, 0, &[&long("张三")[..], &formula].concat()),
        brt_cell(8, 1, 0, &[&long("")[..], &formula].concat()),
        brt_cell(9, 2, 1, &[&42_179.0_f64.to_le_bytes()[..], &formula].concat()),
        brt_cell(10, 3, 0, &[&[0][..], &formula].concat()),
        brt_cell(11, 4, 0, &[&[0x2A][..], &formula].concat()),
    ];
    check(&xlsb(&cells, &[]).zip(), &["A1 \"张三\"", "C1 2015-06-24 00:00:00", "D1 false", "E1 #N/A"]);
}

/// `xl/workbook.bin` with its one sheet and these flags of calculation.
fn calculation(flags: u16) -> Vec<u8> {
    let bundle = [&[0; 8][..], &long("rId1"), &long("表")].concat();
    let properties = [&[0; 24][..], &flags.to_le_bytes()].concat();
    [brt(0x83, &[]), brt(0x9C, &bundle), brt(0x9D, &properties), brt(0x84, &[])].concat()
}

#[test]
fn results_of_a_book_that_asks_to_be_calculated_are_none() {
    let cells = [
        brt_row(0),
        brt_cell(5, 0, 0, &60.0_f64.to_le_bytes()),
        brt_cell(8, 1, 0, &[&long("张三")[..], &[0; 10]].concat()),
        brt_cell(9, 2, 0, &[&0.0_f64.to_le_bytes()[..], &[0; 10]].concat()),
        brt_cell(10, 3, 0, &[0; 11]),
        brt_cell(11, 4, 0, &[&[0x2A][..], &[0; 10]].concat()),
        brt_cell(6, 5, 0, &long("李四")),
    ];
    let parts = xlsb(&cells, &[]);
    let seen = ["A1 60", "B1 \"张三\"", "C1 0", "D1 false", "E1 #N/A", "F1 \"李四\""];
    check(&parts.clone().with("xl/workbook.bin", calculation(0x6E)).zip(), &seen);
    let none = ["A1 60", "B1 无结果", "C1 无结果", "D1 无结果", "E1 无结果", "F1 \"李四\""];
    for flags in [0x6F, 0x7E] {
        check(&parts.clone().with("xl/workbook.bin", calculation(flags)).zip(), &none);
    }
}

#[test]
fn zeros_that_the_sheet_does_not_show_are_veiled() {
    let cells = [
        brt_row(0),
        brt_cell(2, 0, 0, &[2, 0, 0, 0]),
        brt_cell(5, 1, 0, &0.0_f64.to_le_bytes()),
        brt_cell(9, 2, 0, &[&0.0_f64.to_le_bytes()[..], &[0; 10]].concat()),
        brt_cell(5, 3, 0, &0.4_f64.to_le_bytes()),
        brt_cell(4, 4, 0, &[0]),
    ];
    let parts = xlsb(&cells, &[]);
    let view = |flags: u16| {
        let view = [&flags.to_le_bytes()[..], &[0; 28]].concat();
        let sheet = [brt(0x81, &[]), brt(0x85, &[]), brt(0x89, &view), brt(0x8A, &[]), brt(0x86, &[])].concat();
        let whole = parts.0.iter().find(|(name, _)| name.ends_with("sheet1.bin")).unwrap().1.clone();
        parts.clone().with("xl/worksheets/sheet1.bin", [&sheet[..], &whole[brt(0x81, &[]).len()..]].concat()).zip()
    };
    check(&view(0x03DC), &["A1 0", "B1 0", "C1 0", "D1 0.4", "E1 false"]);
    let veiled = ["A1", "B1", "C1"].map(|at| format!("{at} Number(0.0, Look(0)) shows \"\""));
    check(&view(0x03CC), &[&veiled[0], &veiled[1], &veiled[2], "D1 0.4", "E1 false"]);
}

#[test]
fn broken_records_are_refused() {
    let row = brt_row(0);
    refused(&xlsb(&[row.clone(), brt_cell(7, 0, 0, &9_u32.to_le_bytes())], &[]).zip(), "不存在的文字");
    refused(&xlsb(&[row.clone(), brt_cell(5, 0, 0, &[0; 4])], &[]).zip(), "不完整");
    refused(&xlsb(&[row.clone(), brt_cell(6, 0, 0, &[0xFF, 0xFF, 0xFF, 0x7F])], &[]).zip(), "不完整");
    refused(&xlsb(&[row.clone(), brt_cell(5, 16_384, 0, &[0; 8])], &[]).zip(), "超出范围");
    refused(&xlsb(&[row, vec![0x05, 0xFF, 0xFF, 0xFF, 0x7F]], &[]).zip(), "不完整");
}
