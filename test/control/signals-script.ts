// A service that is told to stop while it serves.
import { createServer } from 'node:http';
import { createHoldfast } from '../../src/index.ts';

const holdfast = createHoldfast({ memory: { policies: 4, threads: 1, keys: 0 }, policies: { serve: {} } });
const server = createServer();
holdfast.component({
  name: 'server',
  start: () => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)),
  stop: () => console.log('server stopped'),
});
await holdfast.start();
holdfast.handleSignals({ drainMs: 5_000 });
void holdfast.policy('serve').execute(async () => {
  console.log('serving');
  process.kill(process.pid, 'SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 300));
  console.log('served');
});
