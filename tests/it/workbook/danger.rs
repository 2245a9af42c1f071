//! Files that lie, burst or attack: each is refused by name, in no time and next to no memory.

use std::fmt::Write;
use std::time::{Duration, Instant};

use super::build::{Parts, ods, sheet, strings, workbook, xlsx};
use super::{check, refused, shown};

const SHEET: &str = "xl/worksheets/sheet1.xml";

/// Where a part's entry stands in the zip's directory.
fn entry(zip: &[u8], name: &str) -> usize {
    (0..zip.len())
        .rev()
        .find(|&at| zip[at..].starts_with(b"PK\x01\x02") && zip[at + 46..].starts_with(name.as_bytes()))
        .unwrap()
}

fn set(zip: &mut [u8], at: usize, value: u32) {
    zip[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

#[test]
fn a_part_that_bursts_is_refused_before_it_is_inflated() {
    let rows = " ".repeat(17 << 20);
    refused(&xlsx("").with(SHEET, sheet(&rows)).zip(), "体积异常");
    // As tightly packed, but small; and as big, but not as tightly packed.
    check(&xlsx("").with(SHEET, sheet(&" ".repeat(1 << 20))).zip(), &[]);
    let mut noise = String::new();
    let mut state = 1_u64;
    while noise.len() < 17 << 20 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        write!(noise, "<!--{state:x}-->{}", " ".repeat(600)).unwrap();
    }
    check(&xlsx("").with(SHEET, sheet(&noise)).zip(), &[]);
}

#[test]
fn many_small_bombs_are_one_bomb() {
    let small = " ".repeat(15 << 20);
    let parts = (0..20).fold(xlsx(""), |parts, n| parts.with(&format!("xl/media/{n}"), &small));
    refused(&parts.zip(), "体积异常");
}

#[test]
fn a_directory_that_lies_about_sizes_is_found_out() {
    let rows = r#"<row r="1"><c r="A1"><v>1</v></c></row>"#;
    let honest = xlsx(rows).zip();
    let at = entry(&honest, SHEET);
    let size = u32::from_le_bytes(honest[at + 24..at + 28].try_into().unwrap());
    for (offset, value, why) in [
        (24, size - 1, "比压缩包目录所记的长"),
        (24, size + 1, "比压缩包目录所记的短"),
        (24, 3 << 30, "体积异常"),
        (20, 9_999_999, "不完整"),
        (42, 9_999_999, "不完整"),
        (16, 1, "校验和不符"),
    ] {
        let mut zip = honest.clone();
        set(&mut zip, at + offset, value);
        refused(&zip, why);
    }
}

#[test]
fn sixty_four_bit_sizes_are_read() {
    let mut zip = xlsx(r#"<row r="1"><c r="A1"><v>1</v></c></row>"#).zip();
    // The last entry's size moves into a 64-bit field behind its name.
    let name = &b"xl/worksheets/sheet1.xml"[..];
    let at = entry(&zip, SHEET);
    assert_eq!(zip[at + 46..at + 46 + name.len()], *name);
    let size: [u8; 4] = zip[at + 24..at + 28].try_into().unwrap();
    let end = at + 46 + name.len();
    let mut field = vec![1, 0, 8, 0];
    field.extend(size);
    field.extend([0; 4]);
    zip.splice(end..end, field);
    set(&mut zip, at + 24, u32::MAX);
    zip[at + 30] = 12;
    let record = zip.len() - 22;
    let length = u32::from_le_bytes(zip[record + 12..record + 16].try_into().unwrap()) + 12;
    set(&mut zip, record + 12, length);
    check(&zip, &["A1 1"]);
    // And one that claims more than there can be.
    zip[end + 9] = 1;
    refused(&zip, "体积异常");
}

#[test]
fn a_directory_that_lies_about_itself_is_refused() {
    let honest = xlsx("").zip();
    let record = honest.len() - 22;
    for value in [u32::MAX, 0x7FFF_FFFF] {
        let mut zip = honest.clone();
        set(&mut zip, record + 16, value);
        refused(&zip, "压缩包目录");
        // How long it is, its entries say themselves.
        let mut zip = honest.clone();
        set(&mut zip, record + 12, value);
        check(&zip, &[]);
    }
    for share in 1..20 {
        refused(&honest[..honest.len() * share / 20], "损坏");
    }
    // Bytes before and behind are none of the archive's.
    let padded = [&b"PK is what it starts with"[..], &honest].concat();
    check(&padded, &[]);
}

#[test]
fn two_parts_of_one_name_are_ambiguous() {
    let mut twice = xlsx("").with("xl/worksheets/sheet2.xml", sheet("<sheetData/>")).zip();
    while let Some(at) = twice.windows(24).position(|w| w == b"xl/worksheets/sheet2.xml") {
        twice[at + 19] = b'1';
    }
    refused(&twice, "重复出现");
}

#[test]
fn paths_that_leave_the_archive_lead_nowhere() {
    let parts = xlsx("").with("../../etc/passwd", "x").with("/tmp/evil", "x").with("C:\\evil", "x");
    check(&parts.zip(), &[]);
    let rels = super::build::relations(&[("rId1", "worksheet", "../../../../etc/passwd")]);
    refused(&xlsx("").with("xl/_rels/workbook.xml.rels", rels).zip(), "缺少部件 etc/passwd");
}

#[test]
fn counts_of_shared_strings_are_not_believed() {
    for count in ["4294967295", "-1", "0", "x"] {
        let lying = strings(&["<t>张三</t>"]).replace("uniqueCount=\"9\"", &format!("uniqueCount=\"{count}\""));
        let book = xlsx(r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#).with("xl/sharedStrings.xml", lying);
        check(&book.zip(), &["A1 \"张三\""]);
    }
    for index in ["1", "4294967295", "99999999999999999999"] {
        let book = xlsx(&format!(r#"<row r="1"><c r="A1" t="s"><v>{index}</v></c></row>"#))
            .with("xl/sharedStrings.xml", strings(&["<t>张三</t>"]));
        refused(&book.zip(), "工作表「表」已损坏");
    }
}

#[test]
fn a_cell_that_never_ends_is_refused() {
    let mut long = String::new();
    for n in 0..1_000_000 {
        write!(long, "{n:x}考").unwrap();
    }
    refused(&xlsx("").with("xl/sharedStrings.xml", strings(&[&format!("<t>{long}</t>")])).zip(), "文字超过");
    let inline = format!(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>{long}</t></is></c></row>"#);
    refused(&xlsx(&inline).zip(), "文字超过");
    let text = format!(
        r#"<table:table-row><table:table-cell office:value-type="string"><text:p>{long}</text:p></table:table-cell></table:table-row>"#
    );
    refused(&ods(&text).zip(), "文字超过");
    // Where no cell holds it, it is none of our business.
    let elsewhere = format!("<sheetData/><legacy>{long}</legacy>");
    check(&xlsx("").with(SHEET, sheet(&elsewhere)).zip(), &[]);
}

#[test]
fn document_types_and_their_entities_are_refused() {
    let bomb = r#"<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>"#;
    refused(&xlsx("").with("xl/sharedStrings.xml", bomb).zip(), "DTD");
    let outside = r#"<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="str"><v>&f;</v></c></row></sheetData></worksheet>"#;
    refused(&xlsx("").with(SHEET, outside).zip(), "DTD");
    refused(&xlsx(r#"<row><c t="str"><v>&undefined;</v></c></row>"#).zip(), "实体");
}

#[test]
fn broken_xml_is_refused_and_not_half_read() {
    let cases = [
        r#"<row r="1"><c r="A1"><v>1</c></v></row>"#,
        r#"<row r="1"><c r="A1"><v>1</v></row>"#,
        r#"<row r="1"><c r=A1><v>1</v></c></row>"#,
        r#"<row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>"#,
        r#"<row r="0"/>"#,
        r#"<row r="1048577"/>"#,
        r#"<row r="一"/>"#,
    ];
    for rows in cases {
        refused(&xlsx(rows).zip(), "工作表「表」已损坏");
    }
    let whole = String::from_utf8(xlsx(r#"<row r="1"><c r="A1"><v>1</v></c></row>"#).0[6].1.clone()).unwrap();
    for length in (60..whole.len()).step_by(7) {
        refused(&xlsx("").with(SHEET, &whole[..length]).zip(), "已损坏");
    }
    let deep = "<a>".repeat(100_000);
    refused(&xlsx("").with(SHEET, sheet(&deep)).zip(), "XML");
}

/// Cells and rows that do not say where they stand go on from the one before.
#[test]
fn cells_and_rows_behind_the_last_there_can_be_are_refused() {
    let cells = format!("<row r=\"1\">{}</row>", "<c><v>1</v></c>".repeat(16_385));
    refused(&xlsx(&cells).zip(), "位置超出范围");
    let rows = r#"<row r="1048576"><c><v>1</v></c></row><row><c><v>2</v></c></row>"#;
    refused(&xlsx(rows).zip(), "已损坏");
}

#[test]
fn lists_that_never_end_are_refused() {
    let many = |count: usize, item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<String>();
    let sheets = many(5_000, &|n| format!(r#"<sheet name="{n}" r:id="r{n}"/>"#));
    let rels = many(5_000, &|n| format!(r#"<Relationship Id="r{n}" Type="x/worksheet" Target="{n}.xml"/>"#));
    let book = xlsx("")
        .with("xl/workbook.xml", workbook(&format!("<sheets>{sheets}</sheets>")))
        .with("xl/_rels/workbook.xml.rels", format!("<Relationships>{rels}</Relationships>"));
    refused(&book.zip(), "工作表超过");
    let long = workbook(&format!(r#"<sheets><sheet name="{}" r:id="rId1"/></sheets>"#, "长".repeat(1_000)));
    refused(&xlsx("").with("xl/workbook.xml", long).zip(), "名称过长");
    let formats = format!("<styleSheet><cellXfs>{}</cellXfs></styleSheet>", "<xf/>".repeat(300_000));
    refused(&xlsx("").with("xl/styles.xml", formats).zip(), "格式过多");
}

#[test]
fn missing_parts_are_named() {
    for part in ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"] {
        refused(&xlsx("").without(part).zip(), "「报送/表.xlsx」");
    }
    // Styles and shared strings may be absent.
    check(
        &xlsx(r#"<row r="1"><c r="A1" s="1"><v>1</v></c></row>"#)
            .without("xl/styles.xml")
            .without("xl/sharedStrings.xml")
            .zip(),
        &["A1 1"],
    );
}

#[test]
fn two_sheets_of_one_part_are_refused() {
    let twice = workbook(r#"<sheets><sheet name="甲" r:id="rId1"/><sheet name="乙" r:id="rId1"/></sheets>"#);
    refused(&xlsx("").with("xl/workbook.xml", twice).zip(), "同一部件");
}

#[test]
fn an_archive_without_a_workbook_says_so() {
    refused(&Parts(Vec::new()).with("a.txt", "x").zip(), "压缩包");
    refused(&Parts(Vec::new()).zip(), "压缩包");
}

#[test]
fn an_encrypted_part_is_refused_as_such() {
    let mut zip = xlsx("").zip();
    let at = entry(&zip, SHEET);
    zip[at + 8] |= 1;
    refused(&zip, "已加密");
}

#[test]
fn the_worst_small_files_take_no_time() {
    let far =
        xlsx(r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#).zip();
    let blank = ods(r#"<table:table-row table:number-rows-repeated="4000000000"><table:table-cell table:number-columns-repeated="4000000000"/></table:table-row>"#).zip();
    let start = Instant::now();
    for file in [far, blank] {
        shown(&file).unwrap();
    }
    assert!(start.elapsed() < Duration::from_secs(5));
}
