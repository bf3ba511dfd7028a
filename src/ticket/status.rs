//! Enums with one spelling per variant: status, resolution, priority, visibility.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares an enum whose variants have one spelling each, in front matter, JSON, queries and on the site.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $($(#[$variant_meta])* $variant),+
        }

        impl $name {
            /// All variants in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The spellings of all variants in the same order.
            pub const NAMES: &'static [&'static str] = &[$($word),+];

            /// Returns the variant that is spelled `word`.
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// Returns the spelling.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }
    };
}

words! {
    /// The status of a ticket. A new ticket is open.
    Status {
        /// Waiting for oncall.
        Open = "open",
        /// Waiting for the requester.
        Pending = "pending",
        /// Waiting for a third party.
        OnHold = "on-hold",
        /// Closed with a [`Resolution`].
        Resolved = "resolved",
    }
}

words! {
    /// The way in which a ticket was resolved.
    Resolution {
        /// The cause was removed.
        Fixed = "fixed",
        /// The cause remains, but the requester can continue.
        Workaround = "workaround",
        /// The question was answered.
        Answered = "answered",
        /// The ticket duplicates another ticket, named by `duplicate_of`.
        Duplicate = "duplicate",
        /// The problem could not be reproduced.
        NotReproducible = "not-reproducible",
        /// The request was declined.
        Declined = "declined",
    }
}

impl Resolution {
    /// Returns true if a ticket that was resolved in this way has an answer.
    pub fn is_answer(self) -> bool {
        match self {
            Self::Fixed | Self::Workaround | Self::Answered => true,
            Self::Duplicate | Self::NotReproducible | Self::Declined => false,
        }
    }
}

words! {
    /// The urgency of a ticket, ordered from low to urgent.
    Priority {
        /// Below normal.
        Low = "low",
        /// The default.
        Normal = "normal",
        /// Above normal.
        High = "high",
        /// Above high.
        Urgent = "urgent",
    }
}

words! {
    /// The readers who may see a ticket, reply or article on the site.
    Visibility {
        /// Every reader.
        Public = "public",
        /// Only readers of the internal site.
        Internal = "internal",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_parsed_and_written_with_the_same_spelling() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.name()), Some(*status));
            assert_eq!(serde_json::to_string(status).unwrap(), format!("\"{status}\""));
        }
        for resolution in Resolution::ALL {
            assert_eq!(serde_json::to_string(resolution).unwrap(), format!("\"{resolution}\""));
        }
        assert!(Priority::Urgent > Priority::Low);
    }
}
