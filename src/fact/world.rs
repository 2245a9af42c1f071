//! The facts of all entities as columns, evaluated level by level from the pack's expressions.
//!
//! A [`World`] holds one data frame per entity: its table's columns and, as `#n`, fact n of the pack.
//! Facts of other entities are taken in over the `@kind` columns when an expression needs them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use polars::prelude::*;
use rayon::prelude::*;

use super::history::History;
use super::members::Members;
use crate::pack::compile::{self, compile, query};
use crate::pack::scope::{self, Meaning, Site};
use crate::pack::term::Literals;
use crate::pack::term::Term;
use crate::pack::{CellRule, Entity, Expression, Formula, Pack, Rule, Source};
use crate::table::{Dataset, Lists};

/// Why facts could not be evaluated: a fault of the pack that its check did not see.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{what}无法计算：{source}")]
    Polars { what: String, source: PolarsError },
    #[error("{what}：{message}")]
    Name { what: String, message: String },
    #[error("「{table}」中关于「{id}」的 {count} 行都不明{missing}，读法过多，无法逐一判断。请在这些行填写{missing}")]
    TooManyReadings { table: String, id: String, count: usize, missing: String },
}

/// The rows that decide a fact: per entity those of the source in ascending order, each with one bit per cell rule.
#[derive(Debug, Clone, PartialEq)]
pub enum FactRows {
    Each(Lists<(u32, u64)>),
    /// All with the same bits, which is usual: in a quarter of the room.
    Alike(Lists<u32>, u64),
}

impl FactRows {
    /// From pairs of entity and row, with the rows' bits.
    fn new(entities: usize, rows: Vec<(u32, (u32, u64))>) -> FactRows {
        let first = rows.first().map_or(0, |(_, (_, bits))| *bits);
        if rows.iter().any(|(_, (_, bits))| *bits != first) {
            return FactRows::Each(Lists::new(entities, &rows));
        }
        let rows: Vec<(u32, u32)> = rows.into_iter().map(|(entity, (row, _))| (entity, row)).collect();
        FactRows::Alike(Lists::new(entities, &rows), first)
    }

    /// The rows behind the fact of one entity.
    pub fn of(&self, entity: u32) -> impl Iterator<Item = (u32, u64)> + '_ {
        let at = entity as usize;
        let (each, alike, bits) = match self {
            FactRows::Each(rows) => (rows.get(at), None, 0),
            FactRows::Alike(rows, bits) => (None, rows.get(at), *bits),
        };
        let alike = alike.into_iter().flatten().map(move |row| (*row, bits));
        each.into_iter().flatten().copied().chain(alike)
    }
}

/// Facts that one thread has evaluated.
type Computed = Vec<(usize, (Column, Option<FactRows>))>;

/// All entities with their columns and facts.
#[derive(Clone)]
pub struct World<'a> {
    pub pack: &'a Pack,
    pub data: &'a Dataset,
    pub literals: Literals,
    /// Per subject kind: whom it refers to, and facts. Its other columns are those of its home rows.
    pub subjects: Vec<DataFrame>,
    /// Per subject kind the home row of each subject in its register.
    pub homes: Vec<IdxCa>,
    /// Per table: its columns, and facts of its rows.
    pub rows: Vec<DataFrame>,
    /// Facts of the city.
    pub city: BTreeMap<usize, Scalar>,
    /// The engine's own tables.
    pub system: BTreeMap<Source, DataFrame>,
    pub members: Arc<Members>,
    /// Per fact the rows that decide it.
    pub fact_rows: Vec<Option<Arc<FactRows>>>,
    /// Facts that need what earlier stages of the run proposed or left pending.
    volatile: Vec<bool>,
}

/// The column name of fact `fact`.
pub fn column_of(fact: usize) -> String {
    format!("#{fact}")
}

