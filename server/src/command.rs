//! The commands beside `serve`.

mod files;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use flow::wire::ErrorDocument;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HOST, HeaderValue};
use url::Url;

pub use files::{export, import};

use crate::auth::local::LocalKey;
use crate::auth::seal::Seal;
use crate::egress::{Call, Egress, Reach};
use crate::folder;
use crate::python::Python;
use crate::task::Supervisor;

/// The region that AWS clients are told.
pub const REGION: &str = "us-east-1";
/// How long a server has to say that it is there.
const SOON: Duration = Duration::from_secs(5);
const USUAL_URL: &str = "http://127.0.0.1:8650";

/// Prints shell exports.
///
/// # Errors
/// The key cannot be had.
pub fn env(data: &Path) -> Result<(), String> {
    let key = key(data)?;
    let url = url(data);
    let aws = format!("{url}/aws");
    for (name, value) in [
        ("ANABRANCH_URL", url.as_str()),
        ("ANABRANCH_API_KEY", &key.api_key),
        ("AWS_ENDPOINT_URL_BEDROCK_AGENT", &aws),
        ("AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME", &aws),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &aws),
        ("AWS_ACCESS_KEY_ID", &key.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", &key.secret_access_key),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
    ] {
        println!("export {name}={}", quoted(value));
    }
    // What would lead a client elsewhere, or past the key pair above.
    println!(
        "unset AWS_SESSION_TOKEN AWS_PROFILE AWS_BEARER_TOKEN_BEDROCK AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
    );
    Ok(())
}

/// Prints a new sign-in link of the running server, and opens it.
///
/// # Errors
/// No server runs on this folder.
pub async fn open(data: &Path) -> Result<(), String> {
    let key = key(data)?;
    let Some(running) = folder::running(data) else {
        return Err(format!("no server runs on {}. Start one: anabranch serve", data.display()));
    };
    let url = Url::parse(&format!("{}/api/session/link", running.url)).map_err(|error| error.to_string())?;
    let answer = call(Asked { method: Method::POST, url, key: Some(&key), body: None, patience: SOON }).await;
    let answer =
        answer.map_err(|_| format!("no server answers at {}. Start one: anabranch serve", running.url))?;
    let link = serde_json::from_slice::<serde_json::Value>(&answer)
        .ok()
        .and_then(|answer| answer["url"].as_str().map(str::to_owned))
        .ok_or_else(|| format!("another program answers at {}", running.url))?;
    println!("{link}");
    open_in_browser(&link);
    Ok(())
}

/// Says what is here, what is missing, and how to get it.
///
/// # Errors
/// Something that the server needs is missing.
pub async fn doctor(data: &Path) -> Result<(), String> {
    println!("anabranch {}", env!("CARGO_PKG_VERSION"));
    println!("data folder   {}", data.display());
    let mut broken = false;
    match key(data) {
        Ok(_) => println!("keys          ok"),
        Err(error) => {
            broken = true;
            println!("keys          {error}");
        }
    }
    match folder::running(data) {
        None => println!("server        does not run: anabranch serve"),
        Some(running) => {
            let alive = match Url::parse(&format!("{}/readyz", running.url)) {
                Ok(url) => {
                    let asked = Asked { method: Method::GET, url, key: None, body: None, patience: SOON };
                    call(asked).await.is_ok()
                }
                Err(_) => false,
            };
            println!(
                "server        {} {}",
                running.url,
                if alive { "answers" } else { "does not answer: anabranch serve" }
            );
        }
    }
    let egress = Egress::new().map_err(|error| error.to_string())?;
    match crate::provider::embedded(None, &egress) {
        None => println!("embedded model  not in this build"),
        Some(embedded) => println!("embedded model  {}", embedded.weights.status().message),
    }
    let python = Python::new(None, Supervisor::default());
    println!(
        "python        {}",
        if python.is_here() { "Ready." } else { "Not here yet. Fetch it: anabranch python fetch" }
    );
    if broken { Err("something is missing, see above".to_owned()) } else { Ok(()) }
}

