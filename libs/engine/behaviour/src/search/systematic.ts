import { copyOf, type Session } from '../runtime/graph.ts';
import { sizeOf } from './compact.ts';
import { objectInputs, patternInputs } from './change-data.ts';
import { allowed, type Domain, makeForeign } from './change-values.ts';
import { declaredInputs } from './declared-inputs.ts';
import type { Donors } from './change-steps.ts';
import { dateInputs } from './date-inputs.ts';
import { edges } from './edge-values.ts';
import { iteratorInputs } from './iterator-inputs.ts';
import { frozenInput, recutInputs, twinInputs } from './list-inputs.ts';
import { objectPairInputs } from './object-pairs.ts';
import type { Random } from './random.ts';
import { deepen, recursionsOf } from './recursions.ts';
import { meddlingInputs, relatedObjects, relatedTexts } from './related-inputs.ts';
import { type Slot, slotsOf, typeOf } from './slots.ts';
import { asideInputs, repeatedInputs, splitInputs } from './step-inputs.ts';
import { fieldEdges, textPairs, withWord, wordsOf } from './text-variants.ts';
import { pieceInputs } from './text-pieces.ts';
import { throwingShares } from './throwing-inputs.ts';
import type { UnseenCallers } from './unseen-callers.ts';
import { crossedInputs, editInputs, wordInputs } from './word-inputs.ts';

const sessionsTried = 8;
/** Of sessions that call the same functions with values of the same kinds. */
const ALIKE_TRIED = 3;
const LARGEST_TRIED = 3;
const placesTried = 8;
const madeMax = 1200;
const stepKindsTried = 16;
const STATEFUL_TRIED = 4;
const recursionsTried = 4;
/** Large sessions are cut short before they come here. */
const SIZE_MAX = 300;

export interface SystematicInput {
  session: Session;
  origin: string;
  in_domain: boolean;
}

/**
 * What chance should not be left to find: on the simplest sessions, data of other shapes, each edge value at each place, texts that are
 * nearly the same at two places, one edge value at two places, and every style of foreign values where the code treats a place opaquely.
 * Breadth first: every kind of input on the simplest sessions before more of one kind.
 */
export function* systematicInputs(
  seeds: readonly Session[],
  domain: Domain,
  donors: Donors,
  callers: UnseenCallers,
  random: Random,
): Generator<SystematicInput> {
  const { words } = domain;
  const bounded = seeds.filter((session) => sizeOf(session) <= SIZE_MAX);
  const sessions = simplest(bounded);
  const throwingShare = throwingShares(sessions);
  const kinds = [
    callers.inputs(seeds, random),
    afterEachOther(seeds, donors, random),
    ...largest(bounded, sessions).map((session) => crossedInputs(session, domain)),
    ...sessions.flatMap((session, index) => {
      // Sessions of one kind are alike: each tries its share of what is the same for all of them.
      const alike = sessions.filter((other) => kindOf(other) === kindOf(session) && shapeOf(other) === shapeOf(session));
      const share = (list: Make[]): Make[] => list.filter((_, at) => at % alike.length === alike.indexOf(session));
      // Each begins at another place of what is long and the same for all of them: the end has its turn as early as the beginning.
      const turned = (list: Make[]): Make[] => {
        const from = Math.floor((list.length * alike.indexOf(session)) / alike.length);
        return [...list.slice(from), ...list.slice(0, from)];
      };
      const related = relatedTexts(session, domain);
      return [
        shapes(session, domain),
        atOnePlace(session, domain),
        turned(pairs(session, domain)),
        turned(insideTexts(session)),
        turned(related.spoken),
        share(related.other),
        share(wordInputs(session, domain, words)),
        share(editInputs(session)),
        share(pieceInputs(session)),
        crossedInputs(session, domain),
        [
          ...declaredInputs(session, domain),
          ...patternInputs(session),
          ...relatedObjects(session, domain),
          ...objectPairInputs(session, domain),
        ],
        [...meddlingInputs(session), ...turned(iteratorInputs(session, domain))],
        throwingShare(session),
        turned(dateInputs(session)),
        [frozenInput(session), ...recutInputs(session), ...twinInputs(session)],
        ...(index < STATEFUL_TRIED ? [repeatedInputs(session), splitInputs(session), asideInputs(session)] : []),
      ];
    }),
  ];
  const rest = sessions.map((session) => atTwoPlaces(session, domain));
  const made = new Set<string>();
  const contentOf = ({ steps, nodes }: Session): string => JSON.stringify([steps, nodes]);
  const seen = new Set(sessions.map(contentOf));
  for (const lists of [kinds, rest])
    for (const make of interleaved(lists)) {
      const input = make();
      if (!input) continue;
      // Sessions that are alike often become the same; what was seen has been replayed.
      const content = contentOf(input.session);
      if (made.has(content) || seen.has(content)) continue;
      if (made.size >= madeMax) return;
      made.add(content);
      yield input;
    }
}

