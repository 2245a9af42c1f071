//! What holds for every input: nothing is lost, and the result does not depend on the work's order.

use kaohe::finding::{Code, Finding};
use kaohe::place::SheetId;
use proptest::prelude::*;

use super::*;

/// Words that mean something somewhere, good and bad.
const WORDS: [&str; 36] = [
    "",
    "",
    "",
    "年度",
    "姓名",
    "单位名称",
    "单位",
    "考核等次",
    "干部编号",
    "单位编号",
    "目标完成得分",
    "工作落实评价",
    "考核部门",
    "谈话日期",
    "谈话类型",
    "2015",
    "2014",
    "=2015",
    "张三",
    "李四",
    "K1",
    "K9",
    "U1",
    "盘龙区",
    "优秀",
    "较差",
    "称职",
    "市委目督办",
    "=85",
    "约谈",
    "@2015-03-04",
    "!#REF!",
    "—",
    "合计",
    "注：某",
    "2015年",
];

/// Headers of tables that rows may stand under.
const HEADERS: [&str; 5] = [
    "年度|姓名|单位名称|考核等次|特别优秀",
    "单位编号|单位名称|考核等次",
    "年度|考核部门|单位名称|目标完成得分|工作落实评价|相关责任领导",
    "谈话日期|谈话类型|干部编号|姓名|所属年度|处理编号",
    "干部编号|姓名|单位编号|职务|班子职务",
];

fn sheet() -> impl Strategy<Value = String> {
    let row = prop::collection::vec(prop::sample::select(&WORDS[..]), 1..7).prop_map(|cells| cells.join("|"));
    let header = prop::sample::select(&HEADERS[..]).prop_map(str::to_owned);
    (prop::option::of(header), prop::collection::vec(row, 0..12)).prop_map(|(header, mut rows)| {
        if let Some(header) = header {
            rows.insert(rows.len().min(1), header);
        }
        rows.join("\n")
    })
}

/// The row that a finding is about.
fn row_of(finding: &Finding) -> Option<(SheetId, u32)> {
    finding.place.and_then(|place| Some((place.sheet, place.row?)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost(first in sheet(), second in sheet()) {
        let dataset = read_xlsx(&[("a.xlsx!一", &first), ("b.xlsx!二", &second)], &Options::default()).unwrap();
        for (at, sheet) in dataset.sheets.iter().enumerate() {
            prop_assert_eq!(sheet.rows, sheet.used + sheet.rejected + sheet.ignored);
            let put_aside = dataset.rejected.iter().filter(|rejected| rejected.sheet.0 as usize == at).count();
            prop_assert_eq!(put_aside as u64, sheet.rejected);
        }
        let places: BTreeSet<_> = dataset.rejected.iter().map(|rejected| Some((rejected.sheet, rejected.row))).collect();
        let told: BTreeSet<_> = dataset.findings.iter()
            .filter(|finding| finding.severity == Severity::Rejected && finding.code != Code::OtherBlock)
            .map(row_of).collect();
        prop_assert!(told.is_subset(&places), "no row that is not rejected is told as such");
        // Rows under the header of another block have one reason together: that header's.
        let blocks: Vec<_> = dataset.findings.iter()
            .filter(|finding| finding.code == Code::OtherBlock).filter_map(row_of).collect();
        for (sheet, row) in places.difference(&told).flatten() {
            prop_assert!(blocks.iter().any(|(of, head)| of == sheet && head <= row), "a rejected row has its reason");
        }
        prop_assert!(dataset.findings.iter().filter_map(row_of).is_sorted());
        for table in &dataset.tables {
            prop_assert_eq!(table.frame.height(), table.origin.len());
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let sheets: Vec<(String, String)> = (0..12)
        .map(|at| {
            let rows: String =
                (0..40).map(|row| format!("{}|K{}|{}\n", 2014 + row % 2, row % 7, WORDS[row % WORDS.len()])).collect();
            (format!("{}.xlsx!{at}", at % 5), format!("年度|干部编号|考核等次\n{rows}"))
        })
        .collect();
    let sheets: Vec<(&str, &str)> = sheets.iter().map(|(name, content)| (name.as_str(), content.as_str())).collect();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &CITY.iter().chain(&sheets).copied().collect::<Vec<_>>());
    same_on_any_threads(folder.path());
}

/// A sheet that is read in pieces, with everything in it that is more than a row: a header over merged cells, headers that
/// come again, totals, remarks, blank rows, columns that nobody asked for, duplicates far apart.
#[test]
fn the_number_of_threads_changes_nothing_about_a_big_sheet() {
    let mut rows = String::from("2015年度考核结果\n年度|干部编号|姓名|考核等次|备注一\n");
    for row in 0..40_000 {
        let _ = match row % 1_000 {
            17 => writeln!(rows, "年度|干部编号|姓名|考核等次|备注一"),
            18 => writeln!(rows, "合计：{row}人"),
            19 => writeln!(rows),
            20 => writeln!(rows, "注：以下为第{row}行起"),
            21 => writeln!(rows, "2015|K{}|李四|{}|", row % 5 + 1, WORDS[row % WORDS.len()]),
            22 => writeln!(rows, "^|=1|\u{3000}张三 |称职|~较好"),
            _ => writeln!(rows, "={}|K{}|人{}|称职|{row}", 2015 - row % 7, row + 100, row % 20_000),
        };
    }
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[CITY[0], CITY[1], ("考核.xlsx!等次", &rows)]);
    let dataset = same_on_any_threads(folder.path());
    let sheet = dataset.sheets.iter().find(|sheet| sheet.name == "等次").unwrap();
    assert_eq!((sheet.rows, sheet.ignored > 30_000, sheet.rejected > 5_000), (39_960, true, true));
}

/// Reads the folder on one, two and five threads.
#[track_caller]
pub fn same_on_any_threads(folder: &Path) -> Dataset {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| read_by(folder, &Options::default(), Parser::Scanner).unwrap())
    };
    let one = on(1);
    for other in [on(2), on(5)] {
        assert!(one.findings == other.findings);
        assert_eq!(format!("{:?}", one.sheets), format!("{:?}", other.sheets));
        assert!(format!("{:?}", one.rejected) == format!("{:?}", other.rejected));
        for (one, other) in one.registers.iter().zip(&other.registers) {
            assert!(
                one.ids[..] == other.ids[..] && one.labels == other.labels && one.rows.iter().eq(other.rows.iter())
            );
        }
        for (one, other) in one.tables.iter().zip(&other.tables) {
            assert!(one.frame.equals_missing(&other.frame) && one.origin == other.origin);
        }
    }
    one
}

