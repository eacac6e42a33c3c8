// In which order components start: by phase, and inside a phase by what each depends on.

import { OptionsError } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import type { Component } from './component.ts';

/** Components by phase, phases upwards. Throws an `OptionsError` for a dependency that there is not. */
export function phasesOf(components: ReadonlyMap<string, Component>): Component[][] {
  for (const { name, dependsOn } of components.values()) {
    const missing = dependsOn.find((other) => !components.has(other));
    if (missing === undefined) continue;
    throw new OptionsError({
      path: `components.${name}.dependsOn`,
      expected: 'names of components',
      received: missing,
      what: `no component is called "${missing}"${didYouMean(missing, components.keys())}`,
    });
  }
  const phases = new Map<number, Component[]>();
  for (const component of components.values()) {
    phases.set(component.phase, [...(phases.get(component.phase) ?? []), component]);
  }
  return [...phases].sort(([a], [b]) => a - b).map(([, members]) => members);
}

/** Throws an `OptionsError` for components that wait for each other, or for a later phase. */
export function checkOrder(components: ReadonlyMap<string, Component>): void {
  for (const { name, phase, dependsOn } of components.values()) {
    const later = dependsOn
      .map((other) => components.get(other))
      .find((other) => other && other.phase > phase);
    if (later !== undefined) {
      throw new OptionsError({
        path: `components.${name}.dependsOn`,
        expected: `components of phase ${phase} or earlier`,
        received: `"${later.name}" of phase ${later.phase}`,
      });
    }
    const circle = circleFrom(components, [name]);
    if (circle !== undefined) {
      throw new OptionsError({
        path: `components.${name}.dependsOn`,
        expected: 'an order in which all can start',
        received: `a circle, ${circle.join(' → ')}`,
      });
    }
  }
}

function circleFrom(components: ReadonlyMap<string, Component>, trail: string[]): string[] | undefined {
  const last = components.get(trail[trail.length - 1]);
  for (const next of last?.dependsOn ?? []) {
    const at = trail.indexOf(next);
    if (at >= 0) return [...trail.slice(at), next];
    const circle = circleFrom(components, [...trail, next]);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/**
 * Runs a step for each member, side by side, each after those that must come first. `before` names them; those
 * outside the phase count as done. Never rejects: steps see to their own errors.
 */
export async function inOrder(
  members: readonly Component[],
  before: (member: Component) => readonly string[],
  step: (member: Component) => Promise<void>,
): Promise<void> {
  const ended = new Map<string, Promise<void>>();
  const run = (member: Component): Promise<void> => {
    const known = ended.get(member.name);
    if (known !== undefined) return known;
    const first = members.filter(({ name }) => before(member).includes(name)).map(run);
    const end = Promise.all(first).then(() => step(member));
    ended.set(member.name, end);
    return end;
  };
  await Promise.all(members.map(run));
}
