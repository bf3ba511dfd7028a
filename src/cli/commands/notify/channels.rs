//! The ways to tell people that are set up.

use super::Arguments;
use crate::cli::{CliError, Context, sending::setting};
use crate::notify::{Channel, ForgeApi, Mailer};

/// The ways that a run uses.
pub(super) struct Channels {
    pub used: Vec<Channel>,
    pub mailer: Option<Mailer>,
    /// The address of the chat's webhook.
    pub webhook: Option<String>,
    pub forge: Option<ForgeApi>,
}

impl Channels {
    /// Returns the ways of `--to`, or else all that are set up. A dry run sends nothing, so nothing needs to be set up.
    pub(super) fn of(arguments: &Arguments, context: &Context) -> Result<Self, CliError> {
        let webhook = setting(arguments.webhook.as_deref(), "CASEBOOK_WEBHOOK_URL", context);
        let of_forge =
            ["GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN"].map(|name| setting(None, name, context));
        let is_set_up = |channel: Channel| match channel {
            Channel::Mail => arguments.send.has_mail(context),
            Channel::Webhook => webhook.is_some(),
            Channel::Comment => of_forge.iter().all(Option::is_some),
        };
        let all = [Channel::Mail, Channel::Webhook, Channel::Comment];
        let mut used: Vec<Channel> = arguments.to.iter().map(|channel| Channel::from(*channel)).collect();
        used.sort_unstable();
        used.dedup();
        if used.is_empty() {
            used = all.into_iter().filter(|channel| is_set_up(*channel)).collect();
        }
        if arguments.dry_run {
            let used = if used.is_empty() { vec![Channel::Mail] } else { used };
            return Ok(Self { used, mailer: None, webhook: None, forge: None });
        }
        if used.is_empty() {
            return Err(CliError::usage("no way to tell people is set up")
                .with_hint("set CASEBOOK_SMTP_URL and CASEBOOK_MAIL_FROM for mail, or CASEBOOK_WEBHOOK_URL for a chat")
                .with_hint(context.command_with(&["--dry-run".to_owned()]) + " prints the messages"));
        }
        let uses = |channel| used.contains(&channel);
        let mailer = if uses(Channel::Mail) { Some(arguments.send.mailer(context)?) } else { None };
        let webhook = match (uses(Channel::Webhook), webhook) {
            (true, None) => {
                return Err(CliError::usage("no webhook is set").with_hint("set CASEBOOK_WEBHOOK_URL"));
            }
            (true, Some(address)) => Some(address.to_owned()),
            (false, _) => None,
        };
        let forge = match (uses(Channel::Comment), of_forge) {
            (true, [Some(address), Some(repository), Some(token)]) => {
                Some(ForgeApi::new(address, repository, token)?)
            }
            (true, _) => {
                return Err(CliError::usage("no forge is set")
                    .with_hint("set GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN; in a workflow, only GITHUB_TOKEN is missing"));
            }
            (false, _) => None,
        };
        Ok(Self { used, mailer, webhook, forge })
    }
}
