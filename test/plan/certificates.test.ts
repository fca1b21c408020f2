import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type WantedLeaf, wantedLeaves } from "../../src/desired/certificates.ts";
import type { CaName, CertificateInfo, PresentAuthority, PresentLeaf } from "../../src/model/certificate.ts";
import { toInstant } from "../../src/model/instant.ts";
import type { AuthorityInput } from "../../src/plan/authority.ts";
import { type CertificatesInput, type PlannedCertificates, planCertificates } from "../../src/plan/certificates.ts";
import { caSettings, clusterSpec } from "../desired/specs.ts";
import { worldTime } from "../worlds.ts";

const now = toInstant(worldTime);
const inDays = (days: number): string => toInstant(worldTime + days * 86_400_000);

let serial = 0;
function certificate(subject: string, changes: Partial<CertificateInfo> = {}): CertificateInfo {
  serial += 1;
  return {
    subject,
    issuer: "CN=cluster-ca v0,O=io.strimzi",
    serial: String(serial),
    notBefore: inDays(-1),
    notAfter: inDays(364),
    dnsNames: [],
    ipAddresses: [],
    isCa: false,
    fingerprint: `print-${serial}`,
    ...changes,
  };
}

const authority = (ca: CaName, days = 364): CertificateInfo =>
  certificate(`CN=${ca}-ca v0,O=io.strimzi`, { isCa: true, notAfter: inDays(days) });

const whole = (ca: CaName, changes: Partial<PresentAuthority> = {}): PresentAuthority => ({
  chain: [authority(ca)],
  key: "fits",
  certificateGeneration: 0,
  keyGeneration: 0,
  ...changes,
});

const nothing: PresentAuthority = { chain: [], key: "missing", certificateGeneration: 0, keyGeneration: 0 };
const noLeaf: PresentLeaf = { chain: [], keyFits: false, signedByPresentCa: false };

const asked = (ca: CaName, present: PresentAuthority, settings = caSettings): AuthorityInput => ({
  settings,
  present,
  secrets: { certificate: `my-cluster-${ca}-ca-cert`, key: `my-cluster-${ca}-ca` },
});

const signed = (wanted: WantedLeaf, by: PresentAuthority, changes: Partial<CertificateInfo> = {}): PresentLeaf => ({
  chain: [certificate(`CN=${wanted.commonName},O=io.strimzi`, { dnsNames: [...wanted.dns].reverse(), ...changes }), ...by.chain],
  keyFits: true,
  signedByPresentCa: true,
  caGeneration: by.certificateGeneration,
});

const wanted = wantedLeaves(clusterSpec());

type World = { cluster?: AuthorityInput; clients?: AuthorityInput; leaf?: (own: PresentLeaf) => PresentLeaf; running?: boolean };

const generations = { cluster: 0, clients: 0 };

const cluster = { namespace: "kafka", name: "my-cluster" };

/** Everything in order, but for what is changed; `leaf` changes the first leaf. */
function input({
  cluster: own = asked("cluster", whole("cluster")),
  clients = asked("clients", whole("clients")),
  leaf,
  running = true,
}: World = {}): CertificatesInput {
  const leaves = wanted.map((each) => ({ wanted: each, present: signed(each, own.present) }));
  return {
    now,
    cluster,
    ...(running ? { running: generations } : {}),
    authorities: { cluster: own, clients },
    leaves: leaves.map((each, index) => (index === 0 && leaf ? { ...each, present: leaf(each.present) } : each)),
  };
}

const shown = (planned: PlannedCertificates): string[] =>
  planned.ok
    ? [
        ...Object.values(planned.authorities).flatMap(({ ca, kind, because, certificateGeneration, keyGeneration }) =>
          kind === "Keep" ? [] : [`${kind} ${ca} ${because} ${certificateGeneration}/${keyGeneration}`],
        ),
        ...planned.leaves.flatMap(({ kind, leaf, because }) => (kind === "Keep" ? [] : [`${kind} ${leaf.certificateKey} ${because}`])),
        ...planned.notices.map(({ subject, reason }) => `notice ${reason} ${subject}`),
      ]
    : planned.refusals.map(({ subject, reason }) => `refused ${reason} ${subject}`);

const fresh = (): CertificatesInput => ({
  now,
  cluster,
  authorities: { cluster: asked("cluster", nothing), clients: asked("clients", nothing) },
  leaves: wanted.map((each) => ({ wanted: each, present: noLeaf })),
});