/// Fetches the embedded model's weights.
///
/// # Errors
/// They could not be had; the message says what to do.
#[cfg(feature = "local-models")]
pub async fn model(command: crate::config::ModelCommand) -> Result<(), String> {
    let crate::config::ModelCommand::Fetch { file } = command;
    let egress = Egress::new().map_err(|error| error.to_string())?;
    crate::provider::fetch_embedded(None, &egress, file, |line| println!("{line}")).await
}

/// Fetches the Python of Code nodes.
///
/// # Errors
/// It could not be had; the message says what to do.
pub async fn python(command: crate::config::PythonCommand) -> Result<(), String> {
    let crate::config::PythonCommand::Fetch { file } = command;
    let egress = Egress::new().map_err(|error| error.to_string())?;
    crate::python::interpreter::fetch(None, &egress, file, |line| println!("{line}")).await
}

/// What a shell has to be told so that `anabranch env` is found there and means this server; nothing where it does.
pub fn shell_setting(data: &crate::config::Data) -> Option<String> {
    let own = std::env::current_exe().ok()?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let name = format!("anabranch{}", std::env::consts::EXE_SUFFIX);
    let found = std::env::split_paths(&path).map(|folder| folder.join(&name)).find(|file| file.is_file());
    let is_found = found.and_then(|file| file.canonicalize().ok()) == own.canonicalize().ok();
    let mut settings = Vec::new();
    if let (false, Some(folder)) = (is_found, own.parent()) {
        settings.push(format!("PATH={}:\"$PATH\"", quoted(&folder.display().to_string())));
    }
    if let Some(folder) = &data.data {
        let folder = std::path::absolute(folder).ok()?;
        settings.push(format!("ANABRANCH_DATA={}", quoted(&folder.display().to_string())));
    }
    (!settings.is_empty()).then(|| format!("export {}", settings.join(" ")))
}

/// A text as a shell takes it whole.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Opens a link where there is a desktop; where there is none, the printed link has to do.
pub fn open_in_browser(link: &str) {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(target_os = "windows") {
        "explorer"
    } else if std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some() {
        "xdg-open"
    } else {
        return;
    };
    let mut command = Command::new(program);
    command.arg(link).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // A thread waits for it, so that no ended process is left behind.
    std::thread::spawn(move || command.status());
}

fn key(data: &Path) -> Result<LocalKey, String> {
    folder::make(data)
        .map_err(|error| format!("the data folder {} cannot be made: {error}", data.display()))?;
    let seal = Seal::open(data).map_err(|error| error.to_string())?;
    LocalKey::open(data, &seal).map_err(|error| error.to_string())
}

fn url(data: &Path) -> String {
    folder::running(data).map_or_else(|| USUAL_URL.to_owned(), |running| running.url)
}

/// What a running server is asked.
struct Asked<'a> {
    method: Method,
    url: Url,
    key: Option<&'a LocalKey>,
    body: Option<Vec<u8>>,
    patience: Duration,
}

async fn call(asked: Asked<'_>) -> Result<Vec<u8>, String> {
    let Asked { method, url, key, body, patience } = asked;
    let egress = Egress::new().map_err(|error| error.to_string())?;
    let host = HeaderValue::from_str(url.authority()).map_err(|error| error.to_string())?;
    let mut headers = vec![(HOST, host)];
    if let Some(key) = key {
        let bearer = HeaderValue::from_str(&format!("Bearer {}", key.api_key));
        let mut bearer = bearer.map_err(|error| error.to_string())?;
        bearer.set_sensitive(true);
        headers.push((AUTHORIZATION, bearer));
    }
    let call = Call { method, url, headers, body, reach: Reach::Trusted, patience: Some(patience) };
    let response = egress.call(call).await.map_err(|error| error.to_string())?;
    let status = response.status;
    let answer = response.bytes().await.map_err(|error| error.to_string());
    if status.is_success() {
        return answer;
    }
    // A refusal says in words what was wrong.
    let problem = answer.ok().and_then(|answer| serde_json::from_slice::<ErrorDocument>(&answer).ok());
    Err(problem.map_or_else(|| format!("it answered {status}"), |problem| problem.detail))
}
