//! Structured data for search engines (schema.org as JSON-LD): the question and the answer of a ticket, an article, and
//! where a page is on the site. A page that search engines are asked not to list has none.

use serde::Serialize;

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
    /// has no question, because the answer is on the page of its original.
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
        let keywords: Vec<String> = self.model.tags_of(&article.tags).map(|tag| tag.name.clone()).collect();
        let data = StructuredData::TechArticle {
            headline: self.article_title(n),
            language: self.model.settings().language.clone(),
            description: Some(self.model.article_page(n).excerpt.clone()).filter(|text| !text.is_empty()),
            modified: article.confirmed.map(Time::date),
            url: self.absolute(&self.article_folder(n)),
            keywords: Some(keywords.join(", ")).filter(|words| !words.is_empty()),
        };
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
    fn place(&self, service: Option<&str>, title: &str, folder: &str) -> Option<StructuredData> {
        let home = (self.model.settings().title.clone(), self.absolute("")?);
        let service = service
            .filter(|id| self.model.has_service(id))
            .and_then(|id| Some((self.service_name(id), self.absolute(&self.service_folder(id))?)));
        let steps = std::iter::once(home).chain(service).chain([(title.to_owned(), self.absolute(folder)?)]);
        let item = |(position, (name, url))| ListItem { kind: "ListItem", position, name, url };
        Some(StructuredData::BreadcrumbList { items: (1..).zip(steps).map(item).collect() })
    }

    fn question(&self, n: TicketNo) -> Option<StructuredData> {
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
        let body = plain(&self.body(thread.ticket.path.as_ref()));
        let question = Question {
            kind: "Question",
            name: self.title_of(n),
            text: Some(body).filter(|body| !body.is_empty()),
            published: thread.ticket.created.map(date),
            author: thread.ticket.requester.as_deref().map(|id| self.author(id)),
            answers: 1,
            accepted: AcceptedAnswer {
                kind: "Answer",
                text,
                published: answer.created().map(date),
                author: answer.author().map(|id| self.author(id)),
                url: url.as_ref().map(|url| format!("{url}#answer")),
            },
            url,
        };
        let language = self.model.settings().language.clone();
        Some(StructuredData::QAPage { language, question: Box::new(question) })
    }

    fn author(&self, id: &str) -> Author {
        Author { kind: "Person", name: self.person(id).name }
    }
}

/// What a page is, in the terms of schema.org.
#[derive(Serialize)]
#[serde(tag = "@type")]
enum StructuredData {
    TechArticle {
        headline: String,
        #[serde(rename = "inLanguage")]
        language: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        #[serde(rename = "dateModified", skip_serializing_if = "Option::is_none")]
        modified: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        keywords: Option<String>,
    },
    BreadcrumbList {
        #[serde(rename = "itemListElement")]
        items: Vec<ListItem>,
    },
    QAPage {
        #[serde(rename = "inLanguage")]
        language: String,
        #[serde(rename = "mainEntity")]
        question: Box<Question>,
    },
}

/// A page on the way from the front page.
#[derive(Serialize)]
struct ListItem {
    #[serde(rename = "@type")]
    kind: &'static str,
    position: usize,
    name: String,
    #[serde(rename = "item")]
    url: String,
}

#[derive(Serialize)]
struct Question {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(rename = "datePublished", skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<Author>,
    #[serde(rename = "answerCount")]
    answers: usize,
    #[serde(rename = "acceptedAnswer")]
    accepted: AcceptedAnswer,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct AcceptedAnswer {
    #[serde(rename = "@type")]
    kind: &'static str,
    text: String,
    #[serde(rename = "datePublished", skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<Author>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Author {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: String,
}

/// Structured data with its vocabulary.
#[derive(Serialize)]
struct DataBlock {
    #[serde(rename = "@context")]
    vocabulary: &'static str,
    #[serde(flatten)]
    data: StructuredData,
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
fn script(data: StructuredData) -> Html {
    let block = DataBlock { vocabulary: "https://schema.org", data };
    let json = serde_json::to_string(&block).unwrap_or_default();
    let json = inert_json(well_formed(json).into_bytes());
    let json = String::from_utf8(json).unwrap_or_default();
    Html::new(format!("<script type=\"application/ld+json\">{json}</script>"))
}
