//! Server-sent events from a stream of bytes, however it is cut.
//!
//! Always holds: an event is given out once its blank line has arrived, and never before; comments give nothing.

/// One event of a stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    pub id: Option<String>,
    pub event: Option<String>,
    pub data: String,
}

/// Cuts bytes into events. Lines end in LF or CR LF.
#[derive(Debug, Default)]
pub struct Parser {
    line: Vec<u8>,
    message: Message,
    has_data: bool,
}

impl Parser {
    /// The events that these bytes complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Message> {
        let mut complete = Vec::new();
        for &byte in bytes {
            if byte == b'\n' {
                complete.extend(self.end_line());
            } else {
                self.line.push(byte);
            }
        }
        complete
    }

    fn end_line(&mut self) -> Option<Message> {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(&line));
        if line.is_empty() {
            let message = std::mem::take(&mut self.message);
            return std::mem::take(&mut self.has_data).then_some(message);
        }
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        self.field(name, value.strip_prefix(' ').unwrap_or(value));
        None
    }

    fn field(&mut self, name: &str, value: &str) {
        match name {
            "id" => self.message.id = Some(value.to_owned()),
            "event" => self.message.event = Some(value.to_owned()),
            "data" => {
                if self.has_data {
                    self.message.data.push('\n');
                }
                self.message.data.push_str(value);
                self.has_data = true;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = ": hello\n\nevent: execution\r\ndata: {\"executionId\":\"x\"}\r\n\r\nid: 1\nevent: nodeDelta\n\
                          data: grüße 🌊\ndata:zwei\n\n: beat\n\nid: 2\ndata\n\ndata: unfinished\n";

    fn expected() -> Vec<Message> {
        let message = |id: Option<&str>, event: Option<&str>, data: &str| Message {
            id: id.map(str::to_owned),
            event: event.map(str::to_owned),
            data: data.to_owned(),
        };
        vec![
            message(None, Some("execution"), "{\"executionId\":\"x\"}"),
            message(Some("1"), Some("nodeDelta"), "grüße 🌊\nzwei"),
            message(Some("2"), None, ""),
        ]
    }

    #[test]
    fn every_cut_of_the_stream_gives_the_same_events() {
        let bytes = STREAM.as_bytes();
        for size in 1..=bytes.len() {
            let mut parser = Parser::default();
            let events: Vec<Message> = bytes.chunks(size).flat_map(|chunk| parser.push(chunk)).collect();
            assert_eq!(events, expected(), "in pieces of {size} bytes");
        }
    }

    #[test]
    fn an_event_waits_for_its_blank_line() {
        let mut parser = Parser::default();
        assert!(parser.push(b"data: a\n").is_empty());
        assert_eq!(parser.push(b"\n").len(), 1);
    }
}
