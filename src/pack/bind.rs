//! Gives a term its types and its names their meaning, or says what is wrong with it and where.

use std::sync::Arc;

use super::assemble::YES_NO;
use super::functions::Op;
use super::model::{ColumnKind, Pack};
use super::scope::{self, Meaning, Site};
use super::syntax::Wrong;
use super::term::{Interval, Kind, Literal, Node, Order, Term};

/// What to do about a name that means nothing.
pub const NAMES: &str =
    "可用的有：本表的列，同一对象及其所属对象的事实，参数，以及 本年、基准日、年初、本轮；可用 kaohe pack show 查看";
const SAME: &str =
    "请使两边同为数字、文字、日期或真假；文字用单引号；「是」「否」的列写成 列 = '是'，type = \"yes_no\" 的只写列名";

/// What an expression looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// One entity or row at a time: nothing may be summed up.
    Each,
    /// All rows of an entity: whatever is not summed up must be the same for all of them.
    Together,
}

/// The term with its types and meanings. `not` is the fact being defined, as in [`scope::resolve`].
///
/// # Errors
/// The first thing that is wrong, in reading order.
pub fn bind(pack: &Pack, site: Site, not: Option<usize>, rows: Rows, term: &Term) -> Result<Term, Wrong> {
    Binder { pack, site, not }.term(term, rows, false)
}

struct Binder<'p> {
    pack: &'p Pack,
    site: Site,
    not: Option<usize>,
}

