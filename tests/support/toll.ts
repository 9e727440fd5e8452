import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a broker on which everything passes, but for one order that its sender does not outlive. */
export interface Toll {
  readonly url: string
  /**
   * Strikes the sender of the next order, or of the next change of one.
   * @param where `request`: half of it has passed, and the rest never will; `answer`: the broker took it, and its answer is lost.
   */
  strike(method: 'POST' | 'PATCH', where: 'request' | 'answer', kill: () => void): void
  close(): Promise<void>
}

interface Trap {
  readonly method: string
  readonly where: 'request' | 'answer'
  readonly kill: () => void
}

/** @param url where it leads: plain HTTP on this machine. */
export async function startToll(url: string): Promise<Toll> {
  const sockets = new Set<Socket>()
  let trap: Trap | null = null
  const server = createServer((client) => {
    const broker = connect(Number(new URL(url).port), '127.0.0.1')
    for (const socket of [client, broker]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => undefined)
    }
    client.on('close', () => broker.destroy())
    broker.on('close', () => client.destroy())
    let held = Buffer.alloc(0)
    let fallen: Trap | null = null
    client.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk])
      if (trap && held.toString('latin1').startsWith(`${trap.method} /v2/orders`)) {
        const length = lengthOf(held)
        if (length === null || held.length < length.whole) return
        fallen = trap
        trap = null
        if (fallen.where === 'request') {
          // Dead before its connection ends, as when a process is killed in mid-write.
          broker.write(held.subarray(0, length.head + Math.ceil((length.whole - length.head) / 2)), fallen.kill)
          return
        }
      }
      broker.write(held)
      held = Buffer.alloc(0)
    })
    broker.on('data', (chunk: Buffer) => {
      if (fallen) fallen.kill()
      else client.write(chunk)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    strike(method, where, kill) {
      trap = { method, where, kill }
    },
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => done())
      }),
  }
}

/** Bytes up to the body, and with it; null while the head is not complete. */
function lengthOf(request: Buffer): { readonly head: number; readonly whole: number } | null {
  const end = request.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [, length = '0'] = /\r\ncontent-length: *(\d+)/i.exec(request.subarray(0, end).toString('latin1')) ?? []
  return { head: end + 4, whole: end + 4 + Number(length) }
}
