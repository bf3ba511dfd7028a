//! The forms for tickets and replies: the data from which scripts in the browser check and compose a file by the same
//! rules as `casebook check` and `casebook new`.

mod fields;
mod rules;

pub(super) use fields::{
    FieldContext, NamedContext, ResolutionContext, SectionContext, TemplateContext, form_folder, people,
    services,
};
pub(super) use rules::FormRules;

#[cfg(test)]
mod tests;
