/** Why a card was rejected, to choose from; anything else is typed. The words are what is kept and counted. */
export const declineReasons = [
  { code: 'too-risky', words: 'Too risky' },
  { code: 'wrong-direction', words: 'Wrong direction' },
  { code: 'stale-news', words: 'Stale news' },
  { code: 'no-conviction', words: 'No conviction' },
  { code: 'already-exposed', words: 'Already exposed' },
] as const

export const declineWords = (code: string): string | null => declineReasons.find((reason) => reason.code === code)?.words ?? null
