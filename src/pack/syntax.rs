//! Texts of a pack → terms. What the table of [`super::functions`] does not hold is refused by name, at its place.

use std::ops::Range;

use sqlparser::ast::{self, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Spanned, UnaryOperator};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, Tokenizer};

use super::functions::{self, Op};
use super::term::{Interval, Literal, Node, Term};

/// Longer expressions are refused: the parser recurses, and a deep one would abort the process.
const MOST_TERMS: usize = 400;
/// Brackets and operators nest no deeper than this.
const MOST_DEPTH: usize = 100;
/// Stack for the parser, enough for the terms above even in a development build.
const STACK: usize = 64 << 20;

const CHECK: &str =
    "请检查括号和引号是否成对；文字用单引号；比较用 = <> < <= > >=；用 AND、OR、NOT 连接；只能写表达式，不能写语句";
/// Down or up to a whole number, without a unit.
const WHOLE: ast::CeilFloorKind = ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime);
const SEE: &str = "可用的运算和函数见 kaohe pack show --functions";

/// What is wrong with an expression, what to do, and where: bytes of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub message: String,
    pub remedy: String,
    pub span: Range<usize>,
}

impl Wrong {
    pub fn new(message: impl Into<String>, remedy: impl Into<String>, span: Range<usize>) -> Wrong {
        Wrong { message: message.into(), remedy: remedy.into(), span }
    }
}

/// Parses an expression; names have no meaning yet.
///
/// # Errors
/// What the language does not know.
pub fn parse(text: &str) -> Result<Term, Wrong> {
    let terms = count_terms(text);
    if terms > MOST_TERMS {
        let message = format!("表达式过长：有 {terms} 项，最多 {MOST_TERMS} 项");
        return Err(Wrong::new(message, "请分成几个事实（[[fact]]）", 0..text.len()));
    }
    let read = || {
        let term = TermReader { text }.read()?;
        if term.depth() > MOST_DEPTH {
            return Err(deep(text));
        }
        Ok(term)
    };
    // A few terms fit every stack; many are parsed where the parser's recursion has room.
    if terms <= 8 {
        return read();
    }
    std::thread::scope(|scope| {
        let failed = |why: String| Wrong::new(format!("内部线程无法启动：{why}"), "", 0..text.len());
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, read);
        let thread = thread.map_err(|error| failed(error.to_string()))?;
        thread.join().unwrap_or_else(|_| Err(Wrong::new("表达式无法解析", CHECK, 0..text.len())))
    })
}

/// Words and signs, as a measure of how deep the expression may nest: each operator, bracket and function brings one at
/// least. Nothing is passed over as a text or a comment, so that none can hide what follows.
fn count_terms(text: &str) -> usize {
    let mut tokens = 0;
    let mut inside = false;
    for c in text.chars() {
        let word = c.is_alphanumeric() || c == '_';
        tokens += usize::from(if word { !inside } else { !c.is_whitespace() });
        inside = word;
    }
    // One term of a usual condition: `甲 = '好' AND`.
    tokens / 6 + 1
}

fn deep(text: &str) -> Wrong {
    let message = format!("括号和运算嵌套过深，最多 {MOST_DEPTH} 层");
    Wrong::new(message, "请分成几个事实（[[fact]]）", 0..text.len())
}

struct TermReader<'t> {
    text: &'t str,
}

