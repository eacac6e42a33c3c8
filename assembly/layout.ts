// The one map of shared memory. Compiled by asc into the kernels and by tsc
// into everything else, so that nobody copies an offset by hand: only plain
// integer constants may stand here.
//
// Marks: ◆ changes by compare-and-swap, ○ by atomic add, ● by atomic store;
// unmarked words are written once, before any other thread can see them.
// Times are milliseconds since the origin of the memory (f64) unless said
// otherwise. A "stamped" word is epoch << 36 | count: it belongs to one bucket
// of a window and counts as zero in any other, so a window needs no sweeping.

export const LAYOUT_MAGIC = 0x46444c48; // "HLDF"
export const LAYOUT_VERSION = 1;

// Header ------------------------------------------------------------------
//
//    0       4         8          12        16          24        32
//    ├ magic ┼ version ┼ policies ┼ threads ┼ keyCells ─┼ origin ─┼ …
//
export const HEADER_MAGIC = 0; //          i32
export const HEADER_VERSION = 4; //        i32
export const HEADER_POLICIES = 8; //       i32  how many policy slots there are
export const HEADER_THREADS = 12; //       i32  how many thread rows there are
export const HEADER_KEY_CELLS = 16; //     i32  how many keyed cells there are
export const HEADER_ORIGIN = 24; //        f64  clock reading that is time 0 here
export const HEADER_SEED = 32; //          2 × i64  key of the keyed hash
export const HEADER_THREADS_AT = 48; //    i32  where thread rows start
export const HEADER_DIRECTORY_AT = 52; //  i32  where directory entries start
export const HEADER_EVENTS_AT = 56; //     i32  where the event ring starts
export const HEADER_SLOTS_AT = 60; //      i32  where policy slots start
export const HEADER_LEDGER_AT = 64; //     i32  where ledger rows start
export const HEADER_KEYS_AT = 68; //       i32  where keyed cells start
export const HEADER_BYTES_USED = 72; //    f64  size of all of it
// Written by the main thread while others read; each on its own line.
export const HEADER_PHASE = 128; //        i32 ●  lifecycle: 0 open, 1 draining
export const HEADER_LEVEL = 132; //        i32 ●  overall degradation level, 0…3
export const HEADER_CHAOS = 136; //        i32 ●  generation of the chaos switches
export const HEADER_THREAD_TOP = 140; //   i32 ●  thread rows ever used
export const HEADER_DIRECTORY_GEN = 144; // i32 ○  changes whenever a name is defined or removed
export const HEADER_BYTES = 256;

// Thread row: one for each thread that joined -----------------------------
export const THREAD_STATE = 0; //   i32 ◆  0 free, 1 taken, 2 ended
export const THREAD_GEN = 4; //     i32 ●  generation of the fence, from 1; 0 never
export const THREAD_PULSE = 8; //   i32 ○  beats while the thread's event loop turns
export const THREAD_ABORT = 12; //  i32 ●  task number asked to stop
export const THREAD_TASK = 16; //   i32 ●  task number that runs, 0 for none
export const THREAD_HASH = 64; //    i64    hash of the key in the scratch area, written by its thread
export const THREAD_SCRATCH = 128; // bytes handed to a kernel: a key, an options block
export const THREAD_SCRATCH_BYTES = 1920;
export const THREAD_BYTES = 2048;

// Directory entry: names of policies --------------------------------------
export const ENTRY_STATE = 0; //    i32 ●  0 free, 1 defined, 2 removed
export const ENTRY_GEN = 4; //      i32 ●  generation of the slot under that name
export const ENTRY_LENGTH = 8; //   i32    bytes of the name
export const ENTRY_NAME = 16; //    UTF-8
export const ENTRY_NAME_BYTES = 240;
export const ENTRY_BYTES = 256;

// Event ring: changes that listeners in every thread hear of --------------
export const EVENTS_HEAD = 0; //    i32 ○  events ever written; the wait word of listeners
export const EVENTS_FIRST = 128;
export const EVENT_SEQ = 0; //      i32 ●  number of the event + 1, stored last
export const EVENT_KIND = 4; //     i32
export const EVENT_SLOT = 8; //     i32
export const EVENT_GEN = 12; //     i32    generation of the slot
export const EVENT_FROM = 16; //    f64
export const EVENT_TO = 24; //      f64
export const EVENT_AT = 32; //      f64
export const EVENT_EXTRA = 40; //   f64
export const EVENT_THREAD = 48; //  i32
export const EVENT_BYTES = 64;
export const EVENT_COUNT = 1024;

