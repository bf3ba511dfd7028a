//! Checks a ticket, or the reply that resolves it, against the requirements of its template.
//!
//! The requirements of a file depend on that file; other files of its thread can only remove requirements. A merge of
//! branches that resolve, reopen and ask therefore causes no new findings.

use super::{
    context::CheckContext,
    fault::{Fault, SectionFault},
    file::{CheckedContent, File},
};
use crate::{
    detectors::substance::{has_code, has_list, weakness},
    template::{Need, SectionRule, Stage, Template},
    text::{
        Span, Time, count_words,
        markdown::{HeadingForm, headings, without_comments},
        nearest,
    },
    ticket::{FieldChange, Reply, Section, Status, Thread, Ticket, YamlValue},
};

/// Returns the problems of the sections of `file`. Several rules report them, so they are computed once.
pub(super) fn section_faults<'f, 'a>(
    file: &'f File<'a>,
    context: &CheckContext<'_>,
) -> &'f [SectionFault<'a>] {
    file.faults(|| check_sections(file, context))
}

fn check_sections<'a>(file: &File<'a>, context: &CheckContext<'_>) -> Vec<SectionFault<'a>> {
    let Some(template) = file.template() else { return Vec::new() };
    if file.is_imported() || file.front().is_none() {
        return Vec::new();
    }
    let stage = stage_of(file, context);
    let (rules, required_by) = match (file.content, stage) {
        (CheckedContent::Ticket(..), _) => (&template.sections, format!("template `{}`", template.name)),
        (CheckedContent::Reply(..), Some(Stage::Resolved(resolution))) => {
            (&template.resolution, format!("resolution `{resolution}`"))
        }
        _ => return Vec::new(),
    };
    let mut problems = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        let position = template.fields.len() + place;
        let required = is_required(&rule.required, &rule.when, rule.since, file, context);
        for (fault, span) in faults(file, template, rule, required, context) {
            problems.push(SectionFault { rule, position, fault, span, required_by: required_by.clone() });
        }
    }
    problems
}

fn faults(
    file: &File<'_>,
    template: &Template,
    rule: &SectionRule,
    required: bool,
    context: &CheckContext<'_>,
) -> Vec<(Fault, Span)> {
    let text_of =
        |section: &Section| file.text().and_then(|text| text.get(section.span.clone())).unwrap_or("");
    let named: Vec<&Section> = file.sections().iter().filter(|section| section.is(&rule.name)).collect();
    let filled = named.iter().find(|section| !without_comments(text_of(section)).trim().is_empty());
    let required = required && !is_filled_later(file, &rule.name);
    let Some(section) = filled.or(named.first()) else {
        return match required {
            true => vec![misspelled(file, template, rule).unwrap_or_else(|| missing(file))],
            false => Vec::new(),
        };
    };
    let hint = match file.content {
        CheckedContent::Ticket(..) => context.hint(&template.name, &rule.name),
        _ => "",
    };
    let heading = trimmed(file, &section.heading_span);
    let text = text_of(section);
    if let Some(weakness) = weakness(text, hint) {
        return if required { vec![(Fault::Weak(weakness), heading)] } else { Vec::new() };
    }
    let mut faults = Vec::new();
    let words = count_words(&without_comments(text));
    if words < rule.min_words {
        faults.push((Fault::Short(words), heading.clone()));
    }
    let has = |need: &Need| match need {
        Need::List => has_list(text),
        Need::Code => has_code(text),
    };
    if !rule.needs.is_empty() && !rule.needs.iter().any(has) {
        faults.push((Fault::NoListOrCode, heading));
    }
    faults
}

fn missing(file: &File<'_>) -> (Fault, Span) {
    let key = if matches!(file.content, CheckedContent::Reply(..)) { "resolution" } else { "template" };
    (Fault::Missing, file.span_of(key))
}

/// Returns `span` without the line ending at its end.
fn trimmed(file: &File<'_>, span: &Span) -> Span {
    let text = file.text().and_then(|text| text.get(span.clone())).unwrap_or_default();
    span.start..span.start + text.trim_end().len()
}

