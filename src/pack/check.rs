//! Checks every expression of a pack when it is loaded and binds it: names, types, and that facts do not go in circles.

use super::bind::{Rows, bind};
use super::fault::PackFault;
use super::model::*;
use super::scope::{self, Site};
use super::syntax::Wrong;
use super::term::{Kind, Order};

/// Facts that rest on facts that rest on facts nest in the engine as deep as that, and no policy is explained in so many steps.
const MOST_LAYERS: usize = 100;

/// All faults in the pack's expressions; those without are bound, and the pack knows what its facts need.
pub fn check(pack: &mut Pack) -> Vec<PackFault> {
    let (needs, layers) = match ordered(pack) {
        Ok(found) => found,
        Err(faults) => return faults,
    };
    let mut checker = Checker { pack, faults: Vec::new() };
    checker.names();
    // What a name hides would be told as many faults of other kinds.
    if checker.faults.is_empty() {
        for fact in layers.iter().flatten() {
            checker.fact(*fact);
        }
        for Posed { what, site, expression, condition } in asked(pack) {
            match condition {
                true => checker.condition(&what, site, expression, None),
                false => checker.value(&what, site, expression, None, Rows::Each),
            }
        }
        checker.elsewhere();
    }
    let faults = checker.faults;
    (pack.needs, pack.layers) = (needs, layers);
    faults
}

/// Faults in whom rules reach.
pub fn recipients(pack: &Pack) -> Vec<PackFault> {
    let mut checker = Checker { pack, faults: Vec::new() };
    for rule in &pack.rules {
        rule.proposals.iter().for_each(|proposal| checker.recipient(rule, &proposal.to));
    }
    checker.faults
}

/// Facts by number, in lists.
type Facts = Vec<Vec<usize>>;

/// What each fact needs, and all facts in layers of which each only needs earlier ones.
///
/// # Errors
/// Unknown names, and facts that need each other in a circle.
fn ordered(pack: &Pack) -> Result<(Facts, Facts), Vec<PackFault>> {
    let mut faults = Vec::new();
    let needs: Facts = (0..pack.facts.len())
        .map(|fact| {
            needs(pack, fact).unwrap_or_else(|unsound| {
                let (expression, wrong) = *unsound;
                faults.push(told(pack, &format!("事实「{}」", pack.facts[fact].name), expression, wrong));
                Vec::new()
            })
        })
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut layers: Facts = Vec::new();
    let mut done = vec![false; needs.len()];
    while done.contains(&false) {
        let waiting = (0..needs.len()).filter(|fact| !done[*fact]);
        let (ready, stuck): (Vec<usize>, Vec<usize>) =
            waiting.partition(|fact| needs[*fact].iter().all(|need| done[*need]));
        let Some(first) = ready.first().map(|fact| &pack.facts[*fact]) else {
            let circle = |fact: usize| {
                let Fact { name, place, .. } = &pack.facts[fact];
                fault(place, format!("事实「{name}」与其他事实互为前提"))
            };
            return Err(stuck.into_iter().map(circle).collect());
        };
        if layers.len() == MOST_LAYERS {
            let message = format!("事实「{}」与它所依据的事实超过 {MOST_LAYERS} 层", first.name);
            return Err(vec![fault(&first.place, message)]);
        }
        ready.iter().for_each(|fact| done[*fact] = true);
        layers.push(ready);
    }
    Ok((needs, layers))
}

/// The facts that a fact's expressions name.
///
/// # Errors
/// The first expression that cannot be parsed or that has a name that means nothing, and what is wrong with it.
fn needs(pack: &Pack, fact: usize) -> Result<Vec<usize>, Box<(&Expression, Wrong)>> {
    let definition = &pack.facts[fact];
    let mut needs = Vec::new();
    for expression in definition.expressions() {
        needs.extend(
            facts_in(pack, definition.site(), expression, Some(fact)).map_err(|wrong| Box::new((expression, wrong)))?,
        );
    }
    if let Formula::Covered = definition.formula {
        // It counts the rules whose scope covers the entity: it needs what those scopes need. A scope that is wrong is
        // told of where it stands, with the other expressions of its rule.
        for rule in pack.covering(definition.of) {
            let scope = rule.scope.iter().map(|scope| facts_in(pack, Site::Entity(rule.of), scope, Some(fact)));
            needs.extend(scope.flatten().flatten());
        }
    }
    needs.sort_unstable();
    needs.dedup();
    Ok(needs)
}

