//! What is known of a call that arrived, as it lies among the personal data: who calls, and what an
//! edge needs to answer. The journal has a reference to it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tandem_core::ids::SubjectRef;
use tandem_store::{CenterId, KeyFamily, Subjects};

/// What an arrival told (B-167).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrivalDetail {
    /// The customer's number in E.164 form; none when withheld.
    pub number: Option<String>,
    /// The customer's name, if the network gave one that is not the number.
    pub name: Option<String>,
    /// The customer's identifier on the wire.
    pub from_raw_id: String,
    /// The called identifier on the wire.
    pub to_raw_id: String,
    /// On whose behalf the call came, if it was forwarded.
    pub on_behalf_of_raw_id: Option<String>,
    /// What the answer must carry.
    pub incoming_call_context: String,
    /// The other side's id of the call.
    pub server_call_id: String,
    /// The other side's correlation id.
    pub correlation_id: String,
    /// Context headers (B-170), all of them.
    pub voip_headers: BTreeMap<String, String>,
    /// Context headers that came by SIP.
    pub sip_headers: BTreeMap<String, String>,
}

/// Why an arrival's detail cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ArrivalUnreadable {
    /// The store did not answer.
    #[error("the personal data cannot be read")]
    Store(#[from] tandem_store::Error),
    /// It cannot be opened with the present keys.
    #[error(transparent)]
    Sealed(#[from] tandem_store::SealError),
    /// The person was erased, or it was never written.
    #[error("the personal data is gone")]
    Gone,
    /// It is not what it must be.
    #[error("the personal data is damaged")]
    Damaged,
}

/// Reads an arrival's detail.
///
/// # Errors
/// [`ArrivalUnreadable`] when it is gone or cannot be opened.
pub async fn read(
    subjects: &dyn Subjects,
    keys: &KeyFamily,
    center: &CenterId,
    arrival: SubjectRef,
) -> Result<ArrivalDetail, ArrivalUnreadable> {
    let stored = subjects.get(center, arrival).await?;
    let stored = stored.ok_or(ArrivalUnreadable::Gone)?;
    let plain = keys.open(center, &stored)?.ok_or(ArrivalUnreadable::Gone)?;
    let detail = serde_json::from_slice(&plain);
    detail.or(Err(ArrivalUnreadable::Damaged))
}
