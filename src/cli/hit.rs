//! A ticket that was found: two lines, and the piece of its text that shows why.

use unicode_width::UnicodeWidthStr;

use super::{Context, Ui, show::status_style, table, ui::style};
use crate::{
    search::{
        Texts, best_excerpt,
        excerpt::{Excerpt, Marks},
        prose,
    },
    ticket::Thread,
};

/// Its title; its id, status and resolution, and `more`.
pub fn head(thread: &Thread, more: &str, context: &Context) {
    let ui = &context.ui;
    let resolution = thread.state.resolution.map(|resolution| format!(" ({resolution})")).unwrap_or_default();
    let status = ui.paint(status_style(thread.state.status), thread.state.status.name());
    let more = if more.is_empty() { String::new() } else { format!("  {}", ui.paint(style::DIM, more)) };
    ui.line(ui.paint(style::STRONG, &table::fit(&thread.ticket.title, ui.width)));
    ui.line(format!("  {}  {status}{resolution}{more}", ui.paint(style::ID, thread.id())));
}

/// The piece of its text that shows `marks` best, in at most `room` columns.
pub fn piece(texts: &Texts, marks: &Marks, room: usize) -> Option<Excerpt> {
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
pub fn painted(piece: &Excerpt, ui: &Ui) -> String {
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
pub fn answer(texts: &Texts, most: usize) -> Vec<String> {
    let text = texts.answer().map(prose).unwrap_or_default();
    let lines = text.lines().map(table::one_line).filter(|line| !line.is_empty());
    lines.take(most).collect()
}
