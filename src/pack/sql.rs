//! SQL expressions of a pack → polars expressions.
//!
//! Only expressions are compiled (never statements): there is no way from a pack to a file or a
//! table function. Parameters and the run's own values become literals. A comparison of an ordered
//! set (`情节 >= 调整建议起点情节`) compares positions in the set.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use polars::prelude::{DataType, Expr, Operator, lit, when};
use polars::sql::sql_expr;

/// Longer expressions are refused: the SQL parser recurses, and a deep one would abort the process.
const MOST_TERMS: usize = 400;
/// Stack for the parser, enough for the terms above even in a development build.
const STACK: usize = 64 << 20;

/// Why an expression cannot be used; Chinese, without place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SqlError {
    #[error("表达式过长：有 {0} 项，最多 {MOST_TERMS} 项")]
    TooLong(usize),
    #[error("表达式无法解析：{0}")]
    Parse(String),
    #[error("「{0}」不能与有次序的「{1}」比较，可用的值为：{2}")]
    NotInOrder(String, String, String),
    #[error("内部线程无法启动：{0}")]
    Thread(String),
}

/// A name's value in this run.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    Int(i32),
    Number(f64),
    Text(String),
    Date(NaiveDate),
}

impl Literal {
    fn expr(&self) -> Expr {
        match self {
            Literal::Int(value) => lit(*value),
            Literal::Number(value) => lit(*value),
            Literal::Text(value) => lit(value.as_str()),
            Literal::Date(value) => lit(*value).cast(DataType::Date),
        }
    }
}

/// As people write it.
impl std::fmt::Display for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Literal::Int(value) => value.fmt(f),
            Literal::Number(value) => value.fmt(f),
            Literal::Text(value) => value.fmt(f),
            Literal::Date(value) => value.fmt(f),
        }
    }
}

/// Names that stand for literals: the run's year and dates, and the parameters.
pub type Literals = BTreeMap<String, Literal>;

/// Parses an expression; names stay columns.
pub fn parse(sql: &str) -> Result<Expr, SqlError> {
    let terms = count_terms(sql);
    if terms > MOST_TERMS {
        return Err(SqlError::TooLong(terms));
    }
    let parse = || sql_expr(sql).map_err(|error| SqlError::Parse(error.to_string()));
    // A few terms fit every stack; many are parsed where the parser's recursion has room.
    if terms <= 8 {
        return parse();
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, parse)
            .map_err(|error| SqlError::Thread(error.to_string()))?;
        thread.join().unwrap_or_else(|_| Err(SqlError::Parse(sql.to_owned())))
    })
}

/// Words and signs, as a measure of how deep the expression may nest: each operator, bracket and function brings one at
/// least. Nothing is passed over as a text or a comment, so that none can hide what follows.
fn count_terms(sql: &str) -> usize {
    let mut tokens = 0;
    let mut inside = false;
    for c in sql.chars() {
        let word = c.is_alphanumeric() || c == '_';
        tokens += usize::from(if word { !inside } else { !c.is_whitespace() });
        inside = word;
    }
    // One term of a usual condition: `甲 = '好' AND`.
    tokens / 6 + 1
}

/// Column names in the order of their first appearance (reading order for what AND and OR join).
pub fn names(expr: &Expr) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for node in expr {
        if let Expr::Column(name) = node
            && !found.iter().any(|seen| seen == name.as_str())
        {
            found.push(name.to_string());
        }
    }
    found
}

/// Puts literals in for names, and positions for the values of ordered sets.
///
/// `order` gives the values of an ordered column from low to high.
pub fn bind<'a>(
    expr: Expr,
    literals: &Literals,
    order: &dyn Fn(&str) -> Option<&'a [String]>,
) -> Result<Expr, SqlError> {
    let mut failed = None;
    let bound = expr.map_expr(|node| match node {
        Expr::BinaryExpr { left, op, right }
            if matches!(op, Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq) =>
        {
            match ranked(&left, &right, literals, order) {
                Ok(Some((left, right))) => Expr::BinaryExpr { left: Arc::new(left), op, right: Arc::new(right) },
                Ok(None) => Expr::BinaryExpr { left, op, right },
                Err(error) => {
                    failed.get_or_insert(error);
                    Expr::BinaryExpr { left, op, right }
                }
            }
        }
        other => other,
    });
    if let Some(error) = failed {
        return Err(error);
    }
    Ok(bound.map_expr(|node| match node {
        Expr::Column(name) => match literals.get(name.as_str()) {
            Some(literal) => literal.expr(),
            None => Expr::Column(name),
        },
        other => other,
    }))
}

