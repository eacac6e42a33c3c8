// Ends the process at the first test that fails, and says which file it stands in.

import { writeSync } from 'node:fs';

export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:fail') continue;
    writeSync(1, `\nfailed: ${data.file ?? ''}: ${data.name}\n`);
    process.exit(1);
  }
  yield '';
}
