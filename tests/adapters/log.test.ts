import { Writable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLog, hideValues } from '../../src/adapters/log.ts'
import type { Log } from '../../src/app/context.ts'

function logging(format: 'pretty' | 'json', secrets: readonly string[], level = 'debug') {
  const lines: string[] = []
  const destination = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const log = createLog({ level, format, secrets, destination })
  return { log: log satisfies Log, lines }
}

test.each(['pretty', 'json'] as const)('a secret is hidden in fields, nested values, messages and errors (%s)', async (format) => {
  const secret = 'hunt"er\\22'
  const { log, lines } = logging(format, [secret])
  log.info({ note: `it is ${secret}`, deep: { list: [secret] } }, `message with ${secret}`)
  log.error({ error: new Error(`cannot log in with ${secret}`) }, 'failed')
  log.warn({ url: `https://x/?key=${encodeURIComponent(secret)}` }, 'asked')
  log.flush()
  await new Promise((done) => setImmediate(done))
  const text = lines.join('')
  expect(text).toContain('[hidden]')
  expect(text).toContain('cannot log in with')
  for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) expect(text).not.toContain(form)
})

test('fields that are called like secrets are hidden without knowing the value', () => {
  const { log, lines } = logging('json', [])
  log.info({ headers: { authorization: 'Bearer abc' }, token: 'abc' }, 'request')
  expect(lines.join('')).not.toContain('abc')
})

test('lines below the level are not written', () => {
  const { log, lines } = logging('json', [], 'warn')
  log.debug({}, 'one')
  log.info({}, 'two')
  log.warn({}, 'three')
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['three'])
})

test('whatever surrounds a secret, it does not get through', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
      fc.pre(!'[hidden]'.includes(secret))
      const shown = hideValues([secret])(before + secret + after)
      expect(shown.split('[hidden]').some((part) => part.includes(secret))).toBe(false)
    }),
  )
})

test('a value too short to be a secret does not black out the log', () => {
  expect(hideValues(['a'])('banana')).toBe('banana')
})
