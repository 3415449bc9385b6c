//! An HTTP request as data: built here, signed by `acs::hmac` or a bearer token, sent by the edge.
//!
//! It must not know host, scheme or transport; those are the edge's configuration.

/// The HTTP methods of this contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// Upper case, as it is signed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// OASIS repeatability: the service executes one id once, however often it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeatability {
    /// A uuid in version 4 form; the caller derives it from the key of its effect.
    pub request_id: String,
    /// RFC 1123 date of the *first* sending; repeats carry the same one.
    pub first_sent: String,
}

impl Repeatability {
    pub const REQUEST_ID_HEADER: &'static str = "Repeatability-Request-ID";
    pub const FIRST_SENT_HEADER: &'static str = "Repeatability-First-Sent";
}

/// A request without its host. A body is always JSON unless the builder says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    /// Percent-encoded exactly as it goes on the wire, because this text is signed.
    pub path_and_query: String,
    pub body: Option<Vec<u8>>,
    pub repeatability: Option<Repeatability>,
}

impl Request {
    pub(crate) fn without_body(method: Method, path_and_query: String) -> Self {
        Self {
            method,
            path_and_query,
            body: None,
            repeatability: None,
        }
    }

    pub(crate) fn with_json<T: serde::Serialize>(
        method: Method,
        path_and_query: String,
        body: &T,
    ) -> Self {
        let body = serde_json::to_vec(body)
            .expect("wire structs have string keys and cannot fail to serialize");
        Self {
            method,
            path_and_query,
            body: Some(body),
            repeatability: None,
        }
    }

    pub(crate) fn repeatable(mut self, repeatability: Repeatability) -> Self {
        self.repeatability = Some(repeatability);
        self
    }

    /// The bytes that are hashed and sent; empty when there is no body.
    #[must_use]
    pub fn body_bytes(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::Repeatability;

    /// Some request's.
    pub(crate) fn once() -> Repeatability {
        Repeatability {
            request_id: "id".to_owned(),
            first_sent: "date".to_owned(),
        }
    }
}
