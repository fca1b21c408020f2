import type { FlowContext } from "../../src/cli/reconcile-input.ts";
import { createStyle } from "../../src/render/style.ts";
import { fakeProcess } from "../fakes/process.ts";
import { compareFakeCertificates, fakeAuthority, readFakeCertificates } from "../fakes/world/authority.ts";
import type { FakeWorld } from "../fakes/world/world.ts";

/** What a flow needs of a verb's context, in a world in memory; `seed` tells one run's certificates from another's. */
export function contextOf(world: FakeWorld, seed = "0"): FlowContext & { readonly text: () => string } {
  let written = "";
  const write = (text: string) => void (written += text);
  const terminal = {
    out: write,
    draw: write,
    err: write,
    closed: false,
    isTty: false,
    canAsk: false,
    ask: async () => "",
    columns: 80,
    rows: 24,
    color: false,
    unicode: false,
  };
  return {
    clock: world.clock,
    connections: { kube: async () => world.kube, openKafka: world.openKafka, close: () => {} },
    readCertificates: readFakeCertificates,
    compareCertificates: compareFakeCertificates,
    certificateAuthority: fakeAuthority(seed),
    signal: new AbortController().signal,
    env: { USER: "jane" },
    process: fakeProcess(),
    terminal,
    style: createStyle(terminal),
    width: 80,
    self: "kubectl kafka",
    text: () => written,
  };
}
