// A lock that cannot go stale: an abstract Unix socket, which the kernel frees the moment its holder ends, however it ends.

import { connect, createServer, type Server, type Socket } from "node:net";

/** Runs an action while no other process does so under this name; `onWait` is called once if it has to wait. */
export async function withLock<T>(name: string, action: () => Promise<T>, onWait: () => void = () => {}): Promise<T> {
  const release = await acquire(name, onWait);
  try {
    return await action();
  } finally {
    release();
  }
}

async function acquire(name: string, onWait: () => void): Promise<() => void> {
  const address = `\0${name}`;
  for (let attempt = 0; ; attempt++) {
    const waiting = new Set<Socket>();
    const server = await listen(address, waiting);
    if (server) return () => release(server, waiting);
    if (attempt === 0) onWait();
    await freed(address);
  }
}

function listen(address: string, waiting: Set<Socket>): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => waiting.add(socket.on("error", () => {})));
    server.once("error", (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(undefined) : reject(error)));
    server.listen(address, () => resolve(server));
  });
}

function release(server: Server, waiting: ReadonlySet<Socket>): void {
  server.close();
  for (const socket of waiting) socket.destroy();
}

/** Resolves when the holder lets go: its end of the connection closes. */
function freed(address: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.on("error", () => {}).on("close", () => resolve());
    socket.resume();
  });
}
