//! The talk plan (2.6), against a small calculation of its own.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::city::City;

/// Units in register order with the number of their people: `U1` has `U101`, `U102`, …
struct Plan {
    units: Vec<(&'static str, usize)>,
    talked: Vec<&'static str>,
    /// Whom another committee than 市委 manages.
    others: Vec<&'static str>,
}

impl Plan {
    fn city(&self) -> City {
        let mut city = City::empty();
        for (unit, people) in &self.units {
            city.edit(&format!("+班子名册 单位编号={unit} 单位名称={unit}局 单位类别=市级部门"));
            city.edit(&format!("+半年考核_班子 单位编号={unit}"));
            for person in 1..=*people {
                let id = format!("{unit}{person:02}");
                let authority = if self.others.contains(&id.as_str()) { "县委" } else { "市委" };
                city.edit(&format!(
                    "+干部名册 干部编号={id} 姓名=某{id} 单位编号={unit} 职务=处长 班子职务=班子成员 干部管理权限={authority}"
                ));
            }
        }
        for id in &self.talked {
            city.edit(&format!("+谈话记录 谈话日期=2015-04-01 谈话类型=交心谈话 干部编号={id}"));
        }
        city
    }

    /// Picks by the contract's sentence, `share` given as percent.
    fn expected(&self, percent: usize) -> BTreeSet<String> {
        let people: Vec<String> = self
            .units
            .iter()
            .flat_map(|(unit, people)| (1..=*people).map(move |person| format!("{unit}{person:02}")))
            .filter(|id| !self.others.contains(&id.as_str()))
            .collect();
        let talked: BTreeSet<&str> = self.talked.iter().copied().filter(|id| !self.others.contains(id)).collect();
        let needed = (percent * people.len()).div_ceil(100).saturating_sub(talked.len());
        let mut picked = BTreeSet::new();
        while picked.len() < needed {
            let done = |id: &str| talked.contains(id) || picked.contains(id);
            let mut best: Option<(&str, usize, usize)> = None;
            for (unit, _) in &self.units {
                let here: Vec<&String> = people.iter().filter(|id| id.starts_with(unit)).collect();
                let reached = here.iter().filter(|id| done(id)).count();
                let smaller = best.is_none_or(|(_, other, size)| reached * size < other * here.len());
                if reached < here.len() && smaller {
                    best = Some((unit, reached, here.len()));
                }
            }
            let (unit, ..) = best.unwrap();
            let hash = |id: &str| Sha256::digest(format!("2015/{id}").as_bytes()).to_vec();
            let waiting = people.iter().filter(|id| id.starts_with(unit) && !done(id));
            let chosen = waiting.min_by_key(|id| hash(id)).unwrap();
            picked.insert(chosen.clone());
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
    let plan = Plan { units: vec![("U3", 7), ("U1", 3), ("U2", 5), ("U4", 1)], talked: vec![], others: vec![] };
    for percent in [1, 25, 30, 55, 99] {
        plan.check(percent);
    }
}

#[test]
fn talks_held_count_for_the_whole_and_for_the_unit() {
    let talked = vec!["U101", "U102", "U301"];
    Plan { units: vec![("U1", 4), ("U2", 4), ("U3", 8)], talked, others: vec![] }.check(50);
}

#[test]
fn enough_talks_held_need_no_plan() {
    let talked = vec!["U101", "U102", "U201"];
    let plan = Plan { units: vec![("U1", 4), ("U2", 4)], talked, others: vec![] };
    assert_eq!(plan.expected(30), BTreeSet::new());
    plan.check(30);
}

/// An open lead puts nobody on the plan and keeps nobody off it.
#[test]
fn a_lead_changes_nothing_on_the_plan() {
    let plan = Plan { units: vec![("U1", 5), ("U2", 5), ("U3", 10)], talked: vec!["U310"], others: vec![] };
    let planned = plan.expected(25);
    let others = ["U101", "U102", "U103", "U104", "U105"].into_iter().filter(|id| !planned.contains(*id));
    let mut city = plan.city();
    for (at, id) in planned.iter().map(String::as_str).chain(others).enumerate() {
        city.edit(&format!("+问题线索 线索编号=X{at} 对象={id}"));
    }
    let published = city.run("half-year --set 交心谈话比例=0.25");
    assert_eq!(published.talks().into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), planned);
}

/// The share is about the cadres whom 市委 manages: others are neither counted nor picked, nor do their talks count.
#[test]
fn people_of_other_authorities_are_not_of_the_plan() {
    let units = vec![("U1", 5), ("U2", 5), ("U3", 10)];
    let others = vec!["U101", "U102", "U103", "U104", "U201", "U310"];
    let plan = Plan { units, talked: vec!["U101", "U202", "U310"], others };
    for percent in [15, 30, 40, 99] {
        plan.check(percent);
    }
}

/// The first register row says who manages somebody.
#[test]
fn the_first_row_says_who_manages_a_cadre() {
    let plan = Plan { units: vec![("U1", 1), ("U2", 2)], talked: vec![], others: vec!["U101"] };
    let mut city = plan.city();
    for (id, unit, authority) in [("U101", "U2", "市委"), ("U201", "U1", "县委")] {
        city.edit(&format!(
            "+干部名册 干部编号={id} 姓名=某{id} 单位编号={unit} 职务=局长 班子职务=主要负责人 干部管理权限={authority}"
        ));
    }
    let published = city.run("half-year --set 交心谈话比例=1");
    assert_eq!(published.talks(), ["U201", "U202"]);
}

/// Two signs are often set apart to fill the column: who manages a cadre is compared as names are.
#[test]
fn an_authority_with_a_blank_inside_is_the_same() {
    let plan = Plan { units: vec![("U1", 1), ("U2", 2)], talked: vec![], others: vec![] };
    let mut city = plan.city();
    city.edit("干部名册 U101 干部管理权限=市\u{3000}委");
    let published = city.run("half-year --set 交心谈话比例=1");
    assert_eq!(published.talks(), ["U101", "U201", "U202"]);
    assert_eq!(published.line("交心谈话", "U101")["authority"], "市委");
}

/// 0.07 × 100 is 7, though not in binary arithmetic.
#[test]
fn the_share_is_decimal() {
    let units = vec![("U1", 25), ("U2", 25), ("U3", 25), ("U4", 25)];
    let plan = Plan { units, talked: vec![], others: vec![] };
    assert_eq!(plan.expected(7).len(), 7);
    plan.check(7);
}

/// However small, a share of somebody is one; a share of nobody is none.
#[test]
fn shares_of_any_length_are_taken() {
    let plan = Plan { units: vec![("U1", 5)], talked: vec![], others: vec![] };
    for (share, picked) in
        [("1e-45", 1), ("1e-200", 1), ("0", 0), ("1", 5), ("0.4000000000000000000000000000000001", 2)]
    {
        let published = plan.city().run(&format!("half-year --set 交心谈话比例={share}"));
        assert_eq!(published.talks().len(), picked, "{share}");
    }
}

#[test]
fn talks_of_other_years_kinds_or_later_days_do_not_count() {
    let pick = |talk: &str| {
        let mut city = Plan { units: vec![("U1", 10)], talked: vec![], others: vec![] }.city();
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
    let mut plan = Plan { units: vec![("U1", 4), ("U2", 4)], talked: vec!["U101"], others: vec![] };
    let mut city = plan.city();
    city.edit("+干部名册 干部编号=U101 姓名=某U101 单位编号=U2 职务=局长 班子职务=主要负责人");
    let published = city.run("half-year --set 交心谈话比例=0.50");
    let found: BTreeSet<String> = published.talks().into_iter().map(str::to_owned).collect();
    plan.talked = vec!["U101"];
    assert_eq!(found, plan.expected(50));
}
