// The token: kept for this tab alone, sent in a header and never in an address.

const KEY = 'holdfast-token';

export function token(): string {
  return sessionStorage.getItem(KEY) ?? '';
}

export function keepToken(value: string): void {
  if (value === '') sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, value);
}

export function authorization(): Record<string, string> {
  return token() === '' ? {} : { authorization: `Bearer ${token()}` };
}

/** Sends a command; the answer's error, or nothing. */
export async function command(method: string, path: string, body: unknown): Promise<string | undefined> {
  try {
    const response = await fetch(path, {
      method,
      headers: { 'content-type': 'application/json', ...authorization() },
      body: JSON.stringify(body),
    });
    if (response.ok) return undefined;
    return ((await response.json()) as { error: string }).error;
  } catch (error) {
    return String(error);
  }
}
