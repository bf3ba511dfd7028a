//! A repository for searches, and the queries of the search tests.

use std::{fs, path::Path};

use walkdir::WalkDir;

use crate::{
    sandbox::Sandbox,
    trials::{Random, seed},
};

/// Files for cases that the repository of the demo does not have.
const MORE: &[(&str, &str)] = &[
    (
        "tickets/2026/11/upgrade-breaks-the-cache-a2b3c4.md",
        "---\ntitle: Upgrade to 10.2.0-rc1 breaks the cache\ntemplate: measured\nservice: billing-export\nrequester: lena\n\
         created: 2026-11-02T08:00:00.250Z\npriority: urgent\nenvironment: production\nrows: 12000\ndue: 2026-11-09\n\
         tags: [cache, Needs Info]\npath: [/console/billing, /console/billing/exports]\n\
         related: [invoice-export-times-out-above-yq59d4]\naliases: [old-cache-1]\n---\n\
         ```\nnet::ERR_CONN_RESET at com.acme.cache.BarException.init(Bar.java:12)\n```\nSee /var/log/app.log of v10.2.0.\n",
    ),
    (
        "tickets/2026/11/upgrade-breaks-the-cache-a2b3c4/note.md",
        "---\nauthor: mei\ncreated: 2026-11-03T08:00:00Z\nvisibility: internal\n---\nThe customer is Nachtigall, a zeppelin.\n",
    ),
    (
        "tickets/2026/11/upgrade-breaks-the-cache-a2b3c4/r.md",
        "---\nauthor: omar\ncreated: 2026-11-04T08:00:00Z\nstatus: resolved\nresolution: workaround\n---\n\
         ## Fix\nClear the cache folder by hand, then restart the exporter.\n",
    ),
    (
        "tickets/2026/11/screen-shifted-c2c3c4.md",
        "---\ntitle: 升级后柜机触摸屏点击位置偏移\ntemplate: measured\nrequester: weijie\ncreated: 2026-11-19T09:00:00Z\nrows: 900\n\
         ---\n触摸屏的点击位置整体向右偏了两厘米。错误代码 E-4711。\n",
    ),
    (
        "tickets/2026/11/screen-shifted-c2c3c4/a.md",
        "---\nauthor: mei\ncreated: 2026-11-19T10:00:00Z\nstatus: resolved\nresolution: fixed\n\
         answered_by: [upgrade-breaks-the-cache-a2b3c4]\n---\n## Fix\n校准文件自动转换。\n",
    ),
    (
        "tickets/2026/11/printing-in-japanese-d2d3d4.md",
        "---\ntitle: ラベルの印刷がタイムアウトする\ntemplate: measured\nrequester: mei\ncreated: 2026-11-19T09:00:00Z\n---\n\
         プリンターが応答しません。ｶﾞｲﾄﾞを見ました。\n",
    ),
    (
        "tickets/2026/11/korean-addresses-k2k3k4.md",
        "---\ntitle: 한국 주소가 라벨에서 잘립니다\ntemplate: measured\nrequester: mei\ncreated: 2026-11-18T09:00:00Z\n---\n주소 줄이 잘립니다.\n",
    ),
    (
        "tickets/2026/11/hebrew-names-h2h3h4.md",
        "---\ntitle: שמות בעברית מודפסים הפוך\ntemplate: measured\nrequester: mei\ncreated: 2026-11-17T09:00:00Z\n---\n\
         The name is שָׁלוֹם, and cafe\u{301} is printed as it should be. Zeitüberschreitung.\n",
    ),
    (
        "tickets/2026/11/merger-plans-m2m3m4.md",
        "---\ntitle: Merger plans leaked\ntemplate: measured\nrequester: lena\nvisibility: internal\n\
         created: 2026-11-18T09:00:00Z\ntags: [zeppelin]\n---\nSomebody mailed them.\n",
    ),
    (
        "tickets/2026/11/spelled-in-many-ways-s2s3s4.md",
        "---\ntitle: Night-shift hand-off of MyDiskFullErrorHandlerFactory\ntemplate: measured\nrequester: mei\n\
         created: 2026-11-16T09:00:00Z\nsource: EIP-1559\n---\nparseJSONResponse and HTTPServer2Fix in C++, C# and .NET; \
         e-mail, email, handoff, utf\u{2011}8.\n\n    2026-03-05T10:15:42.123Z WARN notepad++ re-opened\n",
    ),
    (
        "knowledge/caches-after-an-upgrade.md",
        "---\ntitle: Caches after an upgrade\nservice: billing\ntags: [cache]\ntickets: [upgrade-breaks-the-cache-a2b3c4]\n---\n\
         ## Problem\nThe exporter does not start.\n\n## Fix\nClear the cache folder.\n",
    ),
    (
        "ticket-templates/measured.md",
        "---\ntitle: Measured\nfields:\n  environment: { type: text }\n  rows: { type: number }\n  due: { type: date }\n---\n",
    ),
];

