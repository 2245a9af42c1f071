//! The talk plan (2.6), against a small calculation of its own.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::city::City;

/// Units in register order with the number of their people: `U1` has `U101`, `U102`, …
struct Plan {
    units: Vec<(&'static str, usize)>,
    talked: Vec<&'static str>,
    leads: Vec<&'static str>,
}

impl Plan {
    fn city(&self) -> City {
        let mut city = City::empty();
        for (unit, people) in &self.units {
            city.edit(&format!("+班子名册 单位编号={unit} 单位名称={unit}局 单位类别=市级部门"));
            city.edit(&format!("+半年考核_班子 单位编号={unit}"));
            for person in 1..=*people {
                let id = format!("{unit}{person:02}");
                city.edit(&format!("+干部名册 干部编号={id} 姓名=某{id} 单位编号={unit} 职务=处长 班子职务=班子成员"));
            }
        }
        for id in &self.talked {
            city.edit(&format!("+谈话记录 谈话日期=2015-04-01 谈话类型=交心谈话 干部编号={id}"));
        }
        for (at, id) in self.leads.iter().enumerate() {
            city.edit(&format!("+问题线索 线索编号=X{at} 对象={id}"));
        }
        city
    }

    /// Picks by the contract's sentence, `share` given as percent.
    fn expected(&self, percent: usize) -> BTreeSet<String> {
        let total: usize = self.units.iter().map(|(_, people)| people).sum();
        let needed = (percent * total).div_ceil(100).saturating_sub(self.talked.len());
        let mut done: BTreeMap<&str, usize> = BTreeMap::new();
        for id in &self.talked {
            *done.entry(&id[..2]).or_default() += 1;
        }
        let mut picked = BTreeSet::new();
        let everybody: Vec<String> = self
            .units
            .iter()
            .flat_map(|(unit, people)| (1..=*people).map(move |person| format!("{unit}{person:02}")))
            .filter(|id| !self.talked.contains(&id.as_str()))
            .collect();
        while picked.len() < needed {
            let waiting: Vec<&String> = everybody.iter().filter(|id| !picked.contains(*id)).collect();
            let first: Vec<&String> = waiting.iter().copied().filter(|id| self.leads.contains(&id.as_str())).collect();
            let candidates = if first.is_empty() { waiting } else { first };
            let mut best: Option<(&str, usize, usize)> = None;
            for (unit, people) in &self.units {
                let reached = done.get(unit).copied().unwrap_or_default();
                let has_candidate = candidates.iter().any(|id| id.starts_with(unit));
                let smaller = best.is_none_or(|(_, other, size)| reached * size < other * people);
                if has_candidate && smaller {
                    best = Some((unit, reached, *people));
                }
            }
            let (unit, ..) = best.unwrap();
            let hash = |id: &str| Sha256::digest(format!("2015/{id}").as_bytes()).to_vec();
            let chosen = candidates.iter().filter(|id| id.starts_with(unit)).min_by_key(|id| hash(id)).unwrap();
            *done.entry(unit).or_default() += 1;
            picked.insert((*chosen).clone());
        }
        picked
    }

