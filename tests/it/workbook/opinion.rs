//! A second opinion: what calamine reads from workbooks that other programs' libraries wrote, we read alike.

use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::shown;

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
