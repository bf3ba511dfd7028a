//! Feeds of resolved tickets in Atom and JSON: for the whole site, for each service and for each tag.

use atom_syndication::{Category, Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text};
use serde::Serialize;

use super::{PageKey, PageKind};
use crate::site::html::inert_json;
use crate::site::inputs::{Input, covered};
use crate::site::markdown::ID_PREFIX;
use crate::site::model::{TagPage, TicketNo, tag_key};
use crate::site::resolve::reply_key;
use crate::site::words::TextArgument;
use crate::site::xml::well_formed;
use crate::site::{Html, ProseStyle, Site, SiteError};
use crate::text::Time;
use crate::ticket::{Answer, answer_of, tags_with_page};

/// The maximum number of entries in a feed.
const MAX_ENTRIES: usize = 30;

/// The tickets that a feed covers. `PageKey::item` is the index of the scope: the site, each service, each tag.
/// `PageKey::part` is 0 for Atom and 1 for JSON.
enum Scope<'a> {
    Site,
    Service(usize),
    Tag(&'a TagPage),
}

impl Scope<'_> {
    /// Returns the input that covers the tickets.
    fn input(&self, site: &Site) -> Input {
        match self {
            Self::Site => Input::Everything,
            Self::Service(at) => site.model.service_input(*at),
            Self::Tag(tag) => Input::Tag(tag_key(&tag.name)),
        }
    }
}

pub(super) struct Feeds;

impl PageKind for Feeds {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let model = &site.model;
        let services = (0..model.service_count()).map(|at| site.service_folder(model.service_id(at)));
        let tags = model.tags().iter().map(|tag| site.tag_folder(&tag.name));
        let folders = std::iter::once(String::new()).chain(services).chain(tags);
        folders
            .enumerate()
            .flat_map(|(item, folder)| {
                [
                    (format!("{folder}feed.xml"), PageKey { item, part: 0 }),
                    (format!("{folder}feed.json"), PageKey { item, part: 1 }),
                ]
            })
            .collect()
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let model = &site.model;
        let services = model.service_count();
        let scope = match key.item {
            0 => Scope::Site,
            item if item <= services => Scope::Service(item - 1),
            item => Scope::Tag(model.tag(item - 1 - services)),
        };
        let stream = Stream::of(site, path, &scope);
        Ok(if key.part == 0 { stream.atom().into_bytes() } else { inert_json(stream.json().into_bytes()) })
    }
}

/// A feed, independent of its format.
struct Stream {
    title: String,
    /// The address of the page that the feed belongs to.
    page: String,
    /// The address of the feed itself.
    own: String,
    id: String,
    updated: Time,
    language: String,
    items: Vec<FeedItem>,
}

struct FeedItem {
    id: String,
    url: String,
    title: String,
    author: Option<String>,
    published: Option<Time>,
    updated: Time,
    summary: String,
    html: Option<String>,
    tags: Vec<String>,
}

impl Stream {
    fn of(site: &Site, path: &str, scope: &Scope<'_>) -> Self {
        let model = &site.model;
        let title = &model.settings().title;
        let named = |key: &str, name: &str| {
            let parts = [("site", TextArgument::Text(title)), ("name", TextArgument::Text(name))];
            site.words().say(key, &parts).map(|html| unescape(&html)).unwrap_or_default()
        };
        let (title, mut tickets) = match scope {
            Scope::Site => (title.clone(), model.resolved().to_vec()),
            Scope::Service(at) => {
                let service = model.service(*at);
                (named("feed.of_service", &site.service_name(&service.id)), service.tickets.clone())
            }
            Scope::Tag(tag) => (named("feed.of_tag", &tag.name), tag.tickets.clone()),
        };
        covered(
            || scope.input(site),
            || {
                tickets.retain(|n| site.is_resolved(*n));
                site.sort_by_resolution(&mut tickets);
            },
        );
        tickets.truncate(MAX_ENTRIES);
        // Only the feed of the whole site contains whole texts. They would take too much space in the feed of each tag.
        let whole = matches!(scope, Scope::Site);
        let items: Vec<FeedItem> = tickets.iter().map(|n| item(site, path, *n, whole)).collect();
        let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let epoch = Time::from_seconds(0).or_else(|| model.as_of());
        let updated = items.iter().map(|item| item.updated).max().or(epoch);
        Self {
            title: well_formed(title),
            page: site.absolute(&folder).unwrap_or_else(|| "./".to_owned()),
            own: site
                .absolute(path)
                .unwrap_or_else(|| path.rsplit('/').next().unwrap_or_default().to_owned()),
            id: site.permanent(&folder),
            updated: updated.unwrap_or_else(|| Time::from(jiff::Timestamp::UNIX_EPOCH)),
            language: model.settings().language.clone(),
            items,
        }
    }

