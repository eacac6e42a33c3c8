// How a value that was not expected is shown in a message.

const LONGEST_TEXT = 60;
const MOST_KEYS = 5;

/** Any value in a few words: `NaN`, `"5s"`, `a function`, `an array of 3`, `an object with burst, rate`. */
export function show(value: unknown): string {
  try {
    return attempt(value);
  } catch {
    return 'something that cannot be read';
  }
}

function attempt(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return showText(value);
    case 'bigint':
      return `${clipped(String(value))}n`;
    case 'symbol':
      return clipped(String(value));
    case 'function':
      return showFunction(value);
    case 'object':
      return value === null ? 'null' : showObject(value);
    default:
      return Object.is(value, -0) ? '-0' : String(value);
  }
}

function showText(text: string): string {
  if (text.length <= LONGEST_TEXT) return JSON.stringify(text);
  return `${JSON.stringify(clipped(text))} (${text.length} characters)`;
}

// biome-ignore lint/complexity/noBannedTypes: any function at all
function showFunction(value: Function): string {
  const { name } = value;
  return typeof name === 'string' && name !== '' ? `the function ${clipped(name)}` : 'a function';
}

function showObject(value: object): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  if (value instanceof Error) return clipped(`${value.name}: ${value.message}`);
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  if (typeof name === 'string' && name !== 'Object' && name !== '') return `an instance of ${clipped(name)}`;
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty object';
  const shown = keys.slice(0, MOST_KEYS).map(clipped).join(', ');
  return `an object with ${shown}${keys.length > MOST_KEYS ? ` and ${keys.length - MOST_KEYS} more` : ''}`;
}

function clipped(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}