/// Queries for special cases, in addition to the random ones.
const SPECIAL: &[&str] = &[
    "",
    "is:any",
    "is:resolved",
    "is:unresolved",
    "is:overdue",
    "is:unanswered",
    "is:reused",
    "is:reopened",
    "is:assigned,unassigned",
    "is:internal",
    "-is:resolved",
    "has:answer",
    "has:code",
    "has:attachment",
    "has:reply",
    "has:related",
    "has:attachment,path",
    "-has:service",
    "status:open,pending,on-hold",
    "status:resolved resolution:workaround",
    "priority:>=high",
    "priority:low..normal export",
    "priority:urgent sort:-created",
    "visibility:public cache",
    "assignee:*",
    "assignee:mei",
    "requester:lena",
    "requester:LENA",
    "author:omar",
    "author:m*",
    "service:billing",
    "service:Billing-Export",
    "service:lock*",
    "service:nothing",
    "tag:cache",
    "tag:\"needs info\"",
    "tag:c* -tag:cache",
    "tags:*",
    "template:incident",
    "id:upgrade*",
    "id:old-cache-1",
    "source:*",
    "path:/console/billing*",
    "related:invoice-export-times-out-above-yq59d4",
    "answered_by:old-cache-1",
    "duplicate_of:*",
    "title:cache",
    "title:\"the cache\"",
    "title:upgr*",
    "body:cache",
    "answer:restart",
    "answer:\"cache folder\"",
    "replies:restart",
    "reply:nachtigall",
    "body:log,answer:log",
    "created:2026-11-02",
    "created:2026-11",
    "created:2026",
    "created:<2026-03",
    "created:>2026-03",
    "created:2025-12..2026-02",
    "created:>=2026-11-02T08:00:00.250Z",
    "created:>2026-11-02T09:00:00.250+01:00",
    "created:<2026-11-02T08:00:01Z created:2026-11-02",
    "created:>20y",
    "newer:20y",
    "older:2026-03,2025",
    "-newer:2026-03 export",
    "assignee:none",
    "assignee:none,mei cache",
    "-author:none",
    "updated:>2026-11-01",
    "resolved:2026-11 sort:-resolved",
    "resolved:*",
    "-resolved:* export",
    "rows:>1000",
    "rows:12000",
    "rows:1.2e4",
    "rows:..900",
    "due:2026-11",
    "due:<2026-11-09",
    "environment:production",
    "environment:prod*",
    "environment:a..q",
    "fields.environment:*",
    "sort:created",
    "sort:-updated",
    "sort:title",
    "sort:-title",
    "sort:priority,created",
    "sort:-replies,id",
    "sort:-resolved export",
    "export sort:id",
    "sort:relevance cache",
    "cache OR export",
    "(cache OR export) -upgrade",
    "cache -(folder OR touch)",
    "NOT cache service:billing",
    "-cache -export -label",
    "cache AND folder",
    "\"cache folder\" OR \"out of memory\"",
    "(tag:cache OR tag:export) status:resolved",
    "ERR_CONN_RESET",
    "conn_reset",
    "net::ERR_CONN_RESET",
    "com.acme.cache.BarException",
    "BarException",
    "exception",
    "com.acme*",
    "err_co*",
    "10.2.0-rc1",
    "v10.2.0",
    "10.2*",
    "/var/log/app.log",
    "app.log",
    "var/lo*",
    "E-4711",
    "Bar.java:12",
    "main()",
    "parseJSON",
    "jsonresponse",
    "JSONResp*",
    "HTTPServer",
    "DiskFullErrorHandler",
    "diskFullErrorHandlerFactory",
    "hand-off",
    "hand-o*",
    "handoff",
    "title:hand-off",
    "e-mail OR re-open",
    "utf8",
    "\"night-shift hand\"",
    "C++",
    "C# .NET",
    ".ne*",
    "notepad++",
    "2026-03-05",
    "10:15:42",
    "2026-03-05T10:15:42.123Z",
    "eip-1559",
    "触摸屏",
    "点击位置",
    "升级后柜机触摸屏点击位置偏移",
    "\"触摸屏 点击\"",
    "触摸*",
    "触",
    "错误代码E-4711",
    "触摸屏 -校准",
    "タイムアウト",
    "ガイド",
    "印刷",
    "라벨",
    "주소",
    "한국 주소",
    "עברית",
    "שלום",
    "CAFÉ",
    "café printed",
    "zeituberschreitung",
    "ＥＸＰＯＲＴ",
    "expo*",
    "ex*",
    "re* restart",
    "exprot",
    "cahce folder",
    "title:cahce",
    "upgarde OR resatrt",
    "\"exprot\"",
    "exprot*",
    "nachtigall",
    "zeppelin",
    "merger",
    "—",
    "cache —",
    "cache -—",
    "the",
    "to the",
    "\"of the\"",
    "why is my locker grey",
    "how do I restart the exporter after an upgrade",
    "the driver cannot log in",
    "certificate of the gateway expired yesterday",
    "cache +folder upgrade",
    "cache AND folder upgrade",
    "upgrade breaks the cache sort:created",
    "tar -xvf dump.tar",
    "export -invoice",
    "cache -folder",
    "kill -9 worker",
    "status:500 from gateway",
    "status: open",
    "+0800 export",
    "为什么柜机触摸屏的点击位置偏移了",
    "导出为什么超时",
    "zebra quantum giraffe export",
    "quantum-giraffe.zebra export",
    "com.acme.other.BarException thrown",
    "upgrade-breaks-the-cache-a2b3c4",
    "old-cache-1",
    "It fails since this morning:\nstatus:500 from gateway\n[ERROR] cannot open /var/log/app.log\nnet::ERR_CONN_RESET at com.acme.cache.BarException.init(Bar.java:12)\n\tat com.acme.cache.Other.run(Other.java:9)\nThe export of invoices timed out after 10,000 rows in billing-export v10.2.0.",
    "升级以后\n触摸屏的点击位置整体向右偏了两厘米\n错误代码 E-4711",
];

