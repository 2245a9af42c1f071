//! Every rule cites a provision in a part of the Measures that the pack names.

use super::super::fault::PackFault;
use super::super::model::*;

pub fn lint(pack: &Pack, found: &mut Vec<PackFault>) {
    for rule in pack.rules.iter().filter(|rule| rule.marks.is_none()) {
        let part = rule.provision.split('.').next().unwrap_or_default();
        if !pack.parts.is_empty() && !pack.parts.contains_key(part) {
            let message =
                format!("规则「{}」的条款「{}」不在任何一部分：[parts] 中没有「{part}」", rule.id, rule.provision);
            found.push(rule.place.notice(message, "请更正 provision，或在 pack.toml 的 [parts] 中写明这一部分"));
        }
    }
}
