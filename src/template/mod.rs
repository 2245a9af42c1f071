//! Empty input workbooks: each table on its sheet with drop-downs, formats and an example, and what to fill in.
//!
//! What is handed out has to come back readable, so everything a clerk sees is taken from the pack's
//! tables: a table that a pack adds has its form without a line of Rust. Two things must never be
//! taken for data: the instruction sheet holds one filled cell a row (prose, as the reader sees it),
//! and the example stands above the header, in one cell over the whole width like the title.

mod guide;
mod holidays;

use std::fs;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{
    Color, ConditionalFormatFormula, DataValidation, DataValidationRule, DocProperties, ExcelDateTime, Format,
    FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

use crate::handoff::breaks;
use crate::handoff::formats::plain;
use crate::handoff::layout::margins;
use crate::handoff::measure::{self, height};
use crate::handoff::model::Unbroken;
use crate::handoff::write::{DropDowns, prompted};
use crate::pack::{self, Column, ColumnKind, EXAMPLE, Pack, Table};
use crate::place::letters;

/// Why no template could be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("规则包的 template.toml 中，工作簿「{book}」的名称不能用作文件名。请只用文字、数字和 - _ （） 等符号")]
    Name { book: String },
    #[error("规则包的 template.toml 中，工作簿「{book}」要放表「{table}」，规则包没有这张表")]
    UnknownTable { book: String, table: String },
    #[error("不能建立文件夹「{}」，请检查路径和权限", .path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("「{}」已经存在，为免覆盖填好的数据没有写入；请换一个文件夹", .path.display())]
    Exists { path: PathBuf },
    #[error("不能写入「{}」，请检查文件是否正在打开、磁盘是否已满", .path.display())]
    Write { path: PathBuf, source: XlsxError },
}

/// Rows of a sheet, zero-based: a title, the example, the header, then data.
const SAMPLE: u32 = 1;
const HEADER: u32 = 2;
const FIRST: u32 = 3;
const LAST: u32 = 1_048_575;

/// Points of the typeface, and pixels of its digits, in which widths are counted.
const POINTS: f64 = 11.0;
const DIGIT: f64 = 7.0;

/// The name of the instruction sheet.
const GUIDE: &str = "填表说明";

/// Writes the pack's templates into `folder` and returns the paths. Nothing is ever overwritten.
pub fn write(folder: &Path, pack: &Pack) -> Result<Vec<PathBuf>, Error> {
    let mut books = Vec::new();
    for (name, tables) in plan(pack)? {
        let path = folder.join(format!("{name}.xlsx"));
        if path.exists() {
            return Err(Error::Exists { path });
        }
        books.push((path, tables));
    }
    let calendar = folder.join(format!("{}.xlsx", holidays::NAME));
    if calendar.exists() {
        return Err(Error::Exists { path: calendar });
    }
    fs::create_dir_all(folder).map_err(|source| Error::Folder { path: folder.to_owned(), source })?;
    for (path, tables) in &books {
        let result = workbook(pack, tables).and_then(|mut workbook| workbook.save(path));
        result.map_err(|source| Error::Write { path: path.clone(), source })?;
    }
    let saved = holidays::workbook().and_then(|mut workbook| workbook.save(&calendar));
    saved.map_err(|source| Error::Write { path: calendar.clone(), source })?;
    Ok(books.into_iter().map(|(path, _)| path).chain([calendar]).collect())
}

/// Which tables stand in which book: as the pack says, and a book each for those it leaves out.
fn plan(pack: &Pack) -> Result<Vec<(String, Vec<&Table>)>, Error> {
    let mut books = Vec::new();
    for book in &pack.template.books {
        if book.name.contains('/') || !pack::stays_inside(&book.name) {
            return Err(Error::Name { book: book.name.clone() });
        }
        let mut tables = Vec::new();
        for name in &book.tables {
            let table = pack.tables.iter().find(|table| table.name == *name);
            tables.push(table.ok_or_else(|| Error::UnknownTable { book: book.name.clone(), table: name.clone() })?);
        }
        books.push((book.name.clone(), tables));
    }
    for table in &pack.tables {
        if !pack.template.books.iter().any(|book| book.tables.contains(&table.name)) {
            books.push((table.name.clone(), vec![table]));
        }
    }
    Ok(books)
}

fn workbook(pack: &Pack, tables: &[&Table]) -> Result<Workbook, XlsxError> {
    let mut workbook = new_workbook()?;
    write_guide(workbook.add_worksheet(), pack, tables)?;
    let mut lists = DropDowns::default();
    for table in tables {
        write_table(workbook.add_worksheet(), pack, table, &mut lists)?;
    }
    lists.write(&mut workbook)?;
    Ok(workbook)
}

