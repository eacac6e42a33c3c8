import { readOptions, readSafely } from '../../base/options.ts';
import { checkName, type HealthCheck } from './check.ts';

export interface HttpOptions {
  url: string | URL;
  /** The status that is expected, or what says of a response whether it is; any 2xx by default. */
  expect?: number | ((response: Response) => boolean | PromiseLike<boolean>);
}

/** Is well when a GET is answered as expected. Redirects are answers, not followed. */
export function http(name: string, options: HttpOptions): HealthCheck {
  const o = readOptions(`http(${checkName('http', name)})`, options, ['url', 'expect']);
  const given = o.get('url');
  const text = readSafely(`${o.path}.url`, () => (given instanceof URL ? given.href : given));
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) o.refuse('url', 'an http or https URL');
  const expect = o.get('expect') as HttpOptions['expect'];
  if (
    expect !== undefined &&
    typeof expect !== 'function' &&
    !(Number.isInteger(expect) && expect >= 100 && expect < 600)
  ) {
    o.refuse('expect', 'a status from 100 to 599 or a function of the response');
  }
  return {
    name,
    kind: 'http',
    run: async ({ signal }) => {
      const response = await fetch(url as URL, { signal, redirect: 'manual' });
      try {
        if (!(await fits(response, expect)))
          throw new Error(`${name}: answered with status ${response.status}`);
      } finally {
        if (!response.bodyUsed) await response.body?.cancel();
      }
    },
  };
}

function fits(response: Response, expect: HttpOptions['expect']): boolean | PromiseLike<boolean> {
  if (typeof expect === 'function') return expect(response);
  return expect === undefined ? response.ok : response.status === expect;
}
