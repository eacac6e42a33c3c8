// What the gateway can be told from outside, by environment variables.

export interface GatewaySettings {
  /** Where it listens, on the loopback interface; 0 for any free port. */
  port: number;
  /** Where metrics, health and the dashboard are; 0 for any free port. */
  adminPort: number;
  /** Without it numbers cannot be changed from outside, nor faults injected. */
  adminToken: string | undefined;
  /** Larger bodies are answered 413. */
  maxBodyBytes: number;
  /** Requests a second that each client has; twice as many in a burst. */
  perClient: number;
  /** Whether Holdfast protects `/upstream/*`; `false` is for measuring what that costs. */
  protect: boolean;
}

/** Reads PORT, ADMIN_PORT, ADMIN_TOKEN, MAX_BODY_BYTES, PER_CLIENT and PROTECT. Throws a RangeError that names the variable. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): GatewaySettings {
  const port = whole(env, 'PORT', 8080, 65_535);
  return {
    port,
    adminPort: whole(env, 'ADMIN_PORT', port === 0 ? 0 : port + 1, 65_535),
    adminToken: env.ADMIN_TOKEN || undefined,
    maxBodyBytes: whole(env, 'MAX_BODY_BYTES', 8 * 1024 * 1024, 256 * 1024 * 1024),
    perClient: Math.max(1, whole(env, 'PER_CLIENT', 200, 1_000_000)),
    protect: env.PROTECT !== 'no',
  };
}

function whole(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  usual: number,
  most: number,
): number {
  const text = env[name];
  if (text === undefined || text === '') return usual;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new RangeError(`${name}: expected a whole number from 0 to ${most}, got ${JSON.stringify(text)}`);
}
