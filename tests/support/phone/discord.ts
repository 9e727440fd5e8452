import { z } from 'zod'
import { discordInline, discordMarkdown } from './discord-markdown.ts'
import { avatar, codeFontSize, type Screen } from './frame.ts'
import { attribute, escapeHtml, type Reader } from './markup.ts'

/** Strict, so that nothing a message carries can be missing from the picture without a word. */
const button = z.strictObject({
  type: z.literal(2),
  style: z.number(),
  label: z.string(),
  custom_id: z.string().optional(),
  url: z.string().optional(),
  disabled: z.boolean().optional(),
})
const select = z.strictObject({
  type: z.literal(3),
  custom_id: z.string(),
  placeholder: z.string().optional(),
  options: z.array(z.object({ label: z.string() })),
  min_values: z.number().optional(),
  max_values: z.number().optional(),
  disabled: z.boolean().optional(),
})
const embed = z.strictObject({
  author: z.strictObject({ name: z.string() }).optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  color: z.number().optional(),
  fields: z.array(z.strictObject({ name: z.string(), value: z.string(), inline: z.boolean().optional() })).optional(),
  footer: z.strictObject({ text: z.string() }).optional(),
  image: z.strictObject({ url: z.string() }).optional(),
})
const message = z.strictObject({
  content: z.string().optional(),
  embeds: z.array(embed).optional(),
  components: z
    .array(z.strictObject({ type: z.literal(1), components: z.array(z.discriminatedUnion('type', [button, select])) }))
    .optional(),
  // What nobody sees.
  nonce: z.unknown().optional(),
  enforce_nonce: z.unknown().optional(),
  allowed_mentions: z.unknown().optional(),
  attachments: z.unknown().optional(),
  flags: z.unknown().optional(),
})

export interface DiscordView extends Reader {
  /** Pictures by attachment name, as data addresses. */
  readonly files: Readonly<Record<string, string>>
  readonly bot: string
  readonly channel: string
  /** null: a new message, which rings; else why it does not. */
  readonly silent: string | null
}

/** A phone with Discord open on this message. @param payload what is sent to create a message. @throws on parts it cannot draw. */
export function discordScreen(payload: unknown, view: DiscordView): Screen {
  const { content = '', embeds = [], components = [] } = message.parse(payload)
  const at = new Intl.DateTimeFormat('en-US', { timeStyle: 'short', timeZone: view.timeZone }).format(view.now)
  return {
    theme: 'discord',
    channel: view.channel,
    notification: view.silent ?? { app: 'Discord', title: `${view.bot} (#${view.channel})`, text: pushed(content, view) },
    message: `<article class="message"><div class="avatar">${avatar}</div><div class="body">
<div class="who"><b>${escapeHtml(view.bot)}</b> <span class="tag">APP</span> <span class="when">${escapeHtml(at)}</span></div>
${content === '' ? '' : `<div class="text content">${discordMarkdown(content, view)}</div>`}
${embeds.map((one) => embedHtml(one, view)).join('')}
${components.map(({ components: row }) => `<div class="row">${row.map(componentHtml).join('')}</div>`).join('')}
</div></article>`,
  }
}

/** A notification knows names; it reads no markup, so that whatever is in the text shows. */
const pushed = (text: string, { people }: Reader): string =>
  text.replace(/<@!?(\d+)>/g, (_, id: string) => `@${people[id] ?? 'unknown-user'}`)

function embedHtml({ author, title, description, color, fields, footer, image }: z.infer<typeof embed>, view: DiscordView): string {
  const hex = (color ?? 0x1e1f22).toString(16).padStart(6, '0')
  return `<div class="embed" style="border-color:#${hex}">
${author ? `<div class="author">${escapeHtml(author.name)}</div>` : ''}
${title ? `<div class="title">${discordInline(title, view)}</div>` : ''}
${description ? `<div class="text">${discordMarkdown(description, view)}</div>` : ''}
${(fields ?? []).map((field) => fieldHtml(field, view)).join('')}
${image ? `<img alt="" src="${attribute(source(image.url, view))}">` : ''}
${footer ? `<div class="footer">${escapeHtml(footer.text)}</div>` : ''}</div>`
}

