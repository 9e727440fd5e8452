import { afterAll, afterEach, expect, vi } from 'vitest'
import { createSlackChat, type SlackChat } from '../../../../src/adapters/chat/slack.ts'
import type { Actor, Card, ChatInbound, CommandSpec, Form } from '../../../../src/ports/chat.ts'
import { type SlackEmulator, startSlack } from '../../../emulators/slack/emulator.ts'
import type { SlackSettings } from '../../../emulators/slack/workspace.ts'
import { startHttp } from '../../../support/http.ts'
import { inboundWith } from '../../../support/samples.ts'

export type Mode = 'socket' | 'http'

export const card = (change: Partial<Card> = {}): Card => ({
  key: 'proposal:p1',
  kind: 'proposal',
  tone: 'neutral',
  title: 'Buy 41 NVDA at $121.95',
  lines: ['Chip maker raises its forecast (newswire, 60 s old when offered)'],
  facts: [
    { label: 'At risk', value: '$250.10 (0.25 % of equity)', emphasis: true },
    { label: 'Stop', value: '$115.85 (-5.00 %)' },
    { label: 'Target', value: '$134.15 (10.00 %)' },
  ],
  table: null,
  series: null,
  buttons: [
    { id: 'approve:p1:1', label: 'Approve', style: 'primary' },
    { id: 'half:p1:1', label: '½ (20)', style: 'plain' },
    { id: 'decline:p1', label: 'Reject', style: 'danger' },
  ],
  menu: [
    { id: 'why:p1', label: 'Why', style: 'plain' },
    { id: 'snooze:p1', label: 'Snooze', style: 'plain' },
  ],
  pushText: 'NVDA BUY 41 at $121.95, risk $250.10, expires 10:30:00 ET',
  banner: 'PAPER',
  picture: null,
  thread: null,
  event: 'proposal',
  data: null,
  ...change,
})

export const replyCard = (title: string, change: Partial<Card> = {}): Card =>
  card({
    key: `reply:${title}`,
    kind: 'reply',
    title,
    lines: [],
    facts: [],
    buttons: [],
    menu: [],
    pushText: title,
    event: 'answer',
    ...change,
  })

export const form: Form = {
  id: 'edit:p1:1',
  title: 'Edit NVDA',
  submit: 'Change',
  fields: [
    { name: 'quantity', label: 'Quantity', long: false, required: true, value: '41', hint: 'at most 41', maxLength: 10 },
    { name: 'note', label: 'Note', long: true, required: false, value: '', hint: '', maxLength: 200 },
  ],
}

export const commands: readonly CommandSpec[] = ['positions', 'pnl', 'kill', 'help', 'mute', 'status'].map((name) => ({
  name,
  summary: `Shows ${name}`,
  arguments: [],
}))

export interface Call {
  readonly name: string
  readonly actor: Actor
  readonly rest: readonly unknown[]
}
/** Answers everything with a card that says what was asked, and writes it down. */
export function recordingInbound(parts: Partial<ChatInbound> = {}) {
  const calls: Call[] = []
  const inbound = inboundWith({
    command: async (_, text) => replyCard(`Typed ${text}`),
    press: async (_, id) => replyCard(`Pressed ${id}`),
    asks: (id) => id.startsWith('edit:'),
    form: async () => ({ form }),
    submit: async (_, id, values) => replyCard(`Sent ${id}`, { lines: [JSON.stringify(values)] }),
    home: async () => [replyCard('Health'), replyCard('Inbox', { buttons: [{ id: 'refresh:inbox', label: 'Refresh', style: 'plain' }] })],
    foreign: async () => replyCard('Not from here'),
    picture: async () => null,
    ...parts,
  })
  const noted = Object.fromEntries(
    (['command', 'press', 'form', 'submit', 'home', 'foreign'] as const).map((name) => [
      name,
      (actor: Actor, ...rest: readonly unknown[]) => {
        calls.push({ name, actor, rest })
        return (inbound[name] as (...given: readonly unknown[]) => unknown)(actor, ...rest)
      },
    ]),
  )
  return { inbound: { ...inbound, ...noted } as ChatInbound, calls }
}

export interface Given {
  readonly slack: SlackEmulator
  readonly chat: SlackChat
  readonly calls: readonly Call[]
  readonly log: readonly { readonly level: string; readonly facts: object; readonly message: string }[]
}

const cleanups: (() => Promise<void>)[] = []
let checked = 0
let violations = 0

/** The real client against an emulated Slack, connected. */
export async function connected(
  mode: Mode = 'socket',
  parts: Partial<ChatInbound> = {},
  settings: Partial<SlackSettings> = {},
): Promise<Given> {
  const slack = await startSlack(settings)
  const log: { level: string; facts: object; message: string }[] = []
  const note = (level: string) => (facts: object, message: string) => void log.push({ level, facts, message })
  const chat = createSlackChat({
    access: slack.access(mode),
    commands,
    log: { info: note('info'), warn: note('warn'), error: note('error') },
  })
  const { inbound, calls } = recordingInbound(parts)
  await chat.start(inbound)
  const http = mode === 'http' ? await startHttp({}, { slackEvents: chat.receive }) : null
  if (http !== null) slack.postTo(`${http.url}/api/v1/slack/events`)
  cleanups.push(async () => {
    await chat.stop()
    await http?.server.close()
    checked += slack.workspace.checked
    violations += slack.workspace.violations.length
    await slack.close()
  })
  return { slack, chat, calls, log }
}

/** Until it is so, however busy the machine is. */
export const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000, interval: 10 })

/** Every test leaves Slack without a complaint, unless it is about one. */
export const complaints = ({ slack }: Given): readonly string[] => slack.workspace.violations
export function forgive({ slack }: Given, words: RegExp): void {
  const { violations: told } = slack.workspace
  expect(told.filter((problem) => !words.test(problem))).toEqual([])
  told.length = 0
}

export function tidyUp(suite: string): void {
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup()
  })
  afterAll(() => {
    process.stdout.write(`slack, ${suite}: ${checked} requests and acks checked, ${violations} violations\n`)
    expect(violations).toBe(0)
  })
}
