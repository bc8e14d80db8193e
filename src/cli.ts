#!/usr/bin/env node
/** Entry point of `passerby`. */
import { requireNode } from "./start/node-version.ts";

requireNode();
await import("./commands/program.ts");
