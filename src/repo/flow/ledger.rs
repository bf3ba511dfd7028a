//! A ledger: a ref whose commits record what was done once for all clones, such as the messages that were sent. The
//! remote's ref decides; it moves only from the commit that this clone has read.

use git2::{FileMode, build::TreeUpdateBuilder};

use super::lock::LockedRepo;
use super::push_status::{Verdict, verdict};
use super::remote::unreachable;
use crate::repo::error::{GitResultExt as _, RepoError};
use crate::repo::git::config::Config;
use crate::repo::git::ids::{CommitId, oid_of};
use crate::repo::git::repo::Repo;
use crate::text::Time;

/// The ref of the messages that were announced or sent.
pub(crate) const NOTIFIED: &str = "refs/casebook/notified";

/// A ledger as of one commit.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    name: &'static str,
    /// The commit whose files are the entries.
    commit: Option<CommitId>,
    /// The commit that the remote's ref has: a new commit replaces only this one. Without a remote, the same of the
    /// local ref.
    expected: Option<CommitId>,
    remote: Option<String>,
}

/// The result of changing a ledger.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LedgerUpdate {
    /// The remote has the new entries.
    Done,
    /// Somebody else changed the ledger in the meantime: read it again.
    Raced,
}

/// A change of an entry: its path, and its new text or `None` to remove it.
pub(crate) type LedgerChange = (String, Option<String>);

impl Repo {
    /// Returns the text of the entry at `path`.
    pub(crate) fn ledger_entry(&self, ledger: &Ledger, path: &str) -> Result<Option<String>, RepoError> {
        let git = self.git();
        let Some(tree) = tree_of(&git, ledger.commit)? else { return Ok(None) };
        match tree.get_path(path.as_ref()) {
            Ok(entry) => Ok(Some(text_of(&git, entry.id())?)),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error).doing(|| format!("read `{}`", ledger.name)),
        }
    }

    /// Returns the names and texts of the entries in `folder`, sorted by name.
    pub(crate) fn ledger_entries(
        &self,
        ledger: &Ledger,
        folder: &str,
    ) -> Result<Vec<(String, String)>, RepoError> {
        let git = self.git();
        let Some(tree) = tree_of(&git, ledger.commit)? else { return Ok(Vec::new()) };
        let Ok(folder) = tree.get_path(folder.as_ref()) else { return Ok(Vec::new()) };
        let folder = git.find_tree(folder.id()).doing(|| format!("read `{}`", ledger.name))?;
        let named = folder.iter().filter_map(|entry| Some((entry.name().ok()?.to_owned(), entry.id())));
        named.map(|(name, id)| Ok((name, text_of(&git, id)?))).collect()
    }
}