/// The facts that an expression names.
fn facts_in(pack: &Pack, site: Site, expression: &Expression, not: Option<usize>) -> Result<Vec<usize>, Wrong> {
    let mut facts = Vec::new();
    let mut wrong = None;
    expression.parsed().map_err(Clone::clone)?.walk(&mut |term| {
        let super::term::Node::Name(name, _) = &term.node else { return };
        match scope::resolve(pack, site, name, not) {
            Ok(meaning) => facts.extend(meaning.fact()),
            Err(message) => {
                wrong.get_or_insert_with(|| Wrong::new(message, super::bind::NAMES, term.span.clone()));
            }
        }
    });
    wrong.map_or(Ok(facts), Err)
}

fn fault(place: &Passage, message: String) -> PackFault {
    place.fault(message, "已有的表、列、事实和参数可用 kaohe pack show 查看")
}

/// What is wrong with an expression, pointed at where it stands.
fn told(pack: &Pack, what: &str, expression: &Expression, wrong: Wrong) -> PackFault {
    let message = format!("{what}：{}（{expression}）", wrong.message);
    expression.place_of(&wrong.span, &pack.files).fault(message, wrong.remedy)
}

/// An expression outside facts.
pub struct Posed<'p> {
    /// What messages call it.
    what: String,
    pub site: Site,
    pub expression: &'p Expression,
    /// A condition, or a value that is counted or compared.
    condition: bool,
}

/// What tables, rules, hints, quotas, counts, forks, the register and influence periods ask.
pub fn asked(pack: &Pack) -> Vec<Posed<'_>> {
    let mut all = Vec::new();
    let mut ask = |what: String, site, expression, condition| all.push(Posed { what, site, expression, condition });
    for (at, table) in pack.tables.iter().enumerate() {
        // Row checks see the table as read, before any fact.
        let site = Site::Entity(Entity::Row(at));
        for check in &table.checks {
            ask(format!("表「{}」的 check ", table.name), site, &check.when, true);
        }
        if let Some(condition) = &table.looks_back {
            ask(format!("表「{}」的 looks_back ", table.name), site, condition, true);
        }
    }
    for rule in &pack.rules {
        let site = Site::Entity(rule.of);
        rule.scope.iter().for_each(|scope| ask(format!("规则「{}」的范围", rule.id), site, scope, true));
        ask(format!("规则「{}」的条件", rule.id), site, &rule.when, true);
    }
    for hint in &pack.hints {
        ask(format!("提示「{}」", hint.text), Site::Entity(hint.of), &hint.when, true);
    }
    for quota in &pack.quotas {
        let site = Site::Entity(Entity::Subject(quota.of));
        quota.among.iter().chain([&quota.reached]).for_each(|one| ask("比例".to_owned(), site, one, true));
    }
    for influence in &pack.influences {
        let Some((talks, talk)) = pack.talks.as_ref().zip(influence.by_talk()) else { continue };
        let site = Site::Entity(Entity::Row(talks.table));
        [talk.of_year, talk.may_be_of_year].into_iter().for_each(|one| ask(influence.name.clone(), site, one, true));
    }
    if let Some(register) = &pack.register {
        ask(register.name.clone(), Site::Entity(Entity::Row(register.talks)), &register.talk_when, true);
    }
    for ratio in &pack.overview.ratios {
        let site = Site::Entity(Entity::Subject(ratio.of));
        [&ratio.counted, &ratio.among].into_iter().for_each(|one| ask(ratio.name.clone(), site, one, true));
    }
    for cross in &pack.overview.crosses {
        let site = Site::Entity(cross.of);
        ask(cross.title.clone(), site, &cross.given, true);
        [&cross.rows, &cross.columns].into_iter().for_each(|one| ask(cross.title.clone(), site, one, false));
    }
    for fork in &pack.forks {
        let (what, site) = (format!("两可「{}」", fork.missing), Site::Entity(Entity::Row(fork.table)));
        ask(what.clone(), site, &fork.when, true);
        fork.values.iter().for_each(|value| ask(what.clone(), site, value, false));
    }
    all
}

