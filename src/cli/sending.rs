//! The options and environment variables of commands that send messages. They never come from the repository, because a person who
//! can write there could send all messages elsewhere.

use super::{CliError, Context};
use crate::{
    diagnostic::Hinted as _,
    notify::{Mailer, SendError},
};

/// Where and how to send messages.
#[derive(clap::Args)]
#[command(next_help_heading = "Sending")]
pub(super) struct SendOptions {
    /// The mail server, such as `smtps://USER:PASSWORD@HOST` [default: $CASEBOOK_SMTP_URL]
    #[arg(long, value_name = "URL", hide_default_value = true)]
    smtp_url: Option<String>,
    /// The sender of mails [default: $CASEBOOK_MAIL_FROM]
    #[arg(long, value_name = "ADDRESS")]
    mail_from: Option<String>,
}

impl SendOptions {
    /// Returns whether a mail server is set.
    pub(super) fn has_mail(&self, context: &Context) -> bool {
        setting(self.smtp_url.as_deref(), "CASEBOOK_SMTP_URL", context).is_some()
    }

    /// Creates the mailer.
    pub(super) fn mailer(&self, context: &Context) -> Result<Mailer, CliError> {
        let url = setting(self.smtp_url.as_deref(), "CASEBOOK_SMTP_URL", context).ok_or_else(|| {
            CliError::usage("no mail server is set")
                .with_hint("set CASEBOOK_SMTP_URL, for example to `smtps://USER:PASSWORD@mail.example.org`")
        })?;
        let from = setting(self.mail_from.as_deref(), "CASEBOOK_MAIL_FROM", context).ok_or_else(|| {
            CliError::usage("no sender of mails is set")
                .with_hint("set CASEBOOK_MAIL_FROM, for example to `Oncall <oncall@example.org>`")
        })?;
        Ok(Mailer::new(url, from)?)
    }
}

/// Returns the value of an option, or of the environment variable that replaces it. Secrets that a workflow does not have
/// are empty, which counts as missing.
pub(super) fn setting<'a>(given: Option<&'a str>, variable: &str, context: &'a Context) -> Option<&'a str> {
    given.or_else(|| context.process.variable(variable)).map(str::trim).filter(|value| !value.is_empty())
}

impl From<SendError> for CliError {
    fn from(error: SendError) -> Self {
        let hint = error.hint();
        match error {
            SendError::Settings { .. } => Self::usage(error).with_hints(hint),
            SendError::Refused { .. } | SendError::Unreachable { .. } => Self::environment(error),
        }
    }
}
