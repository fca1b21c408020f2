import assert from "node:assert/strict";
import { test } from "node:test";
import { streamFault } from "../../../../src/adapters/kafka/connection/stream-faults.ts";
import { AppError } from "../../../../src/model/errors.ts";

const peer = { host: "b-0.svc", port: 9093, via: "9093 as jane" };
const coded = (code: string): Error => Object.assign(new Error(`text of ${code}`), { code });

const expectations: readonly [code: string, identified: boolean, kind: string, text: RegExp][] = [
  ["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", false, "KafkaAuthenticationFailed", /wants a client certificate, and we showed none/],
  [
    "ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN",
    true,
    "KafkaAuthenticationFailed",
    /refused our client certificate \(TLS_ALERT_CERTIFICATE_UNKNOWN\)/,
  ],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", false, "KafkaAuthenticationFailed", /wants a client certificate/],
  ["ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED", true, "KafkaAuthenticationFailed", /our client certificate has expired/],
  ["CERT_HAS_EXPIRED", false, "TlsFailed", /has expired/],
  ["CERT_NOT_YET_VALID", false, "TlsFailed", /not valid yet/],
  ["SELF_SIGNED_CERT_IN_CHAIN", false, "TlsFailed", /not signed by the trusted CA/],
  ["ERR_SSL_WRONG_VERSION_NUMBER", false, "KafkaUnreachable", /does not speak TLS/],
  ["ENOTFOUND", false, "KafkaUnreachable", /^Cannot reach Kafka at b-0\.svc:9093 \(9093 as jane\): the name cannot be looked up$/],
  ["ECONNRESET", false, "KafkaUnreachable", /the connection was cut/],
  ["EWHATEVER", false, "KafkaUnreachable", /text of EWHATEVER/],
];

for (const [code, identified, kind, text] of expectations) {
  test(`${code} is told as ${kind}`, () => {
    const fault = streamFault(coded(code), { ...peer, identified });
    assert.equal(fault.code, kind);
    assert.match(fault.message, text);
  });
}

test("a fault that is told already stays as it is", () => {
  const fault = new AppError("Forbidden", "no port-forward for you");
  assert.equal(streamFault(fault, peer), fault);
});
