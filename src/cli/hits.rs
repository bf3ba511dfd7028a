//! Prints a search result: two lines about the ticket or article, and an excerpt with the matching words.

use unicode_width::UnicodeWidthStr;

use super::{Context, Ui, table, ui::style};
use crate::{
    search::{Item, Texts, answer_for_reader, best_excerpt, excerpt::Excerpt, marks::Marks},
    store::Store,
    text::markdown::prose,
};

/// Returns the name of a result: a ticket's id, or `knowledge/<slug>`.
pub(super) fn name(item: Item, store: &Store) -> String {
    item.ticket(store).map_or_else(|| item.key(store).into_owned(), |thread| thread.id().to_owned())
}

/// Prints two lines: the title; then the id, the status and resolution (or `article`), and `more`.
pub(super) fn head(item: Item, store: &Store, more: &str, context: &Context) {
    let ui = &context.ui;
    let more = if more.is_empty() { String::new() } else { format!("  {}", ui.paint(style::DIM, more)) };
    if let Some(article) = item.article(store) {
        ui.line(ui.paint(style::STRONG, &table::fit(&article.title, ui.width)));
        ui.line(format!("  {}  article{more}", ui.paint(style::ID, &item.key(store))));
        return;
    }
    let Some(thread) = item.ticket(store) else { return };
    let resolution = thread.state.resolution.map(|resolution| format!(" ({resolution})")).unwrap_or_default();
    let status = ui.paint(style::of_ticket(thread), thread.state.status.name());
    ui.line(ui.paint(style::STRONG, &table::fit(&thread.ticket.title, ui.width)));
    ui.line(format!("  {}  {status}{resolution}{more}", ui.paint(style::ID, thread.id())));
}

/// Returns the best excerpt for `marks` that fits into `room` columns.
pub(super) fn excerpt(texts: &Texts, marks: &Marks, room: usize) -> Option<Excerpt> {
    // The ellipses at the ends take two columns. The search limits characters, and wide characters take two columns, so
    // the loop lowers the limit until the excerpt fits.
    let room = room.saturating_sub(2);
    let mut limit = room;
    loop {
        let (_, excerpt) = best_excerpt(texts, marks, limit)?;
        let width = excerpt.text.width();
        if width <= room || limit == 0 {
            return Some(excerpt);
        }
        limit = (limit * room / width).min(limit - 1);
    }
}

/// Returns the text of an excerpt with highlighted matches.
pub(super) fn paint_marks(excerpt: &Excerpt, ui: &Ui) -> String {
    let mut line = if excerpt.cut_before { "…".to_owned() } else { String::new() };
    let mut at = 0;
    for span in &excerpt.marks {
        line.push_str(&table::lines(&excerpt.text[at..span.start]));
        line.push_str(&ui.paint(style::MARK, &table::lines(&excerpt.text[span.clone()])));
        at = span.end;
    }
    line.push_str(&table::lines(&excerpt.text[at..]));
    line.push_str(if excerpt.cut_after { "…" } else { "" });
    line
}

/// Returns the first lines of the answer without headings and code fences; no lines if there is no answer.
pub(super) fn answer(item: Item, store: &Store, limit: usize) -> Vec<String> {
    let text = answer_for_reader(store, item).map(|answer| prose(&answer)).unwrap_or_default();
    let lines = text.lines().map(table::one_line).filter(|line| !line.is_empty());
    lines.take(limit).collect()
}
