//! The measures by service, template, tag or person.

use serde::Serialize;

use super::{Bar, MAX_ROWS, links::template_title};
use crate::report::{Group, GroupBy, Grouping};
use crate::site::Site;
use crate::site::context::PersonContext;

#[derive(Serialize)]
pub(in crate::site) struct GroupTable {
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

pub(in crate::site) fn group_table(site: &Site, grouping: &Grouping) -> Option<GroupTable> {
    // People have no order by size, so all of them are listed.
    let most_rows = if grouping.by == GroupBy::Person { usize::MAX } else { MAX_ROWS };
    let most = grouping.rows.iter().map(|row| row.opened).max().unwrap_or(0);
    let size = |count: usize| i64::try_from(count).unwrap_or(0);
    let row = |group: &Group| {
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
