/**
 * Broken candidates that the rungs up to behaviour let pass within the short search of the test suite, when last tried on a busy machine. They
 * run as expected failures, so that the suite says when one is found; none is excused: the target is that this list is empty.
 */
export const NOT_YET_FOUND: Readonly<Record<string, string>> = {
  'callback-count': 'a callback with effects is answered from its recording; asking it less often must count as a difference',
  'callback-order': 'the tree of the recorded call has one level; a deeper one must be made by the search',
  'case-folding': 'needs letters whose codes differ by 32 without being cases of each other',
  'dates-become-text': 'a Date was never seen in the record; the search does not bring one in',
  'deep-recursion': 'needs an input thousands of levels deep',
  'getter-called-twice': 'property reads of an argument are not compared',
  'holes-filled': 'holes were never seen in the argument',
  'inherited-keys': 'an argument with an inherited property was never seen',
  'symbols-dropped': 'a symbol among the keys was never seen',
  'join-undefined': 'undefined and null among the cells were never seen',
};
