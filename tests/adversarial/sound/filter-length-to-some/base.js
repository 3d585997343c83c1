/** Whether any order is open. */
export function hasOpen(orders) {
  return orders.filter((order) => order.state === 'open').length > 0;
}
