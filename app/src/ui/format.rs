//! Times, lengths and sizes as people say them.

/// How long ago something was: `just now`, `2 min ago`, `yesterday`.
pub fn ago(now: u64, at: u64) -> String {
    let seconds = now.saturating_sub(at) / 1000;
    match seconds {
        0..45 => "just now".into(),
        45..3_570 => format!("{} min ago", ((seconds + 30) / 60).max(1)),
        3_570..86_400 => format!("{} h ago", (seconds + 1_800) / 3_600),
        86_400..172_800 => "yesterday".into(),
        172_800..2_592_000 => format!("{} days ago", seconds / 86_400),
        2_592_000..31_536_000 => count(seconds / 2_592_000, "month") + " ago",
        _ => count(seconds / 31_536_000, "year") + " ago",
    }
}

/// A length of time in milliseconds: `412 ms`, `1.2 s`, `3 min 5 s`.
pub fn millis(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..59_950 => format!("{:.1} s", ms as f64 / 1_000.0),
        _ => format!("{} min {} s", (ms + 500) / 60_000, (ms + 500) % 60_000 / 1_000),
    }
}

/// A size in bytes: `145 MB`.
pub fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// A number with its noun: `1 version`, `3 versions`.
pub fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The first words of a longer text, on one line.
pub fn excerpt(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let start: String = line.chars().take(most.saturating_sub(1)).collect();
    start.trim_end().to_owned() + "…"
}

/// A title as a file name that every system takes.
pub fn file_stem(title: &str) -> String {
    let plain: String =
        title.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let stem = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if stem.is_empty() { "flow".to_owned() } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_ago_read_as_people_say_them() {
        let cases = [
            (0, "just now"),
            (44, "just now"),
            (45, "1 min ago"),
            (120, "2 min ago"),
            (3_569, "59 min ago"),
            (3_600, "1 h ago"),
            (7_200, "2 h ago"),
            (86_400, "yesterday"),
            (259_200, "3 days ago"),
            (2_592_000, "1 month ago"),
            (63_072_000, "2 years ago"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(ago(1_000_000_000_000, 1_000_000_000_000 - seconds * 1000), expected);
        }
        assert_eq!(ago(5, 10), "just now", "clocks differ");
    }

    #[test]
    fn lengths_read_as_people_say_them() {
        let cases =
            [(0, "0 ms"), (412, "412 ms"), (1_200, "1.2 s"), (59_999, "1 min 0 s"), (185_000, "3 min 5 s")];
        for (ms, expected) in cases {
            assert_eq!(millis(ms), expected);
        }
    }

    #[test]
    fn sizes_and_counts() {
        assert_eq!(bytes(145_000_000), "145 MB");
        assert_eq!(count(1, "version"), "1 version");
        assert_eq!(count(0, "version"), "0 versions");
        assert_eq!(excerpt("one\n two  three", 8), "one two…");
        assert_eq!(excerpt("short", 8), "short");
    }
}
