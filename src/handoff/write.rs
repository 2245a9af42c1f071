//! A workbook of the model becomes a file: the only place that knows the writing library.
//!
//! The bytes depend on the model alone: the creation date is the as-of date, and no cell, name or
//! width comes from the clock, the machine or the number of threads.

use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties,
    ExcelDateTime, Format, Formula, IgnoreError, ProtectionOptions, Url, XlsxError,
};

use super::model::{self, AnswerKind, Block, LineStyle, PageLine, Paper, Sheet, Size, Value, Visibility};
use super::text::SheetNames;
use super::{breaks, chart, formats, layout, measure, pages, sink};
use crate::workbook::{self, OWN_MARK, PAGE_MARK};

/// Rows that a sheet of Excel holds.
const ROWS: u32 = 1_048_576;
/// Rows of a sheet that are kept until the end in a workbook with charts, which repeat their numbers for viewers that
/// do not calculate. Others are streamed to a temporary file, each text in its cell: a kept sheet is put together by a
/// thread of its own, which costs more than the file where it is small, and all its cells lie in memory where it is
/// large. A table of all texts that cells point into would keep each of them once more and cost a tenth of a run, for
/// files a twelfth smaller.
const KEPT: usize = 5_000;
/// Rows that are measured and written together; then they go.
const TOGETHER: usize = 8192;
/// Rows from which it pays to lend columns their cells' formats.
const LENT: usize = 3;
/// How hard workbooks are compressed. The next level makes long ones a fifth smaller and a run a thirtieth longer, letters
/// a sixth smaller and half as long again.
const LEVEL: u8 = 1;
/// Rows of a workbook up to which they wait in memory, where that can be.
const SMALL: usize = 200;
/// Where Linux has a place for files in memory: the rows of small workbooks wait there. In a folder of ext4, which keeps
/// the numbers of files deleted lately aside, thousands of such files took more than a millisecond of the system's for each
/// letter, four times its own.
const MEMORY: &str = "/dev/shm";
/// What Excel takes in a drop-down list that stands in the rule itself, in UTF-16 units.
const INLINE_LIST: usize = 255;
/// Ranges that one rule is given for.
const RANGES: usize = 400;
/// Hyperlinks that Excel takes in a sheet, and the length of each.
const LINKS: usize = 65_530;
const LINK_LENGTH: usize = 2_079;
/// Points of the foot of a page, and pixels that half of the page's number takes there.
const FOOT: f64 = 10.0;
const FOOT_NUMBER: f64 = 72.0;
/// The hidden sheet with drop-down lists that are too long for the rule itself.
const LISTS_SHEET: &str = "选项";
/// Pixels of a row and of a column that nobody set, in the workbook's own typeface.
const PLAIN_ROW: u32 = 16;
const PLAIN_COLUMN: u32 = 64;

/// What stands in a block, row by row.
type BlockRows<'a> = Vec<Vec<Value<'a>>>;

/// A workbook could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("无法写出工作簿「{}」：{}。请检查磁盘是否已满、文件夹能否写入", path.display(), told(source))]
    Failed { path: PathBuf, source: XlsxError },
    #[error("「{}」已经存在，而且不是这个命令写出的，为免丢失其中的内容没有写入。请另选文件名，或先移走它", .0.display())]
    Taken(PathBuf),
}

/// The system's own words, without the library's.
fn told(source: &XlsxError) -> String {
    match source {
        XlsxError::IoError(error) => crate::finding::in_words(error),
        other => other.to_string(),
    }
}

/// Writes the workbook to `path`, replacing a file of that name. The model's rows go as they are written: a long list's take
/// as much room as its texts do in the library.
pub fn save(book: model::Workbook<'_>, path: &Path) -> Result<(), Error> {
    let fail = |source| Error::Failed { path: path.to_owned(), source };
    sink::save(path, move || build(book, path.parent(), ROWS, Some(OWN_MARK))).map_err(fail)
}

/// The same for a form, which comes back as an input and bears no mark of the program's own workbooks.
pub fn form(book: model::Workbook<'_>, path: &Path) -> Result<(), Error> {
    let fail = |source| Error::Failed { path: path.to_owned(), source };
    sink::save(path, move || build(book, path.parent(), ROWS, None)).map_err(fail)
}

/// The same for a workbook that lies alone: what stood there before stays until the new one is whole.
pub fn replace(book: model::Workbook<'_>, path: &Path) -> Result<(), Error> {
    marked(book, path, OWN_MARK)
}

