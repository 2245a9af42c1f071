//! What is seen of what a cell holds, in the formats other than .xlsx: number formats, hidden zeros, texts replaced.

use std::fs;

use kaohe::place::A1;
use kaohe::workbook::{self, DaySeen, Raw, Sight};

use super::biff::{brt, brt_cell, brt_row, cell, long, record, wide, xlsb};
use super::build::{Parts, ods_content};

/// The first sheet's cells, a line each: what is stored, and what the number format makes of it.
fn seen(bytes: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x");
    fs::write(&file, bytes).unwrap();
    let book = workbook::open(&file, "表").unwrap();
    let mut cells = Vec::new();
    book.read(0, &mut cells).unwrap();
    let told = |raw: &Raw<'_>| match raw {
        Raw::Number(number, look) => match book.looks().number(*look, *number) {
            (Sight::Stored, _) => format!("{number} AsStored"),
            (Sight::Hidden, _) => format!("{number} Hidden"),
            (sight, text) => format!("{number} {sight:?}({text:?})"),
        },
        Raw::DateTime(at, look) => {
            let (seen, text) = book.looks().day(*look, *at);
            let with = if seen == DaySeen::Day { "with" } else { "without" };
            format!("{} {text:?} {with} its day", at.date())
        }
        Raw::Veiled(veiled) => match &veiled.stored {
            Raw::Text(text) => format!("{text:?} seen as {:?}", veiled.shown),
            Raw::Number(number, _) => format!("{number} seen as {:?}", veiled.shown),
            other => format!("{other:?} seen as {:?}", veiled.shown),
        },
        other => format!("{other:?}"),
    };
    cells.iter().map(|(row, column, raw)| format!("{} {}", A1(*row, *column), told(raw))).collect()
}

#[track_caller]
fn check(bytes: &[u8], expected: &[&str]) {
    assert_eq!(seen(bytes), expected);
}

#[test]
fn cells_of_xls_are_seen_by_their_formats() {
    let code = |id: u16, code: &str| record(0x041E, &[&id.to_le_bytes()[..], &wide(code)].concat());
    let xf = |id: u16| record(0x00E0, &[&[0; 2][..], &id.to_le_bytes(), &[0; 16]].concat());
    // Number 5 has a code of its own though it is one of Excel's.
    let front = [
        code(5, "0.0%"),
        code(200, ";;;\"不\"@"),
        code(201, "\"K\"000"),
        code(202, "yyyy\"年\"m\"月\""),
        [9, 5, 200, 201, 202, 57].map(xf).concat(),
    ];
    let number = |column: u16, format: u16, value: f64| cell(0x0203, 0, column, format, &value.to_le_bytes());
    let mut text_follows = [0; 16];
    text_follows[6..8].fill(0xFF);
    text_follows[12] = 1;
    let cells = [
        number(0, 0, 0.9),
        number(1, 1, 0.905),
        number(2, 2, 3.0),
        number(3, 3, 1.0),
        number(4, 4, 42_179.0),
        number(5, 5, 42_179.0),
        cell(0x027E, 1, 0, 0, &[0x2A, 0, 0, 0]),
        cell(0x00FD, 2, 0, 2, &1_u32.to_le_bytes()),
        cell(0x0204, 2, 1, 2, &wide("称职")),
        cell(0x0006, 2, 2, 2, &text_follows),
        record(0x0207, &wide("称职")),
        cell(0x0204, 2, 3, 0, &wide("称职")),
    ];
    let stream = super::biff::book(&front, &[("表", 0, &cells.concat())]);
    check(
        &super::biff::compound(&[("Workbook", &stream)]),
        &[
            "A1 0.9 Percent(\"90%\")",
            "B1 0.905 Percent(\"90.5%\")",
            "C1 3 Hidden",
            "D1 1 Dressed(\"K001\")",
            "E1 2015-06-24 \"2015年6月\" without its day",
            "F1 2015-06-24 \"2015年6月\" without its day",
            "A2 10 Percent(\"1000%\")",
            "A3 \"张三\" seen as \"不张三\"",
            "B3 \"称职\" seen as \"不称职\"",
            "C3 \"称职\" seen as \"不称职\"",
            "D3 Text(\"称职\")",
        ],
    );
}

