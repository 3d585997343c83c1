export interface Product {
  sku: string;
  name: string;
  category: string;
  tags: string[];
  /** Price in cents. */
  price: number;
  stock: number;
}

export interface CartLine {
  sku: string;
  quantity: number;
}

export interface Coupon {
  code: string;
  /** Percent off the lines it applies to, 0 to 100. */
  percent: number;
  category: string | null;
}

export interface Sale {
  day: string;
  sku: string;
  quantity: number;
  /** Cents, for all pieces together. */
  amount: number;
  customer: string;
}
