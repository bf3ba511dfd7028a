//! `casebook demo`

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use super::{build, init::files::scaffolding, serve};
use crate::cli::{CliError, Context, Outcome, argument_values, findings, selection::normal};
use crate::{
    check,
    demo::{self, DemoCommit},
    repo::{self, NewCommit, Repo},
    text::{Plural, RepoPath, shell_word},
};

/// Try Casebook with a year of tickets of an invented company
///
/// Creates a repository with its own git history, checks it, builds its site, serves it and prints the address. If the
/// folder already contains a demo, uses it.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder to create
    #[arg(value_name = "DIR", default_value = "casebook-demo", value_hint = clap::ValueHint::DirPath)]
    dir: PathBuf,
    /// The address and port to listen on (port 0 takes any free port)
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4177", value_parser = argument_values::address)]
    addr: SocketAddr,
    /// Create and check the repository and build its site, but do not start the server
    #[arg(long)]
    no_serve: bool,
}

/// The file in the git directory that marks a complete demo. Other folders of the user are never used as a demo.
const MARK: &str = "demo";

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let dir = normal(&context.process.folder.join(&arguments.dir));
    let repo = match existing(&dir, context)? {
        Some(repo) => {
            context.ui.say(format!("using the demo in {}", dir.display()));
            repo
        }
        None => create(&dir, context)?,
    };
    let repo = context.go_to(repo)?;
    let started_ns = build::start(repo);
    let store = context.store()?;
    let check_context = check::CheckContext::new(&store, context.process.now);
    let found = check::check_all(&check_context, &|| {});
    context.ui.say(format!("checked the demo: {}", findings::summary(&found)));
    let out = repo.root().join("public");
    let report = build::build(store, started_ns, build::AudienceOption::Internal, &out, context)?;
    let outcome = build::print_problems(&report, context);
    context.ui.say(format!("built the site: {}", out.display()));
    if arguments.no_serve {
        context.ui.line(repo.root().display().to_string());
        return Ok(outcome);
    }
    let welcome = format!(
        "the server is running; in another terminal, run `cd {} && {} list`",
        shell_word(&repo.root().to_string_lossy()),
        context.process.program()
    );
    serve::serve(arguments.addr, build::AudienceOption::Internal, true, &welcome, context)
}

/// Returns the finished demo in `dir`; `None` if `dir` is empty. Anything else in `dir` is an error.
fn existing(dir: &Path, context: &Context) -> Result<Option<Repo>, CliError> {
    if repo::is_vacant(dir) {
        return Ok(None);
    }
    let opened = Repo::open_in(dir, context.process.environment.clone()).ok();
    match opened.as_ref().and_then(|repo| repo.read_cache(MARK)) {
        Some(_) => Ok(opened),
        None => Err(CliError::usage(format!("{} is not empty and is not a demo", dir.display()))
            .with_hint("choose another folder, or remove this one")),
    }
}

/// Creates the demo next to `dir`, and moves it there when it is complete.
fn create(dir: &Path, context: &Context) -> Result<Repo, CliError> {
    let story = demo::story().map_err(CliError::environment)?;
    let scaffold = repo::scaffold(dir)?;
    let environment = &context.process.environment;
    repo::new_git(scaffold.path(), "main", environment)?;
    let commits = story.commits.len();
    let progress = context.ui.progress("writing history", commits);
    let mut history = story.commits.into_iter();
    let Some(first) = history.next() else {
        return Err(CliError::environment("the demo has no history"));
    };
    let repo = first_commit(scaffold.path(), first, context)?;
    let locked = repo.lock(|| {})?;
    progress.set(1);
    for (done, commit) in (2..).zip(history) {
        let (files, message) = contents(commit);
        locked.commit_to_branch("main", None, &files, message)?;
        progress.set(done);
    }
    drop(progress);
    locked.write_cache(MARK, b"made by casebook demo\n")?;
    scaffold.move_to(dir)?;
    context.ui.say(format!("created {} with {}", dir.display(), Plural(commits, "commit")));
    Ok(Repo::open_in(dir, environment.clone())?)
}

/// Returns the files and the message of `commit`.
fn contents(commit: DemoCommit) -> (Vec<(RepoPath, Vec<u8>)>, NewCommit) {
    let mut files = commit.files;
    if commit.templates {
        files.extend(scaffolding().into_iter().map(|(path, text)| (path, text.into_bytes())));
    }
    let message =
        NewCommit::from(commit.message.as_str()).by(commit.author.name, commit.author.email).at(commit.at);
    (files, message)
}

/// Creates the first commit in the worktree. It contains the settings, without which the folder is not a casebook
/// repository.
fn first_commit(dir: &Path, first: DemoCommit, context: &Context) -> Result<Repo, CliError> {
    let (files, message) = contents(first);
    for (path, bytes) in &files {
        repo::write_outside(&dir.join(path.as_str()), bytes)?;
    }
    let repo = Repo::open_in(dir, context.process.environment.clone())?;
    let paths: Vec<RepoPath> = files.into_iter().map(|(path, _)| path).collect();
    repo.lock(|| {})?.commit_paths(&paths, message)?;
    Ok(repo)
}