/** Copies are made when their turn comes: a short search needs few of them. */
export type Make = () => SystematicInput | null;

/** One of each in turn, so that a short search has tried something of everything. */
function interleaved(lists: Make[][]): Make[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}

function shapes(session: Session, domain: Domain): Make[] {
  const out: Make[] = [];
  const add = (change: (copy: Session) => boolean): void =>
    void out.push(() => {
      const copy = copyOf(session);
      return change(copy) ? { session: copy, origin: session.key, in_domain: true } : null;
    });
  for (const style of [0, 1, 2, 3]) add((copy) => makeForeign(copy, style, domain));
  for (const place of recursionsOf(session).slice(0, recursionsTried)) add((copy) => deepen(copy, place));
  for (const make of objectInputs(session, domain))
    out.push(() => {
      const made = make();
      return made && { ...made, origin: session.key };
    });
  return out;
}

function atOnePlace(session: Session, domain: Domain): Make[] {
  const places = placesOf(session);
  const longest = Math.max(0, ...places.map((place) => edges[place.type]?.length ?? 0));
  return Array.from({ length: longest }, (_, turn) =>
    places.flatMap((place) => edgeAt(session, domain, place.type, turn, [place.index])),
  ).flat();
}

function atTwoPlaces(session: Session, domain: Domain): Make[] {
  const places = placesOf(session);
  return places.flatMap((place, index) =>
    places
      .slice(index + 1)
      .filter((other) => other.type === place.type)
      .flatMap((other) =>
        (edges[place.type] ?? []).flatMap((_, turn) => edgeAt(session, domain, place.type, turn, [place.index, other.index])),
      ),
  );
}

function edgeAt(session: Session, domain: Domain, type: string, turn: number, indexes: number[]): Make[] {
  const value = edges[type]?.[turn];
  if (value === undefined) return [];
  return [
    () => {
      const copy = copyOf(session);
      const slots = slotsOf(copy);
      const chosen = indexes.flatMap((index) => slots[index] ?? []);
      for (const slot of chosen) slot.set(value);
      return { session: copy, origin: session.key, in_domain: chosen.every((slot) => allowed(slot, copy, domain, type)) };
    },
  ];
}

const WORDS_MIN = 3;
const WORDS_TRIED = 16;

/** Edges as fields of a longer text: a name in a table, a key of a query. The first words, and as many spread over the rest. */
function insideTexts(session: Session): Make[] {
  const longest = slotsOf(session)
    .flatMap((slot, index) => {
      const text = slot.get();
      return typeof text === 'string' ? [{ index, text, words: wordsOf(text) }] : [];
    })
    .filter(({ words }) => words.length >= WORDS_MIN)
    .toSorted((a, b) => b.words.length - a.words.length)[0];
  if (!longest) return [];
  const { index, text, words } = longest;
  const stride = Math.ceil(words.length / (WORDS_TRIED / 2));
  const chosen = [...new Set([...words.slice(0, WORDS_TRIED / 2), ...words.filter((_, at) => at % stride === stride - 1)])];
  return fieldEdges.flatMap((edge) =>
    chosen.map((word) => () => {
      const copy = copyOf(session);
      slotsOf(copy)[index]?.set(withWord(text, word, edge));
      return { session: copy, origin: session.key, in_domain: true };
    }),
  );
}

