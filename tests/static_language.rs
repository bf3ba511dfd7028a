//! The search page of a static site treats texts and queries in the same way as the engine: the same tokens, stems,
//! meaning and errors.

use std::{collections::BTreeSet, fs};

use casebook::internals::{
    index::{
        TextPattern,
        tokens::{TokenKind, scan, stem},
    },
    query::{Comparison, Expr, FieldKey, Key, Moment, Query, QueryValue, ValueKind, ValueTest, Vocabulary},
    text::Time,
};
use serde_json::{Value as Json, json};
use walkdir::WalkDir;

use crate::{
    browser::{Browser, serve_files},
    sandbox::Sandbox,
};

/// Texts with special cases.
const TEXTS: &[&str] = &[
    "Zeitüberschreitung beim ＥＸＰＯＲＴ, cafe\u{301} ﬁle straße",
    "(ERR_CONN_RESET) net::ERR_CONN: std::vec a_b/c a.b:导",
    "com.foo.BarException HTTPServer iOS parseHTMLDocument XMLHttpRequest2 ÉcoleÀParis АБвГд",
    "10.2.0-rc1 v10.2.0-rc1. v2 V3.4 v1.x 1.2.3.4.5.6.7.8.9.10.11.12.13",
    "/var/log/app.log: C:\\temp\\x.log user@host.example:8080 --force ...wait--what..",
    "the user's disk, the users’ disks, its 'S' x's",
    "导出PDF超时，导 出 v2.1版本 ガイド ｶﾞｲﾄﾞ ラベル 한국어 주소 가 ไทย ພາສາ မြန်မာ",
    "שָׁלוֹם عَرَبِيّ İstanbul ıstanbul ΣΊΣΥΦΟΣ ςσ Ångström ŁÓDŹ æther œuvre þorn đak",
    "ex\u{ad}port zero\u{200b}width join\u{200d}er \u{feff}bom rtl\u{202e}mark e\u{301}\u{302}\u{303}",
    "①② ² ½ Ⅷ 𝕏𝟙 𠮷野家 👍🏽 a👍b _under_ __init__ a__b -dash- a-b-c",
    "x\u{301}\u{301}\u{301} \u{301}alone ǅungla ŉ ﬀ ﷺ ㎏ ㍿ Ω Å",
    "line\nbreak\ttab\u{a0}nbsp\u{3000}wide\u{2028}sep",
];

/// Parts of queries, which are combined in every way.
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
    "ﬁ",
    "\u{85}",
    "\u{feff}",
    "👍",
];

fn known() -> Vocabulary {
    let field = |name: &str, kind| FieldKey { name: name.into(), kind };
    Vocabulary {
        fields: vec![
            field("version", ValueKind::Text),
            field("rows", ValueKind::Number),
            field("due", ValueKind::Time),
            field("x_status", ValueKind::Text),
        ],
        me: false,
        ..Vocabulary::default()
    }
}

/// Builds a site whose templates have the fields of [`known`] and opens it in a browser.
fn site(sandbox: &Sandbox, browser: &Browser) {
    sandbox.team("team").write(
        "team/ticket-templates/a.md",
        "---\ntitle: A\nfields:\n  version: { type: text }\n  rows: { type: number }\n  due: { type: date }\n  \
         x_status: { type: text }\n---\n",
    );
    sandbox.casebook("team", "build --out ../site").ok();
    browser.open(&format!("{}search/index.html", serve_files(sandbox.path("site"))));
}

/// Runs `script` with the module `name` as `it` and the input as `given`, and returns the result.
#[track_caller]
fn ask(sandbox: &Sandbox, browser: &Browser, name: &str, script: &str, given: Json) -> Json {
    let file = module(sandbox, name);
    let script = format!(
        "const [given, done] = arguments;\
         import('../assets/search/{file}').then(async (it) => {{ {script} }}).catch((error) => done(String(error.stack)));"
    );
    browser.ask(&script, vec![given])
}

/// Returns the file of the module `name`.
fn module(sandbox: &Sandbox, name: &str) -> String {
    let folder = fs::read_dir(sandbox.path("site/assets/search")).unwrap();
    let mut files = folder.map(|file| file.unwrap().file_name().into_string().unwrap());
    files.find(|file| file.split('.').next() == Some(name)).unwrap_or_else(|| panic!("no module {name}"))
}

/// Returns the texts of the demo.
fn story() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/demo/files");
    let files = WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap());
    let files = files.filter(|entry| entry.file_type().is_file());
    files.map(|entry| String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned()).collect()
}

fn random(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |end| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % end
    }
}