// Policy slot -------------------------------------------------------------
//
//    0 ──────── 128 ────── 256 ─── 384 ────── 512 ────── 640 ────── 1024 ──…
//    ├ identity ┼ breaker ─┼ rate ─┼ bulkhead ┼ adaptive ┼ counters ┼ rings
//
// Line 0: identity, written once; read by every admission.
export const SLOT_FEATURES = 0; //   i32    what is configured, F_… bits
export const SLOT_INDEX = 4; //      i32
export const SLOT_GEN = 8; //        i32 ●  changes when the slot is reused
export const SLOT_VERSION = 12; //   i32 ◆  options block in force
export const SLOT_LOCK = 16; //      i32 ◆  publisher: thread row + 1, 0 for none
export const SLOT_CLOCK_BACK = 24; // i64 ●  f64 bits: ms by which the clock has gone back in all
export const SLOT_KEYS_AT = 32; //   i32    first keyed cell, address
export const SLOT_KEYS_COUNT = 36; // i32   keyed cells, a power of two
export const SLOT_OVERFLOW = 40; //  i64 ◆  shared overflow bucket of the keyed table
export const SLOT_BUCKETS = 48; //   i32    buckets of the breaker's time window
export const SLOT_CALLS = 52; //     i32    calls of the breaker's count window
export const SLOT_BUCKET_MS = 56; // f64    width of a bucket of the breaker's time window
export const SLOT_BUDGET_MS = 64; // f64    width of a bucket of the error budget
export const SLOT_THROTTLE_MS = 72; // f64  width of a bucket of the throttle
export const SLOT_SLICE_MS = 80; //  4 × f64  width of a slice of each latency view

// Line 1: circuit breaker.
//
//   state ◆  63 │ generation 24 bits │ state 3 bits │ payload 36 bits │ 0
//            payload while closed: consecutive failures
//            payload while half-open: undecided 12 │ succeeded 12 │ failed 12
//   mark ◆   time in 1/1024 ms (56 bits, signed) │ low 8 bits of the generation
//            open: when trials may start; half-open: when the first trial was
//            admitted; closed: when it closed
export const BREAKER_STATE = 128; //   i64 ◆
export const BREAKER_MARK = 136; //    i64 ◆
export const BREAKER_CONTROL = 144; // i32 ◆  isolations << 2 | mode (0 normal, 1 disabled, 2 metrics only)
export const BREAKER_REOPENS = 148; // i32 ●  openings since it was last closed
export const BREAKER_OPEN_MS = 152; // i64 ●  f64 bits: open time of the current or last opening
export const BREAKER_NEXT_MS = 160; // i64 ●  f64 bits: open time of the next opening
export const BREAKER_CURSOR = 168; //  i32 ○  next cell of the count window
export const BREAKER_TOTALS = 176; //  i64 ◆  sums of a count window, newest troubled bucket of a time window: see breaker-window.ts
//   Counts of one generation: generation << 40 | count; another one's reads as 0.
export const BREAKER_CALLS = 184; //    i64 ◆  calls (not kept by time windows)
export const BREAKER_FAILED = 192; //   i64 ◆
export const BREAKER_SLOW = 200; //     i64 ◆
export const BREAKER_IGNORED = 208; //  i64 ◆
export const BREAKER_REJECTED = 216; // i64 ◆  (kept for every kind of breaker)
export const BREAKER_DURATION = 224; // i64 ◆  1/64 ms
export const BREAKER_LATE = 232; //     i64 ○  results of an earlier generation, all in all

// Line 2: token bucket.
export const RATE_TAT = 256; // i64 ◆  arrival time in units << 4 | low 4 bits of the options version

// Line 3: bulkhead and the waiting line.
export const BULKHEAD_ACTIVE = 384; // i32 ○  slots held
export const BULKHEAD_LIMIT = 388; //  i32 ◆  limit found by adaptation, 0 for the configured one
export const LINE_COUNT = 392; //      i32 ○  waiters in line, all threads
export const LINE_EVENT = 396; //      i32 ○  event count: the wait word of waiters
export const LINE_GRANTS = 400; //     i32 ○  waiters that got their turn
export const LINE_SEQ = 408; //        i64 ○  arrivals, gives the order
export const BULKHEAD_ABANDONED = 416; // i64 ○  timed-out operations that still run

