import { z } from 'zod'
import { avatar, codeFontSize, type Screen } from './frame.ts'
import { attribute, escapeHtml, type Reader } from './markup.ts'
import { decodeEntities, slackMrkdwn, slackPlain } from './slack-mrkdwn.ts'
import { richText, richTextBlock } from './slack-rich-text.ts'

const textObject = z.union([
  z.strictObject({ type: z.literal('plain_text'), text: z.string(), emoji: z.boolean().optional() }),
  z.strictObject({ type: z.literal('mrkdwn'), text: z.string(), verbatim: z.boolean().optional() }),
])
type TextObject = z.infer<typeof textObject>

const button = z.strictObject({
  type: z.literal('button'),
  text: textObject,
  action_id: z.string().optional(),
  value: z.string().optional(),
  url: z.string().optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: z.string().optional(),
})
const overflow = z.strictObject({
  type: z.literal('overflow'),
  action_id: z.string().optional(),
  options: z.array(z.object({ text: textObject })).max(5),
})
const select = z.strictObject({
  type: z.literal('static_select'),
  action_id: z.string().optional(),
  placeholder: textObject.optional(),
  options: z.array(z.object({ text: textObject })),
})
const image = z.strictObject({
  type: z.literal('image'),
  alt_text: z.string(),
  image_url: z.string().optional(),
  slack_file: z.strictObject({ id: z.string() }).optional(),
  title: textObject.optional(),
  block_id: z.string().optional(),
})
const element = z.discriminatedUnion('type', [button, overflow, select])
const blockId = { block_id: z.string().optional() }
const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: textObject, ...blockId }),
  z.strictObject({
    type: z.literal('section'),
    text: textObject.optional(),
    fields: z.array(textObject).max(10).optional(),
    accessory: z.union([element, image]).optional(),
    expand: z.boolean().optional(),
    ...blockId,
  }),
  z.strictObject({ type: z.literal('context'), elements: z.array(z.union([textObject, image])), ...blockId }),
  z.strictObject({ type: z.literal('divider'), ...blockId }),
  z.strictObject({ type: z.literal('actions'), elements: z.array(element).max(25), ...blockId }),
  image,
  richTextBlock,
])
/** Strict, so that nothing a message carries can be missing from the picture without a word. */
const message = z.strictObject({
  text: z.string(),
  blocks: z.array(block).max(50).optional(),
  // What nobody sees.
  channel: z.unknown().optional(),
  ts: z.unknown().optional(),
  thread_ts: z.unknown().optional(),
  metadata: z.unknown().optional(),
  unfurl_links: z.unknown().optional(),
  unfurl_media: z.unknown().optional(),
  parse: z.unknown().optional(),
  link_names: z.unknown().optional(),
})

export interface SlackView extends Reader {
  /** Pictures by file id, as data addresses. */
  readonly files: Readonly<Record<string, string>>
  readonly bot: string
  readonly channel: string
  /** null: a new message, which rings; else why it does not. */
  readonly silent: string | null
}

/** A phone with Slack open on this message. @param payload what chat.postMessage gets. @throws on parts it cannot draw. */
export function slackScreen(payload: unknown, view: SlackView): Screen {
  const { text, blocks = [] } = message.parse(payload)
  const at = new Intl.DateTimeFormat('en-US', { timeStyle: 'short', timeZone: view.timeZone }).format(view.now)
  const body = blocks.length > 0 ? blocks.map((one) => blockHtml(one, view)).join('') : `<div class="text">${slackMrkdwn(text, view)}</div>`
  return {
    theme: 'slack',
    channel: view.channel,
    notification: view.silent ?? { app: 'Slack', title: `#${view.channel}`, text: `${view.bot}: ${pushed(text, view)}` },
    message: `<article class="message"><div class="avatar">${avatar}</div><div class="body">
<div class="who"><b>${escapeHtml(view.bot)}</b> <span class="tag">APP</span> <span class="when">${escapeHtml(at)}</span></div>${body}</div></article>`,
  }
}

/** A notification knows entities and names, and nothing of blocks. */
const pushed = (text: string, { people }: Reader): string =>
  decodeEntities(text.replace(/<@([UW][A-Z0-9]+)>/g, (_, id: string) => `@${people[id] ?? id}`))

