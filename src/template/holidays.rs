//! The workbook of holidays: two columns alone, so that beside the inputs it is prose.

use crate::handoff::model::{AnswerCell, AnswerKind, Block, Column, Demand, LineStyle, Paper, Sheet, Workbook};
use crate::pack::printed;

/// The workbook and its sheet.
pub const NAME: &str = "节假日";

pub fn workbook() -> Workbook<'static> {
    let (off, on) = (printed::OFF, printed::ON);
    let title = "节假日和调休上班日".to_owned();
    let note = format!(
        "按国务院办公厅每年公布的放假安排填写：放假的工作日填「{off}」，调休上班的周六、周日填「{on}」。\n平常的周末不必填。\n由运行程序的部门填写，不必发给各单位；填好后放到菜单旁边，导出台账时就用它"
    );
    let column = |name: &str, kind: AnswerKind, prompt: String| {
        let answer = AnswerCell { kind, refusal: prompt.clone(), prompt };
        Column::centred(name, 24.0, 24.0).answered(answer).demanded(Demand::Must)
    };
    let kind = AnswerKind::Choice([off, on].map(str::to_owned).to_vec());
    let columns = vec![
        column(printed::DAY, AnswerKind::Date(super::earliest()), "请填写日期，例如2015-10-01。".to_owned()),
        column(printed::KIND_OF_DAY, kind, format!("请填「{off}」或「{on}」。")),
    ];
    let head = [(title, LineStyle::Title), (note, LineStyle::Note)];
    Sheet::new(NAME, Paper::Upright, head, vec![Block::form(columns, Vec::new())]).in_view(0).alone(super::made())
}
