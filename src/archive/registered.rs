//! A registration read back: its lists and their rows as they were registered.

use std::borrow::Cow;
use std::collections::HashMap;

use rusqlite::Connection;

use super::registration::{RegisteredLine, RegisteredList, RegisteredRow, RowOf};
use super::stored::{KeptAnswer, all, parsed, parsed_or_none};
use crate::fact::Decision;
use crate::fact::history::PastGround;

/// The lists of a registration with their rows; of their columns those that are compared, and the texts in these.
pub(super) fn lists(connection: &Connection, number: i64) -> rusqlite::Result<Vec<RegisteredList>> {
    let of_lists = "SELECT 名单, 标题, 登记表, 列, 答复列 FROM 名单 WHERE 记录号 = ?1 ORDER BY 序";
    let mut lists: Vec<RegisteredList> = all(connection, of_lists, [number], |row| {
        Ok(RegisteredList {
            name: row.get(0)?,
            title: row.get(1)?,
            is_register: row.get(2)?,
            columns: parsed(row, 3)?,
            extra: parsed(row, 4)?,
            rows: Vec::new(),
        })
    })?;
    let mut statement = connection.prepare(
        "SELECT 名单, 处理编号, 核对码, 处理, 对象类别, 编号, 对象, 可选方式, 条款, 沿用编号, 沿用核对码, 已填答复, 各格, 序
         FROM 事项 WHERE 记录号 = ?1 ORDER BY 序",
    )?;
    let mut by_order: HashMap<i64, (usize, usize)> = HashMap::new();
    let mut rows = statement.query([number])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let Some((at, list)) = lists.iter_mut().enumerate().find(|(_, list)| list.name == name) else { continue };
        by_order.insert(row.get(13)?, (at, list.rows.len()));
        let filled = parsed_or_none::<KeptAnswer>(row, 11)?;
        let line = RegisteredLine {
            id: text_of(row, 1)?,
            check: text_of(row, 2)?,
            action: text_of(row, 3)?,
            subject_name: text_of(row, 6)?,
            options: Cow::Owned(parsed(row, 7)?),
            rules: parsed(row, 8)?,
            grounds: Vec::new(),
            adopted: row.get::<_, Option<String>>(9)?.zip(row.get(10)?),
        };
        list.rows.push(RegisteredRow {
            subject_kind: text_of(row, 4)?,
            subject_id: text_of(row, 5)?,
            of: RowOf::Line(line),
            filled: filled.map(|kept| Decision::from(kept).0).unwrap_or_default(),
            cells: parsed(row, 12)?,
        });
    }
    let mut statement =
        connection.prepare("SELECT 序, 条款, 关于, 事实 FROM 依据 WHERE 记录号 = ?1 ORDER BY 序, 次")?;
    let mut rows = statement.query([number])?;
    while let Some(row) = rows.next()? {
        let of = by_order.get(&row.get(0)?).and_then(|(list, at)| lists.get_mut(*list)?.rows.get_mut(*at));
        if let Some(RowOf::Line(line)) = of.map(|row| &mut row.of) {
            line.grounds.push(PastGround { rule: row.get(1)?, about: row.get(2)?, facts: parsed(row, 3)? });
        }
    }
    let Some(register) = lists.iter_mut().find(|list| list.is_register) else { return Ok(lists) };
    let entries = "SELECT 档案, 对象类别, 编号, 处理编号, 已填答复, 各格 FROM 归档 WHERE 记录号 = ?1 ORDER BY 序";
    register.rows = all(connection, entries, [number], |row| {
        Ok(RegisteredRow {
            subject_kind: text_of(row, 1)?,
            subject_id: text_of(row, 2)?,
            of: RowOf::Entry {
                file: text_of(row, 0)?,
                lines: parsed_or_none(row, 3)?.map_or_else(Cow::default, Cow::Owned),
            },
            filled: parsed_or_none(row, 4)?.unwrap_or_default(),
            cells: parsed(row, 5)?,
        })
    })?;
    Ok(lists)
}

fn text_of(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Cow<'static, str>> {
    row.get::<_, String>(column).map(Cow::Owned)
}
