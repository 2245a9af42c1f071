//! One block: what another header begins is not read by the first.

use super::*;

#[test]
fn another_header_below_ends_the_block() {
    for again in [
        // In another order, in other words, of another table, shifted, with another column beside.
        "干部编号|姓名|单位名称|上年等次|考核等次",
        "干部编号|姓名|单位|干部等次|备注",
        "年度|单位编号|单位名称|考核等次",
        "谈话日期|谈话类型|干部编号|姓名",
        "|干部编号|姓名|单位名称|考核等次|上年等次",
        "干部编号|姓名|单位名称|考核等次|举报人",
        "姓名|考核等次",
        "序号|姓名|考核等次（初评）|等次",
    ] {
        for gap in ["", "\n", "\n续表\n"] {
            let sheet = format!(
                "2015年
                 干部编号|姓名|单位名称|考核等次|上年等次
                 K2|李四|盘龙区|称职|称职{gap}
                 {again}
                 K3|王五|市审计局|不称职|称职
                 K4|张三|市审计局|不称职|称职"
            );
            let dataset = read(&[("a.xlsx!一", &sheet)], &Options::default()).unwrap();
            let sheet = dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap();
            assert_eq!(sheet.used, 1, "{again}");
            let told = |finding: &&kaohe::finding::Finding| finding.code == kaohe::finding::Code::OtherBlock;
            assert_eq!(dataset.findings.iter().filter(told).count(), 1, "{again}");
            let pending = dataset.rejected.iter().flat_map(|rejected| &rejected.subjects).count();
            assert_eq!(pending, 0, "nobody was read there: {again}");
            assert!(dataset.rejected.iter().skip(1).all(|rejected| rejected.values.iter().all(String::is_empty)));
        }
    }
}

