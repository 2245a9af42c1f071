//! `kaohe pack lint`: each lint finds what it is there for, with file, line, remedy and a row that shows it.

use super::{edited, kaohe, pack};

const KUNMING: &str = "kunming-2015";

#[test]
fn built_in_packs_are_clean() {
    for name in [KUNMING, "civil-servant-2020"] {
        let ended = kaohe(&["pack", "lint", "--pack", name]);
        assert_eq!((ended.code, ended.text.contains("没有发现问题")), (0, true), "{name}: {}", ended.text);
    }
}

/// Nothing stands in quotation marks that may not stand in the Measures: the packs tell them in their own words.
#[test]
fn built_in_packs_quote_nothing() {
    for name in [KUNMING, "civil-servant-2020"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/packs").join(name);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            // Mutants are called as the program calls them.
            let told = text.lines().filter(|line| !line.starts_with("mutant = "));
            let quoted = told.filter(|line| line.contains(['“', '”', '「', '」', '『', '‘']));
            assert_eq!(quoted.collect::<Vec<_>>(), [""; 0], "{}", path.display());
        }
    }
}

/// Lints a pack with an edit; the first part of `said` is the file that is pointed at.
#[track_caller]
fn check(edits: &[(&str, &str, &str)], code: i32, said: &[&str]) {
    let ended = pack("lint", &edited(KUNMING, edits));
    assert_eq!(ended.code, code, "{}", ended.text);
    assert!(ended.text.contains(&format!("--> {}:", said[0])), "{}", ended.text);
    for said in &said[1..] {
        assert!(ended.text.contains(said), "{said}: {}", ended.text);
    }
}

fn rule(id: &str, of: &str, rest: &str) -> String {
    format!(
        "\n[[rule]]\nid = \"{id}\"\nprovision = \"4.9\"\nruns = \"A\"\nstage = 1\nof = \"{of}\"\n{rest}\npropose = [{{ action = \"批评教育\", to = \"itself\" }}]\n"
    )
}

#[test]
fn what_settles_an_open_question_says_why() {
    let reading = "reading = \"《办法》没有规定年终目标任务完成仍然较差的分数，本部门以不足60分为差\"\n";
    let said = ["parameters.toml", "错误: 参数「年度得分线」没有说明是原文所定还是本部门口径", "办法: ", "reading"];
    check(&[("parameters.toml", reading, "")], 1, &said);
    let old =
        "propose = [{ action = \"优先提拔重用\", to = \"itself\", options = [\"提拔\", \"重用\"], given = true }]";
    let said = ["rules.toml", "错误: 规则「4.2」的「优先提拔重用」没有说明可选方式是原文所定还是本部门口径"];
    check(&[("rules.toml", old, &old.replace(", given = true", ""))], 1, &said);
    let said = ["rules.toml", "错误: 规则「4.9」直接写了界限 「严重」，没有说明"];
    check(&[("rules.toml", "", &rule("4.9", "问题线索", "when = \"情节 = '严重'\""))], 1, &said);
    let said = ["parameters.toml", "错误: 参数「交心谈话比例」未能核实，却没有说明本部门按什么办", "reading"];
    check(&[("parameters.toml", "given = true\n", "given = true\nunconfirmed = \"条号\"\n")], 1, &said);
    let said = ["rules.toml", "错误: 规则「4.4」未能核实，却没有说明本部门按什么办"];
    check(&[("rules.toml", "id = \"4.4\"\n", "id = \"4.4\"\nunconfirmed = \"条号\"\n")], 1, &said);
    let fact =
        "\n[[fact]]\nof = \"team\"\nname = \"满分\"\nfrom = \"半年考核_班子\"\nvalue = \"MAX(目标完成得分 >= 95)\"\n";
    let said = ["facts.toml", "错误: 事实「满分」直接写了界限 95", "提醒: 没有规则、提示或统计用到事实「满分」"];
    check(&[("facts.toml", "", fact)], 1, &said);
}

