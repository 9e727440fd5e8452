import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../../app/context.ts'
import { type Answer, problem } from '../../app/route.ts'

export function send(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.status).headers(answer.headers ?? {})
  const isProblem = answer.contentType === 'application/problem+json'
  const body = isProblem && typeof answer.body === 'object' ? { ...answer.body, correlation_id: reply.request.id } : answer.body
  if (body instanceof Uint8Array)
    return reply.type(answer.contentType ?? 'application/octet-stream').send(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
  if (typeof body === 'string') return reply.type(answer.contentType ?? 'text/plain; charset=utf-8').send(body)
  return reply.type(answer.contentType ?? 'application/json; charset=utf-8').send('pipe' in body ? body : JSON.stringify(body))
}

export const pathOf = (request: FastifyRequest): string => request.url.split('?', 1).join('').slice(0, 200)

/** Expected refusals of the server itself; everything else is a defect, which the log tells and the answer does not. */
export function answerTo(error: FastifyError, request: FastifyRequest, log: Log): Answer {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return problem(413, 'Too large', 'The body is larger than this operation takes.')
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return problem(415, 'Not JSON', 'The body must be JSON, with Content-Type: application/json.')
  if (error.statusCode !== undefined && error.statusCode < 500)
    return problem(error.statusCode, 'Bad request', 'The request could not be read.')
  log.error({ err: error, correlationId: request.id, method: request.method, path: pathOf(request) }, 'request failed')
  return problem(500, 'Unexpected error', `Something broke here. The log tells more under ${request.id}.`)
}
