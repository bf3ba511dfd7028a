//! The report of the internal site. The public site has no such page.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{PageKey, PageKind};
use crate::report::{
    Durations, GroupBy, Grouping, Measures, RecurringProblem, Report, Saving, SavingChange,
    ServiceLevelResult, Trend, trend_of_counts,
};
use crate::site::context::{Link, PageContext, PersonContext};
use crate::site::report::{Bar, FigureCell, FlowChart};
use crate::site::{Site, SiteError};

/// The maximum number of rows of a table. The command has all of them.
const MAX_ROWS: usize = 12;

/// The maximum number of tickets that are linked in one place.
const MAX_LINKS: usize = 12;

/// The minimum number of tickets for a picture of a trend.
const FEWEST_FOR_TREND: usize = 10;

/// The context of `report.html`.
#[derive(Serialize)]
struct ReportContext {
    opened: usize,
    from: String,
    to: String,
    before_from: String,
    before_to: String,
    savings: Vec<SavingContext>,
    glance: Vec<FigureCell>,
    flow: FlowChart,
    /// Whether there are enough tickets for a chart.
    has_flow: bool,
    measures: Vec<FigureCell>,
    has_business_hours: bool,
    levels: Vec<LevelRow>,
    problems: Vec<ProblemRow>,
    /// Whether a problem has enough tickets for a picture of its trend.
    has_trends: bool,
    gaps: Option<GapsContext>,
    fields: Vec<FieldRow>,
    moves: Vec<MoveRow>,
    paths: Vec<PathRow>,
    groups: Vec<GroupTable>,
    left_out: Vec<LeftOutRow>,
}

#[derive(Serialize)]
struct SavingContext {
    time: String,
    /// `require-field`, `fix-problem` or `route-service`.
    kind: &'static str,
    /// The field, the problem, or the right service.
    what: String,
    /// The template, or the wrong service.
    of: String,
    /// The page of the problem.
    href: Option<String>,
    path: Option<String>,
    /// For a problem, whether its fix held.
    fix: String,
    article: Option<Link>,
    count: usize,
    whole: usize,
    command: String,
    tickets: Vec<Link>,
}

#[derive(Serialize)]
struct LevelRow {
    priority: &'static str,
    /// `first-response` or `resolution`.
    level: &'static str,
    target: String,
    now: String,
    before: String,
}

#[derive(Serialize)]
struct ProblemRow {
    title: String,
    href: Option<String>,
    opened: usize,
    tickets: usize,
    cost: Bar,
    before: String,
    /// The heights of the bars of its trend, from 0 to 20; empty if there are too few tickets for a picture.
    trend: Vec<TrendBar>,
    last_seen: String,
    fix: String,
    /// `held`, `back` or `none`.
    fix_kind: &'static str,
    article: Option<Link>,
}

#[derive(Serialize)]
struct TrendBar {
    x: usize,
    y: usize,
    height: usize,
}

#[derive(Serialize)]
struct GapsContext {
    problems: usize,
    tickets: usize,
    time: String,
}

#[derive(Serialize)]
struct FieldRow {
    field: String,
    template: String,
    count: usize,
    of: usize,
    median: String,
    cost: Bar,
    before: String,
    command: Option<String>,
    tickets: Vec<Link>,
}

#[derive(Serialize)]
struct MoveRow {
    from: String,
    to: String,
    count: usize,
    before: usize,
    median: String,
    delay: Bar,
    tickets: Vec<Link>,
}

#[derive(Serialize)]
struct PathRow {
    path: String,
    moved: usize,
    opened: usize,
    service: Option<String>,
    to: String,
}

#[derive(Serialize)]
struct GroupTable {
    by: &'static str,
    rows: Vec<GroupRow>,
    more: usize,
}

#[derive(Serialize)]
struct GroupRow {
    name: String,
    href: Option<String>,
    person: Option<PersonContext>,
    opened: Bar,
    before: usize,
    resolved: usize,
    backlog: usize,
    first_response: String,
    requester_wait: String,
    resolution: String,
}

#[derive(Serialize)]
struct LeftOutRow {
    reason: String,
    count: usize,
}

/// A function that returns a measure.
type DurationsOf = fn(&Measures) -> Durations;

pub(super) struct ReportPage;

