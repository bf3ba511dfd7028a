//! What can be wrong with a section that a template asks for.

use crate::{detectors::substance::Weakness, template::SectionRule, text::Span};

/// A problem of one section of a file.
pub(super) struct SectionFault<'a> {
    /// What the template says about the section.
    pub rule: &'a SectionRule,
    /// The problem.
    pub fault: Fault,
    /// The bytes that it is about: the heading, or what makes the demand.
    pub span: Span,
    /// Who demands the section, for messages: ``template `incident` ``, ``resolution `fixed` ``.
    pub demanded_by: String,
}

/// What is wrong with a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The section is missing.
    Missing,
    /// The section is missing, but this heading was probably meant to be its own.
    Heading {
        /// The first line of the heading as it stands.
        written: String,
        /// Whether the words are right and only the form is wrong.
        same_words: bool,
    },
    /// The section says nothing.
    Weak(Weakness),
    /// The section has only so many words, which are fewer than it needs.
    Short(usize),
    /// The section has neither of the things of which it needs one.
    Lacks,
}