impl Binder<'_> {
    fn term(&self, term: &Term, rows: Rows, inside: bool) -> Result<Term, Wrong> {
        let span = term.span.clone();
        match &term.node {
            Node::Value(value) => {
                let kind = match value {
                    Literal::Null => Kind::Null,
                    Literal::Truth(_) => Kind::Truth,
                    Literal::Whole(_) => Kind::WHOLE,
                    Literal::Number(_) => Kind::NUMBER,
                    Literal::Text(text) => Kind::written(vec![text.to_string()]),
                    Literal::Day(_) => Kind::Day,
                    Literal::Interval(_) => Kind::Interval,
                };
                Ok(Term { node: term.node.clone(), kind, open: *value == Literal::Null, span })
            }
            Node::Name(name, _) => {
                let meaning = scope::resolve(self.pack, self.site, name, self.not)
                    .map_err(|message| Wrong::new(message, NAMES, span.clone()))?;
                if rows == Rows::Together && !inside && meaning != Meaning::Literal {
                    let message = format!("「{name}」各行不一，要写在汇总函数之中");
                    let remedy = format!("请写成 MAX({name})、MIN({name})、SUM({name}) 或 COUNT({name}) 之类");
                    return Err(Wrong::new(message, remedy, span));
                }
                let (kind, open) = scope::described(self.pack, self.site, name, meaning);
                let named = Term { node: Node::Name(Arc::clone(name), Some(meaning)), kind, open, span: span.clone() };
                if !(meaning == Meaning::Column && scope::is_yes_no(self.pack, self.site, name)) {
                    return Ok(named);
                }
                let yes = Term { span: span.clone(), ..Term::word(YES_NO[0]) };
                Ok(Term { node: Node::Call(Op::Equal, vec![named, yes]), kind: Kind::Truth, open, span })
            }
            Node::Call(op, parts) => {
                if op.aggregates() && (rows == Rows::Each || inside) {
                    let name = op.form();
                    let (message, remedy) = if inside {
                        (format!("{name} 不能写在另一个汇总函数之中"), "请先写成一个事实，再汇总")
                    } else {
                        (
                            format!("{name} 不能写在这里：这里一次只看一行，汇总要看各行"),
                            "汇总写在 [[fact]] 的 value 中（from 是哪张表，given 是哪些行），再在条件中用这个事实",
                        )
                    };
                    return Err(Wrong::new(message, remedy, span));
                }
                let inside = inside || op.aggregates();
                let parts = parts.iter().map(|part| self.term(part, rows, inside)).collect::<Result<Vec<_>, _>>()?;
                self.call(op, parts, span)
            }
        }
    }

    fn call(&self, op: &Op, mut parts: Vec<Term>, span: std::ops::Range<usize>) -> Result<Term, Wrong> {
        let any = parts.iter().any(|part| part.open);
        let mut op = op.clone();
        if let Some((asked, rule, is)) = operands(&op, &parts) {
            each(asked, rule, is)?;
        }
        let (kind, open) = match &op {
            Op::And | Op::Or | Op::Not => (Kind::Truth, any),
            Op::IsTrue | Op::IsNotTrue | Op::IsFalse | Op::IsNotFalse | Op::IsNull | Op::IsNotNull => {
                (Kind::Truth, false)
            }
            Op::Equal | Op::Unequal | Op::In => {
                self.comparable(&parts)?;
                (Kind::Truth, any)
            }
            Op::Less | Op::AtMost | Op::Greater | Op::AtLeast | Op::Between => {
                self.orderable(&parts, op.form())?;
                (Kind::Truth, any)
            }
            Op::Like => match &parts[1].node {
                Node::Value(Literal::Text(pattern)) if !pattern.contains('\\') => (Kind::Truth, any),
                _ => {
                    let remedy = "请写成 文字 LIKE '样式'，% 为任意几个字，_ 为一个字，不用 \\";
                    return Err(Wrong::new("LIKE 的样式应当是写明的文字", remedy, parts[1].span.clone()));
                }
            },
            Op::Case => self.case(&parts)?,
            Op::Coalesce => (self.comparable(&parts)?, parts.iter().all(|part| part.open)),
            Op::NullIf => {
                self.comparable(&parts)?;
                (parts[0].kind.clone(), true)
            }
            Op::Greatest | Op::Least => (self.orderable(&parts, op.form())?, any),
            Op::Add | Op::Subtract if parts[0].kind == Kind::Day => {
                if let Node::Value(Literal::Text(text)) = &parts[1].node
                    && let Some(period) = Interval::of(text)
                {
                    parts[1].node = Node::Value(Literal::Interval(period));
                    parts[1].kind = Kind::Interval;
                }
                match (&op, &parts[1].kind) {
                    (Op::Add, Kind::Interval) => op = Op::Later,
                    (Op::Subtract, Kind::Interval) => op = Op::Earlier,
                    (Op::Subtract, Kind::Day | Kind::Null) => op = Op::DaysBetween,
                    _ => {
                        let message = format!("日期不能加减{}", parts[1].kind.name());
                        let remedy = "请写成 日期 + '6 months'（days、weeks、months、years）；两个日期相减得天数";
                        return Err(Wrong::new(message, remedy, parts[1].span.clone()));
                    }
                }
                (if op == Op::DaysBetween { Kind::WHOLE } else { Kind::Day }, any)
            }
            Op::Divide | Op::Remainder | Op::Average => {
                let kind = self.numbers(&op, &parts)?;
                let kind = if op == Op::Remainder { kind } else { Kind::NUMBER };
                (kind, any || parts.get(1).is_some_and(|by| by.constant().is_none_or(|by| by.number() == Some(0.0))))
            }
            Op::Add | Op::Subtract | Op::Multiply | Op::Negate | Op::Abs | Op::Floor | Op::Ceiling | Op::Sum => {
                (self.numbers(&op, &parts)?, any)
            }
            Op::Round => {
                let kind = self.numbers(&op, &parts[..1])?;
                if let Some(digits) = parts.get(1) {
                    self.written_number(digits, -10, 10, "ROUND 的位数")?;
                }
                (kind, any)
            }
            Op::Year | Op::Month | Op::Day | Op::Length => (Kind::WHOLE, any),
            Op::Left | Op::Right => {
                self.written_number(&parts[1], 0, 1000, "个数")?;
                (Kind::Text, any)
            }
            Op::Substring => {
                self.written_number(&parts[1], 1, 1000, "起")?;
                if let Some(count) = parts.get(2) {
                    self.written_number(count, 0, 1000, "个数")?;
                }
                (Kind::Text, any)
            }
            Op::Concat => (Kind::Text, any),
            Op::Integer => {
                self.integer(&parts[0], &span)?;
                (Kind::WHOLE, any)
            }
            Op::Count | Op::CountOf | Op::CountDistinct => (Kind::WHOLE, false),
            Op::Min | Op::Max => {
                if matches!(parts[0].kind, Kind::List | Kind::Interval | Kind::Null) {
                    let message = format!("{} 不能用于{}", op.form(), parts[0].kind.name());
                    return Err(Wrong::new(message, "可用于真假、数字、日期、文字、选项", parts[0].span.clone()));
                }
                (parts[0].kind.clone(), any)
            }
            Op::Later | Op::Earlier | Op::DaysBetween => (parts[0].kind.clone(), any),
            Op::Rank(_) | Op::Digits | Op::Truncate => (Kind::NUMBER, any),
            Op::Word(set) => (Kind::Choice(Arc::clone(set)), any),
        };
        Ok(Term { node: Node::Call(op, parts), kind, open, span })
    }

    /// The type that holds all of them.
    fn comparable(&self, parts: &[Term]) -> Result<Kind, Wrong> {
        let mut kind = Kind::Null;
        for part in parts {
            let fits = |kind: &Kind| !matches!(kind, Kind::List | Kind::Interval);
            let joined = kind.join(&part.kind).filter(fits).ok_or_else(|| {
                let (one, other) = (if kind == Kind::Null { &part.kind } else { &kind }, &part.kind);
                let remedy = match (one, other) {
                    (Kind::List, _) | (_, Kind::List) => "一格里有几个名字的列只能问 IS NULL、IS NOT NULL",
                    (Kind::Day, _) | (_, Kind::Day) => {
                        "写明的日期请写成 DATE '2015-06-30'；年份请用 EXTRACT(YEAR FROM 日期)"
                    }
                    _ => SAME,
                };
                let message = if *one == Kind::List && parts.len() == 1 {
                    format!("{}不能比较", one.name())
                } else {
                    format!("{}不能与{}比较", one.name(), other.name())
                };
                Wrong::new(message, remedy, part.span.clone())
            })?;
            kind = joined;
        }
        Ok(kind)
    }

    /// Values of which one can be larger than another.
    fn orderable(&self, parts: &[Term], form: &str) -> Result<Kind, Wrong> {
        let kind = self.comparable(parts)?;
        let fault = |message: String, remedy: String, at: &Term| Err(Wrong::new(message, remedy, at.span.clone()));
        let choice = parts.iter().find(|part| matches!(&part.kind, Kind::Choice(set) if set.order != Order::Written));
        match (&kind, choice) {
            (Kind::Number { .. } | Kind::Day | Kind::Null | Kind::Text, None) => Ok(kind),
            (Kind::Choice(set), _) if set.order == Order::Ranked => Ok(kind),
            (Kind::Choice(_) | Kind::Text, Some(of)) => {
                let name = match &of.node {
                    Node::Name(name, _) => format!("「{name}」"),
                    _ => "这一边".to_owned(),
                };
                let Some(set) = of.kind.ranked() else {
                    let message = format!("{name}是没有次序的选项，不能用 {form}");
                    let remedy = "要分高低的列请写 ordered = true 并从低到高列出 values；否则用 =、<>、IN";
                    return fault(message, remedy.to_owned(), of);
                };
                // Another word than those of the set is what takes its order away.
                let foreign = |part: &&Term| match &part.kind {
                    Kind::Choice(other) => other.words.iter().any(|word| !set.words.contains(word)),
                    kind => *kind != Kind::Null,
                };
                let at = parts.iter().find(foreign).unwrap_or(of);
                let word = match &at.kind {
                    Kind::Choice(other) => {
                        other.words.iter().find(|word| !set.words.contains(word)).map(|word| format!("「{word}」"))
                    }
                    _ => None,
                };
                let word = word.unwrap_or_else(|| at.kind.name().to_owned());
                let message = format!("{word}不能与有次序的{name}比较，可用的值为：{}", set.words.join("、"));
                fault(message, "请改用其中一个值".to_owned(), at)
            }
            _ => {
                let remedy = "可分大小的有数字、日期和有次序的选项（ordered = true）".to_owned();
                fault(format!("{}不分大小，不能用 {form}", kind.name()), remedy, &parts[0])
            }
        }
    }

    fn case(&self, parts: &[Term]) -> Result<(Kind, bool), Wrong> {
        let (mut conditions, mut values) = (Vec::new(), Vec::new());
        for pair in parts.chunks(2) {
            match pair {
                [condition, value] => {
                    conditions.push(condition.clone());
                    values.push(value.clone());
                }
                rest => values.extend(rest.iter().cloned()),
            }
        }
        each(&conditions, "WHEN 后面应当是真假条件", |kind| *kind == Kind::Truth)?;
        let kind = self.comparable(&values)?;
        let lacks_else = parts.len().is_multiple_of(2);
        Ok((kind, lacks_else || values.iter().any(|value| value.open)))
    }

    fn numbers(&self, op: &Op, parts: &[Term]) -> Result<Kind, Wrong> {
        let mut kind = Kind::WHOLE;
        for part in parts {
            if !matches!(part.kind, Kind::Number { .. } | Kind::Null) {
                let message = format!("{} 用于数字，却是{}", op.form(), part.kind.name());
                let remedy = match part.kind {
                    Kind::Text | Kind::Choice(_) if *op == Op::Add => "连接文字请用 ||；数字的列请写 type = \"number\"",
                    _ => "数字的列请写 type = \"number\"",
                };
                return Err(Wrong::new(message, remedy, part.span.clone()));
            }
            kind = kind.join(&part.kind).unwrap_or(Kind::NUMBER);
        }
        Ok(kind)
    }

    fn written_number(&self, term: &Term, least: i64, most: i64, what: &str) -> Result<(), Wrong> {
        match &term.node {
            Node::Value(Literal::Whole(value)) if (least..=most).contains(value) => Ok(()),
            _ => {
                let message = format!("{what}应当是写明的整数");
                Err(Wrong::new(message, format!("请写 {least} 至 {most} 的整数"), term.span.clone()))
            }
        }
    }

    /// What is surely an integer: a bad text would be known only when the run meets it.
    fn integer(&self, of: &Term, span: &std::ops::Range<usize>) -> Result<(), Wrong> {
        let of_line = |term: &Term| match &term.node {
            Node::Name(name, Some(Meaning::Column)) => {
                let Some(entity) = self.site.entity() else { return &**name == "处理编号" };
                let column = scope::table_of(self.pack, entity).and_then(|table| self.pack.tables[table].named(name));
                column.is_some_and(|column| matches!(column.kind, ColumnKind::Line { .. }))
            }
            _ => false,
        };
        let year = match &of.node {
            Node::Call(Op::Left, parts) => {
                of_line(&parts[0]) && matches!(parts[1].node, Node::Value(Literal::Whole(4)))
            }
            _ => false,
        };
        if year || matches!(of.kind, Kind::Number { whole: true } | Kind::Null) {
            return Ok(());
        }
        let (message, remedy) = match of.kind {
            Kind::Number { .. } => {
                ("CAST(… AS INT) 不说怎样取整".to_owned(), "请写 ROUND（四舍五入）、FLOOR 或 CEILING")
            }
            _ => (
                format!("CAST(… AS INT) 不能用于{}：不是数字的要到运行时才知道", of.kind.name()),
                "数字的列请写 type = \"number\" 或 \"year\"，读入时逐格检查；处理编号的年份写 CAST(LEFT(处理编号, 4) AS INT)",
            ),
        };
        Err(Wrong::new(message, remedy, span.clone()))
    }
}

