//! The 34 operations of Call Automation 2026-03-12, by the names of the contract.
//!
//! All of them are known, so that one that is not built answers 501 by name instead of 404.

macro_rules! calling {
    ($($variant:ident $name:literal $method:literal $template:literal $repeatable:literal;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Calling { $($variant,)+ }

        pub(crate) const TABLE: &[(Calling, &str, &str)] = &[$((Calling::$variant, $method, $template),)+];

        impl Calling {
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Whether the SDKs send repeatability headers with it.
            pub(crate) const fn is_repeatable(self) -> bool {
                match self { $(Self::$variant => $repeatable,)+ }
            }
        }
    };
}

calling! {
    CreateCall "CreateCall" "POST" "/calling/callConnections" true;
    AnswerCall "AnswerCall" "POST" "/calling/callConnections:answer" true;
    RedirectCall "RedirectCall" "POST" "/calling/callConnections:redirect" true;
    RejectCall "RejectCall" "POST" "/calling/callConnections:reject" true;
    Connect "Connect" "POST" "/calling/callConnections:connect" true;
    GetCall "CallConnection_GetCall" "GET" "/calling/callConnections/{id}" false;
    HangUp "CallConnection_HangupCall" "DELETE" "/calling/callConnections/{id}" false;
    Terminate "CallConnection_TerminateCall" "POST" "/calling/callConnections/{id}:terminate" true;
    Transfer "CallConnection_TransferToParticipant" "POST" "/calling/callConnections/{id}:transferToParticipant" true;
    ListParticipants "CallConnection_GetParticipants" "GET" "/calling/callConnections/{id}/participants" false;
    AddParticipant "CallConnection_AddParticipant" "POST" "/calling/callConnections/{id}/participants:add" true;
    RemoveParticipant "CallConnection_RemoveParticipant" "POST" "/calling/callConnections/{id}/participants:remove" true;
    Mute "CallConnection_Mute" "POST" "/calling/callConnections/{id}/participants:mute" true;
    CancelAdd "CallConnection_CancelAddParticipant" "POST" "/calling/callConnections/{id}/participants:cancelAddParticipant" true;
    Move "CallConnection_MoveParticipants" "POST" "/calling/callConnections/{id}/participants:moveHere" true;
    GetParticipant "CallConnection_GetParticipant" "GET" "/calling/callConnections/{id}/participants/{raw}" false;
    Play "CallMedia_Play" "POST" "/calling/callConnections/{id}:play" false;
    StartTranscription "CallMedia_StartTranscription" "POST" "/calling/callConnections/{id}:startTranscription" false;
    StopTranscription "CallMedia_StopTranscription" "POST" "/calling/callConnections/{id}:stopTranscription" false;
    UpdateTranscription "CallMedia_UpdateTranscription" "POST" "/calling/callConnections/{id}:updateTranscription" false;
    CancelAllMedia "CallMedia_CancelAllMediaOperations" "POST" "/calling/callConnections/{id}:cancelAllMediaOperations" false;
    Recognize "CallMedia_Recognize" "POST" "/calling/callConnections/{id}:recognize" false;
    StartDtmf "CallMedia_StartContinuousDtmfRecognition" "POST" "/calling/callConnections/{id}:startContinuousDtmfRecognition" false;
    StopDtmf "CallMedia_StopContinuousDtmfRecognition" "POST" "/calling/callConnections/{id}:stopContinuousDtmfRecognition" false;
    SendDtmf "CallMedia_SendDtmfTones" "POST" "/calling/callConnections/{id}:sendDtmfTones" true;
    Hold "CallMedia_Hold" "POST" "/calling/callConnections/{id}:hold" false;
    Unhold "CallMedia_Unhold" "POST" "/calling/callConnections/{id}:unhold" false;
    StartStreaming "CallMedia_StartMediaStreaming" "POST" "/calling/callConnections/{id}:startMediaStreaming" false;
    StopStreaming "CallMedia_StopMediaStreaming" "POST" "/calling/callConnections/{id}:stopMediaStreaming" false;
    StartRecording "CallRecording_StartRecording" "POST" "/calling/recordings" true;
    GetRecording "CallRecording_GetRecordingProperties" "GET" "/calling/recordings/{id}" false;
    StopRecording "CallRecording_StopRecording" "DELETE" "/calling/recordings/{id}" false;
    PauseRecording "CallRecording_PauseRecording" "POST" "/calling/recordings/{id}:pause" false;
    ResumeRecording "CallRecording_ResumeRecording" "POST" "/calling/recordings/{id}:resume" false;
}

macro_rules! previews {
    ($($variant:ident $name:literal $template:literal;)+) => {
        /// Operations that only previews of the contract have (reference 3, "not present in GA", and 5.3).
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Preview { $($variant,)+ }

        pub(crate) const PREVIEWS: &[(Preview, &str, &str)] = &[$((Preview::$variant, "POST", $template),)+];

        impl Preview {
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

previews! {
    SummarizeCall "CallMedia_SummarizeCall" "/calling/callConnections/{id}:summarizeCall";
    StartDialog "CallDialog_StartDialog" "/calling/callConnections/{id}:startDialog";
    StopDialog "CallDialog_StopDialog" "/calling/callConnections/{id}:stopDialog";
    UpdateDialog "CallDialog_UpdateDialog" "/calling/callConnections/{id}:updateDialog";
    Announce "CallMedia_InterruptAudioAndAnnounce" "/calling/callConnections/{id}:interruptAudioAndAnnounce";
    Unmute "CallConnection_Unmute" "/calling/callConnections/{id}/participants:unmute";
}

impl Calling {
    /// Whether the emulator does it; docs/emulator.md says the same, and a test compares the two.
    #[cfg(test)]
    pub(crate) const fn is_built(self) -> bool {
        matches!(
            self,
            Self::CreateCall
                | Self::AnswerCall
                | Self::RedirectCall
                | Self::RejectCall
                | Self::GetCall
                | Self::HangUp
                | Self::Terminate
                | Self::ListParticipants
                | Self::AddParticipant
                | Self::RemoveParticipant
                | Self::CancelAdd
                | Self::GetParticipant
                | Self::Play
                | Self::CancelAllMedia
                | Self::Recognize
                | Self::Transfer
                | Self::Connect
                | Self::Move
                | Self::Mute
                | Self::StartStreaming
                | Self::StopStreaming
                | Self::StartTranscription
                | Self::StopTranscription
                | Self::UpdateTranscription
                | Self::StartDtmf
                | Self::StopDtmf
                | Self::SendDtmf
                | Self::Hold
                | Self::Unhold
                | Self::StartRecording
                | Self::GetRecording
                | Self::StopRecording
                | Self::PauseRecording
                | Self::ResumeRecording
        )
    }
}
