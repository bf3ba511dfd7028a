//! What a report is made from.

use std::borrow::Cow;

use super::{
    model::{GroupBy, LeftOut, LeftOutReason},
    timeline::Timeline,
};
use crate::{
    settings::Settings,
    text::Time,
    ticket::{Thread, Visibility},
};

/// The tickets of a report and what it has to know beside them.
pub(crate) struct ReportInput<'a> {
    /// The tickets to report on.
    pub threads: Vec<&'a Thread>,
    pub settings: &'a Settings,
    /// The newest time of all tickets and replies of the repository, of [`newest_time`].
    pub clock: Option<Time>,
    /// The current time. What is dated later is left out. `None` if only the files may decide, as on a site.
    pub now: Option<Time>,
    /// The first instant of the period; `None` for the default period, or for the oldest ticket if there is an end.
    pub from: Option<Time>,
    /// The first instant after the period; `None` for the end of the day of `clock`.
    pub to: Option<Time>,
    pub by: Vec<GroupBy>,
    pub problems: Vec<Problem>,
    /// Returns since when the ticket or article with this name has had an answer.
    pub answer_since: &'a dyn Fn(&str) -> Option<Time>,
    /// Returns the command that prints a patch which makes a template require a field or section.
    pub patch_command: &'a dyn Fn(&str, &str) -> Option<String>,
}

/// Tickets about one problem.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The words that the tickets share.
    pub words: Vec<String>,
    /// The ids of the tickets.
    pub tickets: Vec<String>,
    /// The id of the ticket with the best answer.
    pub best: Option<String>,
    /// The slug of the article that covers it.
    pub article: Option<String>,
}

/// Returns the newest time of tickets and replies that is not after `now`.
pub(crate) fn newest_time<'a>(threads: impl Iterator<Item = &'a Thread>, now: Option<Time>) -> Option<Time> {
    let times = threads.flat_map(|thread| {
        thread.ticket.created.into_iter().chain(thread.replies.iter().filter_map(|reply| reply.created))
    });
    times.filter(|time| now.is_none_or(|now| *time <= now)).max()
}

/// The tickets that can be measured, and what is left out.
pub(super) struct Measurable<'a> {
    pub(super) threads: Vec<Cow<'a, Thread>>,
    pub(super) left_out: Vec<LeftOut>,
}

impl<'a> Measurable<'a> {
    /// Leaves out tickets without a time, and tickets and replies that are dated after `now`. `default` is the visibility
    /// of a ticket that does not set one.
    pub(super) fn of(threads: &[&'a Thread], now: Option<Time>, default: Visibility) -> Self {
        let mut counts = [0; 6];
        let mut add = |reason: LeftOutReason, count: usize| counts[reason as usize] += count;
        let is_future = |time: Option<Time>| now.zip(time).is_some_and(|(now, time)| time > now);
        let mut measurable = Vec::with_capacity(threads.len());
        for thread in threads {
            let Some(opened) = thread.ticket.created else {
                add(LeftOutReason::NoOpening, 1);
                continue;
            };
            if is_future(Some(opened)) {
                add(LeftOutReason::FutureTickets, 1);
                continue;
            }
            add(
                LeftOutReason::UndatedReplies,
                thread.replies.iter().filter(|reply| !reply.is_dated()).count(),
            );
            let dated = || thread.replies.iter().filter(|reply| reply.is_dated());
            let future = dated().filter(|reply| is_future(reply.created)).count();
            add(LeftOutReason::FutureReplies, future);
            add(LeftOutReason::EarlyReplies, dated().filter(|reply| reply.created < Some(opened)).count());
            let known = match now.filter(|_| future > 0) {
                Some(now) => thread.before(now.plus_seconds(1), default).map(Cow::Owned),
                None => Some(Cow::Borrowed(*thread)),
            };
            let Some(known) = known else { continue };
            let is_early = known.resolved().is_some_and(|resolved| resolved.seconds() < opened.seconds());
            add(LeftOutReason::EarlyResolutions, usize::from(is_early));
            measurable.push(known);
        }
        let reasons = [
            LeftOutReason::NoOpening,
            LeftOutReason::FutureTickets,
            LeftOutReason::UndatedReplies,
            LeftOutReason::FutureReplies,
            LeftOutReason::EarlyReplies,
            LeftOutReason::EarlyResolutions,
        ];
        let left_out = reasons.into_iter().zip(counts).filter(|(_, count)| *count > 0);
        Self {
            threads: measurable,
            left_out: left_out.map(|(reason, count)| LeftOut { reason, count }).collect(),
        }
    }

    pub(super) fn timelines(&self) -> Vec<Timeline<'_>> {
        self.threads.iter().filter_map(|thread| Timeline::of(thread)).collect()
    }
}
