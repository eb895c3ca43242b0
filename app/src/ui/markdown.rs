//! Markdown as a page shows it: headings, lists, emphasis, code and links. Nothing of it becomes markup by itself, so
//! that no text can run anything.

use leptos::prelude::*;

/// A block of text.
#[derive(Clone, Debug, PartialEq)]
enum Block {
    Heading(String),
    Item(String),
    Code(String),
    Text(String),
}

/// A stretch of a line.
#[derive(Clone, Debug, PartialEq)]
enum Span {
    Plain(String),
    Strong(String),
    Emphasis(String),
    Code(String),
    Link { words: String, to: String },
}

#[component]
pub fn Markdown(text: String) -> impl IntoView {
    blocks(&text).into_iter().map(block).collect_view()
}

fn block(block: Block) -> AnyView {
    match block {
        Block::Heading(line) => view! { <p class="heading">{line_of(&line)}</p> }.into_any(),
        Block::Item(line) => view! { <p class="item">"• " {line_of(&line)}</p> }.into_any(),
        Block::Code(code) => view! { <pre>{code}</pre> }.into_any(),
        Block::Text(line) => view! { <p>{line_of(&line)}</p> }.into_any(),
    }
}

fn line_of(line: &str) -> impl IntoView + use<> {
    let span = |span: Span| match span {
        Span::Plain(words) => words.into_any(),
        Span::Strong(words) => view! { <strong>{words}</strong> }.into_any(),
        Span::Emphasis(words) => view! { <em>{words}</em> }.into_any(),
        Span::Code(words) => view! { <code>{words}</code> }.into_any(),
        Span::Link { words, to } => {
            view! { <a href=to target="_blank" rel="noopener noreferrer">{words}</a> }.into_any()
        }
    };
    spans(line).into_iter().map(span).collect_view()
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut code: Option<String> = None;
    for line in text.lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") {
            match code.take() {
                Some(code) => blocks.push(Block::Code(code)),
                None => code = Some(String::new()),
            }
        } else if let Some(code) = &mut code {
            if !code.is_empty() {
                code.push('\n');
            }
            code.push_str(line);
        } else if trimmed.starts_with('#') && trimmed.trim_start_matches('#').starts_with(' ') {
            blocks.push(Block::Heading(trimmed.trim_start_matches('#').trim().to_owned()));
        } else if let Some(item) = ["- ", "* "].iter().find_map(|mark| trimmed.strip_prefix(mark)) {
            blocks.push(Block::Item(item.to_owned()));
        } else if !trimmed.is_empty() {
            blocks.push(Block::Text(trimmed.to_owned()));
        }
    }
    blocks.extend(code.map(Block::Code));
    blocks
}

fn spans(line: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut plain = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        match marked(rest) {
            Some((span, after)) => {
                if !plain.is_empty() {
                    spans.push(Span::Plain(std::mem::take(&mut plain)));
                }
                spans.push(span);
                rest = after;
            }
            None => {
                plain.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    if !plain.is_empty() {
        spans.push(Span::Plain(plain));
    }
    spans
}

/// A marked stretch at the beginning of this text, and what comes after it.
fn marked(text: &str) -> Option<(Span, &str)> {
    let between = |mark: &str| {
        let inner = text.strip_prefix(mark)?;
        let end = inner.find(mark).filter(|end| *end > 0)?;
        Some((inner[..end].to_owned(), &inner[end + mark.len()..]))
    };
    if let Some((words, after)) = between("**") {
        return Some((Span::Strong(words), after));
    }
    if let Some((words, after)) = between("`") {
        return Some((Span::Code(words), after));
    }
    if let Some((words, after)) = between("*").filter(|(words, _)| !words.starts_with(' ')) {
        return Some((Span::Emphasis(words), after));
    }
    let inner = text.strip_prefix('[')?;
    let (words, after) = inner.split_once("](")?;
    let (to, after) = after.split_once(')')?;
    let safe = ["https://", "http://", "mailto:"].iter().any(|scheme| to.to_lowercase().starts_with(scheme));
    safe.then(|| (Span::Link { words: words.to_owned(), to: to.to_owned() }, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_become_what_they_mean_and_nothing_else_does() {
        assert_eq!(
            blocks("# Title\n- one\ntext\n```\n# code\n```"),
            [
                Block::Heading("Title".into()),
                Block::Item("one".into()),
                Block::Text("text".into()),
                Block::Code("# code".into())
            ]
        );
        assert_eq!(
            spans("a **b** *c* `d`"),
            [
                Span::Plain("a ".into()),
                Span::Strong("b".into()),
                Span::Plain(" ".into()),
                Span::Emphasis("c".into()),
                Span::Plain(" ".into()),
                Span::Code("d".into())
            ]
        );
        assert_eq!(spans("<b>x</b>"), [Span::Plain("<b>x</b>".into())]);
        assert_eq!(spans("[x](javascript:alert(1))")[0], Span::Plain("[x](javascript:alert(1))".into()));
        assert!(matches!(&spans("[x](https://a.b)")[0], Span::Link { to, .. } if to == "https://a.b"));
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in ".{0,80}") {
            for block in blocks(&text) {
                if let Block::Text(line) | Block::Item(line) | Block::Heading(line) = block {
                    spans(&line);
                }
            }
        }
    }
}
