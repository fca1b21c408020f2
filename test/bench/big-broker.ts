// A broker that speaks the protocol with 200,000 partitions, in a process of its own; prints its address and stays until it is stopped.

import { startBroker } from "../fakes/kafka-broker.ts";

const nodes = Array.from({ length: 9 }, (_, index) => index + 1);
const brokers = await startBroker({ nodes, topics: { count: 2000, partitions: 100 } });
const [first] = brokers.bootstrap;
process.stdout.write(`${first?.host}:${first?.port}\n`);
