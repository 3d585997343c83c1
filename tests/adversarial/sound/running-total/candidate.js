/** Prices and their sum. */
export class Basket {
  #prices = [];
  #total = 0;
  add(price) {
    if (typeof price !== 'number') throw new TypeError('a price must be a number');
    this.#prices.push(price);
    this.#total += price;
    return this.#total;
  }
  removeLast() {
    this.#prices.pop();
    this.#total = this.#prices.reduce((sum, price) => sum + price, 0);
    return this.#total;
  }
  get total() {
    return this.#total;
  }
}
