//! A small city made by hand under the built-in pack: what the stages before the handoff deliver.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kaohe::consequence::{
    Decision, Evidence, EvidenceOf, FactValue, Flag, Ground, Holder, Line, Origin, Outcome, Pending, QuotaPlan,
    RegisterEntry, Subject,
};
use kaohe::finding::{Code, Finding, Severity};
use kaohe::handoff::{CrossFigure, Figures, Handoff, RatioFigure, RunInfo};
use kaohe::pack::{Pack, Run, built_in};
use kaohe::place::{Cell, Place, SheetId};
use kaohe::table::{self, Book, Dataset, Ids, Register, SheetKind, ToldRow};
use polars::prelude::*;

pub const TEAM: usize = 0;
pub const CADRE: usize = 1;

/// The sheet that deciding cells stand on.
const SHEET: u32 = 2;
pub const BOOK: &str = "市直部门/半年考核（报送）.xls";

pub struct City {
    pub pack: Pack,
    pub data: Dataset,
    pub outcome: Outcome,
    pub info: RunInfo,
    pub figures: Figures,
}

impl City {
    /// `cadres` people, ten to a unit, and nothing proposed.
    pub fn new(cadres: usize) -> City {
        let pack = built_in("kunming-2015").unwrap();
        let data = dataset(&pack, cadres);
        City { pack, data, outcome: Outcome::default(), info: info(), figures: figures() }
    }

    /// A weak team, admonished people, an adjustment from a lead, praise beside it, and the talk plan.
    pub fn usual() -> City {
        let mut city = City::new(30);
        let mut score = cell((4, 4), "半年落实不力", "半年考核_班子", "目标完成得分", "44");
        Arc::make_mut(&mut score.of).line = Some(("半年得分线".into(), "60".into()));
        let word = cell((4, 5), "半年落实不力", "半年考核_班子", "工作落实评价", "较差");
        city.propose("通报", TEAM, 0, vec![city.ground("1.2-team", TEAM, 0, 0, vec![score, word])]);
        for index in 0..30 {
            let grade = cell((index, 6), "考核等次", "年度考核_干部", "考核等次", "基本称职");
            city.propose("诫勉谈话", CADRE, index, vec![city.ground("4.4", CADRE, index, index / 10, vec![grade])]);
        }
        for unit in [1, 0] {
            let grade = cell((unit, 6), "考核等次", "年度考核_班子", "考核等次", "一般");
            city.propose("限期整改", TEAM, unit, vec![city.ground("4.3", TEAM, unit, unit, vec![grade])]);
        }
        for index in [3, 7] {
            let ground = city.reported(index);
            city.propose("调整建议", CADRE, index, vec![ground]).options = vec!["调整".into(), "免职".into()];
        }
        let grade = cell((3, 6), "考核等次", "年度考核_干部", "考核等次", "优秀");
        let praise = city.propose("表彰奖励", CADRE, 3, vec![city.ground("4.1-cadre", CADRE, 3, 0, vec![grade])]);
        praise.flags = vec![Flag::Conflict];
        city.propose("交心谈话", CADRE, 5, vec![]);
        let outcome = &mut city.outcome;
        outcome.quotas = vec![QuotaPlan { quota: 0, share: "0.3".into(), total: 30, reached: 8, target: 9, picked: 1 }];
        outcome.pending = vec![Pending {
            rule: "4.4".into(),
            rule_index: city.pack.rules.iter().position(|rule| rule.id == "4.4"),
            kind: CADRE,
            id: "C00002".into(),
            label: city.data.registers[CADRE].labels[1].clone(),
            subject: Some(Subject { kind: CADRE, index: 1 }),
            missing: vec!["考核等次".into()],
            lacks: Vec::new(),
            sources: vec![Origin::Archive("2014-A-诫勉谈话-C-C00002".into())],
        }];
        outcome.register = vec![RegisterEntry {
            file: 0,
            holder: Holder::Known(Subject { kind: CADRE, index: 2 }),
            lines: vec!["2015-H-约谈-C-C00003".into()],
            state: "待谈".into(),
            answers: [("谈话日期".into(), "2015-07-20".into())].into(),
        }];
        city
    }

    pub fn action(&self, name: &str) -> usize {
        self.pack.actions.iter().position(|action| action.name == name).unwrap()
    }

    /// Adds a line and returns it.
    pub fn propose(&mut self, action: &str, kind: usize, index: u32, grounds: Vec<Ground>) -> &mut Line {
        let subject = &self.data.registers[kind].ids[index as usize];
        let mut rules: Vec<usize> = grounds.iter().map(|ground| ground.rule).collect();
        rules.dedup();
        let line = Line {
            id: format!("2015-A-{action}-{}-{subject}", self.pack.subjects[kind].code),
            action: self.action(action),
            subject: Subject { kind, index },
            options: vec![],
            rules,
            grounds,
            flags: vec![],
            check: "3f9a77c10a2b".into(),
            decision: None,
            twin: None,
            hints: vec![],
        };
        let lines = &mut self.outcome.lines;
        let at = lines.partition_point(|known| known.id < line.id);
        lines.insert(at, line);
        &mut lines[at]
    }

