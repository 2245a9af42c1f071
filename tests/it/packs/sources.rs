//! What decided, and what is blank, in packs of others: sources lead down to the cells.

use super::{edited, pack};
use crate::rules::city::{City, texts};
use crate::rules::pendings::asked;

const KUNMING: &str = "kunming-2015";

fn rule(of: &str, when: &str) -> String {
    format!(
        "\n[[rule]]\nid = \"4.9\"\nprovision = \"4.9\"\nruns = \"A\"\nstage = 1\nof = \"{of}\"\nwhen = \"{when}\"\npropose = [{{ action = \"批评教育\", to = \"itself\" }}]\n"
    )
}

fn fact(of: &str, name: &str, rest: &str) -> String {
    format!("\n[[fact]]\nof = \"{of}\"\nname = \"{name}\"\n{rest}\n")
}

/// Facts of facts, through an aggregate and the subjects that its rows are about: two cells of two people.
#[test]
fn an_unknown_fact_leads_to_the_blank_cells_through_facts_rows_and_people() {
    let facts = fact("cadre", "任职年", "is = \"EXTRACT(YEAR FROM 任现职时间)\"")
        + &fact("cadre", "新任职", "is = \"任职年 >= 本年\"")
        + &fact("team", "有新任职", "from = \"干部名册\"\nvalue = \"MAX(新任职)\"")
        + &fact("team", "须提醒", "is = \"有新任职 AND 考核等次 = '良好'\"");
    let posts: Vec<String> = ["G11", "G12", "G13", "G14", "G21", "G22"]
        .map(|cadre| format!("干部名册 {cadre} 任现职时间=2012-03-01"))
        .to_vec();
    let edits: Vec<&str> = posts.iter().map(String::as_str).collect();
    let rules = rule("team", "须提醒");
    let folder = edited(KUNMING, &[("rules.toml", "", &rules), ("facts.toml", "", &facts)]);
    let command = format!("annual --pack {}", folder.path().to_str().unwrap());
    let (missing, sources, remedy) = asked(&City::new(&edits), &command, "4.9", "B3");
    assert_eq!(missing, ["须提醒"]);
    // 任现职时间 stands in the last column; the people of B3 are the last two.
    let blank: Vec<&String> = sources.iter().filter(|source| source.contains("干部名册")).collect();
    assert_eq!(blank, ["报送.xlsx!干部名册!G8", "报送.xlsx!干部名册!G9"], "{sources:?}");
    assert_eq!(remedy, "请市委组织部在《干部名册》中补齐「任现职时间」，以查明「须提醒」");
}

/// A row of which nobody knows whether it counts is left out: what is unknown for that, or unknown because the fact is
/// then no, leads to the cell that would tell.
#[test]
fn an_unknown_fact_leads_to_the_blank_that_leaves_a_row_out() {
    let from = "from = \"问题线索\"\ngiven = \"核实日期 >= 年初\"\nvalue = ";
    let no = |is: &str| {
        let counted = format!("{from}\"COUNT(*) > 0\"\nabsent = \"FALSE\"");
        fact("cadre", "今年核实", &counted) + &fact("cadre", "须研究", &format!("is = \"{is}\""))
    };
    for facts in [
        fact("cadre", "须研究", &format!("{from}\"MAX(情节 >= 调整建议起点情节)\"")),
        no("CASE WHEN NOT 今年核实 THEN NULL ELSE 考核等次 = '称职' END"),
        no("CASE WHEN 今年核实 THEN 考核等次 = '称职' END"),
    ] {
        let folder = edited(KUNMING, &[("rules.toml", "", &rule("cadre", "须研究")), ("facts.toml", "", &facts)]);
        let city = City::new(&[
            "+问题线索 线索编号=X2 对象=G14 核实结果=属实 情节=严重 核实日期=2015-06-01",
            "+问题线索 对象=G13 核实结果=属实 情节=严重 核实日期=",
        ]);
        let command = format!("annual --pack {}", folder.path().to_str().unwrap());
        let (missing, sources, remedy) = asked(&city, &command, "4.9", "G13");
        assert_eq!(missing, ["须研究"]);
        // 线索编号 A, 收到日期 B, 线索来源 C, 反映对象 D, 干部编号 E, 问题类型 F, 核实结果 G, 核实日期 H.
        assert!(sources.contains(&"报送.xlsx!问题线索!H3".to_owned()), "{facts}: {sources:?}");
        assert_eq!(remedy, "请市委组织部干部监督机构在《问题线索》中补齐「核实日期」，以查明「须研究」", "{facts}");
    }
}

