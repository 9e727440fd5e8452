import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { HttpOptions } from '../../src/adapters/http/options.ts'
import { createHttpServer } from '../../src/adapters/http/server.ts'
import type { Operations } from '../../src/app/operations.ts'
import { loadPlugins, routes as routeKind } from '../../src/plugins.ts'
import { fakeApp, fakeOperations } from './fake-app.ts'

export const pageBody = '<!doctype html><title>console</title>'

/** A real server on a free loopback port, with every route there is, over a fake app. */
export async function startHttp(change: Partial<HttpOptions> = {}, operationsChange: Partial<Operations> = {}) {
  const { app, books } = fakeApp()
  const operations = fakeOperations(app, operationsChange)
  const page = new Map([
    ['/', { body: Buffer.from(pageBody), contentType: 'text/html; charset=utf-8', etag: '"v1"', gzip: gzipSync(pageBody) }],
  ])
  const options: HttpOptions = {
    app,
    operations,
    page,
    routes: await loadPlugins(routeKind),
    commands: [],
    host: '127.0.0.1',
    port: 0,
    token: null,
    allowedHosts: [],
    log: app.log,
    ...change,
  }
  const server = createHttpServer(options)
  const { url, port } = await server.listen()
  return { app: options.app, books, operations, server, url, port, ...callers(port) }
}
export type Http = Awaited<ReturnType<typeof startHttp>>

export interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}

function callers(port: number) {
  /** node:http, because fetch does not let Host, Origin or Sec-Fetch-Site be chosen. */
  const call = (method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: string): Promise<Got> =>
    new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          const isJson = String(response.headers['content-type']).includes('json')
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} })
        })
      })
      sent.on('error', reject)
      sent.end(body)
    })
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) => call('GET', path, headers)
  const post = (path: string, body: unknown = {}, headers: Readonly<Record<string, string>> = {}) =>
    call('POST', path, { 'content-type': 'application/json', ...headers }, typeof body === 'string' ? body : JSON.stringify(body))
  return { call, get, post }
}