impl<'a> World<'a> {
    /// All facts as of the beginning of the run: nothing is proposed yet.
    pub fn new(pack: &'a Pack, data: &'a Dataset, literals: Literals, history: &History) -> Result<Self, Error> {
        let registers = data.registers.iter();
        let homes: Vec<IdxCa> =
            registers.map(|register| register.rows.iter().map(|rows| rows.first().copied()).collect()).collect();
        let subjects = homes.iter().zip(&pack.subjects).map(|(home, subject)| {
            let frame = &data.tables[subject.register].frame;
            let names = frame.get_column_names().into_iter().filter(|name| name.starts_with('@'));
            take(&frame.select(names.cloned())?, home)
        });
        let subjects = subjects
            .collect::<PolarsResult<Vec<_>>>()
            .map_err(|source| Error::Polars { what: "名册".into(), source })?;
        let rows = data.tables.iter().map(|table| table.frame.clone()).collect();
        let members = Members::new(pack, data)
            .map_err(|source| Error::Polars { what: pack.tables[pack.membership.table].name.clone(), source })?;
        let mut world = World {
            pack,
            data,
            literals,
            subjects,
            homes,
            rows,
            city: BTreeMap::new(),
            system: BTreeMap::new(),
            members: Arc::new(members),
            fact_rows: vec![None; pack.facts.len()],
            volatile: vec![false; pack.facts.len()],
        };
        world.system = super::system::tables(pack, data, history)
            .map_err(|source| Error::Polars { what: "档案".into(), source })?;
        pack.resting(|fact| pack.facts[fact].waits()).into_iter().for_each(|fact| world.volatile[fact] = true);
        for layer in &pack.layers {
            world.level(layer)?;
        }
        Ok(world)
    }

    /// Takes in what earlier stages proposed and left pending, and evaluates anew what depends on it.
    pub fn advance(&mut self, proposed: DataFrame, pending: DataFrame) -> Result<(), Error> {
        self.system.insert(Source::Proposed, proposed);
        self.system.insert(Source::Pending, pending);
        for layer in &self.pack.layers {
            let layer: Vec<usize> = layer.iter().copied().filter(|fact| self.volatile[*fact]).collect();
            self.level(&layer)?;
        }
        Ok(())
    }

    /// Whether a fact may change while the run goes on: it rests on what earlier stages proposed or left pending.
    pub fn is_volatile(&self, fact: usize) -> bool {
        self.volatile.get(fact).copied().unwrap_or_default()
    }

    pub fn resolve(&self, site: Site, name: &str, not: Option<usize>) -> Result<Meaning, Error> {
        scope::resolve(self.pack, site, name, not)
            .map_err(|message| Error::Name { what: "规则包".to_owned(), message })
    }

    /// Evaluates facts of one layer side by side, and stores them.
    pub fn level(&mut self, facts: &[usize]) -> Result<(), Error> {
        let world = &*self;
        // Each thread takes one fact after the other. Were each fact a task of its own, a thread that waits for polars'
        // pool would begin the next one on top of its stack, and a pack of some hundred facts would overflow it.
        let next = AtomicUsize::new(0);
        let take = || facts.get(next.fetch_add(1, Ordering::Relaxed)).copied();
        let found: Vec<Computed> = (0..rayon::current_num_threads())
            .into_par_iter()
            .with_max_len(1)
            .map(|_| std::iter::from_fn(take).map(|fact| Ok((fact, world.compute(fact)?))).collect())
            .collect::<Result<_, Error>>()?;
        let mut found: Vec<_> = found.into_iter().flatten().collect();
        found.sort_by_key(|(fact, _)| *fact);
        for (fact, (column, rows)) in found {
            let column = column.with_name(column_of(fact).into());
            self.fact_rows[fact] = rows.map(Arc::new);
            let failed = |source| Error::Polars { what: self.pack.facts[fact].name.clone(), source };
            match self.pack.facts[fact].of {
                Entity::Subject(kind) => {
                    self.subjects[kind].with_column(column).map_err(failed)?;
                }
                Entity::Row(table) => {
                    self.rows[table].with_column(column).map_err(failed)?;
                }
                Entity::City => {
                    let value = column.get(0).map_err(failed)?.into_static();
                    self.city.insert(fact, Scalar::new(column.dtype().clone(), value));
                }
            }
        }
        Ok(())
    }

