//! Feeds of resolved tickets in Atom and JSON: for the whole site, for each service and for each tag. An internal site
//! also has a feed of open tickets.

mod atom;
mod json;

use super::{PageKey, PageKind};
use crate::site::html::inert_json;
use crate::site::inputs::{Input, covered};
use crate::site::markdown::ID_PREFIX;
use crate::site::model::{TagPage, TicketNo, tag_key};
use crate::site::rows::OPEN_FOLDER;
use crate::site::words::TextArgument;
use crate::site::xml::well_formed;
use crate::site::{Html, ProseStyle, Site, SiteError};
use crate::text::Time;
use crate::ticket::{Status, tags_with_page};

/// The maximum number of entries in a feed.
const MAX_ENTRIES: usize = 30;
/// The length of the longest text that a feed contains, in bytes of HTML. For a longer one, it has the summary, so that a
/// feed, which changes with every answer, stays small.
const MAX_TEXT: usize = 8 * 1024;

/// The tickets that a feed covers. `PageKey::item` is the index of the scope: the site, each service, each tag, the open
/// tickets. `PageKey::part` is 0 for Atom and 1 for JSON.
enum Scope<'a> {
    Site,
    Service(usize),
    Tag(&'a TagPage),
    Open,
}

impl<'a> Scope<'a> {
    fn at(site: &'a Site, item: usize) -> Self {
        let model = &site.model;
        let services = model.service_count();
        match item {
            0 => Self::Site,
            item if item <= services => Self::Service(item - 1),
            item if item <= services + model.tags().len() => Self::Tag(model.tag(item - 1 - services)),
            _ => Self::Open,
        }
    }

    /// Returns the input that covers the tickets.
    fn input(&self, site: &Site) -> Input {
        match self {
            Self::Site | Self::Open => Input::Everything,
            Self::Service(at) => site.model.service_input(*at),
            Self::Tag(tag) => Input::Tag(tag_key(&tag.name)),
        }
    }

    /// Returns whether entries contain whole texts. They would take too much space in the feed of each tag.
    fn is_whole(&self) -> bool {
        matches!(self, Self::Site | Self::Open)
    }

    /// Returns the title of the feed as plain text.
    fn title(&self, site: &Site) -> String {
        let title = &site.model.settings().title;
        let named = |key: &str, name: &str| {
            let parts = [("site", TextArgument::Text(title)), ("name", TextArgument::Text(name))];
            site.words().say(key, &parts).map(|html| html.unescaped()).unwrap_or_default()
        };
        match self {
            Self::Site => title.clone(),
            Self::Service(at) => named("feed.of_service", &site.service_name(&site.model.service(*at).id)),
            Self::Tag(tag) => named("feed.of_tag", &tag.name),
            Self::Open => named("feed.of_open", ""),
        }
    }

    /// Returns the newest tickets of the feed, the newest first.
    fn tickets(&self, site: &Site) -> Vec<TicketNo> {
        let model = &site.model;
        let mut tickets = match self {
            Self::Site => model.resolved().to_vec(),
            Self::Service(at) => model.service(*at).tickets.clone(),
            Self::Tag(tag) => tag.tickets.clone(),
            Self::Open => model.open().to_vec(),
        };
        if !matches!(self, Self::Open) {
            covered(
                || self.input(site),
                || {
                    tickets.retain(|n| site.is_resolved(*n));
                    site.sort_by_resolution(&mut tickets);
                },
            );
        }
        tickets.truncate(MAX_ENTRIES);
        tickets
    }
}

pub(super) struct Feeds;

impl PageKind for Feeds {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let model = &site.model;
        let services = (0..model.service_count()).map(|at| site.service_folder(model.service_id(at)));
        let tags = model.tags().iter().map(|tag| site.tag_folder(&tag.name));
        let open = site.has_open_feed().then(|| OPEN_FOLDER.to_owned());
        let folders = std::iter::once(String::new()).chain(services).chain(tags).chain(open);
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
        let stream = Stream::of(site, path, &Scope::at(site, key.item));
        Ok(match key.part {
            0 => atom::atom(&stream).into_bytes(),
            _ => inert_json(json::json(&stream).into_bytes()),
        })
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
        let tickets = scope.tickets(site);
        let items: Vec<FeedItem> = tickets.iter().map(|n| item(site, path, *n, scope.is_whole())).collect();
        let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let own = || path.rsplit('/').next().unwrap_or_default().to_owned();
        let updated = items.iter().map(|item| item.updated).max();
        Self {
            title: well_formed(scope.title(site)),
            page: site.absolute(&folder).unwrap_or_else(|| "./".to_owned()),
            own: site.absolute(path).unwrap_or_else(own),
            id: site.feed_identity(&folder),
            updated: updated.unwrap_or_else(epoch),
            language: site.model.settings().language.clone(),
            items,
        }
    }
}

fn item(site: &Site, path: &str, n: TicketNo, whole: bool) -> FeedItem {
    let thread = site.model.thread(n);
    let is_resolved = thread.state.status == Status::Resolved;
    // Links in a feed are relative to the feed if the site has no address.
    let root = site.base_url().map_or_else(|| site.root_of(path), str::to_owned);
    let page = format!("{root}{}", site.ticket_href(n));
    let answer = site.sourced_answer(n, whole).filter(|_| is_resolved);
    let text = match &answer {
        Some(answer) => (answer.text().to_owned(), answer.path(), answer.key()),
        None if is_resolved => (String::new(), None, String::new()),
        None => (site.body(thread.ticket.path.as_ref()), thread.ticket.path.as_ref(), String::new()),
    };
    let html = |(text, file, key): (String, _, String)| {
        let style = ProseStyle {
            path: file,
            root: &root,
            own: Some(n),
            elsewhere: Some(&format!("{page}#{ID_PREFIX}{key}")),
            heading_shift: 1,
            has_plain_code: true,
            ..ProseStyle::default()
        };
        site.prose(&text, &style)
    };
    let html = Some(text).filter(|(text, ..)| whole && text.len() <= MAX_TEXT).map(html);
    let is_shown = |html: &String| !html.trim().is_empty() && html.len() <= MAX_TEXT;
    let author = match &answer {
        Some(answer) => answer.author(),
        None if is_resolved => None,
        None => thread.ticket.requester.as_deref(),
    };
    let updated = if is_resolved { thread.state.resolved } else { thread.state.updated };
    FeedItem {
        id: site.ticket_identity(n),
        url: site.absolute(&site.ticket_folder(n)).unwrap_or(page.clone()),
        title: well_formed(site.title_of(n)),
        author: author.map(|id| well_formed(site.person(id).name)),
        published: thread.ticket.created,
        updated: updated.or(thread.ticket.created).unwrap_or_else(epoch),
        summary: well_formed(site.model.ticket(n).digest.excerpt.clone()),
        html: html.map(Html::into_string).filter(is_shown).map(well_formed),
        tags: tags_with_page(&thread.state.tags).cloned().map(well_formed).collect(),
    }
}

fn epoch() -> Time {
    Time::from(jiff::Timestamp::UNIX_EPOCH)
}
