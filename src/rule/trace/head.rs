//! What all records of a run share: its rules, conditions and values by name, with what they are made of.

use super::super::record::{
    AsideHead, AtomHead, ComparedLine, EntityHead, FORM, Head, ParameterHead, ProposalHead, QuotaHead, RuleHead, To,
    ValueHead,
};
use super::super::{Tree, wording};
use super::Trace;
use crate::fact::NameValues;
use crate::pack::term::{Node, Term};
use crate::pack::{Entity, Expression, Fact, Recipient, Run};
use crate::table::RejectedSubject;

impl Trace<'_> {
    /// What all records share.
    pub fn head(&self, run: Run) -> Head {
        let pack = self.pack;
        let sheets = self.data.sheets.iter();
        let sheets = sheets.map(|sheet| format!("{}!{}", self.data.books[sheet.book as usize].path, sheet.name));
        let mut rules: Vec<RuleHead> = pack.rules.iter().enumerate().map(|(at, _)| self.rule(at)).collect();
        let mut entities = Vec::new();
        for (entity, of) in self.entities.iter().enumerate() {
            let (kind, name, subject) = match *of {
                Entity::Subject(kind) => (pack.subjects[kind].kind.clone(), pack.subjects[kind].name.clone(), true),
                Entity::Row(table) => (pack.tables[table].name.clone(), pack.tables[table].name.clone(), false),
                Entity::City => continue,
            };
            let mut head = EntityHead { kind, name, subject, rules: Vec::new(), atoms: Vec::new(), values: Vec::new() };
            for traced in self.parts_of(entity) {
                let first = head.atoms.len();
                for condition in &traced.part.conditions {
                    head.rules.push(condition.rule);
                    let rule = &mut rules[condition.rule];
                    rule.entity = Some(entity);
                    rule.scope = condition.scope.as_ref().map(|scope| shifted(scope, first));
                    rule.when = Some(shifted(&condition.when, first));
                }
                for (atom, uses) in traced.part.atoms.iter().zip(&traced.uses) {
                    head.atoms.push(self.atom(atom, uses));
                }
            }
            head.values = self.of[entity].clone();
            entities.push(head);
        }
        for quota in pack.quotas.iter().filter(|quota| quota.runs.contains(&run)) {
            let entity = self.entities.iter().position(|one| *one == Entity::Subject(quota.of));
            let value = |name: &str| {
                self.lookup
                    .values()
                    .iter()
                    .position(|value| value.entity == Entity::Subject(quota.of) && *value.name == *name)
            };
            let among = quota.among.as_ref().and_then(|among| value(&among.text));
            let share = self.parameter(&quota.share);
            rules[quota.rule].quota = value(&quota.reached.text).map(|reached| QuotaHead { reached, among, share });
            rules[quota.rule].entity = entity;
        }
        Head {
            form: FORM,
            sheets: sheets.collect(),
            entities,
            rules,
            values: self.lookup.values().iter().map(|value| self.value_head(value)).collect(),
            parameters: pack
                .parameters
                .iter()
                .map(|parameter| ParameterHead {
                    name: parameter.name.clone(),
                    value: self.literals.get(&parameter.name).map(|value| value.said()).unwrap_or_default(),
                    unit: parameter.unit.clone(),
                    reading: parameter.reading.clone(),
                })
                .collect(),
            readings: pack.forks.iter().map(|fork| (fork.missing.clone(), fork.reading.clone())).collect(),
            aside: self.aside(),
        }
    }

    fn rule(&self, at: usize) -> RuleHead {
        let rule = &self.pack.rules[at];
        let proposes = rule.proposals.iter().map(|proposal| ProposalHead {
            action: self.pack.actions[proposal.action].name.clone(),
            options: proposal.options.clone(),
            to: match &proposal.to {
                Recipient::Itself => To::Itself,
                Recipient::Role { role, via } => To::Role(role.clone(), via.clone()),
                Recipient::Named { column, .. } => To::Named(column.clone()),
            },
        });
        RuleHead {
            id: rule.id.clone(),
            provision: rule.provision.clone(),
            citation: rule.citation.clone(),
            reading: rule.reading.clone(),
            entity: None,
            stage: rule.stage,
            runs: rule.runs.iter().map(|run| run.code()).collect(),
            scope: None,
            when: None,
            proposes: proposes.collect(),
            marks: rule.marks.clone(),
            quota: None,
        }
    }

    fn atom(&self, atom: &Term, uses: &[usize]) -> AtomHead {
        let parameters = atom.names().iter().filter_map(|name| self.parameter(name)).collect();
        AtomHead {
            text: wording::say(atom, &self.literals),
            uses: uses.to_vec(),
            parameters,
            measure: self.measure(atom),
        }
    }

    fn measure(&self, atom: &Term) -> Option<ComparedLine> {
        let (_, left, right) = atom.comparison().filter(|(op, ..)| op.orders())?;
        let line = |term: &Term| match &term.node {
            Node::Name(name, _) => self.literals.get(&**name).map(|value| (name.to_string(), value.said())),
            Node::Value(value) => Some((String::new(), value.said())),
            Node::Call(..) => None,
        };
        let plain = |term: &Term| match &term.node {
            Node::Name(name, _) if !self.literals.contains_key(&**name) => {
                Some(term.kind.ranked().map(|set| set.words.clone()).unwrap_or_default())
            }
            _ => None,
        };
        let (order, (name, line)) = plain(left).zip(line(right)).or_else(|| plain(right).zip(line(left)))?;
        (!order.is_empty() || line.parse::<f64>().is_ok()).then_some(ComparedLine { name, line, order })
    }

    /// Everybody once by each name.
    fn aside(&self) -> Vec<AsideHead> {
        let mut aside = Vec::new();
        for row in &self.data.rejected {
            for subject in &row.subjects {
                let RejectedSubject::RegisterRejected(kind, id) = subject else { continue };
                let of = &self.pack.subjects[*kind];
                let (kind, name) = (of.kind.clone(), row.name_of(of).to_owned());
                if !name.is_empty() {
                    aside.push(AsideHead { kind, id: id.clone(), name });
                }
            }
        }
        aside.sort();
        aside.dedup();
        aside
    }

    fn parameter(&self, name: &str) -> Option<usize> {
        self.pack.parameters.iter().position(|parameter| parameter.name == name)
    }

    fn value_head(&self, value: &NameValues) -> ValueHead {
        let fact: Option<&Fact> = value.fact.map(|fact| &self.pack.facts[fact]);
        let terms = fact.into_iter().flat_map(Fact::formulas).map(Expression::term);
        let mut parameters: Vec<usize> = terms.flat_map(Term::names).filter_map(|name| self.parameter(name)).collect();
        let rules = fact.into_iter().flat_map(Fact::cells);
        let mut cells: Vec<(String, Option<usize>)> = rules
            .map(|rule| (rule.column.clone(), rule.line.as_deref().and_then(|line| self.parameter(line))))
            .collect();
        if value.fact.is_none() {
            cells = vec![(value.name.to_string(), None)];
        }
        parameters.extend(cells.iter().filter_map(|(_, line)| *line));
        parameters.sort_unstable();
        parameters.dedup();
        ValueHead {
            name: value.name.to_string(),
            entity: self.entities.iter().position(|one| *one == value.entity).unwrap_or_default(),
            reading: fact.and_then(|fact| fact.reading.clone()),
            parts: value.parts.clone(),
            parameters,
            cells,
            common: value.common.clone(),
        }
    }
}

/// The same condition over atoms that begin at `first`.
fn shifted(node: &Tree, first: usize) -> Tree {
    match node {
        Tree::Atom(at) => Tree::Atom(at + first),
        Tree::All(nodes) => Tree::All(nodes.iter().map(|node| shifted(node, first)).collect()),
        Tree::Any(nodes) => Tree::Any(nodes.iter().map(|node| shifted(node, first)).collect()),
        Tree::Not(node) => Tree::Not(Box::new(shifted(node, first))),
    }
}
