/**
 * What one answer may hold, and what all answers that are being made may hold together. Lists pay for it where they
 * are resolved, before any of their items is: an answer without lists is as long as its document.
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

/** Values of all answers that are being made. */
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

/** Of one request. */
export class AnswerBudget {
  /** Why the whole answer failed; every remaining field fails with it, at no cost. */
  error: GraphQLError | null = null;
  /** Called when the request is found to be one that may take long. */
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

  /** One more field fails. @throws GraphQLError ANSWER_TOO_LARGE when they are too many */
  countError(info: GraphQLResolveInfo): void {
    if (this.error) throw this.error;
    this.#errors += 1;
    if (this.#errors > requestBudget.fieldErrors) this.#reject("ANSWER_TOO_LARGE", info);
  }

  /** Nothing of the answer is held any more. */
  release(): void {
    this.#pool?.giveBack(this.#taken);
    this.#taken = 0;
  }

  /** With nodes and a path of its own, so that graphql-js makes no error of each field that fails with it. */
  #reject(
    code: "ANSWER_TOO_LARGE" | "SERVICE_UNAVAILABLE",
    { fieldNodes, operation }: GraphQLResolveInfo,
  ): never {
    this.error = answerError(code, operation.operation === "mutation", fieldNodes);
    throw this.error;
  }
}

/** @param isDone whether the operation has changed something already, which the client must know */
export function answerError(
  code: "ANSWER_TOO_LARGE" | "SERVICE_UNAVAILABLE",
  isDone: boolean,
  nodes: readonly FieldNode[] = [],
): GraphQLError {
  const clientError = new PasserbyError(code satisfies ErrorCode, {
    ...(isDone && {
      message: `What was asked for was done, but its answer cannot be given. ${sentenceOf(code)}`,
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

/** Makes every list of a schema pay for what it brings. */
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

/** Everything that is selected of its items is resolved at a stretch, as soon as they are there. */
async function inTurn(list: unknown[], turns: Turns, values: number): Promise<unknown[]> {
  if (list.some(isPromise)) await Promise.allSettled(list);
  await turns.take(values);
  return list;
}

/** Jobs that an operator starts are waited for. */
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

/** A list inside of another one, besides what it brings itself: loading it costs as well. */
const LIST_WEIGHT = 5;

/**
 * How many values an item of a list is: itself, and what is selected of it.
 * @param listNames fields of the schema that are lists
 */
function createWeights(listNames: ReadonlySet<string>) {
  // graphql-js gives every item of a list the same nodes, so each is weighed once.
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
 * Whether JSON of a value would be longer. Characters are counted as one byte each: escapes and other scripts make
 * it longer, by a factor that is known.
 */
export function isLongerThan(value: unknown, bytes: number): boolean {
  return measure(value, bytes) < 0;
}

/** @returns what is left; less than 0 as soon as nothing is */
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