    #[track_caller]
    fn check(&self, percent: usize) {
        let share = format!("0.{percent:02}");
        let published = self.city().run(&format!("half-year --set 交心谈话比例={share}"));
        let found: BTreeSet<String> = published.talks().into_iter().map(str::to_owned).collect();
        assert_eq!(found, self.expected(percent), "{share}");
        for id in published.talks() {
            assert_eq!(published.line("交心谈话", id)["rules"], serde_json::json!(["2.6"]));
        }
    }
}

#[test]
fn units_take_turns_by_share_and_hash_decides_inside() {
    let plan = Plan { units: vec![("U3", 7), ("U1", 3), ("U2", 5), ("U4", 1)], talked: vec![], leads: vec![] };
    for percent in [1, 25, 30, 55, 99] {
        plan.check(percent);
    }
}

#[test]
fn talks_held_count_for_the_whole_and_for_the_unit() {
    let talked = vec!["U101", "U102", "U301"];
    Plan { units: vec![("U1", 4), ("U2", 4), ("U3", 8)], talked, leads: vec![] }.check(50);
}

#[test]
fn enough_talks_held_need_no_plan() {
    let talked = vec!["U101", "U102", "U201"];
    let plan = Plan { units: vec![("U1", 4), ("U2", 4)], talked, leads: vec![] };
    assert_eq!(plan.expected(30), BTreeSet::new());
    plan.check(30);
}

#[test]
fn people_with_open_leads_come_first() {
    let units = vec![("U1", 5), ("U2", 5), ("U3", 10)];
    let leads = vec!["U105", "U104", "U103", "U201", "U310"];
    let plan = Plan { units, talked: vec!["U310"], leads };
    // Fewer turns than people with leads, exactly as many, and more.
    for percent in [15, 25, 40] {
        plan.check(percent);
    }
}

/// 0.07 × 100 is 7, though not in binary arithmetic.
#[test]
fn the_share_is_decimal() {
    let units = vec![("U1", 25), ("U2", 25), ("U3", 25), ("U4", 25)];
    let plan = Plan { units, talked: vec![], leads: vec![] };
    assert_eq!(plan.expected(7).len(), 7);
    plan.check(7);
}

/// However small, a share of somebody is one; a share of nobody is none.
#[test]
fn shares_of_any_length_are_taken() {
    let plan = Plan { units: vec![("U1", 5)], talked: vec![], leads: vec![] };
    for (share, picked) in
        [("1e-45", 1), ("1e-200", 1), ("0", 0), ("1", 5), ("0.4000000000000000000000000000000001", 2)]
    {
        let published = plan.city().run(&format!("half-year --set 交心谈话比例={share}"));
        assert_eq!(published.talks().len(), picked, "{share}");
    }
}

#[test]
fn only_open_counting_leads_come_first() {
    let pick = |lead: &str| {
        let mut plan = Plan { units: vec![("U1", 9)], talked: vec![], leads: vec![] }.city();
        plan.edit(lead);
        let published = plan.run("half-year --set 交心谈话比例=0.1");
        published.talks().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let plan = Plan { units: vec![("U1", 9)], talked: vec![], leads: vec![] };
    let usual: Vec<String> = plan.expected(10).into_iter().collect();
    let other = if usual == ["U101"] { "U102" } else { "U101" };
    assert_eq!(pick(&format!("+问题线索 对象={other}")), [other]);
    assert_eq!(pick(&format!("+问题线索 对象={other} 核实结果=不属实")), usual);
    assert_eq!(pick(&format!("+问题线索 对象={other} 收到日期=2014-05-01")), usual);
    assert_eq!(pick(&format!("+问题线索 对象={other} 收到日期=2015-07-01")), usual);
    // Verified after the as-of date: still open on it.
    assert_eq!(pick(&format!("+问题线索 对象={other} 核实结果=不属实 核实日期=2015-07-01")), [other]);
}

#[test]
fn talks_of_other_years_kinds_or_later_days_do_not_count() {
    let pick = |talk: &str| {
        let mut city = Plan { units: vec![("U1", 10)], talked: vec![], leads: vec![] }.city();
        city.edit(talk);
        city.run("half-year").talks().len()
    };
    assert_eq!(pick("+谈话记录 谈话日期=2015-06-30 谈话类型=交心谈话 干部编号=U101"), 2);
    assert_eq!(pick("+谈话记录 谈话日期=2015-07-01 谈话类型=交心谈话 干部编号=U101"), 3);
    assert_eq!(pick("+谈话记录 谈话日期=2014-12-31 谈话类型=交心谈话 干部编号=U101"), 3);
    assert_eq!(pick("+谈话记录 谈话日期=2015-06-30 谈话类型=约谈 干部编号=U101"), 3);
}

/// The home of somebody with two offices is the unit of the first register row.
#[test]
fn a_cadre_of_two_units_counts_at_home() {
    let mut plan = Plan { units: vec![("U1", 4), ("U2", 4)], talked: vec!["U101"], leads: vec![] };
    let mut city = plan.city();
    city.edit("+干部名册 干部编号=U101 姓名=某U101 单位编号=U2 职务=局长 班子职务=主要负责人");
    let published = city.run("half-year --set 交心谈话比例=0.50");
    let found: BTreeSet<String> = published.talks().into_iter().map(str::to_owned).collect();
    plan.talked = vec!["U101"];
    assert_eq!(found, plan.expected(50));
}
