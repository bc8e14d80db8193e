#!/usr/bin/env node
/** `passerby`: the commands. */
import { requireNode } from "./start/node-version.ts";

requireNode();
await import("./commands/program.ts");
