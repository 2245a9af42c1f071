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

#[test]
fn broken_records_are_refused() {
    let row = brt_row(0);
    refused(&xlsb(&[row.clone(), brt_cell(7, 0, 0, &9_u32.to_le_bytes())], &[]).zip(), "不存在的文字");
    refused(&xlsb(&[row.clone(), brt_cell(5, 0, 0, &[0; 4])], &[]).zip(), "不完整");
    refused(&xlsb(&[row.clone(), brt_cell(6, 0, 0, &[0xFF, 0xFF, 0xFF, 0x7F])], &[]).zip(), "不完整");
    refused(&xlsb(&[row.clone(), brt_cell(5, 16_384, 0, &[0; 8])], &[]).zip(), "超出范围");
    refused(&xlsb(&[row, vec![0x05, 0xFF, 0xFF, 0xFF, 0x7F]], &[]).zip(), "不完整");
}
