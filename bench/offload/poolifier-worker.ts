// A thread of poolifier's pool.

import { ThreadWorker } from 'poolifier';
import { type Work, work } from './tasks.ts';

export default new ThreadWorker<Work, number>((given) => work(given as Work));
