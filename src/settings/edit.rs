//! Adds services to casebook.yml without changing the rest of the file.

use crate::ticket::{YamlNodeKind, YamlStyle, parse_yaml};

/// Returns `text` with `ids` added to the service catalogue. All other bytes are unchanged.
pub(crate) fn add_services(text: &str, ids: &[String]) -> String {
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let (entries, _) = parse_yaml(text, 0);
    let block =
        |indent: &str| ids.iter().map(|id| format!("{indent}{id}: {{}}{line_end}")).collect::<String>();
    let mut edited = text.to_owned();
    let Some(services) = entries.iter().find(|entry| entry.key == "services") else {
        if !edited.is_empty() && !edited.ends_with('\n') {
            edited.push_str(line_end);
        }
        return format!("{edited}services:{line_end}{}", block("  "));
    };
    match &services.value.kind {
        YamlNodeKind::Map(known)
            if text[services.key_span.end..services.value.span.end].contains('{') && known.is_empty() =>
        {
            edited.replace_range(
                services.key_span.end..services.value.span.end,
                &format!(":{line_end}{}", block("  ").trim_end()),
            );
        }
        YamlNodeKind::Map(known) if text[services.value.span.clone()].starts_with('{') => {
            let end = known.last().map_or(services.value.span.start + 1, |entry| entry.value.span.end);
            edited.insert_str(end, &ids.iter().map(|id| format!(", {id}: {{}}")).collect::<String>());
        }
        YamlNodeKind::Map(known) => {
            let first = known.first().map_or(services.key_span.end, |entry| entry.key_span.start);
            let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
            let indent = text[start..first].to_owned();
            // Insert before the first service, because its indentation is known and the end of the last service is
            // not.
            edited.insert_str(start, &block(&indent));
        }
        YamlNodeKind::Scalar(_, YamlStyle::Plain) => {
            let colon =
                services.key_span.end + text[services.key_span.end..].find(':').map_or(0, |at| at + 1);
            let end = services.value.span.end.max(colon);
            edited.replace_range(colon..end, &format!("{line_end}{}", block("  ").trim_end()));
        }
        _ => {}
    }
    edited
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::parse_settings;

    #[test]
    fn services_are_added_and_everything_else_stays() {
        let ids = vec!["new-one".to_owned(), "other".to_owned()];
        for text in [
            "",
            "title: x",
            "services: {}\ntitle: x # c\n",
            "services:\ntitle: x\n",
            "services: { a: { name: A } }\ntitle: x\n",
            "# top\nservices:\n    # first\n    a:\n      name: A\n    b: {}\n\ntitle: x\n",
            "services:\r\n  a: {}\r\ntitle: x\r\n",
        ] {
            let edited = add_services(text, &ids);
            let (before, _) = parse_settings(text);
            let (after, findings) = parse_settings(&edited);
            assert_eq!(findings, [], "{edited}");
            assert_eq!(after.title, before.title, "{edited}");
            assert_eq!(after.services.len(), before.services.len() + 2, "{edited}");
            for line in text.lines().filter(|line| !line.starts_with("services")) {
                assert!(edited.contains(line), "{line:?} is missing in {edited}");
            }
        }
    }
}
