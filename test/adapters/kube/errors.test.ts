import assert from "node:assert/strict";
import { test } from "node:test";
import { allowingCommands, parseRefusal } from "../../../src/adapters/kube/access-rule.ts";
import { connectionError } from "../../../src/adapters/kube/connection-errors.ts";
import { statusError } from "../../../src/adapters/kube/errors.ts";
import { ConnectionFault, DeadlineExceeded } from "../../../src/adapters/kube/http.ts";
import type { Subject } from "../../../src/adapters/kube/paths.ts";
import { retryDelayMs } from "../../../src/adapters/kube/retry.ts";
import type { ErrorCode } from "../../../src/model/errors.ts";
import { resources } from "../../../src/model/kube.ts";

const target = { context: "prod", namespace: "kafka", server: "https://api:6443", user: "jane" };
const getPod: Subject = { verb: "get", resource: resources.pods, namespace: "kafka", name: "p" };
const listKafkas: Subject = { verb: "list", resource: resources.kafkas };

const body = (reason: string, message: string, details: unknown = {}) =>
  JSON.stringify({ kind: "Status", status: "Failure", reason, message, details });

test("HTTP answers: code, message, hint", () => {
  const rows: [status: number, text: string, subject: Subject, code: ErrorCode, message: string, hint: RegExp][] = [
    [401, "{}", getPod, "Unauthorized", 'https://api:6443 does not accept the credentials of user "jane"', /auth whoami/],
    [
      404,
      body("NotFound", 'pods "p" not found', { name: "p", kind: "pods" }),
      getPod,
      "NotFound",
      "Pod kafka/p does not exist",
      /--context prod get pods -n kafka/,
    ],
    [
      404,
      "404 page not found\n",
      listKafkas,
      "NotFound",
      "this cluster does not serve kafkas.kafka.strimzi.io at version v1",
      /api-resources --api-group=kafka\.strimzi\.io/,
    ],
    [
      404,
      body("NotFound", "the server could not find the requested resource"),
      { ...getPod, subresource: "scale" },
      "NotFound",
      "Pod kafka/p has no scale: the server could not find the requested resource",
      /./,
    ],
    [
      404,
      body("NotFound", 'namespaces "kafka" not found', { name: "kafka", kind: "namespaces" }),
      getPod,
      "NotFound",
      'namespaces "kafka" not found',
      /get namespaces/,
    ],
    [404, "", { verb: "get", path: "/apis/x" }, "NotFound", "/apis/x does not exist: it gave no reason", /^$/],
    [409, body("AlreadyExists", 'pods "p" already exists'), getPod, "AlreadyExists", "Pod kafka/p exists already", /./],
    [
      409,
      body("Conflict", "the object has been modified"),
      getPod,
      "Conflict",
      "Pod kafka/p was changed by someone else meanwhile: the object has been modified",
      /again/,
    ],
    [
      410,
      body("Expired", "too old resource version"),
      listKafkas,
      "Gone",
      "kafkas.kafka.strimzi.io: the version asked for is too old: too old resource version",
      /again/,
    ],
    [
      422,
      body("Invalid", "x", {
        causes: [
          { field: "spec.a", message: "Required value" },
          { field: "spec.b", message: "must be > 0" },
        ],
      }),
      getPod,
      "Invalid",
      "Pod kafka/p is invalid: spec.a: Required value; spec.b: must be > 0",
      /./,
    ],
    [429, "slow", getPod, "TooManyRequests", "the API server has too many requests: slow", /./],
    [
      400,
      body("BadRequest", "strict decoding error"),
      getPod,
      "Invalid",
      "the API server refuses to get Pod kafka/p: strict decoding error",
      /^$/,
    ],
    [
      500,
      body("InternalError", "failed calling webhook"),
      getPod,
      "ServerError",
      "the API server failed to get Pod kafka/p: HTTP 500, failed calling webhook",
      /webhook/,
    ],
    [
      502,
      "<html><h1>Bad\n Gateway</h1></html>",
      getPod,
      "ServerError",
      "the API server failed to get Pod kafka/p: HTTP 502, Bad Gateway",
      /./,
    ],
    [
      504,
      body("Timeout", "request did not complete"),
      getPod,
      "Timeout",
      "the API server took too long to get Pod kafka/p: request did not complete",
      /./,
    ],
    [
      403,
      body("Forbidden", "exceeded quota: small"),
      getPod,
      "Forbidden",
      "not permitted to get Pod kafka/p: exceeded quota: small",
      /auth can-i --list -n kafka/,
    ],
  ];
  for (const [status, text, subject, code, message, hint] of rows) {
    const fault = statusError({ status, body: text }, subject, target);
    assert.deepEqual([fault.code, fault.message, fault.details.status], [code, message, status]);
    assert.match(fault.hint ?? "", hint);
  }
});

const refusal = (rest: string) => `x is forbidden: User "system:serviceaccount:ops:bot" cannot ${rest}`;

