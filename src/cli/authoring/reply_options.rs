//! The options that `reply`, `resolve` and `reopen` share, and the author of what they write.

use std::path::PathBuf;

use crate::{
    cli::{CliError, Context, argument_values, body, completion_candidates, table},
    settings::Settings,
    store::Store,
    template::SectionRule,
    text::nearest,
};

/// The options of the commands that write a reply.
#[derive(clap::Args, Clone, Debug, Default)]
pub(in crate::cli) struct ReplyOptions {
    /// The text [default: `reply` and `resolve` open `$EDITOR` on a terminal]
    #[arg(long, short, value_name = "TEXT")]
    pub message: Option<String>,
    /// A file with the text; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "message", value_hint = clap::ValueHint::FilePath)]
    pub body: Option<PathBuf>,
    /// A section of the text, such as `--section Fix="restarted it"`
    #[arg(long, value_name = "NAME=TEXT", value_parser = argument_values::pair)]
    pub section: Vec<(String, String)>,
    /// The name of a canned response; `casebook replies` lists them
    #[arg(long = "use", value_name = "NAME", add = completion_candidates::canned())]
    pub canned: Option<String>,
    /// The ticket or article from whose answer the text was drafted
    #[arg(long, value_name = "ID")]
    pub draft_from: Option<String>,
    /// A ticket field to change, such as `--set priority=high` or `--set tags=+export,-noise`; an empty value clears it
    #[arg(long, value_name = "KEY=VALUE", value_parser = argument_values::pair, add = completion_candidates::fields())]
    pub set: Vec<(String, String)>,
    /// The new assignee: a person's id, `me` or `none`
    #[arg(long, value_name = "WHO", add = completion_candidates::people())]
    pub assign: Option<String>,
    #[command(flatten)]
    pub push: PushOptions,
}

/// The options that decide whether to push.
#[derive(clap::Args, Clone, Copy, Debug, Default)]
pub(in crate::cli) struct PushOptions {
    /// Push after the commit, even if casebook.yml says `push: false`
    #[arg(long, overrides_with = "no_push")]
    pub push: bool,
    /// Do not push after the commit
    #[arg(long)]
    pub no_push: bool,
}

impl PushOptions {
    /// Returns whether to push. The options override the settings.
    pub(in crate::cli) fn is_on(self, settings: &Settings) -> bool {
        self.push || (settings.push && !self.no_push)
    }

    /// Returns the options that were given.
    pub(in crate::cli) fn options(self) -> impl Iterator<Item = &'static str> {
        [(self.push, "--push"), (self.no_push, "--no-push")]
            .into_iter()
            .filter(|(on, _)| *on)
            .map(|(_, name)| name)
    }
}

/// Returns the person id of the user, or an error if git has no identity.
pub(in crate::cli) fn author(context: &Context, store: &Store) -> Result<String, CliError> {
    context.me(store)?.ok_or_else(|| {
        CliError::environment("git does not know who you are").with_hint(
            "run `git config --global user.email you@example.org` and `git config --global user.name \"Your Name\"`",
        )
    })
}

/// Reports sections that the template does not have. They are allowed, but often misspelled.
pub(in crate::cli) fn say_unknown_sections(
    given: &[(String, String)],
    known: &[SectionRule],
    owner: &str,
    context: &Context,
) {
    let names = || known.iter().map(|rule| rule.name.as_str());
    for (name, _) in given {
        let is_known = names().any(|known| known.to_lowercase() == name.trim().to_lowercase());
        if !is_known && !known.is_empty() {
            let near =
                nearest(name, names()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            let all = names().collect::<Vec<_>>().join(", ");
            context
                .ui
                .say(format!("{owner} has no section `{}`{near} (it has {all})", table::one_line(name)));
        }
    }
}

impl ReplyOptions {
    /// Returns whether a text was given, even if it is empty.
    pub(super) fn has_text(&self) -> bool {
        self.message.is_some() || self.body.is_some() || !self.section.is_empty()
    }

    /// Returns the text of `--message` or `--body`, without the sections.
    pub(super) fn text(&self, context: &Context) -> Result<String, CliError> {
        match (&self.message, &self.body) {
            (Some(message), _) => Ok(message.clone()),
            (None, Some(file)) => body::read(file, context),
            (None, None) => Ok(String::new()),
        }
    }
}
