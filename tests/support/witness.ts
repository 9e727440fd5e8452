import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Hears of every order that leaves a process, and outlives all of them. */
export interface Witness {
  readonly url: string
  /** In the order they left. */
  readonly sent: readonly { readonly clientOrderId: string; readonly pid: number }[]
  close(): Promise<void>
}

export async function startWitness(): Promise<Witness> {
  const sent: Witness['sent'][number][] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      sent.push(JSON.parse(body) as Witness['sent'][number])
      response.end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}