const all = (kind: string, because: string): string[] => wanted.map(({ certificateKey }) => `${kind} ${certificateKey} ${because}`);
const lostBoth: PresentAuthority = { ...nothing };
const keptBehind = { secret: "my-cluster-pool", key: "my-cluster-pool-0.crt" };
const otherKey = (world: CertificatesInput): CertificatesInput => ({
  ...world,
  leaves: world.leaves.map(({ wanted: each, present }) => ({ wanted: each, present: { ...present, signedByPresentCa: false } })),
});
const brought = { ...caSettings, generate: false };

const table: { given: string; world: CertificatesInput; want: string[] }[] = [
  { given: "nothing", world: fresh(), want: ["Create cluster Missing 0/0", "Create clients Missing 0/0", ...all("Create", "Missing")] },
  { given: "everything in order", world: input(), want: [] },
  {
    given: "a leaf without its key",
    world: input({ leaf: (own) => ({ ...own, keyFits: false }) }),
    want: ["Renew my-cluster-pool-0.crt Missing"],
  },
  { given: "a leaf that is not there", world: input({ leaf: () => noLeaf }), want: ["Create my-cluster-pool-0.crt Missing"] },
  {
    given: "a leaf of another authority",
    world: input({ leaf: (own) => ({ ...own, signedByPresentCa: false }) }),
    want: ["Renew my-cluster-pool-0.crt CaChanged"],
  },
  {
    given: "a leaf of an older generation",
    world: input({ leaf: (own) => ({ ...own, caGeneration: 7 }) }),
    want: ["Renew my-cluster-pool-0.crt CaChanged"],
  },
  {
    given: "a leaf with a name too few and little time, without a chain",
    world: input({
      leaf: ({ chain: [first], ...own }) => ({ ...own, chain: first ? [{ ...first, dnsNames: [], notAfter: inDays(29.9) }] : [] }),
    }),
    want: ["Renew my-cluster-pool-0.crt SansChanged,Expiring,ChainMissing"],
  },
  {
    given: "a leaf for another subject",
    world: input({
      leaf: ({ chain: [first, ...rest], ...own }) => ({ ...own, chain: first ? [{ ...first, subject: "CN=x" }, ...rest] : [] }),
    }),
    want: ["Renew my-cluster-pool-0.crt SansChanged"],
  },
  {
    given: "an authority that ends soon",
    world: input({
      cluster: asked("cluster", whole("cluster", { chain: [authority("cluster", 29)], certificateGeneration: 4, keyGeneration: 1 })),
    }),
    want: ["Renew cluster Expiring 5/1", ...all("Renew", "CaChanged")],
  },
  {
    given: "an authority whose certificate was deleted",
    world: {
      ...input(),
      authorities: { cluster: asked("cluster", whole("cluster", { chain: [] })), clients: asked("clients", whole("clients")) },
    },
    want: ["Renew cluster Missing 1/0", ...all("Renew", "CaChanged,ChainMissing")],
  },
  {
    given: "an authority that was deleted whole while nodes run",
    world: { ...input(), authorities: { cluster: asked("cluster", lostBoth), clients: asked("clients", whole("clients")) } },
    want: ["refused AuthorityLost Secrets my-cluster-cluster-ca-cert and my-cluster-cluster-ca"],
  },
  {
    given: "everything deleted while nodes run",
    world: { ...fresh(), running: generations },
    want: ["refused AuthorityLost Secrets my-cluster-cluster-ca-cert and my-cluster-cluster-ca"],
  },
  {
    given: "an authority for clients that was deleted whole while nodes run",
    world: { ...input({ clients: asked("clients", lostBoth) }), running: { cluster: 0, clients: 3 } },
    want: ["Create clients Missing 4/4", "notice AuthorityReplaced Secrets my-cluster-clients-ca-cert and my-cluster-clients-ca"],
  },
  {
    given: "an authority whose certificate is kept behind a leaf's",
    world: input({ cluster: asked("cluster", whole("cluster", { keptBehind, certificateGeneration: 2 })) }),
    want: ["Restore cluster Missing 2/0"],
  },
  {
    given: "an authority whose certificate is kept behind a leaf's, and whose key is lost",
    world: input({ cluster: asked("cluster", whole("cluster", { keptBehind, key: "missing" })) }),
    want: ["Restore cluster Missing 0/0", "notice AuthorityKeyMissing Secret my-cluster-cluster-ca"],
  },
  {
    given: "the same, and something to sign",
    world: input({ cluster: asked("cluster", whole("cluster", { keptBehind, key: "missing" })), leaf: () => noLeaf }),
    want: ["refused AuthorityKeyMissing Secret my-cluster-cluster-ca"],
  },
  {
    given: "a brought authority whose certificate is kept behind a leaf's",
    world: input({ cluster: asked("cluster", whole("cluster", { keptBehind }), brought) }),
    want: ["refused AuthorityMissing Secret my-cluster-cluster-ca-cert"],
  },
  {
    given: "a brought authority with another key while nodes run",
    world: otherKey(input({ cluster: asked("cluster", whole("cluster"), brought) })),
    want: ["refused AuthorityKeyChanged Secret my-cluster-cluster-ca-cert"],
  },
  {
    given: "an authority of ours with another key while nodes run",
    world: otherKey(input()),
    want: ["refused AuthorityKeyChanged Secret my-cluster-cluster-ca-cert"],
  },
  {
    given: "an authority with another key, and no node runs",
    world: otherKey(input({ running: false })),
    want: all("Renew", "CaChanged"),
  },
  {
    given: "an authority that was deleted whole, and no node runs",
    world: {
      ...input({ running: false }),
      authorities: { cluster: asked("cluster", lostBoth), clients: asked("clients", whole("clients")) },
    },
    want: [
      "Create cluster Missing 1/1",
      ...all("Renew", "CaChanged,ChainMissing"),
      "notice AuthorityReplaced Secrets my-cluster-cluster-ca-cert and my-cluster-cluster-ca",
    ],
  },
  {
    given: "an authority without its key, and nothing to sign",
    world: input({ cluster: asked("cluster", whole("cluster", { key: "missing" })) }),
    want: ["notice AuthorityKeyMissing Secret my-cluster-cluster-ca"],
  },
  {
    given: "an authority without its key, and something to sign",
    world: input({ cluster: asked("cluster", whole("cluster", { key: "foreign" })), leaf: () => noLeaf }),
    want: ["refused AuthorityKeyMissing Secret my-cluster-cluster-ca"],
  },
  {
    given: "an authority without its key that ends soon",
    world: input({ cluster: asked("cluster", whole("cluster", { key: "missing", chain: [authority("cluster", 1)] })) }),
    want: ["refused AuthorityKeyMissing Secret my-cluster-cluster-ca"],
  },
  {
    given: "authorities to be brought, and none there",
    world: { ...fresh(), authorities: { cluster: asked("cluster", nothing, brought), clients: asked("clients", nothing, brought) } },
    want: [
      "refused AuthorityMissing Secret my-cluster-cluster-ca-cert",
      "refused AuthorityMissing Secret my-cluster-cluster-ca",
      "refused AuthorityMissing Secret my-cluster-clients-ca-cert",
    ],
  },
  {
    given: "a brought authority that ends soon",
    world: input({ cluster: asked("cluster", whole("cluster", { chain: [authority("cluster", 3)] }), brought) }),
    want: ["notice AuthorityExpiring Secret my-cluster-cluster-ca-cert"],
  },
  {
    given: "a brought authority that has ended",
    world: input({ cluster: asked("cluster", whole("cluster", { chain: [authority("cluster", -3)] }), brought) }),
    want: ["refused AuthorityUnfit Secret my-cluster-cluster-ca-cert"],
  },
  {
    given: "a brought leaf in place of an authority",
    world: input({ clients: asked("clients", whole("clients", { chain: [certificate("CN=x")] }), brought) }),
    want: ["refused AuthorityUnfit Secret my-cluster-clients-ca-cert"],
  },
  {
    given: "a brought authority for clients without its key",
    world: input({ clients: asked("clients", whole("clients", { key: "missing" }), brought) }),
    want: [],
  },
  {
    given: "a validity that would renew at every run",
    world: input({ cluster: asked("cluster", whole("cluster"), { ...caSettings, validityDays: 20, renewalDays: 20 }) }),
    want: ["refused InvalidValidity spec.clusterCa"],
  },
];

