//! Creates the parts that pages share: rows, links, names, times and addresses.

use std::collections::{BTreeMap, BTreeSet};

use super::Site;
use super::context::{
    ArticleRow, CountedLink, FeedLink, FileLink, Link, MatchReason, ServiceLink, TicketRow,
};
use super::inputs::{Input, covered};
use super::model::{ArticleNo, TagPage, TicketNo, tag_key};
use super::urls::{TWIN, encode_path, folder_of, published_name, root_of};
use super::words::number;
use crate::search::similar::Reason;
use crate::settings::Publish;
use crate::text::RepoPath;
use crate::ticket::{MAX_TITLE, Resolution, Status, cut};
use crate::view::Audience;

/// The folder of the page of open tickets.
pub(super) const OPEN_FOLDER: &str = "tickets/open/";

impl Site {
    /// Returns the row of a ticket in a list.
    pub(super) fn row(&self, n: TicketNo) -> TicketRow {
        let thread = self.model.thread(n);
        let state = &thread.state;
        let shown = self.model.ticket(n);
        let resolved = state.resolved.filter(|_| state.status == Status::Resolved);
        TicketRow {
            id: thread.id().to_owned(),
            title: self.title_of(n),
            href: self.ticket_href(n),
            status: state.status.name(),
            resolution: state.resolution.map(Resolution::name),
            icon: state.resolution.map_or(state.status.name(), Resolution::name),
            tone: tone(state.status, state.resolution),
            priority: thread.priority().name(),
            visibility: self.model.unusual(state.visibility),
            service: state.service.as_deref().and_then(|id| self.service_link(id)),
            when: resolved.or(thread.ticket.created).map(|time| self.when(time)),
            due: shown.due.map(|time| self.when(time)),
            at_risk_after: shown.at_risk_after.map(|time| time.whole_second().to_string()),
            excerpt: shown.digest.excerpt.clone(),
            answered: shown.digest.answered,
            excerpt_of: shown.digest.excerpt_of,
            asks: match state.status {
                Status::Resolved => Vec::new(),
                _ => state.asks.iter().map(|ask| self.field_label(ask)).collect(),
            },
            assignee: state.assignee.as_deref().map(|id| self.person(id)),
            asked: shown.asked,
            why: Vec::new(),
        }
    }

    /// Returns the row of a ticket in a list that is in the order of opening.
    pub(super) fn row_by_opening(&self, n: TicketNo) -> TicketRow {
        TicketRow { when: self.model.thread(n).ticket.created.map(|time| self.when(time)), ..self.row(n) }
    }

    /// Returns the row of a ticket in a list that is in the order in which the tickets came on the site.
    pub(super) fn row_by_publication(&self, n: TicketNo) -> TicketRow {
        let thread = self.model.thread(n);
        let answered = thread.first_resolved().filter(|_| self.view().publish == Publish::Answered);
        TicketRow { when: answered.or(thread.ticket.created).map(|time| self.when(time)), ..self.row(n) }
    }

    /// Returns a reason why tickets are similar, in the words of the site.
    pub(super) fn match_reason(&self, reason: &Reason) -> MatchReason {
        let property = match reason {
            Reason::Word(word) => return MatchReason { what: word.clone(), same: false },
            Reason::Same(property) => property,
        };
        let what = property.split_once(' ').map(|(name, value)| {
            let value = if name == "service" { self.service_name(value) } else { value.to_owned() };
            format!("{} {value}", self.field_label(name).to_lowercase())
        });
        MatchReason { what: what.unwrap_or_else(|| property.clone()), same: true }
    }

    /// Returns a ticket's title for lists and links, or its id if it has no title. Cuts a very long title.
    pub(super) fn title_of(&self, n: TicketNo) -> String {
        cut(self.whole_title_of(n), MAX_TITLE)
    }

    pub(super) fn whole_title_of(&self, n: TicketNo) -> &str {
        let ticket = &self.model.thread(n).ticket;
        if ticket.title.trim().is_empty() { &ticket.id } else { &ticket.title }
    }

