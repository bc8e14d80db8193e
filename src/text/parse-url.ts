/**
 * A URL, or null when the text is not one. `URL.canParse` is not used: in Node 20, once V8 has optimised the call, it returns
 * false for every URL with a letter of Latin-1, such as https://bücher.example.
 */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