/// The closed list of faults; a new one does not compile until it stands here.
fn every_code() -> Vec<Code> {
    use Code::*;
    let mut all = vec![Missing];
    let next = |code: Code| match code {
        Missing => Some(NotInSet),
        NotInSet => Some(BadNumber),
        BadNumber => Some(BadDate),
        BadDate => Some(BrokenCell),
        BrokenCell => Some(NotAsShown),
        NotAsShown => Some(ShownRounded),
        ShownRounded => Some(UnknownSubject),
        UnknownSubject => Some(AmbiguousSubject),
        AmbiguousSubject => Some(ContradictorySubject),
        ContradictorySubject => Some(RegisterRejected),
        RegisterRejected => Some(DuplicateDiffers),
        DuplicateDiffers => Some(DuplicateElsewhere),
        DuplicateElsewhere => Some(RowCheck),
        RowCheck => Some(BadLineId),
        BadLineId => Some(UnknownLineId),
        UnknownLineId => Some(FutureYear),
        FutureYear => Some(GuessedYear),
        GuessedYear => Some(HistorySheet),
        HistorySheet => Some(UnknownMention),
        UnknownMention => Some(UnrecognisedSheet),
        UnrecognisedSheet => Some(HiddenSheet),
        HiddenSheet => Some(DoubledTable),
        DoubledTable => Some(DoubledColumn),
        DoubledColumn => Some(MisspeltHeader),
        MisspeltHeader => Some(UnaskedColumn),
        UnaskedColumn => Some(YearHeader),
        YearHeader => Some(OtherBlock),
        OtherBlock => Some(PassedOver),
        PassedOver => Some(OwnWorkbook),
        OwnWorkbook => Some(OtherFile),
        OtherFile => Some(OpenInOffice),
        OpenInOffice => Some(Unreadable),
        Unreadable => Some(MissingRegister),
        MissingRegister => Some(NoYear),
        NoYear => None,
    };
    while let Some(code) = all.last().copied().and_then(next) {
        all.push(code);
    }
    all
}

#[test]
fn every_fault_has_a_case_that_shows_its_message() {
    let cases = [
        include_str!("blocks.rs"),
        include_str!("headers.rs"),
        include_str!("merged.rs"),
        include_str!("people.rs"),
        include_str!("rows.rs"),
        include_str!("shown.rs"),
        include_str!("stacked.rs"),
        include_str!("values.rs"),
        include_str!("years.rs"),
    ];
    for code in every_code() {
        let shown = [format!("✗ {code:?} "), format!("! {code:?} ")];
        assert!(cases.iter().any(|case| shown.iter().any(|shown| case.contains(shown))), "{code:?}");
    }
}