    pub(super) fn is_resolved(&self, n: TicketNo) -> bool {
        self.model.thread(n).state.status == Status::Resolved
    }

    /// Sorts tickets by the time of resolution, newest first. A ticket that was never resolved is sorted by the time of
    /// its opening.
    pub(super) fn sort_by_resolution(&self, tickets: &mut [TicketNo]) {
        tickets.sort_by_key(|n| {
            let thread = self.model.thread(*n);
            (std::cmp::Reverse(thread.state.resolved.or(thread.ticket.created)), std::cmp::Reverse(*n))
        });
    }

    pub(super) fn ticket_folder(&self, n: TicketNo) -> String {
        format!("tickets/{}/", folder_of(self.model.thread(n).id()))
    }

    pub(super) fn ticket_href(&self, n: TicketNo) -> String {
        self.page_href(&self.ticket_folder(n))
    }

    pub(super) fn ticket_link(&self, n: TicketNo) -> Link {
        Link { href: self.ticket_href(n), text: self.title_of(n) }
    }

    /// Returns a link to the page of the ticket or article `id`.
    pub(super) fn link_to(&self, id: &str) -> Option<Link> {
        match self.model.find(id) {
            Some(n) => Some(self.ticket_link(n)),
            None => self.model.find_article(id).map(|n| self.article_link(n)),
        }
    }

    pub(super) fn article_folder(&self, n: ArticleNo) -> String {
        format!("knowledge/{}/", folder_of(&self.model.article(n).slug))
    }

    pub(super) fn article_href(&self, n: ArticleNo) -> String {
        self.page_href(&self.article_folder(n))
    }

    pub(super) fn article_link(&self, n: ArticleNo) -> Link {
        Link { href: self.article_href(n), text: self.article_title(n) }
    }

    pub(super) fn article_title(&self, n: ArticleNo) -> String {
        let article = self.model.article(n);
        if article.title.trim().is_empty() { article.slug.clone() } else { article.title.clone() }
    }

    pub(super) fn article_row(&self, n: ArticleNo) -> ArticleRow {
        let (shown, article) = (self.model.article_page(n), self.model.article(n));
        ArticleRow {
            title: self.article_title(n),
            href: self.article_href(n),
            excerpt: shown.excerpt.clone(),
            excerpt_of: shown.excerpt_of,
            service: article.service.as_deref().and_then(|id| self.service_link(id)),
            distilled: shown.tickets.len(),
            visibility: article.visibility.and_then(|visibility| self.model.unusual(visibility)),
            confirmed: article.confirmed.map(|time| self.when(time)),
        }
    }

    /// Sorts articles by their last review, newest first. An article that was never reviewed comes last.
    pub(super) fn by_review(&self, articles: impl Iterator<Item = ArticleNo>) -> Vec<ArticleNo> {
        let mut articles: Vec<ArticleNo> = articles.collect();
        articles.sort_by_key(|n| std::cmp::Reverse(self.model.article(*n).confirmed));
        articles
    }

    pub(super) fn service_folder(&self, id: &str) -> String {
        format!("services/{}/", folder_of(id))
    }

    /// Returns the service's name, or its id if the catalogue has no name for it.
    pub(super) fn service_name(&self, id: &str) -> String {
        match self.model.settings().service(id) {
            Some(service) if !service.name.is_empty() => service.name.clone(),
            _ => id.to_owned(),
        }
    }

    pub(super) fn service_link(&self, id: &str) -> Option<ServiceLink> {
        if !self.model.has_service(id) {
            return None;
        }
        Some(ServiceLink {
            id: id.to_owned(),
            name: self.service_name(id),
            href: self.page_href(&self.service_folder(id)),
        })
    }

    pub(super) fn group_of_service(&self, at: usize) -> CountedLink {
        // Only one level is shown, so that services that are modules of one another cause no endless loop.
        let modules = self.model.modules_of(at).iter().filter(|module| **module != at);
        CountedLink { modules: modules.map(|module| self.module(*module)).collect(), ..self.module(at) }
    }