// Line 4: adaptation, under its own try-lock.
export const ADAPT_LOCK = 512; //    i32 ◆  thread row + 1, 0 for none
export const ADAPT_SAMPLES = 516; // i32 ●
export const ADAPT_LIMIT = 520; //   i64 ●  f64 bits: limit before rounding
export const ADAPT_RTT = 528; //     i64 ●  f64 bits: baseline (vegas) or long average (gradient2), ms
export const ADAPT_PROBE = 536; //   i32 ●  samples until the baseline is measured anew (vegas)
export const ADAPT_EPOCH = 544; //   i64 ◆  interval of the adaptive rate that was last judged
export const ADAPT_REFUSED = 552; // i64 ●  COUNT_RATE_REFUSED when it was judged

// Counters since the slot was made, all i64 ○. Those of verdicts are in the order of V_….
export const COUNT_SUCCESS = 640; //          calls that ended well
export const COUNT_FAILURE = 648; //          calls judged failures
export const COUNT_IGNORED = 656; //          calls judged neither
export const COUNT_BREAKER_SUCCESS = 664; //  attempts, as the breaker saw them
export const COUNT_BREAKER_FAILURE = 672;
export const COUNT_BREAKER_IGNORED = 680;
export const COUNT_BREAKER_REFUSED = 688;
export const COUNT_THROTTLE_REFUSED = 696;
export const COUNT_RATE_REFUSED = 704;
export const COUNT_BULKHEAD_REFUSED = 712;
export const COUNT_RATE_ALLOWED = 720;
export const COUNT_OPENED = 728; //           closed → open
export const COUNT_REOPENED = 736; //         half-open → open
export const COUNT_HALF_OPENED = 744; //      open → half-open
export const COUNT_CLOSED = 752; //           half-open → closed
export const COUNT_TIMEOUT_ATTEMPT = 760;
export const COUNT_TIMEOUT_TOTAL = 768;
export const COUNT_ABANDONED = 776; //        operations ever left running behind a timeout
export const COUNT_HEDGE = 784;
export const COUNT_FALLBACK = 792;
export const COUNT_SHED = 800;
export const COUNT_DRAINING = 808;
export const COUNT_RETRY_1 = 816; //          retries by number: 1, 2, 3, 4, 5 and more
export const COUNT_RETRY_5 = 848;
export const COUNT_RETRY_SUCCESS = 856; //    calls that succeeded after a retry
export const COUNT_RETRY_EXHAUSTED = 864;
export const COUNT_RETRY_REFUSED = 872;
export const COUNT_RETRY_BUDGET = 880;
export const COUNT_RETRY_ABORTED = 888;
export const COUNT_RETRY_PAUSE_US = 896; //   sum of pauses, µs
export const COUNT_CHAOS_LATENCY = 904;
export const COUNT_CHAOS_ERROR = 912;
export const COUNT_CHAOS_TIMEOUT = 920;
export const COUNT_CHAOS_RESULT = 928;
export const COUNT_CHAOS_KILL = 936;
export const COUNT_CHAOS_BLOCK = 944;
export const COUNT_EXHAUSTED = 952; //        times the error budget ran out
export const COUNT_LATENCY_VIOLATED = 960; // times the latency budget was exceeded
export const COUNT_WAITED = 968; //           waiters that got in
export const COUNT_WAIT_US = 976; //          sum of their waits, µs
export const COUNT_REJECTED = 984; //         calls that were only refused
export const COUNT_ISOLATED = 992; //         changes to isolated
export const COUNT_QUEUE_TIMEOUT = 1000; //   waiters that waited too long
export const COUNT_KEYS_EXHAUSTED = 1008;
export const COUNT_DURATION_US = 1016; //     sum of call durations, µs

// Flags that remember what was last said, so that each change is said once.
export const TOLD_BUDGET = 1024; //  i32 ◆  1 while the error budget is exhausted
export const TOLD_ALERTS = 1028; //  i32 ◆  bit 0 fast burn, bit 1 slow burn
export const TOLD_LATENCY = 1032; // i32 ◆  1 while the latency budget is exceeded
export const CHAOS_FLAGS = 1048; //  i32 ●  kinds enabled, bit by bit
export const CHAOS_UNTIL = 1056; //  i64 ●  f64 bits: when they end

// Options: a ring of blocks; SLOT_VERSION says which is in force.
export const OPTIONS_AT = 1152;
export const OPTIONS_BYTES = 512;
export const OPTIONS_RING = 8;

