//! Sheets in every format: texts, numbers, days, errors and formulas with their number formats, merged ranges and what lies
//! beneath them, hidden sheets.

use std::fmt::Write;

use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
use kaohe::place::A1;
use kaohe::workbook::Merge;

use super::biff::{book, brt, brt_cell, brt_row, brt_sheet, cell, compound, formula, long, record, wide, xlsb};
use super::build::{Parts, ods_content, relations, sheet, styles, workbook, xlsx};

/// The endings of the formats.
pub const ENDINGS: [&str; 4] = ["xlsx", "xlsb", "xls", "ods"];

/// Number formats by their code, and as OpenDocument says the same.
pub const FORMATS: [(&str, &str); 19] = [
    ("General", ""),
    (
        "0%",
        r#"<number:percentage-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>"#,
    ),
    (
        "0.0%",
        r#"<number:percentage-style style:name="N"><number:number number:decimal-places="1" number:min-decimal-places="1" number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>"#,
    ),
    (
        "0",
        r#"<number:number-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="1"/></number:number-style>"#,
    ),
    (
        "0\"分\"",
        r#"<number:number-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="1"/><number:text>分</number:text></number:number-style>"#,
    ),
    (
        "0.0",
        r#"<number:number-style style:name="N"><number:number number:decimal-places="1" number:min-decimal-places="1" number:min-integer-digits="1"/></number:number-style>"#,
    ),
    (
        ";;;",
        r#"<number:text-style style:name="NP0" style:volatile="true"><number:text/></number:text-style><number:number-style style:name="NP1" style:volatile="true"><number:text/></number:number-style><number:text-style style:name="N"><number:text/><style:map style:condition="value()&gt;0" style:apply-style-name="NP1"/><style:map style:condition="value()&lt;0" style:apply-style-name="NP1"/><style:map style:condition="value()=0" style:apply-style-name="NP1"/></number:text-style>"#,
    ),
    (
        "0;-0;;@",
        r#"<number:number-style style:name="NP0" style:volatile="true"><number:number number:decimal-places="0" number:min-integer-digits="1"/></number:number-style><number:number-style style:name="NP1" style:volatile="true"><number:text>-</number:text><number:number number:decimal-places="0" number:min-integer-digits="1"/></number:number-style><number:number-style style:name="NP2" style:volatile="true"><number:text/></number:number-style><number:text-style style:name="N"><number:text-content/><style:map style:condition="value()&gt;0" style:apply-style-name="NP0"/><style:map style:condition="value()&lt;0" style:apply-style-name="NP1"/><style:map style:condition="value()=0" style:apply-style-name="NP2"/></number:text-style>"#,
    ),
    (
        ";;;\"不\"@",
        r#"<number:number-style style:name="NP1" style:volatile="true"><number:text/></number:number-style><number:text-style style:name="N"><number:text>不</number:text><number:text-content/><style:map style:condition="value()&gt;0" style:apply-style-name="NP1"/><style:map style:condition="value()&lt;0" style:apply-style-name="NP1"/><style:map style:condition="value()=0" style:apply-style-name="NP1"/></number:text-style>"#,
    ),
    (
        "\"K\"0",
        r#"<number:number-style style:name="N"><number:text>K</number:text><number:number number:decimal-places="0" number:min-integer-digits="1"/></number:number-style>"#,
    ),
    (
        "000",
        r#"<number:number-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="3"/></number:number-style>"#,
    ),
    (
        "0\"年\"",
        r#"<number:number-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="1"/><number:text>年</number:text></number:number-style>"#,
    ),
    (
        "# ?/?",
        r#"<number:number-style style:name="N"><number:fraction number:min-integer-digits="0" number:min-numerator-digits="1" number:min-denominator-digits="1" number:max-denominator-value="9"/></number:number-style>"#,
    ),
    (
        "[DBNum1]0",
        r#"<number:number-style style:name="N" number:transliteration-format="一" number:transliteration-language="zh" number:transliteration-country="CN" number:transliteration-style="short"><number:number number:decimal-places="0" number:min-integer-digits="1"/></number:number-style>"#,
    ),
    ("yyyy", r#"<number:date-style style:name="N"><number:year number:style="long"/></number:date-style>"#),
    (
        "yyyy\"年\"",
        r#"<number:date-style style:name="N"><number:year number:style="long"/><number:text>年</number:text></number:date-style>"#,
    ),
    (
        "yyyy\"年\"m\"月\"",
        r#"<number:date-style style:name="N"><number:year number:style="long"/><number:text>年</number:text><number:month/><number:text>月</number:text></number:date-style>"#,
    ),
    (
        "yyyy-mm-dd",
        r#"<number:date-style style:name="N"><number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>"#,
    ),
    (
        "m\"月\"d\"日\"",
        r#"<number:date-style style:name="N"><number:month/><number:text>月</number:text><number:day/><number:text>日</number:text></number:date-style>"#,
    ),
];

/// What stands in a cell.
#[derive(Clone)]
pub enum Value {
    Text(String),
    Number(f64),
    /// A day with the time, by its serial.
    Day(f64),
    Error(String),
    /// A formula that shows a text.
    Formula(String),
}

/// A cell: its format by its place in [`FORMATS`], and what is seen of it (an .ods holds that, too).
#[derive(Clone)]
pub struct Filled {
    pub value: Value,
    pub format: usize,
    pub seen: String,
}

/// A sheet.
pub struct Page<'a> {
    pub name: &'a str,
    pub rows: Vec<Vec<Option<Filled>>>,
    pub merges: Vec<Merge>,
    pub hidden: bool,
}

