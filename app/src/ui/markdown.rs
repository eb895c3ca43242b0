//! Markdown for reading, made of elements of ours: HTML in it is shown as the text it is, and links lead only to the web.

use leptos::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

/// Deeper than people write; what is deeper is shown without more indentation.
const DEEPEST: usize = 24;

#[component]
pub fn Markdown(text: String) -> impl IntoView {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let events: Vec<Event> = Parser::new_ext(&text, options).map(Event::into_static).collect();
    let body = inside(&mut events.into_iter(), 0);
    view! { <div class="markdown">{body}</div> }
}

/// What comes before the end of the element that is open.
fn inside(events: &mut std::vec::IntoIter<Event<'static>>, depth: usize) -> Vec<AnyView> {
    let mut views = Vec::new();
    while let Some(event) = events.next() {
        match event {
            Event::Start(tag) => {
                let children = inside(events, depth + 1);
                match depth < DEEPEST {
                    true => views.push(element(tag, children)),
                    false => views.extend(children),
                }
            }
            Event::End(_) => break,
            Event::Code(code) => views.push(view! { <code>{code.to_string()}</code> }.into_any()),
            Event::SoftBreak => views.push(" ".into_any()),
            Event::HardBreak => views.push(view! { <br /> }.into_any()),
            Event::Rule => views.push(view! { <hr /> }.into_any()),
            Event::TaskListMarker(done) => views.push(if done { "☑ " } else { "☐ " }.into_any()),
            Event::Text(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::FootnoteReference(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text) => views.push(text.to_string().into_any()),
        }
    }
    views
}

fn element(tag: Tag<'static>, children: Vec<AnyView>) -> AnyView {
    match tag {
        Tag::Heading { level: HeadingLevel::H1 | HeadingLevel::H2, .. } => {
            view! { <h4>{children}</h4> }.into_any()
        }
        Tag::Heading { .. } => view! { <h5>{children}</h5> }.into_any(),
        Tag::BlockQuote(_) => view! { <blockquote>{children}</blockquote> }.into_any(),
        Tag::CodeBlock(kind) => {
            let language = match kind {
                CodeBlockKind::Fenced(language) if !language.is_empty() => language.to_string(),
                _ => "Code".to_owned(),
            };
            view! { <pre class="readable" tabindex="0" role="region" aria-label=language>{children}</pre> }
                .into_any()
        }
        Tag::List(None) => view! { <ul>{children}</ul> }.into_any(),
        Tag::List(Some(start)) => view! { <ol start=start.to_string()>{children}</ol> }.into_any(),
        Tag::Item => view! { <li>{children}</li> }.into_any(),
        Tag::Emphasis => view! { <em>{children}</em> }.into_any(),
        Tag::Strong => view! { <strong>{children}</strong> }.into_any(),
        Tag::Strikethrough => view! { <s>{children}</s> }.into_any(),
        // Nothing is fetched for a text: an image is a link to it.
        Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => link(&dest_url, children),
        Tag::Table(_) => view! { <table class="plain">{children}</table> }.into_any(),
        Tag::TableHead => view! { <tr class="strong">{children}</tr> }.into_any(),
        Tag::TableRow => view! { <tr>{children}</tr> }.into_any(),
        Tag::TableCell => view! { <td>{children}</td> }.into_any(),
        Tag::HtmlBlock => view! { <p class="told">{children}</p> }.into_any(),
        _ => view! { <p>{children}</p> }.into_any(),
    }
}

fn link(to: &str, children: Vec<AnyView>) -> AnyView {
    if !leads_out(to) {
        return view! { <span>{children}</span> }.into_any();
    }
    view! { <a href=to.to_owned() target="_blank" rel="noopener noreferrer external">{children}</a> }
        .into_any()
}

/// Whether an address is one of the web or of mail, and no script or page of ours.
fn leads_out(to: &str) -> bool {
    let to = to.to_ascii_lowercase();
    ["https://", "http://", "mailto:"].iter().any(|scheme| to.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_web_alone() {
        for to in ["https://example.com", "HTTP://example.com", "mailto:a@b.c"] {
            assert!(leads_out(to), "{to}");
        }
        for to in [
            "javascript:alert(1)",
            "JavaScript:x",
            "data:text/html,x",
            "/flows",
            "//example.com",
            " https://x",
        ] {
            assert!(!leads_out(to), "{to}");
        }
    }
}
