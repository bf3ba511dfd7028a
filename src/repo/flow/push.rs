//! Pushes a branch. If others pushed first, it fetches, rebases and tries again.

use std::thread;
use std::time::{Duration, Instant};

use super::lock::LockedRepo;
use super::push_error::PushError;
use super::push_status::{Verdict, remote_lines, verdict};
use super::remote::unreachable;
use crate::repo::error::RepoError;
use crate::repo::git::config::Config;
use crate::repo::git::ids::CommitId;

/// The result of a successful push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PushOutcome {
    pub remote: String,
    /// The branch's short name on the remote.
    pub branch: String,
    /// The commit that both branches point to now; it differs from the earlier one after a rebase.
    pub tip: CommitId,
    /// Whether others had pushed in the meantime, so that the local commits were rebased onto the remote branch.
    pub rebased: bool,
    /// The remote's messages, such as the URL for opening a pull request.
    pub said: String,
}

/// The time after which no further attempt is made.
const PATIENCE: Duration = Duration::from_secs(180);

impl LockedRepo<'_> {
    /// Pushes `branch` to its upstream, or to the branch of the same name on the remote. If others pushed first,
    /// fetches, rebases the local commits onto the remote branch and tries again for up to three minutes. Author, date
    /// and message stay; worktrees that have the branch checked out are updated and keep staged and uncommitted
    /// changes.
    pub(crate) fn push(&self, branch: &str) -> Result<PushOutcome, PushError> {
        let no_branch = || PushError::NoBranch { branch: branch.to_owned() };
        let mut tip = self.branch_tip(branch).ok_or_else(no_branch)?;
        let config = self.config()?;
        let (remote, target) = self.push_target(branch, &config)?;
        let start = Instant::now();
        let mut attempts = 0;
        let mut rebased = false;
        loop {
            attempts += 1;
            let refspec = format!("refs/heads/{branch}:refs/heads/{target}");
            let args = ["push", "--porcelain", "--no-follow-tags", &remote, &refspec];
            let output = {
                let _at_work = self.git_at_work()?;
                self.network_git(&config).args(args).run()?
            };
            match verdict(&output, &refspec) {
                Verdict::Arrived => {
                    let said = remote_lines(&output.stderr);
                    return Ok(PushOutcome { remote, branch: target, tip, rebased, said });
                }
                Verdict::Refused(reason) => {
                    let output = output.stderr;
                    return Err(PushError::Refused { remote, branch: branch.to_owned(), reason, output });
                }
                Verdict::Unreachable => return Err(unreachable(&remote, &output).into()),
                Verdict::Raced if start.elapsed() > PATIENCE => {
                    return Err(PushError::Contended { remote, attempts });
                }
                Verdict::Raced => {}
            }
            // Random delays prevent the same two processes from colliding again.
            thread::sleep(back_off(attempts));
            if let Some(theirs) = self.fetch_branch(&remote, &target, &config)? {
                let new = self.rebase_onto(branch, tip, theirs, (&remote, &target), &config)?;
                rebased |= new != tip;
                tip = new;
            }
        }
    }

    /// Returns the remote and the remote branch that `branch` is pushed to.
    fn push_target(&self, branch: &str, config: &Config) -> Result<(String, String), PushError> {
        let no_remote = || PushError::NoRemote { branch: branch.to_owned() };
        let remote = self.remote_of(Some(branch), config).ok_or_else(no_remote)?;
        let follows = config.get(&format!("branch.{branch}.remote")) == Some(remote.as_str());
        let upstream = config.get(&format!("branch.{branch}.merge")).filter(|_| follows);
        let target = upstream.and_then(|name| name.strip_prefix("refs/heads/")).unwrap_or(branch);
        let may_differ = matches!(config.get("push.default"), Some("upstream" | "tracking"));
        match config.get("push.default") {
            Some("current") => Ok((remote, branch.to_owned())),
            _ if target == branch || may_differ => Ok((remote, target.to_owned())),
            // By default, `git push` refuses this too: a branch that tracks main must not be pushed to main by mistake.
            _ => Err(PushError::NoUpstream {
                branch: branch.to_owned(),
                upstream: format!("{remote}/{target}"),
                target: target.to_owned(),
                remote,
            }),
        }
    }

    /// Fetches one branch; returns `None` when the remote does not have it.
    fn fetch_branch(
        &self,
        remote: &str,
        branch: &str,
        config: &Config,
    ) -> Result<Option<CommitId>, RepoError> {
        let _at_work = self.git_at_work()?;
        let tracking = format!("refs/remotes/{remote}/{branch}");
        let refspec = format!("+refs/heads/{branch}:{tracking}");
        let args = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", remote, &refspec];
        let output = self.network_git(config).args(args).run()?;
        if output.ok() {
            return self.resolve(&tracking).map(Some);
        }
        // A fetch has the same exit status for all failures; `ls-remote` has a separate one for a missing branch.
        let ask = ["ls-remote", "--exit-code", "--quiet", remote, &format!("refs/heads/{branch}")];
        match self.network_git(config).args(ask).run()?.code {
            Some(2) => Ok(None),
            _ => Err(unreachable(remote, &output)),
        }
    }
}