/// `E3:F4` as a range.
pub fn range(name: &str) -> Merge {
    let place = |cell: &str| {
        let (letter, row) = cell.split_at(1);
        (row.parse::<u32>().unwrap() - 1, u32::from(letter.as_bytes()[0] - b'A'))
    };
    let (from, to) = name.split_once(':').unwrap();
    (place(from).0, place(from).1, place(to).0, place(to).1)
}

impl Filled {
    pub fn text(text: &str) -> Option<Filled> {
        let value = Value::Text(text.to_owned());
        (!text.is_empty()).then(|| Filled { value, format: 0, seen: text.to_owned() })
    }
}

impl<'a> Page<'a> {
    /// A sheet of texts; blank ones are no cells.
    pub fn of_texts(name: &'a str, rows: &[Vec<String>], merges: Vec<Merge>, hidden: bool) -> Page<'a> {
        let rows = rows.iter().map(|row| row.iter().map(|text| Filled::text(text)).collect()).collect();
        Page { name, rows, merges, hidden }
    }

    fn cells(&self) -> impl Iterator<Item = (u32, Vec<(u32, &Filled)>)> {
        (0u32..)
            .zip(&self.rows)
            .map(|(at, row)| (at, (0u32..).zip(row).filter_map(|(at, cell)| Some((at, cell.as_ref()?))).collect()))
    }
}

/// A workbook of these sheets.
pub fn bytes(ending: &str, pages: &[Page]) -> Vec<u8> {
    match ending {
        "xlsx" => of_xlsx(pages),
        "xlsb" => of_xlsb(pages),
        "xls" => of_xls(pages),
        _ => of_ods(pages),
    }
}

/// A workbook of one sheet by the ending of each format.
pub fn everywhere(page: Page) -> [(&'static str, Vec<u8>); 4] {
    let pages = [page];
    ENDINGS.map(|ending| (ending, bytes(ending, &pages)))
}

/// The number of a format: the first is the general one.
fn id(format: usize) -> u16 {
    u16::try_from(if format == 0 { 0 } else { 170 + format }).unwrap()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// The byte for an error.
fn code(error: &str) -> u8 {
    match error {
        "#NULL!" => 0x00,
        "#DIV/0!" => 0x07,
        "#VALUE!" => 0x0F,
        "#REF!" => 0x17,
        "#NAME?" => 0x1D,
        "#NUM!" => 0x24,
        "#N/A" => 0x2A,
        _ => panic!("{error}"),
    }
}

fn of_xlsx(pages: &[Page]) -> Vec<u8> {
    let codes: String = (1..FORMATS.len())
        .map(|at| format!(r#"<numFmt numFmtId="{}" formatCode="{}"/>"#, id(at), escaped(FORMATS[at].0)))
        .collect();
    let formats: String = (0..FORMATS.len()).map(|at| format!(r#"<xf numFmtId="{}"/>"#, id(at))).collect();
    let names: Vec<[String; 3]> = (1..=pages.len())
        .map(|at| [format!("s{at}"), format!("worksheets/sheet{at}.xml"), format!("xl/worksheets/sheet{at}.xml")])
        .collect();
    let mut targets = vec![("rId2", "styles", "styles.xml")];
    let (mut list, mut made) = (String::new(), xlsx(""));
    for (page, [id, target, part]) in pages.iter().zip(&names) {
        targets.push((id, "worksheet", target));
        let state = if page.hidden { "veryHidden" } else { "visible" };
        let _ = write!(list, r#"<sheet name="{}" sheetId="{}" state="{state}" r:id="{id}"/>"#, page.name, &id[1..]);
        let mut rows = String::new();
        for (row, cells) in page.cells() {
            let _ = write!(rows, "<row r=\"{}\">", row + 1);
            for (column, Filled { value, format, .. }) in cells {
                let place = A1(row, column);
                let _ = match value {
                    Value::Text(text) => {
                        let text = escaped(text);
                        write!(rows, r#"<c r="{place}" s="{format}" t="inlineStr"><is><t>{text}</t></is></c>"#)
                    }
                    Value::Number(number) | Value::Day(number) => {
                        write!(rows, r#"<c r="{place}" s="{format}"><v>{number}</v></c>"#)
                    }
                    Value::Error(error) => write!(rows, r#"<c r="{place}" t="e"><v>{error}</v></c>"#),
                    Value::Formula(text) => {
                        write!(rows, r#"<c r="{place}" t="str"><f>A1</f><v>{}</v></c>"#, escaped(text))
                    }
                };
            }
            rows.push_str("</row>");
        }
        let ranges: String = page
            .merges
            .iter()
            .map(|(top, left, bottom, right)| {
                format!("<mergeCell ref=\"{}:{}\"/>", A1(*top, *left), A1(*bottom, *right))
            })
            .collect();
        let inside = format!("<sheetData>{rows}</sheetData><mergeCells>{ranges}</mergeCells>");
        made = made.with(part, sheet(&inside));
    }
    made.with("xl/workbook.xml", workbook(&format!("<sheets>{list}</sheets>")))
        .with("xl/_rels/workbook.xml.rels", relations(&targets))
        .with("xl/styles.xml", styles(&format!("<numFmts>{codes}</numFmts><cellXfs>{formats}</cellXfs>")))
        .zip()
}

fn of_xlsb(pages: &[Page]) -> Vec<u8> {
    let count = |count: usize| u32::try_from(count).unwrap().to_le_bytes();
    let codes =
        (1..FORMATS.len()).flat_map(|at| brt(0x2C, &[&id(at).to_le_bytes()[..], &long(FORMATS[at].0)].concat()));
    let formats = (0..FORMATS.len()).flat_map(|at| {
        let mut content = vec![0; 16];
        content[2..4].copy_from_slice(&id(at).to_le_bytes());
        brt(0x2F, &content)
    });
    let styles = [
        brt(0x267, &count(FORMATS.len() - 1)),
        codes.collect(),
        brt(0x268, &[]),
        brt(0x269, &count(FORMATS.len())),
        formats.collect(),
        brt(0x26A, &[]),
    ];
    let names: Vec<[String; 3]> = (1..=pages.len())
        .map(|at| [format!("s{at}"), format!("worksheets/sheet{at}.bin"), format!("xl/worksheets/sheet{at}.bin")])
        .collect();
    let mut targets = vec![("rId2", "styles", "styles.bin")];
    let (mut bundles, mut made): (_, Parts) = (Vec::new(), xlsb(&[], &[]));
    for (page, [id, target, part]) in pages.iter().zip(&names) {
        targets.push((id, "worksheet", target));
        let state = u32::from(page.hidden).to_le_bytes();
        bundles.extend(brt(0x9C, &[&state[..], &[0; 4], &long(id), &long(page.name)].concat()));
        let mut records = Vec::new();
        for (row, cells) in page.cells().filter(|(_, cells)| !cells.is_empty()) {
            records.push(brt_row(row));
            records.extend(cells.into_iter().map(|(column, Filled { value, format, .. })| {
                let (kind, content) = match value {
                    Value::Text(text) => (6, long(text)),
                    Value::Number(number) | Value::Day(number) => (5, number.to_le_bytes().to_vec()),
                    Value::Error(error) => (3, vec![code(error)]),
                    Value::Formula(text) => (8, [&long(text)[..], &[0; 10]].concat()),
                };
                brt_cell(kind, column, *format as u32, &content)
            }));
        }
        let merge = |(top, left, bottom, right): &Merge| {
            brt(0xB0, &[*top, *bottom, *left, *right].map(u32::to_le_bytes).concat())
        };
        let merges: Vec<Vec<u8>> = page.merges.iter().map(merge).collect();
        let after = [vec![brt(0xB1, &count(merges.len()))], merges, vec![brt(0xB2, &[])]].concat();
        made = made.with(part, brt_sheet(&records, &after));
    }
    made.with("xl/workbook.bin", [brt(0x83, &[]), bundles, brt(0x84, &[])].concat())
        .with("xl/_rels/workbook.bin.rels", relations(&targets))
        .with("xl/styles.bin", styles.concat())
        .zip()
}

fn of_xls(pages: &[Page]) -> Vec<u8> {
    let narrow = |number: u32| u16::try_from(number).unwrap();
    // The mark of a program that calculated the book.
    let mut front = vec![record(0x01C1, &[0xC1, 1, 0, 0, 0x54, 0x8D, 1, 0])];
    for (at, (code, _)) in FORMATS.iter().enumerate().skip(1) {
        front.push(record(0x041E, &[&id(at).to_le_bytes()[..], &wide(code)].concat()));
    }
    for at in 0..FORMATS.len() {
        let mut content = vec![0; 20];
        content[2..4].copy_from_slice(&id(at).to_le_bytes());
        front.push(record(0x00E0, &content));
    }
    let sheet = |page: &Page| {
        let mut records = Vec::new();
        for (row, cells) in page.cells() {
            for (column, Filled { value, format, .. }) in cells {
                let (row, column, format) = (narrow(row), narrow(column), *format as u16);
                records.extend(match value {
                    Value::Text(text) => cell(0x0204, row, column, format, &wide(text)),
                    Value::Number(number) | Value::Day(number) => {
                        cell(0x0203, row, column, format, &number.to_le_bytes())
                    }
                    Value::Error(error) => cell(0x0205, row, column, format, &[code(error), 1]),
                    Value::Formula(text) => {
                        let follows = formula(row, column, format, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF]);
                        [follows, record(0x0207, &wide(text))].concat()
                    }
                });
            }
        }
        let mut merges = narrow(u32::try_from(page.merges.len()).unwrap()).to_le_bytes().to_vec();
        for (top, left, bottom, right) in &page.merges {
            merges.extend([*top, *bottom, *left, *right].map(|number| narrow(number).to_le_bytes()).concat());
        }
        records.extend(record(0x00E5, &merges));
        records
    };
    let sheets: Vec<Vec<u8>> = pages.iter().map(sheet).collect();
    let named: Vec<(&str, u8, &[u8])> =
        pages.iter().zip(&sheets).map(|(page, records)| (page.name, 0, records.as_slice())).collect();
    let mut stream = book(&front, &named);
    if pages.iter().any(|page| page.hidden) {
        assert_eq!(pages.len(), 1, "a hidden sheet stands alone");
        let bound = stream.windows(4).position(|kind| kind[..2] == [0x85, 0] && kind[3] == 0).unwrap();
        stream[bound + 8] = 1;
    }
    compound(&[("Workbook", &stream)])
}

fn of_ods(pages: &[Page]) -> Vec<u8> {
    let styles: String = FORMATS
        .iter()
        .enumerate()
        .map(|(at, (_, style))| {
            let style = style.replace("=\"N", &format!("=\"N{at}x"));
            format!(
                r#"{style}<style:style style:name="ce{at}" style:family="table-cell" style:data-style-name="N{at}x"/>"#
            )
        })
        .collect();
    let tables: String = pages.iter().map(table).collect();
    let made = ods_content(&tables);
    let content = made.0.iter().find(|(name, _)| name == "content.xml").unwrap().1.clone();
    let content = String::from_utf8(content).unwrap();
    let content = content
        .replace("xmlns:style=", "xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\" xmlns:style=")
        .replace("<office:automatic-styles>", &format!("<office:automatic-styles>{styles}"));
    made.with("content.xml", content).zip()
}

fn table(page: &Page) -> String {
    let width = page.rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut rows = String::new();
    for (row, cells) in (0u32..).zip(&page.rows) {
        rows.push_str("<table:table-row>");
        for (column, at) in (0u32..).zip(0..width) {
            let covered = page.merges.iter().any(|(top, left, bottom, right)| {
                (*top..=*bottom).contains(&row) && (*left..=*right).contains(&column) && (row, column) != (*top, *left)
            });
            let own = page.merges.iter().find(|(top, left, ..)| (*top, *left) == (row, column));
            let spans = own.map_or(String::new(), |(top, left, bottom, right)| {
                let (down, over) = (bottom - top + 1, right - left + 1);
                format!(r#" table:number-rows-spanned="{down}" table:number-columns-spanned="{over}""#)
            });
            let kind = if covered { "covered-table-cell" } else { "table-cell" };
            let cell = cells.get(at).and_then(Option::as_ref);
            let inside = cell.map_or_else(|| ">".to_owned(), inside);
            let _ = write!(rows, "<table:{kind}{spans}{inside}</table:{kind}>");
        }
        rows.push_str("</table:table-row>");
    }
    let style = if page.hidden { "ta2" } else { "ta1" };
    format!(r#"<table:table table:name="{}" table:style-name="{style}">{rows}</table:table>"#, page.name)
}

/// The rest of a cell's tag, and what stands in it.
fn inside(Filled { value, format, seen }: &Filled) -> String {
    let paragraphs: String = seen.split('\n').map(|line| format!("<text:p>{}</text:p>", escaped(line))).collect();
    let value = match value {
        Value::Text(text) if text.contains('\n') => r#"office:value-type="string""#.to_owned(),
        Value::Text(text) => format!(r#"office:value-type="string" office:string-value="{}""#, escaped(text)),
        Value::Number(number) if FORMATS[*format].0.contains('%') => {
            format!(r#"office:value-type="percentage" office:value="{number}""#)
        }
        Value::Number(number) => format!(r#"office:value-type="float" office:value="{number}""#),
        Value::Day(serial) => format!(r#"office:value-type="date" office:date-value="{}""#, moment(*serial)),
        Value::Error(_) => {
            r#"table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error""#
                .to_owned()
        }
        Value::Formula(text) => {
            format!(r#"table:formula="of:=[.A1]" office:value-type="string" office:string-value="{}""#, escaped(text))
        }
    };
    format!(r#" table:style-name="ce{format}" {value}>{paragraphs}"#)
}

/// The day before the first of the 1900 system, as later serials have it.
const NULL: Option<NaiveDate> = NaiveDate::from_ymd_opt(1899, 12, 30);

/// The serial of a day, with or without a time, as it is written; none for anything else.
pub fn serial(written: &str) -> Option<f64> {
    let moment = match NaiveDate::parse_from_str(written, "%Y-%m-%d") {
        Ok(day) => day.and_hms_opt(0, 0, 0)?,
        Err(_) => written.parse::<NaiveDateTime>().ok()?,
    };
    Some((moment - NULL?.and_hms_opt(0, 0, 0)?).as_seconds_f64() / 86_400.0)
}

fn moment(serial: f64) -> String {
    let day = NULL.unwrap() + Days::new(serial as u64);
    let seconds = (serial.fract() * 86_400.0).round() as i64;
    if seconds == 0 {
        return day.to_string();
    }
    (day.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::seconds(seconds)).format("%Y-%m-%dT%H:%M:%S").to_string()
}
