import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createConsoleChat } from '../../../src/adapters/chat/console.ts'
import type { Card } from '../../../src/ports/chat.ts'
import { fakeApp, fakeOperations, held, offered, quoted, stored } from '../../support/fake-app.ts'
import { type Http, startHttp } from '../../support/http.ts'
import { delivery } from '../../support/samples.ts'

const card = (key: string, kind: Card['kind'] = 'notice', data: unknown = null): Card => ({
  key,
  kind,
  tone: 'neutral',
  title: key,
  lines: [],
  facts: [],
  table: null,
  series: null,
  buttons: [],
  menu: [],
  picture: null,
  thread: null,
  event: 'state',
  pushText: key,
  banner: 'SIM',
  data,
})

interface Said {
  readonly event: string
  readonly data: Record<string, unknown>
}

/** Reads a live stream until what is wanted has come. */
async function listen(url: string) {
  const abort = new AbortController()
  const response = await fetch(`${url}/api/v1/stream`, { signal: abort.signal })
  const said: Said[] = []
  const waiting = new Set<() => void>()
  const pump = async () => {
    let rest = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      const frames = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
      rest = frames.pop() ?? ''
      for (const frame of frames) {
        const found = /^event: (.+)\ndata: (.+)$/.exec(frame)
        if (found) said.push({ event: String(found[1]), data: JSON.parse(String(found[2])) })
      }
      for (const wake of waiting) wake()
    }
  }
  const ended = pump().catch(() => undefined)
  const until = async (match: (s: Said) => boolean): Promise<Said> => {
    for (;;) {
      const found = said.find(match)
      if (found) return found
      await new Promise<void>((resolve) => {
        const wake = () => {
          waiting.delete(wake)
          resolve()
        }
        waiting.add(wake)
      })
    }
  }
  const stop = async () => {
    abort.abort()
    await ended
  }
  return { response, said, ended, until, stop }
}

