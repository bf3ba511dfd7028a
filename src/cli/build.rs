//! `casebook build`

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::ValueEnum;

use super::{CliError, Context, Outcome, selection::normal};
use crate::{
    api::BuildReport,
    repo::{Repo, SiteFolder},
    site::{self, Audience, BuildOptions, Site, SiteError, Written},
    store::Store,
    template::TEMPLATE_FOLDER,
    text::Plural,
};

/// Build the static site
///
/// Writes only what changed. The same files give the same bytes: neither the clock nor git's history is read.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where to write it (in the repository, unless it is absolute)
    #[arg(long, value_name = "DIR", default_value = "public", value_hint = clap::ValueHint::DirPath)]
    out: PathBuf,
    /// For whom: a public site has nothing internal in it
    #[arg(long, value_enum, default_value_t = For::Internal)]
    audience: For,
    /// Say which files were written and removed
    #[arg(long)]
    explain: bool,
}

/// For whom a site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum For {
    /// Everybody.
    Public,
    /// The team.
    Internal,
}

impl From<For> for Audience {
    fn from(given: For) -> Self {
        match given {
            For::Public => Self::Public,
            For::Internal => Self::Internal,
        }
    }
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let repo = context.repo()?;
    let base = if repo.is_bare() { &context.world.folder } else { repo.root() };
    let out = normal(&base.join(&arguments.out));
    refuse_own_folders(&out, repo)?;
    let written = build(store, arguments.audience, &out, repo)?;
    if arguments.explain {
        for path in &written.written {
            context.ui.say(format!("wrote {path}"));
        }
        for path in &written.removed {
            context.ui.say(format!("removed {path}"));
        }
    }
    let summary = format!(
        "{} written, {} removed, {} unchanged",
        Plural(written.written.len(), "file"),
        written.removed.len(),
        written.unchanged
    );
    context.ui.say(summary);
    if context.ui.is_json() {
        let Written { written, removed, unchanged } = written;
        context.ui.json(&BuildReport { out: out.display().to_string(), written, removed, unchanged });
    } else {
        context.ui.line(out.display().to_string());
    }
    Ok(Outcome::Done)
}

/// Pages among the files that they are made of would be taken for tickets, or for the theme of the next build.
fn refuse_own_folders(out: &Path, repo: &Repo) -> Result<(), CliError> {
    let Ok(inside) = out.strip_prefix(repo.root()) else { return Ok(()) };
    let first = inside.iter().next().and_then(|name| name.to_str()).unwrap_or_default();
    let own = ["", ".git", "tickets", "knowledge", TEMPLATE_FOLDER, site::FOLDER];
    if repo.is_bare() || !own.contains(&first) {
        return Ok(());
    }
    let what =
        if first.is_empty() { "the repository itself".to_owned() } else { format!("its folder `{first}`") };
    Err(CliError::usage(format!("a site cannot be built into {what}"))
        .with_help("name a folder of its own with `--out`, as in `--out public`"))
}

/// Builds the site of `store` into the folder `out`.
pub fn build(store: Arc<Store>, audience: For, out: &Path, repo: &Repo) -> Result<Written, CliError> {
    let site = Site::new(store, options(audience, repo)?).map_err(failed)?;
    site::write(&site, &SiteFolder::new(out)).map_err(failed)
}

/// For whom, and of which branch: what `build` and `serve` share.
pub fn options(audience: For, repo: &Repo) -> Result<BuildOptions, CliError> {
    let options = BuildOptions { audience: audience.into(), ..BuildOptions::default() };
    let main = repo.default_remote_branch()?.map(|main| main.branch).or_else(|| repo.branch());
    Ok(match main {
        Some(branch) => BuildOptions { branch, ..options },
        None => options,
    })
}

fn failed(error: SiteError) -> CliError {
    CliError::environment(error.to_string())
}