/// An empty workbook with a fixed date: the same pack gives the same bytes.
fn new_workbook() -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    // Widths are counted in its digits, which are as wide wherever the workbook is opened.
    workbook.set_default_format(plain(), 20, 64)?;
    let created = ExcelDateTime::from_ymd(2015, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    Ok(workbook)
}

/// One cell a row, so that the reader takes the sheet for prose.
fn write_guide(sheet: &mut Worksheet, pack: &Pack, tables: &[&Table]) -> Result<(), XlsxError> {
    // No wider than the paper between its margins: a single column is not scaled down for print, but cut.
    const PIXELS: u32 = 690;
    sheet.set_name(GUIDE)?;
    sheet.set_column_width_pixels(0, PIXELS)?;
    sheet.set_screen_gridlines(false).set_print_fit_to_pages(1, 0);
    on_paper(sheet);
    let title = (chinese().set_bold().set_font_size(16), 16.0);
    let heading = (chinese().set_bold().set_font_size(12).set_background_color(HEADING), 12.0);
    let body = (chinese().set_text_wrap().set_align(FormatAlign::VerticalCenter), POINTS);
    let mut lines = vec![(format!("{}　填表说明", pack.city), &title)];
    for line in [
        "一、数据从表头的下一行填起，一行一条。表头上方的示例只供参考，不作为数据。",
        "二、表头文字请勿改动；列的次序可以变，也可以加列，多出的列不会被读取。",
        "三、蓝底表头必填，黄底表头按说明二者至少填一项，灰底表头选填。应填未填的格会变成红色。",
        "四、有下拉列表的，请选列表中的值，不要另写。日期请填到日，如 2015-06-24。",
        "五、合计行，以及以「注：」「说明」「备注：」「填表人：」开头的行不作为数据。不要合并数据行的单元格。",
        "六、填好后保存，发回发下本表的部门。有问题的格会由该部门逐一列出，退回更正。",
    ] {
        lines.push((line.to_owned(), &body));
    }
    for table in tables {
        lines.push((String::new(), &body));
        lines.push((format!("工作表「{}」各列怎么填", table.name), &heading));
        for column in &table.columns {
            let mut text =
                format!("「{}」（{}）：{}", column.name, guide::demand(table, column), column.kind.allowed(pack));
            if let Some(note) = pack.template.note(table, column) {
                text.push('；');
                text.push_str(note);
            }
            let example = pack.template.example(table, column);
            if !example.is_empty() {
                text.push_str(&format!("。例：{example}"));
            }
            text.push('。');
            lines.push((text, &body));
        }
    }
    for (row, (line, (format, points))) in (0u32..).zip(&lines) {
        if line.is_empty() {
            continue;
        }
        let ended = breaks::set(line, measure::room(f64::from(PIXELS), *points), Unbroken::Clauses);
        let line = ended.as_ref().unwrap_or(line);
        sheet.write_string_with_format(row, 0, line, format)?;
        // Excel fits wrapped rows by itself, others do not.
        sheet.set_row_height(row, height([(line.as_str(), f64::from(PIXELS), *points)].into_iter()))?;
    }
    Ok(())
}

/// A typeface that every Chinese office has: a Latin one that is put in for wraps differently in print.
fn chinese() -> Format {
    Format::new().set_font_name("宋体").set_font_charset(134)
}

/// A4, with margins and page numbers as on the lists.
fn on_paper(sheet: &mut Worksheet) {
    let [left, right, top, bottom] = margins(crate::handoff::model::Paper::Lying);
    sheet.set_paper_size(9).set_margins(left, right, top, bottom, 0.3, 0.3);
    sheet.set_footer("&C第 &P 页 共 &N 页");
}

const HEADING: Color = Color::RGB(0xDD_EB_F7);
const ONE_OF: Color = Color::RGB(0xFF_F2_CC);
const OPTIONAL: Color = Color::RGB(0xED_ED_ED);
const LACKING: Color = Color::RGB(0xFF_C7_CE);

