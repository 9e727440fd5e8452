import type { FastifyInstance } from 'fastify'

/** Files by URL path, ready to send. */
export type Page = ReadonlyMap<
  string,
  { readonly body: Buffer; readonly contentType: string; readonly etag: string; readonly gzip: Buffer }
>

/** Each file is asked for again on every visit and answered by 304 while unchanged, so that an update shows at once. */
export function mountPage(server: FastifyInstance, page: Page): void {
  for (const [path, file] of page) {
    server.get(path, (request, reply) => {
      reply.headers({ etag: file.etag, 'cache-control': 'no-cache', vary: 'accept-encoding' })
      if (request.headers['if-none-match'] === file.etag) return reply.code(304).send()
      reply.type(file.contentType)
      if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(file.body)
      return reply.header('content-encoding', 'gzip').send(file.gzip)
    })
  }
}
