//! What a guest writes, gathered up to a bound. What goes past it is counted and dropped, so that the guest never waits.

use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError};

use super::Error;

/// How much a guest may write at once; it asks again for more.
const PERMIT: usize = 1 << 20;

#[derive(Clone)]
pub(super) struct Output {
    most: usize,
    written: Arc<Mutex<Written>>,
}

#[derive(Default)]
struct Written {
    bytes: Vec<u8>,
    /// How many of them were passed on.
    passed: usize,
    dropped: usize,
}

impl Output {
    pub fn new(most: usize) -> Self {
        Self { most, written: Arc::default() }
    }

    fn take(&self, bytes: &[u8]) {
        let mut written = self.written.lock();
        let room = self.most - written.bytes.len();
        let (kept, dropped) = bytes.split_at(room.min(bytes.len()));
        written.bytes.extend_from_slice(kept);
        written.dropped += dropped.len();
    }

    /// The whole lines that came since the last call.
    pub fn lines(&self) -> Option<String> {
        let mut written = self.written.lock();
        let new = &written.bytes[written.passed..];
        let whole = new.iter().rposition(|byte| *byte == b'\n')? + 1;
        let text = String::from_utf8_lossy(&new[..whole]).into_owned();
        written.passed += whole;
        Some(text)
    }

    /// All that came since the last call, and how much was left out.
    pub fn rest(&self) -> Option<String> {
        let mut written = self.written.lock();
        let mut text = String::from_utf8_lossy(&written.bytes[written.passed..]).into_owned();
        written.passed = written.bytes.len();
        if written.dropped > 0 {
            text += &format!("\n… {} more bytes are left out", written.dropped);
        }
        (!text.is_empty()).then_some(text)
    }

    /// The last line, which is all of it where there is one alone.
    pub fn last_line(&self) -> Result<Vec<u8>, Error> {
        let mut written = self.written.lock();
        if written.dropped > 0 {
            return Err(Error::TooLarge);
        }
        let from = written.bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        Ok(written.bytes.split_off(from))
    }
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    // The guest is of WASI's first version, which writes to the other stream alone.
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }
}

#[async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {}
}

impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> Result<(), StreamError> {
        self.take(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        Ok(())
    }

    fn check_write(&mut self) -> Result<usize, StreamError> {
        Ok(PERMIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_passed_on_whole_and_once() {
        let output = Output::new(100);
        assert_eq!(output.lines(), None);
        output.take("eins\nzw".as_bytes());
        assert_eq!((output.lines().as_deref(), output.lines()), (Some("eins\n"), None));
        output.take("ölf".as_bytes());
        assert_eq!((output.rest().as_deref(), output.rest()), (Some("zwölf"), None));
    }

    #[test]
    fn what_goes_past_the_bound_is_counted() {
        let output = Output::new(4);
        output.take(b"abcdefgh");
        output.take(b"i");
        assert_eq!(output.rest().unwrap(), "abcd\n… 5 more bytes are left out");
        assert!(matches!(output.last_line(), Err(Error::TooLarge)));
    }

    #[test]
    fn the_answer_is_the_last_line() {
        let output = Output::new(100);
        output.take(b"stray\n{}");
        assert_eq!(output.last_line().unwrap(), b"{}");
        assert_eq!(Output::new(1).last_line().unwrap(), b"");
    }
}
