import { holdfast } from 'holdfast/worker';

export function double(value) {
  return value * 2;
}

export function through(name) {
  return holdfast.policy(name).execute(({ attempt }) => `${holdfast.name}/${name}, attempt ${attempt}`);
}
