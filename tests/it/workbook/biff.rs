//! Puts binary workbooks together: BIFF records in a compound file (.xls), and records in a zip (.xlsb).

use super::build::{Parts, relations};

/// One record of .xls: type, length, content.
pub fn record(kind: u16, content: &[u8]) -> Vec<u8> {
    let mut all = kind.to_le_bytes().to_vec();
    all.extend(u16::try_from(content.len()).unwrap().to_le_bytes());
    all.extend(content);
    all
}

/// The start of the book's stream or of a sheet's: version 0x0600 or 0x0500, and what it is.
pub fn bof(version: u16, what: u16) -> Vec<u8> {
    let mut content = version.to_le_bytes().to_vec();
    content.extend(what.to_le_bytes());
    content.extend([0xBB, 0x0D, 0xCC, 0x07, 0, 0, 0, 0, 6, 0, 0, 0]);
    record(0x0809, &content)
}

pub fn eof() -> Vec<u8> {
    record(0x000A, &[])
}

/// A cell's record: row, column and format, then its content.
pub fn cell(kind: u16, row: u16, column: u16, format: u16, content: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    for number in [row, column, format] {
        all.extend(number.to_le_bytes());
    }
    all.extend(content);
    record(kind, &all)
}

/// A text as BIFF8 stores it: count, width, UTF-16.
pub fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut all = u16::try_from(units.len()).unwrap().to_le_bytes().to_vec();
    all.push(1);
    all.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    all
}

/// A formula's record: eight bytes of result, flags, the cache and an empty formula.
pub fn formula(row: u16, column: u16, format: u16, result: [u8; 8]) -> Vec<u8> {
    let mut content = result.to_vec();
    content.extend([0; 8]);
    cell(0x0006, row, column, format, &content)
}

/// A BIFF8 book of one sheet. Formats: 0 general, 1 the built-in date, 2 年月日 with a number beyond Excel's own.
pub fn xls(sheet: &[Vec<u8>]) -> Vec<u8> {
    compound(&[("Workbook", &book(&[], &[("表", 0, &sheet.concat())]))])
}

/// The stream of a BIFF8 book: more records for the front, then per sheet its name, kind and records.
pub fn book(front: &[Vec<u8>], sheets: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let mut code = 400_u16.to_le_bytes().to_vec();
    code.extend(wide("yyyy\"年\"m\"月\"d\"日\""));
    let mut strings = vec![0; 4];
    strings.extend(3_u32.to_le_bytes());
    for text in ["姓名", "张三", ""] {
        strings.extend(wide(text));
    }
    let mut head = bof(0x0600, 0x0005);
    head.extend(front.concat());
    head.extend(record(0x041E, &code));
    for format in [0_u16, 14, 400] {
        let mut content = vec![0; 20];
        content[2..4].copy_from_slice(&format.to_le_bytes());
        head.extend(record(0x00E0, &content));
    }
    let tail = [record(0x00FC, &strings), eof()].concat();
    let bound = |name: &str, kind: u8, at: usize| {
        let mut content = u32::try_from(at).unwrap().to_le_bytes().to_vec();
        let name = wide(name);
        content.extend([0, kind, name[0]]);
        content.extend(&name[2..]);
        record(0x0085, &content)
    };
    let bounds: usize = sheets.iter().map(|(name, kind, _)| bound(name, *kind, 0).len()).sum();
    let mut at = head.len() + bounds + tail.len();
    let mut body = Vec::new();
    for (name, kind, records) in sheets {
        head.extend(bound(name, *kind, at));
        let stream = [&bof(0x0600, 0x0010)[..], records, &eof()].concat();
        at += stream.len();
        body.extend(stream);
    }
    [head, tail, body].concat()
}