#[test]
fn cells_of_xlsb_are_seen_by_their_formats() {
    let code = |id: u16, code: &str| brt(0x2C, &[&id.to_le_bytes()[..], &long(code)].concat());
    let xf = |id: u16| brt(0x2F, &[&[0; 2][..], &id.to_le_bytes(), &[0; 12]].concat());
    let styles = [
        code(200, ";;;\"不\"@"),
        code(201, "\"K\"000"),
        code(202, "yyyy"),
        brt(0x269, &[]),
        [0, 9, 200, 201, 202].map(xf).concat(),
        brt(0x26A, &[]),
    ];
    let cells = [
        brt_row(0),
        brt_cell(5, 0, 1, &0.9_f64.to_le_bytes()),
        brt_cell(2, 1, 1, &[0x2A, 0, 0, 0]),
        brt_cell(5, 2, 2, &3.0_f64.to_le_bytes()),
        brt_cell(5, 3, 3, &1.0_f64.to_le_bytes()),
        brt_cell(5, 4, 4, &42_179.0_f64.to_le_bytes()),
        brt_cell(9, 5, 1, &[&0.5_f64.to_le_bytes()[..], &[0; 10]].concat()),
        brt_row(1),
        brt_cell(7, 0, 2, &1_u32.to_le_bytes()),
        brt_cell(6, 1, 2, &long("称职")),
        brt_cell(8, 2, 2, &[&long("称职")[..], &[0; 10]].concat()),
        brt_cell(62, 3, 2, &[&[0][..], &long("称职")].concat()),
        brt_cell(7, 4, 1, &1_u32.to_le_bytes()),
    ];
    check(
        &xlsb(&cells, &[]).with("xl/styles.bin", styles.concat()).zip(),
        &[
            "A1 0.9 Percent(\"90%\")",
            "B1 10 Percent(\"1000%\")",
            "C1 3 Hidden",
            "D1 1 Dressed(\"K001\")",
            "E1 2015-06-24 \"2015\" without its day",
            "F1 0.5 Percent(\"50%\")",
            "A2 \"张三\" seen as \"不张三\"",
            "B2 \"称职\" seen as \"不称职\"",
            "C2 \"称职\" seen as \"不称职\"",
            "D2 \"称职\" seen as \"不称职\"",
            "E2 Text(\"张三\")",
        ],
    );
}

const NUMBER: &str = r#"xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0""#;

