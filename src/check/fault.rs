//! Problems of the sections that a template defines.

use crate::{detectors::substance::Weakness, template::SectionRule, text::Span};

/// A problem of one section of a file.
pub(super) struct SectionFault<'a> {
    /// The section's definition in the template.
    pub rule: &'a SectionRule,
    /// The position in the template, in which the sections follow the fields.
    pub position: usize,
    pub fault: Fault,
    /// The bytes to report: the heading, or the key that makes the section required.
    pub span: Span,
    /// The template or resolution that requires the section, for messages: ``template `incident` ``.
    pub required_by: String,
}

/// The kind of problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The section is missing.
    Missing,
    /// The section is missing, but this heading is probably a misspelling of its name.
    Heading {
        /// The first line of the heading, as written.
        written: String,
        /// True if the words are correct and only the Markdown form is wrong.
        same_words: bool,
    },
    /// The text has no content.
    Weak(Weakness),
    /// The text has this number of words, fewer than the minimum.
    Short(usize),
    /// The text contains none of the required Markdown elements.
    NoListOrCode,
}
