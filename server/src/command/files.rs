//! `import` and `export`: files in and out of the running server, through its native API with the owner's key.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use flow::check::{Problem, Severity};
use flow::wire::{Flow, Imported, ImportedFlow, Need, ReadReport, Unread};
use reqwest::Method;
use serde::de::DeserializeOwned;
use url::Url;

use super::{Asked, call, key};
use crate::config::{Export, Import};
use crate::folder;

/// A template with many flows takes a while.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes the flows of files, and says what became of each.
///
/// # Errors
/// No server runs, or a file holds no flow that can be read. Files before it are imported.
pub async fn import(import: Import) -> Result<(), String> {
    let server = Server::find(&import.data.folder())?;
    for file in &import.file {
        let body = read(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        let imported: Imported = server
            .ask(Method::POST, &["api", "flows", "import"], None, Some(body))
            .await
            .map_err(|error| format!("{}: {error}", file.display()))?;
        print(&told(&file.display().to_string(), &server.url, &imported))?;
    }
    Ok(())
}

/// Prints a flow as a file, and on the side what AWS would refuse.
///
/// # Errors
/// No server runs, or it has no such flow.
pub async fn export(export: Export) -> Result<(), String> {
    let server = Server::find(&export.data.folder())?;
    let path = ["api", "flows", &export.flow];
    let query = format!("format={}", export.format);
    let file: serde_json::Value =
        server.ask(Method::GET, &["api", "flows", &export.flow, "export"], Some(&query), None).await?;
    let text = serde_json::to_string_pretty(&file).map_err(|error| error.to_string())?;
    match &export.output {
        Some(path) => std::fs::write(path, text + "\n")
            .map_err(|error| format!("{} cannot be written: {error}", path.display()))?,
        None => print(&(text + "\n"))?,
    }
    if export.format != "anabranch" {
        let flow: Flow = server.ask(Method::GET, &path, None, None).await?;
        eprint!("{}", for_aws(&flow));
    }
    Ok(())
}

/// The running server, and the key to it.
struct Server {
    url: String,
    key: crate::auth::local::LocalKey,
}

impl Server {
    fn find(data: &Path) -> Result<Self, String> {
        let key = key(data)?;
        let running = folder::running(data)
            .ok_or_else(|| format!("no server runs on {}. Start one: anabranch serve", data.display()))?;
        Ok(Self { url: running.url, key })
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        query: Option<&str>,
        body: Option<Vec<u8>>,
    ) -> Result<T, String> {
        let mut url = Url::parse(&self.url).map_err(|error| error.to_string())?;
        // Each part is one of the path, whatever a flow is called.
        url.path_segments_mut().map_err(|()| "the server has no address".to_owned())?.clear().extend(path);
        url.set_query(query);
        let asked = Asked { method, url, key: Some(&self.key), body, patience: PATIENCE };
        let answer = call(asked).await?;
        serde_json::from_slice(&answer).map_err(|error| format!("another program answers there: {error}"))
    }
}

/// A file's bytes; what is piped in where it is `-`.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// To a reader that may have gone, such as `head`.
fn print(text: &str) -> Result<(), String> {
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(|error| format!("the output cannot be written: {error}"))
}

fn told(file: &str, url: &str, imported: &Imported) -> String {
    let mut text = format!("{file}: {}\n", imported.format.label());
    for ImportedFlow { flow, report } in &imported.flows {
        text.push_str(&format!("\n{}\n  {url}/flows/{}\n", flow.title, flow.id));
        text.push_str(&report_lines(report));
    }
    if !imported.unread.is_empty() {
        text.push_str("\nNot taken over from the file:\n");
        imported.unread.iter().for_each(|unread| text.push_str(&unread_line(unread)));
    }
    text
}

fn report_lines(report: &ReadReport) -> String {
    let mut text = format!("  Nodes: {}. Connections: {}.\n", report.nodes, report.connections);
    if !report.needs.is_empty() {
        text.push_str("  To lead somewhere before it runs:\n");
        report.needs.iter().for_each(|need| text.push_str(&need_line(need)));
    }
    if !report.unread.is_empty() {
        text.push_str("  Not taken over:\n");
        report.unread.iter().for_each(|unread| text.push_str(&unread_line(unread)));
    }
    text
}

fn need_line(need: &Need) -> String {
    let hint = if need.hint.is_empty() { String::new() } else { format!(" {}", need.hint) };
    format!("    {} {} ({}): {}{hint}\n", need.kind.label(), need.name, need.nodes.join(", "), need.advice())
}

fn unread_line(unread: &Unread) -> String {
    format!("    {}: {}\n", unread.member, unread.why)
}

/// What AWS would refuse of a flow, or do otherwise.
fn for_aws(flow: &Flow) -> String {
    let line = |problem: &Problem| {
        let place = problem.node.as_ref().or(problem.connection.as_ref());
        let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
        let refused = problem.severity == Severity::Error;
        let what = if refused { "AWS would refuse it" } else { "AWS does it otherwise" };
        format!("  {what}: {place}{}\n", problem.message)
    };
    let errors = flow.report.problems.iter().filter(|problem| problem.severity == Severity::Error);
    let lines: String = errors.chain(&flow.report.portability).map(line).collect();
    match (lines.is_empty(), std::io::stderr().is_terminal()) {
        (true, false) => String::new(),
        (true, true) => "AWS should take it as it is.\n".to_owned(),
        (false, _) => format!("On AWS:\n{lines}"),
    }
}
