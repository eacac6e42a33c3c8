export function length(text: string): number {
  return text.length;
}
