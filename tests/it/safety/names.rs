//! Text from outside: never a formula or a link, never a command to a terminal, never a name that a
//! system refuses.

use std::fs;
use std::io::Read;
use std::path::Path;

use calamine::{Reader, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;

use super::{annual, fixtures, told, tree};
use crate::rules::city::{City, kaohe};

/// The cells of a workbook's first sheet, as shown.
pub fn rows(path: &Path) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

/// A published list with the same answer in each of its lines, saved as another program would.
pub fn answer(list: &Path, to: &Path, opinion: &str, remark: &str) {
    let mut rows = rows(list);
    let header = rows.iter().position(|row| row.iter().any(|cell| cell == "处理编号")).unwrap();
    let column = |name: &str| rows[header].iter().position(|cell| cell == name).unwrap();
    let (id, said, note) = (column("处理编号"), column("委员会意见"), column("备注"));
    for row in rows[header + 1..].iter_mut().filter(|row| !row[id].is_empty()) {
        (row[said], row[note]) = (opinion.to_owned(), remark.to_owned());
    }
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (r, row) in (0u32..).zip(&rows) {
        for (c, cell) in (0u16..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(r, c, cell).unwrap();
        }
    }
    workbook.save(to).unwrap();
}

/// Each part of each workbook below a folder: file, part, text.
fn parts(folder: &Path) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (name, bytes) in tree(folder).into_iter().filter(|(name, _)| name.ends_with(".xlsx")) {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        for index in 0..zip.len() {
            let mut part = zip.by_index(index).unwrap();
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            found.push((name.clone(), part.name().unwrap().into_owned(), text));
        }
    }
    found
}

/// What begins like a formula, a command or a link.
const HOSTILE: [&str; 8] = [
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "=cmd|'/c_calc'!A0",
    "http://evil.example/",
    "mailto:evil@evil.example",
    "file:///etc/passwd",
];

