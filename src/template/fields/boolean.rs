//! `boolean`: true or false.

use super::{FieldType, misfit};

/// The type.
pub const TYPE: FieldType = FieldType {
    name: "boolean",
    describe: "true or false",
    check: |text, _, _| match text {
        "true" | "false" => None,
        _ => misfit(format!("`{text}` is neither true nor false"), "write `true` or `false`"),
    },
};
