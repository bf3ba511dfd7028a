//! `number`: whole or with a fraction.

use super::{FieldType, FieldValues, field_problem};

pub(super) static TYPE: FieldType = FieldType {
    name: "number",
    describe: "a number",
    values: FieldValues::Number,
    check: |text, _, _| match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => None,
        _ => field_problem(format!("invalid number `{text}`"), "write digits only, as in `12` or `1.5`"),
    },
    ..FieldType::PLAIN
};
