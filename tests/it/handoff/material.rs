//! A small pack and a small city, made by hand: what the stages before the handoff would deliver.

use std::collections::{BTreeMap, HashMap};

use kaohe::consequence::{
    Decision, Evidence, FactValue, Flag, Ground, Line, Origin, Outcome, Pending, QuotaPlan, RegisterEntry, Subject,
};
use kaohe::finding::{Code, Finding, Severity};
use kaohe::handoff::{Cross, Figures, Ratio, RunInfo};
use kaohe::pack::*;
use kaohe::place::{Cell, SheetId};
use kaohe::table::{self, Book, Dataset, Register, Rejected, SheetKind};
use polars::prelude::*;

pub const TEAM: usize = 0;
pub const CADRE: usize = 1;

fn column(name: &str, required: bool, kind: ColumnKind) -> kaohe::pack::Column {
    kaohe::pack::Column {
        name: name.into(),
        aliases: vec![],
        required,
        one_of: None,
        kind,
        default: None,
        not_after_year: false,
    }
}

fn choice(values: &[&str]) -> ColumnKind {
    ColumnKind::Choice { values: values.iter().map(|value| value.to_string()).collect(), ordered: false }
}

fn table(name: &str, columns: Vec<kaohe::pack::Column>) -> kaohe::pack::Table {
    kaohe::pack::Table {
        name: name.into(),
        columns,
        absent: Absent::Empty,
        register: false,
        assessment: false,
        year: None,
        date: None,
        looks_back: None,
        key: None,
        references: vec![],
        checks: vec![],
        about: None,
        shown_facts: vec![],
    }
}

fn action(name: &str, list: usize, tone: Tone, options: &[&str], announced: bool, asks: &str) -> Action {
    Action {
        name: name.into(),
        list,
        tone,
        options: options.iter().map(|option| option.to_string()).collect(),
        announced,
        asks: asks.into(),
    }
}

fn list(name: &str, order: ListOrder, extra: &[(&str, bool)]) -> List {
    List {
        name: name.into(),
        title: name.into(),
        order,
        extra_answers: extra
            .iter()
            .map(|(name, is_date)| AnswerColumn { name: name.to_string(), is_date: *is_date })
            .collect(),
        empty: format!("本次没有列入{name}的对象。"),
    }
}

fn rule(id: &str, of: Entity, action: usize, confidential: bool, reading: bool) -> Rule {
    Rule {
        id: id.into(),
        provision: id.into(),
        citation: format!("《办法》第四部分（{id}）"),
        runs: vec![Run::Annual],
        stage: 1,
        of,
        scope: None,
        when: "TRUE".into(),
        proposals: vec![Proposal { action, options: vec![], to: Recipient::Itself, reading: None }],
        marks: None,
        about: vec![],
        confidential,
        reading: reading.then(|| "本部门的口径".to_string()),
    }
}

/// Actions by index: 通报, 诫勉谈话, 限期整改, 调整建议, 表彰奖励, 交心谈话.
pub const NOTICE: usize = 0;
pub const ADMONISH: usize = 1;
pub const RECTIFY: usize = 2;
pub const ADJUST: usize = 3;
pub const PRAISE: usize = 4;
pub const TALK: usize = 5;

