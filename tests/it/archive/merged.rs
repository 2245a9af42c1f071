//! Merged cells and hidden sheets in lists that come back, in every format.

use kaohe::archive::Intake;
use kaohe::pack::Run;

use super::sheets::{grid, registration};
use super::{publish, record, taken};
use crate::workbook::every::{Page, everywhere, range};

/// Records 诫勉谈话名单 of three lines with these answers and merged ranges: the faults, the same whatever the format;
/// none where it is taken.
fn refused(answers: &[(usize, &str, &str)], merges: &[&str], hidden: bool) -> Vec<String> {
    let registration = registration(2015, Run::Annual);
    let mut list = grid(&registration, "诫勉谈话名单");
    for (line, column, text) in answers {
        list.set(*line, column, *text);
    }
    let merges = merges.iter().map(|name| range(name)).collect();
    let mut told: Option<Vec<String>> = None;
    for (ending, bytes) in everywhere(Page::of_texts("名单", &list.texts(), merges, hidden)) {
        let dir = tempfile::tempdir().unwrap();
        publish(dir.path(), &registration);
        let file = dir.path().join(format!("名单.{ending}"));
        std::fs::write(&file, bytes).unwrap();
        let faults = match record(dir.path(), std::slice::from_ref(&file), false) {
            Intake::Taken(_) => Vec::new(),
            Intake::Refused(faults) => {
                faults.iter().map(|fault| format!("{} {}", fault.cell, fault.reason)).collect::<Vec<_>>()
            }
        };
        assert_eq!(told.get_or_insert_with(|| faults.clone()), &faults, ".{ending}");
    }
    told.unwrap()
}

#[test]
fn an_answer_merged_over_lines_is_none_of_theirs() {
    let told = refused(&[(0, "委员会意见", "同意")], &["N4:N6"], false);
    assert_eq!(told, ["N4 合并的单元格N4:N6跨3行，不能看作每一行的内容"]);
    // Other cells than answers, too.
    let told = refused(&[(0, "委员会意见", "同意")], &["M4:M5"], false);
    assert_eq!(told, ["M4 合并的单元格M4:M5跨2行，不能看作每一行的内容"]);
}

#[test]
fn an_answer_beneath_a_merged_range_of_lines_is_not_taken() {
    let answers = [(0, "委员会意见", "同意"), (1, "委员会意见", "不同意")];
    assert_eq!(refused(&answers, &["N4:N5"], false), ["N4 合并的单元格N4:N5跨2行，不能看作每一行的内容"]);
}

#[test]
fn within_a_line_a_merged_range_counts_for_its_first_cell() {
    assert_eq!(refused(&[(0, "委员会意见", "同意")], &["N4:Q4"], false), Vec::<String>::new());
}

#[test]
fn a_value_beneath_a_merged_range_within_a_line_is_a_fault() {
    let answers = [(0, "委员会意见", "同意"), (0, "备注", "不同意")];
    assert_eq!(refused(&answers, &["N4:Q4"], false), ["Q4 「不同意」被合并的单元格N4:Q4盖住，看不见"]);
}

#[test]
fn a_range_above_the_header_is_the_titles_alone() {
    assert_eq!(refused(&[(0, "委员会意见", "同意")], &["A1:R1"], false), Vec::<String>::new());
}

#[test]
fn answers_on_a_hidden_sheet_are_not_taken() {
    let told = refused(&[(0, "委员会意见", "同意")], &[], true);
    assert_eq!(told, [" 这个工作表是隐藏的，上面却有一份名单；看不见的答复不能收回"]);
}

#[test]
fn a_list_without_merged_ranges_is_taken_in_every_format() {
    let registration = registration(2015, Run::Annual);
    let mut list = grid(&registration, "诫勉谈话名单");
    list.set(0, "委员会意见", "同意");
    for (ending, bytes) in everywhere(Page::of_texts("名单", &list.texts(), Vec::new(), false)) {
        let dir = tempfile::tempdir().unwrap();
        publish(dir.path(), &registration);
        let file = dir.path().join(format!("名单.{ending}"));
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(taken(record(dir.path(), &[file], false)).new, 1, ".{ending}");
    }
}
