/** Whether any rule complains; every rule is asked, so that all complaints are collected. */
export function anyComplaint(rules, subject) {
  const complaints = rules.filter((rule) => rule(subject));
  return complaints.length > 0;
}
