//! Conditions in words, for people: `情节 ≥ 调整建议起点情节（较重）`.

use polars::prelude::*;

use crate::pack::sql::{self, Literals};

/// An atom as a phrase.
pub fn say(expr: &Expr, literals: &Literals) -> String {
    match expr {
        Expr::Column(name) => match literals.get(name.as_str()) {
            Some(literal) => format!("{name}（{literal}）"),
            None => name.to_string(),
        },
        Expr::Literal(value) => literal(value),
        Expr::BinaryExpr { left, op, right } => {
            let sign = match op {
                Operator::Eq | Operator::EqValidity => "＝",
                Operator::NotEq | Operator::NotEqValidity => "≠",
                Operator::Lt => "＜",
                Operator::LtEq => "≤",
                Operator::Gt => "＞",
                Operator::GtEq => "≥",
                Operator::Plus => "＋",
                Operator::Minus => "－",
                Operator::Multiply => "×",
                Operator::And | Operator::LogicalAnd => "且",
                Operator::Or | Operator::LogicalOr => "或",
                _ => return fallback(expr),
            };
            format!("{}{sign}{}", say(left, literals), say(right, literals))
        }
        Expr::Cast { expr, .. } | Expr::Agg(AggExpr::Implode { input: expr, .. }) => say(expr, literals),
        Expr::Function { input, function } => match (function.to_string().as_str(), input.as_slice()) {
            ("is_null", [of]) => format!("{}未填", say(of, literals)),
            ("is_not_null", [of]) => format!("{}已填", say(of, literals)),
            ("not", [of]) => format!("并非“{}”", say(of, literals)),
            ("coalesce", [of, ..]) => say(of, literals),
            (function, [of]) if function.ends_with("year") => format!("{}的年份", say(of, literals)),
            (function, [of, set]) if function.contains("is_in") => {
                format!("{}为{}", say(of, literals), say(set, literals))
            }
            _ => fallback(expr),
        },
        other => fallback(other),
    }
}

/// What has no phrase of its own is named by what it rests on.
fn fallback(expr: &Expr) -> String {
    format!("由{}定出的条件", sql::names(expr).join("、"))
}

fn literal(value: &LiteralValue) -> String {
    match value {
        LiteralValue::Series(series) => {
            // The values of IN stand in a list of one row.
            let values = series.explode(ExplodeOptions { empty_as_null: true, keep_nulls: true });
            let series = values.as_ref().unwrap_or(series);
            let texts: Vec<String> = series.iter().map(|value| any(&value)).collect();
            texts.join("、")
        }
        LiteralValue::Scalar(_) | LiteralValue::Dyn(_) => {
            value.to_any_value().map_or_else(String::new, |value| any(&value))
        }
        LiteralValue::Range(range) => format!("{range:?}"),
    }
}

fn any(value: &AnyValue<'_>) -> String {
    match value {
        AnyValue::Boolean(true) => "是".to_owned(),
        AnyValue::Boolean(false) => "否".to_owned(),
        AnyValue::Null => "未填".to_owned(),
        other => other.get_str().map_or_else(|| other.to_string(), str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::sql::Literal;

    #[test]
    fn atoms_are_said_in_words() {
        let literals = Literals::from([
            ("起点".to_owned(), Literal::Text("较重".into())),
            ("本年".to_owned(), Literal::Int(2015)),
        ]);
        let cases = [
            ("情节 >= 起点", "情节≥起点（较重）"),
            ("来源 IN ('甲', '乙')", "来源为甲、乙"),
            ("等次 = '优秀'", "等次＝优秀"),
            ("得分 < 60", "得分＜60"),
            ("EXTRACT(YEAR FROM 收到) < 本年", "收到的年份＜本年（2015）"),
            ("核实 IS NULL", "核实未填"),
            ("CASE WHEN 甲 THEN TRUE END", "由甲定出的条件"),
        ];
        for (sql, expected) in cases {
            assert_eq!(say(&sql::parse(sql).unwrap(), &literals), expected, "{sql}");
        }
    }
}
