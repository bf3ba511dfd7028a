//! Queries that are refused, and what is suggested instead.

use super::*;

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
