//! The story of two years through the command line: half-year, meeting, record, talks, annual, meeting, record, tasks
//! overdue, and a second year with 4.5 and an influence period. Its ledger is a golden file.

use std::fmt::Write;
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};

use super::meeting::{as_shown, record, shown};
use crate::rules::city::{City, kaohe};

const TEAMS: [&str; 3] = ["B1", "B2", "B3"];
const CADRES: [&str; 8] = ["G11", "G12", "G13", "G14", "G21", "G22", "G31", "G32"];

/// The ledger without what the clock wrote: sheet by sheet, row by row.
fn ledger(city: &City, as_of: &str) -> String {
    let file = city.output().join("../台账.xlsx");
    let mut command = kaohe();
    command.args(["archive", "export"]).arg(&file).args(["--as-of", as_of]);
    let ended = command.arg("--archive").arg(city.output().join("档案.db")).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(0), "{said}");
    let mut text = String::new();
    let mut book: Xlsx<_> = open_workbook(&file).unwrap();
    for name in ["督办", "影响期", "逐人"] {
        writeln!(text, "== {name}").unwrap();
        for row in book.worksheet_range(name).unwrap().rows() {
            let cell = |cell: &Data| match cell {
                Data::DateTime(time) => as_shown("日期", &(time.as_f64() as i64).to_string()),
                other => other.to_string(),
            };
            let cells: Vec<String> = row.iter().map(cell).collect();
            writeln!(text, "{}", cells.join(" | ").trim_end_matches([' ', '|'])).unwrap();
        }
    }
    let summary = said.lines().find(|line| line.contains("逾期")).unwrap();
    writeln!(text, "== {}", &summary[summary.find("截至").unwrap()..]).unwrap();
    text
}

#[test]
fn two_years_ask_for_nothing_twice_and_end_in_this_ledger() {
    // Half-year of 2015: B1 is weak, a lead about G32 is true, one about G31 open.
    let mut city = City::new(&[
        "半年考核_班子 B1 目标完成得分=20",
        "+问题线索 线索编号=X1 对象=G31 线索来源=市级领导",
        "+问题线索 线索编号=X2 对象=G32 线索来源=市级领导 核实结果=属实 情节=轻微",
    ]);
    let h = "2015-half-year";
    city.run("half-year");

    let (one, two) = (["2015-H-约谈-C-G11", "G11"], ["2015-H-约谈-C-G12", "G12"]);
    record(&city, h, "约谈名单", &[(one, "委员会意见", "同意"), (two, "委员会意见", "同意")]);
    let letter = ["2015-H-函询-C-G31", "G31"];
    record(&city, h, "函询核实名单", &[(letter, "委员会意见", "同意"), (letter, "决定日期", "2015-07-10")]);
    let admonition = ["2015-H-诫勉谈话-C-G32", "G32"];
    record(&city, h, "诫勉谈话名单", &[(admonition, "委员会意见", "同意"), (admonition, "决定日期", "2015-07-10")]);
    // The talk with G11 is entered in the register, that with G12 in 谈话记录; nobody enters either twice.
    record(&city, h, "档案登记", &[(["年度考核管理档案", "G11"], "谈话日期", "2015-07-20")]);
    city.edit("+谈话记录 谈话日期=2015-07-21 谈话类型=约谈 干部编号=G12 处理编号=2015-H-约谈-C-G12");
    city.edit("+谈话记录 谈话日期=2015-08-03 干部编号=G32 处理编号=2015-H-诫勉谈话-C-G32");
    city.run("half-year");
    let states = shown(&city, h, "档案登记", &["状态", "谈话日期"]);
    assert!(states.iter().all(|row| row[0] == "可归档" && !row[1].is_empty()), "{states:?}");
    let papers = city.output().join(h).join("文书");
    assert!(papers.join("约谈通知书/G11-赵一.xlsx").is_file() && papers.join("函询通知书/G31-郑七.xlsx").is_file());
    // Annual of 2015: B2 is 一般, G22 优秀.
    city.edit("年度考核_班子 B2 考核等次=一般");
    city.edit("年度考核_干部 G22 考核等次=优秀 特别优秀=是");
    city.run("annual");
    let a = "2015-annual";
    assert_eq!(shown(&city, a, "诫勉谈话名单", &["编号", "委员会意见"])[0], ["G21", ""]);
    let (agreed, rectify) = (["2015-A-诫勉谈话-C-G21", "G21"], ["2015-A-限期整改-T-B2", "B2"]);
    record(&city, a, "诫勉谈话名单", &[(agreed, "委员会意见", "同意"), (agreed, "决定日期", "2016-01-20")]);
    record(
        &city,
        a,
        "整改整顿名单",
        &[(rectify, "委员会意见", "同意"), (rectify, "决定日期", "2016-01-20"), (rectify, "整改期限", "2016-06-30")],
    );
    city.run("annual");
    assert!(city.output().join(a).join("文书/整改通知书/B2-乙区.xlsx").is_file());
    // The second year: G21 and G32 are 基本称职, so 4.5 follows; G22 was admonished in August and is 优秀.
    for team in TEAMS {
        city.edit(&format!("+半年考核_班子 年度=2016 单位编号={team}"));
        city.edit(&format!("+年度目标考核 年度=2016 单位编号={team}"));
        city.edit(&format!("+年度考核_班子 年度=2016 单位编号={team} 考核等次=良好"));
    }
    for cadre in CADRES {
        let grade = match cadre {
            "G21" | "G32" => "基本称职",
            "G22" => "优秀",
            _ => "称职",
        };
        city.edit(&format!("+年度考核_干部 年度=2016 干部编号={cadre} 考核等次={grade}"));
    }
    city.edit("+谈话记录 谈话日期=2016-08-20 干部编号=G22");
    let second = city.run("annual --year 2016");
    for cadre in ["G21", "G32"] {
        assert_eq!(second.line("调整建议", cadre)["rules"], serde_json::json!(["4.5"]), "{cadre}");
    }
    let hints = shown(&city, "2016-annual", "表彰使用名单", &["编号", "提示"]);
    let praised = hints.iter().find(|row| row[0] == "G22").unwrap();
    assert!(praised[1].contains("2016-08-20至2017-02-20"), "{praised:?}");
    let found = ledger(&city, "2016-07-01");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/expected/story/ledger.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::create_dir_all(golden.parent().unwrap()).unwrap();
        std::fs::write(&golden, &found).unwrap();
    }
    assert_eq!(found, std::fs::read_to_string(&golden).unwrap_or_default(), "UPDATE_EXPECT=1 writes it anew");
    let ended = kaohe().args(["archive", "verify", "--archive"]).arg(city.output().join("档案.db")).output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
}
