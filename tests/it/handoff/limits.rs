//! Excel's limits: rows of a sheet, drop-down lists, heights; and lists too large to be kept in memory.

use chrono::NaiveDate;
use kaohe::handoff::model::{
    AnswerCell, AnswerKind, Block, Column, LineStyle, PageLine, Paper, Sheet, Value, Workbook,
};
use kaohe::handoff::write;

use super::book::{Listed, attribute, parts, tags};
use super::material::*;

fn book(columns: Vec<Column>, rows: Vec<Vec<Value<'static>>>) -> Workbook<'static> {
    let title = PageLine { text: "名单".into(), style: LineStyle::Title };
    let sheet = Sheet {
        name: "名单".into(),
        paper: Paper::Lying,
        head: vec![title],
        blocks: vec![Block::new(columns, rows, "没有")],
        protected: true,
        frozen: Some(1),
        ..Sheet::default()
    };
    let as_of = NaiveDate::from_ymd_opt(2015, 12, 31).unwrap();
    Workbook { title: "名单".into(), as_of, sheets: vec![sheet] }
}

fn unpacked(bytes: &[u8]) -> std::collections::BTreeMap<String, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    parts(file.path())
}

#[test]
fn rows_beyond_the_limit_go_on_further_sheets_with_their_own_header() {
    let columns = vec![Column::text("列", 4.0, 20.0), Column::text("备注", 4.0, 20.0)];
    let rows = (0..25).map(|row| vec![Value::Text(format!("行{row}").into()), Value::Blank]).collect();
    let parts = unpacked(&write::bytes(book(columns, rows), 16).unwrap());
    let sheets: Vec<&str> =
        tags(&parts["xl/workbook.xml"], "<sheet ").into_iter().map(|sheet| attribute(sheet, "name").unwrap()).collect();
    assert_eq!(sheets, ["名单", "名单（2）", "名单（3）"]);
    let data: usize = (1..=3)
        .map(|number| {
            let rows = tags(&parts[&format!("xl/worksheets/sheet{number}.xml")], "<row ").len();
            assert!(rows <= 16);
            // Title, header, and the empty row at the end.
            rows - 3
        })
        .sum();
    assert_eq!(data, 25);
}

#[test]
fn long_drop_downs_come_from_a_hidden_sheet() {
    let values: Vec<String> = (0..60).map(|number| format!("第{number}种处理方式")).collect();
    let answer = AnswerCell { kind: AnswerKind::Choice(values), prompt: "请选".into(), refusal: "不对".into() };
    let columns = vec![Column::text("列", 4.0, 20.0).answered(answer)];
    let parts = unpacked(&write::bytes(book(columns, vec![vec![Value::Blank]]), 100).unwrap());
    assert!(parts["xl/worksheets/sheet1.xml"].contains("<formula1>选项!$A$1:$A$60</formula1>"));
    assert!(parts["xl/workbook.xml"].contains("name=\"选项\" sheetId=\"2\" state=\"hidden\""));
    assert_eq!(tags(&parts["xl/worksheets/sheet2.xml"], "<c ").len(), 60);
}

#[test]
fn rows_are_as_high_as_their_text() {
    let columns = || vec![Column::text("事实", 10.0, 60.0)];
    let height = |text: String| {
        let parts = unpacked(&write::bytes(book(columns(), vec![vec![Value::Text(text.into())]]), 100).unwrap());
        let row = tags(&parts["xl/worksheets/sheet1.xml"], "<row ")[2];
        attribute(row, "ht").unwrap().parse::<f64>().unwrap()
    };
    let (one, ten, endless) = (height("短".into()), height("长".repeat(900)), height("长\n".repeat(2000)));
    assert!(one < 25.0 && ten > 60.0 && endless <= 409.5, "{one} {ten} {endless}");
}

#[test]
fn a_streamed_list_reads_like_a_kept_one() {
    let mut city = City::new(6_000);
    for index in 0..5_600 {
        let grade = cell((index, 6), "考核等次", "年度考核_干部", "考核等次", "基本称职");
        city.propose("诫勉谈话", CADRE, index, vec![city.ground("4.4", CADRE, index, index / 10, vec![grade])]);
    }
    let dir = tempfile::tempdir().unwrap();
    city.publish_to(dir.path(), false);
    let read = Listed::read(&dir.path().join("诫勉谈话名单.xlsx"), "序号");
    assert_eq!(read.rows.len(), 5_600);
    assert_eq!(read.rows[5_599][..2], ["5600", "阿卜杜拉·伟"]);
    assert_eq!(super::unlocked(&dir.path().join("诫勉谈话名单.xlsx")).len(), 5_600 * 4);
}

