//! `text`: any text, or text that matches a pattern.

use super::{FieldType, field_problem};
use crate::template::pattern::MAX_VALUE_LENGTH;

pub(super) static TYPE: FieldType = FieldType {
    name: "text",
    describe: "text",
    check: |text, field, _| {
        let pattern = field.pattern.as_ref()?;
        // Comparing takes time in proportion to the length, and no value that a pattern describes is a long text.
        if text.len() > MAX_VALUE_LENGTH {
            return field_problem(
                format!("{} is {} bytes long; the limit is {MAX_VALUE_LENGTH}", field.name, text.len()),
                format!("write a value that matches `{}`", pattern.text()),
            );
        }
        if pattern.matches(text) {
            return None;
        }
        let like =
            field.example.as_ref().map(|example| format!(", for example `{example}`")).unwrap_or_default();
        field_problem(
            format!("invalid {} `{text}`", field.name),
            format!("write a value that matches `{}`{like}", pattern.text()),
        )
    },
    ..FieldType::PLAIN
};
