//! Checks every expression of a pack when it is loaded: names, types, and that facts do not go in circles.

use polars::prelude::{DataType, Expr, Operator, Schema};

use super::fault::Fault;
use super::model::*;
use super::scope::{self, Meaning, Site};
use super::sql::{self, Literal, Literals};

/// Facts that rest on facts that rest on facts nest in the engine as deep as that, and no policy is explained in so many steps.
const MOST_LAYERS: usize = 100;

/// All faults in the pack's expressions.
pub fn check(pack: &Pack) -> Vec<Fault> {
    let mut checker = Checker { pack, typing: Typing::untyped(pack), faults: Vec::new() };
    checker.names();
    match fact_order(pack) {
        // What a name hides would be told as many faults of other kinds.
        Ok(_) if !checker.faults.is_empty() => {}
        Ok(order) => {
            for fact in order {
                checker.fact(fact);
            }
            checker.tables();
            checker.rules();
            checker.rest();
        }
        Err(faults) => checker.faults = faults,
    }
    checker.faults
}

/// The types of a pack's expressions.
#[derive(Debug, Clone)]
pub struct Typing {
    /// Of the right types; their values are those that the parameters had first.
    pub literals: Literals,
    /// Per fact.
    pub facts: Vec<Option<DataType>>,
}

impl Typing {
    /// The types of all facts of a pack that holds together.
    pub fn new(pack: &Pack) -> Typing {
        let mut checker = Checker { pack, typing: Typing::untyped(pack), faults: Vec::new() };
        for fact in fact_order(pack).unwrap_or_default() {
            checker.fact(fact);
        }
        checker.typing
    }

    fn untyped(pack: &Pack) -> Typing {
        Typing { literals: sample_literals(pack), facts: vec![None; pack.facts.len()] }
    }

    /// The type of an expression. `not` is the fact being defined, as in [`scope::resolve`].
    ///
    /// # Errors
    /// What is wrong with it, in Chinese.
    pub fn of(&self, pack: &Pack, site: Site, expr: Expr, not: Option<usize>) -> Result<DataType, Unsound> {
        for name in sql::names(&expr) {
            scope::resolve(pack, site, &name, not).map_err(|message| Unsound::name(message, &name))?;
        }
        let order = |name: &str| scope::order(pack, site, name);
        let bound = sql::bind(expr, &self.literals, &order).map_err(|error| Unsound::types(error.to_string()))?;
        let schema = scope::schema(pack, site, &self.facts, not);
        sound(&bound, &schema).map_err(Unsound::types)?;
        let field = bound.to_field(&schema).map_err(|error| Unsound::types(error.to_string()))?;
        Ok(field.dtype().clone())
    }
}

/// Facts in an order in which each only needs earlier ones.
///
/// # Errors
/// Unknown names, and facts that need each other in a circle.
pub fn fact_order(pack: &Pack) -> Result<Vec<usize>, Vec<Fault>> {
    let mut faults = Vec::new();
    let needs: Vec<Vec<usize>> = (0..pack.facts.len())
        .map(|fact| match needs(pack, fact) {
            Ok(needs) => needs,
            Err(Unsound { message, remedy, word }) => {
                let definition = &pack.facts[fact];
                let place = match &word {
                    Some(word) => pinpoint(pack, &definition.place, word),
                    None => definition.place.clone(),
                };
                let message = format!("事实「{}」：{message}", definition.name);
                faults.push(Fault { file: place.file, span: place.span, message, remedy: remedy.to_owned() });
                Vec::new()
            }
        })
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut order = Vec::with_capacity(needs.len());
    let mut done = vec![false; needs.len()];
    let mut layers = 0;
    while order.len() < needs.len() {
        let ready: Vec<usize> =
            (0..needs.len()).filter(|fact| !done[*fact] && needs[*fact].iter().all(|need| done[*need])).collect();
        if ready.is_empty() {
            return Err((0..needs.len())
                .filter(|fact| !done[*fact])
                .map(|fact| {
                    fault(&pack.facts[fact].place, format!("事实「{}」与其他事实互为前提", pack.facts[fact].name))
                })
                .collect());
        }
        layers += 1;
        if layers > MOST_LAYERS {
            let name = &pack.facts[ready[0]].name;
            let message = format!("事实「{name}」与它所依据的事实超过 {MOST_LAYERS} 层");
            return Err(vec![fault(&pack.facts[ready[0]].place, message)]);
        }
        for fact in ready {
            done[fact] = true;
            order.push(fact);
        }
    }
    Ok(order)
}

