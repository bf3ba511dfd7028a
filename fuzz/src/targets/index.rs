//! An index finds each document by each of its words, and does not depend on the order of the documents.

use casebook::fuzzing::{INDEX_FIELDS, build_index, find_in_index, terms_of};

use crate::input::Input;

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let mut texts = Vec::new();
    while !input.is_empty() && texts.len() < 6 {
        texts.push((usize::from(input.byte()) % INDEX_FIELDS, input.text()));
    }
    let bytes = build_index(&texts, false);
    assert!(bytes == build_index(&texts, true), "the index depends on the order of the documents");
    let (mut terms, mut owners) = (Vec::new(), Vec::new());
    for (number, (field, text)) in texts.iter().enumerate() {
        for term in terms_of(text) {
            terms.push((term, *field));
            owners.push(format!("t{number}"));
        }
    }
    let found = find_in_index(bytes, &terms).unwrap_or_else(|error| panic!("{error}"));
    for ((keys, owner), (term, _)) in found.iter().zip(&owners).zip(&terms) {
        assert!(keys.contains(owner), "{owner} is not found by {term:?}: {texts:?}");
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "\0The export times out\0\u{1}Exporting invoices\0\u{2}exports",
        "\0NullPointerException at parseJSONResponse2\0\u{1}snake_case_name kebab-case-name v2.14.0",
        "\0导出超时 エラー 오류 ошибка\0\u{3}C++ C# e-mail 10.0.0.1 0xdeadbeef 2026-03-05T10:15:42.123Z",
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}