#[test]
fn text_that_looks_like_a_formula_or_a_link_is_text_in_every_workbook() {
    let mut edits: Vec<String> = Vec::new();
    for (at, (cadre, text)) in ["G11", "G12", "G13", "G14", "G21", "G22", "G31", "G32"].iter().zip(HOSTILE).enumerate()
    {
        let text = text.replace('|', "\\b");
        edits.push(format!("干部名册 {cadre} 姓名='{text} 职务='{text}"));
        edits.push(format!("年度考核_干部 {cadre} 考核等次={}", ["基本称职", "不称职", "优秀", "基本称职"][at % 4]));
        edits.push(format!("+问题线索 线索编号='{text} 对象={cadre} 线索来源=市级领导 核实结果=属实 情节=较重"));
    }
    edits.push("班子名册 B1 单位名称='=1+1 简称='+1".to_owned());
    edits.push("班子名册 B2 单位名称='@SUM(1)".to_owned());
    edits.push("班子名册 B3 单位名称='-1".to_owned());
    edits.push("+年度考核_班子 单位编号='=2+2 考核等次=一般".to_owned());
    for team in ["B1", "B2", "B3"] {
        edits.push(format!("半年考核_班子 {team} 目标完成得分=10 相关责任领导='=1+2、@A1"));
        edits.push(format!("年度考核_班子 {team} 考核等次=一般"));
    }
    let edits: Vec<&str> = edits.iter().map(String::as_str).collect();
    let city = City::new(&edits);
    let archive = city.output().join("档案.db");
    for run in ["half-year", "annual"] {
        assert_eq!(city.try_run(run).status.code(), Some(3));
    }
    let answered = city.output().join("../答复.xlsx");
    answer(&city.output().join("2015-annual/诫勉谈话名单.xlsx"), &answered, "同意", "=1+1");
    let record = kaohe().arg("record").arg(&answered).arg("--archive").arg(&archive).output().unwrap();
    assert_eq!(record.status.code(), Some(0), "{}", told(&record));
    assert_eq!(city.try_run("annual").status.code(), Some(3));
    let ledger = city.output().join("台账.xlsx");
    let export = kaohe().args(["archive", "export"]).arg(&ledger).arg("--archive").arg(&archive).output().unwrap();
    assert_eq!(export.status.code(), Some(0));
    let published = city.output().join("2015-annual");
    for subject in ["G11", "G12", "B1"] {
        let mut dossier = kaohe();
        dossier.arg("explain").arg(subject).arg("--run").arg(&published);
        dossier.arg("--output").arg(city.output().join(format!("说明{subject}.xlsx")));
        assert_eq!(dossier.output().unwrap().status.code(), Some(0));
    }
    let mut compare = kaohe();
    compare.arg("compare").arg(city.input()).args(["half-year", "--set", "半年得分线=5", "--output"]);
    let ended = compare.arg(city.output().join("对照.xlsx")).output().unwrap();
    assert_eq!(ended.status.code(), Some(3), "{}", told(&ended));
    let check =
        kaohe().arg("check").arg(city.input()).arg("--output").arg(city.output().join("检查")).output().unwrap();
    assert_eq!(check.status.code(), Some(3));
    // A pack comes from elsewhere too; a form is its texts and nothing else.
    let pack = city.output().join("../包");
    assert!(kaohe().args(["pack", "export"]).arg(&pack).output().unwrap().status.success());
    let tables = fs::read_to_string(pack.join("tables.toml")).unwrap();
    let hostile = tables.replace("\"县区\"", "\"=1+1\"");
    assert!(hostile != tables);
    fs::write(pack.join("tables.toml"), hostile).unwrap();
    let forms = city.output().join("模板");
    let ended = kaohe().arg("template").arg(&forms).arg("--pack").arg(&pack).output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", told(&ended));
    let parts = parts(&city.output());
    let whole = |name: &str| parts.iter().any(|(file, ..)| file.contains(name));
    for name in [
        "总览",
        "约谈名单",
        "2015-annual/退回单/",
        "单位通知/",
        "变更对照",
        "台账",
        "档案登记",
        "待定事项",
        "说明B1",
        "对照.xlsx",
        "检查/退回单/",
        "模板/",
    ] {
        assert!(whole(name), "{name} is not there");
    }
    let mut texts = 0;
    for (file, part, text) in &parts {
        texts += HOSTILE.iter().filter(|hostile| text.contains(&hostile.replace('"', "&quot;")[..4])).count();
        assert!(!text.contains("<f>") && !text.contains("<f "), "{file} {part} holds a formula");
        assert!(!text.contains("http://evil.example/\"") && !text.contains("Target=\"http://evil"), "{file} {part}");
        if part.ends_with(".rels") {
            for target in text.split("Target=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                let outside = target.contains(':') && !target.starts_with("file:///退回单/");
                let ours = target.strip_prefix("file:///").is_some_and(|name| name.ends_with(".xlsx"));
                assert!(!outside || ours, "{file} {part} links to {target}");
                assert!(!target.contains("passwd") && !target.contains("evil"), "{file} {part} links to {target}");
            }
        }
    }
    assert!(texts > 50, "the texts are there as texts: {texts}");
}

