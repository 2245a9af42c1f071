//! What a pack means otherwise than it says is refused when it is loaded: at its line and column, in Chinese, with what
//! to write instead.

use super::{edited, kaohe, pack};
use crate::rules::city::City;

/// A rule of the built-in pack with another condition, and what is said of it where `word` stands.
#[track_caller]
fn condition(of: &str, when: &str, word: &str, said: &[&str]) {
    let rule = format!(
        "\n[[rule]]\nid = \"4.9\"\nprovision = \"4.9\"\nruns = \"A\"\nstage = 1\nof = \"{of}\"\nwhen = \"{when}\"\npropose = [{{ action = \"批评教育\", to = \"itself\" }}]\n"
    );
    refused("rules.toml", &rule, &format!("when = \"{when}\""), word, said);
}

/// A fact over the rows of a table, and what is said of it.
#[track_caller]
fn fact(of: &str, lines: &str, word: &str, said: &[&str]) {
    let fact = format!("\n[[fact]]\nof = \"{of}\"\nname = \"试\"\n{lines}\n");
    refused("facts.toml", &fact, lines.lines().last().unwrap(), word, said);
}

#[track_caller]
fn refused(file: &str, added: &str, line: &str, word: &str, said: &[&str]) {
    let folder = edited("kunming-2015", &[(file, "", added)]);
    let ended = pack("lint", &folder);
    assert_eq!(ended.code, 1, "{}", ended.text);
    for said in said.iter().chain(&["办法: "]) {
        assert!(ended.text.contains(said), "{said}: {}", ended.text);
    }
    // Never a dump of what the parser makes of it.
    assert!(!ended.text.contains("Expr") && !ended.text.contains("dyn int"), "{}", ended.text);
    let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
    let (at, found) = text.lines().enumerate().filter(|(_, one)| one.contains(line)).last().unwrap();
    let column = found[..found.rfind(word).unwrap()].chars().count();
    let place = format!("--> {file}:{}:{}", at + 1, column + 1);
    assert!(ended.text.contains(&place), "{place}: {}", ended.text);
}

#[test]
fn a_trailing_word_is_no_alias() {
    condition("team", "半年落实不力 AND 年度目标仍差 且", "且", &["「且」不应在这里"]);
    condition("team", "半年落实不力 DESC", "DESC", &["「DESC」不应在这里"]);
    fact("team", "from = \"半年考核_班子\"\nvalue = \"MAX(目标完成得分 > 1万)\"", "万", &["「万」不应在这里"]);
}

#[test]
fn a_condition_of_one_row_sums_nothing_up() {
    condition("问题线索", "COUNT(*) > 1", "COUNT", &["COUNT(*) 不能写在这里", "value"]);
    fact(
        "team",
        "from = \"半年考核_班子\"\nvalue = \"COUNT(*)\"\ngiven = \"目标完成得分 > AVG(目标完成得分)\"",
        "AVG",
        &["AVG(数字) 不能写在这里"],
    );
    condition("问题线索", "COUNT(*) OVER () > 1", "COUNT", &["COUNT 的 OVER"]);
}

#[test]
fn a_value_of_many_rows_is_summed_up() {
    fact(
        "team",
        "from = \"半年考核_班子\"\nvalue = \"目标完成得分\"",
        "目标完成得分",
        &["要写在汇总函数之中", "MAX(目标完成得分)"],
    );
}

#[test]
fn what_has_no_order_is_not_ranked() {
    condition("问题线索", "线索来源 > '干部群众'", "线索来源", &["「线索来源」是没有次序的选项", "ordered = true"]);
    condition(
        "问题线索",
        "情节 >= '很重'",
        "'很重'",
        &["「很重」不能与有次序的「情节」比较，可用的值为：轻微、一般、较重、严重"],
    );
}