impl PageKind for ReportPage {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let page = ("report/index.html".to_owned(), PageKey::default());
        site.model.has_report().then_some(page).into_iter().collect()
    }

    fn render(&self, site: &Site, path: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        let missing = || SiteError::NoPage { path: path.to_owned() };
        let report = site.model.report().ok_or_else(missing)?;
        let page = PageContext {
            kind: "report",
            section: "report",
            title: site.words().plain("report.title").to_owned(),
            ..site.page_context(path)
        };
        site.html("report.html", page, Value::from(Serde(context(site, report))))
    }
}

fn context(site: &Site, report: &Report) -> ReportContext {
    let day = |time: crate::text::Time| site.whole_day(time);
    let flow: usize = report.parts.iter().map(|part| part.opened + part.resolved).sum();
    let gaps = report.knowledge_gaps;
    ReportContext {
        opened: report.measures.opened,
        from: day(report.period.from),
        to: day(report.period.to.plus_seconds(-1)),
        before_from: day(report.before.from),
        before_to: day(report.before.to.plus_seconds(-1)),
        savings: report.savings.iter().map(|saving| saving_context(site, saving)).collect(),
        glance: glance(site, report),
        flow: FlowChart::of(site, &report.parts),
        has_flow: flow >= FEWEST_FOR_TREND,
        measures: measures(site, report),
        has_business_hours: report.measures.resolution.business.is_some(),
        levels: levels(site, report),
        has_trends: report.problems.iter().take(MAX_ROWS).any(|problem| !trend(problem).is_empty()),
        problems: problems(site, report),
        gaps: (gaps.problems > 0).then(|| GapsContext {
            problems: gaps.problems,
            tickets: gaps.tickets,
            time: site.time(gaps.cost),
        }),
        fields: fields(site, report),
        moves: moves(site, report),
        paths: paths(site, report),
        groups: report.groups.iter().filter_map(|grouping| group_table(site, grouping)).collect(),
        left_out: report.left_out.iter().map(left_out).collect(),
    }
}

fn left_out(left_out: &crate::report::LeftOut) -> LeftOutRow {
    LeftOutRow { reason: left_out.reason.name().to_owned(), count: left_out.count }
}

fn saving_context(site: &Site, saving: &Saving) -> SavingContext {
    let none = || SavingContext {
        time: site.time(saving.seconds),
        kind: "",
        what: String::new(),
        of: String::new(),
        href: None,
        path: None,
        fix: String::new(),
        article: None,
        count: saving.tickets.len(),
        whole: 0,
        command: saving.command.clone(),
        tickets: links(site, &saving.tickets),
    };
    match &saving.change {
        SavingChange::RequireField { template, field, of, .. } => SavingContext {
            kind: "require-field",
            what: field.clone(),
            of: template_title(site, template),
            whole: *of,
            ..none()
        },
        SavingChange::FixProblem { title, ticket, fix, article } => SavingContext {
            kind: "fix-problem",
            what: title.clone(),
            href: site.link_to(ticket).map(|link| link.href),
            fix: site.phrase(fix_key(*fix), &[]),
            article: article.as_deref().and_then(|slug| article_link(site, slug)),
            ..none()
        },
        SavingChange::RouteService { from, to, path, .. } => SavingContext {
            kind: "route-service",
            what: site.service_name(to),
            of: site.service_name(from),
            path: path.clone(),
            ..none()
        },
    }
}

fn fix_key(fix: crate::report::FixState) -> &'static str {
    match fix {
        crate::report::FixState::Held => "report.saving.held",
        crate::report::FixState::CameBack => "report.saving.back",
        crate::report::FixState::NotFixed => "report.saving.not_fixed",
    }
}

fn template_title(site: &Site, name: &str) -> String {
    site.store().template(name).map_or(name, |template| &template.title).to_owned()
}

fn article_link(site: &Site, slug: &str) -> Option<Link> {
    site.model.find_article(slug).map(|n| site.article_link(n))
}

/// Returns links to the tickets that have a page.
fn links(site: &Site, tickets: &[String]) -> Vec<Link> {
    tickets.iter().filter_map(|id| site.link_to(id)).take(MAX_LINKS).collect()
}

