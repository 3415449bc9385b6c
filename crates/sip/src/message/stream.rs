//! Messages out of a byte stream, framed by Content-Length (RFC 3261 18.3), and the keep-alive of
//! RFC 5626. After an error the position in the stream is lost: the connection must be closed.

use super::{MESSAGE_BYTES_MAX, Message, head};
use crate::Error;

/// Read at most this much from the connection before taking items out.
const BUFFER_BYTES_MAX: usize = 2 * MESSAGE_BYTES_MAX;

/// What a stream held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Message(Message),
    /// A double CRLF: answer one CRLF on the same connection (RFC 5626 4.4.1).
    Ping,
}

/// The receiving side of one connection.
#[derive(Debug, Clone, Default)]
pub struct Stream {
    buffer: Vec<u8>,
    /// Up to where no end of a head was found.
    searched: usize,
    failed: Option<Error>,
}

impl Stream {
    /// Takes bytes as they came, cut anywhere.
    pub fn handle_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if self.buffer.len() + bytes.len() > BUFFER_BYTES_MAX {
            return Err(self.fail(Error::Limit("bytes not taken from a stream")));
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// The next whole item; none means that more bytes are needed.
    pub fn poll_item(&mut self) -> Result<Option<Item>, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.next_item().map_err(|error| self.fail(error))
    }

    fn next_item(&mut self) -> Result<Option<Item>, Error> {
        loop {
            match self.buffer.as_slice() {
                [b'\r', b'\n', b'\r', b'\n', ..] => {
                    self.consume(4);
                    return Ok(Some(Item::Ping));
                }
                // The start of a ping, or of the answer to ours: the next bytes tell.
                [] | [b'\r'] | [b'\r', b'\n'] | [b'\r', b'\n', b'\r'] => return Ok(None),
                [b'\r', b'\n', ..] => self.consume(2),
                _ => return Ok(self.next_message()?.map(Item::Message)),
            }
        }
    }

    fn next_message(&mut self) -> Result<Option<Message>, Error> {
        let Some(head_end) = head::end(&self.buffer, self.searched) else {
            self.searched = self.buffer.len();
            if self.buffer.len() > MESSAGE_BYTES_MAX {
                return Err(Error::Limit("message length"));
            }
            return Ok(None);
        };
        if head_end > MESSAGE_BYTES_MAX {
            return Err(Error::Limit("message length"));
        }
        let (head, after) = self.buffer.split_at(head_end);
        let (mut message, length) = head::parse(head)?;
        let length = length.ok_or(Error::Unframed)?;
        if length > MESSAGE_BYTES_MAX - head_end {
            return Err(Error::Limit("message length"));
        }
        let Some((body, _)) = after.split_at_checked(length) else {
            // The head is read again when the body has come: at most a few times per message.
            self.searched = head_end - 4;
            return Ok(None);
        };
        message.set_body(body);
        self.consume(head_end + length);
        Ok(Some(message))
    }

    fn consume(&mut self, n_bytes: usize) {
        self.buffer.drain(..n_bytes);
        self.searched = 0;
    }

    fn fail(&mut self, error: Error) -> Error {
        self.failed = Some(error);
        self.buffer = Vec::new();
        error
    }
}
