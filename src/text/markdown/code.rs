//! Code blocks in Markdown.

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use super::events;
use crate::text::Span;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeBlock {
    /// The bytes of the block, including the fences.
    pub span: Span,
    /// The bytes between the fences.
    pub content: Span,
    /// Whether the block has fences; otherwise it is indented.
    pub is_fenced: bool,
}

pub(crate) fn code_blocks(text: &str) -> Vec<CodeBlock> {
    // Most texts contain no mark of a code block and need no parsing.
    let is_possible = ["```", "~~~", "    ", "\t"].iter().any(|mark| text.contains(mark));
    let mut blocks: Vec<CodeBlock> = Vec::new();
    let mut is_open = false;
    for (event, span) in is_possible.then(|| events(text)).into_iter().flatten() {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let is_fenced = matches!(kind, CodeBlockKind::Fenced(_));
                let content = if is_fenced { span.end..span.end } else { span.clone() };
                blocks.push(CodeBlock { span, content, is_fenced });
                is_open = true;
            }
            Event::End(TagEnd::CodeBlock) => is_open = false,
            Event::Text(_) if is_open => {
                if let Some(block) = blocks.last_mut().filter(|block| block.is_fenced) {
                    // The first line sets the start, and each further line sets the end.
                    let start = block.content.start.min(span.start);
                    block.content = start..span.end;
                }
            }
            _ => {}
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_of_a_block_is_between_its_fences() {
        let text = "~~~~\n```\na\n~~~\n~~~~\n\n1. b\n\n   ```\n   c\n   ```\n\n        d\n\n```\n```\n";
        let blocks = code_blocks(text);
        let contents: Vec<&str> = blocks.iter().map(|block| text[block.content.clone()].trim()).collect();
        assert_eq!(contents, ["```\na\n~~~", "c", "d", ""]);
        assert_eq!(blocks.iter().map(|block| block.is_fenced).collect::<Vec<_>>(), [true, true, false, true]);
    }
}