/// Returns a random delay below two seconds, which grows with the number of attempts.
fn back_off(attempts: u32) -> Duration {
    let most = (20_u64 << attempts.min(6)).min(2_000);
    let random = getrandom::u64().unwrap_or(most / 2);
    Duration::from_millis(random % most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Hinted as _;
    use crate::repo::testing::Sandbox;
    use crate::repo::{NewCommit, WriteMode};
    use crate::text::RepoPath;

    /// Creates a bare repository `r.git` with a first commit, and clones of it.
    fn clones(names: &[&str]) -> Sandbox {
        let sandbox = Sandbox::new();
        sandbox.casebook("seed").file("seed/tickets/a.md", "1\n2\n3\n4\n5\n").commit("seed", "tickets");
        sandbox.git(".", "clone -q --bare seed r.git");
        for name in names {
            sandbox.git(".", &format!("clone -q r.git {name}"));
        }
        sandbox
    }

    /// Writes a file, commits it and pushes it.
    fn publish(sandbox: &Sandbox, dir: &str, path: &str, text: &str) -> Result<PushOutcome, PushError> {
        let repo = sandbox.open(dir);
        let locked = sandbox.lock(&repo);
        let path = RepoPath::new(path);
        locked.write(&path, text.as_bytes(), WriteMode::Replace)?;
        locked.commit_paths(&[path], NewCommit::from("edit").by("Lena", "lena@acme.example"))?;
        locked.push("main")
    }

    #[test]
    fn a_lost_race_is_rebased_and_keeps_uncommitted_changes() {
        let sandbox = clones(&["a", "b"]);
        let first = publish(&sandbox, "a", "tickets/b.md", "of a").unwrap();
        assert!(!first.rebased);
        sandbox.file("b/staged", "").git("b", "add staged").file("b/casebook.yml", "dirty").file("b/new", "");
        let before = sandbox.git_says("b", "status --porcelain");
        let second = publish(&sandbox, "b", "tickets/a.md", "1\n2\n3\n4\nof b\n").unwrap();
        assert!(second.rebased);
        assert_eq!(sandbox.git_says("r.git", "rev-parse main"), second.tip.to_string());
        assert_eq!(sandbox.git_says("b", "rev-parse HEAD"), second.tip.to_string());
        assert_eq!(sandbox.git_says("b", "status --porcelain"), before);
        assert_eq!(sandbox.read("b/tickets/b.md"), "of a");
        assert_eq!(sandbox.git_says("b", "log -1 --format=%an%x20%cn%x20%s"), "Lena Mei Lin edit");
        assert_eq!(sandbox.git_says("r.git", "rev-list --count --merges main"), "0");
        // Both users edit one file in different places, and git merges the lines.
        let third = publish(&sandbox, "a", "tickets/a.md", "of a\n2\n3\n4\n5\n").unwrap();
        assert_eq!(sandbox.git_says("r.git", "show main:tickets/a.md"), "of a\n2\n3\n4\nof b");
        assert_eq!(sandbox.git_says("a", "rev-parse HEAD"), third.tip.to_string());
    }

    #[test]
    fn many_clones_that_push_at_once_lose_nothing() {
        let names = ["a", "b", "c", "d", "e", "f"];
        let sandbox = clones(&names);
        thread::scope(|scope| {
            for name in names {
                let sandbox = &sandbox;
                scope.spawn(move || {
                    for n in 0..3 {
                        publish(sandbox, name, &format!("tickets/{name}{n}.md"), name).unwrap();
                    }
                });
            }
        });
        let files = sandbox.git_says("r.git", "ls-tree --name-only main tickets/");
        assert_eq!(files.lines().count(), 1 + names.len() * 3);
        assert_eq!(sandbox.git_says("r.git", "rev-list --count main"), (2 + names.len() * 3).to_string());
    }

    #[test]
    fn a_conflict_leaves_everything_as_it_was() {
        let sandbox = clones(&["a", "b"]);
        publish(&sandbox, "a", "tickets/a.md", "of a\n").unwrap();
        let error = publish(&sandbox, "b", "tickets/a.md", "of b\n").unwrap_err();
        assert!(matches!(&error, PushError::Conflict { paths, .. } if paths == &["tickets/a.md"]), "{error}");
        assert!(error.with_hint().contains("git pull --rebase origin main"), "{error}");
        assert_eq!(sandbox.read("b/tickets/a.md"), "of b\n");
        assert_eq!(sandbox.git_says("b", "status --porcelain"), "");
        assert_eq!(sandbox.git_says("b", "log -1 --format=%s"), "edit");
    }

    #[test]
    fn local_changes_in_the_way_are_named_and_kept() {
        let sandbox = clones(&["a", "b"]);
        publish(&sandbox, "a", "tickets/a.md", "of a\n").unwrap();
        sandbox.file("b/tickets/a.md", "dirty\n");
        let error = publish(&sandbox, "b", "tickets/b.md", "of b\n").unwrap_err();
        let in_the_way = matches!(&error, PushError::Repo(RepoError::InTheWay { files }) if files.contains("tickets/a.md"));
        assert!(in_the_way, "{error}");
        assert_eq!(sandbox.read("b/tickets/a.md"), "dirty\n");
        assert_eq!(sandbox.git_says("b", "log -1 --format=%s"), "edit");
    }

    #[test]
    fn messages_of_a_remote_hook_reach_the_user() {
        let sandbox = clones(&["a"]);
        sandbox.hook("r.git", "pre-receive", "echo 'title is missing in tickets/b.md' >&2; exit 1");
        let error = publish(&sandbox, "a", "tickets/b.md", "").unwrap_err();
        assert!(
            matches!(&error, PushError::Refused { reason, .. } if reason.contains("hook declined")),
            "{error}"
        );
        assert!(error.to_string().contains("title is missing in tickets/b.md"), "{error}");
        sandbox.hook("r.git", "pre-receive", "echo 'open a pull request at https://forge.example/1'");
        let repo = sandbox.open("a");
        let pushed = sandbox.lock(&repo).push("main").unwrap();
        assert_eq!(pushed.said, "open a pull request at https://forge.example/1");
        sandbox.hook("a/.git", "pre-push", "echo not today >&2; exit 1");
        let error = publish(&sandbox, "a", "tickets/c.md", "").unwrap_err().to_string();
        assert!(error.contains("pre-push hook") && error.contains("not today"), "{error}");
    }

    #[test]
    fn a_push_that_is_impossible_names_the_reason() {
        let sandbox = clones(&["a"]);
        let push = |dir: &str, branch: &str| {
            let repo = sandbox.open(dir);
            sandbox.lock(&repo).push(branch).unwrap_err()
        };
        assert!(matches!(push("seed", "main"), PushError::NoRemote { .. }));
        assert!(matches!(push("a", "none"), PushError::NoBranch { .. }));
        sandbox.git("a", "checkout -q -b work origin/main");
        assert!(matches!(push("a", "work"), PushError::NoUpstream { target, .. } if target == "main"));
        sandbox.init("other").file("other/casebook.yml", "other").commit("other", "other");
        sandbox.git("other", "remote add origin ../r.git");
        assert!(matches!(push("other", "main"), PushError::Unrelated { .. }));
        std::fs::rename(sandbox.path("r.git"), sandbox.path("moved.git")).unwrap();
        assert!(matches!(push("a", "main"), PushError::Repo(RepoError::RemoteUnreachable { .. })));
    }

    #[test]
    fn a_branch_that_is_not_checked_out_and_a_bare_repository_are_pushed_too() {
        let sandbox = clones(&["a"]);
        sandbox.git(".", "clone -q --bare r.git b.git").git("b.git", "config remote.origin.url ../r.git");
        publish(&sandbox, "a", "tickets/b.md", "of a").unwrap();
        let repo = sandbox.open("b.git");
        let locked = sandbox.lock(&repo);
        locked.commit_to_branch("main", None, &[("tickets/c.md".into(), vec![])], "c").unwrap();
        assert!(locked.push("main").unwrap().rebased);
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        locked
            .commit_to_branch("ticket/x", Some("origin/main"), &[("tickets/x.md".into(), vec![])], "x")
            .unwrap();
        assert_eq!(locked.push("ticket/x").unwrap().branch, "ticket/x");
        assert_eq!(
            sandbox.git_says("r.git", "ls-tree -r --name-only main tickets"),
            "tickets/a.md\ntickets/b.md\ntickets/c.md"
        );
        assert!(sandbox.git_says("r.git", "branch --list").contains("ticket/x"));
    }

    #[test]
    fn local_merges_are_merged_and_not_flattened() {
        let sandbox = clones(&["a", "b"]);
        publish(&sandbox, "a", "tickets/b.md", "of a").unwrap();
        sandbox.git("b", "checkout -q -b side").file("b/tickets/s.md", "").commit("b", "side");
        sandbox.git("b", "checkout -q main").git("b", "merge -q --no-ff side");
        let pushed = publish(&sandbox, "b", "tickets/c.md", "of b").unwrap();
        assert!(pushed.rebased);
        assert_eq!(sandbox.git_says("r.git", "rev-list --count --merges main"), "2");
        assert_eq!(sandbox.git_says("b", "status --porcelain"), "");
        assert_eq!(sandbox.read("b/tickets/b.md"), "of a");
    }

    #[test]
    fn a_shallow_clone_can_push_and_be_rebased() {
        let sandbox = clones(&["a"]);
        let url = format!("file://{}", sandbox.path("r.git").display());
        sandbox.git(".", &format!("clone -q --depth 1 {url} s"));
        publish(&sandbox, "a", "tickets/b.md", "of a").unwrap();
        assert!(publish(&sandbox, "s", "tickets/c.md", "of s").unwrap().rebased);
        assert_eq!(sandbox.git_says("r.git", "rev-list --count main"), "4");
    }
}
