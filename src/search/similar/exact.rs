//! Properties that tickets share besides words: a service, tags, fields, an error. Each is an exact term of the index.
//! The first character of these terms, `=` or `!`, distinguishes them from tokens.

use super::signature::signature;
use crate::ticket::YamlValue;

/// The maximum length of a value in characters. Longer values are prose, which is found by its words.
const LONGEST_VALUE: usize = 60;

/// The kind of a shared property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyKind {
    Service,
    Tag,
    /// A field of the template, for example a version.
    Field,
    /// A message or function of an error.
    Error,
}

impl PropertyKind {
    /// Returns the weight of a shared property. The most important word of a draft has a weight of nearly 1.
    pub(in crate::search) fn weight(self) -> f64 {
        match self {
            Self::Service => 0.25,
            Self::Tag => 0.08,
            Self::Field => 0.03,
            Self::Error => 0.1,
        }
    }
}

/// An exact term with its description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExactTerm {
    pub kind: PropertyKind,
    pub term: String,
    /// The description, such as "service billing".
    pub description: String,
}

impl ExactTerm {
    /// Returns whether the term is a field that names a version.
    pub(super) fn is_version(&self) -> bool {
        let name = self.term.strip_prefix('=').and_then(|rest| rest.split_once(':')).map(|(name, _)| name);
        self.kind == PropertyKind::Field && name.is_some_and(|name| name.to_lowercase().contains("version"))
    }
}

/// Returns the exact terms of a ticket or article.
pub(crate) fn exact(
    service: Option<&str>,
    tags: &[String],
    fields: &[(String, YamlValue)],
    text: &str,
) -> Vec<ExactTerm> {
    let mut found = Vec::new();
    let mut add = |kind: PropertyKind, name: &str, value: &str| {
        let value = value.trim();
        if !value.is_empty() && value.len() <= LONGEST_VALUE {
            let term = format!("={name}:{}", value.to_lowercase());
            found.push(ExactTerm { kind, term, description: format!("{name} {value}") });
        }
    };
    service.iter().for_each(|service| add(PropertyKind::Service, "service", service));
    tags.iter().for_each(|tag| add(PropertyKind::Tag, "tag", tag));
    for (name, value) in fields {
        value.texts().iter().for_each(|value| add(PropertyKind::Field, name, value));
    }
    found.extend(signature(text).into_iter().map(|part| {
        let description = format!("error `{}`", shortened(&part.shown));
        ExactTerm { kind: PropertyKind::Error, term: part.term, description }
    }));
    found
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
