// A TCP proxy in front of the emulator that counts connections.

import { connect, createServer } from 'node:net';

export async function countConnections() {
  const target = new URL(process.env.AWS_ENDPOINT_URL);
  const server = createServer((socket) => {
    counter.connections += 1;
    const onward = connect(target.port, target.hostname);
    for (const [from, to] of [[socket, onward], [onward, socket]]) {
      from.pipe(to);
      from.on('error', () => to.destroy());
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const endpoint = `${target.protocol}//127.0.0.1:${server.address().port}`;
  const counter = { endpoint, connections: 0, close: () => server.close() };
  return counter;
}
