import { afterAll, afterEach, expect } from 'vitest'
import { createDiscordChat } from '../../../../src/adapters/chat/discord.ts'
import { type CardContent, card } from '../../../../src/app/card.ts'
import type { Card, Chat, ChatInbound, CommandSpec } from '../../../../src/ports/chat.ts'
import type { KeyValueStore } from '../../../../src/ports/key-value.ts'
import { type DiscordEmulator, type DiscordEmulatorOptions, startDiscordEmulator } from '../../../emulators/discord.ts'
import { inboundWith } from '../../../support/samples.ts'

export const ada = '200000000000000001'
export const bob = '200000000000000002'

export const specs: readonly CommandSpec[] = [
  {
    name: 'trades',
    summary: 'Closed trades',
    arguments: [
      { name: 'limit', description: '1 to 50', required: false, kind: 'number', values: null, suggests: false },
      { name: 'Symbol', description: 'a symbol', required: true, kind: 'text', values: null, suggests: true },
    ],
  },
  {
    name: 'pnl',
    summary: 'Profit and loss',
    arguments: [
      { name: 'period', description: 'how far back', required: false, kind: 'text', values: ['today', 'week', 'all'], suggests: false },
    ],
  },
  {
    name: 'kill',
    summary: 'Stop everything',
    arguments: [{ name: 'flatten', description: 'also close', required: false, kind: 'switch', values: null, suggests: false }],
  },
]

export const proposal = (content: Partial<CardContent> = {}): Card =>
  card('proposal:p1', 'proposal', 'sim', {
    title: 'Buy 41 NVDA at $121.95',
    lines: ['Chip maker raises its forecast (newswire, 60 s old when offered)'],
    facts: [
      { label: 'At risk', value: '$250.10 (0.25 % of equity)', emphasis: true },
      { label: 'Stop', value: '$115.85 (-5.00 %)' },
    ],
    buttons: [
      { id: 'approve:p1:1', label: 'Approve', style: 'primary' },
      { id: 'decline:p1', label: 'Reject', style: 'danger' },
    ],
    menu: [
      { id: 'snooze:p1:1', label: 'Snooze', style: 'plain' },
      { id: 'edit:p1:1', label: 'Edit', style: 'plain' },
    ],
    pushText: 'NVDA BUY 41 at $121.95, risk $250.10, expires 10:30:00 ET',
    ...content,
  })
export const answer = (title: string, content: Partial<CardContent> = {}): Card => card('reply:1', 'reply', 'sim', { title, ...content })

/** A store in memory. */
export function keyValue(): KeyValueStore {
  const kept = new Map<string, Map<string, unknown>>()
  return {
    load: async (namespace) => new Map(kept.get(namespace)),
    async save(namespace, entries) {
      const own = kept.get(namespace) ?? new Map<string, unknown>()
      for (const [key, value] of entries) own.set(key, value)
      kept.set(namespace, own)
    },
  }
}

export interface Line {
  readonly level: 'info' | 'warn' | 'error'
  readonly text: string
}
export function recordingLog() {
  const lines: Line[] = []
  const at = (level: Line['level']) => (facts: object, message: string) => {
    lines.push({ level, text: `${message} ${JSON.stringify(facts)}` })
  }
  return { lines, info: at('info'), warn: at('warn'), error: at('error') }
}

export interface Desk {
  readonly emulator: DiscordEmulator
  readonly chat: Chat
  readonly log: ReturnType<typeof recordingLog>
  readonly fatal: readonly string[]
}
export interface DeskOptions extends DiscordEmulatorOptions {
  readonly inbound?: Partial<ChatInbound>
  readonly emulator?: DiscordEmulator
  readonly remembered?: KeyValueStore
}

const cleanups: (() => Promise<void>)[] = []
const total = { checked: 0, invalid: 0, official: true }
export const cleanUpWith = (work: () => Promise<void>): void => void cleanups.push(work)

export async function emulatorFor(options: DiscordEmulatorOptions = {}): Promise<DiscordEmulator> {
  const emulator = await startDiscordEmulator(options)
  cleanUpWith(async () => {
    await emulator.stop()
    total.checked += emulator.validation.checked
    total.invalid += emulator.validation.invalid.length
    total.official = emulator.validation.official
    expect(emulator.validation.invalid).toEqual([])
  })
  return emulator
}

/** A chat that is not connected yet. */
export function chatOn(emulator: DiscordEmulator, remembered = keyValue()) {
  const log = recordingLog()
  const fatal: string[] = []
  const { access } = emulator
  const chat = createDiscordChat({ access, commands: specs, remembered, log, onFatal: (reason) => fatal.push(reason) })
  cleanUpWith(async () => {
    await chat.stop()
    expect(log.lines.filter(({ text }) => text.includes(access.token))).toEqual([])
  })
  return { chat, log, fatal }
}

/** A chat that is connected and has its commands. */
export async function desk({ inbound = {}, emulator: given, remembered, ...options }: DeskOptions = {}): Promise<Desk> {
  const emulator = given ?? (await emulatorFor(options))
  const made = chatOn(emulator, remembered)
  await made.chat.start(inboundWith({ asks: () => false, ...inbound }))
  expect(await emulator.until(() => emulator.commands.length > 0)).toBe(true)
  return { emulator, ...made }
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
afterAll(() => {
  if (total.checked === 0) return
  const by = total.official ? "Discord's official description and limits" : 'limits only: the official description is not there'
  process.stdout.write(`discord: ${total.checked} requests checked against ${by}, ${total.invalid} invalid\n`)
})

export const only = <T>(values: readonly T[]): T => {
  const [value] = values
  if (value === undefined || values.length !== 1) throw new Error(`one was expected, not ${values.length}`)
  return value
}
/** Requests of one kind, in order. */
export const sent = ({ requests }: DiscordEmulator, method: string, path: RegExp) =>
  requests.filter((request) => request.method === method && path.test(request.path))
