//! The table of all that an expression may use: what each operator and function takes and gives, what it does with
//! what is unknown, and how other engines say it. What is not in the table is refused by name.
//!
//! `kaohe pack show --functions` prints it, and each of its cases is a test.

use std::sync::Arc;

use super::term::Set;

/// An operation of the language.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Op {
    And,
    Or,
    Not,
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    In,
    Between,
    Like,
    IsNull,
    IsNotNull,
    IsTrue,
    IsNotTrue,
    IsFalse,
    IsNotFalse,
    Case,
    Coalesce,
    NullIf,
    Greatest,
    Least,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Negate,
    Abs,
    Round,
    Floor,
    Ceiling,
    Year,
    Month,
    Day,
    /// A day and a period after it.
    Later,
    /// A day and a period before it.
    Earlier,
    /// Days from the second to the first.
    DaysBetween,
    Left,
    Right,
    Substring,
    Length,
    Concat,
    Integer,
    Count,
    CountOf,
    CountDistinct,
    Sum,
    Average,
    Min,
    Max,
    /// The place of a word in its set, from low to high; put in where ranked choices are compared.
    Rank(Arc<Set>),
    /// The word at a place.
    Word(Arc<Set>),
    /// A number at 15 significant digits; put in after every step of arithmetic.
    Digits,
    /// The whole part of a number.
    Truncate,
}

