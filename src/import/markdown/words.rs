//! The words by which other tools name the state and the priority of a ticket.

use super::front::plain_value;
use crate::{
    text::nearest,
    ticket::{Priority, Resolution, Status},
};

/// The state that an imported ticket ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImportedState {
    Unresolved(Status),
    Resolved(Resolution),
}

impl ImportedState {
    pub(super) const OPEN: Self = Self::Unresolved(Status::Open);

    /// The words of the mapping, in order. A duplicate needs the id of the other ticket, which no word has.
    pub(super) const NAMES: &[&str] =
        &["open", "pending", "on-hold", "fixed", "workaround", "answered", "not-reproducible", "declined"];

    /// Returns the state that is called `name` in the mapping.
    pub(super) fn parse(name: &str) -> Option<Self> {
        if !Self::NAMES.contains(&name) {
            return None;
        }
        let status = Status::parse(name).map(Self::Unresolved);
        status.or_else(|| Resolution::parse(name).map(Self::Resolved))
    }

    fn is_open(self) -> bool {
        matches!(self, Self::Unresolved(_))
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Unresolved(status) => status.name(),
            Self::Resolved(resolution) => resolution.name(),
        }
    }
}

/// The states of common words, in lower case.
const STATES: &[(&str, &[&str])] = &[
    (
        "open",
        &[
            "open",
            "opened",
            "reopened",
            "new",
            "draft",
            "drafted",
            "proposed",
            "proposal",
            "propose",
            "idea",
            "review",
            "in review",
            "under review",
            "reviewing",
            "last call",
            "todo",
            "to do",
            "backlog",
            "ready",
            "in progress",
            "in-progress",
            "inprogress",
            "progress",
            "wip",
            "work in progress",
            "started",
            "active",
            "doing",
            "ongoing",
            "provisional",
            "implementable",
            "experimental",
            "candidate",
            "triage",
            "triaged",
            "assigned",
            "confirmed",
            "discussion",
            "in discussion",
            "under discussion",
            "planned",
            "planning",
            "pending review",
            "rfc",
            "unresolved",
            "investigating",
            "identified",
            "prediscussion",
            "ideation",
            "submitted",
            "scheduled",
            "in development",
            "development",
            "testing",
            "in testing",
            "qa",
            "next",
            "accepted for development",
            "unconfirmed",
            "acknowledged",
            "partial",
            "partially implemented",
        ],
    ),
    (
        "pending",
        &[
            "pending",
            "needs info",
            "need info",
            "needs information",
            "need more information",
            "needinfo",
            "waiting",
            "waiting for reporter",
            "waiting for customer",
            "waiting for feedback",
            "feedback",
            "awaiting feedback",
            "awaiting response",
            "waiting for response",
            "question",
        ],
    ),
    (
        "on-hold",
        &[
            "on hold",
            "on-hold",
            "hold",
            "onhold",
            "blocked",
            "deferred",
            "defer",
            "stagnant",
            "postponed",
            "paused",
            "suspended",
            "parked",
            "stalled",
            "waiting for third party",
            "waiting for vendor",
            "inactive",
            "dormant",
            "later",
            "someday",
            "icebox",
        ],
    ),
    (
        "fixed",
        &[
            "fixed",
            "done",
            "final",
            "finished",
            "complete",
            "completed",
            "closed",
            "close",
            "resolved",
            "solved",
            "implemented",
            "merged",
            "released",
            "shipped",
            "deployed",
            "stable",
            "verified",
            "delivered",
            "mitigated",
            "remediated",
            "patched",
            "landed",
            "finalized",
            "success",
            "successful",
        ],
    ),
    ("workaround", &["workaround", "worked around", "temporary fix"]),
    (
        "answered",
        &[
            "answered",
            "accepted",
            "accept",
            "approved",
            "adopted",
            "decided",
            "living",
            "published",
            "publish",
            "ratified",
            "committed",
            "agreed",
            "moved",
            "informational",
            "standard",
            "standards track",
            "recommended",
            "in force",
            "enacted",
            "effective",
        ],
    ),
    (
        "not-reproducible",
        &[
            "not reproducible",
            "not-reproducible",
            "cannot reproduce",
            "can't reproduce",
            "could not reproduce",
            "works for me",
            "worksforme",
            "unreproducible",
            "no repro",
        ],
    ),
    (
        "declined",
        &[
            "declined",
            "decline",
            "withdrawn",
            "withdraw",
            "rejected",
            "reject",
            "refused",
            "denied",
            "wontfix",
            "won't fix",
            "wont fix",
            "won't do",
            "wont do",
            "cancelled",
            "canceled",
            "cancel",
            "abandoned",
            "invalid",
            "obsolete",
            "obsoleted",
            "dropped",
            "not planned",
            "closed as not planned",
            "deprecated",
            "superseded",
            "replaced",
            "retired",
            "removed",
            "duplicate",
            "archived",
            "discarded",
            "not accepted",
            "failed",
            "historical",
            "historic",
            "expired",
            "discontinued",
            "not a bug",
            "by design",
        ],
    ),
];

