import binaryen from 'binaryen';

/** How binaryen optimises and writes. */
export interface Settings {
  readonly optimizeLevel: number;
  readonly shrinkLevel: number;
  /** Whether values may be left on the stack where that saves a local. */
  readonly stackIR: boolean;
}

/**
 * Runs something under these settings. They belong to the whole process, and the compiler, which uses the same
 * binaryen, sets them too.
 */
export function under<T>({ optimizeLevel, shrinkLevel, stackIR }: Settings, run: () => T): T {
  const put = (to: readonly [number, number, boolean, boolean, boolean]) => {
    binaryen.setOptimizeLevel(to[0]);
    binaryen.setShrinkLevel(to[1]);
    binaryen.setGenerateStackIR(to[2]);
    binaryen.setOptimizeStackIR(to[3]);
    binaryen.setDebugInfo(to[4]);
  };
  const before = [
    binaryen.getOptimizeLevel(),
    binaryen.getShrinkLevel(),
    binaryen.getGenerateStackIR(),
    binaryen.getOptimizeStackIR(),
    binaryen.getDebugInfo(),
  ] as const;
  put([optimizeLevel, shrinkLevel, stackIR, stackIR, false]);
  try {
    return run();
  } finally {
    put(before);
  }
}
