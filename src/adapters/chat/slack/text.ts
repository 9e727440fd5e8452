/** Words from outside are hostile until they went through here. */

/** Control characters, marks that reorder or hide text, and halves of characters; only line breaks stay. */
export const visible = (text: string): string =>
  text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/\t/g, ' ')
    .replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/gu, '')

const lookalikes: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' }

/** For places where Slack reads its markup: shown as it was written, mentions nobody, links nowhere. */
export const escaped = (text: string): string =>
  visible(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[*_~`]/g, (sign) => lookalikes[sign] ?? sign)

/** Cut to at most `most` UTF-16 units, never inside a character; the last one says that something is missing. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text
  const cut = text.slice(0, most - 1)
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`
}

/** Pieces of at most `most` UTF-16 units, cut at line breaks or spaces where there are any; nothing gets lost but those. */
export function pieces(text: string, most: number): readonly string[] {
  const found: string[] = []
  let rest = text
  while (rest.length > most) {
    const window = rest.slice(0, most + 1)
    const at = Math.max(window.lastIndexOf('\n'), window.lastIndexOf(' '))
    const end = at > most / 2 ? at : whole(rest, most)
    found.push(rest.slice(0, end))
    rest = rest.slice(at > most / 2 ? end + 1 : end)
  }
  if (rest !== '') found.push(rest)
  return found
}
const whole = (text: string, end: number): number => (/[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end - 1 : end)

/** What somebody typed after a slash command: Slack escapes it and phones make quotes pretty. */
export const typed = (text: string): string =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\u2018\u2019]/g, "'")