export const O_UNITS_PER_MS = 0; //      f64
export const O_UNITS = 8; //             i64  units of one permit
export const O_BURST = 16; //            i64  units of a full bucket
export const O_MAX_DEBT_MS = 24; //      f64  longest wait a reservation may have
export const O_RATE = 32; //             f64  permits per second
export const O_MIN_RATE = 40; //         f64  adaptive rate: bounds and aim
export const O_MAX_RATE = 48; //         f64
export const O_RATE_TARGET = 56; //      f64  ms
export const O_RATE_PERCENTILE = 64; //  f64
export const O_RATE_INTERVAL = 72; //    f64  ms
export const O_RATE_SAMPLES = 80; //     f64
export const O_CONSECUTIVE = 88; //      i32  failures in a row that trip, 0 for none
export const O_MIN_CALLS = 92; //        i32
export const O_FAILURE_RATE = 96; //     f64  2 when no failure rate trips
export const O_SLOW_MS = 104; //         f64  Infinity when nothing is slow
export const O_SLOW_RATE = 112; //       f64
export const O_TRIALS = 120; //          i32  half-open permits
export const O_MAX_CONCURRENT = 124; //  i32
export const O_TRIAL_RATE = 128; //      f64  half-open failure rate, 2 for none
export const O_TRIAL_WAIT = 136; //      f64  ms, negative for the current open time
export const O_RAMP = 144; //            f64  ms, 0 for none
export const O_MAX_QUEUE = 152; //       f64
export const O_MIN_LIMIT = 160; //       f64
export const O_MAX_LIMIT = 168; //       f64
export const O_THROTTLE_K = 176; //      f64
export const O_THROTTLE_MAX = 184; //    f64
export const O_OBJECTIVE = 192; //       f64
export const O_BUDGET_CALLS = 200; //    f64
export const O_RETRY_RATIO = 208; //     f64  retry budget: share of calls
export const O_RETRY_FLOOR = 216; //     f64  retry budget: retries a second that are always there
export const O_BUDGET_MS = 224; //       f64  window of the error budget
export const O_USER = 256; //            32 × f64 that only JavaScript reads

// Rings.
export const RETRY_AT = 5248; // 8 × (calls, retries), stamped ◆: ten seconds
export const RETRY_BUCKETS = 8;
export const RETRY_MS = 1250;
export const BREAKER_WINDOW_AT = 5376; // buckets × 64 bytes of stamped words ◆
export const WINDOW_CALLS = 0;
export const WINDOW_FAILED = 8;
export const WINDOW_SLOW = 16;
export const WINDOW_IGNORED = 24;
export const WINDOW_REJECTED = 32;
export const WINDOW_DURATION = 40; // 1/64 ms
export const WINDOW_BYTES = 64;
export const WINDOW_MAX = 64; // buckets that a window may have, and the ring has: an epoch's place is its low bits
export const CALLS_AT = 9472; // 4 096 × i64 ◆: one call each, see breaker-window.ts
export const CALLS_MAX = 4096;
export const THROTTLE_AT = 42240; // 32 × (requests, accepts), stamped ◆
export const THROTTLE_CELLS = 32;
export const THROTTLE_BUCKETS = 24; // of them are the window
export const BUDGET_AT = 42752; // 64 × (calls, failures), stamped ◆
export const BUDGET_CELLS = 64;
export const BUDGET_BUCKETS = 60; // of them are the window
export const BURN_AT = 43776; // 2 160 × (calls, failures), stamped ◆: six hours by ten seconds
export const BURN_BUCKETS = 2160;
export const BURN_MS = 10000;
export const LATENCY_CALLS_AT = 78336; // 640 × i64 ○: whole calls, since the slot was made
export const LATENCY_ATTEMPTS_AT = 83456; // 640 × i64 ○: attempts
export const LATENCY_BUCKETS = 640;
export const LATENCY_VIEWS_AT = 88576; // 4 views: budget, timeout, hedge, rate
export const VIEW_EPOCH = 0; //   i64 ◆  slice that was last begun, + 1
export const VIEW_STAMPS = 8; //  8 × i64 ●  slice whose beginning is kept there, + 1
export const VIEW_SLICES = 128; // 8 × 640 × i32 ●: the histogram when that slice began
export const VIEW_SLICE_BYTES = 2560;
export const VIEW_COUNT = 8;
export const VIEW_BYTES = 20608;
export const SLOT_TEXT_LENGTH = 171008; // i32    bytes of the options as JSON, 0 for none
export const SLOT_TEXT = 171012; //        the options, for threads that come to know the policy later
export const SLOT_TEXT_BYTES = 8188;
export const SLOT_BYTES = 179200;

