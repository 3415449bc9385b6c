//! Published vectors: RFC 3711 appendix B, RFC 7714 sections 16 and 17, and the packets that libsrtp checks itself
//! with at every start.

use super::cipher::{Cipher, Labels};
use super::{Keys, Receiver, Sender, Suite, Transforms};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => byte - b'A' + 10,
        })
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

const MASTER_KEY: &str = "E1F97A0D3E018BE0D64FA32C06DE4139";
const MASTER_SALT: &str = "0EC675AD498AFEEBB6960B3AABE6";

#[test]
fn keystream_is_that_of_rfc_3711_appendix_b2() {
    let salt = bytes("F0F1F2F3F4F5F6F7F8F9FAFBFCFD").try_into().unwrap();
    let cipher = Cipher::counter(&bytes("2B7E151628AED2A6ABF7158809CF4F3C"), salt, &[0; 20]);
    let mut packet = vec![0; 12 + 48];
    cipher.seal(&mut packet, 12, 0, 0);
    let expected = bytes(
        "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB
         41E95B3BB0A2E8DD477901E4FCA894C0",
    );
    assert_eq!(packet[12..60], expected);
}

#[test]
fn session_keys_are_those_of_rfc_3711_appendix_b3() {
    let (key, salt) = (bytes(MASTER_KEY), bytes(MASTER_SALT));
    let derived = Cipher::derive(Suite::AesCm128HmacSha1Tag80, Labels::MEDIA, &key, &salt);
    let given = Cipher::counter(
        &bytes("C61E7A93744F39EE10734AFE3FF7A087"),
        bytes("30CBBC08863D8C85D49DB34A9AE1").try_into().unwrap(),
        &bytes("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"),
    );
    assert_eq!(sealed(&derived), sealed(&given));
}

// RFC 7714 11; values computed with another implementation of AES.
#[test]
fn session_keys_of_gcm_come_from_a_salt_with_zeros_behind_it() {
    let salt = bytes("a0a1a2a3a4a5a6a7a8a9aaab");
    let cases = [
        (
            Suite::AeadAes128Gcm,
            "000102030405060708090a0b0c0d0e0f",
            "077c6143cb221bc355ff23d5f984a16e",
            "9af3e95364ebac9c99c5a7c4",
        ),
        (
            Suite::AeadAes256Gcm,
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "b7a435ce454463b760dc82c838468a115c699625af4b93a0f8220a2a6119c5d0",
            "944bd21c268a962cd09c674a",
        ),
    ];
    for (suite, master, key, session_salt) in cases {
        let derived = Cipher::derive(suite, Labels::MEDIA, &bytes(master), &salt);
        let given = Cipher::gcm(&bytes(key), bytes(session_salt).try_into().unwrap());
        assert_eq!(sealed(&derived), sealed(&given), "{suite:?}");
    }
}

fn sealed(cipher: &Cipher) -> Vec<u8> {
    let mut packet = vec![0x80; 50];
    cipher.seal(&mut packet, 12, 0xCAFE_BABE, 0x1_0007);
    packet
}

#[test]
fn packets_are_those_that_libsrtp_checks_itself_with() {
    let master = [bytes(MASTER_KEY), bytes(MASTER_SALT)].concat();
    let keys = Keys::new(Suite::AesCm128HmacSha1Tag80, &master).unwrap();
    let plain = bytes("800f1234decafbadcafebabe abababababababababababababababab");
    let expected =
        bytes("800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb");
    let mut packet = plain.clone();
    Sender::new(&keys).protect(&mut packet).unwrap();
    assert_eq!(packet, expected);
    Receiver::new(&keys).open(&mut packet).unwrap();
    assert_eq!(packet, plain);
}

fn rfc_7714(suite: Suite) -> Cipher {
    let key: Vec<u8> = (0..32).collect();
    let salt = *b"Quid pro quo";
    match suite {
        Suite::AeadAes256Gcm => Cipher::gcm(&key, salt),
        Suite::AeadAes128Gcm | Suite::AesCm128HmacSha1Tag80 => Cipher::gcm(&key[..16], salt),
    }
}

#[test]
fn media_packets_are_those_of_rfc_7714_section_16() {
    let plain = bytes(
        "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976
         69736120 696e2070 61727465 73207472 6573",
    );
    let cases = [
        (
            Suite::AeadAes128Gcm,
            "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5
             0d294e6f 42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce",
        ),
        (
            Suite::AeadAes256Gcm,
            "8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238
             9a58e2f3 b50b2a02 76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13",
        ),
    ];
    for (suite, expected) in cases {
        let cipher = rfc_7714(suite);
        let mut packet = plain.clone();
        cipher.seal(&mut packet, 12, 0x5501_a0b2, 0xf17b);
        assert_eq!(packet, bytes(expected), "{suite:?}");
        cipher.open(&mut packet, 12, 0x5501_a0b2, 0xf17b).unwrap();
        assert_eq!(packet, plain);
    }
}

const RTCP: &str = "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61
                    deadbeef deadbeef deadbeef deadbeef deadbeef";

#[test]
fn control_packets_are_those_of_rfc_7714_section_17() {
    let cases = [
        (
            Suite::AeadAes128Gcm,
            "81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d
             c676a5f1 730d6fda 4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872
             45d9eade 800005d4",
        ),
        (
            Suite::AeadAes256Gcm,
            "81c8000d 4d617273 d50ae4d1 f5ce5d30 4ba297e4 7d470c28 2c3ece5d bffe0a50
             a2eaa5c1 110555be 8415f658 c61de047 6f1b6fad 1d1eb30c 4446839f 57ff6f6c
             b26ac3be 800005d4",
        ),
    ];
    for (suite, expected) in cases {
        let cipher = rfc_7714(suite);
        let mut packet = bytes(RTCP);
        cipher.seal_control(&mut packet, 0x4d61_7273, 0x5d4);
        assert_eq!(packet, bytes(expected), "{suite:?}");
        assert_eq!(cipher.control_index(&packet), 0x5d4);
        cipher.open_control(&mut packet, 0x4d61_7273).unwrap();
        assert_eq!(packet, bytes(RTCP));
    }
}

#[test]
fn control_packets_that_are_only_authenticated_open_as_in_rfc_7714_section_17() {
    let cases = [
        (
            Suite::AeadAes128Gcm,
            "841dd968 3dd78ec9 2ae58790 125f62b3 000005d4",
        ),
        (
            Suite::AeadAes256Gcm,
            "91db4afb feee5a97 8fab4393 ed2615fe 000005d4",
        ),
    ];
    for (suite, end) in cases {
        let mut packet = [bytes(RTCP), bytes(end)].concat();
        let opened = rfc_7714(suite).open_control(&mut packet, 0x4d61_7273);
        assert_eq!((opened, packet), (Ok(()), bytes(RTCP)), "{suite:?}");
    }
}

#[test]
fn control_keys_are_others_than_those_of_the_media() {
    let keys = Keys::new(Suite::AeadAes128Gcm, &[7; 28]).unwrap();
    let Transforms { media, control } = Transforms::derive(&keys);
    assert_ne!(sealed(&media), sealed(&control));
}
