//! Good workbooks of every format, damaged at random: cut, bits flipped, bytes lost, and the same inside their parts.
//!
//! Whatever comes out, it is cells or a message that names the book; never a panic, an abort or an endless loop.

use std::time::{Duration, Instant};

use kaohe::workbook::Parser;

use super::biff::{brt_cell, brt_row, cell, formula, long, record, wide, xls, xlsb};
use super::build::{Parts, ods, xlsx};
use super::shown_by;

/// A small generator of numbers that is the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// Damages bytes in one to four places.
fn damage(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(4) {
        if bytes.is_empty() {
            break;
        }
        let at = random.below(bytes.len());
        match random.below(7) {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << random.below(8),
            2 => bytes[at] = [0, 0xFF, 0x7F, 0x80, b'<', b'>', b'"', b'&', b'9'][random.below(9)],
            3 => {
                let end = (at + 1 + random.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let end = (at + 1 + random.below(40)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            5 => {
                let end = (at + 4).min(bytes.len());
                bytes[at..end].fill(0xFF);
            }
            _ => {
                let other = random.below(bytes.len());
                bytes.swap(at, other);
            }
        }
    }
    bytes
}

/// Through both parsers: where both read it, they read the same. What is broken where no cell stands, one may not notice.
fn attempt(bytes: &[u8]) {
    let start = Instant::now();
    let results = [Parser::Scanner, Parser::General].map(|parser| shown_by(parser, bytes));
    for message in results.iter().filter_map(|result| result.as_ref().err()) {
        assert!(message.contains("报送/表.xlsx"), "{message}");
    }
    if let [Ok(scanned), Ok(read)] = &results {
        assert_eq!(scanned, read);
    }
    assert!(start.elapsed() < Duration::from_secs(20));
}

/// Damages the file as it lies there, and each part before it is zipped.
fn parts(good: &Parts, seed: u64) {
    let mut random = Random(seed);
    let whole = good.zip();
    for _ in 0..150 {
        attempt(&damage(&whole, &mut random));
    }
    for _ in 0..300 {
        let mut mutant = good.clone();
        let at = random.below(mutant.0.len());
        mutant.0[at].1 = damage(&mutant.0[at].1, &mut random);
        attempt(&mutant.zip());
    }
}

#[test]
fn of_xlsx() {
    let rows: String = (1..30)
        .map(|r| {
            format!(
                r#"<row r="{r}"><c r="A{r}" t="s"><v>1</v></c><c r="B{r}" s="1"><v>42179</v></c><c r="C{r}" t="str"><f>A1</f><v>甲&amp;乙</v></c><c r="D{r}" t="inlineStr"><is><t>丙</t></is></c></row>"#
            )
        })
        .collect();
    parts(&xlsx(&rows), 0x5EED_0001);
}

#[test]
fn of_ods() {
    let row = r#"<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="string" table:number-columns-spanned="2"><text:p>张<text:s text:c="2"/>三</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2015-06-24"/><table:table-cell table:formula="of:=1" office:value-type="float" office:value="1" table:number-columns-repeated="3"/></table:table-row>"#;
    parts(&ods(&row.repeat(20)), 0x5EED_0002);
}

#[test]
fn of_ods_with_styles() {
    let bytes = include_bytes!("../../../fixtures/formats/libreoffice.ods");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes[..])).unwrap();
    let mut good = Parts(Vec::new());
    for name in ["mimetype", "META-INF/manifest.xml", "content.xml", "styles.xml", "settings.xml"] {
        let mut content = Vec::new();
        std::io::copy(&mut archive.by_name(name).unwrap(), &mut content).unwrap();
        good = good.with(name, content);
    }
    parts(&good, 0x5EED_0007);
}

#[test]
fn of_xlsb() {
    let mut cells = Vec::new();
    for row in 0..20 {
        cells.push(brt_row(row));
        cells.push(brt_cell(7, 0, 0, &1_u32.to_le_bytes()));
        cells.push(brt_cell(5, 1, 1, &42_179.0_f64.to_le_bytes()));
        cells.push(brt_cell(6, 2, 0, &long("李四")));
    }
    parts(&xlsb(&cells, &[]), 0x5EED_0003);
}

#[test]
fn of_xls() {
    let mut records = Vec::new();
    for row in 0..20 {
        records.push(cell(0x00FD, row, 0, 0, &1_u32.to_le_bytes()));
        records.push(cell(0x0203, row, 1, 1, &42_179.0_f64.to_le_bytes()));
        records.push(cell(0x0204, row, 2, 0, &wide("李四")));
        records.push(formula(row, 3, 0, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF]));
        records.push(record(0x0207, &wide("王五")));
        records.push(record(0x00BD, &[0, 0, 4, 0, 0, 0, 6, 0, 0, 0, 0, 0, 6, 0, 0, 0, 5, 0]));
    }
    let whole = xls(&records);
    let mut random = Random(0x5EED_0004);
    for _ in 0..600 {
        attempt(&damage(&whole, &mut random));
    }
}