impl LockedRepo<'_> {
    /// Reads the ledger `name`: that of the remote, or the local one in a bare repository and without a remote.
    pub(crate) fn read_ledger(&self, name: &'static str) -> Result<Ledger, RepoError> {
        let config = self.config()?;
        // A bare repository is itself the remote of others.
        let remote = if self.is_bare() { None } else { self.remote()? };
        let local = || self.git().refname_to_id(name).ok().map(CommitId::from);
        let Some(remote) = remote else {
            return Ok(Ledger { name, commit: local(), expected: local(), remote: None });
        };
        let expected = self.fetch_ledger(name, &remote, &config)?;
        // If the remote lost the ref, what this clone knows is still true.
        Ok(Ledger { name, commit: expected.or_else(local), expected, remote: Some(remote) })
    }

    /// Changes entries of `ledger` and pushes the result, if nobody else changed the ledger since it was read. After
    /// [`LedgerUpdate::Done`], `ledger` has the changes.
    pub(crate) fn update_ledger(
        &self,
        ledger: &mut Ledger,
        changes: &[LedgerChange],
        (message, time): (&str, Time),
    ) -> Result<LedgerUpdate, RepoError> {
        let new = self.ledger_commit(ledger, changes, message, time)?;
        if let Some(remote) = &ledger.remote {
            let refspec = format!("{new}:{}", ledger.name);
            let expected = ledger.expected.map(|id| id.to_string()).unwrap_or_default();
            let lease = format!("--force-with-lease={}:{expected}", ledger.name);
            // The hook `pre-push` is for the user's branches.
            let args = ["push", "--porcelain", "--no-verify", "--no-follow-tags", &lease, remote, &refspec];
            let output = self.network_git(&self.config()?).args(args).run()?;
            match verdict(&output, &refspec) {
                Verdict::Arrived => {}
                Verdict::Raced => return Ok(LedgerUpdate::Raced),
                Verdict::Refused(reason) => {
                    return Err(RepoError::LedgerRefused {
                        name: ledger.name,
                        remote: remote.clone(),
                        reason,
                        output: output.all_output(),
                    });
                }
                Verdict::Unreachable => return Err(unreachable(remote, &output)),
            }
            self.set_ref(ledger.name, None, new, message)?;
        } else if !self.set_ref(ledger.name, Some(ledger.expected), new, message)? {
            return Ok(LedgerUpdate::Raced);
        }
        (ledger.commit, ledger.expected) = (Some(new), Some(new));
        Ok(LedgerUpdate::Done)
    }

    /// Fetches the ledger's ref; returns `None` when the remote does not have it.
    fn fetch_ledger(&self, name: &str, remote: &str, config: &Config) -> Result<Option<CommitId>, RepoError> {
        let refspec = format!("+{name}:{name}");
        let args = [
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-recurse-submodules",
            "--no-write-fetch-head",
            remote,
            &refspec,
        ];
        let output = self.network_git(config).args(args).run()?;
        if output.ok() {
            return self.resolve(name).map(Some);
        }
        // A fetch has the same exit status for all failures; `ls-remote` has a separate one for a missing ref.
        match self.network_git(config).args(["ls-remote", "--exit-code", "--quiet", remote, name]).run()?.code
        {
            Some(2) => Ok(None),
            _ => Err(unreachable(remote, &output)),
        }
    }

    /// Writes a commit with the changed entries. Its author is Casebook, so that it needs no identity.
    fn ledger_commit(
        &self,
        ledger: &Ledger,
        changes: &[LedgerChange],
        message: &str,
        time: Time,
    ) -> Result<CommitId, RepoError> {
        let writing = || "write to git's object database".to_owned();
        let git = self.git();
        let tree = match tree_of(&git, ledger.commit)? {
            Some(tree) => tree,
            None => git
                .treebuilder(None)
                .and_then(|new| new.write())
                .and_then(|id| git.find_tree(id))
                .doing(writing)?,
        };
        let mut update = TreeUpdateBuilder::new();
        for (path, text) in changes {
            match text {
                Some(text) => {
                    update.upsert(path.as_str(), git.blob(text.as_bytes()).doing(writing)?, FileMode::Blob)
                }
                None => update.remove(path.as_str()),
            };
        }
        let tree = update.create_updated(&git, &tree).and_then(|id| git.find_tree(id)).doing(writing)?;
        let by = git2::Signature::new("casebook", "casebook@localhost", &git2::Time::new(time.seconds(), 0));
        let by = by.doing(writing)?;
        let parent = ledger.commit.map(|id| git.find_commit(oid_of(id.0))).transpose().doing(writing)?;
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        Ok(git.commit(None, &by, &by, message, &tree, &parents).doing(writing)?.into())
    }

    /// Moves a ref to `new`. With `old`, moves it only if it still has that commit (`None`: only if it does not exist);
    /// returns whether it moved.
    fn set_ref(
        &self,
        name: &str,
        old: Option<Option<CommitId>>,
        new: CommitId,
        why: &str,
    ) -> Result<bool, RepoError> {
        let git = self.git();
        let moved = match old {
            None => git.reference(name, oid_of(new.0), true, why),
            Some(None) => git.reference(name, oid_of(new.0), false, why),
            Some(Some(old)) => git.reference_matching(name, oid_of(new.0), true, oid_of(old.0), why),
        };
        match moved {
            Ok(_) => Ok(true),
            Err(error)
                if matches!(
                    error.code(),
                    git2::ErrorCode::Exists | git2::ErrorCode::Modified | git2::ErrorCode::Locked
                ) =>
            {
                Ok(false)
            }
            Err(error) => Err(error).doing(|| format!("move `{name}`")),
        }
    }
}

fn tree_of(git: &git2::Repository, commit: Option<CommitId>) -> Result<Option<git2::Tree<'_>>, RepoError> {
    let Some(commit) = commit else { return Ok(None) };
    let tree = git.find_commit(oid_of(commit.0)).and_then(|commit| commit.tree());
    tree.map(Some).doing(|| format!("read commit {commit}"))
}