// What a slot has configured (SLOT_FEATURES).
export const F_BREAKER = 1;
export const F_WINDOW_CALLS = 2;
export const F_WINDOW_TIME = 4;
export const F_RAMP = 8;
export const F_THROTTLE = 16;
export const F_RATE = 32;
export const F_KEYED = 64;
export const F_BULKHEAD = 128;
export const F_BUDGET = 256;
export const F_LATENCY = 512; //         record whole calls in the histogram
export const F_ATTEMPTS = 1024; //       record attempts in the histogram
export const F_VIEW_BUDGET = 2048; //    views that are kept
export const F_VIEW_TIMEOUT = 4096;
export const F_VIEW_HEDGE = 8192;
export const F_VIEW_RATE = 16384;
export const F_AIMD = 32768;
export const F_GRADIENT = 65536;
export const F_VEGAS = 131072;
export const F_COUNTED = 262144; //      keep breaker counters for metrics
export const F_BURN_ONLY = 524288; //    the burn ring serves as the budget's window
export const F_SHARED_KEYS = 1048576; // a key without a bucket uses the overflow bucket
export const F_LINE = 2097152; //        callers may wait in line

// Ledger cell: what one thread holds of one policy ------------------------
//
//   Words that a dead thread's successor must not inherit carry the fence: the
//   thread's generation in the upper 24 bits.
export const CELL_SLOTS = 0; //   i64 ◆  fence << 40 | slots held
export const CELL_TRIALS = 8; //  i64 ◆  fence << 40 | breaker generation, low 28 bits << 12 | trials held
export const CELL_PLACES = 16; // i64 ◆  fence << 40 | isolations << 24 | places in line
export const CELL_HEAD = 24; //   i64 ●  order of the first local waiter, 0 for none
export const CELL_COSTS = 32; //  i64 ●  f64 bits: permits asked for by local waiters
export const CELL_BYTES = 64;

// Keyed cell.
export const KEY_HASH = 0; //  i64 ◆  hash of the key, 0 for never used
export const KEY_WORD = 8; //  i64 ◆  arrival time << 10 | options version 4 bits | hash 6 bits
export const KEY_BYTES = 16;
export const KEY_PROBES = 128; // cells looked at for one key at most; at half load fewer than three are

// Answers of admit: a ticket (≥ 0) or who refused (< 0) -------------------
//
//   ticket: generation 24 bits │ T_… flags above
export const T_TRIAL = 16777216;
export const T_UNCOUNTED = 33554432; // breaker disabled: the outcome is nobody's business
export const T_WATCHED = 67108864; //   metrics only: counted, never trips
export const T_SLOT = 134217728; //     a bulkhead slot is held
export const T_HALF_OPENED = 268435456; // this admission turned the breaker half-open
export const R_OPEN = -1;
export const R_ISOLATED = -2;
export const R_RAMP = -3;
export const R_THROTTLED = -4;
export const R_RATE = -5;
export const R_KEYS = -6;
export const R_BULKHEAD = -7;
export const R_LINE = -8; //     someone waits: queue up
export const R_REVOKED = -9; //  this thread was declared dead
export const R_FULL = -10; //    the line is full
export const R_MOVED = -11; //   the options changed meanwhile: only inside the kernels
export const R_TURNED = 64; //   taken from any of them (they are above −64): refused, but turned the breaker half-open

// Modes of admit, what of settle, its answer ------------------------------
export const A_NEWCOMER = 0;
export const A_HEAD = 1; //      called for the head of the line: others behind it do not matter
export const A_UNLIMITED = 2; // the limiter was asked elsewhere (keyed)
export const S_VERDICT = 1; //   breaker, throttle and attempt latency hear the outcome
export const S_RELEASE = 2; //   the slot is given back
export const S_CALL = 4; //      budgets and counters hear the outcome of the whole call
export const V_SUCCESS = 0;
export const V_FAILURE = 1;
export const V_IGNORED = 2;
export const V_DROPPED = 3; //   a failure by timeout: what adaptive limits call dropped
export const E_OPENED = 1; //    the answer of settle, bits
export const E_REOPENED = 2;
export const E_CLOSED = 4;
export const E_WAKE = 8; //      someone waits in line: wake them
export const E_LIMIT = 16; //    the adaptive limit moved
export const E_TURNED = 32; //   a slice or bucket of a budget began: look at alerts
export const E_REVOKED = 64;