    /// The frame of an entity.
    pub fn frame(&self, entity: Entity) -> Option<&DataFrame> {
        match entity {
            Entity::Subject(kind) => self.subjects.get(kind),
            Entity::Row(table) => self.rows.get(table),
            Entity::City => None,
        }
    }

    /// A column or a fact of the entities of one kind.
    pub(super) fn column(&self, entity: Entity, name: &str) -> PolarsResult<Column> {
        let frame = self.frame(entity).ok_or_else(|| polars_err!(ColumnNotFound: "{name}"))?;
        match (frame.column(name), entity) {
            (Err(_), Entity::Subject(kind)) => {
                self.data.tables[self.pack.subjects[kind].register].frame.column(name)?.take(&self.homes[kind])
            }
            (column, _) => column.cloned(),
        }
    }

    /// A fact's values for all entities that it is of.
    pub fn values(&self, fact: usize) -> Option<Column> {
        match self.frame(self.pack.facts[fact].of) {
            Some(frame) => frame.column(&column_of(fact)).ok().cloned(),
            None => self.city.get(&fact).map(|value| Column::new_scalar("".into(), value.clone(), 1)),
        }
    }

    pub fn height(&self, entity: Entity) -> usize {
        self.frame(entity).map_or(1, DataFrame::height)
    }

    fn site_frame(&self, site: Site) -> Option<&DataFrame> {
        match site {
            Site::Entity(entity) => self.frame(entity),
            Site::Source(Source::Table(table)) => self.rows.get(table),
            Site::Source(source) => self.system.get(&source),
        }
    }

    /// A bound term over the columns of its inputs, with the run's literals put in.
    pub fn compile(&self, term: &Term) -> Expr {
        compile(term, &self.literals, &column_for)
    }

    /// The columns that compiled expressions name, as a frame of the site's height.
    fn inputs(&self, site: Site, exprs: &[Expr]) -> PolarsResult<DataFrame> {
        let base = self.site_frame(site);
        let height = base.map_or(1, DataFrame::height);
        let marker = Column::new_scalar("@n".into(), Scalar::from(0i32), height);
        let mut frame = DataFrame::new(height, vec![marker])?;
        for expr in exprs {
            for name in columns_in(expr) {
                if frame.get_column_index(&name).is_some() {
                    continue;
                }
                let own = match site {
                    Site::Entity(entity) => self.column(entity, &name).ok(),
                    Site::Source(_) => base.and_then(|base| base.column(&name).ok().cloned()),
                };
                if let Some(column) = own {
                    frame.with_column(column)?;
                } else if let Some(fact) = name.strip_prefix('#').and_then(|at| at.parse::<usize>().ok()) {
                    frame.with_column(self.foreign(base, fact, height)?)?;
                } else {
                    polars_bail!(ColumnNotFound: "{name}");
                }
            }
        }
        Ok(frame)
    }

    /// A fact of a subject or the city, seen from rows that refer to it.
    fn foreign(&self, base: Option<&DataFrame>, fact: usize, height: usize) -> PolarsResult<Column> {
        let name = column_of(fact);
        match self.pack.facts[fact].of {
            Entity::Subject(kind) => {
                let base = base.ok_or_else(|| polars_err!(ColumnNotFound: "{name}"))?;
                let at = base.column(&format!("@{}", self.pack.subjects[kind].kind))?;
                let index = at.cast(&IDX_DTYPE)?;
                self.subjects[kind].column(&name)?.take(index.idx()?)
            }
            Entity::City => {
                let value = self.city.get(&fact).ok_or_else(|| polars_err!(ColumnNotFound: "{name}"))?;
                Ok(Column::new_scalar(name.into(), value.clone(), height))
            }
            Entity::Row(_) => polars_bail!(ColumnNotFound: "{name}"),
        }
    }

