//! Every parameter has a value on every day on which the others have one, and is used.

use std::collections::BTreeSet;

use super::super::fault::PackFault;
use super::super::model::*;

pub fn lint(pack: &Pack, found: &mut Vec<PackFault>) {
    let first = |parameter: &Parameter| parameter.values.first().map(|dated| dated.from);
    let Some(begin) = pack.parameters.iter().filter_map(first).min() else { return };
    let used = names(pack);
    for parameter in &pack.parameters {
        if let Some(from) = first(parameter).filter(|from| *from > begin) {
            let message = format!(
                "参数「{}」自 {from} 起才有值，而规则包自 {begin} 起适用：其间的运行会因没有生效的值而失败",
                parameter.name
            );
            let remedy = format!("请把最早的 from 改为 {begin}，或为以前的时间补上值");
            found.push(parameter.place.notice(message, &remedy));
        }
        if !used.contains(&parameter.name) {
            let message = format!("参数「{}」没有规则或事实使用", parameter.name);
            found.push(parameter.place.notice(message, "请在条件中使用，或删去"));
        }
    }
}

/// All names that stand in expressions, and what else names parameters.
fn names(pack: &Pack) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = pack.quotas.iter().map(|quota| quota.share.clone()).collect();
    names.extend(pack.influences.iter().map(|influence| influence.months.clone()));
    for (_, expression) in super::unused::expressions(pack) {
        names.extend(expression.term().names().into_iter().map(str::to_owned));
    }
    names
}
