//! The table of all that an expression may use: what each operator and function takes and gives, what it does with
//! what is unknown, and how packs, people and other engines say it. What is not in the table is refused by name.
//!
//! `kaohe pack show --functions` prints it, and each of its cases is a test.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::term::Set;

/// Declares the operations and their table: a row is an operation (with the function's name, and how many operands it
/// takes where that is not one), how it is written, as a form to copy and as a template, and said, what it takes and
/// gives, what it does with NULL, the SQL of DuckDB (`or` Spark's), and cases (aggregates: `of` the values of x).
macro_rules! operations {
    ($($(#[$doc:meta])* $op:ident$(($function:literal $(, $operands:expr)?))? $form:literal
        $([$written:literal $(, $said:literal)?])?: $takes:literal => $gives:literal,
        NULL $unknown:literal, SQL $duckdb:literal $(or $spark:literal)?,
        $($expression:literal $(of $x:tt)? => $value:literal),+;)+) => {
        /// An operation of the language.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum Op {
            $($(#[$doc])* $op,)+
            /// The place of a word in its set, from low to high; put in where ranked choices are compared.
            Rank(Arc<Set>),
            /// The word at a place.
            Word(Arc<Set>),
            /// A number at 15 significant digits; put in after every step of arithmetic.
            Digits,
            /// The whole part of a number.
            Truncate,
        }

        /// Every operation that a pack may use.
        pub const TABLE: &[Entry] = &[$(Entry {
            op: Op::$op,
            form: $form,
            function: operations!(@if $($function)?),
            operands: operations!(@of $($($operands)?)?),
            written: operations!(@or $($written)?),
            said: operations!(@if $($($said)?)?),
            takes: $takes,
            gives: $gives,
            unknown: $unknown,
            duckdb: $duckdb,
            spark: operations!(@if $($spark)?),
            cases: &[$(Case { expression: $expression, x: operations!(@x $($x)?), gives: $value }),+],
        }),+];
    };
    (@of) => { 1..=1 };
    (@of $operands:expr) => { $operands };
    (@or) => { "" };
    (@or $given:literal) => { $given };
    (@if) => { None };
    (@if $given:literal) => { Some($given) };
    (@x) => { &[] };
    (@x $x:tt) => { &$x };
}

operations! {
    And "条件 AND 条件" ["{ AND }", "{且}"]: "真假" => "真假", NULL "一方为假即为假，否则未知", SQL "{ AND }",
        "NULL AND FALSE" => "FALSE", "NULL AND TRUE" => "NULL", "TRUE AND TRUE" => "TRUE";
    Or "条件 OR 条件" ["{ OR }", "{或}"]: "真假" => "真假", NULL "一方为真即为真，否则未知", SQL "{ OR }", "NULL OR TRUE" => "TRUE",
        "NULL OR FALSE" => "NULL", "FALSE OR FALSE" => "FALSE";
    Not "NOT 条件" ["NOT {0}", "并非“{0}”"]: "真假" => "真假", NULL "未知", SQL "NOT {0}", "NOT TRUE" => "FALSE", "NOT (1 = NULL)" => "NULL";
    Equal "值 = 值" ["{0} = {1}", "{＝}"]: "同一类型" => "真假", NULL "未知", SQL "{0} = {1}", "0.1 + 0.2 = 0.3" => "TRUE",
        "'甲' = '乙'" => "FALSE", "NULL = 1" => "NULL";
    Unequal "值 <> 值" ["{0} <> {1}", "{≠}"]: "同一类型" => "真假", NULL "未知", SQL "{0} <> {1}", "1 <> 2" => "TRUE",
        "'甲' != '甲'" => "FALSE", "1 <> NULL" => "NULL";
    Less "值 < 值" ["{0} < {1}", "{＜}"]: "数字、日期、文字、有次序的选项" => "真假", NULL "未知", SQL "{0} < {1}", "1 < 2" => "TRUE",
        "DATE '2015-01-02' < DATE '2015-01-01'" => "FALSE", "NULL < 1" => "NULL";
    AtMost "值 <= 值" ["{0} <= {1}", "{≤}"]: "数字、日期、文字、有次序的选项" => "真假", NULL "未知", SQL "{0} <= {1}",
        "0.07 * 100 <= 7" => "TRUE", "NULL <= 1" => "NULL";
    Greater "值 > 值" ["{0} > {1}", "{＞}"]: "数字、日期、文字、有次序的选项" => "真假", NULL "未知", SQL "{0} > {1}",
        "1 / 0 > 0.25" => "NULL", "3 > 2" => "TRUE";
    AtLeast "值 >= 值" ["{0} >= {1}", "{≥}"]: "数字、日期、文字、有次序的选项" => "真假", NULL "未知", SQL "{0} >= {1}",
        "7 >= 0.07 * 100" => "TRUE", "1 >= NULL" => "NULL";
    In "值 IN (值, …)" ["{0} IN ({1, })", "{0}为{1、}"]: "同一类型" => "真假", NULL "值未知则未知；没有相等的而其中有未知的，也未知", SQL "",
        "2 IN (1, 2)" => "TRUE", "3 IN (1, NULL)" => "NULL", "3 NOT IN (1, 2)" => "TRUE", "NULL IN (1)" => "NULL";
    Between "值 BETWEEN 值 AND 值" ["{0} BETWEEN {1} AND {2}", "{0}在{1}至{2}之间"]: "数字、日期、文字、有次序的选项" => "真假", NULL "同 值 >= 值 AND 值 <= 值",
        SQL "", "2 BETWEEN 1 AND 2" => "TRUE", "3 BETWEEN NULL AND 2" => "FALSE";
    Like "文字 LIKE '样式'" ["{0} LIKE {1}"]: "文字；样式是写明的文字，% 为任意几个字，_ 为一个字" => "真假", NULL "未知",
        SQL "{0} LIKE {1}", "'市水务局' LIKE '市%局'" => "TRUE", "'甲' LIKE '_乙'" => "FALSE",
        "NULL LIKE '甲'" => "NULL";
    IsNull "值 IS NULL" ["{0} IS NULL", "{0}未填"]: "任何类型" => "真假", NULL "真", SQL "{0} IS NULL", "NULL IS NULL" => "TRUE",
        "1 IS NULL" => "FALSE";
    IsNotNull "值 IS NOT NULL" ["{0} IS NOT NULL", "{0}已填"]: "任何类型" => "真假", NULL "假", SQL "{0} IS NOT NULL",
        "1 / 0 IS NOT NULL" => "FALSE";
    IsTrue "条件 IS TRUE" ["{0} IS TRUE", "{0}"]: "真假" => "真假", NULL "假", SQL "COALESCE({0}, FALSE)", "(NULL = 1) IS TRUE" => "FALSE",
        "TRUE IS TRUE" => "TRUE";
    IsNotTrue "条件 IS NOT TRUE" ["{0} IS NOT TRUE", "并非“{0}”"]: "真假" => "真假", NULL "真", SQL "NOT COALESCE({0}, FALSE)",
        "(NULL = 1) IS NOT TRUE" => "TRUE", "FALSE IS NOT TRUE" => "TRUE";
    IsFalse "条件 IS FALSE" ["{0} IS FALSE", "并非“{0}”"]: "真假" => "真假", NULL "假", SQL "COALESCE(NOT {0}, FALSE)",
        "(NULL = 1) IS FALSE" => "FALSE", "FALSE IS FALSE" => "TRUE";
    IsNotFalse "条件 IS NOT FALSE" ["{0} IS NOT FALSE", "{0}"]: "真假" => "真假", NULL "真", SQL "COALESCE({0}, TRUE)",
        "(NULL = 1) IS NOT FALSE" => "TRUE", "FALSE IS NOT FALSE" => "FALSE";
    Case "CASE WHEN 条件 THEN 值 … ELSE 值 END" ["CASE{case} END"]: "条件为真假，值为同一类型" => "值的类型",
        NULL "条件未知则看下一个；没有 ELSE 则未知", SQL "CASE{case} END", "CASE WHEN NULL = 1 THEN 1 ELSE 2 END" => "2",
        "CASE WHEN FALSE THEN 1 END" => "NULL", "CASE 2 WHEN 1 THEN '甲' WHEN 2 THEN '乙' END" => "乙";
    Coalesce("COALESCE", 1..=usize::MAX) "COALESCE(值, 值, …)" ["COALESCE({, })", "{0}"]: "同一类型" => "值的类型", NULL "取第一个已知的；都未知则未知",
        SQL "COALESCE({, })", "COALESCE(NULL, 2, 3)" => "2", "COALESCE(NULL, 1 / 0)" => "NULL";
    NullIf("NULLIF", 2..=2) "NULLIF(值, 值)": "同一类型" => "第一个值的类型", NULL "两者相等则未知，否则为第一个值",
        SQL "NULLIF({0}, {1})", "NULLIF(1, 1)" => "NULL", "NULLIF(1, NULL)" => "1";
    Greatest("GREATEST", 1..=usize::MAX) "GREATEST(值, 值, …)": "数字、日期、文字、有次序的选项" => "值的类型",
        NULL "有一个未知即未知", SQL "CASE WHEN {?} THEN GREATEST({, }) END", "GREATEST(1, 3, 2)" => "3",
        "GREATEST(1, NULL)" => "NULL";
    Least("LEAST", 1..=usize::MAX) "LEAST(值, 值, …)": "数字、日期、文字、有次序的选项" => "值的类型", NULL "有一个未知即未知",
        SQL "CASE WHEN {?} THEN LEAST({, }) END", "LEAST(1, 3, 2)" => "1", "LEAST(1, NULL)" => "NULL";
    Add "数字 + 数字" ["{0} + {1}", "{＋}"]: "数字" => "数字（15 位有效数字）", NULL "未知", SQL "{0} + {1}", "0.1 + 0.2" => "0.3",
        "1 + NULL" => "NULL";
    Subtract "数字 - 数字" ["{0} - {1}", "{－}"]: "数字" => "数字（15 位有效数字）", NULL "未知", SQL "{0} - {1}", "0.3 - 0.1" => "0.2",
        "2015 - 1" => "2014", "NULL - 1" => "NULL";
    Multiply "数字 * 数字" ["{0} * {1}", "{×}"]: "数字" => "数字（15 位有效数字）", NULL "未知", SQL "{0} * {1}", "0.1 * 6" => "0.6",
        "0.07 * 100" => "7", "2 * NULL" => "NULL";
    Divide "数字 / 数字" ["{0} / {1}", "{÷}"]: "数字" => "数字（15 位有效数字），整数相除也得小数", NULL "未知；除以零也未知",
        SQL "{0} / NULLIF({1}, 0)", "7 / 2" => "3.5", "0 / 0" => "NULL", "1 / 0" => "NULL",
        "1 / 3" => "0.333333333333333", "NULL / 2" => "NULL";
    Remainder "数字 % 数字" ["{0} % {1}"]: "数字" => "余数，正负同被除数", NULL "未知；除以零也未知", SQL "", "-1 % 2" => "-1",
        "7 % 3" => "1", "0.3 % 0.1" => "0", "1 % 0" => "NULL", "NULL % 2" => "NULL";
    Negate "-数字" ["-{0}"]: "数字" => "数字", NULL "未知", SQL "- {0}", "-(1 + 1)" => "-2", "-(1 / 0)" => "NULL";
    Abs("ABS") "ABS(数字)": "数字" => "数字", NULL "未知", SQL "ABS({0})", "ABS(-7.5)" => "7.5",
        "ABS(NULL)" => "NULL";
    Round("ROUND", 1..=2) "ROUND(数字, 位数)": "数字；位数是写明的整数，可省略" => "四舍五入后的数字，负数同样",
        NULL "未知", SQL "ROUND({0})", "ROUND(2.5)" => "3", "ROUND(-2.5)" => "-3", "ROUND(2.675, 2)" => "2.68",
        "ROUND(NULL)" => "NULL";
    Floor("FLOOR") "FLOOR(数字)": "数字" => "不大于它的最大整数", NULL "未知",
        SQL "FLOOR({0})" or "CAST(FLOOR({0}) AS DOUBLE)", "FLOOR(-2.5)" => "-3", "FLOOR(0.1 * 30)" => "3",
        "FLOOR(NULL)" => "NULL";
    Ceiling("CEILING") "CEILING(数字)": "数字" => "不小于它的最小整数", NULL "未知",
        SQL "CEIL({0})" or "CAST(CEIL({0}) AS DOUBLE)", "CEILING(2.1)" => "3", "CEILING(NULL)" => "NULL";
    Year "EXTRACT(YEAR FROM 日期)" ["EXTRACT(YEAR FROM {0})", "{0}的年份"]: "日期" => "年，整数", NULL "未知", SQL "CAST(YEAR(CAST({0} AS DATE)) AS DOUBLE)",
        "EXTRACT(YEAR FROM DATE '2015-06-24')" => "2015", "EXTRACT(YEAR FROM NULL)" => "NULL";
    Month "EXTRACT(MONTH FROM 日期)" ["EXTRACT(MONTH FROM {0})"]: "日期" => "月，整数", NULL "未知",
        SQL "CAST(MONTH(CAST({0} AS DATE)) AS DOUBLE)", "EXTRACT(MONTH FROM DATE '2015-06-24')" => "6";
    Day "EXTRACT(DAY FROM 日期)" ["EXTRACT(DAY FROM {0})"]: "日期" => "日，整数", NULL "未知", SQL "CAST(DAY(CAST({0} AS DATE)) AS DOUBLE)",
        "EXTRACT(DAY FROM DATE '2015-06-24')" => "24";
    /// A day and a period after it.
    Later "日期 + '6 months'" ["{0} + {1}", "{0}后{1}"]: "日期；写明的期限：days、weeks、months、years" => "日期：同月同日，没有这一天的取月末",
        NULL "未知", SQL "", "DATE '2015-08-31' + '6 months'" => "2016-02-29",
        "DATE '2015-12-31' + INTERVAL '1 day'" => "2016-01-01";
    /// A day and a period before it.
    Earlier "日期 - '6 months'" ["{0} - {1}", "{0}前{1}"]: "日期；写明的期限" => "日期", NULL "未知", SQL "",
        "DATE '2015-03-31' - '1 months'" => "2015-02-28";
    /// Days from the second to the first.
    DaysBetween "日期 - 日期" ["{0} - {1}", "{－}"]: "日期" => "相差的天数，整数", NULL "未知",
        SQL "CAST({0} - {1} AS DOUBLE)" or "CAST(DATEDIFF({0}, {1}) AS DOUBLE)",
        "DATE '2015-05-01' - DATE '2015-04-01'" => "30", "DATE '2015-03-01' - NULL" => "NULL";
    Left("LEFT", 2..=2) "LEFT(文字, 个数)": "文字；个数是写明的整数" => "文字", NULL "未知", SQL "LEFT({0}, {1})",
        "LEFT('市水务局', 2)" => "市水", "LEFT('市', 4)" => "市", "LEFT(NULL, 1)" => "NULL";
    Right("RIGHT", 2..=2) "RIGHT(文字, 个数)": "文字；个数是写明的整数" => "文字", NULL "未知", SQL "RIGHT({0}, {1})",
        "RIGHT('市水务局', 1)" => "局", "RIGHT(NULL, 1)" => "NULL";
    Substring("SUBSTRING", 2..=3) "SUBSTRING(文字, 起, 个数)": "文字；起（从 1 数）和个数是写明的整数，个数可省略" => "文字",
        NULL "未知", SQL "SUBSTRING({, })", "SUBSTRING('市水务局', 2, 2)" => "水务",
        "SUBSTRING('市水务局', 4)" => "局";
    Length("LENGTH") "LENGTH(文字)": "文字" => "字数，整数", NULL "未知", SQL "CAST(LENGTH({0}) AS DOUBLE)",
        "LENGTH('市水务局')" => "4", "LENGTH(NULL)" => "NULL";
    Concat "文字 || 文字" ["{ || }"]: "文字" => "文字", NULL "未知", SQL "{ || }", "'市' || '局'" => "市局",
        "'市' || NULL" => "NULL";
    Integer "CAST(LEFT(处理编号, 4) AS INT)" ["CAST({0} AS INT)", "{0}"]: "处理编号开头的年份；整数" => "整数", NULL "未知",
        SQL "CAST({0} AS DOUBLE)", "CAST(3 AS INT)" => "3", "CAST(NULL AS INT)" => "NULL";
    Count("COUNT") "COUNT(*)" ["COUNT(*)"]: "各行" => "行数，整数", NULL "都计入", SQL "CAST(COUNT(*) AS DOUBLE)",
        "COUNT(*)" of ["1", "NULL"] => "2";
    CountOf "COUNT(值)" ["COUNT({0})"]: "任何类型，各行" => "已知的个数，整数", NULL "不计", SQL "CAST(COUNT({0}) AS DOUBLE)",
        "COUNT(x)" of ["1", "1", "NULL"] => "2", "COUNT(x)" of ["NULL"] => "0";
    CountDistinct "COUNT(DISTINCT 值)" ["COUNT(DISTINCT {0})"]: "任何类型，各行" => "已知的不同的值的个数，整数", NULL "不计",
        SQL "CAST(COUNT(DISTINCT {0}) AS DOUBLE)", "COUNT(DISTINCT x)" of ["1", "1", "NULL", "2"] => "2";
    Sum("SUM") "SUM(数字)": "数字，各行" => "数字（15 位有效数字）", NULL "不计；都未知则未知", SQL "SUM({0})",
        "SUM(x)" of ["0.1", "0.2", "NULL"] => "0.3", "SUM(x)" of ["1", "2"] => "3",
        "SUM(x * 1)" of ["NULL", "NULL"] => "NULL";
    Average("AVG") "AVG(数字)": "数字，各行" => "数字（15 位有效数字）", NULL "不计；都未知则未知", SQL "AVG({0})",
        "AVG(x)" of ["1", "6", "NULL"] => "3.5";
    Min("MIN") "MIN(值)": "任何类型，各行；真假以假为小，有次序的选项按次序" => "值的类型",
        NULL "不计；都未知则未知", SQL "MIN({0})", "MIN(x)" of ["2", "1", "NULL"] => "1",
        "MIN(x > 1)" of ["2", "NULL"] => "TRUE";
    Max("MAX") "MAX(值)": "任何类型，各行；真假以真为大，有次序的选项按次序" => "值的类型",
        NULL "不计；都未知则未知", SQL "MAX({0})", "MAX(x)" of ["2", "1", "NULL"] => "2",
        "MAX(x > 1)" of ["1", "NULL"] => "FALSE";
}

impl Op {
    /// Whether it sums up rows.
    pub fn aggregates(&self) -> bool {
        use Op::{Average, Count, CountDistinct, CountOf, Max, Min, Sum};
        matches!(self, Count | CountOf | CountDistinct | Sum | Average | Min | Max)
    }

    /// Whether it joins conditions or values, and asks nothing itself.
    pub fn joins(&self) -> bool {
        use Op::{And, Case, Coalesce, IsFalse, IsNotFalse, IsNotTrue, IsTrue, Not, Or};
        matches!(self, And | Or | Not | Case | Coalesce | IsTrue | IsNotTrue | IsFalse | IsNotFalse)
    }

    /// Whether it compares two values.
    pub fn compares(&self) -> bool {
        matches!(self, Op::Equal | Op::Unequal) || self.orders()
    }

    /// Whether it asks which of two values is larger.
    pub fn orders(&self) -> bool {
        matches!(self, Op::Less | Op::AtMost | Op::Greater | Op::AtLeast)
    }

    /// Whether it is a step of arithmetic with numbers.
    pub fn calculates(&self) -> bool {
        matches!(self, Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Remainder)
    }

    /// As the table names it.
    pub fn form(&self) -> &'static str {
        entry(self).map_or("", |entry| entry.form)
    }
}

/// A case of the table: an expression, over the values of `x` for aggregates, and what it gives.
#[derive(Debug)]
pub struct Case {
    pub expression: &'static str,
    pub x: &'static [&'static str],
    pub gives: &'static str,
}

