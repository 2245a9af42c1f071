//! A thousand decisions survive two hundred kills: the process is really killed, at any moment.
//!
//! Two hundred take a minute or more; the suite does eight of them unless `KAOHE_TEST_KILLS` says otherwise.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::slice::from_ref;
use std::time::Instant;

use kaohe::archive::{Archive, Intake, Mode, Registration, folder_name, seal};
use kaohe::fact::Decision;
use kaohe::pack::Run;

use super::sheets::{grid, line, list, registration, write_all};
use super::{publish, taken};

const DIR: &str = "KAOHE_TEST_KILL_DIR";
const LINES: usize = 1000;
const KILLS: &str = "KAOHE_TEST_KILLS";
/// Kills over one archive, so that histories stay short.
const BATCH: usize = 8;

/// A run with a thousand lines, published with `version` filled into all of them (0: unanswered).
fn run(version: usize) -> Registration {
    let mut run = registration(2015, Run::Annual);
    let lines = (0..LINES).map(|at| {
        let mut line = line(2015, Run::Annual, "诫勉谈话", &format!("C{at:04}"), "张三", &[], "aaaa");
        if version > 0 {
            line.filled = answer(version).0;
            line.cells[13] = "同意".into();
            line.cells[16] = answer(version).says("备注").to_owned().into();
        }
        line
    });
    run.lists = vec![list(2015, Run::Annual, "诫勉谈话名单", &[], lines.collect())];
    run
}

fn answer(version: usize) -> Decision {
    Decision([("委员会意见".to_owned(), "同意".to_owned()), ("备注".to_owned(), format!("第{version}次"))].into())
}

/// The version that all lines bear; 0 before the first.
fn version(archive: &Archive) -> usize {
    let history = archive.history(1900, Run::Annual).unwrap();
    assert_eq!(history.facts.lines.len(), LINES);
    let mut versions: Vec<usize> = history
        .facts
        .lines
        .values()
        .map(|line| {
            line.decision.as_ref().map_or(0, |given| given.says("备注").trim_matches(['第', '次']).parse().unwrap())
        })
        .collect();
    versions.dedup();
    assert_eq!(versions.len(), 1, "half a workbook was taken: {versions:?}");
    versions[0]
}

/// Not a test of its own: the process that is killed. It records and publishes until then.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let dir = Path::new(&dir);
    let db = dir.join("档案.db");
    let say = |text: String| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{text}").unwrap();
        out.flush().unwrap();
    };
    let mut next = version(&Archive::open(&db, Mode::Read).unwrap()) + 1;
    say("ready".to_owned());
    loop {
        let path = dir.join("收回.xlsx");
        grid(&run(next), "诫勉谈话名单").write(&path);
        taken(Archive::open(&db, Mode::Record).unwrap().record(from_ref(&path), true).unwrap());
        say(format!("recorded {next}"));
        let run = run(next);
        let mut archive = Archive::open(&db, Mode::Run).unwrap();
        let (folder, staged, old) = (dir.join(folder_name(2015, Run::Annual)), dir.join("新"), dir.join("旧"));
        let _ = std::fs::remove_dir_all(&staged);
        let _ = std::fs::remove_dir_all(&old);
        write_all(&run, &staged);
        let ticket = super::register(&mut archive, &run, dir).unwrap();
        seal(&staged, &ticket).unwrap();
        std::fs::rename(&folder, &old).unwrap();
        std::fs::rename(&staged, &folder).unwrap();
        archive.confirm(&ticket).unwrap();
        say(format!("published {next}"));
        next += 1;
    }
}

/// Marsaglia's xorshift: the moments differ from kill to kill in a fixed way.
struct Moments(u64);

impl Moments {
    /// Between 0 and 1.5.
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % 1500) as f64 / 1000.0
    }
}

struct Victim {
    process: Child,
    lines: Box<dyn Iterator<Item = String>>,
}

impl Victim {
    /// Starts the process and waits until it is at work.
    fn start(dir: &Path) -> Victim {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "archive::kill::child", "--nocapture"])
            .env(DIR, dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.ends_with("ready")), "the process did not come up");
        Victim { process, lines: Box::new(lines) }
    }

    /// Kills it; the rest of what it said.
    fn kill(mut self) -> Vec<String> {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.lines.collect()
    }
}

#[test]
fn a_thousand_decisions_survive_being_killed_at_any_moment() {
    let kills = std::env::var(KILLS).map_or(BATCH, |kills| kills.parse::<usize>().unwrap());
    let mut moments = Moments(0x2545_F491_4F6C_DD1D);
    let rounds: usize = (0..kills.div_ceil(BATCH)).map(|_| batch(&mut moments)).sum();
    assert!(rounds > kills / 8, "the processes hardly did anything: {rounds}");
}

/// Kills a process again and again over one archive; gives the number of records that were acknowledged.
fn batch(moments: &mut Moments) -> usize {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    publish(dir, &run(0));
    let db = dir.join("档案.db");
    let folder = dir.join(folder_name(2015, Run::Annual));
    // How long a round takes here and now: kills are spread over one and a half.
    let mut first = Victim::start(dir);
    let began = Instant::now();
    assert!(first.lines.any(|line| line.ends_with("published 1")));
    let mut round = began.elapsed();
    first.kill();
    let (mut acknowledged, mut rounds) = (1, 0);
    for kill in 0..BATCH {
        let victim = Victim::start(dir);
        std::thread::sleep(round.mul_f64(moments.next()));
        let before = rounds;
        for line in victim.kill() {
            if let Some(version) = line.split("recorded ").nth(1) {
                acknowledged = version.trim().parse().unwrap();
                rounds += 1;
            }
        }
        if rounds == before {
            // The machine has become busier than it was when the round was measured.
            round = round.mul_f64(1.25);
        }
        // What the next command clears first: a folder moved aside comes back.
        if !folder.exists() {
            std::fs::rename(dir.join("旧"), &folder).unwrap();
        }
        let archive = Archive::open(&db, Mode::Run).unwrap_or_else(|error| panic!("kill {kill}: {error}"));
        let held = version(&archive);
        assert!(held >= acknowledged, "kill {kill}: {acknowledged} was acknowledged, {held} is there");
        assert_eq!(archive.unrecorded_answers(&folder).unwrap(), [], "kill {kill}");
        drop(archive);
        // The list that stands in the folder is the registered one: it is taken without a fault, even if
        // its answers are older than the archive's.
        let list = folder.join("诫勉谈话名单.xlsx");
        let outcome = Archive::open(&db, Mode::Record).unwrap().record(from_ref(&list), false).unwrap();
        if let Intake::Refused(faults) = outcome {
            assert!(faults.iter().all(|fault| fault.remedy.contains("--amend")), "kill {kill}: {}", faults[0]);
        }
    }
    rounds
}
