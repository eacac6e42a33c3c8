// Results of one table, as a bench writes them.

interface Given {
  ratio: number;
  ns?: number;
  spread?: number;
  noise?: number;
  higher?: boolean;
}

export function resultsOf(rows: Record<string, Given>): object {
  return {
    machine: 'a machine',
    commit: 'abc1234',
    load: '0.1',
    policies: {
      rows: Object.entries(rows).map(([name, row]) => ({ name, ns: 100, spread: 0, ...row })),
      more: {},
    },
  };
}
