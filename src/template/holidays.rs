//! The workbook of holidays: two columns alone, so that beside the inputs it is prose.

use rust_xlsxwriter::{DataValidation, Format, FormatBorder, Workbook, XlsxError};

use crate::pack::printed;

/// The workbook and its sheet.
pub const NAME: &str = "节假日";
const HEADER: u32 = 2;

pub fn workbook() -> Result<Workbook, XlsxError> {
    let mut workbook = super::new_workbook()?;
    let sheet = workbook.add_worksheet().set_name(NAME)?;
    let (off, on) = (printed::OFF, printed::ON);
    sheet.write_string_with_format(0, 0, "节假日和调休上班日", &Format::new().set_bold().set_font_size(14))?;
    let note = format!(
        "按国务院办公厅每年公布的放假安排填写：放假的工作日填「{off}」，调休上班的周六、周日填「{on}」；平常的周末不必填。由运行程序的部门填写，不必发给各单位；填好后放到菜单旁边，导出台账时就用它"
    );
    sheet.write_string(1, 0, note)?;
    let heading = Format::new().set_bold().set_border(FormatBorder::Thin);
    sheet.write_string_with_format(HEADER, 0, printed::DAY, &heading)?;
    sheet.write_string_with_format(HEADER, 1, printed::KIND_OF_DAY, &heading)?;
    let date = Format::new().set_num_format("yyyy-mm-dd");
    sheet.set_column_format(0, &date)?.set_column_width(0, 14)?.set_column_width(1, 10)?;
    let rule = DataValidation::new().allow_list_strings(&[off, on])?;
    sheet.add_data_validation(HEADER + 1, 1, HEADER + 400, 1, &rule)?;
    sheet.set_freeze_panes(HEADER + 1, 0)?;
    Ok(workbook)
}
