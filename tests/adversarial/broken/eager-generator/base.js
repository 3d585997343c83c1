/** The answers, each asked for when it is needed. */
export function* answers(questions, ask) {
  for (const question of questions) yield ask(question);
}
