//! Sheets as an OpenDocument spreadsheet: a small, plain `content.xml` in a zip.

use std::io::{Cursor, Write as _};

use quick_xml::escape::escape;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use super::dress::Habit;
use super::grid::{Grid, Put, serial};

const KIND: &str = "application/vnd.oasis.opendocument.spreadsheet";
const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"#;
const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document-content office:version="1.2" xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"><office:automatic-styles>
<style:style style:name="true" style:family="table"><style:table-properties table:display="false"/></style:style>
<style:style style:name="false" style:family="table"><style:table-properties table:display="true"/></style:style>
<number:date-style style:name="day"><number:year number:style="long"/><number:text>-</number:text><number:month
 number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>
<style:style style:name="date" style:family="table-cell" style:data-style-name="day"/>
</office:automatic-styles><office:body><office:spreadsheet>"#;

/// The bytes of a workbook with these sheets.
pub fn bytes(grids: &[Grid]) -> std::io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed date: the same seed gives the same bytes.
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
    // Readers tell the format by the first entry, which lies there uncompressed.
    let stored = options.compression_method(CompressionMethod::Stored);
    let content: String = grids.iter().map(sheet).collect();
    let content = format!("{HEAD}{content}</office:spreadsheet></office:body></office:document-content>");
    for (name, text, options) in [
        ("mimetype", KIND, stored),
        ("META-INF/manifest.xml", MANIFEST, options),
        ("content.xml", content.as_str(), options),
    ] {
        zip.start_file(name, options)?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

fn sheet(grid: &Grid) -> String {
    let name = escape(grid.name.as_str());
    let mut xml = format!("<table:table table:name=\"{name}\" table:style-name=\"{}\">", grid.hidden);
    // Cells under a merged one are there, but covered.
    let mut rows: Vec<Vec<String>> = vec![Vec::new(); grid.rows.len()];
    let mut put = |row: u32, column: u16, cell: String| {
        let (row, column) = (&mut rows[row as usize], usize::from(column));
        row.resize(row.len().max(column + 1), "<table:table-cell/>".to_owned());
        row[column] = cell;
    };
    for (row, cells) in (0..).zip(&grid.rows) {
        cells.iter().for_each(|(column, content)| put(row, *column, cell(content, "")));
    }
    for (top, left, bottom, right) in &grid.merges {
        for (row, column) in (*top..=*bottom).flat_map(|row| (*left..=*right).map(move |column| (row, column))) {
            put(row, column, "<table:covered-table-cell/>".to_owned());
        }
        let (wide, high) = (right - left + 1, bottom - top + 1);
        let spans = format!(" table:number-columns-spanned=\"{wide}\" table:number-rows-spanned=\"{high}\"");
        grid.at(*top, *left).into_iter().for_each(|content| put(*top, *left, cell(content, &spans)));
    }
    for (row, cells) in (0..).zip(rows) {
        let hidden = grid.hidden_rows.binary_search(&row).is_ok();
        let hidden = if hidden { " table:visibility=\"collapse\"" } else { "" };
        let cells = if cells.is_empty() { "<table:table-cell/>".to_owned() } else { cells.concat() };
        xml.push_str(&format!("<table:table-row{hidden}>{cells}</table:table-row>"));
    }
    xml + "</table:table>"
}

fn cell(put: &Put, spans: &str) -> String {
    let (kind, shown) = match put {
        Put::Title(text) | Put::Header(text) | Put::Text(text) => {
            // Blanks at the ends and in a row would otherwise be folded into one.
            let lines = text.split('\n').map(|line| escape(line).replace(' ', "<text:s/>"));
            ("string\"".to_owned(), lines.collect::<Vec<_>>().join("</text:p><text:p>"))
        }
        // The last of the formats shows the bare number.
        Put::Date(day, format) if *format + 1 < Habit::DATES.len() => {
            (format!("date\" table:style-name=\"date\" office:date-value=\"{day}\""), day.to_string())
        }
        Put::Date(day, _) => number(serial(*day)),
        Put::Number(value) => number(value),
        Put::Formula(result) => {
            let (kind, shown) = number(result);
            (format!("{kind} table:formula=\"of:={result}+0\""), shown)
        }
    };
    format!("<table:table-cell office:value-type=\"{kind}{spans}><text:p>{shown}</text:p></table:table-cell>")
}

fn number(value: impl ToString) -> (String, String) {
    let value = value.to_string();
    (format!("float\" office:value=\"{value}\""), value)
}