/// Both sides as positions in an ordered set, if one of them is a column with such a set.
fn ranked<'a>(
    left: &Expr,
    right: &Expr,
    literals: &Literals,
    order: &dyn Fn(&str) -> Option<&'a [String]>,
) -> Result<Option<(Expr, Expr)>, SqlError> {
    let set = |expr: &Expr| match expr {
        Expr::Column(name) => order(name).map(|values| (name.to_string(), values)),
        _ => None,
    };
    let Some((column, values)) = set(left).or_else(|| set(right)) else { return Ok(None) };
    let side = |expr: &Expr| -> Result<Expr, SqlError> {
        let position = |text: &str| {
            values
                .iter()
                .position(|value| value == text)
                .map(|at| lit(at as i32))
                .ok_or_else(|| SqlError::NotInOrder(text.to_owned(), column.clone(), values.join("、")))
        };
        match expr {
            Expr::Column(name) => match literals.get(name.as_str()) {
                Some(Literal::Text(text)) => position(text),
                Some(other) => Err(SqlError::NotInOrder(format!("{other:?}"), column.clone(), values.join("、"))),
                None => Ok(rank(expr.clone(), values)),
            },
            Expr::Literal(value) => match (value.extract_str(), value.to_any_value()) {
                (Some(text), _) => position(text),
                (None, Some(other)) => Err(SqlError::NotInOrder(other.to_string(), column.clone(), values.join("、"))),
                (None, None) => Ok(rank(expr.clone(), values)),
            },
            other => Ok(rank(other.clone(), values)),
        }
    };
    Ok(Some((side(left)?, side(right)?)))
}

/// A number or word that stands in an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    Number(f64),
    Text(String),
}

/// The number or word that an expression is.
pub fn constant(expr: &Expr) -> Option<Constant> {
    match expr {
        Expr::Literal(value) => match value.extract_str() {
            Some(word) => Some(Constant::Text(word.to_owned())),
            None => value.to_any_value()?.extract::<f64>().map(Constant::Number),
        },
        Expr::Cast { expr, .. } => constant(expr),
        _ => None,
    }
}

fn rank(expr: Expr, values: &[String]) -> Expr {
    let mut ranked = lit(polars::prelude::NULL).cast(DataType::Int32);
    for (at, value) in values.iter().enumerate().rev() {
        ranked = when(expr.clone().eq(lit(value.as_str()))).then(lit(at as i32)).otherwise(ranked);
    }
    ranked
}

#[cfg(test)]
mod tests {
    use super::{SqlError, names, parse};

    #[test]
    fn names_come_in_reading_order() {
        let cases = [("丙 AND 乙 AND 甲", vec!["丙", "乙", "甲"]), ("NOT (乙 = '好') OR 甲 > 3", vec!["乙", "甲"])];
        for (sql, expected) in cases {
            assert_eq!(names(&parse(sql).unwrap()), expected, "{sql}");
        }
    }

    #[test]
    fn an_expression_that_could_overflow_the_stack_is_refused() {
        let long = vec!["甲 = 1"; 10_000].join(" AND ");
        assert!(matches!(parse(&long), Err(SqlError::TooLong(_))));
        let nested = format!("{}甲{}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(parse(&nested).is_err());
        let odd = [("''", "||"), ("''", "="), ("1", "%"), ("$$$$", "||"), ("/*'*/ 甲", "+")];
        for (operand, operator) in odd {
            let long = vec![operand; 10_000].join(operator);
            assert!(matches!(parse(&long), Err(SqlError::TooLong(_))), "{operator}");
        }
        let fits = vec!["甲 = '好'"; 390].join(" AND ");
        assert!(parse(&fits).is_ok());
    }

    #[test]
    fn statements_are_no_expressions() {
        for sql in ["DROP TABLE 甲", "SELECT * FROM read_csv('/etc/passwd')", "(SELECT 1)", "甲; 乙"] {
            assert!(parse(sql).is_err(), "{sql}");
        }
    }
}
