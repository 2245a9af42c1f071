//! From workbooks to the dataset: what is used, rejected and ignored, and what clerks are told.
//!
//! A case is a few sheets as text and what comes of them, word for word. Cells are separated by `|`;
//! `=42179` is a number, `@2015-06-24` a date, `!#REF!` an error, `^` a cell merged with the one above,
//! `<` with the one to the left, `~较好` a formula that shows a text.

#![allow(clippy::unwrap_used)] // Whatever goes wrong here fails the test.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use crate::workbook::build::computed;
use chrono::NaiveDate;
use expect_test::{Expect, expect};
use kaohe::finding::Severity;
use kaohe::pack::sql::{Literal, Literals};
use kaohe::pack::{self, ColumnKind, Pack};
use kaohe::table::{self, AsOf, Context, Dataset, Failed, SheetKind};
use kaohe::workbook::Parser;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

/// Three units and five people; 张三 twice, 赵六 in two units.
const CITY: [(&str, &str); 2] = [
    (
        "名册.xlsx!班子",
        "单位编号|单位名称|单位类别|简称
         U1|盘龙区|县区|龙区、盘龙
         U2|市审计局|市级部门|
         U3|阳宗海（度假）区|开发（度假）园区|",
    ),
    (
        "名册.xlsx!干部",
        "干部编号|姓名|单位编号|职务|班子职务|任现职时间
         K1|张三|U1|区长|主要负责人|2012.03
         K2|李四|U1|副区长|班子成员|2012.03
         K3|王五|U2|局长|主要负责人|2012.03
         K4|张三|U2|副局长|班子成员|2012.03
         K5|赵六|U1|副区长|班子成员|2012.03
         K5|赵六|U3|主任|主要负责人|2012.03",
    ),
];

/// How a case is read.
struct Options {
    year: Option<i32>,
    as_of: AsOf,
    known_lines: &'static [&'static str],
    /// With [`CITY`].
    city: bool,
    /// The pack takes percentages in its columns of numbers.
    percent: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { year: Some(2015), as_of: AsOf::Default(12, 31), known_lines: &[], city: true, percent: false }
    }
}

fn pack() -> Pack {
    match pack::built_in("kunming-2015") {
        Ok(pack) => pack,
        Err(error) => panic!("{error}"),
    }
}

/// Reads the sheets together with the city's registers.
fn read(sheets: &[(&str, &str)], options: &Options) -> Result<Dataset, Failed> {
    let folder = tempfile::tempdir().unwrap();
    let all = CITY.iter().filter(|_| options.city).chain(sheets);
    write(folder.path(), &all.copied().collect::<Vec<_>>());
    read_folder(folder.path(), options)
}

/// Reads by the scanner and by the general reader: nobody may be able to tell which it was.
fn read_folder(folder: &Path, options: &Options) -> Result<Dataset, Failed> {
    let [scanned, general] = [Parser::Scanner, Parser::General].map(|parser| read_by(folder, options, parser));
    match (&scanned, &general) {
        (Ok(scanned), Ok(general)) => {
            assert_eq!(scanned.findings, general.findings);
            assert_eq!(format!("{:?}", scanned.sheets), format!("{:?}", general.sheets));
            assert_eq!(format!("{:?}", scanned.rejected), format!("{:?}", general.rejected));
            for (scanned, general) in scanned.tables.iter().zip(&general.tables) {
                assert!(scanned.frame.equals_missing(&general.frame));
                assert_eq!(scanned.origin, general.origin);
            }
        }
        (Err(scanned), Err(general)) => assert_eq!(scanned.to_string(), general.to_string()),
        (scanned, general) => {
            panic!("read: {} by the scanner, {} by the general reader", scanned.is_ok(), general.is_ok())
        }
    }
    scanned
}

fn read_by(folder: &Path, options: &Options, parser: Parser) -> Result<Dataset, Failed> {
    let known = options.known_lines.iter().map(|line| (*line).to_owned()).collect::<BTreeSet<_>>();
    let literals = |year: i32, as_of: NaiveDate| {
        Literals::from([
            ("本年".to_owned(), Literal::Int(year)),
            ("基准日".to_owned(), Literal::Date(as_of)),
            ("半年得分线".to_owned(), Literal::Number(60.0)),
            ("年度得分线".to_owned(), Literal::Number(60.0)),
        ])
    };
    let context = Context { literals: &literals, known_lines: &known, progress: None, parser };
    let mut pack = pack();
    for column in pack.tables.iter_mut().flat_map(|table| &mut table.columns) {
        if let ColumnKind::Number { percent, .. } = &mut column.kind {
            *percent = options.percent;
        }
    }
    table::read(folder, &pack, options.year, options.as_of, &context)
}

