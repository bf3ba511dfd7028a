//! The names that a query can use.

use std::fmt;

use super::{FieldKey, KEYS, Key, QueryKey};

/// The keys of the language, the fields of templates and whether there is a current user.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// The keys of the language.
    pub keys: &'static [QueryKey],
    /// The fields of templates.
    pub fields: Vec<FieldKey>,
    /// True if the current user is known, so that `me` can be used.
    pub me: bool,
}

/// A key that was written with a former name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenamedKey {
    /// The former name as written.
    pub former: String,
    /// The current name.
    pub name: &'static str,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self { keys: KEYS, fields: Vec::new(), me: false }
    }
}

impl Vocabulary {
    /// Finds the key `name` (in any case, `-` for `_`). If it is a former name, also returns the current name. Keys
    /// take precedence over fields, and fields over former names; `fields.name` is always the field.
    pub(super) fn find(&self, name: &str) -> Option<(Key, Option<RenamedKey>)> {
        let written = name.to_ascii_lowercase().replace('-', "_");
        if let Some(key) = self.keys.iter().find(|key| key.is_called(&written)) {
            return Some((Key::Own(key), None));
        }
        let field = written.strip_prefix("fields.").unwrap_or(&written);
        let is_field = |known: &&FieldKey| known.name.to_ascii_lowercase().replace('-', "_") == field;
        if let Some(field) = self.fields.iter().find(is_field) {
            return Some((Key::Field(field.clone()), None));
        }
        let key = self.keys.iter().find(|key| key.former.contains(&&*written))?;
        Some((Key::Own(key), Some(RenamedKey { former: name.to_owned(), name: key.name })))
    }
}

impl fmt::Display for RenamedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}:` is now called `{}:`", self.former, self.name)
    }
}