    fn module(&self, at: usize) -> CountedLink {
        let service = self.model.service(at);
        CountedLink {
            id: service.id.clone(),
            name: self.service_name(&service.id),
            href: self.page_href(&self.service_folder(&service.id)),
            tickets: service.tickets.len(),
            open: self.count_open(&service.tickets, || self.model.service_input(at)),
            modules: Vec::new(),
            owner: self.model.settings().service(&service.id).and_then(|service| service.owner.clone()),
            oncall: self.model.settings().oncall_of(&service.id).iter().map(|id| self.person(id)).collect(),
        }
    }

    /// Lists the services that are not a module of another service with a page.
    pub(super) fn top_services(&self) -> Vec<CountedLink> {
        let all = || 0..self.model.service_count();
        let modules: BTreeSet<usize> =
            all().flat_map(|at| self.model.modules_of(at).iter().copied()).collect();
        let is_module = |at: usize| (0..at).any(|other| self.model.modules_of(other).contains(&at));
        all()
            .filter(|at| {
                !modules.contains(at) || (self.model.modules_of(*at).contains(at) && !is_module(*at))
            })
            .map(|at| self.group_of_service(at))
            .collect()
    }

    /// Counts the open tickets of a list that `input` covers.
    fn count_open(&self, tickets: &[TicketNo], input: impl FnOnce() -> Input) -> usize {
        covered(input, || tickets.iter().filter(|n| !self.is_resolved(**n)).count())
    }

    pub(super) fn tag_folder(&self, tag: &str) -> String {
        format!("tags/{}/", folder_of(&tag_key(tag)))
    }

    pub(super) fn tag_href(&self, tag: &str) -> String {
        self.page_href(&self.tag_folder(tag))
    }

    pub(super) fn group_of_tag(&self, tag: &TagPage) -> CountedLink {
        CountedLink {
            id: tag.name.clone(),
            name: tag.name.clone(),
            href: self.tag_href(&tag.name),
            tickets: tag.tickets.len(),
            open: self.count_open(&tag.tickets, || Input::Tag(tag_key(&tag.name))),
            modules: Vec::new(),
            owner: None,
            oncall: Vec::new(),
        }
    }

    /// Returns the `limit` tags with the most tickets, ordered by name.
    pub(super) fn top_tags(&self, limit: usize) -> Vec<CountedLink> {
        let mut tags: Vec<&TagPage> =
            self.model.tags().iter().filter(|tag| !tag.tickets.is_empty()).collect();
        tags.sort_by_key(|tag| std::cmp::Reverse(tag.tickets.len()));
        tags.truncate(limit);
        tags.sort_by(|a, b| a.name.cmp(&b.name));
        tags.into_iter().map(|tag| self.group_of_tag(tag)).collect()
    }

    /// Returns the `limit` most common tags of `tickets`, ordered by name.
    pub(super) fn tags_among(&self, tickets: &[TicketNo], limit: usize) -> Vec<CountedLink> {
        let mut counts = BTreeMap::<String, usize>::new();
        for n in tickets {
            let own: BTreeSet<String> =
                self.model.thread(*n).state.tags.iter().map(|tag| tag_key(tag)).collect();
            own.into_iter().for_each(|tag| *counts.entry(tag).or_default() += 1);
        }
        let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts.truncate(limit);
        counts.sort_unstable();
        counts
            .into_iter()
            .filter_map(|(tag, _)| self.model.find_tag(&tag))
            .map(|tag| self.group_of_tag(tag))
            .collect()
    }

    /// Returns the label of a field: its translation, or its key without underscores.
    pub(super) fn field_label(&self, key: &str) -> String {
        match self.words().label("fact", key) {
            label if label != key => label.to_owned(),
            _ => {
                // An import stores a field with a reserved name as `x_<name>`.
                let spaced = key.strip_prefix("x_").unwrap_or(key).replace('_', " ");
                let mut letters = spaced.chars();
                letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
            }
        }
    }

