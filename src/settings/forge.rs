//! The forge of the repository.

use serde::{Deserialize, Serialize};

/// A forge whose addresses Casebook knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ForgeKind {
    /// GitHub.
    GitHub,
    /// GitLab.
    GitLab,
    /// Gitea or Forgejo.
    Gitea,
}

impl ForgeKind {
    /// The names in settings.
    pub(crate) const NAMES: &[&str] = &["github", "gitlab", "gitea"];

    /// Parses a name in settings. Forgejo has the addresses of Gitea.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "github" => Some(Self::GitHub),
            "gitlab" => Some(Self::GitLab),
            "gitea" | "forgejo" => Some(Self::Gitea),
            _ => None,
        }
    }
}

/// Returns true if `name` can be the name of a branch, by the rules of git that matter in an address.
pub(super) fn is_branch(name: &str) -> bool {
    let is_forbidden = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '~' | '^' | ':' | '?' | '*' | '[' | '\\')
    };
    !name.is_empty()
        && !name.starts_with(['-', '/', '.'])
        && !name.ends_with(['/', '.'])
        && !name.contains("..")
        && !name.contains("//")
        && !name.contains(is_forbidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_has_a_name_that_git_accepts() {
        assert!(["main", "release/1.x", "über"].into_iter().all(is_branch));
        assert!(!["", "-x", "a..b", "a b", "/a", "a/", "a:b", "a\\b"].into_iter().any(is_branch));
    }
}
