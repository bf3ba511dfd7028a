//! The git hooks that refuse changes which `casebook check` rejects.

use std::fs;
use std::path::{Path, PathBuf};

use super::lock::LockedRepo;
use crate::repo::error::RepoError;
use crate::repo::git::environment::Environment;
use crate::repo::git::program::Git;
use crate::repo::scope::{self, PathProblem};
use crate::repo::write::put;

/// The line that marks Casebook's pre-receive hook.
const MARK: &str = "# Installed by `casebook init --hook`";
/// The line that marks Casebook's pre-commit hook.
const COMMIT_MARK: &str = "# Installed by `casebook init`";

/// Installs a pre-receive hook into the bare repository `bare`. The hook runs the program `casebook` (an absolute path)
/// on each pushed branch. Installing it again updates it; another program's hook is not changed. Returns the path of
/// the hook.
pub fn install_pre_receive(
    bare: &Path,
    casebook: &Path,
    environment: &Environment,
) -> Result<PathBuf, RepoError> {
    let bare = bare.canonicalize().map_err(|error| RepoError::io("open", bare, error))?;
    let git = || Git::in_folder(&bare, environment).env("GIT_DIR", &bare);
    let is_bare = git().args(["rev-parse", "--is-bare-repository"]).run()?;
    if !is_bare.ok() || is_bare.stdout_text().trim() != "true" {
        return Err(RepoError::path(
            bare.display(),
            PathProblem::new(
                "is not a bare git repository",
                "install the hook in a repository that others push to",
            ),
        ));
    }
    let refused = |what: String| {
        let hint = "run `git config core.hooksPath hooks` in that repository, then run the command again";
        Err(RepoError::path("core.hooksPath", PathProblem::of(what, hint)))
    };
    let hooks = match HooksFolder::find(git, &bare)? {
        HooksFolder::Own(folder) => folder,
        HooksFolder::Shared(value) => return refused(format!("is `{value}` for all your repositories")),
        HooksFolder::Off(value) => return refused(format!("is `{value}`, so git runs no hooks here")),
    };
    let path = hooks.join("pre-receive");
    if path.symlink_metadata().is_ok() && !fs::read_to_string(&path).is_ok_and(|text| text.contains(MARK)) {
        let check = "check --commits --ref REF --at NEW --since OLD --rules-from BRANCH";
        let call = format!("{} {check}", casebook.display());
        return Err(RepoError::ForeignHook { path, call });
    }
    put::write_outside(&path, script(casebook).as_bytes())?;
    make_executable(&path).map_err(|error| RepoError::io("make executable", &path, error))?;
    Ok(path)
}

/// The folder in which git looks for hooks.
enum HooksFolder {
    Own(PathBuf),
    /// `core.hooksPath` has this value for more than this repository, so a hook would check all repositories.
    Shared(String),
    /// `core.hooksPath` has this value, which is not a folder, so git runs no hooks.
    Off(String),
}

impl HooksFolder {
    /// Finds the folder of a repository. `git` runs git in it, and `root` is the folder from which git starts hooks.
    fn find(git: impl Fn() -> Git, root: &Path) -> Result<Self, RepoError> {
        let configured = |scope: &[&str]| {
            let output = git().arg("config").args(scope).args(["--get", "core.hooksPath"]).run()?;
            Ok::<_, RepoError>(output.ok().then(|| output.stdout_text().trim_end_matches('\n').to_owned()))
        };
        // Git resolves `core.hooksPath`.
        let folder = git().args(["rev-parse", "--git-path", "hooks"]).success()?;
        let folder = root.join(folder.trim_end_matches('\n'));
        let Some(value) = configured(&[])? else { return Ok(Self::Own(folder)) };
        if value.is_empty() || (folder.exists() && !folder.is_dir()) {
            return Ok(Self::Off(value));
        }
        // The settings of the repository can be in a file that its configuration includes.
        let is_own = configured(&["--local", "--includes"])?.is_some()
            || configured(&["--worktree", "--includes"])?.is_some();
        Ok(if is_own { Self::Own(folder) } else { Self::Shared(value) })
    }
}

/// The hooks of git that run before a commit is made: `pre-merge-commit` runs instead of `pre-commit` for `git merge`.
const COMMIT_HOOKS: [&str; 2] = ["pre-commit", "pre-merge-commit"];

