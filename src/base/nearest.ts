// "Did you mean …?"

// Beyond this many edits, or more than half the word, two names have nothing to do with each other.
const MOST_EDITS = 4;
const LONGEST = 64;

/** The known name that a wrong one was probably meant to be; `undefined` when none is near. */
export function nearestName(wrong: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let fewest = Math.min(MOST_EDITS, Math.floor(wrong.length / 2)) + 1;
  if (wrong.length > LONGEST) return undefined;
  for (const name of known) {
    const edits = editsBetween(wrong.toLowerCase(), name.toLowerCase());
    if (edits < fewest) {
      fewest = edits;
      nearest = name;
    }
  }
  return nearest;
}

/** `; did you mean "burst"?`, or nothing. */
export function didYouMean(wrong: string, known: Iterable<string>): string {
  const nearest = nearestName(wrong, known);
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}

// Letters put in, left out, replaced, or exchanged with their neighbour (optimal string alignment), row by row.
function editsBetween(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  let twoAgo = previous;
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let edits = Math.min(
        previous[column] + 1,
        current[column - 1] + 1,
        previous[column - 1] + (same ? 0 : 1),
      );
      // Before the first letter there is none, and none is like no letter.
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        edits = Math.min(edits, twoAgo[column - 2] + 1);
      }
      current.push(edits);
    }
    twoAgo = previous;
    previous = current;
  }
  return previous[b.length];
}
