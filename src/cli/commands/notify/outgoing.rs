//! The messages of a run.

use std::sync::Arc;

use crate::{
    notify::{Channel, NewFile, Notice, OpenEntry, notices, seen},
    settings::Publish,
    store::Store,
    text::Time,
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
}

/// Returns the stores of the readers. The people of the settings are the team, a chat has the given audience, and a
/// pull request is public.
pub(super) fn views(store: &Arc<Store>, of_chat: Audience) -> Views {
    let seen_by = |audience| Arc::clone(store.seen_by(View { audience, publish: Publish::All }).store());
    Views { internal: seen_by(Audience::Internal), public: seen_by(Audience::Public), of_chat }
}

impl Views {
    pub(super) fn of(&self, channel: Channel) -> &Arc<Store> {
        let audience = match channel {
            Channel::Mail => Audience::Internal,
            Channel::Webhook => self.of_chat,
            Channel::Comment => Audience::Public,
        };
        match audience {
            Audience::Internal => &self.internal,
            Audience::Public => &self.public,
        }
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
