//! One sheet of texts in every format, merged ranges and what lies beneath them included.

use super::biff::{book, brt, brt_cell, brt_row, cell, compound, long, record, wide, xlsb};
use super::build::{ods_content, sheet, workbook, xlsx};
use kaohe::place::A1;
use kaohe::workbook::Merge;

/// A sheet of texts.
pub struct Texts<'a> {
    pub name: &'a str,
    /// Blank texts are no cells.
    pub rows: Vec<Vec<String>>,
    pub merges: Vec<Merge>,
    pub hidden: bool,
}

/// `E3:F4` as a range.
pub fn range(name: &str) -> Merge {
    let place = |cell: &str| {
        let (letter, row) = cell.split_at(1);
        (row.parse::<u32>().unwrap() - 1, u32::from(letter.as_bytes()[0] - b'A'))
    };
    let (from, to) = name.split_once(':').unwrap();
    (place(from).0, place(from).1, place(to).0, place(to).1)
}

impl Texts<'_> {
    /// Its workbook by the ending of each format.
    pub fn everywhere(&self) -> [(&'static str, Vec<u8>); 4] {
        [("xlsx", self.xlsx()), ("xlsb", self.xlsb()), ("xls", self.xls()), ("ods", self.ods())]
    }

    fn cells(&self) -> impl Iterator<Item = (u32, Vec<(u32, &str)>)> {
        (0u32..).zip(&self.rows).map(|(at, row)| {
            (at, (0u32..).zip(row).filter(|(_, text)| !text.is_empty()).map(|(at, text)| (at, text.as_str())).collect())
        })
    }

    fn xlsx(&self) -> Vec<u8> {
        let mut rows = String::new();
        for (row, cells) in self.cells() {
            rows.push_str(&format!("<row r=\"{}\">", row + 1));
            for (column, text) in cells {
                rows.push_str(&format!("<c r=\"{}\" t=\"inlineStr\"><is><t>{text}</t></is></c>", A1(row, column)));
            }
            rows.push_str("</row>");
        }
        let ranges: String = self
            .merges
            .iter()
            .map(|(top, left, bottom, right)| {
                format!("<mergeCell ref=\"{}:{}\"/>", A1(*top, *left), A1(*bottom, *right))
            })
            .collect();
        let state = if self.hidden { "veryHidden" } else { "visible" };
        let list = format!(r#"<sheets><sheet name="{}" sheetId="1" state="{state}" r:id="rId1"/></sheets>"#, self.name);
        xlsx("")
            .with("xl/workbook.xml", workbook(&list))
            .with(
                "xl/worksheets/sheet1.xml",
                sheet(&format!("<sheetData>{rows}</sheetData><mergeCells>{ranges}</mergeCells>")),
            )
            .zip()
    }

    fn xlsb(&self) -> Vec<u8> {
        let mut cells = Vec::new();
        for (row, filled) in self.cells() {
            cells.push(brt_row(row));
            cells.extend(filled.into_iter().map(|(column, text)| brt_cell(6, column, 0, &long(text))));
        }
        let merge = |(top, left, bottom, right): &Merge| {
            brt(0xB0, &[*top, *bottom, *left, *right].map(u32::to_le_bytes).concat())
        };
        let count = u32::try_from(self.merges.len()).unwrap();
        let merges: Vec<Vec<u8>> = self.merges.iter().map(merge).collect();
        let after = [vec![brt(0xB1, &count.to_le_bytes())], merges, vec![brt(0xB2, &[])]].concat();
        let state = u32::from(self.hidden);
        let bundle = [&state.to_le_bytes()[..], &[0; 4], &long("rId1"), &long(self.name)].concat();
        xlsb(&cells, &after)
            .with("xl/workbook.bin", [brt(0x83, &[]), brt(0x9C, &bundle), brt(0x84, &[])].concat())
            .zip()
    }

    fn xls(&self) -> Vec<u8> {
        let narrow = |number: u32| u16::try_from(number).unwrap();
        let mut records = Vec::new();
        for (row, cells) in self.cells() {
            let of = |(column, text): (u32, &str)| cell(0x0204, narrow(row), narrow(column), 0, &wide(text));
            records.extend(cells.into_iter().flat_map(of));
        }
        let mut merges = narrow(u32::try_from(self.merges.len()).unwrap()).to_le_bytes().to_vec();
        for (top, left, bottom, right) in &self.merges {
            merges.extend([*top, *bottom, *left, *right].map(|number| narrow(number).to_le_bytes()).concat());
        }
        records.extend(record(0x00E5, &merges));
        let mut stream = book(&[], &[(self.name, 0, &records)]);
        let bound = stream.windows(2).position(|kind| kind == [0x85, 0]).unwrap();
        stream[bound + 8] = u8::from(self.hidden);
        compound(&[("Workbook", &stream)])
    }

    fn ods(&self) -> Vec<u8> {
        let width = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut rows = String::new();
        for (row, texts) in (0u32..).zip(&self.rows) {
            rows.push_str("<table:table-row>");
            for (column, at) in (0u32..).zip(0..width) {
                let covered = self.merges.iter().any(|(top, left, bottom, right)| {
                    (*top..=*bottom).contains(&row)
                        && (*left..=*right).contains(&column)
                        && (row, column) != (*top, *left)
                });
                let own = self.merges.iter().find(|(top, left, ..)| (*top, *left) == (row, column));
                let spans = own.map_or(String::new(), |(top, left, bottom, right)| {
                    let (down, over) = (bottom - top + 1, right - left + 1);
                    format!(r#" table:number-rows-spanned="{down}" table:number-columns-spanned="{over}""#)
                });
                let kind = if covered { "covered-table-cell" } else { "table-cell" };
                let text = texts.get(at).filter(|text| !text.is_empty());
                let inside = text.map_or(String::new(), |text| format!("<text:p>{text}</text:p>"));
                let typed = if inside.is_empty() { "" } else { r#" office:value-type="string""# };
                rows.push_str(&format!("<table:{kind}{spans}{typed}>{inside}</table:{kind}>"));
            }
            rows.push_str("</table:table-row>");
        }
        let style = if self.hidden { "ta2" } else { "ta1" };
        let name = self.name;
        ods_content(&format!(r#"<table:table table:name="{name}" table:style-name="{style}">{rows}</table:table>"#))
            .zip()
    }
}
