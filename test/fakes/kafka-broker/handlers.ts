import type { ApiName, RequestOf } from "../../../src/adapters/kafka/wire/request.ts";
import { clusterHandlers } from "./handle-cluster.ts";
import { configHandlers } from "./handle-configs.ts";
import { moveHandlers } from "./handle-moves.ts";
import { topicHandlers } from "./handle-topics.ts";
import type { State } from "./state.ts";

/** Where a request came in, and in what version. */
export type Call<N extends ApiName> = {
  readonly request: RequestOf<N>;
  readonly version: number;
  readonly node: number;
  readonly state: State;
};

/** The answer's body; what it leaves out has Kafka's default. */
export type Handlers = { readonly [N in ApiName]?: (call: Call<N>) => object };

/** Answers from the state, and changes it, as a broker would. */
export const handlers: Handlers = { ...clusterHandlers, ...topicHandlers, ...configHandlers, ...moveHandlers };
