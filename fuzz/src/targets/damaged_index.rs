//! A damaged index is an error or is read as far as it goes: it is never a panic, and never takes memory without end.

use casebook::search::index::{Field, Fields, Head, Index};

use crate::input::Input;

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let mut bytes = sound();
    // The first half of the input says what is damaged where; an input without one is taken as the whole file.
    let edits = input.byte() % 8;
    for _ in 0..edits {
        let at = usize::from(input.byte()) << 8 | usize::from(input.byte());
        let len = bytes.len().max(1);
        if let Some(byte) = bytes.get_mut(at % len) {
            *byte = input.byte();
        }
    }
    match edits {
        0 => bytes = input.0.to_vec(),
        7 => bytes.truncate(usize::from(input.byte()) << 8 | usize::from(input.byte())),
        _ => {}
    }
    let Ok(index) = Index::open(bytes) else { return };
    for term in ["export", "invoice", "zz"] {
        let _ = index.postings(term, Fields::ALL);
        let _ = index.postings(term, Fields::of(&[Field::Title]));
        let _ = index.frequency(term);
        let _ = index.expansions(&term[..2]);
        let _ = index.stand_ins(term);
        let _ = index.sequences(&[(term.to_owned(), 0), ("out".to_owned(), 1)], Fields::ALL);
    }
}

/// An index of three documents as it was written.
fn sound() -> Vec<u8> {
    let texts = ["The export times out", "Exporting invoices out of memory", "nothing of the kind"];
    let texts: Vec<(Field, String)> = texts.iter().map(|text| (Field::Body, (*text).to_owned())).collect();
    let heads: Vec<Head> = (0..texts.len()).map(super::index::head).collect();
    super::index::build_of(&texts, heads)
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut whole = vec![0];
    whole.extend(sound());
    vec![whole, vec![1, 0, 9, 255], vec![7, 0, 40], vec![3, 0, 1, 2, 0, 3, 4, 0, 5, 6]]
}
