import { describe, expect, it } from 'vitest'
import { type LoudnessSettings, loudnessOf, type MessageEvent, messageEvents } from '../../src/domain/loudness.ts'

/** 23:30 in New York, 04:30 in London. */
const night = Date.parse('2024-03-12T03:30:00Z')
/** 10:00 in New York. */
const day = Date.parse('2024-03-11T14:00:00Z')
const normal: LoudnessSettings = { preset: 'normal', events: {}, quiet_hours: null }
const asleep = { from: '22:00', to: '07:00', zone: 'America/New_York' }
const table = (settings: LoudnessSettings, now = day, muted: number | null = null) =>
  Object.fromEntries(messageEvents.map((event) => [event, loudnessOf(event, now, settings, muted)]))

const all = (loudness: string) => Object.fromEntries(messageEvents.map((event) => [event, loudness]))
const always = { critical: 'loud', answer: 'silent' }

describe('what rings', () => {
  it.each([
    ['quiet', { ...all('silent'), proposal: 'loud', chat: 'loud', ...always }],
    ['normal', { ...all('loud'), digest: 'silent', ...always }],
    ['everything', { ...all('loud'), ...always }],
  ] as const)('with the preset %s', (preset, expected) => {
    expect(table({ ...normal, preset })).toEqual(expected)
  })

  it('with exceptions from the preset', () => {
    const events = { fill: 'silent', state: 'off', digest: 'loud' } as const
    expect(table({ ...normal, events })).toEqual({ ...all('loud'), ...events, ...always })
  })

  it('in quiet hours and while muted: what is critical, and nothing else; what is off stays off', () => {
    const events = { fill: 'off' } as const
    const hushed = { ...all('silent'), fill: 'off', ...always }
    expect(table({ ...normal, events, quiet_hours: asleep }, night)).toEqual(hushed)
    expect(table({ ...normal, events }, day, day + 1)).toEqual(hushed)
    expect(table(normal, day, day)).toEqual(table(normal))
    expect(table({ ...normal, quiet_hours: asleep }, day)).toEqual(table(normal))
  })

  it.each<[string, LoudnessSettings['quiet_hours'], string, boolean]>([
    ['over midnight, at its first minute', asleep, '2024-03-12T02:00:00Z', true],
    ['over midnight, a minute before', asleep, '2024-03-12T01:59:00Z', false],
    ['over midnight, at its last minute', asleep, '2024-03-12T10:59:00Z', true],
    ['over midnight, once it is over', asleep, '2024-03-12T11:00:00Z', false],
    ['within a day', { ...asleep, from: '12:00', to: '13:00' }, '2024-03-11T16:30:00Z', true],
    ['within a day, outside', { ...asleep, from: '12:00', to: '13:00' }, '2024-03-11T17:00:00Z', false],
    ['by the clock of another zone', { ...asleep, zone: 'Europe/Berlin' }, '2024-03-11T21:30:00Z', true],
    ['in winter time as in summer time', asleep, '2024-01-12T03:30:00Z', true],
  ])('quiet hours %s', (_, quiet_hours, at, quiet) => {
    expect(loudnessOf('proposal', Date.parse(at), { ...normal, quiet_hours }, null)).toBe(quiet ? 'silent' : 'loud')
  })

  it.each<MessageEvent>(['critical'])('%s is nobody’s to silence', (event) => {
    expect(loudnessOf(event, night, { preset: 'quiet', events: {}, quiet_hours: asleep }, night + 1e9)).toBe('loud')
  })
})