for (const { given, world, want } of table)
  test(`certificates: ${given}`, () => {
    assert.deepEqual(shown(planCertificates(world)), want);
  });

/** What a run leaves behind that does what was decided. */
function after(world: CertificatesInput, planned: PlannedCertificates & { ok: true }): CertificatesInput {
  const remade = (ca: CaName): AuthorityInput => {
    const { kind, certificateGeneration, keyGeneration } = planned.authorities[ca];
    const before = world.authorities[ca];
    if (kind === "Keep") return before;
    const { keptBehind: _kept, ...present } = before.present;
    if (kind === "Restore") return { ...before, present };
    return {
      ...before,
      present: { chain: [authority(ca, before.settings.validityDays)], key: "fits", certificateGeneration, keyGeneration },
    };
  };
  const authorities = { cluster: remade("cluster"), clients: remade("clients") };
  const leaves = world.leaves.map((leaf, index) => {
    if (planned.leaves[index]?.kind === "Keep") return leaf;
    const { present, settings } = authorities[leaf.wanted.ca];
    return { ...leaf, present: signed(leaf.wanted, present, { notAfter: inDays(settings.validityDays) }) };
  });
  return { ...world, authorities, leaves };
}

const anyChain = (ca: CaName) =>
  fc.option(fc.integer({ min: -10, max: 400 }), { nil: undefined }).map((days) => (days === undefined ? [] : [authority(ca, days)]));

