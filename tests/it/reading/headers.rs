//! Recognition: headers in one or two rows, ties, doubled tables, prose, what comes nearest.

use super::*;

#[test]
fn a_header_below_titles_with_other_columns_and_aliases() {
    check(
        &[(
            "a.xlsx!一",
            "昆明市2015年年度考核汇总表|<|<|<
             填报单位（盖章）：
             序号|姓 名*|所在单位|等次|备注
             1|李四|盘龙区|优秀|甲
             2|王五|市审计局|称职",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_干部 2 = 2 + 0 + 0
        "#]],
    );
}

#[test]
fn a_header_in_two_rows_with_groups() {
    // Own names stand in either row; a group's word completes the words below it.
    check(
        &[(
            "a.xlsx!一",
            "2015年半年考核
             序号|单位|<|考核部门|目标完成|工作落实|相关责任领导
             ^|编号|名称|^|得分|评价|^
             1|U1|盘龙区|市委目督办|85|好|
             2|U2||市政府目督办|55|较差|王五",
        )],
        expect![[r#"
            a.xlsx!一 半年考核_班子 2 = 2 + 0 + 0
        "#]],
    );
    // The same without merged cells.
    check(
        &[(
            "a.xlsx!一",
            "序号|单位||考核部门|目标完成|工作落实
             |编号|名称||得分|评价
             1|U1|盘龙区|市委目督办|85|较差",
        )],
        expect![[r#"
            a.xlsx!一 半年考核_班子 1 = 1 + 0 + 0
            ! GuessedYear a.xlsx!一 「」
                有1行没有年度，表头以上也没有写明年度，按本次运行的2015年处理
                请填写年度列，或在标题中写明年度，例如「2015年度」
        "#]],
    );
}

#[test]
fn a_header_of_two_merged_rows_is_one() {
    check(
        &[(
            "a.xlsx!一",
            "2015年度
             单位编号|单位名称|考核等次
             ^|^|^
             U1|盘龙区|优秀",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_班子 1 = 1 + 0 + 0
        "#]],
    );
}

#[test]
fn a_header_over_two_filled_columns_names_neither() {
    check(
        &[(
            "a.xlsx!一",
            "单位名称|考核等次|<
             盘龙区|优秀|良好",
        )],
        expect![[r#"
            a.xlsx!一 unrecognised 1 = 0 + 0 + 1
            ! UnrecognisedSheet a.xlsx!一 「」
                没有识别出是哪一张表：最接近《年度考核_班子》，但列「考核等次」有两列（B1、C1），无法确定采用哪一列
                请只保留一列「考核等次」，其他列请改用别的列名或删去
        "#]],
    );
    check(
        &[(
            "a.xlsx!一",
            "单位名称|考核等次|<
             ^|2014年|2015年
             盘龙区|优秀|良好",
        )],
        expect![[r#"
            a.xlsx!一 unrecognised 3 = 0 + 0 + 3
            ! UnrecognisedSheet a.xlsx!一 「」
                没有识别出是哪一张表：最接近《年度考核_班子》，缺少必填列「考核等次」
                请补上缺少的列，列名应与模板一致；不需要的工作表请删去
        "#]],
    );
    // Merged data below a merged header is one column.
    check(
        &[(
            "a.xlsx!一",
            "2015年
             单位名称|考核等次|<
             盘龙区|优秀|<",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_班子 1 = 1 + 0 + 0
        "#]],
    );
}

#[test]
fn two_blocks_side_by_side_are_not_read_by_half() {
    check(
        &[(
            "a.xlsx!一",
            "姓名|单位|考核等次|姓名|单位|考核等次
             李四|盘龙区|优秀|王五|市审计局|称职",
        )],
        expect![[r#"
            a.xlsx!一 unrecognised 2 = 0 + 0 + 2
            ! UnrecognisedSheet a.xlsx!一 「」
                没有识别出是哪一张表：最接近《年度考核_干部》，但列「姓名」有两列（A1、D1），无法确定采用哪一列
                请只保留一列「姓名」，其他列请改用别的列名或删去
        "#]],
    );
}

#[test]
fn the_own_name_has_the_better_right_than_an_alias() {
    check(
        &[(
            "a.xlsx!一",
            "2015年
             姓名|单位|单位名称|考核等次
             李四|乡下|盘龙区|优秀",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_干部 1 = 1 + 0 + 0
            ! DoubledColumn a.xlsx!一!B2 单位名称「单位」
                单位名称有两列：按C2「单位名称」读取，B2「单位」也是它的名称，该列的内容没有读取，也不保留
                请核对采用的是哪一列，删去另一列或改换其列名
        "#]],
    );
}

#[test]
fn a_second_column_for_one_field_is_told() {
    check(
        &[
            (
                "a.xlsx!一",
                "年度|考核部门|单位编号|得分|目标完成得分|工作落实评价
                 2015|市委目督办|U1|=58|=85|好",
            ),
            // The word over a group is no second name of what stands beside.
            (
                "a.xlsx!二",
                "年度|考核部门|单位|<|<|得分|工作落实评价
                 ||编号|名称|备注||
                 2015|市政府目督办|U1|盘龙区|无|=85|好",
            ),
        ],
        expect![[r#"
            a.xlsx!一 半年考核_班子 1 = 1 + 0 + 0
            a.xlsx!二 半年考核_班子 1 = 1 + 0 + 0
            ! DoubledColumn a.xlsx!一!D1 目标完成得分「得分」
                目标完成得分有两列：按E1「目标完成得分」读取，D1「得分」也是它的名称，该列的内容没有读取，也不保留
                请核对采用的是哪一列，删去另一列或改换其列名
        "#]],
    );
}

#[test]
fn a_header_that_is_nearly_an_optional_column_is_told() {
    check(
        &[
            (
                "a.xlsx!一",
                "年度|考核部门|单位编号|目标完成得份|工作落实评价
                 2015|市委目督办|U1|=40|好",
            ),
            (
                "a.xlsx!二",
                "年度|考核部门|单位编号|目标完成得分（分）|工作落实评价
                 2015|市委目督办|U2|=40|好",
            ),
            // 年龄 is no 年度, and a column that is there needs no second.
            (
                "b.xlsx!一",
                "年龄|姓名|考核等次|特别优秀|特别优异
                 =45|李四|优秀|是|否",
            ),
        ],
        expect![[r#"
            a.xlsx!一 半年考核_班子 1 = 1 + 0 + 0
            a.xlsx!二 半年考核_班子 1 = 1 + 0 + 0
            b.xlsx!一 年度考核_干部 1 = 1 + 0 + 0
            ! MisspeltHeader a.xlsx!一!D1 目标完成得分「目标完成得份」
                列名「目标完成得份」没有识别，与「目标完成得分」相近；该列的内容没有读取
                如确为「目标完成得分」，请把列名改为「目标完成得分」；不是的，无需改动
            ! GuessedYear b.xlsx!一 「」
                有1行没有年度，表头以上也没有写明年度，按本次运行的2015年处理
                请填写年度列，或在标题中写明年度，例如「2015年度」
        "#]],
    );
}

#[test]
fn the_most_matched_columns_win_and_a_tie_is_unrecognised() {
    check(
        &[
            (
                "a.xlsx!一",
                "年度|考核部门|单位名称|目标完成得分|工作落实评价|目标完成评价
                 2015|市委目督办|盘龙区|80|好|好",
            ),
            (
                "a.xlsx!二",
                "年度|考核部门|单位名称|目标完成得分|工作落实评价|目标完成评价|作风改进评价
                 2015|市委目督办|盘龙区|80|好|好|明显",
            ),
        ],
        expect![[r#"
            a.xlsx!一 unrecognised 2 = 0 + 0 + 2
            a.xlsx!二 年度目标考核 1 = 1 + 0 + 0
            ! UnrecognisedSheet a.xlsx!一 「」
                没有识别出是哪一张表：与《半年考核_班子》、《年度目标考核》同样符合，无法确定
                请把几张表分开，每个工作表只放一张表
            ! DoubledTable a.xlsx!二 「」
                本表按《年度目标考核》读取，但第1行的表头还含有《半年考核_班子》的全部必填列，那些列的内容没有读取
                请把《年度目标考核》和《半年考核_班子》分成两个工作表
        "#]],
    );
}

#[test]
fn a_second_table_in_columns_of_its_own_is_told() {
    check(
        &[(
            "a.xlsx!一",
            "年度|干部编号|姓名|干部等次|班子等次|单位编号
             2015|K2|李四|优秀|良好|U1",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_干部 1 = 1 + 0 + 0
            ! DoubledTable a.xlsx!一 「」
                本表按《年度考核_干部》读取，但第1行的表头还含有《年度考核_班子》的全部必填列，那些列的内容没有读取
                请把《年度考核_干部》和《年度考核_班子》分成两个工作表
        "#]],
    );
    // A person's sheet with the unit beside it is no second table.
    check(
        &[(
            "a.xlsx!一",
            "年度|干部编号|姓名|考核等次|单位编号
             2015|K2|李四|优秀|U1",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_干部 1 = 1 + 0 + 0
        "#]],
    );
}

#[test]
fn an_own_alias_holds_only_in_its_table() {
    check(
        &[(
            "a.xlsx!一",
            "年度|单位名称|干部等次
             2015|盘龙区|优秀",
        )],
        expect![[r#"
            a.xlsx!一 unrecognised 2 = 0 + 0 + 2
            ! UnrecognisedSheet a.xlsx!一 「」
                没有识别出是哪一张表：最接近《年度考核_干部》，缺少必填列「干部编号或姓名」
                请补上缺少的列，列名应与模板一致；不需要的工作表请删去
        "#]],
    );
}

#[test]
fn slips_in_headers_are_pointed_out() {
    check(
        &[(
            "a.xlsx!一",
            "年度|干部编号|姓名|考核等级
             2015|K2|李四|优秀",
        )],
        expect![[r#"
            a.xlsx!一 unrecognised 2 = 0 + 0 + 2
            ! UnrecognisedSheet a.xlsx!一 「」
                没有识别出是哪一张表：最接近《年度考核_干部》，缺少必填列「考核等次」
                请改正列名：D1的「考核等级」可能应为「考核等次」
        "#]],
    );
    check(
        &[(
            "a.xlsx!一",
            "甲|乙|丙
             1|2|3",
        )],
        expect![[r#"
            a.xlsx!一 unrecognised 2 = 0 + 0 + 2
            ! UnrecognisedSheet a.xlsx!一 「」
                没有识别出是哪一张表：前20行中没有任何一张表的表头
                请检查表头，列名应与模板一致；不需要的工作表请删去
        "#]],
    );
}

#[test]
fn prose_is_no_fault() {
    check(
        &[
            ("a.xlsx!说明", "填表说明\n一、请如实填报。|见附件\n二、单位名称用全称。"),
            ("a.xlsx!三格", "甲|乙|丙"),
            ("a.xlsx!两个表头", "目标完成得分|相关责任领导"),
            ("a.xlsx!一个表头", "目标完成得分|其他"),
            ("a.xlsx!空", ""),
        ],
        expect![[r#"
            a.xlsx!说明 prose 3 = 0 + 0 + 3
            a.xlsx!三格 unrecognised 1 = 0 + 0 + 1
            a.xlsx!两个表头 unrecognised 1 = 0 + 0 + 1
            a.xlsx!一个表头 prose 1 = 0 + 0 + 1
            a.xlsx!空 prose 0 = 0 + 0 + 0
            ! UnrecognisedSheet a.xlsx!三格 「」
                没有识别出是哪一张表：前20行中没有任何一张表的表头
                请检查表头，列名应与模板一致；不需要的工作表请删去
            ! UnrecognisedSheet a.xlsx!两个表头 「」
                没有识别出是哪一张表：最接近《半年考核_班子》，缺少必填列「考核部门」「单位编号或单位名称」「工作落实评价」
                请补上缺少的列，列名应与模板一致；不需要的工作表请删去
        "#]],
    );
}

#[test]
fn the_header_stands_in_the_first_twenty_rows() {
    let header = "年度|单位名称|考核等次\n2015|盘龙区|优秀";
    let twentieth = format!("{}{header}", "标题\n".repeat(19));
    let next = format!("{}{header}", "标题\n".repeat(20));
    check(
        &[("a.xlsx!二十", &twentieth), ("a.xlsx!二十一", &next)],
        expect![[r#"
            a.xlsx!二十 年度考核_班子 1 = 1 + 0 + 0
            a.xlsx!二十一 unrecognised 22 = 0 + 0 + 22
            ! UnrecognisedSheet a.xlsx!二十一 「」
                没有识别出是哪一张表：前20行中没有任何一张表的表头
                请检查表头，列名应与模板一致；不需要的工作表请删去
        "#]],
    );
}

#[test]
fn one_table_may_come_from_many_sheets_and_books() {
    check(
        &[
            ("b/2.xlsx!一", "年度|单位名称|考核等次\n2015|盘龙区|优秀"),
            ("a.xlsx!一", "年度|单位名称|考核等次\n2015|市审计局|良好"),
            ("a.xlsx!二", "考核等次|单位编号|年度\n良好|U3|2015"),
        ],
        expect![[r#"
            a.xlsx!一 年度考核_班子 1 = 1 + 0 + 0
            a.xlsx!二 年度考核_班子 1 = 1 + 0 + 0
            b/2.xlsx!一 年度考核_班子 1 = 1 + 0 + 0
        "#]],
    );
}

#[test]
fn rows_that_are_no_data() {
    check(
        &[(
            "a.xlsx!一",
            "昆明市2015年年度考核汇总表
             序号|姓名|单位名称|考核等次|举报人
             1|李四|盘龙区|优秀|
             2||||
             ||||某人
             ||小计||
             昆明市2015年年度考核汇总表
             序号|姓名|单位名称|考核等次|举报人
             3|王五|市审计局|称职|
             合计||2||
             注：以上为初评
             填表人：某某|||审核人：某某
             |张总计|||",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_干部 11 = 2 + 1 + 8
            ✗ UnknownSubject a.xlsx!一!B13 姓名「张总计」
                姓名「张总计」不在《干部名册》上
                请核对姓名，或填写干部编号；名册漏登的，请先补入《干部名册》
            ✗ Missing a.xlsx!一!D13 考核等次「」
                考核等次是必填项，未填写
                请填写「优秀」「称职」「基本称职」「不称职」「不定等次」之一
        "#]],
    );
}

#[test]
fn a_repeated_header_of_two_rows_is_no_data() {
    check(
        &[(
            "a.xlsx!一",
            "2015年
             单位|<|考核等次
             编号|名称|^
             U1|盘龙区|优秀
             单位|<|考核等次
             编号|名称|^
             U2|市审计局|良好",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_班子 4 = 2 + 0 + 2
        "#]],
    );
}

#[test]
fn group_headings_over_a_complete_header_are_no_data_when_repeated() {
    check(
        &[(
            "a.xlsx!一",
            "2015年
             序号|填报内容|<|<
             ^|单位编号|单位名称|考核等次
             1|U1|盘龙区|优秀
             序号|填报内容|<|<
             ^|单位编号|单位名称|考核等次
             2|U2|市审计局|良好",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_班子 4 = 2 + 0 + 2
        "#]],
    );
}

#[test]
fn a_cell_merged_over_rows_stands_in_each() {
    check(
        &[(
            "a.xlsx!一",
            "2015年
             单位名称|姓名|考核等次
             盘龙区|张三|优秀
             ^|李四|称职
             市审计局|王五|称职
             ^|张三|称职",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_干部 4 = 4 + 0 + 0
        "#]],
    );
}

#[test]
fn registers_must_be_there_and_the_nearest_sheets_are_named() {
    check_with(
        &Options { city: false, ..Options::default() },
        &[
            ("a.xlsx!班子", "单位编号|单位名称|单位种类\nU1|盘龙区|县区"),
            ("a.xlsx!等次", "年度|姓名|单位名称|考核等次\n2015|李四|盘龙区|较差"),
        ],
        expect![[r#"
            缺少《班子名册》：没有一个工作表含有它的全部必填列
              较接近的有 a.xlsx 的工作表「班子」，缺少「单位类别」。
              请把《班子名册》放入输入文件夹，列名可参照 kaohe template 生成的模板
            缺少《干部名册》：没有一个工作表含有它的全部必填列
              较接近的有 a.xlsx 的工作表「班子」，缺少「干部编号」「姓名」「职务」「班子职务」
              较接近的有 a.xlsx 的工作表「等次」（已按《年度考核_干部》读取），缺少「干部编号」「职务」「班子职务」。
              请把《干部名册》放入输入文件夹，列名可参照 kaohe template 生成的模板
            ---
            a.xlsx!班子 unrecognised 2 = 0 + 0 + 2
            a.xlsx!等次 年度考核_干部 1 = 0 + 1 + 0
            ✗ MissingRegister  「」
                缺少《班子名册》：没有一个工作表含有它的全部必填列；较接近的有 a.xlsx 的工作表「班子」，缺少「单位类别」
                请把《班子名册》放入输入文件夹，列名可参照 kaohe template 生成的模板
            ✗ MissingRegister  「」
                缺少《干部名册》：没有一个工作表含有它的全部必填列；较接近的有 a.xlsx 的工作表「班子」，缺少「干部编号」「姓名」「职务」「班子职务」；较接近的有 a.xlsx 的工作表「等次」（已按《年度考核_干部》读取），缺少「干部编号」「职务」「班子职务」
                请把《干部名册》放入输入文件夹，列名可参照 kaohe template 生成的模板
            ! UnrecognisedSheet a.xlsx!班子 「」
                没有识别出是哪一张表：最接近《班子名册》，缺少必填列「单位类别」
                请补上缺少的列，列名应与模板一致；不需要的工作表请删去
            ✗ NotInSet a.xlsx!等次!D2 考核等次「较差」
                考核等次「较差」不在规定的取值之内，应为「优秀」「称职」「基本称职」「不称职」「不定等次」之一；「较差」是《年度考核_班子》所用的考核等次，两者不能互换
                请改填「优秀」「称职」「基本称职」「不称职」「不定等次」之一
        "#]],
    );
}

#[test]
fn files_that_are_not_read_are_told() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &CITY);
    for name in ["~$名册.xlsx", "a.csv", "z.pdf", "b.txt", ".x.xlsx"] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    let result = read_folder(folder.path(), &Options::default());
    let dataset = result.as_ref().unwrap();
    assert_eq!(dataset.passed_over, ["a.csv", "z.pdf"]);
    expect![[r#"
        ! PassedOver a.csv 「」
            该文件可能含有表格，但不是电子表格工作簿，没有读取
            如含有要报送的数据，请另存为 .xlsx 后放入；否则请移出该文件夹
        ! OtherFile b.txt 「」
            该文件不是电子表格工作簿，没有读取
            如含有要报送的数据，请填入 .xlsx 后放入；否则无需处理
        ! PassedOver z.pdf 「」
            该文件可能含有表格，但不是电子表格工作簿，没有读取
            如含有要报送的数据，请另存为 .xlsx 后放入；否则请移出该文件夹
        ! OpenInOffice ~$名册.xlsx 「」
            该文件表明同名工作簿正在表格软件中打开，读到的可能不是最新内容
            请保存并关闭该工作簿后重新运行；若并未打开，请删去这个残留文件
    "#]]
    .assert_eq(&told(&result));
}

#[test]
fn a_workbook_that_this_program_wrote_is_no_input() {
    use rust_xlsxwriter::{DocProperties, Workbook};
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &CITY);
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_keywords(kaohe::workbook::OWN_MARK));
    fill(book.add_worksheet(), "年度|干部编号|考核等次\n2015|K1|不称职");
    book.save(folder.path().join("改了名.xlsx")).unwrap();
    std::fs::write(folder.path().join("z.csv"), "x").unwrap();
    let result = read_folder(folder.path(), &Options::default());
    let dataset = result.as_ref().unwrap();
    assert_eq!(dataset.passed_over, ["z.csv", "改了名.xlsx"]);
    assert!(dataset.books.iter().all(|book| book.path != "改了名.xlsx"));
    expect![[r#"
        ! PassedOver z.csv 「」
            该文件可能含有表格，但不是电子表格工作簿，没有读取
            如含有要报送的数据，请另存为 .xlsx 后放入；否则请移出该文件夹
        ! OwnWorkbook 改了名.xlsx 「」
            该工作簿是本程序写出的（清单、退回单之类），不是报送的数据，没有读取
            请移出该文件夹；要登记委员会意见的，请用 kaohe record；要报送数据的，请填在报送的工作簿或模板里
    "#]]
    .assert_eq(&told(&result));
}

#[test]
fn every_workbook_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &CITY);
    std::fs::write(folder.path().join("坏1.xlsx"), "x").unwrap();
    std::fs::write(folder.path().join("坏2.xls"), "y").unwrap();
    expect![[r#"
        「坏1.xlsx」无法读取：其内容是纯文本（可能是 CSV），不是 .xlsx、.xlsb、.xls、.et 或 .ods 工作簿。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新报送
        「坏2.xls」无法读取：其内容是纯文本（可能是 CSV），不是 .xlsx、.xlsb、.xls、.et 或 .ods 工作簿。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新报送
        ---
        ✗ Unreadable 坏1.xlsx 「」
            「坏1.xlsx」无法读取：其内容是纯文本（可能是 CSV），不是 .xlsx、.xlsb、.xls、.et 或 .ods 工作簿
            请用 Excel 或 WPS 打开后另存为 .xlsx，再重新报送
        ✗ Unreadable 坏2.xls 「」
            「坏2.xls」无法读取：其内容是纯文本（可能是 CSV），不是 .xlsx、.xlsb、.xls、.et 或 .ods 工作簿
            请用 Excel 或 WPS 打开后另存为 .xlsx，再重新报送
    "#]]
    .assert_eq(&told(&read_folder(folder.path(), &Options::default())));
}