fn glance(site: &Site, report: &Report) -> Vec<FigureCell> {
    let (now, before) = (&report.measures, &report.measures_before);
    let mut cells = vec![
        count("opened", now.opened, before.opened),
        FigureCell::median(
            site,
            "first_response",
            &now.first_response.calendar,
            &before.first_response.calendar,
        ),
        FigureCell::median(site, "resolution", &now.resolution.calendar, &before.resolution.calendar),
    ];
    if now.service_levels.whole > 0 {
        let levels = (&now.service_levels, &before.service_levels);
        cells.push(FigureCell::share(site, "service_levels", levels, Trend::Up));
    }
    cells.push(FigureCell::share(site, "reused", (&now.reused, &before.reused), Trend::Up));
    cells.push(count("backlog", now.backlog.n, before.backlog.n));
    cells
}

fn count(name: &'static str, now: usize, before: usize) -> FigureCell {
    FigureCell::count(name, now, before, trend_of_counts(now, before))
}

fn measures(site: &Site, report: &Report) -> Vec<FigureCell> {
    let (now, before) = (&report.measures, &report.measures_before);
    let mut cells = vec![
        count("opened", now.opened, before.opened),
        count("resolved", now.resolved, before.resolved),
        count("backlog", now.backlog.n, before.backlog.n),
        FigureCell::median(site, "backlog_age", &now.backlog, &before.backlog),
        count("unanswered", now.unanswered, before.unanswered),
    ];
    let times: [(&'static str, &'static str, DurationsOf); 3] = [
        ("first_response", "first_response_business", |of| of.first_response),
        ("requester_wait", "requester_wait_business", |of| of.requester_wait),
        ("resolution", "resolution_business", |of| of.resolution),
    ];
    for (name, in_business, of) in times {
        cells.push(FigureCell::median(site, name, &of(now).calendar, &of(before).calendar));
        if let Some((now, before)) = of(now).business.zip(of(before).business) {
            cells.push(FigureCell::median(site, in_business, &now, &before));
        }
    }
    let trips = (now.round_trips, before.round_trips);
    let total = |trips: &crate::report::Distribution| usize::try_from(trips.total).unwrap_or(0);
    cells.push(FigureCell::count("round_trips", total(&trips.0), total(&trips.1), trips.0.trend(&trips.1)));
    for (name, pair, better) in [
        ("service_levels", (&now.service_levels, &before.service_levels), Trend::Up),
        ("reopened", (&now.reopened, &before.reopened), Trend::Down),
        ("reused", (&now.reused, &before.reused), Trend::Up),
        ("known", (&now.known, &before.known), Trend::Unclear),
    ] {
        if pair.0.whole + pair.1.whole > 0 {
            cells.push(FigureCell::share(site, name, pair, better));
        }
    }
    let known = (now.time_to_known_answer, before.time_to_known_answer);
    if known.0.n + known.1.n > 0 {
        cells.push(FigureCell::total(site, "time_to_known_answer", known.0.total, known.1.total));
    }
    cells
}

fn levels(site: &Site, report: &Report) -> Vec<LevelRow> {
    let row = |(now, before): (&ServiceLevelResult, &ServiceLevelResult)| LevelRow {
        priority: now.priority.name(),
        level: now.level.key(),
        target: site.time(now.target),
        now: site.share(&now.met),
        before: site.share(&before.met),
    };
    let pairs = report.measures.service_levels_by_priority.iter();
    let pairs = pairs.zip(&report.measures_before.service_levels_by_priority);
    pairs.filter(|(now, before)| now.met.whole + before.met.whole > 0).map(row).collect()
}

fn problems(site: &Site, report: &Report) -> Vec<ProblemRow> {
    let most = report.problems.iter().map(|problem| problem.cost).max().unwrap_or(0);
    let row = |problem: &RecurringProblem| ProblemRow {
        title: problem.title.clone(),
        href: site.link_to(&problem.ticket).map(|link| link.href),
        opened: problem.opened,
        tickets: problem.tickets.len(),
        cost: site.bar(problem.cost, most, site.time(problem.cost)),
        before: site.time(problem.cost_before),
        trend: trend(problem),
        last_seen: site.whole_day(problem.last_seen),
        fix: site.fix(problem.fix, problem.fix_seconds),
        fix_kind: match problem.fix {
            crate::report::FixState::Held => "held",
            crate::report::FixState::CameBack => "back",
            crate::report::FixState::NotFixed => "none",
        },
        article: problem.article.as_deref().and_then(|slug| article_link(site, slug)),
    };
    report.problems.iter().take(MAX_ROWS).map(row).collect()
}