pub fn pack() -> Pack {
    let team = table(
        "班子名册",
        vec![
            column("单位编号", true, ColumnKind::Id),
            column("单位名称", true, ColumnKind::Name),
            column("单位类别", true, choice(&["市级部门", "县区", "开发（度假）园区"])),
        ],
    );
    let mut cadre = table(
        "干部名册",
        vec![
            column("干部编号", true, ColumnKind::Id),
            column("姓名", true, ColumnKind::Name),
            column("职务", true, ColumnKind::Text),
            column("干部管理权限", false, ColumnKind::Text),
        ],
    );
    cadre.columns[3].default = Some("市委".into());
    let mut half = table(
        "半年考核_班子",
        vec![
            column("考核部门", true, choice(&["市委目督办", "市政府目督办"])),
            column("单位编号", true, ColumnKind::Id),
            column("单位名称", false, ColumnKind::Name),
            column("目标完成得分", false, ColumnKind::Number { min: Some(0.0), max: Some(100.0) }),
            column("工作落实评价", true, choice(&["好", "较好", "一般", "较差"])),
        ],
    );
    half.references = vec![Reference { subject: TEAM, id: 1, label: 2, within: None, when: None }];
    let grade = table("年度考核_干部", vec![column("考核等次", true, choice(&["优秀", "称职", "基本称职", "不称职"]))]);
    let mut leads = table(
        "问题线索",
        vec![
            column("线索编号", true, ColumnKind::Id),
            column("情节", false, ColumnKind::Choice {
                values: ["轻微", "一般", "较重", "严重"].map(String::from).to_vec(),
                ordered: true,
            }),
        ],
    );
    leads.shown_facts = ["线索编号", "核实结果", "情节"].map(String::from).to_vec();
    Pack {
        name: "test".into(),
        version: "1".into(),
        hash: "00".into(),
        city: "昆明市".into(),
        measures: "《办法》".into(),
        subjects: vec![
            kaohe::pack::Subject {
                kind: "team".into(),
                code: "T".into(),
                name: "班子".into(),
                register: 0,
                id: 0,
                label: 1,
                other_labels: None,
                authority: None,
                post: None,
            },
            kaohe::pack::Subject {
                kind: "cadre".into(),
                code: "C".into(),
                name: "干部".into(),
                register: 1,
                id: 0,
                label: 1,
                other_labels: None,
                authority: Some(3),
                post: Some(2),
            },
        ],
        membership: Membership { table: 1, member: CADRE, unit: TEAM, role: 2 },
        tables: vec![team, cadre, half, grade, leads],
        aliases: BTreeMap::new(),
        parameters: ["半年得分线", "调整建议起点情节"]
            .map(|name| Parameter {
                name: name.into(),
                unit: "分".into(),
                reference: "口径".into(),
                reading: Some("办法没有规定".into()),
                values: vec![],
                min: None,
                max: None,
                one_of: vec![],
            })
            .to_vec(),
        forks: vec![],
        facts: vec![Fact {
            name: "半年落实不力".into(),
            of: Entity::Subject(TEAM),
            formula: Formula::Own { is: "目标完成得分 < 半年得分线".into(), cells: vec![] },
            text: None,
            reading: None,
        }],
        rules: vec![
            Rule { when: "半年落实不力".into(), ..rule("1.2", Entity::Subject(TEAM), NOTICE, false, false) },
            rule("4.4", Entity::Subject(CADRE), ADMONISH, false, false),
            rule("4.3", Entity::Subject(TEAM), RECTIFY, false, false),
            rule("2.1-serious", Entity::Row(4), ADJUST, true, true),
            rule("4.1", Entity::Subject(CADRE), PRAISE, false, false),
        ],
        actions: vec![
            action("通报", 0, Tone::Adverse, &[], true, "请在本单位范围内传达，并查找原因、改进工作。"),
            action("诫勉谈话", 1, Tone::Adverse, &[], false, "请通知本人按时参加谈话。"),
            action("限期整改", 2, Tone::Adverse, &[], true, "请制定整改方案，按期整改并书面报告结果。"),
            action("调整建议", 3, Tone::Adverse, &["调整", "岗位调整", "免职", "责令辞职", "降职"], false, ""),
            action("表彰奖励", 4, Tone::Positive, &[], true, ""),
            action("交心谈话", 5, Tone::Neutral, &[], false, ""),
        ],
        lists: vec![
            list("通报名单", ListOrder::Register, &[]),
            list("诫勉谈话名单", ListOrder::Register, &[]),
            list("整改整顿名单", ListOrder::Register, &[("整改期限", true), ("整改结果", false)]),
            list("调整建议名单", ListOrder::Authority, &[]),
            list("表彰使用名单", ListOrder::Register, &[]),
            list("交心谈话计划", ListOrder::Register, &[]),
        ],
        register: Some(RegisterBook {
            name: "档案登记".into(),
            title: "档案登记".into(),
            action: ADMONISH,
            talks: 0,
            talk_date: String::new(),
            talk_when: String::new(),
            talk_line: String::new(),
            files: ["年度考核管理档案", "特别监督档案"]
                .map(|name| RegisterFile { name: name.into(), of: CADRE, rules: vec![] })
                .to_vec(),
            answer_columns: [("谈话日期", true), ("谈话人", false), ("谈话情况", false)]
                .map(|(name, is_date)| AnswerColumn { name: name.into(), is_date })
                .to_vec(),
            states: RegisterStates {
                undecided: "待定".into(),
                to_hold: "待谈".into(),
                done: "可归档".into(),
                dropped: "不办".into(),
            },
        }),
        quotas: vec![Quota {
            rule: "2.6".into(),
            citation: "《办法》第二部分（2.6）".into(),
            action: TALK,
            runs: vec![Run::Annual],
            of: CADRE,
            share: "交心谈话比例".into(),
            reached: String::new(),
            first: String::new(),
        }],
        hints: vec![],
        notices: Notices {
            folder: "单位通知".into(),
            title: "结果运用事项通知".into(),
            draft: "拟办，未经审定".into(),
        },
        pendings: Pendings {
            rejected_row: "数据待更正".into(),
            rejected_register: "名册待更正".into(),
            register: "名册".into(),
        },
        answers: Answers { agree: "同意".into(), refuse: "不同意".into(), defer: "缓议".into(), change: "变更".into() },
        overview: Overview { ratios: vec![], crosses: vec![] },
        files: vec![],
    }
}