/// Expressions of a fact with the site each is evaluated at.
fn expressions(fact: &Fact) -> Vec<(Site, &str)> {
    match &fact.formula {
        Formula::Own { is, cells, .. } => {
            let site = Site::Entity(fact.of);
            let cells = cells.iter().filter_map(|cell| cell.when.as_deref());
            std::iter::once(is.as_str()).chain(cells).map(|sql| (site, sql)).collect()
        }
        Formula::Aggregate { source, given, value, cells, .. } => {
            let site = Site::Source(*source);
            let cells = cells.iter().filter_map(|cell| cell.when.as_deref());
            given.as_deref().into_iter().chain([value.as_str()]).chain(cells).map(|sql| (site, sql)).collect()
        }
        Formula::Covered => Vec::new(),
    }
}

/// The facts that a fact's expressions name.
///
/// # Errors
/// An expression that cannot be parsed, or a name that means nothing.
pub fn needs(pack: &Pack, fact: usize) -> Result<Vec<usize>, Unsound> {
    let mut needs = Vec::new();
    for (site, sql) in expressions(&pack.facts[fact]) {
        needs.extend(named(pack, site, sql, Some(fact))?);
    }
    if let Formula::Covered = pack.facts[fact].formula {
        // It counts the rules whose scope covers the entity: it needs what those scopes need. A scope that is wrong is
        // told of where it stands, with the other expressions of its rule.
        for rule in pack.rules.iter().filter(|rule| rule.of == pack.facts[fact].of && rule.marks.is_none()) {
            let scope = rule.scope.iter().map(|scope| named(pack, Site::Entity(rule.of), scope, Some(fact)));
            needs.extend(scope.flatten().flatten());
        }
    }
    needs.sort_unstable();
    needs.dedup();
    Ok(needs)
}

/// The facts that an expression names.
fn named(pack: &Pack, site: Site, sql: &str, not: Option<usize>) -> Result<Vec<usize>, Unsound> {
    let mut facts = Vec::new();
    let expr = sql::parse(sql).map_err(|error| Unsound::parse(&error))?;
    for name in sql::names(&expr) {
        match scope::resolve(pack, site, &name, not).map_err(|message| Unsound::name(message, &name))? {
            Meaning::Fact(need) | Meaning::OfSubject(_, need) | Meaning::OfCity(need) => facts.push(need),
            Meaning::Literal | Meaning::Column => {}
        }
    }
    Ok(facts)
}

fn fault(place: &Place, message: String) -> Fault {
    let remedy = "已有的表、列、事实和参数可用 kaohe pack show 查看".to_owned();
    Fault { file: place.file.clone(), span: place.span.clone(), message, remedy }
}

/// What is wrong with an expression, what to do, and the word that it is about.
#[derive(Debug)]
pub struct Unsound {
    pub message: String,
    remedy: &'static str,
    word: Option<String>,
}

impl Unsound {
    fn parse(error: &dyn std::fmt::Display) -> Unsound {
        let remedy = "请检查括号和引号是否成对；文字用单引号；比较用 = <> < <= > >=；用 AND、OR、NOT 连接；只能写表达式，不能写语句";
        Unsound { message: error.to_string(), remedy, word: None }
    }

