//! Tests of the content that each audience may see.

use super::*;
use crate::{
    repo::{CacheSlot, MemorySource},
    store::load,
    ticket::YamlValue,
};

fn full_store(source: MemorySource) -> Arc<Store> {
    Arc::new(load(Arc::new(source), &CacheSlot::nowhere()).unwrap())
}

fn source(hidden_text: &str) -> MemorySource {
    MemorySource::new()
        .with(
            "casebook.yml",
            "version: 1\nvisibility: public\nservices: { api: { oncall: [mei] }, secret: {} }\npeople: { mei: {}, eve: {}, nora: {} }\n",
        )
        .with("ticket-templates/note.md", "---\ntitle: Note\nfields: { codename: { type: text }, other: { type: ticket } }\n---\n")
        .with("tickets/hidden-one.md", format!("---\ntitle: H\ntemplate: note\nvisibility: internal\nservice: secret\ncodename: x\n---\n{hidden_text}"))
        .with("tickets/hush.md", "---\ntitle: H\ntemplate: note\nvisibility: internal\n---\n")
        .with(
            "tickets/a.md",
            "---\ntitle: As Hidden-One\ntemplate: note\nservice: api\nrelated: [hidden-one, b]\nnote: see hidden-one\nother: hush\n\
             tags: [hidden-one, x]\ncreated: 2026-01-01T00:00:00Z\n---\nLike hidden-one: [x](a/x.log), [y](a/hidden-one.txt).\n",
        )
        .with("tickets/a/1.md", "---\nauthor: mei\ncreated: 2026-01-02T00:00:00Z\nset: { related: hidden-one }\nanswered_by: [hidden-one, knowledge/quiet, tickets/2026/hush.md, hush]\nstatus: resolved\n---\n")
        .with("tickets/a/2.md", "---\nauthor: eve\nvisibility: internal\ncreated: 2026-01-03T00:00:00Z\n---\n![z](x.png)\n")
        .with("tickets/a/hidden-one.txt", "x")
        .with("tickets/a/x.log", "x")
        .with("tickets/a/x.png", "x")
        .with("tickets/b.md", "---\ntitle: B\ntemplate: note\ncreated: 2026-01-04T00:00:00Z\n---\n")
        .with("tickets/after-hidden-one.md", "---\ntitle: C\ntemplate: note\ncreated: 2026-01-05T00:00:00Z\n---\n")
        .with("knowledge/quiet.md", "---\ntitle: K\nvisibility: internal\n---\n")
}

fn visible_store(source: MemorySource, audience: Audience, publish: Publish) -> Arc<Store> {
    Arc::clone(full_store(source).seen_by(View { audience, publish }).store())
}

#[test]
fn the_public_store_contains_only_public_content() {
    let store = visible_store(source(""), Audience::Public, Publish::Answered);
    assert!(store.thread("hidden-one").is_none() && store.threads.len() == 1);
    let thread = store.thread("a").unwrap();
    assert_eq!((thread.replies.len(), thread.state.status.name()), (1, "resolved"));
    assert_eq!(thread.state.updated, thread.replies[0].created);
    assert_eq!((thread.state.related.len(), thread.state.answered_by.len()), (0, 0));
    assert_eq!(
        (thread.ticket.title.as_str(), thread.ticket.related.as_slice()),
        ("As …", &["b".to_owned()][..])
    );
    assert_eq!(thread.state.tags, ["x"]);
    let text = |text: &str| Some(YamlValue::Text(text.to_owned()));
    assert_eq!((thread.field("note"), thread.field("other")), (text("see …").as_ref(), text("…").as_ref()));
    assert_eq!(store.body(thread.ticket.path.as_ref()), "Like …: [x](a/x.log), [y](a/….txt).\n");
    let attachments: Vec<&str> =
        store.attachments.iter().map(|attachment| attachment.path.as_str()).collect();
    assert_eq!(attachments, ["tickets/a/x.log", "tickets/a/….txt"]);
    assert_eq!(store.source().read(&"tickets/a/….txt".into()).unwrap(), b"x");
    assert!(store.source().read(&"tickets/hidden-one.md".into()).is_err());
    assert!(store.articles.is_empty());
    let services: Vec<&str> = store.settings.services.iter().map(|service| service.id.as_str()).collect();
    let people: Vec<&str> = store.settings.people.iter().map(|person| person.id.as_str()).collect();
    assert_eq!((services, people), (vec!["api"], vec!["mei"]));
    assert!(store.settings.services[0].oncall.is_empty());
    let fields: Vec<&str> =
        store.template("note").unwrap().fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(fields, ["other"]);
}

#[test]
fn a_public_ticket_whose_id_contains_an_internal_id_gets_another_id() {
    let store = visible_store(source(""), Audience::Public, Publish::All);
    let ids: Vec<&str> = store.threads.ids().collect();
    assert_eq!(ids, ["a", "b", "after-…"]);
    assert_eq!(store.thread("after-…").unwrap().ticket.title, "C");
}

#[test]
fn hidden_content_does_not_change_the_public_store() {
    let fingerprint = |text: &str| visible_store(source(text), Audience::Public, Publish::All).fingerprint();
    assert_eq!(fingerprint("one"), fingerprint("two"));
}

#[test]
fn the_team_sees_all_published_tickets_without_a_copy_of_the_store() {
    let full = full_store(source(""));
    let all = full.seen_by(View { audience: Audience::Internal, publish: Publish::All });
    assert!(Arc::ptr_eq(all.store(), &full));
    let answered = full.seen_by(View { audience: Audience::Internal, publish: Publish::Answered });
    assert_eq!(answered.store().threads.ids().collect::<Vec<_>>(), ["a"]);
    assert!(Arc::ptr_eq(&answered.store().threads[0], &full.threads[full.threads.place("a").unwrap()]));
    assert_eq!(answered.store().attachments.len(), 3);
}

#[test]
fn content_without_secret_names_is_shared_and_not_copied() {
    let source = MemorySource::new()
        .with("casebook.yml", "version: 1\nvisibility: public\n")
        .with("tickets/a.md", "---\ntitle: A\n---\nPlain.\n")
        .with("tickets/plans-m2m3m4.md", "---\ntitle: P\nvisibility: internal\n---\n");
    let full = full_store(source);
    let view = full.seen_by(View { audience: Audience::Public, publish: Publish::All });
    assert!(Arc::ptr_eq(&view.store().threads[0], &full.threads[full.threads.place("a").unwrap()]));
}
