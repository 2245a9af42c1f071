//! What `--set` changes beside the rules, whose cases stand in the pack's examples; a wrong name or value is a usage error.

use serde_json::json;

use super::city::{City, rows_of};

/// A number counts as stored; where it is shown on the other side of the line, whoever answers for the sheet is told.
#[test]
fn a_score_shown_on_the_other_side_of_the_line_is_told_on_every_list_that_rests_on_it() {
    let city = City::new(&[
        "半年考核_班子 B1 目标完成得分=~64.6~0",
        "半年考核_班子 B2 目标完成得分=~59.6~0",
        "半年考核_班子 B3 目标完成得分=~40.4~0",
    ]);
    let hints = |set: &str| -> Vec<(String, String)> {
        city.run(&format!("half-year {set}"));
        let lists = ["通报名单", "约谈名单"].map(|list| city.output().join(format!("2015-half-year/{list}.xlsx")));
        let rows = lists.iter().flat_map(|list| {
            let rows = rows_of(list);
            let head = rows.iter().position(|row| row.contains(&"提示".to_owned())).unwrap();
            let at = |name: &str| rows[head].iter().position(|cell| cell == name).unwrap();
            let (hint, id) = (at("提示"), at("编号"));
            rows[head + 1..].iter().map(|row| (row[id].clone(), row[hint].clone())).collect::<Vec<_>>()
        });
        rows.filter(|(_, hint)| hint.contains("显示为")).collect()
    };
    let told = |ids: &[&str], hint: &str| -> Vec<(String, String)> {
        ids.iter().map(|id| ((*id).to_owned(), hint.to_owned())).collect()
    };
    assert_eq!(hints(""), told(&["B2", "G21"], "D3显示为60，实为59.6"));
    assert_eq!(hints("--set 半年得分线=65"), told(&["B1", "G11", "G12"], "D2显示为65，实为64.6"));
    let issues = std::fs::read_to_string(city.output().join("2015-half-year/data/issues.jsonl")).unwrap();
    let issues: Vec<serde_json::Value> = issues.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = issues.iter().map(|issue| (&issue["cell"], &issue["value"], &issue["severity"])).collect();
    assert_eq!(told, [(&json!("D2"), &json!("65"), &json!("warning"))]);
}

#[test]
fn share_of_talks() {
    // Eight cadres.
    for (set, talks) in [
        ("", 3),
        ("--set 交心谈话比例=0", 0),
        ("--set 交心谈话比例=0.125", 1),
        ("--set 交心谈话比例=0.126", 2),
        ("--set 交心谈话比例=1", 8),
        // A nought has no sign, and a number no more than fifteen digits.
        ("--set 交心谈话比例=-0", 0),
        ("--set 交心谈话比例=0.12500000000000003", 1),
    ] {
        let published = City::new(&[]).run(&format!("half-year {set}"));
        assert_eq!(published.talks().len(), talks, "{set}");
    }
}

#[test]
fn run_json_says_which_values_were_used() {
    let published = City::new(&[]).run("half-year --set 半年得分线=65.500000000000014 --set 调整建议起点情节=一般");
    let parameters = json!([
        {"name": "半年得分线", "value": 65.5, "from": "--set"},
        {"name": "年度得分线", "value": 60.0, "from": "pack"},
        {"name": "调整建议起点情节", "value": "一般", "from": "--set"},
        {"name": "交心谈话比例", "value": 0.3, "from": "pack"},
        {"name": "诫勉影响期", "value": 6.0, "from": "pack"},
    ]);
    let found: Vec<_> = published.run["parameters"].as_array().unwrap().iter().map(numbers_as_floats).collect();
    assert_eq!(json!(found), parameters);
}

/// 60 and 60.0 are one number.
fn numbers_as_floats(parameter: &serde_json::Value) -> serde_json::Value {
    let mut parameter = parameter.clone();
    if let Some(number) = parameter["value"].as_f64() {
        parameter["value"] = json!(number);
    }
    parameter
}

/// The pack's values begin with 2000.
#[test]
fn a_year_without_a_value_in_force() {
    let city = City::new(&[]);
    let ended = city.try_run("annual --year 1999 --set 半年得分线=60 --set 交心谈话比例=0.1");
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{told}");
    for (name, lacking) in
        [("年度得分线", true), ("调整建议起点情节", true), ("半年得分线", false), ("交心谈话比例", false)]
    {
        assert_eq!(told.contains(name), lacking, "{name}: {told}");
    }
    // Carried on until a newer one.
    assert_eq!(city.try_run("annual --year 2031").status.code(), Some(0));
}

#[test]
fn wrong_names_and_values_are_usage_errors() {
    let cases = [
        ("半年得分=65", "半年得分线"),
        ("新参数=65", "新参数"),
        ("半年得分线=六十", "六十"),
        ("半年得分线=", "半年得分线"),
        ("半年得分线", "="),
        ("半年得分线=101", "100"),
        ("半年得分线=-1", "0"),
        ("半年得分线=NaN", "半年得分线"),
        ("半年得分线=inf", "半年得分线"),
        ("交心谈话比例=30%", "交心谈话比例"),
        ("交心谈话比例=1.01", "1"),
        ("调整建议起点情节=很重", "较重"),
        ("诫勉影响期=1.5", "整数"),
    ];
    for (set, told) in cases {
        let city = City::new(&[]);
        let ended = city.try_run(&format!("half-year --set {set}"));
        let message = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(2), "{set}: {message}");
        assert!(message.contains(told), "{set}: {message}");
        assert!(!city.output().exists(), "{set}: nothing is published");
    }
}