#[test]
fn a_grade_that_no_rule_covers() {
    let old = "aliases = [\"班子等次\"], values = [\"优秀\", \"良好\", ";
    let edits = [("tables.toml", old, "aliases = [\"班子等次\"], values = [\"优秀\", \"良好\", \"较好\", ")];
    let said = [
        "tables.toml",
        "错误: 表「年度考核_班子」的「考核等次」取值「较好」时没有规则成立：考核等次=较好，无论其他事实如何",
        "[[silent]] table = \"年度考核_班子\" column = \"考核等次\" values = [\"较好\"]",
    ];
    check(&edits, 1, &said);
    let silent =
        "\n[[silent]]\ntable = \"年度考核_班子\"\ncolumn = \"考核等次\"\nvalues = [\"较好\"]\nreading = \"不作处理\"\n";
    let both = [edits[0], ("deliberate.toml", "", silent)];
    assert_eq!(pack("lint", &edited(KUNMING, &both)).code, 0);
    let needless = silent.replace("较好", "优秀");
    check(&[("deliberate.toml", "", &needless)], 0, &["deliberate.toml", "提醒: [[silent]] 说「优秀」没有规则"]);
}

#[test]
fn a_rule_that_never_holds() {
    let cases = [
        ("cadre", "when = \"考核等次 = '优秀' AND 考核等次 = '称职'\""),
        ("问题线索", "scope = \"未结\"\nwhen = \"属实\""),
        ("问题线索", "when = \"收到日期 > 基准日 AND 计入\""),
        ("cadre", "when = \"特别优秀 AND NOT 特别优秀\""),
    ];
    for (of, condition) in cases {
        check(&[("rules.toml", "", &rule("4.9", of, condition))], 1, &["rules.toml", "错误: 规则「4.9」永远不会成立"]);
    }
}

/// Whether there is a day at all can be so or not, whatever else the pack compares days with; and a rule about very
/// many things is tried like others.
#[test]
fn a_rule_that_can_hold_is_not_told() {
    let many = "when = \"任现职时间 IS NOT NULL AND 考核等次 IN ('称职', '不定等次') AND 特别优秀 AND 党务干部\"";
    let cases = [
        ("cadre", "when = \"任现职时间 IS NOT NULL\""),
        ("问题线索", "when = \"核实日期 IS NOT NULL\""),
        ("cadre", many),
    ];
    for (of, condition) in cases {
        let ended = pack("lint", &edited(KUNMING, &[("rules.toml", "", &rule("4.9", of, condition))]));
        assert!(
            !ended.text.contains("永远不会成立") && !ended.text.contains("总是成立"),
            "{condition}: {}",
            ended.text
        );
    }
}

#[test]
fn a_rule_that_always_holds() {
    for condition in ["when = \"TRUE\"", "when = \"特别优秀 IS NULL OR 特别优秀 OR NOT 特别优秀\""] {
        check(&[("rules.toml", "", &rule("4.9", "cadre", condition))], 0, &["rules.toml", "提醒: 规则「4.9」总是成立"]);
    }
}

#[test]
fn rules_that_always_hold_together_are_shown_with_a_row() {
    let same = rule("4.9", "cadre", "when = \"NOT (考核等次 <> '基本称职')\"");
    let said = ["rules.toml", "提醒: 规则「4.4」与「4.9」总是一起成立，例如：考核等次=基本称职", "[[together]]"];
    check(&[("rules.toml", "", &same)], 0, &said);
    let declared = "\n[[together]]\nrules = [\"4.4\", \"4.9\"]\nreading = \"有意\"\n";
    let ended = pack("lint", &edited(KUNMING, &[("rules.toml", "", &same), ("deliberate.toml", "", declared)]));
    assert!(!ended.text.contains("总是一起成立"), "{}", ended.text);
}

#[test]
fn rules_that_never_hold_together_are_shown_with_rows() {
    let rules = rule("4.9", "cadre", "when = \"考核等次 = '称职' AND 特别优秀\"");
    let rules = rules + &rule("4.10", "cadre", "when = \"考核等次 = '称职' AND NOT 特别优秀\"");
    let said = [
        "rules.toml",
        "提醒: 规则「4.9」与「4.10」不可能同时成立；前者成立如：考核等次=称职，特别优秀=是；后者成立如：考核等次=称职，特别优秀=否",
        "[[exclusive]]",
    ];
    check(&[("rules.toml", "", &rules)], 0, &said);
    // Different grades exclude each other as a matter of course.
    let graded = rule("4.9", "cadre", "when = \"考核等次 = '称职' AND 特别优秀\"");
    let ended = pack("lint", &edited(KUNMING, &[("rules.toml", "", &graded)]));
    assert!(!ended.text.contains("不可能同时成立"), "{}", ended.text);
}

