//! Every case of the table of functions, on the program and, where there is one, on DuckDB.

use std::process::Command;

use polars::prelude::*;

use kaohe::fact::{FactValue, fact_value};
use kaohe::pack::bind::{Rows, bind};
use kaohe::pack::compile::{aggregate, compile, plain};
use kaohe::pack::dialect::Dialect;
use kaohe::pack::functions::{Case, TABLE};
use kaohe::pack::scope::Site;
use kaohe::pack::syntax::parse;
use kaohe::pack::term::{Literals, Term};
use kaohe::pack::{Entity, Source};

/// A column of numbers that `x` stands for.
const X: (&str, &str) = ("半年考核_班子", "目标完成得分");

/// The bound term of a case.
fn term(case: &Case) -> Term {
    let pack = kaohe::pack::built_in("kunming-2015").unwrap();
    let table = pack.tables.iter().position(|table| table.name == X.0).unwrap();
    let text = case.expression.replace('x', X.1);
    let (site, rows) = match case.x {
        [] => (Site::Entity(Entity::City), Rows::Each),
        _ => (Site::Source(Source::Table(table)), Rows::Together),
    };
    let parsed = parse(&text).unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
    bind(&pack, site, None, rows, &parsed).unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"))
}

fn said(value: &AnyValue<'_>) -> String {
    match fact_value(value) {
        FactValue::Null => "NULL".to_owned(),
        FactValue::Bool(value) => value.to_string().to_uppercase(),
        other => other.text().unwrap_or_default(),
    }
}

/// What a term gives over a column, row by row or (`together`) for all rows.
fn evaluated(term: &Term, over: Column, together: bool) -> PolarsResult<Column> {
    let (nothing, columns) = (Literals::new(), |name: &str, _| col(name));
    let keys = Column::new("@key".into(), vec![1u32; over.len()]);
    let frame = DataFrame::new(over.len(), vec![keys, over])?.lazy();
    let found = if together {
        let summed = aggregate(term, &nothing, &columns);
        let inner: Vec<Expr> = std::iter::once(col("@key")).chain(summed.inner).collect();
        let groups = frame.select(inner).group_by_stable([col("@key")]);
        groups.agg(summed.sums).with_columns([summed.outer.alias("=")])
    } else {
        frame.select([col("@key"), compile(term, &nothing, &columns).alias("=")])
    };
    found.collect()?.column("=").cloned()
}

#[test]
fn each_case_gives_what_the_table_says() {
    let mut wrong = Vec::new();
    for case in TABLE.iter().flat_map(|entry| entry.cases) {
        let values: Vec<Option<f64>> = case.x.iter().map(|value| value.parse().ok()).collect();
        let found = match case.x {
            [] => evaluated(&term(case), Column::new("@n".into(), [0i32, 1]), false),
            _ => evaluated(&term(case), Column::new(X.1.into(), values), true),
        };
        let found = found.unwrap_or_else(|error| panic!("{}: {error}", case.expression));
        let gives = said(&found.get(0).unwrap());
        wrong.extend((gives != case.gives).then(|| format!("{} → {gives}, not {}", case.expression, case.gives)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every operation has a case.
#[test]
fn each_row_is_shown_by_a_case() {
    for entry in TABLE {
        assert!(!entry.cases.is_empty(), "{}", entry.form);
    }
}

/// The same cases on an engine that others made. `KAOHE_DUCKDB` names a Python that has it; `.ci/run` installs it.
#[test]
fn duckdb_agrees_with_each_case() {
    let Some(python) = std::env::var_os("KAOHE_DUCKDB") else {
        eprintln!("WARNING: KAOHE_DUCKDB names no Python with duckdb; the table of functions is NOT compared with it");
        return;
    };
    let mut queries = Vec::new();
    for case in TABLE.iter().flat_map(|entry| entry.cases) {
        let text = Dialect::DuckDb.print(&plain(&term(case), &Literals::new()), &|_| "x".to_owned());
        let rows: Vec<String> = case.x.iter().map(|value| format!("(CAST({value} AS DOUBLE))")).collect();
        let from = if rows.is_empty() { String::new() } else { format!(" FROM (VALUES {}) t(x)", rows.join(", ")) };
        queries.push((case.expression, format!("SELECT {text}{from}"), case.gives));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.json");
    std::fs::write(&path, serde_json::to_string(&queries).unwrap()).unwrap();
    let script = r#"
import duckdb, json, sys
db, bad = duckdb.connect(), []
for expression, query, gives in json.load(open(sys.argv[1], encoding="utf-8")):
    try:
        value = db.execute(query).fetchone()[0]
    except Exception as error:
        value = error
    if value is None: said = "NULL"
    elif isinstance(value, bool): said = str(value).upper()
    elif isinstance(value, float): said = repr(value).removesuffix(".0")
    else: said = str(value)
    if said != gives: bad.append(f"{expression}: {said}, not {gives}: {query}")
print("\n".join(bad))
"#;
    let done = Command::new(python).args(["-c", script]).arg(&path).output().unwrap();
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && told.trim().is_empty(), "{told}{}", String::from_utf8_lossy(&done.stderr));
}

/// What an expression over a column of degrees gives, row by row or (`together`) for all rows.
fn of_degrees(text: &str, degrees: &[Option<&str>], together: bool) -> Vec<String> {
    let pack = kaohe::pack::built_in("kunming-2015").unwrap();
    let table = pack.tables.iter().position(|table| table.name == "问题线索").unwrap();
    let (site, rows) = (Site::Source(Source::Table(table)), if together { Rows::Together } else { Rows::Each });
    let term = bind(&pack, site, None, rows, &parse(text).unwrap()).unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
    let column = evaluated(&term, Column::new("情节".into(), degrees), together).unwrap();
    (0..column.len()).map(|at| said(&column.get(at).unwrap())).collect()
}

/// As texts 轻微 would be the largest and 一般 the smallest.
#[test]
fn an_order_is_carried_through_aggregates_and_functions() {
    let all = [Some("轻微"), Some("严重"), None, Some("一般")];
    assert_eq!(of_degrees("MAX(情节)", &all, true), ["严重"]);
    assert_eq!(of_degrees("MIN(情节)", &all, true), ["轻微"]);
    assert_eq!(of_degrees("MAX(情节) >= '较重'", &all, true), ["TRUE"]);
    assert_eq!(of_degrees("MIN(COALESCE(情节, '一般')) < '一般'", &all, true), ["TRUE"]);
    let each = [
        ("COALESCE(情节, '一般') >= '一般'", ["FALSE", "TRUE", "TRUE", "TRUE"]),
        ("CASE WHEN 情节 = '轻微' THEN '较重' ELSE 情节 END >= '较重'", ["TRUE", "TRUE", "NULL", "FALSE"]),
        ("NULLIF(情节, '严重') >= '一般'", ["FALSE", "NULL", "NULL", "TRUE"]),
        ("GREATEST(情节, '一般')", ["一般", "严重", "NULL", "一般"]),
        ("LEAST(情节, '一般')", ["轻微", "一般", "NULL", "一般"]),
        ("情节 BETWEEN '一般' AND '较重'", ["FALSE", "FALSE", "NULL", "TRUE"]),
    ];
    for (text, expected) in each {
        assert_eq!(of_degrees(text, &all, false), expected, "{text}");
    }
}
