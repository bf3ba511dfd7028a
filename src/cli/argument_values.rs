//! Values given as `KEY=VALUE` on the command line.

use std::net::SocketAddr;

use super::CliError;
use crate::{
    store::Store,
    template::Template,
    text::shell_word,
    ticket::{FieldChange, Resolution, Status, TagChange, YamlValue},
};

/// Parses `KEY=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.to_owned())),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}

/// Parses the address to listen on. `localhost` means 127.0.0.1, which every system has.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let numeric = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    numeric.as_deref().unwrap_or(text).parse().map_err(|_| {
        "expected a numeric address and a port, such as `127.0.0.1:4177`, or `0.0.0.0:4177` for all interfaces"
            .to_owned()
    })
}

/// Converts the text of `key` to the type that the template declares. Lists are separated by commas.
pub(super) fn typed(key: &str, text: &str, template: Option<&Template>) -> YamlValue {
    let list = |text: &str| {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        YamlValue::List(items.map(|item| YamlValue::Text(item.to_owned())).collect())
    };
    let field = template.and_then(|template| template.field(key));
    match (key, field) {
        ("tags" | "path" | "related" | "aliases", _) => list(text),
        (_, Some(field)) if field.many => list(text),
        (_, Some(field)) => field.kind.value_of(text),
        _ => YamlValue::Text(text.to_owned()),
    }
}

/// Returns what to use instead of `--set` for a key that is not a field of a ticket but a part of a reply.
fn other_than_set(key: &str, text: &str) -> Option<String> {
    let value = match text.trim() {
        "" => "none".to_owned(),
        text => shell_word(text),
    };
    Some(match key {
        "assignee" => format!("`--assign {value}`"),
        "status" => match Status::parse(text.trim()).filter(|status| *status != Status::Resolved) {
            Some(status) => format!("`--status {status}`"),
            None => "`casebook resolve ID --as fixed` to resolve a ticket, or `--status pending`".to_owned(),
        },
        "resolution" => match Resolution::parse(text.trim()) {
            Some(resolution) => format!("`casebook resolve ID --as {resolution}`"),
            None => "`casebook resolve ID --as fixed`".to_owned(),
        },
        "duplicate_of" => format!("`casebook resolve ID --as duplicate --of {value}`"),
        "answered_by" => format!("`casebook resolve ID --as answered --answered-by {value}`"),
        "asks" => format!("`casebook reply ID --ask {value}`"),
        _ => return None,
    })
}

/// Parses the value of `--set`: an empty value clears the field, and `tags=+a,-b` adds and removes tags.
pub(super) fn set(key: &str, text: &str, store: &Store, template: &str) -> Result<FieldChange, CliError> {
    if let Some(other) = other_than_set(key, text) {
        return Err(
            CliError::usage(format!("`--set` cannot change `{key}`")).with_hint(format!("use {other}"))
        );
    }
    if text.trim().is_empty() {
        return Ok(FieldChange::Clear);
    }
    if key == "tags" {
        let tags: Vec<&str> = text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).collect();
        let signed = tags.iter().filter(|tag| tag.starts_with(['+', '-'])).count();
        if signed > 0 && signed < tags.len() {
            return Err(CliError::usage("`--set tags=` mixes plain tags and tags with + or -").with_hint(
                "write + or - before every tag to add and remove tags, or before none to replace the list",
            ));
        }
        if signed > 0 {
            let change = |tag: &&str| match tag.strip_prefix('+') {
                Some(tag) => TagChange::Add(tag.to_owned()),
                None => TagChange::Remove(tag[1..].to_owned()),
            };
            return Ok(FieldChange::Tags(tags.iter().map(change).collect()));
        }
    }
    Ok(FieldChange::Value(typed(key, text, store.template(template))))
}
