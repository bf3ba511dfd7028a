//! The ids of the files at their source, and how files refer to each other.

use std::collections::{HashMap, HashSet};

use super::{
    collection::SourceFile,
    mapping::{KeyTarget, Mapping},
};
use crate::ticket::YamlValue;

/// The maximum length of an id that is taken over from a key.
const MAX_SOURCE: usize = 200;

/// Returns the id of each file at its source: the value of the key with the id, else the path. An id that two files
/// have identifies neither of them.
pub(super) fn sources_of(files: &[SourceFile], mapping: &Mapping) -> Vec<String> {
    let key = mapping.keys.iter().find(|(_, target)| *target == KeyTarget::Source).map(|(key, _)| key);
    let id = |file: &SourceFile| {
        let text = file.get(key?)?.as_text()?.trim().to_owned();
        (!text.is_empty() && text.len() <= MAX_SOURCE && !text.contains('\n')).then_some(text)
    };
    let ids: Vec<Option<String>> = files.iter().map(id).collect();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for text in ids.iter().flatten() {
        *counts.entry(text.to_lowercase()).or_default() += 1;
    }
    let unique = |text: &String| counts.get(&text.to_lowercase()) == Some(&1);
    files.iter().zip(ids).map(|(file, id)| id.filter(unique).unwrap_or_else(|| file.place.clone())).collect()
}

/// The names of all files, by which they refer to each other.
pub(super) struct Names<'a> {
    /// The sources by their names in lower case; `None` for a name that several files have.
    by_name: HashMap<String, Option<&'a str>>,
    stems: HashMap<String, usize>,
}

impl<'a> Names<'a> {
    pub(super) fn of(files: &[SourceFile], sources: &'a [String]) -> Self {
        let (mut by_name, mut stems) = (HashMap::new(), HashMap::new());
        for (file, source) in files.iter().zip(sources) {
            *stems.entry(file.stem().to_lowercase()).or_default() += 1;
            let names: HashSet<String> = [reference_name(source), reference_name(file.stem())].into();
            for name in names {
                let known = by_name.entry(name).or_insert(Some(source.as_str()));
                if *known != Some(source.as_str()) {
                    *known = None;
                }
            }
        }
        Self { by_name, stems }
    }

    /// Returns the source of the file that `reference` names.
    pub(super) fn source(&self, reference: &str) -> Option<&'a str> {
        self.by_name.get(&reference_name(reference)).copied().flatten()
    }

    pub(super) fn has_unique_stem(&self, file: &SourceFile) -> bool {
        self.stems.get(&file.stem().to_lowercase()) == Some(&1)
    }
}

/// Returns the texts of a value that refers to other files: a list, or names between commas.
pub(super) fn references(value: &YamlValue) -> Vec<String> {
    let texts = value.texts();
    let parts = texts.iter().flat_map(|text| text.split(','));
    parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// Returns the name by which a reference is compared: without folders, extension and case.
pub(super) fn reference_name(text: &str) -> String {
    let text = text.trim().trim_end_matches('/');
    let text = text.strip_suffix("/README.md").unwrap_or(text);
    let name = text.rsplit('/').next().unwrap_or(text);
    name.strip_suffix(".md").unwrap_or(name).to_lowercase()
}
