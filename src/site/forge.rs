//! Links to the repository's pages at its forge: GitHub, GitLab, Gitea or Forgejo.

use super::urls::{encode, encode_path};

/// The forges whose addresses Casebook knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    GitHub,
    GitLab,
    Gitea,
}

/// The repository at its forge.
#[derive(Clone, Debug)]
pub(crate) struct Forge {
    base: String,
    kind: Kind,
    branch: String,
}

impl Forge {
    /// Recognises the forge from the host of the address `repository`. Any other host is treated as Gitea or Forgejo,
    /// which people run under any host name. `branch` is the main branch.
    pub(crate) fn new(repository: &str, branch: &str) -> Self {
        let host = repository.split("://").nth(1).unwrap_or_default().split('/').next().unwrap_or_default();
        let kind = if host.contains("github") {
            Kind::GitHub
        } else if host.contains("gitlab") {
            Kind::GitLab
        } else {
            Kind::Gitea
        };
        Self { base: repository.trim_end_matches('/').to_owned(), kind, branch: encode_path(branch) }
    }

    /// Returns the address of the repository's page.
    pub(crate) fn home(&self) -> &str {
        &self.base
    }

    /// Returns the address of the file at `path` in `commit`.
    pub(crate) fn file(&self, path: &str, commit: &str) -> String {
        let (base, path) = (&self.base, encode_path(path));
        match self.kind {
            Kind::GitHub => format!("{base}/blob/{commit}/{path}"),
            Kind::GitLab => format!("{base}/-/blob/{commit}/{path}"),
            Kind::Gitea => format!("{base}/src/commit/{commit}/{path}"),
        }
    }

    /// Returns the address for editing the file at `path`.
    pub(crate) fn edit(&self, path: &str) -> String {
        let (base, branch, path) = (&self.base, &self.branch, encode_path(path));
        match self.kind {
            Kind::GitHub => format!("{base}/edit/{branch}/{path}"),
            Kind::GitLab => format!("{base}/-/edit/{branch}/{path}"),
            Kind::Gitea => format!("{base}/_edit/{branch}/{path}"),
        }
    }

    /// Returns the address of the history of the file at `path`.
    pub(crate) fn history(&self, path: &str) -> String {
        let (base, branch, path) = (&self.base, &self.branch, encode_path(path));
        match self.kind {
            Kind::GitHub => format!("{base}/commits/{branch}/{path}"),
            Kind::GitLab => format!("{base}/-/commits/{branch}/{path}"),
            Kind::Gitea => format!("{base}/commits/branch/{branch}/{path}"),
        }
    }

    /// Returns the address for creating the file `name` in `folder`, with `text` as its first content.
    pub(crate) fn new_file(&self, folder: &str, name: &str, text: &str) -> String {
        let (base, branch, name, value) = (&self.base, &self.branch, encode(name), encode(text));
        match self.kind {
            Kind::GitHub => {
                format!("{base}/new/{branch}/{}?filename={name}&value={value}", encode_path(folder))
            }
            // GitLab uses the name, but its editor ignores the text (gitlab-org/gitlab work item 594214).
            Kind::GitLab => {
                format!("{base}/-/new/{branch}?file_name={}%2F{name}&content={value}", encode(folder))
            }
            Kind::Gitea => {
                format!("{base}/_new/{branch}/{}?filename={name}&value={value}", encode_path(folder))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_forge_has_its_own_addresses() {
        let edit = |repository: &str| Forge::new(repository, "main").edit("tickets/a b.md");
        assert_eq!(edit("https://github.com/a/b"), "https://github.com/a/b/edit/main/tickets/a%20b.md");
        assert_eq!(
            edit("https://gitlab.acme.example/a/b/"),
            "https://gitlab.acme.example/a/b/-/edit/main/tickets/a%20b.md"
        );
        assert_eq!(
            edit("https://git.acme.example/a/b"),
            "https://git.acme.example/a/b/_edit/main/tickets/a%20b.md"
        );
    }

    #[test]
    fn a_new_file_is_prefilled() {
        let link = Forge::new("https://github.com/a/b", "main").new_file(
            "tickets/x",
            "reply.md",
            "---\ncreated: \n",
        );
        assert_eq!(
            link,
            "https://github.com/a/b/new/main/tickets/x?filename=reply.md&value=---%0Acreated%3A%20%0A"
        );
    }
}