fn text_of(git: &git2::Repository, id: git2::Oid) -> Result<String, RepoError> {
    let blob = git.find_blob(id).doing(|| format!("read {id}"))?;
    Ok(String::from_utf8_lossy(blob.content()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    fn time() -> Time {
        Time::parse("2026-11-22T09:00:00Z").unwrap()
    }

    fn write(locked: &LockedRepo<'_>, ledger: &mut Ledger, path: &str, text: Option<&str>) -> LedgerUpdate {
        let change = (path.to_owned(), text.map(str::to_owned));
        locked.update_ledger(ledger, &[change], ("notified", time())).unwrap()
    }

    #[test]
    fn a_ledger_moves_only_from_the_commit_that_was_read() {
        let sandbox = Sandbox::new();
        sandbox.casebook("seed").git(".", "clone -q --bare seed r.git");
        sandbox.git(".", "clone -q r.git a").git(".", "clone -q r.git b");
        let (a, b) = (sandbox.open("a"), sandbox.open("b"));
        let (a, b) = (sandbox.lock(&a), sandbox.lock(&b));
        let (mut of_a, mut of_b) = (a.read_ledger(NOTIFIED).unwrap(), b.read_ledger(NOTIFIED).unwrap());
        assert_eq!(write(&a, &mut of_a, "open/1", Some("a")), LedgerUpdate::Done);
        assert_eq!(write(&b, &mut of_b, "open/1", Some("b")), LedgerUpdate::Raced);
        let mut of_b = b.read_ledger(NOTIFIED).unwrap();
        assert_eq!(b.ledger_entry(&of_b, "open/1").unwrap().as_deref(), Some("a"));
        assert_eq!(write(&b, &mut of_b, "open/2", Some("b")), LedgerUpdate::Done);
        assert_eq!(write(&a, &mut of_a, "open/1", None), LedgerUpdate::Raced);
        let mut of_a = a.read_ledger(NOTIFIED).unwrap();
        assert_eq!(write(&a, &mut of_a, "open/1", None), LedgerUpdate::Done);
        let entries = a.ledger_entries(&of_a, "open").unwrap();
        assert_eq!(entries, [("2".to_owned(), "b".to_owned())]);
        assert_eq!(sandbox.git_says("r.git", "ls-tree -r --name-only refs/casebook/notified"), "open/2");
        assert_eq!(
            sandbox.git_says("r.git", "log -1 --format=%an%x20%cI refs/casebook/notified"),
            "casebook 2026-11-22T09:00:00Z"
        );
        // A remote that lost the ref gets it back with all entries.
        sandbox.git("r.git", "update-ref -d refs/casebook/notified");
        let mut of_a = a.read_ledger(NOTIFIED).unwrap();
        assert_eq!(write(&a, &mut of_a, "open/3", Some("c")), LedgerUpdate::Done);
        assert_eq!(
            sandbox.git_says("r.git", "ls-tree -r --name-only refs/casebook/notified"),
            "open/2\nopen/3"
        );
    }

    #[test]
    fn a_bare_repository_keeps_its_own_ledger() {
        let sandbox = Sandbox::new();
        sandbox.casebook("seed").git(".", "clone -q --bare seed r.git");
        let repo = sandbox.open("r.git");
        let locked = sandbox.lock(&repo);
        let (mut one, mut other) =
            (locked.read_ledger(NOTIFIED).unwrap(), locked.read_ledger(NOTIFIED).unwrap());
        assert_eq!(write(&locked, &mut one, "open/1", Some("1")), LedgerUpdate::Done);
        assert_eq!(write(&locked, &mut other, "open/2", Some("2")), LedgerUpdate::Raced);
        assert_eq!(write(&locked, &mut one, "sent/1", Some("1")), LedgerUpdate::Done);
        assert_eq!(locked.ledger_entries(&one, "open").unwrap().len(), 1);
        assert_eq!(sandbox.git_says("r.git", "rev-list --count refs/casebook/notified"), "2");
    }

    #[test]
    fn a_remote_that_refuses_the_ref_is_an_error_with_its_reason() {
        let sandbox = Sandbox::new();
        sandbox.casebook("seed").git(".", "clone -q --bare seed r.git").git(".", "clone -q r.git a");
        sandbox.file("r.git/hooks/pre-receive", "#!/bin/sh\necho only branches >&2\nexit 1\n");
        use std::os::unix::fs::PermissionsExt as _;
        let hook = sandbox.path("r.git/hooks/pre-receive");
        std::fs::set_permissions(hook, std::fs::Permissions::from_mode(0o755)).unwrap();
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        let mut ledger = locked.read_ledger(NOTIFIED).unwrap();
        let error =
            locked.update_ledger(&mut ledger, &[("a".to_owned(), Some("b".to_owned()))], ("x", time()));
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("`origin` rejected `refs/casebook/notified`") && error.contains("only branches"),
            "{error}"
        );
    }
}
