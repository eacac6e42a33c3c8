/** What a client sent cannot be worked with. Thrown on worker threads too, and comes back as itself. */
export class BadInputError extends Error {
  override name = 'BadInputError';
}
