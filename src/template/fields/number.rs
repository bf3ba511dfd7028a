//! `number`: whole or with a fraction.

use super::{FieldType, misfit};

/// The type.
pub const TYPE: FieldType = FieldType {
    name: "number",
    describe: "a number",
    check: |text, _, _| match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => None,
        _ => misfit(format!("invalid number `{text}`"), "write digits only, as in `12` or `1.5`"),
    },
};
