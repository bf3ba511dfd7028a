//! The JSON of `--format json` and of the server. Each JSON object has one type with a schema.
//!
//! The fields of a type are in the order in which they are printed. A key that users rely on is never renamed.

mod article;
mod canned;
mod draft;
mod due;
mod eval;
mod finding;
mod knowledge;
mod measures;
mod notification;
mod problem;
mod proposed_reply;
mod reply;
mod report;
mod review;
mod rule;
mod schema;
mod search;
mod service;
mod similar;
mod suggestion;
mod template;
mod ticket;

pub(crate) use article::{ArticleDetail, ArticleSummary};
pub(crate) use canned::{CannedDetail, CannedList};
pub(crate) use draft::DraftRequest;
pub(crate) use due::{DueAnswer, DueArticle, DueTicket};
pub(crate) use eval::{
    EvalAnswer, EvalFigures, EvalLatency, EvalMeasures, EvalQuery, EvalReport, HistoryFigures, TypedFigures,
    TypedReport, UnaskedFigures,
};
pub(crate) use finding::{CheckReport, FindingDetail};
pub(crate) use knowledge::{ArticleStatus, ArticleStatusList, ClusterDetail, ClusterList, WrittenArticle};
pub(crate) use measures::{DeflectionDetail, ReportAnswer};
pub(crate) use notification::{NotifiedMessage, NotifyAnswer};
pub(crate) use problem::ProblemDetail;
pub(crate) use proposed_reply::ProposedReplyDetail;
pub(crate) use reply::{ReplyDetail, WrittenReplies, WrittenReply};
pub(crate) use report::{
    BuildAnswer, BuildProblem, ImportAnswer, LeftAloneFile, LeftAloneReason, PlannedFileAnswer,
    PlannedImportAnswer, SecretAnswer,
};
pub(crate) use review::{Review, ReviewedTicket};
pub(crate) use rule::{CaseDetail, CaseFile, RuleDetail, RuleList, RuleSummary};
pub(crate) use search::SearchAnswer;
pub(crate) use service::{ServiceDetail, ServiceList};
pub(crate) use similar::SimilarAnswer;
pub(crate) use suggestion::Suggestion;
pub(crate) use template::TemplateList;
pub(crate) use ticket::{OpenedTicket, TicketDetail, TicketList, TicketSummary, UnopenedTicket};
