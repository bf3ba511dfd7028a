//! The closed sets of words: status, resolution, priority, visibility.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares an enum whose variants have one spelling each, in front matter, JSON, queries and the site.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $($(#[$variant_meta])* $variant),+
        }

        impl $name {
            /// All of them, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Their spellings, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($word),+];

            /// The one spelled `word`.
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// Its spelling.
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
    /// Where a ticket stands. Tickets start open.
    Status {
        /// Waiting for oncall.
        Open = "open",
        /// Waiting for the requester.
        Pending = "pending",
        /// Waiting for a third party.
        OnHold = "on-hold",
        /// Done.
        Resolved = "resolved",
    }
}

words! {
    /// How a ticket was resolved.
    Resolution {
        /// The cause was removed.
        Fixed = "fixed",
        /// The cause stays, the requester can go on.
        Workaround = "workaround",
        /// A question that got its answer.
        Answered = "answered",
        /// The same as another ticket, named by `duplicate_of`.
        Duplicate = "duplicate",
        /// Nobody could make it happen again.
        NotReproducible = "not-reproducible",
        /// It will not be done.
        Declined = "declined",
    }
}

words! {
    /// How urgent a ticket is. Ordered from low to urgent.
    Priority {
        /// Can wait.
        Low = "low",
        /// The usual.
        Normal = "normal",
        /// Before the usual.
        High = "high",
        /// Now.
        Urgent = "urgent",
    }
}

words! {
    /// Who may see it on the site.
    Visibility {
        /// Everybody.
        Public = "public",
        /// Only builds for the internal audience.
        Internal = "internal",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_as_they_are_written() {
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
