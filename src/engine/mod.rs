//! A pack's facts and the verdicts of a run's first stage as SQL for another engine, and the tables that they look at.
//!
//! Everything is printed from the bound terms that a run evaluates. Relations are called by what they hold: `r3` the
//! rows of table 3, `s1` the subjects of kind 1, `f7` fact 7 with one value (`v`) for each entity (`e`).

mod rows;

use std::collections::BTreeSet;

pub use rows::write;

use crate::pack::compile::plain;
use crate::pack::dialect::Dialect;
use crate::pack::scope::{self, Meaning, Site};
use crate::pack::term::Literals;
use crate::pack::term::{Kind, Node, Term};
use crate::pack::{ColumnKind, Entity, Expression, Formula, Pack, Rule, Run, Source};

/// The stage that rests on tables alone.
const FIRST: u32 = 1;

/// What the dialect cannot say, named; Chinese.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("规则「{rule}」所依据的事实「{fact}」有几种读法（[[fork]]），另一引擎不能照此判断。请先在规则包中另写")]
    Fork { rule: String, fact: String },
    #[error("表「{table}」的列「{column}」是人名，不写出给另一引擎，而条件中用到了它。请改用编号")]
    Name { table: String, column: String },
}

/// What is written for another engine.
pub struct Export<'a> {
    pack: &'a Pack,
    literals: &'a Literals,
    dialect: Dialect,
    rules: Vec<&'a Rule>,
    /// Facts that the rules rest on, each after those it needs.
    facts: Vec<usize>,
    /// Per table the columns that expressions use.
    pub columns: Vec<BTreeSet<usize>>,
}

impl<'a> Export<'a> {
    /// # Errors
    /// What cannot be said, by name.
    pub fn new(pack: &'a Pack, literals: &'a Literals, run: Run, dialect: Dialect) -> Result<Self, Error> {
        let proposes = |rule: &&Rule| rule.runs.contains(&run) && rule.stage == FIRST && !rule.proposals.is_empty();
        let rules: Vec<&Rule> = pack.rules.iter().filter(proposes).collect();
        let mut export = Export {
            pack,
            literals,
            dialect,
            rules,
            facts: Vec::new(),
            columns: vec![BTreeSet::new(); pack.tables.len()],
        };
        export.gather()?;
        Ok(export)
    }

    /// The facts that the rules rest on and the columns that are looked at.
    fn gather(&mut self) -> Result<(), Error> {
        let pack = self.pack;
        let mut used = BTreeSet::new();
        for rule in self.rules.clone() {
            let mut waiting: Vec<usize> = Vec::new();
            for condition in rule.conditions() {
                self.note(Site::Entity(rule.of), condition)?;
                waiting.extend(condition.term().facts());
            }
            let seen = pack.resting_on(waiting);
            let of_fork = |fact: &&usize| {
                let fact = &pack.facts[**fact];
                pack.forks.iter().any(|fork| fact.of == Entity::Row(fork.table) && fact.name == fork.fact)
            };
            if let Some(fact) = seen.iter().find(of_fork) {
                return Err(Error::Fork { rule: rule.id.clone(), fact: pack.facts[*fact].name.clone() });
            }
            used.extend(seen);
        }
        self.facts = pack.layers.iter().flatten().copied().filter(|fact| used.contains(fact)).collect();
        for fact in self.facts.clone() {
            let definition = &pack.facts[fact];
            for one in definition.formulas() {
                self.note(definition.site(), one)?;
            }
            match &definition.formula {
                Formula::Own { .. } => {}
                Formula::Aggregate { source, by, .. } => {
                    if let (Source::Table(table), Some(by)) = (source, by) {
                        self.columns[*table].extend(pack.tables[*table].column(by));
                    }
                    if let Entity::Row(table) = definition.of {
                        self.columns[table].extend(pack.tables[table].about);
                    }
                }
                Formula::Covered => {
                    for scope in pack.covering(definition.of).filter_map(|rule| rule.scope.as_ref()) {
                        self.note(definition.site(), scope)?;
                    }
                }
            }
        }
        for subject in &pack.subjects {
            self.columns[subject.register].insert(subject.id);
        }
        for rule in &self.rules {
            if let Entity::Row(table) = rule.of {
                let id = self.identifies(table);
                self.columns[table].extend(id);
            }
        }
        Ok(())
    }

