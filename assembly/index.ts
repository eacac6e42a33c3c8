import { SLOT_ALIGN } from './layout';

export function probe(address: usize): i32 {
  return atomic.add<i32>(address + SLOT_ALIGN, 1);
}
