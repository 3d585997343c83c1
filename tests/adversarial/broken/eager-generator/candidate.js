/** The answers, each asked for when it is needed. */
export function* answers(questions, ask) {
  yield* questions.map((question) => ask(question));
}