/// Finds a heading that is probably a misspelling of the section `rule`: it has another level, a colon, no space
/// after the `#`, or a typing error.
fn misspelled(file: &File<'_>, template: &Template, rule: &SectionRule) -> Option<(Fault, Span)> {
    let document = file.document?;
    let name = rule.name.to_lowercase();
    let others = template.sections.iter().chain(&template.resolution).map(|other| other.name.to_lowercase());
    let others: Vec<String> = others.filter(|other| *other != name).collect();
    let mut near = None;
    for heading in headings(document.body_text()).into_iter().filter(|heading| !heading.is_nested) {
        let words =
            heading.text.trim_end_matches(['#', ':', '：', ' ']).trim_matches(['*', '_']).to_lowercase();
        let start = heading.span.start + document.body.start;
        let span = trimmed(file, &(start..heading.span.end + document.body.start));
        let first_line = file.text().and_then(|text| text.get(span.clone())?.lines().next());
        let written = first_line.unwrap_or_default().trim_end().to_owned();
        if words == name {
            // The line below an underlined heading may be part of something else, such as a merge conflict.
            let same_words = heading.form != HeadingForm::Underlined;
            return Some((Fault::Heading { written, same_words }, span));
        }
        if near.is_none() && !others.contains(&words) && nearest(&words, [name.as_str()]).is_some() {
            near = Some((Fault::Heading { written, same_words: false }, span));
        }
    }
    near
}

/// Returns the stage whose requirements apply to a file: `Open` for a ticket, `Resolved` for a resolving reply.
pub(super) fn stage_of(file: &File<'_>, context: &CheckContext<'_>) -> Option<Stage> {
    match file.content {
        CheckedContent::Ticket(..) => Some(Stage::Open),
        CheckedContent::Reply(thread, reply, _) if reply.status == Some(Status::Resolved) => {
            // An internal note does not resolve the ticket.
            let resolution = reply.resolution.filter(|_| !context.is_note(thread, reply));
            resolution.map(Stage::Resolved)
        }
        _ => None,
    }
}

/// Returns true if `file` must have a field or section with these requirements: the stages, the conditions `when`, and
/// the time `since`.
pub(super) fn is_required(
    stages: &[Stage],
    when: &[(String, Vec<String>)],
    since: Option<Time>,
    file: &File<'_>,
    context: &CheckContext<'_>,
) -> bool {
    let (Some(stage), Some(thread)) = (stage_of(file, context), file.thread()) else { return false };
    if !stages.contains(&stage) {
        return false;
    }
    if matches!((since, thread.ticket.created), (Some(since), Some(created)) if created < since) {
        return false;
    }
    let own = match file.content {
        CheckedContent::Reply(_, reply, _) => Some(reply),
        _ => None,
    };
    when.iter().all(|(field, values)| condition_holds(thread, own, field, values))
}

/// Returns true if `field` has one of `values`, both in the file itself (the ticket, or the reply `own`) and in
/// every reply that sets it. If replies disagree, the condition does not hold.
fn condition_holds(thread: &Thread, own: Option<&Reply>, field: &str, values: &[String]) -> bool {
    let matches = |value: &YamlValue| value.texts().iter().any(|text| values.contains(text));
    let set = |reply: &Reply| {
        reply.set.iter().find(|(name, _)| name == field).map(|(_, set)| match set {
            FieldChange::Value(value) => matches(value),
            FieldChange::Clear | FieldChange::Tags(_) => false,
        })
    };
    let here = own.and_then(set).or_else(|| ticket_value(&thread.ticket, field).as_ref().map(matches));
    here == Some(true) && thread.replies.iter().filter_map(set).all(|holds| holds)
}

/// Returns the value of a field in the ticket's own file.
fn ticket_value(ticket: &Ticket, field: &str) -> Option<YamlValue> {
    let text = |text: &str| YamlValue::Text(text.to_owned());
    let list = |items: &[String]| {
        (!items.is_empty()).then(|| YamlValue::List(items.iter().map(|i| text(i)).collect()))
    };
    match field {
        "title" => Some(text(&ticket.title)),
        "template" => Some(text(&ticket.template)),
        "service" => ticket.service.as_deref().map(text),
        "priority" => ticket.priority.map(|priority| text(priority.name())),
        "visibility" => ticket.visibility.map(|visibility| text(visibility.name())),
        "tags" => list(&ticket.tags),
        "path" => list(&ticket.came_from),
        _ => ticket.field(field).cloned(),
    }
}

/// Returns true if the ticket has a value for `field` or a reply sets one.
pub(super) fn is_given(thread: &Thread, own: Option<&Reply>, field: &str) -> bool {
    let has_value = |value: &YamlValue| match value {
        YamlValue::Text(text) => !text.trim().is_empty(),
        YamlValue::List(items) => !items.is_empty(),
        YamlValue::Null => false,
        _ => true,
    };
    let sets = |reply: &Reply| {
        reply
            .set
            .iter()
            .any(|(name, set)| name == field && matches!(set, FieldChange::Value(value) if has_value(value)))
    };
    ticket_value(&thread.ticket, field).as_ref().is_some_and(has_value)
        || own.is_some_and(sets)
        || thread.replies.iter().any(sets)
}

