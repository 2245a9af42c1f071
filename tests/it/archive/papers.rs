//! 文书: one page for each subject of lines agreed to an action, and nothing in it that leads or reports say.

use std::path::Path;

use super::meeting::record;
use super::people::explained;
use crate::rules::city::{City, kaohe, rows_of};

const H: &str = "2015-half-year";

/// The papers of a run by path below 文书, each with all its words.
fn papers(city: &City, run: &str) -> Vec<(String, String)> {
    let folder = city.output().join(run).join("文书");
    let mut found = Vec::new();
    for form in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        for file in std::fs::read_dir(form.path()).unwrap().flatten() {
            let name = format!("{}/{}", form.file_name().to_string_lossy(), file.file_name().to_string_lossy());
            found.push((name, words(&file.path())));
        }
    }
    found.sort();
    found
}

fn words(path: &Path) -> String {
    rows_of(path).concat().join("\n")
}

/// Everything that a workbook holds: other sheets, hidden cells, properties, comments.
fn parts(path: &Path) -> String {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut all = String::new();
    for at in 0..zip.len() {
        std::io::Read::read_to_string(&mut zip.by_index(at).unwrap(), &mut all).unwrap();
    }
    all
}

fn names(city: &City, run: &str) -> Vec<String> {
    papers(city, run).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn a_line_agreed_to_its_action_makes_a_paper_and_others_make_none() {
    let city = City::new(&["半年考核_班子 B1 目标完成得分=20", "+半年考核_干部 干部编号=G13 目标完成得分=20"]);
    city.run("half-year");
    assert_eq!(names(&city, H), Vec::<String>::new(), "nothing is decided");
    city.decide(
        H,
        "约谈名单",
        &[
            ("2015-H-约谈-C-G11", "同意", ""),
            ("2015-H-约谈-C-G12", "不同意", ""),
            ("2015-H-约谈-C-G13", "变更", "批评教育"),
        ],
    );
    city.decide(H, "通报名单", &[("2015-H-通报-C-G13", "变更", "诫勉谈话")]);
    city.run("half-year");
    assert_eq!(names(&city, H), ["约谈通知书/G11-赵一.xlsx", "诫勉谈话记录表/G13-孙三.xlsx"]);
    // Its lines are ended by hand.
    let paper = papers(&city, H)[0].1.replace('\n', "");
    for part in [
        "根据《关于加强和改进领导干部工作作风，推进全市经济社会发展的暂行办法》",
        "中共昆明市委组织部",
        "约谈通知书",
        "赵一",
        "甲局",
        "党组书记",
        "2015-H-约谈-C-G11",
        "《办法》第一部分",
        "目标完成得分",
        "谈话人",
        "记录人",
        "时间",
        "地点",
        "谈话内容",
        "签字",
    ] {
        assert!(paper.replace('\n', "").contains(part), "{part} is not in {paper}");
    }
    assert!(!paper.contains("〔本部门口径〕"), "{paper}");
    // A run that finds it decided otherwise takes the paper away again.
    let archive = city.output().join("档案.db");
    let list = super::meeting::filled(&city, H, "约谈名单", &[(["2015-H-约谈-C-G11", "G11"], "委员会意见", "不同意")]);
    let ended = kaohe().arg("record").arg(list).arg("--amend").arg("--archive").arg(archive).output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    city.run("half-year");
    assert_eq!(names(&city, H), ["诫勉谈话记录表/G13-孙三.xlsx"]);
}

#[test]
fn joint_liability_agreed_as_a_talk_makes_the_papers_of_the_talk() {
    let city = City::new(&["年度考核_干部 G13 考核等次=不称职"]);
    city.run("annual");
    city.decide(
        "2015-annual",
        "调整建议名单",
        &[("2015-A-连带责任处理-C-G11", "同意", "约谈"), ("2015-A-连带责任处理-C-G12", "同意", "诫勉谈话")],
    );
    city.run("annual");
    assert_eq!(names(&city, "2015-annual"), ["约谈通知书/G11-赵一.xlsx", "诫勉谈话记录表/G12-钱二.xlsx"]);
    // Their unit is told which of the ways it is.
    let letter = words(&city.output().join("2015-annual/单位通知/B1-甲局.xlsx"));
    assert!(letter.contains("连带责任处理（约谈）") && letter.contains("连带责任处理（诫勉谈话）"), "{letter}");
}

#[test]
fn lines_of_one_subject_for_one_form_make_one_file_with_all_grounds() {
    let city = City::new(&["+半年考核_干部 干部编号=G13 目标完成得分=20"]);
    city.run("half-year");
    city.decide(H, "约谈名单", &[("2015-H-约谈-C-G13", "同意", "")]);
    city.decide(H, "通报名单", &[("2015-H-通报-C-G13", "变更", "约谈")]);
    city.run("half-year");
    let all = papers(&city, H);
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all[0].1.contains("2015-H-约谈-C-G13") && all[0].1.contains("2015-H-通报-C-G13"), "{}", all[0].1);
}