fn is_text(kind: &Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Choice(_))
}

/// Operands that must be of one kind, the rule that says so, and what they may be.
type Rule<'t> = (&'t [Term], &'static str, fn(&Kind) -> bool);

/// What is asked of an operation's operands, where they are of one kind whatever else they are.
fn operands<'t>(op: &Op, parts: &'t [Term]) -> Option<Rule<'t>> {
    let is_truth = |kind: &Kind| *kind == Kind::Truth;
    Some(match op {
        Op::And | Op::Or => (parts, "AND、OR 的两边应当是真假条件", is_truth),
        Op::Not => (parts, "NOT 后面应当是真假条件", is_truth),
        Op::IsTrue | Op::IsNotTrue | Op::IsFalse | Op::IsNotFalse => {
            (parts, "IS TRUE、IS FALSE 的前面应当是真假条件", is_truth)
        }
        Op::Like => (parts, "LIKE 的两边应当是文字", is_text),
        Op::Year | Op::Month | Op::Day => (parts, "EXTRACT 只取自日期", |kind| *kind == Kind::Day),
        Op::Left | Op::Right => (&parts[..1], "LEFT、RIGHT 只取自文字", is_text),
        Op::Substring => (&parts[..1], "SUBSTRING 只取自文字", is_text),
        Op::Length => (parts, "LENGTH 只数文字", is_text),
        Op::Concat => (parts, "|| 的两边应当是文字", is_text),
        _ => return None,
    })
}

/// Each of them is of a kind, or NULL.
fn each(parts: &[Term], rule: &str, is: impl Fn(&Kind) -> bool) -> Result<(), Wrong> {
    match parts.iter().find(|part| part.kind != Kind::Null && !is(&part.kind)) {
        None => Ok(()),
        Some(part) => {
            let message = format!("{rule}，却有{}", part.kind.name());
            Err(Wrong::new(message, SAME, part.span.clone()))
        }
    }
}
