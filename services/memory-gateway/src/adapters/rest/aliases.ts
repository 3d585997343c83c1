import type { MessageInitShape } from '@bufbuild/protobuf';
import { type AliasOperationsSchema, Collections, type ListAliasesResponse } from '../../gen/collections_pb.ts';
import { RESERVED_PREFIX } from '../collections.ts';
import { type RestCall, checkName } from './call.ts';
import { type Fields, fields, given, list, required, text } from './read.ts';
import { malformed } from './refusal.ts';

type Action = NonNullable<MessageInitShape<typeof AliasOperationsSchema>['action']>;

const nameIn = (body: Fields, field: string): string => checkName(required(body, field, text));

const ACTIONS: Record<string, (body: Fields) => Action> = {
  create_alias: (body) => ({
    case: 'createAlias',
    value: { collectionName: nameIn(body, 'collection_name'), aliasName: nameIn(body, 'alias_name') },
  }),
  rename_alias: (body) => ({
    case: 'renameAlias',
    value: { oldAliasName: nameIn(body, 'old_alias_name'), newAliasName: nameIn(body, 'new_alias_name') },
  }),
  delete_alias: (body) => ({ case: 'deleteAlias', value: { aliasName: nameIn(body, 'alias_name') } }),
};

const actionOf = (value: unknown): { action: Action } => {
  const action = fields(value, 'action');
  const name = Object.keys(ACTIONS).find((each) => given(action, each));
  const read = ACTIONS[name ?? ''];
  if (!name || !read) return malformed(`data did not match any variant of an alias action: one of ${Object.keys(ACTIONS).join(', ')}`);
  return { action: read(required(action, name, fields)) };
};

/** All of the actions or none. */
export const updateAliases = async (call: RestCall) => {
  const actions = required(call.body, 'actions', list(actionOf));
  return (await call.ask(Collections.method.updateAliases, { actions, ...call.timeout })).result;
};

const aliasesJson = ({ aliases }: ListAliasesResponse) => ({
  aliases: aliases
    .filter(({ collectionName }) => !collectionName.startsWith(RESERVED_PREFIX))
    .map(({ aliasName, collectionName }) => ({ alias_name: aliasName, collection_name: collectionName })),
});

export const listAliases = async (call: RestCall) => aliasesJson(await call.ask(Collections.method.listAliases, {}));

export const listCollectionAliases = async (call: RestCall) =>
  aliasesJson(await call.ask(Collections.method.listCollectionAliases, { collectionName: call.collectionName }));
