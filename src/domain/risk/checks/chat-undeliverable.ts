import { z } from 'zod'
import { defineCheck } from '../check.ts'
import { secondsLimit } from '../limits.ts'

export const check = defineCheck({
  code: 'CHAT_UNDELIVERABLE',
  tier: 'system',
  limits: z.strictObject({
    seconds: secondsLimit(5, 3600, 60, 'seconds that no chat may have reached people; then nothing new is entered until one does'),
  }),
  transient: true,
  evaluate({ unreachableMs }, { seconds }) {
    if (unreachableMs === null || unreachableMs < seconds * 1000) return null
    const actual = Math.floor(unreachableMs / 1000)
    return {
      limit: String(seconds),
      actual: String(actual),
      wouldPass: 'when a chat is back, or the console open',
      explain: `no chat has reached people for ${actual} s; the limit is ${seconds} s`,
    }
  },
})