impl TermReader<'_> {
    fn read(&self) -> Result<Term, Wrong> {
        let dialect = GenericDialect {};
        let tokens = Tokenizer::new(&dialect, self.text).tokenize_with_location().map_err(|error| {
            let at = self.offset(error.location);
            Wrong::new("表达式无法解析：引号没有成对，或有不认识的符号", CHECK, at..self.text.len())
        })?;
        if let Some(token) = tokens.iter().find(|token| matches!(token.token, Token::SemiColon)) {
            return Err(Wrong::new("只能写一个表达式，不能有「;」", CHECK, self.range(token.span)));
        }
        let mut parser = Parser::new(&dialect).with_recursion_limit(MOST_DEPTH).with_tokens_with_locations(tokens);
        let parsed = parser.parse_expr();
        let next = parser.peek_token();
        let at = self.range(next.span);
        let expr = parsed.map_err(|error| match error {
            ParserError::RecursionLimitExceeded => deep(self.text),
            _ => match &next.token {
                Token::EOF => Wrong::new("表达式没有写完", CHECK, self.text.trim_end().len()..self.text.len()),
                token => Wrong::new(format!("表达式无法解析：「{token}」不应在这里"), CHECK, at.clone()),
            },
        })?;
        if next.token != Token::EOF {
            let message = format!("「{}」不应在这里：前面已经是一个完整的表达式", next.token);
            return Err(Wrong::new(message, "请用 AND、OR 或运算符连接，或者删去", at));
        }
        self.term(&expr)
    }

    /// Columns of a location are counted in characters.
    fn offset(&self, location: Location) -> usize {
        let line = usize::try_from(location.line).unwrap_or(usize::MAX).saturating_sub(1);
        let before: usize = self.text.split_inclusive('\n').take(line).map(str::len).sum();
        let column = usize::try_from(location.column).unwrap_or(usize::MAX).saturating_sub(1);
        let rest = &self.text[before.min(self.text.len())..];
        before + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
    }

    fn range(&self, span: sqlparser::tokenizer::Span) -> Range<usize> {
        if span.start.line == 0 {
            return 0..self.text.len();
        }
        let start = self.offset(span.start);
        start..self.offset(span.end).max(start)
    }

    fn refuse(&self, what: &str, remedy: &str, span: Range<usize>) -> Wrong {
        let remedy = if remedy.is_empty() { SEE.to_owned() } else { format!("{remedy}；{SEE}") };
        Wrong::new(format!("不能用 {what}"), remedy, span)
    }

    fn call(&self, op: Op, parts: &[&Expr], span: Range<usize>) -> Result<Term, Wrong> {
        let parts = parts.iter().map(|part| self.term(part)).collect::<Result<Vec<_>, _>>()?;
        Ok(Term::unbound(Node::Call(op, parts), span))
    }

    fn negated(&self, term: Term, negated: bool) -> Term {
        let span = term.span.clone();
        if negated { Term::unbound(Node::Call(Op::Not, vec![term]), span) } else { term }
    }

    fn term(&self, expr: &Expr) -> Result<Term, Wrong> {
        let span = self.range(expr.span());
        match expr {
            Expr::Nested(inner) => self.term(inner),
            Expr::Identifier(name) => match (name.quote_style, name.value.to_uppercase().as_str()) {
                (None, "CURRENT_DATE" | "CURRENT_TIMESTAMP" | "NOW") => Err(self.unknown_function(&name.value, span)),
                _ => Ok(Term::unbound(Node::Name(name.value.as_str().into(), None), span)),
            },
            Expr::Value(value) => Ok(Term::unbound(Node::Value(self.value(&value.value, span.clone())?), span)),
            Expr::TypedString(typed) if typed.data_type == ast::DataType::Date => {
                let text = match &typed.value.value {
                    ast::Value::SingleQuotedString(text) => text.as_str(),
                    _ => "",
                };
                let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d");
                let day = day
                    .map_err(|_| Wrong::new(format!("「{text}」不是一天"), "请写成 DATE '2015-06-30'", span.clone()))?;
                Ok(Term::unbound(Node::Value(Literal::Day(day)), span))
            }
            Expr::Interval(interval) => self.interval(interval, span),
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right, span),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => self.call(Op::Not, &[expr], span),
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => {
                let inner = self.term(expr)?;
                Ok(match inner.node {
                    Node::Value(Literal::Whole(value)) => Term::unbound(Node::Value(Literal::Whole(-value)), span),
                    Node::Value(Literal::Number(value)) => Term::unbound(Node::Value(Literal::Number(-value)), span),
                    _ => Term::unbound(Node::Call(Op::Negate, vec![inner]), span),
                })
            }
            Expr::UnaryOp { op: UnaryOperator::Plus, expr } => self.term(expr),
            Expr::IsNull(of) | Expr::IsUnknown(of) => self.call(Op::IsNull, &[of], span),
            Expr::IsNotNull(of) | Expr::IsNotUnknown(of) => self.call(Op::IsNotNull, &[of], span),
            Expr::IsTrue(of) => self.call(Op::IsTrue, &[of], span),
            Expr::IsNotTrue(of) => self.call(Op::IsNotTrue, &[of], span),
            Expr::IsFalse(of) => self.call(Op::IsFalse, &[of], span),
            Expr::IsNotFalse(of) => self.call(Op::IsNotFalse, &[of], span),
            Expr::InList { expr, list, negated } => {
                let parts: Vec<&Expr> = std::iter::once(expr.as_ref()).chain(list).collect();
                Ok(self.negated(self.call(Op::In, &parts, span)?, *negated))
            }
            Expr::Between { expr, negated, low, high } => {
                Ok(self.negated(self.call(Op::Between, &[expr, low, high], span)?, *negated))
            }
            Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
                Ok(self.negated(self.call(Op::Like, &[expr, pattern], span)?, *negated))
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                let mut parts = Vec::new();
                for one in conditions {
                    let condition = match operand {
                        Some(operand) => {
                            let at = self.range(one.condition.span());
                            self.call(Op::Equal, &[operand, &one.condition], at)?
                        }
                        None => self.term(&one.condition)?,
                    };
                    parts.extend([condition, self.term(&one.result)?]);
                }
                parts.extend(else_result.as_ref().map(|one| self.term(one)).transpose()?);
                Ok(Term::unbound(Node::Call(Op::Case, parts), span))
            }
            Expr::Extract { field, expr, .. } => {
                let op = match field {
                    ast::DateTimeField::Year => Op::Year,
                    ast::DateTimeField::Month => Op::Month,
                    ast::DateTimeField::Day => Op::Day,
                    other => {
                        return Err(self.refuse(&format!("EXTRACT({other} FROM …)"), "可用 YEAR、MONTH、DAY", span));
                    }
                };
                self.call(op, &[expr], span)
            }
            Expr::Ceil { expr, field: WHOLE } => self.call(Op::Ceiling, &[expr], span),
            Expr::Floor { expr, field: WHOLE } => self.call(Op::Floor, &[expr], span),
            Expr::Substring { expr, substring_from: Some(from), substring_for, .. } => {
                let mut parts: Vec<&Expr> = vec![expr, from];
                parts.extend(substring_for.as_deref());
                self.call(Op::Substring, &parts, span)
            }
            Expr::Cast { kind: ast::CastKind::Cast, expr, data_type, array: false, format: None } => {
                use ast::DataType::{BigInt, Date, Int, Integer};
                match data_type {
                    Int(None) | Integer(None) | BigInt(None) => self.call(Op::Integer, &[expr], span),
                    Date => Err(self.refuse(
                        "CAST(… AS DATE)",
                        "日期的列请写 type = \"date\"，写明的日期请写成 DATE '2015-06-30'",
                        span,
                    )),
                    other => {
                        let remedy = "列的类型请在 [[table]] 的 type 中写明（number、date、year、choice 等）";
                        Err(self.refuse(&format!("CAST(… AS {other})"), remedy, span))
                    }
                }
            }
            Expr::Function(function) => self.function(function, span),
            other => Err(self.other(other, span)),
        }
    }

    fn value(&self, value: &ast::Value, span: Range<usize>) -> Result<Literal, Wrong> {
        Ok(match value {
            ast::Value::Null => Literal::Null,
            ast::Value::Boolean(value) => Literal::Truth(*value),
            ast::Value::SingleQuotedString(text) => Literal::Text(text.as_str().into()),
            ast::Value::Number(digits, false) => match digits.parse::<i64>() {
                Ok(whole) => Literal::Whole(whole),
                Err(_) => match digits.parse::<f64>() {
                    Ok(number) if number.is_finite() => Literal::Number(number),
                    _ => return Err(Wrong::new(format!("「{digits}」不是数字"), CHECK, span)),
                },
            },
            _ => return Err(Wrong::new("文字要写在单引号中", CHECK, span)),
        })
    }

    fn interval(&self, interval: &ast::Interval, span: Range<usize>) -> Result<Term, Wrong> {
        let written = match interval.value.as_ref() {
            Expr::Value(value) => match &value.value {
                ast::Value::SingleQuotedString(text) => text.clone(),
                ast::Value::Number(digits, _) => digits.clone(),
                _ => String::new(),
            },
            _ => String::new(),
        };
        let unit = interval.leading_field.as_ref().map(|field| format!(" {field}")).unwrap_or_default();
        let period = Interval::of(&format!("{written}{unit}")).ok_or_else(|| {
            let message = format!("「{written}{unit}」不是期限");
            Wrong::new(message, "请写成 '15 days'、'2 weeks'、'6 months' 或 '1 year'", span.clone())
        })?;
        Ok(Term::unbound(Node::Value(Literal::Interval(period)), span))
    }

    fn binary(&self, left: &Expr, op: &ast::BinaryOperator, right: &Expr, span: Range<usize>) -> Result<Term, Wrong> {
        use ast::BinaryOperator as B;
        if let B::And | B::Or | B::StringConcat = op {
            return self.chain(left, op, right, span);
        }
        if let Some(entry) = functions::operator(&format!("{{0}} {op} {{1}}")) {
            return self.call(entry.op.clone(), &[left, right], span);
        }
        let at = self.range(left.span()).end..self.range(right.span()).start;
        let remedy = match op {
            B::Spaceship => "请写 =；要把两边都空也当作相等，写 (a = b OR (a IS NULL AND b IS NULL))",
            B::Xor => "请写 a <> b",
            _ => "",
        };
        Err(self.refuse(&format!("运算符 {op}"), remedy, at))
    }

    /// What AND, OR or || joins, however many: one term, so that nothing nests deeper than its brackets.
    fn chain(&self, left: &Expr, op: &ast::BinaryOperator, right: &Expr, span: Range<usize>) -> Result<Term, Wrong> {
        let mut operands = vec![right];
        let mut rest = left;
        loop {
            match rest {
                Expr::BinaryOp { left, op: same, right } if same == op => {
                    operands.push(right);
                    rest = left;
                }
                Expr::Nested(inner) if matches!(inner.as_ref(), Expr::BinaryOp { op: same, .. } if same == op) => {
                    rest = inner;
                }
                _ => break,
            }
        }
        operands.push(rest);
        operands.reverse();
        let op = functions::operator(&format!("{{ {op} }}")).map_or(Op::Concat, |entry| entry.op.clone());
        let mut parts = Vec::with_capacity(operands.len());
        for operand in operands {
            let term = self.term(operand)?;
            match term.node {
                Node::Call(same, inner) if same == op => parts.extend(inner),
                _ => parts.push(term),
            }
        }
        Ok(Term::unbound(Node::Call(op, parts), span))
    }

    fn function(&self, function: &ast::Function, span: Range<usize>) -> Result<Term, Wrong> {
        let name = function.name.to_string();
        let at = self.range(function.name.span());
        let upper = name.to_uppercase();
        if function.over.is_some() || function.filter.is_some() || !function.within_group.is_empty() {
            let remedy = "请在 [[fact]] 中用 given 选出各行、用 value 汇总，再用这个事实";
            return Err(self.refuse(&format!("{upper} 的 OVER 或 FILTER"), remedy, at));
        }
        let FunctionArguments::List(list) = &function.args else { return Err(self.unknown_function(&name, at)) };
        let distinct = matches!(list.duplicate_treatment, Some(ast::DuplicateTreatment::Distinct));
        let mut parts = Vec::new();
        let mut star = false;
        for arg in &list.args {
            match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => parts.push(expr),
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => star = true,
                _ => return Err(self.refuse(&format!("{upper} 的这种参数"), "", at)),
            }
        }
        let entry = functions::function(&name).ok_or_else(|| self.unknown_function(&name, at.clone()))?;
        let (op, operands) = match (&entry.op, star, distinct) {
            (Op::Count, true, false) => (Op::Count, 0..=0),
            (Op::Count, false, false) => (Op::CountOf, 1..=1),
            (Op::Count, false, true) => (Op::CountDistinct, 1..=1),
            (_, true, _) => return Err(self.refuse(&format!("{upper}(*)"), entry.form, at)),
            (_, _, true) => return Err(self.refuse(&format!("{upper}(DISTINCT …)"), "只有 COUNT(DISTINCT 值)", at)),
            (op, ..) => (op.clone(), entry.operands.clone()),
        };
        if !operands.contains(&parts.len()) || !list.clauses.is_empty() || function.null_treatment.is_some() {
            return Err(Wrong::new(format!("{upper} 的参数不对"), format!("请写成 {}", entry.form), at));
        }
        self.call(op, &parts, span)
    }

    fn unknown_function(&self, name: &str, at: Range<usize>) -> Wrong {
        let near = functions::instead(name).map(|form| format!("请改写成 {form}")).unwrap_or_default();
        self.refuse(&format!("函数 {name}"), &near, at)
    }

    /// Names what the parser knows and the language does not.
    fn other(&self, expr: &Expr, span: Range<usize>) -> Wrong {
        let (what, remedy) = match expr {
            Expr::CompoundIdentifier(_) => ("「.」", "名称只写一段；名称里有「.」的请加双引号"),
            Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => {
                ("SELECT", "只能写表达式，不能写语句；要看另一张表的各行，请写 [[fact]] 的 from、given 和 value")
            }
            Expr::ILike { .. } | Expr::SimilarTo { .. } | Expr::RLike { .. } | Expr::Like { .. } => {
                ("这种 LIKE", "请写 文字 LIKE '样式'")
            }
            Expr::IsDistinctFrom(..) | Expr::IsNotDistinctFrom(..) => {
                ("IS DISTINCT FROM", "请写 a = b，空值另用 IS NULL")
            }
            Expr::Cast { .. } | Expr::Convert { .. } => {
                ("这种类型转换", "列的类型请在 [[table]] 的 type 中写明（number、date、year、choice 等）")
            }
            Expr::Trim { .. } => ("TRIM", "读入时已去掉首尾的空格"),
            Expr::Position { .. } => ("POSITION", "请写 文字 LIKE '%…%'"),
            Expr::Ceil { .. } => ("CEIL 的位数", "请写 CEILING(数字)"),
            Expr::Floor { .. } => ("FLOOR 的位数", "请写 FLOOR(数字)"),
            Expr::Tuple(_) => ("「(值, 值)」", "列举只写在 IN 之后"),
            Expr::TypedString(_) => ("这种写明的值", "日期请写成 DATE '2015-06-30'"),
            Expr::UnaryOp { .. } => ("这种运算符", ""),
            _ => ("这种写法", CHECK),
        };
        self.refuse(what, remedy, span)
    }
}
