//! The text of a new ticket in the editor: the front matter with all fields of the template, and the outline.

use crate::{
    cli::{
        CliError, Context,
        authoring::{Form, RequestedSection, blank, has_content},
        body,
        editor::EditorFailure,
    },
    intake::TicketDraft,
    store::Store,
    template::{Field, SectionRule, Stage, Template, applies},
    ticket::{YamlValue, sections, yaml_value},
};

/// The result of editing a ticket that failed.
pub(super) struct TicketFailure {
    pub error: CliError,
    /// The ticket as the editor left it.
    pub draft: Box<TicketDraft>,
}

/// Opens the editor with a ticket, and returns the ticket as the user left it. `notes` is shown below the cut line.
pub(super) fn edit(
    draft: &TicketDraft,
    notes: String,
    store: &Store,
    context: &Context,
) -> Result<TicketDraft, TicketFailure> {
    let template = store.template(&draft.template);
    let requested = template.map(|template| requested_sections(draft, template, context)).unwrap_or_default();
    let form = Form::new(&draft.body, &requested, notes);
    let read = |text: &str| {
        let mut edited = match text.starts_with("---") {
            true => TicketDraft::read(text),
            // The user deleted the front matter, for example to paste a text over everything.
            false => TicketDraft { body: text.to_owned(), ..draft.clone() },
        };
        edited.body = form.clean(&edited.body);
        if let Some(template) = template {
            edited.body = body::without_hints(&edited.body, &template.body);
            edited.body = body::without_empty(&edited.body, template);
        }
        edited
    };
    match form.edit(&front(draft, template, context), context) {
        Ok(text) => {
            let edited = read(&text);
            match text.trim().is_empty() || (!requested.is_empty() && !has_content(&edited.body)) {
                true => Err(TicketFailure { error: blank("ticket"), draft: Box::new(draft.clone()) }),
                false => Ok(edited),
            }
        }
        Err(EditorFailure { error, text }) => Err(TicketFailure { error, draft: Box::new(read(&text)) }),
    }
}

/// Returns the sections that the template requires of a new ticket.
fn requested_sections(draft: &TicketDraft, template: &Template, context: &Context) -> Vec<RequestedSection> {
    let is_required = |rule: &&SectionRule| {
        rule.required.contains(&Stage::Open)
            && applies(&rule.when, rule.since, Some(context.process.now), |name| draft.get(name))
    };
    let required = template.sections.iter().filter(is_required);
    required.map(|rule| RequestedSection::of(rule, template.hint(&rule.name))).collect()
}

/// Returns whether `draft` has text in all sections that its template requires.
pub(super) fn has_required_sections(draft: &TicketDraft, template: &Template, context: &Context) -> bool {
    let own = sections(&draft.body);
    let has = |name: &str| {
        let part = own.iter().find(|section| section.is(name));
        part.is_some_and(|part| has_content(&draft.body[part.span.clone()]))
    };
    requested_sections(draft, template, context).iter().all(|section| has(&section.name))
}

/// Returns the front matter: the keys of the draft and all fields of the template, each with what belongs there.
fn front(draft: &TicketDraft, template: Option<&Template>, context: &Context) -> String {
    let text = |text: &str| YamlValue::Text(text.to_owned());
    let mut front = String::from("---\n");
    let mut add = |key: &str, value: Option<&YamlValue>, comment: &str| {
        let value = value.map(|value| format!(" {}", yaml_value(value))).unwrap_or_default();
        let comment = if comment.is_empty() { String::new() } else { format!("  # {comment}") };
        front.push_str(&format!("{key}:{value}{comment}\n"));
    };
    add("title", Some(&text(&draft.title)), "required");
    add("template", Some(&text(&draft.template)), "");
    let fields = template.map_or(&[][..], |template| &template.fields);
    // A field that only a resolution requires is not a question to the requester.
    let is_for_opening = |field: &&Field| {
        field.required.is_empty() || field.required.contains(&Stage::Open) || draft.get(&field.name).is_some()
    };
    for field in fields.iter().filter(is_for_opening) {
        add(&field.name, draft.get(&field.name), &comment(field, draft, context));
    }
    let is_other = |key: &str| fields.iter().all(|field| field.name != key);
    for (key, value) in draft.keys.iter().filter(|(key, _)| is_other(key)) {
        add(key, Some(value), "");
    }
    if draft.get("priority").is_none() && is_other("priority") {
        add("priority", None, "low, normal, high or urgent");
    }
    if !draft.requester.is_empty() {
        add("requester", Some(&text(&draft.requester)), "");
    }
    if !draft.came_from.is_empty() {
        add("path", Some(&YamlValue::List(draft.came_from.iter().map(|path| text(path)).collect())), "");
    }
    front.push_str("---\n");
    front
}

/// Says whether a field is required, and what belongs there.
fn comment(field: &Field, draft: &TicketDraft, context: &Context) -> String {
    let is_required = field.required.contains(&Stage::Open)
        && applies(&field.when, field.since, Some(context.process.now), |name| draft.get(name));
    let values = match (&field.example, field.options.is_empty()) {
        (_, false) => field.options.join(", "),
        (Some(example), true) => format!("such as {example}"),
        (None, true) => field.kind.describe.to_owned(),
    };
    let word = if is_required { "required" } else { "optional" };
    let comment = if values.is_empty() { word.to_owned() } else { format!("{word}: {values}") };
    comment.replace(['\n', '\r'], " ")
}