fn register(code: char, labels: &[String]) -> Register {
    let ids: Vec<String> = (1..=labels.len()).map(|number| format!("{code}{number:05}")).collect();
    let index: HashMap<String, u32> = ids.iter().cloned().zip(0..).collect();
    let rows = (0..labels.len() as u32).map(|row| vec![row]).collect();
    Register { ids, labels: labels.to_vec(), rows, index }
}

/// `cadres` people, ten to a unit.
pub fn dataset(cadres: usize) -> Dataset {
    let units = cadres.div_ceil(10).max(2);
    const NAMED: [&str; 6] =
        ["盘龙区", "市发展和改革委员会", "昆明滇池国家旅游度假区管理委员会", "西山区", "市民政局", "寻甸回族彝族自治县"];
    let unit_labels: Vec<String> =
        (0..units).map(|unit| NAMED.get(unit).map_or(format!("第{unit}局"), |name| name.to_string())).collect();
    const SURNAMES: [&str; 8] = ["张", "王", "李", "赵", "欧阳", "陈", "杨", "阿卜杜拉·"];
    const GIVEN: [&str; 7] = ["三", "建国", "晓明", "芳", "志强", "红梅", "伟"];
    let cadre_labels: Vec<String> =
        (0..cadres).map(|cadre| format!("{}{}", SURNAMES[cadre % 8], GIVEN[cadre % 7])).collect();
    let registers = vec![register('T', &unit_labels), register('C', &cadre_labels)];
    let kinds: Vec<&str> = (0..units).map(|unit| ["县区", "市级部门", "开发（度假）园区"][unit % 3]).collect();
    let team = df!("单位编号" => &registers[TEAM].ids, "单位名称" => &unit_labels, "单位类别" => kinds).unwrap();
    let home: Vec<u32> = (0..cadres as u32).map(|cadre| cadre / 10).collect();
    let posts: Vec<String> = (0..cadres)
        .map(|cadre| ["区委书记", "区委副书记、区长", "党组成员、副主任（正县级）"][cadre % 3].to_string())
        .collect();
    let authorities: Vec<&str> = (0..cadres).map(|cadre| if cadre % 10 == 7 { "省委" } else { "市委" }).collect();
    let cadre = df!("干部编号" => &registers[CADRE].ids, "姓名" => &cadre_labels, "职务" => posts,
        "干部管理权限" => authorities, "@team" => home)
    .unwrap();
    let half = df!("考核部门" => &["市委目督办", "市政府目督办"]).unwrap();
    let empty = || table::Table { frame: DataFrame::default(), origin: vec![], mentions: HashMap::new() };
    let filled = |frame, origin| table::Table { frame, origin, mentions: HashMap::new() };
    let sheet = |book, name: &str, kind, columns: &[Option<u32>], rows, used, rejected| table::Sheet {
        book,
        name: name.into(),
        kind,
        columns: columns.to_vec(),
        rows,
        used,
        rejected,
        ignored: rows - used - rejected,
    };
    let mut half_rejected = vec![String::new(); 5];
    for (at, text) in [(0, "市委目督办"), (1, "T00001"), (2, "盘龙区"), (3, "一百二十"), (4, "")] {
        half_rejected[at] = text.to_string();
    }
    let finding = |cell: &str, column: &str, value: &str, reason: &str, remedy: &str, severity| Finding {
        file: "市直部门/半年考核（报送）.xls".into(),
        sheet: "Sheet1".into(),
        cell: cell.into(),
        table: "半年考核_班子".into(),
        column: column.into(),
        value: value.into(),
        reason: reason.into(),
        remedy: remedy.into(),
        severity,
        code: Code::BadNumber,
    };
    Dataset {
        books: vec![
            Book { path: "名册.xlsx".into(), sha256: "00".into() },
            Book { path: "市直部门/半年考核（报送）.xls".into(), sha256: "00".into() },
        ],
        sheets: vec![
            sheet(0, "班子", SheetKind::Table(0), &[Some(0), Some(1), Some(2)], units as u64, units as u64, 0),
            sheet(0, "干部", SheetKind::Table(1), &[Some(0); 4], cadres as u64, cadres as u64, 0),
            sheet(1, "Sheet1", SheetKind::Table(2), &[Some(1), Some(2), Some(3), Some(4), Some(5)], 4, 2, 1),
            sheet(1, "填表说明", SheetKind::Prose, &[], 0, 0, 0),
        ],
        tables: vec![
            filled(team, vec![]),
            filled(cadre, vec![]),
            filled(half, vec![(SheetId(2), 4), (SheetId(2), 6)]),
            empty(),
            empty(),
        ],
        registers,
        rejected: vec![Rejected {
            table: 2,
            sheet: SheetId(2),
            row: 5,
            values: half_rejected,
            subjects: vec![],
        }],
        findings: vec![
            finding(
                "E6",
                "目标完成得分",
                "一百二十",
                "应为 0 到 100 之间的数",
                "请填写数字，例如 85.5；没有得分的请留空",
                Severity::Rejected,
            ),
            finding("F6", "工作落实评价", "", "没有填写", "请填写：好、较好、一般、较差之一", Severity::Rejected),
            finding("G9", "相关责任领导", "老王", "本单位没有叫“老王”的干部", "请填写编号或全名", Severity::Warning),
        ],
        passed_over: vec!["说明.doc".into()],
        year: 2015,
        absent: vec![4],
    }
}

