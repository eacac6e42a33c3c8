// Health, lifecycle, degradation, the pool and the event loop.

import type { CheckStatus } from '../health/watched-check.ts';
import type { Emit, Labels, RuntimeMetric } from './metric.ts';
import type { TaskReading } from './runtime-reading.ts';

const of = 'runtime';
const CHECK = ['checker', 'check'] as const;
const QUANTILES = [0.5, 0.9, 0.99, 1] as const;
const TASK_OUTCOMES = ['success', 'failure', 'aborted', 'lost'] as const;

function ofChecks(each: (check: CheckStatus, labels: Labels, emit: Emit) => void): RuntimeMetric['read'] {
  return (reading, emit) => {
    for (const check of reading.checks()) each(check, { checker: check.kind, check: check.name }, emit);
  };
}

function ofTasks(each: (counts: TaskReading, task: string, emit: Emit) => void): RuntimeMetric['read'] {
  return (reading, emit) => {
    for (const [task, counts] of reading.pool()?.tasks ?? []) each(counts, task, emit);
  };
}

function counted(reading: Readonly<Record<string, number>>, label: string, emit: Emit): void {
  for (const [key, value] of Object.entries(reading)) emit(value, { [label]: key });
}

export const RUNTIME_METRICS: readonly RuntimeMetric[] = [
  {
    of,
    name: 'health_check_status',
    help: 'What a check says: 1 up, 0 down, -1 unknown',
    type: 'gauge',
    labels: CHECK,
    read: ofChecks(({ state }, labels, emit) => emit(state === 'up' ? 1 : state === 'down' ? 0 : -1, labels)),
  },
  {
    of,
    name: 'health_check_duration_seconds',
    help: 'How long runs of a check took',
    type: 'summary',
    labels: CHECK,
    read: ofChecks(({ totalDurationMs, runs }, labels, emit) => {
      emit(totalDurationMs / 1000, labels, '_sum');
      emit(runs, labels, '_count');
    }),
  },
  {
    of,
    name: 'health_check_total',
    help: 'Runs of a check by their result',
    type: 'counter',
    labels: [...CHECK, 'result'],
    read: ofChecks(({ runs, failures }, labels, emit) => {
      emit(runs - failures, { ...labels, result: 'success' });
      emit(failures, { ...labels, result: 'failure' });
    }),
  },
  {
    of,
    name: 'health_check_failures_total',
    help: 'Runs of a check that failed',
    type: 'counter',
    labels: CHECK,
    read: ofChecks(({ failures }, labels, emit) => emit(failures, labels)),
  },
  {
    of,
    name: 'degradation_level',
    help: 'How far a component is reduced: 0 normal, 1 degraded, 2 severely degraded, 3 emergency',
    type: 'gauge',
    labels: ['component'],
    read: (reading, emit) => {
      for (const [component, level] of reading.levels()) emit(level, { component });
    },
  },
  {
    of,
    name: 'lifecycle_state',
    help: 'State of the runtime: 0 idle, 1 starting, 2 running, 3 draining, 4 stopped, 5 failed',
    type: 'gauge',
    labels: [],
    read: (reading, emit) => emit(reading.lifecycle()),
  },
  {
    of,
    name: 'pool_threads',
    help: 'Worker threads by what they do',
    type: 'gauge',
    labels: ['state'],
    read: (reading, emit) => counted(reading.pool()?.threads ?? {}, 'state', emit),
  },
  {
    of,
    name: 'pool_queue_depth',
    help: 'Tasks that wait for a thread',
    type: 'gauge',
    labels: ['compartment'],
    read: (reading, emit) => counted(Object.fromEntries(reading.pool()?.waiting ?? []), 'compartment', emit),
  },
  {
    of,
    name: 'pool_tasks_total',
    help: 'Tasks by how they ended',
    type: 'counter',
    labels: ['task', 'outcome'],
    read: ofTasks((counts, task, emit) => {
      for (const outcome of TASK_OUTCOMES) emit(counts[outcome], { task, outcome });
    }),
  },
  {
    of,
    name: 'pool_task_duration_seconds',
    help: 'Thread time that tasks took',
    type: 'summary',
    labels: ['task'],
    read: ofTasks((counts, task, emit) => {
      emit(counts.durationMs / 1000, { task }, '_sum');
      emit(
        TASK_OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0),
        { task },
        '_count',
      );
    }),
  },
  {
    of,
    name: 'pool_workers_lost_total',
    help: 'Threads that died or were given up',
    type: 'counter',
    labels: [],
    read: (reading, emit) => {
      const pool = reading.pool();
      if (pool !== undefined) emit(pool.lost);
    },
  },
  {
    of,
    name: 'event_loop_delay_seconds',
    help: 'How late timers of the main thread came in the last half minute',
    type: 'gauge',
    labels: ['quantile'],
    read: (reading, emit) => {
      const delays = reading.delays(QUANTILES);
      for (const [index, quantile] of QUANTILES.entries()) emit(delays[index] / 1000, { quantile });
    },
  },
];
