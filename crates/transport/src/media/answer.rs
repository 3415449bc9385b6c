//! The answer to an order that a media thread carries out.

use super::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::oneshot;

/// What becomes of an order: to be awaited, waited for, or dropped. When it is there, the order is in force.
#[derive(Debug)]
pub struct Answer<T>(State<T>);

#[derive(Debug)]
enum State<T> {
    Asked(oneshot::Receiver<Result<T, Error>>),
    /// The order did not reach a thread.
    Refused(Option<Error>),
}

impl<T> Answer<T> {
    pub(super) const fn refused(error: Error) -> Self {
        Self(State::Refused(Some(error)))
    }

    pub(super) const fn asked(receiver: oneshot::Receiver<Result<T, Error>>) -> Self {
        Self(State::Asked(receiver))
    }

    /// Waits in a thread that runs no executor.
    pub fn wait(self) -> Result<T, Error> {
        match self.0 {
            State::Asked(receiver) => receiver.blocking_recv().unwrap_or(Err(Error::Ended)),
            State::Refused(error) => Err(error.unwrap_or(Error::Ended)),
        }
    }
}

impl<T: Unpin> Future for Answer<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Asked(receiver) => Pin::new(receiver)
                .poll(context)
                .map(|answer| answer.unwrap_or(Err(Error::Ended))),
            State::Refused(error) => Poll::Ready(Err(error.take().unwrap_or(Error::Ended))),
        }
    }
}
