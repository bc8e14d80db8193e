import "reflect-metadata";
import { readEnvironment } from "./environment.ts";
import { serve } from "./serve.ts";

await serve(readEnvironment);
