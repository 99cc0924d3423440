/** Answers held against the OpenAPI document that the console itself hands out. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect } from 'vitest'

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: object }> }>
}

export interface OpenApiDocument {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object> }
}

export interface DocumentChecker {
  document: OpenApiDocument
  check(method: string, path: string, status: number, body: unknown): void
  checkProblem(body: unknown): void
}

export function documentChecker(document: OpenApiDocument): DocumentChecker {
  // The document's own words for formats are for readers; times are checked by their pattern.
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema(document, 'document')
  const checkers = new Map<string, ValidateFunction>()
  const validate = (pointer: string, body: unknown): void => {
    const checker = checkers.get(pointer) ?? ajv.compile({ $ref: `document#${pointer}` })
    checkers.set(pointer, checker)
    checker(body)
    expect(checker.errors ?? [], pointer).toEqual([])
  }
  return {
    document,
    check(method, path, status, body) {
      const content = document.paths[path]?.[method]?.responses[String(status)]?.content ?? {}
      const [type] = Object.keys(content)
      expect(type, `${method} ${path} ${status} is in the document`).toBeDefined()
      validate(
        `/paths/${pointerPart(path)}/${method}/responses/${status}/content/${pointerPart(type ?? '')}/schema`,
        body,
      )
    },
    checkProblem: (body) => validate('/components/schemas/Problem', body),
  }
}

/** A JSON pointer inside a URI. */
function pointerPart(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
}
