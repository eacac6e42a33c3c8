// holdfast/testing: time, chance and an upstream that do as the test says.

export { type ManualClock, type ManualClockOptions, manualClock } from './manual-clock.ts';
export { type Random, scriptedRandom, seededRandom } from './random.ts';
export { type Upstream, type UpstreamCall, type UpstreamContext, upstream } from './upstream.ts';