fn write_table(sheet: &mut Worksheet, pack: &Pack, table: &Table, lists: &mut DropDowns) -> Result<(), XlsxError> {
    sheet.set_name(&table.name)?;
    let title = chinese().set_bold().set_font_size(14);
    let sample = chinese()
        .set_italic()
        .set_font_color(Color::Gray)
        .set_background_color(Color::RGB(0xF7_F7_F7))
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter);
    let last_column = u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let (mut shown, mut whole) = (Vec::new(), 0);
    for (at, column) in (0u16..).zip(&table.columns) {
        let example = pack.template.example(table, column);
        let width = example.width().max(column.name.width()).clamp(10, 40) + 3;
        sheet.set_column_width(at, u32::try_from(width).map_or(13.0, f64::from))?;
        sheet.set_column_format(at, &cell_format(&column.kind))?;
        whole += width;
        if !example.is_empty() {
            shown.push(format!("{}「{example}」", column.name));
        }
    }
    over(sheet, 0, last_column, &format!("{}　{}（填法见「{GUIDE}」）", pack.city, table.name), &title)?;
    sheet.set_row_height(0, 24)?;
    let example = format!("{EXAMPLE}（不作为数据）：{}", shown.join("，"));
    over(sheet, SAMPLE, last_column, &example, &sample)?;
    let pixels = whole as f64 * DIGIT;
    sheet.set_row_height(SAMPLE, height([(example.as_str(), pixels, POINTS)].into_iter()))?;
    sheet.set_row_height(HEADER, 22)?;
    for (at, column) in (0u16..).zip(&table.columns) {
        let colour = match (column.required, &column.one_of) {
            (true, _) => HEADING,
            (false, Some(_)) => ONE_OF,
            (false, None) => OPTIONAL,
        };
        let header = chinese()
            .set_bold()
            .set_background_color(colour)
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::Center)
            .set_align(FormatAlign::VerticalCenter);
        sheet.write_string_with_format(HEADER, at, &column.name, &header)?;
        sheet.add_data_validation(FIRST, at, LAST, at, &validation(pack, table, column, lists)?)?;
    }
    mark_lacking(sheet, table, last_column)?;
    sheet.set_freeze_panes(FIRST, 0)?;
    on_paper(sheet.set_landscape());
    sheet.set_repeat_rows(HEADER, HEADER)?;
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
}

/// Colours what has to be filled in, in rows that hold anything.
fn mark_lacking(sheet: &mut Worksheet, table: &Table, last_column: u16) -> Result<(), XlsxError> {
    let lacking = Format::new().set_background_color(LACKING);
    let row = FIRST + 1;
    let end = letters(last_column);
    for (at, column) in (0u16..).zip(&table.columns) {
        let group = (0u16..).zip(&table.columns).filter(|(_, other)| match &column.one_of {
            Some(group) => other.one_of.as_ref() == Some(group),
            None => other.name == column.name,
        });
        if !column.required && column.one_of.is_none() {
            continue;
        }
        let blank: Vec<String> = group.map(|(other, _)| format!("LEN(${}{row})=0", letters(other))).collect();
        let rule = Formula::new(format!("=AND(COUNTA($A{row}:${end}{row})>0,{})", blank.join(",")));
        let format = ConditionalFormatFormula::new().set_rule(rule).set_format(&lacking);
        sheet.add_conditional_format(FIRST, at, LAST, at, &format)?;
    }
    Ok(())
}

/// A text in one cell over the whole width of the table.
fn over(sheet: &mut Worksheet, row: u32, last: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
    if last == 0 {
        sheet.write_string_with_format(row, 0, text, format)?;
    } else {
        sheet.merge_range(row, 0, row, last, text, format)?;
    }
    Ok(())
}

fn cell_format(kind: &ColumnKind) -> Format {
    match kind {
        ColumnKind::Date => Format::new().set_num_format("yyyy-mm-dd"),
        ColumnKind::Number { .. } | ColumnKind::Year => Format::new(),
        // As text: an 编号 keeps its leading zeros, 2013.10 its last.
        _ => Format::new().set_num_format("@"),
    }
}

/// What Excel lets a clerk type, and the words it shows beside the cell.
fn validation(pack: &Pack, table: &Table, column: &Column, lists: &mut DropDowns) -> Result<DataValidation, XlsxError> {
    let allowed = column.kind.allowed(pack);
    let new = DataValidation::new();
    let rule = match &column.kind {
        ColumnKind::Choice { values, .. } => lists.rule(values)?,
        ColumnKind::Number { min: Some(min), max: Some(max), .. } => {
            new.allow_decimal_number(DataValidationRule::Between(*min, *max))
        }
        ColumnKind::Number { min: Some(min), max: None, .. } => {
            new.allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(*min))
        }
        ColumnKind::Number { min: None, max: Some(max), .. } => {
            new.allow_decimal_number(DataValidationRule::LessThanOrEqualTo(*max))
        }
        ColumnKind::Date => new.allow_date(DataValidationRule::Between(
            ExcelDateTime::from_ymd(1950, 1, 1)?,
            ExcelDateTime::from_ymd(2099, 12, 31)?,
        )),
        ColumnKind::Year => new.allow_whole_number(DataValidationRule::Between(1950, 2099)),
        _ => new.allow_any_value(),
    };
    let mut prompt = format!("{}。{allowed}", guide::demand(table, column));
    if let Some(note) = pack.template.note(table, column) {
        prompt.push('；');
        prompt.push_str(note);
    }
    prompted(rule, &column.name, &prompt, &format!("「{}」应{allowed}。", column.name))
}
