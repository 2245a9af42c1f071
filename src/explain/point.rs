//! Conditions of a rule, with the values that met or missed them and how far off they were.

use serde::Serialize;

use crate::fact::FactValue;
use crate::rule::Tree;
use crate::rule::record::{Head, Record, Witness};

/// One condition, or a value behind one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// The condition or the value's name.
    pub text: String,
    /// What it is in fact; empty where the condition says it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// Nobody knows whether it is met.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance: Option<Distance>,
    /// The cells, each with what stands there.
    pub cells: Vec<SeenAt>,
    /// What a computed value rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Point>,
}

impl Point {
    /// Text, value and distance in a sentence.
    pub fn told(&self) -> String {
        let value = if self.value.is_empty() { String::new() } else { format!("：{}", self.value) };
        let distance = self.distance.as_ref().map_or_else(String::new, |distance| format!("（{}）", distance.text));
        format!("{}{value}{distance}", self.text)
    }
}

/// A cell that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeenAt {
    /// `路径/文件.xlsx!工作表!A12`.
    pub source: String,
    pub column: String,
    pub value: String,
}

/// How far a value is from the line that it is compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Distance {
    /// In words: `得分 61.5，高于得分线 60，差 1.5`.
    pub text: String,
    /// In the unit of the line, or in steps of an ordered set; for sorting.
    pub by: f64,
}

/// Makes points from a record.
pub struct Points<'p> {
    pub head: &'p Head,
    pub record: &'p Record<'p>,
}

impl Points<'_> {
    /// The conditions that make `node` true, as far as they are.
    pub fn met(&self, node: &Tree) -> Vec<Point> {
        let mut found = Vec::new();
        self.leaves(node, true, true, &mut found);
        found
    }

    /// The conditions that keep `node` from being true, the nearest to being met first.
    pub fn unmet(&self, node: &Tree) -> Vec<Point> {
        let mut found = Vec::new();
        self.leaves(node, true, false, &mut found);
        let far = |point: &Point| point.distance.as_ref().map_or(f64::INFINITY, |distance| distance.by);
        found.sort_by(|a, b| far(a).total_cmp(&far(b)));
        found
    }

    /// The value of a node, in three values.
    fn is(&self, node: &Tree) -> Option<bool> {
        node.value(&|atom| self.record.atom(atom))
    }

    /// Atoms that (if `met`) give the node the value `wanted`, or that keep it from having it.
    fn leaves(&self, node: &Tree, wanted: bool, met: bool, found: &mut Vec<Point>) {
        let value = self.is(node);
        if met != (value == Some(wanted)) {
            // A part that is decided the other way says nothing here, unless parts of it do.
            if let (Tree::All(nodes) | Tree::Any(nodes), true) = (node, met) {
                nodes.iter().for_each(|node| self.leaves(node, wanted, met, found));
            }
            return;
        }
        match node {
            Tree::Atom(atom) => found.push(Point { open: value.is_none(), ..self.atom(*atom, wanted) }),
            Tree::All(nodes) | Tree::Any(nodes) => nodes.iter().for_each(|node| self.leaves(node, wanted, met, found)),
            Tree::Not(node) => self.leaves(node, !wanted, met, found),
        }
    }

    fn entity(&self) -> &crate::rule::record::EntityHead {
        &self.head.entities[self.record.entity]
    }

    /// A condition and the values it uses.
    fn atom(&self, atom: usize, wanted: bool) -> Point {
        let of = &self.entity().atoms[atom];
        let text = if wanted { of.text.clone() } else { format!("并非“{}”", of.text) };
        let measured = of.measure.as_ref().zip(of.uses.first());
        let distance = measured.and_then(|(measure, value)| {
            let shown = self.shown(*value);
            distance(&self.head.values[*value].name, &shown, &measure.name, &measure.line, &measure.order)
        });
        if let [value] = of.uses.as_slice()
            && self.head.values[*value].name == of.text
        {
            // The condition is the value itself.
            return Point { text, ..self.value(*value, distance) };
        }
        let uses: Vec<Point> = of.uses.iter().map(|value| self.value(*value, None)).collect();
        let value = match uses.as_slice() {
            [one] => one.value.clone(),
            many => many.iter().map(|one| format!("{}：{}", one.text, one.value)).collect::<Vec<_>>().join("，"),
        };
        let nearest = uses.iter().filter_map(|one| one.distance.clone()).min_by(|a, b| a.by.total_cmp(&b.by));
        Point {
            text,
            value,
            open: false,
            distance: distance.or(nearest),
            cells: uses.iter().flat_map(|one| one.cells.clone()).collect(),
            parts: uses.into_iter().flat_map(|one| one.parts).collect(),
        }
    }

    /// A value with its cells and what it is computed from.
    pub fn value(&self, value: usize, known: Option<Distance>) -> Point {
        let of = &self.head.values[value];
        let (_, witnesses) = self.record.value(self.head, value);
        let near = witnesses.iter().filter_map(|witness| self.witnessed(value, witness));
        let near = near.min_by(|a, b| a.by.total_cmp(&b.by));
        // What is true is so through what is true behind it.
        let holds = |value: usize| self.record.value(self.head, value).0 == &FactValue::Bool(true);
        let any = holds(value) && of.parts.iter().any(|part| holds(*part));
        let parts = of.parts.iter().filter(|part| !any || holds(**part));
        let parts: Vec<Point> = parts.map(|part| self.value(*part, None)).collect();
        Point {
            text: of.name.clone(),
            value: self.shown(value),
            open: false,
            distance: known.or(near),
            cells: witnesses.iter().map(|witness| self.seen(value, witness)).collect(),
            parts,
        }
    }

    fn seen(&self, value: usize, witness: &Witness) -> SeenAt {
        let column = self.head.values[value].cells.get(witness.cell).map_or("", |(column, _)| column.as_str());
        SeenAt { source: self.head.cite(&witness.place), column: column.to_owned(), value: witness.text.to_string() }
    }

    /// How far a cell is from the parameter that it is compared with.
    fn witnessed(&self, value: usize, witness: &Witness) -> Option<Distance> {
        let (column, line) = self.head.values[value].cells.get(witness.cell)?;
        let parameter = &self.head.parameters[(*line)?];
        distance(column, &witness.text, &parameter.name, &parameter.value, &[])
    }

    fn shown(&self, value: usize) -> String {
        let (is, witnesses) = self.record.value(self.head, value);
        // A blank cell is one that nobody filled in; other facts are not known.
        if is == &FactValue::Null && !witnesses.is_empty() && witnesses.iter().all(|one| one.text.is_empty()) {
            return "未填".to_owned();
        }
        said(is)
    }
}