    /// Evaluates expressions over all entities of a site at once.
    pub fn evaluate(&self, site: Site, what: &str, exprs: Vec<Expr>) -> Result<Vec<Column>, Error> {
        let run = || -> PolarsResult<Vec<Column>> {
            let frame = self.inputs(site, &exprs)?;
            let named: Vec<Expr> = std::iter::once(col("@n"))
                .chain(exprs.iter().enumerate().map(|(at, expr)| expr.clone().alias(format!("={at}"))))
                .collect();
            let columns = query(frame).select(named).collect()?.into_columns();
            Ok(columns.into_iter().skip(1).collect())
        };
        run().map_err(|source| Error::Polars { what: what.to_owned(), source })
    }

    /// Conditions as columns of truths.
    pub fn masks(&self, site: Site, what: &str, exprs: Vec<Expr>) -> Result<Vec<BooleanChunked>, Error> {
        let failed = |source| Error::Polars { what: what.to_owned(), source };
        let mask = |column: &Column| column.cast(&DataType::Boolean)?.bool().cloned();
        self.evaluate(site, what, exprs)?.iter().map(mask).collect::<PolarsResult<_>>().map_err(failed)
    }

    /// For which entities a condition holds; where it is unknown, it does not.
    pub fn truths(&self, of: Entity, condition: &Expression) -> Result<Vec<bool>, Error> {
        let truths = self.masks(Site::Entity(of), &condition.text, vec![self.compile(condition.term())])?;
        Ok(truths[0].iter().map(|truth| truth == Some(true)).collect())
    }

    fn compute(&self, fact: usize) -> Result<(Column, Option<FactRows>), Error> {
        let pack = self.pack;
        let definition = &pack.facts[fact];
        match &definition.formula {
            Formula::Own { is, cells, .. } => {
                let site = Site::Entity(definition.of);
                let mut exprs = vec![self.compile(is.term())];
                exprs.extend(self.cell_conditions(cells));
                let mut columns = self.evaluate(site, &definition.name, exprs)?;
                let masks = columns.split_off(1);
                let rows = if cells.is_empty() { None } else { Some(own_rows(&masks)) };
                Ok((columns.remove(0), rows))
            }
            Formula::Covered => {
                let site = Site::Entity(definition.of);
                let covers = |rule: &Rule| self.compile(&rule.scope_term()).fill_null(lit(false)).cast(DataType::Int32);
                let each: Vec<Expr> =
                    std::iter::once(lit(0i32)).chain(pack.covering(definition.of).map(covers)).collect();
                let sum = compile::join(&each, |one, other| one + other);
                Ok((self.evaluate(site, &definition.name, vec![sum])?.remove(0), None))
            }
            Formula::Aggregate { source, .. } => self.aggregate(fact, *source),
        }
    }

    /// One boolean expression per cell rule.
    fn cell_conditions(&self, cells: &[CellRule]) -> Vec<Expr> {
        let when = |cell: &CellRule| cell.when.as_ref().map_or_else(|| lit(true), |when| self.compile(when.term()));
        cells.iter().map(when).collect()
    }

