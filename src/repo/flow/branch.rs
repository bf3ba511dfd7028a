//! Commits to a branch without a worktree.

use git2::FileMode;
use git2::build::TreeUpdateBuilder;

use super::lock::LockedRepo;
use crate::repo::error::{GitResultExt as _, RepoError};
use crate::repo::git::config::{Config, Identity, identity};
use crate::repo::git::ids::{CommitId, oid_of};
use crate::repo::scope;
use crate::text::{RepoPath, Time};

/// The message of a new commit, with the author and time if they differ from git's defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewCommit {
    pub message: String,
    /// `None`: git's configured author.
    pub author: Option<Identity>,
    /// The author and committer time; `None`: now.
    pub time: Option<Time>,
}

impl From<&str> for NewCommit {
    fn from(message: &str) -> Self {
        Self::new(message)
    }
}

impl From<&Self> for NewCommit {
    fn from(commit: &Self) -> Self {
        commit.clone()
    }
}

impl NewCommit {
    /// Returns a commit by git's configured author, now.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), author: None, time: None }
    }

    /// Sets another author.
    #[must_use]
    pub(crate) fn by(mut self, name: impl Into<String>, email: impl Into<String>) -> Self {
        self.author = Some(Identity { name: name.into(), email: email.into() });
        self
    }

    /// Sets another time.
    #[must_use]
    pub(crate) fn at(mut self, time: Time) -> Self {
        self.time = Some(time);
        self
    }
}

