//! What merged ranges show and hide, and hidden sheets, in every format.

use super::*;
use crate::workbook::every::{Page, bytes, range};

fn merged<'p>(name: &'p str, content: &str, merges: &[&str], hidden: bool) -> Page<'p> {
    Page { merges: merges.iter().map(|name| range(name)).collect(), hidden, ..page(name, content) }
}

/// Reads one sheet in every format; what is told of it, which is the same but for the ending.
fn everywhere(content: &str, merges: &[&str], hidden: bool) -> String {
    let pages = [merged("一", content, merges, hidden)];
    let mut all: Option<String> = None;
    for ending in ENDINGS {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &CITY);
        std::fs::write(folder.path().join(format!("a.{ending}")), bytes(ending, &pages)).unwrap();
        let told = told(&read_folder(folder.path(), &Options::default())).replace(&format!("a.{ending}"), "a");
        assert_eq!(all.get_or_insert_with(|| told.clone()), &told, ".{ending}");
    }
    all.unwrap()
}

#[track_caller]
fn check_everywhere(content: &str, merges: &[&str], expected: Expect) {
    expected.assert_eq(&everywhere(content, merges, false));
}

/// What is used of a table's column, in row order.
fn used(content: &str, merges: &[&str], table: &str, column: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &CITY);
    std::fs::write(folder.path().join("a.xls"), bytes("xls", &[merged("一", content, merges, false)])).unwrap();
    let dataset = read_folder(folder.path(), &Options::default()).unwrap();
    let at = PACK.tables.iter().position(|known| known.name == table).unwrap();
    let cells = dataset.tables[at].frame.column(column).unwrap().str().unwrap().clone();
    cells.iter().map(|cell| cell.unwrap_or("").to_owned()).collect()
}

const GRADES: &str = "年度|单位编号|单位名称|考核等次";

