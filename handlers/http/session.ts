import { z } from 'zod'
import { defineRoute, json, problem } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'session',
  method: 'POST',
  path: '/api/v1/session',
  summary: 'Signs the page in: trades the token for a cookie.',
  role: null,
  body: z.strictObject({ token: z.string().min(1).max(1_000) }),
  async run({ body, signIn }) {
    const result = signIn(body.token)
    switch (result.outcome) {
      case 'signed_in':
        return { ...json(200, { signed_in: true }), headers: { 'set-cookie': result.cookie } }
      case 'not_needed':
        return json(200, { signed_in: true })
      case 'wrong_token':
        return problem(401, 'Wrong token', 'The token is wrong. It is HTTP_TOKEN in .env.')
      case 'limited':
        return { ...problem(429, 'Too many wrong tokens', 'Wait a minute.'), headers: { 'retry-after': '60' } }
    }
  },
})
