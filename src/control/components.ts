// The components of a runtime, by name.

import { LifecycleError, OptionsError } from '../base/errors.ts';
import { type Component, type ComponentOptions, readComponent } from './component.ts';
import type { LifecycleState } from './lifecycle-state.ts';
import { checkOrder } from './phases.ts';

const AT_REST: readonly LifecycleState[] = ['idle', 'stopped', 'failed'];

/** Reads a component and adds it. Throws as `Holdfast.component` says. */
export function addComponent(
  components: Map<string, Component>,
  options: ComponentOptions,
  state: LifecycleState,
): Component {
  const component = readComponent(options);
  const { name } = component;
  if (components.has(name)) {
    const received = `"${name}", added already`;
    throw new OptionsError({ path: 'component.name', expected: 'a name that is not taken', received });
  }
  if (!AT_REST.includes(state)) throw new LifecycleError({ code: 'HF_ALREADY_STARTED' });
  checkOrder(new Map([...components, [name, component]]));
  components.set(name, component);
  return component;
}
