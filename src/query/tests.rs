//! Tests of the query language from the user's point of view.

mod mistakes;

use proptest::prelude::*;

use super::*;

fn vocabulary() -> Vocabulary {
    let field = |name: &str, kind| FieldKey { name: name.into(), kind };
    Vocabulary {
        fields: vec![
            field("environment", ValueKind::Text),
            field("version", ValueKind::Text),
            field("rows", ValueKind::Number),
            field("due", ValueKind::Time),
            field("x_status", ValueKind::Text),
        ],
        me: true,
        ..Vocabulary::default()
    }
}

/// Returns the query with all its groups in parentheses, to show how it was parsed.
fn shape(expr: &Expr) -> String {
    let list = |all: &[Expr], between| all.iter().map(shape).collect::<Vec<_>>().join(between);
    match expr {
        Expr::And(all) => format!("({})", list(all, " & ")),
        Expr::Or(all) => format!("({})", list(all, " | ")),
        Expr::Not(inner) => format!("!{}", shape(inner)),
        Expr::Text(text) => format!("{text:?}"),
        Expr::Field(test) => test.to_string(),
    }
    .replace('"', "'")
}

#[track_caller]
fn assert_shape(text: &str, expected: &str) {
    let query = Query::parse(text, &vocabulary()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(query.expr.as_ref().map(shape).unwrap_or_default(), expected);
}

#[track_caller]
fn assert_canonical(text: &str, expected: &str) {
    let query = Query::parse(text, &vocabulary()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(query.to_string(), expected);
    assert_eq!(Query::parse(expected, &vocabulary()).as_ref(), Ok(&query));
}

/// Checks the error of `text`: the marked bytes, the message and the help.
#[track_caller]
fn assert_error(text: &str, marked: &str, message: &str, help: &str) {
    let error = Query::parse(text, &vocabulary()).expect_err("an error");
    assert_eq!(&text[error.span.clone()], marked, "{error}");
    assert!(error.message.contains(message) && error.help.contains(help), "{error}");
}

#[test]
fn an_end_of_a_range_can_contain_any_sign() {
    assert_canonical("version:2026-01..:", "version:2026-01..:");
    assert_canonical("version:>:x", "version:>:x");
}

#[test]
fn terms_are_joined_with_and_which_binds_tighter_than_or() {
    assert_shape("a b", "(Word('a') & Word('b'))");
    assert_shape("a b OR c", "((Word('a') & Word('b')) | Word('c'))");
    assert_shape("a (b OR c) d", "(Word('a') & (Word('b') | Word('c')) & Word('d'))");
    assert_shape("a AND b or", "(Word('a') & Word('b') & Word('or'))");
    assert_shape("((a)) (b (c))", "(Word('a') & Word('b') & Word('c'))");
    assert_shape("  ", "");
}

#[test]
fn minus_and_not_negate_a_term_or_a_group() {
    assert_shape("-aa -\"b c\" -tag:noise", "(!Word('aa') & !Phrase('b c') & !tag:noise)");
    assert_shape("-(a OR b)", "!(Word('a') | Word('b'))");
    assert_shape("NOT a", "!Word('a')");
    assert_shape("-(-(a))", "!!Word('a')");
    assert_shape("time-out --force", "(Word('time-out') & Word('--force'))");
    assert_shape(
        "tar -x -9 --all -xvf",
        "(Word('tar') & Word('-x') & Word('-9') & Word('--all') & !Word('xvf'))",
    );
}

#[test]
fn a_name_before_a_blank_or_a_number_is_a_word_and_a_plus_requires_a_word() {
    assert_shape("status: open", "(Word('status:') & Word('open'))");
    assert_shape("status:500 from gateway", "(Word('status:500') & Word('from') & Word('gateway'))");
    assert_shape(
        "version:2.14 staus:500 priority:1",
        "(version:2.14 & Word('staus:500') & Word('priority:1'))",
    );
    // A wrong time would find nothing as a word.
    for (key, time) in [("created", "2026-13"), ("newer", "1week"), ("older", "7"), ("updated", "2026-11-31")]
    {
        assert_error(&format!("{key}:{time}"), time, "is not a", &format!("quote them: `\"{key}:{time}\"`"));
    }
    assert_shape("C++ +0800 +export", "(Word('C++') & Word('+0800') & Word('export'))");
    assert_error("status:opne", "opne", "unknown value", "quote them: `\"status:opne\"`");
    let required = |text: &str| Query::parse(text, &vocabulary()).unwrap().required;
    assert_eq!(required("a +export b"), [TextPattern::Word("export".into())]);
    assert_eq!(required("a AND b c"), ["a", "b"].map(|word| TextPattern::Word(word.into())));
    assert_eq!(required("+a OR b"), []);
}

#[test]
fn words_are_a_question_and_the_rest_are_conditions() {
    let split = |text: &str| {
        let (words, rest) = Query::parse_question(text, &vocabulary()).unwrap().question();
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        (words.join(" "), rest.map(|rest| rest.to_string()).unwrap_or_default())
    };
    let of = |words: &str, rest: &str| (words.to_owned(), rest.to_owned());
    assert_eq!(
        split("why is expor* +slow -fast \"a b\" tag:x"),
        of("why is expor*", "slow -fast \"a b\" tag:x")
    );
    assert_eq!(split("(a OR b) c"), of("c", "a OR b"));
    assert_eq!(split("a OR b"), of("", "a OR b"));
    assert_eq!(
        Query::parse_question("one\nstatus:open", &vocabulary()).unwrap().text.as_deref(),
        Some("one\nstatus:open")
    );
    assert!(Query::parse_question(&"word ".repeat(41), &vocabulary()).unwrap().text.is_some());
}

#[test]
fn a_phrase_is_quoted_and_a_prefix_ends_with_a_star() {
    assert_shape(r#""out of memory""#, "Phrase('out of memory')");
    assert_shape(r#""say \"no\" to C:\temp""#, r"Phrase('say \'no\' to C:\\temp')");
    assert_shape("expor*", "Prefix('expor')");
    assert_shape(r#"foo"bar baz""#, "(Word('foo') & Phrase('bar baz'))");
    assert_shape(r#""OR""#, "Phrase('OR')");
}

#[test]
fn a_word_that_contains_a_colon_is_not_always_a_key() {
    for word in [
        "https://acme.example/a?b=c",
        "std::vec",
        "id::new",
        "10:30",
        "main.rs:12",
        "localhost:8080",
        "Error:",
        "C:\\temp",
        "/a:b",
        "foo.bar:baz",
        "error:/var/log",
        "main()",
        "发票:导出",
        ":-D",
    ] {
        assert_eq!(
            Query::parse(word, &vocabulary()).map(|query| query.expr),
            Ok(Some(Expr::Text(TextPattern::Word(word.into())))),
            "{word}"
        );
    }
    assert_shape("Error: main() f(x)", "(Word('Error:') & Word('main()') & Word('f') & Word('x'))");
}

#[test]
fn every_kind_of_value_is_read() {
    for canonical in [
        "status:open,pending",
        "is:on-hold",
        "has:answer",
        "assignee:me",
        "assignee:*",
        "requester:lena",
        "author:\"me\"",
        "service:billing-api",
        "tag:\"two words\",x",
        "priority:>=high",
        "priority:low..high",
        "priority:..normal",
        "template:inc*",
        "created:>7d",
        "created:<2026-01-01",
        "created:2026",
        "created:today",
        "created:2026-01..2026-03",
        "created:2026-01..",
        "created:..2026-03-05",
        "created:30d..7d",
        "updated:>=2026-01-01T10:00:00Z",
        "title:timeout",
        "title:\"time out\"",
        "title:time*,expo*",
        "environment:production",
        "version:>=2.14",
        "version:2.0..3",
        "version:2.14*",
        "rows:>10000",
        "due:<2026-12-24",
        "fields.x_status:a",
        "source:https://acme.example/browse/FLUID-115",
        "path:/console/billing*",
        "id:k7f3qa",
        "related:x",
        "has:attachment sort:-priority,created",
        "sort:created",
    ] {
        let expected = canonical.replace("fields.x_status", "x_status");
        assert_canonical(canonical, &expected);
    }
}

#[test]
fn a_query_is_displayed_in_canonical_form() {
    assert_canonical("  Status:OPEN   tags:x ", "status:open tag:x");
    assert_canonical("sort:-created a OR (b  c)", "a OR b c sort:-created");
    assert_canonical("duplicate-of:\"x\"", "duplicate_of:x");
    assert_canonical("NOT aa AND NOT (bb)", "-aa -bb");
    assert_canonical("NOT --force", "-(--force)");
    assert_canonical("tag:a..b", "tag:\"a..b\"");
}

#[test]
fn a_query_tells_whether_it_selects_statuses() {
    let names = |text: &str| Query::parse(text, &vocabulary()).unwrap().selects_status();
    assert!(names("is:any") && names("a -(status:resolved)") && names("resolved:>7d"));
    assert!(!names("a tag:open is:unassigned") && !names(""));
}

#[test]
fn duplicate_terms_are_removed() {
    assert_shape("a OR b OR a", "(Word('a') | Word('b'))");
    assert_shape("\"the fluid\" OR \"the fluid\"", "Phrase('the fluid')");
    assert_shape("a -bb a -bb", "(Word('a') & !Word('bb'))");
    assert_shape("(a OR b) (a OR b) OR c", "(Word('a') | Word('b') | Word('c'))");
    assert_shape("(a b OR a b) c", "(Word('a') & Word('b') & Word('c'))");
    assert_shape("body:e* OR body:e* OR answer:e*", "(body:e* | answer:e*)");
    assert_shape("a a* \"a\" A", "(Word('a') & Prefix('a') & Phrase('a') & Word('A'))");
    assert_canonical("tag:a,b,a sort:-created,id,created", "tag:a,b sort:-created,id");
}

/// Generates random queries from fragments.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
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
        "is:",
        "tag:",
        "x,y",
        ",",
        "\"me\"",
        "me",
        "assignee:",
        "created:",
        ">7d",
        "2026-01..",
        "..",
        "<",
        "sort:-id",
        "title:",
        "std::vec",
        "Error:",
        "rows:",
        "1.5",
        "fields.",
        "version:",
        "导出",
        ":",
        "https://x",
        "\u{301}",
        "\t",
    ]);
    let space = prop::sample::select(vec!["", " ", " "]);
    prop::collection::vec((piece, space), 0..14)
        .prop_map(|all| all.into_iter().map(|(piece, space)| format!("{piece}{space}")).collect())
}

proptest! {
    #![proptest_config(crate::trials::trials(2_000))]

    #[test]
    fn the_canonical_form_is_parsed_as_the_same_query(text in pieces()) {
        if let Ok(query) = Query::parse(&text, &vocabulary()) {
            let written = query.to_string();
            let again = Query::parse(&written, &vocabulary());
            prop_assert_eq!(again.as_ref().map_err(ToString::to_string), Ok(&query), "{} -> {}", text, written);
            prop_assert_eq!(again.map(|query| query.to_string()).unwrap_or_default(), written);
        }
    }

    #[test]
    fn any_text_is_a_query_or_an_error_with_a_position(text in ".*|[ -~]{0,40}") {
        if let Err(error) = Query::parse(&text, &vocabulary()) {
            prop_assert!(text.get(error.span.clone()).is_some());
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
