//! From workbooks to the dataset: what is used, rejected and ignored, and what clerks are told.
//!
//! A case is a few sheets as text and what comes of them, word for word. Cells are separated by `|`;
//! `=42179` is a number, `@2015-06-24` a date, `!#REF!` an error, `^` a cell merged with the one above,
//! `<` with the one to the left, `~较好` a formula that shows a text, `~stored~format~seen` a number, a day or a text with a
//! format of [`every::FORMATS`], `'=1+1` a text that begins like one of these; `\n` and `\b` are a line break and a bar. Every case is written as .xlsx, .xlsb, .xls and .ods, and the same has to come of each.

#![allow(clippy::unwrap_used)] // Whatever goes wrong here fails the test.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::sync::LazyLock;

use crate::workbook::build::computed;
use crate::workbook::every::{self, ENDINGS, FORMATS, Filled, Page, Value};
use chrono::NaiveDate;
use expect_test::{Expect, expect};
use kaohe::finding::Severity;
use kaohe::pack::term::{Literal, Literals};
use kaohe::pack::{self, ColumnKind, Pack};
use kaohe::table::{self, AsOf, Context, Dataset, Failed, SheetKind};
use kaohe::workbook::{Merge, Parser};
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

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

static PACK: LazyLock<Pack> = LazyLock::new(load);

/// Its columns of numbers take percentages.
static PERCENT: LazyLock<Pack> = LazyLock::new(|| {
    let mut pack = load();
    for column in pack.tables.iter_mut().flat_map(|table| &mut table.columns) {
        if let ColumnKind::Number { percent, .. } = &mut column.kind {
            *percent = true;
        }
    }
    pack
});

fn load() -> Pack {
    match pack::built_in("kunming-2015") {
        Ok(pack) => pack,
        Err(error) => panic!("{error}"),
    }
}

/// Reads the sheets together with the city's registers, in every format: the same has to come of each.
#[track_caller]
fn read(sheets: &[(&str, &str)], options: &Options) -> Result<Dataset, Failed> {
    let read = read_xlsx(sheets, options);
    for ending in &ENDINGS[1..] {
        let (other, told) = read_elsewhere(ending, sheets, options);
        assert_eq!(told, self::told(&read), ".{ending}");
        if let (Ok(read), Ok(other)) = (&read, &other) {
            for (read, other) in read.tables.iter().zip(&other.tables) {
                assert!(read.frame.equals_missing(&other.frame), ".{ending}: {} {}", read.frame, other.frame);
            }
        }
    }
    read
}

fn read_xlsx(sheets: &[(&str, &str)], options: &Options) -> Result<Dataset, Failed> {
    let folder = tempfile::tempdir().unwrap();
    let all = CITY.iter().filter(|_| options.city).chain(sheets);
    write(folder.path(), &all.copied().collect::<Vec<_>>());
    read_folder(folder.path(), options)
}

/// Reads the sheets from workbooks of another format; what is told says `.xlsx` for their ending.
fn read_elsewhere(ending: &str, sheets: &[(&str, &str)], options: &Options) -> (Result<Dataset, Failed>, String) {
    let folder = tempfile::tempdir().unwrap();
    if options.city {
        write(folder.path(), &CITY);
    }
    let mut books: Vec<(&str, Vec<Page>)> = Vec::new();
    for (name, content) in sheets {
        let (book, sheet) = name.split_once(".xlsx!").unwrap();
        match books.iter_mut().find(|(known, _)| *known == book) {
            Some((_, pages)) => pages.push(page(sheet, content)),
            None => books.push((book, vec![page(sheet, content)])),
        }
    }
    let renamed = |book: &str| format!("{book}.{ending}");
    for (book, pages) in &books {
        let path = folder.path().join(renamed(book));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, every::bytes(ending, pages)).unwrap();
    }
    let read = read_by(folder.path(), options, Parser::Scanner);
    let told = books.iter().fold(told(&read), |told, (book, _)| told.replace(&renamed(book), &format!("{book}.xlsx")));
    (read, told)
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
            ("本年".to_owned(), Literal::Whole(year.into())),
            ("基准日".to_owned(), Literal::Day(as_of)),
            ("半年得分线".to_owned(), Literal::Number(60.0)),
            ("年度得分线".to_owned(), Literal::Number(60.0)),
        ])
    };
    let context = Context { literals: &literals, known_lines: &known, progress: None, parser };
    let pack = if options.percent { &PERCENT } else { &PACK };
    table::read(folder, pack, options.year, options.as_of, &context)
}

