//! Lists and register as LibreOffice saves them: what a committee sends back from there is taken like Excel's own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::meeting::record;
use crate::rules::city::{City, kaohe};

const RUN: &str = "2015-half-year";
const WORKBOOKS: [&str; 6] =
    ["约谈名单", "诫勉谈话名单", "档案登记", "报审/市委/约谈名单", "报审/市委/诫勉谈话名单", "报审/省委/诫勉谈话名单"];

/// Saves workbooks in another format, all of them in one go; false where there is no LibreOffice.
fn saved(profile: &Path, format: &str, files: &[PathBuf], to: &Path) -> bool {
    let mut soffice = Command::new("soffice");
    soffice.arg(format!("-env:UserInstallation=file://{}", profile.display()));
    soffice.args(["--headless", "--convert-to", format, "--outdir"]).arg(to).args(files);
    match soffice.output() {
        Ok(ended) => {
            assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
            true
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn lists_are_taken_as_libreoffice_saves_them_in_each_format() {
    let city = City::new(&[
        "半年考核_班子 B1 目标完成得分=20",
        "+问题线索 线索编号=X1 对象=G32 线索来源=市级领导 核实结果=属实 情节=轻微",
        "+问题线索 线索编号=X2 对象=G21 线索来源=市级领导 核实结果=属实 情节=轻微",
        "干部名册 G32 干部管理权限=省委",
    ]);
    city.run("half-year");
    let archive = city.output().join("档案.db");
    let unanswered = city.output().join("../档案-未答.db");
    std::fs::copy(&archive, &unanswered).unwrap();
    let (talk, other) = (["2015-H-约谈-C-G11", "G11"], ["2015-H-约谈-C-G12", "G12"]);
    let talks = [(talk, "委员会意见", "同意"), (talk, "决定日期", "2015-07-10"), (other, "委员会意见", "缓议")];
    record(&city, RUN, "约谈名单", &talks);
    let (one, two) = (["2015-H-诫勉谈话-C-G32", "G32"], ["2015-H-诫勉谈话-C-G21", "G21"]);
    let admonitions =
        [(one, "委员会意见", "变更"), (one, "决定方式", "提醒谈话"), (two, "委员会意见", "同意"), (two, "备注", "3-5")];
    record(&city, RUN, "诫勉谈话名单", &admonitions);
    record(&city, RUN, "档案登记", &[(["年度考核管理档案", "G11"], "谈话日期", "2015-07-20")]);
    // The run fills in what was answered: dates as dates, in the cells that a committee fills in.
    city.run("half-year");
    let folder = city.output().join("..");
    let sent = folder.join("送");
    std::fs::create_dir(&sent).unwrap();
    let files: Vec<PathBuf> = WORKBOOKS.iter().map(|name| sent.join(name.replace('/', "-") + ".xlsx")).collect();
    for (name, file) in WORKBOOKS.iter().zip(&files) {
        std::fs::copy(city.output().join(RUN).join(format!("{name}.xlsx")), file).unwrap();
    }
    let mut taken = Vec::new();
    for (ending, format) in [("xlsx", "xlsx:Calc MS Excel 2007 XML"), ("ods", "ods"), ("xls", "xls:MS Excel 97")] {
        let back = folder.join(ending);
        if !saved(&folder.join("profile"), format, &files, &back) {
            let mut told = std::io::stderr();
            told.write_all("\n!! 没有 soffice：LibreOffice 存回名单的测试没有进行\n".as_bytes()).unwrap();
            return;
        }
        let own = folder.join(format!("{ending}.db"));
        std::fs::copy(&unanswered, &own).unwrap();
        let mut command = kaohe();
        command.arg("record").args(WORKBOOKS.iter().map(|name| back.join(name.replace('/', "-") + "." + ending)));
        let ended = command.arg("--archive").arg(&own).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(0), "{ending}: {said}");
        // The same again changes nothing, and neither does Excel's own copy: it is the same answer to the letter.
        let again = kaohe().arg("record").args(&files).arg("--archive").arg(&own).output().unwrap();
        let repeated = String::from_utf8_lossy(&again.stderr).into_owned();
        assert_eq!(again.status.code(), Some(0), "{ending}: {repeated}");
        taken.push((said, repeated));
    }
    assert!(taken[0].0.contains('5'), "{}", taken[0].0);
    assert!(taken.iter().all(|one| *one == taken[0]), "{taken:?}");
}
