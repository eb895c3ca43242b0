//! Names: which a node, a connection and a flow may have, and how a free one is found.

use crate::definition::{Connection, Definition, NodeType};

/// Whether AWS takes this as a node's, port's or condition's name: a letter, then at least one letter or digit,
/// with single underscores between.
pub fn is_node_name(name: &str) -> bool {
    is_name(name, 50)
}

/// Whether AWS takes this as a connection's name.
pub fn is_connection_name(name: &str) -> bool {
    is_name(name, 100)
}

fn is_name(name: &str, most: usize) -> bool {
    let mut characters = name.chars();
    if !characters.next().is_some_and(|first| first.is_ascii_alphabetic()) {
        return false;
    }
    let (mut count, mut underscore) = (0, false);
    for character in characters {
        match character {
            '_' if underscore => return false,
            '_' => underscore = true,
            c if c.is_ascii_alphanumeric() => {
                underscore = false;
                count += 1;
            }
            _ => return false,
        }
    }
    !underscore && (1..=most).contains(&count)
}

/// A name for a new node of this kind: the console's, with `_1`, `_2`, … where it is taken. A name that a node inside a
/// loop has is taken too: the same one twice would run, and confuse.
pub fn free_node_name(definition: &Definition, kind: NodeType) -> String {
    let stem = kind.name_stem();
    // The console numbers prompts, conditions and the like from the first on.
    let numbered = !matches!(kind, NodeType::Input | NodeType::Output);
    if !numbered && !has(definition, stem) {
        return stem.to_owned();
    }
    free(&format!("{stem}_"), |name| has(definition, name))
}

/// A name for a copy of a node: the same where it is free, else with a number.
pub fn free_copy_name(definition: &Definition, name: &str) -> String {
    if !has(definition, name) {
        return name.to_owned();
    }
    // Room for the number, within what AWS takes.
    let short: String = name.chars().take(40).collect();
    let stem = short.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
    free(&format!("{stem}_"), |name| has(definition, name))
}

fn has(definition: &Definition, name: &str) -> bool {
    definition.nodes.iter().any(|node| node.name == name || node.body().is_some_and(|body| has(body, name)))
}

/// A name for a new connection between two nodes.
pub fn free_connection_name(definition: &Definition, source: &str, target: &str) -> String {
    let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).take(40).collect::<String>();
    let stem = format!("{}To{}", plain(source), plain(target));
    let taken = |name: &str| definition.connections.iter().any(|c: &Connection| c.name == name);
    if taken(&stem) { free(&format!("{stem}_"), taken) } else { stem }
}

/// The AWS-conform name of a flow with this title: `Support triage` becomes `support-triage`.
pub fn from_title(title: &str) -> String {
    let mut name = String::new();
    for character in title.chars() {
        if character.is_ascii_alphanumeric() {
            name.push(character.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
        if name.len() >= 90 {
            break;
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { "flow".to_owned() } else { name.to_owned() }
}

fn free(stem: &str, taken: impl Fn(&str) -> bool) -> String {
    (1..).map(|number| format!("{stem}{number}")).find(|name| !taken(name)).unwrap_or_else(|| stem.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_awss_pattern() {
        for good in ["Ab", "a1", "FlowInputNode", "a_b_c", "Prompt_1"] {
            assert!(is_node_name(good), "{good}");
        }
        for bad in ["", "a", "1a", "a__b", "ab_", "a-b", "é1", "_ab"] {
            assert!(!is_node_name(bad), "{bad}");
        }
    }

    #[test]
    fn titles_become_names() {
        for (title, name) in [("Support triage", "support-triage"), ("  Été & co!", "t-co"), ("日本", "flow")]
        {
            assert_eq!(from_title(title), name);
        }
    }
}
