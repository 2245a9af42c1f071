//! The workbook of holidays: two columns alone, so that beside the inputs it is prose.

use rust_xlsxwriter::{DataValidation, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use crate::handoff::measure;
use crate::pack::printed;

/// The workbook and its sheet.
pub const NAME: &str = "节假日";
const HEADER: u32 = 2;
/// The columns that the note lies over, and the pixels of each.
const LAST: u16 = 6;
const COLUMN: u32 = 98;
/// Points that the note keeps clear of the table.
const AIR: f64 = 10.0;

pub fn workbook() -> Result<Workbook, XlsxError> {
    let mut workbook = super::new_workbook()?;
    let sheet = workbook.add_worksheet().set_name(NAME)?;
    let (off, on) = (printed::OFF, printed::ON);
    sheet.write_string_with_format(0, 0, "节假日和调休上班日", &super::chinese().set_bold().set_font_size(14))?;
    let note = format!(
        "按国务院办公厅每年公布的放假安排填写：放假的工作日填「{off}」，调休上班的周六、周日填「{on}」；平常的周末不必填。\n由运行程序的部门填写，不必发给各单位；填好后放到菜单旁边，导出台账时就用它"
    );
    // Over the columns beside the two as well: in those alone it would be a column of words.
    sheet.set_column_range_width_pixels(0, LAST, COLUMN)?;
    sheet.merge_range(1, 0, 1, LAST, &note, &super::chinese().set_text_wrap().set_align(FormatAlign::Top))?;
    let pixels = f64::from(COLUMN) * f64::from(LAST + 1);
    sheet.set_row_height(1, measure::height([(note.as_str(), pixels, super::POINTS)].into_iter()) + AIR)?;
    super::on_paper(sheet);
    sheet.set_print_fit_to_pages(1, 0);
    let heading = super::chinese().set_bold().set_border(FormatBorder::Thin).set_align(FormatAlign::Center);
    let heading = heading.set_align(FormatAlign::VerticalCenter).set_background_color(super::HEADING);
    sheet.set_row_height(HEADER, 2.0 * AIR)?;
    sheet.write_string_with_format(HEADER, 0, printed::DAY, &heading)?;
    sheet.write_string_with_format(HEADER, 1, printed::KIND_OF_DAY, &heading)?;
    let date = Format::new().set_num_format("yyyy-mm-dd");
    sheet.set_column_format(0, &date)?;
    let rule = DataValidation::new().allow_list_strings(&[off, on])?;
    sheet.add_data_validation(HEADER + 1, 1, HEADER + 400, 1, &rule)?;
    sheet.set_freeze_panes(HEADER + 1, 0)?;
    Ok(workbook)
}
