// Validates an AsyncAPI document with AsyncAPI's own parser.
//
// node validate.mjs FILE: prints what was found, one line a finding, and what the parser understood.
// Exit code 0: valid, 1: not valid, 2: nothing to read.
import { readFile } from 'node:fs/promises';
import { DiagnosticSeverity, Parser } from '@asyncapi/parser';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node validate.mjs FILE');
  process.exit(2);
}
const { document, diagnostics } = await new Parser().parse(await readFile(file, 'utf8'));
const errors = diagnostics.filter((found) => found.severity === DiagnosticSeverity.Error);
for (const found of errors) {
  console.log(`${found.path.join('.')}: ${found.message} (${found.code})`);
}
if (document === undefined || errors.length > 0) {
  process.exit(1);
}
const summary = {
  version: document.version(),
  channels: document.channels().all().map((channel) => channel.id()),
  operations: document.operations().all().map((operation) => operation.id()),
  messages: document.components().messages().all().map((message) => message.id()),
};
console.log(JSON.stringify(summary));
