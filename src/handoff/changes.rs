//! 变更对照: what a new run proposes otherwise than the one before, for whom, and why.

use std::borrow::Cow;

use chrono::NaiveDate;

use crate::pack::printed;

use super::model::{Block, Column, LineStyle, Paper, Sheet, Value, Workbook, row};

/// What is told of a proposal; what may be otherwise on its other side comes last.
const COLUMNS: [&str; 8] = [
    printed::LINE,
    printed::SUBJECT,
    printed::ID,
    printed::UNIT,
    printed::ACTION,
    printed::METHODS,
    printed::BASIS,
    printed::FACTS,
];
const COMPARED: usize = 5;

/// A proposal as its list prints it, by [`COLUMNS`].
#[derive(Debug, Clone, Default)]
pub struct PrintedLine<'t>([Cow<'t, str>; 8]);

impl<'t> PrintedLine<'t> {
    /// `text` gives what stands in a column.
    pub fn new(text: impl FnMut(&str) -> Cow<'t, str>) -> Self {
        PrintedLine(COLUMNS.map(text))
    }
}

/// A line that is proposed otherwise than before, or on one side alone.
#[derive(Debug, Clone)]
pub struct Difference<'t> {
    pub old: Option<PrintedLine<'t>>,
    pub new: Option<PrintedLine<'t>>,
    /// Why nobody can say that a withdrawn line's grounds no longer hold.
    pub doubt: Option<MayHold>,
}

/// What is unknown is no "no".
#[derive(Debug, Clone)]
pub enum MayHold {
    /// Its rule waits for these facts.
    Waits(Vec<String>),
    /// Rows about those concerned were put aside.
    PutAside,
}

impl Difference<'_> {
    fn word(&self) -> &'static str {
        match (&self.old, &self.new) {
            (None, _) => ADDED,
            (_, None) => WITHDRAWN,
            _ => CHANGED,
        }
    }

    /// What differs, in words.
    fn why(&self) -> String {
        match (&self.old, &self.new) {
            (None, _) => "依据和事实现已成立，本次新提出".to_owned(),
            (_, None) => match &self.doubt {
                None => "依据现已不成立，本次不再提出".to_owned(),
                Some(MayHold::Waits(missing)) => {
                    format!("依据现待定（缺「{}」），本次暂不提出，见{}", missing.join("」「"), super::pendings::NAME)
                }
                Some(MayHold::PutAside) => {
                    format!("依据现已不成立，或因数据待更正尚不能认定，本次不再提出，见{}", super::pendings::NAME)
                }
            },
            (Some(old), Some(new)) => {
                let named = (COMPARED..COLUMNS.len()).filter(|at| old.0[*at] != new.0[*at]).map(|at| COLUMNS[at]);
                let named: Vec<&str> = named.collect();
                if named.is_empty() {
                    "依据的内容已变".to_owned()
                } else {
                    format!("{}已变", named.join("、"))
                }
            }
        }
    }
}

const ADDED: &str = "新增";
const WITHDRAWN: &str = "撤销";
const CHANGED: &str = "改变";

/// The workbook of differences.
pub fn workbook<'t>(title: String, as_of: NaiveDate, changes: &'t [Difference<'_>]) -> Workbook<'t> {
    let columns = vec![
        Column::centred(printed::NUMBER, 4.0, 7.0),
        Column::centred("变更", 4.0, 6.0),
        Column::text(printed::LINE, 14.0, 26.0).small(),
        Column::centred(printed::SUBJECT, 6.0, 16.0),
        Column::centred(printed::ID, 6.0, 12.0).whole(),
        Column::text(printed::UNIT, 8.0, 22.0),
        Column::centred(printed::ACTION, 8.0, 12.0),
        Column::text("原可选方式", 6.0, 14.0),
        Column::text("原依据和事实", 18.0, 50.0).in_clauses(),
        Column::text("现可选方式", 6.0, 14.0),
        Column::text("现依据和事实", 18.0, 50.0).in_clauses(),
        Column::text("原因", 10.0, 30.0).in_clauses(),
    ];
    let nothing = PrintedLine::default();
    let rows = (1..).zip(changes).map(|(number, change)| {
        let (old, new) = (change.old.as_ref(), change.new.as_ref());
        let side = |side: Option<&'t PrintedLine<'_>>| {
            let [.., options, basis, facts] = &side.unwrap_or(&nothing).0;
            let basis = basis.replace('\n', "");
            let grounds = match (basis.is_empty(), facts.is_empty()) {
                (true, _) => facts.to_string(),
                (false, true) => basis,
                (false, false) => format!("{basis}：{facts}"),
            };
            row![options.to_string(), grounds]
        };
        let mut row = row![number, change.word()];
        let now = new.or(old).into_iter().flat_map(|now| &now.0[..COMPARED]);
        row.extend(now.map(|text| Value::text(text.as_ref())));
        row.extend(side(old).into_iter().chain(side(new)));
        row.push(Value::text(change.why()));
        row
    });
    let count = |word: &str| changes.iter().filter(|change| change.word() == word).count();
    let counts = [ADDED, WITHDRAWN, CHANGED].map(|word| format!("{word} {} 条", count(word)));
    let note = format!("{}　　{}。", super::as_of_line(as_of), counts.join("，"));
    let block = Block::new(columns, rows.collect(), "各项处理建议与原来相同。");
    let head = [(title, LineStyle::Title), (note, LineStyle::Note)];
    let sheet = Sheet::new(printed::CHANGES, Paper::Lying, head, vec![block]).in_view(4);
    sheet.footed(super::CHECKED).alone(as_of)
}