    fn aggregate(&self, fact: usize, source: Source) -> Result<(Column, Option<FactRows>), Error> {
        let definition = &self.pack.facts[fact];
        let Formula::Aggregate { given, value, absent, cells, by, .. } = &definition.formula else {
            return Err(Error::Name { what: definition.name.clone(), message: "不是汇总事实".into() });
        };
        let site = Site::Source(source);
        let given = given.as_ref().map_or_else(|| lit(true), |given| self.compile(given.term()));
        let summed = compile::aggregate(value.term(), &self.literals, &column_for);
        let dtype = compile::dtype(&definition.kind());
        let absent = absent.as_ref().map_or_else(|| lit(NULL), |absent| self.compile(absent.term()));
        let conditions = self.cell_conditions(cells);
        let run = || -> PolarsResult<(Column, Option<FactRows>)> {
            let mut all = vec![given.clone()];
            all.extend(summed.inner.iter().chain(&conditions).cloned());
            let mut frame = self.inputs(site, &all)?;
            let height = self.height(definition.of);
            let keys = self.keys(definition.of, source, by.as_deref(), frame.height())?;
            frame.with_column(keys.with_name("@key".into()))?;
            let masks = conditions.iter().enumerate().map(|(at, expr)| expr.clone().alias(format!("={at}")));
            let named = [col("@key"), col("@row")].into_iter().chain(masks).chain(summed.inner.clone());
            let kept = query(frame).with_row_index("@row", None).filter(given.clone().and(col("@key").is_not_null()));
            // Rows in the order of their entities are put together without looking any of them up.
            let order = SortMultipleOptions::default().with_maintain_order(true);
            let kept = kept.select(named.collect::<Vec<_>>()).sort(["@key"], order).collect()?;
            let groups = query(kept.clone()).group_by_stable([col("@key")]).agg(summed.sums.clone());
            let groups = groups.with_columns([summed.outer.clone().alias("=")]).collect()?;
            // Where each entity's group is; none: it has no such row.
            let mut place: Vec<Option<IdxSize>> = vec![None; height];
            for (at, key) in groups.column("@key")?.cast(&IDX_DTYPE)?.idx()?.iter().enumerate() {
                if let Some(slot) = key.and_then(|key| place.get_mut(key as usize)) {
                    *slot = Some(at as IdxSize);
                }
            }
            let place: IdxCa = place.into_iter().collect();
            let values = groups.column("=")?.take(&place)?;
            let found = place.into_column().with_name("@at".into());
            let absent = absent.clone().cast(dtype.clone());
            let merged = query(DataFrame::new(height, vec![values.with_name("=".into()), found])?)
                .select([when(col("@at").is_not_null())
                    .then(col("=").cast(dtype.clone()))
                    .otherwise(absent)
                    .alias("=")])
                .collect()?;
            Ok((merged.column("=")?.clone(), Some(source_rows(&kept, height)?)))
        };
        run().map_err(|source| Error::Polars { what: definition.name.clone(), source })
    }

    /// The rows that a fact leaves out because it is unknown whether they count; none where that is known of all.
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn left_out(&self, fact: usize) -> Result<Option<FactRows>, Error> {
        let definition = &self.pack.facts[fact];
        let Formula::Aggregate { source, given: Some(given), by, .. } = &definition.formula else { return Ok(None) };
        if !given.term().open {
            return Ok(None);
        }
        let unknown = self.compile(given.term()).is_null();
        let unknown = self.evaluate(Site::Source(*source), &definition.name, vec![unknown])?.remove(0);
        let run = || -> PolarsResult<Option<FactRows>> {
            let unknown = unknown.bool()?;
            if !unknown.any() {
                return Ok(None);
            }
            let height = self.height(definition.of);
            let keys = self.keys(definition.of, *source, by.as_deref(), unknown.len())?.cast(&IDX_DTYPE)?;
            let rows = keys.idx()?.iter().zip(unknown.iter()).zip(0..).filter_map(|((key, unknown), row)| {
                let entity = key.filter(|key| unknown == Some(true) && (*key as usize) < height)?;
                Some((entity, (row, 0)))
            });
            Ok(Some(FactRows::new(height, rows.collect())))
        };
        run().map_err(|source| Error::Polars { what: definition.name.clone(), source })
    }

