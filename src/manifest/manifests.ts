import { crdDocuments } from "./crds/documents.ts";
import { kafkaManifest, parseStorage } from "./kafka-manifest.ts";
import { parseClusters } from "./parse-clusters.ts";
import { documentsOf, readManifests } from "./read-manifests.ts";
import { roleDocuments } from "./role-documents.ts";

/** The whole room as one value: the bundle keeps it in a file of its own, loaded by the verbs that read or make manifests. */
export const manifests = { readManifests, documentsOf, parseClusters, kafkaManifest, parseStorage, crdDocuments, roleDocuments };
