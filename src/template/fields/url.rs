//! `url`: an HTTP or HTTPS URL.

use super::{FieldType, NamedThing, field_problem};

pub(super) static TYPE: FieldType = FieldType {
    name: "url",
    describe: "a URL",
    names: Some(NamedThing::Address),
    check: |text, _, _| {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
        match host {
            Some(host) if !host.is_empty() && !text.contains(char::is_whitespace) => None,
            _ => field_problem(
                format!("invalid URL `{text}`"),
                "write a URL that begins with `https://` or `http://`",
            ),
        }
    },
    ..FieldType::PLAIN
};