/// Every source, channel, informant and 线索编号, in every form.
#[test]
fn what_leads_say_of_themselves_stands_in_no_paper() {
    let sources =
        ["省级部门", "市级领导", "思想政治巡察", "日常监督管理", "谈心谈话", "单位主要领导", "干部群众", "12380举报"];
    let mut edits = Vec::new();
    for (at, (source, cadre)) in
        sources.iter().zip(["G11", "G12", "G13", "G14", "G21", "G22", "G31", "G32"]).enumerate()
    {
        edits.push(format!("+问题线索 线索编号=XS{at} 对象={cadre} 线索来源={source} 核实结果=属实 情节=轻微"));
        edits.push(format!("+问题线索 线索编号=XK{at} 对象={cadre} 线索来源={source}"));
    }
    for (at, source) in ["随机调研", "专项述职评议考核"].iter().enumerate() {
        let lead = format!("对象=G14 线索来源={source} 问题类型=抓党建工作不力");
        edits.push(format!("+问题线索 线索编号=XP{at} {lead} 核实结果=属实 情节=轻微"));
        edits.push(format!("+问题线索 线索编号=XQ{at} {lead}"));
    }
    edits.push("+问题线索 线索编号=XT 对象=B1 线索来源=市级领导 核实结果=属实 情节=轻微".to_owned());
    edits.push("+问题线索 线索编号=XU 对象=B1 线索来源=省级部门".to_owned());
    let city = City::new(&edits.iter().map(String::as_str).collect::<Vec<_>>());
    city.run("half-year");
    for (list, action) in [("诫勉谈话名单", "诫勉谈话"), ("函询核实名单", "函询")] {
        let ids = super::meeting::shown(&city, H, list, &["处理编号", "编号", "处理"]);
        let wanted: Vec<&Vec<String>> = ids.iter().filter(|row| row[2] == action).collect();
        assert!(wanted.len() > 5, "{ids:?}");
        let cells: Vec<_> =
            wanted.iter().map(|row| ([row[0].as_str(), row[1].as_str()], "委员会意见", "同意")).collect();
        record(&city, H, list, &cells);
    }
    city.run("half-year");
    let all = papers(&city, H);
    assert!(all.len() > 12 && all.iter().any(|(name, _)| name == "函询通知书/B1-甲局.xlsx"), "{all:?}");
    for (name, text) in &all {
        let more = [
            "电话",
            "网络",
            "手机短信",
            "信访",
            "举报",
            "线索",
            "XS",
            "XK",
            "XP",
            "XQ",
            "随机调研",
            "专项述职",
            "抓党建",
            "XT",
            "XU",
            "第二部分",
            "第三部分",
            "2.",
            "3.",
            "规则",
        ];
        for word in sources.iter().chain(&more) {
            assert!(!text.contains(word), "{name} speaks of {word}: {text}");
        }
        assert!(text.contains("《办法》"), "{name}: {text}");
        let all = parts(&city.output().join(H).join("文书").join(name));
        let told: Vec<&str> = more[3..].iter().filter(|word| !word.ends_with('.')).copied().collect();
        for word in sources.iter().chain(&told) {
            assert!(!all.contains(word), "{name} holds {word}");
        }
    }
}

#[test]
fn a_letter_and_a_rectification_say_by_when() {
    let city = City::new(&["+问题线索 对象=G31 线索来源=市级领导"]);
    city.run("half-year");
    let of = ["2015-H-函询-C-G31", "G31"];
    record(&city, H, "函询核实名单", &[(of, "委员会意见", "同意")]);
    city.run("half-year");
    assert!(papers(&city, H)[0].1.contains("十五个工作日内"));
    record(&city, H, "函询核实名单", &[(of, "委员会意见", "同意"), (of, "回复期限", "2015-09-01")]);
    city.run("half-year");
    assert!(papers(&city, H)[0].1.contains("2015年9月1日前"));
    let city = City::new(&["年度考核_班子 B1 考核等次=一般", "年度考核_班子 B2 考核等次=较差"]);
    city.run("annual");
    let (rectify, shake) = (["2015-A-限期整改-T-B1", "B1"], ["2015-A-整顿-T-B2", "B2"]);
    let agreed = [(rectify, "委员会意见", "同意"), (rectify, "整改期限", "2016-03-31"), (shake, "委员会意见", "同意")];
    record(&city, "2015-annual", "整改整顿名单", &agreed);
    city.run("annual");
    assert_eq!(names(&city, "2015-annual"), ["整改通知书/B1-甲局.xlsx", "整改通知书/B2-乙区.xlsx"]);
    assert!(papers(&city, "2015-annual")[0].1.contains("2016年3月31日前"));
}

