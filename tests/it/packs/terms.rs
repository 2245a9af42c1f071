//! Terms as they are read, written, said and taken apart.

use kaohe::fact::tree::{Tree, take_apart};
use kaohe::pack::recipients::kinds;
use kaohe::pack::syntax::parse;
use kaohe::pack::term::{Literal, Literals};
use kaohe::rule::wording::say;

#[test]
fn names_come_in_reading_order() {
    let cases = [("丙 AND 乙 AND 甲", vec!["丙", "乙", "甲"]), ("NOT (乙 = '好') OR 甲 > 3", vec!["乙", "甲"])];
    for (text, expected) in cases {
        assert_eq!(parse(text).unwrap().names(), expected, "{text}");
    }
}

#[test]
fn an_expression_that_could_overflow_the_stack_is_refused() {
    let long = vec!["甲 = 1"; 10_000].join(" AND ");
    assert!(parse(&long).unwrap_err().message.contains("表达式过长"));
    let nested = format!("{}甲{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(parse(&nested).is_err());
    let odd = [("''", "||"), ("''", "="), ("1", "%"), ("$$$$", "||"), ("/*'*/ 甲", "+")];
    for (operand, operator) in odd {
        let long = vec![operand; 10_000].join(operator);
        assert!(parse(&long).unwrap_err().message.contains("表达式过长"), "{operator}");
    }
    let fits = vec!["甲 = '好'"; 390].join(" AND ");
    assert!(parse(&fits).is_ok());
}

#[test]
fn statements_are_no_expressions() {
    for text in ["DROP TABLE 甲", "SELECT * FROM read_csv('/etc/passwd')", "(SELECT 1)", "甲; 乙"] {
        assert!(parse(text).is_err(), "{text}");
    }
}

/// What is written behind a whole expression is no alias of it.
#[test]
fn a_trailing_word_is_refused_at_the_word() {
    for (text, word) in
        [("分数 > 1万", "万"), ("甲 AND 年度目标仍差 且", "且"), ("甲 = 1 DESC", "DESC"), ("甲 AS 乙", "AS")]
    {
        let wrong = parse(text).unwrap_err();
        assert!(wrong.message.contains(&format!("「{word}」不应在这里")), "{}", wrong.message);
        assert_eq!(&text[wrong.span], word);
    }
}

#[test]
fn what_the_table_does_not_hold_is_refused_by_name_with_the_nearest_form() {
    let cases = [
        ("DATEDIFF(甲, 乙) > 3", "函数 DATEDIFF", "日期 - 日期"),
        ("IF(甲, 1, 2) = 1", "函数 IF", "CASE WHEN"),
        ("ROUNDD(甲)", "函数 ROUNDD", "ROUND(数字, 位数)"),
        ("COUNT(*) OVER ()", "COUNT 的 OVER", "value 汇总"),
        ("CAST(甲 AS DATE)", "CAST(… AS DATE)", "type = \"date\""),
        ("甲 ILIKE '乙'", "LIKE", "文字 LIKE '样式'"),
        ("SUM(*)", "SUM(*)", "SUM(数字)"),
        ("CURRENT_DATE > 甲", "函数 CURRENT_DATE", "基准日"),
    ];
    for (text, said, near) in cases {
        let wrong = parse(text).unwrap_err();
        assert!(wrong.message.contains(said) && wrong.remedy.contains(near), "{text}: {wrong:?}");
    }
}

/// What is written so is read as the same term again.
#[test]
fn a_term_is_written_as_it_is_read() {
    for text in [
        "甲 AND (乙 OR NOT 丙) AND 丁 = 'x'",
        "EXTRACT(YEAR FROM 收到) < 本年 - 1 AND NOT 计入",
        "CASE WHEN 甲 IS NOT NULL THEN CAST(LEFT(甲, 4) AS INT) ELSE 3 END",
        "甲 NOT IN ('x', 'y') AND \"得分（分）\" BETWEEN 1 AND 2.5",
        "COALESCE(甲 < 60, FALSE) IS NOT TRUE",
        "MAX(甲) - MIN(乙) * (1 - 0.2) > 3 % 2",
        "甲 >= DATE '2015-06-30' OR 乙 LIKE '%x' OR COUNT(DISTINCT 丙) > COUNT(*)",
    ] {
        let term = parse(text).unwrap();
        assert_eq!(parse(&term.to_string()).unwrap(), term, "{text}: {term}");
    }
    assert_eq!(parse("(甲 = 'x') AND ((乙))").unwrap().to_string(), "甲 = 'x' AND 乙");
}

#[test]
fn shared_atoms_are_taken_once_and_chains_are_flat() {
    let mut atoms = Vec::new();
    let first = take_apart(&parse("甲 = 'x' AND 乙 AND NOT 丙").unwrap(), &mut atoms);
    let second = take_apart(&parse("(乙 OR 丁 > 3) AND 甲 = 'x'").unwrap(), &mut atoms);
    assert_eq!(first, Tree::All(vec![Tree::Atom(0), Tree::Atom(1), Tree::Not(Box::new(Tree::Atom(2)))]));
    assert_eq!(second, Tree::All(vec![Tree::Any(vec![Tree::Atom(1), Tree::Atom(3)]), Tree::Atom(0)]));
    assert_eq!(atoms.len(), 4);
}

#[test]
fn unknown_is_decided_only_by_what_decides_alone() {
    let all = Tree::All(vec![Tree::Atom(0), Tree::Atom(1)]);
    let any = Tree::Any(vec![Tree::Atom(0), Tree::Atom(1)]);
    let cases = [
        (Some(true), None, None, Some(true)),
        (Some(false), None, Some(false), None),
        (None, None, None, None),
        (Some(true), Some(false), Some(false), Some(true)),
    ];
    for (first, second, both, either) in cases {
        let atom = |at: usize| if at == 0 { first } else { second };
        assert_eq!(all.value(&atom), both);
        assert_eq!(any.value(&atom), either);
        assert_eq!(Tree::Not(Box::new(all.clone())).value(&atom), both.map(|value| !value));
    }
}

#[test]
fn atoms_are_said_in_words() {
    let literals =
        Literals::from([("起点".to_owned(), Literal::Text("较重".into())), ("本年".to_owned(), Literal::Whole(2015))]);
    let cases = [
        ("情节 >= 起点", "情节≥起点（较重）"),
        ("来源 IN ('甲', '乙')", "来源为甲、乙"),
        ("等次 = '优秀'", "等次＝优秀"),
        ("得分 < 60", "得分＜60"),
        ("EXTRACT(YEAR FROM 收到) < 本年", "收到的年份＜本年（2015）"),
        ("核实 IS NULL", "核实未填"),
        ("CASE WHEN 甲 THEN TRUE END", "由甲定出的条件"),
    ];
    for (text, expected) in cases {
        assert_eq!(say(&parse(text).unwrap(), &literals), expected, "{text}");
    }
}

#[test]
fn a_lead_s_rule_reaches_whom_its_scope_names() {
    let pack = kaohe::pack::built_in("kunming-2015").unwrap();
    let named = |id: &str| {
        let rule = pack.rules.iter().find(|rule| rule.id == id).unwrap();
        let mut found: Vec<&str> = rule
            .proposals
            .iter()
            .flat_map(|proposal| kinds(&pack, rule, proposal))
            .map(|kind| pack.subjects[kind].kind.as_str())
            .collect();
        found.dedup();
        found
    };
    for (id, expected) in [
        ("2.1-team", vec!["team"]),
        ("2.1", vec!["cadre"]),
        ("2.5-serious", vec!["cadre"]),
        ("2.6-found", vec!["cadre"]),
        ("4.3", vec!["cadre", "team"]),
        ("4.4", vec!["cadre"]),
    ] {
        assert_eq!(named(id), expected, "{id}");
    }
}