/// A value as people say it.
pub fn said(value: &FactValue) -> String {
    value.said("不详")
}

fn distance(column: &str, value: &str, name: &str, line: &str, order: &[String]) -> Option<Distance> {
    let rank = |text: &str| order.iter().position(|one| one == text).map(|at| at as f64);
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    let ordered = !order.is_empty();
    let (is, at) = if ordered { (rank(value)?, rank(line)?) } else { (number(value)?, number(line)?) };
    // Decimal places of what is written, so that 60.1 − 60 is 0.1.
    let by = ((is - at).abs() * 1e9).round() / 1e9;
    let relation = if is < at {
        "低于"
    } else if is > at {
        "高于"
    } else {
        "正好达到"
    };
    let off = match (by > 0.0, ordered) {
        (false, _) => String::new(),
        (true, true) => format!("，差 {by} 级"),
        (true, false) => format!("，差 {by}"),
    };
    let line = if ordered { format!("「{line}」") } else { format!(" {line}") };
    Some(Distance { text: format!("{column} {value}，{relation}{name}{line}{off}"), by })
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distances_are_said_in_the_lines_own_unit() {
        let steps: Vec<String> = ["轻微", "一般", "较重"].map(str::to_owned).to_vec();
        let cases = [
            ("61.5", "60", &[][..], Some(("得分 61.5，高于线 60，差 1.5", 1.5))),
            ("60.1", "60", &[][..], Some(("得分 60.1，高于线 60，差 0.1", 0.1))),
            ("60", "60", &[][..], Some(("得分 60，正好达到线 60", 0.0))),
            ("轻微", "较重", &steps[..], Some(("得分 轻微，低于线「较重」，差 2 级", 2.0))),
            ("", "60", &[][..], None),
        ];
        for (value, line, order, expected) in cases {
            let found = distance("得分", value, "线", line, order);
            assert_eq!(found.as_ref().map(|found| (found.text.as_str(), found.by)), expected);
        }
    }
}
