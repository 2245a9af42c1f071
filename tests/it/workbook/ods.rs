//! What is read from .ods.

use super::build::{ods, ods_content};
use super::{check, refused, shown};

/// One row with these cells.
fn row(cells: &str) -> Vec<u8> {
    ods(&format!("<table:table-row>{cells}</table:table-row>")).zip()
}

/// A cell with these attributes and this inside.
fn cell(attributes: &str, inside: &str) -> String {
    format!("<table:table-cell {attributes}>{inside}</table:table-cell>")
}

#[test]
fn cells_are_read_by_type() {
    let cases: &[(&str, &str, &[&str])] = &[
        (r#"office:value-type="float" office:value="59.9""#, "<text:p>59.90</text:p>", &["A1 59.9"]),
        (r#"office:value-type="percentage" office:value="0.3""#, "<text:p>30%</text:p>", &["A1 0.3"]),
        (r#"office:value-type="currency" office:value="5""#, "<text:p>￥5</text:p>", &["A1 5"]),
        (
            r#"office:value-type="date" office:date-value="2015-06-24""#,
            "<text:p>24日</text:p>",
            &["A1 2015-06-24 00:00:00"],
        ),
        (r#"office:value-type="date" office:date-value="2015-06-24T08:30:00""#, "", &["A1 2015-06-24 08:30:00"]),
        (r#"office:value-type="time" office:time-value="PT12H00M00S""#, "<text:p>12:00</text:p>", &["A1 0.5"]),
        (r#"office:value-type="boolean" office:boolean-value="true""#, "<text:p>TRUE</text:p>", &["A1 true"]),
        // LibreOffice writes the truth value of a formula as a number.
        (
            r#"table:formula="of:=1=1" office:value-type="float" office:value="1""#,
            "<text:p>TRUE</text:p>",
            &["A1 true"],
        ),
        (r#"table:formula="of:=1=2" office:value-type="float" office:value="0""#, "<text:p>假</text:p>", &["A1 false"]),
        (r#"office:value-type="string""#, "<text:p>张三</text:p>", &["A1 \"张三\""]),
        (r#"office:value-type="string" office:string-value="张三""#, "<text:p>张 三</text:p>", &["A1 \"张三\""]),
        (r#"office:value-type="string" office:string-value="张三""#, "", &["A1 \"张三\""]),
        // What is seen is something else.
        (
            r#"office:value-type="string" office:string-value="张三""#,
            "<text:p>别的</text:p>",
            &["A1 Text(\"张三\") shows \"别的\""],
        ),
        (
            r#"office:value-type="string""#,
            "<text:p>甲<text:s text:c=\"2\"/>乙</text:p><text:p>丙<text:line-break/>丁</text:p>",
            &["A1 \"甲  乙\\n丙\\n丁\""],
        ),
        (r#"office:value-type="string""#, "<text:p>张<text:span>三</text:span></text:p>", &["A1 \"张三\""]),
        (
            r#"office:value-type="string""#,
            "<office:annotation><text:p>批注</text:p></office:annotation><text:p>张三</text:p>",
            &["A1 \"张三\""],
        ),
        (
            r#"office:value-type="string""#,
            "<text:p><text:ruby><text:ruby-base>张</text:ruby-base><text:ruby-text>zhang</text:ruby-text></text:ruby></text:p>",
            &["A1 \"张\""],
        ),
        // Some writers give no type, some give a value that does not fit it.
        ("", "<text:p>张三</text:p>", &["A1 \"张三\""]),
        (r#"office:value-type="date" office:date-value="昨天""#, "", &["A1 \"昨天\""]),
        (r#"office:value-type="float" office:value="六十""#, "", &["A1 \"六十\""]),
        // LibreOffice writes such a duration for a day that is shown as a time.
        (
            r#"office:value-type="time" office:time-value="PT9H0-1M59.9S""#,
            "<text:p>10:00</text:p>",
            &["A1 Text(\"PT9H0-1M59.9S\") shows \"10:00\""],
        ),
        ("", "", &[]),
        (r#"office:value-type="string""#, "<text:p/>", &[]),
    ];
    for (attributes, inside, expected) in cases {
        check(&row(&cell(attributes, inside)), expected);
    }
}

#[test]
fn errors_and_formulas_without_a_result_are_no_blanks() {
    let cases: &[(&str, &str, &[&str])] = &[
        (r#"table:formula="of:=[.B1]""#, "", &["A1 无结果"]),
        (r#"table:formula="of:=[.B1]" office:value-type="float""#, "", &["A1 无结果"]),
        (r#"table:formula="of:=[.B1]" office:value-type="string""#, "", &["A1 无结果"]),
        (r#"table:formula="of:=&quot;&quot;""#, "<text:p/>", &[]),
        (r#"table:formula="of:=[.B1]" office:value-type="float""#, "<text:p/>", &["A1 无结果"]),
        (r#"table:formula="of:=&quot;&quot;" office:value-type="string" office:string-value="""#, "<text:p/>", &[]),
        (r#"table:formula="of:=1" office:value-type="float" office:value="1""#, "<text:p>1</text:p>", &["A1 1"]),
        (
            r#"table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error""#,
            "<text:p>#DIV/0!</text:p>",
            &["A1 #DIV/0!"],
        ),
        (
            r#"table:formula="of:=1/0" office:value-type="float" office:value="0""#,
            "<text:p>#DIV/0!</text:p>",
            &["A1 #DIV/0!"],
        ),
        (r#"table:formula="of:=X()" office:value-type="string""#, "<text:p>Err:508</text:p>", &["A1 Err:508"]),
        // Typed by hand it is a text.
        (r#"office:value-type="string""#, "<text:p>#DIV/0!</text:p>", &["A1 \"#DIV/0!\""]),
    ];
    for (attributes, inside, expected) in cases {
        check(&row(&cell(attributes, inside)), expected);
    }
}

#[test]
fn repeated_rows_and_columns_do_not_explode() {
    let one = cell(r#"office:value-type="float" office:value="1" table:number-columns-repeated="2""#, "");
    let far = cell(r#"table:number-columns-repeated="16381""#, "");
    let rows = format!(
        r#"<table:table-row table:number-rows-repeated="2">{far}{one}</table:table-row>
        <table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
        <table:table-row>{one}</table:table-row>"#
    );
    check(&ods(&rows).zip(), &["XFB1 1", "XFC1 1", "XFB2 1", "XFC2 1", "A1048576 1", "B1048576 1"]);
}

#[test]
fn what_is_repeated_too_often_is_refused() {
    let everywhere = r#"<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/></table:table-row>"#;
    refused(&ods(everywhere).zip(), "重复的单元格");
    let beyond = r#"<table:table-row table:number-rows-repeated="1048576"><table:table-cell/></table:table-row><table:table-row><table:table-cell office:value-type="float" office:value="1"/></table:table-row>"#;
    refused(&ods(beyond).zip(), "超出范围");
    for wrong in ["0", "-1", "99999999999", "x"] {
        refused(&row(&format!(r#"<table:table-cell table:number-columns-repeated="{wrong}"/>"#)), "次数");
    }
    let spaces = cell(r#"office:value-type="string""#, r#"<text:p><text:s text:c="4000000000"/></text:p>"#);
    refused(&row(&spaces), "文字超过");
}

#[test]
fn merged_ranges_are_told() {
    let rows = r#"<table:table-header-rows><table:table-row><table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="2" office:value-type="string"><text:p>单位</text:p></table:table-cell><table:covered-table-cell/><table:table-cell office:value-type="float" office:value="3"/></table:table-row></table:table-header-rows><table:table-row><table:covered-table-cell table:number-columns-repeated="2"/><table:table-cell office:value-type="float" office:value="4"/></table:table-row>"#;
    check(&ods(rows).zip(), &["A1 \"单位\"", "C1 3", "C2 4", "合并 A1:B2"]);
}

#[test]
fn rows_in_groups_count_and_other_tables_do_not() {
    let number = |n: u32| cell(&format!(r#"office:value-type="float" office:value="{n}""#), "");
    let content = format!(
        r#"<table:calculation-settings/><table:table table:name="甲" table:style-name="ta2"><table:shapes><draw:frame><table:table><table:table-row>{}</table:table-row></table:table></draw:frame></table:shapes>
        <table:table-column table:number-columns-repeated="3"/><table:table-row>{}</table:table-row><table:table-row-group><table:table-row-group><table:table-row>{}</table:table-row></table:table-row-group></table:table-row-group><table:table-row table:visibility="collapse">{}</table:table-row></table:table>
        <table:table table:name="乙" table:style-name="ta1"><table:table-row>{}</table:table-row></table:table>
        <table:dde-links><table:dde-link><table:table><table:table-row>{}</table:table-row></table:table></table:dde-link></table:dde-links>"#,
        number(99),
        number(1),
        number(2),
        number(3),
        number(4),
        number(98)
    );
    let lines = shown(&ods_content(&content).zip()).unwrap();
    assert_eq!(lines, ["[甲 隐藏]", "A1 1", "A2 2", "A3 3", "[乙]", "A1 4"]);
}

#[test]
fn an_encrypted_or_cut_off_document_is_refused() {
    let locked = r#"<m:manifest xmlns:m="m"><m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry></m:manifest>"#;
    refused(&ods("").with("META-INF/manifest.xml", locked).zip(), "已加密");
    let whole =
        String::from_utf8(ods("<table:table-row><table:table-cell/></table:table-row>").0[2].1.clone()).unwrap();
    for share in [3, 5, 9] {
        let cut = &whole[..whole.len() * share / 10];
        refused(&ods("").with("content.xml", cut).zip(), "不完整");
    }
    refused(&ods("").with("mimetype", "application/vnd.oasis.opendocument.text").zip(), "另一种 OpenDocument 文档");
    check(&ods("").without("mimetype").zip(), &[]);
}

#[test]
fn a_list_of_parts_with_a_document_type_is_read() {
    let list = r#"<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd"><manifest:manifest xmlns:manifest="m"/>"#;
    check(&ods("").with("META-INF/manifest.xml", list).zip(), &[]);
}

#[test]
fn prefixes_are_what_the_document_binds_them_to() {
    let row = format!(
        r#"<table:table-row>{}<table:table-cell table:number-columns-spanned="2" office:value-type="string"><text:p>张<text:s/>三</text:p></table:table-cell><table:covered-table-cell/></table:table-row>"#,
        cell(r#"office:value-type="float" office:value="41" table:number-columns-repeated="2""#, "<text:p>41</text:p>")
    );
    let content = |parts: &super::build::Parts| {
        String::from_utf8(parts.0.iter().find(|(name, _)| name == "content.xml").unwrap().1.clone()).unwrap()
    };
    let usual = ods(&row);
    let expected = ["A1 41", "B1 41", "C1 \"张 三\"", "合并 C1:D1"];
    check(&usual.zip(), &expected);
    let renamed = ["office", "table", "text"].iter().enumerate().fold(content(&usual), |text, (at, name)| {
        text.replace(&format!("xmlns:{name}="), &format!("xmlns:ns{at}="))
            .replace(&format!("<{name}:"), &format!("<ns{at}:"))
            .replace(&format!("</{name}:"), &format!("</ns{at}:"))
            .replace(&format!(" {name}:"), &format!(" ns{at}:"))
    });
    assert!(!renamed.contains("table:table"), "{renamed}");
    check(&usual.clone().with("content.xml", &renamed).zip(), &expected);
    // The tags of tables without a prefix; their attributes need one.
    let default = content(&usual).replace("<table:", "<").replace("</table:", "</").replacen(
        "<office:document-content ",
        r#"<office:document-content xmlns="urn:oasis:names:tc:opendocument:xmlns:table:1.0" "#,
        1,
    );
    check(&usual.clone().with("content.xml", &default).zip(), &expected);
    // The prefix is bound anew inside, and what it was bound to counts again behind.
    let foreign = content(&usual).replace(
        "<table:table-row>",
        r#"<x xmlns:table="urn:other"><table:table-row><table:table-cell/></table:table-row></x><table:table-row xmlns:table="urn:other" xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><table:table-cell/></table:table-row><table:table-row>"#,
    );
    check(&usual.clone().with("content.xml", &foreign).zip(), &expected);
    // Bound where the sheet begins.
    let inner = content(&usual)
        .replace("<table:table ", r#"<t:table xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0" "#)
        .replace("</table:table>", "</t:table>")
        .replace("table:table-row", "t:table-row");
    check(&usual.with("content.xml", &inner).zip(), &expected);
}

#[test]
fn what_is_kept_of_other_workbooks_is_no_sheet() {
    let row = |n: u32| {
        format!(
            "<table:table-row>{}</table:table-row>",
            cell(&format!(r#"office:value-type="float" office:value="{n}""#), "")
        )
    };
    let table = |name: &str, inside: &str| format!(r#"<table:table table:name="{name}">{inside}</table:table>"#);
    let source = r#"<table:table-source xlink:href="x.ods" table:mode="copy-results-only"/>"#;
    let content = [
        table("甲", &row(1)),
        table("&apos;file:///D:/2014/%E8%80%83.ods&apos;#$年度考核", &format!("{source}{}", row(99))),
        // A sheet that comes from another workbook is a sheet like others.
        table("乙", &format!("{source}{}", row(2))),
        table("&apos;file:///D:/x.ods&apos;#甲", &row(98)),
        table("丙", &row(3)),
    ];
    let lines = shown(&ods_content(&content.concat()).zip()).unwrap();
    assert_eq!(lines, ["[甲]", "A1 1", "[乙]", "A1 2", "[丙]", "A1 3"]);
}
