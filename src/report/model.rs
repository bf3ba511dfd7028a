//! The report: numbers without words. It is also the JSON of the report, because it has nothing else.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    period::Period,
    service_level::ServiceLevel,
    statistics::{Distribution, Share},
};
use crate::{text::Time, ticket::Priority};

/// The measures of a period, of the period before it, and what would save the most
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Report {
    /// The newest time of a ticket or reply, at which open tickets are measured; null without tickets
    #[schema(required)]
    pub clock: Option<Time>,
    pub period: Period,
    /// The period of the same length directly before
    pub before: Period,
    /// The time zone of days and business hours
    pub timezone: String,
    /// The changes that would save the most waiting time, at most three
    pub savings: Vec<Saving>,
    pub measures: Measures,
    /// The same measures of the period before
    pub measures_before: Measures,
    /// The parts of the period in order: days, weeks, months or years
    pub parts: Vec<PartOfPeriod>,
    /// Fields and sections that replies asked for, those with the highest cost first
    pub asked_fields: Vec<AskedField>,
    /// Problems with several tickets, of which at least one was opened in the period; those with the highest cost first
    pub problems: Vec<RecurringProblem>,
    /// The problems of the period that no article covers
    pub knowledge_gaps: KnowledgeGaps,
    /// Tickets that were opened for one service and moved to another, by both services
    pub moves: Vec<ServiceMove>,
    /// Pages from which people opened tickets for another service than the right one
    pub paths: Vec<MisleadingPath>,
    /// The measures by service, template and so on, as requested
    pub groups: Vec<Grouping>,
    /// What the report could not count
    pub left_out: Vec<LeftOut>,
}

/// The measures of the tickets of one period. Durations are in seconds
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Measures {
    /// The number of tickets opened in the period
    pub opened: usize,
    /// The number of tickets whose last resolution is in the period
    pub resolved: usize,
    /// The tickets that were not resolved at the end of the period, by their age then
    pub backlog: Distribution,
    /// The number of tickets opened in the period that have no response yet
    pub unanswered: usize,
    /// From opening to the first response, of tickets opened in the period
    pub first_response: Durations,
    /// The time in which it was the team's turn, of tickets resolved in the period
    pub requester_wait: Durations,
    /// From opening to the last resolution, of tickets resolved in the period
    pub resolution: Durations,
    /// The number of round trips between requester and team, of tickets resolved in the period
    pub round_trips: Distribution,
    /// Whether tickets opened in the period met their service levels, of those for which it is decided
    pub service_levels: Share,
    /// The same by priority and service level
    pub service_levels_by_priority: Vec<ServiceLevelResult>,
    /// Tickets that were reopened after a resolution in the period, of all that were resolved in it
    pub reopened: Share,
    /// Tickets resolved in the period that cite an answer
    pub reused: Share,
    /// Tickets resolved in the period that cite an answer that was known when they were opened
    pub known: Share,
    /// The requester wait of these tickets, which showing the answer at once would have saved
    pub time_to_known_answer: Distribution,
}

/// A duration by calendar and in business hours
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Durations {
    pub calendar: Distribution,
    /// Null if the repository has no business hours
    #[schema(required)]
    pub business: Option<Distribution>,
}

/// How often a service level was met
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct ServiceLevelResult {
    pub priority: Priority,
    pub level: ServiceLevel,
    /// The target in seconds
    pub target: i64,
    pub met: Share,
}

/// A part of the period
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct PartOfPeriod {
    pub from: Time,
    pub to: Time,
    pub opened: usize,
    pub resolved: usize,
    /// The number of tickets that were not resolved at the end
    pub backlog: usize,
}

/// A field or section that requesters were asked for, of tickets opened in the period
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct AskedField {
    pub template: String,
    pub field: String,
    /// The tickets that were asked
    pub tickets: Vec<String>,
    /// The number of tickets with this template
    pub of: usize,
    /// The cost of each ask
    pub cost: Distribution,
    /// The number of tickets that were asked in the period before
    pub tickets_before: usize,
    /// The sum of the costs in the period before
    pub cost_before: i64,
    /// The command that prints a patch of the template; null if the template requires the field already, or if the
    /// repository has no file of the template
    #[schema(required)]
    pub patch: Option<String>,
}

/// A problem with several tickets
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct RecurringProblem {
    /// The title of its best answer, or else of its newest ticket
    pub title: String,
    /// The ticket of the title
    pub ticket: String,
    /// The words that its tickets share
    pub words: Vec<String>,
    /// All of its tickets, oldest first
    pub tickets: Vec<String>,
    /// The number of its tickets opened in the period
    pub opened: usize,
    pub opened_before: usize,
    /// The sum of the requester waits of its tickets opened in the period
    pub cost: i64,
    pub cost_before: i64,
    /// The same of all its tickets
    pub cost_total: i64,
    pub first_seen: Time,
    pub last_seen: Time,
    /// The number of its tickets opened in each part of the period
    pub trend: Vec<usize>,
    /// The article that covers it
    #[schema(required)]
    pub article: Option<String>,
    pub fix: FixState,
    /// For a fix that held, the seconds since the fix; for a problem that came back, the seconds from the fix to the next
    /// ticket
    #[schema(required)]
    pub fix_seconds: Option<i64>,
}

