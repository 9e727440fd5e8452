import { type Json, objects, viewProblems } from './block-rules.ts'
import { type Answer, accept, type Method, refuse, shown } from './chat-methods.ts'
import type { View, Workspace } from './workspace.ts'

const viewAnswer = (view: View): Answer => accept({ view: { id: view.id, hash: view.hash, ...view.content } })

function viewRefusal(workspace: Workspace, method: string, surface: 'modal' | 'home', view: unknown): Answer | null {
  const problems = viewProblems(view, surface, workspace.known)
  for (const problem of problems) workspace.violation(`${method}: ${problem}`)
  return problems.length === 0 ? null : refuse('invalid_arguments', { response_metadata: { messages: problems } })
}

const viewsOpen: Method = {
  scope: null,
  run(workspace, body) {
    const trigger = workspace.spendTrigger(String(body['trigger_id']))
    if (typeof trigger === 'string') {
      workspace.violation(`views.open: ${trigger}`)
      return refuse(trigger)
    }
    const refusal = viewRefusal(workspace, 'views.open', 'modal', body['view'])
    if (refusal) return refusal
    const view: View = { id: workspace.id('V'), user: trigger.user, hash: workspace.ts(), content: body['view'] as Json, open: true }
    workspace.views.push(view)
    return viewAnswer(view)
  },
}

const viewsUpdate: Method = {
  scope: null,
  run(workspace, body) {
    const view = workspace.views.find(({ id }) => id === body['view_id'])
    if (!view?.open) return refuse('not_found')
    const refusal = viewRefusal(workspace, 'views.update', 'modal', body['view'])
    if (refusal) return refusal
    Object.assign(view, { content: body['view'], hash: workspace.ts() })
    return viewAnswer(view)
  },
}

const viewsPublish: Method = {
  scope: null,
  run(workspace, body) {
    const user = String(body['user_id'])
    const refusal = viewRefusal(workspace, 'views.publish', 'home', body['view'])
    if (refusal) return refusal
    const view: View = {
      id: workspace.homes.get(user)?.id ?? workspace.id('V'),
      user,
      hash: workspace.ts(),
      content: body['view'] as Json,
      open: true,
    }
    workspace.homes.set(user, view)
    return viewAnswer(view)
  },
}

const authTest: Method = {
  scope: null,
  run: ({ settings: s }) =>
    accept({ url: 'https://desk.slack.com/', team: 'Desk', team_id: s.team, user: 'catalyst', user_id: s.botUser, bot_id: s.botId }),
}

const info: Method = {
  scope: 'channels:read',
  run({ settings }, body) {
    if (body['channel'] !== settings.channel) return refuse('channel_not_found')
    return accept({ channel: { id: settings.channel, name: 'trading', is_channel: true, is_archived: false, is_member: settings.member } })
  },
}

/** Newest first, without what stands in threads. */
const history: Method = {
  scope: 'channels:history',
  run(workspace, body) {
    const roots = workspace.messages.filter((message) => message.threadTs === null)
    return page(workspace, [...roots].reverse(), body)
  },
}
const replies: Method = {
  scope: 'channels:history',
  run(workspace, body) {
    const thread = workspace.messages.filter(({ ts, threadTs }) => ts === body['ts'] || threadTs === body['ts'])
    return thread.length === 0 ? refuse('thread_not_found') : page(workspace, thread, body)
  },
}

function page({ settings }: Workspace, messages: Workspace['messages'], body: Json): Answer {
  if (body['channel'] !== settings.channel) return refuse('channel_not_found')
  const from = Number(body['cursor'] ?? 0)
  const end = from + Number(body['limit'] ?? 100)
  const withMetadata = String(body['include_all_metadata']) === 'true'
  const more = end < messages.length
  return accept({
    messages: messages.slice(from, end).map((message) => shown(message, settings, withMetadata)),
    has_more: more,
    response_metadata: { next_cursor: more ? String(end) : '' },
  })
}

const pinsAdd: Method = {
  scope: 'pins:write',
  run({ messages }, body) {
    const message = messages.find(({ ts }) => ts === body['timestamp'])
    if (!message) return refuse('message_not_found')
    if (message.pinned) return refuse('already_pinned')
    message.pinned = true
    return accept()
  },
}

const uploadUrl: Method = {
  scope: 'files:write',
  run(workspace, body) {
    const length = Number(body['length'])
    if (!(length > 0)) return refuse('invalid_arguments')
    const file = {
      id: workspace.id('F'),
      filename: String(body['filename']),
      length,
      altText: String(body['alt_text'] ?? ''),
      bytes: null,
      knownFrom: null,
    }
    workspace.files.set(file.id, file)
    return accept({ upload_url: `${workspace.url}/upload/${file.id}`, file_id: file.id })
  },
}
const complete: Method = {
  scope: 'files:write',
  run(workspace, body) {
    const ids = objects(body['files']).map(({ id }) => String(id))
    for (const id of ids) {
      const file = workspace.files.get(id)
      if (!file?.bytes || file.knownFrom !== null) return refuse('file_not_found')
      file.knownFrom = Date.now() + workspace.settings.fileDelayMs
    }
    return accept({ files: ids.map((id) => ({ id, title: workspace.files.get(id)?.filename })) })
  },
}

export const otherMethods: Readonly<Record<string, Method>> = {
  'auth.test': authTest,
  'conversations.info': info,
  'conversations.history': history,
  'conversations.replies': replies,
  'pins.add': pinsAdd,
  'views.open': viewsOpen,
  'views.update': viewsUpdate,
  'views.publish': viewsPublish,
  'files.getUploadURLExternal': uploadUrl,
  'files.completeUploadExternal': complete,
}