impl Op {
    /// Whether it sums up rows.
    pub fn aggregates(&self) -> bool {
        use Op::{Average, Count, CountDistinct, CountOf, Max, Min, Sum};
        matches!(self, Count | CountOf | CountDistinct | Sum | Average | Min | Max)
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
    pub takes: &'static str,
    pub gives: &'static str,
    pub unknown: &'static str,
    /// SQL of DuckDB, and of Spark where it is another: `{0}` the first operand, `{, }` all of them.
    pub duckdb: &'static str,
    pub spark: Option<&'static str>,
    pub cases: &'static [Case],
}

const fn case(expression: &'static str, gives: &'static str) -> Case {
    Case { expression, x: &[], gives }
}

const fn over(expression: &'static str, x: &'static [&'static str], gives: &'static str) -> Case {
    Case { expression, x, gives }
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

/// Every operation that a pack may use.
pub const TABLE: &[Entry] = &[
    Entry {
        op: Op::And,
        form: "条件 AND 条件",
        function: None,
        takes: "真假",
        gives: "真假",
        unknown: "一方为假即为假，否则未知",
        duckdb: "{ AND }",
        spark: None,
        cases: &[case("NULL AND FALSE", "FALSE"), case("NULL AND TRUE", "NULL"), case("TRUE AND TRUE", "TRUE")],
    },
    Entry {
        op: Op::Or,
        form: "条件 OR 条件",
        function: None,
        takes: "真假",
        gives: "真假",
        unknown: "一方为真即为真，否则未知",
        duckdb: "{ OR }",
        spark: None,
        cases: &[case("NULL OR TRUE", "TRUE"), case("NULL OR FALSE", "NULL"), case("FALSE OR FALSE", "FALSE")],
    },
    Entry {
        op: Op::Not,
        form: "NOT 条件",
        function: None,
        takes: "真假",
        gives: "真假",
        unknown: "未知",
        duckdb: "NOT {0}",
        spark: None,
        cases: &[case("NOT TRUE", "FALSE"), case("NOT (1 = NULL)", "NULL")],
    },
    Entry {
        op: Op::Equal,
        form: "值 = 值",
        function: None,
        takes: "同一类型",
        gives: "真假",
        unknown: "未知",
        duckdb: "{0} = {1}",
        spark: None,
        cases: &[case("0.1 + 0.2 = 0.3", "TRUE"), case("'甲' = '乙'", "FALSE"), case("NULL = 1", "NULL")],
    },
    Entry {
        op: Op::Unequal,
        form: "值 <> 值",
        function: None,
        takes: "同一类型",
        gives: "真假",
        unknown: "未知",
        duckdb: "{0} <> {1}",
        spark: None,
        cases: &[case("1 <> 2", "TRUE"), case("'甲' != '甲'", "FALSE"), case("1 <> NULL", "NULL")],
    },
    Entry {
        op: Op::Less,
        form: "值 < 值",
        function: None,
        takes: "数字、日期、文字、有次序的选项",
        gives: "真假",
        unknown: "未知",
        duckdb: "{0} < {1}",
        spark: None,
        cases: &[
            case("1 < 2", "TRUE"),
            case("DATE '2015-01-02' < DATE '2015-01-01'", "FALSE"),
            case("NULL < 1", "NULL"),
        ],
    },
    Entry {
        op: Op::AtMost,
        form: "值 <= 值",
        function: None,
        takes: "数字、日期、文字、有次序的选项",
        gives: "真假",
        unknown: "未知",
        duckdb: "{0} <= {1}",
        spark: None,
        cases: &[case("0.07 * 100 <= 7", "TRUE"), case("NULL <= 1", "NULL")],
    },
    Entry {
        op: Op::Greater,
        form: "值 > 值",
        function: None,
        takes: "数字、日期、文字、有次序的选项",
        gives: "真假",
        unknown: "未知",
        duckdb: "{0} > {1}",
        spark: None,
        cases: &[case("1 / 0 > 0.25", "NULL"), case("3 > 2", "TRUE")],
    },
    Entry {
        op: Op::AtLeast,
        form: "值 >= 值",
        function: None,
        takes: "数字、日期、文字、有次序的选项",
        gives: "真假",
        unknown: "未知",
        duckdb: "{0} >= {1}",
        spark: None,
        cases: &[case("7 >= 0.07 * 100", "TRUE"), case("1 >= NULL", "NULL")],
    },
    Entry {
        op: Op::In,
        form: "值 IN (值, …)",
        function: None,
        takes: "同一类型",
        gives: "真假",
        unknown: "值未知则未知；没有相等的而其中有未知的，也未知",
        duckdb: "",
        spark: None,
        cases: &[
            case("2 IN (1, 2)", "TRUE"),
            case("3 IN (1, NULL)", "NULL"),
            case("3 NOT IN (1, 2)", "TRUE"),
            case("NULL IN (1)", "NULL"),
        ],
    },
    Entry {
        op: Op::Between,
        form: "值 BETWEEN 值 AND 值",
        function: None,
        takes: "数字、日期、文字、有次序的选项",
        gives: "真假",
        unknown: "同 值 >= 值 AND 值 <= 值",
        duckdb: "",
        spark: None,
        cases: &[case("2 BETWEEN 1 AND 2", "TRUE"), case("3 BETWEEN NULL AND 2", "FALSE")],
    },
    Entry {
        op: Op::Like,
        form: "文字 LIKE '样式'",
        function: None,
        takes: "文字；样式是写明的文字，% 为任意几个字，_ 为一个字",
        gives: "真假",
        unknown: "未知",
        duckdb: "{0} LIKE {1}",
        spark: None,
        cases: &[
            case("'市水务局' LIKE '市%局'", "TRUE"),
            case("'甲' LIKE '_乙'", "FALSE"),
            case("NULL LIKE '甲'", "NULL"),
        ],
    },
    Entry {
        op: Op::IsNull,
        form: "值 IS NULL",
        function: None,
        takes: "任何类型",
        gives: "真假",
        unknown: "真",
        duckdb: "{0} IS NULL",
        spark: None,
        cases: &[case("NULL IS NULL", "TRUE"), case("1 IS NULL", "FALSE")],
    },
    Entry {
        op: Op::IsNotNull,
        form: "值 IS NOT NULL",
        function: None,
        takes: "任何类型",
        gives: "真假",
        unknown: "假",
        duckdb: "{0} IS NOT NULL",
        spark: None,
        cases: &[case("1 / 0 IS NOT NULL", "FALSE")],
    },
    Entry {
        op: Op::IsTrue,
        form: "条件 IS TRUE",
        function: None,
        takes: "真假",
        gives: "真假",
        unknown: "假",
        duckdb: "COALESCE({0}, FALSE)",
        spark: None,
        cases: &[case("(NULL = 1) IS TRUE", "FALSE"), case("TRUE IS TRUE", "TRUE")],
    },
    Entry {
        op: Op::IsNotTrue,
        form: "条件 IS NOT TRUE",
        function: None,
        takes: "真假",
        gives: "真假",
        unknown: "真",
        duckdb: "NOT COALESCE({0}, FALSE)",
        spark: None,
        cases: &[case("(NULL = 1) IS NOT TRUE", "TRUE"), case("FALSE IS NOT TRUE", "TRUE")],
    },
    Entry {
        op: Op::IsFalse,
        form: "条件 IS FALSE",
        function: None,
        takes: "真假",
        gives: "真假",
        unknown: "假",
        duckdb: "COALESCE(NOT {0}, FALSE)",
        spark: None,
        cases: &[case("(NULL = 1) IS FALSE", "FALSE"), case("FALSE IS FALSE", "TRUE")],
    },
    Entry {
        op: Op::IsNotFalse,
        form: "条件 IS NOT FALSE",
        function: None,
        takes: "真假",
        gives: "真假",
        unknown: "真",
        duckdb: "COALESCE({0}, TRUE)",
        spark: None,
        cases: &[case("(NULL = 1) IS NOT FALSE", "TRUE"), case("FALSE IS NOT FALSE", "FALSE")],
    },
    Entry {
        op: Op::Case,
        form: "CASE WHEN 条件 THEN 值 … ELSE 值 END",
        function: None,
        takes: "条件为真假，值为同一类型",
        gives: "值的类型",
        unknown: "条件未知则看下一个；没有 ELSE 则未知",
        duckdb: "",
        spark: None,
        cases: &[
            case("CASE WHEN NULL = 1 THEN 1 ELSE 2 END", "2"),
            case("CASE WHEN FALSE THEN 1 END", "NULL"),
            case("CASE 2 WHEN 1 THEN '甲' WHEN 2 THEN '乙' END", "乙"),
        ],
    },
    Entry {
        op: Op::Coalesce,
        form: "COALESCE(值, 值, …)",
        function: Some("COALESCE"),
        takes: "同一类型",
        gives: "值的类型",
        unknown: "取第一个已知的；都未知则未知",
        duckdb: "COALESCE({, })",
        spark: None,
        cases: &[case("COALESCE(NULL, 2, 3)", "2"), case("COALESCE(NULL, 1 / 0)", "NULL")],
    },
    Entry {
        op: Op::NullIf,
        form: "NULLIF(值, 值)",
        function: Some("NULLIF"),
        takes: "同一类型",
        gives: "第一个值的类型",
        unknown: "两者相等则未知，否则为第一个值",
        duckdb: "NULLIF({0}, {1})",
        spark: None,
        cases: &[case("NULLIF(1, 1)", "NULL"), case("NULLIF(1, NULL)", "1")],
    },
    Entry {
        op: Op::Greatest,
        form: "GREATEST(值, 值, …)",
        function: Some("GREATEST"),
        takes: "数字、日期、文字、有次序的选项",
        gives: "值的类型",
        unknown: "有一个未知即未知",
        duckdb: "CASE WHEN {?} THEN GREATEST({, }) END",
        spark: None,
        cases: &[case("GREATEST(1, 3, 2)", "3"), case("GREATEST(1, NULL)", "NULL")],
    },
    Entry {
        op: Op::Least,
        form: "LEAST(值, 值, …)",
        function: Some("LEAST"),
        takes: "数字、日期、文字、有次序的选项",
        gives: "值的类型",
        unknown: "有一个未知即未知",
        duckdb: "CASE WHEN {?} THEN LEAST({, }) END",
        spark: None,
        cases: &[case("LEAST(1, 3, 2)", "1"), case("LEAST(1, NULL)", "NULL")],
    },
    Entry {
        op: Op::Add,
        form: "数字 + 数字",
        function: None,
        takes: "数字",
        gives: "数字（15 位有效数字）",
        unknown: "未知",
        duckdb: "{0} + {1}",
        spark: None,
        cases: &[case("0.1 + 0.2", "0.3"), case("1 + NULL", "NULL")],
    },
    Entry {
        op: Op::Subtract,
        form: "数字 - 数字",
        function: None,
        takes: "数字",
        gives: "数字（15 位有效数字）",
        unknown: "未知",
        duckdb: "{0} - {1}",
        spark: None,
        cases: &[case("0.3 - 0.1", "0.2"), case("2015 - 1", "2014"), case("NULL - 1", "NULL")],
    },
    Entry {
        op: Op::Multiply,
        form: "数字 * 数字",
        function: None,
        takes: "数字",
        gives: "数字（15 位有效数字）",
        unknown: "未知",
        duckdb: "{0} * {1}",
        spark: None,
        cases: &[case("0.1 * 6", "0.6"), case("0.07 * 100", "7"), case("2 * NULL", "NULL")],
    },
    Entry {
        op: Op::Divide,
        form: "数字 / 数字",
        function: None,
        takes: "数字",
        gives: "数字（15 位有效数字），整数相除也得小数",
        unknown: "未知；除以零也未知",
        duckdb: "{0} / NULLIF({1}, 0)",
        spark: None,
        cases: &[
            case("7 / 2", "3.5"),
            case("0 / 0", "NULL"),
            case("1 / 0", "NULL"),
            case("1 / 3", "0.333333333333333"),
            case("NULL / 2", "NULL"),
        ],
    },
    Entry {
        op: Op::Remainder,
        form: "数字 % 数字",
        function: None,
        takes: "数字",
        gives: "余数，正负同被除数",
        unknown: "未知；除以零也未知",
        duckdb: "",
        spark: None,
        cases: &[
            case("-1 % 2", "-1"),
            case("7 % 3", "1"),
            case("0.3 % 0.1", "0"),
            case("1 % 0", "NULL"),
            case("NULL % 2", "NULL"),
        ],
    },
    Entry {
        op: Op::Negate,
        form: "-数字",
        function: None,
        takes: "数字",
        gives: "数字",
        unknown: "未知",
        duckdb: "- {0}",
        spark: None,
        cases: &[case("-(1 + 1)", "-2"), case("-(1 / 0)", "NULL")],
    },
    Entry {
        op: Op::Abs,
        form: "ABS(数字)",
        function: Some("ABS"),
        takes: "数字",
        gives: "数字",
        unknown: "未知",
        duckdb: "ABS({0})",
        spark: None,
        cases: &[case("ABS(-7.5)", "7.5"), case("ABS(NULL)", "NULL")],
    },
    Entry {
        op: Op::Round,
        form: "ROUND(数字, 位数)",
        function: Some("ROUND"),
        takes: "数字；位数是写明的整数，可省略",
        gives: "四舍五入后的数字，负数同样",
        unknown: "未知",
        duckdb: "ROUND({0})",
        spark: None,
        cases: &[
            case("ROUND(2.5)", "3"),
            case("ROUND(-2.5)", "-3"),
            case("ROUND(2.675, 2)", "2.68"),
            case("ROUND(NULL)", "NULL"),
        ],
    },
    Entry {
        op: Op::Floor,
        form: "FLOOR(数字)",
        function: Some("FLOOR"),
        takes: "数字",
        gives: "不大于它的最大整数",
        unknown: "未知",
        duckdb: "FLOOR({0})",
        spark: Some("CAST(FLOOR({0}) AS DOUBLE)"),
        cases: &[case("FLOOR(-2.5)", "-3"), case("FLOOR(0.1 * 30)", "3"), case("FLOOR(NULL)", "NULL")],
    },
    Entry {
        op: Op::Ceiling,
        form: "CEILING(数字)",
        function: Some("CEILING"),
        takes: "数字",
        gives: "不小于它的最小整数",
        unknown: "未知",
        duckdb: "CEIL({0})",
        spark: Some("CAST(CEIL({0}) AS DOUBLE)"),
        cases: &[case("CEILING(2.1)", "3"), case("CEILING(NULL)", "NULL")],
    },
    Entry {
        op: Op::Year,
        form: "EXTRACT(YEAR FROM 日期)",
        function: None,
        takes: "日期",
        gives: "年，整数",
        unknown: "未知",
        duckdb: "CAST(YEAR(CAST({0} AS DATE)) AS DOUBLE)",
        spark: None,
        cases: &[case("EXTRACT(YEAR FROM DATE '2015-06-24')", "2015"), case("EXTRACT(YEAR FROM NULL)", "NULL")],
    },
    Entry {
        op: Op::Month,
        form: "EXTRACT(MONTH FROM 日期)",
        function: None,
        takes: "日期",
        gives: "月，整数",
        unknown: "未知",
        duckdb: "CAST(MONTH(CAST({0} AS DATE)) AS DOUBLE)",
        spark: None,
        cases: &[case("EXTRACT(MONTH FROM DATE '2015-06-24')", "6")],
    },
    Entry {
        op: Op::Day,
        form: "EXTRACT(DAY FROM 日期)",
        function: None,
        takes: "日期",
        gives: "日，整数",
        unknown: "未知",
        duckdb: "CAST(DAY(CAST({0} AS DATE)) AS DOUBLE)",
        spark: None,
        cases: &[case("EXTRACT(DAY FROM DATE '2015-06-24')", "24")],
    },
    Entry {
        op: Op::Later,
        form: "日期 + '6 months'",
        function: None,
        takes: "日期；写明的期限：days、weeks、months、years",
        gives: "日期：同月同日，没有这一天的取月末",
        unknown: "未知",
        duckdb: "",
        spark: None,
        cases: &[
            case("DATE '2015-08-31' + '6 months'", "2016-02-29"),
            case("DATE '2015-12-31' + INTERVAL '1 day'", "2016-01-01"),
        ],
    },
    Entry {
        op: Op::Earlier,
        form: "日期 - '6 months'",
        function: None,
        takes: "日期；写明的期限",
        gives: "日期",
        unknown: "未知",
        duckdb: "",
        spark: None,
        cases: &[case("DATE '2015-03-31' - '1 months'", "2015-02-28")],
    },
    Entry {
        op: Op::DaysBetween,
        form: "日期 - 日期",
        function: None,
        takes: "日期",
        gives: "相差的天数，整数",
        unknown: "未知",
        duckdb: "CAST({0} - {1} AS DOUBLE)",
        spark: Some("CAST(DATEDIFF({0}, {1}) AS DOUBLE)"),
        cases: &[case("DATE '2015-05-01' - DATE '2015-04-01'", "30"), case("DATE '2015-03-01' - NULL", "NULL")],
    },
    Entry {
        op: Op::Left,
        form: "LEFT(文字, 个数)",
        function: Some("LEFT"),
        takes: "文字；个数是写明的整数",
        gives: "文字",
        unknown: "未知",
        duckdb: "LEFT({0}, {1})",
        spark: None,
        cases: &[case("LEFT('市水务局', 2)", "市水"), case("LEFT('市', 4)", "市"), case("LEFT(NULL, 1)", "NULL")],
    },
    Entry {
        op: Op::Right,
        form: "RIGHT(文字, 个数)",
        function: Some("RIGHT"),
        takes: "文字；个数是写明的整数",
        gives: "文字",
        unknown: "未知",
        duckdb: "RIGHT({0}, {1})",
        spark: None,
        cases: &[case("RIGHT('市水务局', 1)", "局"), case("RIGHT(NULL, 1)", "NULL")],
    },
    Entry {
        op: Op::Substring,
        form: "SUBSTRING(文字, 起, 个数)",
        function: Some("SUBSTRING"),
        takes: "文字；起（从 1 数）和个数是写明的整数，个数可省略",
        gives: "文字",
        unknown: "未知",
        duckdb: "SUBSTRING({, })",
        spark: None,
        cases: &[case("SUBSTRING('市水务局', 2, 2)", "水务"), case("SUBSTRING('市水务局', 4)", "局")],
    },
    Entry {
        op: Op::Length,
        form: "LENGTH(文字)",
        function: Some("LENGTH"),
        takes: "文字",
        gives: "字数，整数",
        unknown: "未知",
        duckdb: "CAST(LENGTH({0}) AS DOUBLE)",
        spark: None,
        cases: &[case("LENGTH('市水务局')", "4"), case("LENGTH(NULL)", "NULL")],
    },
    Entry {
        op: Op::Concat,
        form: "文字 || 文字",
        function: None,
        takes: "文字",
        gives: "文字",
        unknown: "未知",
        duckdb: "{ || }",
        spark: None,
        cases: &[case("'市' || '局'", "市局"), case("'市' || NULL", "NULL")],
    },
    Entry {
        op: Op::Integer,
        form: "CAST(LEFT(处理编号, 4) AS INT)",
        function: None,
        takes: "处理编号开头的年份；整数",
        gives: "整数",
        unknown: "未知",
        duckdb: "CAST({0} AS DOUBLE)",
        spark: None,
        cases: &[case("CAST(3 AS INT)", "3"), case("CAST(NULL AS INT)", "NULL")],
    },
    Entry {
        op: Op::Count,
        form: "COUNT(*)",
        function: Some("COUNT"),
        takes: "各行",
        gives: "行数，整数",
        unknown: "都计入",
        duckdb: "CAST(COUNT(*) AS DOUBLE)",
        spark: None,
        cases: &[over("COUNT(*)", &["1", "NULL"], "2")],
    },
    Entry {
        op: Op::CountOf,
        form: "COUNT(值)",
        function: None,
        takes: "任何类型，各行",
        gives: "已知的个数，整数",
        unknown: "不计",
        duckdb: "CAST(COUNT({0}) AS DOUBLE)",
        spark: None,
        cases: &[over("COUNT(x)", &["1", "1", "NULL"], "2"), over("COUNT(x)", &["NULL"], "0")],
    },
    Entry {
        op: Op::CountDistinct,
        form: "COUNT(DISTINCT 值)",
        function: None,
        takes: "任何类型，各行",
        gives: "已知的不同的值的个数，整数",
        unknown: "不计",
        duckdb: "CAST(COUNT(DISTINCT {0}) AS DOUBLE)",
        spark: None,
        cases: &[over("COUNT(DISTINCT x)", &["1", "1", "NULL", "2"], "2")],
    },
    Entry {
        op: Op::Sum,
        form: "SUM(数字)",
        function: Some("SUM"),
        takes: "数字，各行",
        gives: "数字（15 位有效数字）",
        unknown: "不计；都未知则未知",
        duckdb: "SUM({0})",
        spark: None,
        cases: &[
            over("SUM(x)", &["0.1", "0.2", "NULL"], "0.3"),
            over("SUM(x)", &["1", "2"], "3"),
            over("SUM(x * 1)", &["NULL", "NULL"], "NULL"),
        ],
    },
    Entry {
        op: Op::Average,
        form: "AVG(数字)",
        function: Some("AVG"),
        takes: "数字，各行",
        gives: "数字（15 位有效数字）",
        unknown: "不计；都未知则未知",
        duckdb: "AVG({0})",
        spark: None,
        cases: &[over("AVG(x)", &["1", "6", "NULL"], "3.5")],
    },
    Entry {
        op: Op::Min,
        form: "MIN(值)",
        function: Some("MIN"),
        takes: "任何类型，各行；真假以假为小，有次序的选项按次序",
        gives: "值的类型",
        unknown: "不计；都未知则未知",
        duckdb: "MIN({0})",
        spark: None,
        cases: &[over("MIN(x)", &["2", "1", "NULL"], "1"), over("MIN(x > 1)", &["2", "NULL"], "TRUE")],
    },
    Entry {
        op: Op::Max,
        form: "MAX(值)",
        function: Some("MAX"),
        takes: "任何类型，各行；真假以真为大，有次序的选项按次序",
        gives: "值的类型",
        unknown: "不计；都未知则未知",
        duckdb: "MAX({0})",
        spark: None,
        cases: &[over("MAX(x)", &["2", "1", "NULL"], "2"), over("MAX(x > 1)", &["1", "NULL"], "FALSE")],
    },
];
