//! Links to the repository's pages at its forge: GitHub, GitLab, Gitea or Forgejo.

use serde::Serialize;
use url::Url;

use super::urls::{encode, encode_path};
use crate::settings::{ForgeKind, Settings};

/// The repository at its forge.
#[derive(Clone, Debug)]
pub(crate) struct Forge {
    base: String,
    kind: ForgeKind,
    branch: String,
}

impl Forge {
    /// Returns the forge of the `repository` in `settings`, if there is one. The settings decide the forge and the
    /// main branch, so that every clone of the same files makes the same links. Without `forge`, the host of the
    /// address decides, and an unknown host is treated as Gitea or Forgejo, which can have any host name. Without
    /// `branch`, the main branch is `remote_branch`.
    pub(crate) fn of(settings: &Settings, remote_branch: &str) -> Option<Self> {
        let repository = settings.repository.as_deref()?;
        Some(Self {
            base: repository.trim_end_matches('/').to_owned(),
            kind: settings.forge.unwrap_or_else(|| kind_of_host(repository)),
            branch: encode_path(settings.branch.as_deref().unwrap_or(remote_branch)),
        })
    }

    /// Returns the address of the repository's page.
    pub(crate) fn home(&self) -> &str {
        &self.base
    }

    /// Returns the name of the forge's software; of Gitea and Forgejo, the host, because their users know only that.
    pub(crate) fn name(&self) -> &str {
        match self.kind {
            ForgeKind::GitHub => "GitHub",
            ForgeKind::GitLab => "GitLab",
            ForgeKind::Gitea => {
                let host = self.base.split_once("://").map_or(self.base.as_str(), |(_, rest)| rest);
                let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
                host.split('/').next().unwrap_or(host)
            }
        }
    }

    /// Returns the address of the file at `path` in `commit`.
    pub(crate) fn file(&self, path: &str, commit: &str) -> String {
        let (base, path) = (&self.base, encode_path(path));
        match self.kind {
            ForgeKind::GitHub => format!("{base}/blob/{commit}/{path}"),
            ForgeKind::GitLab => format!("{base}/-/blob/{commit}/{path}"),
            ForgeKind::Gitea => format!("{base}/src/commit/{commit}/{path}"),
        }
    }

    /// Returns the address of the file or folder at `path` in the main branch.
    pub(crate) fn current(&self, path: &str) -> String {
        let (base, branch, path) = (&self.base, &self.branch, encode_path(path));
        match self.kind {
            ForgeKind::GitHub => format!("{base}/blob/{branch}/{path}"),
            ForgeKind::GitLab => format!("{base}/-/blob/{branch}/{path}"),
            ForgeKind::Gitea => format!("{base}/src/branch/{branch}/{path}"),
        }
    }

    /// Returns the address of the bytes of the file at `path` in the main branch.
    pub(crate) fn raw(&self, path: &str) -> String {
        let (base, branch, path) = (&self.base, &self.branch, encode_path(path));
        match self.kind {
            ForgeKind::GitHub => format!("{base}/raw/{branch}/{path}"),
            ForgeKind::GitLab => format!("{base}/-/raw/{branch}/{path}"),
            ForgeKind::Gitea => format!("{base}/raw/branch/{branch}/{path}"),
        }
    }

    /// Returns the address for editing the file at `path`.
    pub(crate) fn edit(&self, path: &str) -> String {
        let (base, branch, path) = (&self.base, &self.branch, encode_path(path));
        match self.kind {
            ForgeKind::GitHub => format!("{base}/edit/{branch}/{path}"),
            ForgeKind::GitLab => format!("{base}/-/edit/{branch}/{path}"),
            ForgeKind::Gitea => format!("{base}/_edit/{branch}/{path}"),
        }
    }

    /// Returns the address of the history of the file at `path`.
    pub(crate) fn history(&self, path: &str) -> String {
        let (base, branch, path) = (&self.base, &self.branch, encode_path(path));
        match self.kind {
            ForgeKind::GitHub => format!("{base}/commits/{branch}/{path}"),
            ForgeKind::GitLab => format!("{base}/-/commits/{branch}/{path}"),
            ForgeKind::Gitea => format!("{base}/commits/branch/{branch}/{path}"),
        }
    }

