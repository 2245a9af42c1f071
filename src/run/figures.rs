//! Counts for 总览: ratios beside their limits, and cross tables, as the pack asks for them.

use polars::prelude::*;

use crate::fact::{Error, World};
use crate::handoff::{CrossFigure, Figures, RatioFigure};
use crate::pack::scope::{self, Site};
use crate::pack::{ColumnKind, Entity, Expression};

/// All figures of the pack.
pub fn figures(world: &World<'_>) -> Result<Figures, Error> {
    let overview = &world.pack.overview;
    let ratios = overview
        .ratios
        .iter()
        .map(|ratio| {
            let of = Entity::Subject(ratio.of);
            let among = world.truths(of, &ratio.among)?;
            let counted = world.truths(of, &ratio.counted)?;
            let both = counted.iter().zip(&among).filter(|(counted, among)| **counted && **among).count();
            Ok(RatioFigure {
                name: ratio.name.clone(),
                counted: both as u64,
                among: among.iter().filter(|one| **one).count() as u64,
                limit: ratio.limits.iter().rfind(|(from, _)| *from <= world.data.as_of).map(|(_, limit)| *limit),
                reference: ratio.reference.clone(),
                warns: ratio.warns,
            })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let crosses = overview
        .crosses
        .iter()
        .map(|cross| {
            let given = world.truths(cross.of, &cross.given)?;
            let rows = words(world, cross.of, &cross.rows)?;
            let columns = words(world, cross.of, &cross.columns)?;
            let (row_words, column_words) = (
                heads(world, cross.of, &cross.rows, &rows, &given),
                heads(world, cross.of, &cross.columns, &columns, &given),
            );
            let mut counts = vec![vec![0; column_words.len()]; row_words.len()];
            for (at, given) in given.iter().enumerate() {
                let place = |heads: &[String], word: &str| heads.iter().position(|head| head == word);
                if let (true, Some(row), Some(column)) =
                    (*given, place(&row_words, &rows[at]), place(&column_words, &columns[at]))
                {
                    counts[row][column] += 1;
                }
            }
            Ok(CrossFigure {
                title: cross.title.clone(),
                corner: cross.rows.text.clone(),
                rows: row_words,
                columns: column_words,
                counts,
                chart: cross.chart,
            })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(Figures { ratios, crosses })
}

/// Each entity's value as a word; blank as 未填.
fn words(world: &World<'_>, of: Entity, value: &Expression) -> Result<Vec<String>, Error> {
    let column = world.evaluate(Site::Entity(of), &value.text, vec![world.compile(value.term())])?.remove(0);
    // 是 and 否 alone would not say of what.
    let name = value.text.trim();
    let word = |at: usize| match column.get(at) {
        Ok(AnyValue::Null) | Err(_) => "未填".to_owned(),
        Ok(AnyValue::Boolean(true)) => format!("{name}：是"),
        Ok(AnyValue::Boolean(false)) => format!("{name}：否"),
        Ok(value) => value.get_str().map_or_else(|| value.to_string(), str::to_owned),
    };
    Ok((0..world.height(of)).map(word).collect())
}

/// The words to count by: a column's whole set in its order, then others as they come.
fn heads(world: &World<'_>, of: Entity, value: &Expression, words: &[String], given: &[bool]) -> Vec<String> {
    let table = scope::table_of(world.pack, of).map(|table| &world.pack.tables[table]);
    let tables = world.pack.tables.iter();
    // A fact that repeats a column of another table has that column's set, where all its words are in it.
    let set = table.into_iter().chain(tables).find_map(|table| {
        let column = &table.columns[table.column(&value.text)?];
        let ColumnKind::Choice { values, .. } = &column.kind else { return None };
        let fits = words
            .iter()
            .zip(given)
            .filter(|(_, given)| **given)
            .all(|(word, _)| values.contains(word) || word == "未填");
        fits.then(|| values.clone())
    });
    let mut heads = set.unwrap_or_default();
    for (word, given) in words.iter().zip(given) {
        if *given && !heads.contains(word) {
            heads.push(word.clone());
        }
    }
    heads
}
