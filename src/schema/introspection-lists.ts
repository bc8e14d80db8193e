import { type ASTVisitor, GraphQLError, getNullableType, isListType, type ValidationContext } from "graphql";

/**
 * Introspection lists are resolved by graphql-js and not counted by the answer budget: with aliases they would multiply
 * a schema of 70 types by themselves. No tool selects one twice.
 */
export function noAliasedIntrospectionLists(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (!node.alias || node.alias.value === node.name.value) return;
      const isSchema = node.name.value === "__schema";
      const isOfIntrospection = context.getParentType()?.name.startsWith("__") ?? false;
      const type = context.getType();
      const isList = isOfIntrospection && type && isListType(getNullableType(type));
      if (!isSchema && !isList) return;
      context.reportError(
        new GraphQLError(`Aliases of the introspection field "${node.name.value}" are not allowed.`, {
          nodes: node,
        }),
      );
    },
  };
}