/// As texts 一般 would be the least and 轻微 the most.
#[test]
fn an_order_is_kept_through_facts_of_facts() {
    let facts = "\n[[fact]]\nof = \"cadre\"\nname = \"最重情节\"\nfrom = \"问题线索\"\nvalue = \"MAX(情节)\"\n\n[[fact]]\nof = \"cadre\"\nname = \"所定情节\"\nis = \"COALESCE(最重情节, '轻微')\"\n";
    let rule = "\n[[rule]]\nid = \"4.9\"\nprovision = \"4.9\"\nruns = \"A\"\nstage = 1\nof = \"cadre\"\nwhen = \"所定情节 >= '较重'\"\nreading = \"试\"\npropose = [{ action = \"批评教育\", to = \"itself\" }]\n";
    let folder = edited("kunming-2015", &[("facts.toml", "", facts), ("rules.toml", "", rule)]);
    let city = City::new(&[
        "+问题线索 线索编号=X1 对象=G11 核实结果=不属实 情节=轻微",
        "+问题线索 线索编号=X2 对象=G12 核实结果=不属实 情节=一般",
        "+问题线索 线索编号=X3 对象=G13 核实结果=不属实 情节=较重",
        "+问题线索 线索编号=X4 对象=G14 核实结果=不属实 情节=轻微",
        "+问题线索 线索编号=X5 对象=G14 核实结果=不属实 情节=严重",
    ]);
    let published = city.run(&format!("annual --pack {}", folder.path().to_str().unwrap()));
    assert_eq!(published.lines(), ["批评教育 C:G13 4.9", "批评教育 C:G14 4.9"]);
}

#[test]
fn what_stands_for_no_row_is_of_the_values_type_and_set() {
    let rows = "from = \"问题线索\"\nvalue = \"MAX(情节)\"\n";
    fact("cadre", &format!("{rows}absent = \"'没有'\""), "'没有'", &["absent「没有」不在可选的值之中"]);
    fact("cadre", &format!("{rows}absent = \"0\""), "0", &["absent 是数字，而 value 是选项"]);
}

#[test]
fn a_text_that_may_be_no_number_is_none() {
    condition("cadre", "CAST(职务 AS INT) > 3", "职务", &["CAST(… AS INT) 不能用于文字", "type = \"number\""]);
}

#[test]
fn types_are_told_apart() {
    condition("问题线索", "收到日期 > '2015-01-01'", "'2015-01-01'", &["日期不能与文字比较", "DATE '2015-06-30'"]);
    condition("team", "NOT 3", "3", &["NOT 后面应当是真假条件，却有数字"]);
    condition("半年考核_班子", "相关责任领导 = '张三'", "相关责任领导", &["名单不能与名单比较"]);
    condition("team", "DATEDIFF(基准日, 年初) > 3", "DATEDIFF", &["不能用 函数 DATEDIFF", "日期 - 日期"]);
}

/// A run decides nothing by a pack that its lint calls wrong.
#[test]
fn a_run_refuses_a_pack_with_lint_errors() {
    let reading = "reading = \"《办法》没有规定年终目标任务完成仍然较差的分数，本部门以不足60分为差\"\n";
    let folder = edited("kunming-2015", &[("parameters.toml", reading, "")]);
    let output = tempfile::tempdir().unwrap();
    let city = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming");
    let (city, named) = (city.to_str().unwrap(), folder.path().to_str().unwrap());
    let run = kaohe(&["annual", city, "--output", output.path().to_str().unwrap(), "--pack", named]);
    assert_eq!(run.code, 1, "{}", run.text);
    assert!(run.text.contains("参数「年度得分线」没有说明") && run.text.contains("kaohe pack lint"), "{}", run.text);
    assert_eq!(std::fs::read_dir(output.path()).unwrap().count(), 0);
}

