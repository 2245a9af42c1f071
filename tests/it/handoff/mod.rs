//! The workbooks handed out, read back as files.

mod book;
mod breaks;
mod golden;
mod letters;
mod limits;
mod material;
mod measure;
mod meeting;
mod overview;
pub mod page;
mod returns;
mod text;

use std::path::Path;

use kaohe::handoff::Handoff;
use kaohe::pack::printed;

use book::{Listed, attribute, parts, tags, unlocked};
use material::*;

const READ: [&str; 10] = ["序号", "对象", "单位", "职务", "管理权限", "处理", "可选方式", "依据", "事实", "提示"];
const SCREEN: [&str; 4] = ["编号", "处理编号", "来源", "核对码"];
const ANSWERS: [&str; 4] = ["委员会意见", "决定方式", "决定日期", "备注"];

fn listed(dir: &Path, list: &str) -> Listed {
    Listed::read(&dir.join(format!("{list}.xlsx")), "序号")
}

#[test]
fn every_list_is_written_with_its_columns_and_an_empty_one_says_so() {
    let city = City::new(12);
    let dir = city.published();
    for list in &city.pack.lists {
        let read = listed(dir.path(), &list.name);
        let extra: Vec<&str> = list.extra_answers.iter().map(|answer| answer.name.as_str()).collect();
        let expected: Vec<&str> = READ.into_iter().chain(ANSWERS).chain(extra).chain(SCREEN).collect();
        assert_eq!(read.columns, expected, "{}", list.name);
        assert!(read.header < 7);
        assert!(read.head[0].contains("昆明市2015年度"), "{:?}", read.head);
        assert_eq!(read.rows.len(), 1);
        assert_eq!(read.rows[0][0], list.empty);
        assert!(read.head.iter().all(|line| !line.contains("排序")), "Excel sorts no locked cells: {:?}", read.head);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for told in ["README.md", ".release/说明.md"] {
        assert!(!std::fs::read_to_string(folder.join(told)).unwrap().contains("排序"), "{told}");
    }
}

#[test]
fn values_set_for_the_run_stand_in_the_title_row() {
    let mut city = City::new(12);
    city.info.set_values = vec![("半年得分线".into(), "70".into()), ("年度得分线".into(), "65".into())];
    let dir = city.published();
    let title = listed(dir.path(), "通报名单").head[0].clone();
    for part in ["昆明市", "2015年", "年度", "半年得分线＝70", "年度得分线＝65"] {
        assert!(title.contains(part), "{title}");
    }
}

#[test]
fn rows_stand_in_register_order_and_adjustments_by_authority_first() {
    let mut city = City::usual();
    let grade = cell((1, 6), "考核等次", "年度考核_班子", "考核等次", "较差");
    city.propose("调整建议", TEAM, 0, vec![city.ground("4.6", TEAM, 0, 0, vec![grade])]);
    let dir = city.published();
    let admonished = listed(dir.path(), "诫勉谈话名单");
    let expected: Vec<String> = (1..=30).map(|number| format!("C{number:05}")).collect();
    assert_eq!(admonished.texts("编号"), expected);
    assert_eq!(admonished.texts("序号")[29], "30");
    let adjusted = listed(dir.path(), "调整建议名单");
    assert_eq!(adjusted.texts("编号"), ["C00008", "C00004", "T00001"]);
    assert_eq!(adjusted.texts("管理权限"), ["省委", "市委", ""]);
    assert_eq!(listed(dir.path(), "整改整顿名单").texts("编号"), ["T00001", "T00002"]);
}

#[test]
fn only_answer_cells_are_unlocked() {
    let city = City::usual();
    let dir = city.published();
    for list in ["通报名单", "整改整顿名单", "调整建议名单", "函询核实名单"] {
        let path = dir.path().join(format!("{list}.xlsx"));
        let read = listed(dir.path(), list);
        let rows = if read.rows[0][1].is_empty() { 0 } else { read.rows.len() as u32 };
        let answers = READ.len() as u32..(read.columns.len() - SCREEN.len()) as u32;
        let mut expected = vec![];
        for row in read.header + 1..read.header + 1 + rows {
            expected.extend(answers.clone().map(|column| kaohe::place::A1(row, column).to_string()));
        }
        assert_eq!(unlocked(&path), expected, "{list}");
        let sheet = &parts(&path)["xl/worksheets/sheet1.xml"];
        let protection = tags(sheet, "<sheetProtection ")[0];
        assert_eq!(attribute(protection, "sheet"), Some("1"));
        assert_eq!(attribute(protection, "autoFilter"), Some("0"));
        assert_eq!(attribute(protection, "formatColumns"), Some("0"));
        assert_eq!(tags(sheet, "<autoFilter ").len(), 1);
    }
    let register = unlocked(&dir.path().join("档案登记.xlsx"));
    assert_eq!(register.len(), 3, "{register:?}");
}

#[test]
fn answers_have_drop_downs_dates_and_messages() {
    let dir = City::usual().published();
    let sheet = &parts(&dir.path().join("调整建议名单.xlsx"))["xl/worksheets/sheet1.xml"];
    let rules = tags(sheet, "<dataValidation ");
    assert_eq!(rules.len(), 4);
    assert!(rules.iter().all(|rule| attribute(rule, "prompt").is_some_and(|prompt| !prompt.is_empty())));
    assert!(sheet.contains("\"同意,不同意,缓议,变更\""));
    assert_eq!(rules.iter().filter(|rule| attribute(rule, "type") == Some("date")).count(), 1);
}

/// The drop-down of a line's 决定方式: its words, and how something else is taken.
fn suggested(dir: &Path, list: &str, id: &str) -> (Vec<String>, String) {
    let read = listed(dir, list);
    let at = read.texts("处理编号").iter().position(|known| *known == id).unwrap() as u32;
    let cell = kaohe::place::A1(read.header + 1 + at, read.column("决定方式") as u32).to_string();
    let sheet = &parts(&dir.join(format!("{list}.xlsx")))["xl/worksheets/sheet1.xml"];
    let rule = sheet.split("<dataValidation ").skip(1).find(|rule| {
        let ranges = attribute(&format!(" {rule}"), "sqref").unwrap().to_owned();
        ranges.split(' ').any(|range| book::holds(range, &cell))
    });
    let rule = rule.unwrap();
    let words = rule.split("<formula1>").nth(1).unwrap().split("</formula1>").next().unwrap();
    let words = words.trim_matches('"').split(',').map(str::to_owned).collect();
    (words, attribute(&format!(" {rule}"), "errorStyle").unwrap_or("stop").to_owned())
}

#[test]
fn ways_are_suggested_that_fit_the_line_and_others_are_only_asked_about() {
    let mut city = City::usual();
    let grade = cell((1, 6), "考核等次", "年度考核_班子", "考核等次", "较差");
    city.propose("调整建议", TEAM, 0, vec![city.ground("4.6", TEAM, 0, 0, vec![grade])]).options = vec!["调整".into()];
    let dir = city.published();
    let (words, style) = suggested(dir.path(), "调整建议名单", "2015-A-调整建议-C-C00004");
    assert_eq!(words[..2], ["调整", "免职"], "the line's options come first");
    for adverse in ["诫勉谈话", "约谈", "责令辞职", "岗位调整", "批评教育"] {
        assert!(words.iter().any(|word| word == adverse), "{adverse} in {words:?}");
    }
    assert!(!words.iter().any(|word| ["表彰奖励", "提拔", "限期整改", "整顿"].contains(&word.as_str())), "{words:?}");
    assert_eq!(style, "warning", "变更 may take any word that record takes");
    // A team is not removed from office.
    let (words, _) = suggested(dir.path(), "调整建议名单", "2015-A-调整建议-T-T00001");
    assert_eq!(words[0], "调整");
    assert!(words.iter().any(|word| word == "整顿") && !words.iter().any(|word| word == "免职"), "{words:?}");
    let (words, _) = suggested(dir.path(), "表彰使用名单", "2015-A-表彰奖励-C-C00004");
    assert_eq!(words[..3], ["表彰奖励", "提拔", "重用"]);
    assert!(!words.iter().any(|word| ["约谈", "免职"].contains(&word.as_str())), "praise is not changed into blame");
    assert!(city.pack.further.iter().all(|measure| words.contains(&measure.name)), "{words:?}");
}

#[test]
fn columns_of_the_machine_lie_outside_the_print_area_and_wordless_ones_are_hidden() {
    let mut city = City::usual();
    city.line("2015-A-通报-T-T00001").hints = vec!["提示一句".into()];
    let dir = city.published();
    let hidden = |list: &str| {
        let parts = parts(&dir.path().join(format!("{list}.xlsx")));
        let read = listed(dir.path(), list);
        let book = &parts["xl/workbook.xml"];
        let extra = read.columns.len() - SCREEN.len();
        let last = kaohe::place::letters(extra as u16 - 1);
        assert!(book.contains(&format!("!$A$1:${last}$")), "{list}: {book}");
        let sheet = &parts["xl/worksheets/sheet1.xml"];
        let mut names = Vec::new();
        for tag in tags(sheet, "<col ").into_iter().filter(|tag| attribute(tag, "hidden") == Some("1")) {
            let at = |name: &str| attribute(tag, name).unwrap().parse::<usize>().unwrap();
            names.extend(read.columns[at("min") - 1..at("max")].iter().cloned());
        }
        names
    };
    assert_eq!(hidden("诫勉谈话名单"), ["可选方式", "提示"]);
    assert_eq!(hidden("通报名单"), ["职务", "管理权限", "可选方式"]);
    assert_eq!(hidden("调整建议名单"), ["提示"]);
    assert!(hidden("约谈名单").is_empty(), "an empty list hides nothing");
}

#[test]
fn answers_in_the_archive_are_filled_in_as_values() {
    let mut city = City::usual();
    let mut decision = decided("同意").unwrap();
    decision
        .0
        .extend([("备注", "按期办理"), ("整改期限", "2016-06-30")].map(|(name, text)| (name.into(), text.into())));
    city.line("2015-A-限期整改-T-T00002").decision = Some(decision);
    let dir = city.published();
    let read = listed(dir.path(), "整改整顿名单");
    let row = &read.rows[1];
    assert_eq!(row[10..16], ["同意", "", "2016-01-20", "按期办理", "2016-06-30", ""]);
    assert_eq!(read.rows[0][10..16], ["", "", "", "", "", ""]);
}

#[test]
fn grounds_are_told_as_sentences() {
    let mut city = City::usual();
    city.line("2015-A-表彰奖励-C-C00004").hints = vec!["本年已约谈（2015-07-01）。".into()];
    let handoff = Handoff::new(&city.pack, &city.data, &city.outcome, &city.info);
    let cell = |list: &str, id: &str, column: &str| {
        let table = handoff.lists.iter().find(|table| table.list == list).unwrap();
        let row = table.rows.iter().find(|row| city.outcome.lines[row.of].id == id).unwrap();
        row.cells[table.column(column).unwrap()].to_string()
    };
    let cases = [
        ("诫勉谈话名单", "2015-A-诫勉谈话-C-C00001", "依据", "《办法》第四部分〔规则4.4〕"),
        ("诫勉谈话名单", "2015-A-诫勉谈话-C-C00001", "事实", "年度考核等次：基本称职"),
        ("诫勉谈话名单", "2015-A-诫勉谈话-C-C00001", "来源", "市直部门/半年考核（报送）.xls!Sheet1!G1"),
        ("通报名单", "2015-A-通报-T-T00001", "依据", "《办法》第一部分〔规则1.2〕\n〔本部门口径〕"),
        (
            "通报名单",
            "2015-A-通报-T-T00001",
            "事实",
            "半年考核（市委目督办）目标完成得分 44，低于半年得分线 60〔本部门口径〕，工作落实评价：较差",
        ),
        (
            "调整建议名单",
            "2015-A-调整建议-C-C00004",
            "事实",
            "问题线索 XS-2015-017（线索来源：市级领导，核实结果：属实，情节：较重，达到调整建议起点情节「较重」〔本部门口径〕）",
        ),
        ("调整建议名单", "2015-A-调整建议-C-C00004", "可选方式", "调整、免职"),
        (
            "表彰使用名单",
            "2015-A-表彰奖励-C-C00004",
            "提示",
            "并存不利情形：诫勉谈话、调整建议；本年已约谈（2015-07-01）",
        ),
    ];
    for (list, id, column, expected) in cases {
        assert_eq!(cell(list, id, column), expected);
    }
}

#[test]
fn a_ground_about_somebody_else_names_them_and_several_are_numbered() {
    let mut city = City::new(30);
    let team = |city: &City, unit: u32| {
        let grade = cell((unit, 6), "考核等次", "年度考核_班子", "考核等次", "一般");
        city.ground("4.3", TEAM, unit, unit, vec![grade])
    };
    let grounds = vec![team(&city, 0), team(&city, 1)];
    city.propose("诫勉谈话", CADRE, 4, grounds);
    let handoff = Handoff::new(&city.pack, &city.data, &city.outcome, &city.info);
    let table = handoff.lists.iter().find(|table| table.list == "诫勉谈话名单").unwrap();
    assert_eq!(
        &table.rows[0].cells[table.column(printed::FACTS).unwrap()],
        "（1）盘龙区的年度考核等次：一般；\n（2）市发展和改革委员会的年度考核等次：一般"
    );
    assert_eq!(&table.rows[0].cells[table.column(printed::BASIS).unwrap()], "《办法》第四部分〔规则4.3〕");
}

/// 事实 and 提示 of the only line of a list.
fn said(city: &City, list: &str) -> (String, String) {
    let handoff = Handoff::new(&city.pack, &city.data, &city.outcome, &city.info);
    let table = handoff.lists.iter().find(|table| table.list == list).unwrap();
    let cell = |name: &str| table.rows[0].cells[table.column(name).unwrap()].to_string();
    (cell(printed::FACTS), cell(printed::HINTS))
}

#[test]
fn a_line_says_in_what_capacity_somebody_is_reached() {
    let mut city = City::new(30);
    let grade = cell((0, 6), "考核等次", "年度考核_班子", "考核等次", "一般");
    let mut ground = city.ground("4.3", TEAM, 0, 0, vec![grade]);
    ground.proposals = vec![0];
    city.propose("诫勉谈话", CADRE, 0, vec![ground]);
    assert_eq!(said(&city, "诫勉谈话名单").0, "本人为主要负责人，盘龙区的年度考核等次：一般");
    let word = cell((4, 5), "半年落实不力", "半年考核_班子", "工作落实评价", "较差");
    let mut ground = city.ground("1.3", TEAM, 0, 0, vec![word]);
    ground.proposals = vec![1];
    city.propose("约谈", CADRE, 4, vec![ground]);
    let told = said(&city, "约谈名单").0;
    assert_eq!(told, "被列为相关责任领导，盘龙区的半年考核（市委目督办）工作落实评价：较差");
}

#[test]
fn a_lead_about_a_team_is_not_told_as_one_about_its_head() {
    let mut city = City::new(30);
    let rule = city.pack.rules.iter().position(|rule| rule.id == "2.1-team-true").unwrap();
    let mut ground = city.reported(0);
    (ground.rule, ground.units, ground.proposals) = (rule, vec![0], vec![0]);
    city.propose("诫勉谈话", CADRE, 0, vec![ground]);
    let told = said(&city, "诫勉谈话名单").0;
    assert!(told.starts_with("本人为主要负责人，反映盘龙区班子的问题线索 XS-2015-017（"), "{told}");
}

#[test]
fn what_is_blank_is_not_told() {
    let mut city = City::new(30);
    let mut ground = city.reported(2);
    ground.facts.retain(|(name, _)| name != "情节");
    ground.facts.push(("情节".into(), kaohe::consequence::FactValue::Null));
    ground.evidence.clear();
    city.propose("诫勉谈话", CADRE, 2, vec![ground]);
    let told = said(&city, "诫勉谈话名单").0;
    assert_eq!(told, "问题线索 XS-2015-017（线索来源：市级领导，核实结果：属实）");
}

#[test]
fn a_second_admonition_says_why_this_year_s_is_proposed_and_that_it_is_undecided() {
    let mut city = City::new(30);
    let id = "2015-A-诫勉谈话-C-C00003";
    let grade = cell((2, 6), "考核等次", "年度考核_干部", "考核等次", "基本称职");
    city.propose("诫勉谈话", CADRE, 2, vec![city.ground("4.4", CADRE, 2, 0, vec![grade.clone()])]);
    let mut through = grade;
    std::sync::Arc::make_mut(&mut through.of).fact = "本次拟诫勉".into();
    through.through = Some(id.into());
    let mut ground = city.ground("4.5", CADRE, 2, 0, vec![through]);
    ground.facts = vec![("本年诫勉".into(), kaohe::consequence::FactValue::Bool(true))];
    city.propose("调整建议", CADRE, 2, vec![ground]);
    let (facts, hints) = said(&city, "调整建议名单");
    assert_eq!(facts, format!("本次拟诫勉（处理编号 {id}，因年度考核等次：基本称职）"));
    assert_eq!(hints, format!("所依据的处理编号 {id} 尚未审定"));
    city.line(id).decision = decided("缓议");
    assert!(said(&city, "调整建议名单").1.contains("尚未审定"));
    city.line(id).decision = decided("同意");
    assert_eq!(said(&city, "调整建议名单").1, "");
}

#[test]
fn what_is_registered_is_what_is_written() {
    let city = City::usual();
    let dir = city.published();
    let handoff = Handoff::new(&city.pack, &city.data, &city.outcome, &city.info);
    for table in handoff.lists.iter().chain(&handoff.register) {
        let read = listed(dir.path(), table.list);
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        assert_eq!(read.columns, names);
        for (row, written) in table.rows.iter().zip(&read.rows) {
            for ((name, registered), written) in names.iter().zip(row.cells.iter()).zip(written) {
                // Sentences are printed with line breaks, which count for nothing when a list comes back.
                let sentences = ["事实", "提示"].contains(name);
                let plain = |text: &str| if sentences { text.replace('\n', "") } else { text.to_owned() };
                assert_eq!(plain(registered), plain(written), "{name}");
            }
        }
    }
}

#[test]
fn the_year_s_talk_plan_is_headed_unfinished_and_tells_the_rate() {
    let mut city = City::usual();
    let dir = city.published();
    let head = listed(dir.path(), "交心谈话计划").head;
    assert!(head[0].contains("未完成"), "{head:?}");
    assert!(head[1].contains("26.7%") && head[1].contains("尚缺 1 人"), "{head:?}");
    city.outcome.quotas[0].reached = 9;
    let dir = city.published();
    let head = listed(dir.path(), "交心谈话计划").head;
    assert!(!head[0].contains("未完成") && head[1].contains("30%"), "{head:?}");
}

#[test]
fn text_from_outside_stays_text() {
    let mut city = City::new(12);
    city.data.registers[CADRE].labels[0] = "=1+1".into();
    city.data.registers[CADRE].labels[1] = "张\u{1}三\u{FFFF}".into();
    city.data.registers[CADRE].labels[2] = "长".repeat(40_000);
    for index in 0..3 {
        city.propose("诫勉谈话", CADRE, index, vec![]);
    }
    let dir = city.published();
    let read = listed(dir.path(), "诫勉谈话名单");
    let names = read.texts("对象");
    assert_eq!(names[..2], ["=1+1", "张␁三\u{FFFD}"]);
    assert!(names[2].ends_with('…') && names[2].chars().count() == 32_767);
    let sheet = &parts(&dir.path().join("诫勉谈话名单.xlsx"))["xl/worksheets/sheet1.xml"];
    assert!(!sheet.contains("<f>"));
}

#[test]
fn pages_repeat_their_head_and_carry_numbers_dates_and_a_place_to_sign() {
    let dir = City::usual().published();
    let parts = parts(&dir.path().join("诫勉谈话名单.xlsx"));
    let sheet = &parts["xl/worksheets/sheet1.xml"];
    let page = tags(sheet, "<pageSetup ")[0];
    assert_eq!(attribute(page, "paperSize"), Some("9"));
    assert_eq!(attribute(page, "orientation"), Some("landscape"));
    assert_eq!(attribute(page, "fitToHeight"), Some("0"));
    // A loose page says what it belongs to; a number after the type size would be read as part of it.
    for text in ["第 &amp;P 页 共 &amp;N 页", "签字", "&amp;R&amp;10&amp;\"仿宋,常规\"昆明市2015年度考核诫勉谈话名单<"]
    {
        assert!(sheet.contains(text), "{text}");
    }
    let list = listed(dir.path(), "诫勉谈话名单");
    assert!(list.head.iter().any(|line| line.contains("基准日：2015年12月31日")), "{:?}", list.head);
    let header = list.header + 1;
    assert!(parts["xl/workbook.xml"].contains(&format!("诫勉谈话名单!${header}:${header}<")));
    assert_eq!(attribute(tags(sheet, "<pane ")[0], "ySplit"), Some(header.to_string().as_str()));
}

#[test]
fn bytes_do_not_depend_on_threads_or_clock() {
    let city = City::usual();
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let many = rayon::ThreadPoolBuilder::new().num_threads(7).build().unwrap();
    let first = tempfile::tempdir().unwrap();
    let second = tempfile::tempdir().unwrap();
    let files = one.install(|| city.publish_to(first.path(), true));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(many.install(|| city.publish_to(second.path(), true)), files);
    for file in files {
        let read = |dir: &tempfile::TempDir| std::fs::read(dir.path().join(&file)).unwrap();
        assert!(read(&first) == read(&second), "{file}");
    }
}
