import { createPasserby } from "@passerby/client";

/** The session of this visitor: the first token that is asked for makes a guest. */
export const passerby = createPasserby({ url: "/graphql" });