/// Whether the last fix held: `held` (no ticket was opened after it), `came-back`, or `not-fixed` (no ticket was resolved
/// as fixed)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FixState {
    Held,
    CameBack,
    NotFixed,
}

/// The problems of the period that no article covers
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct KnowledgeGaps {
    pub problems: usize,
    /// The number of their tickets opened in the period
    pub tickets: usize,
    /// The sum of the requester waits of these tickets
    pub cost: i64,
}

/// Tickets that were opened for one service and moved to another
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct ServiceMove {
    pub from: String,
    pub to: String,
    pub tickets: Vec<String>,
    /// From opening to the last change of the service
    pub delay: Distribution,
    pub tickets_before: usize,
}

/// A page from which people opened tickets that moved to another service
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct MisleadingPath {
    pub path: String,
    /// The service that owns the path by `casebook.yml`
    #[schema(required)]
    pub service: Option<String>,
    /// The service to which most of the tickets moved
    pub to: String,
    /// The number of tickets opened from this page
    pub opened: usize,
    /// Those that moved
    pub tickets: Vec<String>,
    pub delay: Distribution,
}

/// The measures by one property of tickets
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Grouping {
    pub by: GroupBy,
    pub rows: Vec<Group>,
}

/// A property by which tickets are grouped
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum GroupBy {
    Time,
    Service,
    Template,
    Tag,
    Person,
}

/// The measures of one group
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Group {
    /// The id of the service, template, tag or person, or the first day of a part of the period; empty for tickets
    /// without one
    pub key: String,
    /// The name for people
    pub name: String,
    pub opened: usize,
    pub opened_before: usize,
    pub resolved: usize,
    /// The number of tickets that were not resolved at the end of the period
    pub backlog: usize,
    /// By calendar
    pub first_response: Distribution,
    /// By calendar
    pub requester_wait: Distribution,
    /// By calendar
    pub resolution: Distribution,
}

/// A change that would save waiting time
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Saving {
    pub change: SavingChange,
    /// The seconds that the tickets waited for it in the period
    pub seconds: i64,
    /// The tickets that show it
    pub tickets: Vec<String>,
    /// The command to run next
    pub command: String,
}

/// What to change
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum SavingChange {
    /// Ask for a field when a ticket is opened
    RequireField {
        template: String,
        field: String,
        /// The number of tickets with this template
        of: usize,
        /// The median cost of an ask in seconds
        #[schema(required)]
        median: Option<i64>,
    },
    /// Remove the cause of a problem
    FixProblem {
        title: String,
        /// The ticket of the title
        ticket: String,
        /// The number of its tickets that were opened in the period
        opened: usize,
        fix: FixState,
        #[schema(required)]
        article: Option<String>,
    },
    /// Send people to the right service
    RouteService {
        from: String,
        to: String,
        /// The page from which most of them came
        #[schema(required)]
        path: Option<String>,
        /// The median delay in seconds
        #[schema(required)]
        median: Option<i64>,
    },
}

/// What the report could not count
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct LeftOut {
    pub reason: LeftOutReason,
    /// The number of tickets, or of replies
    pub count: usize,
}

/// Why something is left out: tickets without a time of opening (`no-opening`), tickets opened in the future
/// (`future-tickets`), replies without author or time (`undated-replies`), replies dated in the future
/// (`future-replies`), replies dated before the opening of their ticket (`early-replies`), tickets resolved before they
/// were opened (`early-resolutions`)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LeftOutReason {
    NoOpening,
    FutureTickets,
    UndatedReplies,
    FutureReplies,
    EarlyReplies,
    EarlyResolutions,
}

impl LeftOutReason {
    /// Returns the name in JSON, and in the words of the site with `_`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NoOpening => "no-opening",
            Self::FutureTickets => "future-tickets",
            Self::UndatedReplies => "undated-replies",
            Self::FutureReplies => "future-replies",
            Self::EarlyReplies => "early-replies",
            Self::EarlyResolutions => "early-resolutions",
        }
    }
}

impl GroupBy {
    pub(crate) const ALL: [Self; 5] = [Self::Time, Self::Service, Self::Template, Self::Tag, Self::Person];

    /// Returns the name on the command line and in the API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Service => "service",
            Self::Template => "template",
            Self::Tag => "tag",
            Self::Person => "person",
        }
    }

    /// Returns the property with this name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == name)
    }
}
