//! 总览: its tables count by the words that their subject's own column allows.

use calamine::{Reader, Xlsx, open_workbook};

use crate::rules::city::City;

/// The header below a table's caption, on whatever sheet it stands.
fn header(city: &City, run: &str, caption: &str) -> Vec<String> {
    let mut book: Xlsx<_> = open_workbook(city.output().join(run).join("总览.xlsx")).unwrap();
    for (_, range) in book.worksheets() {
        let mut rows = range.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>());
        if rows.any(|row| row[0] == caption) {
            return rows.next().unwrap().into_iter().filter(|cell| !cell.is_empty()).collect();
        }
    }
    panic!("no table 「{caption}」")
}

/// 考核等次 of a cadre is another set than that of a team, also where nobody has a grade, or only one that both have.
#[test]
fn grades_of_cadres_are_counted_by_the_grades_of_cadres() {
    let expected = ["班子职务", "优秀", "称职", "基本称职", "不称职", "不定等次", "合计"];
    let mut city = City::new(&["-年度考核_班子", "-年度考核_干部"]);
    city.try_run("half-year");
    assert_eq!(header(&city, "2015-half-year", "干部考核等次（按班子职务）"), expected);
    for edit in ["年度考核_干部 干部编号=G12", "年度考核_干部 干部编号=G13", "年度考核_班子 单位编号=B1"]
    {
        city.edit(&format!("+{edit} 考核等次=优秀"));
    }
    city.try_run("annual");
    assert_eq!(header(&city, "2015-annual", "干部考核等次（按班子职务）"), expected);
    let of_teams = header(&city, "2015-annual", "班子考核等次（按单位类别）");
    assert_eq!(of_teams, ["单位类别", "优秀", "良好", "一般", "较差", "合计"]);
}