/// The author, the committer and the dates as variables for git, and whether to sign.
#[derive(Clone)]
pub(in crate::repo) struct Signature {
    env: Vec<(&'static str, String)>,
    by_key: bool,
}

impl Signature {
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.env.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Returns the same committer with the author and date of an older commit.
    pub(crate) fn of_author(&self, author: [(&'static str, String); 3]) -> Self {
        let committer = self.env.iter().filter(|(name, _)| name.starts_with("GIT_COMMITTER")).cloned();
        Self { env: committer.chain(author).collect(), by_key: self.by_key }
    }
}

impl LockedRepo<'_> {
    /// Commits `files` (paths with their new contents) to a branch in the object database. HEAD, the index and the
    /// worktree do not change, unless a worktree has the branch checked out: that worktree then gets the files, and
    /// staged and uncommitted changes stay.
    ///
    /// With `base`, the branch is created from that revision. Without it, the commit goes on top of the branch, which
    /// is created if it does not exist. The branch does not move if another process moved it in the meantime. Works in
    /// a bare repository. Hooks do not run; the commit is signed if git is configured to sign.
    pub(crate) fn commit_to_branch(
        &self,
        branch: &str,
        base: Option<&str>,
        files: &[(RepoPath, Vec<u8>)],
        commit: impl Into<NewCommit>,
    ) -> Result<CommitId, RepoError> {
        let commit = commit.into();
        if !git2::Reference::is_valid_name(&format!("refs/heads/{branch}")) || branch.starts_with('-') {
            return Err(RepoError::path(branch, "is not a valid branch name"));
        }
        let tip = self.branch_tip(branch);
        if tip.is_some() && base.is_some() {
            return Err(RepoError::BranchExists { branch: branch.to_owned() });
        }
        let parent = base.map(|rev| self.resolve(rev)).transpose()?.or(tip);
        let tree = self.tree_with(parent, files)?;
        let parents: Vec<_> = parent.into_iter().collect();
        let signature = self.signature(&commit, &self.config()?)?;
        let id = self.commit_tree(tree, &parents, commit.message.as_bytes(), &signature)?;
        self.move_branch(
            branch,
            tip,
            id,
            &format!("casebook: {}", commit.message.lines().next().unwrap_or_default()),
        )?;
        Ok(id)
    }

    /// Writes the tree of `parent` with `files` in it.
    fn tree_with(
        &self,
        parent: Option<CommitId>,
        files: &[(RepoPath, Vec<u8>)],
    ) -> Result<git2::Oid, RepoError> {
        let git = self.git();
        let writing = || "write to git's object database".to_owned();
        let tree = match parent {
            Some(parent) => git.find_commit(oid_of(parent.0)).and_then(|commit| commit.tree()),
            None => {
                git.treebuilder(None).and_then(|builder| builder.write()).and_then(|id| git.find_tree(id))
            }
        }
        .doing(|| "read the tree of the branch".to_owned())?;
        let mut update = TreeUpdateBuilder::new();
        for (path, contents) in files {
            if let Some(problem) = scope::problem_of(path) {
                return Err(RepoError::path(path, problem));
            }
            let in_git = self.in_git(path.as_str());
            for (at, _) in in_git.match_indices('/') {
                let there = tree.get_path(in_git[..at].as_ref()).ok().and_then(|entry| entry.kind());
                if there.is_some_and(|kind| kind != git2::ObjectType::Tree) {
                    return Err(RepoError::path(
                        path,
                        "leads through a file or a symbolic link on that branch",
                    ));
                }
            }
            let mode = match tree.get_path(in_git.as_ref()) {
                Ok(entry) if entry.kind() == Some(git2::ObjectType::Tree) => {
                    return Err(RepoError::path(path, "is a folder on that branch"));
                }
                Ok(entry) if entry.filemode() == 0o100_755 => FileMode::BlobExecutable,
                _ => FileMode::Blob,
            };
            update.upsert(in_git, git.blob(contents).doing(writing)?, mode);
        }
        update.create_updated(&git, &tree).doing(writing)
    }

    /// Creates a commit object, signed if git is configured to sign.
    pub(in crate::repo) fn commit_tree(
        &self,
        tree: git2::Oid,
        parents: &[CommitId],
        message: &[u8],
        signature: &Signature,
    ) -> Result<CommitId, RepoError> {
        let mut git = self.run_git().arg("commit-tree").envs(signature.variables());
        if signature.by_key {
            git = git.arg("-S");
        }
        let parents = parents.iter().flat_map(|parent| ["-p".to_owned(), parent.to_string()]);
        let id = git.arg(tree.to_string()).args(parents).args(["-F", "-"]).input(message).success()?;
        id.trim().parse().doing(|| "read the id of the new commit".to_owned())
    }

    /// Returns the variables that tell git the author, the committer and the dates. The author is also the committer if
    /// git has none configured.
    pub(in crate::repo) fn signature(
        &self,
        commit: &NewCommit,
        config: &Config,
    ) -> Result<Signature, RepoError> {
        let known = identity(&self.environment, config);
        let author = commit.author.clone().or_else(|| known.clone()).ok_or(RepoError::NoIdentity)?;
        let committer = known.unwrap_or_else(|| author.clone());
        let mut env = vec![("GIT_AUTHOR_NAME", author.name), ("GIT_AUTHOR_EMAIL", author.email)];
        let committer_known = |variable: &str, names: [&str; 2]| {
            self.environment.get(variable).is_some() || names.iter().any(|name| config.get(name).is_some())
        };
        if !committer_known("GIT_COMMITTER_NAME", ["committer.name", "user.name"]) {
            env.push(("GIT_COMMITTER_NAME", committer.name));
        }
        if !committer_known("GIT_COMMITTER_EMAIL", ["committer.email", "user.email"]) {
            env.push(("GIT_COMMITTER_EMAIL", committer.email));
        }
        if let Some(time) = commit.time {
            let date = format!("@{} +0000", time.seconds());
            env.extend([("GIT_AUTHOR_DATE", date.clone()), ("GIT_COMMITTER_DATE", date)]);
        }
        Ok(Signature { env, by_key: config.is_true("commit.gpgsign") })
    }

    /// Returns the worktrees that have `branch` checked out.
    pub(in crate::repo) fn worktrees_on(&self, branch: &str) -> Result<Vec<std::path::PathBuf>, RepoError> {
        if !self.common_dir.join("worktrees").is_dir() {
            // This is the only worktree, and asking git for a list takes as long as a commit.
            let is_here = self.branch().as_deref() == Some(branch);
            let own = self.git().workdir().map(std::path::Path::to_owned);
            return Ok(own.filter(|_| is_here).into_iter().collect());
        }
        let list = self.run_git().args(["worktree", "list", "--porcelain", "-z"]).success()?;
        let checked_out = format!("branch refs/heads/{branch}");
        let on_it =
            list.split("\0\0").filter(|worktree| worktree.split('\0').any(|line| line == checked_out));
        let dirs =
            on_it.filter_map(|worktree| worktree.split('\0').find_map(|line| line.strip_prefix("worktree ")));
        // Git also lists worktrees that were deleted from the disk.
        Ok(dirs.map(std::path::PathBuf::from).filter(|dir| dir.is_dir()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    fn ticket(name: &str) -> Vec<(RepoPath, Vec<u8>)> {
        vec![(RepoPath::new(format!("tickets/2026/{name}.md")), b"text".to_vec())]
    }

    #[test]
    fn a_commit_to_a_branch_changes_nothing_else() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/staged", "").git("a", "add staged").file("a/casebook.yml", "dirty");
        let before = (sandbox.git_says("a", "status --porcelain"), sandbox.git_says("a", "rev-parse HEAD"));
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        let id = locked.commit_to_branch("ticket/x", Some("main"), &ticket("x"), "new ticket").unwrap();
        assert_eq!(repo.branch_tip("ticket/x"), Some(id));
        assert_eq!(sandbox.git_says("a", "show ticket/x:tickets/2026/x.md"), "text");
        assert_eq!(
            sandbox.git_says("a", "show --format=%s --name-status ticket/x"),
            "new ticket\n\nA\ttickets/2026/x.md"
        );
        assert_eq!(
            (sandbox.git_says("a", "status --porcelain"), sandbox.git_says("a", "rev-parse HEAD")),
            before
        );
        let again = locked.commit_to_branch("ticket/x", Some("main"), &ticket("x"), "again").unwrap_err();
        assert!(again.to_string().contains("already exists"), "{again}");
        locked.commit_to_branch("ticket/x", None, &ticket("y"), "more").unwrap();
        assert_eq!(sandbox.git_says("a", "rev-list --count main..ticket/x"), "2");
    }

    #[test]
    fn a_checked_out_branch_updates_its_worktree_and_keeps_uncommitted_changes() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/staged", "").git("a", "add staged").file("a/casebook.yml", "dirty");
        let before = sandbox.git_says("a", "status --porcelain");
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        locked.commit_to_branch("main", None, &ticket("x"), "x").unwrap();
        assert_eq!(sandbox.read("a/tickets/2026/x.md"), "text");
        assert_eq!(sandbox.git_says("a", "status --porcelain"), before);

        sandbox.file("a/tickets/2026/y.md", "text of another user");
        let tip = repo.branch_tip("main");
        let error = locked.commit_to_branch("main", None, &ticket("y"), "y").unwrap_err();
        assert!(matches!(&error, RepoError::InTheWay { files } if files.contains("y.md")), "{error}");
        assert_eq!(repo.branch_tip("main"), tip);
        assert_eq!(sandbox.read("a/tickets/2026/y.md"), "text of another user");
    }

    #[test]
    fn a_bare_repository_and_an_unborn_branch_accept_commits() {
        let sandbox = Sandbox::new();
        sandbox.git(".", "init -q --bare b.git");
        let repo = sandbox.open("b.git");
        let locked = sandbox.lock(&repo);
        locked.commit_to_branch("main", None, &[("casebook.yml".into(), vec![])], "first").unwrap();
        locked.commit_to_branch("main", None, &ticket("x"), "second").unwrap();
        assert_eq!(
            sandbox.git_says("b.git", "ls-tree -r --name-only main"),
            "casebook.yml\ntickets/2026/x.md"
        );

        sandbox.init("u").file("u/casebook.yml", "");
        let repo = sandbox.open("u");
        sandbox.lock(&repo).commit_to_branch("main", None, &ticket("x"), "first").unwrap();
        assert_eq!(sandbox.git_says("u", "status --porcelain"), "?? casebook.yml");
    }

    #[test]
    fn commits_are_signed_if_git_is_configured_to_sign() {
        let sandbox = Sandbox::new();
        let signer = "cat >/dev/null; echo '[GNUPG:] SIG_CREATED ' >&2; echo '-----BEGIN PGP SIGNATURE-----'";
        sandbox.casebook("a").hook("a/.git", "signer", signer).git("a", "config commit.gpgsign true");
        sandbox.git("a", &format!("config gpg.program {}", sandbox.path("a/.git/hooks/signer").display()));
        let repo = sandbox.open("a");
        sandbox.lock(&repo).commit_to_branch("t", Some("main"), &ticket("x"), "x").unwrap();
        assert!(sandbox.git_says("a", "cat-file commit t").contains("gpgsig -----BEGIN PGP SIGNATURE-----"));
    }

    #[test]
    fn paths_on_the_branch_are_not_written_through_links_or_out_of_the_folder() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").symlink("/tmp", "a/tickets").commit("a", "link");
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        let write = |path: &str| locked.commit_to_branch("b", Some("main"), &[(path.into(), vec![])], "x");
        assert!(write("tickets/a.md").unwrap_err().to_string().contains("symbolic link"));
        assert!(matches!(write("../a.md"), Err(RepoError::Path { .. })));
        let refused = locked.commit_to_branch("a..b", Some("main"), &[], "x").unwrap_err().to_string();
        assert_eq!(refused, "`a..b` is not a valid branch name");
    }

    #[test]
    fn a_casebook_in_a_folder_commits_below_that_folder() {
        let sandbox = Sandbox::new();
        sandbox.init("a").file("a/sub/casebook.yml", "").commit("a", "one");
        let repo = sandbox.open("a/sub");
        sandbox.lock(&repo).commit_to_branch("t", Some("main"), &ticket("x"), "x").unwrap();
        assert_eq!(
            sandbox.git_says("a", "ls-tree -r --name-only t"),
            "sub/casebook.yml\nsub/tickets/2026/x.md"
        );
    }
}
