/** What a message tells of. `critical` breaks through every preset and quiet hour, with a mention: kill, breakers, positions without a stop. */
export const messageEvents = ['proposal', 'reminder', 'fill', 'close', 'denial', 'state', 'digest', 'chat', 'critical', 'answer'] as const
export type MessageEvent = (typeof messageEvents)[number]
/** What a person may set; the critical ones are nobody's to silence, and an answer goes to whoever asked. */
export const tunableEvents = ['proposal', 'reminder', 'fill', 'close', 'denial', 'state', 'digest', 'chat'] as const
type TunableEvent = (typeof tunableEvents)[number]

/** loud: a phone may ring. silent: it is there to be read. off: it is not posted. */
export const loudnesses = ['loud', 'silent', 'off'] as const
export type Loudness = (typeof loudnesses)[number]

export const presetNames = ['quiet', 'normal', 'everything'] as const
type Preset = Readonly<Record<TunableEvent, Loudness>>

const everything: Preset = {
  proposal: 'loud',
  reminder: 'loud',
  fill: 'loud',
  close: 'loud',
  denial: 'loud',
  state: 'loud',
  digest: 'loud',
  chat: 'loud',
}
const presets: Readonly<Record<(typeof presetNames)[number], Preset>> = {
  everything,
  normal: { ...everything, digest: 'silent' },
  // What asks for a decision still rings; what only tells of one does not.
  quiet: { ...everything, reminder: 'silent', fill: 'silent', close: 'silent', denial: 'silent', state: 'silent', digest: 'silent' },
}

export interface QuietHours {
  /** HH:MM on the wall of `zone`; `to` may be the next morning. */
  readonly from: string
  readonly to: string
  readonly zone: string
}
export interface LoudnessSettings {
  readonly preset: (typeof presetNames)[number]
  readonly events: Readonly<Partial<Record<TunableEvent, Loudness | undefined>>>
  readonly quiet_hours: QuietHours | null
}

/** @param now and `mutedUntil`: epoch milliseconds of real time, because that is what people sleep by. */
export function loudnessOf(event: MessageEvent, now: number, settings: LoudnessSettings, mutedUntil: number | null): Loudness {
  if (event === 'critical') return 'loud'
  if (event === 'answer') return 'silent'
  const wanted = settings.events[event] ?? presets[settings.preset][event]
  if (wanted !== 'loud') return wanted
  const hushed = (mutedUntil !== null && now < mutedUntil) || (settings.quiet_hours !== null && isQuiet(now, settings.quiet_hours))
  return hushed ? 'silent' : 'loud'
}

const minutesOf = (hhmm: string): number => Number(hhmm.slice(0, 2)) * 60 + Number(hhmm.slice(3, 5))

function isQuiet(now: number, { from, to, zone }: QuietHours): boolean {
  const at = minutesOf(wallClock(now, zone))
  const [start, end] = [minutesOf(from), minutesOf(to)]
  return start <= end ? at >= start && at < end : at >= start || at < end
}

/** HH:MM. @throws RangeError for a zone that nobody knows. */
function wallClock(at: number, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
}
