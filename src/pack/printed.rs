//! The names that outputs have under every pack, as contract §4 fixes them: column titles of the lists and of the
//! register of talks, and a workbook of the run's own.
//!
//! What goes out under them comes back under them: the lists are written and read again by these names.

pub const NUMBER: &str = "序号";
pub const LINE: &str = "处理编号";
pub const SUBJECT: &str = "对象";
pub const ID: &str = "编号";
pub const UNIT: &str = "单位";
pub const POST: &str = "职务";
pub const AUTHORITY: &str = "管理权限";
pub const ACTION: &str = "处理";
pub const METHODS: &str = "可选方式";
pub const BASIS: &str = "依据";
pub const FACTS: &str = "事实";
pub const SOURCES: &str = "来源";
pub const HINTS: &str = "提示";
pub const OPINION: &str = "委员会意见";
pub const METHOD: &str = "决定方式";
pub const DATE: &str = "决定日期";
pub const REMARK: &str = "备注";
pub const CHECK: &str = "核对码";
pub const FILE: &str = "档案";
pub const STATE: &str = "状态";

/// The folder of the papers for agreed lines.
pub const FORMS: &str = "文书";
/// The folder of the pages that units are analysed from.
pub const PAGES: &str = "研判";

/// The columns of the workbook of holidays, and what stands in the second: a day off, a day worked instead.
pub const DAY: &str = "日期";
pub const KIND_OF_DAY: &str = "类型";
pub const OFF: &str = "休";
pub const ON: &str = "班";

/// The workbook of a run that depends on what was published before; nobody answers in it.
pub const CHANGES: &str = "变更对照";

/// What a title row says of a workbook that holds one authority's people alone. `record` reads it again.
pub fn of_authority(authority: &str) -> String {
    format!("（{AUTHORITY}：{authority}）")
}

/// What the meeting reads.
pub const MEETING: &str = "会审一览";
/// Where letters lie until all that they tell is decided.
pub const DRAFTS: &str = "拟稿";
/// The folder in which each authority finds its own people's lists.
pub const SUBMITTED: &str = "报审";

/// What stands before the answers on every list, to be read.
pub const LIST: [&str; 10] = [NUMBER, SUBJECT, UNIT, POST, AUTHORITY, ACTION, METHODS, BASIS, FACTS, HINTS];
/// What stands after them, on the screen alone: by this a row is known when it comes back, and found in the input.
pub const LIST_SCREEN: [&str; 4] = [ID, LINE, SOURCES, CHECK];
/// Those of a list that are not compared when it comes back.
pub const LIST_FREE: [&str; 3] = [NUMBER, SOURCES, HINTS];
/// The answers on every list, and whether they are days. One that is added here is written, read back and kept.
pub const ANSWERS: [(&str, bool); 4] = [(OPINION, false), (METHOD, false), (DATE, true), (REMARK, false)];
/// What stands before the answers in the register of talks.
pub const BOOK: [&str; 7] = [NUMBER, FILE, SUBJECT, ID, UNIT, LINE, STATE];
/// Those of the register that are not compared: 状态 follows from decisions and talks and moves on while it is out.
pub const BOOK_FREE: [&str; 2] = [NUMBER, STATE];
