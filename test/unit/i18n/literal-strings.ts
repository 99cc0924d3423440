/** Finds words that a person would see but that stand in the code instead of in the message files. */
import ts from 'typescript6'

const SHOWN_ATTRIBUTES = new Set([
  'alt',
  'aria-description',
  'aria-label',
  'aria-placeholder',
  'aria-roledescription',
  'aria-valuetext',
  'action',
  'description',
  'header',
  'heading',
  'hint',
  'label',
  'placeholder',
  'text',
  'title',
  'unit',
  'why',
])

/** Names that are the same in every language. */
const SAME_EVERYWHERE = new Set(['Holdfast'])

export interface LiteralString {
  line: number
  text: string
}

function isWords(text: string): boolean {
  return /\p{L}/u.test(text) && !SAME_EVERYWHERE.has(text.replace(/[^\p{L}]/gu, ''))
}

/** The string literals that an expression may come to: through `?:`, `&&`, `??`, `+`, templates and parentheses. */
function literalsOf(expression: ts.Expression): ts.Node[] {
  if (ts.isStringLiteral(expression) || ts.isNoSubstitutionTemplateLiteral(expression)) return [expression]
  if (ts.isTemplateExpression(expression)) {
    const inner = expression.templateSpans.flatMap((span) => [span.literal as ts.Node, ...literalsOf(span.expression)])
    return [expression.head, ...inner]
  }
  if (ts.isParenthesizedExpression(expression)) return literalsOf(expression.expression)
  if (ts.isConditionalExpression(expression)) {
    return [...literalsOf(expression.whenTrue), ...literalsOf(expression.whenFalse)]
  }
  if (ts.isBinaryExpression(expression)) {
    const operator = expression.operatorToken.kind
    const isJoin = operator === ts.SyntaxKind.PlusToken || operator === ts.SyntaxKind.QuestionQuestionToken
    const isOr = operator === ts.SyntaxKind.BarBarToken
    if (isJoin || isOr) return [...literalsOf(expression.left), ...literalsOf(expression.right)]
    return operator === ts.SyntaxKind.AmpersandAmpersandToken ? literalsOf(expression.right) : []
  }
  return []
}

function textOf(node: ts.Node): string {
  return ts.isJsxText(node) ||
    ts.isLiteralExpression(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node)
    ? node.text
    : ''
}

function shownNodes(node: ts.Node): ts.Node[] {
  if (ts.isJsxText(node)) return [node]
  if (ts.isJsxExpression(node) && node.expression !== undefined && !ts.isJsxAttribute(node.parent)) {
    return literalsOf(node.expression)
  }
  if (!ts.isJsxAttribute(node) || !SHOWN_ATTRIBUTES.has(node.name.getText())) return []
  const value = node.initializer
  if (value === undefined) return []
  if (ts.isStringLiteral(value)) return [value]
  return ts.isJsxExpression(value) && value.expression !== undefined ? literalsOf(value.expression) : []
}

export function literalStrings(fileName: string, source: string): LiteralString[] {
  const file = ts.createSourceFile(fileName, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const found: LiteralString[] = []
  const visit = (node: ts.Node): void => {
    for (const shown of shownNodes(node)) {
      const text = textOf(shown).trim()
      if (isWords(text)) found.push({ line: file.getLineAndCharacterOfPosition(shown.getStart()).line + 1, text })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}
