//! What a sheet of .xlsx shows where that is not what it stores: number formats, hidden zeros, results that nobody has seen.

use kaohe::workbook::{self, DaySeen, OpenBook, Raw, Sight};

use super::build::{Parts, sheet, workbook, xlsx};
use super::{check, shown};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// A workbook with these number formats, one a cell style, and these rows.
pub fn styled(codes: &[&str], rows: &str) -> Parts {
    let escaped = |code: &str| code.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let formats: String = codes
        .iter()
        .enumerate()
        .map(|(at, code)| format!(r#"<numFmt numFmtId="{}" formatCode="{}"/>"#, 164 + at, escaped(code)))
        .collect();
    let styles: String = (0..codes.len()).map(|at| format!(r#"<xf numFmtId="{}" fontId="0"/>"#, 164 + at)).collect();
    xlsx(rows).with(
        "xl/styles.xml",
        format!(r#"<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>"#),
    )
}

/// The cells of the first sheet.
fn cells(bytes: &[u8]) -> (OpenBook, Vec<Raw<'static>>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x");
    std::fs::write(&file, bytes).unwrap();
    let book = workbook::open(&file, "表.xlsx").unwrap();
    let mut cells: Vec<(u32, u32, Raw<'static>)> = Vec::new();
    book.read(0, &mut cells).unwrap();
    (book, cells.into_iter().map(|(_, _, raw)| raw).collect())
}

/// Of each cell of the first sheet how it is seen, and what is seen where that is not what is stored.
pub fn looked_at(bytes: &[u8]) -> Vec<(String, String)> {
    let (book, cells) = cells(bytes);
    let look = |value: Raw<'_>| match value {
        Raw::Number(number, look) => match book.looks().number(look, number) {
            (Sight::Stored, _) => ("AsStored".to_owned(), String::new()),
            (sight, text) => (format!("{sight:?}"), text),
        },
        Raw::DateTime(at, look) => {
            let (seen, text) = book.looks().day(look, at);
            (format!("{seen:?}"), text)
        }
        Raw::Veiled(veiled) => ("Veiled".to_owned(), veiled.shown),
        other => (format!("{other:?}"), String::new()),
    };
    cells.into_iter().map(look).collect()
}

/// What is seen of each cell of the first sheet.
fn seen(bytes: &[u8]) -> Vec<String> {
    let (book, cells) = cells(bytes);
    let seen = |value: Raw<'_>| match value {
        Raw::Number(number, look) => match book.looks().number(look, number) {
            (Sight::Stored, _) => format!("{number}"),
            (Sight::Hidden, _) => "Hidden".to_owned(),
            (sight, text) => format!("{sight:?}({text:?})"),
        },
        Raw::DateTime(at, look) => {
            let (seen, text) = book.looks().day(look, at);
            if seen == DaySeen::Day { text } else { format!("{seen:?} {text}") }
        }
        other => format!("{other:?}"),
    };
    cells.into_iter().map(seen).collect()
}

#[test]
fn a_number_comes_with_the_format_of_its_style() {
    let rows = r#"<row r="1"><c r="A1" s="1"><v>0.9</v></c><c r="B1" s="2"><v>0</v></c><c r="C1" s="3"><v>59.6</v></c>
        <c r="D1" s="4"><v>42179</v></c><c r="E1" s="5"><v>1</v></c><c r="F1" s="4" t="d"><v>2015-06-24</v></c><c r="G1"><v>0.9</v></c></row>"#;
    let book = styled(&["0.0%", "0;-0;;@", "0", "yyyy\"年\"m\"月\"", "\"K\"000"], rows);
    assert_eq!(
        seen(&book.zip()),
        [
            "Percent(\"90.0%\")",
            "Hidden",
            "Rounded(\"60\")",
            "Month 2015年6月",
            "Dressed(\"K001\")",
            "Month 2015年6月",
            "0.9"
        ]
    );
}

#[test]
fn a_cell_without_a_style_has_the_first_one() {
    let styles = format!(r#"<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="9"/></cellXfs></styleSheet>"#);
    let book = xlsx(r#"<row r="1"><c r="A1"><v>0.9</v></c></row>"#).with("xl/styles.xml", styles);
    assert_eq!(seen(&book.zip()), ["Percent(\"90%\")"]);
}

#[test]
fn a_text_that_its_format_replaces_is_veiled() {
    let cells = r#"<row r="1"><c r="A1" s="1" t="s"><v>1</v></c><c r="B1" s="2" t="str"><v>称职</v></c>
        <c r="C1" s="3" t="inlineStr"><is><t>称职</t></is></c><c r="D1" s="4" t="s"><v>1</v></c><c r="E1" s="1" t="s"><v>2</v></c>
        <c r="F1" s="1" t="b"><v>1</v></c><c r="G1" s="1" t="e"><v>#REF!</v></c></row>"#;
    let book = styled(&[";;;", ";;;\"不\"@", "\"不\"@", "@"], cells);
    check(
        &book.zip(),
        &[
            "A1 Text(\"张三\") shows \"\"",
            "B1 Text(\"称职\") shows \"不称职\"",
            "C1 Text(\"称职\") shows \"不称职\"",
            "D1 \"张三\"",
            "F1 true",
            "G1 #REF!",
        ],
    );
}

/// The sheet's zeros are switched off, in a view that is written so.
fn without_zeros(view: &str) -> Vec<u8> {
    let rows = r#"<sheetData><row r="1"><c r="A1"><v>0</v></c><c r="B1"><v>0.0</v></c><c r="C1"><v>5</v></c><c r="D1" t="b"><v>0</v></c>
        <c r="E1"><f>B1</f><v>0</v></c><c r="F1" t="str"><v>0</v></c></row></sheetData>"#;
    xlsx("").with("xl/worksheets/sheet1.xml", sheet(&format!("{view}{rows}"))).zip()
}

#[test]
fn zeros_that_are_switched_off_are_veiled() {
    for off in ["0", "false"] {
        let view = format!(r#"<sheetViews><sheetView showZeros="{off}" workbookViewId="0"/></sheetViews>"#);
        let lines = shown(&without_zeros(&view)).unwrap();
        let veiled: Vec<bool> = lines[1..].iter().map(|line| line.ends_with("shows \"\"")).collect();
        assert_eq!(veiled, [true, true, false, false, true, false], "{lines:?}");
    }
    let lines =
        shown(&without_zeros(r#"<sheetViews><sheetView showZeros="1" workbookViewId="0"/></sheetViews>"#)).unwrap();
    assert_eq!(lines[1..], ["A1 0", "B1 0", "C1 5", "D1 false", "E1 0", "F1 \"0\""]);
}

/// In a book that asks, with this attribute, to be computed when it is opened, or not.
fn computed_anew(attribute: &str, rows: &str) -> Parts {
    let list = r#"<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets>"#;
    xlsx(rows).with("xl/workbook.xml", workbook(&format!(r#"{list}<calcPr calcId="124519" {attribute}/>"#)))
}

#[test]
fn a_result_that_nobody_has_seen_is_none() {
    let cells = r#"<row r="1"><c r="A1"><v>41</v></c><c r="B1"><f>A1</f><v>0</v></c><c r="C1" t="str"><f>A1</f><v>较差</v></c>
        <c r="D1" t="s"><v>1</v></c><c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="F1"><f t="shared" si="0"/><v>7</v></c><c r="G1" t="str"><f>A1</f><v></v></c></row>"#;
    let unseen = ["A1 41", "B1 无结果", "C1 无结果", "D1 \"张三\"", "E1 无结果", "F1 无结果", "G1 无结果"];
    let stored = ["A1 41", "B1 0", "C1 \"较差\"", "D1 \"张三\"", "E1 #DIV/0!", "F1 7"];
    for asks in [r#"fullCalcOnLoad="1""#, r#"fullCalcOnLoad="true""#] {
        check(&computed_anew(asks, cells).zip(), &unseen);
    }
    for does_not in ["", r#"fullCalcOnLoad="0""#, r#"calcMode="manual" forceFullCalc="1""#] {
        check(&computed_anew(does_not, cells).zip(), &stored);
    }
}

#[test]
fn results_of_a_formula_over_several_cells_are_unseen_too() {
    let cells = r#"<row r="1"><c r="A1"><f t="array" ref="A1:B2">C1:D2</f><v>0</v></c><c r="B1"><v>0</v></c><c r="C1"><v>1</v></c></row>
        <row r="2"><c r="A2"><v>0</v></c><c r="B2"><v>0</v></c><c r="C2"><v>2</v></c></row><row r="3"><c r="A3"><v>3</v></c></row>"#;
    let unseen = ["A1 无结果", "B1 无结果", "C1 1", "A2 无结果", "B2 无结果", "C2 2", "A3 3"];
    check(&computed_anew(r#"fullCalcOnLoad="1""#, cells).zip(), &unseen);
    check(&xlsx(cells).zip(), &["A1 0", "B1 0", "C1 1", "A2 0", "B2 0", "C2 2", "A3 3"]);
}
