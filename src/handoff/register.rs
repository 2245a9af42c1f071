//! 档案登记: which talk is to be entered in which file, and how far each has come.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::consequence::Holder;
use crate::pack::printed;

use super::Material;
use super::lists::{self, Cells, ListColumn, ListRow, ListTable};
use super::model::{Block, Column, LineStyle, Paper, Sheet, Workbook};

/// The register as texts, in register order; none where the pack keeps no such register.
pub fn table<'a>(material: &Material<'a>) -> Option<ListTable<'a>> {
    let book = material.pack.register.as_ref()?;
    let people = &material.people;
    let mut entries: Vec<_> = material.outcome.register.iter().enumerate().collect();
    // Who is on no register any more stands last.
    let order = |holder: &Holder| match holder {
        Holder::Known(subject) => (false, Some(people.order(*subject))),
        Holder::Left { .. } => (true, None),
    };
    entries.sort_by_key(|(_, entry)| (order(&entry.holder), entry.file));
    let rows = entries.into_par_iter().enumerate().map(|(at, (of, entry))| {
        let file = book.files[entry.file].name.as_str();
        let (_, code) = entry.holder.id(material.dataset);
        let (label, unit) = match &entry.holder {
            Holder::Known(subject) => (people.label(*subject), people.unit_names(*subject)),
            Holder::Left { label, unit, .. } => (label.as_str(), unit.as_str().into()),
        };
        let mut cells: Vec<Cow<'_, str>> = vec![
            (at + 1).to_string().into(),
            file.into(),
            label.into(),
            code.into(),
            unit,
            entry.lines.join("、").into(),
            entry.state.as_str().into(),
        ];
        let given = |name: &String| Cow::from(entry.answers.get(name).map_or("", String::as_str));
        cells.extend(book.answer_columns.iter().map(|column| given(&column.name)));
        ListRow { of, cells: Cells::new(cells), source: None }
    });
    let answers = book.answer_columns.iter().map(|column| (column.name.as_str(), column.is_date));
    let columns = lists::columns(&printed::BOOK, answers, &[]);
    Some(ListTable { list: &book.name, heading: &book.title, index: None, columns, rows: rows.collect() })
}

/// The workbook of the register.
pub fn workbook<'t>(material: &Material<'_>, table: &'t ListTable<'_>) -> Workbook<'t> {
    let pack = material.pack;
    let title = material.title(table.heading);
    let states = pack.register.as_ref().map(|book| &book.states);
    let explained = states.map_or(String::new(), |states| {
        format!(
            "状态：「{}」尚未审定，「{}」已同意尚未谈话，「{}」已谈话，「{}」不予办理。请填写着色各列，其余各列请勿改动。",
            states.undecided, states.to_hold, states.done, states.dropped
        )
    });
    let head = [
        (title, LineStyle::Title),
        (format!("{}　　共 {} 条", material.info.as_of_line(), table.rows.len()), LineStyle::Note),
        (explained, LineStyle::Note),
    ];
    let last = table.columns.len().saturating_sub(1);
    let layout =
        table.columns.iter().enumerate().map(|(at, column)| column_layout(material, column, at == last)).collect();
    let rows = lists::values(material, table, &table.rows.iter().collect::<Vec<_>>());
    let block = Block::new(layout, rows, "本次没有需要登记的谈话。");
    let sheet = Sheet { protected: true, ..Sheet::new(table.list, Paper::Lying, head, vec![block]) }.in_view(3);
    let foot = "登记人（签字）：＿＿＿＿＿＿　　日期：＿＿＿＿年＿＿月＿＿日";
    sheet.footed(foot).alone(material.info.as_of)
}

fn column_layout(material: &Material<'_>, column: &ListColumn<'_>, last: bool) -> Column {
    match (column.name, column.answer) {
        (name, Some(true)) => {
            let example = format!("{}-07-20", material.info.year);
            Column::centred(name, 11.0, 12.0).answered(lists::date_answer(name, material, &example, ""))
        }
        // What was said takes more room than who said it.
        (name, Some(false)) if last => Column::text(name, 28.0, 44.0).answered(lists::text_answer(name)),
        (name, Some(false)) => Column::text(name, 10.0, 24.0).answered(lists::text_answer(name)),
        (printed::NUMBER, _) => Column::centred(printed::NUMBER, 4.0, 7.0),
        (printed::LINE, _) => Column::text(printed::LINE, 22.0, 36.0).in_pieces(),
        (name @ (printed::FILE | printed::UNIT), _) => Column::text(name, 12.0, 26.0).whole(),
        (name, _) => Column::centred(name, 6.0, 16.0).whole(),
    }
}
