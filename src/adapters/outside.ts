import type { ReadClientProperties } from "../ports/client-properties.ts";
import type { Connect } from "../ports/connect.ts";
import { readCertificates } from "./x509/read-certificates.ts";

const notYet = async (): Promise<never> => {
  throw new Error("not connected yet");
};
const connect: Connect = () => ({ kube: notYet, openKafka: notYet, close: () => {} });
const readClientProperties: ReadClientProperties = notYet;

export const outside = { connect, readCertificates, readClientProperties };