    /// Returns the published file of the attachment at `path`, relative to the root.
    pub(super) fn attachment_file(&self, path: &RepoPath) -> Option<String> {
        let n = self.model.find_attachment(path)?;
        let ticket_file = self.model.thread(n).ticket.path.as_ref()?;
        let name = path.as_str().strip_prefix(ticket_file.without_extension())?.strip_prefix('/')?;
        Some(format!("{}{}", self.ticket_folder(n), published_name(name)))
    }

    pub(super) fn attachment_href(&self, path: &RepoPath) -> Option<String> {
        self.attachment_file(path).map(|file| encode_path(&file))
    }

    /// Lists the published attachments of a ticket.
    pub(super) fn files_of(&self, n: TicketNo) -> Vec<FileLink> {
        self.model
            .attachments_of(n)
            .filter_map(|attachment| {
                Some(FileLink {
                    name: attachment.path.file_name().to_owned(),
                    href: self.attachment_href(&attachment.path)?,
                    size: size(attachment.size),
                })
            })
            .collect()
    }

    pub(super) fn feed_links(&self, folder: &str, title: &str) -> Vec<FeedLink> {
        let site = &self.model.settings().title;
        let title = if folder.is_empty() { site.clone() } else { format!("{site}: {title}") };
        [("application/atom+xml", "feed.xml"), ("application/feed+json", "feed.json")]
            .into_iter()
            .map(|(media_type, name)| FeedLink {
                media_type,
                title: title.clone(),
                href: encode_path(&format!("{folder}{name}")),
            })
            .collect()
    }

    /// Returns whether the site has a feed of open tickets. Only an internal site has one: its readers are those who answer.
    pub(super) fn has_open_feed(&self) -> bool {
        self.view().audience == Audience::Internal
    }

    /// Returns the feeds of the front page.
    pub(super) fn home_feeds(&self) -> Vec<FeedLink> {
        let mut feeds = self.feed_links("", "");
        if self.has_open_feed() {
            feeds.extend(self.open_feeds());
        }
        feeds
    }

    /// Returns the feeds of the page of open tickets: those of open tickets, if the site has them.
    pub(super) fn open_feeds(&self) -> Vec<FeedLink> {
        match self.has_open_feed() {
            true => self.feed_links(OPEN_FOLDER, self.words().plain("home.open_now")),
            false => self.feed_links("", ""),
        }
    }

    /// Returns the link, relative to the root, to the page in `folder`.
    pub(super) fn page_href(&self, folder: &str) -> String {
        encode_path(&self.options.links.page(folder))
    }

    /// Returns the link, relative to the root, to the Markdown twin of the page in `folder`.
    pub(super) fn twin_href(&self, folder: &str) -> String {
        encode_path(&format!("{folder}{TWIN}"))
    }

    pub(super) fn root_of(&self, path: &str) -> String {
        root_of(path)
    }

    /// Returns the address of the site, with a slash at the end.
    pub(super) fn base_url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Returns the path of the site's address, such as `/` or `/casebook/`.
    pub(super) fn base_path(&self) -> &str {
        let after_scheme = self.url.as_deref().and_then(|url| url.split_once("://")).map(|(_, rest)| rest);
        after_scheme.and_then(|rest| rest.find('/').map(|slash| &rest[slash..])).unwrap_or("/")
    }

    /// Returns the absolute URL of the file or folder `path`.
    pub(super) fn absolute(&self, path: &str) -> Option<String> {
        self.url.as_deref().map(|url| format!("{url}{}", encode_path(path)))
    }
}

/// Returns the style of a badge. Resolutions without an answer have the style `closed`, which is not green.
fn tone(status: Status, resolution: Option<Resolution>) -> &'static str {
    match resolution {
        Some(resolution) if !resolution.is_answer() => "closed",
        _ => status.name(),
    }
}

/// Formats a number of bytes for readers; empty for 0.
pub(super) fn size(bytes: u64) -> String {
    let whole = |n: u64| number(usize::try_from(n).unwrap_or(usize::MAX));
    match bytes {
        0 => String::new(),
        1..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", whole(bytes.div_ceil(1_000))),
        _ => format!("{} MB", whole(bytes.div_ceil(1_000_000))),
    }
}
