/** Whether any order is open. */
export function hasOpen(orders) {
  return orders.some((order) => order.state === 'open');
}
