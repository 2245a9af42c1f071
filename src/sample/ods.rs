//! Sheets as an OpenDocument spreadsheet: a small, plain `content.xml` in a zip.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use super::dress::Habit;
use super::grid::{Grid, GridMerge, Put};
use super::plain::serial;

const KIND: &str = "application/vnd.oasis.opendocument.spreadsheet";

/// The bytes of a workbook with these sheets.
pub fn bytes(grids: &[Grid]) -> std::io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed date: the same seed gives the same bytes.
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
    // Readers tell the format by the first entry, which lies there uncompressed.
    zip.start_file("mimetype", options.compression_method(CompressionMethod::Stored))?;
    zip.write_all(KIND.as_bytes())?;
    zip.start_file("META-INF/manifest.xml", options)?;
    zip.write_all(
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.2\">\
             <manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{KIND}\"/>\
             <manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>\
             </manifest:manifest>"
        )
        .as_bytes(),
    )?;
    zip.start_file("content.xml", options)?;
    zip.write_all(content(grids).as_bytes())?;
    Ok(zip.finish()?.into_inner())
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
<office:document-content office:version=\"1.2\" \
xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\">\
<office:automatic-styles>\
<style:style style:name=\"shown\" style:family=\"table\"><style:table-properties table:display=\"true\"/></style:style>\
<style:style style:name=\"hidden\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style>\
<number:date-style style:name=\"day\"><number:year number:style=\"long\"/><number:text>-</number:text>\
<number:month number:style=\"long\"/><number:text>-</number:text><number:day number:style=\"long\"/></number:date-style>\
<style:style style:name=\"date\" style:family=\"table-cell\" style:data-style-name=\"day\"/>\
</office:automatic-styles><office:body><office:spreadsheet>";

fn content(grids: &[Grid]) -> String {
    let mut xml = HEAD.to_owned();
    for grid in grids {
        let style = if grid.hidden { "hidden" } else { "shown" };
        push(
            &mut xml,
            format_args!("<table:table table:name=\"{}\" table:style-name=\"{style}\">", escape(&grid.name)),
        );
        // Merged ranges by the rows they touch: a header repeated on every page makes thousands of them.
        let mut merges: Vec<Vec<GridMerge>> = vec![Vec::new(); grid.rows.len()];
        for merge in &grid.merges {
            merges.iter_mut().take(merge.2 as usize + 1).skip(merge.0 as usize).for_each(|row| row.push(*merge));
        }
        let mut hide = grid.hidden_rows.iter().peekable();
        for ((row, cells), merges) in (0u32..).zip(&grid.rows).zip(&merges) {
            let hidden = if hide.next_if_eq(&&row).is_some() { " table:visibility=\"collapse\"" } else { "" };
            push(&mut xml, format_args!("<table:table-row{hidden}>"));
            // Cells under a merged one are there, but covered.
            let covered: Vec<u16> = covered(merges, row).collect();
            let last = cells.iter().map(|(at, _)| *at).chain(covered.iter().copied()).max();
            let mut filled = cells.iter().peekable();
            for column in 0..last.map_or(1, |last| last + 1) {
                match filled.next_if(|(at, _)| *at == column) {
                    Some((_, put)) => cell(&mut xml, merges, row, column, put),
                    None if covered.contains(&column) => xml.push_str("<table:covered-table-cell/>"),
                    None => xml.push_str("<table:table-cell/>"),
                }
            }
            xml.push_str("</table:table-row>");
        }
        xml.push_str("</table:table>");
    }
    xml.push_str("</office:spreadsheet></office:body></office:document-content>");
    xml
}

/// Columns of a row that lie under a merged cell, other than its first.
fn covered(merges: &[GridMerge], row: u32) -> impl Iterator<Item = u16> {
    merges.iter().flat_map(move |(top, left, _, right)| (*left..=*right).filter(move |at| row != *top || at != left))
}

fn cell(xml: &mut String, merges: &[GridMerge], row: u32, column: u16, put: &Put) {
    let mut spans = String::new();
    if let Some((top, left, bottom, right)) = merges.iter().find(|(top, left, ..)| (*top, *left) == (row, column)) {
        let (wide, high) = (right - left + 1, bottom - top + 1);
        push(&mut spans, format_args!(" table:number-columns-spanned=\"{wide}\" table:number-rows-spanned=\"{high}\""));
    }
    match put {
        Put::Title(text) | Put::Header(text) | Put::Text(text) => {
            push(xml, format_args!("<table:table-cell office:value-type=\"string\"{spans}>"));
            for line in text.split('\n') {
                push(xml, format_args!("<text:p>{}</text:p>", escape(line)));
            }
            xml.push_str("</table:table-cell>");
        }
        // The last of the formats shows the bare number.
        Put::Date(day, format) if *format + 1 < Habit::DATES.len() => push(
            xml,
            format_args!(
                "<table:table-cell table:style-name=\"date\" office:value-type=\"date\" office:date-value=\"{day}\">\
                 <text:p>{day}</text:p></table:table-cell>"
            ),
        ),
        Put::Date(day, _) => number(xml, f64::from(serial(*day)), ""),
        Put::Number(value) => number(xml, *value, ""),
        Put::Formula(result) => number(xml, *result, &format!(" table:formula=\"of:={result}+0\"")),
    }
}

fn number(xml: &mut String, value: f64, formula: &str) {
    push(
        xml,
        format_args!(
            "<table:table-cell{formula} office:value-type=\"float\" office:value=\"{value}\">\
             <text:p>{value}</text:p></table:table-cell>"
        ),
    );
}

fn push(xml: &mut String, text: std::fmt::Arguments) {
    // Writing into a string cannot fail.
    let _ = xml.write_fmt(text);
}

/// Markup escaped; blanks at the ends and in a row would otherwise be folded into one.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut blank = true;
    for (at, letter) in text.char_indices() {
        let last = at + letter.len_utf8() == text.len();
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            ' ' if blank || last => escaped.push_str("<text:s/>"),
            other => escaped.push(other),
        }
        blank = letter == ' ';
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn text_keeps_its_blanks_and_signs() {
        let cases = [("张三", "张三"), (" a  b ", "<text:s/>a <text:s/>b<text:s/>"), ("<&>", "&lt;&amp;&gt;")];
        for (text, expected) in cases {
            assert_eq!(escape(text), expected);
        }
    }
}
