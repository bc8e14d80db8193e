import { type ASTVisitor, GraphQLError, getNullableType, isListType, type ValidationContext } from "graphql";

/**
 * The lists of the introspection are graphql-js's own, and no answer pays for them: under aliases they would multiply
 * a schema of 70 types by themselves. No tool asks for one twice.
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
        new GraphQLError(
          `"${node.name.value}" of the introspection can be asked for under its own name only.`,
          {
            nodes: node,
          },
        ),
      );
    },
  };
}
