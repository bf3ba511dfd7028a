//! Compares searches of an index with a plain scan of the same texts.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io;

use proptest::prelude::*;

use super::find;
use crate::{
    index::{Index, IndexError, IndexField, IndexHead, ReadAt, build, tokens},
    query::{Query, Vocabulary},
    text::Time,
};

type Texts = Vec<(IndexField, String)>;

fn heads(count: usize) -> Vec<IndexHead> {
    let head = |number: usize| IndexHead {
        key: format!("t{number:04}"),
        created: Time::from_seconds(i64::try_from(number).unwrap() * 10).unwrap(),
        resolved: None,
        stamp: number as u64,
    };
    (0..count).map(head).collect()
}

fn built(texts: &[Texts]) -> Vec<u8> {
    built_of(heads(texts.len()), texts)
}

fn built_of(heads: Vec<IndexHead>, texts: &[Texts]) -> Vec<u8> {
    build(heads, 7, |head, page| {
        for (field, text) in &texts[usize::try_from(head.stamp).unwrap()] {
            page.add(*field, text);
        }
    })
}

fn body(text: &str) -> Texts {
    vec![(IndexField::Body, text.to_owned())]
}

/// Returns the numbers of the documents that match `query`, best first.
#[track_caller]
fn found(index: &Index, query: &str) -> Vec<u32> {
    let query = Query::parse(query, &Vocabulary::default()).unwrap_or_else(|error| panic!("{error}"));
    find(index, query.expr.as_ref(), |_, _| false).unwrap().0.iter().map(|hit| hit.document).collect()
}

#[track_caller]
fn assert_finds(texts: &[Texts], query: &str, expected: &[u32]) {
    let index = Index::open(built(texts)).unwrap();
    assert_eq!(found(&index, query), expected, "{query}");
}

#[test]
fn a_word_is_found_in_any_form() {
    let texts = [body("The export times out"), body("Exporting invoices"), body("nothing of the kind")];
    assert_finds(&texts, "exports", &[1, 0]);
    assert_finds(&texts, "exporti*", &[1, 0]);
    assert_finds(&texts, "export -invoice", &[0]);
    assert_finds(&texts, "invoices OR kind", &[1, 2]);
    assert_finds(&texts, "nowhere", &[]);
}

#[test]
fn a_title_counts_more_than_a_body() {
    let texts =
        [body("timeout again"), vec![(IndexField::Title, "timeout again".to_owned())], body("timeout again")];
    assert_finds(&texts, "timeout", &[1, 2, 0]);
    assert_finds(&texts, "title:timeout", &[1]);
    assert_finds(&texts, "title:\"timeout again\"", &[1]);
    assert_finds(&texts, "-title:time*", &[2, 0]);
    assert_finds(&texts, "answer:timeout", &[]);
}

#[test]
fn a_phrase_stays_within_one_text() {
    let two = vec![
        (IndexField::Replies, "ran out of".to_owned()),
        (IndexField::Replies, "memory today".to_owned()),
    ];
    let texts = [body("it ran out of memory"), body("memory ran out of it"), two];
    assert_finds(&texts, "\"out of memory\"", &[0]);
    assert_finds(&texts, "out of memory -\"out of memory\"", &[1, 2]);
}

#[test]
fn identifiers_are_found_whole_and_in_parts() {
    let texts = [
        body("net::ERR_CONN_RESET at com.foo.BarException.init(Bar.java:12)"),
        body("reset the conn err, since v10.2.0-rc1 in /var/log/app.log"),
    ];
    for query in [
        "ERR_CONN_RESET",
        "conn_reset",
        "com.foo.BarException",
        "BarException",
        "exception",
        "err_co*",
        "\"conn reset\"",
    ] {
        assert_finds(&texts, query, &[0]);
    }
    for query in ["10.2.0-rc1", "10.2.0", "10.2*", "/var/log/app.log", "app.log", "log/app", "v10.2.0"] {
        assert_finds(&texts, query, &[1]);
    }
    assert_finds(&texts, "reset conn", &[0, 1]);
}

