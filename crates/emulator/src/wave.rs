//! How long a prompt file plays: the header of a WAV file, nothing else of it.
//!
//! The service wants WAV, mono, 16-bit PCM, 16 kHz (acs-call-automation.md 3, play). Other files fail
//! as 8535; 8 kHz is let through, because both are named in Microsoft's pages.

/// The length in milliseconds, or why the file cannot be played.
pub(crate) fn duration_ms(file: &[u8]) -> Result<u64, &'static str> {
    if file.get(0..4) != Some(b"RIFF") || file.get(8..12) != Some(b"WAVE") {
        return Err("the file is not a WAV file");
    }
    let mut at = 12_usize;
    let mut bytes_per_second = None;
    while let (Some(name), Some(length)) = (file.get(at..at + 4), u32_at(file, at + 4)) {
        let body = at + 8;
        if name == b"fmt " {
            let pcm = u16_at(file, body) == Some(1);
            let mono = u16_at(file, body + 2) == Some(1);
            let sixteen_bits = u16_at(file, body + 14) == Some(16);
            let rate = u32_at(file, body + 4).filter(|rate| matches!(rate, 8000 | 16000));
            let (true, true, true, Some(rate)) = (pcm, mono, sixteen_bits, rate) else {
                return Err("the file is not mono 16-bit PCM of 16 kHz");
            };
            bytes_per_second = Some(u64::from(rate) * 2);
        }
        if name == b"data" {
            let per_second = bytes_per_second.ok_or("the file has no format before its data")?;
            // Streams carry 0xFFFFFFFF here; what is there is what plays.
            let present = u64::try_from(file.len().saturating_sub(body)).unwrap_or(0);
            return Ok(u64::from(length).min(present) * 1000 / per_second);
        }
        let Ok(length) = usize::try_from(length) else {
            break;
        };
        at = body.saturating_add(length).saturating_add(length % 2);
        if at > file.len() {
            break;
        }
    }
    Err("the file has no data")
}

fn u16_at(file: &[u8], at: usize) -> Option<u16> {
    file.get(at..at + 2)?
        .try_into()
        .ok()
        .map(u16::from_le_bytes)
}

fn u32_at(file: &[u8], at: usize) -> Option<u32> {
    file.get(at..at + 4)?
        .try_into()
        .ok()
        .map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::duration_ms;

    fn wav(rate: u32, channels: u16, samples: u32) -> Vec<u8> {
        let data = samples * 2;
        let mut file = Vec::new();
        file.extend(b"RIFF");
        file.extend((36 + data).to_le_bytes());
        file.extend(b"WAVEfmt ");
        file.extend(16_u32.to_le_bytes());
        file.extend(1_u16.to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend((rate * 2).to_le_bytes());
        file.extend(2_u16.to_le_bytes());
        file.extend(16_u16.to_le_bytes());
        file.extend(b"data");
        file.extend(data.to_le_bytes());
        file.resize(44 + usize::try_from(data).unwrap(), 0);
        file
    }

    #[test]
    fn length_follows_from_rate_and_data() {
        assert_eq!(duration_ms(&wav(16_000, 1, 24_000)), Ok(1500));
        assert_eq!(duration_ms(&wav(8000, 1, 8000)), Ok(1000));
    }

    #[test]
    fn other_files_say_why_and_never_panic() {
        assert!(duration_ms(&wav(44_100, 1, 10)).is_err());
        assert!(duration_ms(&wav(16_000, 2, 10)).is_err());
        assert!(duration_ms(b"ID3").is_err());
        let good = wav(16_000, 1, 4);
        for cut in 0..44 {
            assert!(duration_ms(&good[..cut]).is_err());
        }
        let mut endless = good;
        endless[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(duration_ms(&endless).is_err());
    }
}
