//! The remotes of a repository.

use crate::repo::error::RepoError;
use crate::repo::git::config::Config;
use crate::repo::git::program::{Git, GitOutput};
use crate::repo::git::repo::Repo;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RemoteBranch {
    /// A name such as `origin`.
    pub remote: String,
    /// The branch's short name on the remote, such as `main`.
    pub branch: String,
}

impl RemoteBranch {
    /// Returns the full name of the remote branch, such as `refs/remotes/origin/main`.
    pub(crate) fn rev(&self) -> String {
        format!("refs/remotes/{}/{}", self.remote, self.branch)
    }
}

impl std::fmt::Display for RemoteBranch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.remote, self.branch)
    }
}

impl Repo {
    /// Returns the remote of the current branch, else `origin`, else the only remote. `None` when there is none, or
    /// several without a way to choose.
    pub(crate) fn remote(&self) -> Result<Option<String>, RepoError> {
        Ok(self.remote_of(self.branch().as_deref(), &self.config()?))
    }

    /// Returns the remote's default branch as far as this clone knows it: the target of `origin/HEAD`, else the
    /// upstream of the current branch, else `main` or `master`. `None` without a remote, or before the first fetch.
    pub(crate) fn default_remote_branch(&self) -> Result<Option<RemoteBranch>, RepoError> {
        let config = self.config()?;
        let current = self.branch();
        let Some(remote) = self.remote_of(current.as_deref(), &config) else { return Ok(None) };
        let git = self.git();
        let prefix = format!("refs/remotes/{remote}/");
        let head = git.find_reference(&format!("{prefix}HEAD")).ok();
        let of_head = head.as_ref().and_then(|head| head.symbolic_target().ok()?);
        let of_head = of_head.and_then(|target| target.strip_prefix(&prefix)).map(str::to_owned);
        let upstream = || {
            let merge = config.get(&format!("branch.{}.merge", current.as_deref()?))?;
            Some(merge.strip_prefix("refs/heads/")?.to_owned())
        };
        let exists = |branch: &String| git.find_reference(&format!("{prefix}{branch}")).is_ok();
        let usual = || ["main", "master"].map(str::to_owned).into_iter().find(exists);
        let branch = of_head.filter(exists).or_else(|| upstream().filter(exists)).or_else(usual);
        Ok(branch.map(|branch| RemoteBranch { remote, branch }))
    }

    pub(in crate::repo) fn remote_of(&self, branch: Option<&str>, config: &Config) -> Option<String> {
        let names: Vec<_> = config
            .subsections("remote")
            .into_iter()
            .filter(|name| config.get(&format!("remote.{name}.url")).is_some())
            .collect();
        let of_branch = branch.and_then(|branch| {
            let own = |key: &str| config.get(&format!("branch.{branch}.{key}"));
            own("pushremote").or_else(|| config.get("remote.pushdefault")).or_else(|| own("remote"))
        });
        // The remote `.` is this repository itself.
        let of_branch = of_branch.filter(|name| names.contains(name));
        let usual = || names.iter().copied().find(|name| *name == "origin");
        let only = || names.first().copied().filter(|_| names.len() == 1);
        let chosen = of_branch.or_else(usual).or_else(only);
        chosen.map(str::to_owned)
    }

    /// Prepares git for access to a remote. Without a terminal, ssh must not ask questions.
    pub(in crate::repo) fn network_git(&self, config: &Config) -> Git {
        let environment = &self.environment;
        let is_chosen = environment.get("GIT_SSH_COMMAND").is_some() || environment.get("GIT_SSH").is_some();
        let git = self.run_git();
        if environment.is_interactive() || is_chosen || config.get("core.sshcommand").is_some() {
            return git;
        }
        git.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
    }
}

pub(in crate::repo) fn unreachable(remote: &str, output: &GitOutput) -> RepoError {
    RepoError::RemoteUnreachable { remote: remote.to_owned(), output: output.all_output() }
}

#[cfg(test)]
mod tests {
    use crate::repo::testing::Sandbox;

    #[test]
    fn the_default_branch_of_the_remote_is_known_after_a_clone() {
        let sandbox = Sandbox::new();
        sandbox.init("a").git("a", "checkout -q -b trunk").file("a/casebook.yml", "").commit("a", "one");
        sandbox.git(".", "clone -q a b");
        let repo = sandbox.open("b");
        let main = repo.default_remote_branch().unwrap().unwrap();
        assert_eq!(
            (main.to_string().as_str(), repo.resolve(&main.rev()).unwrap()),
            ("origin/trunk", repo.head().unwrap().unwrap())
        );
        sandbox.git("b", "remote set-head origin --delete");
        assert_eq!(
            repo.default_remote_branch().unwrap(),
            Some(main),
            "the upstream branch gives the same answer"
        );
        assert_eq!(sandbox.open("a").default_remote_branch().unwrap(), None);
    }
}
