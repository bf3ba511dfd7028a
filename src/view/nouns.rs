//! Redacts tickets, replies, articles, settings and templates for the public.
//!
//! Each function destructures its type field by field. A new field therefore does not compile until this module
//! handles it.

use super::{
    files::ViewFiles,
    names::{InternalNames, REPLACEMENT},
};
use crate::{
    settings::{Person, Service, Settings},
    template::{Field, NamedThing, Pattern, SectionRule, Template},
    ticket::{Article, FieldChange, Reply, TagChange, Thread, Ticket, YamlValue},
};

/// The context for redacting names in all types of content.
pub(super) struct Redactor<'a> {
    pub(super) names: &'a InternalNames,
    pub(super) files: &'a ViewFiles,
    /// Templates define which fields refer to tickets.
    pub(super) templates: &'a [Template],
}

impl Redactor<'_> {
    /// Returns the public part of a ticket and its replies; `None` if the thread is public without any change.
    pub(super) fn thread(&self, thread: &Thread) -> Option<(Ticket, Vec<Reply>)> {
        let template = self.templates.iter().find(|template| template.name == thread.ticket.template);
        let replies = thread.replies.iter().filter(|reply| thread.is_public(reply));
        let replies: Vec<Reply> = replies.map(|reply| self.reply(reply.clone(), template)).collect();
        let ticket = self.ticket(thread.ticket.clone(), template);
        (ticket != thread.ticket || replies != thread.replies).then_some((ticket, replies))
    }

    fn ticket(&self, mut ticket: Ticket, template: Option<&Template>) -> Ticket {
        let Ticket {
            id,
            path,
            title,
            template: template_name,
            service,
            requester,
            created: _,
            priority: _,
            tags,
            came_from,
            visibility: _,
            related,
            aliases,
            source,
            fields,
            sections,
            words: _,
            has_code: _,
            reports_fault: _,
        } = &mut ticket;
        if let Some(old) = path {
            *old = self.files.path(old);
            id.clear();
            id.push_str(old.stem());
        }
        self.text(title);
        self.text(template_name);
        self.texts(service.iter_mut().chain(requester).chain(came_from).chain(sections));
        self.tags(tags);
        self.references(related);
        self.references(aliases);
        if source.as_ref().is_some_and(|source| self.names.is_secret(source)) {
            *source = None;
        }
        self.texts(source);
        for (name, value) in fields {
            self.field(name, value, template);
            self.text(name);
        }
        ticket
    }

    fn reply(&self, mut reply: Reply, template: Option<&Template>) -> Reply {
        let Reply {
            name,
            path,
            author,
            created: _,
            status: _,
            resolution: _,
            duplicate_of,
            answered_by,
            asks,
            assignee,
            set,
            draft_from,
            visibility: _,
            may_hide_ticket: _,
            sections,
            words: _,
            has_code: _,
        } = &mut reply;
        if let Some(old) = path {
            *old = self.files.path(old);
            name.clear();
            name.push_str(old.stem());
        }
        self.texts(author.iter_mut().chain(assignee.iter_mut().flatten()).chain(asks).chain(sections));
        self.references(answered_by);
        for reference in [duplicate_of, draft_from] {
            *reference = reference.take().and_then(|name| self.names.reference(&name));
        }
        for (field, set) in set {
            match set {
                FieldChange::Clear => {}
                FieldChange::Tags(changes) => changes.retain_mut(|change| match change {
                    TagChange::Add(tag) | TagChange::Remove(tag) => self.keeps_tag(tag),
                }),
                FieldChange::Value(value) if matches!(field.as_str(), "related" | "aliases") => {
                    let texts = value.texts();
                    let public = texts.iter().filter_map(|name| self.names.reference(name));
                    *value = YamlValue::List(public.map(YamlValue::Text).collect());
                }
                FieldChange::Value(YamlValue::List(tags)) if field == "tags" => {
                    tags.retain_mut(|tag| match tag {
                        YamlValue::Text(tag) => self.keeps_tag(tag),
                        _ => true,
                    });
                }
                FieldChange::Value(value) => self.field(field, value, template),
            }
            self.text(field);
        }
        reply
    }

    /// Returns the public form of an article.
    pub(super) fn article(&self, mut article: Article) -> Article {
        let Article {
            slug,
            path,
            title,
            service,
            tags,
            tickets,
            confirmed: _,
            supersedes,
            visibility: _,
            aliases,
            source,
            sections,
            words: _,
        } = &mut article;
        if let Some(old) = path {
            *old = self.files.path(old);
            slug.clear();
            slug.push_str(old.stem());
        }
        self.text(title);
        self.texts(service.iter_mut().chain(sections));
        self.tags(tags);
        self.references(tickets);
        self.references(supersedes);
        self.references(aliases);
        if source.as_ref().is_some_and(|source| self.names.is_secret(source)) {
            *source = None;
        }
        self.texts(source);
        article
    }

    /// Returns the public form of the settings: on-call people, logins and the paths of services are internal.
    pub(super) fn settings(&self, mut settings: Settings) -> Settings {
        let Settings {
            title,
            url,
            repository,
            forge: _,
            branch,
            language: _,
            timezone: _,
            visibility: _,
            publish: _,
            intake: _,
            push: _,
            default_template,
            services,
            people,
            targets: _,
            business_hours: _,
            twins: _,
            levels: _,
        } = &mut settings;
        self.text(title);
        self.text(url);
        self.texts(repository.iter_mut().chain(branch).chain(default_template));
        for Service { id, name, owner, oncall, part_of, paths } in services {
            self.text(id);
            self.text(name);
            self.texts(owner.iter_mut().chain(part_of));
            oncall.clear();
            paths.clear();
        }
        for Person { id, name, emails, logins } in people {
            self.text(id);
            self.text(name);
            emails.clear();
            logins.clear();
        }
        settings
    }

    /// Returns the public form of a template.
    pub(super) fn template(&self, mut template: Template) -> Template {
        let Template {
            name,
            title,
            about,
            fields,
            sections,
            resolution,
            answer_sections,
            any_fields: _,
            body,
        } = &mut template;
        for text in [name, title, about, body] {
            self.text(text);
        }
        self.texts(answer_sections);
        for Field {
            name,
            kind: _,
            many: _,
            required: _,
            when,
            since: _,
            options,
            pattern,
            example,
            ask,
            detect: _,
        } in fields
        {
            self.text(name);
            self.texts(options.iter_mut().chain(example).chain(ask));
            if let Some(expression) = pattern
                && let std::borrow::Cow::Owned(redacted) = self.names.text(expression.text())
            {
                *expression = Pattern::new(redacted);
            }
            self.conditions(when);
        }
        for SectionRule { name, required: _, when, since: _, min_words: _, needs: _, ask } in
            sections.iter_mut().chain(resolution)
        {
            self.text(name);
            self.texts(ask);
            self.conditions(when);
        }
        template
    }

    fn conditions(&self, when: &mut [(String, Vec<String>)]) {
        for (field, values) in when {
            self.text(field);
            self.texts(values);
        }
    }

    fn text(&self, text: &mut String) {
        if let std::borrow::Cow::Owned(redacted) = self.names.text(text) {
            *text = redacted;
        }
    }

    fn texts<'t>(&self, texts: impl IntoIterator<Item = &'t mut String>) {
        texts.into_iter().for_each(|text| self.text(text));
    }

    fn references(&self, references: &mut Vec<String>) {
        let public = references.iter().filter_map(|name| self.names.reference(name));
        *references = public.collect();
    }

    fn tags(&self, tags: &mut Vec<String>) {
        tags.retain_mut(|tag| self.keeps_tag(tag));
    }

    /// Redacts a tag. Returns false if only redacted names remain, because all such tags would be equal.
    fn keeps_tag(&self, tag: &mut String) -> bool {
        self.text(tag);
        tag != REPLACEMENT
    }

    /// Redacts the value of the field `name`.
    fn field(&self, name: &str, value: &mut YamlValue, template: Option<&Template>) {
        let field = template.and_then(|template| template.field(name));
        self.value(value, field.is_some_and(|field| field.kind.names == Some(NamedThing::Ticket)));
    }

    fn value(&self, value: &mut YamlValue, names_ticket: bool) {
        match value {
            YamlValue::Text(text) | YamlValue::Number(text) if names_ticket && self.names.is_secret(text) => {
                *value = YamlValue::Text(REPLACEMENT.to_owned());
            }
            YamlValue::Text(text) => self.text(text),
            YamlValue::Number(number) => {
                if let std::borrow::Cow::Owned(text) = self.names.text(number) {
                    *value = YamlValue::Text(text);
                }
            }
            YamlValue::List(items) => items.iter_mut().for_each(|item| self.value(item, names_ticket)),
            YamlValue::Map(entries) => {
                for (key, item) in entries {
                    self.text(key);
                    self.value(item, names_ticket);
                }
            }
            YamlValue::Null | YamlValue::Bool(_) => {}
        }
    }
}
