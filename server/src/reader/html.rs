//! Pages of the web, as Markdown.

use htmd::HtmlToMarkdown;

use super::{Text, Unreadable};

/// What says nothing of a page's matter.
const SKIPPED: [&str; 8] = ["head", "script", "style", "noscript", "svg", "iframe", "template", "nav"];

pub(super) fn read(html: &str) -> Result<Text, Unreadable> {
    let text = markdown(html)?;
    let title = title(html).map(markdown).transpose()?;
    let title = title.map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
    Ok(Text { title: title.filter(|title| !title.is_empty()), text })
}

fn markdown(html: &str) -> Result<String, Unreadable> {
    let converter = HtmlToMarkdown::builder().skip_tags(SKIPPED.to_vec()).build();
    converter
        .convert(html)
        .map_err(|error| Unreadable::new(format!("It is no HTML that can be read: {error}.")))
}

/// What stands in its title element, as it is written there.
fn title(html: &str) -> Option<&str> {
    let lower = html.to_ascii_lowercase();
    let from = lower.find("<title")?;
    let from = from + lower[from..].find('>')? + 1;
    let length = lower[from..].find("</title")?;
    html.get(from..from + length)
}
