/** How to speak to brokers: TLS when `tls` is there (PEM texts), SASL when `sasl` is there. */
export type Security = {
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly passphrase?: string;
    readonly verify?: boolean;
    readonly verifyHostname?: boolean;
  };
  readonly sasl?: { readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512"; readonly username: string; readonly password: string };
};

export type BrokerAddress = { readonly host: string; readonly port: number };

/**
 * A Kafka to talk to. `Tunnel`: through the API server's port-forward; a broker's advertised host is looked up among the pods by its first
 * DNS label (Strimzi's names: `<pod>.<cluster>-kafka-brokers.<ns>.svc`). `Direct`: plain TCP from this machine.
 */
export type KafkaTarget = {
  readonly bootstrap: readonly BrokerAddress[];
  readonly security: Security;
  readonly route: { readonly kind: "Direct" } | { readonly kind: "Tunnel"; readonly namespace: string; readonly pods: readonly string[] };
  /** Who we are to Kafka and by which listener, for the person who reads it: "9091 as cluster-operator". */
  readonly via: string;
  /** The way to take where this one's identity is refused. */
  readonly otherwise?: KafkaTarget;
};
