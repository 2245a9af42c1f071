//! `kaohe sql`: a run's tables, facts and first verdicts for another engine.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::job::{self, Job};
use super::{Audience, Ended, Failure, read, summary};
use crate::engine::{self, Export};
use crate::finding::in_words;
use crate::pack::Pack;
use crate::pack::dialect::Dialect;

/// Writes `tables/`, `facts.sql`, `verdicts.sql` and `README.txt` into `output`.
///
/// # Errors
/// Workbooks that cannot be read, what the dialect cannot say, a folder that cannot be written or holds other things.
pub fn run(
    job: &Job,
    output: &Path,
    dialect: Dialect,
    pack: &Pack,
    told: &(dyn Audience + Sync),
) -> Result<Ended, Failure> {
    job::outside(output, &job.input, "它")?;
    job::apart(output)?;
    let is_taken = fs::read_dir(output).is_ok_and(|mut entries| entries.next().is_some());
    if is_taken && !fs::read_to_string(output.join(README)).is_ok_and(|text| text.starts_with(HEAD)) {
        let folder = output.display();
        return Err(Failure::failed(format!("文件夹「{folder}」里已有别的文件，为免覆盖没有写入。请换一个空文件夹")));
    }
    told.stage("读取报送表");
    let data = read(job, pack, &BTreeSet::new(), told, Some(false), &|_| Ok(()))?;
    let literals = job.literals(pack, data.year, data.as_of);
    let export = Export::new(pack, &literals, job.run, dialect)?;
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |error: std::io::Error| {
            Failure::failed(format!("无法写出「{path}」：{}。请检查文件夹的权限和空间", in_words(&error)))
        }
    };
    let tables = output.join("tables");
    fs::create_dir_all(&tables).map_err(failed(&tables))?;
    let written: Vec<usize> = export.tables().collect();
    for (done, table) in written.iter().enumerate() {
        told.progress(done, written.len());
        let path: PathBuf = tables.join(format!("{}.jsonl", pack.tables[*table].name));
        let mut file = BufWriter::new(fs::File::create(&path).map_err(failed(&path))?);
        engine::write(&export, pack, &data, *table, &mut file).map_err(failed(&path))?;
        file.flush().map_err(failed(&path))?;
    }
    let texts = [("facts.sql", export.facts()), ("verdicts.sql", export.verdicts()), (README, readme(dialect))];
    for (name, text) in texts {
        let path = output.join(name);
        fs::write(&path, text).map_err(failed(&path))?;
    }
    told.say(&format!("已写出：{}（内部资料，用后请删除）", output.display()));
    Ok(if summary::has_faults(&data) { Ended::WithFaults } else { Ended::Clean })
}

const README: &str = "README.txt";

/// By it a folder is known into which this has been written before.
const HEAD: &str = "内部资料：含干部和单位的考核数据、线索数据，按规定保管，用后删除。";

fn readme(dialect: Dialect) -> String {
    let commands = match dialect {
        Dialect::DuckDb => {
            "duckdb 核对.db < facts.sql\nduckdb 核对.db < verdicts.sql\nduckdb 核对.db \"SELECT * FROM verdicts ORDER BY ALL\"\n\n\
             用 Python：\n  import duckdb\n  db = duckdb.connect()\n  for name in (\"facts.sql\", \"verdicts.sql\"):\n      \
             db.execute(open(name, encoding=\"utf-8\").read())\n  db.sql(\"SELECT * FROM verdicts\").show()\n"
        }
        Dialect::Spark => {
            "spark-sql -i facts.sql -f verdicts.sql -e \"SELECT * FROM verdicts\"\n\n\
             两个文件用的是临时视图，要在同一个会话中先后执行。\n"
        }
    };
    format!(
        "{HEAD}\n\n\
         tables/ 是读入的各表（JSON 行，_row 为行号，其余以 _ 开头的列为所属对象的序号），没有人名。\n\
         facts.sql 算出事实，verdicts.sql 得出第一阶段各规则对各对象的判断。\n\
         在本文件夹中执行：\n\n{commands}\n\
         表 verdicts：rule 规则，entity 编号（线索为线索编号，其他为 表名#行号），verdict 真、假、未知（NULL）。\n"
    )
}
