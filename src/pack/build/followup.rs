//! Further measures.

use super::super::followup::Measure;
use super::super::model::*;
use super::{Builder, Sections, day};

impl Builder {
    pub(super) fn measures(&mut self, sections: &Sections, actions: &[Action]) -> Vec<Measure> {
        let mut measures = Vec::new();
        for (file, raw) in &sections.measures {
            self.file.clone_from(file);
            let name = raw.name.get_ref();
            if actions.iter().any(|action| action.name == *name || action.options.contains(name)) {
                let message = format!("处理措施「{name}」与处理或可选方式同名");
                self.fault(raw.name.span(), message, "变更时本来就可以选用处理和可选方式，请删去".into());
            }
            let from = raw.from.as_ref().and_then(|from| {
                let day = day(from.get_ref());
                if day.is_none() {
                    self.fault(from.span(), "起始日期不是一天".into(), "请写成 2015-01-01".into());
                }
                day
            });
            let reading = raw.reading.clone().filter(|reading| !reading.trim().is_empty());
            if raw.from.is_none() && reading.is_none() {
                let message = format!("处理措施「{name}」没有写自何时起有这一名称，也没有说明");
                self.fault(raw.name.span(), message, "请写明 from = 日期，不能确定的写明 reading = \"理由\"".into());
            }
            if raw.means.get_ref().trim().is_empty() {
                let message = format!("处理措施「{name}」没有说明对以后年度意味着什么");
                self.fault(raw.means.span(), message, "请写明 means，例如：以后年度不作为依据".into());
            }
            measures.push(Measure {
                name: name.clone(),
                from,
                reading,
                means: raw.means.get_ref().clone(),
                place: Place { file: file.clone(), span: raw.name.span() },
            });
        }
        measures
    }
}