#[test]
fn good_and_bad_news_that_can_meet() {
    let handoff = "tone = \"positive\"\nbeside = \"考核好而又有线索或责任的，两者都列出并作标记，由委员会权衡\"\nannounced = true";
    let said = [
        "handoff.toml",
        "提醒: 「表彰奖励」（规则「4.1-team」）与不利的「分析研究」（规则「1.5」）可能同时及于一个对象：考核等次=优秀",
        "beside",
    ];
    check(&[("handoff.toml", handoff, "tone = \"positive\"\nannounced = true")], 0, &said);
}

#[test]
fn parameters_without_value_in_force_or_use() {
    let parameter = "\n[[parameter]]\nname = \"备用线\"\nunit = \"分\"\nreference = \"本部门规定\"\nreading = \"备用\"\nvalues = [{ from = 2015-01-01, value = 1 }]\n";
    let said = [
        "parameters.toml",
        "提醒: 参数「备用线」自 2015-01-01 起才有值，而规则包自 2000-01-01 起适用",
        "提醒: 参数「备用线」没有规则或事实使用",
    ];
    check(&[("parameters.toml", "", parameter)], 0, &said);
}

#[test]
fn facts_tables_lists_and_actions_that_nothing_uses() {
    let table = "\n[[table]]\nname = \"群众测评\"\nabsent = \"empty\"\nrefers = [{ kind = \"team\", id = \"单位编号\", label = \"单位名称\" }]\ncolumn = [{ name = \"单位编号\", type = \"id\", required = true }, { name = \"单位名称\", type = \"name\" }, { name = \"满意率\", type = \"number\", required = true }]\n";
    check(&[("tables.toml", "", table)], 0, &["tables.toml", "提醒: 没有事实、规则或统计用到表「群众测评」"]);
    let list = "\n[[list]]\nname = \"备用名单\"\nempty = \"无。\"\n";
    check(&[("handoff.toml", "", list)], 0, &["handoff.toml", "提醒: 名单「备用名单」没有任何处理"]);
    let action = "\n[[action]]\nname = \"备用\"\nlist = \"通报名单\"\ntone = \"neutral\"\n";
    check(&[("handoff.toml", "", action)], 0, &["handoff.toml", "提醒: 没有规则提出处理「备用」"]);
}

#[test]
fn rules_that_wait_for_nothing() {
    let first = "id = \"4.5\"\nprovision = \"4.5\"\nruns = \"A\"\nstage = 3";
    let said =
        ["rules.toml", "错误: 规则「4.5」在年度运行的第 1 阶段，之前没有阶段：它用到的事实「本次拟诫勉」总是没有内容"];
    check(&[("rules.toml", first, &first.replace("stage = 3", "stage = 1"))], 1, &said);
    let said = ["rules.toml", "提醒: 没有规则在第 3 阶段，而规则「4.5」在第 4 阶段"];
    check(&[("rules.toml", first, &first.replace("stage = 3", "stage = 4"))], 0, &said);
    let fact = "\n[[fact]]\nof = \"cadre\"\nname = \"本次拟通报\"\nfrom = \"@proposed\"\ngiven = \"处理 = '通报'\"\nvalue = \"COUNT(*) > 0\"\nabsent = \"FALSE\"\n";
    let waits = rule("4.9", "cadre", "when = \"本次拟通报\"").replace("stage = 1", "stage = 2");
    let said =
        ["rules.toml", "错误: 规则「4.9」用到的事实「本次拟通报」等的是「通报」，但年度运行中更早的阶段没有规则提出"];
    check(&[("facts.toml", "", fact), ("rules.toml", "", &waits)], 1, &said);
}

#[test]
fn a_provision_in_no_part() {
    let odd = rule("9.1", "cadre", "when = \"特别优秀 AND 考核等次 = '称职'\"").replace("\"4.9\"", "\"9.1\"");
    check(&[("rules.toml", "", &odd)], 0, &["rules.toml", "提醒: 规则「9.1」的条款「9.1」不在任何一部分"]);
}

