//! A written workbook as a reader sees it: cell texts by calamine, locks and rules from the XML.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};

/// The first sheet below its header: column titles, and rows as texts.
pub struct Listed {
    pub head: Vec<String>,
    pub header: u32,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Listed {
    /// Reads the sheet whose header row holds `title` in its first column.
    pub fn read(path: &Path, title: &str) -> Listed {
        let mut book: Xlsx<_> = open_workbook(path).unwrap();
        let range = book.worksheet_range_at(0).unwrap().unwrap();
        let texts: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(text).collect()).collect();
        let header = texts.iter().position(|row| row[0] == title).unwrap();
        let head = texts[..header].iter().map(|row| row[0].clone()).collect();
        let columns = texts[header].clone();
        Listed { head, header: header as u32, columns, rows: texts[header + 1..].to_vec() }
    }

    pub fn column(&self, name: &str) -> usize {
        self.columns.iter().position(|column| column == name).unwrap()
    }

    /// A column's texts from top to bottom.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        let column = self.column(name);
        self.rows.iter().map(|row| row[column].as_str()).collect()
    }
}

fn text(data: &Data) -> String {
    match data {
        Data::Empty => String::new(),
        Data::DateTime(date) => {
            let day = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).unwrap();
            (day + chrono::Days::new(date.as_f64() as u64)).to_string()
        }
        other => other.to_string(),
    }
}

/// The parts of a workbook by name.
pub fn parts(path: &Path) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

/// Addresses of the first sheet's cells that are not locked, and of columns or rows that are not.
pub fn unlocked(path: &Path) -> Vec<String> {
    let parts = parts(path);
    let styles = &parts["xl/styles.xml"];
    let formats = between(styles, "<cellXfs", "</cellXfs>");
    let open: Vec<bool> =
        formats.split("<xf ").skip(1).map(|format| format.contains("<protection locked=\"0\"")).collect();
    let sheet = &parts["xl/worksheets/sheet1.xml"];
    let style = |tag: &str, name: &str| attribute(tag, name).map_or(0, |number| number.parse::<usize>().unwrap());
    let mut found = vec![];
    for tag in tags(sheet, "<col ") {
        if open[style(tag, "style")] {
            found.push(format!("column {}", attribute(tag, "min").unwrap()));
        }
    }
    for tag in tags(sheet, "<row ") {
        if open[style(tag, "s")] {
            found.push(format!("row {}", attribute(tag, "r").unwrap()));
        }
    }
    for tag in tags(sheet, "<c ") {
        if open[style(tag, "s")] {
            found.push(attribute(tag, "r").unwrap().to_owned());
        }
    }
    found
}

pub fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let start = text.find(from).unwrap();
    let end = text[start..].find(to).unwrap();
    &text[start..start + end]
}

/// Every opening tag that begins so.
pub fn tags<'t>(text: &'t str, start: &str) -> Vec<&'t str> {
    text.match_indices(start).map(|(at, _)| &text[at..at + text[at..].find('>').unwrap()]).collect()
}

pub fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    Some(&tag[start..start + tag[start..].find('"')?])
}

/// Whether a range (`B3`, `B3:B9`) of one column holds a cell.
pub fn holds(range: &str, cell: &str) -> bool {
    let split = |cell: &str| {
        let at = cell.find(|character: char| character.is_ascii_digit()).unwrap();
        (cell[..at].to_owned(), cell[at..].parse::<u32>().unwrap())
    };
    let (first, last) = range.split_once(':').unwrap_or((range, range));
    let ((column, from), (_, to), (wanted, row)) = (split(first), split(last), split(cell));
    column == wanted && (from..=to).contains(&row)
}