/// The same for a page that a command writes where it is told to: it replaces nothing but an earlier one, for a slip of
/// the pen would cost the archive or a list with its answers.
pub fn page(book: model::Workbook<'_>, path: &Path) -> Result<(), Error> {
    // Of an empty file, which a script may have made for its name, nothing can be lost.
    let is_filled = path.metadata().is_ok_and(|about| about.len() > 0 || !about.is_file());
    if is_filled && !workbook::is_page(path) {
        return Err(Error::Taken(path.to_owned()));
    }
    marked(book, path, PAGE_MARK)
}

fn marked(book: model::Workbook<'_>, path: &Path, mark: &str) -> Result<(), Error> {
    let fail = |source| Error::Failed { path: path.to_owned(), source };
    sink::replace(path, move || build(book, path.parent(), ROWS, Some(mark))).map_err(fail)
}

/// The workbook's bytes, with sheets of at most `rows` rows: for tests of what comes after the limit.
pub fn bytes(book: model::Workbook<'_>, rows: u32) -> Result<Vec<u8>, Error> {
    let path = PathBuf::from(&book.title);
    let fail = |source| Error::Failed { path: path.clone(), source };
    build(book, None, rows, Some(OWN_MARK)).map_err(fail)?.save_to_buffer().map_err(fail)
}

fn build(
    mut book: model::Workbook<'_>,
    temporary: Option<&Path>,
    limit: u32,
    mark: Option<&str>,
) -> Result<rust_xlsxwriter::Workbook, XlsxError> {
    let mut target = rust_xlsxwriter::Workbook::new();
    let rows: usize = book.sheets.iter().flat_map(|sheet| &sheet.blocks).map(|block| block.rows.len()).sum();
    let in_memory = rows <= SMALL && target.set_tempdir(MEMORY).is_ok();
    if let Some(folder) = temporary.filter(|folder| !in_memory && folder.is_dir()) {
        target.set_tempdir(folder)?;
    }
    target.set_default_format(formats::plain(), PLAIN_ROW, PLAIN_COLUMN)?;
    target.set_zip_compression_level(LEVEL);
    let created = excel_date(book.as_of)?;
    let mut properties = DocProperties::new().set_title(&book.title).set_creation_datetime(&created);
    if let Some(mark) = mark {
        // By this a workbook that comes back among the input is known.
        properties = properties.set_keywords(OWN_MARK).set_custom_property("kaohe", mark);
    }
    target.set_properties(&properties);
    // Charts repeat what stands in kept sheets, and the columns of forms keep their formats.
    let kept = book.sheets.iter().flat_map(|sheet| &sheet.blocks).any(|block| block.chart.is_some() || block.open);
    let mut names = SheetNames::default();
    let mut lists = DropDowns::default();
    for sheet in &mut book.sheets {
        let (layout, parts) = (layout::of(sheet), parts(sheet, limit));
        let mut blocks: Vec<BlockRows<'_>> =
            sheet.blocks.iter_mut().map(|block| std::mem::take(&mut block.rows)).collect();
        for part in parts {
            let name = names.claim(&sheet.name);
            let streamed = !kept || part.len() > KEPT;
            let worksheet =
                if streamed { target.add_worksheet_with_constant_memory()? } else { target.add_worksheet() };
            worksheet.set_name(&name)?;
            let rows = pages::RowHeights::default();
            Writer { sheet, worksheet, lists: &mut lists, name: &name, streamed, lent: 0, links: 0, row: 0, rows }
                .write(&layout, &mut blocks, part)?;
        }
    }
    lists.write(&mut target)?;
    Ok(target)
}

/// The row ranges of a sheet's last block that go to one sheet each: one, unless Excel's limit is passed.
fn parts(sheet: &Sheet<'_>, limit: u32) -> Vec<std::ops::Range<usize>> {
    let Some(last) = sheet.blocks.last() else { return std::iter::once(0..0).collect() };
    let others: usize = sheet.blocks[..sheet.blocks.len() - 1].iter().map(|block| block.rows.len() + 4).sum();
    let room = (limit as usize).saturating_sub(sheet.head.len() + sheet.tail.len() + others + 4).max(1);
    let mut parts = Vec::new();
    let mut from = 0;
    while from == 0 || from < last.rows.len() {
        let to = last.rows.len().min(from + room);
        parts.push(from..to);
        if to == from {
            break;
        }
        from = to;
    }
    parts
}