/// What happened to the hooks that check commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CommitHooks {
    /// The hooks were installed, except for those of other programs, which are named.
    Installed { foreign: Vec<&'static str> },
    /// `core.hooksPath` has this value for more than this repository, so a hook would check all repositories.
    Shared(String),
    /// `core.hooksPath` has this value, which is not a folder, so git runs no hooks.
    Off(String),
    /// A bare repository has no commits to check.
    Bare,
}

impl LockedRepo<'_> {
    /// Installs hooks that check the staged files before a commit and before a merge. Never changes the hook of another
    /// program, nor hooks that other repositories use.
    pub(crate) fn install_commit_hooks(&self) -> Result<CommitHooks, RepoError> {
        if self.is_bare() {
            return Ok(CommitHooks::Bare);
        }
        let folder = match HooksFolder::find(|| self.run_git(), self.root())? {
            HooksFolder::Own(folder) => folder,
            HooksFolder::Shared(value) => return Ok(CommitHooks::Shared(value)),
            HooksFolder::Off(value) => return Ok(CommitHooks::Off(value)),
        };
        let mut foreign = Vec::new();
        for name in COMMIT_HOOKS {
            let path = folder.join(name);
            if path.symlink_metadata().is_ok()
                && !fs::read_to_string(&path).is_ok_and(|text| text.contains(COMMIT_MARK))
            {
                foreign.push(name);
                continue;
            }
            put::write_outside(&path, self.commit_script().as_bytes())?;
            make_executable(&path).map_err(|error| RepoError::io("make executable", &path, error))?;
        }
        Ok(CommitHooks::Installed { foreign })
    }

    fn commit_script(&self) -> String {
        // Git runs hooks at the root of its worktree, which may be above the casebook root.
        let place = match self.prefix.as_str() {
            "" => String::new(),
            prefix => format!(" --repo '{}'", prefix.replace('\'', r"'\''")),
        };
        let settings = self.in_git(scope::SETTINGS).replace('\'', r"'\''");
        format!(
            "#!/bin/sh\n{COMMIT_MARK}: checks the tickets that are about to be committed.\n\
             if ! command -v casebook >/dev/null 2>&1; then\n  \
             echo 'casebook is not installed; the tickets of this commit were not checked' >&2\n  exit 0\nfi\n\
             # A branch without casebook.yml, such as one for pages, has no tickets to check.\n\
             if ! git cat-file -e ':{settings}' 2>/dev/null && ! git cat-file -e 'HEAD:{settings}' 2>/dev/null; then\n  \
             exit 0\nfi\n\
             exec casebook check --staged{place}\n"
        )
    }
}

pub(in crate::repo) fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

