//! Drafts: rejected texts that are saved, so that a user loses no work and can resume.

use crate::{
    repo::{LockedRepo, Repo, RepoError},
    text::is_id,
};

/// The saved drafts of a repository.
pub(crate) struct Drafts<'a> {
    repo: &'a Repo,
}

/// A rejected text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The ticket's id, which `--resume` takes.
    pub name: String,
    /// The whole text: front matter and body.
    pub text: String,
}

impl<'a> Drafts<'a> {
    pub(crate) fn of(repo: &'a Repo) -> Self {
        Self { repo }
    }

    /// Saves `text` under `name` and returns the draft's path.
    pub(crate) fn save(
        locked: &LockedRepo<'_>,
        name: &str,
        text: &str,
    ) -> Result<std::path::PathBuf, RepoError> {
        let file = format!("drafts/{name}.md");
        locked.write_cache(&file, text.as_bytes())?;
        Ok(locked.cache_dir().join(file))
    }

    /// Returns the draft called `name`; without a name, the newest one.
    pub(crate) fn get(&self, name: Option<&str>) -> Option<Draft> {
        let name = match name {
            Some(name) if is_id(name) => name.to_owned(),
            Some(_) => return None,
            None => self.repo.newest_cache("drafts").ok().flatten()?,
        };
        let bytes = self.repo.read_cache(&format!("drafts/{name}.md"))?;
        Some(Draft { name, text: String::from_utf8_lossy(&bytes).into_owned() })
    }

    /// Removes a draft after its ticket was opened.
    pub(crate) fn remove(locked: &LockedRepo<'_>, name: &str) -> Result<(), RepoError> {
        locked.remove_cache(&format!("drafts/{name}.md"))
    }
}
