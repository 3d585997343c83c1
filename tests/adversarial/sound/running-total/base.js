/** Prices and their sum. */
export class Basket {
  #prices = [];
  add(price) {
    if (typeof price !== 'number') throw new TypeError('a price must be a number');
    this.#prices.push(price);
    return this.total;
  }
  removeLast() {
    this.#prices.pop();
    return this.total;
  }
  get total() {
    return this.#prices.reduce((sum, price) => sum + price, 0);
  }
}