/// Nor does a comparison, whichever of its packs is wrong.
#[test]
fn a_comparison_refuses_a_pack_with_lint_errors() {
    let reading = "reading = \"《办法》没有规定年终目标任务完成仍然较差的分数，本部门以不足60分为差\"\n";
    let folder = edited("kunming-2015", &[("parameters.toml", reading, "")]);
    let dir = tempfile::tempdir().unwrap();
    let (city, page) =
        (std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming"), dir.path().join("对比.xlsx"));
    let (city, page, named) = (city.to_str().unwrap(), page.to_str().unwrap(), folder.path().to_str().unwrap());
    for of in [&["--pack", named, "--set", "年度得分线=50"][..], &["--with-pack", named]] {
        let ended = kaohe(&[&["compare", city, "annual", "--output", page][..], of].concat());
        assert_eq!(ended.code, 1, "{}", ended.text);
        assert!(ended.text.contains("kaohe pack lint"), "{}", ended.text);
    }
    assert!(!std::path::Path::new(page).exists());
}

/// Yes and no are conditions by themselves, and blank is unknown.
#[test]
fn a_column_of_yes_and_no_is_a_condition() {
    condition("干部名册", "党务干部 AND TRUE", "党务干部", &["AND、OR 的两边应当是真假条件，却有选项", "yes_no"]);
    let old = "{ name = \"特别优秀\", type = \"choice\", values = [\"是\", \"否\"], default = \"否\" }";
    let new = "{ name = \"特别优秀\", type = \"yes_no\", default = \"否\" }";
    let folder = edited(
        "kunming-2015",
        &[("tables.toml", old, new), ("facts.toml", "value = \"MAX(特别优秀 = '是')\"", "value = \"MAX(特别优秀)\"")],
    );
    // The examples that speak of the column tell; the others would say the same of any pack.
    let file = folder.path().join("examples.toml");
    let examples = std::fs::read_to_string(&file).unwrap();
    let mut parts = examples.split("[[example]]");
    let head = parts.next().unwrap().to_owned();
    let told: Vec<&str> = parts.filter(|example| example.contains("特别优秀")).collect();
    assert!(told.len() > 1);
    std::fs::write(&file, told.iter().fold(head, |text, example| text + "[[example]]" + example)).unwrap();
    let ended = pack("test", &folder);
    assert!(ended.text.contains(&format!("例子 {0} 个，相符 {0} 个", told.len())), "{}", ended.text);
}

/// A word from which nothing follows must be said to be one, and a fact must choose words.
#[test]
fn an_action_is_chosen_by_a_fact_of_words() {
    let rule = |by: &str| {
        format!(
            "\n[[rule]]\nid = \"4.9\"\nprovision = \"4.9\"\nruns = \"A\"\nstage = 1\nof = \"cadre\"\npropose = [{{ by = \"{by}\", to = \"itself\" }}]\n"
        )
    };
    refused(
        "rules.toml",
        &rule("党务干部"),
        "by = \"党务干部\"",
        "\"党务干部\"",
        &["「党务干部」是真假，不能由它定处理"],
    );
    refused(
        "rules.toml",
        &rule("考核等次"),
        "by = \"考核等次\"",
        "\"考核等次\"",
        &["「考核等次」的值「优秀」不是处理", "none = [\"优秀\"]"],
    );
}

/// The table of functions is printed as it is tested.
#[test]
fn the_table_of_functions_is_shown() {
    let ended = kaohe(&["pack", "show", "--functions"]);
    assert_eq!(ended.code, 0);
    for said in ["ROUND(2.5) → 3", "0 / 0 → NULL", "条件 IS NOT TRUE", "GREATEST(1, NULL) → NULL", "-1 % 2 → -1"]
    {
        assert!(ended.text.contains(said), "{said}: {}", ended.text);
    }
}

/// A line of an action with a blank in its name would be published, and `record` would know no such line.
#[test]
fn a_blank_in_an_actions_name_is_refused() {
    let folder = edited("kunming-2015", &[("handoff.toml", "name = \"批评教育\"", "name = \"批评 教育\"")]);
    let ended = pack("lint", &folder);
    assert_eq!(ended.code, 1, "{}", ended.text);
    assert!(ended.text.contains("处理或可选方式「批评 教育」的名称里有空格"), "{}", ended.text);
}
