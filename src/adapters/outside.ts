import { promises } from "node:fs";
import type { ReadClientProperties } from "../ports/client-properties.ts";
import type { Connect } from "../ports/connect.ts";
import type { FetchText, Kustomize } from "../ports/manifest-texts.ts";
import type { KubeConnection } from "./kube/open.ts";
import { clock } from "./node/clock.ts";
import { files } from "./node/files.ts";
import { certificateAuthority } from "./x509/certificate-authority.ts";
import { compareCertificates, readCertificates } from "./x509/read-certificates.ts";

/** Connections that are opened, and their code loaded, when they are first asked for. */
const connect: Connect = (flags, trace) => {
  let kube: Promise<KubeConnection> | undefined;
  const openOnce = (): Promise<KubeConnection> => {
    kube ??= import("./kube/open.ts").then(({ openKube }) => openKube(flags, trace));
    return kube;
  };
  return {
    kube: openOnce,
    openKafka: async (target, signal) => {
      const [{ openKafka }, { dialer }] = await Promise.all([import("./kafka/open.ts"), import("./kafka/dial.ts")]);
      const dial = dialer(async (request, aborted) => (await openOnce()).portForward(request, aborted));
      return openKafka(target, { dial, clock, trace, timeoutMs: flags.requestTimeoutMs }, signal);
    },
    close() {
      kube?.then(
        (open) => open.close(),
        () => {},
      );
    },
  };
};

const readClientProperties: ReadClientProperties = async (path) => {
  const properties = await import("./kafka/properties/read-client-properties.ts");
  return properties.readClientProperties(await files.read(path), { path, readFile: promises.readFile });
};

const fetchText: FetchText = async (url, limits) => (await import("./node/fetch-text.ts")).fetchText(url, limits);
const kustomize: Kustomize = async (directory, limits) => (await import("./node/kustomize.ts")).kustomize(directory, limits);

/** The real adapters beyond the process itself, for cli's World. */
export const outside = {
  connect,
  readCertificates,
  compareCertificates,
  certificateAuthority,
  readClientProperties,
  fetchText,
  kustomize,
};
