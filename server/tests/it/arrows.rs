//! Who may know whom: the arrows of the architecture, read from the imports.

use std::fs;
use std::path::{Path, PathBuf};

/// Inside the server: a folder, and what its files must not name.
const FORBIDDEN: [(&str, &[&str]); 13] = [
    ("api", &["crate::store::Store", "crate::provider", "crate::node", "crate::knowledge", "sqlx"]),
    ("api/native", &["api::aws"]),
    ("api/aws", &["api::native"]),
    ("service", &["axum", "http::", "crate::api"]),
    ("run", &["crate::api", "crate::service", "crate::auth", "axum"]),
    ("node", &["crate::api", "crate::service", "crate::run", "sqlx", "crate::store"]),
    (
        "provider",
        &["crate::api", "crate::service", "crate::run", "crate::store", "crate::node", "crate::auth", "sqlx"],
    ),
    (
        "knowledge",
        &["crate::api", "crate::service", "crate::run", "crate::store", "crate::node", "crate::auth", "sqlx"],
    ),
    (
        "python",
        &[
            "crate::api",
            "crate::service",
            "crate::run",
            "crate::store",
            "crate::node",
            "crate::provider",
            "sqlx",
        ],
    ),
    (
        "fetch",
        &["crate::api", "crate::service", "crate::run", "crate::store", "crate::node", "crate::provider"],
    ),
    ("store", &["crate::", "axum", "reqwest"]),
    ("reader", &["crate::", "axum", "reqwest", "sqlx", "std::net", "std::fs"]),
    ("egress", &["crate::"]),
];

#[test]
fn the_server_keeps_its_arrows() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut looked = 0;
    for (part, forbidden) in FORBIDDEN {
        for file in files(&source, part) {
            looked += 1;
            for import in imports(&fs::read_to_string(&file).unwrap()) {
                for name in forbidden {
                    assert!(
                        !import.contains(name),
                        "{} has {import}, which {part} must not know",
                        file.display()
                    );
                }
            }
        }
    }
    assert!(looked > 30, "{looked} files");
}

#[test]
fn only_the_store_speaks_sql_and_only_egress_calls() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in files(&source, "") {
        let text = fs::read_to_string(&file).unwrap();
        let place = file.strip_prefix(&source).unwrap().to_string_lossy().into_owned();
        if !place.starts_with("store") {
            assert!(!text.contains("sqlx::"), "{place} speaks SQL");
        }
        if place != "egress.rs" {
            assert!(!text.contains("reqwest::Client"), "{place} has an HTTP client of its own");
        }
    }
}

#[test]
fn app_and_server_do_not_know_each_other_and_flow_is_pure() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (part, forbidden) in [
        ("flow", &["tokio", "sqlx", "leptos", "server", "app", "reqwest"][..]),
        ("app", &["server", "tokio", "sqlx"][..]),
        ("server", &["app", "leptos"][..]),
    ] {
        let manifest = fs::read_to_string(root.join(part).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap();
        for name in forbidden {
            let named = dependencies.lines().any(|line| line.split(['=', ' ', '.']).next() == Some(name));
            assert!(!named, "{part} depends on {name}");
        }
    }
    for file in files(&root.join("flow/src"), "") {
        let text = fs::read_to_string(&file).unwrap();
        if file.ends_with("tests.rs") {
            continue;
        }
        for impure in ["SystemTime::now", "Instant::now", "std::fs", "std::net", "std::env", "std::thread"] {
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            assert!(!code.contains(impure), "{} uses {impure}", file.display());
        }
    }
}

/// What a file imports, each path in full: `use crate::{a, b::{c, d}};` is three.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let statements = text.split(';').filter_map(|statement| {
        let from = statement
            .rfind("\nuse ")
            .or(statement.rfind("\npub use "))
            .or(statement.rfind("\npub(crate) use "))?;
        statement[from..].split_once("use ").map(|(_, path)| path.split_whitespace().collect::<String>())
    });
    statements.for_each(|path| expand("", &path, &mut found));
    found
}

fn expand(before: &str, path: &str, found: &mut Vec<String>) {
    let Some((prefix, group)) = path.split_once('{') else { return found.push(format!("{before}{path}")) };
    let (mut depth, mut from) = (0, 0);
    let group = group.strip_suffix('}').unwrap_or(group);
    for (at, letter) in group.char_indices().chain([(group.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if from < at {
                    expand(&format!("{before}{prefix}"), &group[from..at], found);
                }
                from = at + 1;
            }
            _ => {}
        }
    }
}

#[test]
fn imports_are_read_in_full() {
    let text = "//! x\n\nuse crate::{\n    a,\n    b::{self, C},\n};\npub use d::E;\n\nfn f() {}\n";
    assert_eq!(imports(text), ["crate::a", "crate::b::self", "crate::b::C", "d::E"]);
}

/// The files of a part: `part.rs` and everything in `part/`.
fn files(source: &Path, part: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![source.join(part)];
    let own = source.join(format!("{part}.rs"));
    if own.is_file() {
        found.push(own);
    }
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    found
}
