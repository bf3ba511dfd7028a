//! A damaged index is reported as an error or read in part: reading it never panics and never uses unlimited memory.

use std::sync::LazyLock;

use casebook::fuzzing::{build_index, read_index};

use crate::input::{Input, seeds_of_damage};

/// A valid index of three documents.
static VALID: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let texts = ["The export times out", "Exporting invoices out of memory", "nothing of the kind"];
    build_index(&texts.map(|text| (2, text.to_owned())), false)
});

pub fn run(data: &[u8]) {
    let mut bytes = VALID.clone();
    Input(data).damage(&mut bytes);
    read_index(bytes);
}

pub fn seeds() -> Vec<Vec<u8>> {
    seeds_of_damage(&VALID)
}
