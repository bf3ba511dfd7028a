//! Texts that were refused: kept, so that nothing a person wrote is lost, and resumed.

use crate::{
    repo::{Lock, Repo, RepoError},
    text::is_id,
};

/// The texts that wait for another try.
pub(crate) struct Drafts<'a> {
    repo: &'a Repo,
}

/// A text that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The ticket's id, or what `--resume` takes.
    pub name: String,
    /// The whole text: front matter and body.
    pub text: String,
}

impl<'a> Drafts<'a> {
    /// The drafts of a repository.
    pub(crate) fn of(repo: &'a Repo) -> Self {
        Self { repo }
    }

    /// Keeps `text` under `name`. Returns where.
    pub(crate) fn keep(&self, lock: &Lock, name: &str, text: &str) -> Result<std::path::PathBuf, RepoError> {
        let file = format!("drafts/{name}.md");
        self.repo.write_cache(lock, &file, text.as_bytes())?;
        Ok(self.repo.cache_dir().join(file))
    }

    /// The draft called `name`; without a name, the newest.
    pub(crate) fn get(&self, name: Option<&str>) -> Option<Draft> {
        let name = match name {
            Some(name) if is_id(name) => name.to_owned(),
            Some(_) => return None,
            None => self.repo.newest_cache("drafts").ok().flatten()?,
        };
        let bytes = self.repo.read_cache(&format!("drafts/{name}.md"))?;
        Some(Draft { name, text: String::from_utf8_lossy(&bytes).into_owned() })
    }

    /// Forgets a draft, after its ticket was opened.
    pub(crate) fn remove(&self, lock: &Lock, name: &str) -> Result<(), RepoError> {
        self.repo.remove_cache(lock, &format!("drafts/{name}.md"))
    }
}
