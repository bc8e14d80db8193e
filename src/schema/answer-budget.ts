/**
 * Limits the number of values in one response, and in all responses that are being executed. Lists are counted where they
 * are resolved, before their items are: a response without lists is bounded by its document.
 */
import {
  defaultFieldResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNullableType,
  isListType,
  isObjectType,
  type SelectionSetNode,
} from "graphql";
import { responseOf } from "../client-error.ts";
import { type ErrorCode, errorCatalogue, PasserbyError } from "../errors.ts";
import { requestBudget } from "../request-budget.ts";
import { Turns } from "./turns.ts";

/** The values of all responses that are being executed. */
export class ValuePool {
  #left: number = requestBudget.runningValues;

  take(values: number): boolean {
    if (values > this.#left) return false;
    this.#left -= values;
    return true;
  }

  giveBack(values: number): void {
    this.#left += values;
  }
}

/** The budget of one request. */
export class AnswerBudget {
  /** Why the whole response failed; every remaining field fails with the same error object. */
  error: GraphQLError | null = null;
  /** Called for operations that may take long. */
  liftDeadline: (() => void) | null = null;
  #spent = 0;
  #errors = 0;
  #taken = 0;
  #pool: ValuePool | null = null;

  get hasLists(): boolean {
    return this.#spent > 0;
  }

