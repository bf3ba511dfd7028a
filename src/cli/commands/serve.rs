//! `casebook serve`

use std::{net::SocketAddr, sync::Arc};

use super::build::{self, For};
use crate::cli::{CliError, Context, Outcome, ProcessEnvironment, Ui, argument_values, queries};
use crate::{
    repo::Repo,
    server::{self, ServerState, Slots},
    site::{BuildOptions, Links},
    store,
    view::Audience,
};

/// Serve the site, with live search and an API
///
/// Serves the worktree, committed or not (HEAD of a bare repository). When files change, rebuilds the site and reloads
/// open pages.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The address and port to listen on (port 0 takes any free port)
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4177", value_parser = argument_values::address)]
    addr: SocketAddr,
    /// The readers of the site: a public site contains nothing internal
    #[arg(long, value_enum, default_value_t = For::Internal)]
    audience: For,
    /// Do not watch for changes
    #[arg(long)]
    no_watch: bool,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    serve(arguments.addr, arguments.audience, !arguments.no_watch, "", context)
}

/// Serves the repository of `context` until the process is interrupted. `welcome` is said when it listens.
pub(super) fn serve(
    address: SocketAddr,
    audience: For,
    watch: bool,
    welcome: &str,
    context: &Context,
) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let root = repo.root().to_owned();
    let opened = Repo::open_in(&root, context.process.environment.clone())?;
    let load = move || {
        let name = if opened.is_bare() { "parsed-head" } else { "parsed-worktree" };
        store::load(Arc::from(opened.current()?), &opened.cache_slot(name))
    };
    let options = BuildOptions {
        links: Links::Folders,
        // The public must not learn when internal files change.
        events: (watch && audience == For::Internal).then(|| "events".to_owned()),
        ..build::options(repo)?
    };
    let audience = audience.into();
    let shown = queries::slot_of_site(audience, repo);
    let seen = repo.cache_slot(&format!("index-served-{}", Audience::name(audience)));
    let clock = Box::new(ProcessEnvironment::clock);
    let state = ServerState::new(Box::new(load), clock, Slots { shown, seen }, audience, options)
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
        // It may be long until the command ends.
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
