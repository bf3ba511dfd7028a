//! `casebook serve`

use std::{net::SocketAddr, sync::Arc};

use super::build::{self, AudienceOption};
use crate::cli::{CliError, Context, Outcome, ProcessEnvironment, Ui, argument_values, queries};
use crate::{
    repo::Repo,
    server::{self, IndexSlots, ServerState},
    site::{BuildOptions, Links},
    store,
    view::Audience,
};

/// Serve the site, with live search and an API
///
/// Serves the files of the worktree, committed or not; in a bare repository, HEAD. When files change, rebuilds the site
/// and reloads open pages.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The address and port to listen on (port 0 takes any free port)
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4177", value_parser = argument_values::address)]
    addr: SocketAddr,
    /// The audience of the site; a public site contains nothing internal
    #[arg(long, value_enum, default_value_t = AudienceOption::Internal)]
    audience: AudienceOption,
    /// Do not watch for changes
    #[arg(long)]
    no_watch: bool,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    serve(arguments.addr, arguments.audience, !arguments.no_watch, "", context)
}

/// Serves the repository of `context` until the process is interrupted. Prints `welcome` when the server listens.
pub(super) fn serve(
    address: SocketAddr,
    audience: AudienceOption,
    watch: bool,
    welcome: &str,
    context: &Context,
) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let root = repo.root().to_owned();
    let opened = Repo::open_in(&root, context.process.environment.clone())?;
    let load = move || {
        let name = if opened.is_bare() { "parsed-head" } else { "parsed-worktree" };
        let started_ns = build::start(&opened);
        let store = store::load(Arc::from(opened.current()?), &opened.cache_slot(name))?;
        let store = match audience {
            AudienceOption::Internal => store.with_in_review(&opened)?,
            AudienceOption::Public => store,
        };
        Ok((store, started_ns))
    };
    let options = BuildOptions {
        links: Links::Folders,
        // The public must not learn when internal files change.
        events: (watch && audience == AudienceOption::Internal).then(|| "events".to_owned()),
        report_theme_problem: Some(|problem| {
            Ui::warn_plainly(&format!("{problem}; the built-in file is used instead"));
        }),
        ..build::options(repo)?
    };
    let audience = audience.into();
    let shown = queries::slot_of_site(audience, repo);
    let seen = repo.cache_slot(&format!("index-served-{}", Audience::name(audience)));
    let clock = Box::new(ProcessEnvironment::clock);
    let state = ServerState::new(Box::new(load), clock, IndexSlots { shown, seen }, audience, options)
        .map_err(CliError::environment)?;
    if watch {
        server::watch(&root, state.clone(), |text| Ui::warn_plainly(&text));
    }
    let ui = &context.ui;
    let listening = |address: SocketAddr| {
        if !welcome.is_empty() {
            ui.say(welcome);
        }
        ui.line(format!("http://{address}/"));
        ui.flush();
        // The command may run for a long time, so an error is printed now and not at the end.
        if let Err(error) = ui.written() {
            ui.error(&error);
        }
        ui.say("press Ctrl-C to stop");
    };
    server::serve(state, address, listening).map_err(|error| {
        CliError::environment(error).with_hint("choose another address: `casebook serve --addr 127.0.0.1:0`")
    })?;
    Ok(Outcome::Done)
}