/// One workbook per name before the `!`.
fn write(folder: &Path, sheets: &[(&str, &str)]) {
    let mut books: Vec<(&str, Workbook)> = Vec::new();
    for (name, content) in sheets {
        let (book, sheet) = name.split_once('!').unwrap();
        let at = books.iter().position(|(known, _)| known == &book).unwrap_or_else(|| {
            books.push((book, Workbook::new()));
            books.len() - 1
        });
        let worksheet = books[at].1.add_worksheet();
        worksheet.set_name(sheet).unwrap();
        fill(worksheet, content);
    }
    for (name, mut book) in books {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, computed(&book.save_to_buffer().unwrap())).unwrap();
    }
}

fn fill(sheet: &mut Worksheet, content: &str) {
    let grid: Vec<Vec<&str>> = content.lines().map(|line| line.trim_matches(' ').split('|').collect()).collect();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for (row, cells) in grid.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let (r, c) = (row as u32, column as u16);
            let mark = cell.chars().next().filter(|mark| mark.is_ascii()).map(|mark| cell.split_at(mark.len_utf8()));
            match mark {
                Some(("^" | "<", "")) => {}
                _ if cell.is_empty() => {}
                Some(("=", number)) => drop(sheet.write(r, c, number.parse::<f64>().unwrap()).unwrap()),
                Some(("@", day)) => {
                    let moment = ExcelDateTime::parse_from_str(day).unwrap();
                    sheet.write_with_format(r, c, &moment, &date).unwrap();
                }
                Some(("!", error)) => drop(sheet.write(r, c, Formula::new("=1/0").set_result(error)).unwrap()),
                Some(("~", text)) => drop(sheet.write(r, c, Formula::new("=A1").set_result(text)).unwrap()),
                _ => drop(sheet.write(r, c, cell.replace("\\n", "\n")).unwrap()),
            }
        }
    }
    // Merged ranges: a cell and what follows it to the right and below.
    let at = |row: usize, column: usize| grid.get(row).and_then(|cells| cells.get(column)).copied().unwrap_or("");
    for (row, cells) in grid.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            if matches!(*cell, "^" | "<" | "") {
                continue;
            }
            let right = (column + 1..).take_while(|next| at(row, *next) == "<").count();
            let down = (row + 1..).take_while(|next| at(*next, column) == "^").count();
            if right + down > 0 {
                let (r, c) = (row as u32, column as u16);
                let plain = Format::new();
                sheet.merge_range(r, c, r + down as u32, c + right as u16, cell, &plain).unwrap();
            }
        }
    }
}

/// What came of the case: every sheet with its counts (rows = used + rejected + ignored), every finding.
fn told(result: Result<Dataset, Failed>) -> String {
    let dataset = match result {
        Ok(dataset) => dataset,
        Err(failed) => return format!("{failed}\n---\n{}", failed.found.as_deref().map(told_of).unwrap_or_default()),
    };
    told_of(&dataset)
}

fn told_of(dataset: &Dataset) -> String {
    let mut told = String::new();
    let pack = pack();
    for sheet in &dataset.sheets {
        assert_eq!(sheet.rows, sheet.used + sheet.rejected + sheet.ignored);
        let book = &dataset.books[sheet.book as usize].path;
        if book == "名册.xlsx" {
            continue;
        }
        let kind = match sheet.kind {
            SheetKind::Table(table) => pack.tables[table].name.as_str(),
            SheetKind::Unrecognised => "unrecognised",
            SheetKind::Hidden => "hidden",
            SheetKind::Prose => "prose",
        };
        writeln!(
            told,
            "{book}!{} {kind} {} = {} + {} + {}",
            sheet.name, sheet.rows, sheet.used, sheet.rejected, sheet.ignored
        )
        .unwrap();
    }
    for finding in &dataset.findings {
        let mark = match finding.severity {
            Severity::Rejected => "✗",
            Severity::Warning => "!",
        };
        let place = [finding.file.as_str(), &finding.sheet, &finding.cell].join("!");
        writeln!(
            told,
            "{mark} {:?} {} {}「{}」",
            finding.code,
            place.trim_end_matches('!'),
            finding.column,
            finding.value
        )
        .unwrap();
        writeln!(told, "    {}", finding.reason).unwrap();
        writeln!(told, "    {}", finding.remedy).unwrap();
        assert_eq!(finding.cell.is_empty(), finding.place.is_none_or(|place| place.row.is_none()));
    }
    told
}

#[track_caller]
fn check(sheets: &[(&str, &str)], expected: Expect) {
    check_with(&Options::default(), sheets, expected);
}

#[track_caller]
fn check_with(options: &Options, sheets: &[(&str, &str)], expected: Expect) {
    expected.assert_eq(&told(read(sheets, options)));
}

mod blocks;
mod headers;
mod merged;
mod people;
mod rows;
mod shown;
mod stacked;
mod values;
mod whole;
mod years;