pub fn evidence(cell: (u32, u32), fact: &str, table: &str, column: &str, value: &str) -> Evidence {
    Evidence {
        origin: Origin::Cell(Cell { sheet: SheetId(2), row: cell.0, column: cell.1 }),
        fact: fact.into(),
        table: table.into(),
        column: column.into(),
        value: value.into(),
        line: None,
        label: String::new(),
    }
}

pub fn ground(rule: usize, about: (&str, &str), unit: u32, evidence: Vec<Evidence>) -> Ground {
    let mut facts: Vec<(String, FactValue)> = vec![];
    for piece in &evidence {
        if !facts.iter().any(|(name, _)| name == &piece.fact) {
            facts.push((piece.fact.clone(), FactValue::Bool(true)));
        }
    }
    Ground {
        rule,
        about: about.0.into(),
        about_label: about.1.into(),
        facts,
        sources: evidence.iter().map(|piece| piece.origin.clone()).collect(),
        evidence,
        units: vec![unit],
        confidential: false,
    }
}

pub fn line(dataset: &Dataset, pack: &Pack, action: usize, kind: usize, index: u32, grounds: Vec<Ground>) -> Line {
    let id = &dataset.registers[kind].ids[index as usize];
    Line {
        id: format!("2015-A-{}-{}-{id}", pack.actions[action].name, pack.subjects[kind].code),
        action,
        subject: Subject { kind, index },
        options: vec![],
        rules: grounds.iter().map(|ground| ground.rule).collect(),
        grounds,
        flags: vec![],
        flag_confidential: false,
        check: "K3F9-77C1-0A2B".into(),
        decision: None,
        hints: vec![],
    }
}

pub fn agreed() -> Option<Decision> {
    Some(Decision { opinion: "同意".into(), date: "2016-01-20".into(), ..Decision::default() })
}

