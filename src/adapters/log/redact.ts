// Adapters, log: the last door before a line leaves. Any fragment of 12 or more characters of a known secret is replaced,
// in plain, URL-encoded, hex and base64 form, and so is whatever stands where venues put signatures and keys.
const FRAGMENT = 12;
const MASK = '[redacted]';

/** signature=…, listenKey in URLs and JSON, /ws/<64 characters>, webhook addresses with their tokens. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/(signature=)[0-9A-Za-z%+/=_-]+/gi, `$1${MASK}`],
  [/(listenKey\\?["']?\s*[=:]\s*\\?["']?)[0-9A-Za-z_-]{8,}/gi, `$1${MASK}`],
  [/(\/ws\/)[0-9A-Za-z]{40,}/g, `$1${MASK}`],
  [/(\/webhooks\/\d+\/)[0-9A-Za-z_-]+/g, `$1${MASK}`],
];

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  // Base64 depends on where the secret begins within a group of three bytes.
  const shifted = [0, 1, 2].map((lead) => Buffer.concat([Buffer.alloc(lead), bytes]).toString('base64'));
  const hex = bytes.toString('hex');
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), hex, hex.toUpperCase(), ...shifted];
}

export type Redact = (line: string) => string;

export function redactor(secrets: readonly string[]): Redact {
  const fragments = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < FRAGMENT) continue;
    for (const form of formsOf(secret)) {
      for (let i = 0; i + FRAGMENT <= form.length; i++) fragments.add(form.slice(i, i + FRAGMENT));
    }
  }
  return (line) => {
    let out = maskFragments(line, fragments);
    for (const [pattern, replacement] of PATTERNS) out = out.replace(pattern, replacement);
    return out;
  };
}

/** Overlapping fragments merge into one mask. */
function maskFragments(line: string, fragments: ReadonlySet<string>): string {
  if (fragments.size === 0) return line;
  let out = '';
  let copied = 0;
  for (let i = 0; i + FRAGMENT <= line.length; ) {
    if (!fragments.has(line.slice(i, i + FRAGMENT))) {
      i += 1;
      continue;
    }
    let end = i + FRAGMENT;
    while (fragments.has(line.slice(end - FRAGMENT + 1, end + 1))) end += 1;
    out += line.slice(copied, i) + MASK;
    copied = end;
    i = end;
  }
  return out + line.slice(copied);
}
