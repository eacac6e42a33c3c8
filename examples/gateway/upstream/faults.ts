// What can be wrong with the upstream, by hand.

/** `slow` answers after a second, `failing` with 500, `hanging` never, `resetting` breaks the connection. */
export const FAULTS = ['none', 'slow', 'failing', 'hanging', 'resetting'] as const;
export type Fault = (typeof FAULTS)[number];

export function isFault(text: string): text is Fault {
  return (FAULTS as readonly string[]).includes(text);
}