test("forbidden: the rule that would allow it", () => {
  const rows: [said: string, message: string, commands: string][] = [
    [
      refusal('create resource "pods/portforward" in API group "" in the namespace "kafka"'),
      "not permitted to create pods/portforward in namespace kafka, as system:serviceaccount:ops:bot",
      "kubectl create role create-pods-portforward --verb=create --resource=pods/portforward -n kafka && kubectl create rolebinding create-pods-portforward --role=create-pods-portforward --serviceaccount=ops:bot -n kafka",
    ],
    [
      refusal('list resource "kafkas" in API group "kafka.strimzi.io" at the cluster scope').replace(
        "system:serviceaccount:ops:bot",
        "o'neil x",
      ),
      "not permitted to list kafkas of kafka.strimzi.io in all namespaces, as o'neil x",
      "kubectl create clusterrole list-kafkas --verb=list --resource=kafkas.kafka.strimzi.io && kubectl create clusterrolebinding list-kafkas --clusterrole=list-kafkas --user='o'\\''neil x'",
    ],
  ];
  for (const [said, message, commands] of rows) {
    const fault = statusError({ status: 403, body: body("Forbidden", said) }, getPod, target);
    assert.deepEqual([fault.code, fault.message, fault.hint], ["Forbidden", message, `an administrator allows it with: ${commands}`]);
  }
  assert.equal(parseRefusal("exceeded quota"), undefined);
  const scaled = parseRefusal('User "a" cannot patch resource "statefulsets/scale" in API group "apps" in the namespace "k"');
  assert.match(scaled ? allowingCommands(scaled) : "", /--resource=statefulsets\.apps\/scale /);
});

const coded = (code: string, message = code) => Object.assign(new Error(message), { code });

test("no answer: why, and what helps", () => {
  const rows: [cause: unknown, code: ErrorCode, said: RegExp][] = [
    [
      coded("ECONNREFUSED"),
      "Unreachable",
      /^cannot reach https:\/\/api:6443 \(context "prod"\): connection refused; is the cluster running/,
    ],
    [Object.assign(coded("ECONNREFUSED"), { port: 3128 }), "Unreachable", /the proxy refuses connections; .*NO_PROXY/],
    [coded("ENOTFOUND"), "Unreachable", /the name api cannot be looked up; .*VPN/],
    [coded("ETIMEDOUT"), "Unreachable", /no route, or no answer; .*firewall/],
    [new DeadlineExceeded(15_000, true), "Unreachable", /no connection within 15 s; .*proxy/],
    [new DeadlineExceeded(5_000), "Timeout", /^no answer within 5 s: get Pod kafka\/p; .*--request-timeout/],
    [
      coded("ERR_PROXY_TUNNEL", "tunnel via http://me:secret@proxy:3128: 407"),
      "Unreachable",
      /: tunnel via http:\/\/proxy:3128: 407; .*NO_PROXY/,
    ],
    [coded("SELF_SIGNED_CERT_IN_CHAIN"), "TlsFailed", /authority that is not known here; .*--certificate-authority/],
    [coded("DEPTH_ZERO_SELF_SIGNED_CERT"), "TlsFailed", /--insecure-skip-tls-verify/],
    [coded("CERT_HAS_EXPIRED"), "TlsFailed", /has expired; .*kubeadm/],
    [coded("CERT_NOT_YET_VALID"), "TlsFailed", /clocks/],
    [
      coded("ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match: Reason: Host: a. is not b"),
      "TlsFailed",
      /for another name: Host: a\. is not b; .*--tls-server-name/,
    ],
    [coded("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"), "TlsFailed", /refuses the client certificate/],
    [coded("EPROTO", "ssl3_get_record:wrong version number"), "TlsFailed", /does not speak TLS/],
    [coded("ERR_SSL_OTHER", "odd"), "TlsFailed", /TLS failed: odd/],
    [new Error("odd"), "Unreachable", /: odd; /],
  ];
  for (const [cause, code, said] of rows) {
    const fault = connectionError(new ConnectionFault(cause), { subject: getPod, target });
    assert.equal(fault.code, code);
    assert.match(`${fault.message}; ${fault.hint}`, said);
  }
});

test("retries: which, and after how long", () => {
  const read = { method: "GET", idempotent: true, attempt: 0, elapsedMs: 0, random: 0 };
  const write = { ...read, method: "POST", idempotent: false };
  const rows: [Parameters<typeof retryDelayMs>[0], number | undefined][] = [
    [{ ...read, outcome: { status: 503 } }, 125],
    [{ ...read, outcome: { status: 503 }, attempt: 3, random: 1 }, 2000],
    [{ ...read, outcome: { status: 500 } }, 125],
    [{ ...read, method: "PATCH", outcome: { status: 500 } }, undefined],
    [{ ...write, outcome: { status: 503 } }, undefined],
    [{ ...write, outcome: { status: 429, retryAfter: "2" } }, 2000],
    [{ ...write, outcome: { status: 429, retryAfter: "3600" } }, 30_000],
    [{ ...read, outcome: { status: 404, retryAfter: "2" } }, undefined],
    [{ ...read, outcome: { status: 503 }, attempt: 5 }, undefined],
    [{ ...read, outcome: { status: 503 }, elapsedMs: 61_000 }, undefined],
    [{ ...read, outcome: { status: undefined, reused: true, code: "ECONNRESET" } }, 0],
    [{ ...read, outcome: { status: undefined, reused: true, code: "ECONNRESET" }, attempt: 1 }, undefined],
    [{ ...read, outcome: { status: undefined, reused: false, code: "ECONNRESET" } }, undefined],
    [{ ...write, outcome: { status: undefined, reused: true, code: "ECONNRESET" } }, undefined],
  ];
  for (const [attempt, want] of rows) assert.equal(retryDelayMs(attempt), want, JSON.stringify(attempt));
});