describe('the live stream', () => {
  let http: Http
  beforeEach(async () => {
    http = await startHttp()
  })
  afterEach(() => http.server.close())

  it('tells a newcomer the state, who they are, and the quotes of what is open', async () => {
    http.books.proposals.set('p1', offered('p1'))
    http.books.positions.set('x1', held('x1', 'BETA'))
    for (const symbol of ['ACME', 'BETA']) http.books.quotes.set(symbol, quoted(symbol, '100'))
    const live = await listen(http.url)
    expect(live.response.headers.get('content-type')).toBe('text/event-stream')
    expect((await live.until((s) => s.event === 'state')).data).toMatchObject({
      mode: 'SIM',
      pending: 1,
      you: { id: 'console:local', role: 'owner' },
    })
    const quotes = (await live.until((s) => s.event === 'quotes')).data as unknown as { symbol: string }[]
    expect(quotes.map((q) => q.symbol).toSorted()).toEqual(['ACME', 'BETA'])
    expect((await live.until((s) => s.event === 'ping')).data).toHaveProperty('now')
    await live.stop()
  })

  it('tells what was committed: the proposal as it is now, and the line for the feed', async () => {
    http.books.proposals.set('p1', { ...offered('p1'), status: 'declined' })
    const live = await listen(http.url)
    http.books.commit([stored(7, 'proposal', 'p1', { type: 'ProposalDeclined', by: 'console:local', at: '', reason: 'no' })])
    expect((await live.until((s) => s.event === 'proposal')).data).toMatchObject({ id: 'p1', status: 'declined' })
    expect((await live.until((s) => s.event === 'event')).data).toMatchObject({
      sequence: 7,
      symbol: 'ACME',
      text: 'ACME declined by console:local: no',
    })
    await live.stop()
  })

  it('sends a quote again only when it changed', async () => {
    http.books.positions.set('x1', held('x1'))
    http.books.quotes.set('ACME', quoted('ACME', '100'))
    const live = await listen(http.url)
    await live.until((s) => s.event === 'quotes')
    const states = () => live.said.filter((s) => s.event === 'state').length
    const before = states()
    http.books.commit([])
    await live.until(() => states() > before)
    http.books.quotes.set('ACME', quoted('ACME', '101'))
    await live.until((s) => s.event === 'quotes' && JSON.stringify(s.data).includes('"101"'))
    expect(live.said.filter((s) => s.event === 'quotes')).toHaveLength(2)
    await live.stop()
  })

  it('a page that is opened later sees the newest notices, once each', async () => {
    const chat = createConsoleChat({ show: http.operations.live.show })
    for (let i = 1; i <= 60; i++) await chat.deliver(card(`notice:${i}`), delivery({ sequence: i }))
    await chat.deliver({ ...card('notice:60'), title: 'old news' }, delivery({ sequence: 60 }))
    const live = await listen(http.url)
    await live.until((s) => s.data['key'] === 'notice:60')
    const cards = live.said.filter((s) => s.event === 'card').map((s) => s.data['title'])
    expect(cards).toEqual(Array.from({ length: 50 }, (_, i) => `notice:${i + 11}`))
    await live.stop()
  })

  it('a proposal that is delivered as a message shows as a proposal', async () => {
    const live = await listen(http.url)
    const chat = createConsoleChat({ show: http.operations.live.show })
    await chat.deliver(card('proposal:p1', 'proposal', { id: 'p1' }), delivery())
    expect((await live.until((s) => s.event === 'proposal')).data).toEqual({ id: 'p1' })
    await live.stop()
  })

  it('is ended when something could not be told, so that nobody trusts an old picture', async () => {
    const live = await listen(http.url)
    await live.until((s) => s.event === 'state')
    http.books.commit([stored(1, 'proposal', 'p1', { type: 'ProposalExpired', at: '', reason: 'time' })])
    Object.assign(http.app.read, { proposal: () => Promise.reject(new Error('the database is gone')) })
    await live.ended
    expect(http.books.log).toContainEqual(expect.objectContaining({ level: 'error' }))
    expect(http.operations.live.watching()).toBe(0)
  })
})

describe('the work behind the stream', () => {
  const owner = { id: 'console:local', name: 'you', via: 'console' }

  it('lets a watcher go who does not read, before the backlog grows without bound', () => {
    const { app, books } = fakeApp()
    const { live } = fakeOperations(app)
    const slow = live.watch(owner, 'owner')
    for (let i = 0; i < 400; i++) live.show(card(`notice:${'x'.repeat(1_000)}${i}`))
    expect(slow?.destroyed).toBe(true)
    expect(live.watching()).toBe(0)
    expect(books.log).toContainEqual(expect.objectContaining({ level: 'warn', message: expect.stringContaining('fell behind') }))
    live.close()
  })

  it('takes only so many watchers', () => {
    const { app } = fakeApp()
    const { live } = fakeOperations(app)
    const streams = Array.from({ length: 65 }, () => live.watch(owner, 'owner'))
    expect(streams.filter((s) => s === null)).toHaveLength(1)
    live.close()
    expect(live.watching()).toBe(0)
  })

  it('what happened while nobody watched is not looked up for who comes next', async () => {
    vi.useFakeTimers()
    const { app, books } = fakeApp()
    const { live } = fakeOperations(app)
    const asked: string[] = []
    Object.assign(app.read, {
      proposal: async (id: string) => {
        asked.push(id)
        return null
      },
    })
    const expired = (id: string) => stored(1, 'proposal', id, { type: 'ProposalExpired', at: '', reason: 'time' })
    books.commit([expired('before')])
    live.watch(owner, 'owner')
    books.commit([expired('during')])
    await vi.advanceTimersByTimeAsync(300)
    live.close()
    vi.useRealTimers()
    expect(new Set(asked)).toEqual(new Set(['during']))
  })
})
