//! The JSON of Casebook: one type with a schema for each thing that leaves as JSON, for `--format json` and for the server.
//!
//! The keys of a type stand in the order in which they are printed. A key that people rely on is never renamed.

mod article;
mod draft;
mod eval;
mod finding;
mod problem;
mod reply;
mod report;
mod review;
mod rule;
mod schema;
mod search;
mod service;
mod similar;
mod template;
mod ticket;

pub use article::ArticleSummary;
pub use draft::DraftRequest;
pub use eval::{EvalAnswer, EvalFigures, EvalLatency, EvalMeasures, EvalQuery, EvalReport, UnaskedFigures};
pub use finding::{CheckReport, FindingDetail};
pub use problem::ProblemDetail;
pub use reply::{ReplyDetail, WrittenReplies, WrittenReply};
pub use report::{BuildAnswer, BuildProblem, ImportAnswer, LeftAloneFile, LeftAloneReason, SecretAnswer};
pub use review::{Review, ReviewedTicket};
pub use rule::{CaseDetail, CaseFile, RuleDetail, RuleList, RuleSummary};
pub use search::SearchAnswer;
pub use service::{ServiceDetail, ServiceList};
pub use similar::{SimilarAnswer, Suggestion};
pub use template::TemplateList;
pub use ticket::{NeedlessTicket, OpenedTicket, TicketDetail, TicketList, TicketSummary};