#[test]
fn formats_end_with_the_table_and_no_row_is_told_twice() {
    let columns = vec![
        Column::centred("序号", 4.0, 8.0),
        Column::text("事实", 10.0, 60.0),
        Column::text("提示", 4.0, 10.0),
        Column::text("备注", 4.0, 10.0).answered(AnswerCell {
            kind: AnswerKind::Text,
            prompt: "备注".into(),
            refusal: String::new(),
        }),
        Column::text("核对码", 4.0, 10.0).small(),
    ];
    let text = |text: &'static str| Value::Text(text.into());
    let rows = vec![
        vec![Value::Count(1), text("甲"), Value::Blank, Value::Blank, text("a")],
        vec![Value::Count(2), Value::Fault("乙".into()), text("注意"), Value::Blank, text("b")],
        vec![
            Value::Blank,
            Value::Date(NaiveDate::from_ymd_opt(1815, 6, 18).unwrap()),
            Value::Blank,
            text("丙"),
            text(""),
        ],
        vec![Value::Count(4), text("丁"), Value::Blank, Value::Blank, Value::Blank],
    ];
    let parts = unpacked(&write::bytes(book(columns, rows), 100).unwrap());
    let sheet = &parts["xl/worksheets/sheet1.xml"];
    let numbers: Vec<u32> =
        tags(sheet, "<row ").into_iter().map(|row| attribute(row, "r").unwrap().parse().unwrap()).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
    assert!(tags(sheet, "<col ").into_iter().all(|column| attribute(column, "style").is_none()), "{sheet}");
    let style = |cell: &str| {
        let start = format!("<c r=\"{cell}\" ");
        attribute(tags(sheet, &start).first().unwrap_or_else(|| panic!("{cell} in {sheet}")), "s").unwrap().to_owned()
    };
    for (column, other) in [("A", None), ("B", Some("4")), ("C", None), ("D", None), ("E", None)] {
        let first = style(&format!("{column}3"));
        for row in ["4", "5", "6"] {
            // Text of a cell at fault is shown so; a number's format is not a blank cell's.
            let same = Some(row) != other && !(column == "A" && row == "5");
            assert_eq!(style(&format!("{column}{row}")) == first, same, "{column}{row} in {sheet}");
        }
    }
    assert!(tags(sheet, "<c r=\"A7\"").is_empty());
}

/// Of a letter that is a little longer than its page all stands on it, smaller; of a longer one the last row goes with the
/// signature.
#[test]
fn no_page_holds_a_signature_alone() {
    let day = chrono::NaiveDate::from_ymd_opt(2015, 12, 31).unwrap();
    let (mut on_one, mut broken) = (0, 0);
    for rows in 20..50u32 {
        let columns = vec![Column::text("事实", 10.0, 40.0)];
        let cells = (0..rows).map(|row| vec![Value::Text(format!("事实{row}").into())]).collect();
        let lines = ["某部门", "某年某月某日"].map(|line| (line.to_owned(), LineStyle::Signature));
        let head = [("通知".to_owned(), LineStyle::Title)];
        let letter = Sheet::new("通知", Paper::Upright, head, vec![Block::new(columns, cells, "")]).closed(lines);
        let sheet = &unpacked(&write::bytes(letter.alone(day), 1000).unwrap())["xl/worksheets/sheet1.xml"];
        let heights = tags(sheet, "<row ").into_iter().filter_map(|row| attribute(row, "ht"));
        // At 97 hundredths; a row without a height is of 12 points.
        let height = (heights.map(|ht| ht.parse::<f64>().unwrap()).sum::<f64>() + 12.0) * 0.97;
        let page = (297.0 / 25.4 - 0.45 - 0.65) * 72.0;
        let setup = tags(sheet, "<pageSetup ")[0];
        if let Some(at) = tags(sheet, "<brk ").first().map(|brk| attribute(brk, "id").unwrap().parse::<u32>().unwrap())
        {
            // Title and header stand above the rows.
            assert_eq!(at, rows + 1, "the last row begins the second page");
            assert!(attribute(setup, "scale").is_some() && !sheet.contains("fitToPage"), "{setup}");
            broken += 1;
        } else if height > page && attribute(setup, "fitToHeight").is_none() {
            on_one += 1;
        }
    }
    assert!(on_one > 0 && broken > 0, "{on_one} {broken}");
}
