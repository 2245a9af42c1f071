//! Synthetic cities: the same seed gives the same bytes, the messy one holds the same truth, and both are read whole.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use kaohe::pack;
use kaohe::sample::{self, Error, Request};
use serde_json::Value;

const REQUEST: Request = Request { cadres: 400, seed: 3, year: 2015, messy: false };

fn write(folder: &Path, request: &Request) -> sample::Sampled {
    let pack = pack::built_in("kunming-2015").unwrap();
    sample::write(folder, request, &pack, &|_, _| ()).unwrap()
}

/// Every file below a folder with its bytes.
fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, root: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    found
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_one_thread_and_on_four() {
    for messy in [false, true] {
        let request = Request { messy, ..REQUEST };
        let (one, four) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        pool(1).install(|| write(one.path(), &request));
        pool(4).install(|| write(four.path(), &request));
        let (one, four) = (bytes(one.path()), bytes(four.path()));
        assert!(one.keys().eq(four.keys()), "{:?} {:?}", one.keys(), four.keys());
        let other: Vec<&String> = one.keys().filter(|name| one[*name] != four[*name]).collect();
        assert!(other.is_empty(), "not the same: {other:?}");
        let another = tempfile::tempdir().unwrap();
        write(another.path(), &Request { seed: 4, ..request });
        assert_ne!(one, bytes(another.path()));
    }
}

/// What a run proposes and leaves open, but for where it stands.
fn outcome(input: &Path, run: &str) -> BTreeSet<String> {
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kaohe"));
    command.arg(run).arg(input).arg("--output").arg(out.path()).args(["--year", "2015", "--quiet", "--no-notices"]);
    let done = command.output().unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let data = out.path().join(format!("2015-{run}")).join("data");
    let mut lines = BTreeSet::new();
    for file in ["consequences.jsonl", "pending.jsonl"] {
        for line in std::fs::read_to_string(data.join(file)).unwrap().lines() {
            let mut line: Value = serde_json::from_str(line).unwrap();
            for ground in line["grounds"].as_array_mut().into_iter().flatten() {
                ground.as_object_mut().unwrap().remove("sources");
            }
            line.as_object_mut().unwrap().remove("sources");
            lines.insert(line.to_string());
        }
    }
    lines
}

