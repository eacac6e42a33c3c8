// Makes errors in a program that has frozen its globals, or took the limit of traces away. Prints what they say.

if (process.argv[2] === 'frozen') Object.freeze(Error);
else Reflect.deleteProperty(Error, 'stackTraceLimit');

const { ChaosError, OptionsError } = await import('../../src/base/errors.ts');
const { fromWire, toWire } = await import('../../src/base/error-wire.ts');

const refused = new ChaosError({ policy: 'send' });
const mistake = new OptionsError({ path: 'a', expected: 'b', received: 'c' });
for (const error of [refused, mistake, fromWire(toWire(refused)), fromWire(toWire(new RangeError('x')))]) {
  console.log(String(error));
}