/// Returns true if a reply contains the section `name`, for example because oncall asked the requester for it.
fn is_filled_later(file: &File<'_>, name: &str) -> bool {
    let name = name.to_lowercase();
    match file.content {
        CheckedContent::Ticket(thread, _) => {
            thread.replies.iter().any(|reply| reply.sections.contains(&name))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, sync::Arc};

    use proptest::prelude::*;

    use crate::{
        check::{CheckContext, check_all},
        repo::{CacheSlot, MemorySource},
        store::load,
        text::Time,
    };

    const TEMPLATE: &str = "---
title: Incident
fields:
  environment: { type: choice, options: [production, staging], required: open }
  trace_id: { type: text, required: open, when: { environment: production } }
  root_cause: { type: choice, options: [code, config], required: [fixed, workaround], when: { environment: [production] } }
sections:
  Problem: { required: open, min_words: 3 }
resolution:
  Fix: { required: [fixed], min_words: 2 }
---
";

    fn ticket() -> impl Strategy<Value = String> {
        let environment =
            prop::sample::select(vec!["", "environment: production\n", "environment: staging\n"]);
        let rest =
            prop::sample::select(vec!["", "trace_id: abc\n", "visibility: public\n", "priority: high\n"]);
        let body = prop::sample::select(vec!["", "## Problem\nIt does not export\n", "## Problem\nn/a\n"]);
        (environment, rest, body).prop_map(|(environment, rest, body)| {
            format!("---\ntitle: Exports of October hang\ntemplate: incident\nrequester: lena\ncreated: 2026-11-01T00:00:00Z\n{environment}{rest}---\n{body}")
        })
    }

    fn reply() -> impl Strategy<Value = String> {
        let author = prop::sample::select(vec!["author: lena\n", "author: mei\n", ""]);
        let status = prop::sample::select(vec![
            "",
            "status: open\n",
            "status: resolved\nresolution: fixed\n",
            "status: resolved\nresolution: workaround\n",
            "status: resolved\n",
            "status: resolved\nresolution: duplicate\nduplicate_of: other\n",
            "status: pending\nasks: [trace_id, Problem]\n",
        ]);
        let set = prop::sample::select(vec![
            "",
            "set: { environment: production }\n",
            "set: { environment: staging }\n",
            "set: { environment: null, root_cause: code }\n",
            "set: { trace_id: abc, visibility: public }\n",
            "set: { root_cause: cod, visibility: internal }\n",
        ]);
        let visibility = prop::sample::select(vec!["", "visibility: internal\n"]);
        let body =
            prop::sample::select(vec!["", "## Fix\nRestarted it\n", "## Problem\nIt does not export\n"]);
        (1u32..28, author, status, set, visibility, body).prop_map(
            |(day, author, status, set, visibility, body)| {
                format!(
                    "---\ncreated: 2026-11-{day:02}T00:00:00Z\n{author}{status}{set}{visibility}---\n{body}"
                )
            },
        )
    }

    /// Returns the findings of a ticket after a merge of these branches.
    fn findings(ticket: &str, branches: &[&[String]]) -> BTreeSet<(&'static str, String, String)> {
        let mut source = MemorySource::new()
            .with("casebook.yml", "visibility: public\n")
            .with("ticket-templates/incident.md", TEMPLATE)
            .with("tickets/other.md", "---\ntitle: The other one\ntemplate: imported\n---\n")
            .with("tickets/a.md", ticket);
        for replies in branches {
            for text in *replies {
                // File names are unique in practice, because their ends are random.
                let name = blake3::hash(text.as_bytes()).to_hex();
                source.insert(format!("tickets/a/{name}.md").as_str().into(), text.as_str());
            }
        }
        let store = load(Arc::new(source), &CacheSlot::nowhere()).unwrap();
        let context = CheckContext::new(&store, Time::parse("2026-12-01T00:00:00Z").unwrap());
        let found = check_all(&context, &|| ()).into_iter();
        found.map(|finding| (finding.code, finding.path.to_string(), finding.message)).collect()
    }

    proptest! {
        #![proptest_config(crate::trials::trials(64))]
        #[test]
        fn a_merge_of_two_branches_causes_no_new_findings(
            ticket in ticket(),
            base in prop::collection::vec(reply(), 0..3),
            one in prop::collection::vec(reply(), 0..3),
            other in prop::collection::vec(reply(), 0..3),
        ) {
            let before: BTreeSet<_> =
                findings(&ticket, &[&base, &one]).union(&findings(&ticket, &[&base, &other])).cloned().collect();
            let merged = findings(&ticket, &[&base, &one, &other]);
            prop_assert!(merged.is_subset(&before), "{:#?}", merged.difference(&before).collect::<Vec<_>>());
        }
    }
}