#[cfg(unix)]
#[test]
fn names_with_control_characters_reach_a_terminal_as_signs() {
    let dir = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(fixtures()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
    }
    let name = "坏\u{1b}[2J\u{1b}]0;x\u{7}\u{202e}了.xlsx";
    fs::write(dir.path().join(name), b"PK\x03\x04 no more").unwrap();
    let log = tempfile::tempdir().unwrap();
    let log = log.path().join("kaohe.log");
    let ended = kaohe().arg("check").arg(dir.path()).arg("--log").arg(&log).output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    for said in [told(&ended), fs::read_to_string(&log).unwrap()] {
        assert!(said.contains("坏␛[2J␛]0;x␇\u{FFFD}了.xlsx"), "{said}");
        assert!(!said.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{said:?}");
    }
}

#[test]
fn people_with_control_characters_reach_a_terminal_as_signs() {
    let name = "赵\u{1b}[2J\u{202e}一";
    let city = City::new(&["半年考核_班子 B1 目标完成得分=20", &format!("干部名册 G11 姓名={name}")]);
    let ended = city.try_run("half-year");
    assert_eq!(ended.status.code(), Some(0), "{}", told(&ended));
    let archive = city.output().join("档案.db");
    let folder = city.output().join("2015-half-year");
    let show: [&std::ffi::OsStr; 4] = ["archive".as_ref(), "show".as_ref(), "--archive".as_ref(), archive.as_ref()];
    let explain: [&std::ffi::OsStr; 4] = ["explain".as_ref(), "G11".as_ref(), "--run".as_ref(), folder.as_ref()];
    for arguments in [show, explain] {
        let said = kaohe().args(arguments).output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.contains('赵'), "{said}");
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
    }
}

#[cfg(unix)]
#[test]
fn output_names_are_taken_by_windows_whatever_inputs_and_units_are_called() {
    let dir = tempfile::tempdir().unwrap();
    let mut city = City::new(&[]);
    for (team, name) in [("B1", "CON"), ("B2", "甲:乙/丙?*\"<>\\b局. "), ("B3", "很长的名称")] {
        let name = if team == "B3" { name.repeat(80) } else { name.to_owned() };
        // An edit is split at blanks.
        city.edit(&format!("班子名册 {team} 单位名称={}", name.trim()));
        city.edit(&format!("年度考核_班子 {team} 考核等次=优秀"));
    }
    let _ = city.try_run("annual --as-of 2016-01-01");
    let input = dir.path().join("报送");
    for folder in ["con", "a"] {
        fs::create_dir_all(input.join(folder)).unwrap();
    }
    fs::copy(city.input().join("报送.xlsx"), input.join("报送.xlsx")).unwrap();
    // Workbooks with faults under names that Windows does not take, all of them valid here.
    for name in [
        "a/b.xlsx",
        "A_b.xlsx",
        "a_B.xlsx",
        "con/aux",
        "nul.xlsx",
        "a:b?.xlsx",
        "末尾. .xlsx",
        " 空 .xlsx",
        "LPT1.x.xlsx",
    ] {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        for (c, cell) in ["干部编号", "姓名", "年度", "考核等次"].iter().enumerate() {
            sheet.write_string(0, c as u16, *cell).unwrap();
        }
        for (c, cell) in ["G99", "无此人", "2015", "优秀"].iter().enumerate() {
            sheet.write_string(1, c as u16, *cell).unwrap();
        }
        workbook.save(input.join(name)).unwrap();
    }
    let output = dir.path().join("结果");
    let ended = kaohe().arg("annual").arg(&input).arg("--output").arg(&output).arg("--quiet").output().unwrap();
    assert_eq!(ended.status.code(), Some(3), "{}", told(&ended));
    let written = tree(&output.join("2015-annual"));
    assert!(written.keys().filter(|name| name.starts_with("退回单/")).count() >= 9, "{:?}", written.keys());
    assert_eq!(written.keys().filter(|name| name.starts_with("单位通知/")).count(), 3);
    let mut seen = std::collections::BTreeSet::new();
    for name in written.keys() {
        let path: Vec<&str> = name.split('/').collect();
        for part in path {
            let stem = part.split('.').next().unwrap().trim_end().to_ascii_uppercase();
            let reserved = ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str())
                || ["COM", "LPT"].iter().any(|port| stem.strip_prefix(port).is_some_and(|rest| rest.len() == 1));
            assert!(!reserved, "{name}");
            assert!(!part.ends_with(['.', ' ']) && !part.starts_with(' '), "{name}");
            assert!(!part.contains(['<', '>', ':', '"', '\\', '|', '?', '*']), "{name}");
            assert!(part.len() <= 255, "{name}");
        }
        assert!(seen.insert(name.to_lowercase()), "{name} twice for Windows");
    }
}

