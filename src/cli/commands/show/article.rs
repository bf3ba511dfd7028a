//! An article, as `casebook show` prints it.

use super::{row, service, when};
use crate::{
    api::ArticleDetail,
    cli::{Context, Outcome, table, ui::style},
    store::Store,
};

/// Shows the article `slug`, which exists.
pub(super) fn show(store: &Store, slug: &str, context: &Context) -> Outcome {
    let Some(article) = store.article(slug) else { return Outcome::Done };
    let ui = &context.ui;
    let detail = ArticleDetail::of(store, article);
    if ui.is_json() {
        ui.json(&detail);
        return Outcome::Done;
    }
    ui.line(ui.paint(style::STRONG, &table::one_line(&article.title)));
    ui.line(format!("{}  article", ui.paint(style::ID, &format!("knowledge/{slug}"))));
    let row = |name: &str, value: String| row(name, &value, context);
    row("service", service(store, article.service.as_deref()));
    // The file has a date, which is read as midnight UTC.
    row("last reviewed", when(article.confirmed, context.process.now).replacen("T00:00:00Z", "", 1));
    row("based on", article.tickets.join(", "));
    row("replaces", article.supersedes.join(", "));
    row("tags", article.tags.join(", "));
    let visibility = article.visibility.unwrap_or(store.settings.visibility);
    row("visibility", visibility.to_string());
    row("source", article.source.clone().unwrap_or_default());
    row("file", article.path.as_ref().map(ToString::to_string).unwrap_or_default());
    ui.line("");
    ui.line(table::lines(detail.body.trim_end()));
    Outcome::Done
}