    /// Notes the columns of an expression about an entity, or about the rows of a source.
    fn note(&mut self, site: Site, expression: &Expression) -> Result<(), Error> {
        let pack = self.pack;
        let Some(table) = site.entity().and_then(|entity| scope::table_of(pack, entity)) else { return Ok(()) };
        for (name, meaning) in expression.term().meanings() {
            let Some(at) = pack.tables[table].column(name).filter(|_| meaning == Meaning::Column) else { continue };
            let member = pack.membership.member;
            let of_person = pack.tables[table].references.iter().any(|one| one.subject == member && one.label == at)
                || (pack.subjects[member].register == table && pack.subjects[member].label == at)
                || matches!(pack.tables[table].columns[at].kind, ColumnKind::People { .. });
            if of_person {
                return Err(Error::Name { table: pack.tables[table].name.clone(), column: name.to_owned() });
            }
            self.columns[table].insert(at);
        }
        Ok(())
    }

    /// The column that names a row wherever it is spoken of: its own id, where every row has another.
    fn identifies(&self, table: usize) -> Option<usize> {
        let table = &self.pack.tables[table];
        table.about.filter(|about| matches!(table.columns[*about].kind, ColumnKind::Id))
    }

    /// Tables of which rows are written.
    pub fn tables(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.pack.tables.len()).filter(|table| !self.columns[*table].is_empty())
    }

    /// The statements that make the tables, the subjects and the facts.
    pub fn facts(&self) -> String {
        let mut text = self.head("先执行本文件，再执行 verdicts.sql");
        for table in self.tables() {
            text.push_str(&self.read(table));
        }
        for kind in 0..self.pack.subjects.len() {
            text.push_str(&self.subjects(kind));
        }
        for fact in &self.facts {
            let definition = &self.pack.facts[*fact];
            text.push_str(&format!("-- {}：{}\n", self.entity_name(definition.of), definition.name));
            text.push_str(&self.made(&format!("f{fact}"), &self.fact(*fact)));
        }
        text
    }

    /// The statement that makes the table `verdicts`.
    pub fn verdicts(&self) -> String {
        let each: Vec<String> = self.rules.iter().map(|rule| self.verdict(rule)).collect();
        let all = if each.is_empty() {
            let text = self.dialect.kind(&Kind::Text);
            format!("SELECT CAST(NULL AS {text}) AS rule, CAST(NULL AS {text}) AS entity, FALSE AS verdict WHERE 1 = 0")
        } else {
            each.join("\nUNION ALL\n")
        };
        self.head("结果在表 verdicts：rule 规则，entity 对象，verdict 真、假或未知（NULL）")
            + &self.made("verdicts", &all)
    }

    fn head(&self, what: &str) -> String {
        format!(
            "-- 内部资料。kaohe sql（{} {}，{}）。{what}。\n\n",
            self.pack.name,
            self.pack.version,
            self.dialect.word()
        )
    }

    /// Spark keeps no tables of its own without a warehouse.
    fn made(&self, name: &str, query: &str) -> String {
        let what = match self.dialect {
            Dialect::DuckDb => "TABLE",
            Dialect::Spark => "TEMPORARY VIEW",
        };
        format!("CREATE OR REPLACE {what} {name} AS\n{query};\n\n")
    }

    fn entity_name(&self, of: Entity) -> &str {
        match of {
            Entity::Subject(kind) => &self.pack.subjects[kind].name,
            Entity::Row(table) => &self.pack.tables[table].name,
            Entity::City => &self.pack.city,
        }
    }

    /// The columns of a table's file with their types.
    fn layout(&self, table: usize) -> Vec<(String, &'static str)> {
        let mut columns = vec![("_row".to_owned(), "BIGINT")];
        columns.extend(self.kinds(table).map(|kind| (format!("_{}", self.pack.subjects[kind].kind), "BIGINT")));
        columns.extend(self.columns[table].iter().map(|at| {
            let column = &self.pack.tables[table].columns[*at];
            (column.name.clone(), self.dialect.kind(&column.kind.of_values()))
        }));
        columns
    }

    /// The kinds of subjects that rows of a table refer to.
    fn kinds(&self, table: usize) -> impl Iterator<Item = usize> + use<> {
        scope::referred(self.pack, Entity::Row(table)).into_iter()
    }

    fn read(&self, table: usize) -> String {
        let file = format!("tables/{}.jsonl", self.pack.tables[table].name);
        let columns = self.layout(table);
        match self.dialect {
            Dialect::DuckDb => {
                let columns: Vec<String> =
                    columns.iter().map(|(name, kind)| format!("{}: '{kind}'", self.dialect.text(name))).collect();
                let query = format!(
                    "SELECT * FROM read_json({}, format = 'newline_delimited', columns = {{{}}})",
                    self.dialect.text(&file),
                    columns.join(", ")
                );
                self.made(&format!("r{table}"), &query)
            }
            Dialect::Spark => {
                let columns: Vec<String> =
                    columns.iter().map(|(name, kind)| format!("{} {kind}", self.dialect.name(name))).collect();
                format!(
                    "CREATE OR REPLACE TEMPORARY VIEW r{table} ({})\nUSING json OPTIONS (path {});\n\n",
                    columns.join(", "),
                    self.dialect.text(&file)
                )
            }
        }
    }

    /// Each subject with the columns of its home row.
    fn subjects(&self, kind: usize) -> String {
        let subject = &self.pack.subjects[kind];
        let index = self.dialect.name(&format!("_{}", subject.kind));
        let query = format!(
            "SELECT r.{index} AS e, r.* FROM r{0} r JOIN (SELECT {index} AS e, MIN(_row) AS home FROM r{0} WHERE {index} IS NOT NULL GROUP BY {index}) h ON r._row = h.home",
            subject.register
        );
        self.made(&format!("s{kind}"), &query)
    }

    /// The relation of an entity, its index and a condition's joins to the facts that its names mean.
    fn from(&self, of: Entity, terms: &[&Term]) -> String {
        let base = match of {
            Entity::Subject(kind) => format!("FROM s{kind} x"),
            Entity::Row(table) => format!("FROM (SELECT _row AS e, * FROM r{table}) x"),
            Entity::City => "FROM (SELECT 0 AS e) x".to_owned(),
        };
        base + &self.joins(terms)
    }

    fn joins(&self, terms: &[&Term]) -> String {
        let mut facts: Vec<(usize, Meaning)> = Vec::new();
        for (_, meaning) in terms.iter().flat_map(|term| term.meanings()) {
            if let Some(fact) = meaning.fact().filter(|fact| !facts.iter().any(|(known, _)| known == fact)) {
                facts.push((fact, meaning));
            }
        }
        let join = |(fact, meaning): &(usize, Meaning)| match meaning {
            Meaning::OfSubject(kind, _) => {
                let index = self.dialect.name(&format!("_{}", self.pack.subjects[*kind].kind));
                format!(" LEFT JOIN f{fact} ON f{fact}.e = x.{index}")
            }
            Meaning::OfCity(_) => format!(" CROSS JOIN f{fact}"),
            _ => format!(" LEFT JOIN f{fact} ON f{fact}.e = x.e"),
        };
        facts.iter().map(join).collect()
    }

    fn say(&self, term: &Term) -> String {
        self.dialect.print(&plain(term, self.literals), &|term| match &term.node {
            Node::Name(name, Some(meaning)) => match meaning.fact() {
                Some(fact) => format!("f{fact}.v"),
                None => format!("x.{}", self.dialect.name(name)),
            },
            _ => "NULL".to_owned(),
        })
    }

    fn typed(&self, text: &str, kind: &Kind) -> String {
        format!("CAST({text} AS {})", self.dialect.kind(kind))
    }

    fn fact(&self, fact: usize) -> String {
        let definition = &self.pack.facts[fact];
        let kind = definition.kind();
        match &definition.formula {
            Formula::Own { is, .. } => {
                let value = self.typed(&self.say(is.term()), &kind);
                format!("SELECT x.e, {value} AS v {}", self.from(definition.of, &[is.term()]))
            }
            Formula::Covered => {
                let scopes: Vec<Term> = self.pack.covering(definition.of).map(Rule::scope_term).collect();
                let each = scopes.iter().map(|scope| format!("CASE WHEN {} THEN 1e0 ELSE 0e0 END", self.say(scope)));
                let sum = std::iter::once("0e0".to_owned()).chain(each).collect::<Vec<_>>().join(" + ");
                format!("SELECT x.e, {sum} AS v {}", self.from(definition.of, &scopes.iter().collect::<Vec<_>>()))
            }
            Formula::Aggregate { source, given, value, absent, by, .. } => {
                let given_term = given.as_ref().map_or_else(|| Term::truth(true), |given| given.term().clone());
                let joins = self.joins(&[&given_term, value.term()]);
                let rows = format!("FROM {} x{joins} WHERE {}", self.source(*source), self.say(&given_term));
                let value = self.say(value.term());
                let absent = absent.as_ref().map_or_else(|| "NULL".to_owned(), |absent| self.say(absent.term()));
                let chosen = self.typed(&format!("CASE WHEN g.n > 0 THEN g.v ELSE {absent} END"), &kind);
                let grouped = |key: &str| {
                    format!(
                        "(SELECT {key} AS k, {value} AS v, COUNT(*) AS n {rows} AND {key} IS NOT NULL GROUP BY {key}) g"
                    )
                };
                match definition.of {
                    Entity::City => {
                        format!("SELECT 0 AS e, {chosen} AS v FROM (SELECT {value} AS v, COUNT(*) AS n {rows}) g")
                    }
                    Entity::Subject(kind) => {
                        let key = format!("x.{}", self.dialect.name(&format!("_{}", self.pack.subjects[kind].kind)));
                        format!("SELECT s.e, {chosen} AS v FROM s{kind} s LEFT JOIN {} ON g.k = s.e", grouped(&key))
                    }
                    Entity::Row(table) => {
                        // Of rows with one name the first alone is meant.
                        let about =
                            self.pack.tables[table].about.map_or("", |at| &self.pack.tables[table].columns[at].name);
                        let about = self.dialect.name(about);
                        let key = format!("x.{}", self.dialect.name(by.as_deref().unwrap_or_default()));
                        let firsts = format!(
                            "(SELECT {about} AS k, MIN(_row) AS e FROM r{table} WHERE {about} IS NOT NULL GROUP BY {about})"
                        );
                        let text = self.dialect.kind(&Kind::Text);
                        format!(
                            "SELECT s._row AS e, {chosen} AS v FROM r{table} s LEFT JOIN {firsts} i ON i.e = s._row LEFT JOIN {} ON CAST(g.k AS {text}) = CAST(i.k AS {text})",
                            grouped(&key)
                        )
                    }
                }
            }
        }
    }

    /// The rows of a source. At the first stage nothing is proposed, pending or, without an archive, remembered.
    fn source(&self, source: Source) -> String {
        let Source::Table(table) = source else {
            let mut columns: Vec<String> = scope::source_columns(self.pack, source)
                .into_iter()
                .map(|(name, kind, _)| {
                    format!("CAST(NULL AS {}) AS {}", self.dialect.kind(&kind), self.dialect.name(name))
                })
                .collect();
            columns.extend(self.pack.subjects.iter().map(|subject| {
                format!("CAST(NULL AS BIGINT) AS {}", self.dialect.name(&format!("_{}", subject.kind)))
            }));
            return format!("(SELECT 0 AS e, {} WHERE 1 = 0)", columns.join(", "));
        };
        format!("(SELECT _row AS e, * FROM r{table})")
    }

    fn verdict(&self, rule: &Rule) -> String {
        let whole = rule.whole();
        let entity = match rule.of {
            Entity::Subject(kind) => {
                let subject = &self.pack.subjects[kind];
                format!("x.{}", self.dialect.name(&self.pack.tables[subject.register].columns[subject.id].name))
            }
            Entity::Row(table) => match self.identifies(table) {
                Some(at) => format!("x.{}", self.dialect.name(&self.pack.tables[table].columns[at].name)),
                None => {
                    let name = self.dialect.text(&format!("{}#", self.pack.tables[table].name));
                    format!("CONCAT({name}, CAST(x._row AS {}))", self.dialect.kind(&Kind::Text))
                }
            },
            Entity::City => self.dialect.text(&self.pack.city),
        };
        format!(
            "SELECT {} AS rule, {entity} AS entity, {} AS verdict {} WHERE COALESCE({}, TRUE)",
            self.dialect.text(&rule.id),
            self.say(&whole),
            self.from(rule.of, &[&whole]),
            self.say(&rule.scope_term())
        )
    }
}
