//! 数据问题清单 and 退回单: what could not be used, where it stands, why, and what to do about it.
//!
//! The list is for the office that runs the assessment; a return slip holds the faults of one
//! workbook and nothing of others, so that it can be sent to the office that the workbook came from.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::finding::{Code, Finding, Severity, warnings};
use crate::pack::Pack;
use crate::place::{Cell, SheetId};
use crate::table::{Dataset, SheetKind, ToldRow};

use super::model::{Block, Column, LineStyle, Paper, Sheet, Value, Workbook, row};
use super::text::FileNames;

pub const LIST: &str = "数据问题清单";
pub const FOLDER: &str = "退回单";
/// In the title of every return slip.
pub const SLIP: &str = "数据退回单";

/// Stands in a return slip for a reason that tells what another office has sent.
const ELSEWHERE: &str = "其他工作簿也报送了同一记录，内容与本行不一致";

/// The faults of the input, by workbook.
pub struct Faulty<'a> {
    pack: &'a Pack,
    dataset: &'a Dataset,
    /// By path.
    books: BTreeMap<&'a str, Returned<'a>>,
}

/// A workbook with faults.
pub struct Returned<'a> {
    path: &'a str,
    /// File name of its return slip.
    name: String,
    findings: Vec<&'a Finding>,
    /// Rows put aside.
    rejected: usize,
    /// Rows at fault, in reading order, and what was done with each.
    rows: Vec<(&'a ToldRow, Severity)>,
}

impl<'a> Faulty<'a> {
    pub fn new(pack: &'a Pack, dataset: &'a Dataset) -> Self {
        let mut findings: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in &dataset.findings {
            findings.entry(&finding.file).or_default().push(finding);
        }
        let mut rows: Vec<Vec<(&ToldRow, Severity)>> = vec![Vec::new(); dataset.books.len()];
        for (told, done) in [(&dataset.rejected, Severity::Rejected), (&dataset.noted, Severity::Warning)] {
            for row in told {
                rows[dataset.sheets[row.sheet.0 as usize].book as usize].push((row, done));
            }
        }
        let mut names = FileNames::default();
        let mut books = BTreeMap::new();
        for (book, mut rows) in dataset.books.iter().zip(rows) {
            let findings = findings.remove(book.path.as_str()).unwrap_or_default();
            if findings.is_empty() && rows.is_empty() {
                continue;
            }
            rows.sort_by_key(|(row, _)| (row.sheet, row.row));
            let rejected = rows.iter().filter(|(_, done)| *done == Severity::Rejected).count();
            let name = names.claim(&slip_stem(&book.path));
            books.insert(book.path.as_str(), Returned { path: &book.path, name, findings, rejected, rows });
        }
        Faulty { pack, dataset, books }
    }

    /// Every return slip and its path.
    pub fn slips(&self) -> impl Iterator<Item = (String, &Returned<'a>)> {
        self.books.values().map(|book| (format!("{FOLDER}/{}", book.name), book))
    }

    /// Path, slip, rejected rows and warnings of every workbook with faults.
    pub fn summary(&self) -> impl Iterator<Item = (&'a str, &str, u64, u64)> {
        self.books.values().map(|book| {
            let warnings = warnings(book.findings.iter().copied());
            (book.path, book.name.as_str(), book.rejected as u64, warnings as u64)
        })
    }

    fn title(&self, heading: &str) -> String {
        // A check that failed may not know the year.
        if self.dataset.year == 0 {
            return format!("{}{heading}", self.pack.city);
        }
        format!("{}{}年{heading}", self.pack.city, self.dataset.year)
    }

