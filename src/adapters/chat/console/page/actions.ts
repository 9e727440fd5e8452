import { signal } from '@preact/signals'
import type { Card } from '../../../../ports/chat.ts'
import { explain, get, Problem, post } from './api.ts'
import { takeProposal } from './store.ts'
import type { CommandInfo, Flattened, Killed, Proposal } from './wire.ts'

/** What a tap on a card has come to so far. */
export interface Outcome {
  readonly kind: 'sending' | 'failed' | 'repriced' | 'denied'
  readonly words: string
}
export const outcomes = signal<ReadonlyMap<string, Outcome>>(new Map())
const setOutcome = (id: string, outcome: Outcome | null): void => {
  const next = new Map([...outcomes.value].slice(-20))
  next.delete(id)
  if (outcome) next.set(id, outcome)
  outcomes.value = next
}

/** Cards that stay tall for a moment after the tap, so that a second tap cannot land on the next card. */
export const lingering = signal<ReadonlySet<string>>(new Set())
/** How long, milliseconds. */
const linger = 1400
function letLinger(id: string): void {
  lingering.value = new Set([...lingering.value, id])
  setTimeout(() => {
    lingering.value = new Set([...lingering.value].filter((other) => other !== id))
  }, linger)
}

/** The card rejected last: it offers reasons, which never hold up the rejection. */
export const askWhy = signal<string | null>(null)

export async function approve(p: Proposal, quantity?: string): Promise<void> {
  if (outcomes.value.get(p.id)?.kind === 'sending') return
  setOutcome(p.id, { kind: 'sending', words: 'Sending…' })
  letLinger(p.id)
  try {
    const body = quantity === undefined ? { version: p.version } : { version: p.version, quantity }
    takeProposal(await post<Proposal>(`/api/v1/proposals/${encodeURIComponent(p.id)}/approve`, body))
    setOutcome(p.id, null)
  } catch (error) {
    setOutcome(p.id, refusal(error))
  }
}

function refusal(error: unknown): Outcome {
  if (error instanceof Problem && error.proposal) takeProposal(error.proposal)
  if (error instanceof Problem && error.code === 'REPRICED') return { kind: 'repriced', words: explain(error) }
  if (error instanceof Problem && error.status === 422) return { kind: 'denied', words: explain(error) }
  const sure = error instanceof Problem && error.status > 0
  return { kind: 'failed', words: sure ? explain(error) : `${explain(error)} Nothing is known to have been sent; the card will say.` }
}

export async function decline(p: Proposal, reason?: string): Promise<void> {
  setOutcome(p.id, { kind: 'sending', words: reason === undefined ? 'Rejecting…' : 'Noting why…' })
  if (reason === undefined) letLinger(p.id)
  try {
    takeProposal(await post<Proposal>(`/api/v1/proposals/${encodeURIComponent(p.id)}/decline`, reason === undefined ? {} : { reason }))
    setOutcome(p.id, null)
    askWhy.value = reason === undefined ? p.id : null
  } catch (error) {
    setOutcome(p.id, refusal(error))
  }
}

/** The last answer to the person at this page, as every chat would show it. */
export const reply = signal<{ readonly asked: string; readonly card: Card | null; readonly failed: string | null } | null>(null)
export const commands = signal<readonly CommandInfo[]>([])

export const loadCommands = async (): Promise<void> => {
  commands.value = (await get<{ items: readonly CommandInfo[] }>('/api/v1/commands')).items
}

/** Shows what was asked, then its answer. */
export async function answer(asked: string, ask: () => Promise<Card>): Promise<void> {
  reply.value = { asked, card: null, failed: null }
  try {
    reply.value = { asked, card: await ask(), failed: null }
  } catch (error) {
    reply.value = { asked, card: null, failed: explain(error) }
  }
}
export const run = (text: string): Promise<void> => answer(text, () => post<Card>('/api/v1/commands', { text }))
export const why = (subject: string): Promise<void> => run(subject === '' ? '/why' : `/why ${subject}`)

/** The last word on kill, flatten and resume. */
export const panic = signal<{ readonly tone: 'good' | 'bad' | 'neutral'; readonly words: string } | null>(null)
export const busy = signal<'kill' | 'flatten' | 'resume' | null>(null)

async function emergency(what: 'kill' | 'flatten' | 'resume', doing: string, send: () => Promise<string>, help: string): Promise<void> {
  busy.value = what
  panic.value = { tone: 'neutral', words: doing }
  try {
    panic.value = { tone: 'good', words: await send() }
  } catch (error) {
    panic.value = { tone: 'bad', words: `${explain(error)} ${help}` }
  } finally {
    busy.value = null
  }
}

const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`

/** A plain request of its own: it does not need the stream. */
export const kill = (): Promise<void> =>
  emergency(
    'kill',
    'Halting…',
    async () => {
      const k = await post<Killed>('/api/v1/kill')
      return `Halted in ${Math.round(k.elapsed_ms)} ms: ${count(k.canceled_orders, 'order')} canceled${k.waiting_cancels > 0 ? `, ${k.waiting_cancels} of them as the broker takes them` : ''}, ${count(k.voided_proposals, 'proposal')} voided, ${count(k.open_positions, 'position')} still open.`
    },
    'Not confirmed as halted: hold Kill again, or run "npx catalyst kill" where the bot runs.',
  )

export const flatten = (): Promise<void> =>
  emergency(
    'flatten',
    'Closing everything…',
    async () => {
      const f = await post<Flattened>('/api/v1/positions/close-all')
      const left = f.left.map((l) => `${l.symbol}: ${l.reason}`).join('; ')
      return `Closing ${count(f.closing.length, 'position')}.${left === '' ? '' : ` Left open: ${left}.`}`
    },
    'Check the positions, then try again.',
  )

export const resume = (reason: string): Promise<void> =>
  emergency(
    'resume',
    'Resuming…',
    async () => {
      await post('/api/v1/resume', { reason })
      return 'Trading is active again. Voided proposals stay voided.'
    },
    'Trading stays stopped.',
  )

export const closing = signal<ReadonlyMap<string, string>>(new Map())
export async function closePosition(id: string): Promise<void> {
  const say = (words: string) => {
    closing.value = new Map([...closing.value, [id, words] as const].slice(-50))
  }
  say('Closing…')
  try {
    await post(`/api/v1/positions/${encodeURIComponent(id)}/close`)
    say('Close sent')
  } catch (error) {
    say(explain(error))
  }
}
