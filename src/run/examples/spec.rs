//! `examples.toml` as written, and the cases that it means.
//!
//! Rows stand as text, one table after the other, cells between bars: `表名：列 | 列`, then a line a row.

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use super::city::{self, City};
use super::facts::{self, ExpectedFact};
use crate::fact::Decision;
use crate::fact::history::{PastGround, PastLine};
use crate::pack::term::Literal;
use crate::pack::{self, Error, Pack, PackFault, Passage, Report, Run, printed};
use crate::run::job;
use crate::table::{GivenSheet, line, text};

/// One example file. What all examples share may stand in any of them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawExamples {
    /// The year of examples that name none.
    year: Option<i32>,
    /// Actions that are only compared where an example names them.
    skip: Vec<String>,
    /// Rows of the small city that every example starts from.
    city: Option<Spanned<String>>,
    /// One row a table: what columns hold that a row does not name.
    defaults: Option<Spanned<String>>,
    example: Vec<RawExample>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExample {
    name: Spanned<String>,
    /// `H`, `A`, or `HA` where both runs come out alike.
    run: Spanned<String>,
    year: Option<i32>,
    as_of: Option<Spanned<toml::value::Datetime>>,
    /// Values as with `--set`: `["半年得分线=65"]`.
    #[serde(default)]
    set: Vec<Spanned<String>>,
    /// Rows beside those of the city, or instead of them.
    rows: Option<Spanned<String>>,
    /// Rows or tables of the city that are not there: `表 编号`, or `表` alone.
    without: Option<Spanned<String>>,
    /// Lines that runs registered, with what was decided.
    archive: Option<Spanned<String>>,
    /// Runs in the archive that left no line: `2014-A`.
    #[serde(default)]
    runs: Vec<Spanned<String>>,
    #[serde(default)]
    expect: String,
    #[serde(default)]
    pending: String,
    #[serde(default)]
    rejected: String,
    /// Values of facts: `编号 | 事实 | 值`.
    facts: Option<Spanned<String>>,
}

/// One example for one run.
#[derive(Debug)]
pub struct ExampleCase {
    pub name: String,
    /// `examples.toml:12`
    pub place: String,
    pub run: Run,
    pub year: i32,
    pub as_of: Option<NaiveDate>,
    pub sets: Vec<(String, Literal)>,
    pub sheets: Vec<GivenSheet>,
    /// Lines in the archive, each with one of its grounds at most.
    pub archive: Vec<PastLine>,
    /// Lines of this very run with the answers to them.
    pub answers: Vec<PastLine>,
    pub runs: Vec<(i32, Run)>,
    pub skip: Vec<String>,
    pub expect: Vec<String>,
    pub pending: Vec<String>,
    pub rejected: Vec<String>,
    pub facts: Vec<ExpectedFact>,
}

impl ExampleCase {
    /// What a failure begins with.
    pub fn head(&self) -> String {
        format!("例子「{}」（{}，{}）与规则包不符：", self.name, self.place, self.run.title())
    }
}

/// All cases of a pack's example files.
///
/// # Errors
/// Every fault in them.
pub fn cases(pack: &Pack) -> Result<Vec<ExampleCase>, Error> {
    let mut faults = Vec::new();
    let mut files: Vec<(&str, RawExamples)> = Vec::new();
    for (name, text) in pack.files.iter().filter(|(name, _)| pack::is_examples(name)) {
        match toml::from_str::<RawExamples>(text) {
            Ok(raw) => files.push((name, raw)),
            Err(error) => faults.push(pack::syntax(name, &error)),
        }
    }
    let mut shared = City::default();
    let year = files.iter().find_map(|(_, raw)| raw.year);
    let skip: Vec<String> = files.iter().flat_map(|(_, raw)| raw.skip.iter().cloned()).collect();
    for (file, raw) in &files {
        for (text, base) in [(&raw.defaults, false), (&raw.city, true)] {
            let Some(text) = text else { continue };
            match city::blocks(pack, text.get_ref()) {
                Ok(blocks) => shared.take(blocks, base),
                Err(message) => faults.push(fault(file, text, message)),
            }
        }
    }
    let mut cases = Vec::new();
    for (file, raw) in &files {
        let reader = SpecReader { pack, file, shared: &shared, skip: &skip, year };
        for example in &raw.example {
            reader.cases(example).map_or_else(|fault| faults.push(fault), |read| cases.extend(read));
        }
    }
    if faults.is_empty() { Ok(cases) } else { Err(Error::Faults(Report::new(faults, &pack.files))) }
}

