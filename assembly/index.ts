export function probe(address: usize): i32 {
  return atomic.add<i32>(address, 1);
}