    pub fn line(&mut self, id: &str) -> &mut Line {
        self.outcome.lines.iter_mut().find(|line| line.id == id).unwrap()
    }

    pub fn ground(&self, rule: &str, kind: usize, index: u32, unit: u32, evidence: Vec<Evidence>) -> Ground {
        let mut facts: Vec<(String, FactValue)> = vec![];
        for piece in &evidence {
            if !facts.iter().any(|(name, _)| **name == *piece.fact) {
                facts.push((piece.fact.to_string(), FactValue::Bool(true)));
            }
        }
        let register = &self.data.registers[kind];
        Ground {
            rule: self.pack.rules.iter().position(|known| known.id == rule).unwrap(),
            about: register.ids[index as usize].clone(),
            about_label: register.labels[index as usize].clone(),
            facts,
            sources: evidence.iter().map(|piece| piece.origin.clone()).collect(),
            evidence,
            units: vec![unit],
            rows: Vec::new(),
            proposals: Vec::new(),
            confidential: false,
        }
    }

    /// A true and serious lead from a city leader.
    pub fn reported(&self, index: u32) -> Ground {
        let mut weight = cell((9, 12), "情节", "问题线索", "情节", "较重");
        Arc::make_mut(&mut weight.of).line = Some(("调整建议起点情节".into(), "较重".into()));
        let facts = [("线索编号", "XS-2015-017"), ("线索来源", "市级领导"), ("核实结果", "属实"), ("情节", "较重")];
        Ground {
            about: "XS-2015-017".into(),
            about_label: String::new(),
            facts: facts.map(|(name, value)| (name.to_string(), FactValue::Text(value.into()))).to_vec(),
            confidential: true,
            ..self.ground("2.1-serious", CADRE, index, index / 10, vec![weight])
        }
    }

    /// Publishes into a folder of its own.
    pub fn published(&self) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        self.publish_to(dir.path(), true);
        dir
    }

    pub fn publish_to(&self, dir: &std::path::Path, notices: bool) -> Vec<String> {
        let handoff = Handoff::new(&self.pack, &self.data, &self.outcome, &self.info);
        handoff.publish(dir, &self.figures, notices, None).unwrap()
    }
}

fn register(code: char, labels: &[String]) -> Register {
    let ids: Vec<String> = (1..=labels.len()).map(|number| format!("{code}{number:05}")).collect();
    let (ids, _) = Ids::numbered(ids.iter().map(String::as_str));
    let rows: Vec<(u32, u32)> = (0..labels.len() as u32).map(|at| (at, at)).collect();
    Register::new(ids, labels.to_vec(), &rows)
}