#[test]
fn the_value_that_shows_counts_for_every_row_it_spans() {
    let content = format!("{GRADES}\n2015|U1|盘龙区|良好\n|U2|市审计局|\n|U3||优秀");
    let merges = ["A2:A4", "D2:D3"];
    check_everywhere(
        &content,
        &merges,
        expect![[r#"
        a!一 年度考核_班子 3 = 3 + 0 + 0
    "#]],
    );
    assert_eq!(used(&content, &merges, "年度考核_班子", "考核等次"), ["良好", "良好", "优秀"]);
}

#[test]
fn a_different_value_beneath_is_an_issue_where_it_lies() {
    check_everywhere(
        &format!("{GRADES}\n2015|U1|盘龙区|良好\n2015|U2|市审计局|较差"),
        &["D2:D3"],
        expect![[r#"
            a!一 年度考核_班子 2 = 1 + 1 + 0
            ✗ NotAsShown a!一!D3 考核等次「较差」
                考核等次「较差」被合并的单元格D2:D3盖住，那里显示的是「良好」
                请取消D2:D3的合并，逐格核对填写；盖住的内容不需要的，请清除
        "#]],
    );
}

#[test]
fn the_same_value_beneath_says_nothing_else() {
    let content = format!("{GRADES}\n2015|U1|盘龙区|良好\n2015|U2|市审计局| 良 好");
    check_everywhere(
        &content,
        &["D2:D3"],
        expect![[r#"
        a!一 年度考核_班子 2 = 2 + 0 + 0
    "#]],
    );
    assert_eq!(used(&content, &["D2:D3"], "年度考核_班子", "考核等次"), ["良好", "良好"]);
}

#[test]
fn across_columns_it_belongs_to_the_first_and_the_others_are_blank() {
    check_everywhere(
        "年度|干部编号|姓名|考核等次|特别优秀\n2015|K1|张三|优秀|\n2015|K2|李四|优秀|是\n2015|K3|王五||称职",
        &["D2:E2", "D3:E3", "D4:E4"],
        expect![[r#"
            a!一 年度考核_干部 3 = 1 + 2 + 0
            ✗ NotAsShown a!一!E3 特别优秀「是」
                特别优秀「是」被合并的单元格D3:E3盖住，那里显示的是「优秀」
                请取消D3:E3的合并，逐格核对填写；盖住的内容不需要的，请清除
            ✗ Missing a!一!D4 考核等次「」
                考核等次是必填项，未填写
                请填写「优秀」「称职」「基本称职」「不称职」「不定等次」之一
            ✗ NotAsShown a!一!E4 特别优秀「称职」
                特别优秀「称职」被合并的单元格D4:E4盖住，那里显示为空白
                请取消D4:E4的合并，逐格核对填写；盖住的内容不需要的，请清除
        "#]],
    );
}

#[test]
fn one_issue_where_a_required_cell_is_blanked_so() {
    check_everywhere(
        "年度|单位编号|单位名称|考核等次\n2015|U1|盘龙区|良好\n2015|U2|市审计局|",
        &["C2:D2", "C3:D3"],
        expect![[r#"
            a!一 年度考核_班子 2 = 0 + 2 + 0
            ✗ NotAsShown a!一!D2 考核等次「良好」
                考核等次「良好」被合并的单元格C2:D2盖住，那里显示的是「盘龙区」
                请取消C2:D2的合并，逐格核对填写；盖住的内容不需要的，请清除
            ✗ Missing a!一!D3 考核等次「」
                考核等次是必填项，未填写
                请填写「优秀」「良好」「一般」「较差」之一
        "#]],
    );
}

#[test]
fn what_shows_may_stand_in_a_column_nobody_asked_for() {
    let content =
        "举报人|年度|单位编号|考核等次|备考\n张举报|2015|U1|良好|\n李举报|2014|U2|良好|\n|2015|U3|良好|王举报";
    let told = everywhere(content, &["A2:B2", "A3:B3", "E4:E5"], false);
    expect![[r#"
        a!一 年度考核_班子 3 = 1 + 2 + 0
        ✗ NotAsShown a!一!B2 年度「2015」
            年度「2015」被合并的单元格A2:B2盖住，那里显示的是A2的内容，不是年度
            请取消A2:B2的合并，逐格核对填写；盖住的内容不需要的，请清除
        ✗ NotAsShown a!一!B3 年度「2014」
            年度「2014」被合并的单元格A3:B3盖住，那里显示的是A3的内容，不是年度
            请取消A3:B3的合并，逐格核对填写；盖住的内容不需要的，请清除
    "#]]
    .assert_eq(&told);
    assert!(!told.contains("举报"), "nobody asked for it: {told}");
}

#[test]
fn a_blank_that_shows_hides_what_lies_beneath() {
    check_everywhere(
        &format!("{GRADES}\n2015|U1|盘龙区|\n2015|U2|市审计局|较差"),
        &["D2:D3"],
        expect![[r#"
        a!一 年度考核_班子 2 = 0 + 2 + 0
        ✗ Missing a!一!D2 考核等次「」
            考核等次是必填项，未填写
            请填写「优秀」「良好」「一般」「较差」之一
        ✗ NotAsShown a!一!D3 考核等次「较差」
            考核等次「较差」被合并的单元格D2:D3盖住，那里显示为空白
            请取消D2:D3的合并，逐格核对填写；盖住的内容不需要的，请清除
    "#]],
    );
}

#[test]
fn a_range_that_starts_in_the_header_shows_the_header() {
    check_everywhere(
        &format!("{GRADES}\n2015|U1|盘龙区|较差\n2015|U2|市审计局|良好"),
        &["D1:D2"],
        expect![[r#"
        a!一 年度考核_班子 2 = 1 + 1 + 0
        ✗ NotAsShown a!一!D2 考核等次「较差」
            考核等次「较差」被合并的单元格D1:D2盖住，那里显示的是「考核等次」
            请取消D1:D2的合并，逐格核对填写；盖住的内容不需要的，请清除
    "#]],
    );
}

#[test]
fn a_range_over_rows_that_are_no_data_makes_none_of_them() {
    check_everywhere(
        "年度|考核部门|单位编号|单位名称|目标完成得分|目标完成评价|作风改进评价
2015|市委目督办|U1|盘龙区|88|好|明显
||U2|市审计局|60|好|明显
||小计||74||
||||||
|合计|||74||",
        &["A2:A6", "B2:B5"],
        expect![[r#"
            a!一 年度目标考核 4 = 2 + 0 + 2
        "#]],
    );
}

#[test]
fn what_is_hidden_in_a_row_that_is_no_data_is_told() {
    check_everywhere(
        &format!("{GRADES}\n2015|U1|盘龙区|良好\n以下空白|U2|市审计局|较差"),
        &["A3:D3"],
        expect![[r#"
            a!一 年度考核_班子 2 = 1 + 1 + 0
            ✗ BadDate a!一!A3 年度「以下空白」
                年度「以下空白」不是年份
                请填写四位数的年份，例如2015
            ✗ NotAsShown a!一!B3 单位编号「U2」
                单位编号「U2」被合并的单元格A3:D3盖住，那里显示的是「以下空白」
                请取消A3:D3的合并，逐格核对填写；盖住的内容不需要的，请清除
            ✗ NotAsShown a!一!C3 单位名称「市审计局」
                单位名称「市审计局」被合并的单元格A3:D3盖住，那里显示的是「以下空白」
                请取消A3:D3的合并，逐格核对填写；盖住的内容不需要的，请清除
            ✗ NotAsShown a!一!D3 考核等次「较差」
                考核等次「较差」被合并的单元格A3:D3盖住，那里显示的是「以下空白」
                请取消A3:D3的合并，逐格核对填写；盖住的内容不需要的，请清除
        "#]],
    );
}

/// A total of a wide table, too: nobody passes over what nobody sees.
#[test]
fn what_is_hidden_in_a_total_is_told() {
    check_everywhere(
        "年度|考核部门|单位编号|单位名称|目标完成得分|目标完成评价|作风改进评价\n2015|市委目督办|U1|盘龙区|88|好|明显\n合计||||||不明显",
        &["G2:G3"],
        expect![[r#"
            a!一 年度目标考核 2 = 1 + 1 + 0
            ✗ BadDate a!一!A3 年度「合计」
                年度「合计」不是年份
                请填写四位数的年份，例如2015
            ✗ Missing a!一!B3 考核部门「」
                考核部门是必填项，未填写
                请填写「市委目督办」「市政府目督办」之一
            ✗ Missing a!一!D3 单位名称「」
                单位名称和单位编号都未填写，无法确定是哪一个班子
                请填写单位编号，或填写单位名称
            ✗ Missing a!一!F3 目标完成评价「」
                目标完成评价是必填项，未填写
                请填写「好」「较好」「一般」「较差」之一
            ✗ NotAsShown a!一!G3 作风改进评价「不明显」
                作风改进评价「不明显」被合并的单元格G2:G3盖住，那里显示的是「明显」
                请取消G2:G3的合并，逐格核对填写；盖住的内容不需要的，请清除
        "#]],
    );
}

#[test]
fn a_row_of_which_all_lies_beneath_is_none() {
    check_everywhere(
        "年度|单位编号|单位名称|考核等次|说法\n2015|U1|盘龙区|良好|一\n2015|U1|盘龙区|良好|二",
        &["A2:A3", "B2:B3", "C2:C3", "D2:D3"],
        expect![[r#"
            a!一 年度考核_班子 2 = 1 + 0 + 1
        "#]],
    );
}

#[test]
fn of_ranges_over_each_other_the_upper_counts() {
    check_everywhere(
        &format!("{GRADES}\n2015|U1|盘龙区|良好\n2015|U2|市审计局|\n2015|U3||较差"),
        &["D2:D3", "D3:D4"],
        expect![[r#"
            a!一 年度考核_班子 3 = 2 + 1 + 0
            ✗ NotAsShown a!一!D4 考核等次「较差」
                考核等次「较差」被合并的单元格D3:D4盖住，那里显示为空白
                请取消D3:D4的合并，逐格核对填写；盖住的内容不需要的，请清除
        "#]],
    );
}

#[test]
fn in_a_register_what_is_hidden_puts_the_row_aside_too() {
    check_everywhere(
        "干部编号|姓名|单位编号|职务|班子职务|党务干部|任现职时间\nK8|钱八|U1|科长|班子成员|否|2012.03\nK9|孙九|U1|科长|班子成员|是|2012.03",
        &["F2:F3"],
        expect![[r#"
            a!一 干部名册 2 = 1 + 1 + 0
            ✗ NotAsShown a!一!F3 党务干部「是」
                党务干部「是」被合并的单元格F2:F3盖住，那里显示的是「否」
                请取消F2:F3的合并，逐格核对填写；盖住的内容不需要的，请清除
        "#]],
    );
}

#[test]
fn a_table_on_a_hidden_sheet_is_not_used() {
    let told = everywhere(&format!("{GRADES}\n2015|U1|盘龙区|良好\n2051|U2|市审计局|较差"), &[], true);
    expect![[r#"
        a!一 hidden 2 = 0 + 0 + 2
        ! HiddenSheet a!一 「」
            本工作表是隐藏的，没有采用；它的表头是《年度考核_班子》的
            如是要报送的数据，请取消隐藏；不需要的，请删去本工作表
    "#]]
    .assert_eq(&told);
}

#[test]
fn a_hidden_sheet_that_fits_no_table_is_prose() {
    let told = everywhere("单位|等级|备注\n盘龙区|优秀|无\n市审计局|较差|无", &[], true);
    expect![[r#"
        a!一 prose 3 = 0 + 0 + 3
    "#]]
    .assert_eq(&told);
}

/// The registers, the second one on a hidden sheet.
#[test]
fn a_register_that_is_missing_because_it_is_hidden_is_named_so() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &CITY[..1]);
    let ods = bytes("ods", &[merged("干部", CITY[1].1, &[], true)]);
    std::fs::write(folder.path().join("干部.ods"), ods).unwrap();
    expect![[r#"
        缺少《干部名册》：它只在隐藏的工作表上，没有采用：干部.ods 的工作表「干部」。
          请取消该工作表的隐藏，或把《干部名册》另行放入输入文件夹
        ---
        干部.ods!干部 hidden 6 = 0 + 0 + 6
        ✗ MissingRegister  「」
            缺少《干部名册》：它只在隐藏的工作表上，没有采用：干部.ods 的工作表「干部」
            请取消该工作表的隐藏，或把《干部名册》另行放入输入文件夹
        ! HiddenSheet 干部.ods!干部 「」
            本工作表是隐藏的，没有采用；它的表头是《干部名册》的
            如是要报送的数据，请取消隐藏；不需要的，请删去本工作表
    "#]]
    .assert_eq(&told(&read_folder(folder.path(), &Options::default())));
}

/// Its year does not count for the run's.
#[test]
fn the_year_of_a_hidden_sheet_is_not_the_runs() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &CITY);
    for (name, year, hidden) in [("甲", "2015", false), ("乙", "2016", true)] {
        let rows = format!("{GRADES}\n{year}|U1|盘龙区|良好");
        let xlsb = bytes("xlsb", &[merged(name, &rows, &[], hidden)]);
        std::fs::write(folder.path().join(format!("{name}.xlsb")), xlsb).unwrap();
    }
    let options = Options { year: None, ..Options::default() };
    assert_eq!(read_folder(folder.path(), &options).unwrap().year, 2015);
}

/// Whatever is merged, repeated and remarked: every row is accounted for, in every format alike.
#[test]
fn rows_are_used_rejected_or_ignored_whatever_is_merged() {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};
    let cell = prop::sample::select(vec![
        "",
        "",
        "2015",
        "U1",
        "U2",
        "盘龙区",
        "市审计局",
        "良好",
        "较差",
        "合计",
        "注：略",
        "以下空白",
        "1",
        "2",
        "3",
        "栏次",
        "年度",
        "单位编号",
        "单位名称",
        "考核等次",
        "—",
        "说明：示例（2015）",
        "电话：1",
    ]);
    let rows = prop::collection::vec(prop::collection::vec(cell, 5), 1..7);
    let merges = prop::collection::vec((0u32..8, 0u32..5, 0u32..3, 0u32..3), 0..4);
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 24, failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let case = |(rows, merges): (Vec<Vec<&str>>, Vec<Merge>)| {
        let lines: Vec<String> = rows.iter().map(|row| row.join("|")).collect();
        let content = format!("{GRADES}|备考\n{}", lines.join("\n"));
        // Writers lay no two over each other, so that what a format says of them cannot differ.
        let mut names: Vec<String> = Vec::new();
        let mut taken: Vec<Merge> = Vec::new();
        for (top, left, down, over) in merges {
            let range = (top, left, (top + down).min(lines.len() as u32), (left + over).min(4));
            let is_free = taken
                .iter()
                .all(|other| range.2 < other.0 || other.2 < range.0 || range.3 < other.1 || other.3 < range.1);
            if range.0 > 0 && range.0 <= range.2 && range.1 <= range.3 && is_free {
                taken.push(range);
                let place = |row: u32, column: u32| kaohe::place::A1(row, column).to_string();
                names.push(format!("{}:{}", place(range.0, range.1), place(range.2, range.3)));
            }
        }
        // `told` adds up every sheet's rows.
        let told = everywhere(&content, &names.iter().map(String::as_str).collect::<Vec<_>>(), false);
        prop_assert!(told.contains("年度考核_班子") || told.contains("unrecognised"), "{}", told);
        Ok(())
    };
    runner.run(&(rows, merges), case).unwrap();
}