#[test]
fn a_messy_city_holds_the_same_truth() {
    for seed in [3, 4] {
        let (plain, messy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write(plain.path(), &Request { seed, ..REQUEST });
        write(messy.path(), &Request { seed, messy: true, ..REQUEST });
        for run in ["half-year", "annual"] {
            let (plain, messy) = (outcome(plain.path(), run), outcome(messy.path(), run));
            let lost: Vec<_> = plain.symmetric_difference(&messy).take(5).collect();
            assert!(lost.is_empty(), "seed {seed} {run}: {lost:#?}");
            assert!(plain.len() > 50, "seed {seed} {run}: only {} lines", plain.len());
        }
    }
}

#[test]
fn a_city_is_as_large_as_asked_and_told_about() {
    for cadres in [1, 6, 7, 23, 1200] {
        let folder = tempfile::tempdir().unwrap();
        let written = write(folder.path(), &Request { cadres, ..REQUEST });
        assert_eq!(written.members, cadres);
        assert!(written.units >= 1 && written.units <= cadres.div_ceil(7), "{written:?}");
        assert!(written.books.iter().all(|path| path.exists()));
    }
}

#[test]
fn progress_reaches_its_end() {
    let (folder, pack) = (tempfile::tempdir().unwrap(), pack::built_in("kunming-2015").unwrap());
    let last = std::sync::Mutex::new((0, 1));
    let written =
        sample::write(folder.path(), &REQUEST, &pack, &|done, of| *last.lock().unwrap() = (done, of)).unwrap();
    assert_eq!(*last.lock().unwrap(), (written.rows, written.rows));
}

#[test]
fn nothing_is_written_where_something_is() {
    let (folder, pack) = (tempfile::tempdir().unwrap(), pack::built_in("kunming-2015").unwrap());
    std::fs::write(folder.path().join("名册.xlsx"), "真的名册").unwrap();
    let error = sample::write(folder.path(), &REQUEST, &pack, &|_, _| ()).unwrap_err();
    assert!(matches!(error, Error::NotEmpty { .. }), "{error}");
}

#[test]
fn a_city_is_as_big_and_as_late_as_can_be_drawn() {
    for (words, told) in [
        ("2000001", "应为 1 到 2000000 的整数"),
        ("0", "应为 1 到 2000000 的整数"),
        ("400 --year 1949", "应为 1950 到 2099 的年度，例如 2015"),
    ] {
        let line = format!("kaohe sample DIR --cadres {words}");
        let error = kaohe::cli::parse(line.split(' ').map(Into::into)).unwrap_err();
        assert!(kaohe::cli::complaint(&error).unwrap().contains(told), "{line}");
    }
}

#[test]
fn a_pack_is_told_what_is_wrong_with_its_sample() {
    let cases = [
        ("of = \"考核等次\"", "of = \"等次\"", "没有「等次」这一列"),
        ("\"基本称职\" = 0.3", "\"合格\" = 0.3", "「合格」不在取值之列"),
        ("of = \"cadre\"", "of = \"person\"", "没有名为「person」的对象"),
        ("\"{姓}{字}\" = 1", "\"{氏}{字}\" = 1", "没有名为「氏」的词表"),
        ("per = \"team\"", "pro = \"team\"", "没有「pro」这个键"),
        ("range = [88, 5.5]", "range = [88, -5.5]", "这种列要写 range"),
        ("range = [88, 5.5]", "words = { \"88\" = 1 }", "这种列要写 range"),
        ("words = { \"B{n:4}\" = 1 }", "range = [1, 2]", "这种列要写 words"),
        ("words = { \"B{n:4}\" = 1 }", "words = {}", "权重之和应大于零"),
        ("of = \"工作落实评价\", given", "of = \"考核部门\", given", "这一列由表自己填"),
        ("given = { \"底子\"", "given = { \"底气\"", "given 中的「底气」不是这一行之前的列"),
        ("{n:6}", "{n:99999999}", "没有名为「n:99999999」的词表"),
        ("rows = 0.985", "rows = 300", "count 的 rows 应不小于 0、小于 255，现为 300"),
        ("rows = 0.985", "rows = nan", "count 的 rows 应不小于 0"),
    ];
    for (good, bad, expected) in cases {
        let mut pack = pack::built_in("kunming-2015").unwrap();
        let (_, text) = pack.files.iter_mut().find(|(name, _)| name == kaohe::pack::SAMPLE).unwrap();
        assert!(text.contains(good), "{good}");
        *text = text.replacen(good, bad, 1);
        let folder = tempfile::tempdir().unwrap();
        let error = sample::write(folder.path(), &REQUEST, &pack, &|_, _| ()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

/// A pack needs to say how often things occur, not what a column may hold: that stands in its tables already.
#[test]
fn what_has_no_weights_is_drawn_by_its_kind() {
    let mut pack = pack::built_in("kunming-2015").unwrap();
    let bare: String = pack
        .tables
        .iter()
        .map(|table| {
            let about_people = table.references.iter().any(|one| pack.subjects[one.subject].kind == "cadre");
            let per = if table.name == "干部名册" || about_people { "cadre" } else { "team" };
            format!("[[rows]]\ntable = \"{}\"\nper = \"{per}\"\n", table.name)
        })
        .collect();
    let (_, text) = pack.files.iter_mut().find(|(name, _)| name == kaohe::pack::SAMPLE).unwrap();
    *text = format!("[units]\nfrom = 5\nto = 9\n{bare}");
    let folder = tempfile::tempdir().unwrap();
    sample::write(folder.path(), &REQUEST, &pack, &|_, _| ()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kaohe"));
    let checked = command.arg("check").arg(folder.path()).args(["--year", "2015"]).output().unwrap();
    assert_eq!(checked.status.code(), Some(0), "{}", String::from_utf8_lossy(&checked.stderr));
}