#[test]
fn a_prefix_finds_the_most_frequent_words() {
    let texts: Vec<Texts> = (0..40)
        .flat_map(|number| (0..=number / 20).map(move |_| body(&format!("expo{number:02}x other"))))
        .chain([body("exporting")])
        .collect();
    let index = Index::open(built(&texts)).unwrap();
    let first: Vec<String> = (20..36).map(|number| format!("expo{number}x")).collect();
    assert_eq!(index.expansions("expo").unwrap(), first, "the terms of two documents come first");
    assert_eq!(index.expansions("expor").unwrap(), ["export"]);
    assert_eq!(index.expansions("exporti").unwrap(), ["export"]);
    assert_eq!(found(&index, "expo*").len(), 32);
}

#[test]
fn a_typo_is_corrected_to_the_nearest_words() {
    let near = |word: &str| {
        let index = Index::open(built(&[
            body("exports exported"),
            body("export expert"),
            body("connection connexion"),
            body("retries 导出超时错误"),
        ]));
        let corrections = index.unwrap().corrections(word).unwrap();
        corrections.iter().map(|with| format!("{}={}", with.word, with.term)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(near("exprot"), "export=export");
    assert_eq!(near("expart"), "export=export expert=expert", "the more frequent first");
    assert_eq!(near("conection"), "connection=connect");
    assert_eq!(near("conecsion"), "connection=connect", "a longer word may have two typos");
    assert_eq!(near("retires"), "retries=retri");
    assert_eq!((near("exx").as_str(), near("xeport").as_str(), near("exprost").as_str()), ("", "", ""));
}

#[test]
fn signs_without_letters_are_ignored() {
    let texts = [body("a – b"), body("c")];
    assert_finds(&texts, "a – b", &[0]);
    assert_finds(&texts, "–", &[]);
    assert_finds(&texts, "c -–", &[1]);
    assert_finds(&texts, "", &[1, 0]);
}

#[test]
fn an_updated_index_finds_the_same_as_a_new_index() {
    let old = [body("alpha beta"), body("alpha alpha gamma"), body("alpha delta"), body("epsilon")];
    let new = [body("alpha beta"), body("beta beta"), body("alpha delta"), body("epsilon"), body("alpha")];
    let layer = built_of(vec![heads(5).swap_remove(1), heads(5).swap_remove(4)], &new);
    let layered = Index::open(built(&old)).unwrap().with_newer(layer).unwrap();
    let clean = Index::open(built(&new)).unwrap();
    assert_eq!((layered.len(), clean.len()), (5, 5));
    for query in
        ["alpha", "beta", "alpha beta", "gamma", "delta OR epsilon", "al*", "\"beta beta\"", "-alpha", ""]
    {
        let named = |index: &Index| {
            let query = Query::parse(query, &Vocabulary::default()).unwrap();
            let (hits, _) = find(index, query.expr.as_ref(), |_, _| false).unwrap();
            hits.iter()
                .map(|hit| (index.head(hit.document).unwrap().key.clone(), hit.score))
                .collect::<Vec<_>>()
        };
        assert_eq!(named(&layered), named(&clean), "{query}");
    }
    let mut fewer = layered;
    fewer.retain(|head| head.key != "t0000");
    assert_eq!((fewer.len(), found(&fewer, "beta").len()), (4, 1));
}

#[test]
fn the_order_of_documents_does_not_change_the_index() {
    let texts: Vec<Texts> =
        (0..200).map(|number| body(&format!("word{} common {number}", number % 7))).collect();
    let mut turned = heads(200);
    turned.reverse();
    assert_eq!(built(&texts), built_of(turned, &texts));
}

#[test]
fn another_version_is_distinguished_from_damage() {
    let mut bytes = built(&[body("a")]);
    bytes[8] = 99;
    assert!(matches!(Index::open(bytes), Err(IndexError::Version { found: 99 })));
    assert!(matches!(
        Index::open(b"no index at all, but long enough for a head".to_vec()),
        Err(IndexError::Damaged(_))
    ));
    assert!(matches!(Index::open(Vec::new()), Err(IndexError::Damaged(_))));
    assert_eq!(Index::open(built(&[])).unwrap().len(), 0);
}

#[test]
fn a_query_reads_only_a_part_of_the_index() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    struct Counting(Vec<u8>, Arc<AtomicUsize>);
    impl ReadAt for Counting {
        fn read_at(&self, offset: u64, len: usize) -> io::Result<Cow<'_, [u8]>> {
            self.1.fetch_add(len, Ordering::Relaxed);
            self.0.read_at(offset, len)
        }
    }
    let texts: Vec<Texts> = (0..2_000)
        .map(|number| body(&(0..20).map(|word| format!("w{number}x{word} ")).collect::<String>()))
        .collect();
    let bytes = built(&texts);
    let (len, read) = (bytes.len(), Arc::new(AtomicUsize::new(0)));
    let index = Index::open(Counting(bytes, read.clone())).unwrap();
    read.store(0, Ordering::Relaxed);
    assert_eq!(found(&index, "w77x3"), [77]);
    assert!(read.load(Ordering::Relaxed) < 20_000, "{} of {len}", read.load(Ordering::Relaxed));
}

