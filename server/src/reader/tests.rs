use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn said(kind: Kind, bytes: &[u8]) -> String {
    text(kind, bytes).unwrap().text.trim().to_owned()
}

fn refused(kind: Kind, bytes: &[u8]) -> String {
    text(kind, bytes).unwrap_err().0
}

fn word(body: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    archive.write_all(body.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn each_kind_says_its_text() {
    assert_eq!(said(Kind::Text, "\u{feff}A text.\n".as_bytes()), "A text.");
    let page = "<html><head><title>The &amp; shop</title><style>p {}</style></head><body><nav>Menu</nav>\
        <h1>Refunds</h1><p>Within <b>30</b> days.</p><script>alert(1)</script></body></html>";
    let page = text(Kind::Html, page.as_bytes()).unwrap();
    assert_eq!(
        (page.title.as_deref(), page.text.trim()),
        (Some("The & shop"), "# Refunds\n\nWithin **30** days.")
    );
    let body = r#"<w:document xmlns:w="w"><w:body><w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:r><w:t>Pay</w:t></w:r></w:p>
        <w:p><w:r><w:t>Cash &amp; card</w:t><w:tab/><w:t xml:space="preserve"> only&#33;</w:t></w:r></w:p>
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
        </w:body></w:document>"#;
    assert_eq!(said(Kind::Word, &word(body)), "## Pay\n\nCash & card\t only!\n\na | b |");
    assert_eq!(
        said(Kind::Csv, b"name;price\nTea;\"3;50\"\nMilk;1\n"),
        "name: Tea\nprice: 3;50\n\nname: Milk\nprice: 1"
    );
    assert_eq!(
        said(Kind::Json, br#"[{"a": {"b": 1, "c": ["x", "y"]}}, {"a": true, "n": null}]"#),
        "a.b: 1\na.c: x\na.c: y\n\na: true"
    );
    assert_eq!(said(Kind::JsonLines, b"{\"q\": \"Why?\"}\n\n{\"q\": \"How?\"}\n"), "q: Why?\n\nq: How?");
}

#[test]
fn what_is_not_what_its_name_says_is_told() {
    assert!(refused(Kind::Text, &[0xff, 0xfe]).contains("UTF-8 (see byte 0)"));
    assert!(refused(Kind::Text, &[0; 100]).contains("no text"));
    assert!(refused(Kind::Pdf, b"<html>").contains("no PDF"));
    assert!(refused(Kind::Pdf, b"%PDF-1.7\nnothing more").contains("broken PDF"));
    assert!(refused(Kind::Word, b"%PDF-1.7").contains("no Word document"));
    assert!(refused(Kind::Word, &word("<w:p><w:t>open")[..]).contains("breaks off"));
    assert!(refused(Kind::Word, &word("<w:p></w:p>")[..]).contains("no text"));
    assert!(refused(Kind::Json, b"{\"a\": ").contains("no JSON"));
    assert!(refused(Kind::JsonLines, b"{}\n{]").contains("line 2"));
    assert!(refused(Kind::Json, "[".repeat(100_000).as_bytes()).contains("no JSON"));
    assert!(refused(Kind::Csv, b"").contains("no text"));
    assert!(refused(Kind::Text, &vec![b'x'; LARGEST_TEXT + 1]).contains("4 MiB"));
    assert!(refused(Kind::Text, &vec![b'x'; LARGEST_FILE + 1]).contains("10 MiB"));
}

#[test]
fn a_bomb_is_told_by_what_it_unpacks_to() {
    let body = format!("<w:p>{}</w:p>", " ".repeat(70 * 1024 * 1024));
    let bomb = word(&body);
    assert!(bomb.len() < 1024 * 1024);
    assert!(refused(Kind::Word, &bomb).contains("64 MiB when it is unpacked"));
}

#[test]
fn kinds_are_known_by_endings_and_media_types() {
    assert_eq!(Kind::of_name("a/b.TAR.PDF"), Some(Kind::Pdf));
    assert_eq!(Kind::of_name("docx"), None);
    assert_eq!(Kind::of_type("text/html; charset=utf-8"), Some(Kind::Html));
    for kind in [Kind::Text, Kind::Html, Kind::Pdf, Kind::Word, Kind::Csv, Kind::Json, Kind::JsonLines] {
        assert_eq!(kind.word().parse(), Ok(kind));
    }
}
