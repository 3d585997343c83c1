/** Rows of a cursor; the cursor is closed at the end, also when nobody wants the rest. */
export function* rows(cursor) {
  let row = cursor.read();
  while (row !== null) {
    yield { ...row };
    row = cursor.read();
  }
  cursor.close();
}
