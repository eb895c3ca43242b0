//! The process that reads one file, seen from the server.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;
use tracing::warn;

use super::limits::PROCESSOR;
use super::{Kind, LARGEST_FILE, LARGEST_TEXT, MARK, Text, Unreadable, fits, utf8};

/// How long a file may take, waiting for a processor and all.
const PATIENCE: Duration = Duration::from_secs(60);
/// The most that a process may say: its answer, whose JSON may be six times the text, and what libraries print.
const LARGEST_ANSWER: u64 = 8 * LARGEST_TEXT as u64;

/// Reads files; clones share their turns.
#[derive(Clone, Debug)]
pub struct Reader {
    program: PathBuf,
    turns: Arc<Semaphore>,
}

impl Reader {
    /// By this program; the running one where there is none. As many files are read together as there are cores.
    pub fn new(program: Option<PathBuf>) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self { program: program.unwrap_or_else(own_program), turns: Arc::new(Semaphore::new(cores)) }
    }

    /// What a file says.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub async fn read(&self, kind: Kind, bytes: Vec<u8>) -> Result<Text, Unreadable> {
        if bytes.len() > LARGEST_FILE {
            return Err(Unreadable::new("It is larger than 10 MiB. Split it."));
        }
        // A text has no parts to take apart.
        if kind == Kind::Text {
            return fits(Text { title: None, text: utf8(&bytes)?.to_owned() });
        }
        let _turn = self.turns.acquire().await;
        match tokio::time::timeout(PATIENCE, self.process(kind, bytes)).await {
            Ok(read) => read,
            Err(_) => Err(Unreadable::new("Reading it took longer than 60 s. Split it.")),
        }
    }

    async fn process(&self, kind: Kind, bytes: Vec<u8>) -> Result<Text, Unreadable> {
        let mut child = self.start(kind).map_err(|error| {
            warn!("no file can be read, since no process could be started: {error}");
            Unreadable::new("No process could be started to read it. The server's log says why.")
        })?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let writing = async {
            if let Some(mut input) = input {
                // A reader that ended has said why.
                let _ = input.write_all(&bytes).await;
            }
        };
        let reading = async {
            let mut answer = Vec::new();
            if let Some(output) = output {
                let _ = output.take(LARGEST_ANSWER).read_to_end(&mut answer).await;
            }
            answer
        };
        let (answer, ()) = tokio::join!(reading, writing);
        if answer.len() as u64 == LARGEST_ANSWER {
            return Err(Unreadable::new("It has more than 4 MiB of text. Split it."));
        }
        let status = child.wait().await;
        let from = answer.iter().rposition(|byte| *byte == MARK).map_or(answer.len(), |at| at + 1);
        let said = answer.get(from..).and_then(|said| serde_json::from_slice(said).ok());
        said.unwrap_or_else(|| Err(ended(status.ok())))
    }

    /// A process without environment that goes when nobody waits for it.
    fn start(&self, kind: Kind) -> std::io::Result<Child> {
        Command::new(&self.program)
            .args(["read-document", kind.word()])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }
}

/// The program that runs, also where its file was replaced meanwhile.
fn own_program() -> PathBuf {
    if cfg!(target_os = "linux") {
        return PathBuf::from("/proc/self/exe");
    }
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("anabranch"))
}

/// Why a reader ended without an answer.
fn ended(status: Option<ExitStatus>) -> Unreadable {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        match status.and_then(|status| status.signal()) {
            // SIGKILL and SIGXCPU.
            Some(9 | 24) => {
                return Unreadable::new(format!("Reading it took longer than {PROCESSOR} s. Split it."));
            }
            // SIGABRT, SIGBUS and SIGSEGV.
            Some(6 | 7 | 11) => {
                return Unreadable::new(
                    "Reading it takes more than 1 GiB of memory, or it is nested too deeply. Split it.",
                );
            }
            _ => {}
        }
    }
    match status.and_then(|status| status.code()) {
        // What a library of Rust ends with when it has met what it did not think of.
        Some(101) => Unreadable::new("It is broken, or of a kind that cannot be read."),
        _ => Unreadable::new("Its reader ended without an answer."),
    }
}
