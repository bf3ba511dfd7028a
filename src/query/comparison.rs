//! Comparison operators.

use std::cmp::Ordering;

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// All operators, the longer ones first, because `>=` begins with `>`.
    pub(super) const WRITTEN: [(&'static str, Self); 4] =
        [(">=", Self::AtLeast), ("<=", Self::AtMost), (">", Self::More), ("<", Self::Less)];

    /// Returns true if a value passes. `ordering` is the order of the value relative to the bound.
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::More => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }

    /// Returns the operator as written in queries.
    pub(crate) fn sign(self) -> &'static str {
        Self::WRITTEN.iter().find(|(_, comparison)| *comparison == self).map_or("", |(sign, _)| sign)
    }

    /// Returns true for `>` and `>=`.
    pub(super) fn is_upward(self) -> bool {
        matches!(self, Self::More | Self::AtLeast)
    }
}
