//! The files of a folder that can become tickets, and those that cannot.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use super::{
    front::{FrontKeys, is_same_key, read_front, read_sidecar},
    mapping::Mapping,
};
use crate::{
    repo::{OutsideFile, OutsideFolder, OutsideHistory, RepoError},
    text::{RepoPath, Time, markdown::headings},
    ticket::YamlValue,
};

/// The Markdown files of a folder.
#[derive(Default)]
pub(crate) struct Collection {
    pub(super) files: Vec<SourceFile>,
    /// README and `_index` files, which are not imported, sorted.
    pub(super) skipped: Vec<String>,
    /// READMEs that can be imported under the names of their folders.
    pub(super) readmes: Vec<SourceFile>,
    /// Files that cannot be imported, with the reason.
    pub(crate) refused: Vec<String>,
    pub(crate) notes: Vec<String>,
    /// The number of files that are not Markdown.
    pub(crate) others: usize,
}

/// A Markdown file with its keys.
pub(super) struct SourceFile {
    pub(super) path: RepoPath,
    /// Whether a YAML file beside it has its keys.
    pub(super) has_sidecar: bool,
    /// The path without its extension; for the main file of a folder, the folder.
    pub(super) place: String,
    pub(super) keys: Vec<(String, YamlValue)>,
    pub(super) body: String,
    /// The first first-level heading.
    pub(super) heading: Option<String>,
    pub(super) history: Option<OutsideHistory>,
    pub(super) modified: Time,
}

impl SourceFile {
    /// Returns the last part of the place: the name of the file or folder.
    pub(super) fn stem(&self) -> &str {
        self.place.rsplit('/').next().unwrap_or(&self.place)
    }

    /// Returns the value of a key; in `advisory.date`, of a key of a map.
    pub(super) fn get(&self, key: &str) -> Option<&YamlValue> {
        let of = |entries: &'_ [(String, YamlValue)], key: &str| {
            entries.iter().position(|(known, _)| known == key)
        };
        if let Some(at) = of(&self.keys, key) {
            return Some(&self.keys[at].1);
        }
        let (outer, inner) = key.split_once('.')?;
        match &self.keys[of(&self.keys, outer)?].1 {
            YamlValue::Map(entries) => {
                entries.iter().find(|(known, _)| known == inner).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// Returns all keys, also those of maps as `advisory.date`, with their values.
    pub(super) fn all_keys(&self) -> Vec<(String, &YamlValue)> {
        let mut all = Vec::new();
        for (key, value) in &self.keys {
            if let YamlValue::Map(entries) = value {
                all.extend(entries.iter().map(|(inner, value)| (format!("{key}.{inner}"), value)));
            }
            all.push((key.clone(), value));
        }
        all
    }
}

/// What a file is by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileName {
    Plain,
    /// `index.md`, which stands for its folder.
    Index,
    Readme,
    /// `_index.md`, the page of a section.
    SectionPage,
}

fn is_markdown(path: &RepoPath) -> bool {
    path.is_markdown() || path.as_str().to_ascii_lowercase().ends_with(".markdown")
}

fn name_of(path: &RepoPath) -> FileName {
    let stem = path.stem().to_ascii_lowercase();
    match path.is_folder_page() {
        true if stem.starts_with('_') => FileName::SectionPage,
        true => FileName::Readme,
        false if stem == "index" => FileName::Index,
        false => FileName::Plain,
    }
}

impl Collection {
    /// Reads the Markdown files of `folder`.
    ///
    /// # Errors
    /// The files are over the limit on their total size.
    pub(crate) fn read(
        folder: &OutsideFolder,
        history: &BTreeMap<RepoPath, OutsideHistory>,
    ) -> Result<Self, RepoError> {
        let is_yaml = |path: &RepoPath| path.as_str().ends_with(".yaml") || path.as_str().ends_with(".yml");
        let wanted = |file: &&OutsideFile| is_markdown(&file.path) || is_yaml(&file.path);
        folder.check_size(folder.files.iter().filter(wanted))?;
        let mut collection = Self::default();
        let refused = folder.refused.iter().map(|(path, problem)| format!("{path} {problem}"));
        collection.refused.extend(refused);
        let mut sidecars: HashMap<&str, Vec<&OutsideFile>> = HashMap::new();
        for file in folder.files.iter().filter(|file| is_yaml(&file.path)) {
            sidecars.entry(file.path.folder()).or_default().push(file);
        }
        let markdown: Vec<&OutsideFile> =
            folder.files.iter().filter(|file| is_markdown(&file.path)).collect();
        collection.others = folder.files.len() - markdown.len();
        let stems: BTreeSet<&str> = markdown.iter().map(|file| file.path.without_extension()).collect();
        let read = |file: &&OutsideFile| {
            let beside = sidecars.get(file.path.folder()).map_or(&[][..], Vec::as_slice);
            read_file(folder, file, beside, &stems)
        };
        let files: Vec<_> = markdown.par_iter().map(read).collect();
        for (file, read) in markdown.into_iter().zip(files) {
            let path = &file.path;
            let name = name_of(path);
            if name == FileName::SectionPage {
                collection.skipped.push(path.to_string());
                continue;
            }
            let (mut read, notes) = match read {
                Ok(read) => read,
                Err(problem) => {
                    collection.refused.push(format!("{path} {problem}"));
                    continue;
                }
            };
            read.history = history.get(path).cloned();
            collection.notes.extend(notes.into_iter().map(|note| format!("{path}: {note}")));
            match name {
                FileName::Readme | FileName::Index if read.place.is_empty() => {
                    collection.skipped.push(path.to_string());
                }
                FileName::Readme => collection.readmes.push(read),
                _ => collection.files.push(read),
            }
        }
        Ok(collection)
    }

