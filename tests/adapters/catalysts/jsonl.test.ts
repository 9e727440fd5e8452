import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createJsonlSource } from '../../../src/adapters/catalysts/jsonl.ts'
import { parseAlert } from '../../../src/app/parse-alert.ts'
import type { AlertContent } from '../../../src/domain/alert.ts'
import { eventually } from '../../support/bot.ts'

const t0 = Date.parse('2013-10-07T14:00:00Z')
const minute = 60_000

describe('a file of alerts', () => {
  let folder: string
  let now: number
  let notes: { level: string; facts: object; message: string }[]
  let heard: AlertContent[]
  const sources: ReturnType<typeof createJsonlSource>[] = []
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'catalyst-jsonl-'))
    now = t0
    notes = []
    heard = []
  })
  afterEach(async () => {
    for (const source of sources.splice(0)) await source.stop()
    await rm(folder, { recursive: true })
  })

  const story = (id: string, at: number, extra: object = {}): object => ({
    id,
    symbol: 'SPY',
    headline: `Story ${id}`,
    confidence: 0.8,
    catalyst_score: 0.7,
    source: 'test-wire',
    published_at: new Date(at).toISOString(),
    ...extra,
  })
  const note = (level: string) => (facts: object, message: string) => {
    notes.push({ level, facts, message })
  }
  const play = async (content: string, file = join(folder, 'alerts.jsonl')) => {
    if (content !== '') await writeFile(file, content)
    const source = createJsonlSource({
      file,
      clock: { speed: 1, now: () => now },
      parse: (value) => parseAlert(value, now),
      log: { info: note('info'), warn: note('warn'), error: note('error') },
    })
    sources.push(source)
    await source.start(async (alert) => {
      heard.push(alert)
    })
    return source
  }
  const lines = (...stories: unknown[]): string => stories.map((s) => (typeof s === 'string' ? s : JSON.stringify(s))).join('\n')
  const ids = (): string[] => heard.map((alert) => alert.sourceId)
  const played = () => eventually('the file was played', async () => notes.some((n) => n.message.includes('has been played')))

  it('is told at once where its time has passed, and otherwise when the clock comes to it', async () => {
    await play(lines(story('past', t0 - minute), story('now', t0), story('later', t0 + minute)))
    await eventually('the first two', async () => heard.length === 2)
    now = t0 + minute - 1
    await new Promise((done) => setTimeout(done, 200))
    expect(ids()).toEqual(['past', 'now'])
    now = t0 + minute
    await played()
    expect(ids()).toEqual(['past', 'now', 'later'])
    expect(heard[2]).toMatchObject({ symbol: 'SPY', side: 'buy', publishedAt: new Date(t0 + minute).toISOString() })
  })

  it('leaves out lines that are wrong, names them and their problems, and goes on', async () => {
    const bad = [story('x', t0, { confidence: 7 }), 'no JSON at all', story('y', t0, { stop_loss: '9', entry_price: '8' })]
    await play(lines(story('first', t0), ...bad, '', story('last', t0)))
    await played()
    expect(ids()).toEqual(['first', 'last'])
    const warnings = notes.filter((n) => n.level === 'warn').map((n) => n.facts)
    expect(warnings).toMatchObject([{ line: 2 }, { line: 3 }, { line: 4 }])
    expect(JSON.stringify(warnings[0])).toContain('confidence: must be at most 1')
    expect(JSON.stringify(warnings[1])).toContain('is no JSON')
    expect(JSON.stringify(warnings[2])).toContain('stop_loss: must be below entry_price')
    expect(notes.at(-1)?.facts).toMatchObject({ delivered: 2 })
  })

  it('reads lines as other systems end them', async () => {
    await play(`${lines(story('a', t0))}\r\n${lines(story('b', t0))}\r\n`)
    await played()
    expect(ids()).toEqual(['a', 'b'])
  })

  it('stops while it waits, and tells nothing afterwards', async () => {
    const source = await play(lines(story('later', t0 + minute)))
    await source.stop()
    now = t0 + 2 * minute
    await new Promise((done) => setTimeout(done, 150))
    expect(heard).toEqual([])
  })

  it('goes on with the next line when one could not be delivered', async () => {
    const file = join(folder, 'alerts.jsonl')
    await writeFile(file, lines(story('fails', t0), story('arrives', t0)))
    const source = createJsonlSource({
      file,
      clock: { speed: 1, now: () => now },
      parse: (value) => parseAlert(value, now),
      log: { info: note('info'), warn: note('warn'), error: note('error') },
    })
    sources.push(source)
    await source.start(async (alert) => {
      if (alert.sourceId === 'fails') throw new Error('the database is away')
      heard.push(alert)
    })
    await played()
    expect(ids()).toEqual(['arrives'])
    expect(notes.find((n) => n.level === 'error')?.facts).toMatchObject({ line: 1 })
  })

  it('refuses to start on a file that is not there, and names it', async () => {
    await expect(play('', join(folder, 'missing.jsonl'))).rejects.toThrow(/missing\.jsonl/)
  })
})
