// Floor 0, the words: text from outside (names of people, of contracts, of errors) made harmless in a chat that knows markdown.

const SPECIAL = /[\\*_~`|>#[\]()<@:-]/g;
/** Control characters but the line break, and format characters: invisible, or turning the direction of the text. */
const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/gu;

/** Shows as it was written: nothing in it formats, links or mentions. Not for titles and footers, which know no markdown. */
export const escapeMarkdown = (text: string): string => text.replace(UNSEEN, '').replace(SPECIAL, '\\$&');
