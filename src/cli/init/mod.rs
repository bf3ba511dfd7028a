//! `casebook init`

pub(super) mod files;
mod under_way;

use std::path::PathBuf;

use super::{CliError, Context, Outcome, selection::normal};
use crate::{
    repo::{self, Identity, Lock, Repo},
    settings::SETTINGS_PATH,
    text::{Plural, RepoPath, shell_word},
};

/// Make a casebook repository, or install the hook that checks what is pushed
///
/// Makes a git repository if there is none, settings, templates, workflows for pull requests and a commit hook; in a
/// repository without history also a first ticket. What is there already stays as it is; only new files are committed.
#[derive(clap::Args)]
pub struct Arguments {
    /// The folder
    #[arg(value_name = "DIR", default_value = ".", value_hint = clap::ValueHint::DirPath)]
    dir: PathBuf,
    /// Install the pre-receive hook in this bare repository instead: it refuses pushes with findings at level deny
    #[arg(long, value_name = "BARE", value_hint = clap::ValueHint::DirPath)]
    hook: Option<PathBuf>,
    /// Leave the new files uncommitted
    #[arg(long)]
    no_commit: bool,
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let world = &context.world;
    if let Some(bare) = &arguments.hook {
        let program = std::env::current_exe()
            .map_err(|error| CliError::environment(format!("where is this program? {error}")))?;
        let hook = repo::install_pre_receive(&world.folder.join(bare), &program, &world.environment)?;
        context
            .ui
            .say(format!("installed {}; it refuses pushes with findings at level deny", hook.display()));
        return Ok(Outcome::Done);
    }
    let dir = normal(&world.folder.join(&arguments.dir));
    let is_new = repo::init_git(&dir, &world.environment)?;
    if is_new {
        context.ui.say(format!("made a git repository in {}", dir.display()));
    } else if let Some(inside) = repo::path_in_git(&dir) {
        context.ui.say(format!(
            "`{inside}` is in a git repository already, so its files are committed to that one"
        ));
    }
    let identity = repo::identity_at(&dir, &world.environment)?;
    let person = identity.clone().unwrap_or(Identity { name: "You".into(), email: "you@example.org".into() });
    if repo::exists_outside(&dir.join("casebook.yml")) {
        context.ui.say("casebook.yml is there already and stays as it is");
    } else {
        // The settings make a folder a casebook repository, so they come first.
        let forge = repo::forge_address(&dir, &world.environment)?;
        repo::write_outside(
            &dir.join("casebook.yml"),
            files::settings(&dir, &person, forge.as_deref()).as_bytes(),
        )?;
        context.ui.say(format!("wrote {SETTINGS_PATH}"));
    }
    let repo = Repo::open_in(&dir, world.environment.clone())?;
    let lock = Lock::acquire(&repo, || context.ui.say("waiting for another casebook to finish writing"))?;
    let files = match under_way::take_up(&repo) {
        Some(files) => files,
        None => files::all(&person, world.now, &repo)?,
    };
    let fresh = |path: &RepoPath| !repo::exists_outside(&repo.root().join(path.as_str()));
    let begins = files.iter().any(|(path, _)| path.as_str().starts_with("tickets/") && fresh(path));
    let written = under_way::write(&repo, &lock, &files, |path| context.ui.say(format!("wrote {path}")))?;
    let written = under_way::uncommitted(&repo, written)?;
    if written.is_empty() || arguments.no_commit {
        context.ui.say("nothing was committed");
    } else if identity.is_none() {
        context.ui.say("nothing was committed, since git does not know who you are: set user.name and user.email, then `git add` and `git commit`");
    } else {
        let what = if begins { "settings, templates, a first ticket" } else { "settings and templates" };
        repo.commit_paths(&lock, &written, format!("casebook: {what}").as_str())?;
        context.ui.say(format!("committed {}", Plural(written.len(), "file")));
    }
    under_way::done(&repo, &lock)?;
    let place = match repo.prefix() {
        "" => String::new(),
        prefix => format!(" --repo {}", shell_word(prefix)),
    };
    // After the commit, which is ours and need not be checked.
    match repo.install_commit_hook(&lock)? {
        Some(_) => context.ui.say("installed a commit hook, which runs `casebook check --staged`"),
        None => {
            context
                .ui
                .say(format!("there is a commit hook already; add `casebook check --staged{place}` to it"));
        }
    }
    if !repo.prefix().is_empty() {
        context.ui.say(format!(
            "no workflows were written, since GitHub runs only those at the root of a git repository; let one of them run \
             `casebook check{place} --at \"$HEAD\" --since \"$BASE\" --rules-from \"$BASE\" --format github`"
        ));
    }
    if !repo.ignores(&RepoPath::new("public/index.html")) {
        context
            .ui
            .say("the site goes to `public/` and git does not ignore that: add `/public/` to .gitignore");
    }
    context.ui.say("next: describe your services in casebook.yml, then open a ticket with `casebook new`");
    context.ui.line(repo.root().display().to_string());
    Ok(Outcome::Done)
}
