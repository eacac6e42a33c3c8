// A service that Holdfast protects: npm start.

import process from 'node:process';
import { LifecycleError } from 'holdfast';
import { startGateway } from './gateway.ts';
import { readSettings } from './settings.ts';

try {
  const gateway = await startGateway(readSettings(process.env));
  const { url, adminUrl, upstream, holdfast } = gateway;
  holdfast.handleSignals();
  holdfast.on('state', ({ to }) => {
    if (to === 'draining')
      console.log('\nstopping: what is under way is finished first; Ctrl-C again ends it now');
    if (to === 'stopped') console.log('stopped');
  });
  console.log(`gateway    ${url}`);
  console.log(`dashboard  ${adminUrl}  (/metrics, /health, /policies)`);
  console.log(`upstream   ${upstream.url}, process ${upstream.pid}`);
  console.log(`
Try it with a file of yours:

  curl --data-binary @package.json ${url}/parse
  curl --data-binary @README.md ${url}/digest
  curl --data-binary @README.md ${url}/compress -o README.md.br

What stands behind it, and how to hurt it:

  curl ${url}/upstream/hello
  curl ${adminUrl}/health
  curl -X POST ${url}/faults/failing    (slow, hanging, resetting; none heals it)

Ctrl-C stops it.`);
  process.send?.({ url, adminUrl, upstreamPid: upstream.pid });
} catch (error) {
  process.stderr.write(`${explained(error)}\n`);
  process.exitCode = 1;
}

function explained(error: unknown): string {
  const cause = error instanceof LifecycleError ? error.cause : error;
  const { code, port, message } = cause as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') {
    return `port ${port} is taken; end what listens there, or choose others: PORT=9000 ADMIN_PORT=9001 npm start`;
  }
  if (code === 'EACCES')
    return `port ${port} may not be used by this user; choose another one: PORT=9000 npm start`;
  return error instanceof Error ? `the gateway does not start: ${message ?? error.message}` : String(error);
}
