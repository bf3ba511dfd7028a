//! `person`: the id of somebody in `people`.

use super::{FieldType, Misfit};
use crate::text::nearest;

/// The type.
pub const TYPE: FieldType = FieldType {
    name: "person",
    describe: "a person's id",
    check: |text, _, known| {
        let people = known.people();
        if people.is_empty() || people.contains(&text) {
            return None;
        }
        Some(Misfit {
            code: "unknown-person",
            message: format!("unknown person `{text}`"),
            help: "write an id listed under `people` in casebook.yml, or add the person there".to_owned(),
            nearest: nearest(text, people).map(str::to_owned),
        })
    },
};