/// Returns the tokens of `text` as the engine sees them: kind, surface, position, and offsets in UTF-16.
fn tokens(text: &str) -> Vec<Json> {
    let units = |end: usize| text[..end].encode_utf16().count();
    let mut found = Vec::new();
    scan(text, |token| {
        let kind = match token.kind {
            TokenKind::Word => "word",
            TokenKind::Char => "char",
            TokenKind::Pair => "pair",
            TokenKind::Part => "part",
            TokenKind::Whole => "whole",
        };
        found.push(json!([
            kind,
            token.surface,
            token.position,
            units(token.span.start),
            units(token.span.end)
        ]));
    });
    found
}

#[test]
fn a_page_parses_texts_and_queries_like_the_engine() {
    let (sandbox, browser) = (Sandbox::new(), Browser::start());
    site(&sandbox, &browser);

    let mut texts = story();
    texts.extend(TEXTS.iter().map(|text| (*text).to_owned()));
    let mut next = random(3);
    let characters: Vec<char> = TEXTS.concat().chars().collect();
    texts.extend((0..600).map(|_| {
        let length = 1 + next(30);
        (0..length).map(|_| characters[next(characters.len())]).collect()
    }));
    let script = "done(given.map((text) => {\
        const found = [];\
        it.scan(text, (t) => found.push([t.kind, t.surface, t.position, t.start, t.end]));\
        return found;\
      }));";
    let here = ask(&sandbox, &browser, "tokens", script, json!(texts));
    for (text, here) in texts.iter().zip(here.as_array().unwrap_or_else(|| panic!("{here}"))) {
        let expected = tokens(text);
        let first = expected.iter().zip(here.as_array().unwrap()).find(|(a, b)| a != b);
        assert!(*here == json!(expected), "{text:?}: first {first:?}");
    }

    let words = words(&texts);
    assert!(words.len() > 30_000, "{}", words.len());
    let expected: Vec<_> = words.iter().map(|word| stem(word).into_owned()).collect();
    let here = ask(&sandbox, &browser, "stem", "done(given.map(it.stem));", json!(words));
    for ((word, stem), here) in words.iter().zip(expected).zip(here.as_array().unwrap()) {
        assert_eq!(*here, json!(stem), "the stem of {word}");
    }

    let queries = queries();
    let script =
        "const engine = await it.Engine.open(new URL('.', location.href)); done(engine.manifest.language);";
    let language = ask(&sandbox, &browser, "engine", script, Json::Null);
    // The meaning of a query, and its text after a condition was added and removed.
    let script = "const { narrowed } = await import(`../assets/search/${given.narrow}`);\
      const parse = (text) => it.parse(text, given.language);\
      const said = ({ expr, sort }) =>\
        JSON.parse(JSON.stringify({ expr, sort }, (key, value) =>\
          ['start', 'end'].includes(key) ? undefined : key === 'key' ? value.kind : value));\
      const read = (text) => {\
        try {\
          const query = parse(text);\
          it.parseUnfinished(text, given.language);\
          const more = parse(narrowed(query, 'tag', 'x \"y').text);\
          return [query, more, parse(narrowed(more, 'tag', 'X \"Y').text)].map(said);\
        } catch (error) { return String(error); }\
      };\
      done(given.queries.map(read));";
    let given = json!({ "language": &language, "queries": queries, "narrow": module(&sandbox, "narrow") });
    let here = ask(&sandbox, &browser, "query", script, given);
    let tag = query_json(&Query::parse("tag:\"x \\\"y\"", &known()).unwrap())["expr"].clone();
    let mut good = 0;
    for (query, here) in queries.iter().zip(here.as_array().unwrap_or_else(|| panic!("{here}"))) {
        match Query::parse(query, &known()) {
            Ok(parsed) => {
                let parsed = query_json(&parsed);
                let mut narrowed = parsed.clone();
                narrowed["expr"] = match (&parsed["expr"], parsed["expr"]["and"].as_array()) {
                    (Json::Null, _) => tag.clone(),
                    (_, Some(terms)) => json!({ "and": terms.iter().chain([&tag]).collect::<Vec<_>>() }),
                    (one, None) => json!({ "and": [one, tag] }),
                };
                assert_eq!(*here, json!([parsed, narrowed, parsed]), "{query:?}");
                good += 1;
            }
            Err(error) => assert_eq!(*here, json!(error.to_string()), "{query:?}"),
        }
    }
    // A key with a former name.
    let mut language = language;
    let keys = language["keys"].as_array_mut().unwrap();
    keys.iter_mut().find(|key| key["name"] == "tag").unwrap()["former"] = json!(["label", "labels"]);
    let script = "const { renamed, expr } = it.parse('labels:x Label:y tag:z', given.language);\
      done([renamed, expr.and.map(({ field }) => field)]);";
    let here = ask(&sandbox, &browser, "query", script, json!({ "language": language }));
    let renamed = json!([{ "former": "labels", "name": "tag" }, { "former": "Label", "name": "tag" }]);
    assert_eq!(here, json!([renamed, ["tag", "tag", "tag"]]));
    assert!(good > 500 && queries.len() - good > 500, "{good} of {}", queries.len());
}

