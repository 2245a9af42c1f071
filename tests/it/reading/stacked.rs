//! Stacked headers: what stands above a header cell belongs to its name.

use super::*;

/// The columns that a lead needs beside whom it is about, as they stand in two rows.
fn lead(upper: &str, lower: &str, cells: &str) -> String {
    format!(
        "2015年问题线索
         线索编号|收到日期|线索来源|反映对象|问题类型|核实结果|{upper}
         ^|^|^|^|^|^|{lower}
         X1|2015-03-04|干部群众|干部|不作为|未核实|{cells}"
    )
}

/// What a lead under that header is told of and whether somebody was found for it.
fn told_of_lead(upper: &str, lower: &str, cells: &str) -> (bool, Vec<String>) {
    let dataset = read(&[("a.xlsx!一", &lead(upper, lower, cells))], &Options::default()).unwrap();
    let is_told = |finding: &&kaohe::finding::Finding| finding.severity == Severity::Warning;
    let cells = dataset.findings.iter().filter(is_told).map(|finding| finding.cell.clone()).collect();
    let sheet = dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap();
    (sheet.used == 1, cells)
}

#[test]
fn a_name_under_another_word_is_nobody_s() {
    for group in [
        "举报人",
        "填报人",
        "谈话人",
        "承办",
        "承办人",
        "承办单位",
        "主管部门",
        "反映人",
        "举报",
        "来源",
        "线索来源",
        "举报人：",
        "【举报人】",
        "一、举报人",
        "举报人基本情况",
        "联系人",
        "负责人",
        "核实人",
        "举报渠道",
        "2014年",
        "自评",
        "上年度",
    ] {
        for rest in ["|<", "|"] {
            let seen = told_of_lead(&format!("{group}{rest}"), "姓名|电话", "李四|138");
            assert_eq!(seen, (false, vec!["G3".to_owned()]), "{group}{rest}");
        }
    }
}

#[test]
fn a_neutral_word_changes_nothing() {
    for group in [
        "基本情况",
        "基本信息",
        "被反映人",
        "被反映对象",
        "反映对象",
        "干部",
        "问题线索",
        "线索",
        "一、基本情况",
        "【被反映人】",
        "被反映人：",
        "（二）被反映人情况",
        "干部（人）",
    ] {
        let seen = told_of_lead(&format!("{group}|<"), "姓名|电话", "李四|138");
        assert_eq!(seen, (true, Vec::new()), "{group}");
    }
}

