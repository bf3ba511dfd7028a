//! The commands, one file or folder each. To add a command, add a file with `Arguments` and `run`, and a line in
//! [`commands!`].

use clap::Subcommand;

use super::{CliError, Context, Format, Outcome};

pub(crate) use review::comment;

/// Declares a module and a subcommand for each command. The doc comments on `Arguments` are the manual.
macro_rules! commands {
    ($($module:ident: $variant:ident),+ $(,)?) => {
        $(mod $module;)+

        #[derive(Subcommand)]
        pub(crate) enum Command {
            $($variant($module::Arguments)),+
        }

        impl Command {
            pub(crate) fn run(self, context: &Context) -> Result<Outcome, CliError> {
                match self {
                    $(Self::$variant(arguments) => $module::run(arguments, context)),+
                }
            }
        }
    };
}

commands! {
    demo: Demo,
    init: Init,
    new: New,
    check: Check,
    review: Review,
    explain: Explain,
    list: List,
    due: Due,
    notify: Notify,
    show: Show,
    search: Search,
    similar: Similar,
    draft: Draft,
    eval: Eval,
    report: Report,
    reply: Reply,
    resolve: Resolve,
    reopen: Reopen,
    templates: Templates,
    services: Services,
    replies: Replies,
    import: Import,
    export: Export,
    distill: Distill,
    article: Article,
    build: Build,
    serve: Serve,
    completions: Completions,
    man: Man,
}

impl Command {
    /// Returns an error if the command does not have this format, so that a program never gets another one instead.
    pub(super) fn check_format(&self, format: Format) -> Result<(), CliError> {
        let (name, commands) = match format {
            Format::Github if !matches!(self, Self::Check(_) | Self::Review(_)) => {
                ("github", "check` and `review")
            }
            Format::Markdown if !matches!(self, Self::Review(_) | Self::Due(_) | Self::Report(_)) => {
                ("markdown", "review`, `due` and `report")
            }
            Format::Csv if !matches!(self, Self::Report(_)) => ("csv", "report"),
            _ => return Ok(()),
        };
        Err(CliError::usage(format!("`--format {name}` works only with `{commands}`"))
            .with_hint("use `--format json` or `--format short`"))
    }
}