    fn atom(&self) -> String {
        let link = |href: &str, rel: &str, media_type: Option<&str>| Link {
            href: href.to_owned(),
            rel: rel.to_owned(),
            mime_type: media_type.map(str::to_owned),
            ..Link::default()
        };
        let entries = self.items.iter().map(|item| Entry {
            title: Text::plain(item.title.clone()),
            id: item.id.clone(),
            updated: moment(item.updated),
            published: item.published.map(moment),
            authors: item
                .author
                .iter()
                .map(|name| Person { name: name.clone(), ..Person::default() })
                .collect(),
            categories: item
                .tags
                .iter()
                .map(|tag| Category { term: tag.clone(), ..Category::default() })
                .collect(),
            links: vec![link(&item.url, "alternate", Some("text/html"))],
            summary: Some(Text::plain(item.summary.clone())).filter(|text| !text.value.is_empty()),
            content: item.html.as_ref().map(|html| Content {
                content_type: Some("html".to_owned()),
                value: Some(html.clone()),
                ..Content::default()
            }),
            ..Entry::default()
        });
        let feed = Feed {
            title: Text::plain(self.title.clone()),
            id: self.id.clone(),
            updated: moment(self.updated),
            lang: Some(self.language.clone()),
            authors: vec![Person { name: self.title.clone(), ..Person::default() }],
            generator: Some(Generator { value: "Casebook".to_owned(), uri: None, version: None }),
            links: vec![
                link(&self.own, "self", Some("application/atom+xml")),
                link(&self.page, "alternate", Some("text/html")),
            ],
            entries: entries.collect(),
            ..Feed::default()
        };
        let mut xml = well_formed(feed.to_string());
        xml.push('\n');
        xml
    }

    fn json(&self) -> String {
        let feed = JsonFeed {
            version: "https://jsonfeed.org/version/1.1",
            title: &self.title,
            home_page_url: &self.page,
            feed_url: &self.own,
            language: &self.language,
            items: self.items.iter().map(JsonItem::of).collect(),
        };
        let mut text = serde_json::to_string_pretty(&feed).unwrap_or_default();
        text.push('\n');
        text
    }
}

#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    language: &'a str,
    items: Vec<JsonItem<'a>>,
}

/// An item of a JSON Feed. Its content is HTML or plain text.
#[derive(Serialize)]
struct JsonItem<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    summary: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_html: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<Time>,
    date_modified: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    authors: Option<[JsonAuthor<'a>; 1]>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
}

#[derive(Serialize)]
struct JsonAuthor<'a> {
    name: &'a str,
}

impl<'a> JsonItem<'a> {
    fn of(item: &'a FeedItem) -> Self {
        let content_html = item.html.as_deref();
        Self {
            id: &item.id,
            url: &item.url,
            title: &item.title,
            summary: &item.summary,
            content_html,
            content_text: content_html.is_none().then_some(&item.summary),
            date_published: item.published,
            date_modified: item.updated,
            authors: item.author.as_deref().map(|name| [JsonAuthor { name }]),
            tags: &item.tags,
        }
    }
}

fn item(site: &Site, path: &str, n: TicketNo, whole: bool) -> FeedItem {
    let thread = site.model.thread(n);
    let folder = site.ticket_folder(n);
    // Links in a feed are relative to the feed if the site has no address.
    let root = site.base_url().map_or_else(|| site.root_of(path), str::to_owned);
    let own = || {
        let answer = answer_of(
            thread,
            site.store().answer_sections(thread),
            |_| true,
            |reply| {
                let path = reply.map_or(thread.ticket.path.as_ref(), |reply| reply.path.as_ref());
                Some(if whole { site.body(path) } else { String::new() })
            },
        );
        answer.map(|answer| (thread, answer))
    };
    let answer = site.model.original_answer(thread).or_else(own);
    let reply = answer.as_ref().and_then(|(thread, answer)| thread.replies.get(answer.reply?));
    let html = answer.as_ref().filter(|_| whole).map(|(thread, answer)| {
        let path = reply.map_or(thread.ticket.path.as_ref(), |reply| reply.path.as_ref());
        let key = answer.reply.map(reply_key).unwrap_or_default();
        let elsewhere = format!("{root}{}#{ID_PREFIX}{key}", site.ticket_href(n));
        let style = ProseStyle {
            path,
            root: &root,
            own: Some(n),
            elsewhere: Some(&elsewhere),
            heading_shift: 1,
            has_plain_code: true,
            ..ProseStyle::default()
        };
        site.prose(&answer.text, &style)
    });
    FeedItem {
        id: site.permanent(&folder),
        url: site.absolute(&folder).unwrap_or_else(|| format!("{root}{}", site.ticket_href(n))),
        title: well_formed(site.title_of(n)),
        author: match &answer {
            Some((thread, Answer { reply: None, .. })) => thread.ticket.requester.as_deref(),
            _ => reply.and_then(|reply| reply.author.as_deref()),
        }
        .map(|id| well_formed(site.person(id).name)),
        published: thread.ticket.created,
        updated: thread
            .state
            .resolved
            .or(thread.ticket.created)
            .unwrap_or_else(|| Time::from(jiff::Timestamp::UNIX_EPOCH)),
        summary: well_formed(site.model.ticket(n).digest.excerpt.clone()),
        html: html.map(Html::into_string).filter(|html| !html.trim().is_empty()).map(well_formed),
        tags: tags_with_page(&thread.state.tags).cloned().map(well_formed).collect(),
    }
}

fn moment(time: Time) -> FixedDateTime {
    time.whole_second().to_string().parse().unwrap_or_default()
}

/// Turns HTML into plain text, because the title of a feed is text.
fn unescape(html: &Html) -> String {
    let text = html.as_str();
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