/** One below the other: the phone knows no inline fields. */
const fieldHtml = ({ name, value }: { readonly name: string; readonly value: string }, view: DiscordView): string =>
  `<div class="field"><div class="name">${discordInline(name, view)}</div><div class="text">${discordMarkdown(value, view)}</div></div>`

function source(url: string, { files }: DiscordView): string {
  const found = files[url.replace('attachment://', '')]
  if (found === undefined) throw new Error(`no file for ${url}`)
  return found
}

const styles: Readonly<Record<number, string>> = { 1: 'primary', 2: 'plain', 3: 'success', 4: 'danger', 5: 'link' }

const componentHtml = (component: z.infer<typeof button> | z.infer<typeof select>): string =>
  component.type === 2
    ? `<button class="${styles[component.style] ?? ''}"${component.disabled ? ' disabled' : ''}>${escapeHtml(component.label)}</button>`
    : `<div class="select"><span>${escapeHtml(component.placeholder ?? 'Make a selection')}</span><span>⌄</span></div>`

export const discordCss = `
.note .icon { background: #5865f2 }
.discord { background: #1a1a1e; color: #dfe0e2 }
.discord .bar { background: #1a1a1e; border-bottom: 1px solid #2c2d32 }
.discord .message { grid-template-columns: 40px 1fr; gap: 12px }
.discord .avatar { width: 40px; height: 40px; border-radius: 50% }
.discord .body { min-width: 0 }
.discord .who b { color: #fff }
.discord .tag { background: #5865f2; color: #fff; font-size: 10px; font-weight: bold; border-radius: 3px; padding: 1px 4px; vertical-align: 1px }
.discord .when { color: #949ba4; font-size: 12px }
.discord .embed { background: #242429; border-left: 4px solid; border-radius: 4px; padding: 10px 12px; margin-top: 6px; font-size: 14px }
.discord .embed .author { font-weight: bold; font-size: 13px; margin-bottom: 4px }
.discord .embed .title { font-weight: bold; color: #fff; margin-bottom: 6px; font-size: 15px }
.discord .embed .field { margin-top: 6px }
.discord .embed .field .name { font-weight: bold; color: #fff }
.discord .embed .footer { color: #b5bac1; font-size: 12px; margin-top: 8px }
.discord .embed img { margin-top: 10px }
.discord b { color: #fff }
.discord pre.code { background: #1a1a1e; border: 1px solid #111214; border-radius: 4px; padding: 7px 6px; margin: 4px 0; font-size: ${codeFontSize(375 - 32 - 52 - 28 - 14)} }
.discord code.inline { background: #1a1a1e }
.discord .mention { background: #3c4270; color: #c9cdfb; border-radius: 3px; padding: 0 2px; font-weight: bold }
.discord .time { background: #33343a; border-radius: 3px; padding: 0 2px }
.discord a { color: #00a8fc }
.discord .h1 { font-size: 22px; font-weight: bold } .discord .h2 { font-size: 19px; font-weight: bold } .discord .h3 { font-size: 16px; font-weight: bold }
.discord .quote { border-left: 3px solid #4e5058; padding-left: 8px }
.discord .spoiler { background: #3b3c42; color: transparent; border-radius: 3px }
.discord .row { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px }
.discord button { border: 0; border-radius: 8px; color: #fff; min-height: 38px; padding: 0 14px; font-size: 14px; font-weight: bold; background: #4e5058 }
.discord button.primary { background: #5865f2 } .discord button.success { background: #248046 } .discord button.danger { background: #da373c }
.discord button:disabled { opacity: .5 }
.discord .select { flex: 1; display: flex; justify-content: space-between; align-items: center; background: #1e1f22; border: 1px solid #3a3b41; border-radius: 8px; min-height: 42px; padding: 0 12px; color: #949ba4 }
`
