// Floor 1, room 4: many numbers as one text, a third of the bytes of a list.

const MAX_DECIMALS = 8;
const BASE = 36;

/** Numbers with few decimals as whole numbers of one power of ten, the power in front; others as they are, behind an `x`. */
export function packNumbers(values: readonly number[]): string {
  for (let decimals = 0; decimals <= MAX_DECIMALS; decimals++) {
    const power = 10 ** decimals;
    const whole = values.map((value) => Math.round(value * power));
    if (!whole.every((count, i) => Number.isNaN(count) || (Number.isSafeInteger(count) && count / power === values[i]))) continue;
    return [decimals, ...whole.map((count) => (Number.isNaN(count) ? '' : count.toString(BASE)))].join(' ');
  }
  return ['x', ...values.map((value) => (Number.isNaN(value) ? '' : String(value)))].join(' ');
}

export function unpackNumbers(text: string): number[] {
  const [decimals = 'x', ...words] = text.split(' ');
  const read = decimals === 'x' ? Number : (word: string): number => Number.parseInt(word, BASE) / 10 ** Number(decimals);
  return words.map((word) => (word === '' ? Number.NaN : read(word)));
}
