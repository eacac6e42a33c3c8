import { given } from './given.ts';

const holdfast = await given();
holdfast.offload('later', 300).then(() => console.log('done'));
console.log('offloaded');
