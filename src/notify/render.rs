//! Writes a message for each channel.

use super::{
    Link, Message, Part,
    escape::{chat, markdown, markdown_words, plain},
};
use crate::text::one_line;

/// The maximum length of a chat message, in bytes. Some programs cut or refuse messages of more than 4,000 characters.
const MAX_CHAT: usize = 3_900;

/// The maximum number of lines of a quotation in a chat.
const MAX_CHAT_LINES: usize = 6;

/// The maximum length of a comment, in bytes. Forges refuse a comment of more than 65,536 characters.
const MAX_COMMENT: usize = 60_000;

/// The maximum length of a title or line in a comment, in characters.
const MAX_LINE: usize = 400;

/// Returns the text of a mail: plain text without any markup.
pub(crate) fn mail_text(message: &Message) -> String {
    let mut text = String::new();
    for part in &message.parts {
        text.push_str(&match part {
            Part::Heading(heading) => format!("{}\n\n", one_line(heading)),
            Part::Sentence(sentence) => format!("{}\n\n", one_line(sentence)),
            Part::Item { title, facts, link } => {
                let (Link::Page(place) | Link::Command(place)) = link;
                format!("- {}\n  {}\n  {place}\n\n", one_line(title), one_line(facts))
            }
            Part::Quote(quote) => {
                let quote = plain(quote);
                let lines: Vec<String> = quote.lines().map(|line| format!("> {line}")).collect();
                lines.join("\n") + "\n\n"
            }
        });
    }
    text.trim_end().to_owned() + "\n"
}

/// Returns the text of a chat message, cut to a length that every chat accepts.
pub(crate) fn chat_text(message: &Message) -> String {
    let mut text = chat(&message.subject) + "\n";
    let lines = message.parts.iter().flat_map(|part| match part {
        Part::Heading(heading) => vec![format!("*{}*", chat(heading))],
        Part::Sentence(sentence) => vec![chat(sentence)],
        Part::Item { title, facts, link } => {
            let facts = if facts.is_empty() { String::new() } else { format!(" ({})", chat(facts)) };
            vec![format!("• {}{facts} {}", chat(title), of_chat(link))]
        }
        Part::Quote(quote) => {
            let lines = quote.lines().filter(|line| !line.trim().is_empty());
            lines.take(MAX_CHAT_LINES).map(|line| format!("> {}", chat(line))).collect()
        }
    });
    for line in lines {
        if text.len() + line.len() > MAX_CHAT {
            text.push_str("…\n");
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// Returns a link in a chat. Every chat makes a link of an address.
fn of_chat(link: &Link) -> String {
    match link {
        Link::Page(address) => address.clone(),
        Link::Command(command) => format!("`{}`", chat(command).replace('`', "'")),
    }
}

/// Returns the text of a comment at a forge, as Markdown in which no text of a ticket has an effect.
pub(crate) fn comment_text(message: &Message) -> String {
    let mut text = String::new();
    for part in &message.parts {
        let part = match part {
            Part::Heading(heading) => format!("**{}**\n\n", markdown_words(heading)),
            Part::Sentence(sentence) => format!("{}\n\n", markdown_words(sentence)),
            Part::Item { title, facts, link } => {
                let (title, facts) = (markdown(title, MAX_LINE), markdown_words(facts));
                match link {
                    Link::Page(address) => format!("- [{title}]({address}) {facts}\n"),
                    Link::Command(command) => format!("- {title} {facts} {}\n", markdown(command, MAX_LINE)),
                }
            }
            Part::Quote(quote) => {
                let lines = quote.lines().filter(|line| !line.trim().is_empty());
                let lines: Vec<String> = lines.map(|line| markdown(line, MAX_LINE)).collect();
                format!("> {}\n\n", lines.join("<br>\n> "))
            }
        };
        if text.len() + part.len() > MAX_COMMENT {
            text.push_str("\nThe rest does not fit into a comment.\n");
            break;
        }
        // An item ends a list only with a blank line before the next part.
        if !part.starts_with("- ") && text.ends_with('\n') && !text.ends_with("\n\n") {
            text.push('\n');
        }
        text.push_str(&part);
    }
    text.trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            subject: "@all <!channel>".to_owned(),
            parts: vec![
                Part::Sentence("mei replied to your ticket:".to_owned()),
                Part::quote("Hello @channel\r\n\n[wiki](https://evil.example)\u{1b}[2J"),
                Part::Heading("Overdue (1)".to_owned()),
                Part::Item {
                    title: "Export\nhangs".to_owned(),
                    facts: "3 hours late, @mei".to_owned(),
                    link: Link::Page("https://oncall.example/tickets/a/".to_owned()),
                },
                Part::Item {
                    title: "Second".to_owned(),
                    facts: String::new(),
                    link: Link::Command("casebook show b".to_owned()),
                },
            ],
        }
    }

    #[test]
    fn a_mail_is_plain_text_without_control_characters() {
        assert_eq!(
            mail_text(&message()),
            "mei replied to your ticket:\n\n> Hello @channel\n> \n> [wiki](https://evil.example)\u{fffd}[2J\n\nOverdue (1)\n\n\
             - Export hangs\n  3 hours late, @mei\n  https://oncall.example/tickets/a/\n\n- Second\n  \n  casebook show b\n"
        );
    }

    #[test]
    fn a_chat_message_has_only_our_own_links() {
        assert_eq!(
            chat_text(&message()),
            "@\u{200b}all &lt;!channel&gt;\nmei replied to your ticket:\n> Hello @\u{200b}channel\n\
             > [wiki]\u{200b}(https:\u{200b}//evil.example)\u{fffd}[2J\n*Overdue (1)*\n\
             • Export hangs (3 hours late, @\u{200b}mei) https://oncall.example/tickets/a/\n• Second `casebook show b`\n"
        );
        let many = Message { parts: vec![Part::Sentence("x".repeat(1_000)); 9], ..message() };
        let text = chat_text(&many);
        assert!(text.len() < 4_000 && text.ends_with("…\n"), "{}", text.len());
    }

    #[test]
    fn a_comment_has_only_our_own_markup() {
        assert_eq!(
            comment_text(&message()),
            "mei replied to your ticket&#58;\n\n> <code>Hello &#64;&#8203;channel</code><br>\n\
             > <code>&#91;wiki&#93;&#40;https&#58;&#47;&#47;evil&#46;example&#41;\u{fffd}&#91;2J</code>\n\n\
             **Overdue &#40;1&#41;**\n\n- [<code>Export hangs</code>](https://oncall.example/tickets/a/) 3 hours late&#44; &#64;&#8203;mei\n\
             - <code>Second</code>  <code>casebook show b</code>\n"
        );
    }
}