    fn name(message: String, name: &str) -> Unsound {
        let remedy = "可用的有：本表的列，同一对象及其所属对象的事实，参数，以及 本年、基准日、年初、本轮；可用 kaohe pack show 查看";
        Unsound { message, remedy, word: Some(name.to_owned()) }
    }

    fn types(message: String) -> Unsound {
        let remedy = "请使两边同为数字、文字、日期或真假；文字用单引号；「是」「否」的列写成 列 = '是'";
        Unsound { message, remedy, word: None }
    }
}

/// Where a word of an item stands: in the lines of the item, else the item itself.
pub fn pinpoint(pack: &Pack, place: &Place, word: &str) -> Place {
    let text = pack.files.iter().find(|(name, _)| *name == place.file).map(|(_, text)| text.as_str());
    let found = text.and_then(|text| {
        let item = text.get(place.span.start..)?;
        let item = &item[..item.find("\n[[").unwrap_or(item.len())];
        let at = place.span.start + item.find(word)?;
        Some(at..at + word.len())
    });
    Place { file: place.file.clone(), span: found.unwrap_or_else(|| place.span.clone()) }
}

/// Literals of the right types; their values do not matter here.
fn sample_literals(pack: &Pack) -> Literals {
    let day = chrono::NaiveDate::default();
    let mut literals: Literals = [
        ("本年".to_owned(), Literal::Int(2015)),
        ("基准日".to_owned(), Literal::Date(day)),
        ("年初".to_owned(), Literal::Date(day)),
        ("本轮".to_owned(), Literal::Text("A".to_owned())),
    ]
    .into();
    for parameter in &pack.parameters {
        if let Some(dated) = parameter.values.first() {
            let literal = match &dated.value {
                Value::Number(value) => Literal::Number(*value),
                Value::Text(text) => Literal::Text(text.clone()),
            };
            literals.insert(parameter.name.clone(), literal);
        }
    }
    literals
}

struct Checker<'a> {
    pack: &'a Pack,
    typing: Typing,
    faults: Vec<Fault>,
}

