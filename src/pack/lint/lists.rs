//! Every action goes to a list and comes from a rule; every list takes an action.

use super::super::fault::PackFault;
use super::super::model::*;

pub fn lint(pack: &Pack, found: &mut Vec<PackFault>) {
    for (at, list) in pack.lists.iter().enumerate() {
        if !pack.actions.iter().any(|action| action.list == at) {
            let message = format!("名单「{}」没有任何处理：它总是空的", list.name);
            found.push(list.place.notice(message, "请在 [[action]] 的 list 中使用，或删去"));
        }
    }
    for (at, action) in pack.actions.iter().enumerate() {
        let proposed = pack.rules.iter().flat_map(|rule| &rule.proposals).any(|proposal| proposal.action == at);
        if !proposed && !pack.is_planned(at) {
            let message = format!("没有规则提出处理「{}」", action.name);
            found.push(action.place.notice(message, "请在规则的 propose 中使用，或删去"));
        }
        for option in &action.options {
            let used = pack
                .rules
                .iter()
                .flat_map(|rule| &rule.proposals)
                .any(|proposal| proposal.action == at && proposal.options.contains(option));
            if proposed && !used {
                let message = format!("没有规则用到处理「{}」的可选方式「{option}」", action.name);
                found.push(action.place.notice(message, "请在规则的 options 中使用，或删去"));
            }
        }
    }
}