    /// 数据问题清单: every rejected cell and every warning.
    pub fn list(&self, as_of: NaiveDate) -> Workbook<'a> {
        let mut columns = what_is_wrong(30.0);
        columns.insert(1, Column::text("文件", 14.0, 40.0).whole());
        columns.insert(4, Column::text("表", 8.0, 16.0).whole());
        let findings = &self.dataset.findings;
        let rows = (1..).zip(findings).map(|(number, finding)| {
            let file = match self.books.get(finding.file.as_str()) {
                Some(book) => Value::link(finding.file.as_str(), &format!("{FOLDER}/{}", book.name), ""),
                None => Value::text(finding.file.as_str()),
            };
            let mut row = row![number, file, &finding.sheet, &finding.cell, &finding.table, &finding.column];
            row.extend(told(finding));
            row
        });
        let block = Block::new(columns, rows.collect(), "本次报送的数据没有问题。");
        let rejected = self.dataset.rejected.len();
        let warnings = warnings(findings);
        let title = self.title(LIST);
        let slips = if self.books.is_empty() { "" } else { "「文件」一列链接到该工作簿的退回单。" };
        // Nobody is asked to send again what was taken.
        let again = if rejected == 0 { "" } else { "退回的行本次没有采用，更正后请重新报送。" };
        let note = format!("退回 {rejected} 行，提醒 {warnings} 处。{again}{slips}");
        let head = [(title, LineStyle::Title), (note, LineStyle::Note)];
        Sheet::new(LIST, Paper::Lying, head, vec![block]).in_view(0).alone(as_of)
    }

    /// The return slip of a workbook: what is wrong, then the faulty rows sheet by sheet.
    pub fn returned(&self, book: &Returned<'a>, as_of: NaiveDate) -> Workbook<'a> {
        let mut sheets = vec![self.reasons(book)];
        let by_sheet = book.rows.chunk_by(|(one, _), (other, _)| one.sheet == other.sheet);
        sheets.extend(by_sheet.map(|rows| self.faulty_rows(book, rows[0].0.sheet, rows)));
        Workbook::new(as_of, sheets)
    }

    fn reasons(&self, book: &Returned<'a>) -> Sheet<'a> {
        let rows = (1..).zip(&book.findings).map(|(number, finding)| {
            let mut row = row![number, &finding.sheet, &finding.cell, &finding.column];
            let [value, reason, remedy, done] = told(finding);
            // What stands in another workbook is not this office's business.
            let reason = if finding.code == Code::DuplicateElsewhere { Value::text(ELSEWHERE) } else { reason };
            row.extend([value, reason, remedy, done]);
            row
        });
        let unread = |finding: &&Finding| finding.severity == Severity::Rejected && finding.sheet.is_empty();
        let of_book =
            self.dataset.sheets.iter().filter(|sheet| self.dataset.books[sheet.book as usize].path == book.path);
        let sheets = of_book.filter(|sheet| matches!(sheet.kind, SheetKind::Unrecognised | SheetKind::Hidden)).count();
        let mut parts = Vec::new();
        parts.extend((sheets > 0).then(|| format!("{sheets} 个工作表没有采用")));
        parts.extend((book.rejected > 0).then(|| format!("{} 行未能采用", book.rejected)));
        let asked = if book.findings.iter().any(unread) {
            "贵单位报送的上述工作簿未能读取，其中的内容都没有采用。请按「更正办法」处理后重新报送。".to_owned()
        } else if parts.is_empty() {
            "贵单位报送的上述工作簿没有退回的行，下列各处请核对；确有差错的，更正后再报送。".to_owned()
        } else {
            let parts = parts.join("，");
            format!(
                "贵单位报送的上述工作簿中，有 {parts}。请按「更正办法」在原工作簿中更正后重新报送；标为「提醒」的，请核对。"
            )
        };
        let head = [
            (self.title(SLIP), LineStyle::Title),
            (format!("工作簿：{}", book.path), LineStyle::Paragraph),
            (asked, LineStyle::Paragraph),
        ];
        let block = Block::new(what_is_wrong(24.0), rows.collect(), "没有问题。");
        let sheet = Sheet::new("退回说明", Paper::Lying, head, vec![block]).in_view(0);
        sheet.footed("更正人（签字）：＿＿＿＿＿＿　　日期：＿＿＿＿年＿＿月＿＿日")
    }

    fn faulty_rows(&self, book: &Returned<'a>, sheet: SheetId, rows: &[(&'a ToldRow, Severity)]) -> Sheet<'a> {
        let source = &self.dataset.sheets[sheet.0 as usize];
        let table = match source.kind {
            SheetKind::Table(table) => Some(&self.pack.tables[table]),
            SheetKind::Unrecognised | SheetKind::Hidden | SheetKind::Prose => None,
        };
        let places = book.findings.iter().filter_map(|finding| finding.place).filter(|place| place.sheet == sheet);
        let faults: BTreeSet<Cell> = places.filter_map(|place| source.cell_of(place)).collect();
        // Only the columns that the sheet has, in its own order, as the office knows them.
        let mut present: Vec<(u32, usize)> =
            source.columns.iter().enumerate().filter_map(|(column, at)| Some(((*at)?, column))).collect();
        present.sort_unstable();
        let mut columns = vec![Column::centred("行号", 4.0, 8.0), Column::centred("处理", 4.0, 6.0)];
        columns.extend(present.iter().filter_map(|(_, column)| {
            let name = &table?.columns.get(*column)?.name;
            Some(Column::text(name.as_str(), 8.0, 30.0))
        }));
        let rows = rows.iter().map(|(row, done)| {
            let mut cells = row![u64::from(row.row) + 1, done.done()];
            cells.extend(present.iter().map(|(at, column)| {
                let text = row.values.get(*column).map_or("", String::as_str);
                let faulty = faults.contains(&Cell { sheet, row: row.row, column: *at });
                match Value::text(text) {
                    Value::Text(text) if faulty => Value::Fault(text.into()),
                    Value::Blank if faulty => Value::Fault("（空）".into()),
                    other => other,
                }
            }));
            cells
        });
        let table = table.map_or("", |table| table.name.as_str());
        let note = "着色加粗的单元格有问题，原因和更正办法见「退回说明」；「行号」是原工作表中的行号。标为「退回」的行没有采用。";
        let title = format!("有问题的行：{}（{table}）", source.name);
        let head = [(title, LineStyle::Title), (note.to_owned(), LineStyle::Note)];
        let block = Block::new(columns, rows.collect(), "没有有问题的行。");
        Sheet::new(&source.name, Paper::Lying, head, vec![block]).in_view(2)
    }
}

