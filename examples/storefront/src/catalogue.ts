import type { Product } from './types.ts';

export interface Hit {
  product: Product;
  score: number;
}

const STOP_WORDS = ['the', 'a', 'an', 'of', 'for', 'with'];

/** Words of a text that are worth searching for. */
export function tokens(text: string): string[] {
  const words: string[] = [];
  for (const word of text.toLowerCase().split(/[^\p{L}\p{N}]+/u)) {
    if (word !== '' && !STOP_WORDS.includes(word)) words.push(word);
  }
  return words;
}

/** Number of single-character edits that turn one word into the other. */
export function editDistance(a: string, b: string): number {
  if (a === '') return b.length;
  if (b === '') return a.length;
  const cost = a[a.length - 1] === b[b.length - 1] ? 0 : 1;
  return Math.min(
    editDistance(a.slice(0, -1), b) + 1,
    editDistance(a, b.slice(0, -1)) + 1,
    editDistance(a.slice(0, -1), b.slice(0, -1)) + cost,
  );
}

function scoreOf(product: Product, wanted: readonly string[]): number {
  const name = tokens(product.name);
  let score = 0;
  for (const word of wanted) {
    if (name.includes(word)) score += 10;
    else if (product.tags.includes(word)) score += 5;
    else if (product.category.toLowerCase() === word) score += 3;
  }
  return score;
}

/** Products that fit the query, best first; equally good ones stay in the order of the catalogue. */
export function search(products: readonly Product[], query: string, limit = 20): Hit[] {
  const wanted = tokens(query);
  return products
    .map((product) => ({ product, score: scoreOf(product, wanted) }))
    .filter((hit) => hit.score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}

/** The word of the catalogue that was probably meant; null when nothing is near. */
export function didYouMean(products: readonly Product[], word: string): string | null {
  let best: string | null = null;
  let nearest = 3;
  for (const product of products) {
    for (const candidate of tokens(product.name)) {
      if (Math.abs(candidate.length - word.length) >= nearest) continue;
      const distance = editDistance(word, candidate);
      if (distance < nearest) {
        nearest = distance;
        best = candidate;
      }
    }
  }
  return best;
}

/** Products of a category that are in stock, without those the customer has hidden. */
export function browse(products: readonly Product[], category: string, hidden: readonly string[]): Product[] {
  return products.filter((product) => product.category === category && product.stock > 0 && !hidden.includes(product.sku));
}