    /// Returns the address for opening a pull request of `branch`.
    pub(crate) fn new_review(&self, branch: &str) -> String {
        let base = &self.base;
        match self.kind {
            ForgeKind::GitLab => {
                let key = encode("merge_request[source_branch]");
                format!("{base}/-/merge_requests/new?{key}={}", encode(branch))
            }
            ForgeKind::GitHub | ForgeKind::Gitea => {
                format!("{base}/compare/{}?expand=1", encode_path(branch))
            }
        }
    }

    /// Returns the beginning of the addresses for creating files.
    fn new_file_start(&self) -> String {
        let (base, branch) = (&self.base, &self.branch);
        match self.kind {
            ForgeKind::GitHub => format!("{base}/new/{branch}/"),
            ForgeKind::GitLab => format!("{base}/-/new/{branch}"),
            ForgeKind::Gitea => format!("{base}/_new/{branch}/"),
        }
    }

    /// Returns whether the page for creating a file uses a text in its address. GitLab uses the name but ignores the text
    /// (gitlab-org/gitlab work item 594214).
    fn prefills(&self) -> bool {
        !matches!(self.kind, ForgeKind::GitLab)
    }
}

/// The longest address in bytes that a forge accepts. GitHub refuses addresses of 8,192 bytes; Gitea and Forgejo usually
/// stand behind a proxy with the same limit for the whole first line of a request.
const LONGEST_ADDRESS: usize = 8_000;

/// How a form hands a file over to a forge.
#[derive(Debug, Serialize)]
pub(super) struct FormForge {
    /// The name that is shown.
    name: String,
    /// The beginning of the addresses for creating files.
    new_file: String,
    /// Whether an address can contain the text of the file.
    prefills: bool,
    longest_address: usize,
}

impl FormForge {
    pub(super) fn of(forge: &Forge) -> Self {
        Self {
            name: forge.name().to_owned(),
            new_file: forge.new_file_start(),
            prefills: forge.prefills(),
            longest_address: LONGEST_ADDRESS,
        }
    }
}

/// Guesses the forge from the host of the address `repository`.
fn kind_of_host(repository: &str) -> ForgeKind {
    let url = Url::parse(repository).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    if host.contains("github") {
        ForgeKind::GitHub
    } else if host.contains("gitlab") {
        ForgeKind::GitLab
    } else {
        ForgeKind::Gitea
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forge(repository: &str) -> Forge {
        let settings = Settings { repository: Some(repository.to_owned()), ..Settings::default() };
        Forge::of(&settings, "main").unwrap()
    }

    #[test]
    fn the_settings_decide_the_forge_and_the_branch() {
        let settings = Settings {
            repository: Some("https://github.acme.example/a/b".to_owned()),
            forge: Some(ForgeKind::GitLab),
            branch: Some("stable/1".to_owned()),
            ..Settings::default()
        };
        let forge = Forge::of(&settings, "main").unwrap();
        assert_eq!(forge.current("a b.sh"), "https://github.acme.example/a/b/-/blob/stable/1/a%20b.sh");
        assert_eq!(forge.raw("a.png"), "https://github.acme.example/a/b/-/raw/stable/1/a.png");
        assert!(Forge::of(&Settings::default(), "main").is_none());
    }

    #[test]
    fn each_forge_has_its_own_addresses() {
        let edit = |repository: &str| forge(repository).edit("tickets/a b.md");
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
    fn the_forge_is_recognised_by_the_host_only() {
        let file = |repository: &str| forge(repository).file("a.md", "c0ffee");
        assert!(file("https://github.acme.example:8443/a/b").contains("/blob/"));
        assert!(file("https://git.acme.example/github/gitlab").contains("/src/commit/"));
        assert!(file("https://github:token@git.acme.example/a/b").contains("/src/commit/"));
    }

    #[test]
    fn a_branch_with_any_name_has_a_link_for_its_pull_request() {
        let review = |repository: &str, branch: &str| forge(repository).new_review(branch);
        assert_eq!(
            review("https://github.com/a/b/", "ticket/a#1"),
            "https://github.com/a/b/compare/ticket/a%231?expand=1"
        );
        assert_eq!(
            review("https://gitlab.acme.example/a/b", "ticket/a&b"),
            "https://gitlab.acme.example/a/b/-/merge_requests/new?merge_request%5Bsource_branch%5D=ticket%2Fa%26b"
        );
    }

    #[test]
    fn a_forge_is_called_as_its_users_know_it() {
        assert_eq!(forge("https://github.acme.example/a/b").name(), "GitHub");
        assert_eq!(forge("https://git.acme.example:8443/a/b").name(), "git.acme.example:8443");
    }
}
