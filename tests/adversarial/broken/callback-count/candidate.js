/** Whether any rule complains; every rule is asked, so that all complaints are collected. */
export function anyComplaint(rules, subject) {
  return rules.some((rule) => rule(subject));
}
