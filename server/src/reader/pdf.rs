//! PDF: the text of its pages.

use super::{LARGEST_TEXT, Unreadable};

pub(super) fn read(bytes: &[u8]) -> Result<String, Unreadable> {
    // The mark may stand a little behind the beginning.
    if !bytes[..bytes.len().min(1024)].windows(5).any(|part| part == b"%PDF-") {
        return Err(Unreadable::new("It is no PDF, whatever its name says."));
    }
    let pages = pdf_extract::extract_text_from_mem_by_pages(bytes).map_err(|error| {
        let why = error.to_string();
        Unreadable::new(match why.to_ascii_lowercase().contains("crypt") {
            true => "It is encrypted. Save it without a password.".to_owned(),
            false => format!("It is a broken PDF: {why}."),
        })
    })?;
    let mut text = String::new();
    for page in pages {
        text.push_str(page.trim());
        text.push_str("\n\n");
        if text.len() > LARGEST_TEXT {
            break;
        }
    }
    Ok(text)
}
