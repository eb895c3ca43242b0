//! Splits a byte stream into server-sent events, wherever the pieces are cut.

/// Gathers bytes and yields the data of each whole event.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    buffer: Vec<u8>,
    /// How much of the buffer was looked at and holds no event's end.
    looked: usize,
}

/// An event longer than this is none.
const LONGEST: usize = 4 * 1024 * 1024;

impl Splitter {
    /// The data of the events that these bytes complete; an error where an event grows past all measure or is no
    /// UTF-8.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<String>, &'static str> {
        self.buffer.extend_from_slice(bytes);
        let mut events = Vec::new();
        while let Some((length, end)) = self.boundary() {
            let block: Vec<u8> = self.buffer.drain(..end).take(length).collect();
            let text = String::from_utf8(block).map_err(|_| "the stream is not UTF-8")?;
            let data: Vec<&str> = text
                .lines()
                .filter_map(|line| line.strip_prefix("data:"))
                .map(|data| data.strip_prefix(' ').unwrap_or(data))
                .collect();
            if !data.is_empty() {
                events.push(data.join("\n"));
            }
        }
        if self.buffer.len() > LONGEST { Err("an event of the stream is too long") } else { Ok(events) }
    }

    /// Where the first event ends, without and with the empty line.
    fn boundary(&mut self) -> Option<(usize, usize)> {
        let found = (self.looked..self.buffer.len()).find_map(|at| {
            let rest = self.buffer.get(at..)?;
            ENDS.iter().find(|end| rest.starts_with(end)).map(|end| (at, at + end.len()))
        });
        // The longest end may begin in the last bytes.
        self.looked = if found.is_some() { 0 } else { self.buffer.len().saturating_sub(3) };
        found
    }
}

/// The ways to end an event.
const ENDS: [&[u8]; 3] = [b"\r\n\r\n", b"\n\n", b"\r\r"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_do_not_matter() {
        let stream =
            "data: {\"a\":\"é\"}\n\n: ping\n\nevent: x\r\ndata: one\r\ndata:two\r\n\r\ndata: [DONE]\n\n"
                .as_bytes();
        for size in 1..stream.len() {
            let mut splitter = Splitter::default();
            let events: Vec<String> =
                stream.chunks(size).flat_map(|piece| splitter.push(piece).unwrap()).collect();
            assert_eq!(events, ["{\"a\":\"é\"}", "one\ntwo", "[DONE]"], "pieces of {size}");
        }
    }
}