/// Returns the words of `texts`, each also with every ending that the English stemmer knows.
fn words(texts: &[String]) -> Vec<String> {
    const ENDINGS: [&str; 32] = [
        "", "s", "es", "ed", "ing", "edly", "ingly", "ly", "er", "ers", "ation", "ational", "ization",
        "izer", "ize", "ness", "fulness", "ousness", "iveness", "ful", "ement", "ment", "able", "ibly",
        "ity", "iviti", "al", "ically", "ogy", "ied", "ies", "'s",
    ];
    let mut words = BTreeSet::new();
    for text in texts {
        scan(text, |token| {
            if matches!(token.kind, TokenKind::Word | TokenKind::Part) {
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

fn queries() -> Vec<String> {
    let mut next = random(11);
    let mut queries: Vec<String> = (0..4_000)
        .map(|_| {
            let count = next(7);
            (0..count).map(|_| format!("{}{}", PIECES[next(PIECES.len())], ["", " ", " "][next(3)])).collect()
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

fn query_json(query: &Query) -> Json {
    let sort: Vec<Json> =
        query.sort.iter().map(|key| json!({ "by": key.name(), "descending": key.descending })).collect();
    json!({ "expr": query.expr.as_ref().map(expr_json), "sort": sort })
}

fn expr_json(expr: &Expr) -> Json {
    match expr {
        Expr::And(all) => json!({ "and": all.iter().map(expr_json).collect::<Vec<_>>() }),
        Expr::Or(all) => json!({ "or": all.iter().map(expr_json).collect::<Vec<_>>() }),
        Expr::Not(inner) => json!({ "not": expr_json(inner) }),
        Expr::Text(text) => json!({ "text": text_json(text) }),
        Expr::Field(test) => {
            let name = match &test.key {
                Key::Own(key) => key.name.to_owned(),
                Key::Field(field) => format!("fields.{}", field.name),
            };
            let any_of: Vec<Json> = test.any_of.iter().map(test_json).collect();
            json!({ "field": name, "key": test.key.kind().name(), "anyOf": any_of })
        }
    }
}

fn text_json(text: &TextPattern) -> Json {
    match text {
        TextPattern::Word(word) => json!({ "word": word }),
        TextPattern::Phrase(words) => json!({ "phrase": words }),
        TextPattern::Prefix(stem) => json!({ "prefix": stem }),
    }
}

fn test_json(test: &ValueTest) -> Json {
    match test {
        ValueTest::Is(value) => json!({ "is": value_json(value) }),
        ValueTest::Compare(comparison, value) => {
            let sign = match comparison {
                Comparison::Less => "<",
                Comparison::AtMost => "<=",
                Comparison::More => ">",
                Comparison::AtLeast => ">=",
            };
            json!({ "compare": sign, "to": value_json(value) })
        }
        ValueTest::Range(from, to) => {
            json!({ "range": [from.as_ref().map(value_json), to.as_ref().map(value_json)] })
        }
        ValueTest::Words(text) => json!({ "words": text_json(text) }),
    }
}

fn value_json(value: &QueryValue) -> Json {
    match value {
        QueryValue::Exact(text) => json!({ "exact": text }),
        QueryValue::Fact(fact) => json!({ "exact": fact.name }),
        QueryValue::Prefix(text) => json!({ "prefix": text }),
        QueryValue::Any => json!({ "any": true }),
        QueryValue::Me => json!({ "me": true }),
        QueryValue::Time(moment) => json!({ "time": moment_json(moment) }),
    }
}

fn moment_json(moment: &Moment) -> Json {
    let date = |date: &dyn std::fmt::Display| -> Json {
        date.to_string().split('-').map(|part| part.parse::<i64>().unwrap()).collect()
    };
    match moment {
        Moment::Ago(seconds, written) => json!({ "ago": seconds, "written": written }),
        Moment::DaysBack(days) => json!({ "back": days }),
        Moment::Day(day) => json!({ "day": date(day) }),
        Moment::Month(day) => json!({ "month": date(day) }),
        Moment::Year(day) => json!({ "year": date(day) }),
        Moment::Instant(at) => {
            let time = Time::from(*at);
            json!({ "instant": [time.seconds(), at.subsec_nanosecond()] })
        }
    }
}
