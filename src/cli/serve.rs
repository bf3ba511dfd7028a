//! `casebook serve`

use std::{net::SocketAddr, sync::Arc};

use super::{CliError, Context, Outcome, Ui, World, asking, build::For, value};
use crate::{
    repo::Repo,
    server::{self, Slots, State},
    site::{BuildOptions, Links},
    store,
    view::Audience,
};

/// Serve the site, with live search and an API
///
/// Reads the worktree as it is (HEAD of a bare repository), rebuilds what changes on the disk, and reloads open pages.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where to listen: an address and a port (0 for any that is free)
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4177", value_parser = value::address)]
    addr: SocketAddr,
    /// For whom: a public site has nothing internal in it
    #[arg(long, value_enum, default_value_t = For::Internal)]
    audience: For,
    /// Do not look out for changes
    #[arg(long)]
    no_watch: bool,
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    serve(arguments.addr, arguments.audience, !arguments.no_watch, "", context)
}

/// Serves the repository of `context` until the process is interrupted. `welcome` is said when it listens.
pub fn serve(
    address: SocketAddr,
    audience: For,
    watch: bool,
    welcome: &str,
    context: &Context,
) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let root = repo.root().to_owned();
    let opened = Repo::open_in(&root, context.world.environment.clone())?;
    let load = move || {
        let name = if opened.is_bare() { "parsed-head" } else { "parsed-worktree" };
        store::load(Arc::from(opened.current()?), &opened.cache_slot(name))
    };
    let options = BuildOptions {
        links: Links::Folders,
        // When the team changes what is internal is nothing for everybody.
        events: (watch && audience == For::Internal).then(|| "events".to_owned()),
        ..super::build::options(repo)?
    };
    let audience = audience.into();
    let shown = asking::slot_of_site(audience, repo);
    let seen = repo.cache_slot(&format!("index-served-{}", Audience::name(audience)));
    let state = State::new(Box::new(load), Box::new(World::clock), Slots { shown, seen }, audience, options)
        .map_err(|error| CliError::environment(error.to_string()))?;
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
        ui.say("press Ctrl-C to stop");
    };
    server::serve(state, address, listening).map_err(|error| {
        CliError::environment(error.to_string()).with_help("choose another address with `--addr 127.0.0.1:0`")
    })?;
    Ok(Outcome::Done)
}
