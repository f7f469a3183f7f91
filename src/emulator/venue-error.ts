// Emulator, the words of refusal: what the venue answers when it says no. Text and status as on the wire.

/** A refusal with the venue's code; thrown by a route, answered by the door. */
export class VenueRefusal extends Error {
  override readonly name = 'VenueRefusal';
  readonly code: number;
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: number, message: string, details: { httpStatus?: number; headers?: Readonly<Record<string, string>> } = {}) {
    super(message);
    this.code = code;
    this.httpStatus = details.httpStatus ?? 400;
    this.headers = details.headers ?? {};
  }
}

export const missingParameter = (name: string): VenueRefusal =>
  new VenueRefusal(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);
export const duplicateParameter = (name: string): VenueRefusal =>
  new VenueRefusal(-1101, `Duplicate values for parameter '${name}' detected.`);
export const invalidParameter = (name: string): VenueRefusal =>
  new VenueRefusal(-1130, `Data sent for parameter '${name}' is not valid.`);
export const invalidSymbol = (): VenueRefusal => new VenueRefusal(-1121, 'Invalid symbol.');
