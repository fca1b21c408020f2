import type { KubeObject } from "../../model/kube.ts";
import { apiGroup, type Column, type CustomKind, customKinds } from "./kinds.ts";
import { openApi } from "./open-api.ts";
import { object, type Schema, string } from "./schema.ts";

/** Tells our own documents from Strimzi's, and from anybody's else. */
export const managedBy = { "app.kubernetes.io/managed-by": "kubectl-kafka" } as const;

const columnOf = ({ type = "string", ...column }: Column) => ({ ...column, type });

const subresourcesOf = ({ scale }: CustomKind) => ({
  status: {},
  ...(scale === undefined
    ? {}
    : {
        scale: {
          specReplicasPath: scale.spec,
          statusReplicasPath: scale.status,
          ...(scale.selector === undefined ? {} : { labelSelectorPath: scale.selector }),
        },
      }),
});

/** The API server keeps apiVersion, kind and metadata by itself. */
function schemaOf({ spec, status }: CustomKind): Readonly<Record<string, unknown>> {
  const envelope: Schema = object({ apiVersion: string(), kind: string(), spec, status }, ["spec"]);
  const { properties, ...rest } = openApi(envelope);
  return { ...rest, properties: { ...(properties as object), metadata: { type: "object" } } };
}

function documentOf(custom: CustomKind): KubeObject {
  const { kind, plural, shortName, columns } = custom;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${apiGroup}`, labels: { ...managedBy } },
    spec: {
      group: apiGroup,
      names: { kind, listKind: `${kind}List`, singular: kind.toLowerCase(), plural, shortNames: [shortName], categories: ["strimzi"] },
      scope: "Namespaced",
      conversion: { strategy: "None" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          subresources: subresourcesOf(custom),
          additionalPrinterColumns: [...columns.map(columnOf), { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" }],
          schema: { openAPIV3Schema: schemaOf(custom) },
        },
      ],
    },
  };
}

/** The CustomResourceDefinitions of Kafka and everything around it, for clusters that have none. */
export const crdDocuments = (): KubeObject[] => customKinds.map(documentOf);
