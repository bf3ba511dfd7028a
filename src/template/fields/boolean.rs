//! `boolean`: true or false.

use super::{FieldType, misfit};

/// The type.
pub const TYPE: FieldType = FieldType {
    name: "boolean",
    describe: "true or false",
    check: |text, _, _| match text {
        "true" | "false" => None,
        _ => misfit(format!("invalid boolean `{text}`"), "write `true` or `false`"),
    },
};
