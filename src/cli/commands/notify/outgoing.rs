//! The messages of a run.

use std::{collections::HashSet, sync::Arc};

use crate::{
    notify::{Channel, NewFile, Notice, OpenEntry, notices, seen},
    settings::Publish,
    store::Store,
    text::Time,
    ticket::Visibility,
    view::{Audience, View},
};

/// A message to one addressee.
#[derive(Clone)]
pub(super) struct Outgoing<'s> {
    pub notice: Notice<'s>,
    /// The same file with everything in it, of which the addressee may see only a part.
    pub whole: NewFile<'s>,
    /// What the addressee may see.
    pub store: Arc<Store>,
    pub entry: OpenEntry,
}

/// What the readers of each channel may see.
pub(super) struct Views {
    internal: Arc<Store>,
    public: Arc<Store>,
    of_chat: Audience,
    /// The ids of tickets that are internal in the newest commit, although the settings of the trusted revision say otherwise.
    now_internal: HashSet<String>,
}

/// Returns the stores of the readers. The people of the settings are the team, a chat has the given audience, and a
/// pull request is public. `newest` has the same files with the settings of the newest commit, if these make tickets internal.
pub(super) fn views(store: &Arc<Store>, newest: Option<&Store>, of_chat: Audience) -> Views {
    let seen_by = |audience| Arc::clone(store.seen_by(View { audience, publish: Publish::All }).store());
    let threads = newest.into_iter().flat_map(|newest| newest.threads.iter());
    let internal = threads.filter(|thread| thread.state.visibility == Visibility::Internal);
    Views {
        internal: seen_by(Audience::Internal),
        public: seen_by(Audience::Public),
        of_chat,
        now_internal: internal.map(|thread| thread.id().to_owned()).collect(),
    }
}

impl Views {
    pub(super) fn of(&self, channel: Channel) -> &Arc<Store> {
        match self.audience(channel) {
            Audience::Internal => &self.internal,
            Audience::Public => &self.public,
        }
    }

    fn audience(&self, channel: Channel) -> Audience {
        match channel {
            Channel::Mail => Audience::Internal,
            Channel::Webhook => self.of_chat,
            Channel::Comment => Audience::Public,
        }
    }

    fn is_hidden(&self, file: &NewFile<'_>, channel: Channel) -> bool {
        self.audience(channel) == Audience::Public && self.now_internal.contains(file.thread.id())
    }
}

/// Returns the messages about `files` through `channels`, in the order of the files.
pub(super) fn find<'s>(
    files: &[NewFile<'s>],
    channels: &[Channel],
    views: &'s Views,
    now: Time,
) -> Vec<Outgoing<'s>> {
    let mut found = Vec::new();
    for whole in files {
        for channel in channels {
            if views.is_hidden(whole, *channel) {
                continue;
            }
            let store = views.of(*channel);
            let Some(file) = seen(whole, store) else { continue };
            found.extend(notices(file, *channel, &store.settings).into_iter().map(|notice| Outgoing {
                entry: OpenEntry::new(whole, &notice.to, now),
                whole: *whole,
                store: Arc::clone(store),
                notice,
            }));
        }
    }
    found
}
