import { readOptions } from '../../base/options.ts';
import { linkSignal } from '../../base/signals.ts';
import { checkName, type HealthCheck } from './check.ts';

export interface TcpOptions {
  host: string;
  port: number;
}

/** Is well when a TCP connection can be made; closes it again. */
export function tcp(name: string, options: TcpOptions): HealthCheck {
  const o = readOptions(`tcp(${checkName('tcp', name)})`, options, ['host', 'port']);
  const host = o.text('host');
  const port = o.number('port', { whole: true, atLeast: 1, atMost: 65_535 });
  return {
    name,
    kind: 'tcp',
    run: async ({ signal }) => {
      // Loaded by the first check: most programs have none.
      const { connect } = await import('node:net');
      signal.throwIfAborted();
      return new Promise<void>((resolve, reject) => {
        const socket = connect({ host, port });
        // Whoever waits for the answer keeps the process alive; a connection does not.
        socket.unref();
        const unlink = linkSignal(signal, (reason) => end(() => reject(reason)));
        const end = (settle: () => void) => {
          unlink();
          socket.destroy();
          settle();
        };
        socket.once('connect', () => end(resolve));
        socket.on('error', (error) => end(() => reject(error)));
      });
    },
  };
}
