//! The archive's schema: an append-only list of steps, keyed by SQLite's `user_version`.
//!
//! A step that was ever released is never edited; a new kaohe appends one, and a file made by an older
//! kaohe is brought up to date in one transaction. The names are Chinese and the comments stay in the
//! file (`.schema` shows them), so that whoever opens it in twenty years can read it without kaohe.

/// Marks the file as ours (SQLite's `application_id`: `KAOH`).
pub(super) const APPLICATION_ID: i32 = 0x4B41_4F48;

/// Step n brings a file from version n to version n + 1.
pub(super) const STEPS: &[&str] = &[FIRST, VIEWS, TALKS];

const FIRST: &str = r#"
CREATE TABLE 记录 (
  -- 档案的流水：只增不改，一行一事，从1起连续编号。每一行都用链值锁住它前面的全部内容。
  记录号   INTEGER PRIMARY KEY,
  种类     TEXT NOT NULL,    -- 登记：一次运行的拟办事项，发布之前写入；发布：该登记已随文件夹发布；作废：该登记没有发布成功；答复：收回的审定意见
  登记号   INTEGER,          -- 发布、作废所指的登记（记录号）；登记、答复为空
  内容值   TEXT NOT NULL,    -- SHA-256：种类、登记号、本记录在下列各表中的全部行。与时间无关
  链值     TEXT NOT NULL,    -- SHA-256：上一记录的链值 + 本记录的内容值
  时间     TEXT NOT NULL,    -- 写入时间（协调世界时）
  经过     TEXT NOT NULL,    -- 写入时的情形（JSON）：程序版本、发布目录、收回的工作簿
  封印     TEXT NOT NULL     -- SHA-256：上一记录的封印 + 链值 + 时间 + 经过
);

CREATE TABLE 链尾 (
  -- 只有一行：最后一条记录。用来发现整条删去末尾记录的改动。
  记录号   INTEGER NOT NULL,
  封印     TEXT NOT NULL
);

CREATE TABLE 运行 (
  -- 每个登记一行：哪一年、哪一次运行。
  记录号   INTEGER NOT NULL PRIMARY KEY,
  年度     INTEGER NOT NULL,
  轮次     TEXT NOT NULL,    -- H 半年，A 年度
  基准日   TEXT NOT NULL,
  办法     TEXT NOT NULL,    -- 所用政策包的名称
  办法版本 TEXT NOT NULL,
  办法摘要 TEXT NOT NULL,    -- 政策包的 SHA-256
  用语     TEXT NOT NULL     -- 审定用语（JSON）：同意、不同意、缓议、变更各写作什么，可以改作的处理方式
);

CREATE TABLE 名单 (
  -- 登记时的每份名单，没有事项的也在内；档案登记表也是一份。
  记录号   INTEGER NOT NULL,
  序       INTEGER NOT NULL,
  名单     TEXT NOT NULL,
  标题     TEXT NOT NULL,    -- 第一行的标题
  登记表   INTEGER NOT NULL, -- 1：谈话归档的登记表；0：报审的名单
  列       TEXT NOT NULL,    -- 收回时逐格核对的列名（JSON 数组）
  答复列   TEXT NOT NULL,    -- 由单位填写的其他列（JSON 数组：列名、是否日期）
  PRIMARY KEY (记录号, 序)
);

CREATE TABLE 事项 (
  -- 登记的每一项拟办事项。
  记录号   INTEGER NOT NULL,
  序       INTEGER NOT NULL, -- 在名单中的先后
  名单     TEXT NOT NULL,
  处理编号 TEXT NOT NULL,    -- 年度-轮次-处理-类别-编号
  核对码   TEXT NOT NULL,    -- 对象、处理、可选方式、条款和依据的摘要
  处理     TEXT NOT NULL,
  对象类别 TEXT NOT NULL,    -- team 班子，cadre 干部
  编号     TEXT NOT NULL,    -- 对象的编号
  对象     TEXT NOT NULL,    -- 对象的名称
  可选方式 TEXT NOT NULL,    -- JSON 数组
  条款     TEXT NOT NULL,    -- JSON 数组
  沿用编号 TEXT,             -- 半年已决定：沿用哪一事项的决定（处理编号）
  沿用核对码 TEXT,
  已填答复 TEXT,             -- 发布时名单里已填入的答复（JSON）
  各格     TEXT NOT NULL,    -- 名单上所印的文字，与 名单.列 一一对应（JSON 数组）
  PRIMARY KEY (记录号, 序)
);

