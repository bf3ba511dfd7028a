//! The keys of a file that no key of the ticket takes over.

use std::collections::HashSet;

use super::collection::SourceFile;
use super::mapping::{KeyTarget, Mapping};
use crate::ticket::{FieldMap, YamlValue};

/// The keys of a file that become fields.
pub(super) struct Fields<'a> {
    file: &'a SourceFile,
    /// Keys whose whole value is in a key of the ticket.
    pub(super) used: HashSet<String>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(file: &'a SourceFile) -> Self {
        Self { file, used: HashSet::new() }
    }

    /// Records that a key of the ticket has the value `text`. A value that was changed for it stays a field.
    pub(super) fn use_text(&mut self, given: Option<(&str, &YamlValue)>, text: &str) {
        if let Some((key, value)) = given
            && value.as_text().is_some_and(|value| value == text)
        {
            self.used.insert(key.to_owned());
        }
    }

    /// Returns all keys that are not used, under the names that the mapping gives them.
    pub(super) fn rest(self, mapping: &Mapping) -> FieldMap {
        let mut fields = FieldMap::default();
        for (key, value) in &self.file.keys {
            if self.used.contains(key) {
                continue;
            }
            let renamed = mapping.keys.iter().find_map(|(known, target)| match target {
                KeyTarget::Field(name) if known == key => Some(name.as_str()),
                _ => None,
            });
            let name = renamed.unwrap_or(key);
            // Two keys that get the same name are both kept.
            let is_taken = fields.0.iter().any(|(known, _)| known == name);
            fields.set(if is_taken { key } else { name }, value.clone());
        }
        fields
    }
}