/// The columns of both; values take so much room.
fn what_is_wrong(value: f64) -> Vec<Column> {
    vec![
        Column::centred("序号", 4.0, 7.0),
        Column::text("工作表", 8.0, 20.0),
        Column::centred("单元格", 6.0, 8.0),
        Column::text("列", 8.0, 16.0).whole(),
        Column::text("原值", 8.0, value),
        Column::text("问题", 20.0, 60.0),
        Column::text("更正办法", 20.0, 60.0),
        Column::centred("处理", 6.0, 10.0),
    ]
}

fn told<'a>(finding: &'a Finding) -> [Value<'a>; 4] {
    let blank = finding.severity == Severity::Rejected && finding.value.is_empty() && !finding.cell.is_empty();
    let value = if blank { Value::text("（空）") } else { Value::text(finding.value.as_str()) };
    [
        value,
        Value::text(finding.reason.as_str()),
        Value::text(finding.remedy.as_str()),
        Value::text(finding.severity.done()),
    ]
}

/// The relative path with `_` for `/`; the ending `.xlsx` is the slip's own.
fn slip_stem(path: &str) -> String {
    let flat = path.replace('/', "_");
    match flat.rsplit_once('.') {
        Some((stem, ending)) if ending.eq_ignore_ascii_case("xlsx") => stem.to_owned(),
        _ => flat,
    }
}

#[cfg(test)]
mod tests {
    use super::slip_stem;

    #[test]
    fn slips_are_named_by_path() {
        let cases = [("a.xlsx", "a"), ("市直/线索.XLSX", "市直_线索"), ("b.xls", "b.xls"), ("无后缀", "无后缀")];
        for (path, expected) in cases {
            assert_eq!(slip_stem(path), expected);
        }
    }
}
