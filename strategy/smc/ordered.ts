// Floor 1, room 4: taking in and letting go of one item of a short ordered list. `splice` makes a list of what it removes, which with every
// bar of a whole market is most of the garbage.

export function insertAt<T>(list: T[], place: number, item: T): void {
  list.push(item);
  for (let i = list.length - 1; i > place; i--) list[i] = list[i - 1] as T;
  list[place] = item;
}

export function removeAt<T>(list: T[], place: number): void {
  for (let i = place + 1; i < list.length; i++) list[i - 1] = list[i] as T;
  list.pop();
}
