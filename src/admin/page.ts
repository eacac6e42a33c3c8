export function dashboard(status: number): Response {
  return new Response('<!doctype html>', { status, headers: { 'content-type': 'text/html; charset=utf-8' } });
}
