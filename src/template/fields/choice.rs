//! `choice`: one of the template's options.

use super::{FieldProblem, FieldType};
use crate::text::nearest;

pub(super) static TYPE: FieldType = FieldType {
    name: "choice",
    describe: "one of its options",
    has_options: true,
    check: |text, field, _| {
        if field.options.is_empty() || field.options.iter().any(|option| option == text) {
            return None;
        }
        Some(FieldProblem {
            code: "bad-value",
            message: format!("invalid {} `{text}`", field.name),
            help: format!("use one of: {}", field.options.join(", ")),
            nearest: nearest(text, field.options.iter().map(String::as_str)).map(str::to_owned),
        })
    },
    ..FieldType::PLAIN
};
