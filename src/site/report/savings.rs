//! The changes that would save the most waiting time.

use serde::Serialize;

use super::links::{Evidence, article_link, template_title};
use crate::report::{FixState, Saving, SavingChange};
use crate::site::Site;
use crate::site::context::Link;

#[derive(Serialize)]
pub(in crate::site) struct SavingContext {
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
    tickets: Evidence,
}

pub(in crate::site) fn saving_context(site: &Site, saving: &Saving) -> SavingContext {
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
        tickets: Evidence::of(site, &saving.tickets),
    };
    match &saving.change {
        SavingChange::RequireField { template, field, of, .. } => SavingContext {
            kind: "require-field",
            what: field.clone(),
            of: template_title(site, template),
            whole: *of,
            ..none()
        },
        SavingChange::FixProblem { title, ticket, opened, fix, article } => SavingContext {
            count: *opened,
            whole: saving.tickets.len(),
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

fn fix_key(fix: FixState) -> &'static str {
    match fix {
        FixState::Held => "report.saving.held",
        FixState::CameBack => "report.saving.back",
        FixState::NotFixed => "report.saving.not_fixed",
    }
}
