//! Fields that were asked for afterwards, and tickets that changed hands.

use serde::Serialize;

use super::{
    Bar, MAX_ROWS,
    links::{Evidence, template_title},
};
use crate::report::{AskedField, MisleadingPath, Report, ServiceMove};
use crate::site::Site;

#[derive(Serialize)]
pub(in crate::site) struct FieldRow {
    field: String,
    template: String,
    count: usize,
    of: usize,
    median: String,
    cost: Bar,
    before: String,
    command: Option<String>,
    tickets: Evidence,
}

#[derive(Serialize)]
pub(in crate::site) struct MoveRow {
    from: String,
    to: String,
    count: usize,
    before: usize,
    median: String,
    delay: Bar,
    tickets: Evidence,
}

#[derive(Serialize)]
pub(in crate::site) struct PathRow {
    path: String,
    moved: usize,
    opened: usize,
    service: Option<String>,
    to: String,
}

pub(in crate::site) fn fields(site: &Site, report: &Report) -> Vec<FieldRow> {
    let asked = || report.asked_fields.iter().filter(|field| !field.tickets.is_empty());
    let most = asked().map(|field| field.cost.total).max().unwrap_or(0);
    let row = |field: &AskedField| FieldRow {
        field: field.field.clone(),
        template: template_title(site, &field.template),
        count: field.tickets.len(),
        of: field.of,
        median: site.median(&field.cost),
        cost: site.bar(field.cost.total, most, site.time(field.cost.total)),
        before: site.time(field.cost_before),
        command: field.patch.as_ref().map(|patch| format!("{patch} | git apply")),
        tickets: Evidence::of(site, &field.tickets),
    };
    asked().take(MAX_ROWS).map(row).collect()
}

pub(in crate::site) fn moves(site: &Site, report: &Report) -> Vec<MoveRow> {
    let moved = || report.moves.iter().filter(|moves| !moves.tickets.is_empty());
    let most = moved().map(|moves| moves.delay.total).max().unwrap_or(0);
    let row = |moves: &ServiceMove| MoveRow {
        from: site.service_name(&moves.from),
        to: site.service_name(&moves.to),
        count: moves.tickets.len(),
        before: moves.tickets_before,
        median: site.median(&moves.delay),
        delay: site.bar(moves.delay.total, most, site.time(moves.delay.total)),
        tickets: Evidence::of(site, &moves.tickets),
    };
    moved().take(MAX_ROWS).map(row).collect()
}

pub(in crate::site) fn paths(site: &Site, report: &Report) -> Vec<PathRow> {
    let row = |page: &MisleadingPath| PathRow {
        path: page.path.clone(),
        moved: page.tickets.len(),
        opened: page.opened,
        service: page.service.as_deref().map(|id| site.service_name(id)),
        to: site.service_name(&page.to),
    };
    report.paths.iter().take(MAX_ROWS).map(row).collect()
}