/// A row of the table.
#[derive(Debug)]
pub struct Entry {
    pub op: Op,
    /// As it is written.
    pub form: &'static str,
    /// The function's name; none for operators.
    pub function: Option<&'static str>,
    /// How many operands it takes as a function.
    pub operands: RangeInclusive<usize>,
    /// How a pack writes it where that is not as a function, as a template ([`filled`]).
    pub written: &'static str,
    /// How people say it.
    pub said: Option<&'static str>,
    pub takes: &'static str,
    pub gives: &'static str,
    pub unknown: &'static str,
    /// SQL of DuckDB, and of Spark where it is another.
    pub duckdb: &'static str,
    pub spark: Option<&'static str>,
    pub cases: &'static [Case],
}

/// The row of an operator as a pack writes it.
pub fn operator(written: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.written == written)
}

/// A template with operands put in: `{0}` the first, `{, }` all of them with that between, `{1, }` those from the second
/// on, `{?}` that all are known, `{case}` the branches of CASE.
pub fn filled(template: &str, operands: &[String]) -> String {
    let branch = |pair: &[String]| match pair {
        [condition, value] => format!(" WHEN {condition} THEN {value}"),
        rest => format!(" ELSE {}", rest.concat()),
    };
    fill(template, |name| {
        let (from, between) = match name.split_at_checked(1) {
            Some((first, rest)) if let Ok(at) = first.parse::<usize>() => match rest {
                "" => return Some(operands.get(at).map_or("NULL", String::as_str).to_owned()),
                rest => (at, rest),
            },
            _ => (0, name),
        };
        Some(match between {
            "case" => operands.chunks(2).map(branch).collect(),
            "?" => operands.iter().map(|one| format!("{one} IS NOT NULL")).collect::<Vec<_>>().join(" AND "),
            between => operands.get(from..).unwrap_or_default().join(between),
        })
    })
}

