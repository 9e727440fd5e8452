/**
 * Outside text made harmless for Discord: no markdown, no mentions, no links, nothing invisible. Controls of direction and
 * zero-width characters go: they could show a price or a name that is not there.
 */
const space = /[\s\p{Zl}\p{Zp}\p{Cc}]+/gu
const invisible = /[\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu
const markdown = /[\\*_~`|<>@#[\]]/g
/** `https://` becomes a link by itself, and `:name:` an emoji. */
const colon = /:(?=\/\/|[a-z][\w+-]*:)/gi
const listMark = /^(?:[-+]|\d+(?=[.)]))/

/** One line without anything invisible. */
export const visible = (text: string): string => text.replace(space, ' ').replace(invisible, '').trim()

export const escaped = (text: string): string =>
  visible(text)
    .replace(markdown, '\\$&')
    .replace(colon, '\\:')
    .replace(listMark, (mark) => (/\d/.test(mark) ? `${mark}\\` : `\\${mark}`))

/** For code blocks, where nothing can be escaped: only a backtick ends one. */
export const code = (text: string): string => visible(text).replaceAll('`', "'")

/** At most `length` UTF-16 units of already escaped text; neither an escape nor a character is cut in two. */
export function clipped(text: string, length: number): string {
  if (text.length <= length) return text
  const cut = text.slice(0, Math.max(0, length - 1)).replace(/[\uD800-\uDBFF]$/, '')
  const slashes = /\\*$/.exec(cut)?.[0].length ?? 0
  return `${slashes % 2 === 1 ? cut.slice(0, -1) : cut}…`
}