impl Checker<'_> {
    /// The type of an expression, or a fault.
    fn type_of(&mut self, place: &Place, what: &str, site: Site, sql: &str, not: Option<usize>) -> Option<DataType> {
        match self.infer(site, sql, not) {
            Ok(dtype) => Some(dtype),
            Err(Unsound { message, remedy, word }) => {
                let word = word.as_deref().unwrap_or_else(|| sql.trim());
                let place = pinpoint(self.pack, place, word);
                let message = format!("{what}：{message}（{}）", sql.trim());
                self.faults.push(Fault { file: place.file, span: place.span, message, remedy: remedy.to_owned() });
                None
            }
        }
    }

    fn infer(&self, site: Site, sql: &str, not: Option<usize>) -> Result<DataType, Unsound> {
        let expr = sql::parse(sql).map_err(|error| Unsound::parse(&error))?;
        self.typing.of(self.pack, site, expr, not)
    }

    /// A name that must mean something there.
    fn known(&mut self, place: &Place, what: &str, site: Site, name: &str, not: Option<usize>) {
        if let Err(message) = scope::resolve(self.pack, site, name, not) {
            self.faults.push(fault(place, format!("{what}：{message}")));
        }
    }

    fn condition(&mut self, place: &Place, what: &str, site: Site, sql: &str) {
        if let Some(dtype) = self.type_of(place, what, site, sql, None)
            && dtype != DataType::Boolean
        {
            let place = pinpoint(self.pack, place, sql.trim());
            let message = format!("{what}应当是真假条件，却是{}（{}）", class(&dtype), sql.trim());
            let remedy = "请写成比较，例如 考核得分 < 60；「是」「否」的列写成 列 = '是'".to_owned();
            self.faults.push(Fault { file: place.file, span: place.span, message, remedy });
        }
    }

    fn fact(&mut self, at: usize) {
        let pack = self.pack;
        let fact = &pack.facts[at];
        let what = format!("事实「{}」", fact.name);
        let not = Some(at);
        let dtype = match &fact.formula {
            Formula::Own { is, cells, shows } => {
                for name in shows {
                    self.known(&fact.place, &format!("{what}的 shows"), Site::Entity(fact.of), name, not);
                }
                self.cells(fact, Site::Entity(fact.of), cells, not);
                self.type_of(&fact.place, &what, Site::Entity(fact.of), is, not)
            }
            Formula::Aggregate { source, given, value, absent, cells, by } => {
                let site = Site::Source(*source);
                self.joined(fact, site, by.as_deref());
                if let Some(given) = given {
                    self.condition(&fact.place, &format!("{what}的 given "), site, given);
                }
                self.cells(fact, site, cells, None);
                if let Some(absent) = absent {
                    self.type_of(&fact.place, &what, Site::Entity(Entity::City), absent, None);
                }
                self.type_of(&fact.place, &what, site, value, None)
            }
            Formula::Covered => Some(DataType::Int32),
        };
        self.typing.facts[at] = dtype;
    }

    /// A fact of rows finds the rows that it is taken from by what they name.
    fn joined(&mut self, fact: &Fact, site: Site, by: Option<&str>) {
        let Entity::Row(table) = fact.of else { return };
        let table = &self.pack.tables[table];
        let what = format!("事实「{}」", fact.name);
        match by {
            Some(by) => self.known(&fact.place, &format!("{what}：by"), site, by, None),
            None => self.faults.push(fault(&fact.place, format!("{what}：没有写 by：按来源的哪一列对应"))),
        }
        if table.about.is_none() {
            let message = format!("{what}：表「{}」没有写 [[row]] about：以哪一列为名", table.name);
            self.faults.push(fault(&fact.place, message));
        }
    }

    fn cells(&mut self, fact: &Fact, site: Site, cells: &[CellRule], not: Option<usize>) {
        for cell in cells {
            let known = match site {
                Site::Source(Source::Table(table)) | Site::Entity(Entity::Row(table)) => {
                    self.pack.tables[table].column(&cell.column).is_some()
                }
                Site::Source(source) => scope::system_columns(source).iter().any(|(name, _)| *name == cell.column),
                Site::Entity(_) => false,
            };
            if !known {
                let message = format!("事实「{}」的 cells 中没有列「{}」", fact.name, cell.column);
                self.faults.push(fault(&fact.place, message));
            }
            if let Some(when) = &cell.when
                && let Some(dtype) = self.type_of(&fact.place, &format!("事实「{}」", fact.name), site, when, not)
                && dtype != DataType::Boolean
            {
                self.faults.push(fault(&fact.place, format!("事实「{}」的 cells 条件不是真假条件", fact.name)));
            }
        }
    }

    fn tables(&mut self) {
        let pack = self.pack;
        // Row checks see the table as read, before any fact.
        for (at, table) in pack.tables.iter().enumerate() {
            let site = Site::Entity(Entity::Row(at));
            for check in &table.checks {
                self.condition(&check.place, &format!("表「{}」的 check ", table.name), site, &check.when);
            }
            if let Some(sql) = &table.looks_back {
                self.condition(&table.place, &format!("表「{}」的 looks_back ", table.name), site, sql);
            }
            for name in &table.shown_facts {
                self.known(&table.place, &format!("表「{}」的 shown", table.name), site, name, None);
            }
            for reference in &table.references {
                if let Some((column, value)) = &reference.when
                    && let Column { name, kind: ColumnKind::Choice { values, .. }, .. } = &table.columns[*column]
                    && !values.contains(value)
                {
                    let message = format!(
                        "表「{}」的 refers：列「{name}」没有值「{value}」，可用：{}",
                        table.name,
                        values.join("、")
                    );
                    self.faults.push(fault(&table.place, message));
                }
            }
        }
    }

    fn rules(&mut self) {
        let pack = self.pack;
        for rule in &pack.rules {
            let what = format!("规则「{}」", rule.id);
            let site = Site::Entity(rule.of);
            if let Some(scope) = &rule.scope {
                self.condition(&rule.place, &format!("{what}的范围"), site, scope);
            }
            self.condition(&rule.place, &format!("{what}的条件"), site, &rule.when);
            for name in &rule.about {
                self.known(&rule.place, &format!("{what}的 about"), site, name, None);
            }
            for proposal in &rule.proposals {
                self.recipient(rule, &proposal.to);
            }
        }
    }

    fn recipient(&mut self, rule: &Rule, to: &Recipient) {
        let pack = self.pack;
        let membership = &pack.membership;
        let roles = match &pack.tables[membership.table].columns[membership.role].kind {
            ColumnKind::Choice { values, .. } => values.as_slice(),
            _ => &[],
        };
        let mut message = None;
        match to {
            Recipient::Itself => {}
            Recipient::Role { role, via } => {
                for role in std::iter::once(role).chain(via) {
                    if !roles.contains(role) {
                        message = Some(format!("没有职务「{role}」，可用：{}", roles.join("、")));
                    }
                }
            }
            Recipient::Named { column, fact } => {
                let source = pack.facts.iter().find(|one| one.of == rule.of && one.name == *fact);
                let table = source.and_then(|fact| match fact.formula {
                    Formula::Aggregate { source: Source::Table(table), .. } => Some(table),
                    _ => None,
                });
                let people = table.and_then(|table| {
                    let column = &pack.tables[table].columns[pack.tables[table].column(column)?];
                    matches!(column.kind, ColumnKind::People { .. }).then_some(())
                });
                if people.is_none() {
                    message = Some(format!("事实「{fact}」所依据的表中没有人员列「{column}」"));
                }
            }
        }
        if let Some(message) = message {
            self.faults.push(fault(&rule.place, format!("规则「{}」：{message}", rule.id)));
        }
    }

    fn rest(&mut self) {
        let pack = self.pack;
        for hint in &pack.hints {
            self.condition(&hint.place, &format!("提示「{}」", hint.text), Site::Entity(hint.of), &hint.when);
            if let Some(dates) = &hint.dates {
                self.known(&hint.place, &format!("提示「{}」的 dates", hint.text), Site::Entity(hint.of), dates, None);
            }
        }
        for quota in &pack.quotas {
            self.share(quota);
            for sql in quota.among.iter().chain([&quota.reached]) {
                self.condition(&quota.place, "比例", Site::Entity(Entity::Subject(quota.of)), sql);
            }
        }
        for influence in &pack.influences {
            let Some(talks) = &pack.talks else { continue };
            let site = Site::Entity(Entity::Row(talks.table));
            for sql in [&influence.of_year, &influence.may_be_of_year] {
                self.condition(&influence.place, &influence.name, site, sql);
            }
        }
        if let Some(register) = &pack.register {
            for rule in register.files.iter().flat_map(|file| &file.rules) {
                if !pack.rules.iter().any(|known| known.id == *rule) {
                    let message = format!("{} 的 files：没有规则「{rule}」", register.name);
                    self.faults.push(fault(&register.place, message));
                }
            }
            self.condition(
                &register.place,
                &register.name,
                Site::Entity(Entity::Row(register.talks)),
                &register.talk_when,
            );
        }
        for ratio in &pack.overview.ratios {
            for sql in [&ratio.counted, &ratio.among] {
                self.condition(&ratio.place, &ratio.name, Site::Entity(Entity::Subject(ratio.of)), sql);
            }
        }
        for cross in &pack.overview.crosses {
            self.condition(&cross.place, &cross.title, Site::Entity(cross.of), &cross.given);
            for sql in [&cross.rows, &cross.columns] {
                self.type_of(&cross.place, &cross.title, Site::Entity(cross.of), sql, None);
            }
        }
        for fork in &pack.forks {
            let site = Site::Entity(Entity::Row(fork.table));
            self.condition(&fork.place, &format!("两可「{}」", fork.missing), site, &fork.when);
            for sql in &fork.values {
                self.type_of(&fork.place, &format!("两可「{}」", fork.missing), site, sql, None);
            }
            if !pack.facts.iter().any(|fact| fact.of == Entity::Row(fork.table) && fact.name == fork.fact) {
                let message = format!(
                    "两可「{}」：表「{}」没有事实「{}」",
                    fork.missing, pack.tables[fork.table].name, fork.fact
                );
                self.faults.push(fault(&fork.place, message));
            }
        }
        // The readings of two would have to be evaluated together.
        for fork in pack.forks.iter().skip(1) {
            let message = format!("两可「{}」：一个规则包只能有一处", fork.missing);
            self.faults.push(fault(&fork.place, message));
        }
    }

    /// A share of people lies between none and all.
    fn share(&mut self, quota: &Quota) {
        let Some(parameter) = self.pack.parameters.iter().find(|one| one.name == quota.share) else { return };
        let bounded = parameter.one_of.is_empty()
            && parameter.min.is_some_and(|min| min >= 0.0)
            && parameter.max.is_some_and(|max| max <= 1.0);
        if !bounded {
            let message = format!("参数「{}」是比例，应为数字", parameter.name);
            let mut fault = fault(&parameter.place, message);
            fault.remedy = "请写明 min = 0、max = 1".to_owned();
            self.faults.push(fault);
        }
    }

    /// What a parameter is called must mean nothing else: expressions would silently take the parameter.
    fn names(&mut self) {
        let pack = self.pack;
        for parameter in &pack.parameters {
            let name = parameter.name.as_str();
            let taken = if scope::RUN_NAMES.contains(&name) {
                Some("本次运行的固定名称")
            } else if pack.facts.iter().any(|fact| fact.name == name) {
                Some("事实")
            } else if pack.tables.iter().any(|table| table.column(name).is_some()) {
                Some("列")
            } else {
                None
            };
            if let Some(taken) = taken {
                let mut fault = fault(&parameter.place, format!("参数「{name}」与{taken}同名"));
                fault.remedy = "请另起名称".to_owned();
                self.faults.push(fault);
            }
        }
    }
}

