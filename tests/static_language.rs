//! The search page of a static site reads texts and queries like the engine: the same tokens, stems, queries and errors.

use std::fs;

use casebook::internals::{
    index::{
        TextPattern,
        tokens::{TokenKind, scan, stem},
    },
    query::{Comparison, Expr, FieldKey, Key, Moment, Query, QueryValue, ValueKind, ValueTest, Vocabulary},
    text::Time,
};
use serde_json::{Value as Json, json};

use crate::{
    browser::{Browser, serve_files},
    language_samples::{TEXTS, queries, story, words},
    sandbox::Sandbox,
    trials::{Random, seed},
};

fn vocabulary() -> Vocabulary {
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

/// Builds a site whose templates have the fields of [`vocabulary`], and opens its search page in the browser.
fn site(sandbox: &Sandbox, browser: &Browser) {
    sandbox.team("team").write(
        "team/ticket-templates/a.md",
        "---\ntitle: A\nfields:\n  version: { type: text }\n  rows: { type: number }\n  due: { type: date }\n  \
         x_status: { type: text }\n---\n",
    );
    sandbox.casebook("team", "build --out ../site").ok();
    browser.open(&format!("{}search/index.html", serve_files(sandbox.path("site"))));
}

/// Runs `script` on the page and returns its result. In the script, `it` is the module `name`, and `given` is the input.
#[track_caller]
fn ask(sandbox: &Sandbox, browser: &Browser, name: &str, script: &str, given: Json) -> Json {
    let file = module(sandbox, name);
    let script = format!(
        "const [given, done] = arguments;\
         import('../assets/search/{file}').then(async (it) => {{ {script} }}).catch((error) => done(String(error.stack)));"
    );
    browser.ask(&script, vec![given])
}

/// Returns the file name of the module `name`.
fn module(sandbox: &Sandbox, name: &str) -> String {
    let folder = fs::read_dir(sandbox.path("site/assets/search")).unwrap();
    let mut files = folder.map(|file| file.unwrap().file_name().into_string().unwrap());
    files.find(|file| file.split('.').next() == Some(name)).unwrap_or_else(|| panic!("no module {name}"))
}

/// Splits `text` like the engine. Returns the kind, surface, position, start and end of each token, with offsets in UTF-16.
fn tokens(text: &str) -> Vec<Json> {
    let units = |end: usize| text[..end].encode_utf16().count();
    let mut found = Vec::new();
    scan(text, |token| {
        let kind = match token.kind {
            TokenKind::Word => "word",
            TokenKind::Char => "char",
            TokenKind::Pair => "pair",
            TokenKind::Part => "part",
            TokenKind::Joined => "joined",
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

/// Returns the list of results from the page, which must have `count` items.
#[track_caller]
fn answers(here: &Json, count: usize) -> &[Json] {
    let answers = here.as_array().unwrap_or_else(|| panic!("{here}"));
    assert_eq!(answers.len(), count);
    answers
}

#[test]
fn the_search_page_reads_texts_and_queries_like_the_engine() {
    let (sandbox, browser) = (Sandbox::new(), Browser::start());
    site(&sandbox, &browser);

    let mut texts = story();
    texts.extend(TEXTS.iter().map(|text| (*text).to_owned()));
    let mut random = Random::of(seed());
    let characters: Vec<char> = TEXTS.concat().chars().collect();
    texts.extend((0..600).map(|_| {
        let length = 1 + random.below(30);
        (0..length).map(|_| characters[random.below(characters.len())]).collect()
    }));
    let script = "done(given.map((text) => {\
        const found = [];\
        it.scan(text, (t) => found.push([t.kind, t.surface, t.position, t.start, t.end]));\
        return found;\
      }));";
    let here = ask(&sandbox, &browser, "tokens", script, json!(texts));
    let here = answers(&here, texts.len());
    for (text, here) in texts.iter().zip(here) {
        let expected = tokens(text);
        let first = expected.iter().zip(here.as_array().unwrap()).find(|(a, b)| a != b);
        assert!(*here == json!(expected), "{text:?}: first {first:?}");
    }

    let words = words(&texts);
    assert!(words.len() > 30_000, "{}", words.len());
    let expected: Vec<_> = words.iter().map(|word| stem(word).into_owned()).collect();
    let here = ask(&sandbox, &browser, "stem", "done(given.map(it.stem));", json!(words));
    let here = answers(&here, words.len());
    for ((word, stem), here) in words.iter().zip(expected).zip(here) {
        assert_eq!(*here, json!(stem), "the stem of {word}");
    }

    let queries = queries();
    let script =
        "const engine = await it.Engine.open(new URL('.', location.href)); done(engine.manifest.language);";
    let language = ask(&sandbox, &browser, "engine", script, Json::Null);
    // Each query as it is parsed, with a tag added, and with the same tag removed again.
    let script = "const { narrowed } = await import(`../assets/search/${given.narrow}`);\
      const parse = (text) => it.parse(text, given.language);\
      const asJson = ({ expr, sort }) =>\
        JSON.parse(JSON.stringify({ expr, sort }, (key, value) =>\
          ['start', 'end'].includes(key) ? undefined : key === 'key' ? value.kind : value));\
      const read = (text) => {\
        try {\
          const query = parse(text);\
          it.parseUnfinished(text, given.language);\
          const more = parse(narrowed(query, 'tag', 'x \"y').text);\
          return [query, more, parse(narrowed(more, 'tag', 'X \"Y').text)].map(asJson);\
        } catch (error) { return String(error); }\
      };\
      done(given.queries.map(read));";
    let given = json!({ "language": &language, "queries": queries, "narrow": module(&sandbox, "narrow") });
    let here = ask(&sandbox, &browser, "query", script, given);
    let tag = query_json(&Query::parse("tag:\"x \\\"y\"", &vocabulary()).unwrap())["expr"].clone();
    let mut good = 0;
    let here = answers(&here, queries.len());
    for (query, here) in queries.iter().zip(here) {
        match Query::parse(query, &vocabulary()) {
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
    // A key that was renamed.
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
        QueryValue::Missing => json!({ "missing": true }),
        QueryValue::Time(moment) => json!({ "time": moment_json(moment) }),
    }
}

fn moment_json(moment: &Moment) -> Json {
    let date = |date: &dyn std::fmt::Display| -> Json {
        date.to_string().split('-').map(|part| part.parse::<i64>().unwrap()).collect()
    };
    match moment {
        // JavaScript has no exact integers beyond 2^53.
        Moment::Ago(seconds, written) if *seconds > 1 << 53 => {
            json!({ "ago": *seconds as f64, "written": written })
        }
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