#[test]
fn a_line_decided_at_half_year_carries_the_half_years_number() {
    let city = City::new(&["+问题线索 对象=G31 线索来源=市级领导 核实结果=属实 情节=轻微"]);
    city.run("half-year");
    city.decide(H, "诫勉谈话名单", &[("2015-H-诫勉谈话-C-G31", "同意", "")]);
    city.run("annual");
    let all = papers(&city, "2015-annual");
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all[0].1.contains("2015-H-诫勉谈话-C-G31") && !all[0].1.contains("2015-A-诫勉谈话"), "{}", all[0].1);
}

#[test]
fn a_paper_is_one_page_of_a4() {
    let city = City::new(&["+半年考核_干部 干部编号=G13 目标完成得分=20"]);
    city.run("half-year");
    city.decide(H, "约谈名单", &[("2015-H-约谈-C-G13", "同意", "")]);
    city.run("half-year");
    let path = city.output().join(H).join("文书/约谈通知书/G13-孙三.xlsx");
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut sheet = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut sheet).unwrap();
    assert!(sheet.contains("fitToPage=\"1\"") && sheet.contains("paperSize=\"9\""), "{sheet}");
    let setup = &sheet[sheet.find("<pageSetup").unwrap()..];
    let setup = &setup[..setup.find('>').unwrap()];
    assert!(!setup.contains("landscape") && !setup.contains("fitToHeight=\"0\""), "{setup}");
    // The margins of an official document (GB/T 9704), and no number on a single page.
    let margins = &sheet[sheet.find("<pageMargins").unwrap()..];
    assert!(margins.starts_with("<pageMargins left=\"1.1\" right=\"1.02\" top=\"1.45\""), "{}", &margins[..80]);
    assert!(!sheet.contains("&amp;P"), "{sheet}");
}

/// 研判: in the annual run, for each team with 分析研究, decided or not.
#[test]
fn a_team_that_is_to_be_analysed_gets_its_page() {
    let city = City::new(&[
        "半年考核_班子 B1 目标完成得分=20",
        "年度目标考核 B1 目标完成得分=30 作风改进评价=不明显",
        "+年度考核_班子 年度=2014 单位编号=B1 考核等次=一般",
        "年度考核_干部 G13 考核等次=基本称职",
        "-年度考核_干部 G14",
    ]);
    city.run("half-year");
    city.decide(H, "通报名单", &[("2015-H-通报-T-B1", "同意", "")]);
    assert!(!city.output().join(H).join("研判").exists());
    city.run("annual");
    let folder = city.output().join("2015-annual/研判");
    let found: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(found, ["B1-甲局.xlsx"]);
    let text = words(&folder.join("B1-甲局.xlsx"));
    for part in [
        "内部资料",
        "市委目督办",
        "20",
        "30",
        "半年得分线 60",
        "2014",
        "一般",
        "分析研究",
        "未审定",
        "赵一",
        "党组书记",
        "孙三",
        "基本称职",
        "诫勉谈话",
        "没有上一年审定的事项",
        // What is open is cited as on the lists, and not by the names that rules have in the pack.
        "缺考核等次（《办法》第四部分〔规则4.1〕、《办法》第四部分〔规则4.4〕、",
    ] {
        assert!(text.replace('\n', "").contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("4.1-cadre"), "{text}");
    // The page is there too once all is decided, and says so.
    city.decide("2015-annual", "整改整顿名单", &[("2015-A-分析研究-T-B1", "不同意", "")]);
    city.run("annual");
    assert!(words(&folder.join("B1-甲局.xlsx")).contains("不同意"));
}

/// A talk that the register of last year holds counts like one of 谈话记录: the page tells that it was held, once.
#[test]
fn the_page_tells_a_talk_that_stands_in_the_register() {
    let line = "2015-H-约谈-C-G13";
    let mut city = City::new(&["+半年考核_干部 干部编号=G13 目标完成得分=20"]);
    city.run("half-year");
    city.decide(H, "约谈名单", &[(line, "同意", "")]);
    record(&city, H, "档案登记", &[(["特别监督档案", "G13"], "谈话日期", "2015-08-03")]);
    city.edit("+半年考核_班子 年度=2016 单位编号=B1 目标完成得分=20");
    city.edit("+年度目标考核 年度=2016 单位编号=B1 目标完成得分=30 作风改进评价=不明显");
    let told = |city: &City| {
        city.try_run("annual --year 2016");
        words(&city.output().join("2016-annual/研判/B1-甲局.xlsx"))
    };
    let text = told(&city);
    assert!(text.contains("2015-08-03 约谈") && !text.contains("没有记载"), "{text}");
    // The archive has it as an answer already, and does not take it for a talk that was handed in.
    assert!(!explained(&city, "G13", &[]).contains("谈话　2015-08-03"));
    city.edit(&format!("+谈话记录 谈话类型=约谈 谈话日期=2015-08-03 干部编号=G13 处理编号={line}"));
    assert_eq!(told(&city).matches("2015-08-03 约谈").count(), 1);
    assert!(explained(&city, "G13", &[]).contains("谈话　2015-08-03 约谈"));
}
