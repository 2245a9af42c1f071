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
                《年度考核_班子》的旁边又有一个表头，是另一块表；它下面没有《年度考核_班子》内容的各行没有读取，按退回计
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

/// The end of a block is found wherever the sheet is cut for the threads.
#[test]
fn a_block_ends_alike_on_any_number_of_threads() {
    for place in [50, 9_000, 20_001, 39_999] {
        let mut rows = String::from("2015年度考核结果\n干部编号|姓名|考核等次|上年等次|备注\n");
        for row in 0..40_000 {
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

/// Its lines are one header: told once, at its first cell.
#[test]
fn a_stacked_header_below_is_one() {
    for again in [
        "基本情况||考核情况|<|<\n姓名|单位名称|考核等次|上年等次",
        "干部信息|||考核结果\n干部编号|姓名|单位|等次",
        "姓名|单位|考核情况\n||等次|上年等次",
        "姓名|举报人||考核等次\n|姓名|电话|",
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