/// One sheet while it is written, row by row from the top, cell by cell from the left: streamed sheets take no other order.
struct Writer<'s, 'w> {
    sheet: &'s Sheet<'s>,
    worksheet: &'w mut rust_xlsxwriter::Worksheet,
    lists: &'w mut DropDowns,
    name: &'w str,
    streamed: bool,
    /// Columns that have been lent a format.
    lent: u16,
    links: usize,
    row: u32,
    rows: pages::RowHeights,
}

impl Writer<'_, '_> {
    /// Writes those rows of the last block, after all of the others.
    fn write(
        mut self,
        layout: &layout::Layout,
        blocks: &mut [BlockRows<'_>],
        part: std::ops::Range<usize>,
    ) -> Result<(), XlsxError> {
        let sheet = self.sheet;
        for (column, pixels) in (0u16..).zip(&layout.widths) {
            self.worksheet.set_column_width_pixels(column, *pixels as u32)?;
        }
        for block in &sheet.blocks {
            for (column, _) in (0u16..).zip(&block.columns).filter(|(_, column)| column.shown == Visibility::Hidden) {
                // Such a table has the sheet for itself.
                self.worksheet.set_column_hidden(column)?;
            }
        }
        for line in &sheet.head {
            self.line(line, layout)?;
        }
        let last = sheet.blocks.len().saturating_sub(1);
        for (index, block) in sheet.blocks.iter().enumerate() {
            let rows = if index == last { &mut blocks[index][part.clone()] } else { &mut blocks[index][..] };
            if index > 0 {
                self.gap(1);
            }
            let first_row = if index == last { part.start } else { 0 };
            self.block(block, rows, first_row, index, layout)?;
        }
        if !sheet.tail.is_empty() {
            self.rows.close();
            self.gap(1);
        }
        for line in &sheet.tail {
            self.line(line, layout)?;
        }
        if layout.printed < layout.widths.len() {
            self.worksheet.set_print_area(0, 0, self.row - 1, layout.printed.saturating_sub(1) as u16)?;
        }
        self.finish()?;
        self.page(layout)
    }

    /// The row that was written is so high.
    fn end_row(&mut self, height: f64) -> Result<(), XlsxError> {
        self.worksheet.set_row_height(self.row, height)?;
        self.rows.add(height);
        self.row += 1;
        Ok(())
    }

    /// So many rows that nothing stands in.
    fn gap(&mut self, rows: u32) {
        (0..rows).for_each(|_| self.rows.add(layout::GAP));
        self.row += rows;
    }

    fn line(&mut self, line: &PageLine, layout: &layout::Layout) -> Result<(), XlsxError> {
        let (text, height) = layout.line(line);
        self.across(&text, formats::line(line.style), layout.printed)?;
        self.end_row(height)
    }

    /// Text over the first `columns` cells of the row.
    fn across(&mut self, text: &str, format: &Format, columns: usize) -> Result<(), XlsxError> {
        let text = super::text::printable(text.into());
        let last = columns.saturating_sub(1) as u16;
        if last == 0 {
            self.worksheet.write_string_with_format(self.row, 0, text.as_ref(), format)?;
        } else {
            self.worksheet.merge_range(self.row, 0, self.row, last, &text, format)?;
        }
        Ok(())
    }

    fn block(
        &mut self,
        block: &Block<'_>,
        rows: &mut [Vec<Value<'_>>],
        first_row: usize,
        at: usize,
        layout: &layout::Layout,
    ) -> Result<(), XlsxError> {
        let first = at == 0;
        let spans = layout.spans(at);
        if let Some(caption) = &block.caption {
            self.across(caption, formats::caption(), layout.printed)?;
            self.end_row(layout::CAPTION)?;
        }
        let header = self.row;
        for (span, column) in spans.iter().zip(&block.columns) {
            let format = formats::header(column);
            self.merge(header, *span, format)?;
            self.worksheet.write_string_with_format(header, span.first, &column.name, format)?;
        }
        let height = layout.header_height(at, block, first && self.sheet.frozen.is_some() && !block.open);
        self.end_row(height)?;
        if first {
            // Further tables have headers of their own.
            if self.sheet.blocks.len() == 1 {
                self.worksheet.set_repeat_rows(header, header)?;
                self.rows.repeat(height);
            }
            if let Some(columns) = self.sheet.frozen {
                self.worksheet.set_freeze_panes(self.row, columns)?;
            }
        }
        let last_column = spans.last().map_or(0, |span| span.last);
        let from = self.row;
        if block.open {
            for (span, column) in spans.iter().zip(&block.columns) {
                if let Some(answer) = &column.answer {
                    self.worksheet.set_column_format(span.first, &formats::entry(&answer.kind))?;
                }
            }
            self.answers(block, (from, ROWS - 1), first_row, spans)?;
            self.alarms(block, (from, ROWS - 1))?;
        } else if rows.is_empty() {
            self.across(
                &block.empty,
                formats::empty(block.columns.first().map_or(Size::Text, |column| column.size)),
                (usize::from(last_column) + 1).min(layout.printed),
            )?;
            self.end_row(layout::EMPTY)?;
        } else {
            self.rows(block, rows, layout, at)?;
            self.answers(block, (from, self.row - 1), first_row, spans)?;
            self.alarms(block, (from, self.row - 1))?;
            self.worksheet.ignore_error_range(from, 0, self.row - 1, last_column, IgnoreError::NumberStoredAsText)?;
        }
        if first && self.sheet.frozen.is_some() && !block.open {
            let last_row = if rows.is_empty() { header } else { self.row - 1 };
            self.worksheet.autofilter(header, 0, last_row, last_column)?;
        }
        if let Some(chart) = block.chart.as_ref().filter(|_| !rows.is_empty()) {
            let place = chart::ChartPlace { sheet: self.name, header, from, to: self.row - 1 };
            if let Some((drawn, height)) = chart::draw(chart, spans, rows, &place, layout.total()) {
                self.gap(1);
                self.worksheet.insert_chart(self.row, 0, &drawn)?;
                self.gap(height.div_ceil(PLAIN_ROW) + 1);
            }
        }
        Ok(())
    }

    /// Makes one cell of all that a table's column lies over. It is written over afterwards.
    fn merge(&mut self, row: u32, span: layout::Span, format: &Format) -> Result<(), XlsxError> {
        if span.first < span.last {
            self.worksheet.merge_range(row, span.first, row, span.last, "", format)?;
        }
        Ok(())
    }

    fn rows(
        &mut self,
        block: &Block<'_>,
        rows: &mut [Vec<Value<'_>>],
        layout: &layout::Layout,
        at: usize,
    ) -> Result<(), XlsxError> {
        let styles: Vec<&'static formats::CellFormats> = block.columns.iter().map(formats::cells).collect();
        let spans = layout.spans(at);
        // Only where the table's columns are the sheet's.
        let own = spans.iter().all(|span| span.first == span.last);
        let lent = if own { self.lend(&styles, rows)? } else { Vec::new() };
        // A chart shows them once more, and the last block's parts come after all of the others.
        let goes = block.chart.is_none() && at + 1 == self.sheet.blocks.len();
        for together in rows.chunks_mut(TOGETHER) {
            self.together(together, layout.rows(at, block), &styles, &lent, spans)?;
            if goes {
                together.iter_mut().for_each(|row| *row = Vec::new());
            }
        }
        Ok(())
    }

    fn together<'r>(
        &mut self,
        rows: &'r [Vec<Value<'_>>],
        mut measured: layout::MeasuredRows<'r>,
        styles: &[&'static formats::CellFormats],
        lent: &[&'static Format],
        spans: &[layout::Span],
    ) -> Result<(), XlsxError> {
        for row in rows {
            let (height, ended) = measured.row(row);
            let inherits = |column: u16, value| {
                let own = |lent: &&Format| std::ptr::eq(*lent, styles[usize::from(column)].of(value));
                lent.get(usize::from(column)).is_some_and(own)
            };
            let bare = |column: u16, value| column > 0 && blank(value) && inherits(column, value);
            let mut blanks = (0u16..).zip(row).filter(|(at, value)| bare(*at, value)).map(|(at, _)| at);
            let blanks = blanks.next().map(|first| (first, blanks.last().unwrap_or(first)));
            for (index, ((value, style), span)) in row.iter().zip(styles).zip(spans).enumerate() {
                let column = span.first;
                if !bare(column, value) {
                    self.merge(self.row, *span, &style.text)?;
                    let own = !inherits(column, value);
                    match ended.iter().find(|(at, _)| *at == index) {
                        Some((_, text)) => self.text(column, text, own.then(|| style.of(value)))?,
                        None => self.cell(column, value, style, own)?,
                    }
                }
                // The row is there once its first cell is. Blank cells are laid out at once, since the library looks the
                // format up each time; what stands between them is written over.
                if let (0, Some((first, last))) = (column, blanks) {
                    self.worksheet.set_range_format(self.row, first, self.row, last, formats::plain())?;
                }
            }
            self.end_row(measure::within_limit(height))?;
        }
        Ok(())
    }

    /// Lends the columns the formats that the first row's cells have, and says which these are.
    ///
    /// The library looks every format that comes with a cell up by its whole content, which costs more than all else
    /// about the cell. A cell that comes with none takes its column's when its row leaves for the file. Columns that
    /// kept a format would show it down to the end of the sheet, so [`Writer::finish`] takes it back. A kept
    /// sheet leaves as a whole and after that: nothing is lent there.
    fn lend(
        &mut self,
        styles: &[&'static formats::CellFormats],
        rows: &[Vec<Value<'_>>],
    ) -> Result<Vec<&'static Format>, XlsxError> {
        let Some(first) = rows.first().filter(|_| self.streamed && rows.len() >= LENT) else { return Ok(Vec::new()) };
        let lent: Vec<&Format> = first.iter().zip(styles).map(|(value, style)| style.of(value)).collect();
        for (column, format) in (0u16..).zip(&lent) {
            self.worksheet.set_column_format(column, format)?;
            self.lent = self.lent.max(column + 1);
        }
        Ok(lent)
    }

    /// The end of a streamed sheet.
    ///
    /// A row leaves when the next one begins. The library would write a last row that has a height twice, so another,
    /// empty one begins here; then the columns give back what they were lent.
    fn finish(&mut self) -> Result<(), XlsxError> {
        if self.streamed {
            self.worksheet.write_blank(self.row, 0, formats::plain())?;
            for column in 0..self.lent {
                self.worksheet.set_column_format(column, formats::plain())?;
            }
        }
        Ok(())
    }

    /// A cell in a format of its own, or in the one that its column has been lent.
    fn cell(
        &mut self,
        column: u16,
        value: &Value<'_>,
        style: &formats::CellFormats,
        own: bool,
    ) -> Result<(), XlsxError> {
        // Without a format the library would leave a blank cell out.
        let format = (own || blank(value)).then(|| style.of(value));
        match value {
            Value::Blank => self.text(column, "", format),
            Value::Text(text) => self.text(column, text, format),
            Value::Fault(text) => self.text(column, text, format),
            Value::Count(number) => self.number(column, *number as f64, format),
            Value::Share(share) | Value::Exceeded(share) => self.number(column, *share, format),
            Value::Date(date) => match excel_date(*date) {
                Ok(day) => self.number(column, day.to_excel(), format),
                // Excel has no days before 1900; such a date stays readable text.
                Err(_) => self.text(column, &date.to_string(), Some(&style.text)),
            },
            Value::Link(link) => {
                let (text, target) = &**link;
                let fits = target.len() < LINK_LENGTH && text.chars().count() <= 255 && self.links < LINKS;
                if !fits {
                    return self.text(column, text, Some(&style.text));
                }
                self.links += 1;
                let url = Url::new(format!("file:///{target}")).set_text(text.as_ref());
                self.worksheet.write_url_with_format(self.row, column, url, &style.link).map(drop)
            }
        }
    }

    fn text(&mut self, column: u16, text: &str, format: Option<&Format>) -> Result<(), XlsxError> {
        match format {
            Some(format) => self.worksheet.write_string_with_format(self.row, column, text, format)?,
            None => self.worksheet.write_string(self.row, column, text)?,
        };
        Ok(())
    }

    fn number(&mut self, column: u16, number: f64, format: Option<&Format>) -> Result<(), XlsxError> {
        match format {
            Some(format) => self.worksheet.write_number_with_format(self.row, column, number, format)?,
            None => self.worksheet.write_number(self.row, column, number)?,
        };
        Ok(())
    }

    /// Drop-down lists, checks of days and numbers, and prompts of the answer columns in those rows.
    fn answers(
        &mut self,
        block: &Block<'_>,
        (from, last): (u32, u32),
        first_row: usize,
        spans: &[layout::Span],
    ) -> Result<(), XlsxError> {
        for (span, column) in spans.iter().zip(&block.columns) {
            let Some(answer) = &column.answer else { continue };
            let index = span.first;
            let told = |rule| prompted(rule, &column.name, &answer.prompt, &answer.refusal);
            let rule = match &answer.kind {
                AnswerKind::Choice(values) => self.lists.rule(values)?,
                AnswerKind::Suggestions { lists, of } => {
                    let of = &of[first_row..=first_row + (last - from) as usize];
                    for (list, ranges) in ranges(of, from, index) {
                        let rule = told(self.lists.rule(&lists[list])?)?
                            .set_error_style(DataValidationErrorStyle::Warning)
                            .set_multi_range(ranges);
                        self.worksheet.add_data_validation(from, index, last, index, &rule)?;
                    }
                    continue;
                }
                AnswerKind::Date(from) => {
                    let last = NaiveDate::from_ymd_opt(2199, 12, 31).unwrap_or(*from);
                    DataValidation::new().allow_date(DataValidationRule::Between(excel_date(*from)?, excel_date(last)?))
                }
                AnswerKind::Text | AnswerKind::Number(None, None) => DataValidation::new().allow_any_value(),
                AnswerKind::Number(least, most) => DataValidation::new().allow_decimal_number(match (*least, *most) {
                    (Some(least), None) => DataValidationRule::GreaterThanOrEqualTo(least),
                    (None, Some(most)) => DataValidationRule::LessThanOrEqualTo(most),
                    (least, most) => DataValidationRule::Between(least.unwrap_or(0.0), most.unwrap_or(0.0)),
                }),
                AnswerKind::Year => DataValidation::new().allow_whole_number(DataValidationRule::Between(1950, 2099)),
            };
            let rule = told(rule)?.set_error_style(DataValidationErrorStyle::Stop);
            self.worksheet.add_data_validation(from, index, last, index, &rule)?;
        }
        Ok(())
    }

    fn alarms(&mut self, block: &Block<'_>, (from, last): (u32, u32)) -> Result<(), XlsxError> {
        for alarm in &block.alarms {
            let when = format!("={}", alarm.when.replace("{row}", &(from + 1).to_string()));
            let format = ConditionalFormatFormula::new().set_rule(Formula::new(when)).set_format(formats::alarm());
            self.worksheet.add_conditional_format(from, alarm.column, last, alarm.column, &format)?;
        }
        Ok(())
    }

    /// Paper, margins, page numbers, protection.
    fn page(&mut self, layout: &layout::Layout) -> Result<(), XlsxError> {
        let sheet = self.sheet;
        let target = &mut *self.worksheet;
        // Excel's numbers for A4 and A3.
        target.set_paper_size(if sheet.paper.is_large() { 8 } else { 9 });
        if !sheet.paper.is_upright() {
            target.set_landscape();
        }
        let [left, right, top, bottom] = layout::margins(sheet.paper);
        target.set_margins(left, right, top, bottom, 0.3, 0.3);
        match self.rows.lie(sheet, layout.total()) {
            pages::Lie::Free => target.set_print_fit_to_pages(1, 0),
            pages::Lie::One => target.set_print_fit_to_pages(1, 1),
            // Where a sheet is fitted to its page, Excel looks at no breaks.
            pages::Lie::Broken { before, scale } => {
                target.set_page_breaks(&[before])?;
                target.set_print_scale(scale)
            }
        };
        target.set_print_center_horizontally(true);
        target.set_footer(footer(sheet));
        // The foot is for signing on paper: it keeps its size however far the table is scaled down.
        target.set_header_footer_scale_with_doc(false);
        if sheet.protected {
            target.protect_with_options(&ProtectionOptions {
                format_columns: true,
                format_rows: true,
                use_autofilter: true,
                ..ProtectionOptions::default()
            });
        }
        Ok(())
    }
}

/// The cells of a column that have each list, as ranges of the sheet; a list with very many of them comes more than once.
fn ranges(of: &[usize], from: u32, column: u16) -> Vec<(usize, String)> {
    let letters = crate::place::letters(column);
    let mut gathered: Vec<(usize, String, usize)> = Vec::new();
    let mut row = from + 1;
    for run in of.chunk_by(|one, other| one == other) {
        let last = row + run.len() as u32 - 1;
        let range = if row == last { format!("{letters}{row}") } else { format!("{letters}{row}:{letters}{last}") };
        match gathered.iter_mut().rev().find(|(list, ..)| *list == run[0]) {
            Some((_, ranges, count)) if *count < RANGES => {
                ranges.push(' ');
                ranges.push_str(&range);
                *count += 1;
            }
            _ => gathered.push((run[0], range, 1)),
        }
        row = last + 1;
    }
    gathered.into_iter().map(|(list, ranges, _)| (list, ranges)).collect()
}

fn footer(sheet: &Sheet<'_>) -> String {
    // The size comes first: a number after it would be read on into a text that begins with the year.
    let typeface = "&10&\"仿宋,常规\"";
    // An ampersand begins a command of the footer's language.
    let plain = |text: &str| text.replace('&', "&&");
    let single = sheet.paper == Paper::Single;
    let mut footer = if single { String::new() } else { format!("&C{typeface}第 &P 页 共 &N 页") };
    if !sheet.foot_left.is_empty() {
        footer.insert_str(0, &format!("&L{typeface}{}", plain(&sheet.foot_left)));
    }
    // A loose page says what it belongs to.
    let title = sheet.head.first().filter(|line| !single && line.style == LineStyle::Title);
    if let Some(title) = title.and_then(|line| line.text.lines().next()) {
        footer += &format!("&R{typeface}{}", plain(&foot_title(title, sheet.paper)));
    }
    footer
}

/// As much of a title as there is room for right of the page's number: whole pieces of it.
fn foot_title(title: &str, paper: Paper) -> String {
    let room = measure::room(layout::page(paper).0 / 2.0 - FOOT_NUMBER, FOOT);
    let mut fits = 0;
    for piece in breaks::pieces(title) {
        if measure::width(&title[..fits + piece.len()]) > room {
            break;
        }
        fits += piece.len();
    }
    let fits = if fits > 0 { title[..fits].trim_end_matches(['；', '，', '、']) } else { title };
    fitting(fits, room)
}

fn blank(value: &Value<'_>) -> bool {
    *value == Value::Blank || value.words().is_some_and(str::is_empty)
}

/// What is said beside a cell to be filled in, and of what does not belong there. Excel refuses messages of more than 255
/// units and titles of more than 32, so they are cut.
fn prompted(rule: DataValidation, title: &str, prompt: &str, refusal: &str) -> Result<DataValidation, XlsxError> {
    rule.set_input_title(fitting(title, 32))?
        .set_input_message(fitting(prompt, 255))?
        .set_error_title(fitting(title, 32))?
        .set_error_message(fitting(refusal, 255))
}

/// Drop-down lists that are too long for a rule, one column each of a hidden sheet.
#[derive(Default)]
struct DropDowns(Vec<Vec<String>>);

impl DropDowns {
    fn rule(&mut self, values: &[String]) -> Result<DataValidation, XlsxError> {
        let length: usize = values.iter().map(|value| value.encode_utf16().count() + 1).sum();
        // A comma separates the values of an inline list, so a value cannot hold one.
        if length <= INLINE_LIST && !values.iter().any(|value| value.contains([',', '"'])) {
            return DataValidation::new().allow_list_strings(values);
        }
        let column = self.0.iter().position(|list| list == values).unwrap_or_else(|| {
            self.0.push(values.to_vec());
            self.0.len() - 1
        });
        let letters = crate::place::letters(column as u16);
        let range = format!("={LISTS_SHEET}!${letters}$1:${letters}${}", values.len());
        Ok(DataValidation::new().allow_list_formula(Formula::new(range)))
    }

    fn write(self, target: &mut rust_xlsxwriter::Workbook) -> Result<(), XlsxError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let sheet = target.add_worksheet();
        sheet.set_name(LISTS_SHEET)?.set_hidden(true);
        for (column, list) in (0u16..).zip(&self.0) {
            for (row, value) in (0u32..).zip(list) {
                sheet.write_string(row, column, value)?;
            }
        }
        sheet.protect();
        Ok(())
    }
}

/// The beginning of a text, as far as so many UTF-16 units go.
fn fitting(text: &str, units: usize) -> String {
    let mut left = units;
    text.chars()
        .take_while(|character| {
            let fits = left >= character.len_utf16();
            left = left.saturating_sub(character.len_utf16());
            fits
        })
        .collect()
}

fn excel_date(date: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(date.year()).unwrap_or(0);
    ExcelDateTime::from_ymd(year, date.month() as u8, date.day() as u8)
}
