//! The forms for tickets and replies: the data from which scripts in the browser check and compose a file by the same
//! rules as `casebook check` and `casebook new`.

mod rules;

pub(super) use rules::FormRules;

#[cfg(test)]
mod tests;
