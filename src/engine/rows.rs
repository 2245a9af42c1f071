//! A table's rows as JSON lines: typed values of the columns that expressions use, and whom each row is about.

use std::io::{self, Write};

use polars::prelude::*;
use serde_json::{Map, Value, json};

use crate::fact::{FactValue, fact_value};
use crate::pack::Pack;
use crate::pack::scope;
use crate::table::Dataset;

use super::Export;

/// Writes the rows of one table, in order, each with its number from 1.
pub fn write(export: &Export<'_>, pack: &Pack, data: &Dataset, table: usize, to: &mut dyn Write) -> io::Result<()> {
    let frame = &data.tables[table].frame;
    let mut columns: Vec<(String, &Column)> = Vec::new();
    for kind in scope::referred(pack, crate::pack::Entity::Row(table)) {
        let kind = &pack.subjects[kind].kind;
        columns.extend(frame.column(&format!("@{kind}")).ok().map(|column| (format!("_{kind}"), column)));
    }
    for at in &export.columns[table] {
        let name = &pack.tables[table].columns[*at].name;
        columns.extend(frame.column(name).ok().map(|column| (name.clone(), column)));
    }
    for row in 0..frame.height() {
        let mut line = Map::new();
        line.insert("_row".to_owned(), json!(row + 1));
        for (name, column) in &columns {
            let value = column.get(row).map_or(FactValue::Null, |value| fact_value(&value));
            line.insert(name.clone(), json!(value));
        }
        serde_json::to_writer(&mut *to, &Value::Object(line))?;
        to.write_all(b"\n")?;
    }
    Ok(())
}
