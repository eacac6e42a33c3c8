import { AsyncLocalStorage } from 'node:async_hooks';

export const requests = new AsyncLocalStorage<string>();

export function capture(): string | undefined {
  return requests.getStore();
}

export function run<T>(value: string | undefined, task: () => T): T {
  return value === undefined ? task() : requests.run(value, task);
}
