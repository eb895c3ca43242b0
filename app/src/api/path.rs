//! Paths below `/api`, with names and ids made safe for a URL.

/// A path or query value in percent-encoding.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(byte as char),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// `/api/flows/FLOW` and what follows it.
pub fn flow(flow: &str, rest: &str) -> String {
    format!("/api/flows/{}{rest}", encode(flow))
}

/// A query of the pairs that have a value.
pub fn query(pairs: &[(&str, Option<String>)]) -> String {
    let given: Vec<String> = pairs
        .iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", encode(value.as_deref()?))))
        .collect();
    if given.is_empty() { String::new() } else { format!("?{}", given.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_segment() {
        assert_eq!(flow("a/b ü", "/versions"), "/api/flows/a%2Fb%20%C3%BC/versions");
    }

    #[test]
    fn absent_values_leave_no_trace() {
        assert_eq!(query(&[("flow", None), ("status", None)]), "");
        assert_eq!(query(&[("flow", None), ("status", Some("Failed".into()))]), "?status=Failed");
    }
}