/// Parts of a line as it is compared: trailing blanks do not count.
pub fn canonical(parts: &[&str]) -> String {
    let filled = parts.iter().rposition(|part| !part.is_empty()).map_or(0, |last| last + 1);
    parts[..filled].join(" | ")
}

fn fault<T>(file: &str, at: &Spanned<T>, message: String) -> PackFault {
    passage(file, at).fault(message, "写法见 kaohe pack guide 的「例子」一节")
}

fn passage<T>(file: &str, at: &Spanned<T>) -> Passage {
    Passage { file: file.to_owned(), span: at.span() }
}

struct SpecReader<'a> {
    pack: &'a Pack,
    file: &'a str,
    shared: &'a City,
    skip: &'a [String],
    year: Option<i32>,
}

impl SpecReader<'_> {
    fn cases(&self, raw: &RawExample) -> Result<Vec<ExampleCase>, PackFault> {
        let runs: &[Run] = match raw.run.get_ref().as_str() {
            "H" => &[Run::HalfYear],
            "A" => &[Run::Annual],
            "HA" => &Run::ALL,
            other => return Err(fault(self.file, &raw.run, format!("没有「{other}」这种轮次，可用：H、A、HA"))),
        };
        runs.iter().map(|run| self.case(raw, *run)).collect()
    }

    fn case(&self, raw: &RawExample, run: Run) -> Result<ExampleCase, PackFault> {
        let Some(year) = raw.year.or(self.year) else {
            return Err(fault(self.file, &raw.name, "例子没有年度：请写 year = 2015，或在文件开头写".to_owned()));
        };
        let as_of = raw.as_of.as_ref().map(|day| self.day(day)).transpose()?;
        let sets = raw.set.iter().map(|set| {
            job::parse_set(set.get_ref(), self.pack).map_err(|failure| fault(self.file, set, failure.message))
        });
        let mut city = self.shared.clone();
        let in_year = |text: &str| city::in_year(text, year);
        if let Some(without) = &raw.without {
            city.remove(self.pack, &in_year(without.get_ref())).map_err(|told| fault(self.file, without, told))?;
        }
        if let Some(rows) = &raw.rows {
            let blocks = city::blocks(self.pack, rows.get_ref()).map_err(|told| fault(self.file, rows, told))?;
            city.put(self.pack, blocks, year);
        }
        let (mut archive, mut answers) = (Vec::new(), Vec::new());
        if let Some(text) = &raw.archive {
            for past in self.past(&in_year(text.get_ref())).map_err(|told| fault(self.file, text, told))? {
                if past.year == year && past.run == run { answers.push(past) } else { archive.push(past) }
            }
        }
        let runs = raw.runs.iter().map(|text| {
            let told = || fault(self.file, text, format!("「{}」应写成 2014-A", text.get_ref()));
            parse_run(&in_year(text.get_ref())).ok_or_else(told)
        });
        let facts = raw.facts.as_ref().map(|text| {
            let known = facts::expected(self.pack, &in_year(text.get_ref()));
            known.map_err(|told| fault(self.file, text, told))
        });
        let expected = |text: &str, form| expected(&in_year(text), form);
        Ok(ExampleCase {
            name: raw.name.get_ref().clone(),
            place: passage(self.file, &raw.name).line(self.pack),
            run,
            year,
            as_of,
            sets: sets.collect::<Result<_, _>>()?,
            sheets: city.sheets(self.pack, year),
            archive,
            answers,
            runs: runs.collect::<Result<_, _>>()?,
            skip: self.skip.to_vec(),
            expect: expected(&raw.expect, |rules| rules.replace(" + ", "+")),
            pending: expected(&raw.pending, sorted),
            rejected: expected(&raw.rejected, str::to_owned),
            facts: facts.transpose()?.unwrap_or_default(),
        })
    }

    fn day(&self, day: &Spanned<toml::value::Datetime>) -> Result<NaiveDate, PackFault> {
        let told = || fault(self.file, day, "基准日不是一天，请写成 2015-06-30".to_owned());
        pack::day(day.get_ref()).ok_or_else(told)
    }

    /// The archive's lines: a header (处理编号 | 意见 | 决定方式 | 条款 | 关于 | facts…), then a line each.
    fn past(&self, text: &str) -> Result<Vec<PastLine>, String> {
        let mut rows = lines(text).map(city::cells);
        let header = rows.next().unwrap_or_default();
        let column = |name: &str| header.iter().position(|one| one == name);
        let id_at = column("处理编号").ok_or("archive 的第一行应为列名，其中有「处理编号」")?;
        let fixed = ["处理编号", "意见", "决定方式", "条款", "关于"];
        rows.map(|row| {
            let cell = |name: &str| column(name).and_then(|at| row.get(at)).cloned().unwrap_or_default();
            let id = row.get(id_at).cloned().unwrap_or_default();
            let key = text::key(&id);
            let line = line::parse(self.pack, &key).ok_or_else(|| {
                let action = &self.pack.actions[0].name;
                format!("处理编号「{id}」应写成 年度-轮次-处理-对象-编号，例如 2014-A-{action}-C-G1")
            })?;
            let known = self.pack.answers.all();
            let given = [(printed::OPINION.to_owned(), cell("意见")), (printed::METHOD.to_owned(), cell("决定方式"))];
            let decision = Decision(given.into_iter().filter(|(_, text)| !text.is_empty()).collect());
            let opinion = decision.opinion();
            if !opinion.is_empty() && !known.contains(&opinion) {
                return Err(format!("意见「{opinion}」应为：{}", known.join("、")));
            }
            let facts = header.iter().zip(&row).filter(|(name, _)| !fixed.contains(&name.as_str()));
            let facts = facts.map(|(name, text)| (name.clone(), fact(text))).collect();
            let ground = PastGround { rule: cell("条款"), about: cell("关于"), facts };
            Ok(PastLine {
                year: line.year,
                run: line.run,
                action: self.pack.actions[line.action].name.clone(),
                kind: self.pack.subjects[line.subject].kind.clone(),
                subject: line.id.to_owned(),
                name: String::new(),
                unit: String::new(),
                check: String::new(),
                adopted: None,
                decision: Some(decision).filter(|decision| !decision.opinion().is_empty()),
                grounds: Some(ground).filter(|ground| !ground.rule.is_empty()).into_iter().collect(),
                id,
            })
        })
        .collect()
    }
}

/// A fact in the archive: 真 and 假 are truth values, a blank is none.
fn fact(text: &str) -> serde_json::Value {
    match text {
        "真" => true.into(),
        "假" => false.into(),
        "" => serde_json::Value::Null,
        other => other.into(),
    }
}

fn parse_run(text: &str) -> Option<(i32, Run)> {
    let (year, run) = text.split_once('-')?;
    let run = Run::of_code(run)?;
    Some((year.parse().ok()?, run))
}

/// Lines that say something.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Expected lines as they are compared: blanks around bars do not count, and the third cell stands in one form.
fn expected(text: &str, form: fn(&str) -> String) -> Vec<String> {
    let line = |line: &str| {
        let mut cells = city::cells(line);
        cells.get_mut(2).into_iter().for_each(|cell| *cell = form(cell));
        canonical(&cells.iter().map(String::as_str).collect::<Vec<_>>())
    };
    lines(text).map(line).collect()
}

/// The order in which missing facts are named does not matter.
fn sorted(missing: &str) -> String {
    let mut names: Vec<&str> = missing.split('、').map(str::trim).collect();
    names.sort_unstable();
    names.join("、")
}