    /// Per row of the source the index of the entity it belongs to.
    fn keys(&self, of: Entity, source: Source, by: Option<&str>, height: usize) -> PolarsResult<Column> {
        let frame = self.site_frame(Site::Source(source));
        let missing = || polars_err!(ColumnNotFound: "{}", by.unwrap_or("@"));
        match (of, frame) {
            (Entity::City, _) => Ok(Column::new_scalar("@key".into(), Scalar::from(0 as IdxSize), height)),
            (Entity::Subject(kind), Some(frame)) => {
                frame.column(&format!("@{}", self.pack.subjects[kind].kind))?.cast(&IDX_DTYPE)
            }
            (Entity::Row(table), Some(frame)) => {
                let about = self.pack.tables[table].about.ok_or_else(missing)?;
                let own = self.rows[table].column(&self.pack.tables[table].columns[about].name)?;
                let own = own.cast(&DataType::String)?;
                let mut index: std::collections::HashMap<&str, IdxSize> = std::collections::HashMap::new();
                for (at, id) in own.str()?.iter().enumerate() {
                    if let Some(id) = id {
                        index.entry(id).or_insert(at as IdxSize);
                    }
                }
                let theirs = frame.column(by.ok_or_else(missing)?)?.cast(&DataType::String)?;
                let keys = theirs.str()?.iter().map(|id| id.and_then(|id| index.get(id).copied()));
                Ok(keys.collect::<IdxCa>().into_column())
            }
            _ => Err(missing()),
        }
    }

    /// The fact of an entity called `name`.
    pub fn fact_named(&self, of: Entity, name: &str) -> Option<usize> {
        self.pack.facts.iter().position(|fact| fact.of == of && fact.name == name)
    }
}

/// The column that stands for a name.
pub fn column_for(name: &str, meaning: Meaning) -> Expr {
    match meaning {
        Meaning::Fact(fact) | Meaning::OfSubject(_, fact) | Meaning::OfCity(fact) => col(column_of(fact)),
        Meaning::Column | Meaning::Literal => col(name),
    }
}

/// The columns that a compiled expression names.
fn columns_in(expr: &Expr) -> Vec<String> {
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

/// Rows of `frame` at `index`, null where the index is.
pub fn take(frame: &DataFrame, index: &IdxCa) -> PolarsResult<DataFrame> {
    let columns = frame.columns().iter().map(|column| column.take(index)).collect::<PolarsResult<Vec<_>>>()?;
    DataFrame::new(index.len(), columns)
}

/// An entity's own row is the row that decides.
fn own_rows(masks: &[Column]) -> FactRows {
    let height = masks.first().map_or(0, Column::len);
    FactRows::new(height, (0..).zip(bits(masks, height)).map(|(at, bits)| (at, (at, bits))).collect())
}

/// The kept rows of a source behind the facts of so many entities.
fn source_rows(kept: &DataFrame, entities: usize) -> PolarsResult<FactRows> {
    let keys = kept.column("@key")?.cast(&IDX_DTYPE)?;
    let rows = kept.column("@row")?.cast(&IDX_DTYPE)?;
    let masks: Vec<Column> = kept.columns().iter().filter(|column| column.name().starts_with('=')).cloned().collect();
    let bits = bits(&masks, kept.height());
    let (keys, rows) = (keys.idx()?, rows.idx()?);
    let found = keys.iter().zip(rows.iter()).zip(bits);
    let found = found.filter_map(|((key, row), bits)| {
        let entity = key.filter(|key| (*key as usize) < entities)?;
        Some((entity, (row?, bits)))
    });
    Ok(FactRows::new(entities, found.collect()))
}

/// Bit n of each row: whether mask n is true there. A constant mask has one value.
fn bits(masks: &[Column], height: usize) -> Vec<u64> {
    let mut bits = vec![0u64; height];
    for (at, mask) in masks.iter().enumerate().take(64) {
        let Ok(mask) = mask.bool() else { continue };
        let bit = |holds: Option<bool>| u64::from(holds == Some(true)) << at;
        if mask.len() == 1 {
            let bit = bit(mask.get(0));
            bits.iter_mut().for_each(|slot| *slot |= bit);
        } else {
            bits.iter_mut().zip(mask.iter()).for_each(|(slot, holds)| *slot |= bit(holds));
        }
    }
    bits
}
