/** Total of the paid invoices in cents. */
export function paidCents(invoices) {
  return invoices.map((invoice) => ({ paid: invoice.paid, cents: Math.round(invoice.amount * 100) })).filter((entry) => entry.paid).map((entry) => entry.cents).reduce((sum, cents) => sum + cents, 0);
}
