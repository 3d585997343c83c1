/** Total of the paid invoices in cents. */
export function paidCents(invoices) {
  let sum = 0;
  for (const invoice of invoices) {
    const cents = Math.round(invoice.amount * 100);
    if (invoice.paid) sum += cents;
  }
  return sum;
}
