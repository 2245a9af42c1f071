//! Facts that an example expects: `编号 | 事实 | 值`.

use super::city;
use super::spec::{canonical, lines};
use crate::fact::{World, fact_value};
use crate::pack::{Entity, Pack};

/// Who has the facts of the city.
const CITY: &str = "全市";
/// What stands for truth values and for no value, as in the archive of an example.
const TRUE: &str = "真";
const FALSE: &str = "假";
const UNKNOWN: &str = "未知";

/// A fact's value for one entity.
#[derive(Debug)]
pub struct ExpectedFact {
    id: String,
    /// Facts of that name: of people, of units, of rows.
    pub facts: Vec<usize>,
    value: String,
}

/// Reads the facts that an example expects.
pub fn expected(pack: &Pack, text: &str) -> Result<Vec<ExpectedFact>, String> {
    lines(text)
        .map(|line| {
            let cells = city::cells(line);
            let [id, name, value] = cells.as_slice() else {
                return Err(format!(
                    "「{line}」应写成 编号 | 事实 | 值；值可写 {TRUE}、{FALSE}、{UNKNOWN}、数字、日期或文字"
                ));
            };
            let facts: Vec<usize> = (0..pack.facts.len()).filter(|fact| pack.facts[*fact].name == *name).collect();
            if facts.is_empty() {
                let known: Vec<&str> = pack.facts.iter().map(|fact| fact.name.as_str()).collect();
                let near = crate::pack::nearest(name, &known).map(|near| format!("，是否要写「{near}」？"));
                return Err(format!("没有名为「{name}」的事实{}", near.unwrap_or_default()));
            }
            Ok(ExpectedFact { id: id.clone(), facts, value: value.clone() })
        })
        .collect()
}

impl ExpectedFact {
    /// The line as it is expected, and as it came out.
    pub fn compared(&self, world: &World<'_>) -> (String, String) {
        let name = &world.pack.facts[self.facts[0]].name;
        let found = self.facts.iter().find_map(|fact| value(world, *fact, &self.id));
        let found = found.unwrap_or_else(|| "（没有这个编号）".to_owned());
        // A number may be written in more than one way.
        let same = matches!((found.parse::<f64>(), self.value.parse::<f64>()), (Ok(one), Ok(other)) if one == other);
        let found = if same { &self.value } else { &found };
        (canonical(&[&self.id, name, &self.value]), canonical(&[&self.id, name, found]))
    }
}

/// What a fact is of the entity with that id; none if there is no such entity.
fn value(world: &World<'_>, fact: usize, id: &str) -> Option<String> {
    let of = world.pack.facts[fact].of;
    let said = |value: crate::fact::FactValue| match value.text().as_deref() {
        None => UNKNOWN.to_owned(),
        Some("true") => TRUE.to_owned(),
        Some("false") => FALSE.to_owned(),
        Some(other) => other.to_owned(),
    };
    let row = match of {
        Entity::Subject(kind) => world.data.registers[kind].ids.iter().position(|known| known == id)?,
        Entity::Row(table) => {
            let column = &world.pack.tables[table].columns[world.pack.tables[table].about?].name;
            let ids = world.rows[table].column(column).ok()?;
            (0..ids.len()).find(|row| ids.get(*row).is_ok_and(|one| fact_value(&one).text().as_deref() == Some(id)))?
        }
        Entity::City => (id == CITY).then_some(0)?,
    };
    Some(said(fact_value(&world.values(fact)?.get(row).ok()?)))
}