/// Kinds of values that can be compared with each other.
fn class(dtype: &DataType) -> &'static str {
    match dtype {
        DataType::Boolean => "真假",
        DataType::String => "文字",
        DataType::Date => "日期",
        DataType::Null => "空值",
        dtype if dtype.is_numeric() || matches!(dtype, DataType::Unknown(_)) => "数字",
        _ => "其他类型",
    }
}

/// Polars lets a number pass for a condition and compares words with numbers; a pack must not.
fn sound(expr: &Expr, schema: &Schema) -> Result<(), String> {
    let kind = |expr: &Expr| expr.to_field(schema).map(|field| class(field.dtype())).map_err(|error| error.to_string());
    for node in expr {
        match node {
            Expr::BinaryExpr { left, op, right } => {
                let (a, b) = (kind(left)?, kind(right)?);
                let logical = matches!(op, Operator::And | Operator::Or | Operator::LogicalAnd | Operator::LogicalOr);
                let compares = matches!(
                    op,
                    Operator::Eq | Operator::NotEq | Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq
                );
                if logical {
                    for one in [a, b] {
                        if one != "真假" && one != "空值" {
                            return Err(format!("AND、OR 的两边应当是真假条件，却有{one}"));
                        }
                    }
                }
                if compares && a != b && a != "空值" && b != "空值" {
                    return Err(format!("{a}不能与{b}比较"));
                }
            }
            Expr::Cast { expr, dtype, .. } if dtype.as_literal() == Some(&DataType::Boolean) => {
                let inner = kind(expr)?;
                if inner != "真假" {
                    return Err(format!("NOT 后面应当是真假条件，却是{inner}"));
                }
            }
            _ => {}
        }
    }
    Ok(())
}
