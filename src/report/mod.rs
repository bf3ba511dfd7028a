//! The measures of tickets, each defined once: how long requesters waited, when a service level ends, what comes back.
//!
//! The measures follow the ticket metrics of Zendesk (<https://support.zendesk.com/hc/en-us/articles/4408821876378>),
//! the practices "incident management" and "service level management" of ITIL 4, and the KCS v6 practices guide. Each
//! definition names its source. Times are whole seconds.

mod attention;
mod business_time;
mod cohort;
mod groups;
mod input;
mod losses;
mod making;
mod measures;
mod model;
mod period;
mod recurrence;
mod savings;
mod service_level;
mod statistics;
mod timeline;
mod turns;

pub(crate) use attention::{Attention, AttentionReason, attention};
pub(crate) use input::{Problem, ReportInput, newest_time};
pub(crate) use measures::{first_response, requester_wait, resolution_time};
pub(crate) use model::{
    AskedField, Durations, FixState, Group, GroupBy, Grouping, KnowledgeGaps, LeftOut, LeftOutReason,
    Measures, MisleadingPath, PartOfPeriod, RecurringProblem, Report, Saving, SavingChange,
    ServiceLevelResult, ServiceMove,
};
pub(crate) use period::Period;
pub(crate) use service_level::{AT_RISK, Due, ServiceLevel, ServiceLevels};
pub(crate) use statistics::{Distribution, Share, Trend, trend_of_counts};
