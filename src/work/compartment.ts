// The tasks of one policy that wait for a thread: by priority, then in order of arrival.

import type { Group } from './group.ts';
import type { Task } from './task.ts';

export const PRIORITIES = 8;

interface List {
  first: Task | null;
  last: Task | null;
}

export class Compartment {
  readonly name: string;
  readonly weight: number;
  /** Who deals its tasks to threads. */
  readonly group: Group;
  /** Tasks that wait, and tasks that were sent to a lane and have not ended. */
  waiting = 0;
  sent = 0;
  /** The lowest priority among those sent since none was. */
  lowestSent = PRIORITIES;
  /**
   * Thread time over the weight, in ms: whoever has used least is next. What was sent counts beforehand by what it
   * should take; that part of it.
   */
  used = 0;
  pending = 0;
  readonly #lists: List[] = Array.from({ length: PRIORITIES }, () => ({ first: null, last: null }));
  #highest = -1;

  constructor(name: string, weight: number, group: Group) {
    this.name = name;
    this.weight = weight;
    this.group = group;
  }

  /** The task whose turn is next. */
  get head(): Task | null {
    for (let priority = this.#highest; priority >= 0; priority--) {
      const { first } = this.#lists[priority];
      if (first === null) continue;
      this.#highest = priority;
      return first;
    }
    return null;
  }

  /** All that wait, in their order. */
  get tasks(): Task[] {
    const tasks: Task[] = [];
    for (let priority = PRIORITIES - 1; priority >= 0; priority--) {
      for (let task = this.#lists[priority].first; task !== null; task = task.next) tasks.push(task);
    }
    return tasks;
  }

  push(task: Task): void {
    const list = this.#enter(task);
    task.previous = list.last;
    if (list.last === null) list.first = task;
    else list.last.next = task;
    list.last = task;
  }

  /** Puts back tasks that had been taken, before all others of their priorities and in their old order. */
  putBack(tasks: readonly Task[]): void {
    for (let index = tasks.length - 1; index >= 0; index--) {
      const task = tasks[index];
      const list = this.#enter(task);
      task.next = list.first;
      if (list.first === null) list.last = task;
      else list.first.previous = task;
      list.first = task;
    }
  }

  remove(task: Task): void {
    if (!task.queued) return;
    const list = this.#lists[task.facts.priority];
    if (task.previous === null) list.first = task.next;
    else task.previous.next = task.next;
    if (task.next === null) list.last = task.previous;
    else task.next.previous = task.previous;
    task.next = null;
    task.previous = null;
    task.queued = false;
    this.waiting--;
  }

  #enter(task: Task): List {
    task.queued = true;
    this.waiting++;
    if (task.facts.priority > this.#highest) this.#highest = task.facts.priority;
    return this.#lists[task.facts.priority];
  }
}
