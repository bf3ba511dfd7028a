//! Tests of the names that are found in texts.

use std::{borrow::Cow, sync::Arc, time::Instant};

use super::InternalNames;
use crate::{
    repo::{CacheSlot, MemorySource},
    store::load,
};

fn names_of(internal: &[(&str, &str)], public: &[(&str, &str)]) -> InternalNames {
    let mut source = MemorySource::new().with("casebook.yml", "version: 1\n");
    for (tickets, visibility) in [(internal, "internal"), (public, "public")] {
        for (id, front) in tickets {
            let text = format!("---\ntitle: T\nvisibility: {visibility}\n{front}---\n");
            source.insert(format!("tickets/{id}.md").as_str().into(), text);
        }
    }
    InternalNames::of(&load(Arc::new(source), &CacheSlot::nowhere()).unwrap())
}

#[test]
fn the_time_to_redact_a_text_grows_linearly() {
    let names = names_of(&[("merger-plans-m2m3m4", "source: PAY-1\n")], &[]);
    crate::text::growth::assert_linear(|text| {
        names.text(text);
        names.first(text);
        names.words(text);
    });
}

#[track_caller]
fn reads(names: &InternalNames, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(names.text(text), *expected, "{text}");
    }
}

#[test]
fn a_name_is_redacted_in_prose_paths_and_code_in_any_case() {
    let names = names_of(&[("merger-plans-m2m3m4", "aliases: [old-plans-2]\n")], &[]);
    reads(
        &names,
        &[
            ("`Merger-Plans-m2m3m4`, tickets/merger-plans-m2m3m4.md", "`…`, tickets/….md"),
            ("my-merger-plans-m2m3m4 and OLD-PLANS-2", "my-… and …"),
            ("see m2m3m4, and x\\nmerger-plans-m2m3m4", "see …, and x\\n…"),
            ("https://a.example/?q=%6Derger%2Dplans%2Dm2m3m4&x", "https://a.example/?q=…&x"),
            ("**merger**-plans-m2m3m4", "**…"),
            ("参见merger-plans-m2m3m4。", "参见…。"),
            ("nothing of that: merger-plans", "nothing of that: merger-plans"),
            ("old-plans-23", "old-plans-23"),
            // Only the replacement of the second name makes the first one a whole word.
            ("/%6F%6C%64%2D%70%6C%61%6E%73%2D%32merger-plans-m2m3m4", "/……"),
        ],
    );
    assert!(matches!(names.text("nothing here"), Cow::Borrowed(_)));
}

#[test]
fn a_text_in_the_form_of_an_imported_id_is_redacted_unless_it_is_public() {
    let names = names_of(
        &[("fluid-115", "source: FLUID-115\n")],
        &[
            ("fluid-7", "source: FLUID-7\n"),
            ("fluid-8-k7f3qa", "source: https://t.acme.example/browse/FLUID-8\n"),
        ],
    );
    reads(
        &names,
        &[
            ("FLUID-115, fluid-999 and FLUID-7", "…, … and FLUID-7"),
            ("https://t.acme.example/browse/FLUID-8", "https://t.acme.example/browse/FLUID-8"),
            ("https://t.acme.example/browse/FLUID-9 x/FLUID-9", "… x/…"),
            ("two FLUID-115s, fluid-1150", "two …s, …"),
            ("superfluid-115", "superfluid-115"),
        ],
    );
    assert!(names.is_secret("FLUID-115") && names.is_secret("fluid-12") && !names.is_secret("fluid-7"));
}

#[test]
fn plain_number_ids_are_redacted_only_in_references() {
    let names = names_of(&[("t-115", "source: 115\n")], &[("t-7", "source: 7\n")]);
    reads(&names, &[("#115 #116 #7, 115 rows", "#… #… #7, 115 rows"), ("(t-115)", "(t-115)")]);
    assert!(names.is_secret("115") && names.is_secret("116") && !names.is_secret("7"));
}

#[test]
fn a_name_that_is_also_a_word_is_redacted_only_in_references() {
    let names = names_of(&[("hush", ""), ("a-1", ""), ("moonlight", "")], &[]);
    reads(
        &names,
        &[
            ("hush, moonlight and A-1 in prose", "hush, moonlight and A-1 in prose"),
            ("#hush #A-1", "#… #…"),
            ("[x](hush) [y](a-1.md) [z](../11/moonlight/x.log)", "[x](…) [y](….md) [z](../11/…/x.log)"),
            (
                "https://a.example/tickets/hush/ and/or hush/hush",
                "https://a.example/tickets/…/ and/or hush/hush",
            ),
            ("knowledge/hush", "knowledge/…"),
            ("<a href=\"hush\">x</a>", "<a href=\"…\">x</a>"),
        ],
    );
    assert!(names.is_secret("hush") && names.is_secret("tickets/2026/Hush.md") && !names.is_secret("hushed"));
    let words = names.words("Hush, hush #a-1: A-1 is a moonlight-walk");
    assert_eq!(words.into_iter().map(|(_, name)| name).collect::<Vec<_>>(), ["Hush", "A-1"]);
}

#[test]
fn a_public_ticket_keeps_its_id_but_cannot_reveal_the_id_of_another_ticket() {
    let names = names_of(
        &[("plans-m2m3m4", "aliases: [first-one-1]\n")],
        &[("first-one-1", ""), ("other-one-2", "aliases: [plans-m2m3m4]\nsource: PLANS-m2m3m4\n")],
    );
    reads(&names, &[("first-one-1 plans-m2m3m4 PLANS-M2M3M4", "first-one-1 … …")]);
    let names = names_of(&[("x-m2m3m4", "aliases: [bigone-1]\n")], &[("BigOne-1", "")]);
    reads(&names, &[("bigone-1", "bigone-1")]);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "time is measured")]
fn the_time_for_a_text_is_proportional_to_its_length() {
    let names = names_of(&[("a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-b", "source: A-1\n")], &[]);
    let time = |text: &str| {
        let begun = Instant::now();
        names.text(text);
        begun.elapsed()
    };
    for piece in ["a-", "](", "<a", "&", "%6", "#a", "/a", "[", "\\u00", "1", "发"] {
        let (short, long) = (piece.repeat(20_000), piece.repeat(200_000));
        let (short, long) = (time(&short), time(&long));
        assert!(long < short * 60 + std::time::Duration::from_millis(500), "{piece}: {short:?}, {long:?}");
    }
}
