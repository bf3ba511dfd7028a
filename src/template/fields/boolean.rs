//! `boolean`: true or false.

use super::{FieldType, FieldValues, field_problem};

pub(super) static TYPE: FieldType = FieldType {
    name: "boolean",
    describe: "true or false",
    values: FieldValues::Boolean,
    check: |text, _, _| match text {
        "true" | "false" => None,
        _ => field_problem(format!("invalid boolean `{text}`"), "write `true` or `false`"),
    },
    ..FieldType::PLAIN
};
