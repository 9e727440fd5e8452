import { z } from 'zod'
import { codeBlock, escapeHtml, type Reader } from './markup.ts'

const style = z.strictObject({
  bold: z.boolean().optional(),
  italic: z.boolean().optional(),
  strike: z.boolean().optional(),
  code: z.boolean().optional(),
})
const piece = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string(), style: style.optional() }),
  z.strictObject({ type: z.literal('user'), user_id: z.string(), style: style.optional() }),
  z.strictObject({ type: z.literal('broadcast'), range: z.string() }),
  z.strictObject({ type: z.literal('link'), url: z.string(), text: z.string().optional(), style: style.optional() }),
])
const pieces = z.array(piece)
const section = z.strictObject({ type: z.literal('rich_text_section'), elements: pieces })
const part = z.discriminatedUnion('type', [
  section,
  z.strictObject({ type: z.literal('rich_text_preformatted'), elements: pieces, border: z.number().optional() }),
  z.strictObject({ type: z.literal('rich_text_quote'), elements: pieces, border: z.number().optional() }),
  z.strictObject({
    type: z.literal('rich_text_list'),
    elements: z.array(section),
    style: z.enum(['bullet', 'ordered']),
    indent: z.number().optional(),
    border: z.number().optional(),
  }),
])
export const richTextBlock = z.strictObject({ type: z.literal('rich_text'), elements: z.array(part), block_id: z.string().optional() })

/** Text in it is literal: Slack reads neither markup nor entities there. */
export const richText = ({ elements }: z.infer<typeof richTextBlock>, reader: Reader): string =>
  elements.map((one) => partHtml(one, reader)).join('')

function partHtml(one: z.infer<typeof part>, reader: Reader): string {
  switch (one.type) {
    case 'rich_text_section':
      return `<div class="text rich">${html(one.elements, reader)}</div>`
    case 'rich_text_preformatted':
      return codeBlock(one.elements.map((p) => (p.type === 'text' ? p.text : '')).join(''))
    case 'rich_text_quote':
      return `<div class="text quote">${html(one.elements, reader)}</div>`
    case 'rich_text_list':
      return one.elements.map((item) => `<div class="text item">${html(item.elements, reader)}</div>`).join('')
  }
}

const html = (elements: z.infer<typeof pieces>, reader: Reader): string => elements.map((p) => pieceHtml(p, reader)).join('')

function pieceHtml(one: z.infer<typeof piece>, { people }: Reader): string {
  if (one.type === 'broadcast') return `<span class="mention">@${escapeHtml(one.range)}</span>`
  if (one.type === 'user') return `<span class="mention">@${escapeHtml(people[one.user_id] ?? one.user_id)}</span>`
  const words = escapeHtml(one.type === 'link' ? (one.text ?? one.url) : one.text)
  if (one.type === 'link') return `<a>${words}</a>`
  const { bold, italic, strike, code } = one.style ?? {}
  const marks = [...(bold ? ['b'] : []), ...(italic ? ['i'] : []), ...(strike ? ['s'] : [])]
  const inside = code ? `<code class="inline">${words}</code>` : words
  return marks.reduce((inner, name) => `<${name}>${inner}</${name}>`, inside)
}
