import { parse } from "graphql";
import { visitExample } from "../support/example-visit.ts";

const documents = Array.from({ length: 10 }, (_, number) =>
  parse(`query Ask${number} { me { id } }`, { noLocation: true }),
);

visitExample("apollo-client", (page) =>
  page.evaluate(async (queries) => {
    const module = "/src/client.ts";
    const client = (await import(module)).createClient();
    const answers = await Promise.all(queries.map((query) => client.query({ query })));
    return answers.map(({ data }) => data.me.id);
  }, documents),
);