/// A word that its closed set does not hold is shown where it stands, with the nearest that it does.
#[test]
fn words_that_no_set_holds() {
    let cases = [
        ("cadre", "when = \"考核等次 = '基本称值'\"", "「考核等次」不会等于「基本称值」，是否要写「基本称职」？"),
        ("cadre", "when = \"考核等次 IN ('优秀', '良好')\"", "「考核等次」不会等于「良好」"),
        ("问题线索", "when = \"线索来源 = '12380'\"", "「线索来源」不会等于「12380」"),
        ("cadre", "when = \"班子职务 <> '主要领导'\"", "「班子职务」不会等于「主要领导」"),
    ];
    for (of, condition, said) in cases {
        let text = rule("4.9", of, condition);
        let folder = edited(KUNMING, &[("rules.toml", "", &text)]);
        let ended = pack("lint", &folder);
        let file = std::fs::read_to_string(folder.path().join("rules.toml")).unwrap();
        let line = file.lines().position(|line| line == condition).unwrap() + 1;
        assert_eq!(ended.code, 1, "{said}: {}", ended.text);
        assert!(ended.text.contains(&format!("--> rules.toml:{line}:")), "{said}: {}", ended.text);
        assert!(ended.text.contains(said) && ended.text.contains("可用的值："), "{said}: {}", ended.text);
    }
    let fact = "\n[[fact]]\nof = \"cadre\"\nname = \"上年降级\"\nfrom = \"@archive\"\ngiven = \"处理 = '降级' AND 意见 = '赞成'\"\nvalue = \"COUNT(*) > 0\"\nabsent = \"FALSE\"\n";
    check(&[("facts.toml", "", fact)], 1, &["facts.toml", "「处理」不会等于「降级」", "「意见」不会等于「赞成」"]);
}

/// No witness found is no proof: where values are days, words, patterns or worked out, nothing is told.
#[test]
fn what_can_hold_is_never_said_to_hold_nowhere() {
    for (of, when) in [
        ("问题线索", "收到日期 > DATE '2014-02-28' AND 收到日期 < DATE '2014-03-02'"),
        ("问题线索", "EXTRACT(MONTH FROM 收到日期) = 2 AND EXTRACT(DAY FROM 收到日期) = 29"),
        ("问题线索", "核实日期 - 收到日期 = 45"),
        ("问题线索", "线索编号 LIKE 'K-7%'"),
        ("问题线索", "线索编号 IN ('甲', '乙')"),
        ("半年考核_班子", "目标完成得分 / 2 = 0.5"),
        ("半年考核_班子", "ROUND(目标完成得分, 1) = 59.6"),
    ] {
        let folder = edited(KUNMING, &[("rules.toml", "", &rule("4.9", of, &format!("when = \"{when}\"")))]);
        let ended = pack("lint", &folder);
        assert!(!ended.text.contains("永远不会成立"), "{when}: {}", ended.text);
    }
}

#[test]
fn a_blank_that_becomes_no_is_told() {
    let fact = |lines: &str| {
        let fact = format!("\n[[fact]]\nof = \"team\"\nname = \"试\"\nfrom = \"半年考核_班子\"\n{lines}\n");
        pack("lint", &edited(KUNMING, &[("facts.toml", "", &fact)]))
    };
    let ended = fact("given = \"目标完成得分 < 50\"\nvalue = \"COUNT(*)\"\nabsent = \"0\"");
    assert!(ended.text.contains("事实「试」的 given：「目标完成得分」可以不填，没有填的行不计入"), "{}", ended.text);
    assert!(ended.text.contains("COALESCE(条件, FALSE)"), "{}", ended.text);
    let ended = fact("value = \"MAX(目标完成得分 < 50)\"");
    assert!(ended.text.contains("事实「试」的 value：「目标完成得分」可以不填，没有填的行略过不看"), "{}", ended.text);
    for told in
        ["given = \"COALESCE(目标完成得分 < 50, FALSE)\"", "given = \"目标完成得分 IS NOT NULL AND 目标完成得分 < 50\""]
    {
        let ended = fact(&format!("{told}\nvalue = \"COUNT(*)\"\nabsent = \"0\""));
        assert!(!ended.text.contains("可以不填"), "{told}: {}", ended.text);
    }
}

#[test]
fn a_part_that_is_always_true_is_told() {
    let always = rule("4.9", "半年考核_班子", "reading = \"试\"\nwhen = \"目标完成得分 >= 0 AND 单位编号 = 'B1'\"");
    check(&[("rules.toml", "", &always)], 0, &["rules.toml", "提醒: 规则「4.9」的「目标完成得分 >= 0」总是成立"]);
}

/// Rules of which one is the negation of the other are meant so.
#[test]
fn opposites_need_no_declaration() {
    let scope = "scope = \"考核等次 = '称职'\"\n";
    let rules = rule("4.9", "cadre", &format!("{scope}when = \"特别优秀\""));
    let rules = rules + &rule("4.10", "cadre", &format!("{scope}when = \"NOT 特别优秀\""));
    let ended = pack("lint", &edited(KUNMING, &[("rules.toml", "", &rules)]));
    assert!(!ended.text.contains("不可能同时成立"), "{}", ended.text);
}