/// Names outside expressions: where they stand, what messages call that, of what they are names, and the names.
pub fn named(pack: &Pack) -> impl Iterator<Item = (&Passage, String, Entity, &str)> {
    let shown = pack.tables.iter().enumerate().flat_map(|(at, table)| {
        let what = format!("表「{}」的 shown", table.name);
        table.shown_facts.iter().map(move |name| (&table.place, what.clone(), Entity::Row(at), name.as_str()))
    });
    let rules = pack.rules.iter().flat_map(|rule| {
        let keys = [("about", &rule.about), ("shows", &rule.shows)];
        let names = keys.into_iter().flat_map(|(key, names)| names.iter().map(move |name| (key, name)));
        names.map(|(key, name)| (&rule.place, format!("规则「{}」的 {key}", rule.id), rule.of, name.as_str()))
    });
    let hints = pack.hints.iter().filter_map(|hint| {
        Some((&hint.place, format!("提示「{}」的 dates", hint.text), hint.of, hint.dates.as_deref()?))
    });
    shown.chain(rules).chain(hints)
}

struct Checker<'a> {
    pack: &'a Pack,
    faults: Vec<PackFault>,
}

impl Checker<'_> {
    /// Binds an expression; its type, or a fault.
    fn bind(
        &mut self,
        what: &str,
        site: Site,
        expression: &Expression,
        not: Option<usize>,
        rows: Rows,
    ) -> Option<Kind> {
        let parsed = expression.parsed().map_err(Clone::clone);
        match parsed.and_then(|term| bind(self.pack, site, not, rows, term)) {
            Ok(term) => {
                let kind = term.kind.clone();
                expression.bind(term);
                Some(kind)
            }
            Err(wrong) => {
                self.faults.push(told(self.pack, what, expression, wrong));
                None
            }
        }
    }

    /// A name that must mean something there.
    fn known(&mut self, place: &Passage, what: &str, site: Site, name: &str, not: Option<usize>) {
        if let Err(message) = scope::resolve(self.pack, site, name, not) {
            self.faults.push(fault(place, format!("{what}：{message}")));
        }
    }

    fn condition(&mut self, what: &str, site: Site, expression: &Expression, not: Option<usize>) {
        if let Some(kind) = self.bind(what, site, expression, not, Rows::Each)
            && kind != Kind::Truth
        {
            let message = format!("{what}应当是真假条件，却是{}（{expression}）", kind.name());
            let remedy = "请写成比较，例如 考核得分 < 60；「是」「否」的列写成 列 = '是'";
            self.faults.push(expression.whole(&self.pack.files).fault(message, remedy));
        }
    }

    /// A value that is shown, counted or compared: it is more than NULL, a period or several names.
    fn value(&mut self, what: &str, site: Site, expression: &Expression, not: Option<usize>, rows: Rows) {
        if let Some(kind) = self.bind(what, site, expression, not, rows)
            && matches!(kind, Kind::Null | Kind::Interval)
        {
            let message = format!("{what}的值是{}，不能用作事实（{expression}）", kind.name());
            self.faults.push(expression.whole(&self.pack.files).fault(message, "请写出真假、数字、日期、文字或选项"));
        }
    }

    fn fact(&mut self, at: usize) {
        let pack = self.pack;
        let fact = &pack.facts[at];
        let what = format!("事实「{}」", fact.name);
        let not = Some(at);
        match &fact.formula {
            Formula::Own { is, cells, shows } => {
                for name in shows {
                    self.known(&fact.place, &format!("{what}的 shows"), Site::Entity(fact.of), name, not);
                }
                self.cells(fact, Site::Entity(fact.of), cells, not);
                self.value(&what, Site::Entity(fact.of), is, not, Rows::Each);
            }
            Formula::Aggregate { source, given, value, absent, cells, by } => {
                let site = Site::Source(*source);
                self.joined(fact, site, by.as_deref());
                if let Some(given) = given {
                    self.condition(&format!("{what}的 given "), site, given, None);
                }
                self.cells(fact, site, cells, None);
                self.value(&what, site, value, None, Rows::Together);
                if let Some(absent) = absent {
                    self.bind(&format!("{what}的 absent "), Site::Entity(Entity::City), absent, None, Rows::Each);
                    self.absent(&what, value, absent);
                }
            }
            Formula::Covered => {}
        }
    }

    /// What stands for no row is of the value's type, and within its set.
    fn absent(&mut self, what: &str, value: &Expression, absent: &Expression) {
        let (of, instead) = (&value.term().kind, &absent.term().kind);
        let message = match (of, instead) {
            (Kind::Choice(set), Kind::Choice(other)) => other
                .words
                .iter()
                .find(|word| set.order != Order::Written && !set.words.contains(word))
                .map(|word| format!("{what}的 absent「{word}」不在可选的值之中：{}", set.words.join("、"))),
            _ if of.join(instead).is_none() => {
                Some(format!("{what}的 absent 是{}，而 value 是{}", instead.name(), of.name()))
            }
            _ => None,
        };
        if let Some(message) = message {
            let remedy = "请写与 value 同一类型的值；没有行时不知道的，不写 absent";
            self.faults.push(absent.whole(&self.pack.files).fault(message, remedy));
        }
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
                Site::Source(source) => {
                    scope::source_columns(self.pack, source).iter().any(|(name, ..)| *name == cell.column)
                }
                Site::Entity(_) => false,
            };
            if !known {
                let message = format!("事实「{}」的 cells 中没有列「{}」", fact.name, cell.column);
                self.faults.push(fault(&fact.place, message));
            }
            if let Some(when) = &cell.when {
                self.condition(&format!("事实「{}」的 cells 条件", fact.name), site, when, not);
            }
        }
    }

    /// What stands outside expressions.
    fn elsewhere(&mut self) {
        let pack = self.pack;
        for (place, what, of, name) in named(pack) {
            self.known(place, &what, Site::Entity(of), name, None);
        }
        for table in &pack.tables {
            for reference in &table.references {
                let Some((column, value)) = &reference.when else { continue };
                let InputColumn { name, kind, .. } = &table.columns[*column];
                if !kind.words().is_empty() && !kind.words().contains(value) {
                    let values = kind.words().join("、");
                    let message =
                        format!("表「{}」的 refers：列「{name}」没有值「{value}」，可用：{values}", table.name);
                    self.faults.push(fault(&table.place, message));
                }
            }
        }
        pack.quotas.iter().for_each(|quota| self.share(quota));
        if let Some(register) = &pack.register {
            for rule in register.files.iter().flat_map(|file| &file.rules) {
                if !pack.rules.iter().any(|known| known.id == *rule) {
                    let message = format!("{} 的 files：没有规则「{rule}」", register.name);
                    self.faults.push(fault(&register.place, message));
                }
            }
        }
        for (at, fork) in pack.forks.iter().enumerate() {
            if !pack.facts.iter().any(|fact| fact.of == Entity::Row(fork.table) && fact.name == fork.fact) {
                let table = &pack.tables[fork.table].name;
                let message = format!("两可「{}」：表「{table}」没有事实「{}」", fork.missing, fork.fact);
                self.faults.push(fault(&fork.place, message));
            }
            // The readings of two would have to be evaluated together.
            if at > 0 {
                let message = format!("两可「{}」：一个规则包只能有一处", fork.missing);
                self.faults.push(fault(&fork.place, message));
            }
        }
    }

    fn recipient(&mut self, rule: &Rule, to: &Recipient) {
        let pack = self.pack;
        let membership = &pack.membership;
        let roles = pack.tables[membership.table].columns[membership.role].kind.words();
        let mut message = None;
        match to {
            Recipient::Itself => {}
            Recipient::Role { role, via } => {
                for role in std::iter::once(role).chain(via) {
                    if roles.is_empty() {
                        message = Some(format!("没有写 [membership]，不能以职务「{role}」找人"));
                    } else if !roles.contains(role) {
                        message = Some(format!("没有职务「{role}」，可用：{}", roles.join("、")));
                    }
                }
            }
            Recipient::Named { column, fact } => {
                let source = pack.facts.iter().find(|one| one.of == rule.of && one.name == *fact);
                let named = source.and_then(Fact::table).and_then(|table| pack.tables[table].named(column));
                if !named.is_some_and(|column| matches!(column.kind, ColumnKind::People { .. })) {
                    message = Some(format!("事实「{fact}」所依据的表中没有人员列「{column}」"));
                }
            }
        }
        if let Some(message) = message {
            self.faults.push(fault(&rule.place, format!("规则「{}」：{message}", rule.id)));
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
            self.faults.push(parameter.place.fault(message, "请写明 min = 0、max = 1"));
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
                self.faults.push(parameter.place.fault(format!("参数「{name}」与{taken}同名"), "请另起名称"));
            }
        }
    }
}
