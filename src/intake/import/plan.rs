//! Plans the files of an import: one for each ticket and each reply.

use std::collections::{BTreeSet, HashMap};

use super::{
    ids::IdMaker,
    import_plan::{Destination, ImportPlan},
    locks::KnownFile,
    planned_article::plan_article,
    planned_ticket::plan_ticket,
    replies::is_reply_name,
};
use crate::{
    store::{Role, Store},
    text::RepoPath,
    ticket::TicketRecord,
};

/// The kind of files that an import writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ImportTarget {
    #[default]
    Tickets,
    /// Articles in `knowledge/`.
    Knowledge,
}

/// Plans the import of `records`. Known tickets keep their current path, or the path at which an import last wrote
/// them.
pub(super) fn plan(
    records: &[TicketRecord],
    store: &Store,
    known: &HashMap<&str, Vec<KnownFile<'_>>>,
    target: ImportTarget,
) -> ImportPlan {
    let mut destination = Destination::of(store, known, target);
    let mut plan = ImportPlan::default();
    // All ids must exist before a reference to one is written.
    let named: Vec<String> = records.iter().map(|record| destination.id_of(record)).collect();
    let mut seen = BTreeSet::new();
    for (record, id) in records.iter().zip(&named) {
        if seen.insert(id) {
            match target {
                ImportTarget::Tickets => plan_ticket(record, id, &destination, &mut plan),
                ImportTarget::Knowledge => plan_article(record, id, &destination, &mut plan),
            }
        } else {
            plan.refused += 1;
            plan.notes.push(format!("{}: duplicate id; the first ticket is used", record.id));
        }
    }
    plan
}

/// Returns the path and the text of each file of a first import of `records`, and the notes of the import.
pub(crate) fn files_of_import(
    records: &[TicketRecord],
    store: &Store,
) -> (Vec<(RepoPath, String)>, Vec<String>) {
    let plan = plan(records, store, &HashMap::new(), ImportTarget::Tickets);
    let files = plan.tickets.into_iter().flat_map(|ticket| [ticket.ticket].into_iter().chain(ticket.replies));
    (files.map(|file| (file.path, file.text.compose())).collect(), plan.notes)
}

impl<'a> Destination<'a> {
    /// Finds the ids of known sources, and where their files are or were.
    fn of(store: &'a Store, known: &HashMap<&str, Vec<KnownFile<'a>>>, target: ImportTarget) -> Self {
        let (mut ids, mut places) = (IdMaker::default(), HashMap::new());
        let (folder, role) = match target {
            ImportTarget::Tickets => ("tickets", Role::Ticket),
            ImportTarget::Knowledge => ("knowledge", Role::Article),
        };
        let locked = known.values().flatten().map(|file| file.line);
        let locked =
            locked.filter(|line| line.path.is_below(folder) && !is_reply_name(line.path.file_name()));
        // A deleted ticket keeps its id. A ticket at the path where an import wrote it is identified by that path,
        // even if its text changed. All others are identified by their text.
        let (there, gone): (Vec<_>, Vec<_>) =
            locked.partition(|line| store.layout.role(&line.path) == Some(&role));
        for line in gone {
            ids.know(&line.source, line.path.stem());
            places.insert(line.path.stem(), &line.path);
        }
        for (id, source, path) in present(store, target) {
            ids.know(source.unwrap_or(id), id);
            places.extend(path.map(|path| (path.stem(), path)));
        }
        for line in there {
            ids.know(&line.source, line.path.stem());
            places.insert(line.path.stem(), &line.path);
        }
        // No ticket gets the name of an article, and the other way round.
        match target {
            ImportTarget::Tickets => store.articles.iter().for_each(|article| ids.take(&article.slug)),
            ImportTarget::Knowledge => store.threads.ids().for_each(|id| ids.take(id)),
        }
        Self { ids, places, zone: store.settings.zone() }
    }

    /// Returns the id for a record. A record with a source may bring its own id.
    fn id_of(&mut self, record: &TicketRecord) -> String {
        match &record.source {
            Some(source) => self.ids.id_with(source, &record.id),
            None => self.ids.id_of(&record.id),
        }
    }
}

/// Returns the tickets or articles of a store: id, source and path.
fn present(store: &Store, target: ImportTarget) -> Vec<(&str, Option<&str>, Option<&RepoPath>)> {
    match target {
        ImportTarget::Tickets => {
            let tickets = store.threads.iter().map(|thread| (thread.id(), &thread.ticket));
            tickets.map(|(id, ticket)| (id, ticket.source.as_deref(), ticket.path.as_ref())).collect()
        }
        ImportTarget::Knowledge => {
            let articles = store.articles.iter();
            articles
                .map(|article| (article.slug.as_str(), article.source.as_deref(), article.path.as_ref()))
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::intake::import::planned::PlannedFile;
    use crate::{
        repo::{CacheSlot, MemorySource},
        store,
        ticket::{Document, ReplyRecord},
    };

    #[test]
    fn an_unknown_visibility_of_another_tracker_becomes_internal() {
        let record = TicketRecord {
            id: "1".into(),
            title: "Exports time out".into(),
            created: Some("2026-11-22T09:14:00Z".into()),
            visibility: Some("private".into()),
            replies: vec![ReplyRecord {
                author: Some("mei".into()),
                visibility: Some("team".into()),
                ..ReplyRecord::default()
            }],
            ..TicketRecord::default()
        };
        let empty = store::load(Arc::new(MemorySource::new()), &CacheSlot::nowhere()).unwrap();
        let plan = plan(&[record], &empty, &HashMap::new(), ImportTarget::Tickets);
        let files: Vec<&PlannedFile> = plan
            .tickets
            .iter()
            .flat_map(|ticket| [&ticket.ticket].into_iter().chain(&ticket.replies))
            .collect();
        for PlannedFile { path, text } in &files {
            let document = Document::parse(path, text.compose().as_bytes());
            let visibility = document.front.as_ref().and_then(|front| front.get("visibility"));
            assert_eq!(visibility.and_then(|node| node.text()), Some("internal"), "{path}");
        }
        assert_eq!(files.len(), 2);
        assert!(plan.notes.iter().any(|note| note.contains("visibility `team`")), "{:?}", plan.notes);
    }
}