/// A weak team, admonished people, an adjustment from a lead, praise beside it, and the talk plan.
pub fn outcome(pack: &Pack, dataset: &Dataset) -> Outcome {
    let mut lines = vec![];
    let units = dataset.registers[TEAM].ids.len() as u32;
    let cadres = dataset.registers[CADRE].ids.len() as u32;
    let id = |kind: usize, index: u32| dataset.registers[kind].ids[index as usize].clone();
    let label = |kind: usize, index: u32| dataset.registers[kind].labels[index as usize].clone();
    let mut score = evidence((4, 4), "半年落实不力", "半年考核_班子", "目标完成得分", "44");
    score.line = Some(("半年得分线".into(), "60".into()));
    let word = evidence((4, 5), "半年落实不力", "半年考核_班子", "工作落实评价", "较差");
    let about = (id(TEAM, 0), label(TEAM, 0));
    lines.push(line(dataset, pack, NOTICE, TEAM, 0, vec![ground(0, (&about.0, &about.1), 0, vec![score, word])]));
    for index in 0..cadres.min(30) {
        let about = (id(CADRE, index), label(CADRE, index));
        let grade = evidence((index, 6), "考核等次", "年度考核_干部", "考核等次", "基本称职");
        lines.push(line(dataset, pack, ADMONISH, CADRE, index, vec![ground(1, (&about.0, &about.1), index / 10, vec![grade])]));
    }
    for unit in 0..units.min(2) {
        let about = (id(TEAM, unit), label(TEAM, unit));
        let grade = evidence((unit, 6), "考核等次", "年度考核_班子", "考核等次", "一般");
        lines.push(line(dataset, pack, RECTIFY, TEAM, unit, vec![ground(2, (&about.0, &about.1), unit, vec![grade])]));
    }
    for index in [3, 7] {
        let mut reported = ground(3, ("XS-2015-017", ""), 0, vec![{
            let mut piece = evidence((9, 12), "情节", "问题线索", "情节", "较重");
            piece.line = Some(("调整建议起点情节".into(), "较重".into()));
            piece
        }]);
        reported.facts = vec![
            ("线索编号".into(), FactValue::Text("XS-2015-017".into())),
            ("核实结果".into(), FactValue::Text("属实".into())),
            ("情节".into(), FactValue::Text("较重".into())),
        ];
        reported.confidential = true;
        let mut adjust = line(dataset, pack, ADJUST, CADRE, index, vec![reported]);
        adjust.options = vec!["调整".into(), "免职".into()];
        lines.push(adjust);
    }
    let about = (id(CADRE, 3), label(CADRE, 3));
    let grade = evidence((3, 6), "考核等次", "年度考核_干部", "考核等次", "优秀");
    let mut praise = line(dataset, pack, PRAISE, CADRE, 3, vec![ground(4, (&about.0, &about.1), 0, vec![grade])]);
    praise.flags = vec![Flag::Conflict];
    praise.flag_confidential = true;
    lines.push(praise);
    lines.push(line(dataset, pack, TALK, CADRE, 5, vec![]));
    lines.sort_by(|one, other| one.id.cmp(&other.id));
    Outcome {
        lines,
        pending: vec![Pending {
            rule: "4.4".into(),
            rule_index: Some(1),
            kind: CADRE,
            id: id(CADRE, 1),
            label: label(CADRE, 1),
            subject: Some(Subject { kind: CADRE, index: 1 }),
            missing: vec!["考核等次".into()],
            sources: vec![Origin::Archive("2014-A-诫勉谈话-C-C00002".into())],
        }],
        quotas: vec![QuotaPlan { quota: 0, share: "0.3".into(), total: 30, reached: 8, target: 9, picked: vec![5] }],
        register: vec![RegisterEntry {
            file: 0,
            subject: Subject { kind: CADRE, index: 2 },
            lines: vec!["2015-H-约谈-C-C00003".into()],
            state: "待谈".into(),
            answers: vec![("谈话日期".into(), "2015-07-20".into())],
        }],
    }
}

pub fn figures() -> Figures {
    Figures {
        ratios: vec![Ratio {
            name: "优秀等次干部占比".into(),
            counted: 9,
            among: 30,
            limit: 0.25,
            reference: "《党政领导干部考核工作条例》（2019）".into(),
        }],
        crosses: vec![Cross {
            title: "12380举报：渠道与核实结果".into(),
            corner: "举报渠道".into(),
            rows: ["电话", "网络", "手机短信", "信访"].map(String::from).to_vec(),
            columns: ["未核实", "核实中", "属实", "部分属实", "不属实"].map(String::from).to_vec(),
            counts: vec![vec![3, 1, 2, 0, 4], vec![1, 0, 0, 1, 2], vec![0; 5], vec![2, 2, 1, 0, 0]],
            chart: true,
        }],
    }
}

pub fn info() -> RunInfo {
    RunInfo {
        year: 2015,
        run: Run::Annual,
        as_of: chrono::NaiveDate::from_ymd_opt(2015, 12, 31).unwrap(),
        set_values: vec![],
        chain_head: "9f2c71d0a4be55e1".into(),
        half_year: Some(vec![("通报".into(), 4), ("诫勉谈话".into(), 6)]),
    }
}