fn dataset(pack: &Pack, cadres: usize) -> Dataset {
    const NAMED: [&str; 3] = ["盘龙区", "市发展和改革委员会", "昆明滇池国家旅游度假区管理委员会"];
    const SURNAMES: [&str; 8] = ["张", "王", "李", "赵", "欧阳", "陈", "杨", "阿卜杜拉·"];
    const GIVEN: [&str; 7] = ["三", "建国", "晓明", "芳", "志强", "红梅", "伟"];
    let units = cadres.div_ceil(10).max(2);
    let unit_labels: Vec<String> =
        (0..units).map(|unit| NAMED.get(unit).map_or(format!("第{unit}局"), |name| name.to_string())).collect();
    let cadre_labels: Vec<String> =
        (0..cadres).map(|cadre| format!("{}{}", SURNAMES[cadre % 8], GIVEN[cadre % 7])).collect();
    let registers = vec![register('T', &unit_labels), register('C', &cadre_labels)];
    let kinds: Vec<&str> = (0..units).map(|unit| ["县区", "市级部门", "开发（度假）园区"][unit % 3]).collect();
    let team =
        df!("单位编号" => registers[TEAM].ids.to_vec(), "单位名称" => &unit_labels, "单位类别" => kinds).unwrap();
    let home: Vec<u32> = (0..cadres as u32).map(|cadre| cadre / 10).collect();
    let posts: Vec<&str> =
        (0..cadres).map(|cadre| ["区委书记", "区委副书记、区长", "党组成员、副主任（正县级）"][cadre % 3]).collect();
    let authorities: Vec<&str> = (0..cadres).map(|cadre| if cadre % 10 == 7 { "省委" } else { "市委" }).collect();
    let cadre = df!("干部编号" => registers[CADRE].ids.to_vec(), "姓名" => &cadre_labels, "职务" => posts,
        "干部管理权限" => authorities, "@team" => home)
    .unwrap();
    let half = df!("考核部门" => &["市委目督办", "市政府目督办"]).unwrap();
    let filled = |frame, origin| table::TableData { frame, origin, mentions: HashMap::new() };
    let at = |name: &str| pack.tables.iter().position(|table| table.name == name).unwrap();
    let mut tables: Vec<table::TableData> = pack.tables.iter().map(|_| filled(DataFrame::default(), vec![])).collect();
    tables[at("班子名册")] = filled(team, vec![]);
    tables[at("干部名册")] = filled(cadre, vec![]);
    tables[at("半年考核_班子")] = filled(half, vec![(SheetId(SHEET), 4), (SheetId(SHEET), 6)]);
    let sheet = |book, name: &str, kind: SheetKind, rows: u64, used, rejected| {
        let columns = match kind {
            SheetKind::Table(table) => (1..=pack.tables[table].columns.len() as u32).map(Some).collect(),
            _ => vec![],
        };
        table::InputSheet {
            book,
            name: name.into(),
            kind,
            columns,
            rows,
            used,
            rejected,
            ignored: rows - used - rejected,
        }
    };
    let half_year = at("半年考核_班子");
    let values = ["2015", "市委目督办", "T00001", "盘龙区", "一百二十", "", "老王"].map(String::from).to_vec();
    let finding = |cell: &str, column: &str, value: &str, reason: &str, remedy: &str, severity| Finding {
        file: BOOK.into(),
        sheet: "Sheet1".into(),
        cell: cell.into(),
        table: "半年考核_班子".into(),
        column: column.into(),
        value: value.into(),
        reason: reason.into(),
        remedy: remedy.into(),
        severity,
        code: Code::BadNumber,
        place: Some(Place {
            sheet: SheetId(SHEET),
            row: Some(u32::from(cell.as_bytes()[1] - b'1')),
            column: Some(u32::from(cell.as_bytes()[0] - b'A')),
        }),
    };
    Dataset {
        books: ["名册.xlsx", BOOK].map(|path| Book { path: path.into(), sha256: "00".into() }).to_vec(),
        sheets: vec![
            sheet(0, "班子", SheetKind::Table(at("班子名册")), units as u64, units as u64, 0),
            sheet(0, "干部", SheetKind::Table(at("干部名册")), cadres as u64, cadres as u64, 0),
            sheet(1, "Sheet1", SheetKind::Table(half_year), 4, 2, 1),
            sheet(1, "填表说明", SheetKind::Prose, 0, 0, 0),
        ],
        tables,
        registers,
        rejected: vec![ToldRow { table: half_year, sheet: SheetId(SHEET), row: 5, values, subjects: vec![] }],
        findings: vec![
            finding(
                "F6",
                "目标完成得分",
                "一百二十",
                "应为 0 到 100 之间的数",
                "请填写数字，例如 85.5；没有得分的请留空",
                Severity::Rejected,
            ),
            finding("G6", "工作落实评价", "", "没有填写", "请填写：好、较好、一般、较差之一", Severity::Rejected),
            finding("H9", "相关责任领导", "老王", "本单位没有叫“老王”的干部", "请填写编号或全名", Severity::Warning),
        ],
        otherwise: BTreeMap::default(),
        passed_over: vec!["说明.doc".into()],
        year: 2015,
        noted: vec![],
        year_found: false,
        as_of: chrono::NaiveDate::from_ymd_opt(2015, 12, 31).unwrap(),
        absent: vec![at("问题线索")],
    }
}

pub fn cell(at: (u32, u32), fact: &str, table: &str, column: &str, value: &str) -> Evidence {
    Evidence {
        origin: Origin::Cell(Cell { sheet: SheetId(SHEET), row: at.0, column: at.1 }),
        of: Arc::new(EvidenceOf { fact: fact.into(), table: table.into(), column: column.into(), line: None }),
        value: value.into(),
        label: String::new(),
        through: None,
        carries_out: None,
    }
}

pub fn decided(opinion: &str) -> Option<Box<Decision>> {
    let given = [("委员会意见", opinion), ("决定日期", "2016-01-20")];
    Some(Box::new(Decision(given.map(|(column, text)| (column.to_owned(), text.to_owned())).into())))
}

fn figures() -> Figures {
    Figures {
        ratios: vec![
            RatioFigure {
                name: "干部优秀比例".into(),
                counted: 9,
                among: 30,
                limit: Some(0.25),
                warns: false,
                reference: "党政领导干部考核工作条例（2019）".into(),
            },
            RatioFigure {
                name: "班子优秀比例".into(),
                counted: 3,
                among: 10,
                limit: Some(0.3),
                warns: false,
                reference: "党政领导干部考核工作条例（2019）".into(),
            },
        ],
        crosses: vec![CrossFigure {
            title: "12380举报（按渠道和核实结果）".into(),
            corner: "举报渠道".into(),
            rows: ["电话", "网络", "手机短信", "信访"].map(String::from).to_vec(),
            columns: ["未核实", "核实中", "属实", "部分属实", "不属实"].map(String::from).to_vec(),
            counts: vec![vec![3, 1, 2, 0, 4], vec![1, 0, 0, 1, 2], vec![0; 5], vec![2, 2, 1, 0, 0]],
            chart: true,
        }],
    }
}

fn info() -> RunInfo {
    RunInfo {
        year: 2015,
        run: Run::Annual,
        as_of: chrono::NaiveDate::from_ymd_opt(2015, 12, 31).unwrap(),
        set_values: vec![],
        chain_head: "9f2c71d0a4be55e1".into(),
        to_input: None,
        half_year: Some(vec![("通报".into(), 4), ("约谈".into(), 6)]),
    }
}
