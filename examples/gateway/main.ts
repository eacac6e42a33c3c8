// A service that Holdfast protects: npm start.

import process from 'node:process';
import { LifecycleError } from 'holdfast';
import { startGateway } from './gateway.ts';
import { type GatewaySettings, readSettings } from './settings.ts';

let settings: GatewaySettings | undefined;
try {
  settings = readSettings(process.env);
  const gateway = await startGateway(settings);
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
  const { component, cause } = error instanceof LifecycleError ? error : { component: '', cause: error };
  const { code, message } = (cause ?? error) as NodeJS.ErrnoException;
  // Not every runtime says in its error which port it was.
  const port = component === 'admin' ? settings?.adminPort : settings?.port;
  const others = 'choose others: PORT=9000 ADMIN_PORT=9001 npm start';
  if (code === 'EADDRINUSE') return `port ${port} is taken; end what listens there, or ${others}`;
  if (code === 'EACCES') return `port ${port} may not be used by this user; ${others}`;
  return `the gateway does not start: ${message}`;
}
