//! Resolves the names and relative links of a text for the page that shows it.

use super::Site;
use super::markdown::{LinkTarget, Resolve};
use super::model::TicketNo;
use super::urls;
use crate::store::Role;
use crate::text::{RepoPath, resolve_link};

/// The resolver of the names and links in one text.
pub(super) struct TextLinks<'a> {
    pub(super) site: &'a Site,
    /// The prefix that leads to the root of the site: `../../`, or the site's address in a feed.
    pub(super) root: &'a str,
    /// The folder of the text's file in the repository.
    pub(super) folder: &'a str,
    /// The ticket whose page shows the text, because a page must not link to itself.
    pub(super) own: Option<TicketNo>,
}

impl TextLinks<'_> {
    fn ticket(&self, n: TicketNo, fragment: &str) -> LinkTarget {
        LinkTarget::Page {
            href: format!("{}{}{fragment}", self.root, self.site.ticket_href(n)),
            title: self.site.title_of(n),
        }
    }

    fn article(&self, slug: &str) -> Option<LinkTarget> {
        let n = self.site.model.find_article(slug)?;
        Some(LinkTarget::Page {
            href: format!("{}{}", self.root, self.site.article_href(n)),
            title: self.site.article_title(n),
        })
    }

    fn file(&self, path: &RepoPath) -> Option<LinkTarget> {
        let model = &self.site.model;
        match model.store.layout.role(path)? {
            Role::Ticket => self.shown(path.stem(), path).map(|n| self.ticket(n, "")),
            Role::Reply(ticket) => {
                let n = self.shown(ticket.stem(), ticket)?;
                let replies = &model.thread(n).replies;
                let reply = replies.iter().find(|reply| reply.path.as_ref() == Some(path))?;
                Some(self.ticket(n, &format!("#{}", reply_anchor(&reply.name))))
            }
            Role::Article => self.article(path.stem()),
            Role::Attachment(_) => {
                let href = self.site.attachment_href(path)?;
                let name = path.file_name().to_owned();
                Some(LinkTarget::Attachment {
                    href: format!("{}{href}", self.root),
                    image: urls::is_image(&name),
                    name,
                })
            }
            _ => None,
        }
    }

    /// Returns the ticket with this id if its file is at `path` and the site shows it.
    fn shown(&self, id: &str, path: &RepoPath) -> Option<TicketNo> {
        let n = self.site.model.find(id)?;
        (self.site.model.thread(n).ticket.path.as_ref() == Some(path)).then_some(n)
    }
}

impl Resolve for TextLinks<'_> {
    fn name(&self, name: &str, _: bool) -> Option<LinkTarget> {
        match self.site.model.find(name) {
            Some(n) if Some(n) == self.own => None,
            Some(n) => Some(self.ticket(n, "")),
            None => self.article(name),
        }
    }

    fn relative(&self, destination: &str) -> Option<LinkTarget> {
        self.file(&RepoPath::new(resolve_link(self.folder, destination)?))
    }
}

/// Returns the fragment for a reply on its ticket's page. Its prefix prevents a clash with other ids of the page.
pub(super) fn reply_anchor(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '-' }).collect();
    format!("reply-{plain}")
}
