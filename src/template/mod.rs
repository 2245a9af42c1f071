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

use chrono::NaiveDate;

use crate::handoff::measure;
use crate::handoff::model::{
    Alarm, AnswerCell, AnswerKind, Block, Column, Demand, LineStyle, Paper, Sheet, Value, Workbook,
};
use crate::handoff::write;
use crate::pack::{self, ColumnKind, EXAMPLE, Pack, Table};
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
    #[error(transparent)]
    Write(#[from] write::Error),
}

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
        write::form(workbook(pack, tables), path)?;
    }
    write::form(holidays::workbook(), &calendar)?;
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

fn workbook(pack: &Pack, tables: &[&Table]) -> Workbook<'static> {
    let forms = tables.iter().map(|table| form(pack, table));
    Workbook::new(made(), std::iter::once(instructions(pack, tables)).chain(forms).collect())
}

/// When the workbooks say that they were made: the same pack gives the same bytes.
fn made() -> NaiveDate {
    NaiveDate::from_ymd_opt(2015, 1, 1).unwrap_or_default()
}

/// No day before this is taken.
fn earliest() -> NaiveDate {
    NaiveDate::from_ymd_opt(1950, 1, 1).unwrap_or_default()
}

/// One cell a row, so that the reader takes the sheet for prose.
fn instructions(pack: &Pack, tables: &[&Table]) -> Sheet<'static> {
    let title = (format!("{}　{GUIDE}", pack.city), LineStyle::Title);
    let lines = [
        "一、数据从表头的下一行填起，一行一条。表头上方的示例只供参考，不作为数据。",
        "二、表头文字请勿改动；列的次序可以变，也可以加列，多出的列不会被读取。",
        "三、蓝底表头必填，黄底表头按说明二者至少填一项，灰底表头选填。应填未填的格会变成橙色。",
        "四、有下拉列表的，请选列表中的值，不要另写。日期请填到日，如 2015-06-24。",
        "五、合计行，以及以「注：」「说明」「备注：」「填表人：」开头的行不作为数据。不要合并数据行的单元格。",
        "六、填好后保存，发回发下本表的部门。有问题的格会由该部门逐一列出，退回更正。",
    ];
    let head = std::iter::once(title).chain(lines.map(|line| (line.to_owned(), LineStyle::Note)));
    let about = |table: &&Table| {
        let told = table.columns.iter().map(|column| {
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
            vec![Value::text(text + "。")]
        });
        let column = Column::text("各列怎么填", 60.0, 100.0).in_clauses();
        Block::new(vec![column], told.collect(), "").captioned(format!("工作表「{}」", table.name))
    };
    Sheet::new(GUIDE, Paper::Upright, head, tables.iter().map(about).collect())
}

/// A table's header under an example, and what its columns ask for.
fn form(pack: &Pack, table: &Table) -> Sheet<'static> {
    let example = |column| pack.template.example(table, column);
    let shown: Vec<String> = table
        .columns
        .iter()
        .filter(|column| !example(column).is_empty())
        .map(|column| format!("{}「{}」", column.name, example(column)))
        .collect();
    let head = [
        (format!("{}　{}（填法见「{GUIDE}」）", pack.city, table.name), LineStyle::Title),
        (format!("{EXAMPLE}（不作为数据）：{}", shown.join("，")), LineStyle::Note),
    ];
    let columns = table.columns.iter().map(|column| {
        let width = measure::width(&example(column)).max(measure::width(&column.name)).clamp(10, 40) as f64;
        let demand = match (column.required, &column.one_of) {
            (true, _) => Demand::Must,
            (false, Some(_)) => Demand::OneOf,
            (false, None) => Demand::May,
        };
        Column::text(&column.name, width, width).answered(answer(pack, table, column)).demanded(demand)
    });
    let columns = columns.collect();
    Sheet::new(&table.name, Paper::Lying, head, vec![Block::form(columns, lacking(table))]).in_view(0)
}

/// Colours what has to be filled in, in rows that hold anything.
fn lacking(table: &Table) -> Vec<Alarm> {
    let end = letters(table.columns.len().saturating_sub(1) as u16);
    let columns = || (0u16..).zip(&table.columns);
    let asked = columns().filter(|(_, column)| column.required || column.one_of.is_some());
    let alarm = |(at, column): (u16, &pack::InputColumn)| {
        let group = columns().filter(|(_, other)| match &column.one_of {
            Some(group) => other.one_of.as_ref() == Some(group),
            None => other.name == column.name,
        });
        let blank: Vec<String> = group.map(|(other, _)| format!("LEN(${}{{row}})=0", letters(other))).collect();
        Alarm { column: at, when: format!("AND(COUNTA($A{{row}}:${end}{{row}})>0,{})", blank.join(",")) }
    };
    asked.map(alarm).collect()
}

/// What Excel lets a clerk type, and the words it shows beside the cell.
fn answer(pack: &Pack, table: &Table, column: &pack::InputColumn) -> AnswerCell {
    let kind = match &column.kind {
        ColumnKind::Choice { values, .. } => AnswerKind::Choice(values.clone()),
        ColumnKind::Number { min, max, .. } => AnswerKind::Number(*min, *max),
        ColumnKind::Date => AnswerKind::Date(earliest()),
        ColumnKind::Year => AnswerKind::Year,
        _ => AnswerKind::Text,
    };
    let allowed = column.kind.allowed(pack);
    let mut prompt = format!("{}。{allowed}", guide::demand(table, column));
    if let Some(note) = pack.template.note(table, column) {
        prompt.push('；');
        prompt.push_str(note);
    }
    AnswerCell { kind, prompt, refusal: format!("「{}」应{allowed}。", column.name) }
}