    /// Returns whether the READMEs are what the folder is about: they have keys, and most folders have one.
    pub(super) fn is_of_readmes(&self) -> bool {
        let with_keys = self.readmes.iter().filter(|file| file.has_sidecar || file.keys.len() > 1).count();
        with_keys > 0 && with_keys * 2 >= self.readmes.len() && with_keys >= self.files.len()
    }

    /// Decides about the READMEs as `mapping` says.
    pub(crate) fn settle(&mut self, mapping: &Mapping) {
        self.settle_readmes(mapping.imports_readmes);
    }

    /// Decides about the READMEs: they are imported, or skipped.
    pub(super) fn settle_readmes(&mut self, imports_readmes: bool) {
        for readme in std::mem::take(&mut self.readmes) {
            // A README without keys describes the folder.
            match imports_readmes && !readme.keys.is_empty() {
                true => self.files.push(readme),
                false => self.skipped.push(readme.path.to_string()),
            }
        }
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.skipped.sort();
    }

    /// Returns the README and `_index` files that are not imported.
    pub(crate) fn skipped(&self) -> &[String] {
        &self.skipped
    }
}

/// Reads a file. `beside` are the YAML files of its folder, and `stems` the paths of all Markdown files without their
/// extensions.
fn read_file(
    folder: &OutsideFolder,
    file: &OutsideFile,
    beside: &[&OutsideFile],
    stems: &BTreeSet<&str>,
) -> Result<(SourceFile, Vec<String>), String> {
    let bytes = folder.read(file).map_err(|problem| problem.to_string())?;
    let text =
        String::from_utf8(bytes).map_err(|_| "is not UTF-8; convert it with `iconv -f latin1 -t utf-8`")?;
    let FrontKeys { mut keys, body, notes } =
        read_front(&text).map_err(|problem| format!("has {problem}"))?;
    let stands_for_folder = name_of(&file.path) != FileName::Plain;
    let place = if stands_for_folder { file.path.folder() } else { file.path.without_extension() };
    let sidecar = sidecar_of(file, beside, stands_for_folder, stems);
    let sidecar = sidecar.and_then(|sidecar| folder.read(sidecar).ok());
    let sidecar = sidecar.and_then(|bytes| read_sidecar(&String::from_utf8(bytes).ok()?));
    let has_sidecar = sidecar.is_some();
    for (key, value) in sidecar.unwrap_or_default() {
        if !keys.iter().any(|(known, _)| is_same_key(known, &key)) {
            keys.push((key, value));
        }
    }
    let heading = headings(&body).into_iter().find(|heading| heading.level == 1 && !heading.is_nested);
    let heading = heading.map(|heading| one_space(&heading.text)).filter(|text| !text.is_empty());
    let source = SourceFile {
        path: file.path.clone(),
        has_sidecar,
        place: place.to_owned(),
        keys,
        body,
        heading,
        history: None,
        modified: file.modified,
    };
    Ok((source, notes))
}

/// Returns the YAML file with the keys of a Markdown file: `a.yaml` beside `a.md`; for the main file of a folder, the
/// only YAML file in it that belongs to no other file.
fn sidecar_of<'a>(
    file: &OutsideFile,
    beside: &[&'a OutsideFile],
    stands_for_folder: bool,
    stems: &BTreeSet<&str>,
) -> Option<&'a OutsideFile> {
    let same = beside.iter().find(|yaml| yaml.path.without_extension() == file.path.without_extension());
    if let Some(same) = same {
        return Some(same);
    }
    let is_own = |yaml: &&&OutsideFile| !stems.contains(yaml.path.without_extension());
    let own: Vec<&&OutsideFile> = beside.iter().filter(is_own).collect();
    match own[..] {
        [only] if stands_for_folder => Some(only),
        _ => None,
    }
}

fn one_space(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
