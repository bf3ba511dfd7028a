//! `casebook init`

pub(super) mod files;

use std::path::PathBuf;

use super::{CliError, Context, Outcome};
use crate::{
    repo::{self, Identity, Lock, Repo, Write},
    settings::SETTINGS_PATH,
    text::RepoPath,
};

/// Make a casebook repository, or install the hook that checks what is pushed
///
/// Makes a git repository if there is none, settings, templates, a first ticket, workflows for pull requests and a commit
/// hook.
/// What is there already stays as it is; only new files are committed.
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
    let dir = world.folder.join(&arguments.dir);
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
    }
    let repo = Repo::open_in(&dir, world.environment.clone())?;
    let lock = Lock::acquire(&repo, || context.ui.say("waiting for another casebook to finish writing"))?;
    let mut written = Vec::new();
    let files = files::all(&person, world.now, repo.head()?.is_none())
        .map_err(|error| CliError::environment(error.to_string()))?;
    for (path, text) in files {
        if repo::exists_outside(&repo.root().join(path.as_str())) {
            continue;
        }
        repo.write(&lock, &path, text.as_bytes(), Write::New)?;
        context.ui.say(format!("wrote {path}"));
        written.push(path);
    }
    let settings = RepoPath::new(SETTINGS_PATH);
    let committed = match repo.head()? {
        Some(head) => repo.commit(&head.to_string())?.blob_id(&settings)?.is_some(),
        None => false,
    };
    if !committed {
        written.push(settings);
    }
    if written.is_empty() || arguments.no_commit {
        context.ui.say("nothing was committed");
    } else if identity.is_none() {
        context.ui.say("nothing was committed, since git does not know who you are: set user.name and user.email, then `git add` and `git commit`");
    } else {
        repo.commit_paths(&lock, &written, "casebook: settings, templates, a first ticket")?;
        context.ui.say(format!("committed {}", crate::text::Plural(written.len(), "file")));
    }
    // After the commit, which is ours and need not be checked.
    match repo.install_commit_hook(&lock)? {
        Some(_) => context.ui.say("installed a commit hook, which runs `casebook check --staged`"),
        None => context.ui.say("there is a commit hook already; add `casebook check --staged` to it"),
    }
    context.ui.say("next: describe your services in casebook.yml, then open a ticket with `casebook new`");
    context.ui.line(repo.root().display().to_string());
    Ok(Outcome::Done)
}
