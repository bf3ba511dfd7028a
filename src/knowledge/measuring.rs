//! The report on a store.

use crate::{
    query::PeriodBounds,
    report::{GroupBy, Period, Report, ReportInput, newest_time},
    store::Store,
    template::{require, template_path},
    text::{Time, shell_word},
    ticket::{Status, Thread},
};

use super::{clusters::Clusters, problems::problems, proposed_reply::ProposalUse};

/// The choices for a report.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReportOptions {
    /// The current time; `None` if only the files may decide.
    pub now: Option<Time>,
    pub period: PeriodBounds,
    pub by: Vec<GroupBy>,
}

/// Reports on `threads`, which are of `store`. The store must be one that the reader may see. `clusters` are those of all its
/// tickets.
pub(crate) fn measure(
    store: &Store,
    clusters: &Clusters,
    threads: Vec<&Thread>,
    options: ReportOptions,
) -> Report {
    let all = store.threads.all();
    Report::of(&ReportInput {
        threads,
        settings: &store.settings,
        clock: newest_time(all.iter().map(|thread| &***thread), options.now),
        now: options.now,
        from: options.period.from,
        to: options.period.to,
        by: options.by,
        problems: problems(store, clusters),
        answer_since: &|name| answer_since(store, name),
        patch_command: &|template, field| patch_command(store, template, field),
    })
}

/// Returns what became of the replies that were proposed in the period of `report`, which is on `threads`.
pub(crate) fn proposals(store: &Store, threads: &[&Thread], report: &Report) -> ProposalUse {
    let Period { from, to } = report.period;
    ProposalUse::of(store, threads, |time| from <= time && time < to && Some(time) <= report.clock)
}

/// Returns since when the ticket or article `name` has had an answer: the first resolution of a ticket, and of the tickets
/// that an article is based on. No file tells when an article was written, so one without tickets has always had it.
fn answer_since(store: &Store, name: &str) -> Option<Time> {
    let first_resolution = |thread: &Thread| {
        let mut changes = thread.state.status_changes.iter();
        changes.find(|(_, status)| *status == Status::Resolved).map(|(time, _)| *time)
    };
    if let Some(thread) = store.thread(name) {
        return first_resolution(thread);
    }
    let article = store.article(name)?;
    let tickets = article.tickets.iter().filter_map(|id| first_resolution(store.thread(id)?));
    Some(tickets.min().unwrap_or_else(|| Time::from(jiff::Timestamp::MIN)))
}

/// Returns the command that prints the patch which makes a template require a field. Returns `None` if there is no such patch.
fn patch_command(store: &Store, template: &str, field: &str) -> Option<String> {
    let path = template_path(template);
    store.layout.entry(&path)?;
    require(&store.document(&path).ok()?, field, None).ok()?;
    Some(format!("casebook report --patch {}", shell_word(&format!("{template}/{field}"))))
}
