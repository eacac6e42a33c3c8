export { type Random, scriptedRandom, seededRandom } from '../base/random.ts';
