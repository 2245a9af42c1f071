//! Conditions in words, for people: `情节 ≥ 调整建议起点情节（较重）`.

use crate::pack::functions::Op;
use crate::pack::term::{Literals, Node, Term};

/// An atom as a phrase.
pub fn say(term: &Term, literals: &Literals) -> String {
    let (op, parts) = match &term.node {
        Node::Name(name, _) => {
            return match literals.get(&**name) {
                Some(literal) => format!("{name}（{}）", literal.said()),
                None => name.to_string(),
            };
        }
        Node::Value(value) => return value.said(),
        Node::Call(op, parts) => (op, parts.as_slice()),
    };
    let sign = match op {
        Op::Equal => "＝",
        Op::Unequal => "≠",
        Op::Less => "＜",
        Op::AtMost => "≤",
        Op::Greater => "＞",
        Op::AtLeast => "≥",
        Op::Add => "＋",
        Op::Subtract | Op::DaysBetween => "－",
        Op::Multiply => "×",
        Op::Divide => "÷",
        Op::And => "且",
        Op::Or => "或",
        _ => "",
    };
    if !sign.is_empty() {
        return parts.iter().map(|part| say(part, literals)).collect::<Vec<_>>().join(sign);
    }
    match (op, parts) {
        (Op::IsNull, [of]) => format!("{}未填", say(of, literals)),
        (Op::IsNotNull, [of]) => format!("{}已填", say(of, literals)),
        (Op::Not | Op::IsNotTrue | Op::IsFalse, [of]) => format!("并非“{}”", say(of, literals)),
        (Op::IsTrue | Op::IsNotFalse | Op::Integer, [of]) | (Op::Coalesce, [of, ..]) => say(of, literals),
        (Op::Year, [of]) => format!("{}的年份", say(of, literals)),
        (Op::Later, [of, period]) => format!("{}后{}", say(of, literals), say(period, literals)),
        (Op::Earlier, [of, period]) => format!("{}前{}", say(of, literals), say(period, literals)),
        (Op::Between, [of, low, high]) => {
            format!("{}在{}至{}之间", say(of, literals), say(low, literals), say(high, literals))
        }
        (Op::In, [of, words @ ..]) => {
            let words: Vec<String> = words.iter().map(|word| say(word, literals)).collect();
            format!("{}为{}", say(of, literals), words.join("、"))
        }
        // What has no phrase of its own is named by what it rests on.
        _ => format!("由{}定出的条件", term.names().join("、")),
    }
}