/// Returns a word without marks and emoji, in lower case.
pub(super) fn plain_word(text: &str) -> String {
    let text = plain_value(text).to_lowercase().replace(['’', '_'], "'");
    let text = text.replace('\'', if text.contains("n't") || text.contains("n'") { "'" } else { " " });
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the state of a common word: `Accepted`.
pub(super) fn common_state(text: &str) -> Option<ImportedState> {
    exact_state(&plain_word(text))
}

fn exact_state(word: &str) -> Option<ImportedState> {
    let find = |word: &str| STATES.iter().find(|(_, words)| words.contains(&word));
    let (name, _) = find(word).or_else(|| find(&word.replace('-', " ")))?;
    ImportedState::parse(name)
}

/// Returns the part of a status before a remark: `Accepted` for `Accepted, see 12`.
pub(super) fn before_remark(text: &str) -> &str {
    text.split([',', '.', ';', ':', '(']).next().unwrap_or_default()
}

/// Returns the state for the status of another tool: `Accepted`, `Accepted, see 12`, or a word with a typing error.
pub(super) fn state_of(text: &str) -> Option<ImportedState> {
    let word = plain_word(text);
    let first = |ends: &[char]| word.split(ends).next().unwrap_or_default().trim().to_owned();
    exact_state(&word)
        // A remark may follow the word.
        .or_else(|| exact_state(&first(&[',', '.', ';', ':', '(', '/', '|'])))
        .or_else(|| exact_state(&first(&[' ', '-'])))
        .or_else(|| {
            // A sentence, such as "this proposal was replaced by 12".
            let words =
                word.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| word.len() >= 6);
            words.filter_map(exact_state).find(|state| !state.is_open())
        })
        .or_else(|| {
            let known = STATES.iter().flat_map(|(_, words)| words.iter().copied());
            let near = nearest(&word, known.filter(|known| known.len() >= 6))?;
            // The first letter is seldom wrong.
            (word.len() >= 6 && near.chars().next() == word.chars().next()).then(|| exact_state(near))?
        })
}

/// Returns the priority for a word of another tool.
pub(super) fn priority_of(text: &str) -> Option<Priority> {
    Some(match plain_word(text).as_str() {
        "urgent" | "critical" | "crit" | "blocker" | "highest" | "emergency" | "immediate" | "p0"
        | "sev0" | "sev1" | "sev 1" | "s0" | "s1" | "page" => Priority::Urgent,
        "high" | "major" | "important" | "p1" | "sev2" | "sev 2" | "s2" | "severe" => Priority::High,
        "normal" | "medium" | "med" | "moderate" | "default" | "p2" | "sev3" | "sev 3" | "s3" | "average" => {
            Priority::Normal
        }
        "low" | "minor" | "trivial" | "lowest" | "p3" | "p4" | "sev4" | "sev 4" | "sev5" | "s4" | "info"
        | "none" | "warning" => Priority::Low,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_have_a_state() {
        for (text, name) in [
            ("Final", "fixed"),
            ("Done", "fixed"),
            ("Draft", "open"),
            ("Last Call", "open"),
            ("In Progress", "open"),
            ("in_progress", "open"),
            ("To Do", "open"),
            ("Withdrawn", "declined"),
            ("Won't Do", "declined"),
            ("Won’t Fix", "declined"),
            ("Stagnant", "on-hold"),
            ("**Accepted**", "answered"),
            ("✅ Done", "fixed"),
            ("Superseded by [ADR 3](0003.md)", "declined"),
            ("Accepted, 2020-01-02", "answered"),
            ("implementable", "open"),
            ("Needs info", "pending"),
            ("imlpemented", "fixed"),
            ("This proposal has been replaced by [KEP 7](x.md)", "declined"),
        ] {
            assert_eq!(state_of(text).map(ImportedState::name), Some(name), "{text}");
        }
        assert_eq!(state_of("Quarkxpress"), None);
        assert_eq!((state_of("post"), common_state("Accepted, 2020")), (None, None));
        assert_eq!(state_of(""), None);
        assert_eq!(ImportedState::parse("duplicate"), None);
    }

    #[test]
    fn common_priorities_are_recognised() {
        for (text, priority) in [
            ("P0", Priority::Urgent),
            ("High", Priority::High),
            ("medium", Priority::Normal),
            ("trivial", Priority::Low),
        ] {
            assert_eq!(priority_of(text), Some(priority), "{text}");
        }
        assert_eq!(priority_of("purple"), None);
    }
}
