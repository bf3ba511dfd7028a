//! Tests of the query language from the user's point of view.

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

#[test]
fn an_end_of_a_range_can_contain_any_sign() {
    assert_canonical("version:2026-01..:", "version:2026-01..:");
    assert_canonical("version:>:x", "version:>:x");
}

/// Checks the error of `text`: the marked bytes, the message and the help.
#[track_caller]
fn assert_error(text: &str, marked: &str, message: &str, help: &str) {
    let error = Query::parse(text, &vocabulary()).expect_err("an error");
    assert_eq!(&text[error.span.clone()], marked, "{error}");
    assert!(error.message.contains(message) && error.help.contains(help), "{error}");
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
fn an_unknown_key_suggests_the_most_similar_key() {
    assert_error("a staus:open", "staus", "unknown key `staus`", "did you mean `status:`?");
    assert_error("enviroment:x", "enviroment", "unknown key", "`environment:`");
    assert_error("fields.vesion:x", "fields.vesion", "unknown key", "`fields.version:`");
    assert_error("zebra:stripes", "zebra", "unknown key", r#"quote it: `"zebra:stripes"`"#);
    assert_error(r#"priorty:"high""#, "priorty", "unknown key", "`priority:`");
}

#[test]
fn an_unknown_value_suggests_the_most_similar_value() {
    assert_error("status:opne", "opne", "unknown value `opne` of `status:`", "`status:open`");
    assert_error("is:open,zebra", "zebra", "unknown value", "one of open, pending");
    assert_error("priority:>=hihg", ">=hihg", "unknown value", "`priority:high`");
    assert_error("sort:-craeted", "-craeted", "unknown value", "`sort:created`");
    assert_error("status:>open", ">open", "does not support comparisons", "status:a,b");
    for age in ["99999999999999999y", "99999999999999999999s", "9223372036854775807mo"] {
        assert_error(
            &format!("created:>{age}"),
            &format!(">{age}"),
            "not a time",
            "a shorter age (`created:<10y`)",
        );
    }
    assert_error("created:..", "..", "at least one end", "created:a..");
    assert_error("rows:many", "many", "not a number", "rows:12");
    assert_error("version:>2.*", ">2.*", "cannot be used in a comparison", "");
}

#[test]
fn an_unknown_value_that_people_mean_otherwise_suggests_the_condition() {
    for (query, condition) in [
        ("is:mine", "assignee:me"),
        ("is:closed", "is:resolved"),
        ("status:closed", "status:resolved"),
        ("status:Done", "status:resolved"),
        ("status:all", "is:any"),
        ("status:unresolved", "is:unresolved"),
        ("status:overdue", "is:overdue"),
        ("status:waiting", "status:pending"),
        ("is:urgent", "priority:urgent"),
        ("is:fixed", "resolution:fixed"),
        ("is:answer", "has:answer"),
        ("priority:critical", "priority:urgent"),
        ("priority:medium", "priority:normal"),
        ("sort:newest", "sort:-created"),
    ] {
        let value = query.split_once(':').unwrap().1;
        assert_error(query, value, "unknown value", &format!("did you mean `{condition}`?"));
    }
    assert_error("sort:mine", "mine", "unknown value", "write one of relevance");
    // Each suggestion is a valid query.
    let vocabulary = Vocabulary { me: true, ..Vocabulary::default() };
    for (_, condition) in MEANT {
        assert!(Query::parse(condition, &vocabulary).is_ok(), "{condition}");
    }
}

#[test]
fn an_incomplete_query_gets_a_suggestion() {
    assert_error("a \"b c", "\"b c", "missing closing quote", "`\"b c\"`");
    assert_error("tag:\"b c", "\"b c", "missing closing quote", "`\"b c\"`");
    assert_error("a OR", "OR", "both sides", "`\"OR\"`");
    assert_error("OR a", "OR", "both sides", "");
    assert_error("a OR OR b", "OR", "both sides", "");
    assert_error("a AND", "AND", "both sides", "");
    assert_error("a - b", "-", "needs a term after it", "`-word`");
    assert_error("a -", "-", "needs a term after it", "`-word`");
    assert_error("NOT", "NOT", "needs a term after it", "");
    assert_error("a ()", "()", "parentheses are empty", "");
    assert_error("a \"\"", "\"\"", "quotes are empty", "");
    assert_error("(a OR b", "(", "missing closing parenthesis", "`(a OR b)`");
    assert_error("a) b", ")", "unmatched", "");
    assert_error("status:", ":", "needs a value", "open, pending");
    assert_error("tag:a,", ",", "missing value after the comma", "");
    assert_error("*", "*", "missing beginning", "");
    assert_error("(a sort:created)", "sort:created", "whole query", "outside");
    assert_error("sort:id sort:title", "sort:title", "duplicate", "");
    assert_error("-sort:id", "-", "cannot be negated", "sort:-created");
    assert_error("title:*", "*", "needs a word", "");
}

#[test]
fn me_needs_a_current_user() {
    let error = Query::parse("assignee:me", &Vocabulary::default()).expect_err("an error");
    assert_eq!((error.span, error.message.as_str()), (9..11, "`me` is not available here"));
    assert!(Query::parse("assignee:\"me\" requester:mei", &Vocabulary::default()).is_ok());
}

#[test]
fn a_query_tells_whether_it_selects_statuses() {
    let names = |text: &str| Query::parse(text, &vocabulary()).unwrap().selects_status();
    assert!(names("is:any") && names("a -(status:resolved)") && names("resolved:>7d"));
    assert!(!names("a tag:open is:unassigned") && !names(""));
}

#[test]
fn huge_and_deep_queries_are_refused_quickly() {
    for (text, message) in [
        ("a ".repeat(50_000), "the limit is 16384"),
        ("(".repeat(10_000), "deep"),
        ("-(".repeat(5_000), "deep"),
        ("NOT ".repeat(4_000), "deep"),
        (format!("{}a{}", "(".repeat(65), ")".repeat(65)), "deep"),
        (format!("\"{}", "\\".repeat(16_000)), "missing closing quote"),
    ] {
        let error = Query::parse(&text, &vocabulary()).expect_err("an error");
        assert!(error.message.contains(message), "{error}");
        assert!(error.to_string().len() < 1_000);
    }
    assert!(Query::parse(&format!("{}a{}", "(".repeat(64), ")".repeat(64)), &vocabulary()).is_ok());
}

#[test]
fn the_first_word_or_value_beyond_the_limit_is_reported() {
    let (message, help) = ("the limit is 256", "a few specific words");
    let words: Vec<String> = (0..257).map(|number| format!("w{number}")).collect();
    assert!(Query::parse(&words[..256].join(" OR "), &vocabulary()).is_ok());
    assert_error(&words.join(" "), "w256", message, help);
    assert_error(&words.join("* OR ").replace("w256", "(w256*)"), "w256*", message, help);
    assert_error(&format!("-id:{}", words.join(",")), "w256", message, help);
    assert_error(&format!("title:a,\"b c\" id:{}", words[..254].join(",")), "w253", message, help);
    // Each word of a phrase or identifier has postings, and so does each character of a script without spaces.
    let phrase = format!("\"{}\"", words.join(" "));
    assert_error(&format!("a {phrase} b"), &phrase, message, help);
    assert_error(&words.join("."), &words.join("."), message, help);
    assert!(Query::parse(&"导".repeat(256), &vocabulary()).is_ok());
    assert_error(&format!("{} 出", "导".repeat(256)), "出", message, help);
    assert_error(&"! ".repeat(257), "!", message, help);
    assert_error(&"sort:id ".repeat(2), "sort:id", "duplicate", "");
    assert_error(&format!("sort:{}", ["id"; 257].join(",")), "id", message, help);
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