/// Finds the documents whose tokens match a word or phrase by reading all of `texts`.
fn scanned(texts: &[Texts], words: &[&str], phrase: bool) -> BTreeSet<u32> {
    let expected: Vec<String> = words.iter().map(|word| tokens::stem(word).into_owned()).collect();
    let has = |texts: &Texts| {
        let stems: Vec<Vec<String>> = texts
            .iter()
            .map(|(_, text)| text.split_whitespace().map(|word| tokens::stem(word).into_owned()).collect())
            .collect();
        if phrase {
            stems.iter().any(|text| text.windows(expected.len()).any(|window| window == expected))
        } else {
            expected.iter().all(|word| stems.iter().any(|text| text.contains(word)))
        }
    };
    (0..).zip(texts).filter(|(_, texts)| has(texts)).map(|(number, _)| number).collect()
}

fn some_texts() -> impl Strategy<Value = Vec<Texts>> {
    let word = prop::sample::select(vec![
        "export", "exports", "time", "out", "of", "memory", "retry", "retries", "a", "b", "disk",
    ]);
    let text = prop::collection::vec(word, 0..12).prop_map(|words| words.join(" "));
    let field = prop::sample::select(IndexField::ALL.to_vec());
    prop::collection::vec(prop::collection::vec((field, text), 0..4), 0..30)
}

fn some_words() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(
        prop::sample::select(vec!["exports", "time", "out", "of", "memory", "retry", "a", "none"]),
        1..4,
    )
}

proptest! {
    #![proptest_config(crate::trials::trials(256))]

    #[test]
    fn the_index_finds_what_a_plain_scan_finds(texts in some_texts(), words in some_words()) {
        let index = Index::open(built(&texts)).unwrap();
        let of = |query: String| found(&index, &query).into_iter().collect::<BTreeSet<_>>();
        prop_assert_eq!(of(words.join(" ")), scanned(&texts, &words, false));
        prop_assert_eq!(of(format!("\"{}\"", words.join(" "))), scanned(&texts, &words, true));
        let without: BTreeSet<u32> = (0..texts.len() as u32).collect();
        let negated = &without - &scanned(&texts, &words, false);
        prop_assert_eq!(of(format!("-({})", words.join(" "))), negated);
    }

    #[test]
    fn every_part_of_a_chinese_title_is_found(title in "[一-龥ァ-ヶ가-힣，：！、]{2,16}", from in 0usize..14, len in 2usize..16) {
        let characters: Vec<char> = title.chars().collect();
        let from = from.min(characters.len() - 2);
        let piece: String = characters[from..(from + len).min(characters.len())].iter().collect();
        if piece.chars().any(char::is_alphanumeric) {
            let texts = [vec![(IndexField::Title, title.clone())], body("无关")];
            let index = Index::open(built(&texts)).unwrap();
            prop_assert!(found(&index, &piece).contains(&0), "{} in {}", piece, title);
            let quoted = format!("\"{piece}\"");
            prop_assert!(found(&index, &quoted).contains(&0), "{} in {}", quoted, title);
        }
    }

    #[test]
    fn a_damaged_index_is_an_error_and_never_gives_a_wrong_result(texts in some_texts(), at: prop::sample::Index, bit in 0..8) {
        let bytes = built(&texts);
        let mut damaged = bytes.clone();
        damaged[at.index(bytes.len())] ^= 1u8 << bit;
        let query = Query::parse("export time* \"out of\" OR -title:a", &Vocabulary::default()).unwrap();
        let answer = |bytes: Vec<u8>| find(&Index::open(bytes)?, query.expr.as_ref(), |_, _| false);
        if let Ok(hits) = answer(damaged) {
            prop_assert_eq!(hits, answer(bytes).unwrap());
        }
    }

    #[test]
    fn random_bytes_are_not_an_index(bytes: Vec<u8>) {
        prop_assert!(Index::open(bytes).is_err());
    }
}
