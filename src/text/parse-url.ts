/**
 * An address, or null when the text is none. `URL.canParse` is not asked: in Node 20, once V8 has optimised the call, it says
 * no to every address with a letter of Latin-1 in it, such as https://bücher.example.
 */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
