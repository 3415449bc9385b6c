//! Messages out of a byte stream, framed by Content-Length (RFC 3261 18.3), and the keep-alive of
//! RFC 5626. After an error the position in the stream is lost: the connection must be closed.

use super::{MESSAGE_BYTES_MAX, Message, head};
use crate::Error;

/// Read at most this much from the connection before taking items out.
const BUFFER_BYTES_MAX: usize = 2 * MESSAGE_BYTES_MAX;

/// Keeps a connection open (RFC 5626 4.4.1): Teams closes its side after two minutes without
/// anything, and this counts (Direct Routing A.3).
pub const PING: &[u8] = b"\r\n\r\n";
/// The answer to one.
pub const PONG: &[u8] = b"\r\n";

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
    open: Option<Open>,
    failed: Option<Error>,
    keeps_bytes: bool,
    kept: Vec<u8>,
}

/// A message whose head is read and whose body is not all there. It is kept, so that a peer which
/// sends its body byte by byte does not have the head read again each time.
#[derive(Debug, Clone)]
struct Open {
    message: Message,
    body_from: usize,
    body_to: usize,
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

    /// Whether a message has begun that is not all there.
    #[must_use]
    pub fn is_inside_message(&self) -> bool {
        !matches!(
            self.buffer.as_slice(),
            [] | [b'\r'] | [b'\r', b'\n'] | [b'\r', b'\n', b'\r']
        )
    }

    /// Whether [`Self::take_bytes`] is wanted, for traces; costs a copy of each message.
    pub const fn keep_bytes(&mut self, is_wanted: bool) {
        self.keeps_bytes = is_wanted;
    }

    /// The last message as it came; none while it is not wanted.
    pub fn take_bytes(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.kept)).filter(|bytes| !bytes.is_empty())
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
            if self.open.is_some() {
                return Ok(self.next_message()?.map(Item::Message));
            }
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
        let open = match self.open.take() {
            Some(open) => open,
            None => match self.next_head()? {
                Some(open) => open,
                None => return Ok(None),
            },
        };
        let Some(body) = self.buffer.get(open.body_from..open.body_to) else {
            self.open = Some(open);
            return Ok(None);
        };
        let Open {
            mut message,
            body_to,
            ..
        } = open;
        message.set_body(body);
        if self.keeps_bytes {
            self.kept = self.buffer.get(..body_to).unwrap_or_default().to_vec();
        }
        self.consume(body_to);
        Ok(Some(message))
    }

    fn next_head(&mut self) -> Result<Option<Open>, Error> {
        let Some(body_from) = head::end(&self.buffer, self.searched) else {
            self.searched = self.buffer.len();
            if self.buffer.len() > MESSAGE_BYTES_MAX {
                return Err(Error::Limit("message length"));
            }
            return Ok(None);
        };
        if body_from > MESSAGE_BYTES_MAX {
            return Err(Error::Limit("message length"));
        }
        let (message, length) = head::parse(self.buffer.split_at(body_from).0)?;
        let length = length.ok_or(Error::Unframed)?;
        if length > MESSAGE_BYTES_MAX - body_from {
            return Err(Error::Limit("message length"));
        }
        Ok(Some(Open {
            message,
            body_from,
            body_to: body_from + length,
        }))
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