/// The number of queries that [`queries`] returns.
pub(crate) const QUERIES: usize = 300;

/// Creates the final state of the demo's repository, together with [`MORE`]. Also returns the text of all files.
pub(crate) fn repository() -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q team");
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/files");
    let mut texts = String::new();
    for entry in WalkDir::new(&story).sort_by_file_name().into_iter().map(|entry| entry.unwrap()) {
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(&story).unwrap();
            let bytes = fs::read(entry.path()).unwrap();
            texts.push_str(&String::from_utf8_lossy(&bytes));
            sandbox.write(Path::new("team").join(path), bytes);
        }
    }
    for (path, text) in MORE {
        texts.push_str(text);
        sandbox.write(format!("team/{path}"), text);
    }
    let settings = sandbox.read("team/casebook.yml").replace("publish: answered", "publish: all");
    sandbox.write(
        "team/casebook.yml",
        format!(
            "{settings}\nbusiness_hours: {{ days: [mon, tue, wed, thu, fri], from: \"09:00\", to: \"18:00\" }}\n\
             targets: {{ normal: {{ first_response: 4h, resolution: 16h }}, low: {{ resolution: 9h }} }}\n"
        ),
    );
    sandbox.commit("team", "the story and more");
    (sandbox, texts)
}

/// Returns the queries in [`SPECIAL`], and random queries with words of `texts`.
pub(crate) fn queries(texts: &str) -> Vec<String> {
    let mut random = Random::of(seed());
    let mut below = |end: usize| random.below(end);
    let words: Vec<&str> = texts.split_whitespace().collect();
    let plain: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| word.len() > 4 && word.bytes().all(|byte| byte.is_ascii_alphabetic()))
        .collect();
    let mut found: Vec<String> = SPECIAL.iter().map(|query| (*query).to_owned()).collect();
    while found.len() < QUERIES {
        let (word, other) = (plain[below(plain.len())], plain[below(plain.len())]);
        let at = below(words.len() - 3);
        let near = words[at..at + 3].join(" ").replace(['"', '\\'], "");
        found.push(match found.len() % 10 {
            0 | 1 => format!("{word} {other}"),
            2 => word.to_owned(),
            3 => format!("\"{near}\""),
            4 => format!("{word} -{other}"),
            5 => format!("{}*", &word[..2 + below(word.len() - 2)]),
            6 => {
                let at = 2 + below(word.len() - 3);
                format!("{}{}{}{}", &word[..at], &word[at + 1..at + 2], &word[at..at + 1], &word[at + 2..])
            }
            7 => format!("title:{word} OR {other}"),
            8 => format!("{word} {other} OR {}", words[at].trim_matches(|c: char| !c.is_alphanumeric())),
            _ => format!("body:{word} -answer:{other} sort:created"),
        });
    }
    // A word that had only quotes left two spaces.
    found.iter_mut().for_each(|query| *query = query.replace("  ", " "));
    found
}
