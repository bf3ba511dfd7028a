//! A damaged index is an error or is read as far as it goes: it is never a panic, and never takes memory without end.

use std::sync::LazyLock;

use casebook::fuzzing::{build_index, read_index};

use crate::input::{Input, seeds_of_damage};

/// An index of three documents as it was written.
static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let texts = ["The export times out", "Exporting invoices out of memory", "nothing of the kind"];
    build_index(&texts.map(|text| (2, text.to_owned())), false)
});

pub fn run(data: &[u8]) {
    let mut bytes = SOUND.clone();
    Input(data).damage(&mut bytes);
    read_index(bytes);
}

pub fn seeds() -> Vec<Vec<u8>> {
    seeds_of_damage(&SOUND)
}
