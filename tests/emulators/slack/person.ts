import { randomUUID } from 'node:crypto'
import { type Json, objects } from './block-rules.ts'
import type { Ack, Link } from './link.ts'
import type { Ephemeral, Message, View, Workspace } from './workspace.ts'

/** Where a tap comes from, when not from where the bot lives. */
export interface Elsewhere {
  readonly team?: string
  readonly channel?: string
}
export interface Person {
  /** Presses what has this action id or value on a message (by its ts) or a view. @throws when there is no such thing. */
  press(where: string | View, what: string, elsewhere?: Elsewhere): Promise<Ack>
  /** Chooses from a menu, by value or words. */
  overflow(where: string | View, what: string, elsewhere?: Elsewhere): Promise<Ack>
  command(name: string, text?: string, elsewhere?: Elsewhere): Promise<Ack>
  /** Fills in a form by block id without `field:`, and sends it. */
  submit(view: View, values: Readonly<Record<string, string>>): Promise<Ack>
  closeView(view: View): Promise<Ack>
  openHome(elsewhere?: Elsewhere): Promise<Ack>
}

type Element = { readonly block: Json; readonly element: Json; readonly option: Json | null }

export function person(workspace: Workspace, link: () => Link, id: string, name: string): Person {
  const { settings } = workspace
  const common = ({ team = settings.team }: Elsewhere = {}) => ({
    user: { id, username: name, name, team_id: team },
    team: { id: team, domain: 'desk' },
    api_app_id: 'A0CATALYST',
    token: 'verification',
    enterprise: null,
    is_enterprise_install: false,
  })

  function tap(where: string | View, what: string, type: 'button' | 'overflow', elsewhere: Elsewhere): Promise<Ack> {
    const origin =
      typeof where === 'string'
        ? (workspace.messages.find(({ ts }) => ts === where) ?? workspace.ephemerals.find(({ ts }) => ts === where))
        : null
    if (origin === undefined) throw new Error(`there is no message ${where}`)
    const blocks = origin === null ? objects((where as View).content['blocks']) : origin.blocks
    const { block, element, option } = lookUp(blocks, what, type)
    const action = {
      type,
      action_id: element['action_id'],
      block_id: block['block_id'] ?? 'b1',
      action_ts: workspace.ts(),
      ...(option === null ? { text: element['text'], value: element['value'] } : { selected_option: option }),
    }
    return link().deliver('interactive', {
      type: 'block_actions',
      ...common(elsewhere),
      trigger_id: workspace.trigger(id),
      actions: [action],
      ...(origin === null ? viewContext(where as View) : messageContext(origin, elsewhere)),
    })
  }

  function messageContext(origin: Message | Ephemeral, { channel = origin.channel }: Elsewhere): Json {
    const ephemeral = 'user' in origin
    const thread = origin.threadTs === null ? {} : { thread_ts: origin.threadTs }
    return {
      container: { type: 'message', message_ts: origin.ts, channel_id: channel, is_ephemeral: ephemeral, ...thread },
      channel: { id: channel, name: 'trading' },
      message: { type: 'message', ts: origin.ts, text: origin.text, blocks: origin.blocks, ...thread },
      response_url: workspace.responseUrl(id, channel, origin),
      state: { values: {} },
    }
  }
  const viewContext = (view: View): Json => ({
    container: { type: 'view', view_id: view.id },
    view: { id: view.id, hash: view.hash, ...view.content },
  })

  const inView = (type: string, view: View, state: Json): Json => ({
    type,
    ...common(),
    trigger_id: workspace.trigger(id),
    view: { id: view.id, hash: view.hash, team_id: settings.team, app_installed_team_id: settings.team, ...view.content, state },
    response_urls: [],
  })

  return {
    press: (where, what, elsewhere = {}) => tap(where, what, 'button', elsewhere),
    overflow: (where, what, elsewhere = {}) => tap(where, what, 'overflow', elsewhere),
    command: (command, text = '', { team = settings.team, channel = settings.channel } = {}) =>
      link().deliver('slash_commands', {
        token: 'verification',
        command,
        text: text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;'),
        user_id: id,
        user_name: name,
        team_id: team,
        team_domain: 'desk',
        channel_id: channel,
        channel_name: 'trading',
        api_app_id: 'A0CATALYST',
        is_enterprise_install: 'false',
        response_url: workspace.responseUrl(id, channel, null),
        trigger_id: workspace.trigger(id),
      }),
    async submit(view, values) {
      const ack = await link().deliver('interactive', inView('view_submission', view, { values: filledIn(view, values) }))
      if (ack.payload['response_action'] === undefined) view.open = false
      return ack
    },
    closeView(view) {
      view.open = false
      return link().deliver('interactive', inView('view_closed', view, { values: {} }), { acceptsPayload: false })
    },
    openHome: ({ team = settings.team } = {}) =>
      link().deliver('events_api', {
        token: 'verification',
        team_id: team,
        api_app_id: 'A0CATALYST',
        event: { type: 'app_home_opened', user: id, channel: 'D0HOME', tab: 'home', event_ts: workspace.ts() },
        type: 'event_callback',
        event_id: `Ev${randomUUID()}`,
        event_time: Math.floor(Date.now() / 1000),
        authorizations: [{ enterprise_id: null, team_id: team, user_id: settings.botUser, is_bot: true, is_enterprise_install: false }],
        is_ext_shared_channel: false,
      }),
  }
}

function lookUp(blocks: readonly Json[], what: string, type: string): Element {
  for (const block of blocks)
    for (const element of objects(block['elements'])) {
      if (element['type'] !== type) continue
      const option = objects(element['options']).find((o) => o['value'] === what || JSON.stringify(o['text']).includes(`"${what}"`)) ?? null
      const found = type === 'overflow' ? option !== null : element['action_id'] === what || element['value'] === what
      if (found) return { block, element, option }
    }
  throw new Error(`there is no ${type} ${what} to press`)
}

/** Slack checks what must be filled in before it sends anything. */
function filledIn(view: View, values: Readonly<Record<string, string>>): Json {
  const inputs = objects(view.content['blocks']).filter((block) => block['type'] === 'input')
  return Object.fromEntries(
    inputs.map((block) => {
      const element = block['element'] as Json
      const value = values[String(block['block_id']).replace(/^field:/, '')] ?? element['initial_value'] ?? null
      if (value === null && block['optional'] !== true) throw new Error(`${block['block_id']} must be filled in`)
      return [block['block_id'], { [String(element['action_id'])]: { type: 'plain_text_input', value } }]
    }),
  )
}
