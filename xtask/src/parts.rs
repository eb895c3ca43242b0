//! The browser app in parts: the one that starts, and those that it loads when a page of theirs is first opened.
//!
//! The app marks them (`app/src/page/part.rs`), and what more than one of them uses becomes a part of its own.

use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow};
use wasm_encoder::RawSection;
use wasm_split_cli_support as split;
use wasmparser::{Parser, Payload};

/// Writes the parts that are loaded later to a folder, with `parts.js`, which loads them. What comes back is the part
/// that starts, for wasm-bindgen to make `app.js` of; `first` is a file for it on the way.
pub fn cut(module: &[u8], first: &Path, folder: &Path, small: bool) -> Result<Vec<u8>> {
    let mut options = split::Options::new(module);
    options.output_dir = folder;
    options.main_out_path = first;
    options.link_name = "./parts.js";
    options.main_module = "./app.js";
    // Its errors are none that others can be made of.
    let cut =
        split::transform(options).map_err(|error| anyhow!("cannot cut the app into parts: {error:#}"))?;
    for part in cut.split_modules.iter().filter(|_| small) {
        fs::write(part, bare(&fs::read(part)?)?)?;
    }
    Ok(fs::read(first)?)
}

/// The module without what is for people alone: the names of functions, and what made it.
fn bare(module: &[u8]) -> Result<Vec<u8>> {
    let mut kept = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        let is_for_people = match &payload {
            Payload::CustomSection(section) => ["name", "producers"].contains(&section.name()),
            _ => false,
        };
        if let Some((id, range)) = payload.as_section().filter(|_| !is_for_people) {
            kept.section(&RawSection { id, data: &module[range.start as usize..range.end as usize] });
        }
    }
    Ok(kept.finish())
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{CustomSection, Module, TypeSection};

    use super::*;

    #[test]
    fn what_runs_is_kept_and_names_are_not() {
        let module = |names: bool| {
            let mut module = Module::new();
            let mut types = TypeSection::new();
            types.ty().function([], []);
            module.section(&types);
            module.section(&CustomSection { name: "target_features".into(), data: (&[0]).into() });
            if names {
                module.section(&CustomSection { name: "name".into(), data: (&[1, 2, 3]).into() });
            }
            module.finish()
        };
        assert_eq!(bare(&module(true)).unwrap(), module(false));
        assert!(bare(b"none").is_err());
    }
}
