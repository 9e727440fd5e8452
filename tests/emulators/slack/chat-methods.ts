import { blockProblems, type Json, markupProblems, objects, reordering } from './block-rules.ts'
import { limits } from './limits.ts'
import type { Message, Workspace } from './workspace.ts'

export type Answer = Json & { readonly ok: boolean }
export type Method = { readonly scope: string | null; readonly run: (workspace: Workspace, body: Json) => Answer }
export const refuse = (error: string, more: Json = {}): Answer => ({ ok: false, error, ...more })
export const accept = (more: Json = {}): Answer => ({ ok: true, ...more })

/** @returns Slack's refusal of what a message says; null when it takes it. */
function contentRefusal(workspace: Workspace, method: string, body: Json): Answer | null {
  const text = body['text']
  const problems: string[] = []
  if (typeof text !== 'string' || text.trim() === '') problems.push('no top-level text: the notification would be empty')
  else problems.push(...markupProblems(text), ...reordering(text), ...(text.length > limits.text ? ['msg_too_long'] : []))
  const blocks = body['blocks'] === undefined ? [] : blockProblems(body['blocks'], 'message', workspace.known)
  const early = blocks.filter((problem) => problem.includes('invalid slack file'))
  // A file that Slack still looks at is no mistake of the client's: nobody tells it when that is over.
  for (const problem of [...problems, ...blocks.filter((b) => !early.includes(b))]) workspace.violation(`${method}: ${problem}`)
  if (blocks.includes('msg_blocks_too_long')) return refuse('msg_blocks_too_long')
  if (blocks.length > 0) return refuse('invalid_blocks', { errors: blocks })
  return problems.some((problem) => problem.startsWith('no top-level')) ? refuse('no_text') : null
}

function metadataOf(workspace: Workspace, method: string, body: Json): Json | null {
  const metadata = body['metadata']
  if (metadata === undefined) return null
  if (JSON.stringify(metadata).length > limits.metadataBytes) workspace.violation(`${method}: metadata is too large`)
  return metadata as Json
}

function placeRefusal({ settings }: Workspace, body: Json): Answer | null {
  if (body['channel'] !== settings.channel) return refuse('channel_not_found')
  return settings.member ? null : refuse('not_in_channel')
}

function quietFlags(workspace: Workspace, method: string, body: Json, flags: readonly string[]): void {
  for (const flag of flags) if (String(body[flag]) !== 'false') workspace.violation(`${method}: ${flag} is not off`)
  if (body['parse'] !== 'none') workspace.violation(`${method}: parse is not none`)
}

export const shown = (message: Message, settings: { readonly botId: string; readonly botUser: string }, withMetadata: boolean): Json => ({
  type: 'message',
  ts: message.ts,
  text: message.text,
  blocks: message.blocks,
  ...(message.threadTs !== null && { thread_ts: message.threadTs }),
  ...(message.byBot ? { bot_id: settings.botId, user: settings.botUser } : { user: 'U0SOMEBODY' }),
  ...(withMetadata && message.metadata !== null && { metadata: message.metadata }),
})

const postMessage: Method = {
  scope: 'chat:write',
  run(workspace, body) {
    const { settings, messages } = workspace
    const refusal = placeRefusal(workspace, body) ?? contentRefusal(workspace, 'chat.postMessage', body)
    if (refusal) return refusal
    quietFlags(workspace, 'chat.postMessage', body, ['unfurl_links', 'unfurl_media', 'link_names'])
    const threadTs = body['thread_ts'] === undefined ? null : String(body['thread_ts'])
    if (threadTs !== null && !messages.some((m) => m.ts === threadTs)) return refuse('thread_not_found')
    const message: Message = {
      channel: settings.channel,
      ts: workspace.ts(),
      threadTs,
      byBot: true,
      text: String(body['text']),
      blocks: objects(body['blocks']),
      metadata: metadataOf(workspace, 'chat.postMessage', body),
      edits: 0,
      pinned: false,
    }
    messages.push(message)
    return accept({ channel: message.channel, ts: message.ts, message: shown(message, settings, false) })
  },
}

const update: Method = {
  scope: 'chat:write',
  run(workspace, body) {
    const refusal = placeRefusal(workspace, body)
    if (refusal) return refusal
    const message = workspace.messages.find((m) => m.ts === body['ts'])
    if (!message) return refuse('message_not_found')
    if (!message.byBot) return refuse('cant_update_message')
    const content = contentRefusal(workspace, 'chat.update', body)
    if (content) return content
    quietFlags(workspace, 'chat.update', body, ['link_names'])
    message.text = String(body['text'])
    if (body['blocks'] !== undefined) message.blocks = objects(body['blocks'])
    message.metadata = metadataOf(workspace, 'chat.update', body) ?? message.metadata
    message.edits += 1
    return accept({ channel: message.channel, ts: message.ts, text: message.text })
  },
}

const postEphemeral: Method = {
  scope: 'chat:write',
  run(workspace, body) {
    const refusal = placeRefusal(workspace, body) ?? contentRefusal(workspace, 'chat.postEphemeral', body)
    if (refusal) return refusal
    const threadTs = body['thread_ts'] === undefined ? null : String(body['thread_ts'])
    const ephemeral = {
      channel: String(body['channel']),
      ts: workspace.ts(),
      user: String(body['user']),
      threadTs,
      text: String(body['text']),
      blocks: objects(body['blocks']),
      replaced: 0,
    }
    workspace.ephemerals.push(ephemeral)
    return accept({ message_ts: ephemeral.ts })
  },
}

export const chatMethods: Readonly<Record<string, Method>> = {
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.postEphemeral': postEphemeral,
}

/** What is sent to a response_url. @returns status and body, as Slack answers there. */
export function respond(workspace: Workspace, token: string, body: Json): { readonly status: number; readonly body: Answer } {
  const entry = workspace.responseUrls.get(token)
  const no = (error: string) => ({ status: 404, body: refuse(error) })
  if (!entry) return no('invalid_url')
  if (Date.now() - entry.issuedAt > limits.responseUrlMs) return no('expired_url')
  entry.uses += 1
  if (entry.uses > limits.responseUrlUses) {
    workspace.violation('response_url: used more than five times')
    return no('used_url')
  }
  const refusal = contentRefusal(workspace, 'response_url', body)
  if (refusal) return { status: 404, body: refusal }
  const { origin } = entry
  const content = { text: String(body['text']), blocks: objects(body['blocks']) }
  if (body['replace_original'] === true && origin !== null) {
    if ('user' in origin) Object.assign(origin, content, { replaced: origin.replaced + 1 })
    else workspace.violation('response_url: a private answer replaced a message for everybody')
    return { status: 200, body: accept() }
  }
  if (body['response_type'] === 'in_channel') workspace.violation('response_url: a private answer went to the channel')
  const threadTs = body['thread_ts'] === undefined ? null : String(body['thread_ts'])
  workspace.ephemerals.push({ channel: entry.channel, ts: workspace.ts(), user: entry.user, threadTs, ...content, replaced: 0 })
  return { status: 200, body: accept() }
}
