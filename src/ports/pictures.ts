import type { CardPicture } from './chat.ts'

/** Draws what cards show. Slow (a few hundred milliseconds) and never on the main loop. */
export interface Pictures {
  /** A PNG, 800 x 450; null when there is nothing to draw or it failed: a card does without. Drawn once for equal names within a minute. */
  render(picture: CardPicture): Promise<Uint8Array | null>
}
