import { visitExample } from "../support/example-visit.ts";

const documents = Array.from({ length: 10 }, (_, number) => `query Ask${number} { me { id } }`);

visitExample("urql", (page) =>
  page.evaluate(async (queries) => {
    const module = "/src/client.ts";
    const client = (await import(module)).createClient();
    const answers = await Promise.all(queries.map((query) => client.query(query, {}).toPromise()));
    return answers.map(({ data }) => data.me.id);
  }, documents),
);
