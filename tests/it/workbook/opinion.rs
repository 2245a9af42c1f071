//! A second opinion: what calamine reads from workbooks that other programs' libraries wrote, we read alike; and every
//! difference between the two that is known, so that one that goes or comes with another version of it is noticed.

use calamine::{Data, Reader, Xlsx};
use kaohe::workbook::Parser;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::build::xlsx;
use super::{shown, shown_by};

#[test]
fn a_written_workbook_reads_alike() {
    let mut book = Workbook::new();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = book.add_worksheet().set_name("名册").unwrap();
    for row in 0..200_u32 {
        sheet.write_string(row, 0, format!("K{row:06}")).unwrap();
        sheet.write_string(row, 1, ["张三", " 李四 ", "王\n五", "<&>\"'", "_x000D_"][row as usize % 5]).unwrap();
        sheet.write_number(row, 2, f64::from(row) / 7.0).unwrap();
        let day = ExcelDateTime::from_ymd(2015, 6, (row % 30 + 1) as u8).unwrap();
        sheet.write_datetime_with_format(row, 4, &day, &date).unwrap();
        sheet.write_boolean(row, 5, row % 2 == 0).unwrap();
    }
    sheet.merge_range(200, 0, 200, 5, "注：", &Format::new()).unwrap();
    let bytes = book.save_to_buffer().unwrap();

    let mut other = Xlsx::new(std::io::Cursor::new(&bytes)).unwrap();
    let range = other.worksheet_range("名册").unwrap();
    let mut expected = vec!["[名册]".to_owned()];
    for (row, column, value) in range.used_cells() {
        let shown = match value {
            Data::String(text) => format!("{text:?}"),
            Data::DateTime(at) => {
                let (year, month, day, ..) = at.to_ymd_hms_milli();
                format!("{year}-{month:02}-{day:02} 00:00:00")
            }
            other => other.to_string(),
        };
        expected.push(format!("{} {shown}", kaohe::place::A1(row as u32, column as u32)));
    }
    expected.push("合并 A201:F201".to_owned());
    assert_eq!(shown(&bytes).unwrap(), expected);
}

/// What calamine reads of the first sheet's cells, or that it refuses it.
fn calamine(bytes: &[u8]) -> String {
    let range = Xlsx::new(std::io::Cursor::new(bytes)).and_then(|mut book| book.worksheet_range("表"));
    let Ok(range) = range else { return "refused".to_owned() };
    let (top, left) = range.start().unwrap_or_default();
    let cells: Vec<String> = range
        .used_cells()
        .map(|(row, column, value)| {
            let at = kaohe::place::A1(top + row as u32, left + column as u32);
            match value {
                Data::String(text) => format!("{at} {text:?}"),
                Data::DateTime(_) => format!("{at} a date"),
                other => format!("{at} {other}"),
            }
        })
        .collect();
    cells.join("; ")
}

/// What we read, by either way, or that it is refused.
fn ours(bytes: &[u8]) -> String {
    let [scanned, general] = [Parser::Scanner, Parser::General]
        .map(|parser| shown_by(parser, bytes).map_or("refused".to_owned(), |lines| lines[1..].join("; ")));
    assert_eq!(scanned, general);
    scanned
}

#[test]
fn every_known_difference_from_calamine_is_one_in_which_the_xml_is_believed() {
    // The cells, what the XML says, what calamine says.
    let differences = [
        (r#"<c r="A1"><v><![CDATA[41]]></v></c>"#, "A1 41", ""),
        (r#"<c r="A1" t="str"><v><![CDATA[较重]]></v></c>"#, "A1 \"较重\"", "A1 \"\""),
        (r#"<c r="A1"><v>8&#54;</v></c>"#, "A1 86", "A1 8"),
        (r#"<c r="A1"><v><!--x-->41</v></c>"#, "A1 41", ""),
        (r#"<c r="A1" t="s"><v>1 </v></c>"#, "A1 \"张三\"", "A1 \"姓名\""),
        (r#"<c r="A1" t="s"><v>-1</v></c>"#, "refused", "A1 \"姓名\""),
        (r#"<c r="A1" t="s"><v>x</v></c>"#, "refused", "A1 \"姓名\""),
        (r#"<c r="A1" t="s"><v></v></c>"#, "refused", ""),
        (r#"<c r="A1"><f>B1</f></c>"#, "A1 无结果", ""),
        (r#"<c r="A1" t="e"><v>#SPILL!</v></c>"#, "A1 #SPILL!", "refused"),
        (r#"<c r="A1" t="b"><v>是</v></c>"#, "A1 \"是\"", "refused"),
        (r#"<c r="A1" t="inlineStr"><v>张三</v></c>"#, "A1 \"张三\"", ""),
        (r#"<c r="A1"><v>12</v><extLst><ext><v>99</v></ext></extLst></c>"#, "A1 12", "refused"),
        (r#"<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>"#, "refused", "A1 2"),
        (r#"<c r="A1" s="1"><v>60</v></c>"#, "A1 60", "A1 a date"),
        (r#"<c r="A1" s="1"><v>0.5</v></c>"#, "A1 0.5", "A1 a date"),
        (r#"<c r="A1" s="4"><v>1.5</v></c>"#, "A1 1.5", "A1 a date"),
    ];
    let mut wrong = Vec::new();
    for (cells, xml_says, calamine_says) in differences {
        let bytes = xlsx(&format!(r#"<row r="1">{cells}</row>"#)).zip();
        let found = (ours(&bytes), calamine(&bytes));
        if found != (xml_says.to_owned(), calamine_says.to_owned()) {
            wrong.push(format!("{cells}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
