import { expect } from 'vitest'
import type { TestConsole } from './console.ts'
import type { DocumentChecker } from './openapi-check.ts'

/** The answer's body, which must agree with what the OpenAPI document says about the path. */
export async function readChecked(
  app: TestConsole,
  document: DocumentChecker,
  path: string,
  template: string,
): Promise<Awaited<ReturnType<TestConsole['call']>>['json']> {
  const answer = await app.call('GET', path)
  expect(answer.status, answer.text).toBe(200)
  document.check('get', template, 200, answer.json)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  return answer.json
}