/** Texts that are nearly the same, one at each of two places, or at two neighbours of one list. */
function pairs(session: Session, domain: Domain): Make[] {
  const slots = slotsOf(session);
  const texts = slots.flatMap((slot, index) => (typeof slot.get() === 'string' ? [index] : []));
  const kinds = new Map<string, number[]>();
  for (const index of texts) kinds.set((slots[index] as Slot).key, [...(kinds.get((slots[index] as Slot).key) ?? []), index]);
  const firsts = [...kinds.values()].map((list) => list[0] as number);
  const chosen = [
    ...firsts.slice(1).map((index) => [firsts[0] as number, index]),
    ...[...kinds.values()].filter((list) => list.length > 1).map((list) => list.slice(0, 2)),
  ];
  return textPairs.flatMap((pair) =>
    chosen.slice(0, 3).map((indexes) => () => {
      const copy = copyOf(session);
      const own = slotsOf(copy);
      for (const [turn, index] of indexes.entries()) own[index]?.set(pair[turn] as string);
      return {
        session: copy,
        origin: session.key,
        in_domain: indexes.every((index) => allowed(own[index] as Slot, copy, domain, 'string')),
      };
    }),
  );
}

/** Every kind of step after sessions that hold what it needs: what one method leaves behind, another one meets. */
function afterEachOther(seeds: readonly Session[], donors: Donors, random: Random): Make[] {
  const out: Make[] = [];
  const stateful = seeds
    .filter((session) => session.steps.length > 1 && sizeOf(session) <= SIZE_MAX)
    .toSorted((a, b) => a.steps.length - b.steps.length);
  for (const kind of donors.kinds().slice(0, stepKindsTried))
    for (const session of stateful.slice(0, sessionsTried))
      for (let attempt = 0; attempt < 3; attempt++)
        out.push(() => {
          const copy = copyOf(session);
          return donors.appendKind(copy, kind, random) ? { session: copy, origin: session.key, in_domain: true } : null;
        });
  return out.slice(0, madeMax / 4);
}

const kindOf = (session: Session): string => session.steps.map((step) => step.id).join();

/** What kinds of values a session is made of. */
const shapeOf = (session: Session): string =>
  JSON.stringify([
    session.steps.map((step) => step.args.map((arg) => typeOf(arg, session))),
    [...new Set(session.nodes.map((node) => node.k))].toSorted(),
  ]);

/** The simplest and the one of most kinds of values first: one session of each shape, then more of each. */
function diverse(sorted: readonly Session[]): Session[] {
  const shapes = new Map<string, Session[]>();
  for (const session of sorted) shapes.set(shapeOf(session), [...(shapes.get(shapeOf(session)) ?? []), session]);
  const groups = [...shapes.values()];
  const kinds = (group: Session[]): number => new Set(group[0]?.nodes.map((node) => node.k)).size;
  const richest = groups.toSorted((a, b) => kinds(b) - kinds(a));
  const unique = [...new Set(groups.flatMap((group, index) => [group, richest[index] as Session[]]))];
  const longest = Math.max(0, ...unique.map((group) => group.length));
  return Array.from({ length: longest }, (_, round) => unique.flatMap((group) => group.slice(round, round + 1))).flat();
}

/** Few steps and values first, one for each list of functions called. */
function simplest(seeds: readonly Session[]): Session[] {
  const sorted = seeds.toSorted((a, b) => a.steps.length - b.steps.length || a.nodes.length - b.nodes.length);
  const kinds = new Map<string, Session[]>();
  for (const session of sorted) {
    const kind = kindOf(session);
    kinds.set(kind, [...(kinds.get(kind) ?? []), session]);
  }
  // One of each shape, and a few where there is one shape alone: more of the same would leave each of them less.
  const groups = [...kinds.values()].map((group) => diverse(group).slice(0, Math.max(ALIKE_TRIED, new Set(group.map(shapeOf)).size)));
  const rounds = Array.from({ length: sessionsTried }, (_, round) => groups.flatMap((group) => group.slice(round, round + 1))).flat();
  return rounds.slice(0, sessionsTried);
}

/** The largest of each list of functions called, where it is none of the simplest: a way through data has a middle only there. */
function largest(seeds: readonly Session[], simple: readonly Session[]): Session[] {
  const kinds = new Map<string, Session>();
  for (const session of seeds.toSorted((a, b) => sizeOf(a) - sizeOf(b))) kinds.set(kindOf(session), session);
  return [...kinds.values()].filter((session) => !simple.includes(session)).slice(0, LARGEST_TRIED);
}

function placesOf(session: Session): { index: number; type: string }[] {
  const seen = new Set<string>();
  const out: { index: number; type: string }[] = [];
  for (const [index, slot] of slotsOf(session).entries()) {
    const type = typeOf((slot satisfies Slot).get(), session);
    if (!(type in edges) || seen.has(slot.key)) continue;
    seen.add(slot.key);
    out.push({ index, type });
  }
  return out.slice(0, placesTried);
}
