//! `casebook init`

pub(super) mod files;
mod under_way;

use std::path::PathBuf;

use crate::cli::{CliError, Context, Outcome, selection::normal};
use crate::{
    repo::{self, CommitHooks, Identity, LockedRepo, Repo},
    settings::SETTINGS_PATH,
    text::{Plural, RepoPath, shell_word},
};

/// Create a casebook repository, or install the hook that checks pushes
///
/// Creates settings, templates, workflows for pull requests and a commit hook. If needed, creates the git repository and
/// a first ticket. Does not change existing files, and commits only new ones.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder
    #[arg(value_name = "DIR", default_value = ".", value_hint = clap::ValueHint::DirPath)]
    dir: PathBuf,
    /// Only install the hooks in this repository: in a bare repository the pre-receive hook, which rejects pushes with
    /// problems at level deny, and the post-receive hook, which tells people about pushes; in a clone the commit hook
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    hook: Option<PathBuf>,
    /// Do not commit the new files
    #[arg(long)]
    no_commit: bool,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let process = &context.process;
    if let Some(bare) = &arguments.hook {
        if let Some(repo) = Repo::open_in(&process.folder.join(bare), process.environment.clone())
            .ok()
            .filter(|repo| !repo.is_bare())
        {
            install_commit_hooks(&context.lock(&repo)?, context);
            return Ok(Outcome::Done);
        }
        let program = std::env::current_exe().map_err(|error| {
            CliError::environment(error).with_context("cannot find the path of this program")
        })?;
        let hook = repo::install_pre_receive(&process.folder.join(bare), &program, &process.environment)?;
        context
            .ui
            .say(format!("installed {}; it rejects pushes with problems at level deny", hook.display()));
        match repo::install_post_receive(&hook, &program)? {
            Some(hook) => context.ui.say(format!(
                "installed {}; it tells people about pushes, if CASEBOOK_SMTP_URL or CASEBOOK_WEBHOOK_URL is set",
                hook.display()
            )),
            None => context.ui.say(format!(
                "another program's `post-receive` hook exists; to tell people about pushes, add `{} notify --since OLD --at NEW` to it",
                program.display()
            )),
        }
        return Ok(Outcome::Done);
    }
    let dir = normal(&process.folder.join(&arguments.dir));
    let is_new = repo::init_git(&dir, &process.environment)?;
    if is_new {
        context.ui.say(format!("created a git repository in {}", dir.display()));
    } else if let Some(inside) = repo::path_in_git(&dir) {
        context
            .ui
            .say(format!("`{inside}` is inside an existing git repository; its files are committed there"));
    }
    let identity = repo::identity_at(&dir, &process.environment)?;
    let person = identity.clone().unwrap_or(Identity { name: "You".into(), email: "you@example.org".into() });
    if repo::exists_outside(&dir.join("casebook.yml")) {
        context.ui.say("casebook.yml exists and was not changed");
    } else {
        // A folder without settings is not a casebook repository, so the settings are written first.
        let forge = repo::forge_address(&dir, &process.environment)?;
        repo::write_outside(
            &dir.join("casebook.yml"),
            files::settings(&dir, &person, forge.as_deref()).as_bytes(),
        )?;
        context.ui.say(format!("wrote {SETTINGS_PATH}"));
    }
    let repo = Repo::open_in(&dir, process.environment.clone())?;
    let locked = context.lock(&repo)?;
    let files = match under_way::unfinished(&repo) {
        Some(files) => files,
        None => files::all(&person, process.now, &repo)?,
    };
    let fresh = |path: &RepoPath| !repo::exists_outside(&repo.root().join(path.as_str()));
    let begins = files.iter().any(|(path, _)| path.as_str().starts_with("tickets/") && fresh(path));
    let written = under_way::write(&locked, &files, |path| context.ui.say(format!("wrote {path}")))?;
    let written = under_way::uncommitted(&repo, written)?;
    if written.is_empty() || arguments.no_commit {
        context.ui.say("nothing was committed");
    } else if identity.is_none() {
        context.ui.say("nothing was committed: git does not know who you are; set user.name and user.email, then run `git add` and `git commit`");
    } else {
        let what = if begins { "settings, templates, a first ticket" } else { "settings and templates" };
        locked.commit_paths(&written, format!("casebook: {what}").as_str())?;
        context.ui.say(format!("committed {}", Plural(written.len(), "file")));
    }
    under_way::clear(&locked)?;
    // The hook is installed after the commit, which needs no check.
    install_commit_hooks(&locked, context);
    if !repo.prefix().is_empty() {
        let place = place(&repo);
        context.ui.say(format!(
            "no workflows were written, because GitHub runs only workflows at the root of a repository; add this command to one of those workflows: \
             `casebook check{place} --at \"$HEAD\" --since \"$BASE\" --rules-from \"$BASE\" --format github`"
        ));
    }
    if !repo.ignores(&RepoPath::new("public/index.html")) {
        context
            .ui
            .say("git does not ignore `public/`, where the site is built: add `/public/` to .gitignore");
    }
    context.ui.say("next: describe your services in casebook.yml, then open a ticket with `casebook new`");
    context.ui.line(repo.root().display().to_string());
    Ok(Outcome::Done)
}

/// Installs the commit hook, and tells the user what the hook does.
fn install_commit_hooks(locked: &LockedRepo<'_>, context: &Context) {
    let place = place(locked);
    let by_hand =
        format!("to have your commits checked, run `casebook check --staged{place}` in a `pre-commit` hook");
    match locked.install_commit_hooks() {
        Ok(CommitHooks::Installed { foreign }) => {
            if foreign.len() < 2 {
                context.ui.say("installed a commit hook, which runs `casebook check --staged`");
            }
            for name in foreign {
                context.ui.say(format!(
                    "another program's `{name}` hook exists; add `casebook check --staged{place}` to it"
                ));
            }
        }
        Ok(CommitHooks::Shared(path)) => context.ui.warn(format!(
            "no commit hook was installed: core.hooksPath is `{path}` for all your repositories; {by_hand}"
        )),
        Ok(CommitHooks::Off(path)) => context.ui.warn(format!(
            "no commit hook was installed: core.hooksPath is `{path}`, so git runs no hooks here; {by_hand}"
        )),
        Ok(CommitHooks::Bare) => {}
        // The repository is complete without the hook.
        Err(error) => context.ui.warn(format!("no commit hook was installed: {error}; {by_hand}")),
    }
}

/// Returns the option that names the casebook's folder, for a program that runs at the root of the worktree.
fn place(repo: &Repo) -> String {
    match repo.prefix() {
        "" => String::new(),
        prefix => format!(" --repo {}", shell_word(prefix)),
    }
}
