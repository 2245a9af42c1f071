//! Which expressions of a pack can be without a value: for examples that must show it, and for lints.

use std::collections::BTreeMap;

use polars::prelude::{AggExpr, Expr};

use super::model::*;
use super::scope::{self, Meaning, Site};
use super::sql;

/// Finds out what can be unknown.
pub struct Openness<'p> {
    pack: &'p Pack,
    /// Facts of which it is known.
    facts: BTreeMap<usize, bool>,
}

impl<'p> Openness<'p> {
    pub fn new(pack: &'p Pack) -> Self {
        Openness { pack, facts: BTreeMap::new() }
    }

    /// Whether an expression can be without a value; `true` when in doubt.
    pub fn of(&mut self, site: Site, not: Option<usize>, expr: &Expr) -> bool {
        match expr {
            Expr::Literal(value) => value.is_null(),
            Expr::Column(name) => self.name(site, not, name),
            Expr::Cast { expr, .. } | Expr::Alias(expr, _) => self.of(site, not, expr),
            // A sum in SQL is blank only where everything that it adds is.
            Expr::Ternary { truthy, falsy, .. }
                if matches!((truthy.as_ref(), falsy.as_ref()), (Expr::Agg(AggExpr::Sum(_)), Expr::Literal(_))) =>
            {
                self.of(site, not, truthy)
            }
            Expr::Ternary { truthy, falsy, .. } => self.of(site, not, truthy) || self.of(site, not, falsy),
            Expr::BinaryExpr { left, right, .. } => self.of(site, not, left) || self.of(site, not, right),
            Expr::Len | Expr::Agg(AggExpr::Count { .. } | AggExpr::NUnique(_)) => false,
            Expr::Agg(AggExpr::Max { input, .. } | AggExpr::Min { input, .. } | AggExpr::Sum(input)) => {
                self.of(site, not, input)
            }
            Expr::Function { input, function } => match function.to_string().as_str() {
                "is_null" | "is_not_null" | "null_count" => false,
                "coalesce" => input.iter().all(|one| self.of(site, not, one)),
                function if function.contains("is_in") => self.of(site, not, &input[0]),
                _ => input.iter().any(|one| self.of(site, not, one)),
            },
            _ => true,
        }
    }

    fn name(&mut self, site: Site, not: Option<usize>, name: &str) -> bool {
        match scope::resolve(self.pack, site, name, not) {
            Ok(Meaning::Literal) => false,
            Ok(Meaning::Fact(fact) | Meaning::OfSubject(_, fact) | Meaning::OfCity(fact)) => self.fact(fact),
            Ok(Meaning::Column) => match site {
                Site::Source(Source::Table(table)) | Site::Entity(Entity::Row(table)) => self.column(table, name),
                Site::Entity(Entity::Subject(kind)) => self.column(self.pack.subjects[kind].register, name),
                // The committee's answer is the one thing that lines of the archive may lack.
                Site::Source(_) => !["处理编号", "年度", "轮次", "处理", "条款", "关于"].contains(&name),
                Site::Entity(Entity::City) => true,
            },
            Err(_) => true,
        }
    }

    /// Whether a table's column can.
    pub fn column(&self, table: usize, name: &str) -> bool {
        let schema = &self.pack.tables[table];
        schema.column(name).is_none_or(|at| {
            let column = &schema.columns[at];
            !(column.required || column.default.is_some() || schema.year == Some(at))
        })
    }

    /// Whether a fact can.
    pub fn fact(&mut self, fact: usize) -> bool {
        if let Some(known) = self.facts.get(&fact) {
            return *known;
        }
        let definition = &self.pack.facts[fact];
        let open = match &definition.formula {
            Formula::Own { is, .. } => match sql::parse(is) {
                Ok(expr) => self.of(Site::Entity(definition.of), Some(fact), &expr),
                Err(_) => true,
            },
            Formula::Aggregate { source, given, value, absent, .. } => {
                // Whoever is on a register has a row there.
                let always = match (source, definition.of) {
                    (Source::Table(table), Entity::Subject(kind)) => {
                        *table == self.pack.subjects[kind].register && given.is_none()
                    }
                    _ => false,
                };
                let city = Site::Entity(Entity::City);
                let absent = match absent.as_deref().map(sql::parse) {
                    Some(Ok(absent)) => self.of(city, None, &absent),
                    _ => true,
                };
                let value = match sql::parse(value) {
                    Ok(value) => self.of(Site::Source(*source), None, &value),
                    Err(_) => true,
                };
                value || (absent && !always)
            }
            Formula::Covered => false,
        };
        self.facts.insert(fact, open);
        open
    }
}
