//! The text that the editor opens with: the outline with its hints, marks at what is required, and below a cut line
//! what helps to write it.

use crate::{
    cli::{CliError, Context, body, editor::Editor, editor::EditorFailure, table},
    template::{Need, SectionRule},
    text::markdown::without_comments,
    ticket::sections,
};

/// The line below which nothing belongs to the text. It is the line of `git commit --verbose`, inside a comment.
const CUT: &str = "<!-- ------------------------ >8 ------------------------";
/// The line below [`CUT`]. It cuts the text too if a user removes the line above.
const CUT_HELP: &str =
    "Do not change the line above. Everything between it and the end of this comment is ignored.";
/// The last line of the notes. No line of the notes is equal, because quoted lines begin with `> `.
const END: &str = "-->";

/// A section that the text must have.
pub(in crate::cli) struct RequestedSection {
    pub name: String,
    /// The comment that says what is required, such as `<!-- required: at least 8 words -->`.
    mark: String,
    /// The hint for the writer, as a comment; it is used if the text does not have the section yet.
    hint: String,
}

impl RequestedSection {
    /// Describes a required section. `hint` is its hint in the template, which may be empty.
    pub(in crate::cli) fn of(rule: &SectionRule, hint: String) -> Self {
        let mut parts = Vec::new();
        if rule.min_words > 1 {
            parts.push(format!("at least {} words", rule.min_words));
        }
        if !rule.needs.is_empty() {
            let needs: Vec<&str> = rule.needs.iter().map(|need| described(*need)).collect();
            parts.push(needs.join(" or "));
        }
        let mark = match parts.is_empty() {
            true => "<!-- required -->".to_owned(),
            false => format!("<!-- required: {} -->", parts.join(", with ")),
        };
        Self { name: rule.name.clone(), mark, hint }
    }
}

fn described(need: Need) -> &'static str {
    match need {
        Need::List => "a list",
        Need::Code => "a code block",
    }
}

/// A text to be edited.
pub(in crate::cli) struct Form {
    /// The text above the cut line, with hints and marks.
    outline: String,
    marks: Vec<String>,
    /// What is shown below the cut line.
    notes: String,
}

impl Form {
    /// Creates a form with the text `body`. A section of `requested` that `body` does not have is added at the end.
    pub(in crate::cli) fn new(body: &str, requested: &[RequestedSection], notes: String) -> Self {
        let mut outline = body.trim_end().to_owned();
        for section in requested {
            let there = sections(&outline).into_iter().find(|other| other.is(&section.name));
            match there {
                Some(there) => {
                    let (head, rest) = outline.split_at(there.span.start);
                    let gap = if head.ends_with('\n') { "" } else { "\n" };
                    outline = format!("{head}{gap}{}\n{rest}", section.mark);
                }
                None => {
                    let gap = if outline.is_empty() { "" } else { "\n\n" };
                    let hint =
                        if section.hint.is_empty() { String::new() } else { format!("{}\n", section.hint) };
                    outline =
                        format!("{}{gap}## {}\n{}\n{hint}", outline.trim_end(), section.name, section.mark);
                }
            }
        }
        let marks = requested.iter().map(|section| section.mark.clone()).collect();
        Self { outline, marks, notes }
    }

    /// Opens the editor with `head` and the text. Returns the text without the notes, as the user left
    /// it.
    pub(in crate::cli) fn edit(&self, head: &str, context: &Context) -> Result<String, EditorFailure> {
        let editor = Editor::of(context);
        context.ui.say(format!("opening {}; close it to continue", editor.name()));
        let edited = editor.edit(&self.shown(head), context);
        match edited {
            Ok(text) => Ok(without_notes(&text)),
            Err(failure) => Err(EditorFailure { text: without_notes(&failure.text), ..failure }),
        }
    }

    /// Returns the whole text for the editor.
    fn shown(&self, head: &str) -> String {
        let notes = table::lines(self.notes.trim_end());
        format!("{head}{}\n\n{CUT}\n{CUT_HELP}\n{notes}\n-->\n", self.outline.trim_end())
    }

    /// Returns the body of an edited text without the marks, and without the hints of the sections that are filled in.
    pub(in crate::cli) fn clean(&self, body: &str) -> String {
        let text = body::without_hints(body, &self.outline);
        let is_mark = |line: &&str| self.marks.iter().any(|mark| mark == line.trim());
        text.lines().filter(|line| !is_mark(line)).collect::<Vec<_>>().join("\n")
    }
}

/// Returns an edited text without the notes. What a user adds after them, at the end of the file, belongs to the text.
fn without_notes(text: &str) -> String {
    let mut own = String::new();
    let mut lines = text.split_inclusive('\n');
    for line in lines.by_ref() {
        if matches!(line.trim(), CUT | CUT_HELP) {
            break;
        }
        own.push_str(line);
    }
    let after: String = lines.skip_while(|line| line.trim() != END).skip(1).collect();
    match after.trim().is_empty() {
        true => own,
        false => format!("{}\n\n{}", own.trim_end(), after.trim()),
    }
}

/// Returns true if `body` has text besides headings and comments.
pub(in crate::cli) fn has_content(body: &str) -> bool {
    let own = sections(body);
    let lead = &body[..own.first().map_or(body.len(), |section| section.heading_span.start)];
    let mut parts = own.iter().map(|section| &body[section.span.clone()]).chain([lead]);
    parts.any(|part| !without_comments(part).trim().is_empty())
}

/// The error for a text that the user left blank.
pub(in crate::cli) fn blank(noun: &str) -> CliError {
    CliError::usage(format!("the text of the {noun} is empty; nothing was committed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Form {
        let rule =
            |name: &str, min_words| SectionRule { name: name.into(), min_words, ..SectionRule::default() };
        let requested = [
            RequestedSection::of(&rule("Cause", 3), "<!-- Why? -->".into()),
            RequestedSection::of(&rule("Fix", 0), "<!-- How? -->".into()),
        ];
        Form::new("Hello.\n\n## Fix\nRestarted it.\n", &requested, "> It hangs -->\n> ## Cause".into())
    }

    #[test]
    fn a_form_marks_required_sections_and_adds_missing_ones() {
        let expected = "Hello.\n\n## Fix\n<!-- required -->\nRestarted it.\n\n## Cause\n<!-- required: at least 3 words -->\n\
                        <!-- Why? -->\n\n<!-- ------------------------ >8 ------------------------\nDo not change the line above. \
                        Everything between it and the end of this comment is ignored.\n> It hangs -->\n> ## Cause\n-->\n";
        assert_eq!(form().shown(""), expected);
    }

    #[test]
    fn an_edited_text_has_no_marks_and_nothing_from_below_the_cut_line() {
        let form = form();
        let edited = form.shown("").replace("<!-- Why? -->", "<!-- Why? -->\nAll rows were read.");
        let expected = "Hello.\n\n## Fix\nRestarted it.\n\n## Cause\nAll rows were read.";
        assert_eq!(form.clean(&without_notes(&edited)).trim_end(), expected);
        // A text that is added at the end of the file is not lost.
        let added = without_notes(&format!("{edited}It was *blue*.\n"));
        assert!(form.clean(&added).ends_with("All rows were read.\n\nIt was *blue*."), "{added}");
        // The second line cuts too.
        let edited = edited.replace(&format!("{CUT}\n"), "");
        assert_eq!(form.clean(&without_notes(&edited)).trim_end(), expected);
        assert!(
            has_content(expected)
                && !has_content("## Cause\n<!-- Why? -->\n\n## Fix\n")
                && !has_content(" \n")
        );
    }
}
