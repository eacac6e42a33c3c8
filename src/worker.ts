// Holdfast in a thread of its own: `holdfast/worker`.

export { type AttachedRuntime, attach, type RuntimeHandle } from './policy/attached.ts';
export type { TaskManager } from './work/task-manager.ts';
export type { TaskContext } from './work/tasks.ts';
export { holdfast } from './work/worker-runtime.ts';
