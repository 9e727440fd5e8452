import { createHash } from 'node:crypto'
import type { Card, CardPicture } from '../../../ports/chat.ts'
import type { Attached, DiscordLog } from './messages.ts'

const mostRemembered = 500

/** What an edit has to say so that a picture stays, or goes. */
export interface KeptPicture {
  readonly image: string | null
  readonly attachments: readonly { readonly id: string }[]
}

export interface Pictures {
  /** A newer state of a message is under way: pictures of older ones come too late. @returns proof of being the newest. */
  begin(reference: string): number
  /** The picture that a message shows already, when the card still wants the same one. */
  kept(reference: string, card: Card): KeptPicture
  /** Draws a card's picture and puts it beside the message, unless the card has changed since `turn`. Never rejects. */
  attach(card: Card, reference: string, turn: number, put: (picture: Attached) => Promise<string | null>): Promise<void>
}

/** @param draw null: it cannot be drawn. */
export function createPictures(draw: (picture: CardPicture) => Promise<Uint8Array | null>, log: DiscordLog): Pictures {
  const turns = remembering<number>()
  const shown = remembering<{ readonly picture: string; readonly id: string }>()
  const nothing: KeptPicture = { image: null, attachments: [] }
  let last = 0

  return {
    begin(reference) {
      last += 1
      turns.set(reference, last)
      return last
    },
    kept(reference, { picture }) {
      const there = shown.get(reference)
      if (picture && there?.picture === picture.name) return { image: fileName(picture), attachments: [{ id: there.id }] }
      shown.delete(reference)
      return nothing
    },
    async attach({ key, picture }, reference, turn, put) {
      if (picture === null || shown.get(reference)?.picture === picture.name) return
      try {
        const png = await draw(picture)
        if (png === null || turns.get(reference) !== turn) return
        const id = await put({ name: fileName(picture), alt: picture.alt, png })
        if (id !== null && turns.get(reference) === turn) shown.set(reference, { picture: picture.name, id })
      } catch (error) {
        log.warn(
          { card: key, picture: picture.name, problem: error instanceof Error ? error.message : 'unknown' },
          'a card does without its picture',
        )
      }
    },
  }
}

const fileName = ({ name }: CardPicture): string => `${createHash('sha256').update(name).digest('hex').slice(0, 12)}.png`

/** Forgets the oldest. */
function remembering<T>() {
  const values = new Map<string, T>()
  return {
    get: (key: string): T | undefined => values.get(key),
    delete: (key: string): boolean => values.delete(key),
    set(key: string, value: T): void {
      values.delete(key)
      values.set(key, value)
      for (const oldest of values.keys()) {
        if (values.size <= mostRemembered) break
        values.delete(oldest)
      }
    },
  }
}
