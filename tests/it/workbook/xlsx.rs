//! What is read from .xlsx.

use super::build::{relations, sheet, strings, workbook, xlsx};
use super::{check, refused, shown};

/// One row with these cells.
fn row(cells: &str) -> Vec<u8> {
    xlsx(&format!(r#"<row r="1">{cells}</row>"#)).zip()
}

#[test]
fn cells_are_read_by_type() {
    let cases: &[(&str, &[&str])] = &[
        (r#"<c r="A1" t="s"><v>1</v></c>"#, &["A1 \"张三\""]),
        (r#"<c r="A1" t="s"><v>2</v></c>"#, &[]),
        (r#"<c r="A1"><v>59.9</v></c>"#, &["A1 59.9"]),
        (r#"<c r="A1" t="n"><v>1E3</v></c>"#, &["A1 1000"]),
        (r#"<c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c>"#, &["A1 true", "B1 false"]),
        (r#"<c r="A1" t="e"><v>#REF!</v></c><c r="B1" t="e"><v>#SPILL!</v></c>"#, &["A1 #REF!", "B1 #SPILL!"]),
        (r#"<c r="A1" t="inlineStr"><is><t>张三</t></is></c>"#, &["A1 \"张三\""]),
        (r#"<c r="A1" t="d"><v>2015-06-24T00:00:00</v></c>"#, &["A1 2015-06-24 00:00:00"]),
        (r#"<c r="A1" t="str"><f>B1</f><v>甲 &amp; 乙</v></c>"#, &["A1 \"甲 & 乙\""]),
        (r#"<c r="A1" s="1"/><c r="B1"><v></v></c>"#, &[]),
        // What does not fit its type stays visible.
        (r#"<c r="A1"><v>六十</v></c><c r="B1"><v>NaN</v></c>"#, &["A1 \"六十\"", "B1 \"NaN\""]),
        (r#"<c r="A1" t="b"><v>是</v></c><c r="B1" t="d"><v>昨天</v></c>"#, &["A1 \"是\"", "B1 \"昨天\""]),
    ];
    for (cells, expected) in cases {
        check(&row(cells), expected);
    }
}

#[test]
fn cells_written_nearly_as_usual_mean_the_same() {
    let cases: &[(&str, &[&str])] = &[
        (r#"<c r="A1" s="1" t="inlineStr"><is><t>张_三</t></is></c>"#, &["A1 \"张_三\""]),
        (r#"<c r="A1" t="inlineStr"><is><t>_x5F20_三</t></is></c>"#, &["A1 \"张三\""]),
        (r#"<c r="A1" t="inlineStr"><is><t>张&#x4E09;</t></is></c>"#, &["A1 \"张三\""]),
        (r#"<c r="A1" t="inlineStr"><is><t> 张三</t></is></c>"#, &["A1 \"张三\""]),
        (r#"<c r="A1" t="inlineStr"><is><t></t></is></c><c t="s"><v>1</v></c>"#, &["B1 \"张三\""]),
        (
            r#"<c r="A1" s="000001"><v>42179</v></c><c r="B1" s="1" ><v>42179</v></c>"#,
            &["A1 2015-06-24 00:00:00", "B1 2015-06-24 00:00:00"],
        ),
        (r#"<c r="A1"><v>-0.5</v></c><c r="B1"><v>0123456789012345</v></c>"#, &["A1 -0.5", "B1 123456789012345"]),
        (r#"<c r="Z1"><v>1</v></c><c r="AA1"><v>2</v></c><c r="XFD1"><v>3</v></c>"#, &["Z1 1", "AA1 2", "XFD1 3"]),
        (r#"<c r="B1"><v>1</v></c><c><v>2</v></c><c r="d1"><v>3</v></c>"#, &["B1 1", "C1 2", "D1 3"]),
        // In another row than the one that it stands in.
        (r#"<c r="A1"><v>1</v></c><c r="A11"><v>2</v></c><c r="B11"><v>3</v></c>"#, &["A1 1", "A11 2", "B11 3"]),
    ];
    for (cells, expected) in cases {
        check(&row(cells), expected);
    }
}

#[test]
fn a_value_in_an_odd_place_is_no_other_value() {
    let cases: &[(&str, &[&str])] = &[
        (r#"<c r="A1" t="inlineStr"><v>张三</v></c>"#, &["A1 \"张三\""]),
        (r#"<c r="A1"><v>12</v><extLst><ext><v>99</v></ext></extLst></c>"#, &["A1 12"]),
        (r#"<c r="A1"><is><t>张三</t></is></c>"#, &["A1 \"张三\""]),
        (r#"<c r="A1" t="s"/><c r="B1" t="s"></c>"#, &[]),
        (r#"<c r="A1"><v xml:space="preserve"> 41 </v></c>"#, &["A1 41"]),
        (r#"<c r="A1" t="b"><v>true</v></c><c r="B1" t="b"><v> 0 </v></c>"#, &["A1 true", "B1 false"]),
    ];
    for (cells, expected) in cases {
        check(&row(cells), expected);
    }
}

#[test]
fn a_value_is_all_the_character_data_of_its_element() {
    let cases: &[(&str, &[&str])] = &[
        ("<c r=\"A1\"><v><![CDATA[41]]></v></c>", &["A1 41"]),
        ("<c r=\"A1\"><v>4<![CDATA[1]]></v></c>", &["A1 41"]),
        ("<c r=\"A1\"><v>8&#54;</v></c><c r=\"B1\"><v>9&#x30;.5</v></c>", &["A1 86", "B1 90.5"]),
        ("<c r=\"A1\"><v><!--x-->41</v></c><c r=\"B1\"><v>4<!-- 9 -->1</v></c>", &["A1 41", "B1 41"]),
        ("<c r=\"A1\"><v>\n 41\t</v></c><c r=\"B1\"><v> 59.5 </v></c>", &["A1 41", "B1 59.5"]),
        ("<c r=\"A1\" t=\"str\"><v><![CDATA[较<重>]]></v></c>", &["A1 \"较<重>\""]),
        ("<c r=\"A1\" t=\"s\"><v>1 </v></c>", &["A1 \"张三\""]),
        ("<c r=\"A1\" t=\"s\"><v><![CDATA[ 1]]></v></c>", &["A1 \"张三\""]),
        (
            "<c r=\"A1\" t=\"s\"><v>&#49;</v></c><c r=\"B1\" t=\"s\"><v><!--0-->1</v></c>",
            &["A1 \"张三\"", "B1 \"张三\""],
        ),
        ("<c r=\"A1\" t=\"e\"><v><![CDATA[#REF!]]></v></c>", &["A1 #REF!"]),
        ("<c r=\"A1\" t=\"b\"><v><![CDATA[1]]></v></c>", &["A1 true"]),
        ("<c r=\"A1\" t=\"d\"><v><![CDATA[2015-06-24]]></v></c>", &["A1 2015-06-24 00:00:00"]),
        ("<c r=\"A1\" t=\"inlineStr\"><is><t><![CDATA[张三]]></t></is></c>", &["A1 \"张三\""]),
        (
            "<c r=\"A1\" t=\"inlineStr\"><is><r><t>张</t></r><r><rPr><b/></rPr><t>三</t></r><rPh sb=\"0\" eb=\"1\"><t>zhang</t></rPh></is></c>",
            &["A1 \"张三\""],
        ),
        ("<c r=\"A1\"><f><![CDATA[B1&C1]]></f><v><![CDATA[41]]></v></c>", &["A1 41"]),
        ("<?x y?><c r=\"A1\"><?x y?><v>4<?x y?>1</v></c>", &["A1 41"]),
    ];
    for (cells, expected) in cases {
        check(&row(cells), expected);
    }
}

#[test]
fn a_string_index_that_is_none_is_refused_with_its_cell() {
    for wrong in ["-1", "3", "1.5", "x", "", " ", "99999999999", "<![CDATA[]]>", "1 1", "+1"] {
        refused(
            &row(&format!(r#"<c r="A1"><v>7</v></c><c r="B1" t="s"><v>{wrong}</v></c>"#)),
            "单元格 B1 的共享字符串编号",
        );
    }
    // One that does not say where it stands too.
    refused(&row(r#"<c r="C1"><v>7</v></c><c t="s"><v>9</v></c>"#), "单元格 D1 的共享字符串编号「9」");
}

#[test]
fn of_alternatives_the_fallback_counts() {
    let rows = r#"<row r="1"><mc:AlternateContent><mc:Choice Requires="x"><c r="A1"><v>1</v></c></mc:Choice><mc:Fallback><c r="A1"><v>2</v></c></mc:Fallback></mc:AlternateContent></row>"#;
    check(&xlsx(rows).zip(), &["A1 2"]);
}

#[test]
fn a_formula_without_a_stored_result_is_no_blank() {
    let cases: &[(&str, &[&str])] = &[
        (r#"<c r="A1"><f>SUM(B1)</f></c>"#, &["A1 无结果"]),
        (r#"<c r="A1"><f>SUM(B1)</f><v/></c>"#, &["A1 无结果"]),
        (r#"<c r="A1"><f>SUM(B1)</f><v></v></c>"#, &["A1 无结果"]),
        (r#"<c r="A1" t="str"><f>B1</f></c>"#, &["A1 无结果"]),
        (r#"<c r="A1"><f t="shared" si="0"/></c>"#, &["A1 无结果"]),
        // An empty text is a result.
        (r#"<c r="A1" t="str"><f>B1</f><v></v></c>"#, &[]),
        (r#"<c r="A1"><f>SUM(B1)</f><v>0</v></c>"#, &["A1 0"]),
        (r#"<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>"#, &["A1 #DIV/0!"]),
    ];
    for (cells, expected) in cases {
        check(&row(cells), expected);
    }
}

#[test]
fn a_number_with_a_date_format_is_a_date() {
    let cases: &[(&str, &[&str])] = &[
        (r#"<c r="A1" s="1"><v>42179</v></c>"#, &["A1 2015-06-24 00:00:00"]),
        (r#"<c r="A1" s="2"><v>42179.5</v></c>"#, &["A1 2015-06-24 12:00:00"]),
        (r#"<c r="A1" s="3"><v>42179</v></c>"#, &["A1 2015-06-24 00:00:00"]),
        (r#"<c r="A1" s="1"><v>59</v></c><c r="B1" s="1"><v>60</v></c>"#, &["A1 1900-02-28 00:00:00", "B1 60"]),
        // A span of time, a time of day and a format that is not there are numbers.
        (r#"<c r="A1" s="4"><v>1.5</v></c><c r="B1" s="1"><v>0.5</v></c>"#, &["A1 1.5", "B1 0.5"]),
        (r#"<c r="A1" s="99"><v>42179</v></c><c r="B1"><v>42179</v></c>"#, &["A1 42179", "B1 42179"]),
    ];
    for (cells, expected) in cases {
        check(&row(cells), expected);
    }
    let in_1904 = workbook(r#"<workbookPr date1904="1"/><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets>"#);
    let book = xlsx(r#"<row r="1"><c r="A1" s="1"><v>40717</v></c></row>"#).with("xl/workbook.xml", in_1904);
    check(&book.zip(), &["A1 2015-06-24 00:00:00"]);
}

#[test]
fn texts_are_what_is_shown() {
    let cases: &[(&str, &str)] = &[
        ("<t>张三</t>", "A1 \"张三\""),
        ("<t> 张三 </t>", "A1 \"张三\""),
        (r#"<t xml:space="preserve"> 张三 </t>"#, "A1 \" 张三 \""),
        ("<r><rPr><b/></rPr><t>张</t></r><r><t>三</t></r>", "A1 \"张三\""),
        ("<t>张三</t><rPh sb=\"0\" eb=\"1\"><t>zhang</t></rPh><phoneticPr fontId=\"1\"/>", "A1 \"张三\""),
        ("<t>甲_x000D_乙_x005F_x000D_</t>", "A1 \"甲\\r乙_x000D_\""),
        ("<t><![CDATA[甲<乙>]]></t>", "A1 \"甲<乙>\""),
        ("<t>&#x5F20;&#19977;</t>", "A1 \"张三\""),
    ];
    for (item, expected) in cases {
        let book =
            xlsx(r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#).with("xl/sharedStrings.xml", strings(&[item]));
        check(&book.zip(), &[expected]);
    }
}

#[test]
fn an_empty_shared_string_takes_its_number() {
    let book = xlsx(r#"<row r="1"><c r="A1" t="s"><v>2</v></c></row>"#)
        .with("xl/sharedStrings.xml", strings(&["", "<t/>", "<t>张三</t>"]));
    check(&book.zip(), &["A1 \"张三\""]);
}

#[test]
fn places_are_told_or_counted_and_sorted() {
    let cases: &[(&str, &[&str])] = &[
        // Nothing tells where it stands.
        ("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", &["A1 1", "B1 2", "A2 3"]),
        (r#"<row r="3"><c r="B3"><v>1</v></c><c><v>2</v></c></row>"#, &["B3 1", "C3 2"]),
        (
            r#"<row r="2"><c r="B2"><v>4</v></c><c r="A2"><v>3</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>"#,
            &["A1 1", "A2 3", "B2 4"],
        ),
        // The same twice is once.
        (r#"<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>1</v></c></row>"#, &["A1 1"]),
        (
            r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#,
            &["A1 1", "XFD1048576 2"],
        ),
    ];
    for (rows, expected) in cases {
        check(&xlsx(rows).zip(), expected);
    }
    refused(&xlsx(r#"<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>"#).zip(), "单元格 A1 出现两次");
    for wrong in ["A0", "A1048577", "XFE1", "1", "A", "ABCD1"] {
        refused(&row(&format!(r#"<c r="{wrong}"><v>1</v></c>"#)), "工作表「表」已损坏");
    }
}

#[test]
fn merged_ranges_are_told() {
    let merges = r#"<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="B3:A2"/></mergeCells>"#;
    let book = xlsx("").with("xl/worksheets/sheet1.xml", sheet(&format!("<sheetData/>{merges}")));
    check(&book.zip(), &["合并 A1:C1", "合并 A2:B3"]);
}

#[test]
fn hidden_sheets_are_read_and_charts_macros_and_modules_are_not() {
    let book = xlsx("")
        .with(
            "xl/workbook.xml",
            workbook(
                r#"<sheets><sheet name="图" sheetId="1" r:id="rId4"/><sheet name="甲&amp;乙" state="veryHidden" sheetId="2" r:id="rId1"/>
                <sheet name="宏" sheetId="3" r:id="rId5"/><sheet name="模块" sheetId="4" r:id=""/></sheets>"#,
            ),
        )
        .with(
            "xl/_rels/workbook.xml.rels",
            relations(&[
                ("rId1", "worksheet", "/xl/worksheets/sheet1.xml"),
                ("rId4", "chartsheet", "chartsheets/sheet1.xml"),
                ("rId5", "xlMacrosheet", "macrosheets/sheet1.xml"),
            ]),
        );
    assert_eq!(shown(&book.zip()).unwrap(), ["[甲&乙 隐藏]"]);
}

#[test]
fn parts_may_have_other_names_and_prefixes() {
    let mut book = xlsx(r#"<row r="1"><c r="A1" t="s"><v>1</v></c></row>"#);
    for (name, _) in &mut book.0 {
        *name = name
            .replace("xl/workbook.xml", "Book\\Workbook.xml")
            .replace("xl/", "Book/")
            .replace("_rels/workbook", "_rels/Workbook");
    }
    let book = book.with("_rels/.rels", relations(&[("rId1", "officeDocument", "/book/workbook.xml")]));
    check(&book.zip(), &["A1 \"张三\""]);

    let prefixed = r#"<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>"#;
    check(&xlsx("").with("xl/worksheets/sheet1.xml", prefixed).zip(), &["A1 7"]);

    let text = sheet(r#"<sheetData><row r="1"><c r="A1"><v>7</v></c></row></sheetData>"#).replace("UTF-8", "UTF-16");
    let mut wide = vec![0xFE, 0xFF];
    wide.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    // With a mark and without.
    check(&xlsx("").with("xl/worksheets/sheet1.xml", &wide[2..]).zip(), &["A1 7"]);
    check(&xlsx("").with("xl/worksheets/sheet1.xml", wide).zip(), &["A1 7"]);
}

#[test]
fn a_big_sheet_streams_in_order() {
    let rows: String = (1..=14_000)
        .map(|r| {
            let cells: String = ('A'..='J').map(|c| format!(r#"<c r="{c}{r}"><v>{r}</v></c>"#)).collect();
            format!(r#"<row r="{r}">{cells}</row>"#)
        })
        .collect();
    let lines = shown(&xlsx(&rows).zip()).unwrap();
    assert_eq!(lines.len(), 140_001);
    assert_eq!((lines[1].as_str(), lines[140_000].as_str()), ("A1 1", "J14000 14000"));
    // Too big to be held back and sorted: refused, not read wrongly.
    refused(&xlsx(&format!(r#"{rows}<row r="1"><c r="K1"><v>1</v></c></row>"#)).zip(), "没有按行列顺序存放");
}

#[test]
fn a_date_that_is_stored_as_such_may_have_a_time_and_a_zone() {
    for text in [
        "2015-06-24",
        "2015-06-24T00:00:00",
        "2015-06-24T00:00:00.000Z",
        "2015-06-24T00:00",
        " 2015-06-24 ",
        "2015-06-24Z",
        "2015-06-24+08:00",
        "2015-06-24-05:00",
    ] {
        check(&row(&format!(r#"<c r="A1" t="d"><v>{text}</v></c>"#)), &["A1 2015-06-24 00:00:00"]);
    }
    for text in ["2015", "2015-13-01", "2015-06-24x", "2015-06-24-0630", "PT08H00M00S"] {
        check(&row(&format!(r#"<c r="A1" t="d"><v>{text}</v></c>"#)), &[&format!("A1 {text:?}")]);
    }
}

#[test]
fn serials_become_the_dates_that_excel_shows() {
    let cases = [
        ("1", "1900-01-01 00:00:00"),
        ("59", "1900-02-28 00:00:00"),
        ("61", "1900-03-01 00:00:00"),
        ("42179.75", "2015-06-24 18:00:00"),
        ("2958465", "9999-12-31 00:00:00"),
        ("60", "60"),
        ("2958466", "2958466"),
        ("0.5", "0.5"),
        ("-1", "-1"),
    ];
    for (serial, expected) in cases {
        check(&row(&format!(r#"<c r="A1" s="1"><v>{serial}</v></c>"#)), &[&format!("A1 {expected}")]);
    }
}

#[test]
fn escaped_units_are_resolved() {
    let cases = [
        ("a_x000D_b", "a\rb"),
        ("_x005F_x000D_", "_x000D_"),
        ("_xD83D__xDE00_", "😀"),
        ("_xD83D_", "\u{FFFD}"),
        ("_x00_", "_x00_"),
        ("_xZZZZ_", "_xZZZZ_"),
        ("编_x号", "编_x号"),
    ];
    for (text, expected) in cases {
        // Once, wherever the text stands.
        let in_cell = [r#"t="str"><v>{}</v>"#, r#"t="inlineStr"><is><t>{}</t></is>"#];
        for cell in in_cell.map(|cell| cell.replace("{}", text)) {
            check(&row(&format!(r#"<c r="A1" {cell}</c>"#)), &[&format!("A1 {expected:?}")]);
        }
    }
}

#[test]
fn broken_xml_is_refused() {
    for broken in [
        "<row>",
        "<row",
        "<row></c>",
        "</row>",
        "<row><c><v>&nope;</v></c></row>",
        "<row><c><v>&#0;</v></c></row>",
        "<row><c><v>& </v></c></row>",
        "<row r></row>",
        "<row r='1></row>",
        "< row/>",
        "<row><![CDATA[x</row>",
        "<row><!-- </row>",
    ] {
        refused(&xlsx(broken).zip(), "已损坏");
    }
    let part = |content: &[u8]| xlsx("").with("xl/worksheets/sheet1.xml", content).zip();
    refused(&part(b"<worksheet><sheetData><row><c t='str'><v>\xFF</v></c></row></sheetData></worksheet>"), "已损坏");
    refused(&part(b"<?xml version='1.0' encoding='nope'?><worksheet/>"), "编码");
    let content = "<?xml version='1.0' encoding='gb2312'?><worksheet><sheetData><row><c t='str'><v>考核</v></c></row></sheetData></worksheet>";
    check(&part(&encoding_rs::GBK.encode(content).0), &["A1 \"考核\""]);
    check(&part(format!("\u{FEFF}{}", content.replace("gb2312", "utf-8")).as_bytes()), &["A1 \"考核\""]);
}

#[test]
fn long_texts_come_whole() {
    for (filler, meant) in [("考", "考"), ("x考&amp;", "x考&"), ("&#x5F20;", "张"), ("ab", "ab")] {
        let count = 32_000 / meant.chars().count();
        let cell = |at: u32| format!(r#"<row r="{at}"><c r="A{at}" t="str"><v>{}</v></c></row>"#, filler.repeat(count));
        let lines = shown(&xlsx(&(1..=30).map(cell).collect::<String>()).zip()).unwrap();
        let expected: Vec<String> = (1..=30).map(|at| format!("A{at} {:?}", meant.repeat(count))).collect();
        assert!(lines[1..] == expected, "{filler}");
    }
}

#[test]
fn no_tag_or_text_takes_more_memory_than_any_honest_one() {
    // Letters that hardly pack, lest the part is a bomb.
    let mut state = 1_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (state >> 28) as u8)
    };
    let long: String = (0..(16 << 20) + 1).map(|_| letter()).collect();
    for sheet in [format!("<worksheet>{long}</worksheet>"), format!("<worksheet><!--{long}--></worksheet>")] {
        refused(&xlsx("").with("xl/worksheets/sheet1.xml", sheet).zip(), "过长");
    }
}
