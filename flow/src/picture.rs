//! Pictures that carry their flow: an SVG or a PNG that the canvas was exported as is imported again like any other file.
//!
//! Always holds: what was put into a picture comes out as it was, and a picture that carries nothing gives nothing.

/// What an SVG keeps it in.
const OPEN: &str = "<metadata id=\"anabranch\">";
const CLOSE: &str = "</metadata>";
/// What a PNG begins with, and the keyword of the text that it keeps it in.
const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
const KEYWORD: &[u8] = b"anabranch";
/// The last chunk of a PNG: its length, its name and its checksum.
const END: usize = 12;

/// The SVG's element that carries a text.
pub fn metadata(text: &str) -> String {
    format!("{OPEN}{}{CLOSE}", escape(text))
}

/// A text as XML writes it.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
}

/// A PNG with a text in it; none where these bytes are no PNG.
pub fn into_png(png: &[u8], text: &str) -> Option<Vec<u8>> {
    let at = png.len().checked_sub(END)?;
    if !png.starts_with(&SIGNATURE) || png.get(at + 4..at + 8)? != b"IEND" {
        return None;
    }
    // Of international text: the keyword, neither packed nor in a language, and not translated.
    let mut chunk = b"iTXt".to_vec();
    chunk.extend_from_slice(KEYWORD);
    chunk.extend_from_slice(&[0, 0, 0, 0, 0]);
    chunk.extend_from_slice(text.as_bytes());
    let length = u32::try_from(chunk.len() - 4).ok()?;
    let mut whole = png[..at].to_vec();
    whole.extend_from_slice(&length.to_be_bytes());
    whole.extend_from_slice(&chunk);
    whole.extend_from_slice(&checksum(&chunk).to_be_bytes());
    whole.extend_from_slice(&png[at..]);
    Some(whole)
}

/// The text that a picture carries; none where these bytes are no picture of ours.
pub fn carried(bytes: &[u8]) -> Option<String> {
    if bytes.starts_with(&SIGNATURE) {
        return from_png(bytes);
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let (_, rest) = text.split_once(OPEN)?;
    let (inner, _) = rest.split_once(CLOSE)?;
    text.contains("<svg").then(|| unescape(inner))
}

fn from_png(bytes: &[u8]) -> Option<String> {
    let mut rest = bytes.get(SIGNATURE.len()..)?;
    loop {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let chunk = rest.get(4..length.checked_add(8)?)?;
        let text = chunk.strip_prefix(b"iTXt").and_then(|text| text.strip_prefix(KEYWORD));
        if let Some(text) = text.and_then(|text| text.strip_prefix(&[0, 0, 0, 0, 0])) {
            return String::from_utf8(text.to_vec()).ok();
        }
        rest = rest.get(length.checked_add(END)?..)?;
    }
}

/// The CRC that PNG has behind each chunk.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The smallest PNG: its head, and its end.
    fn png() -> Vec<u8> {
        let mut png = SIGNATURE.to_vec();
        png.extend([0, 0, 0, 0]);
        png.extend(b"IEND");
        png.extend(checksum(b"IEND").to_be_bytes());
        png
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(text in "\\PC{0,200}") {
            let svg = format!("<svg>{}<rect/></svg>", metadata(&text));
            prop_assert_eq!(carried(svg.as_bytes()), Some(text.clone()));
            prop_assert_eq!(carried(&into_png(&png(), &text).unwrap()), Some(text));
        }

        #[test]
        fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut odd = SIGNATURE.to_vec();
            odd.extend(&bytes);
            carried(&odd);
            carried(&bytes);
        }
    }

    #[test]
    fn checksums_are_those_of_png() {
        // As every PNG ends.
        assert_eq!(checksum(b"IEND"), 0xae42_6082);
        assert_eq!(carried(&png()), None);
        assert_eq!(into_png(b"GIF89a", "x"), None);
        assert_eq!(carried(b"<svg></svg>"), None);
    }
}
