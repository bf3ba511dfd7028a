//! `casebook report`

mod csv;
mod figures;
mod human;
mod markdown;

use clap::ValueEnum;

use crate::cli::{CliError, Context, Format, Outcome, queries};
use crate::{
    api::{DeflectionDetail, ReportAnswer},
    intake::{DeflectionCounts, deflection_counts},
    knowledge::{PatchError, ReportOptions, clusters::Clusters, measure, proposals, template_patch},
    query::{Query, QueryClock},
    report::{GroupBy, newest_time},
    store::Store,
    text::Time,
    ticket::Thread,
};

/// Report how long requesters wait, what comes back, and what would save the most
///
/// The report is about the tickets that match the query. `created:2026-01..2026-03` in the query sets the period; without it, the
/// period is the last 13 weeks (26 or 52 weeks if fewer than 30 tickets were opened in them). Each number is compared with the
/// period of the same length directly before. The report ends at the newest ticket or reply, so the same files give
/// the same report. docs/report.md defines each measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The query
    #[arg(value_name = "QUERY", add = crate::cli::completion_candidates::query())]
    query: Vec<String>,
    /// Also measure the groups of tickets with the same value (can be repeated)
    #[arg(long, value_name = "PROPERTY", value_enum)]
    by: Vec<Property>,
    /// Print a patch for `git apply` that makes a template ask for a field: FIELD, or TEMPLATE/FIELD
    #[arg(long, value_name = "FIELD", conflicts_with = "by")]
    patch: Option<String>,
}

/// A property by which tickets are grouped.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Property {
    /// Days, weeks, months or years of the period.
    Time,
    Service,
    Template,
    Tag,
    /// The person who resolved the ticket, or else its assignee; ordered by name.
    Person,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let now = context.process.now;
    let all = store.threads.all();
    let clock = newest_time(all.iter().map(|thread| &***thread), Some(now));
    let me = queries::me(&arguments.query, &store, context)?;
    let query = queries::query(&arguments.query, &store, me.as_deref())?;
    let readings: Vec<String> = query.readings().iter().map(ToString::to_string).collect();
    let query_clock = QueryClock { now: clock.unwrap_or(now), zone: store.settings.zone() };
    let (query, period) = query.split_period(&query_clock);
    let told: Vec<String> = query.readings().iter().map(ToString::to_string).collect();
    readings.iter().filter(|reading| !told.contains(reading)).for_each(|reading| context.ui.say(reading));
    let (threads, warnings, mut notices) = selected(&store, &query, me.as_deref(), context)?;
    let options =
        ReportOptions { now: Some(now), period, by: arguments.by.into_iter().map(GroupBy::from).collect() };
    let comparing = context.ui.progress("comparing tickets", store.threads.len());
    let clusters = Clusters::of(&store, &queries::clusters_slot(context)?);
    drop(comparing);
    let report = measure(&store, &clusters, threads.clone(), options);
    if let Some(field) = &arguments.patch {
        let asked = report.asked_fields.iter();
        let asked = asked.map(|asked| (asked.template.as_str(), asked.field.as_str())).collect();
        context.ui.write(patch(&store, field, asked, clock)?.as_bytes());
        return Ok(Outcome::Done);
    }
    notices.extend(readings.into_iter().filter(|reading| !told.contains(reading)));
    let proposals = proposals(&store, &threads, &report).into();
    let deflection = deflection(context)?;
    let answer = ReportAnswer { query: query.to_string(), report, proposals, deflection, warnings, notices };
    match context.ui.format {
        Format::Json => context.ui.json(&answer),
        Format::Csv => context.ui.write(&csv::table(&answer.report).map_err(CliError::environment)?),
        Format::Markdown => context.ui.write(markdown::text(&answer, &store.settings).as_bytes()),
        Format::Human | Format::Short | Format::Github => human::print(&answer, &store.settings, &context.ui),
    }
    Ok(Outcome::Done)
}

/// Returns how often `casebook new` made a ticket unnecessary in this clone; `None` if nobody ran it.
fn deflection(context: &Context) -> Result<Option<DeflectionDetail>, CliError> {
    let mut sum = DeflectionCounts::default();
    let counts = deflection_counts(context.repo()?, context.process.now)?;
    counts.into_values().for_each(|counts| sum += counts);
    let DeflectionCounts { attempts, shown, opened, solved, on_trial, returned, same_as } = sum;
    let detail = DeflectionDetail { attempts, shown, opened, solved, on_trial, returned, same_as };
    Ok((attempts > 0).then_some(detail))
}

/// Returns the tickets that match a query, with the warnings and notices about the query. Articles are no tickets.
type Selected<'s> = (Vec<&'s Thread>, Vec<String>, Vec<String>);

fn selected<'s>(
    store: &'s std::sync::Arc<Store>,
    query: &Query,
    me: Option<&str>,
    context: &Context,
) -> Result<Selected<'s>, CliError> {
    let results = queries::filter(store, query, me, context)?;
    let threads = results.hits.iter().filter_map(|hit| hit.item.ticket(store)).collect();
    Ok((threads, results.warnings(), results.notices()))
}

/// Returns the patch for `field`, which may name its template. `asked` are the templates and fields of the report.
fn patch(
    store: &Store,
    field: &str,
    asked: Vec<(&str, &str)>,
    clock: Option<Time>,
) -> Result<String, CliError> {
    let named = field.split_once('/').filter(|(template, _)| store.template(template).is_some());
    let (template, field) = match named {
        Some((template, field)) => (template, field),
        None => {
            let of_field: Vec<&str> =
                asked.iter().filter(|(_, name)| *name == field).map(|(template, _)| *template).collect();
            match of_field.as_slice() {
                [template] => (*template, field),
                [] => {
                    return Err(CliError::usage(format!("no reply of this period asked for `{field}`"))
                        .with_hint(format!(
                            "name the template: `casebook report --patch TEMPLATE/{field}`"
                        )));
                }
                several => {
                    return Err(CliError::usage(format!(
                        "replies asked for `{field}` in tickets of {} templates",
                        several.len()
                    ))
                    .with_hints(
                        several
                            .iter()
                            .map(|template| format!("`casebook report --patch {template}/{field}`")),
                    ));
                }
            }
        }
    };
    template_patch(store, template, field, clock).map_err(|error| match error {
        PatchError::Repo(error) => error.into(),
        error @ PatchError::NoTemplate(_) => CliError::usage(error.to_string())
            .with_hint("`casebook init` writes the templates; `casebook templates` lists them"),
        error => CliError::usage(error.to_string()),
    })
}

impl From<Property> for GroupBy {
    fn from(property: Property) -> Self {
        match property {
            Property::Time => Self::Time,
            Property::Service => Self::Service,
            Property::Template => Self::Template,
            Property::Tag => Self::Tag,
            Property::Person => Self::Person,
        }
    }
}