fn script(casebook: &Path) -> String {
    let casebook = casebook.to_string_lossy().replace('\'', r"'\''");
    // The rules come from the default branch before the push, so that a push cannot change the rules that it is checked
    // by. A new or rewritten branch is checked from the commit at which it left the default branch or its old version.
    //
    // Everyone with push access can push `refs/replace/`, which can make git believe that the old commit comes after
    // the new one, so that no change would be checked. If HEAD names a missing branch (`init --bare` chooses `master`,
    // but users push `main`), each push would be checked by its own rules, so such pushes are refused.
    format!(
        r#"#!/bin/sh
{MARK}: rejects pushes with problems at level deny. Run the command again to update this file.
casebook='{casebook}'
if ! [ -x "$casebook" ]; then
    echo "casebook not found at $casebook; on the server, run casebook init --hook again" >&2
    exit 1
fi
GIT_NO_REPLACE_OBJECTS=1
export GIT_NO_REPLACE_OBJECTS
rules=$(git rev-parse --quiet --verify 'HEAD^{{commit}}')
if [ -z "$rules" ] && [ -n "$(git for-each-ref --count=1 refs/heads)" ]; then
    echo "the default branch of this repository, $(git symbolic-ref HEAD), does not exist, so the push cannot be checked" >&2
    echo "on the server, choose an existing branch: git symbolic-ref HEAD refs/heads/main" >&2
    exit 1
fi
status=0
while read -r old new ref; do
    case $new in *[!0]*) ;; *) continue ;; esac
    case $ref in refs/replace/*)
        echo "$ref is refused: it makes git show other commits than those that were checked" >&2
        status=1
        continue ;;
    esac
    # The pushed ref may be a tag, whose message is checked too.
    if ! git rev-parse --quiet --verify "$new^{{commit}}" >/dev/null; then
        echo "$ref is refused: it names no commit, so its content cannot be checked" >&2
        status=1
        continue
    fi
    case $old in *[!0]*) before=$old ;; *) before=$rules ;; esac
    since=
    [ -z "$before" ] || since=$(git merge-base "$before" "$new")
    set -- check --commits --ref "$ref" --at "$new"
    [ -z "$since" ] || set -- "$@" --since "$since"
    [ -z "$rules" ] || set -- "$@" --rules-from "$rules"
    "$casebook" "$@" >&2 || status=1
done
exit $status
"#
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::diagnostic::Hinted as _;
    use crate::repo::testing::Sandbox;
    use crate::repo::{Repo, Source as _};
    use crate::waiting::wait_until;

    /// Creates a bare repository whose hook runs a fake `casebook` that records its arguments and environment.
    fn guarded() -> Sandbox {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").git(".", "init -q --bare r.git").git("a", "remote add origin ../r.git");
        let log = sandbox.path("log");
        sandbox.file(
            "it's casebook",
            format!("#!/bin/sh\necho \"$@\" >> {0}\nenv > {0}.env\npwd >> {0}.env\n", log.display()),
        );
        fs::set_permissions(sandbox.path("it's casebook"), fs::Permissions::from_mode(0o755)).unwrap();
        install_pre_receive(&sandbox.path("r.git"), &sandbox.path("it's casebook"), &sandbox.env()).unwrap();
        sandbox
    }

    #[test]
    fn each_pushed_branch_and_tag_is_checked_by_the_rules_of_the_default_branch() {
        let sandbox = guarded();
        let id = |rev: &str| sandbox.git_says("a", &format!("rev-parse {rev}"));
        let first = id("main");
        sandbox.git("a", "push -q origin main");
        sandbox
            .file("a/tickets/a.md", "")
            .commit("a", "two")
            .git("a", "push -q origin main")
            .git("a", "tag -a -m one v1");
        let second = id("main");
        sandbox.git("a", "checkout -q -b b").file("a/tickets/b.md", "").commit("a", "three");
        sandbox.git("a", "push -q origin b v1");
        let third = id("b");
        let tag = id("v1");
        sandbox.git("a", "commit -q --amend -m again").git("a", "push -q --force origin b");
        let again = id("b");
        sandbox.git("a", "push -q origin :b");
        assert_eq!(
            sandbox.read("log").lines().collect::<Vec<_>>(),
            [
                format!("check --commits --ref refs/heads/main --at {first}"),
                format!(
                    "check --commits --ref refs/heads/main --at {second} --since {first} --rules-from {first}"
                ),
                format!(
                    "check --commits --ref refs/heads/b --at {third} --since {second} --rules-from {second}"
                ),
                format!(
                    "check --commits --ref refs/tags/v1 --at {tag} --since {second} --rules-from {second}"
                ),
                format!(
                    "check --commits --ref refs/heads/b --at {again} --since {second} --rules-from {second}"
                ),
            ]
        );
    }

    #[test]
    fn replaced_commits_and_tags_of_other_objects_are_refused_and_later_pushes_pass() {
        let sandbox = guarded();
        let id = |rev: &str| sandbox.git_says("a", &format!("rev-parse {rev}"));
        let push = |what: &str| {
            Git::in_folder(&sandbox.path("a"), &sandbox.env()).args(["push", "origin", what]).run().unwrap()
        };
        sandbox.git("a", "push -q origin main");
        let old = id("main");
        sandbox.file("a/tickets/a.md", "").commit("a", "two");
        let new = id("main");
        let tree = id(&format!("{old}^{{tree}}"));
        let replacement = sandbox.git_says("a", &format!("commit-tree -m x -p {new} {tree}"));
        let refused = push(&format!("{replacement}:refs/replace/{old}"));
        assert!(!refused.ok() && refused.stderr.contains("refs/replace/"), "{}", refused.stderr);
        let refused = push(&format!("{tree}:refs/tags/files"));
        assert!(!refused.ok() && refused.stderr.contains("names no commit"), "{}", refused.stderr);
        assert!(push("main").ok());
        assert_eq!(
            sandbox.read("log").lines().last(),
            Some(&*format!(
                "check --commits --ref refs/heads/main --at {new} --since {old} --rules-from {old}"
            ))
        );
    }

    #[test]
    fn a_replacement_that_was_there_before_the_hook_does_not_hide_pushed_files() {
        let sandbox = guarded();
        let id = |rev: &str| sandbox.git_says("a", &format!("rev-parse {rev}"));
        sandbox.git("a", "push -q origin main");
        let old = id("main");
        sandbox.file("a/tickets/a.md", "").commit("a", "two");
        let new = id("main");
        let tree = id(&format!("{old}^{{tree}}"));
        let replacement = sandbox.git_says("a", &format!("commit-tree -m x -p {new} {tree}"));
        sandbox.git("r.git", &format!("fetch -q ../a {replacement}:refs/replace/{old}"));
        sandbox.git("a", "push -q origin main");
        assert_eq!(
            sandbox.read("log").lines().last(),
            Some(&*format!(
                "check --commits --ref refs/heads/main --at {new} --since {old} --rules-from {old}"
            ))
        );
    }

    #[test]
    fn a_repository_without_its_default_branch_refuses_pushes() {
        let sandbox = guarded();
        sandbox.git("r.git", "symbolic-ref HEAD refs/heads/trunk").git("a", "push -q origin main");
        sandbox.file("a/tickets/a.md", "").commit("a", "two");
        let push = || {
            Git::in_folder(&sandbox.path("a"), &sandbox.env()).args(["push", "origin", "main"]).run().unwrap()
        };
        let refused = push();
        assert!(
            !refused.ok() && refused.stderr.contains("refs/heads/trunk, does not exist"),
            "{}",
            refused.stderr
        );
        sandbox.git("r.git", "symbolic-ref HEAD refs/heads/main");
        assert!(push().ok());
    }

    #[test]
    fn the_hook_sees_the_pushed_commits_before_they_are_accepted() {
        let sandbox = guarded();
        sandbox.git("a", "push -q origin main").file("a/tickets/new.md", "quarantined").commit("a", "two");
        // While the hook waits, this process reads the repository with the hook's environment.
        let script = format!(
            "#!/bin/sh\nenv > {0}/env.tmp\npwd > {0}/pwd\nmv {0}/env.tmp {0}/env\nn=0; while ! [ -e {0}/go ] && [ $n -lt 6000 ]; do n=$((n + 1)); sleep 0.01; done\nexit 1\n",
            sandbox.path(".").display()
        );
        sandbox.file("it's casebook", script);
        let new = sandbox.git_says("a", "rev-parse main");
        std::thread::scope(|scope| {
            let push = scope.spawn(|| {
                Git::in_folder(&sandbox.path("a"), &sandbox.env()).args(["push", "origin", "main"]).run()
            });
            wait_until("the hook runs", || sandbox.path("env").exists());
            let env = sandbox.read("env");
            let variables = env.lines().filter_map(|line| line.split_once('='));
            let folder = sandbox.read("pwd").trim().to_owned();
            let hook = Environment::new(variables, &*folder);
            assert!(hook.get("GIT_QUARANTINE_PATH").is_some());
            let repo = Repo::discover_in(Path::new(&folder), hook).unwrap().unwrap();
            let source = repo.commit(&new).unwrap();
            let read = source.read(&"tickets/new.md".into()).unwrap();
            let changed = repo.changed("HEAD", crate::repo::DiffSide::Commit(&new)).unwrap();
            let history = repo.history(&new, Some("HEAD")).unwrap();
            let outside = sandbox.open("r.git").commit(&new);
            sandbox.file("go", "");
            assert_eq!(read, b"quarantined");
            assert_eq!((changed.len(), history.commits.len()), (1, 1));
            assert!(outside.is_err(), "the new commit is visible only with the hook's environment");
            let output = push.join().unwrap().unwrap();
            assert!(output.stderr.contains("pre-receive hook declined"), "{}", output.stderr);
        });
    }

    #[test]
    fn another_programs_hook_is_not_changed_and_ours_is_updated() {
        let sandbox = guarded();
        let install =
            |dir: &str, exe: &str| install_pre_receive(&sandbox.path(dir), Path::new(exe), &sandbox.env());
        install("r.git", "/usr/bin/casebook").unwrap();
        assert!(sandbox.read("r.git/hooks/pre-receive").contains("casebook='/usr/bin/casebook'"));
        sandbox.hook("r.git", "pre-receive", "exit 0");
        let error = install("r.git", "/usr/bin/casebook").unwrap_err().with_hint();
        assert!(
            error.contains(
                "was not installed by Casebook; add `/usr/bin/casebook check --commits --ref REF --at NEW"
            ),
            "{error}"
        );
        assert!(
            install("a", "/usr/bin/casebook").unwrap_err().with_hint().contains("not a bare git repository")
        );
    }
}
