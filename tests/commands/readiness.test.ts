import { describe, expect, it } from 'vitest'
import { command as mode } from '../../commands/mode.ts'
import { command as readiness } from '../../commands/readiness.ts'
import type { Command } from '../../src/app/command.ts'
import { type BooksEvent, type BooksState, booksEvolution } from '../../src/domain/books.ts'
import type { Card } from '../../src/ports/chat.ts'
import type { Loaded, OutboxMessage, Transaction } from '../../src/ports/event-store.ts'
import { commandApp, me, run } from '../support/command-app.ts'

const initial = booksEvolution.initial('main')

/** An owner's desk in some mode, over books that take events. */
function desk(tradingMode: 'sim' | 'paper' | 'live', role: 'owner' | 'risk_officer' = 'owner', own: BooksState = initial) {
  const events: BooksEvent[] = []
  const told: Card[] = []
  const tx = {
    load: async () => ({ kind: 'books', id: 'main', version: 0, state: own }),
    append(stream: Loaded<'books'>, more: readonly BooksEvent[]) {
      events.push(...more)
      return { ...stream, state: more.reduce(booksEvolution.evolve, stream.state) }
    },
    enqueue: (message: OutboxMessage) => told.push(message.card as Card),
  } as unknown as Transaction
  const store = { transact: async <T>(_: unknown, work: (tx: Transaction) => Promise<T>) => work(tx), onCommitted: () => () => undefined }
  const { app, calls } = commandApp({ roles: { [me.id]: role }, mode: tradingMode, own }, { store })
  const ask = (command: unknown, args: Readonly<Record<string, unknown>>) => run(command as Command, app, args)
  return { ask, events, told, changed: () => calls.some(({ name }) => name === 'changeMode') }
}
const reason = 'a very small account'

describe('/mode autonomous', () => {
  it.each(['paper', 'live'] as const)(
    'in %s mode waits for its readiness, and says what is missing and what to type',
    async (tradingMode) => {
      const { ask, changed } = desk(tradingMode)
      const card = await ask(mode, { mode: 'autonomous' })
      expect(card.title).toBe('The mode stays as it is')
      expect(card.lines[0]).toMatch(/✗ Supervised: 0 days.*✗ Kill drilled: never.*\/mode autonomous <reason>/)
      expect(changed()).toBe(false)
    },
  )

  it('with a reason goes ahead; who and why is on the record, and everybody hears of it', async () => {
    const { ask, events, told, changed } = desk('paper')
    expect((await ask(mode, { mode: 'autonomous', reason })).title).toBe('Mode: autonomous')
    expect(events).toMatchObject([{ type: 'ReadinessOverridden', goal: 'autonomous', by: me.id, reason }])
    expect(told).toMatchObject([{ title: 'Not ready for autonomous, and overridden', banner: 'PAPER' }])
    expect(told[0]?.lines[0]).toContain(reason)
    expect(changed()).toBe(true)
  })

  it('with a reason that says nothing stays as it is', async () => {
    const { ask, events, changed } = desk('paper')
    expect((await ask(mode, { mode: 'autonomous', reason: 'because' })).facts[0]?.value).toBe('REASON_REQUIRED')
    expect([events, changed()]).toEqual([[], false])
  })

  it('overridden before needs no reason again; the simulator never does; back is always free', async () => {
    const before = desk('live', 'owner', { ...initial, overrides: { autonomous: { by: 'x', reason, at: '2026-03-01T00:00:00Z' } } })
    expect((await before.ask(mode, { mode: 'autonomous' })).title).toBe('Mode: autonomous')
    expect((await desk('sim').ask(mode, { mode: 'autonomous' })).title).toBe('Mode: autonomous')
    expect((await desk('live', 'risk_officer').ask(mode, { mode: 'supervised' })).title).toBe('Mode: supervised')
  })

  it('with a reason but without the role of an owner changes nothing', async () => {
    const { ask, events, changed } = desk('paper', 'risk_officer')
    expect((await ask(mode, { mode: 'autonomous', reason })).facts[0]?.value).toBe('ROLE_TOO_LOW')
    expect([events, changed()]).toEqual([[], false])
  })
})

describe('/readiness', () => {
  it('shows both goals on paper, and in live mode only what is still ahead and what spoke for it', async () => {
    expect((await desk('paper').ask(readiness, {})).lines).toEqual(
      expect.arrayContaining(['Before real money:', 'Before autonomous mode:']),
    )
    const confirmation = { account: 'a', key: 'k', by: 'terminal:owner', grounds: 'the readiness shown', at: '2026-03-01T00:00:00Z' }
    const live = await desk('live', 'owner', { ...initial, confirmation }).ask(readiness, {})
    expect(live.lines).not.toContain('Before real money:')
    expect(live.facts.at(-1)).toMatchObject({ label: 'Live since', value: '2026-03-01: the readiness shown' })
  })

  it('takes drills and overrides from owners, with words that say something', async () => {
    const { ask, events } = desk('paper')
    await ask(readiness, { drilled: 'restore', reason: 'restored Sunday’s backup on the laptop' })
    await ask(readiness, { override: 'live', reason })
    expect(events.map(({ type }) => type)).toEqual(['DrillRecorded', 'ReadinessOverridden'])
    expect((await ask(readiness, { drilled: 'restore' })).facts[0]?.value).toBe('REASON_REQUIRED')
    const officer = desk('paper', 'risk_officer')
    expect((await officer.ask(readiness, { override: 'live', reason })).facts[0]?.value).toBe('ROLE_TOO_LOW')
    expect([events.length, officer.events]).toEqual([2, []])
  })
})
