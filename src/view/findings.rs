//! Removes the names that an audience may not know from findings.

use std::{borrow::Cow, collections::HashSet};

use super::{Audience, InternalNames, ViewStore, names::REPLACEMENT};
use crate::{diagnostic::Finding, store::Store};

/// The rule whose finding says that a word is the name of an internal ticket.
const NAMES_INTERNAL_TICKET: &str = "named-internal-ticket";

impl ViewStore {
    /// Removes the names from `findings` that the readers of this view may not know. `store` is the store that the view
    /// was made from. Suggestions with such a name are left out.
    pub(crate) fn findings(&self, store: &Store, findings: Vec<Finding>) -> Vec<Finding> {
        if self.view.audience == Audience::Internal {
            return findings;
        }
        let secrets = Secrets { names: InternalNames::of(store), others: self.hidden_names(store) };
        let kept = findings.into_iter().filter(|finding| finding.code != NAMES_INTERNAL_TICKET);
        kept.map(|finding| secrets.redacted(finding)).collect()
    }

    /// Returns the services, people and templates of `store` that this view does not have.
    fn hidden_names(&self, store: &Store) -> HashSet<String> {
        let names = |store: &Store| {
            let services = store.settings.services.iter().map(|service| service.id.clone());
            let people = store.settings.people.iter().map(|person| person.id.clone());
            services.chain(people).collect::<HashSet<String>>()
        };
        let public: HashSet<&str> =
            self.store.threads.iter().map(|thread| thread.ticket.template.as_str()).collect();
        let internal = store.threads.iter().map(|thread| thread.ticket.template.as_str());
        let templates = internal.filter(|template| !public.contains(template)).map(str::to_owned);
        names(store).difference(&names(&self.store)).cloned().chain(templates).collect()
    }
}

struct Secrets {
    names: InternalNames,
    others: HashSet<String>,
}

impl Secrets {
    fn redacted(&self, mut finding: Finding) -> Finding {
        if let Cow::Owned(message) = self.text(&finding.message) {
            finding.message = message;
        }
        let is_public = |text: &str| matches!(self.text(text), Cow::Borrowed(_));
        if !is_public(&finding.label) {
            finding.label.clear();
        }
        finding.help.retain(|help| is_public(help));
        finding.also.retain(|(_, label)| is_public(label));
        finding.fix = finding
            .fix
            .filter(|fix| is_public(&fix.title) && fix.edits.iter().all(|(_, text)| is_public(text)));
        finding
    }

    /// Replaces each secret name in `text`. In a message, every word can be a name.
    fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        let mut shown = String::new();
        let mut start = 0;
        let mut end = 0;
        for part in text.split_inclusive(|c| !is_part(c)) {
            let at = end;
            end += part.len();
            let word = part.trim_end_matches(|c| !is_part(c));
            // Findings have numbers of all kinds, such as limits.
            let is_number = word.chars().all(|c| c.is_ascii_digit());
            if !is_number && (self.names.is_secret(word) || self.others.contains(word)) {
                shown.push_str(&text[start..at]);
                shown.push_str(REPLACEMENT);
                start = at + word.len();
            }
        }
        let rest = self.names.text(&text[start..]);
        match (start, rest) {
            (0, rest) => rest,
            (_, rest) => Cow::Owned(shown + &rest),
        }
    }
}
