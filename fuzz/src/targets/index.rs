//! An index finds each document by each of its words, and does not depend on the order of the documents.

use casebook::{
    search::{
        index::{Field, Fields, Head, Index, build},
        tokens::scan,
    },
    text::Time,
};

use crate::input::Input;

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let mut texts = Vec::new();
    while !input.is_empty() && texts.len() < 6 {
        texts.push((Field::ALL[usize::from(input.byte()) % Field::ALL.len()], input.text()));
    }
    let heads: Vec<Head> = (0..texts.len()).map(head).collect();
    let bytes = build_of(&texts, heads.clone());
    assert!(bytes == build_of(&texts, heads.into_iter().rev().collect()), "the order of documents shows");
    let index = Index::open(bytes).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(index.len(), texts.len());
    for (number, (field, text)) in texts.iter().enumerate() {
        let key = head(number).key;
        scan(text, |token| {
            let term = token.term();
            let postings =
                index.postings(&term, Fields::of(&[*field])).unwrap_or_else(|error| panic!("{error}"));
            let found = postings.iter().filter_map(|posting| index.head(posting.document));
            assert!(found.into_iter().any(|head| head.key == key), "{term:?} of {text:?} is not found");
        });
    }
}

pub fn head(number: usize) -> Head {
    let created = Time::from_seconds(number as i64 * 60).unwrap_or_else(|| panic!("a time"));
    Head { key: format!("t{number}"), created, stamp: number as u64 }
}

pub fn build_of(texts: &[(Field, String)], heads: Vec<Head>) -> Vec<u8> {
    build(heads, [7; 32], |head, page| {
        let (field, text) = &texts[head.stamp as usize];
        page.add(*field, text);
    })
}

pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "\0The export times out\0\u{1}Exporting invoices\0\u{2}exports",
        "\0NullPointerException at parseJSONResponse2\0\u{1}snake_case_name kebab-case-name v2.14.0",
        "\0导出超时 エラー 오류 ошибка\0\u{3}C++ C# e-mail 10.0.0.1 0xdeadbeef 2026-03-05T10:15:42.123Z",
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}
