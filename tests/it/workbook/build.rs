//! Puts zip-based workbooks together from their parts.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;

/// The parts of a workbook, to be changed before they are zipped.
#[derive(Clone)]
pub struct Parts(pub Vec<(String, Vec<u8>)>);

impl Parts {
    pub fn with(mut self, name: &str, content: impl AsRef<[u8]>) -> Parts {
        let content = content.as_ref().to_vec();
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some(part) => part.1 = content,
            None => self.0.push((name.to_owned(), content)),
        }
        self
    }

    pub fn without(mut self, name: &str) -> Parts {
        self.0.retain(|(known, _)| known != name);
        self
    }

    pub fn zip(&self) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in &self.0 {
            writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }
}

/// A workbook of rust_xlsxwriter as a spreadsheet program saves it: the results of its formulas have been seen, and nothing
/// asks to compute them anew.
pub fn computed(workbook: &[u8]) -> Vec<u8> {
    let mut package = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut parts = Parts(Vec::new());
    for index in 0..package.len() {
        let mut file = package.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        if name == "xl/workbook.xml" {
            content = String::from_utf8(content).unwrap().replace(" fullCalcOnLoad=\"1\"", "").into_bytes();
        }
        parts = parts.with(&name, content);
    }
    parts.zip()
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// A list of relations: (id, kind, target).
pub fn relations(list: &[(&str, &str, &str)]) -> String {
    let items: String = list
        .iter()
        .map(|(id, kind, target)| format!(r#"<Relationship Id="{id}" Type="{RELATIONS}/{kind}" Target="{target}"/>"#))
        .collect();
    format!(r#"<Relationships xmlns="{PACKAGE}">{items}</Relationships>"#)
}

/// `xl/workbook.xml` with `inside` before or between the sheets.
pub fn workbook(inside: &str) -> String {
    format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{inside}</workbook>"#)
}

/// `xl/worksheets/sheet1.xml`.
pub fn sheet(inside: &str) -> String {
    format!(r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}">{inside}</worksheet>"#)
}

/// The shared strings, each item as its inner XML.
pub fn strings(items: &[&str]) -> String {
    let items: String = items.iter().map(|item| format!("<si>{item}</si>")).collect();
    format!(r#"<sst xmlns="{MAIN}" count="9" uniqueCount="9">{items}</sst>"#)
}

/// `xl/styles.xml`.
pub fn styles(inside: &str) -> String {
    format!(r#"<styleSheet xmlns="{MAIN}">{inside}</styleSheet>"#)
}

/// A workbook of one sheet with these rows. Formats: 0 general, 1 the built-in date, 2 年月日, 3 East-Asian built-in, 4 `[h]:mm`.
pub fn xlsx(rows: &str) -> Parts {
    let styles = styles(
        r#"<numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/></numFmts>
        <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
        <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="176"/><xf numFmtId="31"/><xf numFmtId="46"/></cellXfs>
        <dxfs><dxf><numFmt numFmtId="0" formatCode="yyyy"/></dxf></dxfs>"#,
    );
    Parts(Vec::new())
        .with("[Content_Types].xml", "<Types/>")
        .with("_rels/.rels", relations(&[("rId1", "officeDocument", "xl/workbook.xml")]))
        .with("xl/workbook.xml", workbook(r#"<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets>"#))
        .with(
            "xl/_rels/workbook.xml.rels",
            relations(&[
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
                ("rId2", "styles", "styles.xml"),
                ("rId3", "sharedStrings", "sharedStrings.xml"),
            ]),
        )
        .with("xl/styles.xml", styles)
        .with("xl/sharedStrings.xml", strings(&["<t>姓名</t>", "<t>张三</t>", "<t/>"]))
        .with("xl/worksheets/sheet1.xml", sheet(&format!("<sheetData>{rows}</sheetData>")))
}

/// An OpenDocument spreadsheet of one sheet with these rows.
pub fn ods(rows: &str) -> Parts {
    ods_content(&format!(r#"<table:table table:name="表">{rows}</table:table>"#))
}

/// An OpenDocument spreadsheet with this inside `<office:spreadsheet>`.
pub fn ods_content(inside: &str) -> Parts {
    const NAMES: &str = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0""#;
    let styles = r#"<office:automatic-styles><style:style style:name="ta1"><style:table-properties table:display="true"/></style:style><style:style style:name="ta2"><style:table-properties table:display="false"/></style:style></office:automatic-styles>"#;
    Parts(Vec::new())
        .with("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        .with("META-INF/manifest.xml", r#"<manifest:manifest xmlns:manifest="m"><manifest:file-entry manifest:full-path="/"/></manifest:manifest>"#)
        .with(
            "content.xml",
            format!("<office:document-content {NAMES}>{styles}<office:body><office:spreadsheet>{inside}</office:spreadsheet></office:body></office:document-content>"),
        )
}