#[test]
fn a_word_belongs_to_what_stands_below_it_in_three_rows_too() {
    let sheet = |group: &str| {
        format!(
            "2015年问题线索
             线索编号|收到日期|线索来源|反映对象|问题类型|核实结果|{group}|<|备注
             ^|^|^|^|^|^|基本情况|<|^
             ^|^|^|^|^|^|姓名|电话|^
             X1|2015-03-04|干部群众|干部|不作为|未核实|李四|138|"
        )
    };
    check(
        &[("a.xlsx!一", &sheet("被反映人")), ("a.xlsx!二", &sheet("举报人"))],
        expect![[r#"
            a.xlsx!一 问题线索 1 = 1 + 0 + 0
            a.xlsx!二 问题线索 1 = 0 + 1 + 0
            ! UnaskedColumn a.xlsx!二!G4 姓名「姓名」
                这一列上方的分组词使它不是本表的「姓名」，该列的内容没有读取，也不保留
                如确为「姓名」，请去掉上方的分组词；不是的，无需改动
            ✗ Missing a.xlsx!二!A5 姓名「」
                反映对象为「干部」，但姓名和干部编号都未填写，无法确定是哪一个干部
                请填写干部编号，或填写姓名
        "#]],
    );
}

#[test]
fn a_word_stands_until_the_next_one_where_nothing_is_merged() {
    check(
        &[
            (
                "a.xlsx!一",
                "2015年问题线索
                 线索编号|收到日期|线索来源|举报人||反映对象|被反映人||问题类型|核实结果
                 |||姓名|电话||姓名|职务||
                 X1|2015-03-04|干部群众|王五|138|干部|李四|副区长|不作为|未核实",
            ),
            // Typed into the middle of what it stands over: what is left of it belongs to the word before.
            (
                "a.xlsx!二",
                "2015年问题线索
                 线索编号|收到日期|线索来源|举报渠道||举报人||反映对象|问题类型|核实结果
                 ||||姓名|电话|住址|||
                 X2|2015-03-04|干部群众|电话|王五|138|某处|干部|不作为|未核实",
            ),
            // A blank row between changes nothing that is seen.
            (
                "a.xlsx!三",
                "2015年问题线索
                 |||举报人||被反映人|||

                 线索编号|收到日期|线索来源|姓名|电话|姓名|反映对象|问题类型|核实结果
                 X3|2015-03-04|干部群众|王五|138|李四|干部|不作为|未核实",
            ),
        ],
        expect![[r#"
            a.xlsx!一 问题线索 1 = 1 + 0 + 0
            a.xlsx!二 问题线索 1 = 0 + 1 + 0
            a.xlsx!三 问题线索 1 = 1 + 0 + 0
            ! UnaskedColumn a.xlsx!一!D3 姓名「姓名」
                这一列上方的分组词使它不是本表的「姓名」，该列的内容没有读取，也不保留
                如确为「姓名」，请去掉上方的分组词；不是的，无需改动
            ! UnaskedColumn a.xlsx!二!E3 姓名「姓名」
                这一列上方的分组词使它不是本表的「姓名」，该列的内容没有读取，也不保留
                如确为「姓名」，请去掉上方的分组词；不是的，无需改动
            ✗ Missing a.xlsx!二!A4 姓名「」
                反映对象为「干部」，但姓名和干部编号都未填写，无法确定是哪一个干部
                请填写干部编号，或填写姓名
            ! UnaskedColumn a.xlsx!三!D4 姓名「姓名」
                这一列上方的分组词使它不是本表的「姓名」，该列的内容没有读取，也不保留
                如确为「姓名」，请去掉上方的分组词；不是的，无需改动
        "#]],
    );
}

#[test]
fn a_merged_word_stands_over_its_own_columns_alone() {
    check(
        &[(
            "a.xlsx!一",
            "2015年问题线索
             |||举报人|<|||||
             线索编号|收到日期|线索来源|称呼|电话|姓名|反映对象|问题类型|核实结果
             X1|2015-03-04|干部群众|某|138|李四|干部|不作为|未核实",
        )],
        expect![[r#"
            a.xlsx!一 问题线索 1 = 1 + 0 + 0
        "#]],
    );
}

#[test]
fn words_within_one_cell_are_one_name() {
    for header in [
        "举报人\\n姓名",
        "举报人姓名",
        "举报人：姓名",
        "举报人/姓名",
        "举报人 — 姓名",
        "姓名（举报人）",
        "姓名\\n（举报人）",
        "姓名【举报人】",
        "（举报人）姓名",
        "姓名(填报人)",
    ] {
        let (found, told) = told_of_lead(header, "", "李四");
        assert!(!found, "{header}");
        let remark = header.ends_with(['）', '】', ')']);
        assert_eq!(told, if remark { vec!["G2".to_owned()] } else { Vec::new() }, "{header}");
    }
}

#[test]
fn a_grade_of_another_year_or_one_s_own_is_not_the_grade() {
    let sheet = |group: &str| {
        format!(
            "2015年度考核结果
             干部编号|姓名|{group}|<|评定
             ^|^|考核等次|奖励|结果
             K2|李四|不称职||称职"
        )
    };
    for group in ["上年度", "自评", "2014年", "民主测评", "初评", "班子", "上年度考核结果"] {
        let dataset = read(&[("a.xlsx!一", &sheet(group))], &Options::default()).unwrap();
        let sheet = dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap();
        assert_eq!(sheet.kind, SheetKind::Unrecognised, "{group}");
    }
    for group in ["考核", "年度考核", "考核结果", "评价情况", "干部"] {
        let dataset = read(&[("a.xlsx!一", &sheet(group))], &Options::default()).unwrap();
        let sheet = dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap();
        assert_eq!(sheet.used, 1, "{group}");
    }
    check(
        &[("a.xlsx!一", &sheet("上年度"))],
        expect![[r#"
            a.xlsx!一 unrecognised 4 = 0 + 0 + 4
            ! UnrecognisedSheet a.xlsx!一 「」
                没有识别出是哪一张表：最接近《年度考核_干部》，缺少必填列「考核等次」；C3上方有分组词，不是本表的「考核等次」
                如确为本表的列，请去掉它上方的分组词或列名中的说明；否则请补上缺少的列，列名应与模板一致；不需要的工作表请删去
        "#]],
    );
}

/// Not prose, though nothing is read: two headers of one table stand there.
#[test]
fn words_over_all_headers_leave_it_known_which_table_is_near() {
    check(
        &[
            ("a.xlsx!一", "（盖章）|（签字）\n单位名称|考核等次\n盘龙区|优秀"),
            ("a.xlsx!二", "2015年度\n|组织部|2015\n单位编号|单位名称|考核等次\nU1|盘龙区|优秀"),
            ("a.xlsx!三", "甲|乙|丙\n单位编号|单位名称|单位类别\nU1|盘龙区|县区"),
        ],
        expect![[r#"
            a.xlsx!一 unrecognised 3 = 0 + 0 + 3
            a.xlsx!二 unrecognised 4 = 0 + 0 + 4
            a.xlsx!三 unrecognised 3 = 0 + 0 + 3
            ! UnrecognisedSheet a.xlsx!一 「」
                没有识别出是哪一张表：最接近《年度考核_班子》，缺少必填列「单位编号或单位名称」「考核等次」；A2上方有分组词，不是本表的「单位名称」；B2上方有分组词，不是本表的「考核等次」
                如确为本表的列，请去掉它上方的分组词或列名中的说明；否则请补上缺少的列，列名应与模板一致；不需要的工作表请删去
            ! UnrecognisedSheet a.xlsx!二 「」
                没有识别出是哪一张表：最接近《年度考核_班子》，缺少必填列「考核等次」；C3上方有分组词，不是本表的「考核等次」
                如确为本表的列，请去掉它上方的分组词或列名中的说明；否则请补上缺少的列，列名应与模板一致；不需要的工作表请删去
            ! UnrecognisedSheet a.xlsx!三 「」
                没有识别出是哪一张表：最接近《班子名册》，缺少必填列「单位编号」「单位名称」「单位类别」；A2上方有分组词，不是本表的「单位编号」；B2上方有分组词，不是本表的「单位名称」；C2上方有分组词，不是本表的「单位类别」
                如确为本表的列，请去掉它上方的分组词或列名中的说明；否则请补上缺少的列，列名应与模板一致；不需要的工作表请删去
        "#]],
    );
    let city = [("名册.xlsx!班子", "甲|乙|丙\n单位编号|单位名称|单位类别\nU1|盘龙区|县区"), CITY[1]];
    expect![[r#"
        缺少《班子名册》：没有一个工作表含有它的全部必填列
          较接近的有 名册.xlsx 的工作表「班子」，缺少「单位编号」「单位名称」「单位类别」，A2上方有分组词，不是「单位编号」，B2上方有分组词，不是「单位名称」，C2上方有分组词，不是「单位类别」。
          请把《班子名册》放入输入文件夹，列名可参照 kaohe template 生成的模板"#]].assert_eq(&read_xlsx(&city, &Options { city: false, ..Options::default() }).unwrap_err().to_string());
}

#[test]
fn a_part_of_the_score_is_not_the_score() {
    check(
        &[(
            "a.xlsx!一",
            "2015年上半年
             考核部门|单位编号|党建工作（30分）|<|工作落实评价|目标完成
             ^|^|得分|名次|^|得分
             市委目督办|U1|=27|=1|好|=92",
        )],
        expect![[r#"
            a.xlsx!一 半年考核_班子 1 = 1 + 0 + 0
            ! UnaskedColumn a.xlsx!一!C3 目标完成得分「得分」
                这一列上方的分组词使它不是本表的「目标完成得分」，该列的内容没有读取，也不保留
                如确为「目标完成得分」，请去掉上方的分组词；不是的，无需改动
        "#]],
    );
}

/// Headers that begin in different rows, and nothing is merged: what stands in the row above, to the left, is the
/// header of its own column, and its name is one of the table's.
#[test]
fn a_header_that_begins_a_row_lower_is_the_table_s() {
    let used = |sheet: &str| {
        let dataset = read(&[("a.xlsx!一", sheet)], &Options::default()).unwrap();
        let sheet = dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap();
        let cells: Vec<String> = dataset.findings.iter().map(|finding| finding.cell.clone()).collect();
        (sheet.used, cells)
    };
    for header in [
        "考核部门|单位名称||工作落实评价\n||目标完成得分|",
        "考核部门|单位名称||工作落实评价\n||得分（分）|",
        "考核部门|单位名称||考核情况\n||得分|工作落实评价",
        "|单位名称||考核情况\n考核部门||得分|工作落实评价",
    ] {
        // 120 is out of range where the column is read.
        let seen = used(&format!("2015年\n{header}\n市委目督办|盘龙区|=120|好"));
        assert_eq!(seen, (0, vec!["C4".to_owned()]), "{header}");
    }
    // A name of whom the row is about, beside another.
    assert_eq!(used("2015年\n干部编号||考核等次\n|姓名|\nK2|李四|称职"), (1, vec![]));
    // Whoever stands above, and a word over several columns, keep theirs.
    for header in [
        "考核部门|单位名称|举报人||工作落实评价\n||电话|目标完成得分|",
        "考核部门|单位名称|填报人||工作落实评价\n|||目标完成得分|",
    ] {
        let seen = used(&format!("2015年\n{header}\n市委目督办|盘龙区|某|=120|好"));
        assert_eq!(seen, (1, vec!["D3".to_owned()]), "{header}");
    }
}

#[test]
fn a_remark_that_names_the_unit_or_a_full_mark_of_100_changes_nothing() {
    let sheet = |header: &str| format!("2015年\n考核部门|单位编号|{header}|工作落实评价\n市委目督办|U1|=120|好");
    // 120 is out of range where the column is read.
    for header in [
        "得分（分）",
        "得分(满分100)",
        "目标完成得分\\n（满分100分）",
        "得分（百分制）",
        "得分【100分】",
        "得分（单位：分）",
    ] {
        let dataset = read(&[("a.xlsx!一", &sheet(header))], &Options::default()).unwrap();
        assert_eq!(dataset.rejected.len(), 1, "{header}");
    }
    for header in ["得分（折算）", "得分(满分120)", "得分（30分）", "得分（上年）", "得分（加权）（分）"]
    {
        let dataset = read(&[("a.xlsx!一", &sheet(header))], &Options::default()).unwrap();
        let told: Vec<_> = dataset.findings.iter().map(|finding| (finding.code, finding.cell.as_str())).collect();
        assert_eq!(told, [(kaohe::finding::Code::UnaskedColumn, "C2")], "{header}");
    }
    // Where the table needs it, that is what the sheet lacks.
    check(
        &[("a.xlsx!一", "2015年\n干部编号|姓名|考核等次（优秀、称职）\nK2|李四|称职")],
        expect![[r#"
            a.xlsx!一 unrecognised 3 = 0 + 0 + 3
            ! UnrecognisedSheet a.xlsx!一 「」
                没有识别出是哪一张表：最接近《年度考核_干部》，缺少必填列「考核等次」；C2列名中另有说明，不是本表的「考核等次」
                如确为本表的列，请去掉它上方的分组词或列名中的说明；否则请补上缺少的列，列名应与模板一致；不需要的工作表请删去
        "#]],
    );
    // In a row of its own below the header.
    check(
        &[
            ("a.xlsx!一", "2015年\n考核部门|单位编号|得分|工作落实评价\n||（分）|\n市委目督办|U1|=85|好"),
            ("a.xlsx!二", "2015年\n考核部门|单位编号|得分|工作落实评价\n||（30分）|\n市政府目督办|U1|=25|好"),
        ],
        expect![[r#"
            a.xlsx!一 半年考核_班子 1 = 1 + 0 + 0
            a.xlsx!二 半年考核_班子 1 = 1 + 0 + 0
            ! UnaskedColumn a.xlsx!二!C3 目标完成得分「（30分）」
                列名中另有说明，不能认定为「目标完成得分」，该列的内容没有读取，也不保留
                如确为「目标完成得分」，请把列名改为「目标完成得分」；不是的，无需改动
        "#]],
    );
}

#[test]
fn what_lies_beneath_a_merged_word_names_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("一").unwrap();
    let rows: [&[&str]; 3] = [&["2015年度", "2014年度"], &["单位名称", "上年度", "等次"], &["盘龙区", "较差", "优秀"]];
    sheet.merge_range(0, 0, 0, 2, "", &Format::new()).unwrap();
    sheet.merge_range(1, 1, 1, 2, "", &Format::new()).unwrap();
    for (r, row) in (0u32..).zip(rows) {
        for (c, cell) in (0u16..).zip(row) {
            sheet.write(r, c, *cell).unwrap();
        }
    }
    write(folder.path(), &CITY);
    book.save(folder.path().join("a.xlsx")).unwrap();
    expect![[r#"
        a.xlsx!一 unrecognised 3 = 0 + 0 + 3
        ! UnrecognisedSheet a.xlsx!一 「」
            没有识别出是哪一张表：最接近《年度考核_班子》，缺少必填列「考核等次」
            请补上缺少的列，列名应与模板一致；不需要的工作表请删去
    "#]]
    .assert_eq(&told(&read_folder(folder.path(), &Options::default())));
}

#[test]
fn titles_and_lines_of_forms_are_no_words_over_columns() {
    let header = "线索编号|收到日期|线索来源|反映对象|干部编号|姓名|问题类型|核实结果|情节
                  X1|2015-03-04|干部群众|干部|K2|李四|不作为|未核实|";
    for above in [
        "2015年举报人反映问题线索登记表|<|<|<|<|<|<|<|<",
        "2015年举报人反映问题线索登记表（含上年度）|<|<|<|<|<|<|<|单位：件",
        "2015年|<|<|<|<|<|<|<|<\n填报单位（盖章）：市财政局|<|<|<|填报时间：2015年12月31日|<|<|<|<",
        "2015年|<|<|<|<|<|<|<|<\n填报单位：|市财政局|||填表人：某某||联系电话：138||",
        "附件3\n2015年|<|<|<|<|<|<|<|<",
        "|||2015年问题线索登记表",
    ] {
        let content = format!("{above}\n{header}");
        let dataset = read(&[("a.xlsx!一", &content)], &Options::default()).unwrap();
        let sheet = dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap();
        assert_eq!((sheet.used, dataset.findings.len()), (1, 0), "{above}\n{:?}", dataset.findings);
    }
}

#[test]
fn the_header_may_go_on_below_a_row_that_is_complete() {
    check(
        &[
            // 举报人 over 姓名 comes last: the row above it holds all that a lead needs.
            (
                "a.xlsx!一",
                "2015年
                 线索编号|收到日期|线索来源|反映对象|干部编号|问题类型|核实结果|举报人
                 |||||||姓名|电话
                 X1|2015-03-04|干部群众|干部|K2|不作为|未核实|王五|138",
            ),
            // Two years side by side under one word.
            (
                "a.xlsx!二",
                "单位名称|考核等次|
                 |2014年|2015年
                 盘龙区|优秀|良好",
            ),
        ],
        expect![[r#"
            a.xlsx!一 问题线索 1 = 1 + 0 + 0
            a.xlsx!二 unrecognised 3 = 0 + 0 + 3
            ! UnaskedColumn a.xlsx!一!H3 姓名「姓名」
                这一列上方的分组词使它不是本表的「姓名」，该列的内容没有读取，也不保留
                如确为「姓名」，请去掉上方的分组词；不是的，无需改动
            ! UnrecognisedSheet a.xlsx!二 「」
                没有识别出是哪一张表：最接近《年度考核_班子》，缺少必填列「考核等次」
                请补上缺少的列，列名应与模板一致；不需要的工作表请删去
        "#]],
    );
}

#[test]
fn a_header_with_the_year_s_name_in_it_is_pointed_out_where_the_year_is_guessed() {
    check(
        &[
            ("a.xlsx!一", "评价年度|姓名|考核等次\n=2014|李四|优秀"),
            ("a.xlsx!二", "2015年\n评价年度|姓名|考核等次\n=2014|王五|优秀"),
            ("a.xlsx!三", "考核年度|姓名|单位名称|考核等次\n=2014|张三|盘龙区|优秀"),
        ],
        expect![[r#"
            a.xlsx!一 年度考核_干部 1 = 1 + 0 + 0
            a.xlsx!二 年度考核_干部 1 = 1 + 0 + 0
            a.xlsx!三 年度考核_干部 1 = 0 + 0 + 1
            ! GuessedYear a.xlsx!一 「」
                有1行没有年度，表头以上也没有写明年度，按本次运行的2015年处理
                请填写年度列，或在标题中写明年度，例如「2015年度」
            ! YearHeader a.xlsx!一!A1 「评价年度」
                列名「评价年度」没有识别，该列的内容没有读取；没有年度的行按2015年处理
                如确为年度，请把列名改为「年度」；不是的，无需改动
        "#]],
    );
}

#[test]
fn whom_a_lead_is_about_has_names_of_its_own() {
    check(
        &[(
            "a.xlsx!一",
            "线索编号|收到日期|线索来源|反映对象|单位|被反映单位|被反映人|问题类型|核实结果
             X1|2015-03-04|干部群众|干部|某局|盘龙区|李四|不作为|未核实",
        )],
        expect![[r#"
            a.xlsx!一 问题线索 1 = 1 + 0 + 0
            ! DoubledColumn a.xlsx!一!E1 单位名称「单位」
                单位名称有两列：按F1「被反映单位」读取，E1「单位」也是它的名称，该列的内容没有读取，也不保留
                请核对采用的是哪一列，删去另一列或改换其列名
        "#]],
    );
}

/// 姓名 and 单位名称 beside them are those of whoever reports.
#[test]
fn whom_a_lead_is_about_comes_before_the_plain_name() {
    check(
        &[(
            "a.xlsx!一",
            "线索编号|收到日期|线索来源|反映对象|单位名称|姓名|被反映单位|被反映人|问题类型|核实结果
             X1|2015-03-04|干部群众|干部|市审计局|王五|盘龙区|李四|不作为|未核实",
        )],
        expect![[r#"
            a.xlsx!一 问题线索 1 = 1 + 0 + 0
            ! DoubledColumn a.xlsx!一!E1 单位名称「单位名称」
                单位名称有两列：按G1「被反映单位」读取，E1「单位名称」也是它的名称，该列的内容没有读取，也不保留
                请核对采用的是哪一列，删去另一列或改换其列名
            ! DoubledColumn a.xlsx!一!F1 姓名「姓名」
                姓名有两列：按H1「被反映人」读取，F1「姓名」也是它的名称，该列的内容没有读取，也不保留
                请核对采用的是哪一列，删去另一列或改换其列名
        "#]],
    );
}

/// The unit's own name stands under somebody else: another word for a unit beside it may be anybody's.
#[test]
fn another_word_beside_somebody_else_s_own_name_is_nobody_s() {
    check(
        &[(
            "a.xlsx!一",
            "2015年问题线索
             线索编号|收到日期|线索来源|反映对象|问题类型|核实结果|举报人|<|单位
             ^|^|^|^|^|^|单位名称|电话|^
             X1|2015-03-04|干部群众|班子|不作为|未核实|盘龙区|138|市审计局",
        )],
        expect![[r#"
            a.xlsx!一 问题线索 1 = 0 + 1 + 0
            ! UnaskedColumn a.xlsx!一!I2 单位名称「单位」
                这一列上方的分组词使它不是本表的「单位名称」，该列的内容没有读取，也不保留
                如确为「单位名称」，请去掉上方的分组词；不是的，无需改动
            ! UnaskedColumn a.xlsx!一!G3 单位名称「单位名称」
                这一列上方的分组词使它不是本表的「单位名称」，该列的内容没有读取，也不保留
                如确为「单位名称」，请去掉上方的分组词；不是的，无需改动
            ✗ Missing a.xlsx!一!A4 单位名称「」
                反映对象为「班子」，但单位名称和单位编号都未填写，无法确定是哪一个班子
                请填写单位编号，或填写单位名称
        "#]],
    );
}

/// 半年考核_班子 lacks no more, but none of its missing columns stands there.
#[test]
fn the_nearest_table_is_the_one_whose_columns_stand_under_other_words() {
    check(
        &[(
            "a.xlsx!一",
            "年度|考核部门|单位名称|本年度|<|上年度|<
             ^|^|^|目标完成得分|目标完成评价|目标完成得分|目标完成评价
             2015|市委目督办|盘龙区|88|好|30|较差",
        )],
        expect![[r#"
            a.xlsx!一 unrecognised 3 = 0 + 0 + 3
            ! UnrecognisedSheet a.xlsx!一 「」
                没有识别出是哪一张表：最接近《年度目标考核》，缺少必填列「目标完成评价」；E2上方有分组词，不是本表的「目标完成评价」；G2上方有分组词，不是本表的「目标完成评价」
                如确为本表的列，请去掉它上方的分组词或列名中的说明；否则请补上缺少的列，列名应与模板一致；不需要的工作表请删去
        "#]],
    );
}

/// The header in the last rows where it is looked for.
#[test]
fn a_stacked_header_may_end_in_the_twentieth_row() {
    let above = "标题\n".repeat(17);
    let sheet = |above: &str| {
        format!(
            "{above}线索编号|收到日期|线索来源|反映对象|干部编号|问题类型|核实结果|举报人|<
             ^|^|^|^|^|^|^|人员|<
             ^|^|^|^|^|^|^|姓名|电话
             X1|2015-03-04|干部群众|干部|K2|不作为|未核实|王五|138"
        )
    };
    let dataset = read(&[("a.xlsx!一", &sheet(&above))], &Options::default()).unwrap();
    let told: Vec<&str> = dataset.findings.iter().map(|finding| finding.cell.as_str()).collect();
    assert_eq!(told, ["H20"]);
}

/// Whether each of these rows over the header of a lead leaves all its columns what they are.
fn leaves_all(rows: &[&str]) -> Vec<bool> {
    let header = "线索编号|收到日期|线索来源|反映对象|干部编号|姓名|问题类型|核实结果|情节";
    let sheet =
        |at: usize, row: &str| format!("{row}\n{header}\nX{at}|2015-03-04|干部群众|干部|K2|李四|不作为|属实|轻微");
    let sheets: Vec<(String, String)> =
        rows.iter().enumerate().map(|(at, row)| (format!("a.xlsx!{at}"), sheet(at, row))).collect();
    let sheets: Vec<(&str, &str)> = sheets.iter().map(|(name, sheet)| (name.as_str(), sheet.as_str())).collect();
    let dataset = read_xlsx(&sheets, &Options::default()).unwrap();
    let is_whole = |at: usize| {
        let sheet = dataset.sheets.iter().find(|sheet| sheet.name == at.to_string()).unwrap();
        sheet.used == 1 && dataset.findings.iter().all(|finding| finding.sheet != at.to_string())
    };
    (0..rows.len()).map(is_whole).collect()
}

#[test]
fn titles_notes_and_lines_of_forms_are_no_groups() {
    let none = [
        "2015年举报人反映的线索",
        "附件1",
        "2015年线索登记（含上年度）||||||||单位：件",
        "填报单位：市财政局||||填报时间：2015年12月31日",
        "填报单位（盖章）：||||填报时间：",
        "填报单位：|市财政局|||填表人：某某||联系电话：138",
        "单位（盖章）|||||||单位：件",
        "注：举报人不填|||||另注",
        "|||2015年问题线索登记表",
        "说明：示例（X1）|2015-01-01|干部群众|干部|K1|某|不作为|属实|轻微",
    ];
    assert_eq!(leaves_all(&none), [true; 10]);
    let groups = [
        "|||举报人",
        "举报人",
        "举报人|||||被反映人",
        "举报人：||||被反映人：",
        "||||举报人：姓名",
        "|||||上年度考核情况",
        "承办单位||||被反映人",
        "填报人||||被反映人",
        "2015年线索登记（含上年度）|||||举报人",
    ];
    assert_eq!(leaves_all(&groups), [false; 9]);
}

#[test]
fn the_unit_and_a_full_mark_of_100_change_nothing() {
    let told = |header: &str| {
        let sheet = format!("年度|单位名称|考核部门|目标完成评价|{header}\n2015|盘龙区|市委目督办|好|88");
        let dataset = read_xlsx(&[("a.xlsx!一", &sheet)], &Options::default()).unwrap();
        let score = dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap().columns[4];
        (score.is_some(), dataset.findings.len())
    };
    for header in [
        "得分(分)",
        "得分(满分100)",
        "得分(100分)",
        "得分(百分制)",
        "得分(单位:分)",
        "得分(%)",
        "得分(满分:100分)",
        "得分[分]",
        "得分(100分制)",
    ] {
        assert_eq!(told(header), (true, 0), "{header}");
    }
    for header in ["得分(30分)", "得分(满分120)", "得分(折算)", "得分(上年)", "得分()", "得分(1000)", "得分(满分)"]
    {
        assert_eq!(told(header), (false, 1), "{header}");
    }
}
