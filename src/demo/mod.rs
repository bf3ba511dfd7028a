//! The demo's story: a year in the life of an invented company's oncall, as the commits that tell it.
//!
//! `files/` is the repository as it stands in the end and `history.yml` who added what when. A text that was corrected
//! later has its first wording in `earlier/`. To add to the story, write the file and name it in `history.yml`.

use std::collections::BTreeMap;

use rust_embed::RustEmbed;
use serde::Deserialize;
use thiserror::Error;

use crate::text::{RepoPath, Time};

#[cfg(test)]
mod tests;

#[derive(RustEmbed)]
#[folder = "src/demo/files"]
struct Files;

#[derive(RustEmbed)]
#[folder = "src/demo/earlier"]
struct Earlier;

const HISTORY: &str = include_str!("history.yml");

/// A git history that is yet to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Story {
    /// The commits, oldest first; each stands on the one before.
    pub commits: Vec<Commit>,
}

/// One commit of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Commit {
    /// When it was authored and committed.
    pub at: Time,
    /// Who wrote it.
    pub author: Author,
    /// Its message, as `casebook` words it where a command would have made the commit.
    pub message: String,
    /// Whether it also adds what `casebook init` writes beside the settings: the ticket templates and the canned
    /// responses. They are embedded elsewhere, and the demo shall have the same.
    pub templates: bool,
    /// The files that it adds or changes, with their whole content.
    pub files: Vec<(RepoPath, Vec<u8>)>,
}

/// Somebody who commits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Author {
    /// The name for git.
    pub name: String,
    /// The address for git, which `casebook.yml` knows.
    pub email: String,
}

/// A mistake in the embedded story: a fault of the program, never of its user.
#[derive(Debug, Error)]
pub(crate) enum StoryError {
    /// The history does not have the form of a history.
    #[error("src/demo/history.yml cannot be read: {0}")]
    Unreadable(#[from] serde_yaml::Error),
    /// A commit by somebody who is not in `people`.
    #[error("src/demo/history.yml has a commit by `{0}`; add them to `people`")]
    UnknownPerson(String),
    /// A file that is named and does not exist.
    #[error("src/demo/history.yml names {0}, which does not exist; add the file or take it out")]
    NoSuchFile(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct History {
    people: BTreeMap<String, Author>,
    commits: Vec<Step>,
}

/// A commit as `history.yml` has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: Time,
    by: String,
    message: String,
    #[serde(default)]
    templates: bool,
    /// Paths that the commit adds.
    #[serde(default)]
    files: Vec<String>,
    /// Paths that exist already and change.
    #[serde(default)]
    edit: Vec<String>,
    /// For a path of `files` or `edit` whose text is not the final one: the name of the text in `earlier/`.
    #[serde(default)]
    earlier: BTreeMap<String, String>,
}

/// The whole story.
///
/// # Errors
/// If the embedded files contradict each other, which the tests of this room rule out.
pub(crate) fn story() -> Result<Story, StoryError> {
    let history = History::read()?;
    let commits = history.commits.iter().map(|step| history.commit(step)).collect::<Result<_, _>>()?;
    Ok(Story { commits })
}

impl History {
    fn read() -> Result<Self, StoryError> {
        Ok(serde_yaml::from_str(HISTORY)?)
    }

    fn commit(&self, step: &Step) -> Result<Commit, StoryError> {
        let author =
            self.people.get(&step.by).ok_or_else(|| StoryError::UnknownPerson(step.by.clone()))?.clone();
        let files = step.paths().map(|path| Ok((RepoPath::new(path.as_str()), step.content(path)?)));
        let files = files.collect::<Result<_, StoryError>>()?;
        Ok(Commit { at: step.at, author, message: step.message.clone(), templates: step.templates, files })
    }
}

impl Step {
    fn paths(&self) -> impl Iterator<Item = &String> {
        self.files.iter().chain(&self.edit)
    }

    fn content(&self, path: &str) -> Result<Vec<u8>, StoryError> {
        let (file, named) = match self.earlier.get(path) {
            Some(name) => (Earlier::get(name), format!("earlier/{name}")),
            None => (Files::get(path), format!("files/{path}")),
        };
        file.map(|file| file.data.into_owned()).ok_or(StoryError::NoSuchFile(named))
    }
}
