//! `person`: the id of a person in `people`.

use super::{FieldProblem, FieldType, NamedThing};
use crate::text::nearest;

pub(super) static TYPE: FieldType = FieldType {
    name: "person",
    describe: "a person's id",
    names: Some(NamedThing::Person),
    check: |text, _, names| {
        let people = names.people();
        if people.is_empty() || people.contains(&text) {
            return None;
        }
        Some(FieldProblem {
            code: "unknown-person",
            message: format!("unknown person `{text}`"),
            help: "write an id listed under `people` in casebook.yml, or add the person there".to_owned(),
            nearest: nearest(text, people).map(str::to_owned),
        })
    },
    ..FieldType::PLAIN
};