/// One workbook per name before the `!`.
pub fn write(folder: &Path, sheets: &[(&str, &str)]) {
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

/// A text of which a case cannot write every character.
fn written(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\b", "|")
}

/// The cell that a text of a case stands for.
fn filled(cell: &str) -> Option<Filled> {
    let plain = |value: Value, seen: &str| Some(Filled { value, format: 0, seen: seen.to_owned() });
    let mark = cell.chars().next().filter(|mark| mark.is_ascii()).map(|mark| cell.split_at(mark.len_utf8()));
    match mark {
        Some(("^" | "<", "")) => None,
        Some(("=", number)) => plain(Value::Number(number.parse().unwrap()), number),
        Some(("@", day)) => {
            let format = FORMATS.iter().position(|(code, _)| *code == "yyyy-mm-dd").unwrap();
            Some(Filled { value: Value::Day(every::serial(day).unwrap()), format, seen: day[..10].to_owned() })
        }
        Some(("!", error)) => plain(Value::Error(error.to_owned()), error),
        Some(("~", styled)) if styled.contains('~') => {
            let mut parts = styled.split('~');
            let (stored, code, seen) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap_or_default());
            let format = FORMATS.iter().position(|(known, _)| *known == code);
            let value = match (stored.parse(), every::serial(stored)) {
                (Ok(number), _) => Value::Number(number),
                (_, Some(serial)) => Value::Day(serial),
                _ => Value::Text(stored.to_owned()),
            };
            Some(Filled { value, format: format.unwrap_or_else(|| panic!("no format {code}")), seen: seen.to_owned() })
        }
        Some(("~", text)) => plain(Value::Formula(text.to_owned()), text),
        Some(("'", text)) => Filled::text(&written(text)),
        _ => Filled::text(&written(cell)),
    }
}

fn lines(content: &str) -> Vec<Vec<&str>> {
    content.lines().map(|line| line.trim_matches(' ').split('|').collect()).collect()
}

/// A sheet as a case writes it.
fn page<'p>(name: &'p str, content: &str) -> Page<'p> {
    let lines = lines(content);
    let merges = merges(&lines);
    let rows = lines.iter().map(|line| line.iter().map(|cell| filled(cell)).collect()).collect();
    Page { name, rows, merges, hidden: false }
}

/// Merged ranges: a cell and what follows it to the right and below.
fn merges(lines: &[Vec<&str>]) -> Vec<Merge> {
    let at = |row: usize, column: usize| lines.get(row).and_then(|cells| cells.get(column)).copied().unwrap_or("");
    let mut found = Vec::new();
    for (row, cells) in lines.iter().enumerate() {
        for (column, _) in cells.iter().enumerate().filter(|(_, cell)| !matches!(**cell, "^" | "<" | "")) {
            let right = (column + 1..).take_while(|next| at(row, *next) == "<").count();
            let down = (row + 1..).take_while(|next| at(*next, column) == "^").count();
            if right + down > 0 {
                found.push((row as u32, column as u32, (row + down) as u32, (column + right) as u32));
            }
        }
    }
    found
}

fn fill(sheet: &mut Worksheet, content: &str) {
    let lines = lines(content);
    // What is merged first: its cell is written over.
    for (top, left, bottom, right) in merges(&lines) {
        sheet.merge_range(top, left as u16, bottom, right as u16, "", &Format::new()).unwrap();
    }
    for (row, cells) in (0u32..).zip(&lines) {
        for (column, cell) in (0u16..).zip(cells) {
            let Some(Filled { value, format, .. }) = filled(cell) else { continue };
            let plain = format == 0;
            let format = Format::new().set_num_format(FORMATS[format].0);
            let done = match value {
                Value::Text(text) if plain => sheet.write(row, column, text),
                Value::Number(number) if plain => sheet.write(row, column, number),
                Value::Text(text) => sheet.write_with_format(row, column, text, &format),
                Value::Number(number) | Value::Day(number) => sheet.write_with_format(row, column, number, &format),
                Value::Error(error) => sheet.write(row, column, Formula::new("=1/0").set_result(error)),
                Value::Formula(text) => sheet.write(row, column, Formula::new("=A1").set_result(text)),
            };
            done.unwrap();
        }
    }
}

/// What came of the case: every sheet with its counts (rows = used + rejected + ignored), every finding.
fn told(result: &Result<Dataset, Failed>) -> String {
    let dataset = match result {
        Ok(dataset) => dataset,
        Err(failed) => return format!("{failed}\n---\n{}", failed.found.as_deref().map(told_of).unwrap_or_default()),
    };
    told_of(dataset)
}

fn told_of(dataset: &Dataset) -> String {
    let mut told = String::new();
    for sheet in &dataset.sheets {
        assert_eq!(sheet.rows, sheet.used + sheet.rejected + sheet.ignored);
        let book = &dataset.books[sheet.book as usize].path;
        if book == "名册.xlsx" {
            continue;
        }
        let kind = match sheet.kind {
            SheetKind::Table(table) => PACK.tables[table].name.as_str(),
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
    expected.assert_eq(&told(&read(sheets, options)));
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
mod words;
mod years;