/// An OpenDocument spreadsheet with these named and automatic styles and this inside its one table.
fn open(named: &str, automatic: &str, table: &str) -> Parts {
    let parts = ods_content(&format!(r#"<table:table table:name="表">{table}</table:table>"#));
    let content = String::from_utf8(parts.0.iter().find(|(name, _)| name == "content.xml").unwrap().1.clone()).unwrap();
    let (head, _) = content.split_once("<office:automatic-styles>").unwrap();
    let names = head.split_once(' ').unwrap().1.replace('>', &format!(" {NUMBER}>"));
    let content = content
        .replacen('>', &format!(" {NUMBER}>"), 1)
        .replace("<office:automatic-styles>", &format!("<office:automatic-styles>{automatic}"));
    let styles = format!(
        "<office:document-styles {names}<office:styles>{named}</office:styles><office:automatic-styles><style:style style:name=\"c1\" style:family=\"table-cell\"/></office:automatic-styles></office:document-styles>"
    );
    parts.with("content.xml", content).with("styles.xml", styles)
}

fn float(style: &str, value: &str) -> String {
    let style = if style.is_empty() { String::new() } else { format!(r#"table:style-name="{style}""#) };
    format!(r#"<table:table-cell {style} office:value-type="float" office:value="{value}"/>"#)
}

const PERCENT: &str = r#"<number:percentage-style style:name="N10"><number:number number:decimal-places="1" number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>"#;

#[test]
fn a_cell_of_ods_has_the_format_of_its_style_its_row_its_column() {
    let cell = |name: &str, parent: &str, data: &str| {
        let data = if data.is_empty() { String::new() } else { format!(r#"style:data-style-name="{data}""#) };
        format!(
            r#"<style:style style:name="{name}" style:family="table-cell" style:parent-style-name="{parent}" {data}><style:table-cell-properties/></style:style>"#
        )
    };
    let two = r#"<number:number-style style:name="N2"><number:number number:decimal-places="2" number:min-integer-digits="1"/></number:number-style>"#;
    let named = format!("{PERCENT}{two}{}{}", cell("Share", "", "N10"), cell("Loop", "Loop", ""));
    let automatic = format!(
        "{}{}{}{}",
        cell("c1", "Share", ""),
        cell("c2", "Share", "N2"),
        cell("c3", "Loop", ""),
        cell("c4", "", "Nowhere")
    );
    let columns = r#"<table:table-columns><table:table-column table:number-columns-repeated="6"/></table:table-columns><table:table-column table:number-columns-repeated="2" table:default-cell-style-name="c1"/><table:table-column table:default-cell-style-name="c2"/>"#;
    let own: String = ["c1", "c2", "c3", "c4", "Share", ""].map(|style| float(style, "0.125")).concat();
    let many = float("", "0.125").replace("/>", r#" table:number-columns-repeated="3"/>"#);
    let rows = format!(
        r#"{columns}<table:table-row>{own}{many}</table:table-row><table:table-row table:default-cell-style-name="c2"><table:table-cell table:number-columns-repeated="6"/>{}{}</table:table-row>"#,
        float("", "0.125"),
        float("c1", "0.125"),
    );
    let (percent, rounded, plain) = ("0.125 Percent(\"12.5%\")", "0.125 Rounded(\"0.13\")", "0.125 AsStored");
    let expected = [
        ("A1", percent),
        ("B1", rounded),
        ("C1", plain),
        ("D1", plain),
        ("E1", percent),
        ("F1", plain),
        ("G1", percent),
        ("H1", percent),
        ("I1", rounded),
        ("G2", rounded),
        ("H2", percent),
    ];
    let expected = expected.map(|(at, seen)| format!("{at} {seen}"));
    assert_eq!(seen(&open(&named, &automatic, &rows).zip()), expected);
    // Where nothing else is told, the default decides.
    let default = r#"<style:default-style style:family="table-cell" style:data-style-name="N10"/>"#;
    let row = format!("<table:table-row>{}</table:table-row>", float("", "0.125"));
    check(&open(&format!("{named}{default}"), "", &row).zip(), &["A1 0.125 Percent(\"12.5%\")"]);
}

#[test]
fn percentages_of_ods_are_seen_as_such_without_a_style() {
    let cell = |shown: &str| {
        format!(
            r#"<table:table-cell office:value-type="percentage" office:value="0.885"><text:p>{shown}</text:p></table:table-cell>"#
        )
    };
    let row = ["88.5%", "89%", "", "0.885"].map(cell).concat();
    check(
        &open("", "", &format!("<table:table-row>{row}</table:table-row>")).zip(),
        &[
            "A1 0.885 Percent(\"88.5%\")",
            "B1 0.885 Percent(\"89%\")",
            "C1 0.885 Percent(\"88.50%\")",
            "D1 0.885 Percent(\"88.50%\")",
        ],
    );
}

#[test]
fn times_and_dates_of_ods_are_seen_by_their_styles() {
    let styles = r#"<number:date-style style:name="N1"><number:year number:style="long"/><number:text>年</number:text><number:month/><number:text>月</number:text></number:date-style><style:style style:name="c1" style:family="table-cell" style:data-style-name="N1"/>"#;
    let row = r#"<table:table-row><table:table-cell table:style-name="c1" office:value-type="date" office:date-value="2015-06-24"/><table:table-cell office:value-type="date" office:date-value="2015-06-24"/><table:table-cell office:value-type="time" office:time-value="PT12H00M00S"/></table:table-row>"#;
    check(
        &open("", styles, row).zip(),
        &[
            "A1 2015-06-24 \"2015年6月\" without its day",
            "B1 2015-06-24 \"2015-06-24\" with its day",
            "C1 0.5 Replaced(\"12:00:00\")",
        ],
    );
}

#[test]
fn zeros_that_a_view_of_ods_does_not_show_are_veiled() {
    let row = format!(
        r#"<table:table-row>{}{}<table:table-cell office:value-type="percentage" office:value="0"/></table:table-row>"#,
        float("", "0"),
        float("", "0.4")
    );
    let parts = open("", "", &row);
    let item =
        |shown: bool| format!(r#"<c:config-item c:name="ShowZeroValues" c:type="boolean">{shown}</c:config-item>"#);
    let settings = |view: Option<bool>, document: Option<bool>| {
        let views = view.map(|shown| format!(r#"<c:config-item-map-indexed c:name="Views"><c:config-item-map-entry>{}<c:config-item c:name="x">false</c:config-item></c:config-item-map-entry></c:config-item-map-indexed>"#, item(shown)));
        let document = document.map(item).unwrap_or_default();
        let settings = format!(
            r#"<office:document-settings xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:c="urn:oasis:names:tc:opendocument:xmlns:config:1.0"><office:settings><c:config-item-set>{}</c:config-item-set><c:config-item-set>{document}</c:config-item-set></office:settings></office:document-settings>"#,
            views.unwrap_or_default()
        );
        parts.clone().with("settings.xml", settings).zip()
    };
    let stored = ["A1 0 AsStored", "B1 0.4 AsStored", "C1 0 Percent(\"0.00%\")"];
    let veiled = ["A1 0 seen as \"\"", "B1 0.4 AsStored", "C1 0 seen as \"\""];
    check(&parts.zip(), &stored);
    for (view, document, expected) in [
        (Some(true), Some(true), &stored),
        (Some(false), Some(true), &veiled),
        (None, Some(false), &veiled),
        // The view overrides what the document says.
        (Some(true), Some(false), &stored),
    ] {
        check(&settings(view, document), expected);
    }
}

/// Where LibreOffice shows something else than Excel, in which column (0: in all), or names of its own language.
const APART: &[(&str, usize)] = &[
    ("aaaa", 0),
    ("[$-411]ge.m.d", 0),
    // Excel shows no negative dates and times, and a thousandth of -1 with its sign.
    ("[h]:mm", 3),
    ("h:mm", 3),
    ("mm:ss.0", 3),
    ("yyyy-mm-dd hh:mm:ss", 3),
    ("[mm]:ss", 3),
    ("#,##0,", 3),
    ("[=1]\"是\";[=0]\"否\";0", 3),
];

/// Each row holds a format's code, then numbers, a text and TRUE under it; LibreOffice wrote down how it shows them.
#[test]
fn formats_of_ods_show_what_libreoffice_shows() {
    let bytes = include_bytes!("../../../fixtures/formats/libreoffice.ods");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes[..])).unwrap();
    let content = std::io::read_to_string(archive.by_name("content.xml").unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.ods");
    fs::write(&file, bytes).unwrap();
    let book = workbook::open(&file, "x.ods").unwrap();
    let mut cells = Vec::new();
    book.read(0, &mut cells).unwrap();
    let table = content.split_once("</table:table>").unwrap().0;
    let mut wrong = Vec::new();
    for (row, line) in table.split("<table:table-row ").skip(1).enumerate() {
        let shown: Vec<String> = line
            .split("<table:table-cell ")
            .skip(1)
            .map(|cell| {
                let text = cell.split_once("<text:p>").map_or("", |(_, rest)| rest.split_once("</text:p>").unwrap().0);
                let plain: Vec<&str> =
                    text.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, rest)| rest)).collect();
                plain.concat().replace("&quot;", "\"").replace("&gt;", ">").replace("&lt;", "<")
            })
            .collect();
        for (column, expected) in shown.iter().enumerate().take(5).skip(1) {
            let raw = cells.iter().find(|(r, c, _)| (*r as usize, *c as usize) == (row, column)).map(|(.., raw)| raw);
            let found = match raw {
                Some(Raw::Number(number, look)) => match book.looks().number(*look, *number) {
                    // With noughts behind and commas between, it is the same.
                    (Sight::Stored, _) if expected.trim().replace(',', "").parse() == Ok(*number) => continue,
                    (Sight::Stored, _) => number.to_string(),
                    (_, text) => text,
                },
                Some(Raw::DateTime(at, look)) => book.looks().day(*look, *at).1,
                Some(Raw::Text(text)) => text.to_string(),
                Some(Raw::Veiled(veiled)) => veiled.shown.clone(),
                other => format!("{other:?}"),
            };
            let apart = APART.contains(&(shown[0].as_str(), column)) || APART.contains(&(shown[0].as_str(), 0));
            if found.trim() != expected.trim() && !apart {
                wrong.push(format!(
                    "{} {}: {found:?}, by LibreOffice {expected:?}",
                    shown[0],
                    A1(row as u32, column as u32)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