/// A text with what stands in braces replaced; what `with` does not know stays.
pub fn fill(text: &str, mut with: impl FnMut(&str) -> Option<String>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, opened)) = rest.split_once('{')
        && let Some((name, after)) = opened.split_once('}')
    {
        filled.push_str(before);
        filled.push_str(&with(name).unwrap_or_else(|| format!("{{{name}}}")));
        rest = after;
    }
    filled + rest
}

/// The row of an operation; those that only the engine puts in have none.
pub fn entry(op: &Op) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.op == *op)
}

/// The row of a function by its name, in any case.
pub fn function(name: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.function.is_some_and(|known| known.eq_ignore_ascii_case(name)))
}

/// What another engine's function is called here, where it has an equal.
const INSTEAD: [(&[&str], &str); 14] = [
    (&["IF", "IIF", "DECODE", "SWITCH"], "CASE WHEN 条件 THEN 值 ELSE 值 END"),
    (&["IFNULL", "NVL", "ISNULL", "ZEROIFNULL"], "COALESCE(值, 另一值)"),
    (&["LEN", "CHAR_LENGTH", "CHARACTER_LENGTH", "LENB"], "LENGTH(文字)"),
    (&["SUBSTR", "MID"], "SUBSTRING(文字, 起, 个数)"),
    (&["YEAR", "DATE_PART"], "EXTRACT(YEAR FROM 日期)"),
    (&["MONTH"], "EXTRACT(MONTH FROM 日期)"),
    (&["DAY", "DAYOFMONTH"], "EXTRACT(DAY FROM 日期)"),
    (&["DATEDIFF", "DATE_DIFF"], "日期 - 日期（相差的天数）"),
    (&["DATEADD", "DATE_ADD", "ADD_MONTHS", "EDATE"], "日期 + '6 months'"),
    (&["CONCAT", "CONCAT_WS"], "文字 || 文字"),
    (&["MEAN"], "AVG(数字)"),
    (&["MOD"], "数字 % 数字"),
    (&["CEIL"], "CEILING(数字)"),
    (&["NOW", "TODAY", "CURRENT_DATE", "CURRENT_TIMESTAMP", "GETDATE"], "基准日（结果从不取决于时钟）"),
];

/// The allowed form nearest to a function that is not in the table.
pub fn instead(name: &str) -> Option<String> {
    let upper = name.to_uppercase();
    let known = INSTEAD.iter().find(|(names, _)| names.contains(&upper.as_str()));
    known.map(|(_, form)| (*form).to_owned()).or_else(|| {
        let names: Vec<&str> = TABLE.iter().filter_map(|entry| entry.function).collect();
        super::nearest(&upper, &names).and_then(function).map(|entry| entry.form.to_owned())
    })
}
