import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Http, startHttp } from '../../support/http.ts'
import { inboundWith } from '../../support/samples.ts'

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00])
const asked: string[] = []
let http: Http
beforeAll(async () => {
  const picture = async ({ name }: { readonly name: string }) => {
    asked.push(name)
    return name === 'candles:ACME' ? png : null
  }
  http = await startHttp({ token: 's3cr3t-http-token' }, { inbound: inboundWith({ picture }) })
})
afterAll(() => http.server.close())
const signedIn = { authorization: 'Bearer s3cr3t-http-token' }

it('sends the picture of a name as it is, for this reader to keep a moment', async () => {
  const answer = await fetch(new URL('/api/v1/pictures?name=candles:ACME', http.url), { headers: signedIn })
  expect(answer.status).toBe(200)
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(png)
  expect([answer.headers.get('content-type'), answer.headers.get('cache-control'), answer.headers.get('x-content-type-options')]).toEqual([
    'image/png',
    'private, max-age=30',
    'nosniff',
  ])
})

it('answers with a problem that nobody keeps when there is none', async () => {
  const { status, headers, json } = await http.get('/api/v1/pictures?name=candles:NOPE', signedIn)
  expect([status, json['title'], headers['cache-control']]).toEqual([404, 'No picture', 'no-store'])
})

it('wants to know who asks, and a name that could be one', async () => {
  asked.length = 0
  expect((await http.get('/api/v1/pictures?name=candles:ACME')).status).toBe(401)
  expect((await http.get('/api/v1/pictures', signedIn)).status).toBe(400)
  expect((await http.get(`/api/v1/pictures?name=${'a'.repeat(81)}`, signedIn)).status).toBe(400)
  expect(asked).toEqual([])
})
