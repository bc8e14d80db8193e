#!/usr/bin/env node
/** `passerby`: the commands. */
import { requireNode } from "./node-version.ts";

requireNode();
await import("./commands/program.ts");
