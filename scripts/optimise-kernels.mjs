// Makes the kernels that ship out of what the AssemblyScript compiler emits unoptimised.
//
// The compiler's own levels know two ways: everything inlined, half as large again as the binary may be, or next
// to nothing, a third slower. Here what a decision passes through is inlined, and what is read now and then, by
// a snapshot or a change of options, stays a call.

import binaryen from 'binaryen';

/** Functions that stay calls, most of them read by views and by hand; a decision has its own words for what it needs of them. */
const CALLED = [
  'words/getF',
  'words/optionsOf',
  'words/epochOf',
  'words/stampedAdd',
  'words/tallyAdd',
  'words/tallyRead',
  'breaker-state/generationOf',
  'breaker-state/markSeen',
  'breaker-state/markWord',
  'breaker-state/movedTo',
  'breaker-trial/trialWait',
  'breaker-trial/admitTrial',
  'breaker-trial/decideTrial',
  'breaker-window/part',
  'breaker-window/sumField',
  'breaker-window/trips',
  'rate/unitsAt',
  'rate/units',
  'rate/costOf',
  'ledger/trialGive',
  'ledger/trialDrop',
  'latency/latencyValue',
  'budget/addBoth',
  'budget/burnEpoch',
  'latency/since',
  'latency/sliceOf',
  'latency/total',
  'throttle/ringAdd',
  'throttle/ringCount',
  'latency/histogramOf',
  'bulkhead/lineWake',
  'keyed/inTransit',
  'adapt/adaptLimit',
  'adapt/adaptRate',
  'adapt/gradient2',
  'adapt/aimd',
];

/** Optimises until nothing gets smaller. `names` keeps the names of functions, and changes nothing else. */
export function optimised(emitted, { names = false } = {}) {
  const module = readKernels(emitted);
  for (const name of CALLED) {
    binaryen.setPassArgument('no-inline', `assembly/${name}`);
    module.runPasses(['no-inline']);
  }
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  binaryen.setAlwaysInlineMaxSize(2);
  binaryen.setFlexibleInlineMaxSize(60);
  binaryen.setOneCallerInlineMaxSize(4000);
  let smallest = Number.POSITIVE_INFINITY;
  for (;;) {
    module.optimize();
    const { length } = module.emitBinary();
    if (length >= smallest) break;
    smallest = length;
  }
  module.runPasses(['const-hoisting']);
  binaryen.setDebugInfo(names);
  const binary = settled(module.emitBinary());
  binaryen.setDebugInfo(false);
  module.dispose();
  return binary;
}

/** Written as reading it and writing it again leaves it: whoever instruments the kernels then changes nothing else. */
function settled(binary) {
  let before = binary;
  for (let i = 0; i < 5; i++) {
    const module = readKernels(before);
    const after = module.emitBinary();
    module.dispose();
    if (Buffer.compare(before, after) === 0) return after;
    before = after;
  }
  throw new Error('the kernels change each time they are read and written');
}

function readKernels(binary) {
  const module = binaryen.readBinary(binary);
  const known = binaryen.Features;
  module.setFeatures(
    known.Atomics |
      known.MutableGlobals |
      known.NontrappingFPToInt |
      known.SignExt |
      known.BulkMemory |
      known.BulkMemoryOpt,
  );
  return module;
}