CREATE TABLE 依据 (
  -- 每一事项的依据：哪一条款、关于谁、凭什么事实。
  记录号   INTEGER NOT NULL,
  序       INTEGER NOT NULL, -- 事项的序
  次       INTEGER NOT NULL, -- 同一事项内的先后
  条款     TEXT NOT NULL,
  关于     TEXT NOT NULL,
  事实     TEXT NOT NULL,    -- JSON 对象
  PRIMARY KEY (记录号, 序, 次)
);

CREATE TABLE 归档 (
  -- 登记表的每一行：某次谈话应归入谁的哪份档案。
  记录号   INTEGER NOT NULL,
  序       INTEGER NOT NULL,
  档案     TEXT NOT NULL,
  对象类别 TEXT NOT NULL,
  编号     TEXT NOT NULL,
  处理编号 TEXT NOT NULL,    -- 所据事项（JSON 数组）
  已填答复 TEXT,             -- 发布时登记表里已填入的内容（JSON）
  各格     TEXT NOT NULL,    -- 与 名单.列 一一对应（JSON 数组）
  PRIMARY KEY (记录号, 序)
);

CREATE TABLE 答复 (
  -- 审定意见。同一处理编号、同一核对码，以记录号最大的一行为准。
  记录号   INTEGER NOT NULL,
  序       INTEGER NOT NULL,
  所答登记 INTEGER NOT NULL, -- 答复的是哪一次登记（记录号）
  处理编号 TEXT NOT NULL,
  核对码   TEXT NOT NULL,    -- 作出决定时的核对码
  委员会意见 TEXT NOT NULL,
  决定方式 TEXT NOT NULL,
  决定日期 TEXT NOT NULL,    -- 年-月-日，可空白
  备注     TEXT NOT NULL,
  其他     TEXT NOT NULL,    -- 名单的其他答复列（JSON 对象）
  更正     INTEGER NOT NULL, -- 1：用 --amend 更正了先前的决定
  PRIMARY KEY (记录号, 序)
);

CREATE TABLE 归档答复 (
  -- 登记表中填回的内容。同一年度、档案、对象，以记录号最大的一行为准。
  记录号   INTEGER NOT NULL,
  序       INTEGER NOT NULL,
  所答登记 INTEGER NOT NULL,
  年度     INTEGER NOT NULL,
  档案     TEXT NOT NULL,
  对象类别 TEXT NOT NULL,
  编号     TEXT NOT NULL,
  内容     TEXT NOT NULL,    -- JSON 对象：列名和所填文字
  更正     INTEGER NOT NULL,
  PRIMARY KEY (记录号, 序)
);
"#;

const VIEWS: &str = r#"
CREATE VIEW 现行登记 AS
  -- 每一年度、轮次最近一次已发布的登记。
  SELECT 年度, 轮次, MAX(记录号) AS 记录号 FROM 运行
  WHERE 记录号 IN (SELECT 登记号 FROM 记录 WHERE 种类 = '发布')
  GROUP BY 年度, 轮次;

CREATE VIEW 现行事项 AS
  -- 现行登记中的事项，连同在今日核对码上的答复（沿用半年决定的另见 沿用编号）。
  SELECT 现行登记.年度, 现行登记.轮次, 事项.名单, 事项.处理编号, 事项.处理, 事项.对象类别, 事项.编号, 事项.对象, 事项.可选方式,
         答复.委员会意见, 答复.决定方式, 答复.决定日期, 答复.备注, 答复.其他, 事项.核对码, 事项.沿用编号
  FROM 现行登记
  JOIN 事项 ON 事项.记录号 = 现行登记.记录号
  LEFT JOIN (SELECT 处理编号, 核对码, MAX(记录号) AS 记录号 FROM 答复 GROUP BY 处理编号, 核对码) AS 末
    ON 末.处理编号 = 事项.处理编号 AND 末.核对码 = 事项.核对码
  LEFT JOIN 答复 ON 答复.记录号 = 末.记录号 AND 答复.处理编号 = 末.处理编号 AND 答复.核对码 = 末.核对码
  ORDER BY 现行登记.年度, 现行登记.轮次, 事项.序;
"#;

const TALKS: &str = r#"
CREATE TABLE 谈话 (
  -- 每次运行所用的谈话，供台账推算期限和影响期。不是答复。
  记录号   INTEGER NOT NULL,
  序       INTEGER NOT NULL,
  对象类别 TEXT NOT NULL,
  编号     TEXT NOT NULL,
  对象     TEXT NOT NULL,    -- 对象的名称
  谈话日期 TEXT NOT NULL,    -- 年-月-日
  谈话类型 TEXT NOT NULL,
  所属年度 TEXT,             -- 记录中未注明的为空
  处理编号 TEXT,             -- 所办理的事项；未注明的为空
  PRIMARY KEY (记录号, 序)
);
"#;
