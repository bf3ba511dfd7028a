//! The demo's story: one year of an invented company's oncall team, as git commits.
//!
//! `files/` has the final state of the repository, and `history.yml` lists who added which file and when. If a text was
//! corrected later, its first version is in `earlier/`. To extend the story, write the file and add it to
//! `history.yml`.

use std::collections::BTreeMap;

use rust_embed::RustEmbed;
use serde::Deserialize;
use thiserror::Error;

use crate::text::{RepoPath, Time};

#[cfg(test)]
mod tests;

#[derive(RustEmbed)]
#[folder = "src/demo/files"]
struct DemoFiles;

#[derive(RustEmbed)]
#[folder = "src/demo/earlier"]
struct Earlier;

const HISTORY: &str = include_str!("history.yml");

/// The commits of a git history to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Story {
    /// Oldest first; each commit is the parent of the next.
    pub commits: Vec<DemoCommit>,
}

/// One commit of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DemoCommit {
    /// The author and committer time.
    pub at: Time,
    pub author: DemoAuthor,
    /// The message. If a command would have made the commit, it is the message of that command.
    pub message: String,
    /// Whether the commit also adds the files that `casebook init` writes in addition to the settings: the ticket
    /// templates and the canned responses. They are embedded elsewhere, and the demo must have the same ones.
    pub templates: bool,
    /// The added and changed files with their whole contents.
    pub files: Vec<(RepoPath, Vec<u8>)>,
}

/// The author of commits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct DemoAuthor {
    pub name: String,
    /// The e-mail address in git, which is also in `casebook.yml`.
    pub email: String,
}

/// A mistake in the embedded story, which is a bug in the program and never an error of its user.
#[derive(Debug, Error)]
pub(crate) enum StoryError {
    /// `history.yml` is not valid.
    #[error("src/demo/history.yml cannot be read: {0}")]
    Unreadable(#[from] serde_yaml::Error),
    /// A commit's author is missing in `people`.
    #[error("src/demo/history.yml has a commit by the unknown author `{0}`; add the author to `people`")]
    UnknownPerson(String),
    /// A listed file does not exist.
    #[error("src/demo/history.yml lists {0}, which does not exist; add the file or remove the entry")]
    NoSuchFile(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoHistory {
    people: BTreeMap<String, DemoAuthor>,
    commits: Vec<Step>,
}

/// A commit in `history.yml`.
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
    /// Existing paths that the commit changes.
    #[serde(default)]
    edit: Vec<String>,
    /// The name of a text in `earlier/` for each path of `files` or `edit` whose text is not the final one.
    #[serde(default)]
    earlier: BTreeMap<String, String>,
}

/// Returns the whole story.
///
/// # Errors
/// The embedded files contradict each other, which the tests of this module prevent.
pub(crate) fn story() -> Result<Story, StoryError> {
    let history = DemoHistory::read()?;
    let commits = history.commits.iter().map(|step| history.commit(step)).collect::<Result<_, _>>()?;
    Ok(Story { commits })
}

impl DemoHistory {
    fn read() -> Result<Self, StoryError> {
        Ok(serde_yaml::from_str(HISTORY)?)
    }

    fn commit(&self, step: &Step) -> Result<DemoCommit, StoryError> {
        let author =
            self.people.get(&step.by).ok_or_else(|| StoryError::UnknownPerson(step.by.clone()))?.clone();
        let files = step.paths().map(|path| Ok((RepoPath::new(path.as_str()), step.content(path)?)));
        let files = files.collect::<Result<_, StoryError>>()?;
        Ok(DemoCommit {
            at: step.at,
            author,
            message: step.message.clone(),
            templates: step.templates,
            files,
        })
    }
}

impl Step {
    fn paths(&self) -> impl Iterator<Item = &String> {
        self.files.iter().chain(&self.edit)
    }

    fn content(&self, path: &str) -> Result<Vec<u8>, StoryError> {
        let (file, named) = match self.earlier.get(path) {
            Some(name) => (Earlier::get(name), format!("earlier/{name}")),
            None => (DemoFiles::get(path), format!("files/{path}")),
        };
        file.map(|file| file.data.into_owned()).ok_or(StoryError::NoSuchFile(named))
    }
}