/// A rule about rows that asks for a fact of the person: the blank cell stands in the register.
#[test]
fn an_unknown_fact_of_whom_a_row_is_about_leads_to_their_cell() {
    let facts = fact("cadre", "任职年", "from = \"干部名册\"\nvalue = \"MAX(EXTRACT(YEAR FROM 任现职时间))\"");
    let rules = rule("问题线索", "任职年 < 本年");
    let shown = "shown = [\"线索编号\", \"线索来源\", \"问题类型\", \"核实结果\", \"情节\"]";
    let folder = edited(
        KUNMING,
        &[
            ("rules.toml", "", &rules),
            ("facts.toml", "", &facts),
            ("facts.toml", shown, &shown.replace("]", ", \"任职年\"]")),
        ],
    );
    let city = City::new(&["+问题线索 对象=G13 核实结果=不属实", "干部名册 G11 任现职时间=2012-03-01"]);
    let published = city.run(&format!("annual --pack {}", folder.path().to_str().unwrap()));
    let case = published.pendings.iter().find(|case| case["rule"] == "4.9").unwrap();
    assert_eq!(texts(&case["missing"]), ["任职年"]);
    assert!(texts(&case["sources"]).contains(&"报送.xlsx!干部名册!G4"), "{case}");
}

/// Where only some of what AND and OR join decides, only that is cited.
#[test]
fn of_several_conditions_of_a_rule_about_rows_those_that_decided_are_cited() {
    let scoped = "未结\"\nscope = \"反映对象 = '班子' OR 收到日期 >= 年初 OR 举报渠道 IS NULL";
    let folder = edited(KUNMING, &[("rules.toml", "", &rule("问题线索", scoped))]);
    let city = City::new(&["+问题线索 对象=G13 线索来源=随机调研 问题类型=不作为 核实结果=核实中 举报渠道=电话"]);
    let published = city.run(&format!("annual --pack {}", folder.path().to_str().unwrap()));
    let grounds = published.line("批评教育", "G13")["grounds"].as_array().unwrap().clone();
    let ground = grounds.iter().find(|ground| ground["rule"] == "4.9").unwrap();
    let books: Vec<&str> = texts(&ground["sources"]).iter().map(|source| source.rsplit('!').next().unwrap()).collect();
    // 收到日期 B and 核实结果 decided; 线索来源 C is among what its rows show, 反映对象 E and 举报渠道 D decided nothing.
    assert!(books.contains(&"B2") && !books.contains(&"D2") && !books.contains(&"E2"), "{books:?}");
}

/// What a condition uses and the grounds do not hold could change without a new 核对码.
#[test]
fn what_a_rule_about_rows_uses_its_rows_show() {
    let refused = |when: &str, name: &str| {
        let folder = edited(KUNMING, &[("rules.toml", "", &rule("问题线索", when))]);
        let ended = pack("lint", &folder);
        assert_eq!(ended.code, 1, "{}", ended.text);
        let message = format!("错误: 规则「4.9」的条件用到「{name}」，而《问题线索》的 shown 中没有");
        let remedy = format!("请把「{name}」写入《问题线索》的 shown（[[row]]）");
        for said in ["--> rules.toml:", &message, &remedy] {
            assert!(ended.text.contains(said), "{said}: {}", ended.text);
        }
        let run = City::new(&[]).try_run(&format!("annual --pack {}", folder.path().to_str().unwrap()));
        assert_eq!(run.status.code(), Some(1));
    };
    refused("未结 AND 举报渠道 = '电话'", "举报渠道");
    refused("党务干部", "党务干部");
    // 未结 follows from 核实结果, which its rows show.
    let folder = edited(KUNMING, &[("rules.toml", "", &rule("问题线索", "未结 AND 问题类型 = '不作为'"))]);
    assert!(!pack("lint", &folder).text.contains("shown"), "{}", pack("lint", &folder).text);
}