/// A compound file with these streams at the top. A name with `/` puts the stream into a folder.
pub fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    const END: u32 = 0xFFFF_FFFE;
    const NONE: u32 = 0xFFFF_FFFF;
    let entry = |name: &str, kind: u8, links: [u32; 3], start: u32, length: u32| {
        let mut all: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let named = u16::try_from(all.len() + 2).unwrap();
        all.resize(64, 0);
        all.extend(named.to_le_bytes());
        all.extend([kind, 1]);
        all.extend(links.iter().flat_map(|link| link.to_le_bytes()));
        all.resize(116, 0);
        all.extend(start.to_le_bytes());
        all.extend(length.to_le_bytes());
        all.resize(128, 0);
        all
    };
    // The entry of the first stream at the top from here on.
    let next_top = |from: usize| {
        let found = streams.iter().skip(from).position(|(name, _)| !name.contains('/'));
        found.map_or(NONE, |step| u32::try_from(from + step + 1).unwrap())
    };
    let (mut table, mut data) = (vec![0xFFFF_FFFD_u32], Vec::new());
    let mut directory = Vec::new();
    for (at, (name, content)) in streams.iter().enumerate() {
        // Short streams would lie in small sectors; filled up they need not.
        let length = content.len().max(4096);
        let mut content = content.to_vec();
        content.resize(length.next_multiple_of(512), 0);
        let first = u32::try_from(table.len()).unwrap();
        for sector in 1..=u32::try_from(content.len() / 512).unwrap() {
            table.push(if sector as usize == content.len() / 512 { END } else { first + sector });
        }
        data.extend(content);
        let next = next_top(at + 1);
        directory.push((name, next, first, u32::try_from(length).unwrap()));
    }
    let first = u32::try_from(table.len()).unwrap();
    let mut entries = entry("Root Entry", 5, [NONE, NONE, next_top(0)], END, 0);
    for (name, next, start, length) in directory {
        entries.extend(match name.split_once('/') {
            // A folder whose stream no link of the top reaches.
            Some((_, inner)) => entry(inner, 2, [NONE; 3], start, length),
            None => entry(name, 2, [NONE, next, NONE], start, length),
        });
    }
    entries.resize(entries.len().next_multiple_of(512), 0);
    for sector in 1..=u32::try_from(entries.len() / 512).unwrap() {
        table.push(if sector as usize == entries.len() / 512 { END } else { first + sector });
    }
    assert!(table.len() <= 128, "more than one sector of the table");
    table.resize(128, NONE);
    let mut header = vec![0; 512];
    header[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    header[24..34].copy_from_slice(&[0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    header[44] = 1;
    header[48..52].copy_from_slice(&first.to_le_bytes());
    header[57] = 0x10;
    header[60..64].copy_from_slice(&END.to_le_bytes());
    header[68..72].copy_from_slice(&END.to_le_bytes());
    header[76..].fill(0xFF);
    header[76..80].fill(0);
    header.extend(table.iter().flat_map(|id| id.to_le_bytes()));
    header.extend(data);
    header.extend(entries);
    header
}

/// One record of .xlsb.
pub fn brt(kind: u16, content: &[u8]) -> Vec<u8> {
    let mut all = if kind < 0x80 {
        vec![u8::try_from(kind).unwrap()]
    } else {
        vec![(kind & 0x7F) as u8 | 0x80, (kind >> 7) as u8]
    };
    let mut left = content.len();
    loop {
        let byte = (left & 0x7F) as u8;
        left >>= 7;
        all.push(if left > 0 { byte | 0x80 } else { byte });
        if left == 0 {
            break;
        }
    }
    all.extend(content);
    all
}

/// A text as .xlsb stores it.
pub fn long(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut all = u32::try_from(units.len()).unwrap().to_le_bytes().to_vec();
    all.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    all
}

pub fn brt_row(row: u32) -> Vec<u8> {
    let mut content = row.to_le_bytes().to_vec();
    content.resize(17, 0);
    brt(0, &content)
}

pub fn brt_cell(kind: u16, column: u32, format: u32, content: &[u8]) -> Vec<u8> {
    let mut all = column.to_le_bytes().to_vec();
    all.extend(format.to_le_bytes());
    all.extend(content);
    brt(kind, &all)
}

/// The part of a sheet.
pub fn brt_sheet(cells: &[Vec<u8>], after: &[Vec<u8>]) -> Vec<u8> {
    [brt(0x81, &[]), brt(0x91, &[]), cells.concat(), brt(0x92, &[]), after.concat(), brt(0x82, &[])].concat()
}

/// A binary workbook of one sheet; formats as in [`xls`].
pub fn xlsb(cells: &[Vec<u8>], after: &[Vec<u8>]) -> Parts {
    let mut code = 400_u16.to_le_bytes().to_vec();
    code.extend(long("yyyy\"年\"m\"月\"d\"日\""));
    let format = |id: u16| {
        let mut content = vec![0; 16];
        content[2..4].copy_from_slice(&id.to_le_bytes());
        brt(0x2F, &content)
    };
    let styles = [
        brt(0x267, &1_u32.to_le_bytes()),
        brt(0x2C, &code),
        brt(0x268, &[]),
        brt(0x269, &3_u32.to_le_bytes()),
        format(0),
        format(14),
        format(400),
        brt(0x26A, &[]),
    ];
    let mut bundle = vec![0; 8];
    bundle.extend(long("rId1"));
    bundle.extend(long("表"));
    let text = |text: &str| brt(0x13, &[&[0], &long(text)[..]].concat());
    Parts(Vec::new())
        .with("[Content_Types].xml", "<Types/>")
        .with("_rels/.rels", relations(&[("rId1", "officeDocument", "xl/workbook.bin")]))
        .with("xl/workbook.bin", [brt(0x83, &[]), brt(0x99, &[0; 12]), brt(0x9C, &bundle), brt(0x84, &[])].concat())
        .with(
            "xl/_rels/workbook.bin.rels",
            relations(&[
                ("rId1", "worksheet", "worksheets/sheet1.bin"),
                ("rId2", "styles", "styles.bin"),
                ("rId3", "sharedStrings", "sharedStrings.bin"),
            ]),
        )
        .with("xl/styles.bin", styles.concat())
        .with(
            "xl/sharedStrings.bin",
            [brt(0x9F, &[3, 0, 0, 0, 3, 0, 0, 0]), text("姓名"), text("张三"), text("")].concat(),
        )
        .with("xl/worksheets/sheet1.bin", brt_sheet(cells, after))
}