const anyAuthority = (ca: CaName) =>
  fc
    .record({
      chain: anyChain(ca),
      lost: fc.boolean(),
      key: fc.constantFrom("missing", "foreign", "fits"),
      certificateGeneration: fc.nat({ max: 3 }),
      keyGeneration: fc.nat({ max: 3 }),
      generate: fc.boolean(),
      validityDays: fc.integer({ min: 1, max: 400 }),
      renewalDays: fc.integer({ min: 1, max: 60 }),
    })
    .map(({ generate, validityDays, renewalDays, lost, ...present }) =>
      asked(ca, lost && ca === "cluster" && present.chain.length > 0 ? { ...present, keptBehind } : present, {
        ...caSettings,
        generate,
        validityDays,
        renewalDays,
      }),
    );

const anyLeaf = (each: WantedLeaf, cluster: AuthorityInput) =>
  fc.oneof(
    fc.constant(noLeaf),
    fc
      .record({
        days: fc.integer({ min: -10, max: 400 }),
        keyFits: fc.boolean(),
        signedByPresentCa: fc.boolean(),
        chain: fc.boolean(),
        old: fc.boolean(),
      })
      .map(({ days, chain, old, ...rest }): PresentLeaf => {
        const leaf = signed(each, cluster.present, { notAfter: inDays(days) });
        return { ...leaf, ...rest, chain: chain ? leaf.chain : leaf.chain.slice(0, 1), ...(old ? { caGeneration: 9 } : {}) };
      }),
  );

const anyAuthorities = fc.record({ own: anyAuthority("cluster"), clients: anyAuthority("clients"), running: fc.boolean() });

const anyWorld = anyAuthorities.chain(({ own, clients, running }) =>
  fc.tuple(...wanted.map((each) => anyLeaf(each, own))).map(
    (found): CertificatesInput => ({
      now,
      cluster,
      ...(running ? { running: generations } : {}),
      authorities: { cluster: own, clients },
      leaves: wanted.map((each, index) => ({ wanted: each, present: found[index] ?? noLeaf })),
    }),
  ),
);

test("certificates: the plan for what a finished run leaves behind keeps everything", () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const planned = planCertificates(world);
      if (!planned.ok) return;
      const again = planCertificates(after(world, planned));
      assert.ok(again.ok);
      assert.deepEqual(
        [...Object.values(again.authorities), ...again.leaves].filter(({ kind }) => kind !== "Keep"),
        [],
      );
    }),
    { numRuns: 2000 },
  );
});

test("certificates: nothing is signed without a key, no generation goes back, a brought authority is never changed", () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const planned = planCertificates(world);
      if (!planned.ok) return assert.ok(planned.refusals.length > 0);
      for (const decision of Object.values(planned.authorities)) {
        const { present, settings } = world.authorities[decision.ca];
        assert.ok(decision.kind === "Keep" || settings.generate);
        assert.ok(decision.kind !== "Renew" || present.key === "fits");
        assert.ok(decision.certificateGeneration >= present.certificateGeneration || present.chain.length === 0);
        assert.equal(decision.kind === "Keep", decision.because.length === 0);
      }
      const signs = planned.leaves.some(({ kind }) => kind !== "Keep");
      assert.ok(
        !signs || ["Create", "Renew"].includes(planned.authorities.cluster.kind) || world.authorities.cluster.present.key === "fits",
      );
    }),
    { numRuns: 2000 },
  );
});
