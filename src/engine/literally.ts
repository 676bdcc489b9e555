/** Text as a part of a regular expression that stands for nothing but itself. */
export function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