function blockHtml(one: z.infer<typeof block>, view: SlackView): string {
  switch (one.type) {
    case 'header':
      return `<div class="header">${slackPlain(one.text.text)}</div>`
    case 'section':
      return `<div class="section"><div class="grow">${one.text ? `<div class="text">${textHtml(one.text, view)}</div>` : ''}
${(one.fields ?? []).map((field) => `<div class="text fact">${textHtml(field, view)}</div>`).join('')}</div>
${one.accessory ? (one.accessory.type === 'image' ? imageHtml(one.accessory, view) : elementHtml(one.accessory, view)) : ''}</div>`
    case 'context':
      return `<div class="context text">${one.elements.map((e) => (e.type === 'image' ? imageHtml(e, view) : textHtml(e, view))).join(' ')}</div>`
    case 'divider':
      return '<hr>'
    case 'actions':
      return `<div class="row">${one.elements.map((e) => elementHtml(e, view)).join('')}</div>`
    case 'image':
      return imageHtml(one, view)
    case 'rich_text':
      return richText(one, view)
  }
}

const textHtml = (text: TextObject, view: SlackView): string =>
  text.type === 'plain_text' ? slackPlain(text.text) : slackMrkdwn(text.text, view)

function elementHtml(one: z.infer<typeof element>, view: SlackView): string {
  if (one.type === 'button') return `<button class="${one.style ?? 'plain'}">${textHtml(one.text, view)}</button>`
  if (one.type === 'overflow') return '<button class="plain more">•••</button>'
  return `<button class="plain">${one.placeholder ? textHtml(one.placeholder, view) : 'Choose'} ⌄</button>`
}

function imageHtml({ slack_file: file, image_url: url, alt_text: alt }: z.infer<typeof image>, { files }: SlackView): string {
  const found = files[file?.id ?? url ?? '']
  if (found === undefined) throw new Error(`no file for ${file?.id ?? url}`)
  return `<img alt="${attribute(alt)}" src="${attribute(found)}">`
}

export const slackCss = `
.note.slack .icon { background: #611f69 }
.slack { background: #fff; color: #1d1c1d }
.note.slack { color: #111; background: rgba(245,245,250,.92) }
.slack .bar { background: #4a154b; color: #fff }
.slack .message { grid-template-columns: 36px 1fr; gap: 8px; padding: 12px 16px 18px }
.slack .avatar { width: 36px; height: 36px; border-radius: 6px }
.slack .body { min-width: 0 }
.slack .tag { background: #e8e8e8; color: #616061; font-size: 10px; font-weight: bold; border-radius: 3px; padding: 1px 4px; vertical-align: 1px }
.slack .when { color: #616061; font-size: 12px }
.slack .header { font-size: 18px; line-height: 1.25; font-weight: bold; margin: 6px 0 }
.slack .section { display: flex; gap: 8px; margin: 6px 0 }
.slack .section .grow { flex: 1; min-width: 0 }
.slack .section > img { width: 72px; height: 72px; object-fit: cover }
.slack .fact { margin-top: 6px }
.slack .context { color: #616061; font-size: 13px; margin: 4px 0 }
.slack .context img { display: inline; width: 18px; height: 18px }
.slack hr { border: 0; border-top: 1px solid #ddd; margin: 8px 0 }
.slack pre.code { background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; padding: 7px 6px; margin: 4px 0; color: #1d1c1d; font-size: ${codeFontSize(375 - 32 - 44 - 14)} }
.slack code.inline { background: #f8f8f8; border: 1px solid #ddd; color: #c01343 }
.slack .mention { background: #fff0cc; color: #1264a3; border-radius: 3px; padding: 0 2px }
.slack a { color: #1264a3 }
.slack .quote { border-left: 4px solid #ddd; padding-left: 8px }
.slack .row { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px }
.slack button { background: #fff; border: 1px solid #bbb; border-radius: 8px; color: #1d1c1d; font-weight: bold; min-height: 40px; padding: 0 14px; font-size: 15px }
.slack button.primary { background: #007a5a; border-color: #007a5a; color: #fff } .slack button.danger { background: #e01e5a; border-color: #e01e5a; color: #fff }
`
