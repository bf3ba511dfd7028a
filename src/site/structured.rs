//! Structured data for search engines (schema.org as JSON-LD): the question and the answer of a ticket, an article, and
//! where a page is on the site. A page that search engines are asked not to list has none.

use serde_json::{Value, json};

use super::Site;
use super::html::{Html, inert_json};
use super::model::{ArticleNo, TicketNo};
use super::xml::well_formed;
use crate::text::Time;
use crate::text::markdown::prose;
use crate::ticket::{Resolution, Status};
use crate::view::Audience;

/// The length of the longest text in structured data, in characters. The page itself has the whole text.
const MAX_TEXT: usize = 4_000;

impl Site {
    /// Returns the structured data of a ticket: its place, and if it is answered, the question with its answer. A duplicate
    /// has none of its own, because its original has the answer.
    pub(super) fn ticket_data(&self, n: TicketNo) -> Vec<Html> {
        if !self.is_listed() {
            return Vec::new();
        }
        let service = self.model.thread(n).state.service.as_deref();
        let place = self.place(service, &self.title_of(n), &self.ticket_folder(n));
        place.into_iter().chain(self.question(n)).map(script).collect()
    }

    /// Returns the structured data of an article.
    pub(super) fn article_data(&self, n: ArticleNo) -> Vec<Html> {
        if !self.is_listed() {
            return Vec::new();
        }
        let article = self.model.article(n);
        let mut data = json!({
            "@context": "https://schema.org",
            "@type": "TechArticle",
            "headline": self.article_title(n),
            "inLanguage": self.model.settings().language,
        });
        set(
            &mut data,
            "description",
            Some(self.model.article_page(n).excerpt.clone()).filter(|text| !text.is_empty()),
        );
        set(&mut data, "dateModified", article.confirmed.map(Time::date));
        set(&mut data, "url", self.absolute(&self.article_folder(n)));
        let keywords: Vec<String> = self.model.tags_of(&article.tags).map(|tag| tag.name.clone()).collect();
        set(&mut data, "keywords", Some(keywords.join(", ")).filter(|words| !words.is_empty()));
        let place = self.place(article.service.as_deref(), &self.article_title(n), &self.article_folder(n));
        place.into_iter().chain([data]).map(script).collect()
    }

    /// Returns the structured data of a service's page.
    pub(super) fn service_data(&self, id: &str) -> Vec<Html> {
        let parent = self.model.settings().service(id).and_then(|service| service.part_of.as_deref());
        let place = || self.place(parent, &self.service_name(id), &self.service_folder(id));
        if self.is_listed() { place().into_iter().map(script).collect() } else { Vec::new() }
    }

    /// Returns whether search engines may list the site.
    fn is_listed(&self) -> bool {
        self.view().audience == Audience::Public
    }

    /// Returns the way from the front page to a page. It needs addresses.
    fn place(&self, service: Option<&str>, title: &str, folder: &str) -> Option<Value> {
        let home = (self.model.settings().title.clone(), self.absolute("")?);
        let service = service
            .filter(|id| self.model.has_service(id))
            .and_then(|id| Some((self.service_name(id), self.absolute(&self.service_folder(id))?)));
        let steps = std::iter::once(home).chain(service).chain([(title.to_owned(), self.absolute(folder)?)]);
        let item = |(at, (name, url)): (usize, (String, String))| json!({ "@type": "ListItem", "position": at + 1, "name": name, "item": url });
        let items: Vec<Value> = steps.enumerate().map(item).collect();
        Some(json!({ "@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items }))
    }

    fn question(&self, n: TicketNo) -> Option<Value> {
        let thread = self.model.thread(n);
        let state = &thread.state;
        let is_answered =
            state.status == Status::Resolved && state.resolution.is_none_or(Resolution::is_answer);
        let answer = self
            .sourced_answer(n, true)
            .filter(|answer| is_answered && answer.thread().id() == thread.id())?;
        let text = plain(answer.text());
        if text.is_empty() {
            return None;
        }
        let url = self.absolute(&self.ticket_folder(n));
        let mut accepted = json!({ "@type": "Answer", "text": text });
        set(&mut accepted, "datePublished", answer.created().map(date));
        set(&mut accepted, "author", answer.author().map(|id| self.author(id)));
        set(&mut accepted, "url", url.as_ref().map(|url| format!("{url}#answer")));
        let mut question = json!({
            "@type": "Question",
            "name": self.title_of(n),
            "answerCount": 1,
            "acceptedAnswer": accepted,
        });
        let body = plain(&self.body(thread.ticket.path.as_ref()));
        set(&mut question, "text", Some(body).filter(|body| !body.is_empty()));
        set(&mut question, "datePublished", thread.ticket.created.map(date));
        set(&mut question, "author", thread.ticket.requester.as_deref().map(|id| self.author(id)));
        set(&mut question, "url", url);
        Some(json!({
            "@context": "https://schema.org",
            "@type": "QAPage",
            "inLanguage": self.model.settings().language,
            "mainEntity": question,
        }))
    }

    fn author(&self, id: &str) -> Value {
        json!({ "@type": "Person", "name": self.person(id).name })
    }
}

/// Sets a key if there is a value for it.
fn set(data: &mut Value, key: &str, value: Option<impl Into<Value>>) {
    if let (Value::Object(data), Some(value)) = (data, value) {
        data.insert(key.to_owned(), value.into());
    }
}

fn date(time: Time) -> String {
    time.whole_second().to_string()
}

/// Returns the beginning of a Markdown text without marks.
fn plain(markdown: &str) -> String {
    let text = prose(markdown);
    let text = text.trim();
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Returns a block of data. Browsers do not run it, so the content policy allows it.
fn script(data: Value) -> Html {
    let json = inert_json(well_formed(data.to_string()).into_bytes());
    let json = String::from_utf8(json).unwrap_or_default();
    Html::new(format!("<script type=\"application/ld+json\">{json}</script>"))
}