  /** @throws GraphQLError ANSWER_TOO_LARGE, SERVICE_UNAVAILABLE */
  spend(values: number, pool: ValuePool, info: GraphQLResolveInfo): void {
    if (this.error) throw this.error;
    this.#spent += values;
    if (this.#spent > requestBudget.answerValues) this.#reject("ANSWER_TOO_LARGE", info);
    if (this.#spent <= requestBudget.smallAnswerValues) return;
    const missing = this.#spent - this.#taken;
    if (!pool.take(missing)) this.#reject("SERVICE_UNAVAILABLE", info);
    this.#taken = this.#spent;
    this.#pool = pool;
  }

  /** Counts a failed field. @throws GraphQLError ANSWER_TOO_LARGE when there are too many */
  countError(info: GraphQLResolveInfo): void {
    if (this.error) throw this.error;
    this.#errors += 1;
    if (this.#errors > requestBudget.fieldErrors) this.#reject("ANSWER_TOO_LARGE", info);
  }

  /** Returns all values to the pool. */
  release(): void {
    this.#pool?.giveBack(this.#taken);
    this.#taken = 0;
  }

  /** With nodes and a path, so that graphql-js does not create another error for each field that fails with it. */
  #reject(
    code: "ANSWER_TOO_LARGE" | "SERVICE_UNAVAILABLE",
    { fieldNodes, operation }: GraphQLResolveInfo,
  ): never {
    this.error = answerError(code, operation.operation === "mutation", fieldNodes);
    throw this.error;
  }
}

/** @param isDone whether the operation has already changed something, which the message then says */
export function answerError(
  code: "ANSWER_TOO_LARGE" | "SERVICE_UNAVAILABLE",
  isDone: boolean,
  nodes: readonly FieldNode[] = [],
): GraphQLError {
  const clientError = new PasserbyError(code satisfies ErrorCode, {
    ...(isDone && {
      message: `The operation was executed, but its answer cannot be sent. ${sentenceOf(code)}`,
    }),
    ...(code === "SERVICE_UNAVAILABLE" && {
      details: { retryAfterSeconds: requestBudget.retryAfterSeconds },
    }),
  });
  return new GraphQLError(clientError.message, {
    nodes,
    path: [],
    originalError: clientError,
    extensions: { code, http: { status: responseOf(clientError).status } },
  });
}

const sentenceOf = (code: ErrorCode): string => errorCatalogue[code].message;

interface Spending {
  readonly answer: AnswerBudget;
}

/** Wraps the resolver of every list in a schema, so that its items are counted. */
export function boundLists(schema: GraphQLSchema, pool: ValuePool): void {
  const lists = listsOf(schema);
  const weightOf = createWeights(new Set(lists.map(({ name }) => name)));
  const turns = new Turns(requestBudget.smallAnswerValues);
  for (const field of lists) {
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = (root, args, context: Spending, info) => {
      const { answer } = context;
      answer.spend(0, pool, info);
      const pay = (list: unknown): unknown => {
        if (!Array.isArray(list)) return list;
        const values = list.length * weightOf(info);
        answer.spend(values, pool, info);
        return values > requestBudget.smallAnswerValues ? inTurn(list, turns, values) : list;
      };
      const list: unknown = resolve(root, args, context, info);
      return isPromise(list) ? list.then(pay) : pay(list);
    };
  }
}

/** The selected fields of all items are resolved synchronously once the items are loaded. */
async function inTurn(list: unknown[], turns: Turns, values: number): Promise<unknown[]> {
  if (list.some(isPromise)) await Promise.allSettled(list);
  await turns.take(values);
  return list;
}

/** Such operations have no deadline. */
export function liftDeadlines(schema: GraphQLSchema): void {
  const fields = schema.getMutationType()?.getFields() ?? {};
  for (const name of requestBudget.longOperations) {
    const field = fields[name];
    if (!field) continue;
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = (root, args, context: Spending, info) => {
      context.answer.liftDeadline?.();
      return resolve(root, args, context, info);
    };
  }
}

const listsOf = (schema: GraphQLSchema): GraphQLField<unknown, Spending>[] =>
  Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith("__"))
    .flatMap((type) => Object.values((type as GraphQLObjectType).getFields()))
    .filter(({ type }) => isListType(getNullableType(type)));

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === "function";

/** The cost of a nested list besides its items: it has to be loaded. */
const LIST_WEIGHT = 5;

/**
 * The number of values of a list item: itself, and its selected fields.
 * @param listNames fields of the schema that are lists
 */
function createWeights(listNames: ReadonlySet<string>) {
  // graphql-js passes the same nodes for every item of a list, so the result is cached by node.
  const weights = new WeakMap<readonly FieldNode[], number>();
  const selections = new WeakMap<SelectionSetNode, number>();
  const weigh = (set: SelectionSetNode, fragments: Fragments): number => {
    let weight = selections.get(set);
    if (weight !== undefined) return weight;
    weight = 0;
    for (const selection of set.selections) {
      if (selection.kind === "Field") weight += listNames.has(selection.name.value) ? LIST_WEIGHT : 1;
      const inner =
        selection.kind === "FragmentSpread"
          ? fragments[selection.name.value]?.selectionSet
          : selection.selectionSet;
      if (inner) weight += weigh(inner, fragments);
    }
    selections.set(set, weight);
    return weight;
  };
  return ({ fieldNodes, fragments }: GraphQLResolveInfo): number => {
    let weight = weights.get(fieldNodes);
    if (weight === undefined) {
      weight = 1;
      for (const { selectionSet } of fieldNodes) {
        if (selectionSet) weight += weigh(selectionSet, fragments);
      }
      weights.set(fieldNodes, weight);
    }
    return weight;
  };
}

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/**
 * Whether a value's JSON is longer than a limit. Characters are counted as one byte each: escapes and non-ASCII text make
 * it longer, by a factor that is known.
 */
export function isLongerThan(value: unknown, bytes: number): boolean {
  return measure(value, bytes) < 0;
}

/** @returns the remaining bytes; negative as soon as the limit is exceeded */
function measure(value: unknown, left: number): number {
  if (typeof value === "string") return left - value.length - 2;
  if (typeof value !== "object" || value === null) return left - 5;
  if (value instanceof Date) return left - 26;
  let rest = left - 2;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && rest >= 0; i++) rest = measure(value[i], rest - 1);
    return rest;
  }
  for (const name in value) {
    rest = measure((value as Record<string, unknown>)[name], rest - name.length - 4);
    if (rest < 0) return rest;
  }
  return rest;
}