#[test]
fn the_rows_under_it_have_one_reason() {
    check(
        &[(
            "a.xlsx!一",
            "2015年度考核结果
             干部编号|姓名|单位名称|考核等次|上年等次
             K2|李四|盘龙区|称职|称职
             K5|赵六|盘龙区|称职|称职
             干部编号|姓名|单位名称|上年等次|考核等次
             K3|王五|市审计局|不称职|称职
             K4|张三|市审计局|不称职|称职
             合计|2
             注：以上为初评",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_干部 7 = 2 + 3 + 2
            ✗ OtherBlock a.xlsx!一!A5 「干部编号」
                《年度考核_干部》在这里又有一个表头，与上面的不同；它以下的各行不能按上面的表头读取，没有采用，按退回计
                请把两块表分成两个工作表，或按上面的列名和次序合成一块
        "#]],
    );
}

/// A row with nothing in the first block's columns is one of the other block's all the same.
#[test]
fn rows_under_it_that_stand_beside_the_first_block_are_rejected_too() {
    check(
        &[(
            "a.xlsx!一",
            "2015年度考核结果
             干部编号|姓名|单位名称|考核等次
             K2|李四|盘龙区|称职
             ||||另有说法
             干部编号|姓名|单位名称|上年等次|考核等次|备注
             K3|王五|市审计局|称职|不称职|
             ||||不称职|补",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_干部 5 = 1 + 3 + 1
            ✗ OtherBlock a.xlsx!一!A5 「干部编号」
                《年度考核_干部》在这里又有一个表头，与上面的不同；它以下的各行不能按上面的表头读取，没有采用，按退回计
                请把两块表分成两个工作表，或按上面的列名和次序合成一块
        "#]],
    );
}

#[test]
fn a_block_beside_the_first_leaves_its_rows_alone() {
    check(
        &[(
            "a.xlsx!一",
            "2015年
             单位名称|考核等次||||
             盘龙区|优秀|||姓名|考核等次
             市审计局|良好|||李四|不称职
             阳宗海（度假）区|良好|||王五|称职
             ||||张三|称职
             序|||||",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_班子 5 = 3 + 2 + 0
            ✗ OtherBlock a.xlsx!一!E3 「姓名」
                《年度考核_班子》的旁边又有一个表头，是另一块表；它的各列没有读取，没有《年度考核_班子》内容的行按退回计
                请把另一块表移到单独的工作表，或按本表的列接在本表下面
            ✗ UnknownSubject a.xlsx!一!A7 单位名称「序」
                单位名称「序」不在《班子名册》上
                请核对单位名称，或填写单位编号；名册漏登的，请先补入《班子名册》
            ✗ Missing a.xlsx!一!B7 考核等次「」
                考核等次是必填项，未填写
                请填写「优秀」「良好」「一般」「较差」之一
        "#]],
    );
}

/// Side by side from the header on, and a column without anything in it between.
#[test]
fn a_block_beside_the_first_may_begin_in_its_header() {
    check(
        &[
            (
                "a.xlsx!一",
                "2015年
                 单位名称|考核等次||姓名|单位名称|考核等次
                 盘龙区|优秀||李四|盘龙区|不称职
                 市审计局|良好||王五|市审计局|称职
                 |||张三|盘龙区|称职",
            ),
            (
                "a.xlsx!二",
                "2015年
                 干部|<|<||干部|<|<|||收到日期|线索编号
                 编号|姓名|考核等次||编号|姓名|考核等次|||^|^
                 K2|李四|称职||K3|王五|不称职|||2015-03-04|X1
                 |||||||||2015-03-05|X2",
            ),
        ],
        expect![[r#"
            a.xlsx!一 年度考核_班子 3 = 2 + 1 + 0
            a.xlsx!二 年度考核_干部 2 = 1 + 1 + 0
            ✗ OtherBlock a.xlsx!一!D2 「姓名」
                《年度考核_班子》的旁边又有一个表头，是另一块表；它的各列没有读取，没有《年度考核_班子》内容的行按退回计
                请把另一块表移到单独的工作表，或按本表的列接在本表下面
            ✗ OtherBlock a.xlsx!二!J2 「收到日期」
                《年度考核_干部》的旁边又有一个表头，是另一块表；它的各列没有读取，没有《年度考核_干部》内容的行按退回计
                请把另一块表移到单独的工作表，或按本表的列接在本表下面
            ✗ OtherBlock a.xlsx!二!E3 「编号」
                《年度考核_干部》的旁边又有一个表头，是另一块表；它的各列没有读取，没有《年度考核_干部》内容的行按退回计
                请把另一块表移到单独的工作表，或按本表的列接在本表下面
        "#]],
    );
    for right in ["单位编号|考核等次", "序号|单位名称|等次", "谈话日期|谈话类型|姓名", "单位名称|考核等次（初评）"]
    {
        let sheet = format!("2015年\n单位编号|单位名称|考核等次|备注|||{right}\nU1|盘龙区|优秀||||U2|较差|较差");
        let dataset = read(&[("a.xlsx!一", &sheet)], &Options::default()).unwrap();
        let told: Vec<_> = dataset.findings.iter().map(|finding| (finding.code, finding.cell.as_str())).collect();
        assert_eq!(told, [(kaohe::finding::Code::OtherBlock, "G2")], "{right}");
        assert_eq!(dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap().used, 1, "{right}");
    }
}

/// What comes behind a blank column and says nothing again is more of the same table.
#[test]
fn a_blank_column_alone_parts_nothing() {
    for header in [
        "干部编号|姓名|考核等次||特别优秀|备注\nK2|李四|称职||否|",
        "干部编号||姓名|考核等次||特别优秀\nK2||李四|称职||否",
        "干部编号|||考核等次||特别优秀||姓名\nK2|||称职||否||李四",
    ] {
        let dataset = read(&[("a.xlsx!一", &format!("2015年\n{header}"))], &Options::default()).unwrap();
        let sheet = dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap();
        assert_eq!((sheet.used, dataset.findings.len()), (1, 0), "{header}: {:?}", dataset.findings);
    }
    // A column with something in it, though nothing stands over it, is none between two blocks.
    let sheet = "2015年\n单位编号|考核等次||单位编号|考核等次\nU1|优秀|补|U2|较差";
    let dataset = read(&[("a.xlsx!一", sheet)], &Options::default()).unwrap();
    assert_eq!(dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap().kind, SheetKind::Unrecognised);
}

#[test]
fn a_header_that_only_repeats_the_first_is_ignored() {
    check(
        &[
            (
                "a.xlsx!一",
                "2015年
                 序号|姓名|单位名称|考核等次|举报人|2014
                 =1|李四|盘龙区|称职||
                 序号|姓 名|单位名称*|考核等次|举报人|2014
                 =2|王五|市审计局|称职||",
            ),
            (
                "a.xlsx!二",
                "2015年
                 单位|<|考核等次|举报人|<
                 编号|名称|^|姓名|电话
                 U1|盘龙区|优秀|某|138
                 单位|<|考核等次|举报人|<
                 编号|名称|^|姓名|电话
                 U2|市审计局|良好|某|138",
            ),
        ],
        expect![[r#"
            a.xlsx!一 年度考核_干部 3 = 2 + 0 + 1
            a.xlsx!二 年度考核_班子 4 = 2 + 0 + 2
        "#]],
    );
}

#[test]
fn two_tables_one_below_the_other() {
    check(
        &[(
            "a.xlsx!一",
            "2015年
             单位名称|考核等次
             盘龙区|优秀

             姓名|单位名称|考核等次
             李四|盘龙区|称职",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_班子 3 = 1 + 2 + 0
            ✗ OtherBlock a.xlsx!一!A5 「姓名」
                《年度考核_班子》在这里又有一个表头，与上面的不同；它以下的各行不能按上面的表头读取，没有采用，按退回计
                请把两块表分成两个工作表，或按上面的列名和次序合成一块
        "#]],
    );
}

#[test]
fn a_bigger_table_below_is_another_block_too() {
    check(
        &[(
            "a.xlsx!一",
            "2015年
             单位名称|考核等次
             盘龙区|优秀

             单位名称|考核等次|姓名
             盘龙区|称职|李四",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_班子 3 = 1 + 2 + 0
            ✗ OtherBlock a.xlsx!一!A5 「单位名称」
                《年度考核_班子》在这里又有一个表头，与上面的不同；它以下的各行不能按上面的表头读取，没有采用，按退回计
                请把两块表分成两个工作表，或按上面的列名和次序合成一块
        "#]],
    );
}

/// The end of a block is found wherever it lies.
#[test]
fn a_block_ends_alike_on_any_number_of_threads() {
    for place in [50, 900, 2_001, 3_999] {
        let mut rows = String::from("2015年度考核结果\n干部编号|姓名|考核等次|上年等次|备注\n");
        for row in 0..4_000 {
            let _ = match row {
                row if row == place => writeln!(rows, "干部编号|姓名|上年等次|考核等次|备注"),
                row if row == place / 2 => writeln!(rows, "K{row}|人|称职||||线索编号|收到日期"),
                row if row % 100 == 7 => writeln!(rows, "||||||X1|2015-03-04"),
                row if row % 1_000 == 5 => writeln!(rows, "干部编号|姓名|考核等次|上年等次|备注"),
                _ => writeln!(rows, "K{row}|人{row}|称职|不称职|"),
            };
        }
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[CITY[0], CITY[1], ("考核.xlsx!等次", &rows)]);
        let dataset = whole::same_on_any_threads(folder.path());
        let blocks = |finding: &&kaohe::finding::Finding| finding.code == kaohe::finding::Code::OtherBlock;
        let cells: Vec<&str> = dataset.findings.iter().filter(blocks).map(|finding| finding.cell.as_str()).collect();
        assert_eq!(cells, [format!("G{}", place / 2 + 3), format!("A{}", place + 3)]);
        assert!(dataset.tables.iter().all(|table| table.origin.iter().all(|(_, row)| *row < place + 2)));
    }
}

/// Its other columns are nobody's whom the table asks for: what stands under them is told to nobody.
#[test]
fn one_name_among_nothing_but_words_begins_another_block() {
    for (again, rows, ends) in [
        ("线索编号|举报人|联系电话", "X1|举报者|13900000000", true),
        ("姓名|电话", "举报者|139", true),
        ("序号|||举报人|姓名", "1|||举报者|李四", true),
        // Rows of the table with a word that does not belong there.
        ("X2|2015-03-05|干部群众|干部|姓名|不作为|未核实", "X3|2015-03-05|干部群众|干部|李四|不作为|未核实", false),
        ("姓名|错|干部群众|错|李四|错|错", "X3|2015-03-05|干部群众|干部|李四|不作为|未核实", false),
    ] {
        let sheet = format!(
            "线索编号|收到日期|线索来源|反映对象|姓名|问题类型|核实结果
             X1|2015-03-04|干部群众|干部|李四|不作为|未核实
             {again}
             {rows}"
        );
        let dataset = read(&[("a.xlsx!一", &sheet)], &Options::default()).unwrap();
        let told = |finding: &&kaohe::finding::Finding| finding.code == kaohe::finding::Code::OtherBlock;
        assert_eq!(dataset.findings.iter().filter(told).count(), usize::from(ends), "{again}");
        let kept = format!("{:?}", dataset.findings);
        assert!(!ends || !kept.contains("举报者"), "{again}: {kept}");
        let used: u64 = dataset.sheets.iter().filter(|sheet| sheet.name == "一").map(|sheet| sheet.used).sum();
        assert_eq!(used, if ends { 1 } else { 2 }, "{again}");
    }
}

/// A block without any column of ours: nothing that stands under its words is anybody's of ours, or told.
#[test]
fn a_block_that_asks_who_reports_is_no_data() {
    for (again, rows, ends) in [
        ("举报人|电话", "王密|13900000000", true),
        ("举报人|王密", "举报人电话|13900000000", true),
        ("序号|举报人|联系电话|举报内容", "1|王密|13900000000|盘龙区的事", true),
        ("||举报人", "||王密", true),
        ("检举人姓名（保密）|", "王密|", true),
        ("序号|联系方式", "1|王密 13900000000", true),
        // Signature lines and people whose names end so.
        ("填表人：李某|", "|", false),
        ("周立人|U1", "王密|U1", false),
    ] {
        let sheet = format!(
            "2015年
             姓名|单位编号|考核等次
             李四|U1|称职

             {again}
             {rows}"
        );
        let dataset = read(&[("a.xlsx!一", &sheet)], &Options::default()).unwrap();
        let told = |finding: &&kaohe::finding::Finding| finding.code == kaohe::finding::Code::OtherBlock;
        let blocks: Vec<_> = dataset.findings.iter().filter(told).map(|finding| finding.place).collect();
        assert_eq!(blocks.len(), usize::from(ends), "{again}: {:?}", dataset.findings);
        let kept = format!("{:?}{:?}", dataset.findings, dataset.rejected);
        assert!(!ends || !kept.contains("王密") && !kept.contains("139"), "{again}: {kept}");
        let sheet = dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap();
        assert_eq!((sheet.used, sheet.rejected > 0), (1, again != "填表人：李某|"), "{again}");
    }
}

/// Last year's rows under the same header: the line above it says whose they are.
#[test]
fn a_line_that_names_another_year_ends_the_block() {
    check(
        &[(
            "a.xlsx!一",
            "2015年度考核结果
             姓名|单位名称|考核等次
             李四|盘龙区|称职
             2015年度考核结果
             姓名|单位名称|考核等次
             张三|盘龙区|称职
             2014年度考核结果
             姓名|单位名称|考核等次
             王五|市审计局|不称职",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_干部 7 = 2 + 2 + 3
            ✗ OtherBlock a.xlsx!一!A7 「2014年」
                《年度考核_干部》的各行中间另写有2014年，标题写的不是这一年；它以下各行属于哪一年不能确定，没有采用，按退回计
                请按年度分成不同的工作表，或增加写明年度的列
        "#]],
    );
    for (line, used) in [
        ("|2014年||", 1),
        ("（二）2014年度|<|<|<", 1),
        ("2015年", 2),
        ("注：2014年的不在此列", 2),
        ("2014年12月31日", 2),
    ] {
        let sheet = format!("2015年\n姓名|单位名称|考核等次|备注\n李四|盘龙区|称职\n{line}\n王五|市审计局|称职");
        let dataset = read(&[("a.xlsx!一", &sheet)], &Options::default()).unwrap();
        assert_eq!(dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap().used, used, "{line}");
    }
    // Behind the last row it is about none.
    let sheet = "2015年\n序号|姓名|单位名称|考核等次\n1|李四|盘龙区|称职\n经2016年第1次会议审定|||\n填表人：某|||";
    let dataset = read(&[("a.xlsx!一", sheet)], &Options::default()).unwrap();
    assert_eq!((dataset.findings.len(), dataset.rejected.len()), (0, 0));
    // Where each row says its year, a line between says nothing of them.
    let sheet = "年度|姓名|单位名称|考核等次\n2015|李四|盘龙区|称职\n2014年|||\n2015|王五|市审计局|称职";
    let dataset = read(&[("a.xlsx!一", sheet)], &Options::default()).unwrap();
    assert_eq!(dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap().used, 2);
}

/// Its lines are one header: told once, at its first cell.
#[test]
fn a_stacked_header_below_is_one() {
    for again in [
        "基本情况||考核情况|<|<\n姓名|单位名称|考核等次|上年等次",
        "干部信息|||考核结果\n干部编号|姓名|单位|等次",
        "姓名|单位|考核情况\n||等次|上年等次",
        "姓名|举报人||考核等次\n|姓名|电话|",
        "基本情况|<|上年度|<\n姓名|单位名称|考核等次|奖励",
    ] {
        let sheet = format!(
            "2015年
             干部编号|姓名|单位名称|考核等次|特别优秀
             K2|李四|盘龙区|称职|否
             {again}
             K3|王五|市审计局|不称职|否"
        );
        let dataset = read(&[("a.xlsx!一", &sheet)], &Options::default()).unwrap();
        let rejected: Vec<_> = dataset.findings.iter().filter(|f| f.severity == Severity::Rejected).collect();
        assert!(
            rejected.iter().all(|finding| finding.code == kaohe::finding::Code::OtherBlock),
            "{again}: {rejected:?}"
        );
        assert_eq!(rejected.len(), 1, "{again}: {rejected:?}");
        let sheet = dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap();
        assert_eq!((sheet.used, sheet.rejected), (1, 3), "{again}");
    }
}
