/** The page of `react-page.ts` as a server renders it. */
import { renderToString } from "react-dom/server";
import { createPasserby, type Session } from "../src/index.ts";
import { page } from "./react-page.ts";

export const render = (initialSession: Session | null): string =>
  renderToString(page(createPasserby({ url: "http://127.0.0.1:1/graphql" }), initialSession));