/// 来源 links only where it is asked for, since the way from lists to inputs shows in the bytes then.
#[test]
fn sources_link_to_their_cells_where_the_run_is_told_to() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("报送 1");
    fs::create_dir(&input).unwrap();
    for entry in fs::read_dir(fixtures()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, input.join(path.file_name().unwrap())).unwrap();
    }
    let run = |output: &Path, links: bool| {
        let mut run = kaohe();
        run.arg("annual").arg(&input).arg("--output").arg(output).arg("--quiet").args(links.then_some("--links"));
        let ended = run.output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{}", told(&ended));
    };
    let targets = |output: &Path| -> Vec<String> {
        let lists = parts(&output.join("2015-annual"));
        let rels =
            lists.iter().filter(|(file, part, _)| file.ends_with("名单.xlsx") && part.ends_with("sheet1.xml.rels"));
        let of = |text: &str| {
            text.split("Target=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        rels.flat_map(|(.., text)| of(text)).collect()
    };
    let (plain, linked, again) = (dir.path().join("结果"), dir.path().join("链接"), dir.path().join("再次"));
    run(&plain, false);
    assert_eq!(targets(&plain), Vec::<String>::new());
    run(&linked, true);
    let found = targets(&linked);
    assert!(found.len() > 20, "{found:?}");
    for target in &found {
        let path = target.replace("%20", " ");
        assert!(path.starts_with("../../报送 1/"), "{path}");
        assert!(linked.join("2015-annual").join(&path).is_file(), "{path} leads nowhere");
    }
    // The same options from a folder that lies the same way give the same bytes.
    run(&again, true);
    assert!(tree(&linked.join("2015-annual")) == tree(&again.join("2015-annual")));
    let list = &parts(&linked.join("2015-annual"))
        .into_iter()
        .find(|(file, part, _)| file == "诫勉谈话名单.xlsx" && part == "xl/worksheets/sheet1.xml");
    let sheet = &list.as_ref().unwrap().2;
    let link = sheet.split("<hyperlink ").nth(1).unwrap();
    assert!(link.contains("location=\"'") || link.contains("location=\"&apos;"), "{}", &link[..200]);
}

#[test]
fn the_sql_of_a_pack_reads_no_file_and_runs_no_statement() {
    let dir = tempfile::tempdir().unwrap();
    let pack = dir.path().join("包");
    assert!(kaohe().args(["pack", "export"]).arg(&pack).output().unwrap().status.success());
    let rules = fs::read_to_string(pack.join("rules.toml")).unwrap();
    let condition = "when = \"考核等次 = '基本称职'\"";
    assert!(rules.contains(condition));
    let secret = dir.path().join("秘密.csv");
    fs::write(&secret, "a\n1\n").unwrap();
    let read = format!("EXISTS (SELECT * FROM read_csv('{}'))", secret.display());
    let attacks = [
        read.as_str(),
        "(SELECT COUNT(*) FROM 干部名册) > 0",
        "考核等次 IN (SELECT 考核等次 FROM 年度考核_干部)",
        "TRUE; DROP TABLE 干部名册",
        "TRUE; CREATE TABLE x AS SELECT 1",
        "read_parquet('/etc/passwd') IS NOT NULL",
        "SELECT TRUE",
        "考核等次 = '基本称职' -- ' ; COPY x TO '/tmp/x'\n; DELETE FROM x",
        "pg_read_file('/etc/passwd') = ''",
        "load_extension('/tmp/x.so')",
    ];
    for attack in attacks {
        let mut quoted = String::new();
        for character in attack.chars() {
            match character {
                '\n' => quoted.push_str("\\n"),
                '"' | '\\' => quoted.extend(['\\', character]),
                other => quoted.push(other),
            }
        }
        fs::write(pack.join("rules.toml"), rules.replace(condition, &format!("when = \"{quoted}\""))).unwrap();
        let output = dir.path().join("结果");
        let ended = annual(&output).arg("--pack").arg(&pack).output().unwrap();
        assert_eq!(ended.status.code(), Some(1), "{attack}: {}", told(&ended));
        assert!(told(&ended).contains("rules.toml"), "{attack}: {}", told(&ended));
        assert!(!output.join("2015-annual").exists(), "{attack}");
    }
}

/// A pack comes from elsewhere too: what it calls its lists must not lead out of the run's folder.
#[test]
fn the_lists_and_folders_of_a_pack_stay_in_the_run_s_folder() {
    let dir = tempfile::tempdir().unwrap();
    let pack = dir.path().join("包");
    assert!(kaohe().args(["pack", "export"]).arg(&pack).output().unwrap().status.success());
    let whole = ["handoff.toml", "pack.toml"].map(|file| (file, fs::read_to_string(pack.join(file)).unwrap()));
    for (from, to) in [
        ("通报名单", "../../通报名单"),
        ("通报名单", "/tmp/通报名单"),
        ("通报名单", "甲\\\\乙"),
        ("通报名单", "con"),
        ("通报名单", "总览"),
        ("档案登记", "../档案登记"),
        ("单位通知", "../单位通知"),
        ("单位通知", ""),
        ("单位通知", "data"),
    ] {
        let changed = |text: &str| text.replace(&format!("\"{from}\""), &format!("\"{to}\""));
        for (file, whole) in &whole {
            fs::write(pack.join(file), changed(whole)).unwrap();
        }
        let output = dir.path().join("结果/深");
        let ended = annual(&output).arg("--pack").arg(&pack).output().unwrap();
        assert_eq!(ended.status.code(), Some(1), "{to}: {}", told(&ended));
        assert!(told(&ended).contains(".toml:"), "{to}: {}", told(&ended));
        assert!(!dir.path().join("结果/通报名单.xlsx").exists() && !dir.path().join("结果/深/2015-annual").exists());
    }
}

/// What its other files call workbooks and folders stays in the folder that is asked for, too.
#[test]
fn the_forms_and_samples_of_a_pack_stay_in_their_folder() {
    let dir = tempfile::tempdir().unwrap();
    let pack = dir.path().join("包");
    assert!(kaohe().args(["pack", "export"]).arg(&pack).output().unwrap().status.success());
    let whole = |file: &str| fs::read_to_string(pack.join(file)).unwrap();
    let (template, sample) = (whole("template.toml"), whole("sample.toml"));
    for (file, text, from, arguments) in [
        ("template.toml", &template, "\"名册\"", &["template"][..]),
        ("sample.toml", &sample, "\"组织部汇总/2015年度\"", &["sample", "--cadres", "60", "--messy"]),
        ("sample.toml", &sample, "\"报送表（{n}）\"", &["sample", "--cadres", "60", "--messy"]),
    ] {
        assert!(text.contains(from), "{file}: {from}");
        for name in ["../逃", "/tmp/逃", "甲/../../逃", "甲\\\\逃", "C:逃"] {
            let place = dir.path().join("深/处");
            let key = from.split('"').next().unwrap();
            fs::write(pack.join(file), text.replacen(from, &format!("{key}\"{name}\""), 1)).unwrap();
            let mut command = kaohe();
            let ended = command.args(arguments).arg(&place).arg("--pack").arg(&pack).output().unwrap();
            assert_eq!(ended.status.code(), Some(1), "{file} {name}: {}", told(&ended));
            assert!(told(&ended).contains(file) && told(&ended).contains("逃"), "{file} {name}: {}", told(&ended));
            assert!(!place.exists(), "{file} {name}");
        }
        fs::write(pack.join(file), text).unwrap();
    }
}
