#![no_main]

#[path = "../../tests/parsers/mod.rs"]
#[allow(dead_code)]
mod parsers;

libfuzzer_sys::fuzz_target!(|text: &str| parsers::template(text));
