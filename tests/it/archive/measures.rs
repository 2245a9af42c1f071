//! 变更 to what no rule proposes: the pack's further measures.

use crate::rules::city::{City, kaohe};

/// Last autumn's admonition is G32's; this year's is proposed and changed.
fn city() -> City {
    City::new(&["年度考核_干部 G31 考核等次=基本称职", "年度考核_干部 G32 考核等次=基本称职"])
}

#[test]
fn a_proposal_may_be_changed_to_each_of_the_packs_further_measures() {
    for measure in ["提醒谈话", "调离岗位", "改任非领导职务", "平职调整", "转任职级"] {
        let city = city();
        city.run("annual");
        city.decide("2015-annual", "诫勉谈话名单", &[("2015-A-诫勉谈话-C-G31", "变更", measure)]);
        let archive = city.output().join("档案.db");
        let shown = kaohe().args(["archive", "show", "--archive"]).arg(archive).output().unwrap();
        let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
        assert!(shown.contains(&format!("变更，决定方式：{measure}")), "{shown}");
    }
}

/// The pack says so: a talk by another name is none, this year or next.
#[test]
fn an_admonition_by_another_name_is_no_admonition_of_next_year() {
    let of_next_year = |opinion: &str, method: &str| {
        let mut city = city();
        city.run("annual");
        city.decide("2015-annual", "诫勉谈话名单", &[("2015-A-诫勉谈话-C-G31", opinion, method)]);
        for table in ["半年考核_班子", "年度目标考核"] {
            for team in ["B1", "B2", "B3"] {
                city.edit(&format!("+{table} 年度=2016 单位编号={team}"));
            }
        }
        for team in ["B1", "B2", "B3"] {
            city.edit(&format!("+年度考核_班子 年度=2016 单位编号={team} 考核等次=良好"));
        }
        for cadre in ["G11", "G12", "G13", "G14", "G21", "G22", "G31", "G32"] {
            let grade = if cadre == "G31" { "基本称职" } else { "称职" };
            city.edit(&format!("+年度考核_干部 年度=2016 干部编号={cadre} 考核等次={grade}"));
        }
        city.run("annual --year 2016").lines()
    };
    assert!(of_next_year("同意", "").contains(&"调整建议 C:G31 4.5 [岗位调整/免职]".to_owned()));
    let changed = of_next_year("变更", "提醒谈话");
    assert!(!changed.iter().any(|line| line.starts_with("调整建议 C:G31")), "{changed:?}");
}

/// A pack says since when a measure is called so, or why that is not known, and what it means.
#[test]
fn a_measure_without_a_date_and_a_reading_or_without_a_meaning_is_refused() {
    use kaohe::pack;
    let files = |measure: &str| {
        let mut files = pack::built_in_files("kunming-2015").unwrap();
        files.push(("又一些.toml".to_owned(), measure.to_owned()));
        pack::from_files(files)
    };
    let sound = files("[[measure]]\nname = \"停职检查\"\nfrom = 2015-01-01\nmeans = \"不作为诫勉谈话计\"\n").unwrap();
    assert!(sound.further.iter().any(|measure| measure.name == "停职检查"));
    for (measure, word) in [
        ("[[measure]]\nname = \"停职检查\"\nmeans = \"不作为诫勉谈话计\"\n", "自何时起"),
        ("[[measure]]\nname = \"停职检查\"\nfrom = 2015-01-01\nmeans = \" \"\n", "意味着什么"),
        ("[[measure]]\nname = \"免职\"\nfrom = 2015-01-01\nmeans = \"不计\"\n", "同名"),
        ("[[measure]]\nname = \"提醒谈话\"\nfrom = 2015-01-01\nmeans = \"不计\"\n", "定义了两次"),
    ] {
        let refused = files(measure).unwrap_err().to_string();
        assert!(refused.contains(word), "{measure}: {refused}");
    }
}
