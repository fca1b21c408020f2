// The cluster on paper: addresses and nodes. One bridge joins everything; each node has an address of its own on it.

export const bridge = "pods0";
export const gateway = "10.244.0.1";
export const podNetwork = "10.244.0.0/16";
export const serviceNetwork = "10.96.0.0/16";
/** The service `kubernetes`: the first address of the service network. */
export const apiService = "10.96.0.1";
export const apiPort = 6443;

export interface NodePlan {
  readonly name: string;
  readonly zone: string;
  readonly address: string;
  /** First and last address of the node's pods. */
  readonly pods: readonly [first: string, last: string];
}

export const nodes: readonly NodePlan[] = [1, 2, 3].map((number) => ({
  name: `node-${number}`,
  zone: `zone-${number}`,
  address: `10.244.0.${10 + number}`,
  pods: [`10.244.${number}.2`, `10.244.${number}.250`],
}));

/** Makes the network inside the machine. A default route must exist for node addresses to be accepted; it leads nowhere. */
export const networkScript = `
ip link set lo up
ip link add ${bridge} type bridge
ip address add ${gateway}/16 dev ${bridge}
${nodes.map(({ address }) => `ip address add ${address}/16 dev ${bridge}`).join("\n")}
ip link set ${bridge} up promisc on
ip route add default dev ${bridge}
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables
`;
