//! Drafts: rejected texts that are saved, so that a user loses no work and can resume.

use thiserror::Error;

use crate::{
    diagnostic::Hinted,
    repo::{LockedRepo, Repo, RepoError},
};

/// The maximum number of drafts that an error names, the newest ones.
const MAX_LISTED: usize = 5;

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

/// The reason why a name does not identify one draft.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum DraftError {
    #[error("no saved draft found")]
    None,
    #[error("unknown draft `{name}`")]
    Unknown { name: String, ids: Vec<String> },
    #[error("`{name}` is ambiguous: it could be {}", ids.join(", "))]
    Several { name: String, ids: Vec<String> },
}

impl Hinted for DraftError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::None => "`casebook new` starts a new ticket".to_owned(),
            Self::Unknown { ids, .. } => format!("saved drafts, newest first: {}", ids.join(", ")),
            Self::Several { .. } => "write more of the id".to_owned(),
        })
    }
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

    /// Finds a draft by its id or a part of the id that no other draft has; without a name, the newest draft.
    pub(crate) fn find(&self, name: Option<&str>) -> Result<Draft, DraftError> {
        let ids = self.repo.newest_caches("drafts").unwrap_or_default();
        let Some(newest) = ids.first() else { return Err(DraftError::None) };
        let Some(name) = name else { return self.read(newest) };
        let folded = name.trim().to_lowercase();
        if ids.contains(&folded) {
            return self.read(&folded);
        }
        let found: Vec<&String> = ids.iter().filter(|id| id.contains(&folded)).collect();
        let listed = |ids: &[&String]| ids.iter().take(MAX_LISTED).map(|id| (*id).clone()).collect();
        match found[..] {
            [id] => self.read(id),
            [] => Err(DraftError::Unknown {
                name: name.to_owned(),
                ids: listed(&ids.iter().collect::<Vec<_>>()),
            }),
            _ => Err(DraftError::Several { name: name.to_owned(), ids: listed(&found) }),
        }
    }

    fn read(&self, id: &str) -> Result<Draft, DraftError> {
        let bytes = self.repo.read_cache(&format!("drafts/{id}.md")).ok_or(DraftError::None)?;
        Ok(Draft { name: id.to_owned(), text: String::from_utf8_lossy(&bytes).into_owned() })
    }

    /// Removes a draft after its ticket was opened.
    pub(crate) fn remove(locked: &LockedRepo<'_>, name: &str) -> Result<(), RepoError> {
        locked.remove_cache(&format!("drafts/{name}.md"))
    }
}
