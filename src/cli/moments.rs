//! Times on the command line.

use super::{CliError, Context};
use crate::{
    query::{Moment, QueryClock},
    store::Store,
    text::Time,
};

/// Parses an instant, a date or an age, and returns the first instant of that period.
pub(super) fn first_instant(text: &str, store: &Store, context: &Context) -> Result<Time, CliError> {
    let moment = Moment::parse(text.trim()).ok_or_else(|| {
        CliError::usage(format!("invalid time `{text}`"))
            .with_hint("write an instant (2026-11-22T09:14:00Z), a date (2026-11-22) or an age (7d)")
    })?;
    let clock = QueryClock { now: context.process.now, zone: store.settings.zone() };
    Ok(Time::from(moment.period(&clock).start))
}
