//! Texts, words and queries for the comparison of the search page with the engine.

use std::{collections::BTreeSet, fs};

use casebook::internals::index::tokens::{TokenKind, scan};
use walkdir::WalkDir;

use crate::trials::{Random, seed};

/// Texts that are hard to split into words.
pub(crate) const TEXTS: &[&str] = &[
    "Zeitüberschreitung beim ＥＸＰＯＲＴ, cafe\u{301} ﬁle straße",
    "(ERR_CONN_RESET) net::ERR_CONN: std::vec a_b/c a.b:导",
    "com.foo.BarException HTTPServer iOS parseHTMLDocument XMLHttpRequest2 ÉcoleÀParis АБвГд",
    "10.2.0-rc1 v10.2.0-rc1. v2 V3.4 v1.x 1.2.3.4.5.6.7.8.9.10.11.12.13",
    "/var/log/app.log: C:\\temp\\x.log user@host.example:8080 --force ...wait--what..",
    "the user's disk, the users’ disks, its 'S' x's",
    "导出PDF超时，导 出 v2.1版本 ガイド ｶﾞｲﾄﾞ ラベル 한국어 주소 가 ไทย ພາສາ မြန်မာ",
    "שָׁלוֹם عَرَبِيّ İstanbul ıstanbul ΣΊΣΥΦΟΣ ςσ Ångström ŁÓDŹ æther œuvre þorn đak",
    "ex\u{ad}port zero\u{200b}width join\u{200d}er \u{feff}bom rtl\u{202e}mark e\u{301}\u{302}\u{303}",
    "parseJSONResponse HTTPServer2Fix OAuth2TokenProvider AbCdEfGhIjKlMnOpQrStUvWxYz DiskFullErrorHandlerFactory utf8Decoder",
    "hand-off E-Mail re\u{2011}open a/set-up.md state-of-the-art end-to-end x-1 1-x utf-8 EIP-1559 é-x fooBar-bazQux",
    "C++ C# (c++11) C#语 Notepad++, Objective-C++ .NET ASP.NET /x/.env ..y a+++ Foo#bar C#7 ## i++; x.C# C\\.a Canal+ Ctrl+C C+ é+",
    "2026-03-05T10:15:42.123Z 2026-03-05t10:15+02:00 20260305T101542Z 10:15:42Z 2026/03/05T10Z 1t2 05t10 x2026-03-05T10-15-42Z 10.5:3z",
    "①② ² ½ Ⅷ 𝕏𝟙 𠮷野家 👍🏽 a👍b _under_ __init__ a__b -dash- a-b-c",
    "x\u{301}\u{301}\u{301} \u{301}alone ǅungla ŉ ﬀ ﷺ ㎏ ㍿ Ω Å",
    "line\nbreak\ttab\u{a0}nbsp\u{3000}wide\u{2028}sep",
];

/// Pieces of queries, which are combined at random.
const PIECES: &[&str] = &[
    "a",
    "OR",
    "AND",
    "NOT",
    "-",
    "--x",
    "(",
    ")",
    "()",
    "\"",
    "\\",
    "\"b c\"",
    "*",
    "expor*",
    "status:open",
    "Status:OPNE",
    "is:",
    "is:open,on-hold",
    "has:answr",
    "tag:",
    "tags:x,y",
    ",",
    "\"me\"",
    "me",
    "assignee:",
    "assignee:me",
    "created:",
    ">7d",
    "7d",
    "7days",
    "3months",
    ">99999999999999999y",
    "9223372036854775807s",
    "2026-01..",
    "..2026-13",
    "..",
    "<",
    ">=2026-03-05T10:00:00Z",
    "2026-02-30",
    "today",
    "2026-01-01T25:00:00Z",
    "2026-01-01T10:00:00.5+02:00",
    "9999",
    "sort:-id",
    "sort:craeted",
    "title:",
    "title:time*",
    "body:\"x y\"",
    "std::vec",
    "Error:",
    "rows:",
    "rows:1.5",
    "1e400",
    ".5",
    "fields.",
    "fields.rows:",
    "version:",
    ">2.14",
    "2.*",
    "导出",
    ":",
    "https://x",
    "\u{301}",
    "\t",
    "priority:",
    ">=high",
    "low..",
    "staus:",
    "zebra:x",
    "main()",
    "f(x)",
    "10:30",
    "abcd:8080",
    "duplicate-of:x",
    "due:",
    "newer:",
    "older:7d",
    "newer:2026-03",
    "older:>7d",
    "newer:\"7d\"",
    "older:7days",
    "none",
    "requester:none",
    "assignee:\"none\"",
    "ﬁ",
    "\u{85}",
    "\u{feff}",
    "👍",
];

/// Returns the texts of the demo's repository.
pub(crate) fn story() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/demo/files");
    let files = WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap());
    let files = files.filter(|entry| entry.file_type().is_file());
    files.map(|entry| String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned()).collect()
}

/// Returns the words of `texts`, also with each ending that the English stemmer knows.
pub(crate) fn words(texts: &[String]) -> Vec<String> {
    const ENDINGS: [&str; 32] = [
        "", "s", "es", "ed", "ing", "edly", "ingly", "ly", "er", "ers", "ation", "ational", "ization",
        "izer", "ize", "ness", "fulness", "ousness", "iveness", "ful", "ement", "ment", "able", "ibly",
        "ity", "iviti", "al", "ically", "ogy", "ied", "ies", "'s",
    ];
    let mut words = BTreeSet::new();
    for text in texts {
        scan(text, |token| {
            if matches!(token.kind, TokenKind::Word | TokenKind::Part | TokenKind::Joined) {
                words.insert(token.surface.to_owned());
            }
        });
    }
    let plain: Vec<&String> =
        words.iter().filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())).collect();
    let ended: Vec<String> =
        plain.iter().flat_map(|word| ENDINGS.map(|ending| format!("{word}{ending}"))).collect();
    words.into_iter().chain(ended).collect()
}

/// Returns random queries, and queries near or beyond the limits.
pub(crate) fn queries() -> Vec<String> {
    let mut random = Random::of(seed());
    let mut queries: Vec<String> = (0..4_000)
        .map(|_| {
            let count = random.below(7);
            (0..count)
                .map(|_| format!("{}{}", PIECES[random.below(PIECES.len())], ["", " ", " "][random.below(3)]))
                .collect()
        })
        .collect();
    queries.push("a ".repeat(50_000));
    queries.push("导".repeat(6_000));
    queries.push("导".repeat(5_000));
    for count in [255, 257] {
        let words: Vec<String> = (0..count).map(|number| format!("w{number}")).collect();
        let joints = [" ", " OR ", ".", "* (-", ",", "导", " \"v", "!", " title:", "'s "];
        queries.extend(joints.map(|joint| words.join(joint)));
        queries.extend(
            [" ", "_", ","]
                .map(|joint| format!("body:\"{}\" id:{}", words[..9].join(joint), words.join(","))),
        );
        queries.push(format!("\"{}\"", words.join(" ")));
        queries.push(format!("sort:{}", vec!["-id"; count].join(",")));
        queries.push(format!("{}(", "x* y* ".repeat(count / 2)));
    }
    queries.push("(".repeat(10_000));
    queries.push(format!("{} \"unclosed {}", "a ".repeat(300), "b ".repeat(300)));
    queries.push(format!("{}: x", "very-long-key".repeat(9)));
    queries
}