/// Returns the bars of a problem's trend, if it has enough tickets for a picture.
fn trend(problem: &RecurringProblem) -> Vec<TrendBar> {
    let most = problem.trend.iter().max().copied().unwrap_or(0);
    if problem.opened < FEWEST_FOR_TREND || most == 0 {
        return Vec::new();
    }
    let bar = |(at, count): (usize, &usize)| {
        let height = (count * 19 / most).max(1);
        TrendBar { x: at * 7, y: 20 - height, height }
    };
    problem.trend.iter().enumerate().map(bar).collect()
}

fn fields(site: &Site, report: &Report) -> Vec<FieldRow> {
    let asked = || report.asked_fields.iter().filter(|field| !field.tickets.is_empty());
    let most = asked().map(|field| field.cost.total).max().unwrap_or(0);
    let row = |field: &crate::report::AskedField| FieldRow {
        field: field.field.clone(),
        template: template_title(site, &field.template),
        count: field.tickets.len(),
        of: field.of,
        median: site.median(&field.cost),
        cost: site.bar(field.cost.total, most, site.time(field.cost.total)),
        before: site.time(field.cost_before),
        command: field.patch.as_ref().map(|patch| format!("{patch} | git apply")),
        tickets: links(site, &field.tickets),
    };
    asked().take(MAX_ROWS).map(row).collect()
}

fn moves(site: &Site, report: &Report) -> Vec<MoveRow> {
    let moved = || report.moves.iter().filter(|moves| !moves.tickets.is_empty());
    let most = moved().map(|moves| moves.delay.total).max().unwrap_or(0);
    let row = |moves: &crate::report::ServiceMove| MoveRow {
        from: site.service_name(&moves.from),
        to: site.service_name(&moves.to),
        count: moves.tickets.len(),
        before: moves.tickets_before,
        median: site.median(&moves.delay),
        delay: site.bar(moves.delay.total, most, site.time(moves.delay.total)),
        tickets: links(site, &moves.tickets),
    };
    moved().take(MAX_ROWS).map(row).collect()
}

fn paths(site: &Site, report: &Report) -> Vec<PathRow> {
    let row = |page: &crate::report::MisleadingPath| PathRow {
        path: page.path.clone(),
        moved: page.tickets.len(),
        opened: page.opened,
        service: page.service.as_deref().map(|id| site.service_name(id)),
        to: site.service_name(&page.to),
    };
    report.paths.iter().take(MAX_ROWS).map(row).collect()
}

fn group_table(site: &Site, grouping: &Grouping) -> Option<GroupTable> {
    // People have no order by size, so all of them are listed.
    let most_rows = if grouping.by == GroupBy::Person { usize::MAX } else { MAX_ROWS };
    let most = grouping.rows.iter().map(|row| row.opened).max().unwrap_or(0);
    let size = |count: usize| i64::try_from(count).unwrap_or(0);
    let row = |group: &crate::report::Group| {
        let link = match grouping.by {
            GroupBy::Service => site.service_link(&group.key).map(|link| link.href),
            _ => None,
        };
        let name = match grouping.by {
            GroupBy::Template => template_title(site, &group.key),
            _ => group.name.clone(),
        };
        let is_person = grouping.by == GroupBy::Person && !group.key.is_empty();
        GroupRow {
            name,
            href: link,
            person: is_person.then(|| match site.model.person(&group.key) {
                Some(_) => site.participant(&group.key),
                None => site.person(&group.key),
            }),
            opened: site.bar(size(group.opened), size(most), group.opened.to_string()),
            before: group.opened_before,
            resolved: group.resolved,
            backlog: group.backlog,
            first_response: site.median(&group.first_response),
            requester_wait: site.median(&group.requester_wait),
            resolution: site.median(&group.resolution),
        }
    };
    let rows: Vec<GroupRow> = grouping.rows.iter().take(most_rows).map(row).collect();
    let more = grouping.rows.len() - rows.len();
    (!rows.is_empty()).then(|| GroupTable { by: grouping.by.name(), rows, more })
}
