//! The query language as its users write it.

use proptest::prelude::*;

use super::*;

fn known() -> Vocabulary {
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

/// The query with all its groups in parentheses, so that a test sees how it was understood.
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
    let query = Query::parse(text, &known()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(query.expr.as_ref().map(shape).unwrap_or_default(), expected);
}

#[track_caller]
fn assert_canonical(text: &str, expected: &str) {
    let query = Query::parse(text, &known()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(query.to_string(), expected);
    assert_eq!(Query::parse(expected, &known()).as_ref(), Ok(&query));
}

#[test]
fn an_end_of_a_range_may_be_any_sign() {
    assert_canonical("version:2026-01..:", "version:2026-01..:");
    assert_canonical("version:>:x", "version:>:x");
}

/// The error of `text`: the marked bytes, the message, the help.
#[track_caller]
fn assert_error(text: &str, marked: &str, message: &str, help: &str) {
    let error = Query::parse(text, &known()).expect_err("an error");
    assert_eq!(&text[error.span.clone()], marked, "{error}");
    assert!(error.message.contains(message) && error.help.contains(help), "{error}");
}

#[test]
fn terms_are_anded_and_or_binds_less() {
    assert_shape("a b", "(Word('a') & Word('b'))");
    assert_shape("a b OR c", "((Word('a') & Word('b')) | Word('c'))");
    assert_shape("a (b OR c) d", "(Word('a') & (Word('b') | Word('c')) & Word('d'))");
    assert_shape("a AND b or", "(Word('a') & Word('b') & Word('or'))");
    assert_shape("((a)) (b (c))", "(Word('a') & Word('b') & Word('c'))");
    assert_shape("  ", "");
}

#[test]
fn minus_and_not_negate_a_term_or_a_group() {
    assert_shape("-a -\"b c\" -tag:noise", "(!Word('a') & !Phrase('b c') & !tag:noise)");
    assert_shape("-(a OR b)", "!(Word('a') | Word('b'))");
    assert_shape("NOT a", "!Word('a')");
    assert_shape("-(-(a))", "!!Word('a')");
    assert_shape("time-out --force", "(Word('time-out') & Word('--force'))");
}

#[test]
fn phrases_stand_in_quotes_and_prefixes_before_a_star() {
    assert_shape(r#""out of memory""#, "Phrase('out of memory')");
    assert_shape(r#""say \"no\" to C:\temp""#, r"Phrase('say \'no\' to C:\\temp')");
    assert_shape("expor*", "Prefix('expor')");
    assert_shape(r#"foo"bar baz""#, "(Word('foo') & Phrase('bar baz'))");
    assert_shape(r#""OR""#, "Phrase('OR')");
}

#[test]
fn a_colon_in_a_word_is_no_key() {
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
            Query::parse(word, &known()).map(|query| query.expr),
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
fn a_query_is_rewritten_in_its_canonical_form() {
    assert_canonical("  Status:OPEN   tags:x ", "status:open tag:x");
    assert_canonical("sort:-created a OR (b  c)", "a OR b c sort:-created");
    assert_canonical("duplicate-of:\"x\"", "duplicate_of:x");
    assert_canonical("NOT a AND NOT (b)", "-a -b");
    assert_canonical("NOT --force", "-(--force)");
    assert_canonical("tag:a..b", "tag:\"a..b\"");
}

#[test]
fn an_unknown_key_names_the_nearest() {
    assert_error("a staus:open", "staus", "unknown key `staus`", "did you mean `status:`?");
    assert_error("enviroment:x", "enviroment", "unknown key", "`environment:`");
    assert_error("fields.vesion:x", "fields.vesion", "unknown key", "`fields.version:`");
    assert_error("zebra:stripes", "zebra", "unknown key", r#"quote it: `"zebra:stripes"`"#);
    assert_error(r#"priorty:"high""#, "priorty", "unknown key", "`priority:`");
}

#[test]
fn an_unknown_value_of_a_closed_set_names_the_nearest() {
    assert_error("status:opne", "opne", "unknown value `opne` of `status:`", "`status:open`");
    assert_error("is:open,closed", "closed", "unknown value", "one of open, pending");
    assert_error("priority:>=hihg", ">=hihg", "unknown value", "`priority:high`");
    assert_error("sort:-craeted", "-craeted", "unknown value", "`sort:created`");
    assert_error("status:>open", ">open", "has no order", "status:a,b");
    assert_error("created:2026-13", "2026-13", "not a time", "created:>7d");
    assert_error("created:7days", "7days", "not a time", "`created:>7d`");
    assert_error("created:3months", "3months", "not a time", "`created:>3mo`");
    for age in ["99999999999999999y", "99999999999999999999s", "9223372036854775807mo"] {
        assert_error(
            &format!("created:>{age}"),
            &format!(">{age}"),
            "not a time",
            "a shorter age (`created:<10y`)",
        );
    }
    assert_error("created:7d", "7d", "is an age", "`created:>7d`");
    assert_error("created:..", "..", "at least one end", "created:a..");
    assert_error("rows:many", "many", "not a number", "rows:12");
    assert_error("version:>2.*", ">2.*", "cannot be compared", "");
}

#[test]
fn what_is_not_finished_says_how_it_could_be() {
    assert_error("a \"b c", "\"b c", "never closed", "`\"b c\"`");
    assert_error("tag:\"b c", "\"b c", "never closed", "`\"b c\"`");
    assert_error("a OR", "OR", "both sides", "`\"OR\"`");
    assert_error("OR a", "OR", "both sides", "");
    assert_error("a OR OR b", "OR", "both sides", "");
    assert_error("a AND", "AND", "both sides", "");
    assert_error("a - b", "-", "negates nothing", "`-word`");
    assert_error("a -", "-", "negates nothing", "`-word`");
    assert_error("NOT", "NOT", "negates nothing", "");
    assert_error("a ()", "()", "nothing between", "");
    assert_error("a \"\"", "\"\"", "nothing between", "");
    assert_error("(a OR b", "(", "never closed", "`(a OR b)`");
    assert_error("a) b", ")", "closes nothing", "");
    assert_error("status:", ":", "needs a value", "open, pending");
    assert_error("status: open", ":", "needs a value", "");
    assert_error("tag:a,", ",", "missing after the comma", "");
    assert_error("*", "*", "needs the beginning", "");
    assert_error("(a sort:created)", "sort:created", "whole query", "outside");
    assert_error("sort:id sort:title", "sort:title", "twice", "");
    assert_error("-sort:id", "-", "cannot be left out", "sort:-created");
    assert_error("title:*", "*", "needs a word", "");
}

#[test]
fn me_needs_somebody_who_asks() {
    let error = Query::parse("assignee:me", &Vocabulary::default()).expect_err("an error");
    assert_eq!((error.span, error.message.as_str()), (9..11, "nobody is known as `me` here"));
    assert!(Query::parse("assignee:\"me\" requester:mei", &Vocabulary::default()).is_ok());
}

#[test]
fn a_queue_knows_whether_a_query_names_a_state() {
    let names = |text: &str| Query::parse(text, &known()).unwrap().names_a_state();
    assert!(names("is:any") && names("a -(status:resolved)") && names("resolved:>7d"));
    assert!(!names("a tag:open is:unassigned") && !names(""));
}

#[test]
fn huge_and_deep_queries_are_refused_quickly() {
    for (text, message) in [
        ("a ".repeat(50_000), "at most"),
        ("(".repeat(10_000), "deep"),
        ("-(".repeat(5_000), "deep"),
        ("NOT ".repeat(4_000), "deep"),
        (format!("{}a{}", "(".repeat(65), ")".repeat(65)), "deep"),
        (format!("\"{}", "\\".repeat(16_000)), "never closed"),
    ] {
        let error = Query::parse(&text, &known()).expect_err("an error");
        assert!(error.message.contains(message), "{error}");
        assert!(error.to_string().len() < 1_000);
    }
    assert!(Query::parse(&format!("{}a{}", "(".repeat(64), ")".repeat(64)), &known()).is_ok());
}

#[test]
fn a_query_has_so_many_words_and_values_and_the_first_that_is_too_many_is_shown() {
    let (message, help) = ("at most 256 words and values", "a few telling words");
    let words: Vec<String> = (0..257).map(|number| format!("w{number}")).collect();
    assert!(Query::parse(&words[..256].join(" OR "), &known()).is_ok());
    assert_error(&words.join(" "), "w256", message, help);
    assert_error(&words.join("* OR ").replace("w256", "(w256*)"), "w256*", message, help);
    assert_error(&format!("-id:{}", words.join(",")), "w256", message, help);
    assert_error(&format!("title:a,\"b c\" id:{}", words[..254].join(",")), "w253", message, help);
    // Each word of a phrase or of an identifier has its postings, and so has each character of a script without spaces.
    let phrase = format!("\"{}\"", words.join(" "));
    assert_error(&format!("a {phrase} b"), &phrase, message, help);
    assert_error(&words.join("."), &words.join("."), message, help);
    assert!(Query::parse(&"导".repeat(256), &known()).is_ok());
    assert_error(&format!("{} 出", "导".repeat(256)), "出", message, help);
    assert_error(&"! ".repeat(257), "!", message, help);
    assert_error(&"sort:id ".repeat(2), "sort:id", "twice", "");
    assert_error(&format!("sort:{}", ["id"; 257].join(",")), "id", message, help);
}

#[test]
fn what_is_said_twice_is_said_once() {
    assert_shape("a OR b OR a", "(Word('a') | Word('b'))");
    assert_shape("\"the fluid\" OR \"the fluid\"", "Phrase('the fluid')");
    assert_shape("a -b a -b", "(Word('a') & !Word('b'))");
    assert_shape("(a OR b) (a OR b) OR c", "(Word('a') | Word('b') | Word('c'))");
    assert_shape("(a b OR a b) c", "(Word('a') & Word('b') & Word('c'))");
    assert_shape("body:e* OR body:e* OR answer:e*", "(body:e* | answer:e*)");
    assert_shape("a a* \"a\" A", "(Word('a') & Prefix('a') & Phrase('a') & Word('A'))");
    assert_canonical("tag:a,b,a sort:-created,id,created", "tag:a,b sort:-created,id");
}

/// Queries made of pieces that meet one another in every way.
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
    fn what_parses_is_written_so_that_it_parses_to_the_same(text in pieces()) {
        if let Ok(query) = Query::parse(&text, &known()) {
            let written = query.to_string();
            let again = Query::parse(&written, &known());
            prop_assert_eq!(again.as_ref().map_err(ToString::to_string), Ok(&query), "{} -> {}", text, written);
            prop_assert_eq!(again.map(|query| query.to_string()).unwrap_or_default(), written);
        }
    }

    #[test]
    fn any_text_is_a_query_or_an_error_with_a_place(text in ".*|[ -~]{0,40}") {
        if let Err(error) = Query::parse(&text, &known()) {
            prop_assert!(text.get(error.span.clone()).is_some());
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
