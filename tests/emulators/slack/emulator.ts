import type { AddressInfo } from 'node:net'
import { botScopes } from '../../../src/adapters/chat/slack/manifest.ts'
import type { SlackAccess } from '../../../src/config/environment.ts'
import { type Fault, Faults } from './faults.ts'
import { httpLink, type Link } from './link.ts'
import { type Person, person } from './person.ts'
import { createSlackServer } from './server.ts'
import { SocketHub } from './socket.ts'
import { type Ephemeral, type Message, type SlackSettings, type View, Workspace } from './workspace.ts'

export interface SlackEmulator {
  /** What the bot is configured with to reach this Slack. @param mode `http` leaves the app token out. */
  access(mode: 'socket' | 'http'): SlackAccess
  readonly workspace: Workspace
  readonly socket: SocketHub
  readonly faults: Faults
  user(id: string, name?: string): Person
  /** From here on everything goes to this address, signed. */
  postTo(address: string): void
  /** How something is delivered that no person does. */
  link(): Link
  /** The next calls of a method go wrong. */
  fail(method: string, fault: Fault, times?: number): void
  /** What stands in the channel, oldest first, without threads. */
  messages(): readonly Message[]
  thread(ts: string): readonly Message[]
  ephemeralFor(user: string): readonly Ephemeral[]
  /** Modals that are open. */
  viewsOf(user: string): readonly View[]
  home(user: string): View | null
  /** Calls of a method, oldest first. */
  calls(method: string): Workspace['requests']
  /** Somebody deletes a message. */
  remove(ts: string): void
  /** Somebody else writes something. */
  write(text: string, metadata?: Message['metadata']): Message
  close(): Promise<void>
}

const defaults: SlackSettings = {
  botToken: 'xoxb-S3CR3T-emulated-bot',
  appToken: 'xapp-S3CR3T-emulated-app',
  signingSecret: 'S3CR3T-emulated-signing',
  team: 'T0DESK',
  botId: 'B0CATALYST',
  botUser: 'U0CATALYST',
  channel: 'C0TRADING',
  scopes: Object.keys(botScopes),
  member: true,
  rates: false,
  fileDelayMs: 0,
}

/** A whole Slack on a free loopback port: it enforces what Slack enforces, goes wrong when told to, and remembers everything. */
export async function startSlack(change: Partial<SlackSettings> = {}): Promise<SlackEmulator> {
  const workspace = new Workspace({ ...defaults, ...change })
  const { settings } = workspace
  const faults = new Faults()
  const http = createSlackServer(workspace, faults, () => `${workspace.url.replace('http', 'ws')}/link/?ticket=1`)
  const socket = new SocketHub(workspace, http, () => faults.losesAck())
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  workspace.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  let link: Link = socket

  return {
    workspace,
    socket,
    faults,
    access: (mode) => ({
      botToken: settings.botToken,
      appToken: mode === 'socket' ? settings.appToken : null,
      signingSecret: settings.signingSecret,
      channelId: settings.channel,
      apiUrl: `${workspace.url}/api/`,
    }),
    user: (id, name = id.toLowerCase()) => person(workspace, () => link, id, name),
    postTo(address) {
      link = httpLink(workspace, address, () => faults.losesAck())
    },
    link: () => link,
    fail: (method, fault, times) => faults.add(method, fault, times),
    messages: () => workspace.messages.filter(({ threadTs }) => threadTs === null),
    thread: (ts) => workspace.messages.filter(({ threadTs }) => threadTs === ts),
    ephemeralFor: (user) => workspace.ephemerals.filter((ephemeral) => ephemeral.user === user),
    viewsOf: (user) => workspace.views.filter((view) => view.user === user && view.open),
    home: (user) => workspace.homes.get(user) ?? null,
    calls: (method) => workspace.requests.filter((request) => request.method === method),
    remove(ts) {
      const at = workspace.messages.findIndex((message) => message.ts === ts)
      if (at >= 0) workspace.messages.splice(at, 1)
    },
    write(text, metadata = null) {
      const message = {
        channel: settings.channel,
        ts: workspace.ts(),
        threadTs: null,
        byBot: false,
        text,
        blocks: [],
        metadata,
        edits: 0,
        pinned: false,
      }
      workspace.messages.push(message)
      return message
    },
    async close() {
      await socket.close()
      http.closeAllConnections()
      await new Promise<void>((resolve) => http.close(() => resolve()))
    },
  }
}
