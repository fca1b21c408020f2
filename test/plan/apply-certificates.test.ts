import assert from "node:assert/strict";
import { test } from "node:test";
import { certificateSteps } from "../../src/plan/apply-certificates.ts";
import { liveObjects } from "../../src/plan/live-objects.ts";
import { clusterSpec } from "../desired/specs.ts";

const keep = { ca: "clients", kind: "Keep", because: [], certificateGeneration: 0, keyGeneration: 0 } as const;

test("an authority that is renewed keeps its name while it keeps its key: leaves name it by that", () => {
  const cluster = { ca: "cluster", kind: "Renew", because: ["Expiring"], certificateGeneration: 4, keyGeneration: 1 } as const;
  const decided = { ok: true, authorities: { cluster, clients: keep }, leaves: [], notices: [] } as const;
  const [step, ...rest] = certificateSteps(clusterSpec(), decided, liveObjects([])).authorities;
  assert.ok(step?.kind === "CreateAuthority" && rest.length === 0);
  assert.deepEqual([step.commonName, step.generation], ["cluster-ca v1", 4]);
});
