//! `text`: any text, or text that matches a pattern.

use regex::Regex;

use super::{FieldType, field_problem};

pub(super) static TYPE: FieldType = FieldType {
    name: "text",
    describe: "text",
    check: |text, field, _| {
        let pattern = field.pattern.as_deref()?;
        // An invalid pattern is a finding in the template. It must not make every ticket invalid.
        if Regex::new(pattern).ok()?.is_match(text) {
            return None;
        }
        let like =
            field.example.as_ref().map(|example| format!(", for example `{example}`")).unwrap_or_default();
        field_problem(
            format!("invalid {} `{text}`", field.name),
            format!("write a value that matches `{pattern}`{like}"),
        )
    },
    ..FieldType::PLAIN
};
