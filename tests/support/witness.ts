import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** Hears of every order that leaves a process, and outlives all of them. */
export interface Witness {
  readonly port: number
  /** In the order they were heard. */
  readonly sent: readonly { readonly clientOrderId: string; readonly pid: number }[]
  close(): Promise<void>
}

export async function startWitness(): Promise<Witness> {
  const sent: Witness['sent'][number][] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    // A process that is killed resets its connection; what it had written before is heard all the same.
    socket.on('error', () => undefined)
    createInterface({ input: socket }).on('line', (line) => {
      const [clientOrderId = '', pid] = line.split(' ')
      sent.push({ clientOrderId, pid: Number(pid) })
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as AddressInfo).port,
    sent,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => done())
      }),
  }
}
