//! `boolean`: true or false.

use super::{FieldType, FieldValues, misfit};

pub(super) static TYPE: FieldType = FieldType {
    name: "boolean",
    describe: "true or false",
    values: FieldValues::Boolean,
    check: |text, _, _| match text {
        "true" | "false" => None,
        _ => misfit(format!("invalid boolean `{text}`"), "write `true` or `false`"),
    },
    ..FieldType::PLAIN
};
