//! What cannot hold together is refused when a pack is loaded, with the file that it stands in.

use super::{edited, pack};

/// Loads the pack with an edit; it is refused with these words, and `file` is pointed at.
#[track_caller]
fn refused(edit: (&str, &str, &str), file: &str, said: &str) {
    let ended = pack("show", &edited("kunming-2015", &[edit]));
    assert_eq!(ended.code, 1, "{}", ended.text);
    assert!(ended.text.contains(said), "{said}: {}", ended.text);
    assert!(ended.text.contains(&format!("--> {file}")), "{}", ended.text);
}

#[test]
fn names_that_would_fail_only_in_a_run() {
    let dates = "actions = [\"约谈\"]\ndates = \"本年已约谈\"";
    refused(("handoff.toml", dates, &dates.replace("本年", "本月")), "handoff.toml", "提示「本年已约谈」的 dates：");
    let shown = "shown = [\"线索编号\", \"线索来源\"";
    refused(("facts.toml", shown, &shown.replace("来源", "出处")), "tables.toml", "表「问题线索」的 shown：");
    refused(("facts.toml", "by = \"关于\"\n", "by = \"对于\"\n"), "facts.toml", "事实「已决定线索」：by：");
    refused(("facts.toml", "by = \"关于\"\n", ""), "facts.toml", "事实「已决定线索」：没有写 by");
    refused(("handoff.toml", "rules = [\"1.3\"]", "rules = [\"1.33\"]"), "handoff.toml", "没有规则「1.33」");
}

#[test]
fn what_stands_once_in_a_pack_is_pointed_at_in_its_own_file() {
    let grades = "grades = [\"考核等次\"]";
    refused(("pack.toml", grades, &grades.replace("等次", "等")), "pack.toml", "没有名为「考核等」的事实");
    refused(("tables.toml", "groups = [\n", "groups = [\n  \"\",\n"), "tables.toml", "groups 中有一个空的分组词");
}

#[test]
fn a_reference_that_would_never_apply() {
    let when = "label = \"单位名称\", when = { column = \"反映对象\", value = \"班子\" }";
    refused(
        ("tables.toml", when, &when.replace("\"班子\"", "\"单位\"")),
        "tables.toml",
        "列「反映对象」没有值「单位」，可用：班子、干部",
    );
}

#[test]
fn percentages_in_a_column_that_holds_no_numbers() {
    let year = "{ name = \"所属年度\", type = \"year\", ";
    refused(
        ("tables.toml", year, &format!("{year}percent = true, ")),
        "tables.toml",
        "列「所属年度」不是数字列，不能写 percent = true",
    );
}

#[test]
fn names_that_would_mean_two_things() {
    let parameter = |name: &str| {
        format!(
            "\n[[parameter]]\nname = \"{name}\"\nreference = \"《办法》\"\ngiven = true\nvalues = [{{ from = 2000-01-01, value = 1 }}]\n"
        )
    };
    for (name, taken) in [("简称", "列"), ("半年落实不力", "事实"), ("本年", "本次运行的固定名称")]
    {
        refused(("parameters.toml", "", &parameter(name)), "parameters.toml", &format!("参数「{name}」与{taken}同名"));
    }
    let fact = "\n[[fact]]\nof = \"team\"\nname = \"半年落实不力\"\nis = \"TRUE\"\n";
    refused(("facts.toml", "", fact), "facts.toml", "事实「半年落实不力」定义了两次");
    refused(
        (
            "pack.toml",
            "",
            "\n[membership]\ntable = \"干部名册\"\nmember = \"cadre\"\nunit = \"team\"\nrole = \"班子职务\"\n",
        ),
        "tables.toml",
        "写了两次",
    );
    refused(
        ("handoff.toml", "name = \"档案登记\"", "name = \"约谈名单\""),
        "handoff.toml",
        "登记表「约谈名单」与名单同名",
    );
}

#[test]
fn a_second_fork_would_hide_the_first() {
    let fork = "\n[[fork]]\ntable = \"谈话记录\"\nfact = \"归属年度\"\nwhen = \"FALSE\"\nvalues = [\"本年\"]\nmissing = \"谈话日期\"\nreading = \"试\"\n";
    refused(("facts.toml", "", fork), "facts.toml", "两可「谈话日期」：一个规则包只能有一处");
}

#[test]
fn a_share_of_people_is_a_number_between_none_and_all() {
    refused(
        ("parameters.toml", "min = 0\nmax = 1\nvalues = [\n", "min = 0\nvalues = [\n"),
        "parameters.toml",
        "参数「交心谈话比例」是比例",
    );
}

#[test]
fn a_table_gives_its_name_to_a_sheet() {
    let long = "问".repeat(32);
    let table = format!(
        "\n[[table]]\nname = \"{long}\"\nabsent = \"empty\"\ncolumn = [{{ name = \"说明\", type = \"text\" }}]\n"
    );
    refused(("tables.toml", "", &table), "tables.toml", "不能用作文件名");
}
