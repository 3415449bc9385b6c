// A self-signed certificate with its key, since Node makes keys but no certificates: the few values of DER
// (ITU-T X.690) that RFC 5280, 4.1, asks for.

import { createHash, generateKeyPairSync, sign } from "node:crypto";

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
const GENERALIZED_TIME = 0x18;
const VERSION_TAG = 0xa0;
/** sha256WithRSAEncryption and its NULL parameters; id-at-commonName. */
const SIGNATURE = Buffer.from("300d06092a864886f70d01010b0500", "hex");
const COMMON_NAME = Buffer.from("0603550403", "hex");
const DAY_MS = 24 * 3600 * 1000;

/** `{ privateKey, pem, thumbprintSha256 }` of a certificate that is good for a day. */
export function newCertificate() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const name = element(SEQUENCE, element(SET, element(SEQUENCE, COMMON_NAME, element(UTF8_STRING, Buffer.from("tandem")))));
  const now = Date.now();
  const body = element(
    SEQUENCE,
    element(VERSION_TAG, element(INTEGER, Buffer.from([2]))),
    element(INTEGER, Buffer.from([1])),
    SIGNATURE,
    name,
    element(SEQUENCE, time(now - DAY_MS), time(now + DAY_MS)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = sign("sha256", body, privateKey);
  const der = element(SEQUENCE, body, SIGNATURE, element(BIT_STRING, Buffer.from([0]), signature));
  const base64 = der.toString("base64").replace(/.{64}/g, "$&\n");
  return {
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }),
    pem: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    thumbprintSha256: createHash("sha256").update(der).digest("hex"),
  };
}

function element(tag, ...parts) {
  const content = Buffer.concat(parts);
  const { length } = content;
  // Short form below 128, else the number of the bytes of the length and these (X.690, 8.1.3).
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

function time(milliseconds) {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, "");
  return element(GENERALIZED_TIME, Buffer.from(text));
}
