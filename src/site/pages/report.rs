//! The report of the internal site. The public site has no such page.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{PageKey, PageKind};
use crate::knowledge::proposed_reply::ProposalUse;
use crate::report::Report;
use crate::site::context::PageContext;
use crate::site::report::{
    FEWEST_FOR_TREND, FieldRow, FigureCell, FlowChart, GapsContext, GroupTable, LevelRow, MoveRow, PathRow,
    ProblemRow, SavingContext, fields, glance, group_table, levels, measures, moves, paths, problems,
    saving_context,
};
use crate::site::{Site, SiteError};

/// The context of `report.html`.
#[derive(Serialize)]
struct ReportContext {
    /// Whether there is no ticket at all, and so no period.
    is_empty: bool,
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
    /// The number of replies that began with a proposed text.
    drafts: usize,
    /// The median part of the proposed sentences that they kept, in percent.
    kept: Option<u32>,
    left_out: Vec<LeftOutRow>,
}

#[derive(Serialize)]
struct LeftOutRow {
    reason: String,
    count: usize,
}

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

fn context(site: &Site, (report, proposals): &(Report, ProposalUse)) -> ReportContext {
    let day = |time: crate::text::Time| site.whole_day(time);
    let flow: usize = report.parts.iter().map(|part| part.opened + part.resolved).sum();
    let problems = problems(site, report);
    ReportContext {
        is_empty: report.clock.is_none(),
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
        has_trends: problems.iter().any(ProblemRow::has_trend),
        problems,
        gaps: GapsContext::of(site, report),
        fields: fields(site, report),
        moves: moves(site, report),
        paths: paths(site, report),
        groups: report.groups.iter().filter_map(|grouping| group_table(site, grouping)).collect(),
        drafts: proposals.replies,
        kept: proposals.kept,
        left_out: report.left_out.iter().map(left_out).collect(),
    }
}

fn left_out(left_out: &crate::report::LeftOut) -> LeftOutRow {
    LeftOutRow { reason: left_out.reason.name().to_owned(), count: left_out.count }
}
