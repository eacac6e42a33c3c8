// What is protected in the policies bench: the least there is to do, counted.

/** Runs that ended well or badly. */
export const ran = { well: 0, badly: 0 };

export const succeeds = async (): Promise<number> => {
  ran.well++;
  return 1;
};

// Made once: what an error costs is the operation's own affair.
const failure = new Error('the upstream does not answer');

export const fails = async (): Promise<number> => {
  ran.badly++;
  throw failure;
};

/** Awaits calls one after the other; says how many operations ran and ended well. */
export async function succeeded(times: number, call: () => Promise<unknown>): Promise<number> {
  const before = ran.well;
  for (let i = 0; i < times; i++) await call();
  return ran.well - before;
}

/** The same of calls whose operation fails: the caller must have been given its own error. */
export async function failed(times: number, call: () => Promise<unknown>): Promise<number> {
  const before = ran.badly;
  let told = 0;
  for (let i = 0; i < times; i++) {
    try {
      const outcome = (await call()) as { error?: unknown };
      if (outcome?.error === failure) told++;
    } catch (error) {
      if (error === failure) told++;
    }
  }
  return Math.min(told, ran.badly - before);
}

/** The same of calls that are refused: the operation must not have run. */
export async function refused(times: number, call: () => Promise<unknown>): Promise<number> {
  const before = ran.well;
  let told = 0;
  for (let i = 0; i < times; i++) {
    try {
      const outcome = (await call()) as { rejected?: boolean };
      if (outcome?.rejected) told++;
    } catch {
      told++;
    }
  }
  return ran.well === before ? told : -1;
}

/** Asks without waiting; says how often the answer was the wanted one. */
export function answered(times: number, wanted: boolean, ask: () => boolean): number {
  let told = 0;
  for (let i = 0; i < times; i++) if (ask() === wanted) told++;
  return told;
}
