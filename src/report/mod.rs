//! The measures of a ticket, each defined once: how long its requester waited, and when a service level ends.
//!
//! The measures follow the ticket metrics of Zendesk (<https://support.zendesk.com/hc/en-us/articles/4408821876378>),
//! the practices "incident management" and "service level management" of ITIL 4, and the KCS v6 practices guide. Each
//! definition names its source. Times are whole seconds.

mod attention;
mod business_time;
mod measures;
mod service_level;
mod turns;

pub(crate) use attention::{Attention, AttentionReason, attention};
pub(crate) use measures::{first_response, resolution_time};
pub(crate) use service_level::{AT_RISK, Due, ServiceLevel, ServiceLevels};
