//! A ticket or article that was found: two lines, and the piece of its text that shows why.

use unicode_width::UnicodeWidthStr;

use super::{Context, Ui, table, ui::style};
use crate::{
    search::{Item, Texts, best_excerpt, excerpt::Excerpt, marks::Marks},
    store::Store,
    text::markdown::prose,
};

/// The name of a hit in the short format: a ticket's id, or `knowledge/<slug>`.
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
    let status = ui.paint(style::of_status(thread.state.status), thread.state.status.name());
    ui.line(ui.paint(style::STRONG, &table::fit(&thread.ticket.title, ui.width)));
    ui.line(format!("  {}  {status}{resolution}{more}", ui.paint(style::ID, thread.id())));
}

/// The piece of its text that shows `marks` best, in at most `room` columns.
pub(super) fn piece(texts: &Texts, marks: &Marks, room: usize) -> Option<Excerpt> {
    // Two for the dots at its ends. Wide characters leave room for fewer.
    let room = room.saturating_sub(2);
    let mut most = room;
    loop {
        let (_, piece) = best_excerpt(texts, marks, most)?;
        let width = piece.text.width();
        if width <= room || most == 0 {
            return Some(piece);
        }
        most = (most * room / width).min(most - 1);
    }
}

/// A piece with what was looked for in a style of its own.
pub(super) fn painted(piece: &Excerpt, ui: &Ui) -> String {
    let mut line = if piece.cut_before { "…".to_owned() } else { String::new() };
    let mut at = 0;
    for span in &piece.marks {
        line.push_str(&table::lines(&piece.text[at..span.start]));
        line.push_str(&ui.paint(style::MARK, &table::lines(&piece.text[span.clone()])));
        at = span.end;
    }
    line.push_str(&table::lines(&piece.text[at..]));
    line.push_str(if piece.cut_after { "…" } else { "" });
    line
}

/// The first lines of its answer, without headings and fences; none where there is no answer.
pub(super) fn answer(texts: &Texts, most: usize) -> Vec<String> {
    let text = texts.answer().map(|answer| prose(&answer)).unwrap_or_default();
    let lines = text.lines().map(table::one_line).filter(|line| !line.is_empty());
    lines.take(most).collect()
}
